#include "common/config/source.h"

#include "common/charset.h"
#include "common/config/mapping.h"
#include "common/config/source_lookup.h"
#include "common/decimal.h"
#include "common/folder.h"
#include "common/time_format.h"
#include "common/zone.h"

#include <stdlib.h>

static const SchemaName formats[] = {{"csv", FORMAT_CSV},   {"tsv", FORMAT_TSV},       {"ndjson", FORMAT_NDJSON},
                                     {"json", FORMAT_JSON}, {"xml", FORMAT_XML},       {"sitemap", FORMAT_SITEMAP},
                                     {"feed", FORMAT_FEED}, {"weblog", FORMAT_WEBLOG}, {NULL, 0}};
static const SchemaName modes[] = {
    {"append", MODE_APPEND}, {"upsert", MODE_UPSERT}, {"snapshot", MODE_SNAPSHOT}, {NULL, 0}};

enum { PARTS_EACH, PARTS_TOGETHER };
static const SchemaName parts[] = {{"each", PARTS_EACH}, {"together", PARTS_TOGETHER}, {NULL, 0}};

static const SchemaField query_fields[] = {
    {"database", SCHEMA_STRING, offsetof(SourceQuery, database), .is_required = true, .minimum = 1, .maximum = 4096,
     .meaning = "a libpq connection string such as service=odoo; no password"},
    {"sql", SCHEMA_TEXT, offsetof(SourceQuery, sql), .is_required = true, .minimum = 1, .maximum = 1 << 18,
     .meaning = "one query; its columns are the columns of the source"},
    {"timeout", SCHEMA_DURATION, offsetof(SourceQuery, timeout), .default_text = "1h", .maximum = 7 * 86400,
     .meaning = "how long the server may take for it, reading included; 0s: as long as it likes"},
};
static const Schema query_schema = {query_fields, sizeof query_fields / sizeof query_fields[0], sizeof(SourceQuery),
                                    .has_node = false};

