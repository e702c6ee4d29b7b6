#include "load/fit.h"

#include "load/credit_sums.h"
#include "load/fit_store.h"
#include "load/journey_source.h"
#include "load/refresh.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6 };

typedef struct Fitting {
    Pg *pg;
    const Arrivals *arrivals;
    FitItems items;
    FitJourneys journeys;
    bool is_whole; /* the credits of all deals are written, not only of those that changed */
    ModelFit fits[FITTED_MODELS_COUNT];
    int numbers[FITTED_MODELS_COUNT]; /* in the arrays of the tables, from 1 */
    size_t count;
    size_t state_max;
    CreditSums sums;
    /* for the touches of a journey */
    size_t capacity;
    ScoredTouch *scored;
    int64_t *weights, *credits; /* model after model, `capacity` apart */
    bool has_campaigns;         /* some touches' campaigns count and others' do not: then there are also */
    int64_t *campaign_weights, *campaign_credits;
    ScoredTouch *campaign_scored;
    JourneyTouch *campaign_touches;
    FittedWorkspace fitted;
    AttributionWorkspace attribution;
    CopyStream stream;
} Fitting;

static void fitting_done(Fitting *fitting)
{
    for (size_t i = 0; i < fitting->count; i++)
        model_fit_done(&fitting->fits[i]);
    credit_sums_done(&fitting->sums);
    fit_journeys_done(&fitting->journeys);
    fit_items_done(&fitting->items);
    free(fitting->scored);
    free(fitting->weights);
    free(fitting->credits);
    free(fitting->campaign_weights);
    free(fitting->campaign_credits);
    free(fitting->campaign_scored);
    free(fitting->campaign_touches);
    fitted_workspace_done(&fitting->fitted);
    attribution_workspace_done(&fitting->attribution);
    copy_stream_done(&fitting->stream);
}

static Status meet(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    for (size_t i = 0; i < fitting->count; i++) {
        ModelFit *fit = &fitting->fits[i];
        TRY(model_fit_meet(fit, journey->items[fit->model->item], journey->head->count, journey->outcome, error));
    }
    return STATUS_OK;
}

static Status count(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    for (size_t i = 0; i < fitting->count; i++) {
        ModelFit *fit = &fitting->fits[i];
        TRY(model_fit_count(fit, journey->items[fit->model->item], journey->head->count, journey->outcome, error));
    }
    return STATUS_OK;
}

static Status fit_all(Fitting *fitting, const ModelSet *models, Error *error)
{
    TRY(fit_items_read(fitting->pg, fitting->arrivals, &fitting->items, error));
    bool has_chain = false;
    for (size_t i = 0; i < models->fitted_count; i++) {
        const FittedModel *model = models->fitted[i];
        const uint32_t *group_of = model->item == FITTED_CONTENT ? fitting->items.topic_of : NULL;
        TRY(model_fit_make(model, fitting->items.counts[model->item], group_of, &fitting->fits[i], error));
        fitting->numbers[fitting->count++] = model->number - FITTED_NUMBER_BASE;
        has_chain = has_chain || model->kind == FITTED_MARKOV;
    }
    TRY(journey_source_unchanged(fitting->pg, fitting->arrivals, fitting->journeys.journeys, error));
    TRY(fit_journeys_each(&fitting->journeys, meet, fitting, error));
    for (size_t i = 0; i < fitting->count; i++)
        TRY(model_fit_fold(&fitting->fits[i], fitting->state_max, error));
    if (has_chain)
        TRY(fit_journeys_each(&fitting->journeys, count, fitting, error));
    for (size_t i = 0; i < fitting->count; i++) {
        TRY(model_fit_solve(&fitting->fits[i], error));
        TRY(fit_store(fitting->pg, &fitting->items, &fitting->fits[i], error));
    }
    return STATUS_OK;
}

/* What is in it need not stay. */
static void *renew(void *memory, size_t count, size_t size, bool *is_failed)
{
    free(memory);
    memory = calloc(count, size);
    *is_failed = *is_failed || !memory;
    return memory;
}

static Status reserve(Fitting *fitting, size_t touch_count, Error *error)
{
    if (touch_count <= fitting->capacity)
        return STATUS_OK;
    size_t capacity = fitting->capacity ? fitting->capacity : 256;
    while (capacity < touch_count)
        capacity *= 2;
    size_t shares = capacity * fitting->count;
    bool is_failed = false;
    fitting->scored = renew(fitting->scored, capacity, sizeof *fitting->scored, &is_failed);
    fitting->weights = renew(fitting->weights, shares, sizeof *fitting->weights, &is_failed);
    fitting->credits = renew(fitting->credits, shares, sizeof *fitting->credits, &is_failed);
    fitting->campaign_weights = renew(fitting->campaign_weights, shares, sizeof *fitting->weights, &is_failed);
    fitting->campaign_credits = renew(fitting->campaign_credits, shares, sizeof *fitting->credits, &is_failed);
    fitting->campaign_scored = renew(fitting->campaign_scored, capacity, sizeof *fitting->scored, &is_failed);
    fitting->campaign_touches =
        renew(fitting->campaign_touches, capacity, sizeof *fitting->campaign_touches, &is_failed);
    fitting->capacity = is_failed ? 0 : capacity;
    return is_failed ? error_no_memory(error) : STATUS_OK;
}

