/* The weights of a journey under a model whose scores were fitted to all journeys (load/markov.h, load/shapley.h).
 *
 *     cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
 *     scored[i] = (ScoredTouch){.state = state, .score = markov.states[state].effect};
 *     TRY(fitted_weigh(touches, scored, count, weights, &workspace, error));
 *     TRY(attribution_credit(weights, count, amount, credits, &attribution_workspace, error));
 *
 * A state weighs its score by the sum over the distinct states of the journey, shared equally among its touches. A
 * score that is negative, or of an unknown state (0), counts as 0; if all are 0, all touches weigh the same. Then roles
 * multiply, as under all models. In integers from the scores on, so that whoever knows the scores can check the
 * weights.
 */
#ifndef CLOSEDLOOP_LOAD_FITTED_H
#define CLOSEDLOOP_LOAD_FITTED_H

#include "load/attribution.h"
#include "load/journey_state.h"

typedef struct ScoredTouch {
    JourneyState state; /* or JOURNEY_STATE_UNKNOWN, with the score 0 */
    int64_t score;      /* at most SCORE_UNIT; the same for all touches of the state */
} ScoredTouch;

/* Memory that serves journey after journey; one for each thread. */
typedef struct FittedWorkspace {
    ApportionWorkspace apportion;
    WideShare *shares;
    size_t capacity;
    uint32_t *touches_of; /* by state; all 0 between calls */
    size_t state_capacity;
} FittedWorkspace;

/* Takes no memory yet; grows to the longest journey and the highest state seen. */
FittedWorkspace fitted_workspace_make(void);

void fitted_workspace_done(FittedWorkspace *workspace);

/* Fills ret_weights[0 .. count): units of 10^-12, none negative, ATTRIBUTION_UNIT in sum, by largest remainder, ties by
 * touch order. Of the touches only role_weight counts. ERROR_DATA past ATTRIBUTION_TOUCHES_MAX; ERROR_INTERNAL without
 * memory, without touches, or for a score, a state with a score or a role weight out of range. */
Status fitted_weigh(const JourneyTouch *touches, const ScoredTouch *scored, size_t count, int64_t *ret_weights,
                    FittedWorkspace *workspace, Error *error);

#endif
