#include "common/config/schema.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAXIMUM_NAMES = 64, IDENTIFIER_SIZE = 63 };

typedef struct Unit {
    const char *name;
    int64_t factor;
} Unit;

static const Unit duration_units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}, {NULL, 0}};
static const Unit size_units[] = {{"B", 1},           {"KiB", 1LL << 10}, {"MiB", 1LL << 20},
                                  {"GiB", 1LL << 30}, {"TiB", 1LL << 40}, {NULL, 0}};

static Status hint_meaning(const SchemaField *field, Error *error)
{
    return field->meaning ? error_hint(error, "%s: %s", field->name, field->meaning) : STATUS_ERROR;
}

static Status must_be(const SchemaField *field, const YamlNode *node, const char *expected, Error *error)
{
    yaml_error(node, error, "'%s' must be %s, not %s", field->name, expected, yaml_describe(node).text);
    return hint_meaning(field, error);
}

static Status out_of_range(const SchemaField *field, const YamlNode *node, const char *what, int64_t value,
                           Error *error)
{
    if (field->maximum == INT64_MAX)
        yaml_error(node, error, "%s of '%s' must be at least %lld, not %lld", what, field->name,
                   (long long)field->minimum, (long long)value);
    else
        yaml_error(node, error, "%s of '%s' must be from %lld to %lld, not %lld", what, field->name,
                   (long long)field->minimum, (long long)field->maximum, (long long)value);
    return hint_meaning(field, error);
}

static Status check_range(const SchemaField *field, const YamlNode *node, const char *what, int64_t value, Error *error)
{
    bool has_range = field->minimum != 0 || field->maximum != 0;
    if (has_range && (value < field->minimum || value > field->maximum))
        return out_of_range(field, node, what, value, error);
    return STATUS_OK;
}

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* The lists of names are joined for hints: "a, b, c", cut with "..." where a hint ends. */
static Status hint_known(const char *const *names, size_t count, Error *error)
{
    char joined[400] = "";
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        int more = snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
        if (more < 0 || (size_t)more >= sizeof joined - size - sizeof ", ...") {
            snprintf(joined + size, sizeof joined - size, ", ...");
            break;
        }
        size += (size_t)more;
    }
    return error_hint(error, "known are: %s", joined);
}

static Status hint_nearest(Text wanted, const char *const *names, size_t count, Error *error)
{
    const char *nearest = nearest_name(wanted, names, count);
    return nearest ? error_hint(error, "did you mean '%s'?", nearest) : hint_known(names, count, error);
}

/* --- scalars -------------------------------------------------------------------------------------------------- */

static Status check_text(const SchemaField *field, const YamlNode *node, Text *ret_text, Error *error)
{
    TRY(check_range(field, node, "the length", (int64_t)node->value.size, error));
    *ret_text = node->value;
    return STATUS_OK;
}

static bool is_identifier(Text text)
{
    if (text.size == 0 || text.size > IDENTIFIER_SIZE || text.data[0] < 'a' || text.data[0] > 'z')
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char byte = text.data[i];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && byte != '_' && byte != '-')
            return false;
    }
    return true;
}

static Status check_identifier(const SchemaField *field, const YamlNode *node, const char **ret_name, Error *error)
{
    if (!is_identifier(node->value))
        return must_be(field, node, "a name of at most 63 of a-z, 0-9, _ and -, beginning with a letter", error);
    *ret_name = node->value.data;
    return STATUS_OK;
}

static Status check_character(const SchemaField *field, const YamlNode *node, char *ret_character, Error *error)
{
    if (node->value.size > 1 || (node->value.size == 1 && (unsigned char)node->value.data[0] >= 0x80))
        return must_be(field, node, "one ASCII character", error);
    *ret_character = node->value.size ? node->value.data[0] : '\0';
    return STATUS_OK;
}

static Status check_bool(const SchemaField *field, const YamlNode *node, bool *ret_value, Error *error)
{
    bool is_true = text_is(node->value, "true") || text_is(node->value, "True") || text_is(node->value, "TRUE");
    bool is_false = text_is(node->value, "false") || text_is(node->value, "False") || text_is(node->value, "FALSE");
    if (!node->is_plain || (!is_true && !is_false))
        return must_be(field, node, node->is_plain ? "true or false" : "true or false without quotes", error);
    *ret_value = is_true;
    return STATUS_OK;
}

