#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/fitted.h"
#include "tests/unit/load/fitted_check.h"

#define ALL ATTRIBUTION_UNIT
#define TOUCHES_MAX 64

static void weigh(const JourneyTouch *touches, const ScoredTouch *scored, size_t count, int64_t *ret_weights)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    Error error = ERROR_INIT;
    int64_t again[TOUCHES_MAX];
    assert_int_equal(fitted_weigh(touches, scored, count, ret_weights, &workspace, &error), STATUS_OK);
    assert_int_equal(fitted_weigh(touches, scored, count, again, &workspace, &error), STATUS_OK);
    assert_memory_equal(ret_weights, again, count * sizeof *again);
}

static void assert_weights(const ScoredTouch *scored, const int64_t *roles, size_t count, const int64_t *expected)
{
    JourneyTouch touches[TOUCHES_MAX] = {{0}};
    int64_t weights[TOUCHES_MAX];
    for (size_t i = 0; i < count; i++)
        touches[i].role_weight = roles ? roles[i] * ROLE_WEIGHT_UNIT : ROLE_WEIGHT_UNIT;
    weigh(touches, scored, count, weights);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(weights[i], expected[i]);
}

static void test_scores_are_normalised(void **state)
{
    (void)state;
    const ScoredTouch scored[] = {{7, 300}, {2, 100}};
    assert_weights(scored, NULL, 2, (int64_t[]){ALL / 4 * 3, ALL / 4});
    assert_weights(scored, NULL, 1, (int64_t[]){ALL});
    const ScoredTouch thirds[] = {{0, SCORE_UNIT}, {1, SCORE_UNIT}, {2, SCORE_UNIT}};
    assert_weights(thirds, NULL, 3, (int64_t[]){333333333334, 333333333333, 333333333333});
}

static void test_touches_of_one_state_share_equally(void **state)
{
    (void)state;
    const ScoredTouch scored[] = {{1, 60}, {0, 40}, {1, 60}, {1, 60}};
    assert_weights(scored, NULL, 4, (int64_t[]){ALL / 5, ALL / 5 * 2, ALL / 5, ALL / 5});
    /* 1/2 shared by three: no score divides by 3 */
    const ScoredTouch odd[] = {{1, 1}, {1, 1}, {1, 1}, {0, 1}};
    assert_weights(odd, NULL, 4, (int64_t[]){166666666667, 166666666667, 166666666666, ALL / 2});
}

static void test_negative_and_unknown_count_nothing(void **state)
{
    (void)state;
    const ScoredTouch scored[] = {{0, -500}, {1, 10}, {JOURNEY_STATE_UNKNOWN, 0}, {2, 30}};
    assert_weights(scored, NULL, 4, (int64_t[]){0, ALL / 4, 0, ALL / 4 * 3});
}

static void test_without_any_score_linear(void **state)
{
    (void)state;
    const ScoredTouch scored[] = {{0, -500}, {JOURNEY_STATE_UNKNOWN, 0}, {JOURNEY_STATE_UNKNOWN, 0}, {3, 0}};
    assert_weights(scored, NULL, 4, (int64_t[]){ALL / 4, ALL / 4, ALL / 4, ALL / 4});
    assert_weights(scored, (int64_t[]){1, 3, 0, 0}, 4, (int64_t[]){ALL / 4, ALL / 4 * 3, 0, 0});
}

static void test_roles_multiply_and_then_normalise(void **state)
{
    (void)state;
    const ScoredTouch scored[] = {{0, 20}, {1, 10}, {0, 20}};
    assert_weights(scored, (int64_t[]){1, 2, 1}, 3, (int64_t[]){ALL / 4, ALL / 2, ALL / 4});
    assert_weights(scored, (int64_t[]){0, 2, 0}, 3, (int64_t[]){0, ALL, 0});
    assert_weights(scored, (int64_t[]){0, 0, 0}, 3, (int64_t[]){333333333334, 333333333333, 333333333333});
    /* the only touch whose role counts has no score */
    const ScoredTouch none[] = {{0, 10}, {1, 0}};
    assert_weights(none, (int64_t[]){0, 1}, 2, (int64_t[]){ALL, 0});
}

/* Numbers of touches whose least common multiple is past 128 bits, with the highest role, and scores whose sum is only
 * just below a power of 2: rounded, and no overflow. */
static void test_no_common_multiple(void **state)
{
    (void)state;
    enum { STATES = 140, TOUCHES = STATES * (STATES + 1) / 2 };
    static JourneyTouch touches[TOUCHES];
    static ScoredTouch scored[TOUCHES];
    static int64_t weights[TOUCHES];
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    Error error = ERROR_INIT;
    size_t count = 0;
    for (uint32_t number = 1; number <= STATES; number++) {
        for (size_t i = 0; i < number; i++) {
            touches[count] = (JourneyTouch){.role_weight = count == 0 ? ROLE_WEIGHT_MAX / 2 : ROLE_WEIGHT_MAX};
            scored[count++] = (ScoredTouch){number, SCORE_UNIT};
        }
    }
    assert_int_equal(fitted_weigh(touches, scored, count, weights, &workspace, &error), STATUS_OK);
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        double expected = (i == 0 ? 0.5 : 1 / (double)scored[i].state) / (STATES - 0.5) * (double)ALL;
        assert_near((double)weights[i], expected, 1.01);
        sum += weights[i];
    }
    assert_int_equal(sum, ALL);
}

static void assert_refused(int64_t role, ScoredTouch scored, size_t count, ErrorCode code)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    Error error = ERROR_INIT;
    int64_t weight = 11;
    JourneyTouch touch = {.role_weight = role};
    assert_int_equal(fitted_weigh(&touch, &scored, count, &weight, &workspace, &error), STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_int_equal(weight, 11);
}

static void test_refused(void **state)
{
    (void)state;
    const ScoredTouch good = {0, 1};
    assert_refused(0, good, 0, ERROR_INTERNAL);
    assert_refused(0, good, ATTRIBUTION_TOUCHES_MAX + 1, ERROR_DATA);
    assert_refused(-1, good, 1, ERROR_INTERNAL);
    assert_refused(ROLE_WEIGHT_MAX + 1, good, 1, ERROR_INTERNAL);
    assert_refused(0, (ScoredTouch){0, SCORE_UNIT + 1}, 1, ERROR_INTERNAL);
    assert_refused(0, (ScoredTouch){JOURNEY_STATE_UNKNOWN, 1}, 1, ERROR_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_normalised),
        cmocka_unit_test(test_touches_of_one_state_share_equally),
        cmocka_unit_test(test_negative_and_unknown_count_nothing),
        cmocka_unit_test(test_without_any_score_linear),
        cmocka_unit_test(test_roles_multiply_and_then_normalise),
        cmocka_unit_test(test_no_common_multiple),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