/* By model number; null where no model has it. Shares are those of the models, or, NULL, all the same. */
static Status put_shares(Fitting *fitting, const int64_t *shares, size_t i, int64_t same, Error *error)
{
    int64_t values[FITTED_MODELS_COUNT];
    bool are_null[FITTED_MODELS_COUNT];
    memset(are_null, true, sizeof are_null);
    size_t length = 0;
    for (size_t m = 0; m < fitting->count; m++) {
        size_t place = (size_t)fitting->numbers[m] - 1;
        values[place] = shares ? shares[m * fitting->capacity + i] : same;
        are_null[place] = false;
        length = place + 1 > length ? place + 1 : length;
    }
    return copy_encode_int64_array(&fitting->stream.rows, values, are_null, length, error);
}

static Status put_row(Fitting *fitting, const FitJourney *journey, size_t i, Error *error)
{
    Buffer *rows = &fitting->stream.rows;
    bool is_touch = journey->head->count > 0;
    int32_t position = (int32_t)i + 1;
    TRY(copy_stream_row(&fitting->stream, COLUMNS, error));
    TRY(copy_encode_uuid(rows, &journey->head->deal_id, error));
    TRY(copy_encode_int32(rows, &position, error));
    TRY(put_shares(fitting, is_touch ? fitting->weights : NULL, i, ATTRIBUTION_UNIT, error));
    TRY(put_shares(fitting, is_touch ? fitting->credits : NULL, i, journey->head->amount, error));
    if (fitting->has_campaigns) {
        TRY(put_shares(fitting, fitting->campaign_weights, i, 0, error));
        TRY(put_shares(fitting, fitting->campaign_credits, i, 0, error));
    } else {
        TRY(copy_encode_bytes(rows, NULL, 0, error));
        TRY(copy_encode_bytes(rows, NULL, 0, error));
    }
    return STATUS_OK;
}

static const Arrival *arrival_of(const Fitting *fitting, const FitJourney *journey, size_t i)
{
    return &fitting->arrivals->list[journey->touches[i].arrival_no];
}

/* The touches whose campaigns count in reports on campaigns share the deal as if theirs were all its touches; the
 * scores stay those of the journey. */
static Status credit_campaigns(Fitting *fitting, const FitJourney *journey, size_t model, Error *error)
{
    int64_t *weights = fitting->campaign_weights + model * fitting->capacity;
    int64_t *credits = fitting->campaign_credits + model * fitting->capacity;
    size_t count = 0;
    for (size_t i = 0; i < journey->head->count; i++)
        if (arrival_of(fitting, journey, i)->is_of_campaigns) {
            fitting->campaign_scored[count] = fitting->scored[i];
            fitting->campaign_touches[count++] = journey->ordered[i];
        }
    TRY(fitted_weigh(fitting->campaign_touches, fitting->campaign_scored, count, weights, &fitting->fitted, error));
    TRY(attribution_credit(weights, count, journey->head->amount, credits, &fitting->attribution, error));
    for (size_t i = journey->head->count; i-- > 0;) {
        bool is_of_campaigns = arrival_of(fitting, journey, i)->is_of_campaigns;
        count -= is_of_campaigns;
        weights[i] = is_of_campaigns ? weights[count] : 0;
        credits[i] = is_of_campaigns ? credits[count] : 0;
    }
    return STATUS_OK;
}

static bool has_campaigns(const Fitting *fitting, const FitJourney *journey)
{
    size_t count = 0;
    for (size_t i = 0; i < journey->head->count; i++)
        count += arrival_of(fitting, journey, i)->is_of_campaigns;
    return count > 0 && count < journey->head->count;
}