static Status check_integer(const SchemaField *field, const YamlNode *node, int64_t *ret_value, Error *error)
{
    long long value;
    if (!text_to_int64(node->value, &value))
        return must_be(field, node, "a whole number", error);
    if (!node->is_plain)
        return must_be(field, node, "a whole number without quotes", error);
    TRY(check_range(field, node, "the value", value, error));
    *ret_value = value;
    return STATUS_OK;
}

/* Digits and nothing else, no sign. */
static bool to_count(Text text, int64_t *ret_count)
{
    long long value;
    if (text.size == 0 || text.data[0] < '0' || text.data[0] > '9' || !text_to_int64(text, &value))
        return false;
    *ret_count = value;
    return true;
}

static bool to_quantity(Text text, const Unit *units, int64_t *ret_value)
{
    size_t digits = 0;
    while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    Text unit = {text.data + digits, text.size - digits};
    int64_t count;
    if (!to_count((Text){text.data, digits}, &count))
        return false;
    for (; units->name; units++)
        if (text_is(unit, units->name))
            return !__builtin_mul_overflow(count, units->factor, ret_value);
    return false;
}

static Status check_quantity(const SchemaField *field, const YamlNode *node, int64_t *ret_value, Error *error)
{
    bool is_duration = field->type == SCHEMA_DURATION;
    int64_t value;
    if (!to_quantity(node->value, is_duration ? duration_units : size_units, &value))
        return must_be(field, node,
                       is_duration ? "a duration such as 90s, 30m, 8h, 7d or 2w"
                                   : "a size such as 512B, 64KiB, 64MiB or 1GiB",
                       error);
    TRY(check_range(field, node, is_duration ? "the seconds" : "the bytes", value, error));
    *ret_value = value;
    return STATUS_OK;
}

/* "5" or "0.25" into hundredths. */
static bool to_hundredths(Text text, int64_t *ret_value)
{
    size_t point = text_find(text, '.');
    int64_t whole, part = 0;
    if (!to_count((Text){text.data, point}, &whole) || whole > 100)
        return false;
    if (point < text.size) {
        Text decimals = {text.data + point + 1, text.size - point - 1};
        if (decimals.size > 2 || !to_count(decimals, &part))
            return false;
        part *= decimals.size == 1 ? 10 : 1;
    }
    *ret_value = whole * 100 + part;
    return *ret_value <= 100 * 100;
}

static Status check_limit(const SchemaField *field, const YamlNode *node, SchemaLimit *ret_limit, Error *error)
{
    SchemaLimit limit = {.is_percent = text_ends_with(node->value, TEXT("%"))};
    Text number = {node->value.data, node->value.size - limit.is_percent};
    if (limit.is_percent ? !to_hundredths(number, &limit.value) : !to_count(number, &limit.value))
        return must_be(field, node, "a count such as 100 or a share such as 5%", error);
    if (!limit.is_percent)
        TRY(check_range(field, node, "the value", limit.value, error));
    *ret_limit = limit;
    return STATUS_OK;
}

static Status check_enum(const SchemaField *field, const YamlNode *node, int *ret_value, Error *error)
{
    const char *names[MAXIMUM_NAMES];
    size_t count = 0;
    for (const SchemaName *name = field->names; name->name && count < MAXIMUM_NAMES; name++) {
        if (text_is(node->value, name->name)) {
            *ret_value = name->value;
            return STATUS_OK;
        }
        names[count++] = name->name;
    }
    yaml_error(node, error, "unknown %s %s", field->name, yaml_describe(node).text);
    return hint_nearest(node->value, names, count, error);
}

static Status check_scalar(const SchemaField *field, const YamlNode *node, void *target, Error *error)
{
    if (node->kind != YAML_SCALAR)
        return must_be(field, node, "a single value", error);
    switch (field->type) {
    case SCHEMA_TEXT:
        return check_text(field, node, target, error);
    case SCHEMA_STRING: {
        Text text;
        TRY(check_text(field, node, &text, error));
        *(const char **)target = text.data;
        return STATUS_OK;
    }
    case SCHEMA_IDENTIFIER:
        return check_identifier(field, node, target, error);
    case SCHEMA_CHARACTER:
        return check_character(field, node, target, error);
    case SCHEMA_BOOL:
        return check_bool(field, node, target, error);
    case SCHEMA_INTEGER:
        return check_integer(field, node, target, error);
    case SCHEMA_LIMIT:
        return check_limit(field, node, target, error);
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
        return check_quantity(field, node, target, error);
    case SCHEMA_ENUM:
        return check_enum(field, node, target, error);
    default:
        return error_set(error, ERROR_INTERNAL, "'%s' has no type in its schema", field->name);
    }
}

