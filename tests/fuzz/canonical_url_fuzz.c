/* Any bytes as a URL, alone and against a base: no crash, everything within the ceilings, and the canonical form is its
 * own canonical form. The first byte chooses the rules. */
#include "common/classification.h"
#include "transform/canonical_url.h"
#include "transform/channel.h"
#include "transform/email.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static bool is_within(Text part, Text whole)
{
    return part.data >= whole.data && part.data + part.size <= whole.data + whole.size;
}

static void check_url(const UrlRules *rules, Text raw)
{
    static CanonicalUrl url, again;
    if (canonical_url_make(&url, rules, raw) != URL_OK)
        return;
    require(url.text.size <= URL_CEILING && text_starts_with(url.text, TEXT("https://")));
    require(url.host.size && is_within(url.host, url.text) && is_within(url.path, url.text));
    require(url.path.data[0] == '/' && url.query.parameter_count <= URL_PARAMETERS_MAX);
    require(canonical_url_make(&again, rules, url.text) == URL_OK);
    require(text_equal(url.text, again.text) && text_equal(url.host, again.host) && text_equal(url.path, again.path));
}

static void check_arrival(Text raw)
{
    static ChannelRules rules;
    static SiteIndex sites;
    static Arena lists;
    static UrlRules url_rules;
    static CanonicalUrl url;
    if (!rules.sites) {
        Classification shipped;
        Error error = ERROR_INIT;
        lists = arena_make(8 << 20);
        require(classification_read(&(ClassificationFiles){.sites = NULL}, &lists, &shipped, &error) == STATUS_OK);
        require(site_index_make(&shipped.sites, &sites, &error) == STATUS_OK);
        rules.sites = &sites;
        require(url_rules_make(&url_rules, TEXT("https://example.com/"), NULL, 0) == URL_OK);
    }
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    ArrivalInput input = {.source = raw, .campaign = raw, .click_id = raw, .referrer = raw};
    if (canonical_url_make(&url, &url_rules, raw) == URL_OK)
        input.url = &url;
    Arrival arrival;
    require(arrival_make(&rules, &input, &arena, &arrival));
    require(arrival.source.size && arrival.source.size <= ARRIVAL_TEXT_MAX && arrival.medium.size);
    require(arrival.is_explicit == (arrival.mark != 0));
}

static void check_email(Text raw)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Text email, again, masked = mask_addresses(raw, &arena);
    require(masked.size == 0 || !email_find(masked, &email) || masked.size <= 2 * raw.size);
    if (!email_normalize(raw, &arena, &email))
        return;
    require(email_normalize(email, &arena, &again) && text_equal(email, again));
    require(email_domain(email).size >= 3 && !text_is_null(email_mask(email, &arena)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static UrlRules rules;
    if (size == 0)
        return 0;
    Text raw = {(const char *)data + 1, size - 1}, named[] = {TEXT("id"), TEXT("q[a]")};
    Text base = data[0] & 1 ? TEXT("https://example.com/a/b?c=d") : TEXT_NULL;
    require(url_rules_make(&rules, base, data[0] & 8 ? NULL : named, data[0] & 2 ? 2 : 0) == URL_OK);
    check_url(&rules, raw);
    if (data[0] & 4 && url_rules_make(&rules, raw, NULL, 0) == URL_OK)
        check_url(&rules, TEXT("x/../y?z"));
    check_arrival(raw);
    check_email(raw);
    return 0;
}
