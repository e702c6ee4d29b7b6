#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/day_set.h"

static void test_days_ascend_and_come_once(void **state)
{
    Error error = ERROR_INIT;
    Arena arena = arena_make(1 << 20);
    DaySet days = {0};
    const int32_t *list;
    size_t count;
    (void)state;
    assert_int_equal(day_set_list(&days, &arena, &list, &count, &error), STATUS_OK);
    assert_int_equal(count, 0);
    const int64_t instants[] = {20513 * TIME_DAY + 5, TIME_HIGHEST, 20514 * TIME_DAY, 20514 * TIME_DAY - 1,
                                DAY_SET_LOWEST};
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        assert_int_equal(day_set_add(&days, instants[i], &error), STATUS_OK);
    assert_int_equal(day_set_list(&days, &arena, &list, &count, &error), STATUS_OK);
    assert_int_equal(count, 4);
    assert_int_equal(list[0], 7305);
    assert_int_equal(list[1], 20513);
    assert_int_equal(list[2], 20514);
    assert_int_equal(list[3], 2932896);
    day_set_done(&days);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_ascend_and_come_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
