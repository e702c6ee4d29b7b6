#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/shapley.h"
#include "tests/unit/load/fitted_check.h"

#include <math.h>
#include <string.h>

#define MEMBERS_MAX 32
#define SETS_MAX 100000

static size_t sets_add(StateSets *sets, const JourneyState *states, size_t count, JourneyOutcome outcome, int64_t times)
{
    Error error = ERROR_INIT;
    size_t set = 0;
    assert_int_equal(state_sets_add(sets, states, count, outcome, times, &set, &error), STATUS_OK);
    return set;
}

static void fit(const StateSets *sets, const ShapleySettings *settings, Shapley *shapley)
{
    Error error = ERROR_INIT;
    assert_int_equal(shapley_fit(sets, settings, shapley, &error), STATUS_OK);
}

static double part(int64_t score)
{
    return (double)score / (double)SCORE_UNIT;
}

/* The subset of a set's members, by a bit for each. */
static double value_of(const StateSets *sets, size_t set, uint64_t mask)
{
    static bool is_marked[JOURNEY_STATES_MAX >> 8];
    uint64_t hash = 0;
    size_t size = 0;
    const JourneyState *members = state_sets_members(sets, set);
    for (size_t i = 0; i < sets->sets[set].size; i++) {
        is_marked[members[i]] = mask >> i & 1;
        hash ^= is_marked[members[i]] ? state_hash(members[i]) : 0;
        size += is_marked[members[i]];
    }
    size_t found = size == 0 ? STATE_SETS_NONE : state_sets_find(sets, hash, size, is_marked);
    if (found == STATE_SETS_NONE || sets->sets[found].journeys.won == 0)
        return 0;
    OutcomeCount journeys = sets->sets[found].journeys;
    return (double)journeys.won / (double)(journeys.won + journeys.lost);
}

/* All orders of the members by Heap's method; what each adds to those before it, summed. */
static void oracle_orders(const StateSets *sets, size_t set, double *ret_values)
{
    size_t size = sets->sets[set].size, order[MEMBERS_MAX], turn[MEMBERS_MAX] = {0};
    double orders = 0;
    for (size_t i = 0; i < size; i++) {
        order[i] = i;
        ret_values[i] = 0;
    }
    for (size_t i = 0; i < size;) {
        if (i == 0) {
            uint64_t mask = 0;
            double before = 0;
            for (size_t k = 0; k < size; k++) {
                mask |= UINT64_C(1) << order[k];
                double value = value_of(sets, set, mask);
                ret_values[order[k]] += value - before;
                before = value;
            }
            orders++;
        }
        if (turn[i] < i) {
            size_t with = i % 2 == 0 ? 0 : turn[i], swapped = order[with];
            order[with] = order[i];
            order[i] = swapped;
            turn[i]++;
            i = 0;
        } else {
            turn[i++] = 0;
        }
    }
    for (size_t i = 0; i < size; i++)
        ret_values[i] /= orders;
}

/* The textbook's sum over the subsets without a member, of what it adds to them. */
static void oracle_subsets(const StateSets *sets, size_t set, double *ret_values)
{
    size_t size = sets->sets[set].size;
    for (size_t i = 0; i < size; i++) {
        ret_values[i] = 0;
        for (uint64_t mask = 0; mask < UINT64_C(1) << size; mask++) {
            if (mask >> i & 1)
                continue;
            int s = __builtin_popcountll(mask);
            double orders = exp(lgamma(s + 1) + lgamma((double)size - s) - lgamma((double)size + 1));
            ret_values[i] += orders * (value_of(sets, set, mask | UINT64_C(1) << i) - value_of(sets, set, mask));
        }
    }
}

/* Random journeys over a few states, so that many subsets of a set are seen; outcomes are theirs at random. */
static void sets_fill(StateSets *sets, uint64_t *seed, size_t state_count, size_t journeys)
{
    for (size_t i = 0; i < journeys; i++) {
        JourneyState states[MEMBERS_MAX];
        size_t count = random_below(seed, 4) == 0 ? random_below(seed, state_count + 1) : random_below(seed, 4);
        for (size_t k = 0; k < count; k++)
            states[k] = (JourneyState)random_below(seed, state_count) * 7;
        sets_add(sets, states, count, random_below(seed, 3) == 0 ? JOURNEY_WON : JOURNEY_LOST, 1);
    }
}

