#include "common/mapping.h"

#include <stdio.h>
#include <stdlib.h>

const SchemaName mapping_kinds[] = {
    {"view", RECORD_VIEW},         {"identity", RECORD_IDENTITY}, {"lead", RECORD_LEAD},
    {"account", RECORD_ACCOUNT},   {"deal", RECORD_DEAL},         {"deal_contact", RECORD_DEAL_CONTACT},
    {"activity", RECORD_ACTIVITY}, {"content", RECORD_CONTENT},   {"question", RECORD_QUESTION},
    {"cost", RECORD_COST},         {"rate", RECORD_RATE},         {NULL, 0},
};

static const SchemaField entry_fields[] = {
    {"kind", SCHEMA_ENUM, offsetof(MappingEntry, kind), .is_required = true, .names = mapping_kinds,
     .meaning = "the record kind that each record or nested element becomes"},
    {"each", SCHEMA_TEXT, offsetof(MappingEntry, each), .minimum = 1, .maximum = 1024,
     .meaning = "the path of the nested elements that become a record each"},
    {"fields", SCHEMA_ANY, offsetof(MappingEntry, fields), .is_required = true,
     .meaning = "which part of the source each field of the kind comes from"},
    {"only", SCHEMA_ANY, offsetof(MappingEntry, only), .meaning = "take only what says this"},
};

const Schema mapping_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(MappingEntry),
                               .has_node = true};

/* A field's value where it is more than a path. */
typedef struct FieldEntry {
    Text from, value, fallback;
} FieldEntry;

static const SchemaField field_fields[] = {
    {"from", SCHEMA_TEXT, offsetof(FieldEntry, from), .minimum = 1, .maximum = 1024,
     .meaning = "the path in the source"},
    {"value", SCHEMA_TEXT, offsetof(FieldEntry, value), .meaning = "a constant, for every record"},
    {"default", SCHEMA_TEXT, offsetof(FieldEntry, fallback), .meaning = "what stands in where the path yields nothing"},
};

static const Schema field_schema = {field_fields, sizeof field_fields / sizeof field_fields[0], sizeof(FieldEntry),
                                    .has_node = false};

/* Kinds of which one of several fields is needed. */
static const struct Alternative {
    RecordKind kind;
    int fields[3];
    size_t count;
    const char *names;
} alternatives[] = {
    {RECORD_IDENTITY, {IDENTITY_EMAIL, IDENTITY_CONTACT_KEY}, 2, "'email' or 'contact_key'"},
    {RECORD_LEAD, {LEAD_CONTACT_KEY, LEAD_EMAIL}, 2, "'contact_key' or 'email'"},
    {RECORD_ACCOUNT, {ACCOUNT_KEY, ACCOUNT_DOMAIN}, 2, "'account_key' or 'domain'"},
    {RECORD_DEAL_CONTACT, {DEAL_CONTACT_CONTACT_KEY, DEAL_CONTACT_EMAIL}, 2, "'contact_key' or 'email'"},
    {RECORD_ACTIVITY,
     {ACTIVITY_CONTACT_KEY, ACTIVITY_EMAIL, ACTIVITY_DEAL_KEY},
     3,
     "'contact_key', 'email' or 'deal_key'"},
};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* --- paths ---------------------------------------------------------------------------------------------------- */

static bool is_column_number(Text path)
{
    long long number;
    return path.size && path.data[0] >= '1' && path.data[0] <= '9' && text_to_int64(path, &number);
}

static Status check_column(const Source *source, const YamlNode *node, Text path, Arena *arena, Error *error)
{
    if (source->has_header)
        return STATUS_OK;
    if (!source->columns) {
        if (is_column_number(path))
            return STATUS_OK;
        yaml_error(node, error, "%s is no column: a file without a header has columns 1, 2, 3, ...",
                   yaml_describe(node).text);
        return error_hint(error, "list the columns' names under 'header' to use names");
    }
    for (size_t i = 0; i < source->column_count; i++)
        if (text_equal(path, source->columns[i]))
            return STATUS_OK;
    const char **names = arena_allocate(arena, source->column_count * sizeof(const char *));
    if (!names)
        return no_room(node, error);
    for (size_t i = 0; i < source->column_count; i++)
        names[i] = source->columns[i].data;
    yaml_error(node, error, "unknown column %s: 'header' does not list it", yaml_describe(node).text);
    const char *nearest = nearest_name(path, names, source->column_count);
    return nearest ? error_hint(error, "did you mean '%s'?", nearest) : STATUS_ERROR;
}

