#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buffer.h"
#include "common/config/config.h"
#include "common/config/preset.h"
#include "common/config/preset_use.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char folder[64], preset[128];
    const char *writable_by_others;
    Arena arena;
    Error error;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/closedloop_preset_XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->preset, sizeof fixture->preset, "%s/own.yaml", fixture->folder);
    fixture->arena = arena_make(1 << 20);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    unlink(fixture->preset);
    rmdir(fixture->folder);
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

static void write_preset(const Fixture *fixture, const char *content)
{
    FILE *file = fopen(fixture->preset, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const CRM = "title: A CRM\n"
                               "system: crm\n"
                               "settings: {host: ~, version: v3}\n"
                               "sources:\n"
                               "  - part: deals\n"
                               "    kind: deal\n"
                               "    format: csv\n"
                               "    fields: {deal_key: Id, created_at: Made, name: Name}\n"
                               "    only: {Type: New}\n"
                               "  - part: contacts\n"
                               "    kind: lead\n"
                               "    format: csv\n"
                               "    timezone: Europe/Paris\n"
                               "    lookups: {owners: {key: Id, without: keep}, stages: {key: Stage, path: s.csv}}\n"
                               "    fields:\n"
                               "      contact_key: Id\n"
                               "      owner: {from: Owner, lookup: owners, take: Name, default: nobody}\n"
                               "      stage: {from: Stage, lookup: stages, take: Name}\n"
                               "  - part: web\n"
                               "    kind: account\n"
                               "    system: other\n"
                               "    format: json\n"
                               "    http: {url: 'https://${host}/${version}/a?b=$1&c=$${d}', method: GET}\n"
                               "    fields: {account_key: id}\n";

/* One line, in the order of the tree: {name: crm-deals, kind: deal, ...}. */
static void write_node(const YamlNode *node, Buffer *line)
{
    Error error = ERROR_INIT;
    bool is_mapping = node->kind == YAML_MAPPING;
    if (node->kind == YAML_SCALAR) {
        assert_int_equal(STATUS_OK, buffer_append(line, node->value, &error));
        return;
    }
    assert_int_equal(STATUS_OK, buffer_append_byte(line, is_mapping ? '{' : '[', &error));
    for (const YamlNode *child = node->first; child; child = child->next) {
        if (is_mapping)
            assert_int_equal(STATUS_OK, buffer_printf(line, &error, "%s: ", child->key->value.data));
        write_node(child, line);
        if (child->next)
            assert_int_equal(STATUS_OK, buffer_append(line, TEXT(", "), &error));
    }
    assert_int_equal(STATUS_OK, buffer_append_byte(line, is_mapping ? '}' : ']', &error));
}

static Status expand(Fixture *fixture, const char *source, const YamlNode **ret_root)
{
    char content[2048];
    snprintf(content, sizeof content, "spool: here\nsources:\n  - %s\n", source);
    const YamlNode *root;
    assert_int_equal(yaml_parse(text_from(content), "closedloop.yaml", &fixture->arena, &root, &fixture->error),
                     STATUS_OK);
    fixture->writable_by_others = NULL;
    return preset_expand(root, fixture->folder, &fixture->arena, ret_root, &fixture->writable_by_others,
                         &fixture->error);
}

static void assert_becomes(Fixture *fixture, const char *source, const char *expected)
{
    cleanup(buffer_done) Buffer found = buffer_make(1 << 20);
    const YamlNode *root;
    Status status = expand(fixture, source, &root);
    if (status != STATUS_OK)
        print_error("%s\n", fixture->error.message);
    assert_int_equal(status, STATUS_OK);
    assert_true(text_is(yaml_get(root, "spool")->value, "here"));
    write_node(yaml_get(root, "sources"), &found);
    assert_string_equal(found.data, expected);
}

static void assert_refused(Fixture *fixture, const char *source, const char *message, const char *hint)
{
    const YamlNode *untouched = NULL;
    assert_int_equal(expand(fixture, source, &untouched), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_null(untouched);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->error.hint, hint);
}

#define DEALS "fields: {deal_key: Id, created_at: Made, name: Name}"

static void leaves_other_sources_as_they_are(void **state)
{
    assert_becomes(*state, "{name: web, kind: view, path: [a, b]}", "[{name: web, kind: view, path: [a, b]}]");
}

static void takes_the_parts_that_a_path_names(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {deals: [d1, d2], contacts: ~}}",
                   "[{name: crm-deals, kind: deal, format: csv, " DEALS
                   ", only: {Type: New}, system: crm, path: [d1, d2]}]");
}

