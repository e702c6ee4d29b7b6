#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/markov.h"
#include "tests/unit/load/fitted_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define STATES_MAX 40

static void counts_add(TransitionCounts *counts, const Walk *walk)
{
    Error error = ERROR_INIT;
    assert_int_equal(transition_counts_add(counts, walk->states, walk->count, walk->outcome, walk->times, &error),
                     STATUS_OK);
}

static void counts_make(TransitionCounts *counts, size_t state_count, const Walk *walks, size_t walk_count)
{
    Error error = ERROR_INIT;
    assert_int_equal(transition_counts_make(state_count, counts, &error), STATUS_OK);
    for (size_t i = 0; i < walk_count; i++)
        counts_add(counts, &walks[i]);
}

static void fit(const TransitionCounts *counts, Markov *markov)
{
    Error error = ERROR_INIT;
    if (markov_fit(counts, markov, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    assert_int_equal(markov->state_count, counts->state_count);
}

static double part(int64_t score)
{
    return (double)score / (double)SCORE_UNIT;
}

/* Won a > b, lost a, won b: from the start 2/3 a, 1/3 b; from a half b, half lost; from b always won. A walk wins with
 * 2/3. Without a, only the start's step to b wins: 1/3, an effect of 1/2. Without b nothing wins. */
static void test_by_hand(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    const Walk walks[] = {{{0, 1}, 2, JOURNEY_WON, 1}, {{0}, 1, JOURNEY_LOST, 1}, {{1}, 1, JOURNEY_WON, 1}};
    counts_make(&counts, 2, walks, COUNT(walks));
    fit(&counts, &markov);
    assert_int_equal(markov.win, 666666666667);
    assert_int_equal(markov.states[0].visit, 666666666667);
    assert_int_equal(markov.states[0].win, SCORE_UNIT / 2);
    assert_int_equal(markov.states[0].effect, SCORE_UNIT / 2);
    assert_int_equal(markov.states[1].visit, 666666666667);
    assert_int_equal(markov.states[1].win, SCORE_UNIT);
    assert_int_equal(markov.states[1].effect, SCORE_UNIT);
}

/* Won a > b > a, lost a, won b: visits of a 3 (2 from the start, 1 from b), of b 2. From a 1/3 each to b, won, lost;
 * from b half a, half won. r_a = 1/3 r_b + 1/3 and r_b = 1/2 r_a + 1/2 give r_a = 3/5 and r_b = 4/5. From the start 2/3
 * a, 1/3 b: 2/3. Without a: 1/3 * 1/2 = 1/6, an effect of 3/4. Without b: 2/3 * 1/3 = 2/9, an effect of 2/3. */
static void test_a_loop_by_hand(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    const Walk walks[] = {
        {{0, 0, 1, 1, 1, 0}, 6, JOURNEY_WON, 1}, {{0}, 1, JOURNEY_LOST, 1}, {{1, 1}, 2, JOURNEY_WON, 1}};
    counts_make(&counts, 2, walks, COUNT(walks));
    fit(&counts, &markov);
    assert_int_equal(markov.states[0].win, SCORE_UNIT / 5 * 3);
    assert_int_equal(markov.states[1].win, SCORE_UNIT / 5 * 4);
    assert_int_equal(markov.states[0].effect, SCORE_UNIT / 4 * 3);
    assert_int_equal(markov.states[1].effect, 666666666667);
}

static void test_journeys_without_a_touch_dilute(void **state)
{
    (void)state;
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    const Walk walks[] = {{{0}, 1, JOURNEY_WON, 3}, {{1}, 1, JOURNEY_WON, 1}};
    const Walk lost = {.outcome = JOURNEY_LOST, .times = 4}, won = {.outcome = JOURNEY_WON, .times = 4};
    counts_make(&counts, 2, walks, COUNT(walks));
    int64_t expected[][3] = {{SCORE_UNIT, SCORE_UNIT / 4 * 3, SCORE_UNIT / 4},
                             {SCORE_UNIT / 2, SCORE_UNIT / 4 * 3, SCORE_UNIT / 4},
                             {666666666667, SCORE_UNIT / 8 * 3, SCORE_UNIT / 8}};
    for (size_t i = 0; i < COUNT(expected); i++) {
        cleanup(markov_done) Markov markov = MARKOV_EMPTY;
        fit(&counts, &markov);
        assert_int_equal(markov.win, expected[i][0]);
        assert_int_equal(markov.states[0].effect, expected[i][1]);
        assert_int_equal(markov.states[1].effect, expected[i][2]);
        counts_add(&counts, i == 0 ? &lost : &won);
    }
}

static void test_nothing_to_fit(void **state)
{
    (void)state;
    for (size_t state_count = 0; state_count < 3; state_count += 2) {
        for (int journeys = 0; journeys < 2; journeys++) {
            cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
            cleanup(markov_done) Markov markov = MARKOV_EMPTY;
            const Walk lost = {{0}, state_count ? 1 : 0, JOURNEY_LOST, 1};
            counts_make(&counts, state_count, &lost, (size_t)journeys);
            fit(&counts, &markov);
            assert_int_equal(markov.win, 0);
            for (size_t i = 0; i < state_count; i++)
                assert_int_equal(markov.states[i].effect, 0);
        }
    }
}

/* The transition matrix of a chain without one state (or with all): that state is another way to lose. */
typedef struct Oracle {
    size_t size; /* states and the start, which is the last */
    double steps[STATES_MAX + 1][STATES_MAX + 1];
    double win[STATES_MAX + 1];
} Oracle;

static void oracle_make(const TransitionCounts *counts, size_t removed, Oracle *oracle)
{
    *oracle = (Oracle){.size = counts->state_count + 1};
    for (size_t i = 0; i < oracle->size; i++) {
        JourneyState from = i < counts->state_count ? (JourneyState)i : STATE_START;
        double sum = (double)transition_count_from(counts, from);
        if (sum == 0)
            continue;
        oracle->win[i] = (double)transition_count(counts, from, STATE_WON).won / sum;
        for (JourneyState to = 0; to < counts->state_count; to++) {
            OutcomeCount count = transition_count(counts, from, to);
            oracle->steps[i][to] = to == removed ? 0 : (double)(count.won + count.lost) / sum;
        }
    }
}

/* By Gauss and Jordan with full rows, the largest pivot first. */
static double oracle_eliminate(const Oracle *oracle)
{
    double matrix[STATES_MAX + 1][STATES_MAX + 2];
    size_t size = oracle->size;
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++)
            matrix[i][j] = (i == j) - oracle->steps[i][j];
        matrix[i][size] = oracle->win[i];
    }
    for (size_t column = 0; column < size; column++) {
        size_t pivot = column;
        for (size_t i = column; i < size; i++)
            pivot = fabs(matrix[i][column]) > fabs(matrix[pivot][column]) ? i : pivot;
        double swapped[STATES_MAX + 2];
        memcpy(swapped, matrix[pivot], sizeof swapped);
        memcpy(matrix[pivot], matrix[column], sizeof swapped);
        memcpy(matrix[column], swapped, sizeof swapped);
        for (size_t i = 0; i < size; i++) {
            double factor = i == column ? 0 : matrix[i][column] / matrix[column][column];
            for (size_t j = column; j <= size && factor != 0; j++)
                matrix[i][j] -= factor * matrix[column][j];
        }
    }
    return matrix[size - 1][size] / matrix[size - 1][size - 1];
}

