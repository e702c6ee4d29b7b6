#include "common/config/config.h"

#include "common/classification.h"
#include "common/config/attribution.h"
#include "common/config/content_rule.h"
#include "common/config/page.h"
#include "common/config/persona.h"
#include "common/config/preset_use.h"
#include "common/config/schema.h"
#include "common/config/score.h"
#include "common/config/sla.h"
#include "common/config/source.h"
#include "common/config/stage.h"
#include "common/config/traffic.h"
#include "common/config/yaml.h"
#include "common/currency.h"
#include "common/folder.h"
#include "common/nearest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_CEILING = 64 << 20, SOURCES_MAX = 1000, CONTENT_RULES_MAX = 10000 };

#define SYSTEM_PATH "/etc/closedloop/closedloop.yaml"
#define LOCAL_PATH "closedloop.yaml"

/* The keys as they stand in the file. */
typedef struct ReportingEntry {
    const YamlNode *node;
    const char *timezone;
    Text currency;
} ReportingEntry;

typedef struct ClassificationEntry {
    const YamlNode *node;
    const char *sites, *bots, *free_mail;
} ClassificationEntry;

typedef struct ConfigEntry {
    const char *database, *spool, *secret_file;
    ReportingEntry reporting;
    AttributionEntry attribution;
    ClassificationEntry classification;
    TrafficEntry traffic;
    SchemaItems sources, content, stages, personas;
    ScoreEntry score;
    SlaEntry sla;
    PageEntry page;
} ConfigEntry;

static const SchemaField reporting_fields[] = {
    {"timezone", SCHEMA_STRING, offsetof(ReportingEntry, timezone), .default_text = "UTC", .minimum = 1, .maximum = 255,
     .meaning = "the zone in which days and months are cut"},
    {"currency", SCHEMA_TEXT, offsetof(ReportingEntry, currency), .default_text = "EUR",
     .meaning = "the currency of all reports, by its ISO 4217 code"},
};
static const Schema reporting_schema = {reporting_fields, sizeof reporting_fields / sizeof reporting_fields[0],
                                        sizeof(ReportingEntry), .has_node = true};

static const SchemaField classification_fields[] = {
    {"sites", SCHEMA_STRING, offsetof(ClassificationEntry, sites), .minimum = 1, .maximum = PATH_MAX,
     .meaning = "a file in place of the shipped list of sites that refer"},
    {"bots", SCHEMA_STRING, offsetof(ClassificationEntry, bots), .minimum = 1, .maximum = PATH_MAX,
     .meaning = "a file in place of the shipped list of words that robots are known by"},
    {"free_mail", SCHEMA_STRING, offsetof(ClassificationEntry, free_mail), .minimum = 1, .maximum = PATH_MAX,
     .meaning = "a file in place of the shipped list of domains that are no company's"},
};
static const Schema classification_schema = {classification_fields,
                                             sizeof classification_fields / sizeof classification_fields[0],
                                             sizeof(ClassificationEntry), .has_node = true};

