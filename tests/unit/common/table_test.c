#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/table.h"

#include <stdlib.h>
#include <string.h>

static const TableColumn columns[] = {{"source", TABLE_LEFT, 0}, {"read", TABLE_RIGHT, 0}, {"note", TABLE_LEFT, 0}};

static void expect(size_t width_max, const char *const (*rows)[3], size_t row_count, const char *expected)
{
    Error error = ERROR_INIT;
    cleanup(table_done) Table table = table_make(columns, 3, width_max);
    for (size_t i = 0; i < row_count; i++)
        assert_int_equal(STATUS_OK, table_add(&table, rows[i], &error));
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    assert_int_equal(STATUS_OK, table_print(&table, stream, &error));
    fclose(stream);
    assert_string_equal(expected, bytes);
    free(bytes);
}

static void aligns_columns(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"website", "12000", "ok"}, {"crm", "7", ""}, {"x", NULL, "last one"}};
    expect(0, rows, 3,
           "source    read  note\n"
           "-------  -----  --------\n"
           "website  12000  ok\n"
           "crm          7\n"
           "x               last one\n");
    expect(0, rows, 0,
           "source  read  note\n"
           "------  ----  ----\n");
}

static void counts_columns_of_the_terminal(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"中文", "1", "a"}, {"Zürich é", "22", "b"}, {"e\xCC\x81", "3", "c"}};
    expect(0, rows, 3,
           "source    read  note\n"
           "--------  ----  ----\n"
           "中文         1  a\n"
           "Zürich é    22  b\n"
           "e\xCC\x81            3  c\n");
}

static void wraps_at_blanks(void **state)
{
    (void)state;
    static const TableColumn wrapped[] = {{"a", TABLE_LEFT, 10}, {"b", TABLE_RIGHT, 0}, {"c", TABLE_LEFT, 4}};
    Error error = ERROR_INIT;
    cleanup(table_done) Table table = table_make(wrapped, 3, 0);
    assert_int_equal(STATUS_OK, table_add(&table, (const char *[]){"one two three four", "1", "ab cdefghijk"}, &error));
    assert_int_equal(STATUS_OK, table_add(&table, (const char *[]){"0123456789", "22", "Zür中"}, &error));
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    assert_int_equal(STATUS_OK, table_print(&table, stream, &error));
    fclose(stream);
    assert_string_equal("a            b  c\n"
                        "----------  --  ----\n"
                        "one two      1  ab\n"
                        "three four      cdef\n"
                        "                ghij\n"
                        "                k\n"
                        "0123456789  22  Zür\n"
                        "                中\n",
                        bytes);
    free(bytes);
}

static void cuts_long_cells(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"12345678", "1", "123456789"}, {"中中中中中", "2", "12345678"}};
    expect(8, rows, 2,
           "source    read  note\n"
           "--------  ----  --------\n"
           "12345678     1  1234567…\n"
           "中中中…      2  12345678\n");
}

static void never_steers_the_terminal(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"a\x1B[2Jb", "1\n2", "\xFF\xC2\x9B\xE2\x80\xAEz"}};
    expect(0, rows, 1,
           "source  read  note\n"
           "------  ----  ----\n"
           "a?[2Jb   1 2  ???z\n");
}

static void says_when_it_cannot_be_written(void **state)
{
    (void)state;
    FILE *stream = fopen("/dev/full", "w");
    if (!stream)
        skip();
    Error error = ERROR_INIT;
    cleanup(table_done) Table table = table_make(columns, 3, 0);
    assert_int_equal(STATUS_ERROR, table_print(&table, stream, &error));
    assert_int_equal(ERROR_IO, error.code);
    fclose(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_columns),
        cmocka_unit_test(counts_columns_of_the_terminal),
        cmocka_unit_test(wraps_at_blanks),
        cmocka_unit_test(cuts_long_cells),
        cmocka_unit_test(never_steers_the_terminal),
        cmocka_unit_test(says_when_it_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
