#include "tests/unit/common/config/config_check.h"

static void reads_every_key_of_a_source(void **state)
{
    Fixture *fixture = *state;
    assert_loads(fixture,
                 "sources:\n"
                 "- name: s\n  system: crm\n  kind: deal\n  format: tsv\n  path: [a.tsv, /b/*.tsv, ./c]\n"
                 "  mode: snapshot\n  parts: together\n  max_rejects: 7\n  max_deleted: 50%\n"
                 "  timezone: America/New_York\n  time_format: epoch_ms\n  quote: \"'\"\n"
                 "  header: [Id, Made, Sum, '']\n  decimal: ','\n  grouping: '.'\n  record_ceiling: 64MiB\n"
                 "  keep_parameters: []\n  base_url: https://example.com\n  own_hosts: [b.example, a.example]\n"
                 "  fields:\n    created_at: Made\n    deal_key: {from: Id}\n"
                 "    amount: {from: Sum, default: 0}\n    currency: {value: USD}\n"
                 "  only: {Sum: [2, 1], Id: x}\n");
    const Source *source = &fixture->config.sources[0];
    char path[128];
    assert_string_equal(source->system, "crm");
    assert_int_equal(source->path_count, 3);
    snprintf(path, sizeof path, "%s/a.tsv", fixture->folder);
    assert_text(source->paths[0], path);
    assert_text(source->paths[1], "/b/*.tsv");
    assert_true(source->together);
    assert_int_equal(source->max_rejects, 7);
    assert_false(source->max_rejects_is_percent);
    assert_int_equal(source->max_deleted, 50);
    assert_int_equal(source->delimiter, '\t');
    assert_int_equal(source->quote, '\'');
    assert_false(source->has_header);
    assert_int_equal(source->column_count, 4);
    assert_text(source->columns[2], "Sum");
    assert_int_equal(source->decimal, ',');
    assert_int_equal(source->grouping, '.');
    assert_int_equal(source->record_ceiling, 64 << 20);
    assert_non_null(source->keep_parameters);
    assert_int_equal(source->keep_parameter_count, 0);
    assert_int_equal(source->own_host_count, 2);
    const RecordMapping *mapping = &source->mappings[0];
    assert_int_equal(mapping->field_count, 4);
    assert_int_equal(mapping->fields[0].field, DEAL_KEY);
    assert_text(mapping->fields[0].path, "Id");
    assert_true(text_is_null(mapping->fields[0].value));
    assert_int_equal(mapping->fields[1].field, DEAL_AMOUNT);
    assert_text(mapping->fields[1].path, "Sum");
    assert_text(mapping->fields[1].value, "0");
    assert_int_equal(mapping->fields[2].field, DEAL_CURRENCY);
    assert_true(text_is_null(mapping->fields[2].path));
    assert_text(mapping->fields[2].value, "USD");
    assert_int_equal(mapping->fields[3].field, DEAL_CREATED_AT);
    assert_int_equal(mapping->fields[3].line, 22);
    assert_int_equal(mapping->only_count, 2);
    assert_text(mapping->only[0].path, "Id");
    assert_text(mapping->only[1].values[0], "1");
}

#define QUERY(query, more)                                                                                             \
    "sources:\n- name: deals\n  kind: deal\n  fields: {deal_key: Id, created_at: Made}\n  query: " query "\n" more

/* A source is files or a query. */
static void reads_a_query(void **state)
{
    Fixture *fixture = *state;
    assert_loads(fixture, QUERY("{database: service=crm, sql: select 1}", ""));
    const Source *source = &fixture->config.sources[0];
    assert_int_equal(source->path_count, 0);
    assert_int_equal(source->format, FORMAT_CSV);
    assert_string_equal(source->query.database, "service=crm");
    assert_text(source->query.sql, "select 1");
    assert_int_equal(source->query.timeout, 3600);
    Key first = source->mapping_digest;
    assert_loads(fixture, QUERY("{database: service=other, sql: select 1, timeout: 0s}", "  format: csv\n"));
    assert_memory_equal(&first, &fixture->config.sources[0].mapping_digest, sizeof first);
    assert_loads(fixture, QUERY("{database: service=crm, sql: select 2}", ""));
    assert_memory_not_equal(&first, &fixture->config.sources[0].mapping_digest, sizeof first);

    assert_refused(fixture, QUERY("{sql: select 1}", ""), "5:10: the required key 'database' is missing", NULL);
    assert_refused(fixture, QUERY("{database: service=crm}", ""), "5:10: the required key 'sql' is missing", NULL);
    assert_refused(fixture, QUERY("{database: x, sql: y}", "  path: x.csv\n"),
                   "6:3: 'path' is for files, and this source is a query", NULL);
    assert_refused(fixture, QUERY("{database: x, sql: y}", "  delimiter: ';'\n"),
                   "6:3: 'delimiter' is for files, and this source is a query", NULL);
    assert_refused(fixture, QUERY("{database: x, sql: y}", "  format: json\n"), "6:11: a query is read as csv", NULL);
    assert_refused(fixture, "sources:\n- {name: a, kind: rate, path: x, fields: {}}\n",
                   "2:3: the required key 'format' is missing", NULL);
    assert_refused(fixture, "sources:\n- {name: a, kind: rate, format: csv, fields: {}}\n",
                   "2:3: the required key 'path' (or 'query', or 'http') is missing", NULL);
}

