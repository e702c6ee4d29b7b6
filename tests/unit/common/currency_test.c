#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/currency.h"

static void assert_exponent(const char *code, int expected)
{
    int exponent = -1;
    if (!currency_exponent(text_from(code), &exponent))
        fail_msg("%s is unknown", code);
    assert_int_equal(exponent, expected);
}

static void test_exponents(void **state)
{
    (void)state;
    static const char *const none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                       "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
    static const char *const three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    static const char *const two[] = {"AED", "USD", "EUR", "GBP", "CHF", "HUF", "IDR", "MGA", "XCG", "ZWG", "BGN"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_exponent(none[i], 0);
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++)
        assert_exponent(three[i], 3);
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++)
        assert_exponent(two[i], 2);
    assert_exponent("CLF", 4);
    assert_exponent("UYW", 4);
    assert_exponent("jpy", 0);
    assert_exponent("Eur", 2);
}

static void test_unknown_codes(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "E", "EU", "EURO", "eu ", "XXX", "XTS", "XAU", "DEM", "978", "AAA", "ZZZ"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int exponent = 42;
        char code[CURRENCY_SIZE] = "abc";
        assert_false(currency_exponent(text_from(bad[i]), &exponent));
        assert_false(currency_normalize(text_from(bad[i]), code));
        assert_int_equal(exponent, 42);
        assert_string_equal(code, "abc");
    }
    int exponent;
    assert_false(currency_exponent(TEXT_NULL, &exponent));
}

static void test_normalize(void **state)
{
    (void)state;
    char code[CURRENCY_SIZE];
    assert_true(currency_normalize(TEXT("uSd"), code));
    assert_string_equal(code, "USD");
}

/* The search needs the table in order: a code out of place would not be found. */
static void test_every_three_letters(void **state)
{
    (void)state;
    int known = 0;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++)
            for (char c = 'A'; c <= 'Z'; c++) {
                const char code[] = {a, b, c};
                int exponent;
                known += currency_exponent((Text){code, 3}, &exponent);
            }
    assert_int_equal(known, 166 + 13); /* in force with a minor unit, and withdrawn */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponents),
        cmocka_unit_test(test_unknown_codes),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_every_three_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
