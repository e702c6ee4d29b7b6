#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json_stream.h"

#include <stdlib.h>

/* A copy in memory of exactly its size, so that a sanitizer sees a read beyond it. */
static Text exact_copy(Text text)
{
    char *copy = malloc(text.size ? text.size : 1);
    assert_non_null(copy);
    if (text.size)
        memcpy(copy, text.data, text.size);
    return (Text){copy, text.size};
}

static void exact_free(Text text)
{
    free((void *)(uintptr_t)text.data);
}

/* Gives a text in blocks, each in memory of its own size: the first of `first` bytes, the rest of `step`. */
typedef struct Source {
    Text rest;
    size_t first, step;
    Text block;
    int reads_after_end;
    bool fails_at_end;
} Source;

static Status source_read(void *context, Text *ret_block, Error *error)
{
    Source *source = context;
    exact_free(source->block);
    source->block = TEXT_NULL;
    if (source->rest.size == 0) {
        source->reads_after_end++;
        return source->fails_at_end ? error_set(error, ERROR_IO, "a bad disk") : STATUS_END;
    }
    size_t size = source->first ? source->first : source->step;
    source->first = 0;
    if (size > source->rest.size)
        size = source->rest.size;
    source->block = exact_copy((Text){source->rest.data, size});
    source->rest = (Text){source->rest.data + size, source->rest.size - size};
    *ret_block = source->block;
    return STATUS_OK;
}

static Status show_stream(JsonStreamOptions options, Source source, Buffer *shown, Error *error)
{
    options.read = source_read;
    options.context = &source;
    cleanup(json_stream_done) JsonStream stream = json_stream_make(options);
    JsonRecord record;
    Status status;
    Error ignored;
    buffer_clear(shown);
    while ((status = json_stream_next(&stream, &record, error)) == STATUS_OK) {
        Text copy = exact_copy(record.text); /* reads all of it */
        assert_int_equal(buffer_printf(shown, &ignored, "%zu %.*s", record.line, TEXT_PRINTF(copy)), STATUS_OK);
        if (record.problem)
            buffer_printf(shown, &ignored, " ! %s%s, %s", record.problem, record.is_last ? " at last" : "",
                          record.detail);
        buffer_printf(shown, &ignored, "\n");
        assert_true(record.size >= record.text.size);
        exact_free(copy);
    }
    if (status == STATUS_END) {
        assert_int_equal(json_stream_next(&stream, &record, error), STATUS_END);
        assert_true(source.reads_after_end <= 1);
    }
    exact_free(source.block);
    return status;
}

/* The same records, wherever the blocks are cut. */
static void assert_stream(JsonStreamOptions options, Text input, const char *expected)
{
    cleanup(buffer_done) Buffer shown = buffer_make(1 << 16);
    for (size_t i = 0; i < 2 * input.size + 1; i++) {
        Source source = {.rest = input, .step = i + 1};
        if (i > input.size)
            source = (Source){.rest = input, .first = i - input.size, .step = input.size};
        Error error = ERROR_INIT;
        if (show_stream(options, source, &shown, &error) == STATUS_ERROR)
            buffer_printf(&shown, &error, "error %d: %s", error.code, error.message);
        assert_string_equal(shown.data ? shown.data : "", expected);
    }
}

