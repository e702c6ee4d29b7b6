#include "tests/unit/common/config/config_check.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loads_the_sample),         TEST(fills_defaults),  TEST(refuses_unknown_keys_and_values),
        TEST(finds_and_checks_sources), TEST(finds_the_file),  TEST(the_environment_comes_first),
        TEST(tells_who_may_write),      TEST(knows_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
