/* Waits between attempts, and what Retry-After says. */
#include "extract/transport/patience.h"

#include "common/signal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void waits_grow_to_a_minute(void **state)
{
    (void)state;
    Patience patience = patience_make(100, 100000);
    int64_t wait, longest = 1000;
    for (int i = 0; i < 12; i++, longest = longest * 2 < 60000 ? longest * 2 : 60000) {
        assert_true(patience_take(&patience, -1, &wait));
        assert_in_range(wait, longest / 2, longest);
    }
    patience_renew(&patience);
    assert_true(patience_take(&patience, -1, &wait));
    assert_in_range(wait, 500, 1000);
}

static void keeps_to_what_the_server_asks(void **state)
{
    (void)state;
    Patience patience = patience_make(100, 1000);
    int64_t wait = -7;
    assert_true(patience_take(&patience, 17, &wait));
    assert_int_equal(wait, 17000);
    assert_true(patience_take(&patience, 0, &wait));
    assert_in_range(wait, 500, 2000);
    assert_false(patience_take(&patience, 1000, &wait));
    assert_false(patience_take(&patience, INT64_MAX, &wait));
}

static void gives_up(void **state)
{
    (void)state;
    int64_t wait = -7;
    Patience patience = patience_make(3, 1000);
    assert_true(patience_take(&patience, -1, &wait));
    assert_true(patience_take(&patience, -1, &wait));
    assert_false(patience_take(&patience, -1, &wait));
    patience = patience_make(1, 1000);
    assert_false(patience_take(&patience, -1, &wait));
    patience = patience_make(9, 0);
    assert_false(patience_take(&patience, -1, &wait));
    assert_int_equal(patience_left(&patience), 0);
}

static void ends_a_wait_for_a_signal(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    assert_int_equal(patience_wait(1, &error), STATUS_OK);
    signal_install();
    raise(SIGTERM);
    assert_int_equal(patience_wait(3600 * 1000, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_TERMINATED);
}

/* 2026-02-01T00:00:00Z is 1769904000. */
static void reads_retry_after(void **state)
{
    (void)state;
    assert_int_equal(retry_after_seconds(TEXT("120"), 0), 120);
    assert_int_equal(retry_after_seconds(TEXT("0"), 0), 0);
    assert_int_equal(retry_after_seconds(TEXT("Sun, 01 Feb 2026 00:00:10 GMT"), 1769904000), 10);
    assert_int_equal(retry_after_seconds(TEXT("Sunday, 01-Feb-26 00:00:10 GMT"), 1769904000), 10);
    assert_int_equal(retry_after_seconds(TEXT("Sun Feb  1 00:00:10 2026"), 1769904000), 10);
    assert_int_equal(retry_after_seconds(TEXT("Sun, 01 Feb 2026 00:00:10 GMT"), 1769905000), 0);
    assert_int_equal(retry_after_seconds(TEXT("-5"), 0), -1);
    assert_int_equal(retry_after_seconds(TEXT("99999999999999999999"), 0), INT64_MAX);
    assert_int_equal(retry_after_seconds(TEXT("soon"), 0), -1);
    assert_int_equal(retry_after_seconds(TEXT(""), 0), -1);
    assert_int_equal(retry_after_seconds(TEXT_NULL, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_grow_to_a_minute),
        cmocka_unit_test(keeps_to_what_the_server_asks),
        cmocka_unit_test(gives_up),
        cmocka_unit_test(ends_a_wait_for_a_signal),
        cmocka_unit_test(reads_retry_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
