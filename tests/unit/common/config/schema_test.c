#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/schema.h"

typedef enum Mode { MODE_APPEND = 10, MODE_UPSERT, MODE_SNAPSHOT } Mode;

typedef struct Source {
    const YamlNode *node;
    const char *name;
    int mode;
    const Text *paths;
    size_t path_count;
} Source;

typedef struct Reporting {
    const YamlNode *node;
    const char *timezone;
    int64_t days;
} Reporting;

typedef struct Everything {
    Text text;
    const char *string;
    const char *identifier;
    char character;
    bool is_on;
    int64_t integer;
    SchemaLimit limit;
    int64_t duration, size;
    int mode;
    SchemaTexts texts;
    SchemaPairs pairs;
    Reporting reporting;
    SchemaItems sources;
    const YamlNode *any;
} Everything;

static const SchemaName modes[] = {
    {"append", MODE_APPEND}, {"upsert", MODE_UPSERT}, {"snapshot", MODE_SNAPSHOT}, {NULL, 0}};

static const SchemaField source_fields[] = {
    {"name", SCHEMA_IDENTIFIER, offsetof(Source, name), .is_required = true, .meaning = "what the source is called"},
    {"mode", SCHEMA_ENUM, offsetof(Source, mode), .default_text = "append", .names = modes},
    {"path", SCHEMA_TEXT_LIST, offsetof(Source, paths), .default_text = "in.csv"},
};
static const Schema source_schema = {source_fields, 3, sizeof(Source), .has_node = true};

static const SchemaField reporting_fields[] = {
    {"timezone", SCHEMA_STRING, offsetof(Reporting, timezone), .is_required = true},
    {"days", SCHEMA_INTEGER, offsetof(Reporting, days), .default_text = "90", .minimum = 1, .maximum = 3650},
};
static const Schema reporting_schema = {reporting_fields, 2, sizeof(Reporting), .has_node = true};

static const SchemaField fields[] = {
    {"text", SCHEMA_TEXT, offsetof(Everything, text), .minimum = 1, .maximum = 10},
    {"string", SCHEMA_STRING, offsetof(Everything, string), .meaning = NULL},
    {"identifier", SCHEMA_IDENTIFIER, offsetof(Everything, identifier), .meaning = NULL},
    {"character", SCHEMA_CHARACTER, offsetof(Everything, character), .default_text = ","},
    {"is_on", SCHEMA_BOOL, offsetof(Everything, is_on), .meaning = NULL},
    {"integer", SCHEMA_INTEGER, offsetof(Everything, integer), .default_text = "7", .minimum = -5, .maximum = INT64_MAX,
     .meaning = "some number"},
    {"limit", SCHEMA_LIMIT, offsetof(Everything, limit), .default_text = "20%", .minimum = 0, .maximum = 1000},
    {"duration", SCHEMA_DURATION, offsetof(Everything, duration), .minimum = 60, .maximum = 604800},
    {"size", SCHEMA_SIZE, offsetof(Everything, size), .default_text = "64MiB"},
    {"mode", SCHEMA_ENUM, offsetof(Everything, mode), .names = modes},
    {"texts", SCHEMA_TEXT_LIST, offsetof(Everything, texts), .minimum = 1, .maximum = 3},
    {"pairs", SCHEMA_TEXT_MAPPING, offsetof(Everything, pairs), .meaning = NULL},
    {"reporting", SCHEMA_MAPPING, offsetof(Everything, reporting), .schema = &reporting_schema},
    {"sources", SCHEMA_MAPPING_LIST, offsetof(Everything, sources), .schema = &source_schema, .unique = "name"},
    {"any", SCHEMA_ANY, offsetof(Everything, any), .meaning = NULL},
};
static const Schema schema = {fields, sizeof fields / sizeof fields[0], sizeof(Everything), .has_node = false};

