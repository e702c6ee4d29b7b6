#include "load/fit.h"

#include "common/copy_encode.h"
#include "load/fit_journeys.h"
#include "load/fit_store.h"
#include "load/refresh.h"

#include <stdlib.h>

enum { ROWS_CEILING = 8 << 20, FLUSH_SIZE = 4 << 20 };

typedef struct Fitting {
    Pg *pg;
    FitItems items;
    ModelFit fits[FITTED_MODELS_COUNT];
    size_t count;
    size_t state_max;
    /* for the touches of a journey */
    size_t capacity;
    ScoredTouch *scored;
    int64_t *weights, *credits; /* model after model, `capacity` apart */
    FittedWorkspace fitted;
    AttributionWorkspace attribution;
    Buffer rows;
} Fitting;

static void fitting_done(Fitting *fitting)
{
    for (size_t i = 0; i < fitting->count; i++)
        model_fit_done(&fitting->fits[i]);
    fit_items_done(&fitting->items);
    free(fitting->scored);
    free(fitting->weights);
    free(fitting->credits);
    fitted_workspace_done(&fitting->fitted);
    attribution_workspace_done(&fitting->attribution);
    buffer_done(&fitting->rows);
}

static Status meet(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    for (size_t i = 0; i < fitting->count; i++) {
        ModelFit *fit = &fitting->fits[i];
        TRY(model_fit_meet(fit, journey->items[fit->model->item], journey->count, journey->outcome, error));
    }
    return STATUS_OK;
}

static Status count(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    for (size_t i = 0; i < fitting->count; i++) {
        ModelFit *fit = &fitting->fits[i];
        TRY(model_fit_count(fit, journey->items[fit->model->item], journey->count, journey->outcome, error));
    }
    return STATUS_OK;
}

static Status fit_all(Fitting *fitting, const ModelSet *models, Error *error)
{
    TRY(fit_items_read(fitting->pg, &fitting->items, error));
    bool has_chain = false;
    for (size_t i = 0; i < models->fitted_count; i++) {
        const FittedModel *model = models->fitted[i];
        const uint32_t *group_of = model->item == FITTED_CONTENT ? fitting->items.topic_of : NULL;
        TRY(model_fit_make(model, fitting->items.counts[model->item], group_of, &fitting->fits[i], error));
        fitting->count++;
        has_chain = has_chain || model->kind == FITTED_MARKOV;
    }
    TRY(fit_journeys_read(fitting->pg, &fitting->items, meet, fitting, error));
    for (size_t i = 0; i < fitting->count; i++)
        TRY(model_fit_fold(&fitting->fits[i], fitting->state_max, error));
    if (has_chain)
        TRY(fit_journeys_read(fitting->pg, &fitting->items, count, fitting, error));
    for (size_t i = 0; i < fitting->count; i++) {
        TRY(model_fit_solve(&fitting->fits[i], error));
        TRY(fit_store(fitting->pg, &fitting->items, &fitting->fits[i], error));
    }
    return STATUS_OK;
}

static Status reserve(Fitting *fitting, size_t touch_count, Error *error)
{
    if (touch_count <= fitting->capacity)
        return STATUS_OK;
    size_t capacity = fitting->capacity ? fitting->capacity : 256;
    while (capacity < touch_count)
        capacity *= 2;
    free(fitting->scored);
    free(fitting->weights);
    free(fitting->credits);
    fitting->scored = calloc(capacity, sizeof *fitting->scored);
    fitting->weights = calloc(capacity * fitting->count, sizeof *fitting->weights);
    fitting->credits = calloc(capacity * fitting->count, sizeof *fitting->credits);
    fitting->capacity = capacity;
    return fitting->scored && fitting->weights && fitting->credits ? STATUS_OK : error_no_memory(error);
}

static Status flush(Fitting *fitting, Error *error)
{
    if (fitting->rows.size == 0)
        return STATUS_OK;
    TRY(copy_encode_trailer(&fitting->rows, error));
    TRY(pg_copy_begin(fitting->pg,
                      "copy cl_marketing.fitted_touch (deal_id, position, weights, credits) from stdin (format binary)",
                      error));
    TRY(pg_copy_write(fitting->pg, buffer_text(&fitting->rows), error));
    TRY(pg_copy_end(fitting->pg, NULL, error));
    buffer_clear(&fitting->rows);
    return STATUS_OK;
}

