#include "load/refresh.h"

#include "common/currency.h"
#include "load/agreement_setting.h"
#include "load/attribution_setting.h"
#include "load/content_setting.h"
#include "load/credit.h"
#include "load/definition_setting.h"
#include "load/embedded.h"
#include "load/fit.h"
#include "load/journey_source.h"
#include "load/migrate.h"
#include "load/model_set.h"

#include <inttypes.h>
#include <stdio.h>

enum { CHECKS_CEILING = 1 << 20 };

Status refresh_step(Pg *pg, const char *name, Error *error)
{
    for (size_t i = 0; i < embedded_file_count; i++)
        if (strcmp(embedded_files[i].name, name) == 0) {
            if (pg_execute(pg, embedded_files[i].text, error) != STATUS_OK)
                return error_prefix(error, "sql/%s", name);
            return STATUS_OK;
        }
    return error_set(error, ERROR_INTERNAL, "there is no sql/%s", name);
}

/* Puts the configuration into the setting; *is_changed if what reports rest on differs from what they were made with.
 */
static Status apply_settings(Pg *pg, const Config *config, bool *is_changed, Error *error)
{
    int exponent = 2;
    currency_exponent(text_from(config->reporting.currency), &exponent);
    char exponent_text[16], lookback[32], half_life[32], bots_above[32], history_days[32];
    snprintf(exponent_text, sizeof exponent_text, "%d", exponent);
    snprintf(lookback, sizeof lookback, "%lld days", config->attribution.lookback_days);
    snprintf(half_life, sizeof half_life, "%lld", config->attribution.half_life_days);
    snprintf(bots_above, sizeof bots_above, "%lld", config->traffic.bots_above);
    snprintf(history_days, sizeof history_days, "%lld", config->attribution.history_days);
    cleanup(buffer_done) Buffer attribution = buffer_make(ATTRIBUTION_SETTING_CEILING);
    TRY(attribution_setting_write(&config->attribution, &attribution, error));
    const char *parameters[] = {config->reporting.timezone,
                                config->reporting.currency,
                                exponent_text,
                                lookback,
                                config->attribution.until == UNTIL_CREATED_AT ? "created_at" : "closed_at",
                                half_life,
                                config->traffic.bots_above ? bots_above : NULL,
                                attribution.data,
                                config->attribution.model,
                                config->attribution.history_days ? history_days : NULL};
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(
        pg,
        "select (timezone, currency, currency_exponent, lookback, until, half_life_days, bots_above, attribution) "
        "is distinct from ($1::text, $2::text, $3::integer, $4::interval, $5::text, $6::integer, $7::bigint, "
        "$8::jsonb) and "
        "refreshed_at is not null "
        "from cl_ops.setting",
        parameters, 8, &result, error));
    *is_changed = result.row_count && text_is(pg_value(&result, 0, 0), "t");
    return pg_query(pg,
                    "update cl_ops.setting set timezone = $1, currency = $2, currency_exponent = $3::integer, "
                    "lookback = $4::interval, until = $5, half_life_days = $6::integer, bots_above = $7::bigint, "
                    "attribution = $8::jsonb, model = $9, history_days = $10::integer",
                    parameters, 10, &result, error);
}

static Status count_changed(Pg *pg, RefreshOutcome *outcome, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "select (select count(*) from pg_temp.changed_person), (select count(*) from pg_temp.changed_deal), "
                 "(select count(*) from cl_ops.changed_day)",
                 NULL, 0, &result, error));
    outcome->people = pg_value_int64(&result, 0, 0);
    outcome->deals = pg_value_int64(&result, 0, 1);
    outcome->days = pg_value_int64(&result, 0, 2);
    return STATUS_OK;
}

/* Ends the refresh if figures do not agree. The checks go with its transaction, so they are kept here until then. */
static Status agree(Pg *pg, Buffer *checks, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select cl_ops.differing_checks()", NULL, 0, &result, error));
    TRY(buffer_append(checks, pg_value(&result, 0, 0), error));
    TRY(buffer_append_byte(checks, '\0', error));
    return refresh_step(pg, "refresh/92_agree.sql", error);
}

