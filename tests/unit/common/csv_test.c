#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/common/csv_check.h"

static const CsvOptions plain = {0};

/* Scans the text whole and cut into pieces of every size. */
static void expect_text(const CsvOptions *options, Text input, const char *expected)
{
    for (size_t step = 0; step <= input.size; step++) {
        cleanup(buffer_done) Buffer found = buffer_make(1 << 24);
        CsvCounts counts;
        Error error = ERROR_INIT;
        assert_int_equal(csv_check(options, input, step, &found, &counts, &error), STATUS_END);
        assert_string_equal(found.data ? found.data : "", expected);
    }
}

static void expect(const CsvOptions *options, const char *input, const char *expected)
{
    expect_text(options, text_from(input), expected);
}

static void line_ends_are_lf_crlf_and_cr(void **state)
{
    (void)state;
    expect(&plain, "a,b\nc,d\n", "1:<a><b>\n2:<c><d>\n");
    expect(&plain, "a,b\r\nc,d\r\n", "1:<a><b>\n2:<c><d>\n");
    expect(&plain, "a,b\rc,d\r", "1:<a><b>\n2:<c><d>\n");
    expect(&plain, "a,b\r\nc,d\re,f\ng,h", "1:<a><b>\n2:<c><d>\n3:<e><f>\n4:<g><h>\n");
}

static void last_line_needs_no_end(void **state)
{
    (void)state;
    expect(&plain, "a,b", "1:<a><b>\n");
    expect(&plain, "a,", "1:<a><>\n");
    expect(&plain, "a,\"b\"", "1:<a><b>\n");
    expect(&plain, "a,\"b\"\"\"", "1:<a><b\">\n");
    expect(&plain, "a,\"\"", "1:<a><>\n");
}

static void empty_input_has_no_record(void **state)
{
    (void)state;
    expect(&plain, "", "");
    expect(&plain, "\xEF\xBB\xBF", "");
    expect(&plain, "\n\r\n\r\r\n", "");
}

static void blank_lines_are_skipped_and_counted(void **state)
{
    (void)state;
    expect(&plain, "\n\na\n\r\n\r\nb\n\n", "3:<a>\n6:<b>\n");
    expect(&plain, "a\r\rb", "1:<a>\n3:<b>\n");
    /* An empty field that is written down is no blank line. */
    expect(&plain, "a\n\"\"\nb", "1:<a>\n2:<>\n3:<b>\n");
    expect(&plain, "a\n \nb", "1:<a>\n2:< >\n3:<b>\n");
}

static void fields_may_be_empty(void **state)
{
    (void)state;
    expect(&plain, ",,\n,x,\n\"\",,\"\"\n", "1:<><><>\n2:<><x><>\n3:<><><>\n");
}

static void utf8_mark_is_dropped(void **state)
{
    (void)state;
    expect(&plain,
           "\xEF\xBB\xBF"
           "a,b\n",
           "1:<a><b>\n");
    expect(&plain, "\xEF\xBB\xBF\"a,x\",b\n", "1:<a,x><b>\n");
    expect(&plain,
           "a\n\xEF\xBB\xBF"
           "b\n",
           "1:<a>\n2:<\xEF\xBB\xBF"
           "b>\n");
    expect(&plain, "\xEF\xBB", "1:<\xEF\xBB>\n");
}

static void quotes_protect(void **state)
{
    (void)state;
    expect(&plain, "\"a,b\",\"c\"\"d\",\"\"\"\"\n", "1:<a,b><c\"d><\">\n");
    expect(&plain, "\"\"\"\"\"\",\"\"\"x\"\"\"\n", "1:<\"\"><\"x\">\n");
}

static void quoted_line_ends_count_as_lines(void **state)
{
    (void)state;
    expect(&plain, "\"a\nb\",c\nd,e\n", "1:<a\nb><c>\n3:<d><e>\n");
    expect(&plain, "\"a\r\n\r\nb\",c\r\nd,e\r\n", "1:<a\r\n\r\nb><c>\n4:<d><e>\n");
    expect(&plain, "\"a\rb\n\r\",\"\n\"\nd,e", "1:<a\rb\n\r><\n>\n6:<d><e>\n");
}

static void quote_opens_at_the_start_of_a_field_only(void **state)
{
    (void)state;
    expect(&plain, "a\"b,5\"\nx\"\", \"y\"\n", "1:<a\"b><5\">\n2:<x\"\">< \"y\">\n");
}

