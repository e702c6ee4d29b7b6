#include "transform/channel.h"

#include "common/hash.h"
#include "common/utf8.h"
#include "transform/email.h"
#include "transform/percent.h"

Text channel_name(Channel channel)
{
    static const Text names[CHANNEL_COUNT] = {
        [CHANNEL_DIRECT] = {"Direct", 6},
        [CHANNEL_CROSS_NETWORK] = {"Cross-network", 13},
        [CHANNEL_PAID_SHOPPING] = {"Paid Shopping", 13},
        [CHANNEL_PAID_SEARCH] = {"Paid Search", 11},
        [CHANNEL_PAID_SOCIAL] = {"Paid Social", 11},
        [CHANNEL_PAID_VIDEO] = {"Paid Video", 10},
        [CHANNEL_DISPLAY] = {"Display", 7},
        [CHANNEL_PAID_OTHER] = {"Paid Other", 10},
        [CHANNEL_AI_ASSISTANT] = {"AI Assistant", 12},
        [CHANNEL_ORGANIC_SHOPPING] = {"Organic Shopping", 16},
        [CHANNEL_ORGANIC_SOCIAL] = {"Organic Social", 14},
        [CHANNEL_ORGANIC_VIDEO] = {"Organic Video", 13},
        [CHANNEL_ORGANIC_SEARCH] = {"Organic Search", 14},
        [CHANNEL_REFERRAL] = {"Referral", 8},
        [CHANNEL_EMAIL] = {"Email", 5},
        [CHANNEL_AFFILIATES] = {"Affiliates", 10},
        [CHANNEL_AUDIO] = {"Audio", 5},
        [CHANNEL_SMS] = {"SMS", 3},
        [CHANNEL_MOBILE_PUSH_NOTIFICATIONS] = {"Mobile Push Notifications", 25},
        [CHANNEL_UNASSIGNED] = {"Unassigned", 10},
    };
    return names[channel];
}

/* ---------------------------------------------------------------------------------------------------- channel -- */

/* words ends with NULL. */
static bool is_one_of(Text text, const char *const *words)
{
    for (; *words; words++) {
        if (text_is(text, *words))
            return true;
    }
    return false;
}

static const char *const display_media[] = {"display", "banner", "expandable", "interstitial", "cpm", NULL};
static const char *const social_media[] = {
    "social", "social-network", "social-media", "sm", "social network", "social media", NULL};
static const char *const referral_media[] = {"referral", "app", "link", NULL};
static const char *const email_words[] = {"email", "e-mail", "e_mail", "e mail", NULL};
static const char *const no_media[] = {"(none)", "(not set)", NULL};
/* What GA4 exports as the campaign of traffic that has none. */
static const char *const no_campaigns[] = {"(direct)", "(organic)", "(referral)", "(ai-assistant)", NULL};

static bool contains(Text text, Text part)
{
    return text.data && memmem(text.data, text.size, part.data, part.size) != NULL;
}

/* ^(.*cp.*|ppc|retargeting|paid.*)$ */
static bool is_paid(Text medium)
{
    return contains(medium, TEXT("cp")) || text_starts_with(medium, TEXT("paid")) || text_is(medium, "ppc") ||
           text_is(medium, "retargeting");
}

/* ^(.*(([^a-df-z]|^)shop|shopping).*)$, of a text in lower case */
static bool is_shopping_campaign(Text campaign)
{
    for (size_t i = 0; i + 4 <= campaign.size; i++) {
        if (memcmp(campaign.data + i, "shop", 4) != 0)
            continue;
        char before = i ? campaign.data[i - 1] : ' ';
        Text rest = {campaign.data + i, campaign.size - i};
        if (before == 'e' || before < 'a' || before > 'z' || text_starts_with(rest, TEXT("shopping")))
            return true;
    }
    return false;
}

static void lower_copy(Text text, char *out)
{
    for (size_t i = 0; i < text.size; i++)
        out[i] = (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] | 0x20 : text.data[i]);
}

static Channel paid_channel(SiteCategory category, bool is_shopping)
{
    if (category == SITE_SHOPPING || is_shopping)
        return CHANNEL_PAID_SHOPPING;
    return category == SITE_SEARCH   ? CHANNEL_PAID_SEARCH
           : category == SITE_SOCIAL ? CHANNEL_PAID_SOCIAL
           : category == SITE_VIDEO  ? CHANNEL_PAID_VIDEO
                                     : CHANNEL_PAID_OTHER;
}

