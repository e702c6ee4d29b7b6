#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/key_index.h"

static Key key_from(uint32_t high, uint8_t low)
{
    Key key = {{(uint8_t)(high >> 24), (uint8_t)(high >> 16), (uint8_t)(high >> 8), (uint8_t)high}};
    key.bytes[15] = low;
    return key;
}

static Status add(KeyIndex *index, Key key)
{
    Error error = ERROR_INIT;
    return key_index_add(index, &key, &error);
}

static void test_an_empty_index_finds_nothing(void **state)
{
    (void)state;
    cleanup(key_index_done) KeyIndex index = KEY_INDEX_EMPTY;
    Key key = key_from(0, 0);
    assert_int_equal(key_index_find(&index, &key), KEY_INDEX_NONE);
}

/* The lowest and the highest keys, several with the same first bytes, and gaps between. */
static void test_each_key_has_its_place(void **state)
{
    (void)state;
    const Key keys[] = {key_from(0, 0),          key_from(0, 1),           key_from(0x00010000, 0),
                        key_from(0x7FFFFFFF, 7), key_from(0x80000000, 0),  key_from(0x80000001, 0),
                        key_from(0x80000001, 9), key_from(0xFFFFFFFF, 255)};
    const Key others[] = {key_from(0, 2), key_from(0x00020000, 0), key_from(0x80000001, 5), key_from(0xFFFFFFFF, 254)};
    cleanup(key_index_done) KeyIndex index = KEY_INDEX_EMPTY;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(add(&index, keys[i]), STATUS_OK);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(key_index_find(&index, &keys[i]), i);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(key_index_find(&index, &others[i]), KEY_INDEX_NONE);
}

static void test_keys_come_in_order(void **state)
{
    (void)state;
    cleanup(key_index_done) KeyIndex index = KEY_INDEX_EMPTY;
    assert_int_equal(add(&index, key_from(5, 0)), STATUS_OK);
    assert_int_equal(add(&index, key_from(5, 0)), STATUS_ERROR);
    assert_int_equal(add(&index, key_from(4, 9)), STATUS_ERROR);
    assert_int_equal(add(&index, key_from(5, 1)), STATUS_OK);
    assert_int_equal(index.count, 2);
}

static void test_many_keys_are_all_found(void **state)
{
    (void)state;
    enum { COUNT = 50000, STEP = 85899 };
    cleanup(key_index_done) KeyIndex index = KEY_INDEX_EMPTY;
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(add(&index, key_from(i * STEP, 1)), STATUS_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        Key there = key_from(i * STEP, 1), other = key_from(i * STEP, 2);
        assert_int_equal(key_index_find(&index, &there), i);
        assert_int_equal(key_index_find(&index, &other), KEY_INDEX_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_index_finds_nothing),
        cmocka_unit_test(test_each_key_has_its_place),
        cmocka_unit_test(test_keys_come_in_order),
        cmocka_unit_test(test_many_keys_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
