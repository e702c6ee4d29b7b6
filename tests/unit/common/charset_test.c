#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buffer.h"
#include "common/charset.h"
#include "common/stream.h"

#include <stdlib.h>
#include <zlib.h>

typedef struct Giver {
    Text rest;
    size_t step;
} Giver;

static Status give(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    (void)error;
    Giver *giver = context;
    size_t size = giver->step && giver->step < capacity ? giver->step : capacity;
    if (size > giver->rest.size)
        size = giver->rest.size;
    memcpy(bytes, giver->rest.data, size);
    giver->rest = (Text){giver->rest.data + size, giver->rest.size - size};
    *ret_size = size;
    return STATUS_OK;
}

static void decode(const char *name, Text input, size_t step, size_t capacity, Buffer *output)
{
    char bytes[300];
    size_t size;
    Charset *charset;
    Error error = ERROR_INIT;
    Giver giver = {input, step};
    assert_int_equal(STATUS_OK, charset_open(name, give, &giver, &charset, &error));
    do {
        assert_int_equal(STATUS_OK, charset_read(charset, bytes, capacity, &size, &error));
        assert_true(size <= capacity);
        assert_int_equal(STATUS_OK, buffer_append_bytes(output, bytes, size, &error));
    } while (size);
    assert_int_equal(STATUS_OK, charset_read(charset, bytes, capacity, &size, &error));
    assert_int_equal(0, size);
    charset_free(charset);
}

/* However the input and the output are cut. */
static void expect(const char *name, Text input, Text expected)
{
    for (size_t step = 0; step < 9; step++)
        for (size_t capacity = 1; capacity <= 300; capacity += 299) {
            cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
            decode(name, input, step, capacity, &output);
            assert_int_equal(expected.size, output.size);
            if (expected.size)
                assert_memory_equal(expected.data, output.data, expected.size);
        }
}

static void single_bytes_are_decoded(void **state)
{
    (void)state;
    expect("windows-1252", TEXT("caf\xE9 \x80 \x93x\x94"), TEXT("caf\xC3\xA9 \xE2\x82\xAC \xE2\x80\x9Cx\xE2\x80\x9D"));
    expect("ISO-8859-1", TEXT("\xA4\xE4"), TEXT("\xC2\xA4\xC3\xA4"));
    expect("iso-8859-15", TEXT("\xA4\xE4"), TEXT("\xE2\x82\xAC\xC3\xA4"));
    expect("koi8-r", TEXT("\xF0\xD2\xC9"), TEXT("\xD0\x9F\xD1\x80\xD0\xB8"));
    expect("windows-1252", TEXT(""), TEXT(""));
}

static void several_bytes_are_decoded(void **state)
{
    (void)state;
    expect("shift_jis", TEXT("a\x83\x65\x83\x58\x83\x67,\xB1"),
           TEXT("a\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88,\xEF\xBD\xB1"));
    expect("euc-jp", TEXT("\xA5\xC6"), TEXT("\xE3\x83\x86"));
    expect("gb18030", TEXT("\xD6\xD0"), TEXT("\xE4\xB8\xAD"));
    /* with a state of its own */
    expect("iso-2022-jp", TEXT("a\x1B$B%F\x1B(Bb"),
           TEXT("a\xE3\x83\x86"
                "b"));
    expect("UTF-16LE", TEXT("a\0\xE4\0\x3D\xD8\x00\xDE\n\0"), TEXT("a\xC3\xA4\xF0\x9F\x98\x80\n"));
    expect("UTF-16BE", TEXT("\0a\0\xE4\xD8\x3D\xDE\x00\0\n"), TEXT("a\xC3\xA4\xF0\x9F\x98\x80\n"));
    expect("UTF-32LE", TEXT("a\0\0\0\x00\xF6\x01\0"), TEXT("a\xF0\x9F\x98\x80"));
    expect("UTF-32BE", TEXT("\0\0\0a\0\x01\xF6\x00"), TEXT("a\xF0\x9F\x98\x80"));
}

static void what_is_no_character_is_marked_in_its_place(void **state)
{
    (void)state;
    expect("windows-1252", TEXT("a\x81z"), TEXT("a\xFFz"));
    expect("us-ascii", TEXT("a\xE4\xE4z"), TEXT("a\xFF\xFFz"));
    expect("shift_jis", TEXT("a\xFDz"), TEXT("a\xFFz"));
    /* halves of pairs */
    expect("UTF-16LE", TEXT("a\0\x3D\xD8z\0"), TEXT("a\xFFz"));
    expect("UTF-16LE", TEXT("a\0\x00\xDEz\0"), TEXT("a\xFFz"));
    expect("UTF-16BE", TEXT("\xDE\x00\0z"), TEXT("\xFFz"));
    expect("UTF-32LE", TEXT("\x00\xD8\0\0z\0\0\0"), TEXT("\xFFz"));
    expect("UTF-32BE", TEXT("\0\x11\0\0\0\0\0z"), TEXT("\xFFz"));
}

