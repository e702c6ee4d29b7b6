#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/value.h"

#include <stdlib.h>

/* Rules of a source that writes "1.234,5" and has times of Berlin; zones are not needed for what is tested here. */
static SourceRules rules = {.time_format_count = 1, .style = {.decimal = ',', .group = '.', .has_parentheses = true}};
static Arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena = arena_make(1 << 20);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* Reads one value of a record; the others are absent. */
static Value read_one(RecordKind kind, int field, Text raw, Failure *failure)
{
    Value values[RECORD_FIELDS_MAX];
    Record record = {.line = 1};
    record.values[field] = raw;
    *failure = (Failure){0};
    values_read(&rules, kind, &record, &arena, values, failure);
    return values[field];
}

static Value read_good(RecordKind kind, int field, const char *raw)
{
    Failure failure;
    Value value = read_one(kind, field, text_from(raw), &failure);
    if (value.state != VALUE_SET)
        fail_msg("'%s': %s %s", raw, failure.code, failure.reason);
    return value;
}

static void check_bad(RecordKind kind, int field, const char *raw, const char *code)
{
    Failure failure;
    Value value = read_one(kind, field, text_from(raw), &failure);
    if (value.state != VALUE_BAD)
        fail_msg("'%s' is taken", raw);
    assert_null(value.text.data);
    assert_string_equal(failure.code, code);
    assert_string_equal(failure.field, record_spec(kind)->fields[field].name);
}

static void test_text_is_trimmed(void **state)
{
    Failure failure;
    (void)state;
    assert_true(text_is(read_good(RECORD_LEAD, LEAD_NAME, " Ann\t\n").text, "Ann"));
    assert_int_equal(read_one(RECORD_LEAD, LEAD_NAME, TEXT(" \t "), &failure).state, VALUE_ABSENT);
    assert_int_equal(read_one(RECORD_LEAD, LEAD_NAME, TEXT_NULL, &failure).state, VALUE_ABSENT);
}

/* 2026-03-01T12:00:00Z is 1772366400 seconds after 1970. */
static void test_time_formats_are_tried_in_order(void **state)
{
    Error error;
    (void)state;
    assert_int_equal(time_format_compile(TEXT("epoch_ms"), &rules.time_formats[1], &error), STATUS_OK);
    check_bad(RECORD_DEAL, DEAL_CREATED_AT, "1772366400000", "bad_time");
    check_bad(RECORD_COST, COST_DAY, "1772366400000", "bad_time");
    rules.time_format_count = 2;
    assert_int_equal(read_good(RECORD_DEAL, DEAL_CREATED_AT, "1772366400000").number, 1772366400 * 1000000LL);
    assert_int_equal(read_good(RECORD_DEAL, DEAL_CREATED_AT, "2026-03-01T12:00:00Z").number, 1772366400 * 1000000LL);
    assert_int_equal(read_good(RECORD_COST, COST_DAY, "1772366400000").number, 1772366400 / 86400);
    check_bad(RECORD_DEAL, DEAL_CREATED_AT, "01.03.2026", "bad_time");
    rules.time_format_count = 1;
}

static void test_text_ceiling(void **state)
{
    Failure failure;
    char text[VALUE_MAX + 2];
    (void)state;
    memset(text, 'a', sizeof text);
    text[VALUE_MAX] = ' ';
    assert_int_equal(read_one(RECORD_LEAD, LEAD_NAME, (Text){text, VALUE_MAX + 1}, &failure).state, VALUE_SET);
    text[VALUE_MAX] = 'a';
    assert_int_equal(read_one(RECORD_LEAD, LEAD_NAME, (Text){text, VALUE_MAX + 1}, &failure).state, VALUE_BAD);
    assert_string_equal(failure.code, "too_long");
}

static void test_text_must_be_storable(void **state)
{
    Failure failure;
    (void)state;
    check_bad(RECORD_LEAD, LEAD_NAME, "\xC3", "bad_text");
    check_bad(RECORD_LEAD, LEAD_NAME, "\xED\xA0\x80", "bad_text");
    assert_int_equal(read_one(RECORD_LEAD, LEAD_NAME, TEXT("a\0b"), &failure).state, VALUE_BAD);
}

static void test_integers(void **state)
{
    (void)state;
    assert_int_equal(read_good(RECORD_LEAD, LEAD_EMPLOYEES, "0").number, 0);
    assert_int_equal(read_good(RECORD_LEAD, LEAD_EMPLOYEES, "007").number, 7);
    assert_int_equal(read_good(RECORD_LEAD, LEAD_EMPLOYEES, "2147483647").number, INT32_MAX);
    assert_int_equal(read_good(RECORD_LEAD, LEAD_EMPLOYEES, "1.200").number, 1200);
    assert_int_equal(read_good(RECORD_LEAD, LEAD_EMPLOYEES, "50,0").number, 50);
    check_bad(RECORD_LEAD, LEAD_EMPLOYEES, "2147483648", "bad_number");
    check_bad(RECORD_LEAD, LEAD_EMPLOYEES, "99999999999999999999", "bad_number");
    check_bad(RECORD_LEAD, LEAD_EMPLOYEES, "-1", "bad_number");
    check_bad(RECORD_LEAD, LEAD_EMPLOYEES, "1,5", "bad_number");
    check_bad(RECORD_LEAD, LEAD_EMPLOYEES, "50-100", "bad_number");
}

