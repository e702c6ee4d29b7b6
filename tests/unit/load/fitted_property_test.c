/* What must hold of the fitted models on random journeys from a fixed seed, from counting to cents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/fitted.h"
#include "load/markov.h"
#include "load/shapley.h"
#include "load/state_fold.h"
#include "tests/unit/load/fitted_check.h"

#include <string.h>

#define STATES 12
#define WALKS_MAX 400
#define ROUNDS 60

/* Both models, fitted to the same journeys, with the set of each. */
typedef struct Fitted {
    TransitionCounts counts;
    Markov markov;
    StateSets sets;
    Shapley shapley;
    size_t set_of[WALKS_MAX];
} Fitted;

static void fitted_done(Fitted *fitted)
{
    transition_counts_done(&fitted->counts);
    markov_done(&fitted->markov);
    state_sets_done(&fitted->sets);
    shapley_done(&fitted->shapley);
}

static void fit(const Walk *walks, size_t count, Fitted *fitted)
{
    Error error = ERROR_INIT;
    *fitted = (Fitted){.sets = state_sets_make(WALKS_MAX)};
    assert_int_equal(transition_counts_make(STATES, &fitted->counts, &error), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        const Walk *walk = &walks[i];
        assert_int_equal(
            transition_counts_add(&fitted->counts, walk->states, walk->count, walk->outcome, walk->times, &error),
            STATUS_OK);
        assert_int_equal(state_sets_add(&fitted->sets, walk->states, walk->count, walk->outcome, walk->times,
                                        &fitted->set_of[i], &error),
                         STATUS_OK);
    }
    assert_int_equal(markov_fit(&fitted->counts, &fitted->markov, &error), STATUS_OK);
    assert_int_equal(shapley_fit(&fitted->sets, &SHAPLEY_SETTINGS, &fitted->shapley, &error), STATUS_OK);
}

static size_t walks_make(uint64_t *seed, Walk *ret_walks)
{
    size_t count = 1 + random_below(seed, WALKS_MAX - 10);
    for (size_t i = 0; i < count; i++)
        walk_make(seed, STATES, &ret_walks[i]);
    return count;
}

static int64_t shapley_score(const Fitted *fitted, size_t set, JourneyState state)
{
    for (size_t i = 0; i < fitted->sets.sets[set].size; i++) {
        if (state_sets_members(&fitted->sets, set)[i] == state)
            return fitted->shapley.values[fitted->sets.sets[set].first + i].value;
    }
    fail();
    return 0;
}

static void assert_same(const Fitted *a, const Fitted *b)
{
    assert_int_equal(a->markov.win, b->markov.win);
    assert_memory_equal(a->markov.states, b->markov.states, STATES * sizeof *a->markov.states);
    for (size_t set = 0; set < a->sets.count; set++) {
        bool is_marked[STATES] = {false};
        const JourneyState *members = state_sets_members(&a->sets, set);
        for (size_t i = 0; i < a->sets.sets[set].size; i++)
            is_marked[members[i]] = true;
        size_t other = state_sets_find(&b->sets, a->sets.sets[set].hash, a->sets.sets[set].size, is_marked);
        assert_int_not_equal(other, STATE_SETS_NONE);
        for (size_t i = 0; i < a->sets.sets[set].size; i++)
            assert_int_equal(shapley_score(a, set, members[i]), shapley_score(b, other, members[i]));
    }
}

/* Weights add up to the unit, credits to the amount; touches of one state differ by a unit at most when roles are
 * alike; a state with a higher score weighs no less. */
