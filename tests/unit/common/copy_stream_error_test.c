/* Rows on their way into a table: what the connection is given, and what it says. */
// wrap: pg_copy_begin pg_copy_write pg_copy_end
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/copy_stream.h"

#include <string.h>

/* What came, in place of a server. */
static struct {
    int begun, ended, writes;
    int writes_taken; /* the next one fails */
    Buffer bytes;
} server;

Status __wrap_pg_copy_begin(Pg *pg, const char *sql, Error *error);
Status __wrap_pg_copy_write(Pg *pg, Text bytes, Error *error);
Status __wrap_pg_copy_end(Pg *pg, int64_t *ret_rows, Error *error);

Status __wrap_pg_copy_begin(Pg *pg, const char *sql, Error *error)
{
    (void)pg;
    (void)error;
    assert_string_equal(sql, "copy");
    assert_int_equal(server.begun, server.ended);
    server.begun++;
    return STATUS_OK;
}

Status __wrap_pg_copy_write(Pg *pg, Text bytes, Error *error)
{
    (void)pg;
    assert_int_equal(server.begun, server.ended + 1);
    if (server.writes == server.writes_taken)
        return error_set(error, ERROR_UNAVAILABLE, "the server went away");
    server.writes++;
    return buffer_append(&server.bytes, bytes, error);
}

Status __wrap_pg_copy_end(Pg *pg, int64_t *ret_rows, Error *error)
{
    (void)pg;
    (void)ret_rows;
    (void)error;
    server.ended++;
    return STATUS_OK;
}

static int begin(void **state)
{
    (void)state;
    server.begun = server.ended = server.writes = 0;
    server.writes_taken = INT32_MAX;
    server.bytes = buffer_make(1 << 24);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_done(&server.bytes);
    return 0;
}

static Status put(CopyStream *stream, int64_t number, Error *error)
{
    TRY(copy_stream_row(stream, 1, error));
    return copy_encode_int64(&stream->rows, &number, error);
}

/* The bytes of one COPY with the numbers from 0. */
static void expect(Buffer *expected, int64_t count)
{
    Error error = ERROR_INIT;
    copy_encode_header(expected, &error);
    for (int64_t i = 0; i < count; i++) {
        copy_encode_begin(expected, 1, &error);
        copy_encode_int64(expected, &i, &error);
    }
    assert_int_equal(copy_encode_trailer(expected, &error), STATUS_OK);
}

static void check_bytes(const Buffer *expected)
{
    assert_int_equal(server.bytes.size, expected->size);
    assert_memory_equal(server.bytes.data, expected->data, expected->size);
}

static void test_without_a_row_nothing_is_said(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(NULL, "copy");
    assert_int_equal(copy_stream_end(&stream, &error), STATUS_OK);
    assert_int_equal(server.begun, 0);
}

static void test_rows_go_in_pieces(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    Error error = ERROR_INIT;
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(NULL, "copy");
    for (int64_t i = 0; i < COUNT; i++) {
        assert_int_equal(put(&stream, i, &error), STATUS_OK);
        assert_true(stream.rows.size < 1 << 17);
    }
    assert_true(server.writes > 2);
    assert_int_equal(server.ended, 0);
    assert_int_equal(copy_stream_end(&stream, &error), STATUS_OK);
    assert_int_equal(server.ended, 1);
    cleanup(buffer_done) Buffer expected = buffer_make(1 << 24);
    expect(&expected, COUNT);
    check_bytes(&expected);
}

static void test_after_the_end_another_one_begins(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(NULL, "copy");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(put(&stream, 0, &error), STATUS_OK);
        assert_int_equal(copy_stream_end(&stream, &error), STATUS_OK);
    }
    assert_int_equal(copy_stream_end(&stream, &error), STATUS_OK);
    assert_int_equal(server.ended, 2);
    cleanup(buffer_done) Buffer expected = buffer_make(1 << 12);
    expect(&expected, 1);
    expect(&expected, 1);
    check_bytes(&expected);
}

static void test_what_the_server_says_is_said(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(NULL, "copy");
    server.writes_taken = 1;
    Status status = STATUS_OK;
    for (int64_t i = 0; i < 100000 && status == STATUS_OK; i++)
        status = put(&stream, i, &error);
    assert_int_equal(status, STATUS_ERROR);
    assert_int_equal(error.code, ERROR_UNAVAILABLE);
    assert_int_equal(server.writes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_a_row_nothing_is_said, begin, end),
        cmocka_unit_test_setup_teardown(test_rows_go_in_pieces, begin, end),
        cmocka_unit_test_setup_teardown(test_after_the_end_another_one_begins, begin, end),
        cmocka_unit_test_setup_teardown(test_what_the_server_says_is_said, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