static const SchemaField config_fields[] = {
    {"database", SCHEMA_STRING, offsetof(ConfigEntry, database), .default_text = "",
     .meaning = "a libpq connection string; empty: libpq's own environment decides"},
    {"spool", SCHEMA_STRING, offsetof(ConfigEntry, spool), .default_text = "/var/spool/closedloop", .minimum = 1,
     .maximum = PATH_MAX, .meaning = "the folder in which batches pass from one program to the next"},
    {"secret_file", SCHEMA_STRING, offsetof(ConfigEntry, secret_file), .default_text = "closedloop.secret",
     .minimum = 1, .maximum = PATH_MAX, .meaning = "the installation's secret, by which keys of people are made"},
    {"reporting", SCHEMA_MAPPING, offsetof(ConfigEntry, reporting), .schema = &reporting_schema,
     .meaning = "the zone and the currency of all reports"},
    {"attribution", SCHEMA_MAPPING, offsetof(ConfigEntry, attribution), .schema = &attribution_schema,
     .meaning = "what a deal's journey is, and how its touches share the credit"},
    {"classification", SCHEMA_MAPPING, offsetof(ConfigEntry, classification), .schema = &classification_schema,
     .meaning = "the lists by which arrivals, robots and free mail are told"},
    {"traffic", SCHEMA_MAPPING, offsetof(ConfigEntry, traffic), .schema = &traffic_schema,
     .meaning = "which views count for nobody: internal ones, and those of robots by their number"},
    {"sources", SCHEMA_MAPPING_LIST, offsetof(ConfigEntry, sources), .maximum = SOURCES_MAX, .schema = &source_schema,
     .unique = "name", .meaning = "where the records come from"},
    {"content", SCHEMA_MAPPING_LIST, offsetof(ConfigEntry, content), .maximum = CONTENT_RULES_MAX,
     .schema = &content_rule_schema, .meaning = "rules that say what content is about where no catalogue does"},
    {"stages", SCHEMA_MAPPING_LIST, offsetof(ConfigEntry, stages), .maximum = STAGES_MAX, .schema = &stage_schema,
     .meaning = "the shared language of marketing and sales: stages, the lowest first"},
    {"personas", SCHEMA_MAPPING_LIST, offsetof(ConfigEntry, personas), .maximum = PERSONAS_MAX,
     .schema = &persona_schema, .unique = "name", .meaning = "ideal customers, by who a lead is"},
    {"score", SCHEMA_MAPPING, offsetof(ConfigEntry, score), .schema = &score_schema,
     .meaning = "points for who a lead is and for what it did"},
    {"sla", SCHEMA_MAPPING, offsetof(ConfigEntry, sla), .schema = &sla_schema,
     .meaning = "what marketing and sales have promised each other"},
    {"report", SCHEMA_MAPPING, offsetof(ConfigEntry, page), .schema = &page_schema,
     .meaning = "the page that closedloop report writes"},
};
static const Schema config_schema = {config_fields, sizeof config_fields / sizeof config_fields[0], sizeof(ConfigEntry),
                                     .has_node = false};

static Status no_room(const char *path, Error *error)
{
    return error_set(error, ERROR_CONFIG, "%s: needs more memory than is set aside for a configuration", path);
}

/* --- paths ---------------------------------------------------------------------------------------------------- */

/* The environment's word; a variable that is empty counts as not set. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Something stands there, or the reason why not is for open() to say. */
static bool is_there(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static Status find_path(const char *option_path, const char **ret_path, Error *error)
{
    const char *path = option_path ? option_path : environment("CLOSEDLOOP_CONFIG");
    if (!path && is_there(LOCAL_PATH))
        path = LOCAL_PATH;
    if (!path && is_there(SYSTEM_PATH))
        path = SYSTEM_PATH;
    if (!path) {
        error_set(error, ERROR_CONFIG,
                  "there is no configuration: neither ./" LOCAL_PATH " nor " SYSTEM_PATH " is there");
        return error_hint(error, "name one by --config FILE or $CLOSEDLOOP_CONFIG");
    }
    *ret_path = path;
    return STATUS_OK;
}

/* Relative to the working folder, as everything is that a user says on the command line or in the environment. */
static Status make_absolute(const char *path, Arena *arena, const char **ret_path, Error *error)
{
    char folder[PATH_MAX] = "";
    if (path[0] != '/' && !getcwd(folder, sizeof folder))
        return error_set_errno(error, ERROR_CONFIG, errno, "cannot tell the working folder");
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    const char *absolute = path_join(arena, folder, path);
    if (!absolute)
        return no_room(path, error);
    *ret_path = absolute;
    return STATUS_OK;
}

static Status find_folder(const char *path, Arena *arena, const char **ret_folder, Error *error)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash > path ? (size_t)(slash - path) : 1;
    *ret_folder = arena_copy(arena, (Text){path, size});
    return *ret_folder ? STATUS_OK : no_room(path, error);
}

