#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/decimal.h"

#define NINES_19 "9999999999999999999"

static const DecimalStyle plain = {0};
static const DecimalStyle english = {.group = ',', .has_parentheses = true};
static const DecimalStyle german = {.decimal = ',', .group = '.'};

static void assert_decimal(const char *text, DecimalStyle style, int64_t coefficient, int scale)
{
    Decimal decimal;
    if (!decimal_parse(text_from(text), style, &decimal))
        fail_msg("%s is refused", text);
    assert_true(decimal.coefficient == coefficient);
    assert_int_equal(decimal.scale, scale);
}

static void assert_refused(const char *text, DecimalStyle style)
{
    Decimal decimal = {.scale = 42};
    if (decimal_parse(text_from(text), style, &decimal))
        fail_msg("%s is read", text);
    assert_int_equal(decimal.scale, 42);
}

static void test_plain_numbers(void **state)
{
    (void)state;
    assert_decimal("0", plain, 0, 0);
    assert_decimal("-0.00", plain, 0, 2);
    assert_decimal("1234.50", plain, 123450, 2);
    assert_decimal("-1234.50", plain, -123450, 2);
    assert_decimal("+7", plain, 7, 0);
    assert_decimal("007", plain, 7, 0);
    assert_decimal(".5", plain, 5, 1);
    assert_decimal("5.", plain, 5, 0);
    assert_decimal("1.5E+3", plain, 1500, 0);
    assert_decimal("1.5e1", plain, 15, 0);
    assert_decimal("1.50e1", plain, 150, 1);
    assert_decimal("15E-3", plain, 15, 3);
    assert_decimal("0E+999999999999", plain, 0, 0);
}

static void test_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "-",
        "+",
        ".",
        "-.",
        "e5",
        "1e",
        "1e+",
        "1.2.3",
        "1,234",
        "1,5",
        "(5)",
        " 1",
        "1 ",
        "1 234",
        "--1",
        "+-1",
        "$5",
        "5 EUR",
        "nan",
        "inf",
        "Infinity",
        "0x10",
        "1_000",
        "1e5.0",
        "1E-39",
        "1E+38",
        "1E+999999999999",
        "0." NINES_19 NINES_19 "9",
        NINES_19 NINES_19 "0",
        ("\xe2\x88\x92"
         "5"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i], plain);
    Decimal decimal;
    assert_false(decimal_parse(TEXT_NULL, plain, &decimal));
    assert_false(decimal_parse(TEXT("1\0"), plain, &decimal));
    assert_true(decimal_parse(TEXT(NINES_19 NINES_19), plain, &decimal));
    assert_true(decimal_parse(TEXT("-0." NINES_19 NINES_19), plain, &decimal));
    assert_int_equal(decimal.scale, 38);
}

static void test_groups(void **state)
{
    (void)state;
    assert_decimal("1,234.50", english, 123450, 2);
    assert_decimal("1,234,567", english, 1234567, 0);
    assert_decimal("12,34,567.8", english, 12345678, 1); /* as in India */
    assert_decimal("1234567", english, 1234567, 0);
    assert_decimal("1.234.567,89", german, 123456789, 2);
    assert_decimal("1234,5", german, 12345, 1);
    static const char *const bad[] = {
        "1,5",     "1,23",       "1234,567",     ",123",          "1,,234",  "1,234,",        "1,23,4567",
        "1,2,345", "123,45,678", "1,234,56,789", "1,234.567,890", "1.5,000", "12,345,67,890",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i], english);
    assert_refused("1,234.5", german);
    assert_refused("1.5", german);
}

static void test_parentheses(void **state)
{
    (void)state;
    assert_decimal("(1,234.50)", english, -123450, 2);
    static const char *const bad[] = {"()", "(", ")", "(5", "5)", "(-5)", "(+5)", "-(5)", "((5))", "( 5)", "(5)5"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i], english);
}

static void test_styles(void **state)
{
    (void)state;
    assert_true(decimal_style_is_valid(plain));
    assert_true(decimal_style_is_valid(english));
    assert_true(decimal_style_is_valid(german));
    assert_true(decimal_style_is_valid((DecimalStyle){.decimal = '.', .group = ' '}));
    assert_false(decimal_style_is_valid((DecimalStyle){.group = '.'}));
    assert_false(decimal_style_is_valid((DecimalStyle){.decimal = ',', .group = ','}));
    assert_false(decimal_style_is_valid((DecimalStyle){.decimal = '1'}));
    assert_false(decimal_style_is_valid((DecimalStyle){.decimal = '-'}));
    assert_false(decimal_style_is_valid((DecimalStyle){.group = 'e'}));
}

static void assert_minor(const char *text, int exponent, int64_t expected, bool is_exact_expected)
{
    Decimal decimal;
    int64_t minor = 0;
    bool is_exact = !is_exact_expected;
    assert_true(decimal_parse(text_from(text), plain, &decimal));
    if (!decimal_to_minor(decimal, exponent, &minor, &is_exact))
        fail_msg("%s does not fit", text);
    assert_int_equal(minor, expected);
    assert_int_equal(is_exact, is_exact_expected);
}

