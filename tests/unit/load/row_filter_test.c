// wrap: pg_copy_write
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buffer.h"
#include "common/copy_encode.h"
#include "common/time.h"
#include "load/row_filter.h"

#include <string.h>

enum { CEILING = 4 << 20 };

static const int64_t noon = 20454 * TIME_DAY + TIME_DAY / 2;

/* What went to the server. */
static Buffer sent;

Status __wrap_pg_copy_write(Pg *pg, Text bytes, Error *error);
Status __wrap_pg_copy_write(Pg *pg, Text bytes, Error *error)
{
    assert_null(pg);
    return buffer_append(&sent, bytes, error);
}

typedef struct Row {
    const char *name;
    int64_t at;
} Row;

/* Seconds after noon. */
static const Row rows[] = {{"a", -2}, {"b", 0}, {"c", 1}, {NULL, 9}, {"e", 10}, {"f", 11}, {"g", 5}};

static void encode(Buffer *file, const char *names)
{
    Error error = ERROR_INIT;
    assert_int_equal(copy_encode_header(file, &error), STATUS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (names && !strchr(names, rows[i].name ? rows[i].name[0] : 'd'))
            continue;
        int64_t at = noon + rows[i].at * TIME_SECOND;
        assert_int_equal(copy_encode_begin(file, 2, &error), STATUS_OK);
        assert_int_equal(copy_encode_text(file, rows[i].name ? text_from(rows[i].name) : TEXT_NULL, &error), STATUS_OK);
        assert_int_equal(copy_encode_time(file, &at, &error), STATUS_OK);
    }
    assert_int_equal(copy_encode_trailer(file, &error), STATUS_OK);
}

static int setup(void **state)
{
    (void)state;
    sent = buffer_make(CEILING);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_done(&sent);
    return 0;
}

static void check(bool is_within, size_t step, const char *names)
{
    cleanup(buffer_done) Buffer file = buffer_make(CEILING);
    cleanup(buffer_done) Buffer expected = buffer_make(CEILING);
    encode(&file, NULL);
    encode(&expected, names);
    buffer_clear(&sent);
    cleanup(row_filter_done) RowFilter filter = row_filter_make();
    row_filter_window(&filter, 1, noon, noon + 10 * TIME_SECOND, is_within);
    Error error = ERROR_INIT;
    for (size_t at = 0; at < file.size; at += step) {
        size_t size = file.size - at < step ? file.size - at : step;
        assert_int_equal(row_filter_take(&filter, NULL, (Text){file.data + at, size}, &error), STATUS_OK);
    }
    assert_true(filter.is_done);
    assert_int_equal(sent.size, expected.size);
    assert_memory_equal(sent.data, expected.data, expected.size);
}

static void test_rows_within_pass_both_ends_included(void **state)
{
    (void)state;
    check(true, CEILING, "bcdeg");
}

static void test_all_others_pass(void **state)
{
    (void)state;
    check(false, CEILING, "af");
}

static void test_rows_are_cut_by_blocks_anywhere(void **state)
{
    (void)state;
    for (size_t step = 1; step < 90; step++) {
        check(true, step, "bcdeg");
        check(false, step, "af");
    }
}

static void test_what_is_no_file_of_views_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"\0\1\0\0\0\1x", 7},                  /* no second column */
        {"\0\2\0\0\0\1x\xff\xff\xff\xff", 11}, /* its time is null */
        {"\0\2\0\0\0\1x\0\0\0\2ab", 13},       /* its time has two bytes */
        {"\0\2\x7f\xff\xff\xff", 6},           /* a column of 2 GB */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cleanup(buffer_done) Buffer file = buffer_make(CEILING);
        Error error = ERROR_INIT;
        assert_int_equal(copy_encode_header(&file, &error), STATUS_OK);
        assert_int_equal(buffer_append_bytes(&file, bad[i].bytes, bad[i].size, &error), STATUS_OK);
        cleanup(row_filter_done) RowFilter filter = row_filter_make();
        row_filter_window(&filter, 1, noon, noon, true);
        assert_int_equal(row_filter_take(&filter, NULL, buffer_text(&file), &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
    }
}

