#include "common/config/score.h"

enum { POINTS_MAX = 100000 };

typedef struct RuleEntry {
    const YamlNode *node;
    const char *name;
    Text who, did;
    int64_t points;
} RuleEntry;

static const SchemaField rule_fields[] = {
    {"name", SCHEMA_STRING, offsetof(RuleEntry, name), .is_required = true, .minimum = 1, .maximum = 255,
     .meaning = "what a rep reads beside the points"},
    {"who", SCHEMA_TEXT, offsetof(RuleEntry, who), .meaning = "a condition on the lead"},
    {"did", SCHEMA_TEXT, offsetof(RuleEntry, did), .meaning = "a condition on a touch; each that meets it counts"},
    {"points", SCHEMA_INTEGER, offsetof(RuleEntry, points), .is_required = true, .minimum = -POINTS_MAX,
     .maximum = POINTS_MAX, .meaning = "how many points it gives, or, below 0, takes away"},
};
static const Schema rule_schema = {rule_fields, sizeof rule_fields / sizeof rule_fields[0], sizeof(RuleEntry),
                                   .has_node = true};

static const SchemaField fields[] = {
    {"half_life_days", SCHEMA_INTEGER, offsetof(ScoreEntry, half_life_days), .default_text = "30", .minimum = 1,
     .maximum = 3650, .meaning = "after so many days a touch is worth half of its points"},
    {"rules", SCHEMA_MAPPING_LIST, offsetof(ScoreEntry, rules), .maximum = SCORE_RULES_MAX, .schema = &rule_schema,
     .unique = "name", .meaning = "what gives points"},
};
const Schema score_schema = {fields, sizeof fields / sizeof fields[0], sizeof(ScoreEntry), .has_node = true};

static Status rule_make(const RuleEntry *entry, ScoreRule *ret_rule, Error *error)
{
    ScoreRule rule = {.name = entry->name, .points = entry->points};
    TRY(condition_take(entry->node, "who", entry->who, &rule.who, error));
    TRY(condition_take(entry->node, "did", entry->did, &rule.did, error));
    if (condition_is_given(&rule.who) == condition_is_given(&rule.did)) {
        yaml_error(entry->node, error, "the rule '%s' needs either 'who' or 'did'", entry->name);
        return error_hint(error, "for both write two rules");
    }
    if (rule.points == 0)
        return yaml_error(yaml_get(entry->node, "points"), error, "the rule '%s' gives no points", entry->name);
    *ret_rule = rule;
    return STATUS_OK;
}

Status score_make(const ScoreEntry *entry, Arena *arena, Score *ret_score, Error *error)
{
    const RuleEntry *given = entry->rules.items;
    ScoreRule *rules = arena_allocate(arena, entry->rules.count * sizeof *rules);
    if (!rules)
        return error_set(error, ERROR_CONFIG, "'score' needs more memory than is set aside for a configuration");
    for (size_t i = 0; i < entry->rules.count; i++)
        TRY(rule_make(&given[i], &rules[i], error));
    *ret_score = (Score){.half_life_days = entry->half_life_days, .rules = rules, .rule_count = entry->rules.count};
    return STATUS_OK;
}
