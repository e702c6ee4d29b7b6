#include "common/config/each.h"

#include "common/config/path.h"
#include "common/config/schema.h"

typedef struct EachEntry {
    Text split, by, columns;
    bool is_optional;
} EachEntry;

static const SchemaField entry_fields[] = {
    {"split", SCHEMA_TEXT, offsetof(EachEntry, split), .minimum = 1, .maximum = 1024,
     .meaning = "the path of a text that is a list; each piece becomes a record"},
    {"by", SCHEMA_TEXT, offsetof(EachEntry, by), .minimum = 1, .maximum = 16,
     .meaning = "what stands between the pieces; a semicolon unless given"},
    {"optional", SCHEMA_BOOL, offsetof(EachEntry, is_optional), .meaning = "true: the column need not be there"},
    {"columns", SCHEMA_TEXT, offsetof(EachEntry, columns), .minimum = 1, .maximum = 1024,
     .meaning = "how the names of columns begin, with # for the number; each number becomes a record"},
};

static const Schema entry_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(EachEntry),
                                    .has_node = false};

static Status read_elements(const PathPlace *place, const YamlNode *node, RecordMapping *mapping, Error *error)
{
    const Source *source = place->source;
    if (source_format_is_table(source->format)) {
        yaml_error(node, error, "'each' needs nested records, which %s has not", source_format_name(source->format));
        return error_hint(error, "in tables it is {split: COLUMN, by: ';'} or {columns: 'name_#_'}");
    }
    TRY(field_check_path(place, node, node->value, error));
    Text ignored;
    PathSyntax syntax = source->format == FORMAT_XML ? PATH_SLASHED : PATH_DOTTED;
    Path path = {.count = 0};
    bool has_arrow = path_split_arrow(node->value, syntax, &ignored, &ignored);
    bool names_elements = !has_arrow && !path_parse(node->value, syntax, place->arena, &path);
    for (size_t i = 0; i < path.count; i++)
        names_elements &= !path.steps[i].is_attribute && text_is_null(path.steps[i].selector.key);
    if (!names_elements) {
        yaml_error(node, error, "'each' names elements, and %s is more than their names", yaml_describe(node).text);
        return error_hint(error, "take some of the elements by 'only'");
    }
    mapping->each_form = EACH_ELEMENT;
    mapping->each = node->value;
    return STATUS_OK;
}

static Status read_split(const PathPlace *place, const YamlNode *node, const EachEntry *entry, RecordMapping *mapping,
                         Error *error)
{
    TRY(field_check_path(place, yaml_get(node, "split"), entry->split, error));
    if (entry->is_optional && !source_format_is_table(place->source->format))
        return yaml_error(yaml_get(node, "optional")->key, error,
                          "'optional' is for columns; in %s nothing needs to be there",
                          source_format_name(place->source->format));
    mapping->each_form = EACH_PIECE;
    mapping->each = entry->split;
    mapping->each_by = text_is_null(entry->by) ? TEXT(";") : entry->by;
    mapping->each_is_optional = entry->is_optional;
    return STATUS_OK;
}

static Status read_columns(const PathPlace *place, const YamlNode *node, const EachEntry *entry, RecordMapping *mapping,
                           Error *error)
{
    const Source *source = place->source;
    const YamlNode *columns = yaml_get(node, "columns");
    if (!text_is_null(entry->by) || entry->is_optional)
        return yaml_error(node, error, "'by' and 'optional' go with 'split'");
    if (source->format != FORMAT_CSV && source->format != FORMAT_TSV)
        return yaml_error(columns->key, error, "'columns' is for csv and tsv, and this source is %s",
                          source_format_name(source->format));
    if (!source->has_header && !source->columns)
        return yaml_error(columns->key, error, "'columns' needs names of columns, and this file has no header");
    size_t mark = text_find(entry->columns, '#');
    Text rest = {entry->columns.data + mark, entry->columns.size - mark};
    if (rest.size == 0 || text_find((Text){rest.data + 1, rest.size - 1}, '#') < rest.size - 1) {
        yaml_error(columns, error, "'columns' holds one # in place of the number, and %s does not",
                   yaml_describe(columns).text);
        return error_hint(error, "such as actionDetails_#_ for actionDetails_0_url, actionDetails_1_url, ...");
    }
    mapping->each_form = EACH_COLUMNS;
    mapping->each = entry->columns;
    return STATUS_OK;
}

Status each_read(const PathPlace *place, const YamlNode *node, RecordMapping *mapping, Error *error)
{
    if (!node)
        return STATUS_OK;
    if (node->kind == YAML_SCALAR)
        return read_elements(place, node, mapping, error);
    if (node->kind == YAML_SEQUENCE) {
        yaml_error(node, error, "'each' must be a path or a mapping, not a list");
        return error_hint(error, "such as each: contacts, or {split: COLUMN, by: ';'}");
    }
    EachEntry entry;
    TRY(schema_check(&entry_schema, node, place->arena, &entry, error));
    if (text_is_null(entry.split) == text_is_null(entry.columns))
        return yaml_error(node, error, "'each' needs either 'split' or 'columns'");
    return text_is_null(entry.split) ? read_columns(place, node, &entry, mapping, error)
                                     : read_split(place, node, &entry, mapping, error);
}
