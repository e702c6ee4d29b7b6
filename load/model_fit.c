#include "load/model_fit.h"

#include <stdlib.h>

/* Sets of states that a game may hold: some gigabytes. */
#define SETS_MAX ((size_t)1 << 24)

Status model_fit_make(const FittedModel *model, size_t item_count, const uint32_t *group_of, ModelFit *ret_fit,
                      Error *error)
{
    ModelFit fit = {.model = model, .item_count = item_count, .sets = state_sets_make(SETS_MAX)};
    if (model->kind == FITTED_MARKOV) {
        fit.uses = calloc(item_count + 1, sizeof *fit.uses);
        fit.seen_in = calloc(item_count + 1, sizeof *fit.seen_in);
        if (!fit.uses || !fit.seen_in) {
            model_fit_done(&fit);
            return error_no_memory(error);
        }
        for (size_t i = 0; i < item_count && group_of; i++)
            fit.uses[i].group = group_of[i];
    }
    *ret_fit = fit;
    return STATUS_OK;
}

void model_fit_done(ModelFit *fit)
{
    free(fit->uses);
    free(fit->seen_in);
    free(fit->states);
    state_fold_done(&fit->fold);
    transition_counts_done(&fit->counts);
    markov_done(&fit->markov);
    state_sets_done(&fit->sets);
    shapley_done(&fit->shapley);
    *fit = MODEL_FIT_EMPTY;
}

static Status check_items(const ModelFit *fit, const uint32_t *items, size_t touch_count, Error *error)
{
    for (size_t i = 0; i < touch_count; i++) {
        if (items[i] >= fit->item_count)
            return error_set(error, ERROR_INTERNAL, "touch %zu has an item that is none of the %zu", i + 1,
                             fit->item_count);
    }
    return STATUS_OK;
}

Status model_fit_meet(ModelFit *fit, const uint32_t *items, size_t touch_count, JourneyOutcome outcome, Error *error)
{
    TRY(check_items(fit, items, touch_count, error));
    if (fit->model->kind == FITTED_SHAPLEY)
        return state_sets_add(&fit->sets, items, touch_count, outcome, 1, NULL, error);
    fit->met++;
    for (size_t i = 0; i < touch_count && outcome != JOURNEY_OPEN; i++) {
        if (fit->seen_in[items[i]] != fit->met)
            fit->uses[items[i]].journeys++;
        fit->seen_in[items[i]] = fit->met;
    }
    return STATUS_OK;
}

Status model_fit_fold(ModelFit *fit, size_t state_max, Error *error)
{
    if (fit->model->kind == FITTED_SHAPLEY)
        return STATUS_OK;
    TRY(state_fold_make(fit->uses, fit->item_count, state_max, &fit->fold, error));
    return transition_counts_make(fit->fold.state_count, &fit->counts, error);
}

static Status reserve(ModelFit *fit, size_t touch_count, Error *error)
{
    if (touch_count <= fit->capacity)
        return STATUS_OK;
    size_t capacity = fit->capacity ? fit->capacity : 256;
    while (capacity < touch_count)
        capacity *= 2;
    free(fit->states);
    fit->states = calloc(capacity, sizeof *fit->states);
    fit->capacity = fit->states ? capacity : 0;
    return fit->states ? STATUS_OK : error_no_memory(error);
}

Status model_fit_count(ModelFit *fit, const uint32_t *items, size_t touch_count, JourneyOutcome outcome, Error *error)
{
    if (fit->model->kind == FITTED_SHAPLEY || outcome == JOURNEY_OPEN)
        return STATUS_OK;
    TRY(check_items(fit, items, touch_count, error));
    TRY(reserve(fit, touch_count, error));
    for (size_t i = 0; i < touch_count; i++)
        fit->states[i] = fit->fold.state_of[items[i]];
    return transition_counts_add(&fit->counts, fit->states, touch_count, outcome, 1, error);
}

Status model_fit_solve(ModelFit *fit, Error *error)
{
    if (fit->model->kind == FITTED_MARKOV)
        return markov_fit(&fit->counts, &fit->markov, error);
    return shapley_fit(&fit->sets, &SHAPLEY_SETTINGS, &fit->shapley, error);
}

/* The place of a state among the members of its set, which stand in order. */
static size_t find_member(const JourneyState *members, size_t size, JourneyState state)
{
    size_t low = 0, high = size;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (members[middle] <= state)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static Status score_game(ModelFit *fit, const uint32_t *items, size_t touch_count, ScoredTouch *ret_scored,
                         Error *error)
{
    size_t number = 0, sets = fit->sets.count;
    TRY(state_sets_add(&fit->sets, items, touch_count, JOURNEY_OPEN, 1, &number, error));
    if (fit->sets.count != sets)
        return error_set(error, ERROR_INTERNAL, "a journey to be scored was not among those that were fitted");
    const StateSet *set = &fit->sets.sets[number];
    const JourneyState *members = state_sets_members(&fit->sets, number);
    for (size_t i = 0; i < touch_count; i++) {
        size_t member = set->first + find_member(members, set->size, items[i]);
        ret_scored[i] = (ScoredTouch){items[i], fit->shapley.values[member].value};
    }
    return STATUS_OK;
}

Status model_fit_score(ModelFit *fit, const uint32_t *items, size_t touch_count, ScoredTouch *ret_scored, Error *error)
{
    TRY(check_items(fit, items, touch_count, error));
    if (fit->model->kind == FITTED_SHAPLEY)
        return score_game(fit, items, touch_count, ret_scored, error);
    for (size_t i = 0; i < touch_count; i++) {
        JourneyState state = fit->fold.state_of[items[i]];
        ret_scored[i] = (ScoredTouch){state, state == JOURNEY_STATE_UNKNOWN ? 0 : fit->markov.states[state].effect};
    }
    return STATUS_OK;
}
