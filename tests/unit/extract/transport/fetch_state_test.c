/* What a reading remembers. */
#include "extract/transport/fetch_state.h"

#include "common/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char folder[] = "/tmp/closedloop-fetch.XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/state.json", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    return folder_remove(folder, &error) == STATUS_OK ? 0 : -1;
}

static void write_file(const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(100000);
    FetchState saved = {
        .request = hash_bytes(TEXT("r")),
        .started_at = 1769904000123456,
        .has_since = true,
        .since = -5,
        .page_count = 3,
        .bytes = 70,
        .position = "a\"\\\n\xC3\xA9",
        .job = "750x",
        .last = hash_bytes(TEXT("l")),
        .landmark = hash_bytes(TEXT("m")),
        .steps = 1,
        .power = 2,
    };
    FetchState loaded;
    assert_int_equal(fetch_state_save(path, &saved, &error), STATUS_OK);
    assert_int_equal(fetch_state_load(path, &arena, &loaded, &error), STATUS_OK);
    assert_string_equal(loaded.position, saved.position);
    assert_string_equal(loaded.job, saved.job);
    loaded.position = saved.position;
    loaded.job = saved.job;
    assert_true(key_equal(&loaded.request, &saved.request) && key_equal(&loaded.last, &saved.last) &&
                key_equal(&loaded.landmark, &saved.landmark));
    assert_true(loaded.started_at == saved.started_at && loaded.has_since && loaded.since == -5 &&
                !loaded.is_complete && loaded.page_count == 3 && loaded.bytes == 70 && loaded.steps == 1 &&
                loaded.power == 2);
    saved = (FetchState){.is_complete = true, .page_count = 1};
    assert_int_equal(fetch_state_save(path, &saved, &error), STATUS_OK);
    assert_int_equal(fetch_state_load(path, &arena, &loaded, &error), STATUS_OK);
    assert_null(loaded.position);
    assert_null(loaded.job);
    assert_true(loaded.is_complete && !loaded.has_since);

    FetchMark mark = {.mapping = hash_bytes(TEXT("m")), .started_at = 7}, read;
    assert_int_equal(fetch_mark_save(path, &mark, &error), STATUS_OK);
    assert_int_equal(fetch_mark_load(path, &read, &error), STATUS_OK);
    assert_true(key_equal(&read.mapping, &mark.mapping) && read.started_at == 7);
}

static void refuses_what_is_damaged(void **state)
{
    (void)state;
    static const char *const contents[] = {"",
                                           "{",
                                           "[]",
                                           "{\"version\": 2}",
                                           "{\"version\": 1}",
                                           "{\"version\": 1, \"mapping\": \"x\", \"started_at\": 1}",
                                           "{\"version\": 1, \"mapping\": \"00\", \"started_at\": \"soon\"}"};
    cleanup(arena_done) Arena arena = arena_make(100000);
    FetchState fetch_state;
    FetchMark mark;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        Error error = ERROR_INIT;
        write_file(contents[i]);
        assert_int_equal(fetch_state_load(path, &arena, &fetch_state, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
        assert_ptr_equal(strstr(error.message, path), error.message);
        assert_int_equal(fetch_mark_load(path, &mark, &error), STATUS_ERROR);
    }
    Error error = ERROR_INIT;
    assert_int_equal(fetch_state_load("/nowhere/at/all", &arena, &fetch_state, &error), STATUS_END);
    assert_int_equal(fetch_mark_load("/nowhere/at/all", &mark, &error), STATUS_END);
}

/* What a hand, or half of another file, may make of it. */
static void refuses_what_cannot_be(void **state)
{
    (void)state;
    static const FetchState states[] = {
        {.started_at = -1},
        {.page_count = -1, .position = "x"},
        {.page_count = FETCH_PAGES_MAX + 1, .position = "x"},
        {.page_count = 1},
        {.position = "x"},
        {.is_complete = true},
        {.bytes = -1},
        {.steps = -1},
        {.steps = 2, .power = 1},
        {.steps = 1, .power = INT64_MAX},
    };
    cleanup(arena_done) Arena arena = arena_make(100000);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        Error error = ERROR_INIT;
        FetchState loaded;
        assert_int_equal(fetch_state_save(path, &states[i], &error), STATUS_OK);
        assert_int_equal(fetch_state_load(path, &arena, &loaded, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, "it tells of a reading that cannot be"));
        assert_non_null(strstr(error.hint, "move it away"));
    }
    Error error = ERROR_INIT;
    FetchMark mark = {.started_at = INT64_MIN};
    assert_int_equal(fetch_mark_save(path, &mark, &error), STATUS_OK);
    assert_int_equal(fetch_mark_load(path, &mark, &error), STATUS_ERROR);
}

/* Positions 0, 1, ..., lead, then round and round. */
static void finds_circles(void **state)
{
    (void)state;
    for (int lead = 0; lead < 8; lead++)
        for (int circle = 1; circle < 9; circle++) {
            FetchState fetch_state = {0};
            char positions[16][16];
            int steps = 0;
            for (;; steps++) {
                int at = steps < lead ? steps : lead + (steps - lead) % circle;
                snprintf(positions[at], sizeof positions[at], "p%d", at);
                if (!fetch_state_step(&fetch_state, positions[at]))
                    break;
                assert_true(steps < 100);
            }
            assert_true(steps >= lead + circle);
        }
    FetchState fetch_state = {0};
    static char many[1000][16];
    for (int i = 0; i < 1000; i++) {
        snprintf(many[i], sizeof many[i], "%d", i);
        assert_true(fetch_state_step(&fetch_state, many[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(refuses_what_is_damaged),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(finds_circles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
