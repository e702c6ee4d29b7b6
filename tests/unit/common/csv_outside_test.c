/* The scanner against suites that others wrote, read from $CLOSEDLOOP_CONFORMANCE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/common/csv_check.h"

#include <dirent.h>
#include <stdio.h>

static const char *suite_folder(void)
{
    const char *folder = getenv("CLOSEDLOOP_CONFORMANCE");
    return folder ? folder : "../shared/conformance";
}

static void read_suite_file(const char *name, Buffer *buffer)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", suite_folder(), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    buffer_clear(buffer);
    char bytes[4096];
    Error error = ERROR_INIT;
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, file)) > 0;)
        assert_int_equal(buffer_append_bytes(buffer, bytes, size, &error), STATUS_OK);
    assert_int_equal(fclose(file), 0);
}

/* The records of a file in the form of csv_check(), fed in pieces of several sizes. */
static CsvCounts scan_suite_file(const CsvOptions *options, const char *name, Buffer *found)
{
    cleanup(buffer_done) Buffer input = buffer_make(1 << 24), again = buffer_make(1 << 24);
    CsvCounts counts = {0}, counts_again;
    Error error = ERROR_INIT;
    buffer_clear(found);
    read_suite_file(name, &input);
    assert_int_equal(csv_check(options, buffer_text(&input), 0, found, &counts, &error), STATUS_END);
    for (size_t step = 1; step < 20; step++) {
        buffer_clear(&again);
        assert_int_equal(csv_check(options, buffer_text(&input), step, &again, &counts_again, &error), STATUS_END);
        assert_true(text_equal(buffer_text(&again), buffer_text(found)));
    }
    return counts;
}

/* The next string of the expected JSON: an array of objects, or one, with nothing but strings inside. Those without
 * escapes of code points, which is all that the suite has. False at the end. */
static bool next_json_string(Text *json, Buffer *ret_string)
{
    Error error = ERROR_INIT;
    size_t at = text_find(*json, '"');
    if (at == json->size)
        return false;
    buffer_clear(ret_string);
    for (at++; json->data[at] != '"'; at++) {
        char byte = json->data[at];
        if (byte == '\\') {
            byte = json->data[++at];
            assert_non_null(strchr("\"\\nr", byte));
            byte = byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
        }
        assert_int_equal(buffer_append_byte(ret_string, byte, &error), STATUS_OK);
    }
    *json = (Text){json->data + at + 1, json->size - at - 1};
    return true;
}

static void check_spectrum(const char *name)
{
    cleanup(buffer_done) Buffer csv = buffer_make(1 << 20), json = buffer_make(1 << 20), string = buffer_make(1 << 20);
    char path[256];
    snprintf(path, sizeof path, "csv/csv_spectrum_npm_2.0.0/csvs/%s.csv", name);
    read_suite_file(path, &csv);
    snprintf(path, sizeof path, "csv/csv_spectrum_npm_2.0.0/json/%s.json", name);
    read_suite_file(path, &json);
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(csv_scanner_freep) CsvScanner *scanner = NULL;
    assert_int_equal(stream_from_memory(buffer_text(&csv), 0, name, &stream, &error), STATUS_OK);
    assert_int_equal(csv_scanner_make(&(CsvOptions){0}, stream, &scanner, &error), STATUS_OK);
    CsvRecord record;
    assert_int_equal(csv_scanner_next(scanner, &record, &error), STATUS_OK);
    size_t columns = record.field_count;
    Text rest = buffer_text(&json);
    /* Each value stands behind its key in the order of the columns. */
    while (csv_scanner_next(scanner, &record, &error) == STATUS_OK) {
        assert_null(record.problem);
        assert_int_equal(record.field_count, columns);
        for (size_t i = 0; i < columns; i++) {
            assert_true(next_json_string(&rest, &string));
            assert_true(next_json_string(&rest, &string));
            /* The suite's expected file states another telephone number than its CSV: 1234567890 for 2095257564. */
            if (i == 0 && text_is(buffer_text(&string), "1234567890"))
                assert_true(text_is(record.fields[i], "2095257564"));
            else
                assert_true(text_equal(record.fields[i], buffer_text(&string)));
        }
    }
    assert_false(next_json_string(&rest, &string));
}

