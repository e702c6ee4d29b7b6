#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/transition_counts.h"

static void add(TransitionCounts *counts, const JourneyState *states, size_t count, JourneyOutcome outcome,
                int64_t times)
{
    Error error = ERROR_INIT;
    assert_int_equal(transition_counts_add(counts, states, count, outcome, times, &error), STATUS_OK);
}

static void make(TransitionCounts *counts, size_t state_count)
{
    Error error = ERROR_INIT;
    assert_int_equal(transition_counts_make(state_count, counts, &error), STATUS_OK);
}

static void assert_count(const TransitionCounts *counts, JourneyState from, JourneyState to, int64_t won, int64_t lost)
{
    OutcomeCount count = transition_count(counts, from, to);
    assert_int_equal(count.won, won);
    assert_int_equal(count.lost, lost);
}

static void test_steps_are_counted_by_outcome(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    make(&counts, 3);
    add(&counts, (JourneyState[]){0, 1, 0}, 3, JOURNEY_WON, 1);
    add(&counts, (JourneyState[]){0, 1}, 2, JOURNEY_LOST, 5);
    add(&counts, (JourneyState[]){2, 2, 2}, 3, JOURNEY_OPEN, 1);
    assert_count(&counts, STATE_START, 0, 1, 5);
    assert_count(&counts, 0, 1, 1, 5);
    assert_count(&counts, 1, 0, 1, 0);
    assert_count(&counts, 0, STATE_WON, 1, 0);
    assert_count(&counts, 0, STATE_LOST, 0, 0);
    assert_count(&counts, 1, STATE_LOST, 0, 5);
    assert_count(&counts, STATE_START, 2, 0, 0);
    assert_int_equal(transition_count_from(&counts, STATE_START), 6);
    assert_int_equal(transition_count_from(&counts, 0), 7);
    assert_int_equal(transition_count_from(&counts, 1), 6);
    assert_int_equal(transition_count_from(&counts, 2), 0);
    assert_int_equal(counts.journeys[0].won, 1);
    assert_int_equal(counts.journeys[0].lost, 5);
    assert_int_equal(counts.total.won, 1);
    assert_int_equal(counts.total.lost, 5);
}

static void test_repeats_are_one_visit(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    make(&counts, 2);
    add(&counts, (JourneyState[]){0, 0, 0, 1, 1}, 5, JOURNEY_WON, 1);
    assert_count(&counts, STATE_START, 0, 1, 0);
    assert_count(&counts, 0, 0, 0, 0);
    assert_count(&counts, 0, 1, 1, 0);
    assert_count(&counts, 1, STATE_WON, 1, 0);
}

static void test_without_a_touch(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    make(&counts, 0);
    add(&counts, NULL, 0, JOURNEY_WON, 2);
    add(&counts, NULL, 0, JOURNEY_LOST, 3);
    assert_count(&counts, STATE_START, STATE_WON, 2, 0);
    assert_count(&counts, STATE_START, STATE_LOST, 0, 3);
    assert_int_equal(transition_count_from(&counts, STATE_START), 5);
}

static void assert_refused(TransitionCounts *counts, JourneyState last, int64_t times, ErrorCode code)
{
    Error error = ERROR_INIT;
    assert_int_equal(transition_counts_add(counts, (JourneyState[]){0, last}, 2, JOURNEY_WON, times, &error),
                     STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_int_equal(transition_count_from(counts, STATE_START), 0);
    assert_int_equal(counts->total.won, 0);
}

static void test_refused_and_not_counted(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    Error error = ERROR_INIT;
    make(&counts, 2);
    assert_refused(&counts, 2, 1, ERROR_INTERNAL);
    assert_refused(&counts, JOURNEY_STATE_UNKNOWN, 1, ERROR_INTERNAL);
    assert_refused(&counts, STATE_START, 1, ERROR_INTERNAL);
    assert_refused(&counts, 1, 0, ERROR_INTERNAL);
    assert_refused(&counts, 1, INT64_C(1) << 31, ERROR_INTERNAL);
    counts.steps = OUTCOME_COUNT_MAX - 2;
    assert_refused(&counts, 1, 1, ERROR_DATA);
    cleanup(transition_counts_done) TransitionCounts large = TRANSITION_COUNTS_EMPTY;
    assert_int_equal(transition_counts_make(TRANSITION_STATES_MAX + 1, &large, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_are_counted_by_outcome),
        cmocka_unit_test(test_repeats_are_one_visit),
        cmocka_unit_test(test_without_a_touch),
        cmocka_unit_test(test_refused_and_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
