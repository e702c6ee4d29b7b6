#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/calendar.h"

#include <time.h>

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(calendar_to_days(1970, 1, 1), 0);
    assert_int_equal(calendar_to_days(1969, 12, 31), -1);
    assert_int_equal(calendar_to_days(2000, 2, 29), 11016);
    assert_int_equal(calendar_to_days(1, 1, 1), -719162);
    assert_int_equal(calendar_to_days(9999, 12, 31), 2932896);
    assert_int_equal(calendar_weekday(0), 4);     /* a Thursday */
    assert_int_equal(calendar_weekday(-5), 6);    /* 1969-12-27, a Saturday */
    assert_int_equal(calendar_weekday(20513), 0); /* 2026-03-01, a Sunday */
}

static void test_month_lengths(void **state)
{
    (void)state;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; month++)
        assert_int_equal(calendar_month_days(2023, month), days[month - 1]);
    assert_int_equal(calendar_month_days(2024, 2), 29);
    assert_int_equal(calendar_month_days(2000, 2), 29);
    assert_int_equal(calendar_month_days(1900, 2), 28);
}

/* Every day of the years 1 to 9999, against the C library. */
static void test_all_days_agree_with_libc(void **state)
{
    (void)state;
    for (int32_t days = -719162; days <= 2932896; days++) {
        CalendarDate date = calendar_from_days(days);
        time_t seconds = (time_t)days * 86400;
        struct tm expected;
        assert_non_null(gmtime_r(&seconds, &expected));
        if (date.year != expected.tm_year + 1900 || date.month != expected.tm_mon + 1 || date.day != expected.tm_mday ||
            calendar_weekday(days) != expected.tm_wday || calendar_to_days(date.year, date.month, date.day) != days)
            fail_msg("day %d is read as %d-%d-%d", days, date.year, date.month, date.day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_month_lengths),
        cmocka_unit_test(test_all_days_agree_with_libc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