static void delimiter_and_quote_are_options(void **state)
{
    (void)state;
    expect(&(CsvOptions){.delimiter = ';', .quote = '\''}, "a;'b;''c'\n\"x;y,z\n", "1:<a><b;'c>\n2:<\"x><y,z>\n");
    expect(&(CsvOptions){.delimiter = '\t'}, "a\t\"b\tc\"\n", "1:<a><b\tc>\n");
    expect(&(CsvOptions){.delimiter = '\t', .is_unquoted = true}, "\"a\tb\"\n\"\t\"\"\n",
           "1:<\"a><b\">\n2:<\"><\"\">\n");
}

static void impossible_options_are_refused(void **state)
{
    (void)state;
    static const CsvOptions cases[] = {
        {.delimiter = '"'}, {.quote = ','}, {.delimiter = '\n'}, {.quote = '\r'}, {.delimiter = '\xA7'}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = ERROR_INIT;
        CsvScanner *scanner = NULL;
        assert_int_equal(csv_scanner_make(&cases[i], NULL, &scanner, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_null(scanner);
    }
}

static void another_number_of_columns_is_a_problem(void **state)
{
    (void)state;
    expect(&plain, "a,b\nc\nd,e,f\ng,h\n", "1:<a><b>\n2!ragged(c)\n3!ragged(d,e,f)\n4:<g><h>\n");
    expect(&(CsvOptions){.column_count = 2}, "title\na,b\n", "1!ragged(title)\n2:<a><b>\n");
}

static void ragged_record_has_its_fields(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(csv_scanner_freep) CsvScanner *scanner = NULL;
    assert_int_equal(stream_from_memory(TEXT("k,v\n7,\"x\",z\n"), 0, "test", &stream, &error), STATUS_OK);
    assert_int_equal(csv_scanner_make(&plain, stream, &scanner, &error), STATUS_OK);
    assert_int_equal(csv_scanner_column_count(scanner), 0);
    CsvRecord record;
    assert_int_equal(csv_scanner_next(scanner, &record, &error), STATUS_OK);
    assert_int_equal(csv_scanner_column_count(scanner), 2);
    assert_int_equal(csv_scanner_next(scanner, &record, &error), STATUS_OK);
    assert_string_equal(record.problem, "ragged");
    assert_int_equal(record.field_count, 3);
    assert_true(text_is(record.fields[0], "7") && text_is(record.fields[1], "x"));
    assert_int_equal(record.offset, 4);
}

static void garbage_behind_a_quote_costs_one_line(void **state)
{
    (void)state;
    expect(&plain, "a,b\n\"x\"y,z\nc,d\n", "1:<a><b>\n2!stray_quote(\"x\"y,z)\n3:<c><d>\n");
    expect(&plain, "a,b\n\"x\" ,z\r\nc,d\n", "1:<a><b>\n2!stray_quote(\"x\" ,z)\n3:<c><d>\n");
    expect(&plain, "a,b\nz,\"x\"y", "1:<a><b>\n2!stray_quote(z,\"x\"y)\n");
}

/* The quote of line 2 runs on to that of line 4: lines 3 and 4 are saved. */
static void stray_quote_swallows_nothing(void **state)
{
    (void)state;
    expect(&plain, "a,b,c\n1,\"bad,x\n2,good,y\n3,\"fine, too\",z\n",
           "1:<a><b><c>\n2!stray_quote(1,\"bad,x)\n3:<2><good><y>\n4:<3><fine, too><z>\n");
    /* The quote that ends inches closes it, and the columns do not fit. */
    expect(&plain, "a,b,c\n1,\"bad,x\n2,good,y\n5\",z,w\n",
           "1:<a><b><c>\n2!ragged(1,\"bad,x)\n3:<2><good><y>\n4:<5\"><z><w>\n");
}

static void unclosed_quote_costs_the_lines_that_do_not_fit(void **state)
{
    (void)state;
    expect(&plain, "a,b\n\"x,y\nfree text\n\nc,d\ne,f",
           "1:<a><b>\n2!unclosed_quote(\"x,y)\n3!ragged(free text)\n5:<c><d>\n6:<e><f>\n");
    expect(&plain, "a,b\n\"", "1:<a><b>\n2!unclosed_quote(\")\n");
    expect(&plain, "\"a,b\r\nc,d\r\n", "1!unclosed_quote(\"a,b)\n2:<c><d>\n");
}

static void ceiling_is_exact(void **state)
{
    (void)state;
    CsvOptions tight = {.record_ceiling = 8};
    expect(&tight, "abc,defg\nabcd,efgh\nx,y\n", "1:<abc><defg>\n2!record_too_long(abcd,efg)\n3:<x><y>\n");
    expect(&tight, "abc,defg\r\nabcd,efgh\r\nx,y", "1:<abc><defg>\n2!record_too_long(abcd,efg)\n3:<x><y>\n");
    expect(&tight, "abc,\"ef\"\nabc,\"efg\"\nx,y\n", "1:<abc><ef>\n2!record_too_long(abc,\"efg)\n3:<x><y>\n");
    expect(&tight, "a,\"b\n,\"\na,\"b\n,,\"\nx,y\n", "1:<a><b\n,>\n3:<a><b\n,,>\n5:<x><y>\n");
    expect(&tight, "a,\"b\n,,,\"\nx,y\n", "1!record_too_long(a,\"b)\n2!unclosed_quote(,,,\")\n3:<x><y>\n");
}

static void endless_line_is_given_in_part_and_counted(void **state)
{
    (void)state;
    CsvOptions tight = {.record_ceiling = 4};
    expect(&tight, "a,b\n0123456789,0123456789\nc,d\n", "1:<a><b>\n2!record_too_long(0123)\n3:<c><d>\n");
    expect(&tight, "a,b\n0123456789,0123456789", "1:<a><b>\n2!record_too_long(0123)\n");
    expect(&tight, "a,b\n\"12345678,\r\nc,d\n", "1:<a><b>\n2!unclosed_quote(\"123)\n3:<c><d>\n");
}

static void quote_left_open_ends_at_the_ceiling(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 24), found = buffer_make(1 << 26);
    Error error = ERROR_INIT;
    enum { LINES = 200000 };
    assert_int_equal(buffer_append(&input, TEXT("number,text\n0,\"open\n"), &error), STATUS_OK);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(buffer_printf(&input, &error, "%d,\"\"\n", i), STATUS_OK);
    CsvCounts counts;
    assert_int_equal(csv_check(&plain, buffer_text(&input), 0, &found, &counts, &error), STATUS_END);
    assert_int_equal(counts.records, LINES + 2);
    assert_int_equal(counts.problems, 1);
    assert_non_null(strstr(found.data, "\n2!unclosed_quote(0,\"open)\n3:<0><>\n"));
}

/* Every line of this file opens a quote which, seen from the line before, never closes. Were each scanned to the
 * ceiling, these 4 MB would be hundreds of gigabytes of work. */
static void hostile_quotes_take_linear_time(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 24), found = buffer_make(1 << 26);
    Error error = ERROR_INIT;
    enum { LINES = 800000 };
    for (int i = 0; i < LINES; i++)
        assert_int_equal(buffer_append(&input, TEXT("x\",\"\n"), &error), STATUS_OK);
    CsvCounts counts;
    assert_int_equal(csv_check(&plain, buffer_text(&input), 0, &found, &counts, &error), STATUS_END);
    assert_int_equal(counts.records, LINES);
    assert_int_equal(counts.problems, LINES);
}

