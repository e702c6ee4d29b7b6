#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)

static Zone *load(const char *name)
{
    Zone *zone = NULL;
    Error error = ERROR_INIT;
    if (zone_load(text_from(name), NULL, &zone, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    return zone;
}

/* Microseconds that a clock shows. */
static int64_t local(int year, int month, int day, int hour, int minute)
{
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    return timegm(&parts) * SECOND;
}

static void test_utc_needs_no_file(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(zone_free_pointer) Zone *zone = NULL;
    assert_int_equal(zone_load(TEXT("UTC"), "/nonexistent", &zone, &error), STATUS_OK);
    assert_string_equal(zone_name(zone), "UTC");
    assert_int_equal(zone_offset_at(zone, INT64_C(1772366400000000)), 0);
    assert_int_equal(zone_local_to_instant(zone, 12345), 12345);
    assert_int_equal(zone_offset_at(NULL, 0), 0);
    assert_int_equal(zone_local_to_instant(NULL, 12345), 12345);
    assert_string_equal(zone_name(NULL), "UTC");
}

static void test_gaps_shift_forward(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *new_york = load("America/New_York");
    /* 2026-03-08: 02:00 EST becomes 03:00 EDT at 07:00Z. */
    assert_int_equal(zone_local_to_instant(new_york, local(2026, 3, 8, 1, 59)), local(2026, 3, 8, 6, 59));
    assert_int_equal(zone_local_to_instant(new_york, local(2026, 3, 8, 2, 0)), local(2026, 3, 8, 7, 0));
    assert_int_equal(zone_local_to_instant(new_york, local(2026, 3, 8, 2, 30)), local(2026, 3, 8, 7, 30));
    assert_int_equal(zone_local_to_instant(new_york, local(2026, 3, 8, 3, 0)), local(2026, 3, 8, 7, 0));
    assert_int_equal(zone_local_to_instant(new_york, local(2026, 3, 8, 3, 30)), local(2026, 3, 8, 7, 30));
    assert_int_equal(zone_offset_at(new_york, local(2026, 3, 8, 7, 0) - 1), -18000);
    assert_int_equal(zone_offset_at(new_york, local(2026, 3, 8, 7, 0)), -14400);
}

static void test_overlaps_take_the_first(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    /* 2025-10-26: 03:00 CEST becomes 02:00 CET at 01:00Z. */
    assert_int_equal(zone_local_to_instant(berlin, local(2025, 10, 26, 2, 0)), local(2025, 10, 26, 0, 0));
    assert_int_equal(zone_local_to_instant(berlin, local(2025, 10, 26, 2, 30)), local(2025, 10, 26, 0, 30));
    assert_int_equal(zone_local_to_instant(berlin, local(2025, 10, 26, 3, 0)), local(2025, 10, 26, 2, 0));
    assert_int_equal(zone_instant_to_local(berlin, local(2025, 10, 26, 0, 30)), local(2025, 10, 26, 2, 30));
    assert_int_equal(zone_instant_to_local(berlin, local(2025, 10, 26, 1, 30)), local(2025, 10, 26, 2, 30));
}

static void test_unusual_changes(void **state)
{
    (void)state;
    /* Half an hour: 2025-10-05, 02:00 (+10:30) becomes 02:30 (+11) at 15:30Z of the day before. */
    cleanup(zone_free_pointer) Zone *lord_howe = load("Australia/Lord_Howe");
    assert_int_equal(zone_local_to_instant(lord_howe, local(2025, 10, 5, 2, 15)), local(2025, 10, 4, 15, 45));
    assert_int_equal(zone_instant_to_local(lord_howe, local(2025, 10, 4, 15, 45)), local(2025, 10, 5, 2, 45));
    /* Ramadan: an hour back on 2026-02-15 and forth on 2026-03-22. */
    cleanup(zone_free_pointer) Zone *casablanca = load("Africa/Casablanca");
    assert_int_equal(zone_offset_at(casablanca, local(2026, 2, 14, 0, 0)), 3600);
    assert_int_equal(zone_offset_at(casablanca, local(2026, 3, 1, 0, 0)), 0);
    assert_int_equal(zone_offset_at(casablanca, local(2026, 3, 23, 0, 0)), 3600);
    /* 2011-12-30 never was: from -10 to +14 at 10:00Z. A time of that day moves a day on. */
    cleanup(zone_free_pointer) Zone *apia = load("Pacific/Apia");
    assert_int_equal(zone_local_to_instant(apia, local(2011, 12, 29, 23, 59)), local(2011, 12, 30, 9, 59));
    assert_int_equal(zone_local_to_instant(apia, local(2011, 12, 30, 0, 0)), local(2011, 12, 30, 10, 0));
    assert_int_equal(zone_local_to_instant(apia, local(2011, 12, 30, 12, 0)), local(2011, 12, 30, 22, 0));
    assert_int_equal(zone_instant_to_local(apia, local(2011, 12, 30, 22, 0)), local(2011, 12, 31, 12, 0));
    assert_int_equal(zone_local_to_instant(apia, local(2011, 12, 31, 0, 0)), local(2011, 12, 30, 10, 0));
}

static void test_the_rule_holds_after_the_last_change(void **state)
{
    (void)state;
    cleanup(zone_free_pointer) Zone *berlin = load("Europe/Berlin");
    assert_int_equal(zone_offset_at(berlin, local(2040, 7, 1, 12, 0)), 7200);
    assert_int_equal(zone_offset_at(berlin, local(2040, 12, 1, 12, 0)), 3600);
    assert_int_equal(zone_offset_at(berlin, local(9998, 7, 1, 12, 0)), 7200);
    assert_int_equal(zone_local_to_instant(berlin, local(9998, 7, 1, 12, 0)), local(9998, 7, 1, 10, 0));
    assert_int_equal(zone_offset_at(berlin, local(9998, 12, 1, 12, 0)), 3600);
    /* South of the equator summer holds over the new year. */
    cleanup(zone_free_pointer) Zone *sydney = load("Australia/Sydney");
    assert_int_equal(zone_offset_at(sydney, local(2300, 1, 1, 0, 0)), 39600);
    assert_int_equal(zone_offset_at(sydney, local(2300, 7, 1, 0, 0)), 36000);
    assert_int_equal(zone_offset_at(sydney, local(2299, 12, 31, 23, 0)), 39600);
}

static void libc_zone(const char *name)
{
    char value[128];
    snprintf(value, sizeof value, ":%s", name);
    setenv("TZ", value, 1);
    tzset();
}

static int64_t libc_offset(time_t seconds)
{
    struct tm parts;
    assert_non_null(localtime_r(&seconds, &parts));
    return parts.tm_gmtoff;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* By the rule, from the C library's offsets: the first instant that shows this local time; with none, the offset from
 * before the gap. Nothing within 36 hours but one change. */
static int64_t libc_instant(time_t shown)
{
    int64_t before = libc_offset(shown - 129600), after = libc_offset(shown + 129600);
    int64_t instant = shown - before;
    if (libc_offset(instant) == before)
        return instant;
    return libc_offset(shown - after) == after ? shown - after : instant;
}

static void compare_offsets(const Zone *zone, time_t seconds)
{
    if (zone_offset_at(zone, seconds * SECOND) != libc_offset(seconds))
        fail_msg("%s at %lld: %d instead of %lld", zone_name(zone), (long long)seconds,
                 zone_offset_at(zone, seconds * SECOND), (long long)libc_offset(seconds));
}

/* Both ways through the days around a change. */
static void compare_days(const Zone *zone, time_t seconds)
{
    for (time_t shown = seconds - 86400; shown < seconds + 2 * 86400; shown += 600) {
        compare_offsets(zone, shown);
        if (zone_local_to_instant(zone, shown * SECOND) != libc_instant(shown) * SECOND)
            fail_msg("%s: local %lld is %lld instead of %lld", zone_name(zone), (long long)shown,
                     (long long)(zone_local_to_instant(zone, shown * SECOND) / SECOND), (long long)libc_instant(shown));
    }
}

static void compare_with_libc(const char *name)
{
    cleanup(zone_free_pointer) Zone *zone = load(name);
    libc_zone(name);
    uint64_t seed = 4711;
    time_t seconds = local(1970, 1, 1, 0, 0) / SECOND, near = local(2045, 1, 1, 0, 0) / SECOND;
    for (; seconds < near; seconds += 1 + (time_t)(next_random(&seed) % 200000)) {
        compare_offsets(zone, seconds);
        if (libc_offset(seconds) != libc_offset(seconds + 86400))
            compare_days(zone, seconds);
    }
    for (time_t far = local(2900, 1, 1, 0, 0) / SECOND; seconds < far;
         seconds += (time_t)(next_random(&seed) % 4000000))
        compare_offsets(zone, seconds);
}

static void test_agrees_with_libc(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/Berlin",     "Europe/London",    "Europe/Dublin",  "America/New_York",    "America/Los_Angeles",
        "America/Sao_Paulo", "America/St_Johns", "America/Nuuk",   "Australia/Lord_Howe", "Australia/Sydney",
        "Africa/Casablanca", "Asia/Kolkata",     "Asia/Kathmandu", "Asia/Tehran",         "Asia/Gaza",
        "Antarctica/Troll",  "Pacific/Chatham",  "Asia/Tokyo",     "Africa/Cairo",        "America/Santiago",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        compare_with_libc(names[i]);
    unsetenv("TZ");
    tzset();
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "/etc/localtime",
        "../../../etc/passwd",
        "Europe/../Europe/Berlin",
        "Europe",
        "Europe/",
        "Mars/Olympus",
        "Europe/Berlin ",
        "Europe/Berlin\n",
        "tzdata.zi",
        "europe.berlin",
        "Europe/Berlinxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Zone *zone = NULL;
        Error error = ERROR_INIT;
        if (zone_load(text_from(bad[i]), NULL, &zone, &error) == STATUS_OK)
            fail_msg("\"%s\" is accepted", bad[i]);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_true(error.hint[0] != '\0');
        assert_null(zone);
    }
}

/* A TZif file in the making. */
typedef struct File {
    char bytes[1024];
    size_t size;
} File;

static void put(File *file, const void *bytes, size_t size)
{
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

static void put_number(File *file, int64_t value, int size)
{
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        char byte = (char)((uint64_t)value >> shift);
        put(file, &byte, 1);
    }
}

static void put_header(File *file, char version, int leaps, int changes, int types)
{
    put(file, "TZif", 4);
    put(file, &version, 1);
    put(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
    put_number(file, 0, 4);
    put_number(file, 0, 4);
    put_number(file, leaps, 4);
    put_number(file, changes, 4);
    put_number(file, types, 4);
    put_number(file, 4, 4);
}

static void put_type(File *file, int32_t offset)
{
    put_number(file, offset, 4);
    put(file, "\0\0", 2);
}

/* One change, at 1000 seconds, from an hour east to two. */
static void put_block(File *file, char version, int time_size)
{
    put_header(file, version, 0, 1, 2);
    put_number(file, 1000, time_size);
    put_number(file, 1, 1);
    put_type(file, 3600);
    put_type(file, 7200);
    put(file, "AAA", 4);
}

static File file_of_version_2(const char *footer)
{
    File file = {.size = 0};
    put_block(&file, '2', 4);
    put_block(&file, '2', 8);
    put(&file, footer, strlen(footer));
    return file;
}

static Status parse(const File *file, Zone **ret_zone, Error *error)
{
    /* In memory of the exact size, so that a read past the end is seen. */
    char *bytes = malloc(file->size + !file->size);
    assert_non_null(bytes);
    memcpy(bytes, file->bytes, file->size);
    Status status = zone_parse(TEXT("Test/Zone"), (Text){bytes, file->size}, ret_zone, error);
    free(bytes);
    return status;
}

static void assert_refused(const File *file, const char *message)
{
    Error error = ERROR_INIT;
    Zone *zone = NULL;
    assert_int_equal(parse(file, &zone, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(zone);
    if (message)
        assert_non_null(strstr(error.message, message));
}

static void test_version_1(void **state)
{
    (void)state;
    File file = {.size = 0};
    put_block(&file, '\0', 4);
    Error error = ERROR_INIT;
    cleanup(zone_free_pointer) Zone *zone = NULL;
    assert_int_equal(parse(&file, &zone, &error), STATUS_OK);
    assert_string_equal(zone_name(zone), "Test/Zone");
    assert_int_equal(zone_offset_at(zone, 999 * SECOND), 3600);
    assert_int_equal(zone_offset_at(zone, 1000 * SECOND), 7200);
    assert_int_equal(zone_offset_at(zone, local(2100, 1, 1, 0, 0)), 7200);
    assert_int_equal(zone_offset_at(zone, local(1, 1, 1, 0, 0)), 3600);
}

static void test_version_2_with_a_rule(void **state)
{
    (void)state;
    File file = file_of_version_2("\nEET-2EEST,M3.5.0/3,M10.5.0/4\n");
    Error error = ERROR_INIT;
    cleanup(zone_free_pointer) Zone *zone = NULL;
    assert_int_equal(parse(&file, &zone, &error), STATUS_OK);
    assert_int_equal(zone_offset_at(zone, 999 * SECOND), 3600);
    assert_int_equal(zone_offset_at(zone, 1000 * SECOND), 7200);
    assert_int_equal(zone_offset_at(zone, local(2026, 3, 29, 0, 59)), 7200);
    assert_int_equal(zone_offset_at(zone, local(2026, 3, 29, 1, 0)), 10800);
    assert_int_equal(zone_offset_at(zone, local(2026, 10, 25, 1, 0)), 7200);
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    File whole = file_of_version_2("\nEET-2EEST,M3.5.0/3,M10.5.0/4\n");
    for (size_t size = 0; size < whole.size; size++) {
        File cut = whole;
        cut.size = size;
        assert_refused(&cut, NULL);
    }
    File file = whole;
    file.bytes[0] = 'X';
    assert_refused(&file, "is not TZif");
    file = file_of_version_2("\nEET-2EEST,M3.5.0/3,M13.5.0/4\n");
    assert_refused(&file, "rule that cannot be read");
    file = file_of_version_2("EET-2\n");
    assert_refused(&file, "last line");
}

static void test_impossible_contents_are_refused(void **state)
{
    (void)state;
    File file = {.size = 0};
    put_header(&file, '\0', 0, 0, 0);
    put(&file, "AAA", 4);
    assert_refused(&file, "no types");

    file = (File){.size = 0};
    put_header(&file, '\0', 0, 0, -1);
    assert_refused(&file, "cut short");

    file = (File){.size = 0};
    put_header(&file, '\0', 0, 1, 1);
    put_number(&file, 1000, 4);
    put_number(&file, 1, 1);
    put_type(&file, 0);
    put(&file, "AAA", 4);
    assert_refused(&file, "type that it does not have");

    file = (File){.size = 0};
    put_header(&file, '\0', 0, 2, 1);
    put_number(&file, 1000, 4);
    put_number(&file, 1000, 4);
    put_number(&file, 0, 2);
    put_type(&file, 0);
    put(&file, "AAA", 4);
    assert_refused(&file, "out of order");

    file = (File){.size = 0};
    put_header(&file, '\0', 0, 0, 1);
    put_type(&file, INT32_MIN);
    put(&file, "AAA", 4);
    assert_refused(&file, "26 hours");

    file = (File){.size = 0};
    put_header(&file, '\0', 1, 0, 1);
    put_type(&file, 0);
    put(&file, "AAA", 4);
    put_number(&file, 78796800, 4);
    put_number(&file, 1, 4);
    assert_refused(&file, "leap seconds");
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    char folder[] = "/tmp/zone_test.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Empty", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    Zone *zone = NULL;
    Error error = ERROR_INIT;
    assert_int_equal(zone_load(TEXT("Empty"), folder, &zone, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(zone_load(TEXT("Empty"), folder, &zone, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
    unlink(path);
    rmdir(folder);
    zone_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utc_needs_no_file),
        cmocka_unit_test(test_gaps_shift_forward),
        cmocka_unit_test(test_overlaps_take_the_first),
        cmocka_unit_test(test_unusual_changes),
        cmocka_unit_test(test_the_rule_holds_after_the_last_change),
        cmocka_unit_test(test_agrees_with_libc),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_version_2_with_a_rule),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_impossible_contents_are_refused),
        cmocka_unit_test(test_files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
