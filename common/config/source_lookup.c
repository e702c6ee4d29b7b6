#include "common/config/source_lookup.h"

#include "common/config/path.h"
#include "common/config/schema.h"
#include "common/folder.h"

#include <stdlib.h>

typedef struct LookupEntry {
    const YamlNode *node;
    const char *path;
    Text key;
    int format, several;
    char delimiter;
} LookupEntry;

static const SchemaName formats[] = {{"csv", FORMAT_CSV}, {"tsv", FORMAT_TSV}, {"ndjson", FORMAT_NDJSON}, {NULL, 0}};

enum { SEVERAL_REFUSED, SEVERAL_FIRST };
static const SchemaName severals[] = {{"refused", SEVERAL_REFUSED}, {"first", SEVERAL_FIRST}, {NULL, 0}};

static const SchemaField entry_fields[] = {
    {"path", SCHEMA_STRING, offsetof(LookupEntry, path), .is_required = true, .minimum = 1, .maximum = 4096,
     .meaning = "a file of at most 32 MiB, plain or gzip"},
    {"key", SCHEMA_TEXT, offsetof(LookupEntry, key), .is_required = true, .minimum = 1, .maximum = 1024,
     .meaning = "the column by which a row is found"},
    {"format", SCHEMA_ENUM, offsetof(LookupEntry, format), .default_text = "csv", .names = formats,
     .meaning = "csv, tsv or ndjson; csv unless given"},
    {"delimiter", SCHEMA_CHARACTER, offsetof(LookupEntry, delimiter),
     .meaning = "what stands between two columns; a comma (tsv: a tab) unless given"},
    {"several", SCHEMA_ENUM, offsetof(LookupEntry, several), .default_text = "refused", .names = severals,
     .meaning = "rows of one key that say different things: refused, or the first of them counts"},
};

static const Schema entry_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(LookupEntry),
                                    .has_node = true};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

static Status check_entry(const LookupEntry *entry, Arena *arena, Error *error)
{
    bool is_json = entry->format == FORMAT_NDJSON;
    const char *flaw = is_json ? path_flaw(entry->key, PATH_DOTTED, arena) : NULL;
    if (flaw)
        return yaml_error(yaml_get(entry->node, "key"), error, "'%s' is no path: %s", entry->key.data, flaw);
    if (is_json && entry->delimiter)
        return yaml_error(yaml_get(entry->node, "delimiter")->key, error,
                          "'delimiter' is for csv and tsv, and this lookup is ndjson");
    if (entry->delimiter == '"' || entry->delimiter == '\n' || entry->delimiter == '\r')
        return yaml_error(yaml_get(entry->node, "delimiter"), error, "'delimiter' must be one character within a line");
    return STATUS_OK;
}

static Status read_lookup(const YamlNode *node, const char *folder, Arena *arena, SourceLookup *ret_lookup,
                          Error *error)
{
    LookupEntry entry;
    if (node->kind != YAML_MAPPING) {
        yaml_error(node, error, "the lookup '%s' must be a mapping, not %s", node->key->value.data,
                   yaml_describe(node).text);
        return error_hint(error, "such as {path: %s.csv, key: id}", node->key->value.data);
    }
    TRY(schema_check(&entry_schema, node, arena, &entry, error));
    TRY(check_entry(&entry, arena, error));
    char delimiter = entry.format == FORMAT_TSV ? '\t' : ',';
    *ret_lookup = (SourceLookup){
        .name = node->key->value,
        .path = path_join(arena, folder, entry.path),
        .key = entry.key,
        .format = (SourceFormat)entry.format,
        .delimiter = entry.delimiter ? entry.delimiter : delimiter,
        .takes_first = entry.several == SEVERAL_FIRST,
        .line = (unsigned int)node->key->line,
    };
    return ret_lookup->path ? STATUS_OK : no_room(node, error);
}

static int compare_lookups(const void *a, const void *b)
{
    return text_compare(((const SourceLookup *)a)->name, ((const SourceLookup *)b)->name);
}

Status source_lookups_read(const YamlNode *node, const char *folder, Arena *arena, Source *source, Error *error)
{
    if (!node)
        return STATUS_OK;
    if (node->kind != YAML_MAPPING) {
        yaml_error(node, error, "'lookups' must be a mapping of names to tables, not %s", yaml_describe(node).text);
        return error_hint(error, "lookups: {stages: {path: stages.csv, key: stage_id}}");
    }
    if (node->count > SOURCE_LOOKUPS_MAX)
        return yaml_error(node, error, "'lookups' has more than %d tables", SOURCE_LOOKUPS_MAX);
    SourceLookup *lookups = arena_allocate(arena, node->count * sizeof *lookups);
    if (!lookups)
        return no_room(node, error);
    size_t count = 0;
    for (const YamlNode *child = node->first; child; child = child->next)
        TRY(read_lookup(child, folder, arena, &lookups[count++], error));
    if (count)
        qsort(lookups, count, sizeof *lookups, compare_lookups);
    source->lookups = lookups;
    source->lookup_count = count;
    return STATUS_OK;
}

int source_lookup_find(const Source *source, Text name)
{
    for (size_t i = 0; i < source->lookup_count; i++)
        if (text_equal(source->lookups[i].name, name))
            return (int)i;
    return -1;
}
