#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/nearest.h"

static const char *const keys[] = {"lookback_days", "until", "half_life_days", "model", "scope", "path", "kind"};

static const char *nearest(const char *wanted)
{
    return nearest_name(text_from(wanted), keys, sizeof keys / sizeof keys[0]);
}

static void finds_one_slip(void **state)
{
    (void)state;
    assert_string_equal(nearest("lookbak_days"), "lookback_days");
    assert_string_equal(nearest("modell"), "model");
    assert_string_equal(nearest("mdoel"), "model");
    assert_string_equal(nearest("unteil"), "until");
    assert_string_equal(nearest("pth"), "path");
}

static void ignores_case(void **state)
{
    (void)state;
    assert_string_equal(nearest("PATH"), "path");
    assert_string_equal(nearest("Lookback-Days"), "lookback_days");
}

static void says_nothing_when_nothing_is_near(void **state)
{
    (void)state;
    assert_null(nearest("colour"));
    assert_null(nearest("x"));
    assert_null(nearest(""));
    assert_null(nearest("lback"));
    assert_null(nearest_name(TEXT("path"), NULL, 0));
    assert_null(nearest("a_name_that_is_much_longer_than_any_key_and_more_than_64_bytes_long"));
}

static void prefers_the_nearest_then_the_first(void **state)
{
    (void)state;
    static const char *const names[] = {"closed_on", "closed_at", "created_at"};
    assert_string_equal(nearest_name(TEXT("closed_att"), names, 3), "closed_at");
    assert_string_equal(nearest_name(TEXT("closed_xx"), names, 3), "closed_on");
}

static void knows_words(void **state)
{
    (void)state;
    static const char *const names[] = {"Deal Name", "Stage", "Stage of the pipeline", "Amount (EUR)", "Stages"};
    assert_string_equal(nearest_name(TEXT("Deal Stage"), names, 5), "Stage");
    assert_string_equal(nearest_name(TEXT("amount"), names, 5), "Amount (EUR)");
    assert_null(nearest_name(TEXT("tag"), names, 5));
    assert_string_equal(nearest("half_life"), "half_life_days");
    assert_string_equal(nearest("days"), "lookback_days");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_words),
        cmocka_unit_test(finds_one_slip),
        cmocka_unit_test(ignores_case),
        cmocka_unit_test(says_nothing_when_nothing_is_near),
        cmocka_unit_test(prefers_the_nearest_then_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