/* The rules behind Paid Other, in GA4's order. */
static Channel unpaid_channel(SiteCategory category, bool is_shopping, Text source, Text medium)
{
    if (category == SITE_AI || text_is(medium, "ai-assistant"))
        return CHANNEL_AI_ASSISTANT;
    if (category == SITE_SHOPPING || is_shopping)
        return CHANNEL_ORGANIC_SHOPPING;
    if (category == SITE_SOCIAL || is_one_of(medium, social_media))
        return CHANNEL_ORGANIC_SOCIAL;
    if (category == SITE_VIDEO || contains(medium, TEXT("video")))
        return CHANNEL_ORGANIC_VIDEO;
    if (category == SITE_SEARCH || text_is(medium, "organic"))
        return CHANNEL_ORGANIC_SEARCH;
    if (is_one_of(medium, referral_media))
        return CHANNEL_REFERRAL;
    if (is_one_of(source, email_words) || is_one_of(medium, email_words))
        return CHANNEL_EMAIL;
    if (text_is(medium, "affiliate"))
        return CHANNEL_AFFILIATES;
    if (text_is(medium, "audio"))
        return CHANNEL_AUDIO;
    if (text_is(source, "sms") || text_is(medium, "sms"))
        return CHANNEL_SMS;
    if (text_ends_with(medium, TEXT("push")) || contains(medium, TEXT("mobile")) ||
        contains(medium, TEXT("notification")) || text_is(source, "firebase"))
        return CHANNEL_MOBILE_PUSH_NOTIFICATIONS;
    return CHANNEL_UNASSIGNED;
}

Channel channel_of(const ChannelRules *rules, Text source, Text medium, Text campaign)
{
    char lowered[ARRIVAL_TEXT_MAX];
    campaign = utf8_truncate(campaign, sizeof lowered);
    lower_copy(campaign, lowered);
    campaign.data = lowered;
    if (text_is(source, "(direct)") && (medium.size == 0 || is_one_of(medium, no_media)))
        return CHANNEL_DIRECT;
    if (contains(campaign, TEXT("cross-network")))
        return CHANNEL_CROSS_NETWORK;
    const Site *site = site_index_find(rules->sites, source);
    SiteCategory category = site ? site->category : SITE_OTHER;
    bool is_shopping = is_shopping_campaign(campaign);
    Channel paid = is_paid(medium) ? paid_channel(category, is_shopping) : CHANNEL_PAID_OTHER;
    if (paid != CHANNEL_PAID_OTHER)
        return paid;
    if (is_one_of(medium, display_media))
        return CHANNEL_DISPLAY;
    return is_paid(medium) ? CHANNEL_PAID_OTHER : unpaid_channel(category, is_shopping, source, medium);
}

/* ------------------------------------------------------------------------------------------------------ texts -- */

/* Trimmed, storable, cut; in lower case if asked. Absent if it is empty, a stand-in for nothing, or holds an address.
 */
static bool clean_text(Text raw, bool is_lower, Arena *arena, Text *ret_text)
{
    Text text = text_trim(raw), address;
    *ret_text = TEXT_NULL;
    if (text.size == 0 || is_one_of(text, no_media) || email_find(text, &address))
        return true;
    text = utf8_sanitize(text, arena);
    if (text_is_null(text))
        return false;
    text = text_trim(utf8_truncate(text, ARRIVAL_TEXT_MAX));
    bool has_upper = false;
    for (size_t i = 0; i < text.size; i++)
        has_upper = has_upper || (text.data[i] >= 'A' && text.data[i] <= 'Z');
    if (is_lower && has_upper) {
        char *lowered = arena_allocate(arena, text.size);
        if (!lowered)
            return false;
        lower_copy(text, lowered);
        text.data = lowered;
    }
    *ret_text = text;
    return true;
}

/* The field as given, or else the URL's parameter of that role, decoded. */
static bool pick_text(Text field, const CanonicalUrl *url, UrlRole role, bool is_lower, Arena *arena, Text *ret_text)
{
    if (!clean_text(field, is_lower, arena, ret_text))
        return false;
    Text raw = url && text_is_null(*ret_text) ? url_query_role(&url->query, role) : TEXT_NULL;
    if (raw.size == 0)
        return true;
    if (memchr(raw.data, '%', raw.size) || memchr(raw.data, '+', raw.size)) {
        char *decoded = arena_allocate(arena, raw.size);
        if (!decoded)
            return false;
        raw = (Text){decoded, percent_decode(raw, true, decoded)};
    }
    return clean_text(raw, is_lower, arena, ret_text);
}

/* -------------------------------------------------------------------------------------------------- click ids -- */

