#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/model_fit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct Walk {
    JourneyOutcome outcome;
    size_t count;
    uint32_t items[4];
} Walk;

/* Search 2, letter 1, direct 0, as in tests/pipeline/fitted.test; item 3 is in an open journey alone. */
static const Walk WALKS[] = {{JOURNEY_WON, 4, {2, 1, 1, 0}},
                             {JOURNEY_LOST, 1, {2}},
                             {JOURNEY_LOST, 2, {1, 0}},
                             {JOURNEY_WON, 0, {0}},
                             {JOURNEY_OPEN, 3, {0, 3, 2}}};

static const FittedModel CHAIN = {.number = 102, .kind = FITTED_MARKOV, .item = FITTED_CHANNEL};
static const FittedModel GAME = {.number = 104, .kind = FITTED_SHAPLEY, .item = FITTED_CHANNEL};

static void fit_walks(const FittedModel *model, const uint32_t *group_of, size_t state_max, ModelFit *fit)
{
    Error error = ERROR_INIT;
    assert_int_equal(model_fit_make(model, 4, group_of, fit, &error), STATUS_OK);
    for (size_t i = 0; i < COUNT(WALKS); i++)
        assert_int_equal(model_fit_meet(fit, WALKS[i].items, WALKS[i].count, WALKS[i].outcome, &error), STATUS_OK);
    assert_int_equal(model_fit_fold(fit, state_max, &error), STATUS_OK);
    for (size_t i = 0; i < COUNT(WALKS); i++)
        assert_int_equal(model_fit_count(fit, WALKS[i].items, WALKS[i].count, WALKS[i].outcome, &error), STATUS_OK);
    assert_int_equal(model_fit_solve(fit, &error), STATUS_OK);
}

static void assert_scores(ModelFit *fit, const Walk *walk, const int64_t *scores)
{
    Error error = ERROR_INIT;
    ScoredTouch scored[4];
    assert_int_equal(model_fit_score(fit, walk->items, walk->count, scored, &error), STATUS_OK);
    for (size_t i = 0; i < walk->count; i++)
        assert_int_equal(scored[i].score, scores[i]);
}

/* Effects: search 1/4, letter 1/2, direct 1/2. */
static void test_a_chain_scores_by_effect(void **state)
{
    (void)state;
    const int64_t unit = SCORE_UNIT;
    cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
    fit_walks(&CHAIN, NULL, 100, &fit);
    assert_scores(&fit, &WALKS[0], (int64_t[]){unit / 4, unit / 2, unit / 2, unit / 2});
    assert_scores(&fit, &WALKS[4], (int64_t[]){unit / 2, 0, unit / 4});
    assert_int_equal(fit.fold.state_of[3], JOURNEY_STATE_UNKNOWN);
}

/* One state for all: three of four walks visit it, and a third of these win; half of all do. */
static void test_a_chain_of_one_state(void **state)
{
    (void)state;
    const int64_t half = SCORE_UNIT / 2;
    cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
    fit_walks(&CHAIN, NULL, 1, &fit);
    assert_int_equal(fit.fold.state_count, 1);
    assert_int_equal(fit.fold.folded_count, 3);
    assert_scores(&fit, &WALKS[0], (int64_t[]){half, half, half, half});
    assert_scores(&fit, &WALKS[4], (int64_t[]){half, 0, half});
}

/* Items fold into their groups: 0 and 2 are one group, 1 and 3 the other. */
static void test_groups_are_what_items_fold_into(void **state)
{
    (void)state;
    const uint32_t groups[] = {7, 3, 7, 3};
    cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
    fit_walks(&CHAIN, groups, 2, &fit);
    assert_int_equal(fit.fold.state_count, 2);
    assert_int_equal(fit.fold.state_of[0], fit.fold.state_of[2]);
    assert_int_not_equal(fit.fold.state_of[0], fit.fold.state_of[1]);
}

