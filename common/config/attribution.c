#include "common/config/attribution.h"

#include "common/decimal.h"
#include "common/nearest.h"

enum {
    MODELS_MAX = 16 + CUSTOM_MODELS_MAX,
    NAMES_MAX = 1000,
    NAME_MAX_SIZE = 255,
    ROLES_MAX = 1000,
    SHARE_MAX = 1000,
    ROLE_WEIGHT_HIGHEST = 1000000,
};

const char *const attribution_models[] = {
    "first_touch",     "last_touch",      "linear",        "position_based", "time_decay", "last_non_direct",
    "u_lead_creation", "w_shaped",        "full_path",     "j_shaped",       "inverse_j",  "markov_content",
    "markov_channel",  "shapley_channel", "shapley_topic", "markov_topic",   NULL,
};

/* --- the keys ------------------------------------------------------------------------------------------------- */

static const SchemaName untils[] = {{"closed_at", UNTIL_CLOSED_AT}, {"created_at", UNTIL_CREATED_AT}, {NULL, 0}};
/* The values of scopes are their own places in the list. */
static const SchemaName scopes[] = {{"deal_contacts", 0}, {"account", 1}, {NULL, 0}};
static const SchemaName collapses[] = {
    {"none", COLLAPSE_NONE}, {"runs", COLLAPSE_RUNS}, {"first", COLLAPSE_FIRST}, {NULL, 0}};
static const SchemaName items[] = {
    {"content", PATH_CONTENT}, {"channel", PATH_CHANNEL}, {"topic", PATH_TOPIC}, {NULL, 0}};

/* A custom model as it stands in the file. */
typedef struct CustomEntry {
    const YamlNode *node;
    const char *name;
    Text first_touch, lead_creation, deal_creation, closed_won, last_touch, last_non_direct, rest;
} CustomEntry;

#define SHARE_FIELD(key, words)                                                                                        \
    {                                                                                                                  \
#key, SCHEMA_TEXT, offsetof(CustomEntry, key),                                                                 \
            .default_text = "0", .minimum = 1, .maximum = 20,                                                          \
            .meaning = "the share of " words ", a number from 0 to 1000; only the ratios of shares matter"             \
    }

static const SchemaField custom_fields[] = {
    {"name", SCHEMA_IDENTIFIER, offsetof(CustomEntry, name), .is_required = true,
     .meaning = "what reports call the model"},
    SHARE_FIELD(first_touch, "the first touch"),
    SHARE_FIELD(lead_creation, "the last touch before the primary person became a lead"),
    SHARE_FIELD(deal_creation, "the last touch before the deal was made"),
    SHARE_FIELD(closed_won, "the last touch before the deal was closed"),
    SHARE_FIELD(last_touch, "the last touch"),
    SHARE_FIELD(last_non_direct, "the last touch whose channel is not direct"),
    SHARE_FIELD(rest, "all other touches, in equal parts"),
};
static const Schema custom_schema = {custom_fields, sizeof custom_fields / sizeof custom_fields[0], sizeof(CustomEntry),
                                     .has_node = true};

static const SchemaField filter_fields[] = {
    {"only", SCHEMA_TEXT_LIST, offsetof(NameFilter, only), .minimum = 1, .maximum = NAMES_MAX,
     .meaning = "nothing but these counts"},
    {"except", SCHEMA_TEXT_LIST, offsetof(NameFilter, except), .minimum = 1, .maximum = NAMES_MAX,
     .meaning = "all but these counts"},
};
static const Schema filter_schema = {filter_fields, sizeof filter_fields / sizeof filter_fields[0], sizeof(NameFilter),
                                     .has_node = false};

#define TOUCHES(member) (offsetof(AttributionEntry, touches.member) - offsetof(AttributionEntry, touches))
static const SchemaField touches_fields[] = {
    {"interactions", SCHEMA_MAPPING, TOUCHES(interactions), .schema = &filter_schema,
     .meaning = "touches of which interactions count: page_view, download, form, ..."},
    {"channels", SCHEMA_MAPPING, TOUCHES(channels), .schema = &filter_schema,
     .meaning = "touches of which channels count, with * for any characters"},
    {"campaigns", SCHEMA_MAPPING, TOUCHES(campaigns), .schema = &filter_schema,
     .meaning = "touches of which campaigns share in reports on campaigns, with * for any characters"},
    {"activities", SCHEMA_TEXT_LIST, TOUCHES(activities), .minimum = 1, .maximum = 100,
     .meaning = "kinds of sales activities that count as touches: meeting, call, ..."},
};
static const Schema touches_schema = {touches_fields, sizeof touches_fields / sizeof touches_fields[0],
                                      sizeof((AttributionEntry *)NULL)->touches, .has_node = false};

