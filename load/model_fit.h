/* One fitted model, from its journeys to the scores of their touches. Pure: journeys come as numbers of items, dense
 * from 0 in the order of keys that stay (load/journey_state.h), and always all of them, in any order.
 *
 *     cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
 *     TRY(model_fit_make(model, item_count, group_of, &fit, error));
 *     TRY(model_fit_meet(&fit, items, touch_count, outcome, error));  // journey after journey
 *     TRY(model_fit_fold(&fit, 500, error));
 *     TRY(model_fit_count(&fit, items, touch_count, outcome, error)); // journey after journey, once more
 *     TRY(model_fit_solve(&fit, error));
 *     TRY(model_fit_score(&fit, items, touch_count, scored, error));  // of any of these journeys
 *
 * A chain needs both rounds, since its states depend on what the first one met; a game needs the first one only, and
 * takes the second one for nothing. Open journeys count nowhere, and are scored as the others are.
 */
#ifndef CLOSEDLOOP_LOAD_MODEL_FIT_H
#define CLOSEDLOOP_LOAD_MODEL_FIT_H

#include "load/fitted.h"
#include "load/fitted_model.h"
#include "load/markov.h"
#include "load/shapley.h"
#include "load/state_fold.h"

typedef struct ModelFit {
    const FittedModel *model;
    size_t item_count;
    /* a chain's */
    ItemUse *uses;     /* by item */
    uint64_t *seen_in; /* by item: the last journey that held it */
    uint64_t met;      /* journeys so far */
    StateFold fold;
    TransitionCounts counts;
    Markov markov;
    JourneyState *states; /* of the journey at hand */
    size_t capacity;
    /* a game's */
    StateSets sets;
    Shapley shapley;
} ModelFit;

#define MODEL_FIT_EMPTY ((ModelFit){0})

/* group_of says of each item into what group it may fold, NULL: all into one. ERROR_INTERNAL without memory. */
Status model_fit_make(const FittedModel *model, size_t item_count, const uint32_t *group_of, ModelFit *ret_fit,
                      Error *error);

/* ERROR_INTERNAL for an item that is none or without memory, ERROR_DATA where the journeys are too many. */
Status model_fit_meet(ModelFit *fit, const uint32_t *items, size_t touch_count, JourneyOutcome outcome, Error *error);

/* state_max: the most states of a chain. */
Status model_fit_fold(ModelFit *fit, size_t state_max, Error *error);

Status model_fit_count(ModelFit *fit, const uint32_t *items, size_t touch_count, JourneyOutcome outcome, Error *error);

Status model_fit_solve(ModelFit *fit, Error *error);

/* Fills ret_scored[0 .. touch_count) for fitted_weigh(). */
Status model_fit_score(ModelFit *fit, const uint32_t *items, size_t touch_count, ScoredTouch *ret_scored, Error *error);

void model_fit_done(ModelFit *fit);

#endif