static size_t sets_add_whole(StateSets *sets, size_t state_count, JourneyOutcome outcome, int64_t times)
{
    JourneyState states[MEMBERS_MAX];
    for (size_t i = 0; i < state_count; i++)
        states[i] = (JourneyState)(state_count - 1 - i) * 7;
    return sets_add(sets, states, state_count, outcome, times);
}

static void assert_fitted(const StateSets *sets, const Shapley *shapley, size_t size_max,
                          void (*oracle)(const StateSets *, size_t, double *))
{
    for (size_t set = 0; set < sets->count; set++) {
        double expected[MEMBERS_MAX], sum = 0;
        if (sets->sets[set].size > size_max)
            continue;
        oracle(sets, set, expected);
        for (size_t i = 0; i < sets->sets[set].size; i++) {
            const ShapleyValue *value = &shapley->values[sets->sets[set].first + i];
            assert_near(part(value->value), expected[i], 2e-12);
            assert_int_equal(value->error, 0);
            sum += part(value->value);
        }
        assert_near(sum, value_of(sets, set, (UINT64_C(1) << sets->sets[set].size) - 1), 1e-11);
    }
}

static void test_every_order(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (size_t state_count = 1; state_count <= 8; state_count++) {
        cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
        cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
        sets_fill(&sets, &seed, state_count, 40);
        sets_add_whole(&sets, state_count, JOURNEY_WON, 3);
        fit(&sets, &SHAPLEY_SETTINGS, &shapley);
        assert_fitted(&sets, &shapley, 7, oracle_orders);
        assert_fitted(&sets, &shapley, 10, oracle_subsets);
        assert_int_equal(shapley.sampled_count, 0);
    }
}

/* With few journeys sets are found among those that won, with many (of small sets) by looking each subset up. */
static void test_every_subset(void **state)
{
    (void)state;
    uint64_t seed = 12;
    for (size_t round = 0; round < 8; round++) {
        cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
        cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
        sets_fill(&sets, &seed, 10, round < 6 ? (size_t)30 << round : 3000);
        sets_add_whole(&sets, 10, round % 2 ? JOURNEY_OPEN : JOURNEY_WON, 1);
        fit(&sets, &SHAPLEY_SETTINGS, &shapley);
        assert_fitted(&sets, &shapley, 10, oracle_subsets);
    }
}

static void test_eight_members_in_every_order(void **state)
{
    (void)state;
    uint64_t seed = 13;
    cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    sets_fill(&sets, &seed, 8, 300);
    size_t whole = sets_add_whole(&sets, 8, JOURNEY_WON, 1);
    double expected[MEMBERS_MAX];
    fit(&sets, &SHAPLEY_SETTINGS, &shapley);
    oracle_orders(&sets, whole, expected);
    for (size_t i = 0; i < 8; i++)
        assert_near(part(shapley.values[sets.sets[whole].first + i].value), expected[i], 2e-12);
}

/* Only {a} and {a,b} were seen, and both win: a alone makes it. Only {a,b,c}: all alike. {a} wins and {a,b} loses: b
 * takes away what a adds, and both values are a half, with a minus before b's. */