static void refuses_two_sources_of_one_name(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture,
                   "sources:\n"
                   "- {name: a, kind: rate, format: csv, path: x, fields: {currency: c, day: d, rate: r}}\n"
                   "- {name: a, kind: rate, format: csv, path: y, fields: {currency: c, day: d, rate: r}}\n",
                   "3:10: the name 'a' is given twice in 'sources'", "it was first given in line 2");
}

static void checks_the_fields_of_the_kind(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, deals("csv", "{deal_key: Id, amuont: Amount}", ""),
                   "6:28: unknown field 'amuont' of kind 'deal'", "did you mean 'amount'?");
    assert_refused(fixture, deals("csv", "{amount: Amount}", ""),
                   "2:5: kind 'deal' needs 'deal_key', 'created_at', which 'fields' does not map", "");
    assert_refused(fixture, deals("csv", "{}", ""),
                   "6:13: 'fields' must be a mapping of fields to paths, not an empty one", NULL);
    assert_refused(fixture, deals("csv", "[Id]", ""), "6:13: 'fields' must be a mapping of fields to paths, not a list",
                   NULL);
    assert_refused(fixture, deals("csv", "{deal_key: , created_at: Made}", ""),
                   "6:24: the field 'deal_key' must be a path or a mapping, not empty", NULL);
    assert_refused(fixture, deals("csv", "{deal_key: \"\", created_at: Made}", ""), "6:24: a path cannot be empty",
                   NULL);
    assert_refused(fixture, deals("csv", "{deal_key: {from: a, value: b}, created_at: Made}", ""),
                   "6:24: 'from' and 'value' exclude each other: a constant has no path", NULL);
    assert_refused(fixture, deals("csv", "{deal_key: {default: b}, created_at: Made}", ""),
                   "6:24: either 'from' or 'value' is needed", NULL);
    assert_refused(fixture, deals("csv", "{deal_key: {value: a, default: b}, created_at: Made}", ""),
                   "6:24: 'default' goes with 'from': a constant needs none", NULL);
    assert_refused(fixture, deals("csv", "{deal_key: {frmo: a}, created_at: Made}", ""), "6:25: unknown key 'frmo'",
                   "did you mean 'from'?");
}

/* Kinds of which one of several fields is needed. */
static void needs_one_of_several_fields(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *kind, *others, *one, *message;
    } cases[] = {
        {"lead", "name: n", "email: e", "kind 'lead' needs 'contact_key' or 'email', and 'fields' maps none of them"},
        {"identity", "visitor: v, identified_at: t", "contact_key: c",
         "kind 'identity' needs 'email' or 'contact_key', and 'fields' maps none of them"},
        {"account", "name: n", "domain: d",
         "kind 'account' needs 'account_key' or 'domain', and 'fields' maps none of them"},
        {"deal_contact", "deal_key: d", "email: e",
         "kind 'deal_contact' needs 'contact_key' or 'email', and 'fields' maps none of them"},
        {"deal_split", "deal_key: d, owner: o", "share: s",
         "kind 'deal_split' needs 'percent' or 'share', and 'fields' maps none of them"},
        {"activity", "activity_key: a, happened_at: h", "deal_key: d",
         "kind 'activity' needs 'contact_key', 'email' or 'deal_key', and 'fields' maps none of them"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char content[512], message[256];
        snprintf(content, sizeof content, "sources:\n- {name: a, kind: %s, format: csv, path: x, fields: {%s}}\n",
                 cases[i].kind, cases[i].others);
        snprintf(message, sizeof message, "2:3: %s", cases[i].message);
        assert_refused(fixture, content, message, "");
        snprintf(content, sizeof content, "sources:\n- {name: a, kind: %s, format: csv, path: x, fields: {%s, %s}}\n",
                 cases[i].kind, cases[i].others, cases[i].one);
        assert_loads(fixture, content);
    }
}

