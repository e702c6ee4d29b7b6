/* The distinct sets of states that journeys hold, and how many of these journeys were won and lost.
 *
 *     cleanup(state_sets_done) StateSets sets = state_sets_make(1 << 20);
 *     TRY(state_sets_add(&sets, states, touch_count, JOURNEY_WON, 1, &set, error)); // journey after journey
 *     sets.sets[set].journeys.won, state_sets_members(&sets, set)[0]
 *
 * Order and repetition within a journey do not matter. Sets are numbered as they come, members stand in order of their
 * numbers. Memory is that of the distinct sets, whatever the number of journeys.
 */
#ifndef CLOSEDLOOP_LOAD_STATE_SETS_H
#define CLOSEDLOOP_LOAD_STATE_SETS_H

#include "common/arena.h"
#include "common/error.h"
#include "load/journey_state.h"

#include <stdbool.h>
#include <stddef.h>

#define STATE_SETS_NONE SIZE_MAX
#define STATE_SETS_MEMBERS_MAX ((size_t)1 << 28) /* of all sets together */

typedef struct StateSet {
    uint64_t hash;
    size_t first; /* of its members, among those of all sets */
    size_t size;  /* 0: of journeys without a touch */
    OutcomeCount journeys;
} StateSet;

typedef struct StateSets {
    StateSet *sets;
    size_t count, capacity, set_max;
    JourneyState *members; /* set after set */
    size_t member_count, member_capacity;
    uint32_t *slots; /* 0 free, else number of the set and 1; open addressing */
    size_t slot_count;
    JourneyState *sorted; /* the journey being added */
    size_t sorted_capacity;
    size_t state_count; /* the highest state seen and 1 */
    int64_t journeys;
} StateSets;

/* Takes no memory yet; will never hold more than set_max sets (at most UINT32_MAX - 1). */
StateSets state_sets_make(size_t set_max);

void state_sets_done(StateSets *sets);

/* An open journey adds its set, if it is not there, and counts nothing. ret_set may be NULL. `times` as in
 * transition_counts_add(). ERROR_DATA past set_max, STATE_SETS_MEMBERS_MAX or OUTCOME_COUNT_MAX; ERROR_INTERNAL without
 * memory, for a state past JOURNEY_STATES_MAX, or for `times` out of range; nothing is counted then. */
Status state_sets_add(StateSets *sets, const JourneyState *states, size_t touch_count, JourneyOutcome outcome,
                      int64_t times, size_t *ret_set, Error *error);

static inline const JourneyState *state_sets_members(const StateSets *sets, size_t set)
{
    return sets->members + sets->sets[set].first;
}

/* The hash of a set is that of its members, all combined by exclusive or; that of the empty set is 0. */
uint64_t state_hash(JourneyState state);

/* The set of exactly those states that are marked, by their number, of this hash; STATE_SETS_NONE if no journey has it.
 */
size_t state_sets_find(const StateSets *sets, uint64_t hash, size_t size, const bool *is_marked);

#endif