static const SchemaField entry_fields[] = {
    {"name", SCHEMA_IDENTIFIER, offsetof(SourceEntry, name), .is_required = true,
     .meaning = "what the source is called"},
    {"system", SCHEMA_IDENTIFIER, offsetof(SourceEntry, system),
     .meaning = "sources of one system share keys; the source's name unless given"},
    {"kind", SCHEMA_ENUM, offsetof(SourceEntry, kind), .is_required = true, .names = mapping_kinds,
     .meaning = "the record kind that each record becomes"},
    {"format", SCHEMA_ENUM, offsetof(SourceEntry, format), .names = formats,
     .meaning = "csv, tsv, ndjson, json, xml, sitemap, feed or weblog, plain or gzip"},
    {"charset", SCHEMA_STRING, offsetof(SourceEntry, charset), .minimum = 1, .maximum = 63,
     .meaning = "such as windows-1252, of files that are neither UTF-8 nor begin with a byte order mark"},
    {"record", SCHEMA_TEXT, offsetof(SourceEntry, record), .minimum = 1, .maximum = 1024,
     .meaning = "xml: the element that is one record; json: the path of the array of records"},
    {"path", SCHEMA_TEXT_LIST, offsetof(SourceEntry, paths), .minimum = 1, .maximum = 10000,
     .meaning = "a file, or several by *, ? and [...], or a list of these"},
    {"query", SCHEMA_MAPPING, offsetof(SourceEntry, query), .schema = &query_schema,
     .meaning = "in place of path: a query to a PostgreSQL database"},
    {"http", SCHEMA_MAPPING, offsetof(SourceEntry, http), .schema = &http_schema,
     .meaning = "in place of path: requests to a server"},
    {"mode", SCHEMA_ENUM, offsetof(SourceEntry, mode), .default_text = "append", .names = modes,
     .meaning = "append: events; upsert: records that change; snapshot: each file is the whole"},
    {"parts", SCHEMA_ENUM, offsetof(SourceEntry, parts), .default_text = "each", .names = parts,
     .meaning = "each file is a snapshot, or all of them together are one"},
    {"max_rejects", SCHEMA_LIMIT, offsetof(SourceEntry, max_rejects), .default_text = "5%",
     .meaning = "the rejects that a batch may have, as a count or as percent of what was read"},
    {"max_deleted", SCHEMA_LIMIT, offsetof(SourceEntry, max_deleted), .default_text = "20%",
     .meaning = "percent of the source's records that a snapshot may delete"},
    {"timezone", SCHEMA_STRING, offsetof(SourceEntry, timezone), .default_text = "UTC", .minimum = 1, .maximum = 255,
     .meaning = "of times that carry none"},
    {"time_format", SCHEMA_TEXT_LIST, offsetof(SourceEntry, time_formats), .default_text = "iso", .minimum = 1,
     .maximum = TIME_FORMATS_MAX,
     .meaning = "how times are written: iso, epoch, epoch_ms, epoch_us, such as %d.%m.%Y %H:%M, or a list of these"},
    {"delimiter", SCHEMA_CHARACTER, offsetof(SourceEntry, delimiter),
     .meaning = "what stands between two columns; a comma (tsv: a tab) unless given"},
    {"quote", SCHEMA_CHARACTER, offsetof(SourceEntry, quote),
     .meaning = "what stands around a column's text; \" (tsv: none) unless given, and \"\" is none"},
    {"header", SCHEMA_ANY, offsetof(SourceEntry, header),
     .meaning = "true: the first line names the columns; false: it is a record; or the columns' names as a list"},
    {"log_format", SCHEMA_TEXT, offsetof(SourceEntry, log_format), .minimum = 1, .maximum = 4096,
     .meaning = "weblog: common, combined (unless given), vhost_combined, w3c, or the server's own words for a line"},
    {"decimal", SCHEMA_CHARACTER, offsetof(SourceEntry, decimal), .default_text = ".",
     .meaning = "the decimal point of amounts"},
    {"grouping", SCHEMA_CHARACTER, offsetof(SourceEntry, grouping),
     .meaning = "what stands between thousands in amounts; nothing unless given"},
    {"record_ceiling", SCHEMA_SIZE, offsetof(SourceEntry, record_ceiling), .default_text = "1MiB", .minimum = 1,
     .maximum = RECORD_CEILING_MAX, .meaning = "the most bytes that one record may have, up to 64MiB"},
    {"keep_parameters", SCHEMA_TEXT_LIST, offsetof(SourceEntry, keep_parameters),
     .meaning = "the query parameters that tell one content from another; all but tracking ones unless given"},
    {"base_url", SCHEMA_TEXT, offsetof(SourceEntry, base_url), .minimum = 1, .maximum = 2048,
     .meaning = "what addresses without a host are relative to"},
    {"own_hosts", SCHEMA_TEXT_LIST, offsetof(SourceEntry, own_hosts),
     .meaning = "hosts that are no outside referrer, besides the page's own"},
    {"each", SCHEMA_ANY, offsetof(SourceEntry, each),
     .meaning = "the path of the nested elements that become a record each, {split: PATH, by: ';'} or {columns: a_#_}"},
    {"fields", SCHEMA_ANY, offsetof(SourceEntry, fields), .is_required = true,
     .meaning = "which part of the source each field of the kind comes from"},
    {"only", SCHEMA_ANY, offsetof(SourceEntry, only), .meaning = "take only records that say this"},
    {"unless", SCHEMA_ANY, offsetof(SourceEntry, unless), .meaning = "leave out records that say this"},
    {"lookups", SCHEMA_ANY, offsetof(SourceEntry, lookups),
     .meaning = "small tables in which fields look things up: {NAME: {path: FILE, key: COLUMN}}"},
    {"also", SCHEMA_MAPPING_LIST, offsetof(SourceEntry, also), .schema = &mapping_schema, .maximum = 32,
     .meaning = "what else becomes of each record"},
};

