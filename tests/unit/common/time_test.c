#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static Zone *load(const char *name)
{
    Zone *zone = NULL;
    Error error = ERROR_INIT;
    if (zone_load(text_from(name), NULL, &zone, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    return zone;
}

static int64_t read_iso(const char *text, const Zone *source_zone, const Zone *date_zone)
{
    int64_t instant = 0;
    bool is_date_only = false;
    if (!time_read(text_from(text), NULL, source_zone, date_zone, &instant, &is_date_only))
        fail_msg("%s is refused", text);
    return instant;
}

static void test_offsets_win_over_the_zone(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    assert_int_equal(read_iso("2026-03-01T12:00:00Z", berlin, berlin), INT64_C(1772366400000000));
    assert_int_equal(read_iso("2026-03-01T12:00:00.25Z", berlin, berlin), INT64_C(1772366400250000));
    assert_int_equal(read_iso("2026-03-01 14:00+02:00", berlin, berlin), INT64_C(1772366400000000));
    assert_int_equal(read_iso("2026-03-01t06:30:00-0530", berlin, berlin), INT64_C(1772366400000000));
    assert_int_equal(read_iso("2026-03-01 12:00:00 UTC", berlin, berlin), INT64_C(1772366400000000));
    assert_int_equal(read_iso("1969-12-31T23:59:59.999999Z", berlin, berlin), -1);
    /* The examples of RFC 3339, section 5.8. */
    assert_int_equal(read_iso("1985-04-12T23:20:50.52Z", NULL, NULL), INT64_C(482196050520000));
    assert_int_equal(read_iso("1996-12-19T16:39:57-08:00", NULL, NULL), INT64_C(851042397000000));
    assert_int_equal(read_iso("1990-12-31T23:59:60Z", NULL, NULL), INT64_C(662688000000000));
    assert_int_equal(read_iso("1990-12-31T15:59:60-08:00", NULL, NULL), INT64_C(662688000000000));
}

static void test_a_time_without_offset_takes_its_source_zone(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    cleanup(zone_free_pointer) Zone *new_york = load("America/New_York");
    assert_int_equal(read_iso("2026-03-01 13:00", berlin, new_york), INT64_C(1772366400000000));
    assert_int_equal(read_iso("2026-03-01 07:00", new_york, berlin), INT64_C(1772366400000000));
    assert_int_equal(read_iso("2026-03-01 12:00", NULL, berlin), INT64_C(1772366400000000));
    /* In the gap of 2026-03-08, 02:30 becomes 03:30 EDT. */
    assert_int_equal(read_iso("2026-03-08 02:30", new_york, berlin), INT64_C(1772955000000000));
    /* In the overlap of 2025-10-26, 02:30 is first 02:30 CEST. */
    assert_int_equal(read_iso("2025-10-26 02:30", berlin, new_york), INT64_C(1761438600000000));
}

static void test_a_date_is_its_end_in_the_date_zone(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    cleanup(zone_free_pointer) Zone *new_york = load("America/New_York");
    cleanup(zone_free_pointer) Zone *sao_paulo = load("America/Sao_Paulo");
    cleanup(zone_free_pointer) Zone *apia = load("Pacific/Apia");
    bool is_date_only = false;
    int64_t instant;
    assert_true(time_read(TEXT("2026-03-01"), NULL, new_york, berlin, &instant, &is_date_only));
    assert_true(is_date_only);
    assert_int_equal(instant, INT64_C(1772405999999999)); /* 22:59:59.999999Z */
    assert_true(time_read(TEXT("2026-03-01T00:00"), NULL, new_york, berlin, &instant, &is_date_only));
    assert_false(is_date_only);
    /* The day of the change has 23 hours, and its end is in summer time: 2026-03-29T22:00Z, less one. */
    assert_int_equal(read_iso("2026-03-29", NULL, berlin), INT64_C(1774821600000000) - 1);
    /* The next midnight is left out: the day ends when the clock jumps, 2018-11-04T03:00Z. */
    assert_int_equal(read_iso("2018-11-03", NULL, sao_paulo), INT64_C(1541300400000000) - 1);
    /* The next day is left out. */
    assert_int_equal(read_iso("2011-12-29", NULL, apia), INT64_C(1325239200000000) - 1);
    assert_int_equal(time_local_date(read_iso("2018-11-03", NULL, sao_paulo), sao_paulo), 17838);
}

static void test_instants_outside_the_years_are_refused(void **state)
{
    (void)state;
    int64_t instant = 42;
    bool is_date_only;
    assert_false(time_read(TEXT("0001-01-01T00:00:00+01:00"), NULL, NULL, NULL, &instant, &is_date_only));
    assert_false(time_read(TEXT("9999-12-31T23:59:59-01:00"), NULL, NULL, NULL, &instant, &is_date_only));
    assert_false(time_read(TEXT("9999-12-31T23:59:60Z"), NULL, NULL, NULL, &instant, &is_date_only));
    assert_int_equal(instant, 42);
    assert_int_equal(read_iso("9999-12-31", NULL, NULL), TIME_HIGHEST);
    assert_int_equal(read_iso("0001-01-01T00:00:00Z", NULL, NULL), TIME_LOWEST);
}

static void test_dates_as_written(void **state)
{
    (void)state;
    int32_t days = 42;
    assert_true(time_read_date(TEXT("2026-03-01"), NULL, &days));
    assert_int_equal(days, 20513);
    assert_true(time_read_date(TEXT("2026-03-01T23:30:00-08:00"), NULL, &days));
    assert_int_equal(days, 20513);
    assert_true(time_read_date(TEXT("1969-12-31T12:00"), NULL, &days));
    assert_int_equal(days, -1);
    assert_false(time_read_date(TEXT("2026-02-30"), NULL, &days));
    assert_int_equal(days, -1);
}

static void test_iso_dates(void **state)
{
    (void)state;
    static const char *const dates[] = {"0001-01-01", "2024-02-29", "2026-12-31", "9999-12-31"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
        if (!time_is_iso_date(text_from(dates[i])))
            fail_msg("%s is no date", dates[i]);
    static const char *const others[] = {
        "",           "0000-12-31", "2026-02-29", "2026-13-01",  "2026-00-01",  "2026-01-00",       "2026-1-01",
        "2026/01/01", "20260101",   "2026-01-0x", " 2026-01-01", "2026-01-01 ", "2026-01-01T10:00", "2026-01-011"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (time_is_iso_date(text_from(others[i])))
            fail_msg("'%s' is a date", others[i]);
}

static void assert_iso(int64_t instant, const char *expected)
{
    char out[TIME_ISO_SIZE];
    assert_int_equal(time_write_iso(instant, out), strlen(expected));
    assert_string_equal(out, expected);
}

static void test_writing(void **state)
{
    (void)state;
    assert_iso(INT64_C(1772366400000000), "2026-03-01T12:00:00Z");
    assert_iso(INT64_C(1772366400123456), "2026-03-01T12:00:00.123456Z");
    assert_iso(INT64_C(1772366400000001), "2026-03-01T12:00:00.000001Z");
    assert_iso(0, "1970-01-01T00:00:00Z");
    assert_iso(-1, "1969-12-31T23:59:59.999999Z");
    assert_iso(TIME_LOWEST, "0001-01-01T00:00:00Z");
    assert_iso(INT64_MAX, "9999-12-31T23:59:59.999999Z");
    assert_iso(INT64_MIN, "0001-01-01T00:00:00Z");
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* What is written is what the C library writes, and is read as what it was. */
static void test_round_trip_agrees_with_libc(void **state)
{
    (void)state;
    uint64_t seed = 20260301;
    for (int i = 0; i < 200000; i++) {
        uint64_t range = (uint64_t)(TIME_HIGHEST - TIME_LOWEST);
        int64_t instant = TIME_LOWEST + (int64_t)(next_random(&seed) % range);
        int64_t microsecond = (instant % TIME_SECOND + TIME_SECOND) % TIME_SECOND;
        time_t seconds = (instant - microsecond) / TIME_SECOND;
        struct tm parts;
        char expected[64], out[TIME_ISO_SIZE];
        gmtime_r(&seconds, &parts);
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (int)microsecond);
        time_write_iso(instant, out);
        if (microsecond)
            assert_string_equal(out, expected);
        assert_int_equal(read_iso(expected, NULL, NULL), instant);
        assert_int_equal(timegm(&parts) * TIME_SECOND + microsecond, instant);
    }
}

static void test_days_and_months_are_cut_in_the_zone(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    cleanup(zone_free_pointer) Zone *new_york = load("America/New_York");
    int64_t instant = INT64_C(1782864000000000) - 1800 * TIME_SECOND; /* 2026-06-30T23:30Z */
    assert_int_equal(time_local_date(instant, NULL), 20634);
    assert_int_equal(time_local_date(instant, berlin), 20635);
    assert_int_equal(time_local_date(instant, new_york), 20634);
    assert_int_equal(time_month_start(instant, NULL), 20605);   /* 2026-06-01 */
    assert_int_equal(time_month_start(instant, berlin), 20635); /* 2026-07-01 */
    assert_int_equal(time_local_date(-1, NULL), -1);
}

static void test_postgres_counts_from_2000(void **state)
{
    (void)state;
    assert_int_equal(time_to_postgres(INT64_C(946684800000000)), 0);
    assert_int_equal(time_to_postgres(0), INT64_C(-946684800000000));
    assert_int_equal(time_date_to_postgres(10957), 0);
    assert_int_equal(time_date_to_postgres(20513), 9556);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets_win_over_the_zone),
        cmocka_unit_test(test_a_time_without_offset_takes_its_source_zone),
        cmocka_unit_test(test_a_date_is_its_end_in_the_date_zone),
        cmocka_unit_test(test_instants_outside_the_years_are_refused),
        cmocka_unit_test(test_dates_as_written),
        cmocka_unit_test(test_iso_dates),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_round_trip_agrees_with_libc),
        cmocka_unit_test(test_days_and_months_are_cut_in_the_zone),
        cmocka_unit_test(test_postgres_counts_from_2000),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
