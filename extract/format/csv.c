#include "extract/format.h"

#include "common/csv.h"
#include "common/utf8.h"
#include "extract/mapping/columns.h"

#include <stdio.h>

typedef struct CsvReader {
    Emitter *emitter;
    Stream *stream;
    CsvScanner *scanner;
    Columns columns;
} CsvReader;

/* --- records -------------------------------------------------------------------------------------------------- */

static Status reject(CsvReader *reader, const CsvRecord *record, Error *error)
{
    bool may_grow = reader->emitter->mapping->source->mode == MODE_APPEND;
    if (may_grow && csv_scanner_is_at_cut(reader->scanner))
        return emitter_reject_cut_off(reader->emitter, record->line, record->raw, error);
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
    return columns_emit(&reader->columns, emitter, record->fields, form, record->raw, error);
}

static Status take_header(CsvReader *reader, const CsvRecord *header, Error *error)
{
    if (header->problem) {
        error_set(error, ERROR_DATA, "%s: line %zu: the header cannot be read (%s)", stream_name(reader->stream),
                  header->line, header->problem);
        return error_hint(error, "are 'delimiter' and 'quote' right?");
    }
    TRY(columns_bind(reader->emitter->mapping, header->fields, header->field_count, stream_name(reader->stream),
                     &reader->columns, error));
    columns_report(&reader->columns, reader->emitter, header->fields, header->field_count);
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
    TRY(columns_bind_numbers(reader->emitter->mapping, record->field_count, stream_name(reader->stream),
                             &reader->columns, error));
    columns_report(&reader->columns, reader->emitter, NULL, record->field_count);
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
    CsvReader reader = {.emitter = emitter, .stream = stream, .scanner = scanner, .columns = COLUMNS_INIT};
    Status status = read_all(&reader, result, error);
    columns_done(&reader.columns);
    return status;
}
