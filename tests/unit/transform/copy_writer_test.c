#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/copy_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/closedloop-copy-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/t.copy", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void check_file(const char *expected, size_t size)
{
    Error error = ERROR_INIT;
    Buffer buffer = buffer_make(1 << 20);
    assert_int_equal(file_read_all(path, 1 << 20, &buffer, &error), STATUS_OK);
    assert_int_equal(buffer.size, size);
    assert_memory_equal(buffer.data, expected, size);
    buffer_done(&buffer);
    unlink(path);
}

#define HEADER "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"

static void test_every_type(void **state)
{
    static const char expected[] = HEADER "\0\x0A"                                   /* ten values */
                                          "\0\0\0\1\1"                               /* true */
                                          "\0\0\0\4\xFF\xFF\xFF\xFE"                 /* -2 */
                                          "\0\0\0\x08\0\0\0\1\0\0\0\0"               /* 2^32 */
                                          "\0\0\0\2hi"                               /* hi */
                                          "\0\0\0\0"                                 /* the empty text */
                                          "\xFF\xFF\xFF\xFF"                         /* null */
                                          "\0\0\0\x08\0\0\0\0\0\0\0\1"               /* 2000-01-01 and a microsecond */
                                          "\0\0\0\4\xFF\xFF\xFF\xFF"                 /* 1999-12-31 */
                                          "\0\0\0\x0C\0\2\0\0\0\0\0\2\0\x0C\x13\x88" /* 12.50 */
                                          "\0\0\0\x10"
                                          "abcdefghijklmnop" /* a key */
                                          "\xFF\xFF";
    Error error = ERROR_INIT;
    CopyWriter writer = COPY_WRITER_INIT;
    (void)state;
    assert_int_equal(copy_writer_open(path, 10, NULL, &writer, &error), STATUS_OK);
    copy_row_begin(&writer);
    copy_put_text(&writer, TEXT("a row that is forgotten"));
    copy_row_begin(&writer);
    copy_put_boolean(&writer, true);
    copy_put_integer(&writer, -2);
    copy_put_bigint(&writer, INT64_C(1) << 32);
    copy_put_text(&writer, TEXT("hi"));
    copy_put_text(&writer, TEXT(""));
    copy_put_null(&writer);
    copy_put_timestamp(&writer, INT64_C(946684800000001));
    copy_put_date(&writer, 10956);
    copy_put_numeric(&writer, (Decimal){1250, 2});
    Key key;
    memcpy(key.bytes, "abcdefghijklmnop", 16);
    copy_put_uuid(&writer, &key);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_OK);
    assert_int_equal(writer.rows, 1);
    assert_int_equal(copy_writer_commit(&writer, &error), STATUS_OK);
    copy_writer_done(&writer);
    check_file(expected, sizeof expected - 1);
}

static void test_keys_in_arrays(void **state)
{
    static const char expected[] = HEADER "\0\2\xFF\xFF\xFF\xFF" /* no keys: null */
                                          "\0\0\0\x3C"
                                          "\0\0\0\1\0\0\0\0\0\0\x0B\x86\0\0\0\2\0\0\0\1"
                                          "\0\0\0\x10"
                                          "abcdefghijklmnop"
                                          "\0\0\0\x10"
                                          "ABCDEFGHIJKLMNOP"
                                          "\xFF\xFF";
    Error error = ERROR_INIT;
    CopyWriter writer = COPY_WRITER_INIT;
    Key keys[2];
    (void)state;
    memcpy(keys[0].bytes, "abcdefghijklmnop", 16);
    memcpy(keys[1].bytes, "ABCDEFGHIJKLMNOP", 16);
    assert_int_equal(copy_writer_open(path, 2, NULL, &writer, &error), STATUS_OK);
    copy_row_begin(&writer);
    copy_put_uuids(&writer, NULL, 0);
    copy_put_uuids(&writer, keys, 2);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_OK);
    assert_int_equal(copy_writer_commit(&writer, &error), STATUS_OK);
    copy_writer_done(&writer);
    check_file(expected, sizeof expected - 1);
}

static void test_digest_of_what_follows(void **state)
{
    static const char following[] = "\0\0\0\2hi\xFF\xFF\xFF\xFF";
    Error error = ERROR_INIT;
    CopyWriter writer = COPY_WRITER_INIT;
    char expected[19 + 2 + 6 + 20 + sizeof following - 1 + 2];
    (void)state;
    assert_int_equal(copy_writer_open(path, 4, NULL, &writer, &error), STATUS_OK);
    copy_row_begin(&writer);
    copy_put_text(&writer, TEXT("ab"));
    size_t place = copy_put_digest(&writer);
    copy_put_text(&writer, TEXT("hi"));
    copy_put_null(&writer);
    copy_fill_digest(&writer, place);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_OK);
    assert_int_equal(copy_writer_commit(&writer, &error), STATUS_OK);
    copy_writer_done(&writer);
    Key digest = hash_bytes((Text){following, sizeof following - 1});
    memcpy(expected, HEADER "\0\4\0\0\0\2ab\0\0\0\x10", 19 + 2 + 6 + 4);
    memcpy(expected + 31, digest.bytes, 16);
    memcpy(expected + 47, following, sizeof following - 1);
    memcpy(expected + sizeof expected - 2, "\xFF\xFF", 2);
    check_file(expected, sizeof expected);
}

static void test_row_must_be_whole_and_fit(void **state)
{
    Error error = ERROR_INIT;
    CopyWriter writer = COPY_WRITER_INIT;
    char *large = calloc(COPY_ROW_CEILING, 1);
    (void)state;
    assert_non_null(large);
    assert_int_equal(copy_writer_open(path, 2, NULL, &writer, &error), STATUS_OK);
    copy_row_begin(&writer);
    copy_put_null(&writer);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_INTERNAL);
    copy_row_begin(&writer);
    copy_put_text(&writer, (Text){large, COPY_ROW_CEILING});
    copy_put_null(&writer);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    assert_int_equal(writer.rows, 0);
    copy_writer_done(&writer);
    assert_int_not_equal(access(path, F_OK), 0); /* without a commit there is no file */
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_keys_in_arrays),
        cmocka_unit_test(test_digest_of_what_follows),
        cmocka_unit_test(test_row_must_be_whole_and_fit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
