#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/preset.h"
#include "extract/explain.h"
#include "extract/explain_field.h"

#include <stdlib.h>
#include <unistd.h>

/* The words for what stands in YAML. */
static void assert_words(const char *yaml, const char *expected)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    cleanup(buffer_done) Buffer words = buffer_make(1 << 16);
    Error error = ERROR_INIT;
    const YamlNode *node;
    assert_int_equal(yaml_parse(text_from(yaml), "x", &arena, &node, &error), STATUS_OK);
    assert_int_equal(explain_field(node, &words, &error), STATUS_OK);
    assert_string_equal(words.data, expected);
}

static void says_where_a_field_comes_from(void **state)
{
    (void)state;
    assert_words("Close Date", "Close Date");
    assert_words("[Amount, Value in EUR]", "Amount, else Value in EUR");
    assert_words("{from: event, default: page_view}", "event; else 'page_view'");
    assert_words("{from: [a, b], default: ''}", "a, else b; else nothing");
    assert_words("{value: EUR}", "always 'EUR'");
    assert_words("{join: [First, Last]}", "First and Last");
    assert_words("{join: [First, Last], with: ', '}", "First and Last; with ', '");
    assert_words("{from: Stage, map: {won: true, '': false}, default: false}", "Stage; mapped");
    assert_words("{from: Id, form: salesforce_id}", "Id; form salesforce_id");
    assert_words("{from: Phone, optional: true}", "Phone, if it is there");
    assert_words("{from: Stage, lookup: stages, take: won, map: {1: true}}", "Stage, looked up in stages: won; mapped");
}

static void assert_filter(const char *yaml, bool is_unless, const char *expected)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    cleanup(buffer_done) Buffer words = buffer_make(1 << 16);
    Error error = ERROR_INIT;
    const YamlNode *node;
    assert_int_equal(yaml_parse(text_from(yaml), "x", &arena, &node, &error), STATUS_OK);
    assert_int_equal(explain_filter(node, is_unless, &words, &error), STATUS_OK);
    assert_string_equal(words.data, expected);
}

static void says_what_a_filter_takes(void **state)
{
    (void)state;
    assert_filter("{Stage: Won, Type: [New, '']}", false, "Stage is 'Won', and Type is 'New' or nothing");
    assert_filter("{Page: {like: ['*.pdf', '*.zip']}, Id: a}", false, "Page is like '*.pdf' or '*.zip', and Id is 'a'");
    assert_filter("{Stage: Lost, Id: ''}", true, "Stage is 'Lost', or Id is nothing");
}

/* What a function prints, in memory that the caller frees. */
static char *printed(Status (*print)(const char *, FILE *, Error *), const char *name)
{
    char *text = NULL;
    size_t size;
    Error error = ERROR_INIT;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(print(name, stream, &error), STATUS_OK);
    fclose(stream);
    return text;
}

static void explains_a_preset(void **state)
{
    (void)state;
    char path[] = "/tmp/closedloop_explain_XXXXXX.yaml";
    int descriptor = mkstemps(path, 5);
    static const char content[] =
        "# From the menu.\n"
        "#   Click \xE2\x80\xAEhere.\n"
        "title: A CRM\n"
        "settings: {host: ~, version: v3}\n"
        "sources:\n"
        "  - part: deals\n"
        "    kind: deal\n"
        "    format: json\n"
        "    only: {type: new}\n"
        "    lookups: {a: {key: k}, b: {key: k, without: drop}, c: {key: k, without: keep}}\n"
        "    query: {sql: \"select 1\\n  from a\\n\"}\n"
        "    fields: {deal_key: id, amount: [value, sum], is_won: {from: s, map: {won: true, '': x}, default: false}}\n"
        "    also: [{kind: deal_contact, each: people, fields: {deal_key: ../id}}]\n";
    assert_int_equal(write(descriptor, content, sizeof content - 1), sizeof content - 1);
    close(descriptor);
    char *text = printed(explain_preset, path), *file = printed(explain_print, path);
    unlink(path);
    char expected[2048];
    snprintf(expected, sizeof expected,
             "%s: A CRM\n"
             "system: the source's own name\n"
             "setting host: must be given\n"
             "setting version: v3\n"
             "\n"
             "From the menu.\n"
             "  Click ?here.\n"
             "\n"
             "--- part deals\n"
             "format: json\n"
             "lookup: a, a table with the key k: must be given\n"
             "lookup: b, a table with the key k: may be given; without it the fields that look something up there are "
             "none\n"
             "lookup: c, a table with the key k: may be given; without it fields keep what they would look up there\n"
             "sql:\n"
             "    select 1\n"
             "      from a\n"
             "\n"
             "each record becomes: deal\n"
             "only where type is 'new'\n"
             "field     from             meaning\n"
             "--------  ---------------  --------------------------------------------------\n"
             "deal_key  id               the deal's key in its system\n"
             "amount    value, else sum  the deal's amount; absent counts as zero, and is\n"
             "                           listed in quality\n"
             "is_won    s; mapped        true: won\n"
             "is_won: 'won' becomes 'true'; nothing becomes 'x'; all else 'false'\n"
             "\n"
             "and also: deal_contact, one of each people\n"
             "field     from   meaning\n"
             "--------  -----  --------\n"
             "deal_key  ../id  the deal\n"
             "\n",
             path);
    assert_string_equal(text, expected);
    assert_string_equal(file, content);
    free(text);
    free(file);
}

static void lists_and_explains_all_that_is_shipped(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    char *list = NULL;
    size_t size;
    FILE *stream = open_memstream(&list, &size);
    assert_int_equal(explain_list(stream, &error), STATUS_OK);
    fclose(stream);
    for (size_t i = 0; i < preset_file_count; i++) {
        char name[100];
        snprintf(name, sizeof name, "%.*s", (int)(strlen(preset_files[i].name) - strlen(".yaml")),
                 preset_files[i].name);
        assert_non_null(strstr(list, name));
        char *text = printed(explain_preset, name);
        /* No field is shown without its meaning: no name is wrong. */
        assert_null(strstr(text, "(no kind)"));
        free(text);
    }
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_where_a_field_comes_from),
        cmocka_unit_test(says_what_a_filter_takes),
        cmocka_unit_test(explains_a_preset),
        cmocka_unit_test(lists_and_explains_all_that_is_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