static void check_journey(const Walk *walk, const int64_t *scores, uint64_t *seed)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    cleanup(attribution_workspace_done) AttributionWorkspace crediting = attribution_workspace_make();
    Error error = ERROR_INIT;
    JourneyTouch touches[WALK_MAX] = {{0}};
    ScoredTouch scored[WALK_MAX];
    int64_t weights[WALK_MAX], credits[WALK_MAX], weight = 0, credit = 0, state_weights[STATES] = {0};
    int64_t amount = (int64_t)random_below(seed, 1000000) - 500000;
    bool has_roles = random_below(seed, 2) == 0;
    for (size_t i = 0; i < walk->count; i++) {
        touches[i].role_weight = has_roles ? (int64_t)random_below(seed, 3) * ROLE_WEIGHT_UNIT : ROLE_WEIGHT_UNIT;
        scored[i] = (ScoredTouch){walk->states[i], scores[i]};
    }
    assert_int_equal(fitted_weigh(touches, scored, walk->count, weights, &workspace, &error), STATUS_OK);
    assert_int_equal(attribution_credit(weights, walk->count, amount, credits, &crediting, &error), STATUS_OK);
    for (size_t i = 0; i < walk->count; i++) {
        assert_true(weights[i] >= 0);
        weight += weights[i];
        credit += credits[i];
        state_weights[walk->states[i]] += weights[i];
    }
    assert_int_equal(weight, ATTRIBUTION_UNIT);
    assert_int_equal(credit, amount);
    for (size_t i = 0; i < walk->count && !has_roles; i++) {
        for (size_t k = 0; k < i; k++) {
            if (walk->states[i] == walk->states[k])
                assert_true(weights[i] <= weights[k] && weights[k] - weights[i] <= 1);
            else if (scores[i] > scores[k] && scores[i] > 0)
                assert_true(state_weights[walk->states[i]] >= state_weights[walk->states[k]] - WALK_MAX);
        }
    }
}

static void test_weights_and_credits(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 21;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted;
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        for (size_t i = 0; i < count; i++) {
            int64_t by_markov[WALK_MAX], by_shapley[WALK_MAX];
            for (size_t touch = 0; touch < walks[i].count; touch++) {
                by_markov[touch] = fitted.markov.states[walks[i].states[touch]].effect;
                by_shapley[touch] = shapley_score(&fitted, fitted.set_of[i], walks[i].states[touch]);
            }
            if (walks[i].count == 0)
                continue;
            check_journey(&walks[i], by_markov, &seed);
            check_journey(&walks[i], by_shapley, &seed);
        }
    }
}

/* What defines the two: the values of a set's members add up to its win rate, to the rounding of each; and an effect is
 * a chance, at most 1, and 0 of a state that no closed journey holds. */
static void test_what_defines_the_models(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 27;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted;
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        for (size_t set = 0; set < fitted.sets.count; set++) {
            const StateSet *of = &fitted.sets.sets[set];
            double sum = 0, seen = (double)of->journeys.won + (double)of->journeys.lost;
            for (size_t i = 0; i < of->size; i++)
                sum += (double)fitted.shapley.values[of->first + i].value;
            if (of->size > 0)
                assert_near(sum / (double)SCORE_UNIT, seen > 0 ? (double)of->journeys.won / seen : 0, 1e-11);
        }
        for (size_t i = 0; i < STATES; i++) {
            assert_in_range(fitted.markov.states[i].effect, 0, SCORE_UNIT);
            if (fitted.counts.journeys[i].won + fitted.counts.journeys[i].lost == 0)
                assert_int_equal(fitted.markov.states[i].effect, 0);
        }
    }
}

/* To the last bit. */
static void test_order_of_journeys_does_not_matter(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 22;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted, other;
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        walks_shuffle(&seed, walks, count);
        fit(walks, count, &other);
        assert_same(&fitted, &other);
    }
}

static void test_merging_equal_journeys_changes_nothing(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX], merged[WALKS_MAX];
    uint64_t seed = 23;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted, other;
        size_t count = walks_make(&seed, walks), merged_count = 0;
        for (size_t i = 0; i < count; i++) {
            size_t at = 0;
            while (at < merged_count &&
                   (merged[at].outcome != walks[i].outcome || merged[at].count != walks[i].count ||
                    memcmp(merged[at].states, walks[i].states, walks[i].count * sizeof *walks[i].states) != 0))
                at++;
            if (at < merged_count)
                merged[at].times++;
            else
                merged[merged_count++] = walks[i];
        }
        assert_true(count < 50 || merged_count < count);
        fit(walks, count, &fitted);
        fit(merged, merged_count, &other);
        assert_same(&fitted, &other);
    }
}

