/* Rules by the table of "[GA4] Default channel group", manual traffic: one row or more for each line of it. */
#include "common/classification.h"
#include "transform/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static SiteIndex sites;
static Arena lists;
static ChannelRules rules;
static UrlRules url_rules;
static CanonicalUrl page;
static Arena arena;
static const Text own_hosts[] = {{"example.org", 11}, {"pay.partner.net", 15}};

static int set_up(void **state)
{
    (void)state;
    arena = arena_make(1 << 20);
    lists = arena_make(8 << 20);
    Classification shipped;
    Error error = ERROR_INIT;
    if (classification_read(&(ClassificationFiles){.sites = NULL}, &lists, &shipped, &error) != STATUS_OK ||
        site_index_make(&shipped.sites, &sites, &error) != STATUS_OK)
        return -1;
    rules = (ChannelRules){.sites = &sites, .own_hosts = own_hosts, .own_host_count = 2};
    return url_rules_make(&url_rules, TEXT_NULL, NULL, 0) == URL_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    site_index_done(&sites);
    arena_done(&lists);
    arena_done(&arena);
    return 0;
}

typedef struct Row {
    const char *source, *medium, *campaign, *channel;
} Row;

static void assert_rows(const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Row *row = &rows[i];
        Channel channel = channel_of(&rules, text_from(row->source), text_from(row->medium), text_from(row->campaign));
        if (!text_is(channel_name(channel), row->channel))
            fail_msg("%s / %s / %s: %.*s, not %s", row->source, row->medium, row->campaign ? row->campaign : "",
                     TEXT_PRINTF(channel_name(channel)), row->channel);
    }
}

static void test_ga4_table(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"(direct)", "(none)", NULL, "Direct"},
        {"(direct)", "(not set)", NULL, "Direct"},
        {"x.example", "cpc", "2024 Cross-Network EU", "Cross-network"},
        {"google", "cpc", "cross-network", "Cross-network"},
        {"amazon", "cpc", NULL, "Paid Shopping"},
        {"ebay.co.uk", "paid", NULL, "Paid Shopping"},
        {"google", "cpc", "Shopping EU", "Paid Shopping"},
        {"google", "cpc", "spring_shop", "Paid Shopping"},
        {"google", "cpc", "eshop", "Paid Shopping"},  /* [^a-df-z] lets an e stand before shop */
        {"google", "cpc", "workshop", "Paid Search"}, /* and no other letter */
        {"google", "cpc", NULL, "Paid Search"},
        {"bing", "ppc", NULL, "Paid Search"},
        {"duckduckgo.com", "retargeting", NULL, "Paid Search"},
        {"google", "cpm", NULL, "Paid Search"},
        {"facebook", "paid", NULL, "Paid Social"},
        {"linkedin.com", "paid_social", NULL, "Paid Social"},
        {"instagram", "cpc", NULL, "Paid Social"},
        {"youtube", "cpv", NULL, "Paid Video"},
        {"youtube", "cpc", NULL, "Paid Video"},
        {"vimeo.com", "paid", NULL, "Paid Video"},
        {"x.example", "display", NULL, "Display"},
        {"x.example", "banner", NULL, "Display"},
        {"x.example", "expandable", NULL, "Display"},
        {"x.example", "interstitial", NULL, "Display"},
        {"x.example", "cpm", NULL, "Display"},
        {"x.example", "cpc", NULL, "Paid Other"},
        {"x.example", "ppc", NULL, "Paid Other"},
        {"x.example", "retargeting", NULL, "Paid Other"},
        {"x.example", "paidsearch", NULL, "Paid Other"},
        {"amazon.de", "referral", NULL, "Organic Shopping"},
        {"newsletter", "email", "shopping week", "Organic Shopping"},
        {"facebook", "referral", NULL, "Organic Social"},
        {"x.example", "social", NULL, "Organic Social"},
        {"x.example", "social-network", NULL, "Organic Social"},
        {"x.example", "social-media", NULL, "Organic Social"},
        {"x.example", "sm", NULL, "Organic Social"},
        {"x.example", "social network", NULL, "Organic Social"},
        {"x.example", "social media", NULL, "Organic Social"},
        {"youtube.com", "referral", NULL, "Organic Video"},
        {"x.example", "my-video-ad", NULL, "Organic Video"},
        {"google", "organic", NULL, "Organic Search"},
        {"x.example", "organic", NULL, "Organic Search"},
        {"bing", "(not set)", NULL, "Organic Search"},
        {"x.example", "referral", NULL, "Referral"},
        {"x.example", "app", NULL, "Referral"},
        {"x.example", "link", NULL, "Referral"},
        {"newsletter", "email", NULL, "Email"},
        {"e-mail", "(not set)", NULL, "Email"},
        {"x.example", "e_mail", NULL, "Email"},
        {"e mail", "x", NULL, "Email"},
        {"x.example", "affiliate", NULL, "Affiliates"},
        {"x.example", "audio", NULL, "Audio"},
        {"sms", "x", NULL, "SMS"},
        {"x.example", "sms", NULL, "SMS"},
        {"x.example", "web-push", NULL, "Mobile Push Notifications"},
        {"x.example", "mobile_ad", NULL, "Mobile Push Notifications"},
        {"x.example", "notification", NULL, "Mobile Push Notifications"},
        {"firebase", "x", NULL, "Mobile Push Notifications"},
        {"x.example", "newsletter", NULL, "Unassigned"},
        {"x.example", "(not set)", NULL, "Unassigned"},
        {"(direct)", "email", NULL, "Email"},
    };
    assert_rows(rows, sizeof rows / sizeof *rows);
}