/* --- lists and mappings --------------------------------------------------------------------------------------- */

static Status check_text_item(const SchemaField *field, const YamlNode *node, Error *error)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return yaml_error(node, error, "each of '%s' must be text, not %s", field->name, yaml_describe(node).text);
    return STATUS_OK;
}

static Status check_text_list(const SchemaField *field, const YamlNode *node, Arena *arena, SchemaTexts *ret_texts,
                              Error *error)
{
    if (node->kind == YAML_MAPPING)
        return must_be(field, node, "a list of texts", error);
    bool is_list = node->kind == YAML_SEQUENCE;
    size_t count = is_list ? node->count : 1;
    TRY(check_range(field, node, "the number", (int64_t)count, error));
    Text *items = arena_allocate(arena, count * sizeof(Text));
    if (!items)
        return no_room(node, error);
    const YamlNode *child = is_list ? node->first : node;
    for (size_t i = 0; i < count; i++, child = child->next) {
        TRY(check_text_item(field, child, error));
        items[i] = child->value;
    }
    *ret_texts = (SchemaTexts){items, count};
    return STATUS_OK;
}

static Status check_text_mapping(const SchemaField *field, const YamlNode *node, Arena *arena, SchemaPairs *ret_pairs,
                                 Error *error)
{
    if (node->kind != YAML_MAPPING)
        return must_be(field, node, "a mapping of names to texts", error);
    TRY(check_range(field, node, "the number", (int64_t)node->count, error));
    SchemaPair *items = arena_allocate(arena, node->count * sizeof(SchemaPair));
    if (!items)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next) {
        TRY(check_text_item(field, child, error));
        items[count++] = (SchemaPair){child->key->value, child->value, child};
    }
    *ret_pairs = (SchemaPairs){items, count};
    return STATUS_OK;
}

static int compare_values(const void *a, const void *b)
{
    const YamlNode *x = *(const YamlNode *const *)a, *y = *(const YamlNode *const *)b;
    int order = text_compare(x->value, y->value);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    return order ? order : (x->column > y->column) - (x->column < y->column);
}

/* Sorted, so that a long list does not take its square. */
static Status check_unique(const SchemaField *field, const YamlNode *list, Arena *arena, Error *error)
{
    const YamlNode **values = arena_allocate(arena, list->count * sizeof(const YamlNode *));
    if (!values)
        return no_room(list, error);
    size_t count = 0;
    for (const YamlNode *item = list->first; item; item = item->next) {
        const YamlNode *value = yaml_get(item, field->unique);
        if (value && value->kind == YAML_SCALAR && !yaml_is_null(value))
            values[count++] = value;
    }
    qsort(values, count, sizeof *values, compare_values);
    for (size_t i = 1; i < count; i++) {
        if (!text_equal(values[i - 1]->value, values[i]->value))
            continue;
        yaml_error(values[i], error, "the %s %s is given twice in '%s'", field->unique, yaml_describe(values[i]).text,
                   field->name);
        return error_hint(error, "it was first given in line %zu", values[i - 1]->line);
    }
    return STATUS_OK;
}

static Status check_mapping_list(const SchemaField *field, const YamlNode *node, Arena *arena, SchemaItems *ret_items,
                                 Error *error)
{
    if (node->kind != YAML_SEQUENCE)
        return must_be(field, node, "a list", error);
    TRY(check_range(field, node, "the number", (int64_t)node->count, error));
    size_t size = field->schema->struct_size, bytes;
    char *items = __builtin_mul_overflow(node->count, size, &bytes) ? NULL : arena_allocate(arena, bytes);
    if (!items)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *item = node->first; item; item = item->next) {
        if (item->kind != YAML_MAPPING)
            return yaml_error(item, error, "each of '%s' must be a mapping, not %s", field->name,
                              yaml_describe(item).text);
        TRY(schema_check(field->schema, item, arena, items + size * count++, error));
    }
    if (field->unique)
        TRY(check_unique(field, node, arena, error));
    *ret_items = (SchemaItems){items, count};
    return STATUS_OK;
}

