/* Binary values as PostgreSQL sends them (its sources: array_send, int8send, uuid_send). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/cursor.h"

#define BYTES(...) ((Text){(const char[]){__VA_ARGS__}, sizeof((const char[]){__VA_ARGS__})})

/* array[258, null, -1]::bigint[] */
#define THREE                                                                                                          \
    0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2, -1, -1, -1, -1,   \
        0, 0, 0, 8, -1, -1, -1, -1, -1, -1, -1, -1

static void test_elements_are_found_by_number(void **state)
{
    (void)state;
    Text three = BYTES(THREE);
    assert_int_equal(value_element(three, 1), 258);
    assert_int_equal(value_element(three, 2), 0);
    assert_int_equal(value_element(three, 3), -1);
}

static void test_what_is_not_there_is_nothing(void **state)
{
    (void)state;
    Text three = BYTES(THREE);
    assert_int_equal(value_element(three, 4), 0);
    assert_int_equal(value_element(TEXT_NULL, 1), 0);
    /* '{}' has no dimension */
    assert_int_equal(value_element(BYTES(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20), 1), 0);
}

static void test_an_array_that_is_cut_is_read_no_further(void **state)
{
    (void)state;
    Text three = BYTES(THREE);
    for (size_t size = 0; size < three.size; size++) {
        char *copy = test_malloc(size + 1); /* so that a sanitizer sees a byte too many */
        memcpy(copy, three.data, size);
        assert_int_equal(value_element((Text){copy, size}, 3), 0);
        test_free(copy);
    }
}

static void test_times_count_from_1970(void **state)
{
    (void)state;
    /* 2000-01-01 and a microsecond */
    assert_int_equal(value_time(BYTES(0, 0, 0, 0, 0, 0, 0, 1)), INT64_C(946684800000001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements_are_found_by_number),
        cmocka_unit_test(test_what_is_not_there_is_nothing),
        cmocka_unit_test(test_an_array_that_is_cut_is_read_no_further),
        cmocka_unit_test(test_times_count_from_1970),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
