#include "common/config/field.h"

#include "common/config/format_columns.h"
#include "common/config/path.h"
#include "common/config/schema.h"
#include "common/config/source_lookup.h"
#include "common/weblog/column.h"

#include <stdio.h>
#include <stdlib.h>

/* A field's value where it is more than a path. */
typedef struct FieldEntry {
    Text value, fallback, separator, lookup, take;
    const YamlNode *from, *join;
    int form;
    SchemaPairs map;
    bool is_optional;
} FieldEntry;

static const SchemaName forms[] = {{"lower", FORM_LOWER},
                                   {"salesforce_id", FORM_SALESFORCE_ID},
                                   {"email", FORM_EMAIL},
                                   {"no_email", FORM_NO_EMAIL},
                                   {"whole", FORM_WHOLE},
                                   {"milliseconds", FORM_MILLISECONDS},
                                   {"date", FORM_DATE},
                                   {"first", FORM_FIRST},
                                   {NULL, 0}};

static const SchemaField entry_fields[] = {
    {"from", SCHEMA_ANY, offsetof(FieldEntry, from), .meaning = "the path in the source, or a list of paths"},
    {"join", SCHEMA_ANY, offsetof(FieldEntry, join), .meaning = "a list of paths, all of which make the value"},
    {"with", SCHEMA_TEXT, offsetof(FieldEntry, separator), .maximum = 64,
     .meaning = "what stands between what is joined; a blank unless given"},
    {"value", SCHEMA_TEXT, offsetof(FieldEntry, value), .meaning = "a constant, for every record"},
    {"form", SCHEMA_ENUM, offsetof(FieldEntry, form), .names = forms,
     .meaning = "how the value is written: lower; salesforce_id, the form of 18 characters; email, no_email, what is "
                "an address, or is none; whole, a number without fraction; milliseconds, as whole seconds; "
                "date, a time at midnight without it; first, the first of a list with semicolons"},
    {"lookup", SCHEMA_TEXT, offsetof(FieldEntry, lookup), .minimum = 1, .maximum = 255,
     .meaning = "one of the source's lookups, in which the value is a key"},
    {"take", SCHEMA_TEXT, offsetof(FieldEntry, take), .minimum = 1, .maximum = 1024,
     .meaning = "the lookup's column that is the value instead"},
    {"map", SCHEMA_TEXT_MAPPING, offsetof(FieldEntry, map), .minimum = 1, .maximum = FIELD_MAP_MAX,
     .meaning = "what the source says: what the field says instead"},
    {"default", SCHEMA_TEXT, offsetof(FieldEntry, fallback), .meaning = "what stands in where the path yields nothing"},
    {"optional", SCHEMA_BOOL, offsetof(FieldEntry, is_optional), .meaning = "true: the column need not be there"},
};

static const Schema entry_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(FieldEntry),
                                    .has_node = false};

const char *field_form_name(FieldForm form)
{
    const SchemaName *name = forms;
    while (name->name && name->value != (int)form)
        name++;
    return name->name;
}

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