static void test_assistants(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"chatgpt.com", "(not set)", NULL, "AI Assistant"},
        {"chatgpt.com", "referral", NULL, "AI Assistant"},
        {"perplexity.ai", "referral", NULL, "AI Assistant"},
        {"www.perplexity.ai", "referral", NULL, "AI Assistant"},
        {"gemini.google.com", "referral", NULL, "AI Assistant"},
        {"claude.ai", "referral", NULL, "AI Assistant"},
        {"copilot.microsoft.com", "referral", NULL, "AI Assistant"},
        {"chat.openai.com", "referral", NULL, "AI Assistant"},
        {"chatgpt.com", "cpc", NULL, "Paid Other"},
        {"new-assistant.example", "ai-assistant", "(ai-assistant)", "AI Assistant"}, /* as GA4 exports it */
        {"google", "organic", NULL, "Organic Search"}, /* what search engines answer on their own pages */
    };
    assert_rows(rows, sizeof rows / sizeof *rows);
}

static void test_names(void **state)
{
    (void)state;
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        assert_true(channel_name((Channel)channel).size > 0);
        assert_int_equal(strlen(channel_name((Channel)channel).data), channel_name((Channel)channel).size);
    }
}

static void assert_text(Text text, const char *expected)
{
    if (text_is_null(text) != (expected == NULL) || !text_is(text, expected))
        fail_msg("%.*s, not %s", TEXT_PRINTF(text), expected ? expected : "nothing");
}

static Arrival arrive(const char *url, const char *referrer, ArrivalInput input)
{
    Arrival arrival;
    assert_int_equal(canonical_url_make(&page, &url_rules, text_from(url)), URL_OK);
    input.url = &page;
    input.referrer = text_from(referrer);
    assert_true(arrival_make(&rules, &input, &arena, &arrival));
    return arrival;
}

static const ArrivalInput nothing;

static void assert_arrival(Arrival arrival, const char *channel, const char *source, const char *medium)
{
    assert_text(channel_name(arrival.channel), channel);
    assert_text(arrival.source, source);
    assert_text(arrival.medium, medium);
    assert_int_equal(arrival.is_explicit, arrival.mark != 0);
    assert_int_equal(arrival.is_explicit, arrival.channel != CHANNEL_DIRECT);
}

