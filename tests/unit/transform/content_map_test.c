#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/folder.h"
#include "transform/content_map.h"

#include <stdio.h>
#include <stdlib.h>

static char folder[] = "/tmp/closedloop-content-XXXXXX";
static Error error;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder, &error) == STATUS_OK ? 0 : -1;
}

static void note(ContentMap *map, uint64_t number, Text title, Output *output)
{
    static CanonicalUrl url;
    Key key = hash_bytes((Text){(const char *)&number, sizeof number});
    url.text = TEXT("https://example.com/a");
    url.host = TEXT("example.com");
    url.path = TEXT("/a");
    assert_int_equal(content_map_note(map, &key, &url, title, (int64_t)number, output, &error), STATUS_OK);
}

static int64_t rows_written(const Output *output)
{
    return output->is_open[LOAD_CONTENT_SEEN] ? output->writers[LOAD_CONTENT_SEEN].rows : 0;
}

static void test_each_content_once(void **state)
{
    Output output = output_make(folder);
    ContentMap map = content_map_make();
    (void)state;
    for (uint64_t i = 0; i < 3000; i++)
        note(&map, i % 1000, TEXT_NULL, &output);
    assert_int_equal(rows_written(&output), 0);
    assert_int_equal(content_map_flush(&map, &output, &error), STATUS_OK);
    assert_int_equal(rows_written(&output), 1000);
    note(&map, 1, TEXT_NULL, &output);
    assert_int_equal(content_map_flush(&map, &output, &error), STATUS_OK);
    assert_int_equal(rows_written(&output), 1001);
    content_map_done(&map);
    output_done(&output);
}

static void test_too_many_contents_are_written_early(void **state)
{
    Output output = output_make(folder);
    ContentMap map = content_map_make();
    (void)state;
    for (uint64_t i = 0; i < CONTENT_MAP_MAX; i++)
        note(&map, i, TEXT_NULL, &output);
    assert_int_equal(rows_written(&output), 0);
    note(&map, CONTENT_MAP_MAX, TEXT_NULL, &output);
    assert_int_equal(rows_written(&output), CONTENT_MAP_MAX);
    assert_int_equal(map.count, 1);
    content_map_done(&map);
    output_done(&output);
}

/* Titles alone can fill the room too. */
static void test_too_many_titles_are_written_early(void **state)
{
    static char title[8192];
    Output output = output_make(folder);
    ContentMap map = content_map_make();
    (void)state;
    memset(title, 'a', sizeof title);
    for (uint64_t i = 0; i < 3000; i++)
        note(&map, i, (Text){title, sizeof title}, &output);
    assert_true(rows_written(&output) >= 1000);
    assert_true(map.texts.used <= CONTENT_MAP_TEXTS);
    assert_int_equal(content_map_flush(&map, &output, &error), STATUS_OK);
    assert_int_equal(rows_written(&output), 3000);
    content_map_done(&map);
    output_done(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_content_once),
        cmocka_unit_test(test_too_many_contents_are_written_early),
        cmocka_unit_test(test_too_many_titles_are_written_early),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
