/* What a source says about its records, made ready once: zones, formats, the rules of its URLs and arrivals.
 *
 *     SourceRules *rules = NULL;
 *     TRY(source_rules_make(&config, source, &sites, &companies, &secret, &rules, error));
 *     ...
 *     source_rules_free(rules);
 */
#ifndef CLOSEDLOOP_TRANSFORM_SOURCE_RULES_H
#define CLOSEDLOOP_TRANSFORM_SOURCE_RULES_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/currency.h"
#include "common/decimal.h"
#include "common/hash.h"
#include "common/time.h"
#include "transform/canonical_url.h"
#include "transform/channel.h"
#include "transform/company_domain.h"

typedef struct SourceRules {
    const Source *source; /* the configuration's */
    const Traffic *traffic;
    Secret secret;
    Text system;
    Zone *source_zone, *reporting_zone;
    TimeFormat time_formats[TIME_FORMATS_MAX]; /* tried in order */
    size_t time_format_count;
    DecimalStyle style;
    char currency[CURRENCY_SIZE]; /* what reports are in */
    UrlRules url;
    ChannelRules channels;
    const CompanyDomains *companies;
    Arena arena;
} SourceRules;

/* ERROR_CONFIG, naming the source, for what cannot be used. The configuration, the sites and the companies' domains
 * must outlive the rules. */
Status source_rules_make(const Config *config, const Source *source, const SiteIndex *sites,
                         const CompanyDomains *companies, const Secret *secret, SourceRules **ret_rules, Error *error);

/* NULL is allowed. */
void source_rules_free(SourceRules *rules);

#endif
