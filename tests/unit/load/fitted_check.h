/* Random journeys from a fixed seed, and comparing doubles, for the tests of the fitted models. */
#ifndef CLOSEDLOOP_TESTS_FITTED_CHECK_H
#define CLOSEDLOOP_TESTS_FITTED_CHECK_H

#include "load/journey_state.h"

#include <stdbool.h>
#include <stddef.h>

#define WALK_MAX 64

typedef struct Walk {
    JourneyState states[WALK_MAX];
    size_t count;
    JourneyOutcome outcome;
    int64_t times;
} Walk;

#define assert_near(found, expected, slack)                                                                            \
    do {                                                                                                               \
        double near_found = (found), near_expected = (expected);                                                       \
        if (!(near_found - near_expected <= (slack) && near_expected - near_found <= (slack)))                         \
            fail_msg("%.17g is not %.17g", near_found, near_expected);                                                 \
    } while (0)

/* splitmix64 */
static inline uint64_t random_next(uint64_t *seed)
{
    uint64_t value = *seed += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

static inline size_t random_below(uint64_t *seed, size_t limit)
{
    return (size_t)(random_next(seed) % limit);
}

/* Of states that differ in how often they come and how well they win; some journeys dwell between two states, some are
 * empty, most are won or lost and a few are open. */
static inline void walk_make(uint64_t *seed, size_t state_count, Walk *ret_walk)
{
    size_t length = random_below(seed, 10) == 0 ? random_below(seed, WALK_MAX) : random_below(seed, 7);
    bool is_bouncing = random_below(seed, 8) == 0;
    *ret_walk = (Walk){.count = length, .times = 1};
    size_t luck = random_below(seed, 40);
    for (size_t i = 0; i < length; i++) {
        size_t state = random_below(seed, state_count);
        state = random_below(seed, 3) == 0 ? state : random_below(seed, state + 1);
        if (is_bouncing && i >= 2)
            state = ret_walk->states[i - 2];
        ret_walk->states[i] = (JourneyState)state;
        luck += state * 60 / state_count / length;
    }
    ret_walk->outcome = random_below(seed, 20) == 0 ? JOURNEY_OPEN : luck > 45 ? JOURNEY_WON : JOURNEY_LOST;
}

/* In another order. */
static inline void walks_shuffle(uint64_t *seed, Walk *walks, size_t count)
{
    for (size_t left = count; left > 1; left--) {
        size_t drawn = random_below(seed, left);
        Walk last = walks[left - 1];
        walks[left - 1] = walks[drawn];
        walks[drawn] = last;
    }
}

#endif
