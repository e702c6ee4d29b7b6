// wrap: fsync
/* A disk that fails: no batch is there, nothing is lost, and the next run makes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

#include <errno.h>

static int calls_left = -1; /* before fsync() fails; -1: never */

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor)
{
    if (calls_left == 0) {
        errno = EIO;
        return -1;
    }
    if (calls_left > 0)
        calls_left--;
    return __real_fsync(descriptor);
}

static void test_failing_sync(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, "  - {name: rates, kind: rate, format: csv, path: none.csv, max_rejects: 9,\n"
                       "     fields: {currency: a, day: b, rate: c}}\n");
    spool_add(&spool, RECORD_RATE, 2, "currency=USD", "day=2026-02-13", "rate=0.853", NULL);
    spool_add(&spool, RECORD_RATE, 3, "currency=USD", "day=2026-02-13", "rate=x", NULL);
    spool_commit(&spool, "rates", READ_AT);
    int failures = 0;
    for (int calls = 0;; calls++) {
        calls_left = calls;
        int status = spool_run(&spool);
        bool was_reached = calls_left == 0;
        calls_left = -1;
        size_t made = spool_count(&spool, STAGE_TRANSFORMED);
        if (status == 0) {
            assert_int_equal(made, 1);
            break;
        }
        assert_true(was_reached);
        assert_int_equal(status, 74);
        failures++;
        if (made) /* the sync behind the rename: whole all the same */
            assert_int_equal(spool_rows(&spool, 0, "rate").count, 1);
        assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 1);
    }
    /* At least: rows, rejects, manifest, folder. */
    assert_true(failures >= 4);
    assert_int_equal(spool_rows(&spool, 0, "rate").count, 1);
    assert_int_equal(spool_rows(&spool, 0, "reject").count, 1);
    spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failing_sync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