typedef struct ClickId {
    Text text;           /* absent: there is none */
    Text source, medium; /* absent if the advertiser is unknown */
} ClickId;

typedef struct Advertiser {
    const char *parameter;
    Text source, medium;
} Advertiser;

static const Advertiser *find_advertiser(size_t role)
{
    static const Advertiser advertisers[URL_ROLE_COUNT] = {
        [URL_ROLE_GCLID] = {"gclid", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_WBRAID] = {"wbraid", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_GBRAID] = {"gbraid", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_DCLID] = {"dclid", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_MSCLKID] = {"msclkid", {"bing", 4}, {"cpc", 3}},
        [URL_ROLE_YCLID] = {"yclid", {"yandex", 6}, {"cpc", 3}},
        [URL_ROLE_LI_FAT_ID] = {"li_fat_id", {"linkedin", 8}, {"cpc", 3}},
        [URL_ROLE_TTCLID] = {"ttclid", {"tiktok", 6}, {"cpc", 3}},
        [URL_ROLE_TWCLID] = {"twclid", {"twitter", 7}, {"cpc", 3}},
        [URL_ROLE_RDT_CID] = {"rdt_cid", {"reddit", 6}, {"cpc", 3}},
        [URL_ROLE_SCCID] = {"sccid", {"snapchat", 8}, {"cpc", 3}},
        [URL_ROLE_EPIK] = {"epik", {"pinterest", 9}, {"cpc", 3}},
        [URL_ROLE_GCLSRC] = {"gclsrc", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_GAD_SOURCE] = {"gad_source", {"google", 6}, {"cpc", 3}},
        [URL_ROLE_MC_CID] = {"mc_cid", {"mailchimp", 9}, {"email", 5}},
        [URL_ROLE_MC_EID] = {"mc_eid", {"mailchimp", 9}, {"email", 5}},
        [URL_ROLE_FBCLID] = {"fbclid", {"facebook", 8}, {"social", 6}},
    };
    return &advertisers[role];
}

/* From the field "name=value", or else the URL. A field without a known name is a click id of nobody known. */
static ClickId find_click_id(const ArrivalInput *input)
{
    Text field = text_trim(input->click_id);
    if (field.size) {
        Text name = {field.data, text_find(field, '=')};
        for (size_t role = URL_ROLE_CLICK_ID; role < URL_ROLE_COUNT; role++) {
            const Advertiser *advertiser = find_advertiser(role);
            if (text_is_ignore_case(name, advertiser->parameter))
                return (ClickId){field, advertiser->source, advertiser->medium};
        }
        return (ClickId){field, TEXT_NULL, TEXT_NULL};
    }
    uint32_t roles = input->url ? input->url->query.roles >> URL_ROLE_CLICK_ID : 0;
    if (roles == 0)
        return (ClickId){TEXT_NULL, TEXT_NULL, TEXT_NULL};
    size_t role = URL_ROLE_CLICK_ID + (size_t)__builtin_ctz(roles);
    const Advertiser *advertiser = find_advertiser(role);
    return (ClickId){input->url->query.role_values[role], advertiser->source, advertiser->medium};
}

/* --------------------------------------------------------------------------------------------------- referrer -- */

static Text without_www(Text host)
{
    return host.size > 4 && text_starts_with(host, TEXT("www.")) ? (Text){host.data + 4, host.size - 4} : host;
}

/* Is the host that one, or below it? */
static bool is_within(Text host, Text site)
{
    if (site.size == 0 || !text_ends_with(host, site))
        return false;
    return host.size == site.size || host.data[host.size - site.size - 1] == '.';
}

static bool is_own(const ChannelRules *rules, Text host, const CanonicalUrl *url)
{
    if (url) {
        Text page = without_www(url->host), bare = without_www(host);
        if (is_within(bare, page) || (is_within(page, bare) && memchr(bare.data, '.', bare.size)))
            return true;
    }
    for (size_t i = 0; i < rules->own_host_count; i++) {
        if (is_within(host, rules->own_hosts[i]))
            return true;
    }
    return false;
}

/* The outside host that led here, cut, in the arena; absent if there is none. */
static bool find_referrer(const ChannelRules *rules, const ArrivalInput *input, Arena *arena, Text *ret_host)
{
    *ret_host = TEXT_NULL;
    if (input->referrer.size == 0)
        return true;
    char space[URL_REFERRER_HOST_SPACE];
    Text host = url_referrer_host(input->referrer, space);
    if (text_is_null(host) || is_own(rules, host, input->url))
        return true;
    *ret_host = arena_copy_text(arena, utf8_truncate(host, ARRIVAL_TEXT_MAX));
    return !text_is_null(*ret_host);
}