/* Of a format that names its columns itself. */
static Status check_known_column(FormatColumns columns, const Source *source, const YamlNode *node, Text path,
                                 Error *error)
{
    if (format_column_find(columns, path) < columns.count)
        return STATUS_OK;
    yaml_error(node, error, "unknown column %s: a %s has none of that name", yaml_describe(node).text,
               source_format_name(source->format));
    const char *nearest = nearest_name(path, columns.names, columns.count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    char joined[400] = "";
    size_t size = 0;
    for (size_t i = 0; i < columns.count && size < sizeof joined; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", columns.names[i]);
    return error_hint(error, "known are: %s", joined);
}

/* Only when it is read is it known what a W3C log can say. */
static Status check_log_column(const PathPlace *place, const YamlNode *node, Text path, Error *error)
{
    const WeblogFormat *format = place->source->log_format;
    WeblogColumn column;
    Text name;
    if (!weblog_column_find(path, &column, &name)) {
        const char *nearest = weblog_column_nearest(path);
        yaml_error(node, error, "unknown column %s of a web server's log", yaml_describe(node).text);
        return nearest
                   ? error_hint(error, "did you mean '%s'?", nearest)
                   : error_hint(error, "known are: ip_address, forwarded_for, user, time, date, request, method, url, "
                                       "path, extension, protocol, status, bytes, referrer, user_agent, host, "
                                       "duration, cookie.NAME, query.NAME, header.NAME, variable.NAME");
    }
    const char *missing = weblog_column_missing(format, column, name);
    if (!missing || format->style == WEBLOG_W3C || place->is_optional)
        return STATUS_OK;
    yaml_error(node, error, "'log_format' cannot say %s", yaml_describe(node).text);
    return error_hint(error, "it would need %s", missing);
}

static Status check_column(const PathPlace *place, const YamlNode *node, Text path, Error *error)
{
    const Source *source = place->source;
    FormatColumns columns = format_columns(source->format);
    if (columns.names)
        return check_known_column(columns, source, node, path, error);
    if (source->format == FORMAT_WEBLOG)
        return check_log_column(place, node, path, error);
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
    const char **names = arena_allocate(place->arena, source->column_count * sizeof(const char *));
    if (!names)
        return no_room(node, error);
    for (size_t i = 0; i < source->column_count; i++)
        names[i] = source->columns[i].data;
    yaml_error(node, error, "unknown column %s: 'header' does not list it", yaml_describe(node).text);
    const char *nearest = nearest_name(path, names, source->column_count);
    return nearest ? error_hint(error, "did you mean '%s'?", nearest) : STATUS_ERROR;
}

static Status climbs_out(const YamlNode *node, Error *error)
{
    yaml_error(node, error, "%s climbs out of the record", yaml_describe(node).text);
    return error_hint(error, "'../' leads from a nested element, named by 'each', to the record around it");
}

static Status bad_path(const YamlNode *node, const char *flaw, Error *error)
{
    yaml_error(node, error, "%s is no path: %s", yaml_describe(node).text, flaw);
    return error_hint(error, "such as deal.amount, Account/Name, params[key=url].value or 'Column -> deal.amount'");
}

static PathSyntax syntax_of(const Source *source)
{
    if (source_format_is_table(source->format))
        return PATH_COLUMN;
    return source->format == FORMAT_XML ? PATH_SLASHED : PATH_DOTTED;
}

/* The column of a path of a table, without what an arrow leads to. */
static Text first_place(Text path, PathSyntax syntax)
{
    Text inner;
    while (path_split_arrow(path, syntax, &path, &inner))
        continue;
    return path;
}

Status field_check_path(const PathPlace *place, const YamlNode *node, Text path, Error *error)
{
    const Source *source = place->source;
    PathSyntax syntax = syntax_of(source);
    bool is_table = syntax == PATH_COLUMN, climbs = text_starts_with(path, TEXT("../"));
    if (path.size == 0)
        return yaml_error(node, error, "a path cannot be empty");
    if (climbs && place->each == EACH_RECORD && !is_table)
        return climbs_out(node, error);
    climbs &= place->each != EACH_RECORD;
    if (climbs)
        path = (Text){path.data + 3, path.size - 3};
    if (climbs && text_starts_with(path, TEXT("../")) && !is_table)
        return climbs_out(node, error);
    if (place->each == EACH_PIECE && !climbs) {
        if (text_is(first_place(path, PATH_DOTTED), "."))
            return STATUS_OK;
        yaml_error(node, error, "%s is no path: a piece of a list is '.'", yaml_describe(node).text);
        return error_hint(error, "'../' leads to the record that holds the list");
    }
    const char *flaw = path_flaw(path, syntax, place->arena);
    if (flaw)
        return bad_path(node, flaw, error);
    if (!is_table || (place->each == EACH_COLUMNS && !climbs))
        return STATUS_OK;
    return check_column(place, node, first_place(path, syntax), error);
}

/* --- the parts of an entry ------------------------------------------------------------------------------------ */

/* A path or a list of them, each where it belongs. */
static Status read_paths(const PathPlace *place, const YamlNode *node, const Text **ret_paths, size_t *ret_count,
                         Error *error)
{
    bool is_list = node->kind == YAML_SEQUENCE;
    size_t count = is_list ? node->count : 1;
    if (node->kind == YAML_MAPPING || count == 0 || count > FIELD_PATHS_MAX) {
        yaml_error(node, error, "'%s' must be a path or a list of up to %d paths, not %s", node->key->value.data,
                   FIELD_PATHS_MAX, count ? yaml_describe(node).text : "an empty list");
        return error_hint(error, "write its path, {from: PATH, default: TEXT} or {value: TEXT}");
    }
    Text *paths = arena_allocate(place->arena, count * sizeof *paths);
    if (!paths)
        return no_room(node, error);
    const YamlNode *child = is_list ? node->first : node;
    PathPlace each_place = *place;
    each_place.is_optional |= count > 1;
    for (size_t i = 0; i < count; i++, child = child->next) {
        if (child->kind != YAML_SCALAR || yaml_is_null(child))
            return yaml_error(child, error, "each path of '%s' must be text, not %s", node->key->value.data,
                              yaml_describe(child).text);
        TRY(field_check_path(&each_place, child, child->value, error));
        paths[i] = child->value;
    }
    *ret_paths = paths;
    *ret_count = count;
    return STATUS_OK;
}

static int compare_entries(const void *a, const void *b)
{
    return text_compare(((const FieldMapEntry *)a)->from, ((const FieldMapEntry *)b)->from);
}

static Status read_map(const PathPlace *place, const YamlNode *node, SchemaPairs pairs, FieldExpression *expression,
                       Error *error)
{
    FieldMapEntry *map = arena_allocate(place->arena, pairs.count * sizeof *map);
    if (!map)
        return no_room(node, error);
    for (size_t i = 0; i < pairs.count; i++)
        map[i] = (FieldMapEntry){pairs.items[i].name, pairs.items[i].value};
    if (pairs.count)
        qsort(map, pairs.count, sizeof *map, compare_entries);
    expression->map = map;
    expression->map_count = pairs.count;
    return STATUS_OK;
}

/* What goes with what. */
static Status check_entry(const PathPlace *place, const YamlNode *node, const FieldEntry *entry, Error *error)
{
    bool has_value = !text_is_null(entry->value);
    if (entry->from && has_value)
        return yaml_error(node, error, "'from' and 'value' exclude each other: a constant has no path");
    if (entry->join && has_value)
        return yaml_error(node, error, "'join' and 'value' exclude each other: a constant has no path");
    if (entry->from && entry->join)
        return yaml_error(node, error, "'from' and 'join' exclude each other: the first of several, or all of them");
    if (!entry->from && !entry->join && !has_value)
        return yaml_error(node, error, "either 'from' or 'value' is needed");
    if (has_value && !text_is_null(entry->fallback))
        return yaml_error(node, error, "'default' goes with 'from': a constant needs none");
    if (has_value && (entry->form || entry->map.items || entry->is_optional || !text_is_null(entry->lookup)))
        return yaml_error(node, error, "a constant is 'value' alone");
    if (text_is_null(entry->lookup) != text_is_null(entry->take))
        return yaml_error(node, error, "'lookup' and 'take' go together: in which table, and which of its columns");
    if (!entry->join && !text_is_null(entry->separator))
        return yaml_error(yaml_get(node, "with")->key, error, "'with' goes with 'join'");
    if (entry->is_optional && !source_format_is_table(place->source->format))
        return yaml_error(yaml_get(node, "optional")->key, error,
                          "'optional' is for columns; in %s nothing needs to be there",
                          source_format_name(place->source->format));
    return STATUS_OK;
}

static Status find_lookup(const PathPlace *place, const YamlNode *node, const FieldEntry *entry,
                          FieldExpression *expression, Error *error)
{
    const Source *source = place->source;
    if (text_is_null(entry->lookup))
        return STATUS_OK;
    expression->lookup = source_lookup_find(source, entry->lookup);
    expression->take = entry->take;
    const YamlNode *name = yaml_get(node, "lookup");
    if (expression->lookup < 0) {
        yaml_error(name, error, "unknown lookup %s", yaml_describe(name).text);
        const char *names[SOURCE_LOOKUPS_MAX];
        for (size_t i = 0; i < source->lookup_count; i++)
            names[i] = source->lookups[i].name.data;
        const char *nearest = nearest_name(entry->lookup, names, source->lookup_count);
        return nearest ? error_hint(error, "did you mean '%s'?", nearest)
                       : error_hint(error, "name it under the source's 'lookups': {path: FILE, key: COLUMN}");
    }
    bool is_json = source->lookups[expression->lookup].format == FORMAT_NDJSON;
    const char *flaw = is_json ? path_flaw(entry->take, PATH_DOTTED, place->arena) : NULL;
    return flaw ? bad_path(yaml_get(node, "take"), flaw, error) : STATUS_OK;
}

/* An expression where one path does not say all. */
static Status finish(const PathPlace *place, const YamlNode *node, const FieldExpression *expression,
                     FieldMapping *field, Error *error)
{
    bool is_joined = !text_is_null(expression->separator);
    if (expression->path_count == 1 && !is_joined && !expression->form && !expression->map_count &&
        expression->lookup < 0) {
        field->path = expression->paths[0];
        return STATUS_OK;
    }
    FieldExpression *copy = arena_allocate(place->arena, sizeof *copy);
    if (!copy)
        return no_room(node, error);
    *copy = *expression;
    field->expression = copy;
    return STATUS_OK;
}

static Status read_entry(const PathPlace *place, const YamlNode *node, FieldMapping *field, Error *error)
{
    FieldEntry entry;
    TRY(schema_check(&entry_schema, node, place->arena, &entry, error));
    TRY(check_entry(place, node, &entry, error));
    if (!text_is_null(entry.value)) {
        field->value = entry.value;
        return STATUS_OK;
    }
    FieldExpression expression = {.form = (FieldForm)entry.form, .lookup = -1};
    if (entry.join)
        expression.separator = text_is_null(entry.separator) ? TEXT(" ") : entry.separator;
    PathPlace entry_place = *place;
    entry_place.is_optional |= entry.is_optional;
    TRY(read_paths(&entry_place, entry.from ? entry.from : entry.join, &expression.paths, &expression.path_count,
                   error));
    TRY(find_lookup(place, node, &entry, &expression, error));
    TRY(read_map(place, node, entry.map, &expression, error));
    field->value = entry.fallback;
    field->is_optional = entry.is_optional;
    return finish(place, node, &expression, field, error);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

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

Status field_read(const PathPlace *place, RecordKind kind, const YamlNode *node, FieldMapping *ret_field, Error *error)
{
    FieldMapping field = {.field = record_field_find(kind, node->key->value), .line = (unsigned int)node->key->line};
    if (field.field < 0)
        return unknown_field(kind, node->key, error);
    if (yaml_is_null(node)) {
        yaml_error(node, error, "the field '%s' must be a path or a mapping, not %s", node->key->value.data,
                   yaml_describe(node).text);
        return error_hint(error, "write its path, {from: PATH, default: TEXT} or {value: TEXT}");
    }
    if (node->kind == YAML_MAPPING) {
        TRY(read_entry(place, node, &field, error));
    } else {
        FieldExpression expression = {.lookup = -1};
        TRY(read_paths(place, node, &expression.paths, &expression.path_count, error));
        TRY(finish(place, node, &expression, &field, error));
    }
    *ret_field = field;
    return STATUS_OK;
}