typedef struct Fixture {
    Arena arena;
    Error error;
    Everything values;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    fixture->arena = arena_make(64 << 20);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

static Status check(Fixture *fixture, const char *content)
{
    const YamlNode *root = NULL;
    assert_int_equal(yaml_parse(text_from(content), "c.yaml", &fixture->arena, &root, &fixture->error), STATUS_OK);
    return schema_check(&schema, root, &fixture->arena, &fixture->values, &fixture->error);
}

static void assert_refused(Fixture *fixture, const char *content, const char *message, const char *hint)
{
    memset(&fixture->values, 0x5A, sizeof fixture->values);
    Everything before = fixture->values;
    assert_int_equal(check(fixture, content), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->error.hint, hint);
    assert_memory_equal(&before, &fixture->values, sizeof before);
}

static void assert_text(Text text, const char *expected)
{
    assert_int_equal(text.size, strlen(expected));
    assert_string_equal(text.data, expected);
}

static void reads_every_type(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(check(fixture,
                           "text: true\nstring: \"a b\"\nidentifier: crm-deals_2\ncharacter: \"\\t\"\nis_on: true\n"
                           "integer: -5\nlimit: 100\nduration: 8h\nsize: 1GiB\nmode: snapshot\n"
                           "texts: [x, 5]\npairs: {deal_key: Id, amount: Amount}\n"
                           "reporting: {timezone: Europe/Berlin, days: 3650}\n"
                           "sources:\n  - {name: web, path: a.csv}\n  - {name: crm, mode: upsert, path: [b, c]}\n"
                           "any: [1]\n"),
                     STATUS_OK);
    const Everything *values = &fixture->values;
    assert_text(values->text, "true");
    assert_string_equal(values->string, "a b");
    assert_string_equal(values->identifier, "crm-deals_2");
    assert_int_equal(values->character, '\t');
    assert_true(values->is_on);
    assert_int_equal(values->integer, -5);
    assert_int_equal(values->limit.value, 100);
    assert_false(values->limit.is_percent);
    assert_int_equal(values->duration, 28800);
    assert_int_equal(values->size, 1073741824);
    assert_int_equal(values->mode, MODE_SNAPSHOT);
    assert_int_equal(values->texts.count, 2);
    assert_text(values->texts.items[0], "x");
    assert_text(values->texts.items[1], "5");
    assert_int_equal(values->pairs.count, 2);
    assert_text(values->pairs.items[0].name, "deal_key");
    assert_text(values->pairs.items[1].value, "Amount");
    assert_int_equal(values->pairs.items[1].node->key->line, 12);
    assert_string_equal(values->reporting.timezone, "Europe/Berlin");
    assert_int_equal(values->reporting.days, 3650);
    assert_int_equal(values->any->kind, YAML_SEQUENCE);
    assert_int_equal(values->sources.count, 2);
    const Source *sources = values->sources.items;
    assert_string_equal(sources[0].name, "web");
    assert_int_equal(sources[0].mode, MODE_APPEND);
    assert_int_equal(sources[0].path_count, 1);
    assert_text(sources[0].paths[0], "a.csv");
    assert_int_equal(sources[1].mode, MODE_UPSERT);
    assert_int_equal(sources[1].path_count, 2);
    assert_text(sources[1].paths[1], "c");
    assert_int_equal(sources[1].node->line, 16);
    assert_int_equal(sources[1].node->column, 5);
}

static void fills_defaults(void **state)
{
    Fixture *fixture = *state;
    memset(&fixture->values, 0x5A, sizeof fixture->values);
    assert_int_equal(check(fixture, "text: ~\nlimit:\nreporting: null\n"), STATUS_OK);
    const Everything *values = &fixture->values;
    assert_true(text_is_null(values->text));
    assert_null(values->string);
    assert_null(values->identifier);
    assert_int_equal(values->character, ',');
    assert_false(values->is_on);
    assert_int_equal(values->integer, 7);
    assert_int_equal(values->limit.value, 2000);
    assert_true(values->limit.is_percent);
    assert_int_equal(values->duration, 0);
    assert_int_equal(values->size, 67108864);
    assert_int_equal(values->texts.count, 0);
    assert_int_equal(values->pairs.count, 0);
    assert_int_equal(values->sources.count, 0);
    assert_null(values->any);
    /* A mapping that is not given has its defaults, and what it requires is not missed. */
    assert_null(values->reporting.node);
    assert_null(values->reporting.timezone);
    assert_int_equal(values->reporting.days, 90);
}

static void reads_an_empty_document_as_no_keys(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(check(fixture, "---\n"), STATUS_OK);
    assert_int_equal(fixture->values.integer, 7);
    const YamlNode *root = NULL;
    Reporting reporting;
    assert_int_equal(yaml_parse(TEXT("---\n"), "c.yaml", &fixture->arena, &root, &fixture->error), STATUS_OK);
    assert_int_equal(schema_check(&reporting_schema, root, &fixture->arena, &reporting, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "c.yaml:2:1: the required key 'timezone' is missing");
}

static void refuses_unknown_keys(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "text: a\nidentifer: b\n", "c.yaml:2:1: unknown key 'identifer'",
                   "did you mean 'identifier'?");
    assert_refused(fixture, "sources:\n  - {name: a, pth: b}\n", "c.yaml:2:15: unknown key 'pth'",
                   "did you mean 'path'?");
    assert_refused(fixture, "reporting: {colour: red}\n", "c.yaml:1:13: unknown key 'colour'",
                   "known are: timezone, days");
}

static void refuses_missing_keys(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "sources:\n  - mode: append\n", "c.yaml:2:5: the required key 'name' is missing",
                   "name: what the source is called");
    assert_refused(fixture, "sources:\n  - name:\n", "c.yaml:2:10: the required key 'name' has no value",
                   "name: what the source is called");
    assert_refused(fixture, "reporting: {}\n", "c.yaml:1:12: the required key 'timezone' is missing", "");
}

