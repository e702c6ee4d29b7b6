#include "common/config/traffic.h"

enum { RANGES_MAX = 10000, PARAMETERS_MAX = 100, VALUES_MAX = 1000 };

static const SchemaField fields[] = {
    {"internal_addresses", SCHEMA_TEXT_LIST, offsetof(TrafficEntry, internal_addresses), .maximum = RANGES_MAX,
     .meaning = "ranges of addresses such as 10.0.0.0/8, from which nobody's views count"},
    {"internal_parameters", SCHEMA_ANY, offsetof(TrafficEntry, internal_parameters),
     .meaning = "query parameters, each with the values that mark a view as internal"},
    {"bots_above", SCHEMA_INTEGER, offsetof(TrafficEntry, bots_above), .minimum = 1, .maximum = 1000000000,
     .meaning = "a visitor with more views in a day is a robot that day; nobody is unless given"},
};
const Schema traffic_schema = {fields, sizeof fields / sizeof fields[0], sizeof(TrafficEntry), .has_node = true};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

static Status take_ranges(const TrafficEntry *entry, Arena *arena, Traffic *traffic, Error *error)
{
    const YamlNode *node = yaml_get(entry->node, "internal_addresses");
    IpRange *ranges = arena_allocate(arena, entry->internal_addresses.count * sizeof *ranges);
    if (!ranges)
        return no_room(node, error);
    for (size_t i = 0; i < entry->internal_addresses.count; i++) {
        Text text = entry->internal_addresses.items[i];
        const char *flaw = ip_range_parse(text, &ranges[i]);
        if (flaw)
            return yaml_error(node, error, "'%.*s' %s", TEXT_PRINTF(text), flaw);
    }
    traffic->internal_ranges = ranges;
    traffic->internal_range_count = entry->internal_addresses.count;
    return STATUS_OK;
}

static Status take_value(const YamlNode *node, Text *ret_value, Error *error)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return yaml_error(node, error, "a value of 'internal_parameters' must be text, not %s",
                          yaml_describe(node).text);
    *ret_value = node->value;
    return STATUS_OK;
}

/* One value, or a list of them. */
static Status take_parameter(const YamlNode *node, Arena *arena, TrafficParameter *parameter, Error *error)
{
    bool is_list = node->kind == YAML_SEQUENCE;
    size_t count = is_list ? node->count : 1;
    if (count == 0 || count > VALUES_MAX)
        return yaml_error(node, error, "'%.*s' needs a value or a list of at most %d values",
                          TEXT_PRINTF(node->key->value), VALUES_MAX);
    Text *values = arena_allocate(arena, count * sizeof *values);
    if (!values)
        return no_room(node, error);
    const YamlNode *item = is_list ? node->first : node;
    for (size_t i = 0; i < count; i++, item = item->next)
        TRY(take_value(item, &values[i], error));
    *parameter = (TrafficParameter){.name = node->key->value, .values = values, .value_count = count};
    return STATUS_OK;
}

static Status take_parameters(const TrafficEntry *entry, Arena *arena, Traffic *traffic, Error *error)
{
    const YamlNode *node = entry->internal_parameters;
    if (!node)
        return STATUS_OK;
    if (node->kind != YAML_MAPPING || node->count > PARAMETERS_MAX)
        return yaml_error(node, error, "'internal_parameters' must be a mapping of at most %d names, not %s",
                          PARAMETERS_MAX, yaml_describe(node).text);
    TrafficParameter *parameters = arena_allocate(arena, node->count * sizeof *parameters);
    if (!parameters)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *item = node->first; item; item = item->next)
        TRY(take_parameter(item, arena, &parameters[count++], error));
    traffic->internal_parameters = parameters;
    traffic->internal_parameter_count = count;
    return STATUS_OK;
}

Status traffic_make(const TrafficEntry *entry, Arena *arena, Traffic *ret_traffic, Error *error)
{
    Traffic traffic = {.bots_above = entry->bots_above};
    TRY(take_ranges(entry, arena, &traffic, error));
    TRY(take_parameters(entry, arena, &traffic, error));
    *ret_traffic = traffic;
    return STATUS_OK;
}