static void a_cut_off_end_is_marked(void **state)
{
    (void)state;
    expect("shift_jis", TEXT("a\x83"), TEXT("a\xFF"));
    expect("UTF-16LE", TEXT("a\0b"), TEXT("a\xFF"));
    expect("UTF-16LE", TEXT("a\0\x3D\xD8"), TEXT("a\xFF"));
    expect("UTF-32BE", TEXT("\0\0\0a\0\0"), TEXT("a\xFF"));
}

static void boundaries_of_blocks_make_no_difference(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    static char input[8 + 4 * COUNT], expected[8 + 4 * COUNT];
    for (size_t shift = 0; shift < 4; shift += 2) {
        cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
        memcpy(input, "a", 2);
        expected[0] = 'a';
        size_t in = shift, out = shift / 2;
        for (size_t i = 0; i < COUNT; i++, in += 4, out += 4) {
            memcpy(input + in, "\x3D\xD8\x00\xDE", 4);
            memcpy(expected + out, "\xF0\x9F\x98\x80", 4);
        }
        decode("UTF-16LE", (Text){input, in}, 0, 300, &output);
        assert_int_equal(out, output.size);
        assert_memory_equal(expected, output.data, out);
    }
}

static void names_are_checked(void **state)
{
    (void)state;
    assert_true(charset_is_known("windows-1252"));
    assert_true(charset_is_known("Shift_JIS"));
    assert_false(charset_is_known("windows-9999"));
    assert_false(charset_is_known(""));
    assert_false(charset_is_known("windows-1252//IGNORE"));
    assert_false(charset_is_known("../../etc/passwd"));
    assert_true(charset_is_utf8("UTF8"));
    assert_true(charset_is_utf8("utf-8"));
    assert_false(charset_is_utf8("utf-16"));
    Charset *charset = NULL;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, charset_open("windows-9999", give, NULL, &charset, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    assert_string_equal("the character set 'windows-9999' is not known here", error.message);
    assert_null(charset);
}

static void expect_mark(Text head, const char *name, size_t size, bool is_unmarked)
{
    CharsetMark mark = charset_find_mark(head);
    if (name)
        assert_string_equal(name, mark.name);
    else
        assert_null(mark.name);
    assert_int_equal(size, mark.size);
    assert_int_equal(is_unmarked, mark.is_unmarked);
    assert_int_equal(head.size > 0, mark.has_bytes);
}

static void marks_are_told_apart(void **state)
{
    (void)state;
    expect_mark(TEXT("\xEF\xBB\xBF"
                     "abc"),
                "UTF-8", 3, false);
    expect_mark(TEXT("\xFF\xFE"
                     "a\0b\0"),
                "UTF-16LE", 2, false);
    expect_mark(TEXT("\xFE\xFF\0a\0b"), "UTF-16BE", 2, false);
    expect_mark(TEXT("\xFF\xFE\0\0a\0"), "UTF-32LE", 4, false);
    expect_mark(TEXT("\0\0\xFE\xFF\0\0"), "UTF-32BE", 4, false);
    /* UTF-16's mark before UTF-32 */
    expect_mark(TEXT("\xFE\xFF\0\0\0a"), "UTF-32BE", 2, false);
    expect_mark(TEXT("\xFE\xFF"
                     "a\0\0\0"),
                "UTF-32LE", 2, false);
    expect_mark(TEXT("\xFF\xFE"
                     "a\0\0\0"),
                "UTF-32LE", 2, false);
    /* none */
    expect_mark(TEXT("abcdef"), NULL, 0, false);
    expect_mark(TEXT("a\0b\0c\0"), NULL, 0, true);
    expect_mark(TEXT("\0a\0b\0c"), NULL, 0, true);
    expect_mark(TEXT("a\0b\0cd"), NULL, 0, false);
    expect_mark(TEXT("\xEF\xBB"), NULL, 0, false);
    expect_mark(TEXT("\xFF\xFE"), "UTF-16LE", 2, false);
    expect_mark(TEXT(""), NULL, 0, false);
    CharsetMark mark = {.name = "UTF-16LE"};
    assert_true(charset_agrees("utf-16le", &mark));
    assert_true(charset_agrees("UTF16", &mark));
    assert_false(charset_agrees("utf-16be", &mark));
    assert_false(charset_agrees("utf-8", &mark));
    mark.name = "UTF-8";
    assert_true(charset_agrees("utf8", &mark));
    assert_false(charset_agrees("windows-1252", &mark));
    assert_true(charset_needs_mark("utf-16"));
    assert_false(charset_needs_mark("utf-16le"));
}

/* --- as a stream ---------------------------------------------------------------------------------------------- */

static Status read_stream(Text input, size_t step, const char *charset, Buffer *output, Key *ret_digest, Error *error)
{
    cleanup(stream_freep) Stream *stream = NULL;
    Text block;
    Status status;
    assert_int_equal(STATUS_OK, stream_from_memory(input, step, "input", &stream, error));
    TRY(stream_declare_charset(stream, charset, error));
    while ((status = stream_read(stream, &block, error)) == STATUS_OK)
        assert_int_equal(STATUS_OK, buffer_append(output, block, error));
    if (status == STATUS_END)
        assert_int_equal(output->size, stream_decoded_bytes(stream));
    *ret_digest = stream_digest(stream);
    return status;
}

static void expect_stream(Text input, const char *charset, const char *expected)
{
    Key expected_digest = hash_bytes(input), digest;
    for (size_t step = 0; step < 9; step++) {
        cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
        Error error = ERROR_INIT;
        if (read_stream(input, step, charset, &output, &digest, &error) != STATUS_END)
            fail_msg("%s", error.message);
        assert_string_equal(expected, buffer_text(&output).data);
        assert_true(key_equal(&expected_digest, &digest));
    }
}

static void expect_refused(Text input, const char *charset, ErrorCode code, const char *message)
{
    for (size_t step = 0; step < 9; step++) {
        cleanup(buffer_done) Buffer output = buffer_make(1 << 20);
        Error error = ERROR_INIT;
        Key digest;
        assert_int_equal(STATUS_ERROR, read_stream(input, step, charset, &output, &digest, &error));
        assert_int_equal(code, error.code);
        assert_string_equal(message, error.message);
        assert_true(error.hint[0]);
    }
}

static void streams_are_decoded_by_their_mark(void **state)
{
    (void)state;
    Text utf16 = TEXT("\xFF\xFE"
                      "a\0\xE4\0\n\0");
    expect_stream(utf16, NULL, "a\xC3\xA4\n");
    expect_stream(utf16, "utf-16", "a\xC3\xA4\n");
    expect_stream(utf16, "UTF-16LE", "a\xC3\xA4\n");
    expect_stream(TEXT("\0\0\xFE\xFF\0\0\0a"), NULL, "a");
    expect_stream(TEXT("\xFF\xFE"), NULL, "");
    expect_stream(TEXT("a\0\n\0"), "utf-16le", "a\n");
    expect_stream(TEXT("\xE4"), "windows-1252", "\xC3\xA4");
    /* As it is: its readers drop the mark. */
    expect_stream(TEXT("\xEF\xBB\xBF"
                       "a"),
                  NULL,
                  "\xEF\xBB\xBF"
                  "a");
    expect_stream(TEXT("\xEF\xBB\xBF"
                       "a"),
                  "utf-8",
                  "\xEF\xBB\xBF"
                  "a");
    expect_stream(TEXT("\xFF"), NULL, "\xFF");
    expect_stream(TEXT(""), "utf-16", "");
}

static void what_contradicts_is_refused(void **state)
{
    (void)state;
    Text utf16 = TEXT("\xFF\xFE"
                      "a\0b\0c\0");
    expect_refused(utf16, "windows-1252", ERROR_DATA,
                   "input: begins with the byte order mark of UTF-16LE, and 'charset' says windows-1252");
    expect_refused(utf16, "utf-16be", ERROR_DATA,
                   "input: begins with the byte order mark of UTF-16LE, and 'charset' says utf-16be");
    expect_refused(utf16, "utf-8", ERROR_DATA,
                   "input: begins with the byte order mark of UTF-16LE, and 'charset' says utf-8");
    expect_refused(TEXT("\xEF\xBB\xBF"
                        "a"),
                   "iso-8859-1", ERROR_DATA,
                   "input: begins with the byte order mark of UTF-8, and 'charset' says iso-8859-1");
    expect_refused(TEXT("a\0b\0c\0"), NULL, ERROR_DATA, "input: is UTF-16 or UTF-32 without a byte order mark");
    expect_refused(TEXT("a\0b\0"), "utf-16", ERROR_DATA, "input: is UTF-16 or UTF-32 without a byte order mark");
    expect_refused(TEXT("a"), "nonsense", ERROR_CONFIG, "the character set 'nonsense' is not known here");
}

static void gzip_comes_before_the_character_set(void **state)
{
    (void)state;
    unsigned char packed[200];
    z_stream deflater = {.next_in = (unsigned char *)(uintptr_t) "\xFE\xFF\0a\0\xE4", .avail_in = 6};
    deflater.next_out = packed;
    deflater.avail_out = sizeof packed;
    assert_int_equal(Z_OK, deflateInit2(&deflater, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY));
    assert_int_equal(Z_STREAM_END, deflate(&deflater, Z_FINISH));
    expect_stream((Text){(const char *)packed, sizeof packed - deflater.avail_out}, NULL, "a\xC3\xA4");
    deflateEnd(&deflater);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_bytes_are_decoded),
        cmocka_unit_test(several_bytes_are_decoded),
        cmocka_unit_test(what_is_no_character_is_marked_in_its_place),
        cmocka_unit_test(a_cut_off_end_is_marked),
        cmocka_unit_test(boundaries_of_blocks_make_no_difference),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(marks_are_told_apart),
        cmocka_unit_test(streams_are_decoded_by_their_mark),
        cmocka_unit_test(what_contradicts_is_refused),
        cmocka_unit_test(gzip_comes_before_the_character_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