const Schema source_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0], sizeof(SourceEntry),
                              .has_node = true};

const char *source_format_name(SourceFormat format)
{
    return formats[format].name;
}

const char *source_mode_name(SourceMode mode)
{
    return modes[mode].name;
}

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* The place of an error whose words come from a function that does not know it. */
static Status place_error(const YamlNode *node, Error *error)
{
    Error found = *error;
    yaml_error(node, error, "%s", found.message);
    return found.hint[0] ? error_hint(error, "%s", found.hint) : STATUS_ERROR;
}

Status source_check_timezone(const char *timezone, const YamlNode *node, Error *error)
{
    cleanup(zone_free_pointer) Zone *zone = NULL;
    if (zone_load(text_from(timezone), NULL, &zone, error) == STATUS_OK)
        return STATUS_OK;
    return node ? place_error(node, error) : STATUS_ERROR;
}

/* Refuses a key that means nothing in this format. */
static Status refuse(const SourceEntry *entry, const char *key, const char *what, Error *error)
{
    const YamlNode *node = yaml_get(entry->node, key);
    if (!node || yaml_is_null(node))
        return STATUS_OK;
    return yaml_error(node->key, error, "'%s' is for %s, and this source is %s", key, what,
                      formats[entry->format].name);
}

/* --- the parts of a source ------------------------------------------------------------------------------------ */

static Status take_paths(const SourceEntry *entry, const char *folder, Arena *arena, Source *source, Error *error)
{
    const YamlNode *node = yaml_get(entry->node, "path");
    Text *paths = arena_allocate(arena, entry->paths.count * sizeof *paths);
    if (!paths)
        return no_room(node, error);
    for (size_t i = 0; i < entry->paths.count; i++) {
        if (entry->paths.items[i].size == 0)
            return yaml_error(node, error, "a path cannot be empty");
        paths[i] = text_from(path_join(arena, folder, entry->paths.items[i].data));
        if (!paths[i].data)
            return no_room(node, error);
    }
    source->paths = paths;
    source->path_count = entry->paths.count;
    return STATUS_OK;
}

static bool is_given(const SourceEntry *entry, const char *key)
{
    const YamlNode *node = yaml_get(entry->node, key);
    return node && !yaml_is_null(node);
}

static Status need(const SourceEntry *entry, const char *keys, const char *meaning, Error *error)
{
    yaml_error(entry->node, error, "the required key %s is missing", keys);
    return error_hint(error, "%s", meaning);
}

/* Refuses keys that are for files, in a source that is none. */
static Status refuse_keys(const SourceEntry *entry, const char *const *keys, const char *what, Error *error)
{
    for (size_t i = 0; keys[i]; i++)
        if (is_given(entry, keys[i]))
            return yaml_error(yaml_get(entry->node, keys[i])->key, error, "'%s' is for files, and this source is %s",
                              keys[i], what);
    return STATUS_OK;
}

/* The rows of a query come as the CSV that PostgreSQL writes, whatever its columns hold. */
static Status take_query(const SourceEntry *entry, Source *source, Error *error)
{
    static const char *const keys[] = {"path", "http", "delimiter", "quote", "header", "parts", NULL};
    TRY(refuse_keys(entry, keys, "a query", error));
    if (is_given(entry, "format") && source->format != FORMAT_CSV)
        return yaml_error(yaml_get(entry->node, "format"), error, "a query is read as csv");
    source->format = FORMAT_CSV;
    source->query = entry->query;
    return STATUS_OK;
}

/* All pages of a reading are one batch. */
static Status take_http(const SourceEntry *entry, const char *folder, Arena *arena, Source *source, Error *error)
{
    static const char *const keys[] = {"path", "parts", NULL};
    TRY(refuse_keys(entry, keys, "pages of a server", error));
    return http_source_make(&entry->http, folder, source->format, source->mode, arena, &source->http, error);
}

