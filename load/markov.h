/* The removal effect of each state of a first-order chain: of the walks that win, the part that visits the state, and
 * so would not win if visiting it lost. Solved exactly, never simulated.
 *
 *     cleanup(markov_done) Markov markov = MARKOV_EMPTY;
 *     TRY(markov_fit(&counts, &markov, error));
 *     int64_t score = state == JOURNEY_STATE_UNKNOWN ? 0 : markov.states[state].effect;
 *
 * With Q the chances to go from state to state, N = (I - Q)^-1, h_c = N[start,c] / N[c,c] the chance to visit c and r_c
 * the chance to win from c:  effect(c) = h_c * r_c / r_start.
 *
 * A chain that is estimated from whole journeys repeats their numbers exactly: N[start,c] is the visits of c by
 * journey, and r_start is the win rate. So only r_c and N[c,c] are computed: LAPACK's dgetrf factorises I - Q once and
 * dgetri inverts it from the factors (a few tenths of a second for 500 states); r_start, computed too, must be the win
 * rate to 10^-9, or the solution is refused. I - Q is passed so that it is diagonally dominant by column, where partial
 * pivoting has nothing to exchange: elimination goes by state number, without growth of elements. The reference LAPACK
 * and BLAS have no threads and always add in one order; with another BLAS in their place the last bits may differ, but
 * hardly the result, which is rounded to 10^-12.
 *
 * Without a won journey no walk wins, and all effects are 0.
 */
#ifndef CLOSEDLOOP_LOAD_MARKOV_H
#define CLOSEDLOOP_LOAD_MARKOV_H

#include "load/transition_counts.h"

/* In SCORE_UNIT, 0 to 1. */
typedef struct MarkovState {
    int64_t visit;  /* h: the chance that a walk from the start visits it */
    int64_t win;    /* r: the chance to win from it */
    int64_t effect; /* the score */
} MarkovState;

typedef struct Markov {
    size_t state_count;
    MarkovState *states;
    int64_t win; /* r_start, in SCORE_UNIT */
} Markov;

#define MARKOV_EMPTY ((Markov){0})

/* ERROR_INTERNAL without memory, or if the solution is not what the journeys say. */
Status markov_fit(const TransitionCounts *counts, Markov *ret_markov, Error *error);

void markov_done(Markov *markov);

#endif