static Status sum_up(Fitting *fitting, const FitJourney *journey, Error *error)
{
    static const Key nobody;
    CreditSums *sums = &fitting->sums;
    int32_t month = journey->head->month;
    SumDeal deal = {.month = month, .outcome = journey->head->outcome, .amount = journey->head->amount, .sign = 1};
    SumShares all = {.same_weight = ATTRIBUTION_UNIT, .same_credit = journey->head->amount};
    SumShares shares = {fitting->weights, fitting->credits, fitting->capacity, 1, 0, 0};
    SumShares of_campaigns = {fitting->campaign_weights, fitting->campaign_credits, fitting->capacity, 1, 0, 0};
    TRY(credit_sums_open(sums, &deal, journey->head->count ? journey->head->count : 1, error));
    for (SumKind kind = SUM_CONTENT; kind <= SUM_CAMPAIGN && journey->head->count == 0; kind++)
        credit_sums_add(sums, kind, &nobody, month, false, &all, 0);
    for (size_t i = 0; i < journey->head->count; i++) {
        const Arrival *arrival = arrival_of(fitting, journey, i);
        const Key *content_id = &journey->touches[i].content_id;
        credit_sums_add(sums, SUM_CONTENT, content_id, month, false, &shares, i);
        credit_sums_add(sums, SUM_CHANNEL, &arrival->channel_id, month, false, &shares, i);
        if (!fitting->has_campaigns || arrival->is_of_campaigns)
            credit_sums_add(sums, SUM_CAMPAIGN, &arrival->campaign_id, month, false,
                            fitting->has_campaigns ? &of_campaigns : &shares, i);
    }
    return STATUS_OK;
}

static Status credit(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    TRY(reserve(fitting, journey->head->count, error));
    fitting->has_campaigns = has_campaigns(fitting, journey);
    for (size_t m = 0; m < fitting->count && journey->head->count; m++) {
        ModelFit *fit = &fitting->fits[m];
        int64_t *weights = fitting->weights + m * fitting->capacity;
        TRY(model_fit_score(fit, journey->items[fit->model->item], journey->head->count, fitting->scored, error));
        TRY(fitted_weigh(journey->ordered, fitting->scored, journey->head->count, weights, &fitting->fitted, error));
        TRY(attribution_credit(weights, journey->head->count, journey->head->amount,
                               fitting->credits + m * fitting->capacity, &fitting->attribution, error));
        if (fitting->has_campaigns)
            TRY(credit_campaigns(fitting, journey, m, error));
    }
    TRY(sum_up(fitting, journey, error));
    if (!fitting->is_whole && !journey->head->is_changed)
        return STATUS_OK;
    TRY(put_row(fitting, journey, 0, error));
    for (size_t i = 1; i < journey->head->count; i++)
        TRY(put_row(fitting, journey, i, error));
    return STATUS_OK;
}

static Status read_due(Pg *pg, bool *ret_is_due, bool *ret_is_whole, size_t *ret_states, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select is_due, is_whole, states from pg_temp.fit_due", NULL, 0, &result, error));
    *ret_is_due = result.row_count && text_is(pg_value(&result, 0, 0), "t");
    *ret_is_whole = result.row_count && text_is(pg_value(&result, 0, 1), "t");
    int64_t states = pg_value_int64(&result, 0, 2);
    *ret_states = states > 0 ? (size_t)states : 1;
    return STATUS_OK;
}

static Status fit_and_credit(Fitting *fitting, const ModelSet *models, Error *error)
{
    TRY(refresh_step(fitting->pg, "refresh/55_fit_begin.sql", error));
    if (models->fitted_count > 0)
        TRY(fit_all(fitting, models, error));
    TRY(refresh_step(fitting->pg, "refresh/56_fit_scores.sql", error));
    bool is_due;
    TRY(read_due(fitting->pg, &is_due, &fitting->is_whole, &fitting->state_max, error));
    if (models->fitted_count > 0) {
        credit_sums_make(fitting->pg, fitting->numbers, fitting->count, true, &fitting->sums);
        fitting->sums.open_copy = &fitting->stream;
        TRY(fit_journeys_each(&fitting->journeys, credit, fitting, error));
        TRY(copy_stream_end(&fitting->stream, error));
        TRY(credit_sums_flush(&fitting->sums, error));
    }
    return STATUS_OK;
}

Status fit_models(Pg *pg, const ModelSet *models, const Arrivals *arrivals, Journeys *journeys, Error *error)
{
    TRY(refresh_step(pg, "refresh/54_fit_due.sql", error));
    bool is_due, is_whole;
    size_t states;
    TRY(read_due(pg, &is_due, &is_whole, &states, error));
    if (is_due) {
        cleanup(fitting_done) Fitting fitting = {
            .pg = pg,
            .arrivals = arrivals,
            .state_max = states,
            .fitted = fitted_workspace_make(),
            .attribution = attribution_workspace_make(),
            .stream = copy_stream_make(pg, "copy cl_marketing.fitted_touch (deal_id, position, weights, credits, "
                                           "campaign_weights, campaign_credits) from stdin (format binary)")};
        fitting.journeys = (FitJourneys){.journeys = journeys, .items = &fitting.items};
        TRY(fit_and_credit(&fitting, models, error));
    }
    return refresh_step(pg, "refresh/58_fit_names.sql", error);
}