/* Where the source's bytes come from. */
static Status take_transport(const SourceEntry *entry, const char *folder, Arena *arena, Source *source, Error *error)
{
    if (is_given(entry, "query"))
        return take_query(entry, source, error);
    if (!is_given(entry, "path") && !is_given(entry, "http"))
        return need(entry, "'path' (or 'query', or 'http')", "where the source's bytes come from", error);
    if (!is_given(entry, "format"))
        return need(entry, "'format'", "how they are written", error);
    if (is_given(entry, "http"))
        return take_http(entry, folder, arena, source, error);
    return take_paths(entry, folder, arena, source, error);
}

static Status take_charset(const SourceEntry *entry, Source *source, Error *error)
{
    source->charset = entry->charset;
    if (!entry->charset)
        return STATUS_OK;
    const YamlNode *node = yaml_get(entry->node, "charset");
    if (is_given(entry, "query"))
        return yaml_error(node->key, error, "'charset' is for files, and this source is a query");
    if (charset_is_utf8(entry->charset) || charset_is_known(entry->charset))
        return STATUS_OK;
    yaml_error(node, error, "unknown character set %s", yaml_describe(node).text);
    return error_hint(error,
                      "such as windows-1252, iso-8859-1, shift_jis or utf-16le; 'iconv -l' lists all; some systems "
                      "have the rare ones in a package of their own");
}

/* What stands in messages about a share: limits are counted in whole percents. */
static Status take_percent(const SourceEntry *entry, const char *key, SchemaLimit limit, const char *expected,
                           long long *ret_percent, Error *error)
{
    if (!limit.is_percent || limit.value % 100 != 0) {
        const YamlNode *node = yaml_get(entry->node, key);
        return yaml_error(node, error, "'%s' must be %s, not %s", key, expected, yaml_describe(node).text);
    }
    *ret_percent = limit.value / 100;
    return STATUS_OK;
}

static Status take_limits(const SourceEntry *entry, Source *source, Error *error)
{
    source->max_rejects = entry->max_rejects.value;
    source->max_rejects_is_percent = entry->max_rejects.is_percent;
    if (entry->max_rejects.is_percent)
        TRY(take_percent(entry, "max_rejects", entry->max_rejects, "a count or a whole number of percent",
                         &source->max_rejects, error));
    TRY(take_percent(entry, "max_deleted", entry->max_deleted, "a whole number of percent such as 20%",
                     &source->max_deleted, error));
    source->together = entry->parts == PARTS_TOGETHER;
    if (source->together && source->mode != MODE_SNAPSHOT)
        return yaml_error(yaml_get(entry->node, "parts"), error,
                          "'parts: together' makes one snapshot of all files, and this source's mode is %s",
                          source_mode_name(source->mode));
    return STATUS_OK;
}

static Status take_time(const SourceEntry *entry, Source *source, Error *error)
{
    TRY(source_check_timezone(entry->timezone, yaml_get(entry->node, "timezone"), error));
    const YamlNode *node = yaml_get(entry->node, "time_format");
    const YamlNode *item = node && node->kind == YAML_SEQUENCE ? node->first : node;
    for (size_t i = 0; i < entry->time_formats.count; i++, item = item ? item->next : NULL) {
        TimeFormat format;
        if (time_format_compile(entry->time_formats.items[i], &format, error) != STATUS_OK)
            return place_error(item, error);
    }
    source->timezone = entry->timezone;
    source->time_formats = entry->time_formats.items;
    source->time_format_count = entry->time_formats.count;
    return STATUS_OK;
}

static Status take_amounts(const SourceEntry *entry, Source *source, Error *error)
{
    source->decimal = entry->decimal;
    source->grouping = entry->grouping;
    if (entry->decimal && decimal_style_is_valid((DecimalStyle){entry->decimal, entry->grouping, false}))
        return STATUS_OK;
    const YamlNode *node = yaml_get(entry->node, entry->grouping ? "grouping" : "decimal");
    return yaml_error(node, error, "'decimal' and 'grouping' cannot be told from each other or from a number's digits");
}

