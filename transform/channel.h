/* The arrival of a view: how the visitor came, and the channel that is.
 *
 * Channels are those of "[GA4] Default channel group" (support.google.com/analytics/answer/9756891), manual traffic,
 * its names and its order: the first rule that holds decides. Paid means a medium that matches
 *
 *     ^(.*cp.*|ppc|retargeting|paid.*)$
 *
 * Four things are ours:
 *
 *     - the list of sites, data/sites.tsv, which is shorter than Google's, and knows sites by domain, not one by one;
 *     - "AI Assistant" (since May 2026, with the medium "ai-assistant") stands behind Paid Other, and holds for every
 *       assistant of that list, Google's own being unpublished, by utm_source too; what search engines answer with on
 *       their own pages stays Organic Search, as with Google;
 *     - a referrer that is a mail service's web page has the medium "email";
 *     - what GA4 learns from Google Ads by account link is read from the click id: source and medium that the URL does
 *       not name are the advertiser's, "cpc" or, for fbclid, "social"; for Mailchimp's ids "email".
 *
 * What decides, in this order: the utm values, as fields or else in the URL; a click id; a referrer outside of the
 * page's own site. Without any the arrival is Direct, "(direct)" / "(none)". What is missing of source and medium is
 * "(not set)". Source and medium are in lower case; all texts are trimmed, storable, and cut at ARRIVAL_TEXT_MAX bytes;
 * a text that holds an e-mail address counts as absent.
 *
 *     ChannelRules rules = {.sites = &sites, .own_hosts = own_hosts, .own_host_count = 2};
 *     Arrival arrival;
 *     if (!arrival_make(&rules, &input, &arena, &arrival)) ...
 */
#ifndef CLOSEDLOOP_TRANSFORM_CHANNEL_H
#define CLOSEDLOOP_TRANSFORM_CHANNEL_H

#include "common/arena.h"
#include "common/text.h"
#include "transform/canonical_url.h"
#include "transform/site_index.h"

#include <stdint.h>

typedef enum Channel {
    CHANNEL_DIRECT,
    CHANNEL_CROSS_NETWORK,
    CHANNEL_PAID_SHOPPING,
    CHANNEL_PAID_SEARCH,
    CHANNEL_PAID_SOCIAL,
    CHANNEL_PAID_VIDEO,
    CHANNEL_DISPLAY,
    CHANNEL_PAID_OTHER,
    CHANNEL_AI_ASSISTANT,
    CHANNEL_ORGANIC_SHOPPING,
    CHANNEL_ORGANIC_SOCIAL,
    CHANNEL_ORGANIC_VIDEO,
    CHANNEL_ORGANIC_SEARCH,
    CHANNEL_REFERRAL,
    CHANNEL_EMAIL,
    CHANNEL_AFFILIATES,
    CHANNEL_AUDIO,
    CHANNEL_SMS,
    CHANNEL_MOBILE_PUSH_NOTIFICATIONS,
    CHANNEL_UNASSIGNED,
    CHANNEL_COUNT,
} Channel;

/* As GA4 writes it: "Organic Search". */
Text channel_name(Channel channel);

enum { ARRIVAL_TEXT_MAX = 200 };

typedef struct ChannelRules {
    const SiteIndex *sites;
    const Text *own_hosts; /* in lower case: further hosts, with all below them, whose links are no arrivals */
    size_t own_host_count;
} ChannelRules;

/* The channel of a source and a medium in lower case, and a campaign as given; each may be absent. */
Channel channel_of(const ChannelRules *rules, Text source, Text medium, Text campaign);

/* What a view says about where its visitor came from. Absent texts are looked for in the URL. */
typedef struct ArrivalInput {
    Text source, medium, campaign, term, content;
    Text click_id; /* name=value */
    Text referrer;
    const CanonicalUrl *url;
} ArrivalInput;

/* Spans of the input, of the URL, of the arena and of constants: valid as long as all of these. */
typedef struct Arrival {
    Channel channel;
    Text source, medium;              /* never absent */
    Text campaign, term, content_tag; /* absent if not given */
    Text referrer_host;               /* canonical; absent if there is no referrer, or it is the own site */
    bool is_explicit;                 /* a campaign, a click id or an outside referrer: a visit begins */
    uint64_t
        mark; /* tells explicit arrivals apart: XXH3-64 of all the above and the click id; 0 if it is not explicit */
} Arrival;

/* False if the arena is full. */
bool arrival_make(const ChannelRules *rules, const ArrivalInput *input, Arena *arena, Arrival *ret_arrival);

#endif