/* The failed refresh's checks, after it was rolled back, so that all see what differs. */
static void keep_checks(Pg *pg, const Buffer *checks, Error *error)
{
    if (checks->size <= 1)
        return;
    cleanup(pg_result_free) PgResult result = {0};
    Error ignored = ERROR_INIT;
    pg_query(pg, "select cl_ops.keep_checks($1::jsonb)", (const char *[]){checks->data}, 1, &result, &ignored);
    error_hint(error, "cl_ops.reconciliation says what differs; closedloop-load rebuild computes all reports anew");
}

/* The journeys of the changed deals anew, and the sums with them. */
static Status credit(Pg *pg, const Config *config, const ModelSet *models, const Arrivals *arrivals, Journeys *journeys,
                     Error *error)
{
    cleanup(contribution_done) Contribution contribution;
    TRY(contribution_make(pg, models, arrivals, config->reporting.timezone, &contribution, error));
    TRY(contribution_take(&contribution, error));
    TRY(refresh_step(pg, "refresh/50_journeys.sql", error));
    TRY(refresh_step(pg, "refresh/52_leads.sql", error));
    TRY(refresh_step(pg, "refresh/53_funnel.sql", error));
    TRY(journey_source_changed(pg, &config->attribution, arrivals, journeys, error));
    TRY(credit_journeys(pg, models, journeys, &contribution, error));
    return contribution_write(&contribution, error);
}

static Status refresh_in_transaction(Pg *pg, const Config *config, RefreshOutcome *outcome, Buffer *checks,
                                     Error *error)
{
    TRY(begin_alone(pg, error));
    bool is_changed = false;
    TRY(apply_settings(pg, config, &is_changed, error));
    outcome->is_rebuild = outcome->is_rebuild || is_changed;
    TRY(content_setting_apply(pg, config, error));
    TRY(definition_setting_apply(pg, config, error));
    TRY(agreement_setting_apply(pg, config, &is_changed, error));
    outcome->is_rebuild = outcome->is_rebuild || is_changed;
    ModelSet models;
    TRY(model_set_configure(pg, config, &models, error));
    TRY(refresh_step(pg, "refresh/00_before.sql", error));
    if (outcome->is_rebuild)
        TRY(refresh_step(pg, "refresh/00_everything.sql", error));
    static const char *const before[] = {
        "refresh/10_records.sql",   "refresh/20_persons.sql",        "refresh/25_robots.sql",
        "refresh/30_touches.sql",   "refresh/31_view_days.sql",      "refresh/37_accounts.sql",
        "refresh/38_facts.sql",     "refresh/38_delivered.sql",      "refresh/39_stages.sql",
        "refresh/40_deals.sql",     "refresh/41_account_people.sql", "refresh/42_owners.sql",
        "refresh/43_handovers.sql", "refresh/44_scores.sql",         "refresh/45_contribution.sql",
        "refresh/46_groups.sql"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        TRY(refresh_step(pg, before[i], error));
    cleanup(arrivals_done) Arrivals arrivals = ARRIVALS_EMPTY;
    TRY(arrivals_read(pg, &arrivals, error));
    cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
    TRY(journeys_begin(&journeys, error));
    TRY(credit(pg, config, &models, &arrivals, &journeys, error));
    TRY(fit_models(pg, &models, &arrivals, &journeys, error));
    TRY(refresh_step(pg, "refresh/61_months.sql", error));
    TRY(refresh_step(pg, "refresh/66_groups.sql", error));
    TRY(count_changed(pg, outcome, error));
    TRY(refresh_step(pg, "refresh/90_checks.sql", error));
    TRY(agree(pg, checks, error));
    TRY(refresh_step(pg, "refresh/95_reported.sql", error));
    return pg_execute(pg, "commit", error);
}

Status refresh(Pg *pg, const Config *config, bool is_rebuild, RefreshOutcome *ret_outcome, Error *error)
{
    RefreshOutcome outcome = {.is_rebuild = is_rebuild};
    cleanup(buffer_done) Buffer checks = buffer_make(CHECKS_CEILING);
    Status status = refresh_in_transaction(pg, config, &outcome, &checks, error);
    if (status != STATUS_OK) {
        pg_rollback(pg);
        keep_checks(pg, &checks, error);
        return status;
    }
    *ret_outcome = outcome;
    return STATUS_OK;
}
