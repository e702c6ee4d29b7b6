#include "common/config/mapping.h"

#include "common/config/each.h"
#include "common/config/field.h"

#include <stdio.h>
#include <stdlib.h>

const SchemaName mapping_kinds[] = {
    {"view", RECORD_VIEW},
    {"identity", RECORD_IDENTITY},
    {"lead", RECORD_LEAD},
    {"account", RECORD_ACCOUNT},
    {"deal", RECORD_DEAL},
    {"deal_contact", RECORD_DEAL_CONTACT},
    {"deal_split", RECORD_DEAL_SPLIT},
    {"activity", RECORD_ACTIVITY},
    {"content", RECORD_CONTENT},
    {"question", RECORD_QUESTION},
    {"cost", RECORD_COST},
    {"rate", RECORD_RATE},
    {"property_change", RECORD_PROPERTY_CHANGE},
    {NULL, 0},
};

static const SchemaField entry_fields[] = {
    {"kind", SCHEMA_ENUM, offsetof(MappingEntry, kind), .is_required = true, .names = mapping_kinds,
     .meaning = "the record kind that each record or nested element becomes"},
    {"each", SCHEMA_ANY, offsetof(MappingEntry, each),
     .meaning = "the path of the nested elements that become a record each, {split: PATH, by: ';'} or {columns: a_#_}"},
    {"fields", SCHEMA_ANY, offsetof(MappingEntry, fields), .is_required = true,
     .meaning = "which part of the source each field of the kind comes from"},
    {"only", SCHEMA_ANY, offsetof(MappingEntry, only), .meaning = "take only what says this"},
    {"unless", SCHEMA_ANY, offsetof(MappingEntry, unless), .meaning = "leave out what says this"},
};

const Schema mapping_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(MappingEntry),
                               .has_node = true};

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
    {RECORD_DEAL_SPLIT, {DEAL_SPLIT_PERCENT, DEAL_SPLIT_SHARE}, 2, "'percent' or 'share'"},
    {RECORD_ACTIVITY,
     {ACTIVITY_CONTACT_KEY, ACTIVITY_EMAIL, ACTIVITY_DEAL_KEY},
     3,
     "'contact_key', 'email' or 'deal_key'"},
    {RECORD_PROPERTY_CHANGE,
     {PROPERTY_CHANGE_DEAL_KEY, PROPERTY_CHANGE_CONTACT_KEY, PROPERTY_CHANGE_EMAIL},
     3,
     "'deal_key', 'contact_key' or 'email'"},
};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* --- fields --------------------------------------------------------------------------------------------------- */

static int compare_fields(const void *a, const void *b)
{
    const FieldMapping *x = a, *y = b;
    return (x->field > y->field) - (x->field < y->field);
}

static Status read_fields(const MappingEntry *entry, const PathPlace *place, RecordMapping *mapping, Error *error)
{
    const YamlNode *node = entry->fields;
    if (node->kind != YAML_MAPPING || node->count == 0) {
        yaml_error(node, error, "'fields' must be a mapping of fields to paths, not %s",
                   node->kind == YAML_MAPPING ? "an empty one" : yaml_describe(node).text);
        return error_hint(error, "fields: {deal_key: Id, amount: Amount, ...}");
    }
    FieldMapping *fields = arena_allocate(place->arena, node->count * sizeof *fields);
    if (!fields)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next)
        TRY(field_read(place, mapping->kind, child, &fields[count++], error));
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

/* --- filters: only and unless --------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return text_compare(*(const Text *)a, *(const Text *)b);
}

static int compare_filters(const void *a, const void *b)
{
    return text_compare(((const OnlyFilter *)a)->path, ((const OnlyFilter *)b)->path);
}

static Status read_filter(const char *name, const YamlNode *key, const YamlNode *node, Arena *arena,
                          OnlyFilter *ret_filter, Error *error)
{
    if (node->kind == YAML_MAPPING && node->count == 1 && text_is(node->first->key->value, "like") &&
        node->first->kind != YAML_MAPPING) {
        TRY(read_filter(name, key, node->first, arena, ret_filter, error));
        ret_filter->is_like = true;
        return STATUS_OK;
    }
    bool is_list = node->kind == YAML_SEQUENCE;
    size_t count = is_list ? node->count : 1;
    if (node->kind == YAML_MAPPING || count == 0)
        return yaml_error(node, error, "'%s' needs a value or a list of values for '%s', not %s", name, key->value.data,
                          count ? yaml_describe(node).text : "an empty list");
    Text *values = arena_allocate(arena, count * sizeof *values);
    if (!values)
        return no_room(node, error);
    const YamlNode *child = is_list ? node->first : node;
    for (size_t i = 0; i < count; i++, child = child->next) {
        if (child->kind != YAML_SCALAR || yaml_is_null(child))
            return yaml_error(child, error, "a value of '%s' must be text, not %s", name, yaml_describe(child).text);
        values[i] = child->value;
    }
    qsort(values, count, sizeof *values, compare_texts);
    *ret_filter =
        (OnlyFilter){.path = key->value, .values = values, .value_count = count, .line = (unsigned int)key->line};
    return STATUS_OK;
}

static Status read_filters(const PathPlace *place, const char *name, const YamlNode *node,
                           const OnlyFilter **ret_filters, size_t *ret_count, Error *error)
{
    if (!node)
        return STATUS_OK;
    if (node->kind != YAML_MAPPING) {
        yaml_error(node, error, "'%s' must be a mapping of paths to values, not %s", name, yaml_describe(node).text);
        return error_hint(error, "%s: {StageName: Closed Won}", name);
    }
    OnlyFilter *filters = arena_allocate(place->arena, node->count * sizeof *filters);
    if (!filters)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next) {
        TRY(field_check_path(place, child->key, child->key->value, error));
        TRY(read_filter(name, child->key, child, place->arena, &filters[count++], error));
    }
    qsort(filters, count, sizeof *filters, compare_filters);
    *ret_filters = filters;
    *ret_count = count;
    return STATUS_OK;
}

Status mapping_make(const MappingEntry *entry, const Source *source, Arena *arena, RecordMapping *ret_mapping,
                    Error *error)
{
    RecordMapping mapping = {.kind = (RecordKind)entry->kind, .line = (unsigned int)entry->node->line};
    PathPlace place = {.source = source, .each = EACH_RECORD, .arena = arena};
    TRY(each_read(&place, entry->each, &mapping, error));
    place.each = mapping.each_form;
    TRY(read_fields(entry, &place, &mapping, error));
    TRY(check_required(entry, &mapping, error));
    TRY(read_filters(&place, "only", entry->only, &mapping.only, &mapping.only_count, error));
    TRY(read_filters(&place, "unless", entry->unless, &mapping.unless, &mapping.unless_count, error));
    *ret_mapping = mapping;
    return STATUS_OK;
}