/* A path of the configuration, unless the environment names another. */
static Status take_path(const Config *config, const char *variable, const char *path, Arena *arena,
                        const char **ret_path, Error *error)
{
    const char *other = environment(variable);
    if (other)
        return make_absolute(other, arena, ret_path, error);
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    *ret_path = path_join(arena, config->folder, path);
    return *ret_path ? STATUS_OK : no_room(config->path, error);
}

static Status take_paths(const ConfigEntry *entry, Arena *arena, Config *config, Error *error)
{
    TRY(take_path(config, "CLOSEDLOOP_SPOOL", entry->spool, arena, &config->spool, error));
    TRY(take_path(config, "CLOSEDLOOP_SECRET_FILE", entry->secret_file, arena, &config->secret_file, error));
    const char *page = entry->page.file ? entry->page.file : path_join(arena, config->spool, "report.html");
    if (!page)
        return no_room(config->path, error);
    config->page.language = (PageLanguage)entry->page.language;
    TRY(take_path(config, "CLOSEDLOOP_REPORT", page, arena, &config->page.file, error));
    const char *database = environment("CLOSEDLOOP_DATABASE");
    config->database = arena_copy(arena, text_from(database ? database : entry->database));
    return config->database ? STATUS_OK : no_room(config->path, error);
}

/* --- the sections --------------------------------------------------------------------------------------------- */

static Status take_reporting(const ReportingEntry *entry, Config *config, Error *error)
{
    TRY(source_check_timezone(entry->timezone, yaml_get(entry->node, "timezone"), error));
    config->reporting.timezone = entry->timezone;
    if (currency_normalize(entry->currency, config->reporting.currency))
        return STATUS_OK;
    const YamlNode *node = yaml_get(entry->node, "currency");
    yaml_error(node, error, "unknown currency %s", yaml_describe(node).text);
    return error_hint(error, "write its ISO 4217 code, such as EUR or USD");
}

/* A list's path, NULL if it is not given. A file that is not there is wrong in the configuration. */
static Status find_list(const Config *config, const ClassificationEntry *entry, const char *key, const char *path,
                        Arena *arena, const char **ret_path, Error *error)
{
    *ret_path = NULL;
    if (!path)
        return STATUS_OK;
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    const char *absolute = path_join(arena, config->folder, path);
    if (!absolute)
        return no_room(config->path, error);
    if (access(absolute, R_OK) != 0)
        return yaml_error(yaml_get(entry->node, key), error, "cannot read %s: %s", absolute, strerror(errno));
    *ret_path = absolute;
    return STATUS_OK;
}

static Status take_classification(const ClassificationEntry *entry, Arena *arena, Config *config, Error *error)
{
    ClassificationFiles files;
    TRY(find_list(config, entry, "sites", entry->sites, arena, &files.sites, error));
    TRY(find_list(config, entry, "bots", entry->bots, arena, &files.bots, error));
    TRY(find_list(config, entry, "free_mail", entry->free_mail, arena, &files.free_mail, error));
    return classification_read(&files, arena, &config->classification, error);
}

static Status take_sources(const SchemaItems *entries, Arena *arena, Config *config, Error *error)
{
    const SourceEntry *entry = entries->items;
    Source *sources = arena_allocate(arena, entries->count * sizeof *sources);
    if (!sources)
        return no_room(config->path, error);
    for (size_t i = 0; i < entries->count; i++) {
        TRY(source_make(&entry[i], config->folder, arena, &sources[i], error));
        TRY(source_digest(&sources[i], config, &sources[i].mapping_digest, error));
    }
    config->sources = sources;
    config->source_count = entries->count;
    return STATUS_OK;
}