static void test_lines(void **state)
{
    (void)state;
    JsonStreamOptions lines = {.layout = JSON_LINES};
    assert_stream(lines, TEXT(""), "");
    assert_stream(lines, TEXT("\n \r\n\n"), "");
    assert_stream(lines, TEXT("{\"a\":1}\n{\"b\":\"x\\ny\"}\n"), "1 {\"a\":1}\n2 {\"b\":\"x\\ny\"}\n");
    assert_stream(lines, TEXT("{\"a\":1}\r\n\r\n  [2] \r\n3"), "1 {\"a\":1}\n3 [2]\n4 3\n");
    assert_stream(lines, TEXT("\xEF\xBB\xBF{\"a\":1}\n"), "1 {\"a\":1}\n");
    assert_stream(lines, TEXT("\xEF\xBB\xBF"), "");
    assert_stream(lines,
                  TEXT("1\n\xEF\xBB\xBF"
                       "2\n3\n"),
                  "1 1\n2 \xEF\xBB\xBF"
                  "2 ! malformed_json, byte 0: a value is missing\n3 3\n");
    assert_stream(lines, TEXT("{\"a\":1\n{\"b\":2}\n{\"c\":3} x\n\"\xFF\"\n4"),
                  "1 {\"a\":1 ! malformed_json, byte 6: the text ends too soon\n2 {\"b\":2}\n"
                  "3 {\"c\":3} x ! malformed_json, byte 8: something follows the value\n"
                  "4 \"\xFF\" ! malformed_json, byte 1: invalid UTF-8 in a string\n5 4\n");
    /* Left unchecked, lines are cut and trimmed all the same. */
    lines.leave_unchecked = true;
    assert_stream(lines, TEXT("{\"a\":1\n x \n[2]"), "1 {\"a\":1\n2 x\n3 [2]\n");
}

static void test_lines_ceiling(void **state)
{
    (void)state;
    JsonStreamOptions lines = {.layout = JSON_LINES, .record_ceiling = 8};
    assert_stream(lines, TEXT("\"345678\"\n\"3456789\"\n\"a\"\n[1,2,3]      x\n1"),
                  "1 \"345678\"\n2 \"3456789 ! record_too_long, 9 bytes, and the ceiling is 8\n3 \"a\"\n"
                  "4 [1,2,3] ! record_too_long, 14 bytes, and the ceiling is 8\n5 1\n");
}

static void test_array(void **state)
{
    (void)state;
    JsonStreamOptions array = {.layout = JSON_ARRAY};
    assert_stream(array, TEXT(" [ ] \n"), "");
    assert_stream(array, TEXT("\xEF\xBB\xBF[1]"), "1 1\n");
    assert_stream(array, TEXT("[\n{\"a\":\"]}\\\"[\"},\n\n[1,[2,{}]], \"x,\\\\\" ,-1.5e3\n,true,null\n]\n"),
                  "2 {\"a\":\"]}\\\"[\"}\n4 [1,[2,{}]]\n4 \"x,\\\\\"\n4 -1.5e3\n5 true\n5 null\n");
    /* Only the element is broken: its brackets and quotes still say where it ends. */
    assert_stream(array, TEXT("[{\"a\":01},{\"b\":2},1x, \"\\q\",{\"c\" 3},tru,4]"),
                  "1 {\"a\":01} ! malformed_json, byte 5: a number begins with a zero\n1 {\"b\":2}\n"
                  "1 1x ! malformed_json, byte 1: something follows the value\n"
                  "1 \"\\q\" ! malformed_json, byte 1: a bad escape in a string\n"
                  "1 {\"c\" 3} ! malformed_json, byte 5: a colon is missing\n"
                  "1 tru ! malformed_json, byte 0: a value is missing\n1 4\n");
}

static void test_array_breaks(void **state)
{
    (void)state;
    JsonStreamOptions array = {.layout = JSON_ARRAY};
    assert_stream(
        array, TEXT("[{\"a\":1},\n{\"b\":[2},3]"),
        "1 {\"a\":1}\n2 {\"b\":[2} ! malformed_json at last, byte 18 of the input: a bracket closes what it did "
        "not open\n");
    assert_stream(array, TEXT("[1 \n2]"),
                  "1 1\n2  ! malformed_json at last, byte 4 of the input: a comma or ] is missing\n");
    assert_stream(array, TEXT("[1,]"), "1 1\n1  ! malformed_json at last, byte 3 of the input: a value is missing\n");
    assert_stream(array, TEXT("[,1]"), "1  ! malformed_json at last, byte 1 of the input: a value is missing\n");
    assert_stream(array, TEXT("[1}"),
                  "1 1\n1  ! malformed_json at last, byte 2 of the input: a comma or ] is missing\n");
    assert_stream(array, TEXT("[1,{\"a\":\"x"),
                  "1 1\n1 {\"a\":\"x ! malformed_json at last, byte 10 of the input: the input ends within a value\n");
    assert_stream(array, TEXT("[1,"),
                  "1 1\n1  ! malformed_json at last, byte 3 of the input: the input ends too soon\n");
    assert_stream(array, TEXT("[1"),
                  "1 1\n1  ! malformed_json at last, byte 2 of the input: the input ends too soon\n");
    assert_stream(array, TEXT("[1] \n]"),
                  "1 1\n2  ! malformed_json at last, byte 5 of the input: something follows the value\n");
}