static void takes_all_parts_that_know_where_to_read(void **state)
{
    write_preset(*state, "title: t\nsources:\n"
                         "  - {part: a, kind: deal, path: a.csv}\n"
                         "  - {part: b, kind: lead, path: b.csv}\n");
    assert_becomes(*state, "{name: crm, preset: ./own.yaml}",
                   "[{name: crm-a, kind: deal, path: a.csv}, {name: crm-b, kind: lead, path: b.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: [b]}", "[{name: crm-b, kind: lead, path: b.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: b, path: c.csv}",
                   "[{name: crm, kind: lead, path: c.csv}]");
}

static void takes_optional_parts_where_they_are_named(void **state)
{
    write_preset(*state, "title: t\nsources:\n"
                         "  - {part: a, kind: deal, path: a.csv}\n"
                         "  - {part: b, optional: true, kind: lead, path: b.csv}\n");
    assert_becomes(*state, "{name: crm, preset: own.yaml}", "[{name: crm-a, kind: deal, path: a.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: [a, b]}",
                   "[{name: crm-a, kind: deal, path: a.csv}, {name: crm-b, kind: lead, path: b.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: b}", "[{name: crm, kind: lead, path: b.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {b: c.csv}}",
                   "[{name: crm-b, kind: lead, path: c.csv}]");
}

static void a_preset_of_one_source_keeps_the_name(void **state)
{
    write_preset(*state, "title: t\nsources:\n  - {kind: deal, path: a.csv}\n");
    assert_becomes(*state, "{name: crm, preset: own.yaml}", "[{name: crm, kind: deal, path: a.csv}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: b.csv}", "[{name: crm, kind: deal, path: b.csv}]");
    assert_refused(*state, "{name: crm, preset: own.yaml, path: {deals: b.csv}}",
                   "closedloop.yaml:3:42: preset 'own.yaml' has no part 'deals'", "");
}

static void the_users_keys_win(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(
        *state,
        "{name: crm, system: mine, preset: own.yaml, part: deals, path: d, mode: upsert, format: tsv, only: ~, "
        "fields: {name: ~, amount: Sum, deal_key: Number, stage: ~}}",
        "[{name: crm, kind: deal, format: tsv, fields: {deal_key: Number, created_at: Made, amount: Sum}, "
        "system: mine, mode: upsert, path: d}]");
}

static void a_filter_is_replaced_as_a_whole(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: deals, path: d, only: {Stage: Won}}",
                   "[{name: crm, kind: deal, format: csv, " DEALS ", only: {Stage: Won}, system: crm, path: d}]");
}

static void an_optional_lookup_without_a_path_is_left_out(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {contacts: c}}",
                   "[{name: crm-contacts, kind: lead, format: csv, timezone: Europe/Paris, "
                   "lookups: {stages: {key: Stage, path: s.csv}}, fields: {contact_key: Id, "
                   "owner: {from: Owner, default: nobody}, stage: {from: Stage, lookup: stages, take: Name}}, "
                   "system: crm, path: c}]");
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {contacts: c}, lookups: {owners: {path: o.csv}}}",
                   "[{name: crm-contacts, kind: lead, format: csv, timezone: Europe/Paris, "
                   "lookups: {owners: {key: Id, path: o.csv}, stages: {key: Stage, path: s.csv}}, "
                   "fields: {contact_key: Id, owner: {from: Owner, lookup: owners, take: Name, default: nobody}, "
                   "stage: {from: Stage, lookup: stages, take: Name}}, system: crm, path: c}]");
}

static void each_of_several_parts_takes_its_own_lookups(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {deals: d, contacts: c}, lookups: {owners: {path: o}}}",
                   "[{name: crm-deals, kind: deal, format: csv, " DEALS ", only: {Type: New}, system: crm, path: d}, "
                   "{name: crm-contacts, kind: lead, format: csv, timezone: Europe/Paris, "
                   "lookups: {owners: {key: Id, path: o}, stages: {key: Stage, path: s.csv}}, "
                   "fields: {contact_key: Id, owner: {from: Owner, lookup: owners, take: Name, default: nobody}, "
                   "stage: {from: Stage, lookup: stages, take: Name}}, system: crm, path: c}]");
    assert_refused(*state, "{name: crm, preset: own.yaml, path: {deals: d}, lookups: {users: {path: o}}}",
                   "closedloop.yaml:3:63: preset 'own.yaml' has no lookup 'users'", "");
}

