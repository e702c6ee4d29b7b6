#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"
#include "common/config/mapping.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char folder[64], path[128], start[PATH_MAX];
    Config config;
    Error error;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/closedloop_config_XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    assert_non_null(getcwd(fixture->start, sizeof fixture->start));
    snprintf(fixture->path, sizeof fixture->path, "%s/closedloop.yaml", fixture->folder);
    unsetenv("CLOSEDLOOP_CONFIG");
    unsetenv("CLOSEDLOOP_SPOOL");
    unsetenv("CLOSEDLOOP_SECRET_FILE");
    unsetenv("CLOSEDLOOP_DATABASE");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(chdir(fixture->start), 0);
    config_done(&fixture->config);
    unlink(fixture->path);
    rmdir(fixture->folder);
    test_free(fixture);
    return 0;
}

static void write_config(Fixture *fixture, const char *content)
{
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_loads(Fixture *fixture, const char *content)
{
    write_config(fixture, content);
    config_done(&fixture->config);
    Status status = config_load(fixture->path, &fixture->config, &fixture->error);
    if (status != STATUS_OK)
        print_error("%s\n", fixture->error.message);
    assert_int_equal(status, STATUS_OK);
}

/* The message without the path of the file, "LINE:COLUMN: ..."; the configuration is untouched. */
static void assert_refused(Fixture *fixture, const char *content, const char *message, const char *hint)
{
    Config untouched = {.source_count = 77};
    write_config(fixture, content);
    assert_int_equal(config_load(fixture->path, &untouched, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    size_t size = strlen(fixture->path);
    assert_memory_equal(fixture->error.message, fixture->path, size);
    assert_string_equal(fixture->error.message + size + 1, message);
    if (hint)
        assert_string_equal(fixture->error.hint, hint);
    assert_int_equal(untouched.source_count, 77);
}

/* One source of deals, with these keys in place of its own or besides them. */
static const char *deals(const char *format, const char *fields, const char *more)
{
    static char content[4096];
    snprintf(content, sizeof content,
             "sources:\n  - name: deals\n    kind: deal\n    format: %s\n    path: deals.csv\n    fields: %s\n%s",
             format, fields, more);
    return content;
}

#define FIELDS "{deal_key: Id, created_at: Made}"

static void assert_text(Text text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static void loads_the_sample(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(config_load("deploy/sample/closedloop.yaml", &fixture->config, &fixture->error), STATUS_OK);
    const Config *config = &fixture->config;
    char expected[PATH_MAX + 64];
    snprintf(expected, sizeof expected, "%s/deploy/sample", fixture->start);
    assert_string_equal(config->folder, expected);
    snprintf(expected, sizeof expected, "%s/deploy/sample/.closedloop/spool", fixture->start);
    assert_string_equal(config->spool, expected);
    assert_string_equal(config->database, "");
    assert_string_equal(config->reporting.timezone, "Europe/Berlin");
    assert_string_equal(config->reporting.currency, "EUR");
    assert_int_equal(config->attribution.lookback_days, 90);
    assert_int_equal(config->attribution.half_life_days, 7);
    assert_int_equal(config->attribution.history_days, 0);
    assert_string_equal(config->attribution.model, "linear");
    assert_string_equal(config->attribution.scope, "deal_contacts");
    assert_int_equal(config->source_count, 10);
    assert_int_equal(fixture->config.content_rule_count, 2);

    const Source *website = config_source(config, "website");
    assert_string_equal(website->system, "web");
    assert_int_equal(website->format, FORMAT_NDJSON);
    assert_int_equal(website->mode, MODE_APPEND);
    assert_int_equal(website->max_rejects, 100);
    assert_false(website->max_rejects_is_percent);
    assert_int_equal(website->mappings[0].only_count, 1);
    assert_text(website->mappings[0].only[0].path, "event");
    assert_int_equal(website->mappings[0].only[0].value_count, 6);
    assert_text(website->mappings[0].only[0].values[0], "demo_request");
    snprintf(expected, sizeof expected, "%s/deploy/sample/events-*.ndjson.gz", fixture->start);
    assert_text(website->paths[0], expected);

    const Source *crm_deals = config_source(config, "crm-deals");
    assert_int_equal(crm_deals->mode, MODE_SNAPSHOT);
    assert_text(crm_deals->record, "Opportunity");
    assert_int_equal(crm_deals->mapping_count, 2);
    assert_int_equal(crm_deals->mappings[1].kind, RECORD_DEAL_CONTACT);
    assert_text(crm_deals->mappings[1].each, "Contacts/Contact");
    assert_int_equal(crm_deals->mappings[1].fields[0].field, DEAL_CONTACT_DEAL_KEY);
    assert_text(crm_deals->mappings[1].fields[0].path, "../Id");

    const Source *activities = config_source(config, "crm-activities");
    assert_int_equal(activities->delimiter, ';');
    assert_string_equal(activities->timezone, "Europe/Berlin");
    assert_text(activities->time_formats[0], "%d.%m.%Y %H:%M");
}

static void fills_defaults(void **state)
{
    Fixture *fixture = *state;
    assert_loads(fixture, deals("csv", FIELDS, ""));
    const Config *config = &fixture->config;
    assert_string_equal(config->database, "");
    assert_string_equal(config->spool, "/var/spool/closedloop");
    char secret[128];
    snprintf(secret, sizeof secret, "%s/closedloop.secret", fixture->folder);
    assert_string_equal(config->secret_file, secret);
    assert_string_equal(config->path, fixture->path);
    assert_string_equal(config->reporting.timezone, "UTC");
    assert_int_equal(config->attribution.until, UNTIL_CLOSED_AT);
    const Source *source = &config->sources[0];
    assert_string_equal(source->system, "deals");
    assert_int_equal(source->mode, MODE_APPEND);
    assert_int_equal(source->max_rejects, 5);
    assert_true(source->max_rejects_is_percent);
    assert_int_equal(source->max_deleted, 20);
    assert_string_equal(source->timezone, "UTC");
    assert_int_equal(source->time_format_count, 1);
    assert_text(source->time_formats[0], "iso");
    assert_int_equal(source->delimiter, ',');
    assert_int_equal(source->quote, '"');
    assert_true(source->has_header);
    assert_null(source->columns);
    assert_int_equal(source->decimal, '.');
    assert_int_equal(source->grouping, 0);
    assert_int_equal(source->record_ceiling, 1 << 20);
    assert_null(source->keep_parameters);
    assert_true(text_is_null(source->base_url));
    assert_int_equal(source->line, 2);
}

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

static void refuses_unknown_keys_and_values(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "spol: x\n", "1:1: unknown key 'spol'", "did you mean 'spool'?");
    assert_refused(fixture, deals("csv", FIELDS, "    moode: append\n"), "7:5: unknown key 'moode'",
                   "did you mean 'mode'?");
    assert_refused(fixture, deals("cvs", FIELDS, ""), "4:13: unknown format 'cvs'", "did you mean 'csv'?");
    assert_refused(fixture, "sources:\n- {name: a, kind: dael, format: csv, path: x, fields: {}}\n",
                   "2:19: unknown kind 'dael'", "did you mean 'deal'?");
    assert_refused(fixture, "sources:\n- {name: a, kind: reject, format: csv, path: x, fields: {}}\n",
                   "2:19: unknown kind 'reject'", NULL);
    assert_refused(fixture, "reporting: {timezone: Europe/Berlim}\n", "1:23: time zone \"Europe/Berlim\" is not known",
                   NULL);
    assert_refused(fixture, "reporting: {currency: EURO}\n", "1:23: unknown currency 'EURO'",
                   "write its ISO 4217 code, such as EUR or USD");
    assert_refused(fixture, "attribution: {model: liner}\n", "1:22: unknown model 'liner'", "did you mean 'linear'?");
    assert_refused(fixture, "attribution: {scope: acount}\n", "1:22: unknown scope 'acount'",
                   "did you mean 'account'?");
    assert_refused(fixture, "attribution: {models: [linear, linear]}\n", "1:23: the model 'linear' is named twice",
                   NULL);
    assert_refused(fixture, "attribution: {models: [last_touch], model: linear}\n",
                   "1:44: the model 'linear' is not among those computed", NULL);
    assert_refused(fixture, "attribution: {custom: [{name: linear, rest: 1}]}\n",
                   "1:31: the model 'linear' is built in: take another name", NULL);
    assert_refused(fixture, "attribution: {custom: [{name: ours}]}\n", "1:24: the model 'ours' shares nothing", NULL);
    assert_refused(fixture, "attribution: {custom: [{name: ours, rest: -1}]}\n",
                   "1:43: 'rest' must be a number from 0 to 1000 with at most 3 decimal places, not '-1'", NULL);
    assert_refused(fixture, "attribution: {role_weights: {Boss: 2, boss: 3}}\n", "1:45: the role 'boss' is given twice",
                   NULL);
    assert_refused(fixture, "attribution: {role_weights: {'-': 2}}\n", "1:35: '-' is no name of a role", NULL);
    assert_refused(fixture, "attribution: {touches: {channels: {only: [Direct], except: [Email]}}}\n",
                   "1:35: 'channels' has both 'only' and 'except': give one of them", NULL);
    assert_refused(fixture, "attribution: {lookback_days: 0}\n",
                   "1:30: the value of 'lookback_days' must be from 1 to 3650, not 0", NULL);
    assert_refused(fixture, deals("csv", FIELDS, "    preste: x\n"), "7:5: unknown key 'preste'", NULL);
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

static Key digest_of(Fixture *fixture, const char *content)
{
    assert_loads(fixture, content);
    return fixture->config.sources[0].mapping_digest;
}

/* The same content is the same mapping; another content is another. */
static void digests_what_decides(void **state)
{
    Fixture *fixture = *state;
    const char *more = "    only: {a: [x, y], b: z}\n    own_hosts: [p, q]\n";
    Key first = digest_of(fixture, deals("csv", "{deal_key: Id, created_at: Made, name: N}", more));
    Key same = digest_of(fixture, deals("csv", "{name: N, created_at: Made, deal_key: {from: Id}}",
                                        "    own_hosts: [q, p]\n    only: {b: [z], a: [y, x]}\n    quote: '\"'\n"
                                        "    max_rejects: 3\n    max_deleted: 1%\n"));
    assert_memory_equal(&first, &same, sizeof first);
    same = digest_of(fixture, "spool: /x\nreporting: {timezone: UTC, currency: eur}\nsources:\n"
                              "- {name: deals, kind: deal, path: elsewhere, format: csv, own_hosts: [p, q],\n"
                              "   fields: {deal_key: Id, created_at: Made, name: N}, only: {a: [x, y], b: z}}\n");
    assert_memory_equal(&first, &same, sizeof first);
    static const char *const others[] = {
        "    system: crm\n",
        "    mode: upsert\n",
        "    timezone: Europe/Berlin\n",
        "    time_format: epoch\n",
        "    delimiter: ';'\n",
        "    quote: \"\"\n",
        "    decimal: ','\n",
        "    grouping: ','\n",
        "    record_ceiling: 2MiB\n",
        "    keep_parameters: []\n",
        "    base_url: http://x\n",
        "    own_hosts: []\n",
        "    only: {a: b}\n",
        "    only: {a: [b, c]}\n",
        "    only: {a: {like: b}}\n",
        "    unless: {a: b}\n",
        "    time_format: [iso, epoch]\n",
        "    also: [{kind: lead, fields: {email: E}}]\n",
        "reporting: {currency: USD}\n",
    };
    Key keys[sizeof others / sizeof others[0] + 1];
    size_t count = 0;
    keys[count++] = digest_of(fixture, deals("csv", FIELDS, ""));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        keys[count] = digest_of(fixture, deals("csv", FIELDS, others[i]));
        for (size_t j = 0; j < count; j++)
            assert_memory_not_equal(&keys[count], &keys[j], sizeof(Key));
        count++;
    }
    Key constant = digest_of(fixture, deals("csv", "{deal_key: {value: Id}, created_at: Made}", ""));
    assert_memory_not_equal(&constant, &keys[0], sizeof(Key));
}

static void write_list(const Fixture *fixture, const char *name, const char *content)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

#define SITES "classification: {sites: sites.tsv}\n"
#define BOTS "classification: {bots: ./bots.tsv}\n"
#define VIEWS "sources: [{name: w, kind: view, format: csv, path: w.csv, fields: {viewed_at: t, url: u}}]\n"
#define ONE_SITE "# date: 2026-01-01\ncategory\tpattern\tsource\nsearch\tx.example\tx\n"
#define TWO_SITES "# date: 2026-02-01\n# more\ncategory\tpattern\tsource\nsearch\tx.example\tx\nai\ty.example\ty\n"

/* Another list makes other batches of views, and of nothing else; its date alone does not. */
static void lists_decide_what_views_become(void **state)
{
    Fixture *fixture = *state;
    Key shipped = digest_of(fixture, VIEWS);
    assert_string_equal(fixture->config.classification.sites.name, "sites.tsv");
    write_list(fixture, "sites.tsv", ONE_SITE);
    write_list(fixture, "bots.tsv", "# date: 2026-01-01\nsays\tword\nrobot\tbot\n");
    Key own = digest_of(fixture, VIEWS SITES);
    assert_int_equal(fixture->config.classification.sites.row_count, 1);
    assert_memory_not_equal(&shipped, &own, sizeof own);
    write_list(fixture, "sites.tsv", "# date: 2026-01-02\n# new\n" ONE_SITE + strlen("# date: 2026-01-01\n"));
    Key same = digest_of(fixture, VIEWS SITES);
    assert_memory_equal(&same, &own, sizeof own);
    write_list(fixture, "sites.tsv", TWO_SITES);
    Key more = digest_of(fixture, VIEWS SITES);
    assert_memory_not_equal(&more, &own, sizeof own);
    Key robots = digest_of(fixture, VIEWS BOTS);
    assert_memory_not_equal(&robots, &shipped, sizeof shipped);

    char with_list[8192];
    snprintf(with_list, sizeof with_list, "%s%s", deals("csv", FIELDS, ""), SITES);
    Key deals_own = digest_of(fixture, with_list), deals_shipped = digest_of(fixture, deals("csv", FIELDS, ""));
    assert_memory_equal(&deals_own, &deals_shipped, sizeof deals_own);
    Key also = digest_of(fixture, deals("csv", FIELDS, "    also: [{kind: view, fields: {viewed_at: t, url: u}}]\n"));
    snprintf(with_list, sizeof with_list, "%s%s",
             deals("csv", FIELDS, "    also: [{kind: view, fields: {viewed_at: t, url: u}}]\n"), SITES);
    Key also_own = digest_of(fixture, with_list);
    assert_memory_not_equal(&also, &also_own, sizeof also);
}

#define FREE_MAIL "classification: {free_mail: free_mail.tsv}\n"

/* Another list of free mail makes other batches of what has addresses of people or domains of accounts, and of nothing
 * else. */
static void free_mail_decides_what_people_and_accounts_become(void **state)
{
    static const struct {
        const char *kind, *fields;
        bool is_other;
    } sources[] = {
        {"lead", "{contact_key: a, email: b}", true},
        {"lead", "{contact_key: a}", false},
        {"identity", "{visitor: a, identified_at: b, email: c}", true},
        {"account", "{account_key: a, domain: b}", true},
        {"account", "{account_key: a}", false},
        {"deal_contact", "{deal_key: a, email: b}", true},
        {"deal_contact", "{deal_key: a, contact_key: b}", false},
        {"view", "{viewed_at: a, url: b, email: c}", true},
        {"view", "{viewed_at: a, url: b}", false},
        {"deal", "{deal_key: a, created_at: b}", false},
        {"activity", "{activity_key: a, email: b, happened_at: c}", false},
    };
    Fixture *fixture = *state;
    write_list(fixture, "free_mail.tsv", "# date: 2026-01-01\nkind\tdomain\nmail\tfree.example\n");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        char config[1024];
        snprintf(config, sizeof config,
                 FREE_MAIL "sources: [{name: s, kind: %s, format: csv, path: s.csv, fields: %s}]\n", sources[i].kind,
                 sources[i].fields);
        Key own = digest_of(fixture, config), shipped = digest_of(fixture, config + strlen(FREE_MAIL));
        if (key_equal(&own, &shipped) == sources[i].is_other)
            fail_msg("%s %s", sources[i].kind, sources[i].fields);
    }
}

static void refuses_lists(void **state)
{
    Fixture *fixture = *state;
    char message[5000];
    snprintf(message, sizeof message, "1:25: cannot read %s/none.tsv: No such file or directory", fixture->folder);
    assert_refused(fixture, "classification: {sites: none.tsv}\n", message, NULL);
    assert_refused(fixture, "classification: {site: none.tsv}\n", "1:18: unknown key 'site'", NULL);
    write_list(fixture, "bots.tsv", "# date: 2026-01-01\nsays\tword\nrobot\n");
    write_config(fixture, BOTS);
    assert_int_equal(config_load(fixture->path, &fixture->config, &fixture->error), STATUS_ERROR);
    snprintf(message, sizeof message, "%s/bots.tsv:3: has 1 column, not 2: says, word", fixture->folder);
    assert_string_equal(fixture->error.message, message);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
}

static void reads_traffic(void **state)
{
    Fixture *fixture = *state;
    Key without = digest_of(fixture, VIEWS);
    assert_int_equal(fixture->config.traffic.internal_range_count, 0);
    assert_int_equal(fixture->config.traffic.bots_above, 0);
    Key with = digest_of(fixture, VIEWS "traffic: {internal_addresses: [10.0.0.0/8, '2001:db8::/32'],\n"
                                        "  internal_parameters: {traffic_type: [internal, test], debug: 1},\n"
                                        "  bots_above: 2000}\n");
    const Traffic *traffic = &fixture->config.traffic;
    assert_int_equal(traffic->internal_range_count, 2);
    assert_int_equal(traffic->internal_ranges[0].bits, 104);
    assert_int_equal(traffic->internal_ranges[1].bits, 32);
    assert_int_equal(traffic->internal_parameter_count, 2);
    assert_text(traffic->internal_parameters[0].name, "traffic_type");
    assert_int_equal(traffic->internal_parameters[0].value_count, 2);
    assert_text(traffic->internal_parameters[0].values[1], "test");
    assert_text(traffic->internal_parameters[1].values[0], "1");
    assert_int_equal(traffic->bots_above, 2000);
    assert_memory_not_equal(&without, &with, sizeof with);
    /* What load decides makes no other batches. */
    Key counted = digest_of(fixture, VIEWS "traffic: {bots_above: 5}\n");
    assert_memory_equal(&without, &counted, sizeof counted);
    Key other = digest_of(fixture, VIEWS "traffic: {internal_addresses: 10.0.0.0/9}\n");
    Key same = digest_of(fixture, VIEWS "traffic: {internal_addresses: [10.0.0.0/8]}\n");
    assert_memory_not_equal(&other, &same, sizeof same);
    other = digest_of(fixture, VIEWS "traffic: {internal_parameters: {a: b}}\n");
    same = digest_of(fixture, VIEWS "traffic: {internal_parameters: {a: c}}\n");
    assert_memory_not_equal(&other, &same, sizeof same);

    assert_refused(fixture, "traffic: {internal_addresses: [10.0.0.1/8]}\n",
                   "1:31: '10.0.0.1/8' names an address within the range, not its first one", NULL);
    assert_refused(fixture, "traffic: {internal_addresses: office}\n",
                   "1:31: 'office' is no address such as 10.0.0.0/8 or 2001:db8::/32", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: [a]}\n",
                   "1:32: 'internal_parameters' must be a mapping of at most 100 names, not a list", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: []}}\n",
                   "1:36: 'a' needs a value or a list of at most 1000 values", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: {b: c}}}\n",
                   "1:36: a value of 'internal_parameters' must be text, not a mapping", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: }}\n",
                   "1:36: a value of 'internal_parameters' must be text, not empty", NULL);
    assert_refused(fixture, "traffic: {bots_above: 0}\n",
                   "1:23: the value of 'bots_above' must be from 1 to 1000000000, not 0", NULL);
}