/* Only the set of all three won: a third for each. The open journey's own set never did. */
static void test_a_game_scores_by_value(void **state)
{
    (void)state;
    const int64_t third = SCORE_UNIT / 3;
    cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
    fit_walks(&GAME, NULL, 100, &fit);
    assert_scores(&fit, &WALKS[0], (int64_t[]){third, third, third, third});
    assert_scores(&fit, &WALKS[2], (int64_t[]){0, 0});
    assert_scores(&fit, &WALKS[4], (int64_t[]){0, 0, 0});
}

static void test_a_journey_that_was_not_met_is_refused(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    ScoredTouch scored[4];
    cleanup(model_fit_done) ModelFit game = MODEL_FIT_EMPTY;
    fit_walks(&GAME, NULL, 100, &game);
    assert_int_equal(model_fit_score(&game, (uint32_t[]){3}, 1, scored, &error), STATUS_ERROR);
}

static void test_an_item_that_is_none_is_refused(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    ScoredTouch scored[4];
    const uint32_t items[] = {4};
    const FittedModel *models[] = {&CHAIN, &GAME};
    for (size_t i = 0; i < COUNT(models); i++) {
        cleanup(model_fit_done) ModelFit fit = MODEL_FIT_EMPTY;
        fit_walks(models[i], NULL, 100, &fit);
        assert_int_equal(model_fit_meet(&fit, items, 1, JOURNEY_WON, &error), STATUS_ERROR);
        assert_int_equal(model_fit_score(&fit, items, 1, scored, &error), STATUS_ERROR);
    }
    cleanup(model_fit_done) ModelFit chain = MODEL_FIT_EMPTY;
    fit_walks(&CHAIN, NULL, 100, &chain);
    assert_int_equal(model_fit_count(&chain, items, 1, JOURNEY_WON, &error), STATUS_ERROR);
}

/* The order of journeys changes nothing. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    const FittedModel *models[] = {&CHAIN, &GAME};
    for (size_t m = 0; m < COUNT(models); m++) {
        Error error = ERROR_INIT;
        cleanup(model_fit_done) ModelFit forward = MODEL_FIT_EMPTY, backward = MODEL_FIT_EMPTY;
        fit_walks(models[m], NULL, 100, &forward);
        assert_int_equal(model_fit_make(models[m], 4, NULL, &backward, &error), STATUS_OK);
        for (size_t i = COUNT(WALKS); i-- > 0;)
            assert_int_equal(model_fit_meet(&backward, WALKS[i].items, WALKS[i].count, WALKS[i].outcome, &error),
                             STATUS_OK);
        assert_int_equal(model_fit_fold(&backward, 100, &error), STATUS_OK);
        for (size_t i = COUNT(WALKS); i-- > 0;)
            assert_int_equal(model_fit_count(&backward, WALKS[i].items, WALKS[i].count, WALKS[i].outcome, &error),
                             STATUS_OK);
        assert_int_equal(model_fit_solve(&backward, &error), STATUS_OK);
        for (size_t i = 0; i < COUNT(WALKS); i++) {
            ScoredTouch one[4], other[4];
            assert_int_equal(model_fit_score(&forward, WALKS[i].items, WALKS[i].count, one, &error), STATUS_OK);
            assert_int_equal(model_fit_score(&backward, WALKS[i].items, WALKS[i].count, other, &error), STATUS_OK);
            for (size_t k = 0; k < WALKS[i].count; k++)
                assert_int_equal(one[k].score, other[k].score);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_scores_by_effect),
        cmocka_unit_test(test_a_chain_of_one_state),
        cmocka_unit_test(test_groups_are_what_items_fold_into),
        cmocka_unit_test(test_a_game_scores_by_value),
        cmocka_unit_test(test_a_journey_that_was_not_met_is_refused),
        cmocka_unit_test(test_an_item_that_is_none_is_refused),
        cmocka_unit_test(test_order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