static void test_booleans(void **state)
{
    static const char *const yes[] = {"true", "TRUE", "Yes", "t", "Y", "1", "on"};
    static const char *const no[] = {"false", "No", "F", "n", "0", "OFF"};
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_int_equal(read_good(RECORD_LEAD, LEAD_IS_DELETED, yes[i]).number, 1);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_int_equal(read_good(RECORD_LEAD, LEAD_IS_DELETED, no[i]).number, 0);
    check_bad(RECORD_LEAD, LEAD_IS_DELETED, "2", "bad_boolean");
    check_bad(RECORD_LEAD, LEAD_IS_DELETED, "null", "bad_boolean");
}

static void test_amounts(void **state)
{
    (void)state;
    Decimal amount = read_good(RECORD_DEAL, DEAL_AMOUNT, "1.234,50").decimal;
    assert_true(amount.coefficient == 123450 && amount.scale == 2);
    amount = read_good(RECORD_DEAL, DEAL_AMOUNT, "(12)").decimal;
    assert_true(amount.coefficient == -12 && amount.scale == 0);
    check_bad(RECORD_DEAL, DEAL_AMOUNT, "12 €", "bad_amount");
    check_bad(RECORD_RATE, RATE_RATE, "nan", "bad_number");
}

static void test_dates_and_times(void **state)
{
    (void)state;
    assert_int_equal(read_good(RECORD_COST, COST_DAY, "2026-03-01").number, 20513);
    assert_int_equal(read_good(RECORD_COST, COST_DAY, "2026-03-01T23:30:00-05:00").number, 20513);
    assert_int_equal(read_good(RECORD_DEAL, DEAL_CREATED_AT, "2026-03-01T00:00:00Z").number, INT64_C(1772323200000000));
    check_bad(RECORD_COST, COST_DAY, "2026-02-29", "bad_time");
    check_bad(RECORD_DEAL, DEAL_CREATED_AT, "yesterday", "bad_time");
}

static void check_addresses(const char *raw, const char *expected)
{
    Value value = read_good(RECORD_LEAD, LEAD_OTHER_EMAILS, raw);
    const char *all = "";
    for (size_t i = 0; i < value.list.count; i++)
        all = arena_printf(&arena, "%s%s%.*s", all, i ? " " : "", TEXT_PRINTF(value.list.items[i]));
    assert_string_equal(all, expected);
}

static void test_addresses(void **state)
{
    (void)state;
    assert_true(text_is(read_good(RECORD_LEAD, LEAD_EMAIL, "<Ann@Example.COM>").text, "ann@example.com"));
    check_bad(RECORD_LEAD, LEAD_EMAIL, "ann@", "bad_email");
    check_addresses("a@b.example", "a@b.example");
    check_addresses(";;", "");
    check_addresses("a@b.example;c@d.example,e@f.example g@h.example\n",
                    "a@b.example c@d.example e@f.example g@h.example");
    check_addresses("Ann Lee <a@b.example>; c@d.example", "a@b.example c@d.example");
    check_bad(RECORD_LEAD, LEAD_OTHER_EMAILS, "a@b.example; none", "bad_email");
    /* As short as they can be, and as many as fit. */
    check_addresses("a@b.c a@b.c a@b.c a@b.c a@b.c a@b.c a@b.c", "a@b.c a@b.c a@b.c a@b.c a@b.c a@b.c a@b.c");
}

static void test_first_failure_is_told(void **state)
{
    Value values[RECORD_FIELDS_MAX];
    Failure failure = {0};
    Record record = {.line = 1};
    (void)state;
    record.values[DEAL_AMOUNT] = TEXT("x");
    record.values[DEAL_CURRENCY] = TEXT("x");
    record.values[DEAL_NAME] = TEXT("still read");
    assert_false(values_read(&rules, RECORD_DEAL, &record, &arena, values, &failure));
    assert_string_equal(failure.field, "amount");
    assert_int_equal(values[DEAL_CURRENCY].state, VALUE_BAD);
    assert_int_equal(values[DEAL_KEY].state, VALUE_ABSENT);
    assert_true(value_is_set(&values[DEAL_NAME]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_trimmed),
        cmocka_unit_test(test_text_ceiling),
        cmocka_unit_test(test_time_formats_are_tried_in_order),
        cmocka_unit_test(test_text_must_be_storable),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_dates_and_times),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_first_failure_is_told),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
