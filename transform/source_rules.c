#include "transform/source_rules.h"

#include <stdlib.h>

enum { ARENA_CEILING = 1 << 20 };

static Status make_zones(const Config *config, SourceRules *rules, Error *error)
{
    TRY(zone_load(text_from(rules->source->timezone), NULL, &rules->source_zone, error));
    return zone_load(text_from(config->reporting.timezone), NULL, &rules->reporting_zone, error);
}

static Status make_url_rules(SourceRules *rules, Error *error)
{
    const Source *source = rules->source;
    UrlReason reason =
        url_rules_make(&rules->url, source->base_url, source->keep_parameters, source->keep_parameter_count);
    return reason == URL_OK
               ? STATUS_OK
               : error_set(error, ERROR_CONFIG, "base_url or keep_parameters: %s", url_reason_text(reason));
}

/* Copies the own hosts in lower case, as the channel rules want them. */
static Status make_channel_rules(const SiteIndex *sites, SourceRules *rules, Error *error)
{
    const Source *source = rules->source;
    Text *hosts = arena_allocate(&rules->arena, source->own_host_count * sizeof *hosts);
    if (!hosts)
        return error_no_memory(error);
    for (size_t i = 0; i < source->own_host_count; i++) {
        char *copy = arena_copy(&rules->arena, source->own_hosts[i]);
        if (!copy)
            return error_no_memory(error);
        for (char *at = copy; *at; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at = (char)(*at | 0x20);
        hosts[i] = (Text){copy, source->own_hosts[i].size};
    }
    rules->channels = (ChannelRules){.sites = sites, .own_hosts = hosts, .own_host_count = source->own_host_count};
    return STATUS_OK;
}

static Status fill(const Config *config, const SiteIndex *sites, SourceRules *rules, Error *error)
{
    const Source *source = rules->source;
    memcpy(rules->currency, config->reporting.currency, sizeof rules->currency);
    rules->style = (DecimalStyle){.decimal = source->decimal, .group = source->grouping, .has_parentheses = true};
    TRY(make_zones(config, rules, error));
    for (size_t i = 0; i < source->time_format_count; i++)
        TRY(time_format_compile(source->time_formats[i], &rules->time_formats[i], error));
    rules->time_format_count = source->time_format_count;
    TRY(make_url_rules(rules, error));
    return make_channel_rules(sites, rules, error);
}

Status source_rules_make(const Config *config, const Source *source, const SiteIndex *sites,
                         const CompanyDomains *companies, const Secret *secret, SourceRules **ret_rules, Error *error)
{
    SourceRules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return error_no_memory(error);
    rules->source = source;
    rules->traffic = &config->traffic;
    rules->companies = companies;
    rules->secret = *secret;
    rules->system = text_from(source->system);
    rules->arena = arena_make(ARENA_CEILING);
    if (fill(config, sites, rules, error) != STATUS_OK) {
        source_rules_free(rules);
        return error_prefix(error, "source %s", source->name);
    }
    *ret_rules = rules;
    return STATUS_OK;
}

void source_rules_free(SourceRules *rules)
{
    if (!rules)
        return;
    zone_free(rules->source_zone);
    zone_free(rules->reporting_zone);
    arena_done(&rules->arena);
    free(rules);
}
