#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/gunzip.h"
#include "tests/unit/common/gzip_check.h"

/* "hello\n" as gzip 1.12 writes it with -n. */
static const Text hello = {
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00",
    26};

/* Everything decoded, from pieces of the input into pieces of the output. */
static Status decode(Text input, size_t step, size_t capacity, Buffer *output, Error *error)
{
    Gunzip *gunzip = NULL;
    char bytes[512];
    assert_true(capacity <= sizeof bytes);
    assert_int_equal(gunzip_make(&gunzip, error), STATUS_OK);
    Status status = STATUS_OK;
    for (size_t at = 0; at < input.size && status == STATUS_OK; at += step) {
        Text piece = {input.data + at, input.size - at < step ? input.size - at : step};
        size_t size = capacity;
        while (size == capacity && (status = gunzip_decode(gunzip, &piece, bytes, capacity, &size, error)) == STATUS_OK)
            assert_int_equal(buffer_append_bytes(output, bytes, size, error), STATUS_OK);
        if (status == STATUS_OK)
            assert_int_equal(piece.size, 0);
    }
    if (status == STATUS_OK)
        status = gunzip_finish(gunzip, error);
    gunzip_free(gunzip);
    return status;
}

static void expect(Text input, const char *expected)
{
    for (size_t step = 1; step <= input.size; step++)
        for (size_t capacity = 1; capacity < 10; capacity++) {
            cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
            Error error = ERROR_INIT;
            assert_int_equal(decode(input, step, capacity, &output, &error), STATUS_OK);
            assert_string_equal(output.data ? output.data : "", expected);
        }
}

static void expect_error(Text input, const char *message)
{
    for (size_t step = 1; step <= input.size + 1; step++) {
        cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
        Error error = ERROR_INIT;
        assert_int_equal(decode(input, step, 100, &output, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, message));
    }
}

static void join(Buffer *buffer, Text a, Text b, Text c)
{
    Error error = ERROR_INIT;
    buffer_clear(buffer);
    assert_int_equal(buffer_append(buffer, a, &error), STATUS_OK);
    assert_int_equal(buffer_append(buffer, b, &error), STATUS_OK);
    assert_int_equal(buffer_append(buffer, c, &error), STATUS_OK);
}

static void one_member_is_decoded(void **state)
{
    (void)state;
    expect(hello, "hello\n");
}

static void members_follow_each_other(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 20), empty = buffer_make(1000);
    join(&input, hello, hello, hello);
    expect(buffer_text(&input), "hello\nhello\nhello\n");
    gzip_append(&empty, TEXT(""));
    join(&input, buffer_text(&empty), hello, buffer_text(&empty));
    expect(buffer_text(&input), "hello\n");
}

static void zero_bytes_to_the_end_are_padding(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 20);
    join(&input, hello, hello, TEXT("\0\0\0\0\0\0\0\0\0"));
    expect(buffer_text(&input), "hello\nhello\n");
    join(&input, hello, TEXT("\0"), TEXT(""));
    expect(buffer_text(&input), "hello\n");
}

static void anything_else_behind_a_member_is_junk(void **state)
{
    (void)state;
    static const Text junk[] = {{"x", 1}, {"\x1f", 1}, {"\x1fx", 2}, {"\x8b", 1}, {"\0x", 2}, {"\0\0\x1f\x8b", 4}};
    cleanup(buffer_done) Buffer input = buffer_make(1 << 20);
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
        join(&input, hello, junk[i], TEXT(""));
        expect_error(buffer_text(&input), "trailing junk after byte 26");
        join(&input, hello, hello, junk[i]);
        expect_error(buffer_text(&input), "trailing junk after byte 52");
    }
}

static void every_truncation_is_seen(void **state)
{
    (void)state;
    for (size_t size = 0; size < hello.size; size++)
        expect_error((Text){hello.data, size}, "unexpected end of compressed data");
    cleanup(buffer_done) Buffer input = buffer_make(1 << 20);
    for (size_t size = 2; size < hello.size; size++) {
        join(&input, hello, (Text){hello.data, size}, TEXT(""));
        expect_error(buffer_text(&input), "unexpected end of compressed data");
    }
}

static void damage_is_seen(void **state)
{
    (void)state;
    /* The method, the flags that are reserved, a block's type, the checksum, the length. */
    static const struct {
        size_t at;
        const char *message;
    } places[] = {{2, "unknown compression method"},
                  {3, "unknown header flags set"},
                  {10, "compressed data is damaged"},
                  {18, "incorrect data check"},
                  {22, "incorrect length check"}};
    char bytes[26];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(bytes, hello.data, hello.size);
        bytes[places[i].at] = (char)(bytes[places[i].at] ^ 0xE4);
        expect_error((Text){bytes, hello.size}, places[i].message);
    }
}

static void other_data_is_not_gzip(void **state)
{
    (void)state;
    expect_error(TEXT("hello"), "is not gzip data");
    expect_error(TEXT("\x1fhello"), "is not gzip data");
    expect_error(TEXT("\0\x1f\x8b"), "is not gzip data");
}

static void long_data_is_the_same(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer text = buffer_make(1 << 22), input = buffer_make(1 << 22),
                                output = buffer_make(1 << 22);
    Error error = ERROR_INIT;
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buffer_printf(&text, &error, "%d\n", i * 7919 % 100003), STATUS_OK);
    gzip_append(&input, buffer_text(&text));
    gzip_append(&input, buffer_text(&text));
    assert_int_equal(decode(buffer_text(&input), 1000, 512, &output, &error), STATUS_OK);
    assert_int_equal(output.size, 2 * text.size);
    assert_memory_equal(output.data, text.data, text.size);
    assert_memory_equal(output.data + text.size, text.data, text.size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_member_is_decoded),
        cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(zero_bytes_to_the_end_are_padding),
        cmocka_unit_test(anything_else_behind_a_member_is_junk),
        cmocka_unit_test(every_truncation_is_seen),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(other_data_is_not_gzip),
        cmocka_unit_test(long_data_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