static void test_minor_units(void **state)
{
    (void)state;
    assert_minor("1234.5", 2, 123450, true);
    assert_minor("1234.500", 2, 123450, true);
    assert_minor("1234", 0, 1234, true);
    assert_minor("1.234", 3, 1234, true);
    assert_minor("0", 4, 0, true);
    assert_minor("0.005", 2, 1, false);
    assert_minor("-0.005", 2, -1, false);
    assert_minor("0.00499999", 2, 0, false);
    assert_minor("2.5", 0, 3, false);
    assert_minor("-2.5", 0, -3, false);
    assert_minor("-2.4", 0, -2, false);
    assert_minor("0.00000000000000000000000000000000000001", 2, 0, false);
    assert_minor("92233720368547758.07", 2, INT64_MAX, true);
    assert_minor("-92233720368547758.08", 2, INT64_MIN, true);
    assert_minor("92233720368547758.074", 2, INT64_MAX, false);
}

static void test_minor_units_that_do_not_fit(void **state)
{
    (void)state;
    static const char *const large[] = {"92233720368547758.08", "-92233720368547758.09", "92233720368547758.075",
                                        NINES_19 NINES_19, "1E+37"};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        Decimal decimal;
        int64_t minor = 42;
        bool is_exact;
        assert_true(decimal_parse(text_from(large[i]), plain, &decimal));
        assert_false(decimal_to_minor(decimal, 2, &minor, &is_exact));
        assert_int_equal(minor, 42);
    }
}

static void assert_numeric(const char *text, const char *expected, size_t expected_size)
{
    Decimal decimal;
    uint8_t out[DECIMAL_NUMERIC_SIZE];
    size_t size = 0;
    assert_true(decimal_parse(text_from(text), plain, &decimal));
    assert_true(decimal_to_numeric_binary(decimal, out, sizeof out, &size));
    assert_int_equal(size, expected_size);
    assert_int_equal(memcmp(out, expected, expected_size), 0);
}

#define ASSERT_NUMERIC(text, expected) assert_numeric(text, expected, sizeof(expected) - 1)

/* ndigits, weight, sign, dscale, then the digits in base 10000. */
static void test_numeric_binary(void **state)
{
    (void)state;
    ASSERT_NUMERIC("0", "\0\0\0\0\0\0\0\0");
    ASSERT_NUMERIC("0.00", "\0\0\0\0\0\0\0\2");
    ASSERT_NUMERIC("1", "\0\1\0\0\0\0\0\0\0\1");
    ASSERT_NUMERIC("-1.5", "\0\2\0\0\x40\0\0\1\0\1\x13\x88"); /* 1, 5000 */
    ASSERT_NUMERIC("1234.50", "\0\2\0\0\0\0\0\2\x04\xd2\x13\x88");
    ASSERT_NUMERIC("10000", "\0\1\0\1\0\0\0\0\0\1");
    ASSERT_NUMERIC("123456789.12", "\0\4\0\2\0\0\0\2\0\1\x09\x29\x1a\x85\x04\xb0"); /* 1, 2345, 6789, 1200 */
    ASSERT_NUMERIC("0.0001", "\0\1\xff\xff\0\0\0\4\0\1");
    ASSERT_NUMERIC("0.00001", "\0\1\xff\xfe\0\0\0\5\x03\xe8"); /* 1000 at 10000^-2 */
    ASSERT_NUMERIC("100000000.0001", "\0\4\0\2\0\0\0\4\0\1\0\0\0\0\0\1");
    /* 38 nines, one of them before the point: 9, nine groups of 9999, and 9000. */
    ASSERT_NUMERIC("9.9999999999999999999999999999999999999",
                   "\0\x0b\0\0\0\0\0\x25\0\x09\x27\x0f\x27\x0f\x27\x0f\x27\x0f\x27\x0f\x27\x0f\x27\x0f\x27\x0f\x27\x0f"
                   "\x23\x28");
}

static void test_numeric_binary_of_cents(void **state)
{
    (void)state;
    uint8_t out[DECIMAL_NUMERIC_SIZE];
    size_t size = 42;
    assert_false(decimal_to_numeric_binary(decimal_from_minor(123450, 2), out, 11, &size));
    assert_int_equal(size, 42);
    assert_true(decimal_to_numeric_binary(decimal_from_minor(123450, 2), out, 12, &size));
    assert_int_equal(size, 12);
    assert_memory_equal(out, "\0\2\0\0\0\0\0\2\x04\xd2\x13\x88", 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_parentheses),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_minor_units),
        cmocka_unit_test(test_minor_units_that_do_not_fit),
        cmocka_unit_test(test_numeric_binary),
        cmocka_unit_test(test_numeric_binary_of_cents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