/* --- one mapping ---------------------------------------------------------------------------------------------- */

static Status check_value(const SchemaField *field, const YamlNode *node, Arena *arena, void *target, Error *error)
{
    switch (field->type) {
    case SCHEMA_TEXT_LIST:
        return check_text_list(field, node, arena, target, error);
    case SCHEMA_TEXT_MAPPING:
        return check_text_mapping(field, node, arena, target, error);
    case SCHEMA_MAPPING_LIST:
        return check_mapping_list(field, node, arena, target, error);
    case SCHEMA_MAPPING:
        if (node->kind != YAML_MAPPING)
            return must_be(field, node, "a mapping", error);
        return schema_check(field->schema, node, arena, target, error);
    case SCHEMA_ANY:
        *(const YamlNode **)target = node;
        return STATUS_OK;
    default:
        return check_scalar(field, node, target, error);
    }
}

/* The default is read by the same code as what a user writes, so that it cannot be something that a user may not. */
static Status fill_default(const SchemaField *field, Arena *arena, void *target, Error *error)
{
    if (field->type == SCHEMA_MAPPING)
        return schema_check(field->schema, NULL, arena, target, error);
    if (!field->default_text)
        return STATUS_OK;
    YamlNode *node = arena_allocate(arena, sizeof *node);
    if (!node)
        return error_set(error, ERROR_CONFIG, "the configuration needs more memory than is set aside for it");
    *node = (YamlNode){.is_plain = true, .value = text_from(field->default_text), .file = "default"};
    return check_value(field, node, arena, target, error);
}

static Status check_required(const SchemaField *field, const YamlNode *mapping, const YamlNode *node, Error *error)
{
    if (!field->is_required || !mapping)
        return STATUS_OK;
    if (node)
        yaml_error(node, error, "the required key '%s' has no value", field->name);
    else
        yaml_error(mapping, error, "the required key '%s' is missing", field->name);
    return hint_meaning(field, error);
}

static Status check_keys(const Schema *schema, const YamlNode *mapping, Error *error)
{
    const char *names[MAXIMUM_NAMES];
    size_t count = schema->field_count < MAXIMUM_NAMES ? schema->field_count : MAXIMUM_NAMES;
    for (size_t i = 0; i < count; i++)
        names[i] = schema->fields[i].name;
    for (const YamlNode *child = mapping->first; child; child = child->next) {
        size_t i = 0;
        while (i < schema->field_count && !text_is(child->key->value, schema->fields[i].name))
            i++;
        if (i < schema->field_count)
            continue;
        yaml_error(child->key, error, "unknown key %s", yaml_describe(child->key).text);
        return hint_nearest(child->key->value, names, count, error);
    }
    return STATUS_OK;
}

static Status check_fields(const Schema *schema, const YamlNode *mapping, Arena *arena, char *target, Error *error)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const SchemaField *field = &schema->fields[i];
        const YamlNode *node = yaml_get(mapping, field->name);
        if (node && !yaml_is_null(node)) {
            TRY(check_value(field, node, arena, target + field->offset, error));
            continue;
        }
        TRY(check_required(field, mapping, node, error));
        TRY(fill_default(field, arena, target + field->offset, error));
    }
    return STATUS_OK;
}

Status schema_check(const Schema *schema, const YamlNode *node, Arena *arena, void *ret_struct, Error *error)
{
    if (node && node->kind != YAML_MAPPING && !yaml_is_null(node))
        return yaml_error(node, error, "a mapping of keys to values must stand here, not %s", yaml_describe(node).text);
    char *target = arena_allocate(arena, schema->struct_size);
    if (!target)
        return error_set(error, ERROR_CONFIG, "the configuration needs more memory than is set aside for it");
    if (node)
        TRY(check_keys(schema, node, error));
    TRY(check_fields(schema, node, arena, target, error));
    if (schema->has_node)
        *(const YamlNode **)(void *)target = node;
    memcpy(ret_struct, target, schema->struct_size);
    return STATUS_OK;
}

bool schema_limit_is_exceeded(SchemaLimit limit, int64_t count, int64_t total)
{
    if (!limit.is_percent)
        return count > limit.value;
    return (__int128)count * (100 * 100) > (__int128)total * limit.value;
}
