#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/closedloop_field_XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    unsetenv("CLOSEDLOOP_SPOOL");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/c.yaml", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* A source of deals of which the field name, in line 6 behind 36 characters, says this, and with further lines. */
static Status load(const char *format, const char *field, const char *more, Config *config, Error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "sources:\n  - name: deals\n    kind: deal\n    format: %s\n    path: x\n"
            "    fields: {deal_key: a, created_at: b, name: %s}\n%s",
            format, field, more);
    assert_int_equal(0, fclose(file));
    return config_load(path, config, error);
}

static void expect_refused(const char *format, const char *field, const char *more, const char *message,
                           const char *hint)
{
    Error error = ERROR_INIT;
    Config config;
    assert_int_equal(STATUS_ERROR, load(format, field, more, &config, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    assert_string_equal(message, error.message + strlen(path) + 1);
    if (hint)
        assert_string_equal(hint, error.hint);
}

static const FieldMapping *load_field(const char *format, const char *field, Config *config)
{
    Error error = ERROR_INIT;
    if (load(format, field, "", config, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    const RecordMapping *mapping = &config->sources[0].mappings[0];
    assert_int_equal(3, mapping->field_count);
    assert_int_equal(DEAL_NAME, mapping->fields[1].field);
    return &mapping->fields[1];
}

static void keeps_plain_what_is_one_path(void **state)
{
    (void)state;
    static const char *const fields[] = {"N", "[N]", "{from: N}", "{from: [N]}"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        cleanup(config_done) Config config = {0};
        const FieldMapping *field = load_field("csv", fields[i], &config);
        assert_null(field->expression);
        assert_true(text_is(field->path, "N"));
        assert_true(text_is_null(field->value));
        assert_false(field->is_optional);
    }
    cleanup(config_done) Config config = {0};
    const FieldMapping *field = load_field("csv", "{from: N, default: d, optional: true}", &config);
    assert_null(field->expression);
    assert_true(field->is_optional);
    assert_true(text_is(field->value, "d"));
}

static void reads_expressions(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    const FieldExpression *expression =
        load_field("json", "{join: [a.b, c], form: lower, map: {y: 1, x: '', z: true}, default: d}", &config)
            ->expression;
    assert_int_equal(2, expression->path_count);
    assert_true(text_is(expression->paths[0], "a.b"));
    assert_true(text_is(expression->separator, " "));
    assert_int_equal(FORM_LOWER, expression->form);
    assert_int_equal(3, expression->map_count);
    assert_true(text_is(expression->map[0].from, "x") && text_is_empty(expression->map[0].to));
    assert_true(text_is(expression->map[1].from, "y") && text_is(expression->map[1].to, "1"));
    assert_true(text_is(expression->map[2].to, "true"));
    config_done(&config);
    expression = load_field("csv", "[M, N]", &config)->expression;
    assert_true(text_is_null(expression->separator));
    assert_int_equal(2, expression->path_count);
    assert_int_equal(FORM_NONE, expression->form);
    config_done(&config);
    expression = load_field("csv", "{join: [M], with: ''}", &config)->expression;
    assert_false(text_is_null(expression->separator));
    assert_int_equal(0, expression->separator.size);
}

static void refuses_what_does_not_go_together(void **state)
{
    (void)state;
    static const char how[] = "write its path, {from: PATH, default: TEXT} or {value: TEXT}";
    expect_refused("csv", "[]", "", "6:48: 'name' must be a path or a list of up to 32 paths, not an empty list", how);
    expect_refused("csv", "{from: {a: b}}", "",
                   "6:55: 'from' must be a path or a list of up to 32 paths, not a mapping", how);
    expect_refused("csv", "[N, [M]]", "", "6:52: each path of 'name' must be text, not a list", "");
    expect_refused("csv", "[N, '']", "", "6:52: a path cannot be empty", "");
    expect_refused("csv", "[N, ~]", "", "6:52: each path of 'name' must be text, not empty", "");
    expect_refused("csv", "{from: N, join: [M]}", "",
                   "6:48: 'from' and 'join' exclude each other: the first of several, or all of them", "");
    expect_refused("csv", "{join: [M], value: x}", "",
                   "6:48: 'join' and 'value' exclude each other: a constant has no path", "");
    expect_refused("csv", "{value: x, form: lower}", "", "6:48: a constant is 'value' alone", "");
    expect_refused("csv", "{value: x, map: {a: b}}", "", "6:48: a constant is 'value' alone", "");
    expect_refused("csv", "{from: N, with: x}", "", "6:58: 'with' goes with 'join'", "");
    expect_refused("csv", "{from: N, form: upper}", "", "6:64: unknown form 'upper'", NULL);
    expect_refused("csv", "{from: N, form: salesforce}", "", "6:64: unknown form 'salesforce'", NULL);
    expect_refused("csv", "{from: N, map: [a]}", "", "6:63: 'map' must be a mapping of names to texts, not a list",
                   "map: what the source says: what the field says instead");
    expect_refused("csv", "{from: N, map: {a: {b: c}}}", "", "6:67: each of 'map' must be text, not a mapping", "");
    expect_refused("json", "{from: N, optional: true}", "",
                   "6:58: 'optional' is for columns; in json nothing needs to be there", "");
    expect_refused("csv", "N", "    unless: [x]\n", "7:13: 'unless' must be a mapping of paths to values, not a list",
                   "unless: {StageName: Closed Won}");
    expect_refused("csv", "N", "    unless: {a: }\n", "7:17: a value of 'unless' must be text, not empty", "");
    expect_refused("csv", "N", "    only: {a: {like: []}}\n",
                   "7:22: 'only' needs a value or a list of values for 'a', not an empty list", "");
    expect_refused("csv", "N", "    only: {a: {like: {like: b}}}\n",
                   "7:15: 'only' needs a value or a list of values for 'a', not a mapping", "");
    expect_refused("csv", "N", "    only: {a: {likes: b}}\n",
                   "7:15: 'only' needs a value or a list of values for 'a', not a mapping", "");
    expect_refused("csv", "N", "    time_format: [iso, '%Q%Q']\n",
                   "7:24: time format: %Q gives again what is already given", NULL);
    expect_refused("csv", "N", "    time_format: []\n", "7:18: the number of 'time_format' must be from 1 to 8, not 0",
                   NULL);
}

static void refuses_bad_paths(void **state)
{
    (void)state;
    static const char how[] = "such as deal.amount, Account/Name, params[key=url].value or 'Column -> deal.amount'";
    expect_refused("json", "[N, a..b]", "", "6:52: 'a..b' is no path: a step is empty", how);
    expect_refused("json", "'a[0].b'", "",
                   "6:48: 'a[0].b' is no path: brackets hold [key=value] or [key^=beginning], and the element 0 is "
                   "name.0",
                   how);
    expect_refused("csv", "'Column -> a[b=c'", "", "6:48: 'Column -> a[b=c' is no path: a bracket is not closed", how);
    expect_refused("csv", "'Colour -> d'", "    header: [a, b, Color]\n",
                   "6:48: unknown column 'Colour -> d': 'header' does not list it", "did you mean 'Color'?");
    expect_refused("json", "N", "    only: {'a[b': c}\n",
                   "7:12: 'a[b' is no path: brackets hold [key=value] or [key^=beginning], and the element 0 is name.0",
                   how);
}

static Key digest_of(const char *field)
{
    cleanup(config_done) Config config = {0};
    load_field("csv", field, &config);
    return config.sources[0].mapping_digest;
}

static void digests_every_form(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "N",
        "[N, M]",
        "[M, N]",
        "{join: [M, N]}",
        "{join: [M, N], with: ''}",
        "{from: N, form: lower}",
        "{from: N, form: salesforce_id}",
        "{from: N, map: {a: b}}",
        "{from: N, map: {a: b, c: d}}",
        "{from: N, map: {a: b}, default: x}",
        "{from: N, default: x}",
    };
    Key keys[sizeof fields / sizeof *fields];
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        keys[i] = digest_of(fields[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(&keys[i], &keys[j], sizeof(Key));
    }
    /* The order of a map says nothing. */
    Key same = digest_of("{from: N, map: {c: d, a: b}}");
    assert_memory_equal(&keys[8], &same, sizeof(Key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_plain_what_is_one_path),
        cmocka_unit_test(reads_expressions),
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(refuses_bad_paths),
        cmocka_unit_test(digests_every_form),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