static void refuses_names_given_twice(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "sources:\n  - name: web\n  - name: crm\n  - name: web\n",
                   "c.yaml:4:11: the name 'web' is given twice in 'sources'", "it was first given in line 2");
}

static void refuses_wrong_scalars(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "text: [a]\n", "c.yaml:1:7: 'text' must be a single value, not a list", "");
    assert_refused(fixture, "text: ''\n", "c.yaml:1:7: the length of 'text' must be from 1 to 10, not 0", "");
    assert_refused(fixture, "string: {a: b}\n", "c.yaml:1:9: 'string' must be a single value, not a mapping", "");
    static const char identifier[] =
        "c.yaml:1:13: 'identifier' must be a name of at most 63 of a-z, 0-9, _ and -, beginning with a letter, not ";
    static const char *const names[] = {"'2x'", "'Web'", "'a b'", "'a/b'", "'../x'", "'-a'", "'\xC3\xBC'"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *content = arena_printf(&fixture->arena, "identifier: %s\n", names[i]);
        assert_refused(fixture, content, arena_printf(&fixture->arena, "%s%s", identifier, names[i]), "");
    }
    assert_int_equal(check(fixture, "identifier: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"), 0);
    assert_int_equal(check(fixture, "identifier: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"),
                     -1);
    assert_refused(fixture, "character: ab\n", "c.yaml:1:12: 'character' must be one ASCII character, not 'ab'", "");
    assert_refused(fixture, "character: \xC3\xBC\n",
                   "c.yaml:1:12: 'character' must be one ASCII character, not '\xC3\xBC'", "");
    assert_int_equal(check(fixture, "character: ''"), STATUS_OK);
    assert_int_equal(fixture->values.character, 0);
    assert_refused(fixture, "is_on: yes\n", "c.yaml:1:8: 'is_on' must be true or false, not 'yes'", "");
    assert_refused(fixture, "is_on: 'true'\n", "c.yaml:1:8: 'is_on' must be true or false without quotes, not 'true'",
                   "");
}

static void refuses_wrong_numbers(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "integer: many\n", "c.yaml:1:10: 'integer' must be a whole number, not 'many'",
                   "integer: some number");
    assert_refused(fixture, "integer: 1.5\n", "c.yaml:1:10: 'integer' must be a whole number, not '1.5'",
                   "integer: some number");
    assert_refused(fixture, "integer: 9223372036854775808\n",
                   "c.yaml:1:10: 'integer' must be a whole number, not '9223372036854775808'", "integer: some number");
    assert_refused(fixture, "integer: \"5\"\n", "c.yaml:1:10: 'integer' must be a whole number without quotes, not '5'",
                   "integer: some number");
    assert_refused(fixture, "integer: -6\n", "c.yaml:1:10: the value of 'integer' must be at least -5, not -6",
                   "integer: some number");
    assert_refused(fixture, "reporting: {timezone: UTC, days: 0}\n",
                   "c.yaml:1:34: the value of 'days' must be from 1 to 3650, not 0", "");
}

