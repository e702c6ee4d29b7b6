/* The Shapley value of each state in each set of states that a journey holds. v(S) is the win rate of the journeys
 * whose set is exactly S, 0 where there are none and for the empty set; for each set J the game is played among its
 * states alone.
 *
 *     cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
 *     TRY(shapley_fit(&sets, &SHAPLEY_SETTINGS, &shapley, error)); // of all sets: open journeys' are added before
 *     int64_t score = shapley.values[sets.sets[set].first + i].value; // of the set's member i
 *
 * With n states in J and s in S, S adds v(S) * (s-1)!(n-s)!/n! to each of its own states, and takes v(S) *
 * s!(n-s-1)!/n! from each of the others in J. Only sets that won journeys add anything, and these are few, however many
 * subsets J has. So the value is exact at the cost of the cheaper of two ways: to look up each of the 2^n subsets, or
 * to go through the sets that won. Both give the same to the last bit, whatever the order in which journeys came: the
 * terms are added as whole numbers of 2^-90.
 *
 * If both ways cost more than work_max steps, the set is sampled: the mean of what each state adds to those before it
 * over random permutations from a fixed seed, with its standard error.
 *
 * Values of one set add up to v(J), but for the rounding of each to 10^-12. They may be negative.
 */
#ifndef CLOSEDLOOP_LOAD_SHAPLEY_H
#define CLOSEDLOOP_LOAD_SHAPLEY_H

#include "load/state_sets.h"

typedef struct ShapleySettings {
    size_t work_max;       /* steps for one set; 0: all sets of more than one state are sampled */
    uint32_t permutations; /* of a sampled set; at least 2 */
    uint64_t seed;
} ShapleySettings;

/* work_max is what all subsets of 20 states cost. */
extern const ShapleySettings SHAPLEY_SETTINGS;

/* In SCORE_UNIT. */
typedef struct ShapleyValue {
    int64_t value; /* -1 to 1 */
    int64_t error; /* standard error; 0 where the value is exact */
} ShapleyValue;

typedef struct Shapley {
    ShapleyValue *values; /* as the members of the sets stand */
    size_t sampled_count; /* sets */
    int64_t error_max;    /* the largest standard error */
} Shapley;

#define SHAPLEY_EMPTY ((Shapley){0})

/* Nothing may be added to the sets while their values are in use. ERROR_INTERNAL without memory, or for fewer than two
 * permutations. */
Status shapley_fit(const StateSets *sets, const ShapleySettings *settings, Shapley *ret_shapley, Error *error);

void shapley_done(Shapley *shapley);

#endif
