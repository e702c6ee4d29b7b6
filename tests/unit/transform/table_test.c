#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The tables' columns are those of the schema that closedloop-load makes. */
#include "common/file.h"
#include "transform/table.h"

#include <stdio.h>

static Buffer schema;

static int read_schema(void **state)
{
    Error error = ERROR_INIT;
    (void)state;
    schema = buffer_make(1 << 20);
    return file_read_all("sql/migrations/0001_facts.sql", 1 << 20, &schema, &error) == STATUS_OK ? 0 : -1;
}

static int forget_schema(void **state)
{
    (void)state;
    buffer_done(&schema);
    return 0;
}

/* The body of "create table <name> (...);" */
static Text find_table(const char *name)
{
    char head[128];
    snprintf(head, sizeof head, "create table %s (\n", name);
    const char *start = strstr(schema.data, head);
    if (!start)
        fail_msg("the schema has no table %s", name);
    start += strlen(head);
    const char *end = strstr(start, "\n)");
    assert_non_null(end);
    return (Text){start, (size_t)(end - start)};
}

static bool has_column(Text table, const char *column)
{
    char head[128];
    snprintf(head, sizeof head, "    %s ", column);
    return memmem(table.data, table.size, head, strlen(head)) != NULL;
}

static size_t count_columns(Text table)
{
    size_t count = 0;
    for (Text rest = table; rest.size;) {
        size_t end = text_find(rest, '\n');
        count += !text_starts_with(rest, TEXT("    primary key"));
        size_t used = end < rest.size ? end + 1 : end;
        rest = (Text){rest.data + used, rest.size - used};
    }
    return count;
}

/* `filled` columns of the schema's table are load's own. */
static void check_table(LoadTable which, const char *name, size_t filled)
{
    const LoadTableSpec *spec = load_table_spec(which);
    Text table = find_table(name);
    for (size_t i = 0; i < spec->column_count; i++)
        if (!has_column(table, spec->columns[i]))
            fail_msg("%s has no column %s", name, spec->columns[i]);
    assert_int_equal(spec->column_count + filled, count_columns(table));
}

static void test_tables_of_versions(void **state)
{
    (void)state;
    for (int kind = RECORD_IDENTITY; kind <= RECORD_RATE; kind++) {
        LoadTable table = load_table_of((RecordKind)kind);
        assert_string_equal(load_table_spec(table)->name, record_spec((RecordKind)kind)->name);
        char name[64];
        snprintf(name, sizeof name, "cl_core.%s_history", record_spec((RecordKind)kind)->name);
        check_table(table, name, 4); /* source, batch_no, place, known_at */
    }
}

static void test_other_tables(void **state)
{
    (void)state;
    check_table(LOAD_VIEW, "cl_core.view", 1);
    check_table(LOAD_CONTENT_SEEN, "cl_core.content_seen", 1);
    check_table(LOAD_ARRIVAL, "cl_core.arrival", 0);
    check_table(LOAD_REJECT, "cl_ops.reject", 3);
    assert_int_equal(load_table_spec(LOAD_PRESENT)->column_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_of_versions),
        cmocka_unit_test(test_other_tables),
    };
    return cmocka_run_group_tests(tests, read_schema, forget_schema);
}