/* The node is what holds the path: a value, or the key of a filter. */
static Status check_path(const Source *source, Text each, const YamlNode *node, Text path, Arena *arena, Error *error)
{
    if (path.size == 0)
        return yaml_error(node, error, "a path cannot be empty");
    if (source->format == FORMAT_CSV || source->format == FORMAT_TSV)
        return check_column(source, node, path, arena, error);
    if (text_is_null(each) && text_starts_with(path, TEXT("../"))) {
        yaml_error(node, error, "%s climbs out of the record", yaml_describe(node).text);
        return error_hint(error, "'../' leads from a nested element, named by 'each', to the record around it");
    }
    return STATUS_OK;
}

/* --- fields --------------------------------------------------------------------------------------------------- */

static Status unknown_field(RecordKind kind, const YamlNode *key, Error *error)
{
    const RecordSpec *spec = record_spec(kind);
    const char *names[RECORD_FIELDS_MAX];
    for (size_t i = 0; i < spec->field_count; i++)
        names[i] = spec->fields[i].name;
    yaml_error(key, error, "unknown field %s of kind '%s'", yaml_describe(key).text, spec->name);
    const char *nearest = nearest_name(key->value, names, spec->field_count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    char joined[400] = "";
    size_t size = 0;
    for (size_t i = 0; i < spec->field_count && size < sizeof joined; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
    return error_hint(error, "known are: %s", joined);
}

static Status read_field_entry(const YamlNode *node, Arena *arena, FieldMapping *mapping, Error *error)
{
    FieldEntry entry;
    TRY(schema_check(&field_schema, node, arena, &entry, error));
    bool has_from = !text_is_null(entry.from), has_value = !text_is_null(entry.value);
    if (has_from && has_value)
        return yaml_error(node, error, "'from' and 'value' exclude each other: a constant has no path");
    if (!has_from && !has_value)
        return yaml_error(node, error, "either 'from' or 'value' is needed");
    if (has_value && !text_is_null(entry.fallback))
        return yaml_error(node, error, "'default' goes with 'from': a constant needs none");
    mapping->path = entry.from;
    mapping->value = has_value ? entry.value : entry.fallback;
    return STATUS_OK;
}

static Status read_field(const MappingEntry *entry, const Source *source, const YamlNode *node, Arena *arena,
                         FieldMapping *ret_field, Error *error)
{
    RecordKind kind = (RecordKind)entry->kind;
    FieldMapping field = {.field = record_field_find(kind, node->key->value), .line = (unsigned int)node->key->line};
    if (field.field < 0)
        return unknown_field(kind, node->key, error);
    if (node->kind == YAML_SEQUENCE || yaml_is_null(node)) {
        yaml_error(node, error, "the field '%s' must be a path or a mapping, not %s", node->key->value.data,
                   yaml_describe(node).text);
        return error_hint(error, "write its path, {from: PATH, default: TEXT} or {value: TEXT}");
    }
    const YamlNode *path = node;
    if (node->kind == YAML_MAPPING) {
        TRY(read_field_entry(node, arena, &field, error));
        path = yaml_get(node, "from");
    } else {
        field.path = node->value;
    }
    if (!text_is_null(field.path))
        TRY(check_path(source, entry->each, path, field.path, arena, error));
    *ret_field = field;
    return STATUS_OK;
}

static int compare_fields(const void *a, const void *b)
{
    const FieldMapping *x = a, *y = b;
    return (x->field > y->field) - (x->field < y->field);
}

static Status read_fields(const MappingEntry *entry, const Source *source, Arena *arena, RecordMapping *mapping,
                          Error *error)
{
    const YamlNode *node = entry->fields;
    if (node->kind != YAML_MAPPING || node->count == 0) {
        yaml_error(node, error, "'fields' must be a mapping of fields to paths, not %s",
                   node->kind == YAML_MAPPING ? "an empty one" : yaml_describe(node).text);
        return error_hint(error, "fields: {deal_key: Id, amount: Amount, ...}");
    }
    FieldMapping *fields = arena_allocate(arena, node->count * sizeof *fields);
    if (!fields)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next)
        TRY(read_field(entry, source, child, arena, &fields[count++], error));
    qsort(fields, count, sizeof *fields, compare_fields);
    mapping->fields = fields;
    mapping->field_count = count;
    return STATUS_OK;
}

static bool has_field(const RecordMapping *mapping, int field)
{
    for (size_t i = 0; i < mapping->field_count; i++)
        if (mapping->fields[i].field == field)
            return true;
    return false;
}

static Status check_required(const MappingEntry *entry, const RecordMapping *mapping, Error *error)
{
    const RecordSpec *spec = record_spec(mapping->kind);
    char missing[400] = "";
    size_t size = 0, count = 0;
    for (size_t i = 0; i < spec->field_count && size < sizeof missing; i++) {
        if (!spec->fields[i].is_required || has_field(mapping, (int)i))
            continue;
        size += (size_t)snprintf(missing + size, sizeof missing - size, "%s'%s'", count++ ? ", " : "",
                                 spec->fields[i].name);
    }
    if (count)
        return yaml_error(entry->node, error, "kind '%s' needs %s, which 'fields' does not map", spec->name, missing);
    for (size_t i = 0; i < sizeof alternatives / sizeof alternatives[0]; i++) {
        if (alternatives[i].kind != mapping->kind)
            continue;
        for (size_t j = 0; j < alternatives[i].count; j++)
            if (has_field(mapping, alternatives[i].fields[j]))
                return STATUS_OK;
        return yaml_error(entry->node, error, "kind '%s' needs %s, and 'fields' maps none of them", spec->name,
                          alternatives[i].names);
    }
    return STATUS_OK;
}

/* --- only ----------------------------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return text_compare(*(const Text *)a, *(const Text *)b);
}

static int compare_filters(const void *a, const void *b)
{
    return text_compare(((const OnlyFilter *)a)->path, ((const OnlyFilter *)b)->path);
}

static Status read_filter(const YamlNode *node, Arena *arena, OnlyFilter *ret_filter, Error *error)
{
    bool is_list = node->kind == YAML_SEQUENCE;
    size_t count = is_list ? node->count : 1;
    if (node->kind == YAML_MAPPING || count == 0)
        return yaml_error(node, error, "'only' needs a value or a list of values for '%s', not %s",
                          node->key->value.data, count ? yaml_describe(node).text : "an empty list");
    Text *values = arena_allocate(arena, count * sizeof *values);
    if (!values)
        return no_room(node, error);
    const YamlNode *child = is_list ? node->first : node;
    for (size_t i = 0; i < count; i++, child = child->next) {
        if (child->kind != YAML_SCALAR || yaml_is_null(child))
            return yaml_error(child, error, "a value of 'only' must be text, not %s", yaml_describe(child).text);
        values[i] = child->value;
    }
    qsort(values, count, sizeof *values, compare_texts);
    *ret_filter = (OnlyFilter){
        .path = node->key->value, .values = values, .value_count = count, .line = (unsigned int)node->key->line};
    return STATUS_OK;
}

static Status read_only(const MappingEntry *entry, const Source *source, Arena *arena, RecordMapping *mapping,
                        Error *error)
{
    const YamlNode *node = entry->only;
    if (!node)
        return STATUS_OK;
    if (node->kind != YAML_MAPPING) {
        yaml_error(node, error, "'only' must be a mapping of paths to values, not %s", yaml_describe(node).text);
        return error_hint(error, "only: {StageName: Closed Won}");
    }
    OnlyFilter *filters = arena_allocate(arena, node->count * sizeof *filters);
    if (!filters)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next) {
        TRY(check_path(source, entry->each, child->key, child->key->value, arena, error));
        TRY(read_filter(child, arena, &filters[count++], error));
    }
    qsort(filters, count, sizeof *filters, compare_filters);
    mapping->only = filters;
    mapping->only_count = count;
    return STATUS_OK;
}

static Status check_each(const MappingEntry *entry, const Source *source, Error *error)
{
    bool is_flat = source->format == FORMAT_CSV || source->format == FORMAT_TSV;
    if (!is_flat || text_is_null(entry->each))
        return STATUS_OK;
    yaml_error(yaml_get(entry->node, "each"), error, "'each' needs nested records, which %s has not",
               source_format_name(source->format));
    return error_hint(error, "it is for ndjson, json and xml");
}

Status mapping_make(const MappingEntry *entry, const Source *source, Arena *arena, RecordMapping *ret_mapping,
                    Error *error)
{
    RecordMapping mapping = {
        .kind = (RecordKind)entry->kind, .each = entry->each, .line = (unsigned int)entry->node->line};
    TRY(check_each(entry, source, error));
    TRY(read_fields(entry, source, arena, &mapping, error));
    TRY(check_required(entry, &mapping, error));
    TRY(read_only(entry, source, arena, &mapping, error));
    *ret_mapping = mapping;
    return STATUS_OK;
}
