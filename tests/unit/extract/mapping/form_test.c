#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/mapping/form.h"

static void expect_form(FieldForm form, const char *text, const char *expected)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    Text found;
    assert_true(form_apply(form, text_from(text), &arena, &found));
    if (!expected ? !text_is_empty(found) : !text_is(found, expected))
        fail_msg("'%s' becomes '%.*s', not '%s'", text, TEXT_PRINTF(found), expected);
}

/* 001A0000006Vm9r is an id that Salesforce's own pages show in both forms. By hand: 001A0 has a capital as its fourth
 * character, bit 3, 8, I; 00000 has none, A; 6Vm9r has one as its second, bit 1, 2, C. */
static void lengthens_salesforce_ids(void **state)
{
    (void)state;
    expect_form(FORM_SALESFORCE_ID, "001A0000006Vm9r", "001A0000006Vm9rIAC");
    expect_form(FORM_SALESFORCE_ID, "000000000000000", "000000000000000AAA");
    expect_form(FORM_SALESFORCE_ID, "ABCDEabcdeABCDE", "ABCDEabcdeABCDE5A5");
    /* Ids that differ in case alone. */
    expect_form(FORM_SALESFORCE_ID, "0015000000Gv7qJ", "0015000000Gv7qJAAR");
    expect_form(FORM_SALESFORCE_ID, "0015000000gv7qj", "0015000000gv7qjAAA");
}

static void leaves_what_is_no_short_id(void **state)
{
    (void)state;
    expect_form(FORM_SALESFORCE_ID, "001A0000006Vm9rIAC", "001A0000006Vm9rIAC");
    expect_form(FORM_SALESFORCE_ID, "001A0000006Vm9", "001A0000006Vm9");
    expect_form(FORM_SALESFORCE_ID, "001A0000006Vm-r", "001A0000006Vm-r");
    expect_form(FORM_SALESFORCE_ID, "001A0000006V\xC3\xA4r", "001A0000006V\xC3\xA4r");
    expect_form(FORM_SALESFORCE_ID, "", "");
}

static void lowers_ascii_letters(void **state)
{
    (void)state;
    expect_form(FORM_LOWER, "Closed WON @[`{ 1", "closed won @[`{ 1");
    expect_form(FORM_LOWER,
                "\xC3\x84"
                "A",
                "\xC3\x84"
                "a");
    expect_form(FORM_LOWER, "", "");
    expect_form(FORM_NONE, "As It Is", "As It Is");
}

static void takes_the_first_of_a_list(void **state)
{
    (void)state;
    expect_form(FORM_FIRST, "101", "101");
    expect_form(FORM_FIRST, "101;102", "101");
    expect_form(FORM_FIRST, " ; 101 ;102", "101");
    expect_form(FORM_FIRST, ";", NULL);
    expect_form(FORM_FIRST, "", NULL);
}

static void tells_addresses_from_keys(void **state)
{
    (void)state;
    expect_form(FORM_EMAIL, "ann@example.com", "ann@example.com");
    expect_form(FORM_EMAIL, "u-1", NULL);
    expect_form(FORM_EMAIL, "", NULL);
    expect_form(FORM_NO_EMAIL, "u-1", "u-1");
    expect_form(FORM_NO_EMAIL, "ann@example.com", NULL);
    expect_form(FORM_NO_EMAIL, NULL, NULL);
}

static void rounds_numbers(void **state)
{
    static const struct {
        const char *text, *whole, *seconds;
    } cases[] = {
        {"298.877", "299", "0"},  {"298.4999", "298", "0"},
        {"298.5", "299", "0"},    {"0.5", "1", "0"},
        {"0.4", "0", "0"},        {"999.9", "1000", "1"},
        {"0", "0", "0"},          {"499", "499", "0"},
        {"500", "500", "1"},      {"1499", "1499", "1"},
        {"1500", "1500", "2"},    {"9500", "9500", "10"},
        {"44876", "44876", "45"}, {"99999.9", "100000", "100"},
        {"7.", "7.", "0"},        {"12345678901234567890500", "12345678901234567890500", "12345678901234567891"},
        {"-1.5", "-1.5", "-1.5"}, {"1.5e3", "1.5e3", "1.5e3"},
        {".5", ".5", ".5"},       {"1.2.3", "1.2.3", "1.2.3"},
        {"soon", "soon", "soon"}, {"", "", ""},
        {"1,5", "1,5", "1,5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_form(FORM_WHOLE, cases[i].text, cases[i].whole);
        expect_form(FORM_MILLISECONDS, cases[i].text, cases[i].seconds);
    }
}

static void takes_midnights_from_dates(void **state)
{
    static const char *const dates[] = {
        "2018-12-19",
        "2018-12-19 00:00:00",
        "2018-12-19T00:00:00Z",
        "2018-12-19T00:00",
        "2018-12-19T00:00:00.",
        "2018-12-19T00:00:00.000Z",
        "2018-12-19 00:00:00+00",
        "2018-12-19T00:00:00.000+0000",
        "2018-12-19 00:00:00.000000 UTC",
        "2018-12-19T00:00:00+00:00",
    };
    static const char *const others[] = {
        "",
        "2018-12-1",
        "2018-12-19 00:00:01",
        "2018-12-19T00:00:00.001Z",
        "2018-12-19 00:00:00+01:00",
        "2018-12-19 x",
        "19.12.2018 00:00:00",
        "2018-12-19 10:00",
        "2018-12-19 00:00:00Z2",
    };
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        expect_form(FORM_DATE, dates[i], "2018-12-19");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect_form(FORM_DATE, others[i], others[i]);
}

static void stops_at_the_ceiling(void **state)
{
    (void)state;
    Arena arena = arena_make(0);
    Text untouched = TEXT("x");
    assert_false(form_apply(FORM_LOWER, TEXT("A"), &arena, &untouched));
    assert_false(form_apply(FORM_SALESFORCE_ID, TEXT("001A0000006Vm9r"), &arena, &untouched));
    assert_false(form_apply(FORM_WHOLE, TEXT("1.5"), &arena, &untouched));
    assert_false(form_apply(FORM_MILLISECONDS, TEXT("1500"), &arena, &untouched));
    assert_true(text_is(untouched, "x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengthens_salesforce_ids),  cmocka_unit_test(leaves_what_is_no_short_id),
        cmocka_unit_test(lowers_ascii_letters),      cmocka_unit_test(takes_the_first_of_a_list),
        cmocka_unit_test(tells_addresses_from_keys), cmocka_unit_test(rounds_numbers),
        cmocka_unit_test(stops_at_the_ceiling),      cmocka_unit_test(takes_midnights_from_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