static int compare_texts(const void *a, const void *b)
{
    return text_compare(*(const Text *)a, *(const Text *)b);
}

static Status check_columns(const YamlNode *header, const Text *columns, size_t count, Arena *arena, Error *error)
{
    Text *sorted = arena_allocate(arena, count * sizeof *sorted);
    if (!sorted)
        return no_room(header, error);
    memcpy(sorted, columns, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 1; i < count; i++)
        if (sorted[i].size && text_equal(sorted[i], sorted[i - 1]))
            return yaml_error(header, error, "'header' lists the column '%s' twice", sorted[i].data);
    return STATUS_OK;
}

static Status take_columns(const YamlNode *header, Arena *arena, Source *source, Error *error)
{
    if (header->count == 0)
        return yaml_error(header, error, "'header' lists no column");
    Text *columns = arena_allocate(arena, header->count * sizeof *columns);
    if (!columns)
        return no_room(header, error);
    size_t count = 0;
    for (const YamlNode *child = header->first; child; child = child->next) {
        if (child->kind != YAML_SCALAR)
            return yaml_error(child, error, "a column's name must be text, not %s", yaml_describe(child).text);
        columns[count++] = child->value;
    }
    source->columns = columns;
    source->column_count = count;
    return check_columns(header, columns, count, arena, error);
}

