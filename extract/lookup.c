#include "extract/lookup.h"

#include "common/buffer.h"
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping.h"

#include <stdlib.h>

/* Rows are short, so that what stands around a row may be several times as large as what it holds. */
enum { ARENA_CEILING = 4 * LOOKUP_BYTES_MAX, RECORD_CEILING = 1 << 20, TABLE_MINIMUM = 16 };

struct LookupRow {
    Text key;
    uint32_t line;
    Text values[]; /* as many as are taken */
};

typedef struct Loader {
    const SourceLookup *source;
    const Stream *stream;
    size_t take_count;
    Arena *arena;
    Buffer rows; /* pointers to them */
} Loader;

/* The record kind lends its fields to the columns: the first is the key. None of them is a list. */
static const RecordKind lent_kind = RECORD_VIEW;
_Static_assert((int)LOOKUP_TAKES_MAX < (int)VIEW_FIELD_COUNT, "a kind with a field for each column");

static Status is_too_large(const Loader *loader, Error *error)
{
    error_set(error, ERROR_DATA, "%s: is larger than the %d MiB that a lookup may have", loader->source->path,
              LOOKUP_BYTES_MAX >> 20);
    return error_hint(error, "take only the columns and rows that are looked up, or join the files before");
}

static Status take_row(void *context, RecordKind kind, const Record *record, Error *error)
{
    (void)kind;
    Loader *loader = context;
    if (stream_decoded_bytes(loader->stream) > LOOKUP_BYTES_MAX)
        return is_too_large(loader, error);
    if (text_is_empty(record->values[0]))
        return STATUS_OK;
    LookupRow *row = arena_allocate(loader->arena, sizeof *row + loader->take_count * sizeof(Text));
    if (!row)
        return is_too_large(loader, error);
    row->line = record->line;
    for (size_t i = 0; i <= loader->take_count; i++) {
        Text text = record->values[i];
        Text copy = text_is_empty(text) ? TEXT_NULL : arena_copy_text(loader->arena, text);
        if (text.size && !copy.data)
            return is_too_large(loader, error);
        *(i == 0 ? &row->key : &row->values[i - 1]) = copy;
    }
    return buffer_append_bytes(&loader->rows, &(const LookupRow *){row}, sizeof(const LookupRow *), error);
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    const Loader *loader = context;
    return error_set(error, ERROR_DATA, "%s: line %u: %.*s: %.*s", loader->source->path, (unsigned)reject->line,
                     TEXT_PRINTF(reject->values[REJECT_CODE]), TEXT_PRINTF(reject->values[REJECT_REASON]));
}

/* --- the table ------------------------------------------------------------------------------------------------ */

static bool is_same(const LookupRow *a, const LookupRow *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!text_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

/* Where the row of that key is, or would be. */
static const LookupRow **place_of(const Lookup *lookup, Text key)
{
    uint32_t i = (uint32_t)hash_bytes_64(key) & lookup->mask;
    while (lookup->table[i] && !text_equal(lookup->table[i]->key, key))
        i = (i + 1) & lookup->mask;
    return &lookup->table[i];
}

static Status make_table(const Loader *loader, Lookup *lookup, Error *error)
{
    size_t count = loader->rows.size / sizeof(const LookupRow *), size = TABLE_MINIMUM;
    while (size < 2 * count)
        size *= 2;
    lookup->table = calloc(size, sizeof *lookup->table);
    if (!lookup->table)
        return error_no_memory(error);
    lookup->mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < count; i++) {
        const LookupRow *row;
        memcpy(&row, loader->rows.data + i * sizeof row, sizeof row);
        const LookupRow **place = place_of(lookup, row->key);
        if (*place && !loader->source->takes_first && !is_same(*place, row, loader->take_count)) {
            error_set(error, ERROR_DATA, "%s: line %u: the key '%.*s' was given in line %u, and said something else",
                      loader->source->path, (unsigned)row->line, row->key.size < 100 ? (int)row->key.size : 100,
                      row->key.data, (unsigned)(*place)->line);
            return error_hint(error, "a lookup has one row for each key, unless it says 'several: first'");
        }
        if (!*place)
            *place = row;
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
    Loader loader = {.source = given, .stream = stream, .take_count = take_count, .arena = &lookup->arena};
    loader.rows = buffer_make(ARENA_CEILING);
    Status status = read_rows(&loader, &source, stream, error);
    if (status == STATUS_OK)
        status = make_table(&loader, lookup, error);
    buffer_done(&loader.rows);
    lookup->digest = stream_digest(stream);
    return status;
}

Status lookup_load(const SourceLookup *source, const Text *takes, size_t take_count, Lookup *ret_lookup, Error *error)
{
    if (take_count > LOOKUP_TAKES_MAX)
        return error_set(error, ERROR_CONFIG, "lookup '%s': %zu of its columns are taken, and %d is the most",
                         source->name.data, take_count, LOOKUP_TAKES_MAX);
    Lookup lookup = {.arena = arena_make(ARENA_CEILING)};
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
    const LookupRow *row = *place_of(lookup, key);
    return row ? row->values[take] : TEXT_NULL;
}

void lookup_done(Lookup *lookup)
{
    free(lookup->table);
    arena_done(&lookup->arena);
    *lookup = (Lookup)LOOKUP_INIT;
}
