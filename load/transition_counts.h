/* How often closed journeys went from one state to the next: what a first-order chain is estimated from.
 *
 *     cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
 *     TRY(transition_counts_make(state_count, &counts, error));
 *     TRY(transition_counts_add(&counts, states, touch_count, JOURNEY_WON, 1, error)); // journey after journey
 *     OutcomeCount count = transition_count(&counts, STATE_START, states[0]);
 *
 * A journey goes from the start by its states to won or lost. Consecutive touches of one state are one visit; a journey
 * without a touch goes from the start to its end at once. Memory is that of the states squared (16 bytes each pair),
 * whatever the number of journeys.
 */
#ifndef CLOSEDLOOP_LOAD_TRANSITION_COUNTS_H
#define CLOSEDLOOP_LOAD_TRANSITION_COUNTS_H

#include "common/arena.h"
#include "common/error.h"
#include "load/journey_state.h"

#include <stddef.h>

#define TRANSITION_STATES_MAX ((size_t)2048)

#define STATE_START (UINT32_MAX - 3) /* is only left */
#define STATE_WON (UINT32_MAX - 2)   /* is only reached, as is the next */
#define STATE_LOST (UINT32_MAX - 1)

typedef struct TransitionCounts {
    size_t state_count;
    OutcomeCount *cells;    /* for transition_count() */
    OutcomeCount *journeys; /* by state: those that hold it */
    OutcomeCount total;     /* journeys, those without a touch too */
    int64_t *seen_in;       /* by state: the last journey that held it */
    int64_t added, steps;   /* calls so far; transitions so far */
} TransitionCounts;

#define TRANSITION_COUNTS_EMPTY ((TransitionCounts){0})

/* ERROR_CONFIG past TRANSITION_STATES_MAX, ERROR_INTERNAL without memory. */
Status transition_counts_make(size_t state_count, TransitionCounts *ret_counts, Error *error);

void transition_counts_done(TransitionCounts *counts);

/* Counts the journey `times` times (1 to INT32_MAX), for a caller that has merged equal ones; an open one not at all.
 * ERROR_INTERNAL for a state that is none or `times` out of range, ERROR_DATA once there are OUTCOME_COUNT_MAX
 * transitions; nothing is counted then. */
Status transition_counts_add(TransitionCounts *counts, const JourneyState *states, size_t touch_count,
                             JourneyOutcome outcome, int64_t times, Error *error);

/* How often won and lost journeys went so; from is a state or STATE_START, to a state, STATE_WON or STATE_LOST. */
OutcomeCount transition_count(const TransitionCounts *counts, JourneyState from, JourneyState to);

/* Won and lost journeys together, and whereto does not matter: the visits of a state, the journeys of the start. */
int64_t transition_count_from(const TransitionCounts *counts, JourneyState from);

#endif
