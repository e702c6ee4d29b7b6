#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/classification.h"

#include <stdio.h>

static const char *const columns[] = {"name", "value"};

static Status parse(const char *content, Arena *arena, FactList *ret_list, Error *error)
{
    return fact_list_parse(text_from(content), "list.tsv", columns, 2, arena, ret_list, error);
}

static void assert_text(Text text, const char *expected)
{
    if (!text_is(text, expected))
        fail_msg("'%.*s', not '%s'", TEXT_PRINTF(text), expected);
}

static void test_rows_and_what_comments_say(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Error error = ERROR_INIT;
    FactList list;
    assert_int_equal(parse("\xEF\xBB\xBF# A list.\r\n# date: 2024-02-29\r\n# from: here and there \r\n\r\n"
                           "name\tvalue\r\n# between\na b\t#c\r\n\nd\te",
                           &arena, &list, &error),
                     STATUS_OK);
    assert_string_equal(list.date, "2024-02-29");
    assert_text(list.from, "here and there");
    assert_int_equal(list.row_count, 2);
    assert_text(list.rows[0].values[0], "a b");
    assert_text(list.rows[0].values[1], "#c");
    assert_int_equal(list.rows[0].line, 7);
    assert_text(list.rows[1].values[0], "d");
    assert_text(list.rows[1].values[1], "e");
    assert_int_equal(list.rows[1].line, 9);
    fact_list_error(&list, &list.rows[1], &error, "no %s", "good");
    assert_string_equal(error.message, "list.tsv:9: no good");
    assert_int_equal(error.code, ERROR_CONFIG);
}

/* Only what the rows say makes the digest. */
static void test_digest(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Error error = ERROR_INIT;
    FactList first, same;
    assert_int_equal(parse("# date: 2026-01-01\nname\tvalue\na\tb\nc\td\n", &arena, &first, &error), STATUS_OK);
    assert_int_equal(parse("# date: 2026-02-01\n# x\nname\tvalue\n\na\tb\r\nc\td", &arena, &same, &error), STATUS_OK);
    assert_memory_equal(&first.digest, &same.digest, sizeof first.digest);
    static const char *const others[] = {"name\tvalue\na\tb\n", "name\tvalue\nc\td\na\tb\n",
                                         "name\tvalue\na\tbc\nc\td\n", "name\tvalue\nab\tc\nc\td\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        FactList other;
        assert_int_equal(parse(arena_printf(&arena, "# date: 2026-01-01\n%s", others[i]), &arena, &other, &error),
                         STATUS_OK);
        assert_memory_not_equal(&first.digest, &other.digest, sizeof first.digest);
    }
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *content, *message;
    } rows[] = {
        {"", "list.tsv: has no rows"},
        {"# date: 2026-01-01\nname\tvalue\n", "list.tsv: has no rows"},
        {"name\tvalue\na\tb\n", "list.tsv: does not say of when it is"},
        {"# date: 2026-02-29\n", "list.tsv:1: '2026-02-29' is no date such as 2026-11-23"},
        {"# date: 2026-1-1\n", "list.tsv:1: '2026-1-1' is no date such as 2026-11-23"},
        {"# date: 2026-01-01\n# date: 2026-01-02\n", "list.tsv:2: the date is given twice"},
        {"a\tb\n", "list.tsv:1: the first line must name the columns, with tabs between them: name, value"},
        {"name value\n", "list.tsv:1: has 1 column, not 2: name, value"},
        {"name\tvalue\na\tb\tc\n", "list.tsv:2: has 3 columns, not 2: name, value"},
        {"name\tvalue\n\tb\n", "list.tsv:2: 'name' is empty"},
        {"name\tvalue\na\t\n", "list.tsv:2: 'value' is empty"},
        {"name\tvalue\na\tb \n", "list.tsv:2: 'value' has white space at an end"},
        {"name\tvalue\na\tb\xFF\n", "list.tsv:2: holds a NUL, or bytes that are no UTF-8"},
        {"name\tvalue\na\tb\x01\n", "list.tsv:2: holds a control character"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup(arena_done) Arena arena = arena_make(1 << 20);
        Error error = ERROR_INIT;
        FactList list;
        assert_int_equal(parse(rows[i].content, &arena, &list, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_string_equal(error.message, rows[i].message);
    }
}

static void test_no_room(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(40);
    Error error = ERROR_INIT;
    FactList list;
    assert_int_equal(parse("# date: 2026-01-01\nname\tvalue\na\tb\n", &arena, &list, &error), STATUS_ERROR);
}

static void assert_sorted(const FactList *list)
{
    for (size_t i = 1; i < list->row_count; i++) {
        int order = text_compare(list->rows[i - 1].values[0], list->rows[i].values[0]);
        if (order == 0)
            order = text_compare(list->rows[i - 1].values[1], list->rows[i].values[1]);
        if (order >= 0)
            fail_msg("%s:%u: not in order", list->name, list->rows[i].line);
    }
}

/* Those in the program: whole, dated, and in an order in which a reader finds what is there and what is not. */
static void test_shipped_lists(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(8 << 20);
    Error error = ERROR_INIT;
    Classification lists;
    assert_int_equal(classification_read(&(ClassificationFiles){.sites = NULL}, &arena, &lists, &error), STATUS_OK);
    assert_string_equal(lists.sites.name, "sites.tsv");
    assert_string_equal(lists.bots.name, "bots.tsv");
    assert_true(lists.sites.row_count > 200 && lists.bots.row_count > 200);
    assert_non_null(lists.sites.from.data);
    assert_non_null(lists.bots.from.data);
    assert_sorted(&lists.sites);
    assert_sorted(&lists.bots);
    assert_string_equal(lists.free_mail.name, "free_mail.tsv");
    assert_true(lists.free_mail.row_count > 150 && lists.free_mail.from.data);
    assert_sorted(&lists.free_mail);
    assert_int_equal(classification_read(&(ClassificationFiles){.sites = "/nowhere/sites.tsv"}, &arena, &lists, &error),
                     STATUS_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_what_comments_say),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_shipped_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
