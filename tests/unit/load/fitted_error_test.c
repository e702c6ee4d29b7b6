// wrap: malloc calloc reallocarray dgetrf_ dgetri_
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/fitted.h"
#include "load/markov.h"
#include "load/shapley.h"
#include "load/state_fold.h"

#include <stdbool.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void __real_dgetrf_(const int *rows, const int *columns, double *matrix, const int *stride, int *pivots, int *ret_info);
void __wrap_dgetrf_(const int *rows, const int *columns, double *matrix, const int *stride, int *pivots, int *ret_info);
void __real_dgetri_(const int *order, double *matrix, const int *stride, const int *pivots, double *work,
                    const int *work_size, int *ret_info);
void __wrap_dgetri_(const int *order, double *matrix, const int *stride, const int *pivots, double *work,
                    const int *work_size, int *ret_info);

static int allocations_left = -1; /* negative: all succeed */
static enum { LAPACK_WORKS, LAPACK_REFUSES, LAPACK_LIES } lapack;

static bool is_allowed(void)
{
    if (allocations_left < 0)
        return true;
    return allocations_left > 0 && allocations_left-- > 0;
}

void *__wrap_malloc(size_t size)
{
    return is_allowed() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_allowed() ? __real_calloc(count, size) : NULL;
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return is_allowed() ? __real_reallocarray(memory, count, size) : NULL;
}

void __wrap_dgetrf_(const int *rows, const int *columns, double *matrix, const int *stride, int *pivots, int *ret_info)
{
    __real_dgetrf_(rows, columns, matrix, stride, pivots, ret_info);
    if (lapack == LAPACK_REFUSES)
        *ret_info = 2;
}

void __wrap_dgetri_(const int *order, double *matrix, const int *stride, const int *pivots, double *work,
                    const int *work_size, int *ret_info)
{
    __real_dgetri_(order, matrix, stride, pivots, work, work_size, ret_info);
    if (lapack == LAPACK_LIES)
        matrix[0] *= 1.000001;
}

static const JourneyState STATES[] = {0, 1, 0};

static Status fit_markov(Error *error)
{
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    TRY(transition_counts_make(2, &counts, error));
    TRY(transition_counts_add(&counts, STATES, 3, JOURNEY_WON, 1, error));
    TRY(transition_counts_add(&counts, STATES, 1, JOURNEY_LOST, 1, error));
    return markov_fit(&counts, &markov, error);
}

static Status fit_shapley(Error *error)
{
    cleanup(state_sets_done) StateSets sets = state_sets_make(10);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    TRY(state_sets_add(&sets, STATES, 3, JOURNEY_WON, 1, NULL, error));
    return shapley_fit(&sets, &SHAPLEY_SETTINGS, &shapley, error);
}

static Status fold(Error *error)
{
    cleanup(state_fold_done) StateFold folded = STATE_FOLD_EMPTY;
    return state_fold_make((ItemUse[]){{3, 0}, {2, 0}, {1, 0}}, 3, 2, &folded, error);
}

static Status weigh(Error *error)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    JourneyTouch touch = {.role_weight = ROLE_WEIGHT_UNIT};
    ScoredTouch scored = {0, 1};
    int64_t weight = 0;
    return fitted_weigh(&touch, &scored, 1, &weight, &workspace, error);
}

/* Each allocation in turn is the first of which there is no memory. */
static void assert_out_of_memory(Status (*work)(Error *))
{
    Status status = STATUS_ERROR;
    for (int allowed = 0; status != STATUS_OK; allowed++) {
        Error error = ERROR_INIT;
        allocations_left = allowed;
        status = work(&error);
        bool has_failed = allocations_left == 0;
        allocations_left = -1;
        if (status != STATUS_OK) {
            assert_true(has_failed);
            assert_int_equal(error.code, ERROR_INTERNAL);
        }
        assert_true(allowed < 100);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_out_of_memory(fit_markov);
    assert_out_of_memory(fit_shapley);
    assert_out_of_memory(fold);
    assert_out_of_memory(weigh);
}

static void test_a_solution_that_is_none_is_refused(void **state)
{
    (void)state;
    const char *reasons[] = {[LAPACK_REFUSES] = "cannot be solved", [LAPACK_LIES] = "a win rate that is"};
    for (lapack = LAPACK_REFUSES; lapack <= LAPACK_LIES; lapack++) {
        Error error = ERROR_INIT;
        assert_int_equal(fit_markov(&error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_INTERNAL);
        assert_non_null(strstr(error.message, reasons[lapack]));
    }
    lapack = LAPACK_WORKS;
    Error error = ERROR_INIT;
    assert_int_equal(fit_markov(&error), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_a_solution_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