static Text referrer_medium(const Site *site)
{
    SiteCategory category = site ? site->category : SITE_OTHER;
    return category == SITE_SEARCH ? TEXT("organic")
           : category == SITE_MAIL ? TEXT("email")
           : category == SITE_AI   ? TEXT("ai-assistant")
                                   : TEXT("referral");
}

/* ---------------------------------------------------------------------------------------------------- arrival -- */

/* Fills what the utm values leave open: from the click id, then from the referrer. A medium says how one came from its
 * source, so the referrer's is taken only along with the referrer as source. */
static void fill_source(const ChannelRules *rules, Arrival *arrival, const ClickId *click)
{
    const Site *site = NULL;
    if (!text_is_null(arrival->referrer_host))
        site = site_index_find(rules->sites, arrival->referrer_host);
    bool is_given = !text_is_null(arrival->source);
    if (!is_given && !text_is_null(click->source)) {
        /* Instagram and Threads mark their links with fbclid too. */
        bool is_other = site && site->category == SITE_SOCIAL && text_is(click->medium, "social");
        arrival->source = is_other ? site->source : click->source;
    }
    if (text_is_null(arrival->medium))
        arrival->medium = click->medium;
    if (text_is_null(arrival->source) && !text_is_null(arrival->referrer_host)) {
        arrival->source = site ? site->source : without_www(arrival->referrer_host);
        if (text_is_null(arrival->medium))
            arrival->medium = referrer_medium(site);
    }
    if (text_is_null(arrival->source))
        arrival->source = TEXT("(not set)");
    if (text_is_null(arrival->medium))
        arrival->medium = TEXT("(not set)");
}

/* Each text behind its length, so that no two arrivals run together; absent and empty are one. */
static uint64_t mark_of(const Arrival *arrival, Text click_id)
{
    Text texts[] = {arrival->source,
                    arrival->medium,
                    arrival->campaign,
                    arrival->term,
                    arrival->content_tag,
                    arrival->referrer_host,
                    utf8_truncate(click_id, ARRIVAL_TEXT_MAX)};
    enum { COUNT = sizeof texts / sizeof *texts };
    char bytes[1 + COUNT * (1 + ARRIVAL_TEXT_MAX)];
    _Static_assert(ARRIVAL_TEXT_MAX < 256, "a length is one byte");
    size_t size = 0;
    bytes[size++] = (char)arrival->channel;
    for (size_t i = 0; i < COUNT; i++) {
        bytes[size++] = (char)texts[i].size;
        if (texts[i].size)
            memcpy(bytes + size, texts[i].data, texts[i].size);
        size += texts[i].size;
    }
    uint64_t mark = hash_bytes_64((Text){bytes, size});
    return mark ? mark : 1;
}

bool arrival_make(const ChannelRules *rules, const ArrivalInput *input, Arena *arena, Arrival *ret_arrival)
{
    Arrival arrival = {.channel = CHANNEL_DIRECT};
    const CanonicalUrl *url = input->url;
    if (!pick_text(input->source, url, URL_ROLE_SOURCE, true, arena, &arrival.source) ||
        !pick_text(input->medium, url, URL_ROLE_MEDIUM, true, arena, &arrival.medium) ||
        !pick_text(input->campaign, url, URL_ROLE_CAMPAIGN, false, arena, &arrival.campaign) ||
        !pick_text(input->term, url, URL_ROLE_TERM, false, arena, &arrival.term) ||
        !pick_text(input->content, url, URL_ROLE_CONTENT, false, arena, &arrival.content_tag) ||
        !find_referrer(rules, input, arena, &arrival.referrer_host))
        return false;
    if (text_is(arrival.source, "(direct)") && text_is_null(arrival.medium))
        arrival.source = TEXT_NULL;
    if (is_one_of(arrival.campaign, no_campaigns))
        arrival.campaign = TEXT_NULL;
    ClickId click = find_click_id(input);
    bool has_campaign =
        !text_is_null(arrival.source) || !text_is_null(arrival.medium) || !text_is_null(arrival.campaign);
    arrival.is_explicit = has_campaign || !text_is_null(click.text) || !text_is_null(arrival.referrer_host);
    if (arrival.is_explicit) {
        fill_source(rules, &arrival, &click);
        arrival.channel = channel_of(rules, arrival.source, arrival.medium, arrival.campaign);
        arrival.mark = mark_of(&arrival, click.text);
    } else {
        arrival.source = TEXT("(direct)");
        arrival.medium = TEXT("(none)");
    }
    *ret_arrival = arrival;
    return true;
}
