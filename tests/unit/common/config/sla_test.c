#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char stages[] = "stages:\n  - {name: mql, did: \"true\"}\n  - {name: sql, did: \"true\"}\n";

static Status load(const char *sla, Config *config, Error *error)
{
    char path[] = "/tmp/closedloop-sla-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *stream = fdopen(file, "w");
    assert_non_null(stream);
    fprintf(stream, "%ssla:\n%s", stages, sla);
    fclose(stream);
    Status status = config_load(path, config, error);
    unlink(path);
    return status;
}

static void assert_refused(const char *sla, const char *message)
{
    Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(load(sla, &config, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
    if (!strstr(error.message, message))
        fail_msg("%s does not say: %s", error.message, message);
}

static void assert_opening(const SlaOpening *opening, int weekday, int opens, int closes)
{
    assert_int_equal(opening->weekday, weekday);
    assert_int_equal(opening->opens, opens);
    assert_int_equal(opening->closes, closes);
}

static void reads_both_promises(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(
        load("  marketing: {stage: mql, per_month: 200}\n"
             "  sales: {after: sql, first_contact_within: 8h, hours: \"Fri 09:00-14:00, Mon-Tue 13:00-17:30,"
             " mon-tue 08:00-12:00\", holidays: [2026-12-25, 2028-02-29], missed: ['no answer']}\n",
             &config, &error),
        STATUS_OK);
    const SlaSales *sales = &config.sla.sales;
    assert_string_equal(config.sla.marketing.stage, "mql");
    assert_int_equal(config.sla.marketing.per_month, 200);
    assert_string_equal(sales->after, "sql");
    assert_int_equal(sales->first_contact_within, 8 * 3600);
    assert_int_equal(sales->opening_count, 5);
    assert_opening(&sales->openings[0], 1, 8 * 60, 12 * 60);
    assert_opening(&sales->openings[1], 1, 13 * 60, 17 * 60 + 30);
    assert_opening(&sales->openings[2], 2, 8 * 60, 12 * 60);
    assert_opening(&sales->openings[3], 2, 13 * 60, 17 * 60 + 30);
    assert_opening(&sales->openings[4], 5, 9 * 60, 14 * 60);
    assert_int_equal(sales->holidays.count, 2);
    assert_int_equal(sales->kinds.count, 0);
    assert_int_equal(sales->missed.count, 1);
}

static void nothing_is_promised_unless_said(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(load("  marketing: {stage: mql, per_month: 1}\n", &config, &error), STATUS_OK);
    assert_null(config.sla.sales.after);
    assert_int_equal(config.sla.sales.opening_count, 0);
}

static void business_hours_are_unless_said_those_of_offices(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(load("  sales: {after: sql, first_contact_within: 2h}\n", &config, &error), STATUS_OK);
    assert_int_equal(config.sla.sales.opening_count, 5);
    assert_opening(&config.sla.sales.openings[4], 5, 9 * 60, 17 * 60);
}

static void refuses_what_nobody_can_keep(void **state)
{
    (void)state;
    assert_refused("  marketing: {stage: mqll, per_month: 1}\n", "there is no stage 'mqll'");
    assert_refused("  sales: {after: won, first_contact_within: 2h}\n", "there is no stage 'won'");
    assert_refused("  sales: {after: sql}\n", "first_contact_within");
    assert_refused("  marketing: {stage: mql, per_month: 0}\n", "must be from 1");
    static const char *const hours[] = {"Mon 9:00-17:00",          "Mon 09:00-09:00",
                                        "Mon 17:00-09:00",         "Fri-Mon 09:00-17:00",
                                        "Mun 09:00-17:00",         "Mon09:00-17:00",
                                        "Mon 09:00-24:01",         "Mon 09:60-17:00",
                                        "Mon 09:00-17:00 o'clock", "Mon-Fri 09:00-17:00, Wed 16:59-18:00"};
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++) {
        char sla[256];
        snprintf(sla, sizeof sla, "  sales: {after: sql, first_contact_within: 2h, hours: \"%s\"}\n", hours[i]);
        assert_refused(sla, "are no business hours");
    }
    assert_refused("  sales: {after: sql, first_contact_within: 2h, holidays: [2026-02-29]}\n",
                   "'2026-02-29' is no day such as 2026-12-25");
    assert_refused("  sales: {after: sql, first_contact_within: 2h, holidays: [2026-12-25, 2026-12-25]}\n",
                   "the holiday 2026-12-25 is given twice");
    assert_refused("  sales: {after: sql, first_contact_within: 2h, timezone: Europe/Berlon}\n", "Europe/Berlon");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_promises),
        cmocka_unit_test(nothing_is_promised_unless_said),
        cmocka_unit_test(business_hours_are_unless_said_those_of_offices),
        cmocka_unit_test(refuses_what_nobody_can_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