static Status put_row(Fitting *fitting, const FitJourney *journey, size_t i, Error *error)
{
    Buffer *rows = &fitting->rows;
    int64_t weights[FITTED_MODELS_COUNT], credits[FITTED_MODELS_COUNT];
    bool is_computed[FITTED_MODELS_COUNT] = {false};
    size_t length = 0;
    for (size_t m = 0; m < fitting->count; m++) {
        size_t place = (size_t)(fitting->fits[m].model->number - FITTED_NUMBER_BASE - 1);
        is_computed[place] = true;
        weights[place] = journey->count ? fitting->weights[m * fitting->capacity + i] : ATTRIBUTION_UNIT;
        credits[place] = journey->count ? fitting->credits[m * fitting->capacity + i] : journey->amount;
        length = place + 1 > length ? place + 1 : length;
    }
    int32_t position = (int32_t)i + 1;
    if (rows->size == 0)
        TRY(copy_encode_header(rows, error));
    TRY(copy_encode_begin(rows, 4, error));
    TRY(copy_encode_uuid(rows, &journey->deal_id, error));
    TRY(copy_encode_int32(rows, &position, error));
    TRY(copy_encode_int64_array_with_nulls(rows, weights, is_computed, length, error));
    TRY(copy_encode_int64_array_with_nulls(rows, credits, is_computed, length, error));
    return rows->size >= FLUSH_SIZE ? flush(fitting, error) : STATUS_OK;
}

static Status credit(void *context, const FitJourney *journey, Error *error)
{
    Fitting *fitting = context;
    TRY(reserve(fitting, journey->count, error));
    for (size_t m = 0; m < fitting->count && journey->count; m++) {
        ModelFit *fit = &fitting->fits[m];
        int64_t *weights = fitting->weights + m * fitting->capacity;
        TRY(model_fit_score(fit, journey->items[fit->model->item], journey->count, fitting->scored, error));
        TRY(fitted_weigh(journey->touches, fitting->scored, journey->count, weights, &fitting->fitted, error));
        TRY(attribution_credit(weights, journey->count, journey->amount, fitting->credits + m * fitting->capacity,
                               &fitting->attribution, error));
    }
    TRY(put_row(fitting, journey, 0, error));
    for (size_t i = 1; i < journey->count; i++)
        TRY(put_row(fitting, journey, i, error));
    return STATUS_OK;
}

static Status fit_and_credit(Fitting *fitting, const ModelSet *models, Error *error)
{
    TRY(refresh_step(fitting->pg, "refresh/55_fit_begin.sql", error));
    if (models->fitted_count > 0)
        TRY(fit_all(fitting, models, error));
    TRY(refresh_step(fitting->pg, "refresh/56_fit_scores.sql", error));
    if (models->fitted_count > 0) {
        TRY(fit_journeys_read(fitting->pg, &fitting->items, credit, fitting, error));
        TRY(flush(fitting, error));
    }
    return refresh_step(fitting->pg, "refresh/57_fit_sums.sql", error);
}

Status fit_models(Pg *pg, const ModelSet *models, Error *error)
{
    TRY(refresh_step(pg, "refresh/54_fit_due.sql", error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select is_due, states from pg_temp.fit_due", NULL, 0, &result, error));
    bool is_due = result.row_count && text_is(pg_value(&result, 0, 0), "t");
    int64_t states = pg_value_int64(&result, 0, 1);
    if (is_due) {
        cleanup(fitting_done) Fitting fitting = {.pg = pg,
                                                 .state_max = states > 0 ? (size_t)states : 1,
                                                 .fitted = fitted_workspace_make(),
                                                 .attribution = attribution_workspace_make(),
                                                 .rows = buffer_make(ROWS_CEILING)};
        TRY(fit_and_credit(&fitting, models, error));
    }
    return refresh_step(pg, "refresh/58_fit_names.sql", error);
}