static void a_lookup_may_take_its_fields_with_it(void **state)
{
    write_preset(*state, "title: t\nsources:\n  - kind: deal\n    lookups: {o: {key: k, without: drop}}\n"
                         "    fields: {owner: Owner, name: {from: N, lookup: o}}\n"
                         "    also: [{kind: lead, fields: {owner: {from: O, lookup: o}, name: N}}]\n");
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: p}",
                   "[{name: crm, kind: deal, fields: {owner: Owner}, also: [{kind: lead, fields: {name: N}}], "
                   "path: p}]");
    char expected[256];
    write_preset(*state, "title: t\nsources:\n  - {kind: deal, lookups: {o: {key: k, without: no}}}\n");
    snprintf(expected, sizeof expected, "closedloop.yaml:3: preset %s:3:49: 'without' must be keep or drop, not 'no'",
             ((Fixture *)*state)->preset);
    assert_refused(*state, "{name: crm, preset: own.yaml, path: p}", expected, "");
}

static void placeholders_are_filled(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(
        *state, "{name: crm, preset: own.yaml, part: web, settings: {host: a.example}, http: {method: POST, body: x}}",
        "[{name: crm, kind: account, system: other, format: json, "
        "http: {url: https://a.example/v3/a?b=$1&c=${d}, method: POST, body: x}, fields: {account_key: id}}]");
    assert_refused(*state, "{name: crm, preset: own.yaml, part: web}",
                   "closedloop.yaml:3:5: preset 'own.yaml' needs the setting 'host'",
                   "settings: {host: ...}; closedloop-extract --preset own.yaml --explain says what it is");
    assert_refused(*state, "{name: crm, preset: own.yaml, part: web, settings: {hots: x}}",
                   "closedloop.yaml:3:57: preset 'own.yaml' has no setting 'hots'", "did you mean 'host'?");
    assert_refused(*state, "{name: crm, preset: own.yaml, part: web, settings: {site: x}}",
                   "closedloop.yaml:3:57: preset 'own.yaml' has no setting 'site'", "it has: host, version");
    /* A part that is not read needs no setting. */
    assert_becomes(*state, "{name: crm, preset: own.yaml, part: deals, path: d}",
                   "[{name: crm, kind: deal, format: csv, " DEALS ", only: {Type: New}, system: crm, path: d}]");
}

static void a_file_takes_the_place_of_an_http_source(void **state)
{
    write_preset(*state, CRM);
    assert_becomes(*state, "{name: crm, preset: own.yaml, path: {web: a.json}, settings: {host: a}}",
                   "[{name: crm-web, kind: account, system: other, format: json, fields: {account_key: id}, "
                   "path: a.json}]");
}

static void refuses_what_cannot_be_meant(void **state)
{
    write_preset(*state, CRM);
    assert_refused(*state, "{name: crm, preset: own.yaml, path: {deal: d}}",
                   "closedloop.yaml:3:42: preset 'own.yaml' has no part 'deal'", "did you mean 'deals'?");
    assert_refused(*state, "{name: crm, preset: own.yaml, part: [], path: {deals: d}}",
                   "closedloop.yaml:3:41: 'part' names no part", "");
    assert_refused(*state, "{name: crm, preset: own.yaml, part: [contacts], path: {deals: d}}",
                   "closedloop.yaml:3:60: 'part' does not name 'deals'", "");
    assert_refused(*state, "{name: crm, preset: own.yaml, path: d}",
                   "closedloop.yaml:3:41: preset 'own.yaml' has several parts: 'path' must say which file is which",
                   "its parts are: deals, contacts, web");
    assert_refused(*state, "{name: crm, preset: own.yaml}",
                   "closedloop.yaml:3:5: preset 'own.yaml' needs 'path': the files that it is to read",
                   "its parts are: deals, contacts, web");
    assert_refused(*state, "{name: crm, preset: own.yaml, path: {deals: d}, fields: {amount: Sum}}",
                   "closedloop.yaml:3:53: 'fields' cannot be meant for several parts of preset 'own.yaml'",
                   "give the part that it is for a source of its own, with 'part: ...'");
    assert_refused(*state, "{name: crm, preset: [own.yaml]}",
                   "closedloop.yaml:3:25: 'preset' must be a name or a file, not a list", "");
}

