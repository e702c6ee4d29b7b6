#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buffer.h"
#include "common/line_reader.h"

#include <stdlib.h>

/* Every line as number:text, with ! behind one that is too long and ~ behind one without an end. */
static void read_lines(Text input, size_t step, size_t ceiling, Buffer *found)
{
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(line_reader_freep) LineReader *lines = NULL;
    assert_int_equal(STATUS_OK, stream_from_memory(input, step, "input", &stream, &error));
    assert_int_equal(STATUS_OK, line_reader_make(stream, ceiling, &lines, &error));
    Line line;
    Status status;
    while ((status = line_reader_next(lines, &line, &error)) == STATUS_OK) {
        assert_int_equal(STATUS_OK, buffer_printf(found, &error, "%zu:%.*s%s%s\n", line.number, TEXT_PRINTF(line.text),
                                                  line.is_too_long ? "!" : "", line.has_end ? "" : "~"));
        assert_true(line.text.size > 0 && line.text.size <= ceiling);
    }
    assert_int_equal(STATUS_END, status);
    assert_int_equal(STATUS_END, line_reader_next(lines, &line, &error));
}

static void expect(const char *expected, Text input, size_t ceiling)
{
    for (size_t step = 0; step < 10; step++) {
        cleanup(buffer_done) Buffer found = buffer_make(1 << 20);
        read_lines(input, step, ceiling, &found);
        assert_string_equal(expected, found.size ? found.data : "");
    }
}

static void lines_end_with_either_end(void **state)
{
    (void)state;
    expect("1:a\n2:b\n4:c\rd\n5:e~\n", TEXT("a\nb\r\n\nc\rd\r\ne"), 100);
    expect("1:a\n", TEXT("a\n"), 100);
    expect("", TEXT(""), 100);
    expect("", TEXT("\n\r\n\n"), 100);
}

static void a_byte_order_mark_is_dropped(void **state)
{
    (void)state;
    expect("1:a\n",
           TEXT("\xEF\xBB\xBF"
                "a\n"),
           100);
    expect("", TEXT("\xEF\xBB\xBF"), 100);
    expect("1:\xEF\xBB~\n", TEXT("\xEF\xBB"), 100);
}

static void nuls_around_a_line_are_dropped(void **state)
{
    (void)state;
    expect("1:a\n2:b\n5:c~\n", TEXT("a\n\0\0\0b\n\0\0\0\n\0\r\nc\0\0"), 100);
}

static void a_long_line_is_cut_and_passed_over(void **state)
{
    (void)state;
    expect("1:abcd\n2:abcd!\n3:x\n", TEXT("abcd\r\nabcdefghijklmnopqrstuvwxyz\r\nx\n"), 4);
    expect("1:abcd!\n", TEXT("abcdefghijklmnopqrstuvwxyz"), 4);
    expect("1:abcd!\n2:y\n", TEXT("abcde\r\ny\n"), 4);
    expect("1:abcd~\n", TEXT("abcd"), 4);
}

static void memory_is_for_one_line(void **state)
{
    (void)state;
    size_t size = 3 << 20;
    char *input = malloc(size);
    assert_non_null(input);
    memset(input, 'a', size);
    input[size - 1] = '\n';
    input[(2 << 20) - 1] = '\n';
    cleanup(buffer_done) Buffer found = buffer_make(4 << 20);
    read_lines((Text){input, size}, 0, 1 << 20, &found);
    free(input);
    Text all = buffer_text(&found);
    size_t first = text_find(all, '\n');
    assert_int_equal(2 + (1 << 20) + 1, first);
    assert_true(text_ends_with(all, TEXT("aaa\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_either_end),      cmocka_unit_test(a_byte_order_mark_is_dropped),
        cmocka_unit_test(nuls_around_a_line_are_dropped), cmocka_unit_test(a_long_line_is_cut_and_passed_over),
        cmocka_unit_test(memory_is_for_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
