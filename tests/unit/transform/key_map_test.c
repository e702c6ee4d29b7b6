#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/key_map.h"

#include <stdlib.h>

static Key key_of_number(uint64_t number)
{
    return hash_bytes((Text){(const char *)&number, sizeof number});
}

static void test_set_knows_its_keys(void **state)
{
    enum { COUNT = 100000 };
    KeyMap set = key_map_make(0, COUNT);
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        Key key = key_of_number(i);
        assert_false(key_map_find(&set, &key, NULL));
        assert_int_equal(key_map_add(&set, &key, NULL), KEY_MAP_NEW);
    }
    for (uint64_t i = 0; i < COUNT; i++) {
        Key key = key_of_number(i);
        assert_int_equal(key_map_add(&set, &key, NULL), KEY_MAP_OLD);
        assert_true(key_map_find(&set, &key, NULL));
    }
    assert_int_equal(set.count, COUNT);
    key_map_done(&set);
}

static void test_values_stay_with_their_keys(void **state)
{
    enum { COUNT = 20000 };
    KeyMap map = key_map_make(sizeof(uint64_t), COUNT);
    void *value;
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        Key key = key_of_number(i);
        assert_int_equal(key_map_add(&map, &key, &value), KEY_MAP_NEW);
        assert_int_equal(*(uint64_t *)value, 0);
        *(uint64_t *)value = i * 7;
    }
    for (uint64_t i = 0; i < COUNT; i++) {
        Key key = key_of_number(i);
        assert_true(key_map_find(&map, &key, &value));
        assert_int_equal(*(uint64_t *)value, i * 7);
    }
    key_map_done(&map);
}

static void test_full_map_keeps_what_it_has(void **state)
{
    KeyMap set = key_map_make(0, 3);
    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        Key key = key_of_number(i);
        assert_int_equal(key_map_add(&set, &key, NULL), KEY_MAP_NEW);
    }
    Key fourth = key_of_number(3), first = key_of_number(0);
    assert_int_equal(key_map_add(&set, &fourth, NULL), KEY_MAP_FULL);
    assert_false(key_map_find(&set, &fourth, NULL));
    assert_int_equal(key_map_add(&set, &first, NULL), KEY_MAP_OLD);
    key_map_clear(&set);
    assert_false(key_map_find(&set, &first, NULL));
    assert_int_equal(key_map_add(&set, &fourth, NULL), KEY_MAP_NEW);
    key_map_done(&set);
}

static void test_zero_is_a_key(void **state)
{
    const Key zero = {{0}};
    KeyMap set = key_map_make(0, 10);
    (void)state;
    assert_false(key_map_find(&set, &zero, NULL));
    assert_int_equal(key_map_add(&set, &zero, NULL), KEY_MAP_NEW);
    assert_int_equal(key_map_add(&set, &zero, NULL), KEY_MAP_OLD);
    assert_int_equal(set.count, 1);
    key_map_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_knows_its_keys),
        cmocka_unit_test(test_values_stay_with_their_keys),
        cmocka_unit_test(test_full_map_keeps_what_it_has),
        cmocka_unit_test(test_zero_is_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