static void test_open_journeys_change_nothing(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 24;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted, other;
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        for (size_t i = 0; i < 10; i++) {
            walk_make(&seed, STATES, &walks[count + i]);
            walks[count + i].outcome = JOURNEY_OPEN;
        }
        fit(walks, count + 10, &other);
        assert_same(&fitted, &other);
    }
}

/* A lost journey without a touch makes visits and winning rarer alike: effects stay, to the rounding. A won one makes
 * them smaller, all by the same factor: from W won journeys to W + 1. Neither is in any game of Shapley's. */
static void test_journeys_without_a_touch(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 25;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted, with_lost, with_won;
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        walks[count] = (Walk){.outcome = JOURNEY_LOST, .times = 1};
        fit(walks, count + 1, &with_lost);
        walks[count] = (Walk){.outcome = JOURNEY_WON, .times = 1};
        fit(walks, count + 1, &with_won);
        double won = (double)fitted.counts.total.won;
        for (size_t i = 0; i < STATES; i++) {
            double effect = (double)fitted.markov.states[i].effect;
            assert_near((double)with_lost.markov.states[i].effect, effect, 1);
            assert_near((double)with_won.markov.states[i].effect, effect * won / (won + 1), 2);
            assert_near((double)with_won.markov.states[i].win, (double)fitted.markov.states[i].win, 1);
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t touch = 0; touch < walks[i].count; touch++) {
                int64_t score = shapley_score(&fitted, fitted.set_of[i], walks[i].states[touch]);
                assert_int_equal(shapley_score(&with_lost, with_lost.set_of[i], walks[i].states[touch]), score);
                assert_int_equal(shapley_score(&with_won, with_won.set_of[i], walks[i].states[touch]), score);
            }
        }
    }
}

/* Folding the journeys before they are counted, as the product does, or their counts afterwards: the same. */
static void test_folding_before_or_after(void **state)
{
    (void)state;
    static Walk walks[WALKS_MAX];
    uint64_t seed = 26;
    for (size_t round = 0; round < ROUNDS; round++) {
        cleanup(fitted_done) Fitted fitted, folded;
        cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
        Error error = ERROR_INIT;
        ItemUse uses[STATES];
        size_t count = walks_make(&seed, walks);
        fit(walks, count, &fitted);
        for (uint32_t i = 0; i < STATES; i++)
            uses[i] = (ItemUse){fitted.counts.journeys[i].won + fitted.counts.journeys[i].lost, i % 3};
        assert_int_equal(state_fold_make(uses, STATES, 6, &fold, &error), STATUS_OK);
        for (size_t i = 0; i < count; i++) {
            for (size_t touch = 0; touch < walks[i].count && walks[i].outcome != JOURNEY_OPEN; touch++)
                walks[i].states[touch] = fold.state_of[walks[i].states[touch]];
        }
        fit(walks, count, &folded);
        int64_t expected[STATES][STATES] = {{0}};
        for (JourneyState from = 0; from < STATES; from++) {
            for (JourneyState to = 0; to < STATES; to++) {
                if (uses[from].journeys > 0 && uses[to].journeys > 0)
                    expected[fold.state_of[from]][fold.state_of[to]] += transition_count(&fitted.counts, from, to).won;
            }
        }
        for (JourneyState from = 0; from < STATES; from++) {
            for (JourneyState to = 0; to < STATES; to++)
                assert_int_equal(transition_count(&folded.counts, from, to).won, from == to ? 0 : expected[from][to]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_and_credits),
        cmocka_unit_test(test_what_defines_the_models),
        cmocka_unit_test(test_order_of_journeys_does_not_matter),
        cmocka_unit_test(test_merging_equal_journeys_changes_nothing),
        cmocka_unit_test(test_open_journeys_change_nothing),
        cmocka_unit_test(test_journeys_without_a_touch),
        cmocka_unit_test(test_folding_before_or_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
