#include "extract/mapping/lookup.h"

#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping/mapping.h"

#include <stdlib.h>

/* All rows follow one another in one piece of memory, since there may be millions of them, and what stands around a row
 * would be several times as large as what it holds:
 *
 *     row  = lines:varint text text*     how many lines behind the row before it; the key, then what is taken
 *     text = size:varint bytes
 *
 * The table holds where rows begin, plus one; 0 is no row. With 3/4 of it full at most, rows and table take 52 MiB. */
enum {
    ROWS_BYTES_MAX = 36 << 20,
    ROWS_MAX = 3 << 20,
    RECORD_CEILING = 1 << 20,
    TABLE_MINIMUM = 16,
    VARINT_MAX = 5,
};

typedef struct Row {
    uint32_t lines;
    Text texts[1 + LOOKUP_TAKES_MAX];
} Row;

typedef struct Loader {
    const SourceLookup *source;
    const Stream *stream;
    size_t take_count, row_count;
    uint32_t line; /* of the row before */
    Buffer *rows;
} Loader;

/* --- rows ----------------------------------------------------------------------------------------------------- */

static Status put_number(Buffer *rows, uint32_t number, Error *error)
{
    for (; number >= 0x80; number >>= 7)
        TRY(buffer_append_byte(rows, (char)(number | 0x80), error));
    return buffer_append_byte(rows, (char)number, error);
}

static uint32_t take_number(const char **at)
{
    uint32_t number = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*(*at)++;
        number |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return number;
    }
}

static Text take_text(const char **at)
{
    uint32_t size = take_number(at);
    Text text = {size ? *at : NULL, size};
    *at += size;
    return text;
}

/* The row that begins there, and where the next one does. */
static size_t read_row(const Lookup *lookup, size_t offset, size_t take_count, Row *ret_row)
{
    const char *at = lookup->rows.data + offset;
    ret_row->lines = take_number(&at);
    for (size_t i = 0; i <= take_count; i++)
        ret_row->texts[i] = take_text(&at);
    return (size_t)(at - lookup->rows.data);
}

/* The record kind lends its fields to the columns: the first is the key. None of them is a list. */
static const RecordKind lent_kind = RECORD_VIEW;
_Static_assert((int)LOOKUP_TAKES_MAX < (int)VIEW_FIELD_COUNT, "a kind with a field for each column");

static Status is_too_large(const Loader *loader, Error *error)
{
    if (stream_decoded_bytes(loader->stream) > LOOKUP_BYTES_MAX)
        error_set(error, ERROR_DATA, "%s: is larger than the %d MiB that a lookup may have", loader->source->path,
                  LOOKUP_BYTES_MAX >> 20);
    else
        error_set(error, ERROR_DATA, "%s: has more rows than a lookup may have: %zu", loader->source->path,
                  loader->row_count);
    return error_hint(error, "take only the columns and rows that are looked up, or join the files before");
}

static Status take_row(void *context, RecordKind kind, const Record *record, Error *error)
{
    (void)kind;
    Loader *loader = context;
    size_t size = VARINT_MAX;
    for (size_t i = 0; i <= loader->take_count; i++)
        size += VARINT_MAX + record->values[i].size;
    if (stream_decoded_bytes(loader->stream) > LOOKUP_BYTES_MAX || loader->row_count == (size_t)ROWS_MAX ||
        size > (size_t)ROWS_BYTES_MAX - loader->rows->size)
        return is_too_large(loader, error);
    if (text_is_empty(record->values[0]))
        return STATUS_OK;
    TRY(put_number(loader->rows, record->line - loader->line, error));
    for (size_t i = 0; i <= loader->take_count; i++) {
        TRY(put_number(loader->rows, (uint32_t)record->values[i].size, error));
        TRY(buffer_append(loader->rows, record->values[i], error));
    }
    loader->line = record->line;
    loader->row_count++;
    return STATUS_OK;
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    const Loader *loader = context;
    return error_set(error, ERROR_DATA, "%s: line %u: %.*s: %.*s", loader->source->path, (unsigned)reject->line,
                     TEXT_PRINTF(reject->values[REJECT_CODE]), TEXT_PRINTF(reject->values[REJECT_REASON]));
}

/* --- the table ------------------------------------------------------------------------------------------------ */

/* Where the row of that key is, or would be. */
static uint32_t *place_of(const Lookup *lookup, Text key)
{
    uint32_t i = (uint32_t)hash_bytes_64(key) & lookup->mask;
    Row row;
    while (lookup->table[i]) {
        read_row(lookup, lookup->table[i] - 1, 0, &row);
        if (text_equal(row.texts[0], key))
            break;
        i = (i + 1) & lookup->mask;
    }
    return &lookup->table[i];
}

static bool is_same(const Row *a, const Row *b, size_t take_count)
{
    for (size_t i = 0; i <= take_count; i++)
        if (!text_equal(a->texts[i], b->texts[i]))
            return false;
    return true;
}