static void csv_spectrum_gives_the_expected_records(void **state)
{
    (void)state;
    static const char *const names[] = {
        "comma_in_quotes",      "empty",    "empty_crlf",    "escaped_quotes",      "json",
        "location_coordinates", "newlines", "newlines_crlf", "quotes_and_newlines", "simple",
        "simple_crlf",          "utf8",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_spectrum(names[i]);
}

/* The published output, with empty text for null. The comments and blank lines of the file are no CSV: here they are
 * rejects, since they do not have five columns. */
static void univocity_example_gives_the_published_records(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer found = buffer_make(1 << 20);
    CsvCounts counts = scan_suite_file(&(CsvOptions){.column_count = 5}, "csv/univocity/examples/example.csv", &found);
    assert_int_equal(counts.records - counts.problems, 6);
    static const char *const expected[] = {
        "\n6:<Year><Make><Model><Description><Price>\n",
        "\n7:<1997><Ford><E350><ac, abs, moon><3000.00>\n",
        "\n8:<1999><Chevy><Venture \"Extended Edition\"><><4900.00>\n",
        "\n12:<1996><Jeep><Grand Cherokee><MUST SELL!\nair, moon roof, loaded><4799.00>\n",
        "\n14:<1999><Chevy><Venture \"Extended Edition, Very Large\"><><5000.00>\n",
        "\n15:<><><Venture \"Extended Edition\"><><4900.00>\n",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_non_null(strstr(found.data, expected[i]));
}

/* One file in three forms of line ends. A quote in the middle of a field and blanks behind a closing one occur. */
static void line_ends_make_no_difference(void **state)
{
    (void)state;
    CsvOptions five = {.column_count = 5};
    cleanup(buffer_done) Buffer unix_form = buffer_make(1 << 20), form = buffer_make(1 << 20);
    CsvCounts unix_counts = scan_suite_file(&five, "csv/univocity/csv/essential.csv", &unix_form);
    assert_true(unix_counts.problems > 0 && unix_counts.problems < unix_counts.records);
    static const char *const names[] = {"csv/univocity/csv/essential-dos.csv", "csv/univocity/csv/essential-mac.csv"};
    for (size_t i = 0; i < 2; i++) {
        CsvCounts counts = scan_suite_file(&five, names[i], &form);
        assert_int_equal(counts.records, unix_counts.records);
        assert_int_equal(counts.problems, unix_counts.problems);
        /* Line ends inside fields stay as they are: made alike for the comparison. */
        size_t size = 0;
        for (size_t k = 0; k < form.size; k++)
            if (form.data[k] != '\r')
                form.data[size++] = form.data[k];
            else if (form.data[k + 1] != '\n')
                form.data[size++] = '\n';
        assert_true(text_equal((Text){form.data, size}, buffer_text(&unix_form)));
    }
}

/* Where no quoted field holds a line end, there are as many records as lines with something in them. */
static void check_by_lines(const CsvOptions *options, const char *name, size_t problems)
{
    cleanup(buffer_done) Buffer input = buffer_make(1 << 20), found = buffer_make(1 << 20);
    read_suite_file(name, &input);
    CsvCounts counts = scan_suite_file(options, name, &found);
    size_t lines = 0;
    for (size_t i = 0; i < input.size; i++)
        lines += (input.data[i] != '\n' && input.data[i] != '\r') &&
                 (i == 0 || input.data[i - 1] == '\n' || input.data[i - 1] == '\r');
    assert_int_equal(counts.records, lines);
    assert_int_equal(counts.problems, problems);
}

static void ordinary_files_have_a_record_for_each_line(void **state)
{
    (void)state;
    CsvOptions comma = {0}, tab = {.delimiter = '\t', .is_unquoted = true}, colon = {.delimiter = ':'};
    check_by_lines(&comma, "csv/rust_csv/examples/data/smallpop.csv", 0);
    check_by_lines(&comma, "csv/rust_csv/examples/data/smallpop-no-headers.csv", 0);
    check_by_lines(&colon, "csv/rust_csv/examples/data/smallpop-colon.csv", 0);
    check_by_lines(&comma, "csv/rust_csv/examples/data/uspop.csv", 0);
    check_by_lines(&comma, "csv/rust_csv/examples/data/uspop-null.csv", 0);
    check_by_lines(&comma, "csv/rust_csv/examples/data/uspop-latin1.csv", 0);
    check_by_lines(&comma, "csv/univocity/examples/master_detail.csv", 0);
    check_by_lines(&tab, "csv/univocity/examples/master_detail.tsv", 0);
    check_by_lines(&tab, "csv/univocity/examples/bean_test.tsv", 0);
    /* Lines "j," of two and "m, n, o, p, q, r" of six columns behind lines of three; "k, l". */
    check_by_lines(&comma, "csv/univocity/csv/iterating_test.csv", 3);
    /* Records of three and of five columns. */
    check_by_lines(&comma, "csv/univocity/examples/multi_schema.csv", 3);
    /* "value"x */
    check_by_lines(&comma, "csv/univocity/csv/test.csv", 1);
}

/* Backslashes before quotes are another dialect: such lines are rejects, one by one, as are those of one column. */
static void backslash_dialect_is_rejected_line_by_line(void **state)
{
    (void)state;
    CsvOptions semicolon = {.delimiter = ';', .column_count = 2};
    check_by_lines(&semicolon, "csv/rust_csv/examples/data/strange.csv", 7);
    check_by_lines(&(CsvOptions){0}, "csv/univocity/examples/escape.csv", 2);
}

static void decode_and_scan(Text input, Buffer *found)
{
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(csv_scanner_freep) CsvScanner *scanner = NULL;
    assert_int_equal(stream_from_memory(input, 1, "test.csv", &stream, &error), STATUS_OK);
    assert_int_equal(csv_scanner_make(&(CsvOptions){0}, stream, &scanner, &error), STATUS_OK);
    CsvRecord record;
    while (csv_scanner_next(scanner, &record, &error) == STATUS_OK)
        csv_check_write(&record, found, &error);
    assert_string_equal(error.message, "");
}

static void byte_order_marks_are_told_apart(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer plain = buffer_make(1 << 20), marked = buffer_make(1 << 20),
                                input = buffer_make(1 << 20);
    scan_suite_file(&(CsvOptions){0}, "crm/dataloader/csvtext.csv", &plain);
    assert_string_equal(plain.data, "1:<column1><column2><column3>\n2:<row1-1><row1-2><row1-3>\n"
                                    "3:<row2-1><row2-2><row2-3>\n");
    /* Behind the mark stands a quoted field. */
    scan_suite_file(&(CsvOptions){0}, "crm/dataloader/csvtext_BOM_UTF8.csv", &marked);
    assert_string_equal(marked.data, plain.data);
    /* The suite's UTF-32 files begin with the two bytes of UTF-16's mark: what is behind it tells. */
    static const char *const decoded[] = {
        "crm/dataloader/csvtext_BOM_UTF16BE.csv", "crm/dataloader/csvtext_BOM_UTF16LE.csv",
        "crm/dataloader/csvtext_BOM_UTF32BE.csv", "crm/dataloader/csvtext_BOM_UTF32LE.csv"};
    for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++) {
        buffer_clear(&marked);
        read_suite_file(decoded[i], &input);
        decode_and_scan(buffer_text(&input), &marked);
        assert_string_equal(marked.data, plain.data);
    }
}

static void crm_exports_have_no_problems(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer found = buffer_make(1 << 20);
    CsvCounts counts = scan_suite_file(&(CsvOptions){0}, "crm/dataloader/csvEscapedQuotes.csv", &found);
    assert_int_equal(counts.problems, 0);
    assert_string_equal(found.data,
                        "1:<column1><column2>\n2:<\"The Best\" Account><bla>\n3:<The \"Best\" Account><bla>\n");
    counts = scan_suite_file(&(CsvOptions){0}, "crm/dataloader/acctsWithBinaryDataInRTF.csv", &found);
    assert_int_equal(counts.problems, 0);
    check_by_lines(&(CsvOptions){0}, "crm/dataloader/insertAccountCsv.csv", 0);
    check_by_lines(&(CsvOptions){0}, "crm/dataloader/hardDelete1AccountCsvTemplate.csv", 0);
}

int main(void)
{
    DIR *folder = opendir(suite_folder());
    if (!folder) {
        printf("skipped: no test suites in %s (CLOSEDLOOP_CONFORMANCE)\n", suite_folder());
        return 77;
    }
    closedir(folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_spectrum_gives_the_expected_records),
        cmocka_unit_test(univocity_example_gives_the_published_records),
        cmocka_unit_test(line_ends_make_no_difference),
        cmocka_unit_test(ordinary_files_have_a_record_for_each_line),
        cmocka_unit_test(backslash_dialect_is_rejected_line_by_line),
        cmocka_unit_test(byte_order_marks_are_told_apart),
        cmocka_unit_test(crm_exports_have_no_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
