#include "extract/format.h"

#include "common/csv.h"
#include "common/nearest.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct CsvReader {
    Emitter *emitter;
    Stream *stream;
    CsvScanner *scanner;
    size_t *columns; /* of each slot */
} CsvReader;

/* --- the columns of the mapping ------------------------------------------------------------------------------- */

/* Name the columns that there are, as far as they fit, after what was probably meant. */
static Status hint_columns(Text wanted, const CsvRecord *header, Arena *arena, Error *error)
{
    const char **names = arena_allocate(arena, header->field_count * sizeof(const char *));
    for (size_t i = 0; names && i < header->field_count; i++) {
        Text name = utf8_sanitize(utf8_truncate(header->fields[i], 256), arena);
        names[i] = arena_copy(arena, name.data ? name : TEXT(""));
        if (!names[i])
            names = NULL;
    }
    if (!names)
        return STATUS_ERROR;
    char joined[320] = "";
    size_t size = 0;
    for (size_t i = 0; i < header->field_count && size < sizeof joined - 1; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
    const char *nearest = nearest_name(wanted, names, header->field_count);
    if (header->field_count == 1 && strpbrk(joined, ",;\t|"))
        return error_hint(error, "its header is one column, '%s': is 'delimiter' right?", joined);
    if (nearest)
        return error_hint(error, "did you mean '%s'? columns: %s", nearest, joined);
    return error_hint(error, "columns: %s", joined);
}

static Status find_column(const CsvReader *reader, Text path, const CsvRecord *header, size_t *ret_column, Error *error)
{
    size_t found = header->field_count, count = 0;
    for (size_t i = header->field_count; i-- > 0;)
        if (text_equal(header->fields[i], path)) {
            found = i;
            count++;
        }
    if (count == 1) {
        *ret_column = found;
        return STATUS_OK;
    }
    const char *name = stream_name(reader->stream);
    if (count > 1) {
        error_set(error, ERROR_DATA, "%s: has the column '%.*s' %zu times", name, TEXT_PRINTF(path), count);
        return error_hint(error, "give the columns other names by 'header: [...]'");
    }
    error_set(error, ERROR_DATA, "%s: has no column '%.*s'", name, TEXT_PRINTF(path));
    cleanup(arena_done) Arena arena = arena_make(CSV_FIELDS_MAX * 1024);
    return hint_columns(path, header, &arena, error);
}

/* By the names in a header, which is the file's own first line or stands in the configuration. */
static Status bind_names(CsvReader *reader, const CsvRecord *header, Error *error)
{
    const Mapping *mapping = reader->emitter->mapping;
    for (size_t i = 0; i < mapping->slot_count; i++)
        TRY(find_column(reader, mapping->slots[i].path, header, &reader->columns[i], error));
    return STATUS_OK;
}

static Status bind_numbers(CsvReader *reader, size_t column_count, Error *error)
{
    const Mapping *mapping = reader->emitter->mapping;
    for (size_t i = 0; i < mapping->slot_count; i++) {
        long long number;
        Text path = mapping->slots[i].path;
        if (!text_to_int64(path, &number) || number < 1 || (unsigned long long)number > column_count) {
            error_set(error, ERROR_DATA, "%s: has no column %.*s", stream_name(reader->stream), TEXT_PRINTF(path));
            return error_hint(error, "it has %zu column%s; is 'delimiter' right?", column_count,
                              column_count == 1 ? "" : "s");
        }
        reader->columns[i] = (size_t)number - 1;
    }
    return STATUS_OK;
}

static void report_names(const CsvReader *reader, const CsvRecord *header)
{
    const Emitter *emitter = reader->emitter;
    for (size_t i = 0; emitter->sink.name && i < header->field_count; i++) {
        size_t slot = 0;
        while (slot < emitter->mapping->slot_count && reader->columns[slot] != i)
            slot++;
        if (slot < emitter->mapping->slot_count)
            continue;
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        bool has_names = emitter->mapping->source->has_header || emitter->mapping->source->columns;
        emitter->sink.name(emitter->sink.context, has_names ? header->fields[i] : text_from(number));
    }
}

/* --- records -------------------------------------------------------------------------------------------------- */

static Status reject(CsvReader *reader, const CsvRecord *record, Error *error)
{
    char reason[96];
    Text problem = text_from(record->problem);
    size_t expected = csv_scanner_column_count(reader->scanner);
    if (text_is(problem, "ragged") && record->field_count)
        snprintf(reason, sizeof reason, "%zu column%s instead of %zu", record->field_count,
                 record->field_count == 1 ? "" : "s", expected);
    else if (text_is(problem, "ragged"))
        snprintf(reason, sizeof reason, "another number of columns than %zu", expected);
    else if (text_is(problem, "stray_quote"))
        snprintf(reason, sizeof reason, "a closing quote is followed by something else than a delimiter");
    else if (text_is(problem, "unclosed_quote"))
        snprintf(reason, sizeof reason, "a quote is opened and never closed");
    else if (text_is(problem, "record_too_long"))
        snprintf(reason, sizeof reason, "longer than %zu bytes", reader->emitter->mapping->source->record_ceiling);
    else
        snprintf(reason, sizeof reason, "more than %d columns", CSV_FIELDS_MAX);
    return emitter_reject(reader->emitter, record->line, record->problem, reason, record->raw, error);
}

static Status take(CsvReader *reader, const CsvRecord *record, Error *error)
{
    if (record->problem)
        return reject(reader, record, error);
    Emitter *emitter = reader->emitter;
    TRY(emitter_begin(emitter, record->line, error));
    ValueForm form = utf8_is_storable(record->raw) ? VALUE_PLAIN : VALUE_UNCHECKED;
    for (size_t i = 0; i < emitter->mapping->slot_count; i++)
        emitter->values[i] = (Value){record->fields[reader->columns[i]], form};
    return emitter_emit(emitter, 0, record->raw, error);
}

static Status take_header(CsvReader *reader, const CsvRecord *header, Error *error)
{
    if (header->problem) {
        error_set(error, ERROR_DATA, "%s: line %zu: the header cannot be read (%s)", stream_name(reader->stream),
                  header->line, header->problem);
        return error_hint(error, "are 'delimiter' and 'quote' right?");
    }
    TRY(bind_names(reader, header, error));
    report_names(reader, header);
    return STATUS_OK;
}

/* Binds the columns of a file that has no header, when its first good record says how many there are. */
static Status bind_first(CsvReader *reader, const CsvRecord *record, bool *is_bound, Error *error)
{
    const Source *source = reader->emitter->mapping->source;
    if (record->problem)
        return STATUS_OK;
    *is_bound = true;
    if (source->columns)
        return STATUS_OK;
    TRY(bind_numbers(reader, record->field_count, error));
    report_names(reader, record);
    return STATUS_OK;
}

static Status read_all(CsvReader *reader, FormatResult *result, Error *error)
{
    const Source *source = reader->emitter->mapping->source;
    bool is_bound = false;
    if (source->columns) {
        CsvRecord header = {.fields = source->columns, .field_count = source->column_count};
        TRY(take_header(reader, &header, error));
    }
    CsvRecord record;
    Status status;
    while (!emitter_is_full(reader->emitter) &&
           (status = csv_scanner_next(reader->scanner, &record, error)) != STATUS_END) {
        TRY(status);
        bool is_first = !result->has_content;
        result->has_content = true;
        if (source->has_header && is_first) {
            TRY(take_header(reader, &record, error));
            is_bound = true;
            continue;
        }
        if (!is_bound)
            TRY(bind_first(reader, &record, &is_bound, error));
        TRY(take(reader, &record, error));
    }
    return STATUS_OK;
}

Status csv_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    const Source *source = emitter->mapping->source;
    CsvOptions options = {
        .delimiter = source->delimiter,
        .quote = source->quote,
        .is_unquoted = source->quote == '\0',
        .column_count = source->columns ? source->column_count : 0,
        .record_ceiling = source->record_ceiling,
    };
    cleanup(csv_scanner_freep) CsvScanner *scanner = NULL;
    TRY(csv_scanner_make(&options, stream, &scanner, error));
    CsvReader reader = {.emitter = emitter, .stream = stream, .scanner = scanner};
    reader.columns = calloc(emitter->mapping->slot_count + 1, sizeof *reader.columns);
    if (!reader.columns)
        return error_no_memory(error);
    Status status = read_all(&reader, result, error);
    free(reader.columns);
    return status;
}
