#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_format.h"

static TimeFormat compile(const char *text)
{
    TimeFormat format = {0};
    Error error = ERROR_INIT;
    if (time_format_compile(text_from(text), &format, &error) != STATUS_OK)
        fail_msg("%s: %s", text, error.message);
    return format;
}

/* The seconds that a text's clock shows, whatever its offset. */
static int64_t clock_seconds(const char *format_text, const char *text)
{
    TimeFormat format = compile(format_text);
    TimeReading reading;
    if (!time_format_parse(&format, text_from(text), &reading))
        fail_msg("%s is refused as %s", text, format_text);
    return reading.local / TIME_SECOND;
}

static bool is_read(const char *format_text, const char *text)
{
    TimeFormat format = compile(format_text);
    TimeReading reading = {.local = 42};
    bool is_good = time_format_parse(&format, text_from(text), &reading);
    if (!is_good)
        assert_int_equal(reading.local, 42);
    return is_good;
}

static void test_iso_is_read(void **state)
{
    (void)state;
    static const char *const good[] = {
        "2026-03-01",
        "2024-02-29",
        "0001-01-01",
        "2026-03-01T12:00",
        "2026-03-01 12:00",
        "2026-03-01t12:00z",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00:00.1",
        "2026-03-01T12:00:00,123456789",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00+01",
        "2026-03-01T12:00:00-0330",
        "2026-03-01T12:00:00.5+05:45",
        "2026-03-01 12:00:00.000 UTC",
        "2026-03-01 12:00:00 +0000",
        "2026-03-01 23:59:60",
        "2026-03-01 23:59:60.5Z",
        "2017-01-01T00:59:60+01:00",
        "2026-03-01T00:00:00-15:59",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!is_read("iso", good[i]))
            fail_msg("%s is refused", good[i]);
}

static void test_what_is_not_iso_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "2026",
        "2026-03",
        "2026-3-1",
        "20260301",
        "2026/03/01",
        "2023-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-32",
        "0000-01-01",
        "-001-01-01",
        "2026-03-01T",
        "2026-03-01T12",
        "2026-03-01T1:00",
        "2026-03-01T24:00",
        "2026-03-01T12:60",
        "2026-03-01T12:00:60",
        "2026-03-01T12:00:61",
        "2026-03-01T23:59:61",
        "2026-03-01T23:59:60+01:00",
        "2026-03-01T12:00:",
        "2026-03-01T12:00:00.",
        "2026-03-01T12:00:00.1234567890",
        "2026-03-01T12:00.5",
        "2026-03-01T12:00:00 Z",
        "2026-03-01T12:00:00Z ",
        " 2026-03-01T12:00:00Z",
        "2026-03-01  12:00:00",
        "2026-03-01T12:00:00ZZ",
        "2026-03-01T12:00:00Z-0300",
        "2026-03-01T12:00:00 PST",
        "2026-03-01T12:00:00+1",
        "2026-03-01T12:00:00+01:",
        "2026-03-01T12:00:00+01:0",
        "2026-03-01T12:00:00+010",
        "2026-03-01T12:00:00+01:60",
        "2026-03-01T12:00:00+16:00",
        "2026-03-01T12:00:00--01:00",
        "2026-03-01Z",
        "2026-03-01T12:00:0\xc2\xb2",
        "now",
        "1772366400",
        "epoch",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (is_read("iso", bad[i]))
            fail_msg("%s is read", bad[i]);
    TimeReading reading;
    assert_false(time_parse_iso(TEXT_NULL, &reading));
    assert_false(time_parse_iso(TEXT("2026-03-01\0"), &reading));
}

static void test_readings_say_what_was_there(void **state)
{
    (void)state;
    TimeReading reading;
    assert_true(time_parse_iso(TEXT("2026-03-01"), &reading));
    assert_false(reading.has_time);
    assert_false(reading.has_offset);
    assert_int_equal(reading.local, INT64_C(1772323200000000));
    assert_true(time_parse_iso(TEXT("2026-03-01T12:00"), &reading));
    assert_true(reading.has_time);
    assert_false(reading.has_offset);
    assert_true(time_parse_iso(TEXT("2026-03-01T12:00:00.9999999-05:30"), &reading));
    assert_true(reading.has_offset);
    assert_int_equal(reading.offset, -19800);
    assert_int_equal(reading.local, INT64_C(1772366400999999)); /* cut, not rounded */
}