static void too_many_fields_are_a_problem(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 24), found = buffer_make(1 << 24);
    Error error = ERROR_INIT;
    for (int line = 0; line < 2; line++) {
        for (int i = 1; i < CSV_FIELDS_MAX + line; i++)
            assert_int_equal(buffer_append_byte(&input, ',', &error), STATUS_OK);
        assert_int_equal(buffer_append_byte(&input, '\n', &error), STATUS_OK);
    }
    CsvCounts counts;
    assert_int_equal(csv_check(&plain, buffer_text(&input), 0, &found, &counts, &error), STATUS_END);
    assert_int_equal(counts.records, 2);
    assert_int_equal(counts.problems, 1);
    assert_non_null(strstr(found.data, "\n2!too_many_fields(,,,"));
}

static void bytes_are_not_judged(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer found = buffer_make(1000);
    CsvCounts counts;
    Error error = ERROR_INIT;
    assert_int_equal(csv_check(&plain, TEXT("a\0b,\xFF\n"), 0, &found, &counts, &error), STATUS_END);
    assert_true(text_equal(buffer_text(&found), TEXT("1:<a\0b><\xFF>\n")));
}

static void errors_of_the_stream_come_through(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer found = buffer_make(1000);
    CsvCounts counts;
    Error error = ERROR_INIT;
    assert_int_equal(csv_check(&plain, TEXT("\x1f\x8b\x08"), 0, &found, &counts, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    assert_string_equal(error.message, "test.csv: unexpected end of compressed data");
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void append(Buffer *buffer, Text text)
{
    Error error = ERROR_INIT;
    assert_int_equal(buffer_append(buffer, text, &error), STATUS_OK);
}

/* A field of letters and everything that has a meaning, written as it must be, or quoted without need. */
static void write_random_field(uint64_t *seed, Buffer *input, Buffer *expected)
{
    static const char alphabet[] = "\",\n\r;ab \xC3\xA9";
    size_t size = random_next(seed) % 12 == 0 ? random_next(seed) % 200 : random_next(seed) % 8;
    bool is_quoted = random_next(seed) % 2;
    append(expected, TEXT("<"));
    if (is_quoted)
        append(input, TEXT("\""));
    for (size_t i = 0; i < size; i++) {
        Text letter = {alphabet + random_next(seed) % (sizeof alphabet - 1), 1};
        if (!is_quoted && (letter.data[0] == ',' || letter.data[0] == '\n' || letter.data[0] == '\r' ||
                           (i == 0 && letter.data[0] == '"')))
            letter = TEXT("x");
        append(expected, letter);
        append(input, letter);
        if (is_quoted && letter.data[0] == '"')
            append(input, letter);
    }
    if (is_quoted)
        append(input, TEXT("\""));
    append(expected, TEXT(">"));
}

static size_t count_lines(Text text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n' || (text.data[i] == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n'));
    return lines;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const Text line_ends[] = {{"\n", 1}, {"\r\n", 2}, {"\r", 1}};
    uint64_t seed = 20260406;
    for (int round = 0; round < 300; round++) {
        cleanup(buffer_done) Buffer input = buffer_make(1 << 20), expected = buffer_make(1 << 20);
        size_t columns = 2 + random_next(&seed) % 5, records = random_next(&seed) % 30;
        for (size_t i = 0; i < records; i++) {
            Error error = ERROR_INIT;
            assert_int_equal(buffer_printf(&expected, &error, "%zu:", count_lines(buffer_text(&input)) + 1), STATUS_OK);
            for (size_t k = 0; k < columns; k++) {
                if (k)
                    append(&input, TEXT(","));
                write_random_field(&seed, &input, &expected);
            }
            append(&input, line_ends[random_next(&seed) % 3]);
            append(&expected, TEXT("\n"));
        }
        for (size_t step = 0; step < 70; step += 1 + random_next(&seed) % 9) {
            cleanup(buffer_done) Buffer found = buffer_make(1 << 20);
            CsvCounts counts;
            Error error = ERROR_INIT;
            assert_int_equal(csv_check(&plain, buffer_text(&input), step, &found, &counts, &error), STATUS_END);
            assert_true(text_equal(buffer_text(&found), buffer_text(&expected)));
        }
    }
}

/* Longer than the window, so that records lie across the places where it is filled again. */
static void long_input_is_one_stream(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer input = buffer_make(1 << 24), expected = buffer_make(1 << 24),
                                found = buffer_make(1 << 24);
    Error error = ERROR_INIT;
    for (int i = 1; i <= 60000; i++) {
        assert_int_equal(buffer_printf(&input, &error, "%d,\"%d,\"\"%d\",%*d\r\n", i, i, i, i % 60, i), STATUS_OK);
        assert_int_equal(buffer_printf(&expected, &error, "%d:<%d><%d,\"%d><%*d>\n", i, i, i, i, i % 60, i), STATUS_OK);
    }
    CsvCounts counts;
    assert_int_equal(csv_check(&plain, buffer_text(&input), 0, &found, &counts, &error), STATUS_END);
    assert_true(text_equal(buffer_text(&found), buffer_text(&expected)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_are_lf_crlf_and_cr),
        cmocka_unit_test(last_line_needs_no_end),
        cmocka_unit_test(empty_input_has_no_record),
        cmocka_unit_test(blank_lines_are_skipped_and_counted),
        cmocka_unit_test(fields_may_be_empty),
        cmocka_unit_test(utf8_mark_is_dropped),
        cmocka_unit_test(quotes_protect),
        cmocka_unit_test(quoted_line_ends_count_as_lines),
        cmocka_unit_test(quote_opens_at_the_start_of_a_field_only),
        cmocka_unit_test(delimiter_and_quote_are_options),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(another_number_of_columns_is_a_problem),
        cmocka_unit_test(ragged_record_has_its_fields),
        cmocka_unit_test(garbage_behind_a_quote_costs_one_line),
        cmocka_unit_test(stray_quote_swallows_nothing),
        cmocka_unit_test(unclosed_quote_costs_the_lines_that_do_not_fit),
        cmocka_unit_test(ceiling_is_exact),
        cmocka_unit_test(endless_line_is_given_in_part_and_counted),
        cmocka_unit_test(quote_left_open_ends_at_the_ceiling),
        cmocka_unit_test(hostile_quotes_take_linear_time),
        cmocka_unit_test(too_many_fields_are_a_problem),
        cmocka_unit_test(bytes_are_not_judged),
        cmocka_unit_test(errors_of_the_stream_come_through),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(long_input_is_one_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
