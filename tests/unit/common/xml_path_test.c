#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/xml_path.h"

/* Whether the element at the end of "a/b/c" is a record. */
static bool matches(const char *text, const char *element)
{
    Error error = ERROR_INIT;
    cleanup(xml_paths_done) XmlPaths paths = {0};
    assert_int_equal(xml_paths_read(text, &paths, &error), STATUS_OK);
    Text names[8];
    size_t count = 0;
    for (Text rest = text_from(element); count < 8;) {
        size_t size = text_find(rest, '/');
        names[count++] = (Text){rest.data, size};
        if (size == rest.size)
            break;
        rest = (Text){rest.data + size + 1, rest.size - size - 1};
    }
    return xml_paths_match(&paths, names, count);
}

static void test_last_steps(void **state)
{
    (void)state;
    assert_true(matches("c", "a/b/c"));
    assert_true(matches("b/c", "a/b/c"));
    assert_true(matches("a/b/c", "a/b/c"));
    assert_false(matches("b", "a/b/c"));
    assert_false(matches("x/c", "a/b/c"));
    assert_false(matches("x/a/b/c", "a/b/c"));
    assert_false(matches("cc", "a/b/c"));
}

static void test_whole_paths(void **state)
{
    (void)state;
    assert_true(matches("/a/b/c", "a/b/c"));
    assert_true(matches("/a", "a"));
    assert_false(matches("/b/c", "a/b/c"));
    assert_false(matches("/a/b", "a/b/c"));
}

static void test_several_paths(void **state)
{
    (void)state;
    assert_true(matches("x|b/c|/y", "a/b/c"));
    assert_true(matches("x|b/c|/y", "y"));
    assert_true(matches("x|b/c|/y", "a/x"));
    assert_false(matches("x|b/c|/y", "a/y"));
    assert_true(matches("1|2|3|4|5|6|7|8", "8"));
    assert_true(matches("1/2/3/4/5/6/7/8|b", "1/2/3/4/5/6/7/8"));
}

static void assert_refused(const char *text, const char *message)
{
    Error error = ERROR_INIT;
    XmlPaths paths = {.count = 77};
    assert_int_equal(xml_paths_read(text, &paths, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
    assert_string_equal(error.message, message);
    assert_int_equal(paths.count, 77);
}

static void test_no_paths(void **state)
{
    (void)state;
    assert_refused("", "\"\" is no path of an element");
    assert_refused("/", "\"/\" is no path of an element");
    assert_refused("a/", "\"a/\" is no path of an element");
    assert_refused("a//b", "\"a//b\" is no path of an element");
    assert_refused("|a", "\"|a\" is no path of an element");
    assert_refused("a|", "\"\" is no path of an element");
    assert_refused("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
                   "\"1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17\" is no path of an element");
    assert_refused("a/s:b", "\"a/s:b\": elements are named without a prefix");
    assert_refused("1|2|3|4|5|6|7|8|9", "\"1|2|3|4|5|6|7|8|9\" names more than 8 elements");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_steps),
        cmocka_unit_test(test_whole_paths),
        cmocka_unit_test(test_several_paths),
        cmocka_unit_test(test_no_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