/* By going on walking until hardly anybody is still under way. */
static double oracle_walk(const Oracle *oracle)
{
    double here[STATES_MAX + 1] = {0}, won = 0, left = 1;
    here[oracle->size - 1] = 1;
    for (size_t step = 0; step < 1000000 && left > 1e-14; step++) {
        double next[STATES_MAX + 1] = {0};
        left = 0;
        for (size_t from = 0; from < oracle->size; from++) {
            won += here[from] * oracle->win[from];
            for (size_t to = 0; to < oracle->size; to++)
                next[to] += here[from] * oracle->steps[from][to];
        }
        for (size_t to = 0; to < oracle->size; to++)
            left += here[to] = next[to];
    }
    return won;
}

static void assert_effects(const TransitionCounts *counts, const Markov *markov, double (*solve)(const Oracle *))
{
    static Oracle oracle;
    oracle_make(counts, SIZE_MAX, &oracle);
    double all = solve(&oracle);
    assert_near(part(markov->win), all, 1e-9);
    for (size_t i = 0; i < counts->state_count; i++) {
        oracle_make(counts, i, &oracle);
        assert_near(part(markov->states[i].effect), all > 0 ? 1 - solve(&oracle) / all : 0, 1e-9);
    }
}

/* Removing each state and solving again, on random chains. */
static void test_brute_force(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (size_t round = 0; round < 300; round++) {
        cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
        cleanup(markov_done) Markov markov = MARKOV_EMPTY;
        size_t state_count = 1 + random_below(&seed, round % 10 == 0 ? STATES_MAX : 10);
        size_t walks = 1 + random_below(&seed, round % 7 == 0 ? 2000 : 60);
        counts_make(&counts, state_count, NULL, 0);
        for (size_t i = 0; i < walks; i++) {
            Walk walk;
            walk_make(&seed, state_count, &walk);
            counts_add(&counts, &walk);
        }
        fit(&counts, &markov);
        assert_effects(&counts, &markov, oracle_eliminate);
        if (round % 5 == 0)
            assert_effects(&counts, &markov, oracle_walk);
    }
}

/* One journey goes ten thousand times to and fro before it is lost: who is there hardly gets away. */
static void test_a_chain_that_hardly_ends(void **state)
{
    (void)state;
    enum { TOUCHES = 20001 };
    static JourneyState states[TOUCHES];
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    Error error = ERROR_INIT;
    const Walk walks[] = {{{0, 1, 2}, 3, JOURNEY_WON, 1}, {{2, 1}, 2, JOURNEY_WON, 1}, {{2}, 1, JOURNEY_LOST, 1}};
    counts_make(&counts, 3, walks, COUNT(walks));
    for (size_t i = 0; i < TOUCHES; i++)
        states[i] = i % 2;
    assert_int_equal(transition_counts_add(&counts, states, TOUCHES, JOURNEY_LOST, 1, &error), STATUS_OK);
    fit(&counts, &markov);
    assert_effects(&counts, &markov, oracle_eliminate);
    assert_effects(&counts, &markov, oracle_walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_a_loop_by_hand),
        cmocka_unit_test(test_journeys_without_a_touch_dilute),
        cmocka_unit_test(test_nothing_to_fit),
        cmocka_unit_test(test_brute_force),
        cmocka_unit_test(test_a_chain_that_hardly_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
