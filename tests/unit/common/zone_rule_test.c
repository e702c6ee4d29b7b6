#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/zone_rule.h"

#include <time.h>

static ZoneRule parse(const char *text)
{
    ZoneRule rule = {0};
    if (!zone_rule_parse(text_from(text), &rule))
        fail_msg("%s is refused", text);
    return rule;
}

static int64_t local_seconds(int year, int month, int day, int hour)
{
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour};
    return timegm(&parts);
}

static void test_offsets(void **state)
{
    (void)state;
    assert_int_equal(parse("JST-9").standard, 32400);
    assert_false(parse("JST-9").has_daylight);
    assert_int_equal(parse("<-03>3").standard, -10800);
    assert_int_equal(parse("<+0545>-5:45").standard, 20700);
    assert_int_equal(parse("LMT0:53:28").standard, -3208);
    ZoneRule rule = parse("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(rule.standard, 3600);
    assert_int_equal(rule.daylight, 7200);
    rule = parse("IST-1GMT0,M10.5.0,M3.5.0/1");
    assert_int_equal(rule.daylight, 0);
    rule = parse("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
    assert_int_equal(rule.daylight, 39600);
}

static void test_dates(void **state)
{
    (void)state;
    ZoneRule rule = parse("EST5EDT,M3.2.0,M11.1.0");
    assert_int_equal(zone_rule_local_seconds(&rule.start, 2026), local_seconds(2026, 3, 8, 2));
    assert_int_equal(zone_rule_local_seconds(&rule.end, 2026), local_seconds(2026, 11, 1, 2));
    rule = parse("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(zone_rule_local_seconds(&rule.start, 2026), local_seconds(2026, 3, 29, 2));
    assert_int_equal(zone_rule_local_seconds(&rule.end, 2026), local_seconds(2026, 10, 25, 3));
    /* J60 is the first of March in every year; 59 is the 29th of February in a leap year. */
    rule = parse("AAA0BBB,J60,59/0");
    assert_int_equal(zone_rule_local_seconds(&rule.start, 2024), local_seconds(2024, 3, 1, 2));
    assert_int_equal(zone_rule_local_seconds(&rule.start, 2025), local_seconds(2025, 3, 1, 2));
    assert_int_equal(zone_rule_local_seconds(&rule.end, 2024), local_seconds(2024, 2, 29, 0));
    assert_int_equal(zone_rule_local_seconds(&rule.end, 2025), local_seconds(2025, 3, 1, 0));
    /* An hour before the midnight that begins the day, and a day after. */
    rule = parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/24");
    assert_int_equal(zone_rule_local_seconds(&rule.start, 2026), local_seconds(2026, 3, 28, 23));
    assert_int_equal(zone_rule_local_seconds(&rule.end, 2026), local_seconds(2026, 10, 26, 0));
}

static void test_anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "CET",
        "CE-1",
        "-1",
        "CET-25",
        "CET-1:60",
        "CET-1x",
        "<CET-1",
        "<>-1",
        "CET-1CEST",
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,0,366",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M3.5.0,M10.5.0,M1.1.1",
        "CET-99999999999999999999",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ZoneRule rule = {.standard = 42};
        if (zone_rule_parse(text_from(bad[i]), &rule))
            fail_msg("%s is accepted", bad[i]);
        assert_int_equal(rule.standard, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_anything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