static Status take_content(const SchemaItems *entries, Arena *arena, Config *config, Error *error)
{
    const ContentRuleEntry *entry = entries->items;
    ContentRule *rules = arena_allocate(arena, entries->count * sizeof *rules);
    if (!rules)
        return no_room(config->path, error);
    for (size_t i = 0; i < entries->count; i++)
        TRY(content_rule_make(&entry[i], arena, &rules[i], error));
    config->content_rules = rules;
    config->content_rule_count = entries->count;
    return STATUS_OK;
}

static Status take_personas(const SchemaItems *entries, Arena *arena, Config *config, Error *error)
{
    const PersonaEntry *entry = entries->items;
    Persona *personas = arena_allocate(arena, entries->count * sizeof *personas);
    if (!personas)
        return no_room(config->path, error);
    for (size_t i = 0; i < entries->count; i++)
        TRY(persona_make(&entry[i], &personas[i], error));
    config->personas = personas;
    config->persona_count = entries->count;
    return STATUS_OK;
}

/* What marketing and sales mean by their words. */
static Status take_language(const ConfigEntry *entry, Arena *arena, Config *config, Error *error)
{
    TRY(stages_make(&entry->stages, arena, &config->stages, error));
    config->stage_count = entry->stages.count;
    TRY(take_personas(&entry->personas, arena, config, error));
    TRY(score_make(&entry->score, arena, &config->score, error));
    return sla_make(&entry->sla, config->stages, config->stage_count, &config->sla, error);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static Status load(const char *path, Config *config, Error *error)
{
    Arena *arena = &config->arena;
    TRY(make_absolute(path, arena, &config->path, error));
    TRY(find_folder(config->path, arena, &config->folder, error));
    const YamlNode *root;
    TRY(yaml_read(path, arena, &root, error));
    config->writable_by_others = yaml_file_is_writable_by_others(path) ? config->path : NULL;
    TRY(preset_expand(root, config->folder, arena, &root, &config->writable_by_others, error));
    ConfigEntry entry;
    TRY(schema_check(&config_schema, root, arena, &entry, error));
    TRY(take_paths(&entry, arena, config, error));
    TRY(take_reporting(&entry.reporting, config, error));
    TRY(attribution_make(&entry.attribution, arena, &config->attribution, error));
    TRY(take_classification(&entry.classification, arena, config, error));
    TRY(traffic_make(&entry.traffic, arena, &config->traffic, error));
    TRY(take_content(&entry.content, arena, config, error));
    TRY(take_language(&entry, arena, config, error));
    return take_sources(&entry.sources, arena, config, error);
}

Status config_load(const char *option_path, Config *ret_config, Error *error)
{
    const char *path = NULL;
    TRY(find_path(option_path, &path, error));
    Config config = {.arena = arena_make(CONFIG_CEILING)};
    Status status = load(path, &config, error);
    if (status == STATUS_OK)
        *ret_config = config;
    else
        arena_done(&config.arena);
    return status;
}

const Source *config_source(const Config *config, const char *name)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (strcmp(config->sources[i].name, name) == 0)
            return &config->sources[i];
    return NULL;
}

static Status unknown_source(const Config *config, const char *name, Error *error)
{
    const char *names[SOURCES_MAX];
    for (size_t i = 0; i < config->source_count; i++)
        names[i] = config->sources[i].name;
    error_set(error, ERROR_USAGE, "no source is called '%s' in %s", name, config->path);
    const char *nearest = nearest_name(text_from(name), names, config->source_count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    if (config->source_count == 0)
        return error_hint(error, "it has no sources yet");
    char joined[400] = "";
    size_t size = 0;
    for (size_t i = 0; i < config->source_count && size < sizeof joined; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
    return error_hint(error, "there are: %s", joined);
}

Status config_check_sources(const Config *config, const char *const *names, size_t name_count, Error *error)
{
    for (size_t i = 0; i < name_count; i++)
        if (!config_source(config, names[i]))
            return unknown_source(config, names[i], error);
    return STATUS_OK;
}

void config_done(Config *config)
{
    arena_done(&config->arena);
    *config = (Config){0};
}