static uint32_t line_of(const Lookup *lookup, size_t offset, size_t take_count)
{
    uint32_t line = 0;
    Row row;
    for (size_t at = 0; at <= offset; line += row.lines)
        at = read_row(lookup, at, take_count, &row);
    return line;
}

static Status is_ambiguous(const Loader *loader, const Lookup *lookup, size_t first, size_t second, Error *error)
{
    Row row;
    read_row(lookup, second, 0, &row);
    Text key = row.texts[0];
    error_set(error, ERROR_DATA, "%s: line %u: the key '%.*s' was given in line %u, and said something else",
              loader->source->path, (unsigned)line_of(lookup, second, loader->take_count),
              key.size < 100 ? (int)key.size : 100, key.data, (unsigned)line_of(lookup, first, loader->take_count));
    return error_hint(error, "a lookup has one row for each key, unless it says 'several: first'");
}

static Status make_table(const Loader *loader, Lookup *lookup, Error *error)
{
    size_t size = TABLE_MINIMUM;
    while (size / 4 * 3 < loader->row_count)
        size *= 2;
    lookup->table = calloc(size, sizeof *lookup->table);
    if (!lookup->table)
        return error_no_memory(error);
    lookup->mask = (uint32_t)(size - 1);
    Row row, other;
    for (size_t at = 0, next; at < lookup->rows.size; at = next) {
        next = read_row(lookup, at, loader->take_count, &row);
        uint32_t *place = place_of(lookup, row.texts[0]);
        if (*place && !loader->source->takes_first) {
            read_row(lookup, *place - 1, loader->take_count, &other);
            if (!is_same(&row, &other, loader->take_count))
                return is_ambiguous(loader, lookup, *place - 1, at, error);
        }
        if (!*place)
            *place = (uint32_t)(at + 1);
    }
    return STATUS_OK;
}

/* --- loading -------------------------------------------------------------------------------------------------- */

static Status read_rows(Loader *loader, const Source *source, Stream *stream, Error *error)
{
    cleanup(mapping_done) Mapping mapping = {.source = NULL};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    RecordSink sink = {.record = take_row, .reject = take_reject, .context = loader};
    FormatResult result;
    TRY(mapping_compile(source, &mapping, error));
    TRY(emitter_make(&mapping, sink, &emitter, error));
    TRY(format_read(&emitter, stream, &result, error));
    return stream_decoded_bytes(stream) > LOOKUP_BYTES_MAX ? is_too_large(loader, error) : STATUS_OK;
}

static Status load(const SourceLookup *given, const Text *takes, size_t take_count, Lookup *lookup, Error *error)
{
    FieldMapping fields[1 + LOOKUP_TAKES_MAX];
    fields[0] = (FieldMapping){.field = 0, .path = given->key, .line = given->line};
    for (size_t i = 0; i < take_count; i++)
        fields[1 + i] = (FieldMapping){.field = (int)(1 + i), .path = takes[i], .line = given->line};
    RecordMapping mapping = {.kind = lent_kind, .fields = fields, .field_count = 1 + take_count, .line = given->line};
    Source source = {.name = given->name.data,
                     .format = given->format,
                     .delimiter = given->delimiter,
                     .quote = given->format == FORMAT_CSV ? '"' : '\0',
                     .has_header = true,
                     .record_ceiling = RECORD_CEILING,
                     .mappings = &mapping,
                     .mapping_count = 1};
    cleanup(stream_freep) Stream *stream = NULL;
    TRY(stream_open(given->path, &stream, error));
    Loader loader = {.source = given, .stream = stream, .take_count = take_count, .rows = &lookup->rows};
    Status status = read_rows(&loader, &source, stream, error);
    if (status == STATUS_OK)
        status = make_table(&loader, lookup, error);
    lookup->digest = stream_digest(stream);
    return status;
}

Status lookup_load(const SourceLookup *source, const Text *takes, size_t take_count, Lookup *ret_lookup, Error *error)
{
    if (take_count > LOOKUP_TAKES_MAX)
        return error_set(error, ERROR_CONFIG, "lookup '%s': %zu of its columns are taken, and %d is the most",
                         source->name.data, take_count, LOOKUP_TAKES_MAX);
    Lookup lookup = {.rows = buffer_make(ROWS_BYTES_MAX)};
    if (load(source, takes, take_count, &lookup, error) != STATUS_OK) {
        lookup_done(&lookup);
        return error_prefix(error, "lookup '%s'", source->name.data);
    }
    *ret_lookup = lookup;
    return STATUS_OK;
}

Text lookup_find(const Lookup *lookup, Text key, size_t take)
{
    if (text_is_empty(key))
        return TEXT_NULL;
    uint32_t place = *place_of(lookup, key);
    Row row;
    if (place == 0)
        return TEXT_NULL;
    read_row(lookup, place - 1, 1 + take, &row);
    return row.texts[1 + take];
}

void lookup_done(Lookup *lookup)
{
    free(lookup->table);
    buffer_done(&lookup->rows);
    *lookup = (Lookup)LOOKUP_INIT;
}