static void test_configured_formats(void **state)
{
    (void)state;
    assert_int_equal(clock_seconds("%m/%d/%y %H:%M", "1/24/18 3:12"), 1516763520);
    assert_int_equal(clock_seconds("%m/%d/%y %H:%M", "01/24/18 03:12"), 1516763520);
    assert_int_equal(clock_seconds("%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:20:55:36 -0700"), 971211336);
    assert_int_equal(clock_seconds("%a, %d %b %Y %T %Z", "Sun, 01 Mar 2026 12:00:00 GMT"), 1772366400);
    assert_int_equal(clock_seconds("%Y%m%dT%H%M%S", "20260301T120000"), 1772366400);
    assert_int_equal(clock_seconds("%F %T", "2026-03-01 12:00:00"), 1772366400);
    assert_int_equal(clock_seconds("%D %T", "03/01/26 12:00:00"), 1772366400);
    assert_int_equal(clock_seconds("%B %e, %Y %I:%M %p", "march  1, 2026 12:00 pm"), 1772366400);
    assert_int_equal(clock_seconds("%b %d %Y %I:%M%p", "Mar 1 2026 12:00AM"), 1772323200);
    assert_int_equal(clock_seconds("%d.%m.%Y", "1.3.2026"), 1772323200);
    assert_int_equal(clock_seconds("%Y-%m-%d %H:%M:%S.%f", "2026-03-01 12:00:00.123"), 1772366400);
    assert_int_equal(clock_seconds("100%% %F", "100% 2026-03-01"), 1772323200);
    /* POSIX: 69 to 99 are of the last century. */
    assert_int_equal(clock_seconds("%d.%m.%y", "01.01.69"), -31536000);
    assert_int_equal(clock_seconds("%d.%m.%y", "01.01.68"), INT64_C(3092601600));
}

static void test_epochs(void **state)
{
    (void)state;
    TimeReading reading;
    TimeFormat seconds = compile("epoch"), milliseconds = compile("epoch_ms"), microseconds = compile("epoch_us");
    assert_true(time_format_parse(&seconds, TEXT("1772366400"), &reading));
    assert_int_equal(reading.local, INT64_C(1772366400000000));
    assert_true(reading.has_time && reading.has_offset && reading.offset == 0);
    assert_true(time_format_parse(&seconds, TEXT("-1.5"), &reading));
    assert_int_equal(reading.local, -1500000);
    assert_true(time_format_parse(&milliseconds, TEXT("1772366400123"), &reading));
    assert_int_equal(reading.local, INT64_C(1772366400123000));
    assert_true(time_format_parse(&microseconds, TEXT("1772366400123456"), &reading));
    assert_int_equal(reading.local, INT64_C(1772366400123456));
    assert_false(is_read("epoch", "1772366400123")); /* milliseconds by mistake: the year 58134 */
    assert_false(is_read("epoch", "999999999999999999"));
    assert_false(is_read("epoch", "9223372036854775808"));
    assert_false(is_read("epoch", "1e9"));
    assert_false(is_read("epoch", "+1"));
    assert_false(is_read("epoch", "-"));
    assert_false(is_read("epoch", "1."));
    assert_false(is_read("epoch_ms", "1.5"));
}

static void test_strict_in_configured_formats(void **state)
{
    (void)state;
    assert_false(is_read("%m/%d/%Y", "2/29/2023"));
    assert_false(is_read("%m/%d/%Y", "1/24/18"));
    assert_false(is_read("%m/%d/%y", "1/24/2018"));
    assert_false(is_read("%m/%d/%y", "1 /24/18"));
    assert_false(is_read("%Y%m%d", "2026118"));
    assert_false(is_read("%Y%m%d", "2026011"));
    assert_false(is_read("%d %b %Y", "1 Mai 2026"));
    assert_false(is_read("%d %b %Y", "1 Marc 2026"));
    assert_false(is_read("%F %I:%M %p", "2026-03-01 13:00 PM"));
    assert_false(is_read("%F %I:%M %p", "2026-03-01 0:30 AM"));
    assert_false(is_read("%F %H:%M", "2026-03-01 12:5"));
    assert_false(is_read("%F %T", "2026-03-01 12:00:00.5"));
    assert_false(is_read("%F %T %Z", "2026-03-01 12:00:00 CET"));
    assert_false(is_read("%F", "2026-03-01 "));
    assert_false(is_read("%F", ""));
}

static void test_formats_that_make_no_date_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",      "foo",   "ISO",   "%Y-%m",       "%q",          "%",        "%F %",
        "%F %Y", "%H:%M", "%F %M", "%F %H:%S",    "%F %H:%M.%f", "%F %I:%M", "%F %H:%M %p",
        "%F %z", "%s %F", "%s %z", "%F %T %z %Z", "%Ex",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        TimeFormat format = {.count = 42};
        Error error = ERROR_INIT;
        if (time_format_compile(text_from(bad[i]), &format, &error) == STATUS_OK)
            fail_msg("%s is accepted", bad[i]);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_int_equal(format.count, 42);
    }
    Error error = ERROR_INIT;
    TimeFormat format;
    char long_format[200];
    memset(long_format, 'x', sizeof long_format);
    assert_int_equal(time_format_compile((Text){long_format, sizeof long_format}, &format, &error), STATUS_ERROR);
    time_format_compile(TEXT("%F %q"), &format, &error);
    assert_string_equal(error.message, "time format: %q is not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iso_is_read),
        cmocka_unit_test(test_what_is_not_iso_is_refused),
        cmocka_unit_test(test_readings_say_what_was_there),
        cmocka_unit_test(test_configured_formats),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_strict_in_configured_formats),
        cmocka_unit_test(test_formats_that_make_no_date_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
