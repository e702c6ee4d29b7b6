#include "load/fit_store.h"

#include "common/copy_stream.h"

/* In place of the number of a state in fit_step. */
enum { NUMBER_START = -1, NUMBER_WON = -2, NUMBER_LOST = -3 };

/* Rows of one table on their way. */
typedef struct Store {
    const FitItems *items;
    const ModelFit *fit;
    bool has_content; /* the table's second column says which */
    CopyStream *stream;
} Store;

static void begin_table(Store *store, const char *copy, bool has_content)
{
    store->stream->statement = copy;
    store->has_content = has_content;
}

/* A row: the model, in some tables a content, and whole numbers. */
static Status put(Store *store, const Key *content_id, const int64_t *numbers, size_t count, Error *error)
{
    Buffer *rows = &store->stream->rows;
    int32_t model = store->fit->model->number;
    TRY(copy_stream_row(store->stream, (int)count + 1 + store->has_content, error));
    TRY(copy_encode_int32(rows, &model, error));
    if (store->has_content)
        TRY(copy_encode_uuid(rows, content_id, error));
    for (size_t i = 0; i < count; i++)
        TRY(copy_encode_int64(rows, &numbers[i], error));
    return STATUS_OK;
}

static const Key *content_of(const Store *store, size_t item)
{
    return store->fit->model->item == FITTED_CONTENT ? &store->items->contents.keys[item] : NULL;
}

static Status put_states(Store *store, Error *error)
{
    const ModelFit *fit = store->fit;
    begin_table(store, "copy pg_temp.fit_state from stdin (format binary)", true);
    for (size_t i = 0; i < fit->fold.state_count; i++) {
        const FoldedState *folded = &fit->fold.states[i];
        const MarkovState *state = &fit->markov.states[i];
        OutcomeCount journeys = fit->counts.journeys[i];
        /* a group of all items is what is left of them */
        FoldedKind kind =
            folded->kind == FOLDED_GROUP && fit->model->item != FITTED_CONTENT ? FOLDED_REST : folded->kind;
        int64_t numbers[] = {(int64_t)i,    kind,         folded->number, (int64_t)folded->items, journeys.won,
                             journeys.lost, state->visit, state->win,     state->effect};
        const Key *content_id = kind == FOLDED_ITEM ? content_of(store, folded->number) : NULL;
        TRY(put(store, content_id, numbers, sizeof numbers / sizeof *numbers, error));
    }
    return copy_stream_end(store->stream, error);
}

static Status put_step(Store *store, JourneyState from, int64_t from_number, JourneyState to, int64_t to_number,
                       Error *error)
{
    OutcomeCount count = transition_count(&store->fit->counts, from, to);
    if (count.won == 0 && count.lost == 0)
        return STATUS_OK;
    return put(store, NULL, (int64_t[]){from_number, to_number, count.won, count.lost}, 4, error);
}

static Status put_steps(Store *store, Error *error)
{
    size_t count = store->fit->fold.state_count;
    begin_table(store, "copy pg_temp.fit_step from stdin (format binary)", false);
    for (size_t i = 0; i <= count; i++) {
        JourneyState from = i < count ? (JourneyState)i : STATE_START;
        int64_t from_number = i < count ? (int64_t)i : NUMBER_START;
        for (JourneyState to = 0; to < count; to++)
            TRY(put_step(store, from, from_number, to, to, error));
        TRY(put_step(store, from, from_number, STATE_WON, NUMBER_WON, error));
        TRY(put_step(store, from, from_number, STATE_LOST, NUMBER_LOST, error));
    }
    return copy_stream_end(store->stream, error);
}

static Status put_folded(Store *store, Error *error)
{
    const StateFold *fold = &store->fit->fold;
    begin_table(store, "copy pg_temp.fit_folded from stdin (format binary)", true);
    for (size_t i = 0; i < fold->item_count && fold->folded_count > 0; i++) {
        JourneyState state = fold->state_of[i];
        if (state != JOURNEY_STATE_UNKNOWN && fold->states[state].kind != FOLDED_ITEM)
            TRY(put(store, content_of(store, i), (int64_t[]){(int64_t)i, state}, 2, error));
    }
    return copy_stream_end(store->stream, error);
}

static Status put_values(Store *store, Error *error)
{
    const StateSets *sets = &store->fit->sets;
    begin_table(store, "copy pg_temp.fit_value from stdin (format binary)", false);
    for (size_t i = 0; i < sets->count; i++) {
        const StateSet *set = &sets->sets[i];
        for (size_t member = set->first; member < set->first + set->size; member++) {
            const ShapleyValue *value = &store->fit->shapley.values[member];
            int64_t numbers[] = {(int64_t)i,         sets->members[member], set->journeys.won,
                                 set->journeys.lost, value->value,          value->error};
            TRY(put(store, NULL, numbers, sizeof numbers / sizeof *numbers, error));
        }
    }
    return copy_stream_end(store->stream, error);
}

Status fit_store(Pg *pg, const FitItems *items, const ModelFit *fit, Error *error)
{
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(pg, NULL);
    Store store = {items, fit, false, &stream};
    if (fit->model->kind == FITTED_SHAPLEY)
        return put_values(&store, error);
    TRY(put_states(&store, error));
    TRY(put_steps(&store, error));
    return put_folded(&store, error);
}