static void checks_keys_against_the_format(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, deals("xml", FIELDS, ""), "2:5: xml needs 'record'",
                   "record: the element that is one record");
    assert_refused(fixture, deals("csv", FIELDS, "    record: x\n"),
                   "7:5: 'record' is for xml and json, and this source is csv", "");
    assert_refused(fixture, deals("ndjson", FIELDS, "    record: x\n"),
                   "7:5: 'record' is for xml and json, and this source is ndjson", "");
    assert_refused(fixture, deals("json", FIELDS, "    header: true\n"),
                   "7:5: 'header' is for csv and tsv, and this source is json", "");
    assert_refused(fixture, deals("json", FIELDS, "    delimiter: x\n"),
                   "7:5: 'delimiter' is for csv and tsv, and this source is json", "");
    assert_refused(fixture, deals("csv", FIELDS, "    header: maybe\n"),
                   "7:13: 'header' must be true, false or a list of names, not 'maybe'", "");
    assert_refused(fixture, deals("csv", FIELDS, "    header: [Id, Made, Id]\n"),
                   "7:13: 'header' lists the column 'Id' twice", "");
    assert_refused(fixture, deals("csv", FIELDS, "    header: [Id, Mode]\n"),
                   "6:40: unknown column 'Made': 'header' does not list it", "did you mean 'Mode'?");
    assert_refused(fixture, deals("csv", FIELDS, "    header: false\n"),
                   "6:24: 'Id' is no column: a file without a header has columns 1, 2, 3, ...", NULL);
    assert_loads(fixture, deals("csv", "{deal_key: 1, created_at: 2}", "    header: false\n"));
    assert_false(fixture->config.sources[0].has_header);
    assert_refused(fixture, deals("csv", FIELDS, "    only: {\"\": x}\n"), "7:12: a path cannot be empty", NULL);
    assert_refused(fixture, deals("json", "{deal_key: ../Id, created_at: Made}", ""),
                   "6:24: '../Id' climbs out of the record", NULL);
    assert_refused(fixture, deals("csv", FIELDS, "    also: [{kind: rate, each: x, fields: {rate: r}}]\n"),
                   "7:31: 'each' needs nested records, which csv has not",
                   "in tables it is {split: COLUMN, by: ';'} or {columns: 'name_#_'}");
    assert_refused(fixture, deals("json", FIELDS, "    also: [{kind: rate, each: x, fields: {rate: r}}]\n"),
                   "7:12: kind 'rate' needs 'currency', 'day', which 'fields' does not map", "");
}

static void checks_values(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, deals("csv", FIELDS, "    timezone: Mars/Olympus\n"),
                   "7:15: time zone \"Mars/Olympus\" is not known", NULL);
    assert_refused(fixture, deals("csv", FIELDS, "    delimiter: \";\"\n    quote: \";\"\n"),
                   "8:12: 'quote' must be one character within a line, and another one than 'delimiter'", "");
    assert_refused(fixture, deals("csv", FIELDS, "    delimiter: \"\"\n"),
                   "7:16: 'delimiter' must be one character within a line", "");
    assert_refused(fixture, deals("csv", FIELDS, "    decimal: \",\"\n    grouping: \",\"\n"),
                   "8:15: 'decimal' and 'grouping' cannot be told from each other or from a number's digits", "");
    assert_refused(fixture, deals("csv", FIELDS, "    max_rejects: 0.5%\n"),
                   "7:18: 'max_rejects' must be a count or a whole number of percent, not '0.5%'", "");
    assert_refused(fixture, deals("csv", FIELDS, "    max_deleted: 20\n"),
                   "7:18: 'max_deleted' must be a whole number of percent such as 20%, not '20'", "");
    assert_refused(fixture, deals("csv", FIELDS, "    parts: together\n"),
                   "7:12: 'parts: together' makes one snapshot of all files, and this source's mode is append", "");
    assert_refused(fixture, deals("csv", FIELDS, "    record_ceiling: 65MiB\n"),
                   "7:21: the bytes of 'record_ceiling' must be from 1 to 67108864, not 68157440", NULL);
    assert_refused(fixture, deals("csv", FIELDS, "    only: [x]\n"),
                   "7:11: 'only' must be a mapping of paths to values, not a list", "only: {StageName: Closed Won}");
    assert_refused(fixture, deals("csv", FIELDS, "    only: {a: []}\n"),
                   "7:15: 'only' needs a value or a list of values for 'a', not an empty list", "");
    assert_refused(fixture, deals("csv", FIELDS, "    only: {a: }\n"),
                   "7:15: a value of 'only' must be text, not empty", "");
    assert_refused(fixture, deals("csv", FIELDS, "    path: x\n"), "7:5: the key 'path' is given twice", NULL);
    write_config(fixture, deals("csv", FIELDS, "    time_format: \"%Y-%Q%\"\n"));
    assert_int_equal(config_load(fixture->path, &fixture->config, &fixture->error), STATUS_ERROR);
    assert_non_null(strstr(fixture->error.message, ":7:18: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_every_key_of_a_source),
        TEST(reads_a_query),
        TEST(refuses_two_sources_of_one_name),
        TEST(checks_the_fields_of_the_kind),
        TEST(needs_one_of_several_fields),
        TEST(checks_keys_against_the_format),
        TEST(checks_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
