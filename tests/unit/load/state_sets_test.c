#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/state_sets.h"
#include "tests/unit/load/fitted_check.h"

static size_t add(StateSets *sets, const JourneyState *states, size_t count, JourneyOutcome outcome, int64_t times)
{
    Error error = ERROR_INIT;
    size_t set = STATE_SETS_NONE;
    assert_int_equal(state_sets_add(sets, states, count, outcome, times, &set, &error), STATUS_OK);
    return set;
}

static void test_order_and_repetition_do_not_matter(void **state)
{
    (void)state;
    cleanup(state_sets_done) StateSets sets = state_sets_make(10);
    size_t set = add(&sets, (JourneyState[]){4, 1, 3}, 3, JOURNEY_WON, 1);
    assert_int_equal(add(&sets, (JourneyState[]){1, 1, 3, 4, 3, 1}, 6, JOURNEY_LOST, 7), set);
    assert_int_equal(add(&sets, (JourneyState[]){3, 4, 1}, 3, JOURNEY_OPEN, 2), set);
    assert_int_equal(sets.count, 1);
    assert_int_equal(sets.sets[set].journeys.won, 1);
    assert_int_equal(sets.sets[set].journeys.lost, 7);
    assert_memory_equal(state_sets_members(&sets, set), ((JourneyState[]){1, 3, 4}), 3 * sizeof(JourneyState));
    assert_int_not_equal(add(&sets, (JourneyState[]){1, 3}, 2, JOURNEY_WON, 1), set);
    size_t empty = add(&sets, NULL, 0, JOURNEY_LOST, 1);
    assert_int_equal(add(&sets, NULL, 0, JOURNEY_LOST, 1), empty);
    assert_int_equal(sets.sets[empty].journeys.lost, 2);
    assert_int_equal(sets.sets[empty].size, 0);
}

static void test_find_by_marks(void **state)
{
    (void)state;
    cleanup(state_sets_done) StateSets sets = state_sets_make(10);
    bool is_marked[8] = {false};
    assert_int_equal(state_sets_find(&sets, state_hash(1), 1, is_marked), STATE_SETS_NONE);
    size_t set = add(&sets, (JourneyState[]){6, 2}, 2, JOURNEY_WON, 1);
    uint64_t hash = state_hash(2) ^ state_hash(6);
    is_marked[2] = true;
    assert_int_equal(state_sets_find(&sets, state_hash(2), 1, is_marked), STATE_SETS_NONE);
    assert_int_equal(state_sets_find(&sets, hash, 2, is_marked), STATE_SETS_NONE); /* as if hashes collided */
    is_marked[6] = true;
    assert_int_equal(state_sets_find(&sets, hash, 2, is_marked), set);
}

/* Thousands of subsets of 16 states, each by a bit mask, against a plain array by mask. */
static void test_many_sets(void **state)
{
    (void)state;
    static int64_t won[1 << 16];
    static size_t numbers[1 << 16];
    cleanup(state_sets_done) StateSets sets = state_sets_make(1 << 16);
    uint64_t seed = 3;
    for (size_t i = 0; i < 100000; i++) {
        JourneyState states[16];
        size_t mask = random_below(&seed, 1 << 16), count = 0;
        for (JourneyState bit = 0; bit < 16; bit++) {
            if (mask >> bit & 1)
                states[count++] = bit * 1000;
        }
        size_t set = add(&sets, states, count, JOURNEY_WON, 2);
        assert_true(won[mask] == 0 ? set == sets.count - 1 : set == numbers[mask]);
        numbers[mask] = set;
        won[mask] += 2;
        assert_int_equal(sets.sets[set].journeys.won, won[mask]);
        assert_int_equal(sets.sets[set].size, count);
    }
    assert_int_equal(sets.state_count, 15001);
}

static void test_refused(void **state)
{
    (void)state;
    cleanup(state_sets_done) StateSets sets = state_sets_make(1);
    Error error = ERROR_INIT;
    JourneyState states[] = {1, JOURNEY_STATE_UNKNOWN};
    assert_int_equal(state_sets_add(&sets, states, 2, JOURNEY_WON, 1, NULL, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_INTERNAL);
    assert_int_equal(state_sets_add(&sets, states, 1, JOURNEY_WON, 0, NULL, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_INTERNAL);
    add(&sets, states, 1, JOURNEY_WON, 1);
    states[0] = 2;
    assert_int_equal(state_sets_add(&sets, states, 1, JOURNEY_WON, 1, NULL, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    sets.journeys = OUTCOME_COUNT_MAX - 1;
    states[0] = 1;
    assert_int_equal(state_sets_add(&sets, states, 1, JOURNEY_WON, 1, NULL, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    assert_int_equal(sets.count, 1);
    assert_int_equal(sets.sets[0].journeys.won, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_repetition_do_not_matter),
        cmocka_unit_test(test_find_by_marks),
        cmocka_unit_test(test_many_sets),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