#define PATH(member) (offsetof(AttributionEntry, path.member) - offsetof(AttributionEntry, path))
static const SchemaField path_fields[] = {
    {"collapse", SCHEMA_ENUM, PATH(collapse), .default_text = "none", .names = collapses,
     .meaning = "which of several touches of one item stay: all, the first of each run, the first alone"},
    {"by", SCHEMA_ENUM, PATH(by), .default_text = "content", .names = items, .meaning = "what an item is"},
    {"drop_direct", SCHEMA_BOOL, PATH(drop_direct), .default_text = "false",
     .meaning = "touches of the channel Direct go, unless all are"},
};
static const Schema path_schema = {path_fields, sizeof path_fields / sizeof path_fields[0],
                                   sizeof((AttributionEntry *)NULL)->path, .has_node = false};

static const SchemaField attribution_fields[] = {
    {"lookback_days", SCHEMA_INTEGER, offsetof(AttributionEntry, lookback_days), .default_text = "90", .minimum = 1,
     .maximum = 3650, .meaning = "how far back a deal's journey reaches"},
    {"lookback_touches", SCHEMA_INTEGER, offsetof(AttributionEntry, lookback_touches), .minimum = 1, .maximum = 1000000,
     .meaning = "how many touches a journey has at most, the newest; no limit unless given"},
    {"until", SCHEMA_ENUM, offsetof(AttributionEntry, until), .default_text = "closed_at", .names = untils,
     .meaning = "where a deal's journey ends"},
    {"half_life_days", SCHEMA_INTEGER, offsetof(AttributionEntry, half_life_days), .default_text = "7", .minimum = 1,
     .maximum = 3650, .meaning = "time_decay: a touch so many days before the last one counts half"},
    {"model", SCHEMA_TEXT, offsetof(AttributionEntry, model), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the model that reports show first; linear, or the first of 'models'"},
    {"models", SCHEMA_TEXT_LIST, offsetof(AttributionEntry, models), .minimum = 1, .maximum = MODELS_MAX,
     .meaning = "the models that are computed"},
    {"custom", SCHEMA_MAPPING_LIST, offsetof(AttributionEntry, custom), .maximum = CUSTOM_MODELS_MAX,
     .schema = &custom_schema, .unique = "name", .meaning = "models of your own, by the shares of milestones"},
    {"scope", SCHEMA_ENUM, offsetof(AttributionEntry, scope), .default_text = "deal_contacts", .names = scopes,
     .meaning = "whose touches count for a deal"},
    {"role_weights", SCHEMA_TEXT_MAPPING, offsetof(AttributionEntry, role_weights), .maximum = ROLES_MAX,
     .meaning = "by how much the touches of a person in that role count; 1 unless given"},
    {"touches", SCHEMA_MAPPING, offsetof(AttributionEntry, touches), .schema = &touches_schema,
     .meaning = "what counts as a touch of a journey"},
    {"path", SCHEMA_MAPPING, offsetof(AttributionEntry, path), .schema = &path_schema,
     .meaning = "which touches of a journey stay"},
    {"states", SCHEMA_INTEGER, offsetof(AttributionEntry, states), .default_text = "500", .minimum = 2, .maximum = 2000,
     .meaning = "the most states of a markov model; the rarest contents fold into their topic"},
    {"history_days", SCHEMA_INTEGER, offsetof(AttributionEntry, history_days), .minimum = 1, .maximum = 36500,
     .meaning = "how long credit is kept as it was reported before it became another; for good unless given"},
};
const Schema attribution_schema = {attribution_fields, sizeof attribution_fields / sizeof attribution_fields[0],
                                   sizeof(AttributionEntry), .has_node = true};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* --- models --------------------------------------------------------------------------------------------------- */

/* A decimal number from 0 to maximum, in units of 10^-exponent. */
static Status take_number(const YamlNode *node, Text text, int64_t maximum, int exponent, int64_t *ret_value,
                          Error *error)
{
    Decimal decimal;
    int64_t value, scale = 1;
    bool is_exact = false;
    for (int i = 0; i < exponent; i++)
        scale *= 10;
    if (!decimal_parse(text, (DecimalStyle){0}, &decimal) || !decimal_to_minor(decimal, exponent, &value, &is_exact) ||
        !is_exact || value < 0 || value > maximum * scale)
        return yaml_error(node, error, "'%.*s' must be a number from 0 to %lld with at most %d decimal places, not %s",
                          TEXT_PRINTF(node->key->value), (long long)maximum, exponent, yaml_describe(node).text);
    *ret_value = value;
    return STATUS_OK;
}

static bool is_built_in(Text name)
{
    for (const char *const *known = attribution_models; *known; known++)
        if (text_is(name, *known))
            return true;
    return false;
}

static Status take_custom_model(const CustomEntry *entry, CustomModel *model, Error *error)
{
    if (is_built_in(text_from(entry->name)))
        return yaml_error(yaml_get(entry->node, "name"), error, "the model '%s' is built in: take another name",
                          entry->name);
    const struct {
        const char *key;
        Text text;
        int64_t *value;
    } shares[] = {
        {"first_touch", entry->first_touch, &model->first_touch},
        {"lead_creation", entry->lead_creation, &model->lead_creation},
        {"deal_creation", entry->deal_creation, &model->deal_creation},
        {"closed_won", entry->closed_won, &model->closed_won},
        {"last_touch", entry->last_touch, &model->last_touch},
        {"last_non_direct", entry->last_non_direct, &model->last_non_direct},
        {"rest", entry->rest, &model->rest},
    };
    int64_t sum = 0;
    model->name = entry->name;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const YamlNode *node = yaml_get(entry->node, shares[i].key);
        if (node)
            TRY(take_number(node, shares[i].text, SHARE_MAX, 3, shares[i].value, error));
        sum += *shares[i].value;
    }
    if (sum > 0)
        return STATUS_OK;
    yaml_error(entry->node, error, "the model '%s' shares nothing", entry->name);
    return error_hint(error, "such as {name: %s, first_touch: 50, deal_creation: 30, rest: 20}", entry->name);
}