static void test_array_ceiling(void **state)
{
    (void)state;
    JsonStreamOptions array = {.layout = JSON_ARRAY, .record_ceiling = 6};
    assert_stream(array, TEXT("[123456,1234567,[1,23],\"]]]]]]]]\",[[1,2]],7]"),
                  "1 123456\n1 123456 ! record_too_long, 7 bytes, and the ceiling is 6\n1 [1,23]\n"
                  "1 \"]]]]] ! record_too_long, 10 bytes, and the ceiling is 6\n"
                  "1 [[1,2] ! record_too_long, 7 bytes, and the ceiling is 6\n1 7\n");
}

static void test_array_depth(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 16), shown = buffer_make(1 << 16);
    Error error = ERROR_INIT;
    /* An element deeper than the scanner goes is lost alone. */
    for (int i = 0; i < 4001; i++)
        buffer_append_byte(&input, i <= 2000 ? '[' : ']', &error);
    buffer_append(&input, TEXT(",5]"), &error);
    Source source = {.rest = buffer_text(&input), .step = 100};
    assert_int_equal(show_stream((JsonStreamOptions){.layout = JSON_ARRAY}, source, &shown, &error), STATUS_END);
    assert_non_null(strstr(shown.data, " ! malformed_json, byte 512: more than 512 objects and arrays"));
    assert_true(text_ends_with(buffer_text(&shown), TEXT("\n1 5\n")));
}

static void test_path(void **state)
{
    (void)state;
    JsonStreamOptions path = {.layout = JSON_ARRAY, .path = "data.items"};
    assert_stream(path, TEXT("{\"data\":{\"items\":[1,{\"a\":2}]}}"), "1 1\n1 {\"a\":2}\n");
    assert_stream(
        path,
        TEXT("{\n\"items\":[7],\"x\":{\"data\":{\"items\":[8]}},\n\"d\\u0061ta\" : { \"n\":2, \"items\" : [\n3\n] "
             ", \"next\":null} ,\"paging\":{\"items\":[9]}}\n"),
        "4 3\n");
    assert_stream(path, TEXT("{\"data\":{\"items\":[]},\"data\":{\"items\":[1]}}"), "");
    assert_stream(path, TEXT("{\"data\":{\"items\":[1]}"),
                  "1 1\n1  ! malformed_json at last, byte 21 of the input: the input ends too soon\n");
    assert_stream(path, TEXT("{\"data\":{\"items\":[1],\"n\":01}}"),
                  "1 1\n1  ! malformed_json at last, byte 27 of the input: a malformed value\n");
    assert_stream(path, TEXT("{\"data\":{\"items\":[1],}}"),
                  "1 1\n1  ! malformed_json at last, byte 21 of the input: a key is missing\n");
    assert_stream(path, TEXT("{\"data\":{\"items\":[1]}}{"),
                  "1 1\n1  ! malformed_json at last, byte 22 of the input: something follows the value\n");
    /* What is larger than a record may be is passed over outside of the array. */
    path.record_ceiling = 8;
    assert_stream(path, TEXT("{\"x\":[1,2,3,4,5,6,7],\"data\":{\"items\":[1]}}"), "1 1\n");
}

