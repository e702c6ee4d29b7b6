#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/duplicate.h"

static const Key first = {{1}}, second = {{2}}, third = {{3}};

/* Four versions of one key, at times 20, 30, 30 and none: which ordinal stays? */
static void check_mode(SourceMode mode, int64_t expected)
{
    const int64_t times[] = {20, 30, 30};
    Error error = ERROR_INIT;
    DuplicateMap map = duplicate_map_make(mode, 10);
    for (int64_t i = 0; i < 4; i++)
        assert_int_equal(duplicate_note(&map, &first, i < 3 ? &times[i] : NULL, i + 1, &error), STATUS_OK);
    for (int64_t i = 1; i <= 4; i++)
        assert_int_equal(duplicate_is_kept(&map, &first, i), i == expected);
    assert_false(map.is_full);
    duplicate_map_done(&map);
}

static void test_each_mode_keeps_its_own(void **state)
{
    (void)state;
    check_mode(MODE_UPSERT, 3);
    check_mode(MODE_SNAPSHOT, 4);
    check_mode(MODE_APPEND, 1);
}

static void test_absent_time(void **state)
{
    const int64_t time = 0;
    Error error = ERROR_INIT;
    (void)state;
    for (int mode = MODE_APPEND; mode <= MODE_UPSERT; mode++) {
        DuplicateMap map = duplicate_map_make((SourceMode)mode, 10);
        assert_int_equal(duplicate_note(&map, &first, NULL, 1, &error), STATUS_OK);
        assert_int_equal(duplicate_note(&map, &first, &time, 2, &error), STATUS_OK);
        assert_int_equal(duplicate_note(&map, &first, NULL, 3, &error), STATUS_OK);
        assert_true(duplicate_is_kept(&map, &first, 2));
        duplicate_map_done(&map);
    }
}

/* Past the ceiling nothing is dropped that might be the only one, and what was noted before still counts. */
static void test_full_map_keeps_all_others(void **state)
{
    Error error = ERROR_INIT;
    DuplicateMap map = duplicate_map_make(MODE_SNAPSHOT, 2);
    (void)state;
    assert_int_equal(duplicate_note(&map, &first, NULL, 1, &error), STATUS_OK);
    assert_int_equal(duplicate_note(&map, &second, NULL, 2, &error), STATUS_OK);
    assert_false(map.is_full);
    assert_int_equal(duplicate_note(&map, &third, NULL, 3, &error), STATUS_OK);
    assert_int_equal(duplicate_note(&map, &third, NULL, 4, &error), STATUS_OK);
    assert_int_equal(duplicate_note(&map, &first, NULL, 5, &error), STATUS_OK);
    assert_true(map.is_full);
    assert_false(duplicate_is_kept(&map, &first, 1));
    assert_true(duplicate_is_kept(&map, &second, 2));
    assert_true(duplicate_is_kept(&map, &third, 3));
    assert_true(duplicate_is_kept(&map, &third, 4));
    assert_true(duplicate_is_kept(&map, &first, 5));
    duplicate_map_done(&map);
}

/* A merge alone takes nobody's place, however new it is, and stays where nothing else is known. */
static void test_a_merge_alone_goes_behind(void **state)
{
    const int64_t old = 10, new = 20;
    Error error = ERROR_INIT;
    (void)state;
    for (int mode = MODE_APPEND; mode <= MODE_SNAPSHOT; mode++) {
        DuplicateMap map = duplicate_map_make((SourceMode)mode, 10);
        assert_int_equal(duplicate_note_merge(&map, &first, &new, 1, &error), STATUS_OK);
        assert_true(duplicate_is_kept(&map, &first, 1));
        assert_int_equal(duplicate_note(&map, &first, &old, 2, &error), STATUS_OK);
        assert_int_equal(duplicate_note_merge(&map, &first, &new, 3, &error), STATUS_OK);
        for (int64_t i = 1; i <= 3; i++)
            assert_int_equal(duplicate_is_kept(&map, &first, i), i == 2);
        duplicate_map_done(&map);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_mode_keeps_its_own),
        cmocka_unit_test(test_absent_time),
        cmocka_unit_test(test_full_map_keeps_all_others),
        cmocka_unit_test(test_a_merge_alone_goes_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
