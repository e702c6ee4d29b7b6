/* json_find: one value by its path. */
#include "common/json_find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_finds(const char *json, const char *path, const char *expected)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(10000);
    Text value;
    assert_int_equal(json_find(text_from(json), text_from(path), &arena, &value, &error), STATUS_OK);
    if (expected)
        assert_true(text_is(value, expected));
    else
        assert_true(text_is_null(value));
}

static void follows_keys_and_indices(void **state)
{
    (void)state;
    const char *json =
        "{\"a\": {\"b\": [1.50, {\"c\": \"x\\u00e9\"}, true], \"d.e\": \"dot\"}, \"n\": null, \"f\": false}";
    assert_finds(json, "a.b.0", "1.50");
    assert_finds(json, "a.b.1.c", "x\xC3\xA9");
    assert_finds(json, "a.b.2", "true");
    assert_finds(json, "a.d\\.e", "dot");
    assert_finds(json, "f", "false");
    assert_finds(json, "n", NULL);
    assert_finds(json, "a", NULL);
    assert_finds(json, "a.b", NULL);
    assert_finds(json, "a.b.3", NULL);
    assert_finds(json, "a.b.x", NULL);
    assert_finds(json, "a.b.-1", NULL);
    assert_finds(json, "a.d.e", NULL);
    assert_finds(json, "a.b.0.c", NULL);
    assert_finds(json, "z", NULL);
    assert_finds(json, "", NULL);
    assert_finds("[[], [7]]", "1.0", "7");
    assert_finds("[[], [7]]", "0.0", NULL);
    assert_finds("\"text\"", "a", NULL);
    assert_finds(" [] ", "0", NULL);
}

static void tells_what_stands_there(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        JsonType type;
    } cases[] = {
        {"o", JSON_OBJECT_BEGIN}, {"a", JSON_ARRAY_BEGIN}, {"s", JSON_STRING}, {"n", JSON_NUMBER}, {"t", JSON_TRUE},
        {"f", JSON_FALSE},        {"z", JSON_NULL},        {"x", JSON_NULL},   {"o.x", JSON_NULL}, {"a.0", JSON_NULL},
    };
    const char *json = "{\"o\": {}, \"a\": [], \"s\": \"\", \"n\": 0, \"t\": true, \"f\": false, \"z\": null}";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup(arena_done) Arena arena = arena_make(10000);
        Error error = ERROR_INIT;
        JsonType type = JSON_KEY;
        Text value;
        assert_int_equal(json_find_typed(text_from(json), text_from(cases[i].path), &arena, &type, &value, &error),
                         STATUS_OK);
        assert_int_equal(type, cases[i].type);
    }
}

static void takes_the_whole_path_as_a_key_of_the_top(void **state)
{
    (void)state;
    assert_finds("{\"@odata.nextLink\": \"u\", \"@odata\": {\"nextLink\": \"v\"}}", "@odata.nextLink", "u");
    assert_finds("{\"@odata\": {\"nextLink\": \"v\"}}", "@odata.nextLink", "v");
    assert_finds("{\"x\": {\"@odata.nextLink\": \"u\"}}", "x.@odata.nextLink", NULL);
}

static void refuses_what_is_no_json(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "", " ", "{\"a\": 1", "{\"a\": 1, ", "[1, 2", "{\"a\": 1} x", "{\"a\": \"\\uD800\"}", "{\"b\": [}, \"a\": 1}"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        Error error = ERROR_INIT;
        cleanup(arena_done) Arena arena = arena_make(10000);
        Text value = TEXT("untouched");
        assert_int_equal(json_find(text_from(broken[i]), TEXT("a"), &arena, &value, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
        assert_true(text_is(value, "untouched"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_keys_and_indices),
        cmocka_unit_test(tells_what_stands_there),
        cmocka_unit_test(takes_the_whole_path_as_a_key_of_the_top),
        cmocka_unit_test(refuses_what_is_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
