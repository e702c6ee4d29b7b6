#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/state_fold.h"
#include "tests/unit/load/fitted_check.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ITEMS_MAX 60
enum { NO = -1 };

static void fold_make(const ItemUse *uses, size_t count, size_t state_max, StateFold *fold)
{
    Error error = ERROR_INIT;
    assert_int_equal(state_fold_make(uses, count, state_max, fold, &error), STATUS_OK);
    assert_int_equal(fold->item_count, count);
}

static void assert_states(const ItemUse *uses, size_t count, size_t state_max, const int *state_of, size_t folded)
{
    cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
    fold_make(uses, count, state_max, &fold);
    for (size_t i = 0; i < count; i++)
        assert_int_equal((int32_t)fold.state_of[i], state_of[i]);
    assert_int_equal(fold.folded_count, folded);
}

/* Groups 2 and 5; item 3 is in no journey. Used: 1 (9), 4 (9), 0 (5), 5 (2), 2 (1). */
static const ItemUse USES[] = {{5, 2}, {9, 5}, {1, 2}, {0, 2}, {9, 2}, {2, 5}};

static void test_as_many_as_fit_are_kept(void **state)
{
    (void)state;
    const size_t count = COUNT(USES);
    assert_states(USES, count, 100, (int[]){0, 1, 2, NO, 3, 4}, 0);
    assert_states(USES, count, 5, (int[]){0, 1, 2, NO, 3, 4}, 0);
    /* two of two groups fold: 0, 1 and 4 and a state for each group would be five; so 0 folds too */
    assert_states(USES, count, 4, (int[]){2, 0, 2, NO, 1, 3}, 3);
    assert_states(USES, count, 3, (int[]){1, 0, 1, NO, 1, 2}, 4); /* of 1 and 4, both 9, the lower number stays */
    assert_states(USES, count, 2, (int[]){0, 1, 0, NO, 0, 1}, 5);
    assert_states(USES, count, 1, (int[]){0, 0, 0, NO, 0, 0}, 5);
}

/* The last of its group is better kept than folded alone. */
static void test_an_item_alone_in_its_group_is_kept(void **state)
{
    (void)state;
    const ItemUse uses[] = {{9, 0}, {8, 0}, {7, 0}, {1, 1}, {1, 2}};
    assert_states(uses, COUNT(uses), 5, (int[]){0, 1, 2, 3, 4}, 0);
    const ItemUse rare[] = {{9, 0}, {8, 0}, {1, 1}, {1, 1}};
    assert_states(rare, COUNT(rare), 3, (int[]){0, 1, 2, 2}, 2);
}

static void test_states_say_what_they_are(void **state)
{
    (void)state;
    cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
    fold_make(USES, COUNT(USES), 4, &fold);
    const FoldedState expected[] = {
        {FOLDED_ITEM, 1, 1}, {FOLDED_ITEM, 4, 1}, {FOLDED_GROUP, 2, 2}, {FOLDED_GROUP, 5, 1}};
    assert_int_equal(fold.state_count, COUNT(expected));
    assert_int_equal(fold.used_count, 5);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(fold.states[i].kind, expected[i].kind);
        assert_int_equal(fold.states[i].number, expected[i].number);
        assert_int_equal(fold.states[i].items, expected[i].items);
    }
}

/* Four groups and room for three: the two most used, 3 and 1, have states, the others share one. */
static void test_more_groups_than_states(void **state)
{
    (void)state;
    cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
    const ItemUse uses[] = {{1, 0}, {2, 1}, {3, 1}, {1, 2}, {9, 3}, {1, 0}, {1, 2}};
    assert_states(uses, COUNT(uses), 3, (int[]){2, 0, 0, 2, 1, 2, 2}, 7);
    fold_make(uses, COUNT(uses), 3, &fold);
    assert_int_equal(fold.states[2].kind, FOLDED_REST);
    assert_int_equal(fold.states[2].items, 4);
    assert_int_equal(fold.states[1].kind, FOLDED_GROUP);
    assert_int_equal(fold.states[1].number, 3);
}

static void test_nothing_to_fold(void **state)
{
    (void)state;
    cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
    fold_make(NULL, 0, 1, &fold);
    assert_int_equal(fold.state_count, 0);
    assert_states((ItemUse[]){{0, 0}, {0, 7}}, 2, 1, (int[]){NO, NO}, 0);
}

static void test_random_folds(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (size_t round = 0; round < 2000; round++) {
        cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
        ItemUse uses[ITEMS_MAX];
        size_t count = random_below(&seed, ITEMS_MAX), state_max = 1 + random_below(&seed, 30), items = 0, used = 0;
        size_t groups = 1 + random_below(&seed, 40);
        for (size_t i = 0; i < count; i++) {
            uses[i] = (ItemUse){(int64_t)random_below(&seed, 9), (uint32_t)random_below(&seed, groups)};
            used += uses[i].journeys > 0;
        }
        fold_make(uses, count, state_max, &fold);
        assert_true(fold.state_count <= state_max);
        assert_int_equal(fold.folded_count == 0, used <= state_max);
        for (size_t i = 0; i < fold.state_count; i++) {
            assert_true(fold.states[i].items > 0);
            items += fold.states[i].items;
        }
        assert_int_equal(items, used);
        assert_int_equal(fold.used_count, used);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(fold.state_of[i] == JOURNEY_STATE_UNKNOWN, uses[i].journeys == 0);
            for (size_t k = 0; k < count && uses[i].journeys > 0; k++) {
                bool is_folded = fold.states[fold.state_of[i]].kind != FOLDED_ITEM;
                if (is_folded && uses[k].journeys > 0 && uses[k].journeys < uses[i].journeys)
                    assert_int_not_equal(fold.states[fold.state_of[k]].kind, FOLDED_ITEM);
            }
        }
    }
}

static void test_refused(void **state)
{
    (void)state;
    StateFold fold = STATE_FOLD_EMPTY;
    const ItemUse bad = {1, (uint32_t)JOURNEY_STATES_MAX};
    Error error = ERROR_INIT;
    assert_int_equal(state_fold_make(USES, 1, 0, &fold, &error), STATUS_ERROR);
    assert_int_equal(state_fold_make(&bad, 1, 1, &fold, &error), STATUS_ERROR);
    assert_int_equal(state_fold_make(NULL, JOURNEY_STATES_MAX + 1, 1, &fold, &error), STATUS_ERROR);
    assert_null(fold.states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_as_fit_are_kept),
        cmocka_unit_test(test_an_item_alone_in_its_group_is_kept),
        cmocka_unit_test(test_states_say_what_they_are),
        cmocka_unit_test(test_more_groups_than_states),
        cmocka_unit_test(test_nothing_to_fold),
        cmocka_unit_test(test_random_folds),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