static Status take_custom(const AttributionEntry *entry, Arena *arena, Attribution *attribution, Error *error)
{
    const CustomEntry *given = entry->custom.items;
    CustomModel *custom = arena_allocate(arena, entry->custom.count * sizeof *custom);
    if (!custom)
        return no_room(entry->node, error);
    for (size_t i = 0; i < entry->custom.count; i++) {
        custom[i] = (CustomModel){0};
        TRY(take_custom_model(&given[i], &custom[i], error));
    }
    attribution->custom = custom;
    attribution->custom_count = entry->custom.count;
    return STATUS_OK;
}

/* Those built in that are computed unless others are asked for, and all of the user's own; or all that there are. */
static size_t list_models(const Attribution *attribution, bool is_all, const char **names)
{
    size_t count = 0;
    for (; attribution_models[count] && (is_all || count < ATTRIBUTION_DEFAULT_MODELS); count++)
        names[count] = attribution_models[count];
    for (size_t i = 0; i < attribution->custom_count; i++)
        names[count++] = attribution->custom[i].name;
    return count;
}

static const char *find_name(Text name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, names[i]))
            return names[i];
    return NULL;
}

static Status unknown_model(const YamlNode *node, Text name, const char *const *names, size_t count, Error *error)
{
    yaml_error(node, error, "unknown model '%.*s'", TEXT_PRINTF(name));
    const char *nearest = nearest_name(name, names, count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    return error_hint(error,
                      "built in are first_touch, last_touch, last_non_direct, linear, position_based, time_decay, "
                      "u_lead_creation, w_shaped, full_path, j_shaped, inverse_j, markov_content, "
                      "markov_channel, markov_topic, shapley_channel and shapley_topic");
}

static Status take_models(const AttributionEntry *entry, Arena *arena, Attribution *attribution, Error *error)
{
    const char *known[MODELS_MAX];
    size_t known_count = list_models(attribution, true, known);
    const char **models = arena_allocate(arena, MODELS_MAX * sizeof *models);
    if (!models)
        return no_room(entry->node, error);
    size_t count = entry->models.count ? 0 : list_models(attribution, false, models);
    const YamlNode *list = yaml_get(entry->node, "models");
    for (size_t i = 0; i < entry->models.count; i++) {
        const char *name = find_name(entry->models.items[i], known, known_count);
        if (!name)
            return unknown_model(list, entry->models.items[i], known, known_count, error);
        if (find_name(entry->models.items[i], models, count))
            return yaml_error(list, error, "the model '%s' is named twice", name);
        models[count++] = name;
    }
    attribution->models = models;
    attribution->model_count = count;
    if (text_is_null(entry->model)) {
        const char *linear = find_name(TEXT("linear"), models, count);
        attribution->model = linear ? linear : models[0];
        return STATUS_OK;
    }
    attribution->model = find_name(entry->model, models, count);
    if (attribution->model)
        return STATUS_OK;
    const YamlNode *node = yaml_get(entry->node, "model");
    if (find_name(entry->model, known, known_count))
        return yaml_error(node, error, "the model '%.*s' is not among those computed", TEXT_PRINTF(entry->model));
    return unknown_model(node, entry->model, known, known_count, error);
}

/* --- the rest ------------------------------------------------------------------------------------------------- */

static bool is_separator(char byte)
{
    return (unsigned char)byte < 0x80 && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9');
}

/* As cl_core.role_name() writes the roles of a CRM. */
static Text make_role(Text name, Arena *arena)
{
    char *role = arena_copy(arena, name);
    size_t size = 0;
    for (size_t i = 0; role && i < name.size; i++) {
        char byte = name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] - 'A' + 'a') : name.data[i];
        if (!is_separator(byte))
            role[size++] = byte;
        else if (size > 0 && role[size - 1] != '_')
            role[size++] = '_';
    }
    if (size > 0 && role[size - 1] == '_')
        size--;
    return (Text){role, size};
}

