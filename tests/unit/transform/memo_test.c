#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/memo.h"

static void test_memo_remembers(void **state)
{
    Error error = ERROR_INIT;
    Memo memo = {0};
    bool is_known;
    (void)state;
    assert_int_equal(memo_make(&memo, 16, 8, sizeof(int), &error), STATUS_OK);
    int *value = memo_find(&memo, TEXT("abc"), &is_known);
    assert_false(is_known);
    *value = 7;
    value = memo_find(&memo, TEXT("abc"), &is_known);
    assert_true(is_known);
    assert_int_equal(*value, 7);
    memo_done(&memo);
}

/* With one slot every text meets every other one, and none gets the other's value. */
static void test_memo_never_mixes(void **state)
{
    static const char *const texts[] = {"", "a", "b", "ab", "a\0b", "abcdefgh", "abcdefgi"};
    Error error = ERROR_INIT;
    Memo memo = {0};
    (void)state;
    assert_int_equal(memo_make(&memo, 1, 8, sizeof(size_t), &error), STATUS_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            const size_t order[] = {i, j, i, i};
            for (size_t k = 0; k < 4; k++) {
                bool is_known;
                size_t *value = memo_find(&memo, text_from(texts[order[k]]), &is_known);
                if (is_known)
                    assert_string_equal(texts[*value], texts[order[k]]);
                *value = order[k];
            }
        }
    memo_done(&memo);
}

static void test_long_text_is_not_remembered(void **state)
{
    Error error = ERROR_INIT;
    Memo memo = {0};
    bool is_known;
    (void)state;
    assert_int_equal(memo_make(&memo, 4, 8, sizeof(int), &error), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        int *value = memo_find(&memo, TEXT("abcdefghi"), &is_known);
        assert_false(is_known);
        *value = 1;
    }
    memo_done(&memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memo_remembers),
        cmocka_unit_test(test_memo_never_mixes),
        cmocka_unit_test(test_long_text_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