static void test_utm_in_url(void **state)
{
    (void)state;
    Arrival arrival = arrive("https://e.com/?utm_source=+News%20Letter&utm_medium=E-Mail&utm_campaign=Spring%2FSale&"
                             "utm_term=Blue+Shoes&utm_content=top",
                             "https://www.google.com/", nothing);
    assert_arrival(arrival, "Email", "news letter", "e-mail");
    assert_text(arrival.campaign, "Spring/Sale");
    assert_text(arrival.term, "Blue Shoes");
    assert_text(arrival.content_tag, "top");
    assert_text(arrival.referrer_host, "www.google.com");
}

static void test_fields_before_url(void **state)
{
    (void)state;
    ArrivalInput input = {.source = TEXT("Partner"), .medium = TEXT(" "), .campaign = TEXT("A")};
    Arrival arrival = arrive("https://e.com/?utm_source=x&utm_medium=cpc&utm_campaign=b", NULL, input);
    assert_arrival(arrival, "Paid Other", "partner", "cpc");
    assert_text(arrival.campaign, "A");
}

static void test_click_ids(void **state)
{
    (void)state;
    static const struct {
        const char *parameter, *channel, *source, *medium;
    } rows[] = {
        {"gclid", "Paid Search", "google", "cpc"},          {"gbraid", "Paid Search", "google", "cpc"},
        {"wbraid", "Paid Search", "google", "cpc"},         {"dclid", "Paid Search", "google", "cpc"},
        {"gclsrc", "Paid Search", "google", "cpc"},         {"gad_source", "Paid Search", "google", "cpc"},
        {"msclkid", "Paid Search", "bing", "cpc"},          {"yclid", "Paid Search", "yandex", "cpc"},
        {"fbclid", "Organic Social", "facebook", "social"}, {"li_fat_id", "Paid Social", "linkedin", "cpc"},
        {"ttclid", "Paid Social", "tiktok", "cpc"},         {"twclid", "Paid Social", "twitter", "cpc"},
        {"epik", "Paid Social", "pinterest", "cpc"},        {"rdt_cid", "Paid Social", "reddit", "cpc"},
        {"ScCid", "Paid Social", "snapchat", "cpc"},        {"mc_cid", "Email", "mailchimp", "email"},
        {"mc_eid", "Email", "mailchimp", "email"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *url = arena_printf(&arena, "https://e.com/p?%s=x1", rows[i].parameter);
        assert_arrival(arrive(url, NULL, nothing), rows[i].channel, rows[i].source, rows[i].medium);
        assert_text(page.text, "https://e.com/p"); /* it is no part of the content */
        const char *field = arena_printf(&arena, "%s=x1", rows[i].parameter);
        assert_arrival(arrive("https://e.com/p", NULL, (ArrivalInput){.click_id = text_from(field)}), rows[i].channel,
                       rows[i].source, rows[i].medium);
    }
}

static void test_click_ids_beside_others(void **state)
{
    (void)state;
    assert_arrival(arrive("https://e.com/?msclkid=x", "https://www.bing.com/", nothing), "Paid Search", "bing", "cpc");
    assert_arrival(arrive("https://e.com/?gclsrc=aw.ds&fbclid=x&mc_eid=y", NULL, nothing), "Paid Search", "google",
                   "cpc");
    assert_arrival(arrive("https://e.com/?fbclid=x", "https://l.instagram.com/", nothing), "Organic Social",
                   "instagram", "social");
    assert_arrival(arrive("https://e.com/?fbclid=x&utm_medium=paid_social", NULL, nothing), "Paid Social", "facebook",
                   "paid_social");
    assert_arrival(arrive("https://e.com/?fbclid=x&gclid=y", NULL, nothing), "Paid Search", "google", "cpc");
    assert_arrival(arrive("https://e.com/?gclid=x&utm_source=news&utm_medium=email", NULL, nothing), "Email", "news",
                   "email");
    assert_arrival(arrive("https://e.com/?gclid=", NULL, nothing), "Direct", "(direct)", "(none)");

    ArrivalInput field = {.click_id = TEXT("GCLID=abc")};
    assert_arrival(arrive("https://e.com/", NULL, field), "Paid Search", "google", "cpc");
    field.click_id = TEXT("whatever");
    assert_arrival(arrive("https://e.com/", NULL, field), "Unassigned", "(not set)", "(not set)");
}

static void test_referrers(void **state)
{
    (void)state;
    static const struct {
        const char *referrer, *channel, *source, *medium;
    } rows[] = {
        {"https://www.google.com/", "Organic Search", "google", "organic"},
        {"https://www.google.co.uk/search?q=x", "Organic Search", "google", "organic"},
        {"https://google.de", "Organic Search", "google", "organic"},
        {"android-app://com.google.android.googlequicksearchbox/", "Organic Search", "google", "organic"},
        {"https://de.search.yahoo.com/", "Organic Search", "yahoo", "organic"},
        {"https://duckduckgo.com/", "Organic Search", "duckduckgo", "organic"},
        {"https://cn.bing.com/", "Organic Search", "bing", "organic"},
        {"https://l.facebook.com/l.php?u=x", "Organic Social", "facebook", "referral"},
        {"https://t.co/abc", "Organic Social", "twitter", "referral"},
        {"https://www.linkedin.com/feed/", "Organic Social", "linkedin", "referral"},
        {"android-app://com.linkedin.android/", "Organic Social", "linkedin", "referral"},
        {"https://m.youtube.com/", "Organic Video", "youtube", "referral"},
        {"https://www.amazon.co.jp/", "Organic Shopping", "amazon", "referral"},
        {"https://mail.google.com/mail/u/0/", "Email", "gmail", "email"},
        {"https://outlook.live.com/", "Email", "outlook", "email"},
        {"https://webmail.firm.example/", "Email", "webmail", "email"},
        {"https://chatgpt.com/", "AI Assistant", "chatgpt.com", "ai-assistant"},
        {"https://gemini.google.com/app", "AI Assistant", "gemini.google.com", "ai-assistant"},
        {"https://shopping.google.com/", "Organic Shopping", "google shopping", "referral"},
        {"https://images.google.co.uk/", "Organic Search", "google", "organic"},
        {"https://mail.yandex.ru/", "Email", "yandex mail", "email"},
        {"https://www.blog.example/post", "Referral", "blog.example", "referral"},
        /* parts of listed sites that are something else, and names that only look alike */
        {"https://docs.google.com/", "Referral", "docs.google.com", "referral"},
        {"https://docs.aws.amazon.com/", "Referral", "aws.amazon.com", "referral"},
        {"https://notgoogle.com/", "Referral", "notgoogle.com", "referral"},
        {"https://www./", "Referral", "www.", "referral"},
        {"https://google.evil.example/", "Referral", "google.evil.example", "referral"},
        {"https://facebook.com.evil.example/", "Referral", "facebook.com.evil.example", "referral"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_arrival(arrive("https://www.e.com/", rows[i].referrer, nothing), rows[i].channel, rows[i].source,
                       rows[i].medium);
    Arrival arrival = arrive("https://e.com/?utm_campaign=spring", "https://www.google.com/", nothing);
    assert_arrival(arrival, "Organic Search", "google", "organic");
    assert_text(arrival.campaign, "spring");
}

static void test_no_arrival(void **state)
{
    (void)state;
    static const char *const referrers[] = {
        NULL,
        "",
        "-",
        "(direct)",
        "about:blank",
        "https://www.e.com/a",
        "http://e.com/",
        "https://e.com:8080/",
        "https://blog.e.com/",
        "https://E.COM",
        "https://example.org/",
        "https://shop.example.org/",
        "https://pay.partner.net/",
    };
    for (size_t i = 0; i < sizeof referrers / sizeof *referrers; i++) {
        Arrival arrival = arrive("https://www.e.com/", referrers[i], nothing);
        assert_arrival(arrival, "Direct", "(direct)", "(none)");
        assert_text(arrival.referrer_host, NULL);
        assert_true(arrival.mark == 0);
    }
    assert_arrival(arrive("https://app.e.com/", "https://e.com/", nothing), "Direct", "(direct)", "(none)");
    assert_arrival(arrive("https://e.com/", "https://note.com/", nothing), "Referral", "note.com", "referral");
    assert_arrival(arrive("https://e.com/", "https://partner.net/", nothing), "Referral", "partner.net", "referral");
    /* what exports write for nothing */
    ArrivalInput input = {.source = TEXT("(direct)"), .medium = TEXT("(none)"), .campaign = TEXT("(direct)")};
    assert_arrival(arrive("https://e.com/", NULL, input), "Direct", "(direct)", "(none)");
    input = (ArrivalInput){.source = TEXT("(not set)"), .medium = TEXT("(not set)"), .campaign = TEXT("(not set)")};
    assert_arrival(arrive("https://e.com/", NULL, input), "Direct", "(direct)", "(none)");
    /* a term alone is no campaign */
    assert_arrival(arrive("https://e.com/?utm_term=x", NULL, nothing), "Direct", "(direct)", "(none)");
}

static void test_texts_are_cleaned(void **state)
{
    (void)state;
    Arrival arrival = arrive("https://e.com/?utm_source=x&utm_campaign=a%FFb&utm_content=c%00d", NULL, nothing);
    assert_text(arrival.campaign, "a\xEF\xBF\xBD"
                                  "b");
    assert_text(arrival.content_tag, "c\xEF\xBF\xBD"
                                     "d");

    arrival = arrive("https://e.com/?utm_source=ann%40example.com&utm_medium=email", NULL, nothing);
    assert_arrival(arrival, "Email", "(not set)", "email");

    char long_text[300];
    memset(long_text, 'a', sizeof long_text);
    memcpy(long_text + 199, "\xC3\xA9", 2); /* would be cut in its middle */
    ArrivalInput input = {.campaign = (Text){long_text, sizeof long_text}};
    arrival = arrive("https://e.com/", NULL, input);
    assert_int_equal(arrival.campaign.size, 199);
}

static void test_marks(void **state)
{
    (void)state;
    uint64_t one = arrive("https://e.com/?utm_source=a&gclid=1", NULL, nothing).mark;
    assert_true(one == arrive("https://e.com/other?gclid=1&utm_source=A", NULL, nothing).mark);
    assert_true(one != arrive("https://e.com/?utm_source=a&gclid=2", NULL, nothing).mark);
    assert_true(one != arrive("https://e.com/?utm_source=b&gclid=1", NULL, nothing).mark);
    assert_true(one != arrive("https://e.com/?utm_source=a&gclid=1&utm_content=x", NULL, nothing).mark);
    assert_true(one != arrive("https://e.com/?utm_source=a&gclid=1", "https://x.org/", nothing).mark);
    assert_true(arrive("https://e.com/?utm_source=a&utm_term=x", NULL, nothing).mark !=
                arrive("https://e.com/?utm_source=a&utm_content=x", NULL, nothing).mark);
}

static void test_full_arena(void **state)
{
    (void)state;
    cleanup(arena_done) Arena small = arena_make(8);
    ArrivalInput input = {.source = TEXT("UPPER CASE TEXT")};
    Arrival arrival;
    assert_false(arrival_make(&rules, &input, &small, &arrival));
    input = (ArrivalInput){.referrer = TEXT("https://www.somewhere.example/")};
    assert_false(arrival_make(&rules, &input, &small, &arrival));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ga4_table),
        cmocka_unit_test(test_assistants),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_utm_in_url),
        cmocka_unit_test(test_fields_before_url),
        cmocka_unit_test(test_click_ids),
        cmocka_unit_test(test_click_ids_beside_others),
        cmocka_unit_test(test_referrers),
        cmocka_unit_test(test_no_arrival),
        cmocka_unit_test(test_texts_are_cleaned),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_full_arena),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