static Status take_roles(const AttributionEntry *entry, Arena *arena, Attribution *attribution, Error *error)
{
    RoleWeight *roles = arena_allocate(arena, entry->role_weights.count * sizeof *roles);
    if (!roles)
        return no_room(entry->node, error);
    for (size_t i = 0; i < entry->role_weights.count; i++) {
        const SchemaPair *pair = &entry->role_weights.items[i];
        roles[i].role = make_role(pair->name, arena);
        if (text_is_null(roles[i].role))
            return no_room(pair->node, error);
        if (text_is_empty(roles[i].role))
            return yaml_error(pair->node, error, "'%.*s' is no name of a role", TEXT_PRINTF(pair->name));
        for (size_t other = 0; other < i; other++)
            if (text_equal(roles[other].role, roles[i].role))
                return yaml_error(pair->node, error, "the role '%.*s' is given twice", TEXT_PRINTF(roles[i].role));
        TRY(take_number(pair->node, pair->value, ROLE_WEIGHT_HIGHEST, 6, &roles[i].weight, error));
    }
    attribution->role_weights = roles;
    attribution->role_weight_count = entry->role_weights.count;
    return STATUS_OK;
}

static Status check_filter(const AttributionEntry *entry, const char *key, const NameFilter *filter, Error *error)
{
    if (filter->only.count == 0 || filter->except.count == 0)
        return STATUS_OK;
    return yaml_error(yaml_get(yaml_get(entry->node, "touches"), key), error,
                      "'%s' has both 'only' and 'except': give one of them", key);
}

Status attribution_make(const AttributionEntry *entry, Arena *arena, Attribution *ret_attribution, Error *error)
{
    Attribution attribution = {
        .lookback_days = entry->lookback_days,
        .half_life_days = entry->half_life_days,
        .lookback_touches = entry->lookback_touches,
        .until = (AttributionUntil)entry->until,
        .scope = scopes[entry->scope].name,
        .interactions = entry->touches.interactions,
        .channels = entry->touches.channels,
        .campaigns = entry->touches.campaigns,
        .activities = entry->touches.activities,
        .collapse = (PathCollapse)entry->path.collapse,
        .collapse_by = (PathItem)entry->path.by,
        .drops_direct = entry->path.drop_direct,
        .states = entry->states,
        .history_days = entry->history_days,
    };
    TRY(check_filter(entry, "interactions", &attribution.interactions, error));
    TRY(check_filter(entry, "channels", &attribution.channels, error));
    TRY(check_filter(entry, "campaigns", &attribution.campaigns, error));
    TRY(take_custom(entry, arena, &attribution, error));
    TRY(take_models(entry, arena, &attribution, error));
    TRY(take_roles(entry, arena, &attribution, error));
    *ret_attribution = attribution;
    return STATUS_OK;
}