static void finds_and_checks_sources(void **state)
{
    Fixture *fixture = *state;
    assert_loads(fixture, deals("csv", FIELDS, ""));
    assert_ptr_equal(config_source(&fixture->config, "deals"), &fixture->config.sources[0]);
    assert_null(config_source(&fixture->config, "leads"));
    const char *good[] = {"deals", "deals"}, *near[] = {"deals", "dels"}, *far[] = {"website"};
    assert_int_equal(config_check_sources(&fixture->config, good, 2, &fixture->error), STATUS_OK);
    assert_int_equal(config_check_sources(&fixture->config, near, 2, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_USAGE);
    char message[256];
    snprintf(message, sizeof message, "no source is called 'dels' in %s", fixture->path);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->error.hint, "did you mean 'deals'?");
    assert_int_equal(config_check_sources(&fixture->config, far, 1, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.hint, "there are: deals");
}

static void finds_the_file(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(chdir(fixture->folder), 0);
    assert_int_equal(config_load("none.yaml", &fixture->config, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_string_equal(fixture->error.message, "none.yaml: No such file or directory");
    write_config(fixture, "spool: here/spool\nsecret_file: ./s\n");
    assert_int_equal(config_load(NULL, &fixture->config, &fixture->error), STATUS_OK);
    assert_string_equal(fixture->config.path, fixture->path);
    assert_string_equal(fixture->config.folder, fixture->folder);
    char path[128];
    snprintf(path, sizeof path, "%s/here/spool", fixture->folder);
    assert_string_equal(fixture->config.spool, path);
    snprintf(path, sizeof path, "%s/s", fixture->folder);
    assert_string_equal(fixture->config.secret_file, path);
    /* A file that is named must be there: another one would be a surprise. */
    setenv("CLOSEDLOOP_CONFIG", "/nowhere/closedloop.yaml", 1);
    Config other = {0};
    assert_int_equal(config_load(NULL, &other, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "/nowhere/closedloop.yaml: No such file or directory");
    /* A message names the file as the user did. */
    write_config(fixture, "x: y\n");
    assert_int_equal(config_load("closedloop.yaml", &other, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "closedloop.yaml:1:1: unknown key 'x'");
}

static void the_environment_comes_first(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(chdir("/"), 0);
    setenv("CLOSEDLOOP_CONFIG", fixture->path, 1);
    setenv("CLOSEDLOOP_SPOOL", "some/spool", 1);
    setenv("CLOSEDLOOP_SECRET_FILE", "/etc/secret", 1);
    setenv("CLOSEDLOOP_DATABASE", "dbname=x", 1);
    write_config(fixture, "database: service=y\nspool: /var/y\n");
    assert_int_equal(config_load(NULL, &fixture->config, &fixture->error), STATUS_OK);
    assert_string_equal(fixture->config.database, "dbname=x");
    assert_string_equal(fixture->config.spool, "/some/spool");
    assert_string_equal(fixture->config.secret_file, "/etc/secret");
    config_done(&fixture->config);
    setenv("CLOSEDLOOP_SPOOL", "", 1);
    setenv("CLOSEDLOOP_DATABASE", "", 1);
    assert_int_equal(config_load(NULL, &fixture->config, &fixture->error), STATUS_OK);
    assert_string_equal(fixture->config.database, "service=y");
    assert_string_equal(fixture->config.spool, "/var/y");
}

static void tells_who_may_write(void **state)
{
    Fixture *fixture = *state;
    write_config(fixture, "spool: x\n");
    assert_int_equal(chmod(fixture->path, 0640), 0);
    assert_int_equal(config_load(fixture->path, &fixture->config, &fixture->error), STATUS_OK);
    assert_null(fixture->config.writable_by_others);
    config_done(&fixture->config);
    assert_int_equal(chmod(fixture->path, 0666), 0);
    assert_int_equal(config_load(fixture->path, &fixture->config, &fixture->error), STATUS_OK);
    assert_string_equal(fixture->config.writable_by_others, fixture->path);
}

/* The kinds that users may map are all of the table's but one. */
static void knows_all_kinds(void **state)
{
    (void)state;
    int count = 0;
    for (const SchemaName *kind = mapping_kinds; kind->name; kind++, count++)
        assert_string_equal(record_spec((RecordKind)kind->value)->name, kind->name);
    assert_int_equal(count, RECORD_KIND_COUNT - 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loads_the_sample),
        TEST(fills_defaults),
        TEST(reads_every_key_of_a_source),
        TEST(refuses_unknown_keys_and_values),
        TEST(reads_a_query),
        TEST(refuses_two_sources_of_one_name),
        TEST(checks_the_fields_of_the_kind),
        TEST(needs_one_of_several_fields),
        TEST(checks_keys_against_the_format),
        TEST(checks_values),
        TEST(digests_what_decides),
        TEST(lists_decide_what_views_become),
        TEST(free_mail_decides_what_people_and_accounts_become),
        TEST(refuses_lists),
        TEST(reads_traffic),
        TEST(finds_and_checks_sources),
        TEST(finds_the_file),
        TEST(the_environment_comes_first),
        TEST(tells_who_may_write),
        TEST(knows_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