static void reads_limits(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *text;
        int64_t value;
        bool is_percent;
    } good[] = {{"0", 0, false},     {"1000", 1000, false}, {"'12'", 12, false},  {"5%", 500, true},
                {"0.25%", 25, true}, {"2.5%", 250, true},   {"100%", 10000, true}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(check(fixture, arena_printf(&fixture->arena, "limit: %s\n", good[i].text)), STATUS_OK);
        assert_int_equal(fixture->values.limit.value, good[i].value);
        assert_int_equal(fixture->values.limit.is_percent, good[i].is_percent);
    }
    static const char *const bad[] = {"'-1'",  "'%'",   "'5 %'", "'101%'", "'100.01%'", "'1.234%'",
                                      "'.5%'", "'5.%'", "'1e3'", "'five'", "'+5'",      "''"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(fixture, arena_printf(&fixture->arena, "limit: %s\n", bad[i]),
                       arena_printf(&fixture->arena,
                                    "c.yaml:1:8: 'limit' must be a count such as 100 or a share such as 5%%, not %s",
                                    bad[i]),
                       "");
    assert_refused(fixture, "limit: 1001\n", "c.yaml:1:8: the value of 'limit' must be from 0 to 1000, not 1001", "");
}

static void compares_limits(void **state)
{
    (void)state;
    assert_false(schema_limit_is_exceeded((SchemaLimit){100, false}, 100, 5));
    assert_true(schema_limit_is_exceeded((SchemaLimit){100, false}, 101, 1000000));
    assert_false(schema_limit_is_exceeded((SchemaLimit){500, true}, 5, 100));
    assert_true(schema_limit_is_exceeded((SchemaLimit){500, true}, 6, 100));
    assert_false(schema_limit_is_exceeded((SchemaLimit){500, true}, 0, 0));
    assert_true(schema_limit_is_exceeded((SchemaLimit){25, true}, 1, 399));
    assert_false(schema_limit_is_exceeded((SchemaLimit){25, true}, 1, 400));
    assert_true(schema_limit_is_exceeded((SchemaLimit){10000 - 1, true}, INT64_MAX, INT64_MAX));
}

static void reads_durations_and_sizes(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *text;
        int64_t seconds;
    } durations[] = {{"90s", 90}, {"30m", 1800}, {"8h", 28800}, {"7d", 604800}, {"1w", 604800}};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        assert_int_equal(check(fixture, arena_printf(&fixture->arena, "duration: %s\n", durations[i].text)), STATUS_OK);
        assert_int_equal(fixture->values.duration, durations[i].seconds);
    }
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"512B", 512}, {"64KiB", 65536}, {"3MiB", 3145728}, {"2TiB", 2199023255552}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(check(fixture, arena_printf(&fixture->arena, "size: %s\n", sizes[i].text)), STATUS_OK);
        assert_int_equal(fixture->values.size, sizes[i].bytes);
    }
    static const char *const bad[] = {
        "'90'", "'h'", "'1.5h'", "'-1h'", "'8 h'", "'8H'", "'99999999999999999999s'", "'9223372036854775807w'"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(fixture, arena_printf(&fixture->arena, "duration: %s\n", bad[i]),
                       arena_printf(&fixture->arena,
                                    "c.yaml:1:11: 'duration' must be a duration such as 90s, 30m, 8h, 7d or 2w, not %s",
                                    bad[i]),
                       "");
    assert_refused(fixture, "duration: 59s\n",
                   "c.yaml:1:11: the seconds of 'duration' must be from 60 to 604800, not 59", "");
    assert_refused(fixture, "size: 64MB\n",
                   "c.yaml:1:7: 'size' must be a size such as 512B, 64KiB, 64MiB or 1GiB, not '64MB'", "");
}

