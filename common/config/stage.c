#include "common/config/stage.h"

#include "common/time.h"

enum { TIMES_MAX = 1000, WITHIN_MAX = 3650 * 86400, CRM_NAMES_MAX = 100 };

static const SchemaField fields[] = {
    {"name", SCHEMA_IDENTIFIER, offsetof(StageEntry, name), .is_required = true,
     .meaning = "the stage's name; several definitions of one name are in force one after the other"},
    {"from", SCHEMA_TEXT, offsetof(StageEntry, from),
     .meaning = "the day from which this definition is in force, such as 2026-07-01; from the beginning unless given"},
    {"who", SCHEMA_TEXT, offsetof(StageEntry, who),
     .meaning = "a condition on the lead, such as \"employees >= 50 and title ~* 'head'\""},
    {"did", SCHEMA_TEXT, offsetof(StageEntry, did), .meaning = "a condition on a touch, such as \"topic = 'pricing'\""},
    {"times", SCHEMA_INTEGER, offsetof(StageEntry, times), .minimum = 1, .maximum = TIMES_MAX,
     .meaning = "how many such touches it takes; 1 unless given"},
    {"within", SCHEMA_DURATION, offsetof(StageEntry, within), .minimum = 1, .maximum = WITHIN_MAX,
     .meaning = "the time in which they all lie, such as 14d; any unless given"},
    {"crm", SCHEMA_TEXT_LIST, offsetof(StageEntry, crm), .minimum = 1, .maximum = CRM_NAMES_MAX,
     .meaning = "what the CRM calls this stage; its name unless given"},
};
const Schema stage_schema = {fields, sizeof fields / sizeof fields[0], sizeof(StageEntry), .has_node = true};

static Status check_times(const StageEntry *entry, Error *error)
{
    const YamlNode *times = yaml_get(entry->node, "times"), *within = yaml_get(entry->node, "within");
    if (entry->times && text_is_null(entry->did))
        return yaml_error(times, error, "the stage '%s' has 'times', but no 'did' that they count", entry->name);
    if (entry->within && entry->times < 2) {
        yaml_error(within, error, "the stage '%s' has 'within', but no two touches that it could hold together",
                   entry->name);
        return error_hint(error, "such as times: 3, within: 14d");
    }
    return STATUS_OK;
}

static Status stage_make(const StageEntry *entry, Stage *ret_stage, Error *error)
{
    Stage stage = {.name = entry->name, .within = entry->within, .crm = entry->crm, .node = entry->node};
    TRY(condition_take(entry->node, "who", entry->who, &stage.who, error));
    TRY(condition_take(entry->node, "did", entry->did, &stage.did, error));
    if (!condition_is_given(&stage.who) && !condition_is_given(&stage.did)) {
        yaml_error(entry->node, error, "the stage '%s' says neither who is in it nor what they did", entry->name);
        return error_hint(error, "such as {name: %s, who: \"employees >= 50\", did: \"topic = 'pricing'\"}",
                          entry->name);
    }
    TRY(check_times(entry, error));
    stage.times = condition_is_given(&stage.did) && !entry->times ? 1 : entry->times;
    if (!text_is_null(entry->from)) {
        if (!time_is_iso_date(entry->from))
            return yaml_error(yaml_get(entry->node, "from"), error, "'from' must be a day such as 2026-07-01, not %s",
                              yaml_describe(yaml_get(entry->node, "from")).text);
        stage.from = entry->from.data;
    }
    *ret_stage = stage;
    return STATUS_OK;
}

/* Two of a name are in force from different days. */
static Status check_apart(const Stage *stage, const Stage *earlier, Error *error)
{
    if (stage->from && earlier->from && strcmp(stage->from, earlier->from) != 0)
        return STATUS_OK;
    if (!stage->from != !earlier->from)
        return STATUS_OK;
    if (stage->from)
        return yaml_error(stage->node, error, "the stage '%s' has two definitions from %s", stage->name, stage->from);
    yaml_error(stage->node, error, "the stage '%s' has two definitions from the beginning", stage->name);
    return error_hint(error, "say from which day the later one is in force: {name: %s, from: 2026-07-01, ...}",
                      stage->name);
}

Status stages_make(const SchemaItems *entries, Arena *arena, const Stage **ret_stages, Error *error)
{
    const StageEntry *entry = entries->items;
    Stage *stages = arena_allocate(arena, entries->count * sizeof *stages);
    if (!stages)
        return error_set(error, ERROR_CONFIG, "'stages' need more memory than is set aside for a configuration");
    int places = 0;
    for (size_t i = 0; i < entries->count; i++) {
        TRY(stage_make(&entry[i], &stages[i], error));
        const Stage *first = stage_find(stages, i, stages[i].name);
        stages[i].place = first ? first->place : ++places;
        for (size_t other = 0; other < i; other++)
            if (stages[other].place == stages[i].place)
                TRY(check_apart(&stages[i], &stages[other], error));
    }
    *ret_stages = stages;
    return STATUS_OK;
}

const Stage *stage_find(const Stage *stages, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(stages[i].name, name) == 0)
            return &stages[i];
    return NULL;
}