static void names_both_places(void **state)
{
    Fixture *fixture = *state;
    char expected[256];
    write_preset(fixture, "title: t\nsources:\n  - {kind: deal}\n  - {kind: deal}\n");
    snprintf(expected, sizeof expected,
             "closedloop.yaml:3: preset %s:3:5: each of several sources needs a 'part', by which a user names it",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources:\n  - {kind: deal, path: '${nobody}'}\n");
    snprintf(expected, sizeof expected,
             "closedloop.yaml:3: preset %s:3:24: 'settings' does not list 'nobody', which ${nobody} stands for",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources:\n  - {kind: deal, path: '${nobody'}\n");
    snprintf(expected, sizeof expected, "closedloop.yaml:3: preset %s:3:24: a placeholder is written ${name}",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "titel: t\nsources: []\n");
    snprintf(expected, sizeof expected, "closedloop.yaml:3: preset %s:1:1: unknown key 'titel'", fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "did you mean 'title'?");
    write_preset(fixture, "title: t\nsources: []\n");
    snprintf(expected, sizeof expected,
             "closedloop.yaml:3: preset %s:2:10: 'sources' must be a list of sources, not an empty one",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources: [{part: a, kind: deal}, {part: a, kind: lead}]\n");
    snprintf(expected, sizeof expected, "closedloop.yaml:3: preset %s:2:41: the part 'a' is given twice",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources: [{part: a, optional: no, kind: deal}]\n");
    snprintf(expected, sizeof expected,
             "closedloop.yaml:3: preset %s:2:31: 'optional' is true, or not said, and not 'no'", fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources: [{optional: true, kind: deal}]\n");
    snprintf(expected, sizeof expected,
             "closedloop.yaml:3: preset %s:2:12: 'optional' is for a source with a 'part', by which a user names it",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
    write_preset(fixture, "title: t\nsources: [{name: a, kind: deal}]\n");
    snprintf(expected, sizeof expected, "closedloop.yaml:3: preset %s:2:12: 'name' has no place in a preset's source",
             fixture->preset);
    assert_refused(fixture, "{name: crm, preset: own.yaml}", expected, "");
}

static void tells_of_a_file_that_others_may_write_to(void **state)
{
    Fixture *fixture = *state;
    write_preset(fixture, "title: t\nsources:\n  - {kind: deal, path: a.csv}\n");
    assert_int_equal(chmod(fixture->preset, 0644), 0);
    assert_becomes(fixture, "{name: crm, preset: own.yaml}", "[{name: crm, kind: deal, path: a.csv}]");
    assert_null(fixture->writable_by_others);
    assert_int_equal(chmod(fixture->preset, 0664), 0);
    assert_becomes(fixture, "{name: crm, preset: own.yaml}", "[{name: crm, kind: deal, path: a.csv}]");
    assert_string_equal(fixture->writable_by_others, fixture->preset);
}

static void names_the_nearest_shipped_preset(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "{name: crm, preset: salesforce-cvs}",
                   "closedloop.yaml:3:25: unknown preset 'salesforce-cvs'", "did you mean 'salesforce-csv'?");
    char expected[256];
    snprintf(expected, sizeof expected, "closedloop.yaml:3:25: cannot open %s/none.yaml: No such file or directory",
             fixture->folder);
    assert_refused(fixture, "{name: crm, preset: none.yaml}", expected, "");
    Preset preset;
    assert_int_equal(preset_read(TEXT("none"), NULL, "", &fixture->arena, &preset, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_USAGE);
}

/* The lookups for which a user must say where they are, a line each. */
static char *add_lookups(Fixture *fixture, const Preset *preset, char *content)
{
    const char *head = "    lookups:\n";
    for (const YamlNode *source = preset->sources->first; source; source = source->next) {
        const YamlNode *lookups = yaml_get(source, "lookups"), *lookup = lookups ? lookups->first : NULL;
        for (; lookup; lookup = lookup->next) {
            char *line = arena_printf(&fixture->arena, "      %s: {path: x}\n", lookup->key->value.data);
            if (yaml_get(lookup, "without") || strstr(content, line))
                continue;
            content = arena_printf(&fixture->arena, "%s%s%s", content, head, line);
            head = "";
        }
    }
    return content;
}

/* What is fetched is mapped as what is exported, but for what the preset says itself. */
static void a_preset_may_be_like_another(void **state)
{
    Fixture *fixture = *state;
    Preset preset, other;
    assert_int_equal(preset_read(TEXT("hubspot-api"), NULL, "", &fixture->arena, &preset, &fixture->error), STATUS_OK);
    assert_int_equal(preset_read(TEXT("hubspot-json"), NULL, "", &fixture->arena, &other, &fixture->error), STATUS_OK);
    assert_true(text_is(preset.system->value, "hubspot"));
    const YamlNode *deals = preset_part(&preset, TEXT("deals")), *like = preset_part(&other, TEXT("deals"));
    assert_non_null(yaml_get(like, "parts"));
    assert_null(yaml_get(deals, "parts"));
    assert_non_null(yaml_get(deals, "http"));
    assert_int_equal(yaml_get(deals, "fields")->count, yaml_get(like, "fields")->count);
    assert_true(text_is(yaml_get(preset_part(&preset, TEXT("contacts")), "mode")->value, "snapshot"));

    write_preset(fixture, "title: t\nlike: hubspot-api\nsources: [{kind: deal}]\n");
    assert_int_equal(preset_read(text_from(fixture->preset), NULL, "", &fixture->arena, &preset, &fixture->error),
                     STATUS_ERROR);
    assert_non_null(strstr(fixture->error.message, "preset 'hubspot-api' is like another one itself: name that"));
    write_preset(fixture, "title: t\nlike: hubspot-jsn\nsources: [{kind: deal}]\n");
    assert_int_equal(preset_read(text_from(fixture->preset), NULL, "", &fixture->arena, &preset, &fixture->error),
                     STATUS_ERROR);
    assert_string_equal(fixture->error.hint, "did you mean 'hubspot-json'?");
}

/* Every shipped preset, all parts, as a user would name them: it is a configuration without an error. */
static void shipped_presets_are_good(void **state)
{
    Fixture *fixture = *state;
    assert_true(preset_file_count > 0);
    for (size_t i = 0; i < preset_file_count; i++) {
        Preset preset;
        Text name = {preset_files[i].name, strlen(preset_files[i].name) - strlen(".yaml")};
        assert_int_equal(preset_read(name, NULL, "", &fixture->arena, &preset, &fixture->error), STATUS_OK);
        assert_true(text_starts_with(preset.text, TEXT("# ")));
        char *content = arena_printf(&fixture->arena, "sources:\n  - name: x\n    preset: %.*s\n    settings:\n",
                                     TEXT_PRINTF(name));
        const YamlNode *setting = preset.settings ? preset.settings->first : NULL;
        for (; setting; setting = setting->next) {
            Text key = setting->key->value;
            bool is_address = text_is(key, "server") || text_is(key, "login");
            content =
                arena_printf(&fixture->arena, "%s      %s: %s\n", content, key.data, is_address ? "https://x" : "x");
        }
        const YamlNode *source = preset.sources->first;
        bool has_path = !yaml_get(source, "http") && !yaml_get(source, "query");
        const char *first = yaml_get(source, "part") ? "" : " x";
        content = add_lookups(fixture, &preset, content);
        if (yaml_get(source, "query"))
            content = arena_printf(&fixture->arena, "%s    query: {database: x}\n", content);
        content =
            arena_printf(&fixture->arena, "%s%s%s\n", content, has_path ? "    path:" : "", has_path ? first : "");
        const char *parts = preset_part_names(&preset, &fixture->arena);
        if (!has_path && *parts)
            content = arena_printf(&fixture->arena, "%s    part: [%s]\n", content, parts);
        for (; has_path && source && yaml_get(source, "part"); source = source->next)
            content = arena_printf(&fixture->arena, "%s      %s: x\n", content, yaml_get(source, "part")->value.data);
        assert_non_null(content);
        write_preset(fixture, content);
        cleanup(config_done) Config config = {0};
        Status status = config_load(fixture->preset, &config, &fixture->error);
        if (status != STATUS_OK)
            print_error("%s\n", fixture->error.message);
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(config.source_count, preset.sources->count);
        arena_clear(&fixture->arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_other_sources_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_the_parts_that_a_path_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_all_parts_that_know_where_to_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_optional_parts_where_they_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_preset_of_one_source_keeps_the_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_users_keys_win, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_filter_is_replaced_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_optional_lookup_without_a_path_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_of_several_parts_takes_its_own_lookups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lookup_may_take_its_fields_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(placeholders_are_filled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_takes_the_place_of_an_http_source, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_cannot_be_meant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_both_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_of_a_file_that_others_may_write_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_nearest_shipped_preset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_preset_may_be_like_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shipped_presets_are_good, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