static void refuses_unknown_names_of_an_enum(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "mode: apend\n", "c.yaml:1:7: unknown mode 'apend'", "did you mean 'append'?");
    assert_refused(fixture, "mode: full\n", "c.yaml:1:7: unknown mode 'full'", "known are: append, upsert, snapshot");
}

static void reads_one_text_as_a_list(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(check(fixture, "texts: /data/*.csv\n"), STATUS_OK);
    assert_int_equal(fixture->values.texts.count, 1);
    assert_text(fixture->values.texts.items[0], "/data/*.csv");
    assert_int_equal(fixture->values.sources.count, 0);
}

static void refuses_wrong_lists_and_mappings(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "texts: {a: b}\n", "c.yaml:1:8: 'texts' must be a list of texts, not a mapping", "");
    assert_refused(fixture, "texts:\n  - a\n  - [b]\n", "c.yaml:3:5: each of 'texts' must be text, not a list", "");
    assert_refused(fixture, "texts: [a, ~]\n", "c.yaml:1:12: each of 'texts' must be text, not empty", "");
    assert_refused(fixture, "texts: []\n", "c.yaml:1:8: the number of 'texts' must be from 1 to 3, not 0", "");
    assert_refused(fixture, "texts: [a, b, c, d]\n", "c.yaml:1:8: the number of 'texts' must be from 1 to 3, not 4",
                   "");
    assert_refused(fixture, "pairs: [a]\n", "c.yaml:1:8: 'pairs' must be a mapping of names to texts, not a list", "");
    assert_refused(fixture, "pairs: {a: [b]}\n", "c.yaml:1:12: each of 'pairs' must be text, not a list", "");
    assert_refused(fixture, "reporting: UTC\n", "c.yaml:1:12: 'reporting' must be a mapping, not 'UTC'", "");
    assert_refused(fixture, "sources: {name: a}\n", "c.yaml:1:10: 'sources' must be a list, not a mapping", "");
    assert_refused(fixture, "sources: [web]\n", "c.yaml:1:11: each of 'sources' must be a mapping, not 'web'", "");
    assert_refused(fixture, "just text\n", "c.yaml:1:1: a mapping of keys to values must stand here, not 'just text'",
                   "");
}

static void says_when_a_table_has_a_bad_default(void **state)
{
    Fixture *fixture = *state;
    static const SchemaField bad_fields[] = {{"days", SCHEMA_INTEGER, 0, .default_text = "x"}};
    static const Schema bad_schema = {bad_fields, 1, sizeof(int64_t), .has_node = false};
    int64_t value;
    assert_int_equal(schema_check(&bad_schema, NULL, &fixture->arena, &value, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "default:0:0: 'days' must be a whole number, not 'x'");
}

static void stops_at_the_ceiling_of_the_arena(void **state)
{
    Fixture *fixture = *state;
    const YamlNode *root = NULL;
    assert_int_equal(
        yaml_parse(TEXT("sources: [{name: a}, {name: b}]\n"), "c.yaml", &fixture->arena, &root, &fixture->error),
        STATUS_OK);
    for (size_t ceiling = 0; ceiling < 800; ceiling += 16) {
        cleanup(arena_done) Arena small = arena_make(ceiling);
        Status status = schema_check(&schema, root, &small, &fixture->values, &fixture->error);
        assert_int_equal(status, STATUS_ERROR);
        assert_int_equal(fixture->error.code, ERROR_CONFIG);
        assert_non_null(strstr(fixture->error.message, "more memory than is set aside"));
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_every_type),
        TEST(fills_defaults),
        TEST(reads_an_empty_document_as_no_keys),
        TEST(refuses_unknown_keys),
        TEST(refuses_missing_keys),
        TEST(refuses_names_given_twice),
        TEST(refuses_wrong_scalars),
        TEST(refuses_wrong_numbers),
        TEST(reads_limits),
        TEST(compares_limits),
        TEST(reads_durations_and_sizes),
        TEST(refuses_unknown_names_of_an_enum),
        TEST(reads_one_text_as_a_list),
        TEST(refuses_wrong_lists_and_mappings),
        TEST(says_when_a_table_has_a_bad_default),
        TEST(stops_at_the_ceiling_of_the_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
