#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/apportion.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_parts(const WideShare *shares, size_t count, int64_t total, const int64_t *expected)
{
    cleanup(apportion_workspace_done) ApportionWorkspace workspace = apportion_workspace_make(100);
    Error error = ERROR_INIT;
    int64_t parts[100];
    assert_int_equal(apportion(shares, count, total, parts, &workspace, &error), STATUS_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(parts[i], expected[i]);
}

static void test_largest_remainders_get_the_units_left(void **state)
{
    (void)state;
    /* 10 seats: 4.7, 1.6, 1.59, 1.2, 0.6, 0.31 are floored to 4, 1, 1, 1, 0, 0; the 3 left go to .7, .6, .6 */
    const WideShare shares[] = {47000, 16000, 15900, 12000, 6000, 3100};
    assert_parts(shares, COUNT(shares), 10, (int64_t[]){5, 2, 1, 1, 1, 0});
    assert_parts(shares, COUNT(shares), 100, (int64_t[]){47, 16, 16, 12, 6, 3});
}

static void test_ties_go_to_the_earlier(void **state)
{
    (void)state;
    const WideShare equal[] = {1, 1, 1};
    assert_parts(equal, 3, 100, (int64_t[]){34, 33, 33});
    assert_parts(equal, 3, 101, (int64_t[]){34, 34, 33});
    const WideShare mixed[] = {1, 2, 1, 2}; /* of 9: 1.5, 3, 1.5, 3 */
    assert_parts(mixed, 4, 9, (int64_t[]){2, 3, 1, 3});
    const WideShare apart[] = {3, 1, 3, 1}; /* of 4: 1.5, 0.5, 1.5, 0.5 */
    assert_parts(apart, 4, 4, (int64_t[]){2, 1, 1, 0});
}

static void test_negative_is_shared_by_its_absolute_value(void **state)
{
    (void)state;
    const WideShare shares[] = {1, 1, 1};
    assert_parts(shares, 3, -100, (int64_t[]){-34, -33, -33});
    const WideShare one[] = {7};
    assert_parts(one, 1, INT64_MIN, (int64_t[]){INT64_MIN});
    assert_parts(one, 1, INT64_MAX, (int64_t[]){INT64_MAX});
}

static void test_nothing_to_share(void **state)
{
    (void)state;
    const WideShare shares[] = {1, 5, 0};
    assert_parts(shares, 3, 0, (int64_t[]){0, 0, 0});
}

static void test_a_share_of_zero_gets_nothing(void **state)
{
    (void)state;
    const WideShare shares[] = {0, 1, 0, 1, 1, 0};
    assert_parts(shares, 6, 5, (int64_t[]){0, 2, 0, 2, 1, 0});
}

/* The same ratios over sums of 2 bits, 90 bits and 125 bits: products of 64, of 128 and of more than 128 bits. */
static void test_width_of_the_shares_does_not_matter(void **state)
{
    (void)state;
    const int64_t expected[] = {285714285714, 142857142857, 571428571429};
    for (int shift = 0; shift <= 122; shift += 61) {
        const WideShare shares[] = {(WideShare)2 << shift, (WideShare)1 << shift, (WideShare)4 << shift};
        assert_parts(shares, 3, 1000000000000, expected);
    }
    const WideShare odd[] = {((WideShare)1 << 125) - 1, 1}; /* the second share is 2^-125 of 2^63 */
    assert_parts(odd, 2, INT64_MAX, (int64_t[]){INT64_MAX, 0});
}

static void assert_refused(const WideShare *shares, size_t count, ErrorCode code)
{
    cleanup(apportion_workspace_done) ApportionWorkspace workspace = apportion_workspace_make(3);
    Error error = ERROR_INIT;
    int64_t parts[4] = {11, 12, 13, 14};
    assert_int_equal(apportion(shares, count, 100, parts, &workspace, &error), STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_memory_equal(parts, ((int64_t[]){11, 12, 13, 14}), sizeof parts);
}

static void test_refused_without_touching_the_output(void **state)
{
    (void)state;
    assert_refused((const WideShare[]){0, 0}, 2, ERROR_INTERNAL);
    assert_refused(NULL, 0, ERROR_INTERNAL);
    assert_refused((const WideShare[]){(WideShare)1 << 125, (WideShare)1 << 125}, 2, ERROR_INTERNAL);
    assert_refused((const WideShare[]){~(WideShare)0, ~(WideShare)0}, 2, ERROR_INTERNAL);
    assert_refused((const WideShare[]){1, 1, 1, 1}, 4, ERROR_DATA);
}

/* 100,000 shares, the odd numbers, whose sum is 100,000 squared, and a total that leaves thousands of units over. */
static void test_many_shares(void **state)
{
    (void)state;
    enum { SHARES = 100000 };
    static WideShare shares[SHARES];
    static int64_t parts[SHARES];
    cleanup(apportion_workspace_done) ApportionWorkspace workspace = apportion_workspace_make(SHARES);
    Error error = ERROR_INIT;
    for (size_t i = 0; i < SHARES; i++)
        shares[i] = 2 * i + 1;
    const int64_t sum = 10000000000, total = 9999950000;
    assert_int_equal(apportion(shares, SHARES, total, parts, &workspace, &error), STATUS_OK);
    int64_t given = 0;
    for (size_t i = 0; i < SHARES; i++) {
        __int128 exact = (__int128)(int64_t)shares[i] * total, part = (__int128)parts[i] * sum;
        assert_true(part > exact - sum && part < exact + sum);
        given += parts[i];
    }
    assert_int_equal(given, total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_largest_remainders_get_the_units_left),
        cmocka_unit_test(test_ties_go_to_the_earlier),
        cmocka_unit_test(test_negative_is_shared_by_its_absolute_value),
        cmocka_unit_test(test_nothing_to_share),
        cmocka_unit_test(test_a_share_of_zero_gets_nothing),
        cmocka_unit_test(test_width_of_the_shares_does_not_matter),
        cmocka_unit_test(test_refused_without_touching_the_output),
        cmocka_unit_test(test_many_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