/* Rows of three members: their names, and the number of each. */
static void encode_members(Buffer *file, const char *names, const int32_t *last)
{
    Error error = ERROR_INIT;
    assert_int_equal(copy_encode_header(file, &error), STATUS_OK);
    for (size_t i = 0; names[i]; i++) {
        int64_t at = noon + (int64_t)i * TIME_SECOND;
        assert_int_equal(copy_encode_begin(file, 3, &error), STATUS_OK);
        assert_int_equal(copy_encode_text(file, names[i] == '-' ? TEXT_NULL : (Text){names + i, 1}, &error), STATUS_OK);
        assert_int_equal(copy_encode_time(file, &at, &error), STATUS_OK);
        assert_int_equal(copy_encode_int32(file, &last[i], &error), STATUS_OK);
    }
    assert_int_equal(copy_encode_trailer(file, &error), STATUS_OK);
}

static void test_members_become_batches_and_those_without_a_number_go(void **state)
{
    (void)state;
    static const int32_t numbers[] = {1000, 0, 70000}, given[] = {0, 0, 1, 2, 2, 1, 2},
                         put[] = {1000, 1000, 70000, 70000, 70000};
    for (size_t step = 1; step < 120; step++) {
        cleanup(buffer_done) Buffer file = buffer_make(CEILING);
        cleanup(buffer_done) Buffer expected = buffer_make(CEILING);
        encode_members(&file, "ab-d-fg", given);
        Error error = ERROR_INIT;
        buffer_clear(&sent);
        cleanup(row_filter_done) RowFilter filter = row_filter_make();
        row_filter_number(&filter, numbers, 3);
        for (size_t at = 0; at < file.size; at += step) {
            size_t size = file.size - at < step ? file.size - at : step;
            assert_int_equal(row_filter_take(&filter, NULL, (Text){file.data + at, size}, &error), STATUS_OK);
        }
        /* The times of c and f went with them. */
        assert_int_equal(filter.rows, 7);
        static const int64_t seconds[] = {0, 1, 3, 4, 6};
        static const char names[] = "abd-g";
        assert_int_equal(copy_encode_header(&expected, &error), STATUS_OK);
        for (size_t i = 0; names[i]; i++) {
            int64_t at = noon + seconds[i] * TIME_SECOND;
            assert_int_equal(copy_encode_begin(&expected, 3, &error), STATUS_OK);
            assert_int_equal(copy_encode_text(&expected, names[i] == '-' ? TEXT_NULL : (Text){names + i, 1}, &error),
                             STATUS_OK);
            assert_int_equal(copy_encode_time(&expected, &at, &error), STATUS_OK);
            assert_int_equal(copy_encode_int32(&expected, &put[i], &error), STATUS_OK);
        }
        assert_int_equal(copy_encode_trailer(&expected, &error), STATUS_OK);
        assert_int_equal(sent.size, expected.size);
        assert_memory_equal(sent.data, expected.data, expected.size);
    }
}

static void test_a_member_that_is_none_is_refused(void **state)
{
    (void)state;
    static const int32_t numbers[] = {1000, 2000}, beyond[] = {2}, below[] = {-1};
    const int32_t *const given[] = {beyond, below};
    for (size_t i = 0; i < 2; i++) {
        cleanup(buffer_done) Buffer file = buffer_make(CEILING);
        Error error = ERROR_INIT;
        encode_members(&file, "a", given[i]);
        cleanup(row_filter_done) RowFilter filter = row_filter_make();
        row_filter_number(&filter, numbers, 2);
        assert_int_equal(row_filter_take(&filter, NULL, buffer_text(&file), &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
    }
}

static void test_nothing_follows_the_trailer(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer file = buffer_make(CEILING);
    cleanup(buffer_done) Buffer expected = buffer_make(CEILING);
    encode(&file, "");
    encode(&expected, "");
    Error error = ERROR_INIT;
    assert_int_equal(buffer_append(&file, TEXT("junk"), &error), STATUS_OK);
    cleanup(row_filter_done) RowFilter filter = row_filter_make();
    row_filter_window(&filter, 1, noon, noon, true);
    assert_int_equal(row_filter_take(&filter, NULL, buffer_text(&file), &error), STATUS_OK);
    assert_int_equal(row_filter_take(&filter, NULL, TEXT("more"), &error), STATUS_OK);
    assert_int_equal(sent.size, expected.size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_within_pass_both_ends_included, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_others_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows_are_cut_by_blocks_anywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_file_of_views_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_members_become_batches_and_those_without_a_number_go, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_member_that_is_none_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_follows_the_trailer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