static void test_no_array(void **state)
{
    (void)state;
    JsonStreamOptions array = {.layout = JSON_ARRAY}, path = {.layout = JSON_ARRAY, .path = "data.items"};
    assert_stream(array, TEXT(""), "error 65: line 1: there is no array at the top level");
    assert_stream(array, TEXT("\n{\"a\":1}"), "error 65: line 2: there is no array at the top level");
    assert_stream(path, TEXT("[1]"), "error 65: line 1: there is no array at data.items");
    assert_stream(path, TEXT("{\"data\":{\"items\":null}}"), "error 65: line 1: there is no array at data.items");
    assert_stream(path, TEXT("{\"data\":{\"item\":[]}}"), "error 65: the input has no data.items");
    assert_stream(path, TEXT("{\"data\":{\"item\":[],}}"), "error 65: byte 19 of the input: a key is missing");
}

static void test_other_encodings(void **state)
{
    (void)state;
    static const Text inputs[] = {
        {"\xFF\xFE{\0}\0", 6}, {"\xFE\xFF\0{\0}", 6}, {"\xFF\xFE\0\0{\0\0\0", 8}, {"\0\0\xFE\xFF\0\0\0{", 8}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        assert_stream((JsonStreamOptions){.layout = JSON_LINES}, inputs[i],
                      "error 65: the input is in UTF-16 or UTF-32, and JSON is in UTF-8");
        cleanup(buffer_done) Buffer shown = buffer_make(100);
        Error error = ERROR_INIT;
        show_stream((JsonStreamOptions){.layout = JSON_ARRAY}, (Source){.rest = inputs[i], .step = 3}, &shown, &error);
        assert_string_equal(error.hint, "convert it first: iconv -f UTF-16 -t UTF-8");
    }
}

static void test_read_error(void **state)
{
    (void)state;
    static const Text inputs[] = {{"", 0}, {"1", 1}, {"[1,2", 4}, {"[1]", 3}};
    cleanup(buffer_done) Buffer shown = buffer_make(1000);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (int layout = JSON_LINES; layout <= JSON_ARRAY; layout++) {
            Error error = ERROR_INIT;
            Source source = {.rest = inputs[i], .step = 2, .fails_at_end = true};
            Status status = show_stream((JsonStreamOptions){.layout = (JsonLayout)layout}, source, &shown, &error);
            assert_int_equal(status, STATUS_ERROR);
            if (layout == JSON_LINES || i > 1)
                assert_int_equal(error.code, ERROR_IO);
        }
}

/* An endless source: "[" and then the same element again and again. */
static Status endless_read(void *context, Text *ret_block, Error *error)
{
    (void)error;
    size_t *reads = context;
    static const char element[] = "{\"key\":\"value of some length\",\"list\":[1,2,3]},";
    *ret_block = (*reads)++ == 0 ? TEXT("[") : (Text){element, sizeof element - 1};
    return STATUS_OK;
}

static void test_constant_memory(void **state)
{
    (void)state;
    size_t reads = 0;
    cleanup(json_stream_done) JsonStream stream = json_stream_make(
        (JsonStreamOptions){.layout = JSON_ARRAY, .read = endless_read, .context = &reads, .record_ceiling = 1000});
    JsonRecord record;
    Error error;
    for (int i = 0; i < 200000; i++) {
        assert_int_equal(json_stream_next(&stream, &record, &error), STATUS_OK);
        assert_null(record.problem);
    }
    assert_true(stream.carry.capacity <= 1001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_ceiling),
        cmocka_unit_test(test_array),
        cmocka_unit_test(test_array_breaks),
        cmocka_unit_test(test_array_ceiling),
        cmocka_unit_test(test_array_depth),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_no_array),
        cmocka_unit_test(test_other_encodings),
        cmocka_unit_test(test_read_error),
        cmocka_unit_test(test_constant_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