static void test_by_hand(void **state)
{
    (void)state;
    cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    sets_add(&sets, (JourneyState[]){0}, 1, JOURNEY_WON, 1);
    size_t pair = sets_add(&sets, (JourneyState[]){1, 0, 1}, 3, JOURNEY_WON, 1);
    size_t three = sets_add(&sets, (JourneyState[]){9, 8, 7}, 3, JOURNEY_WON, 1);
    sets_add(&sets, (JourneyState[]){5}, 1, JOURNEY_WON, 1);
    size_t lost = sets_add(&sets, (JourneyState[]){5, 6}, 2, JOURNEY_LOST, 1);
    size_t empty = sets_add(&sets, NULL, 0, JOURNEY_WON, 1);
    fit(&sets, &SHAPLEY_SETTINGS, &shapley);
    const ShapleyValue *values = shapley.values;
    assert_int_equal(values[sets.sets[pair].first].value, SCORE_UNIT);
    assert_int_equal(values[sets.sets[pair].first + 1].value, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(values[sets.sets[three].first + i].value, 333333333333);
    assert_int_equal(values[sets.sets[lost].first].value, SCORE_UNIT / 2);
    assert_int_equal(values[sets.sets[lost].first + 1].value, -SCORE_UNIT / 2);
    assert_int_equal(sets.sets[empty].size, 0);
}

/* Every set sampled, against the exact value: of some 700 values the errors in units of their standard error are below
 * 5, and their squares are 1 in the mean, within what chance does. */
static void test_sampling_within_its_error(void **state)
{
    (void)state;
    uint64_t seed = 14;
    cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
    cleanup(shapley_done) Shapley exact = SHAPLEY_EMPTY;
    cleanup(shapley_done) Shapley sampled = SHAPLEY_EMPTY;
    cleanup(shapley_done) Shapley again = SHAPLEY_EMPTY;
    sets_fill(&sets, &seed, 25, 600);
    sets_add_whole(&sets, 25, JOURNEY_WON, 1);
    ShapleySettings settings = {.work_max = 0, .permutations = 4000, .seed = 1};
    fit(&sets, &SHAPLEY_SETTINGS, &exact);
    fit(&sets, &settings, &sampled);
    fit(&sets, &settings, &again);
    assert_true(sampled.sampled_count > 100);
    assert_true(sampled.error_max > 0);
    assert_memory_equal(sampled.values, again.values, sets.member_count * sizeof *sampled.values);
    double squares = 0, count = 0;
    for (size_t i = 0; i < sets.member_count; i++) {
        double off = part(sampled.values[i].value - exact.values[i].value), error = part(sampled.values[i].error);
        assert_true(sampled.values[i].error <= sampled.error_max);
        if (error == 0) {
            assert_near(off, 0, 1e-11); /* nothing that any order brings differs */
            continue;
        }
        assert_true(fabs(off) < 5 * error);
        squares += off * off / (error * error);
        count++;
    }
    assert_true(count > 300);
    assert_near(squares / count, 1, 0.25);
}

/* 2000 states in one set: 2^2000 subsets, and exact all the same, since few of them were seen. */
static void test_a_large_set_is_exact(void **state)
{
    (void)state;
    enum { STATES = 2000 };
    static JourneyState states[STATES];
    cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    for (JourneyState i = 0; i < STATES; i++)
        states[i] = i;
    size_t whole = sets_add(&sets, states, STATES, JOURNEY_WON, 1);
    sets_add(&sets, states, 1, JOURNEY_WON, 1);
    sets_add(&sets, states + 1, 2, JOURNEY_WON, 1);
    fit(&sets, &SHAPLEY_SETTINGS, &shapley);
    /* {0} gives 1/n to 0, and takes 1/(n(n-1)) from all others; {1,2} gives 1/(n(n-1)) and takes 2/(n(n-1)(n-2)) */
    const double n = STATES, first = 1 / n, pair = 1 / (n * (n - 1)), others = 2 / (n * (n - 1) * (n - 2));
    const ShapleyValue *values = shapley.values + sets.sets[whole].first;
    assert_near(part(values[0].value), 1 / n + first - others, 1e-12);
    assert_near(part(values[1].value), 1 / n - pair + pair, 1e-12);
    assert_near(part(values[3].value), 1 / n - pair - others, 1e-12);
    assert_int_equal(shapley.sampled_count, 0);
}

static void test_one_permutation_is_refused(void **state)
{
    (void)state;
    cleanup(state_sets_done) StateSets sets = state_sets_make(SETS_MAX);
    Shapley shapley = SHAPLEY_EMPTY;
    Error error = ERROR_INIT;
    assert_int_equal(shapley_fit(&sets, &(ShapleySettings){.permutations = 1}, &shapley, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_INTERNAL);
    assert_null(shapley.values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_every_order),
        cmocka_unit_test(test_every_subset),
        cmocka_unit_test(test_eight_members_in_every_order),
        cmocka_unit_test(test_sampling_within_its_error),
        cmocka_unit_test(test_a_large_set_is_exact),
        cmocka_unit_test(test_one_permutation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