static Status take_header(const YamlNode *header, Arena *arena, Source *source, Error *error)
{
    source->has_header = true;
    if (!header)
        return STATUS_OK;
    if (header->kind == YAML_SEQUENCE) {
        source->has_header = false;
        return take_columns(header, arena, source, error);
    }
    bool is_true = header->kind == YAML_SCALAR && header->is_plain && text_is_ignore_case(header->value, "true");
    bool is_false = header->kind == YAML_SCALAR && header->is_plain && text_is_ignore_case(header->value, "false");
    if (!is_true && !is_false)
        return yaml_error(header, error, "'header' must be true, false or a list of names, not %s",
                          yaml_describe(header).text);
    source->has_header = is_true;
    return STATUS_OK;
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

static Status take_table(const SourceEntry *entry, Arena *arena, Source *source, Error *error)
{
    bool is_tsv = source->format == FORMAT_TSV;
    source->delimiter = is_tsv ? '\t' : ',';
    source->quote = is_tsv ? '\0' : '"';
    if (is_given(entry, "delimiter"))
        source->delimiter = entry->delimiter;
    if (is_given(entry, "quote"))
        source->quote = entry->quote;
    if (!source->delimiter || is_line_end(source->delimiter))
        return yaml_error(yaml_get(entry->node, "delimiter"), error, "'delimiter' must be one character within a line");
    if (is_line_end(source->quote) || source->quote == source->delimiter)
        return yaml_error(yaml_get(entry->node, is_given(entry, "quote") ? "quote" : "delimiter"), error,
                          "'quote' must be one character within a line, and another one than 'delimiter'");
    return take_header(entry->header, arena, source, error);
}

/* Apache's or nginx's words for a line. */
static Status take_log_format(const SourceEntry *entry, Arena *arena, Source *source, Error *error)
{
    source->log_format_text = text_is_null(entry->log_format) ? TEXT("combined") : entry->log_format;
    WeblogFormat *format = arena_allocate(arena, sizeof *format);
    if (!format)
        return no_room(entry->node, error);
    if (weblog_format_compile(source->log_format_text, arena, format, error) != STATUS_OK)
        return place_error(yaml_get(entry->node, "log_format"), error);
    source->log_format = format;
    return refuse(entry, "record", "xml and json", error);
}

static Status take_format(const SourceEntry *entry, Arena *arena, Source *source, Error *error)
{
    source->record = entry->record;
    if (source->format != FORMAT_WEBLOG)
        TRY(refuse(entry, "log_format", "weblog", error));
    if (source->format == FORMAT_CSV || source->format == FORMAT_TSV) {
        TRY(refuse(entry, "record", "xml and json", error));
        return take_table(entry, arena, source, error);
    }
    TRY(refuse(entry, "delimiter", "csv and tsv", error));
    TRY(refuse(entry, "quote", "csv and tsv", error));
    TRY(refuse(entry, "header", "csv and tsv", error));
    if (source->format == FORMAT_WEBLOG)
        return take_log_format(entry, arena, source, error);
    if (source->format != FORMAT_JSON && source->format != FORMAT_XML)
        return refuse(entry, "record", "xml and json", error);
    if (source->format == FORMAT_XML && text_is_null(entry->record)) {
        yaml_error(entry->node, error, "xml needs 'record'");
        return error_hint(error, "record: the element that is one record");
    }
    return STATUS_OK;
}

/* A set: the order in the file does not count. */
static void take_set(SchemaTexts texts, Arena *arena, const Text **ret_items, size_t *ret_count)
{
    Text *items = texts.items ? arena_allocate(arena, texts.count * sizeof *items) : NULL;
    if (!items)
        return;
    if (texts.count)
        memcpy(items, texts.items, texts.count * sizeof *items);
    qsort(items, texts.count, sizeof *items, compare_texts);
    *ret_items = items;
    *ret_count = texts.count;
}

static Status take_url_options(const SourceEntry *entry, Arena *arena, Source *source, Error *error)
{
    source->base_url = entry->base_url;
    take_set(entry->keep_parameters, arena, &source->keep_parameters, &source->keep_parameter_count);
    take_set(entry->own_hosts, arena, &source->own_hosts, &source->own_host_count);
    bool is_whole =
        (!entry->keep_parameters.items || source->keep_parameters) && (!entry->own_hosts.items || source->own_hosts);
    return is_whole ? STATUS_OK : no_room(entry->node, error);
}

static Status take_mappings(const SourceEntry *entry, Arena *arena, Source *source, Error *error)
{
    const MappingEntry *also = entry->also.items;
    MappingEntry main = {.node = entry->node,
                         .kind = entry->kind,
                         .each = entry->each,
                         .fields = entry->fields,
                         .only = entry->only,
                         .unless = entry->unless};
    RecordMapping *mappings = arena_allocate(arena, (1 + entry->also.count) * sizeof *mappings);
    if (!mappings)
        return no_room(entry->node, error);
    TRY(mapping_make(&main, source, arena, &mappings[0], error));
    for (size_t i = 0; i < entry->also.count; i++)
        TRY(mapping_make(&also[i], source, arena, &mappings[1 + i], error));
    source->mappings = mappings;
    source->mapping_count = 1 + entry->also.count;
    return STATUS_OK;
}

Status source_make(const SourceEntry *entry, const char *folder, Arena *arena, Source *ret_source, Error *error)
{
    Source source = {
        .name = entry->name,
        .system = entry->system ? entry->system : entry->name,
        .format = (SourceFormat)entry->format,
        .mode = (SourceMode)entry->mode,
        .record_ceiling = (size_t)entry->record_ceiling,
        .line = (unsigned int)entry->node->line,
    };
    TRY(take_transport(entry, folder, arena, &source, error));
    TRY(take_charset(entry, &source, error));
    TRY(take_format(entry, arena, &source, error));
    TRY(take_limits(entry, &source, error));
    TRY(take_time(entry, &source, error));
    TRY(take_amounts(entry, &source, error));
    TRY(take_url_options(entry, arena, &source, error));
    TRY(source_lookups_read(entry->lookups, folder, arena, &source, error));
    TRY(take_mappings(entry, arena, &source, error));
    *ret_source = source;
    return STATUS_OK;
}
