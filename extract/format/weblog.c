#include "extract/format.h"

#include "common/line_reader.h"
#include "common/utf8.h"
#include "extract/format/weblog_record.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIELDS_CEILING = 256 * 1024 };

typedef struct WeblogReader {
    Emitter *emitter;
    Stream *stream;
    WeblogSlot *slots; /* as many as the mapping has */
    WeblogRecord record;
    WeblogFormat fields; /* of a W3C log, in fields_arena */
    Arena fields_arena;
    bool is_microsoft, has_names;
} WeblogReader;

/* --- columns -------------------------------------------------------------------------------------------------- */

/* Pieces of lists and places of documents within values are the emitter's. */
static bool is_filled_here(const MappingSlot *slot)
{
    return slot->scope == 0 && slot->document == MAPPING_NO_DOCUMENT;
}

/* For a preview: the columns that this log has and nobody asks for. */
static void report_names(const WeblogReader *reader)
{
    const Emitter *emitter = reader->emitter;
    for (int i = 0; i < WEBLOG_COLUMN_COUNT; i++) {
        WeblogColumn column = (WeblogColumn)i;
        size_t asked = 0;
        while (asked < emitter->mapping->slot_count &&
               !(is_filled_here(&emitter->mapping->slots[asked]) && reader->slots[asked].column == column))
            asked++;
        bool is_said = weblog_record_slot(reader->record.format, column, TEXT_NULL).item >= 0;
        if (asked == emitter->mapping->slot_count && is_said)
            emitter->sink.name(emitter->sink.context, text_from(weblog_column_name(column)));
    }
}

static Status bind(WeblogReader *reader, const WeblogFormat *format, size_t line, Error *error)
{
    const Mapping *mapping = reader->emitter->mapping;
    for (size_t i = 0; i < mapping->slot_count; i++) {
        WeblogColumn column;
        Text name;
        Text path = mapping->slots[i].path;
        if (!is_filled_here(&mapping->slots[i]))
            continue;
        const char *missing = "a name that is no column";
        if (weblog_column_find(path, &column, &name))
            missing = mapping->slots[i].is_required ? weblog_column_missing(format, column, name) : NULL;
        if (missing) {
            error_set(error, ERROR_DATA, "%s: line %zu: its #Fields cannot say '%.*s'", stream_name(reader->stream),
                      line, TEXT_PRINTF(path));
            return error_hint(error, "it would need %s: add that to the fields that the server logs", missing);
        }
        reader->slots[i] = weblog_record_slot(format, column, name);
    }
    weblog_record_bind(&reader->record, format);
    if (reader->emitter->sink.name && !reader->has_names)
        report_names(reader);
    reader->has_names = true;
    return STATUS_OK;
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

static Text behind_word(Text text, const char *word)
{
    size_t size = strlen(word);
    if (text.size < size || !text_equal_ignore_case((Text){text.data, size}, (Text){word, size}))
        return TEXT_NULL;
    return text_trim((Text){text.data + size, text.size - size});
}

/* A line of a W3C log that begins with a number sign says what the following ones are. */
static Status take_directive(WeblogReader *reader, const Line *line, Error *error)
{
    Text fields = behind_word(line->text, "#Fields:"), date = behind_word(line->text, "#Date:");
    Text software = behind_word(line->text, "#Software:");
    if (!text_is_null(software))
        reader->is_microsoft = text_starts_with(software, TEXT("Microsoft"));
    if (date.size >= WEBLOG_DATE_SIZE && utf8_is_storable((Text){date.data, WEBLOG_DATE_SIZE}))
        memcpy(reader->record.date, date.data, WEBLOG_DATE_SIZE);
    if (text_is_null(fields))
        return STATUS_OK;
    arena_clear(&reader->fields_arena);
    if (weblog_format_from_fields(fields, &reader->fields_arena, &reader->fields, error) != STATUS_OK)
        return error_prefix(error, "%s: line %zu", stream_name(reader->stream), line->number);
    reader->fields.is_microsoft = reader->is_microsoft;
    return bind(reader, &reader->fields, line->number, error);
}

/* Without a line end the line may be cut: the server is still at it. A quote or another letter of the format behind the
 * last value shows that it is whole. */
static bool is_cut(const WeblogReader *reader, const Line *line)
{
    return !line->has_end && reader->record.format->items[reader->record.format->count - 1].behind.size == 0;
}

static Status take_record(WeblogReader *reader, const Line *line, Error *error)
{
    Emitter *emitter = reader->emitter;
    WeblogRecord *record = &reader->record;
    if (!weblog_record_read(record, line->text)) {
        if (!line->has_end)
            return emitter_reject_cut_off(emitter, line->number, TEXT_NULL, error);
        return emitter_reject(emitter, line->number, record->line.problem, record->line.reason, TEXT_NULL, error);
    }
    Text shown = weblog_record_shown(record);
    if (is_cut(reader, line))
        return emitter_reject_cut_off(emitter, line->number, shown, error);
    TRY(emitter_begin(emitter, line->number, error));
    ValueForm form = utf8_is_storable(line->text) ? VALUE_PLAIN : VALUE_UNCHECKED;
    for (size_t i = 0; i < emitter->mapping->slot_count; i++) {
        if (!is_filled_here(&emitter->mapping->slots[i]))
            continue;
        Text value = weblog_record_value(record, &reader->slots[i]);
        bool is_known = text_is_null(value) || weblog_record_is_span(record, value);
        emitter->values[i] = (Value){value, is_known ? form : VALUE_UNCHECKED};
    }
    if (record->is_too_long)
        return emitter_reject(emitter, line->number, "record_too_long", "is larger than the memory for one record",
                              shown, error);
    return emitter_emit(emitter, 0, shown, error);
}

static Status take_line(WeblogReader *reader, const Line *line, Error *error)
{
    const Source *source = reader->emitter->mapping->source;
    bool is_w3c = source->log_format->style == WEBLOG_W3C;
    if (is_w3c && line->text.data[0] == '#' && !line->is_too_long)
        return take_directive(reader, line, error);
    if (line->is_too_long) {
        char reason[64];
        snprintf(reason, sizeof reason, "longer than %zu bytes", source->record_ceiling);
        return emitter_reject(reader->emitter, line->number, "record_too_long", reason, TEXT_NULL, error);
    }
    if (reader->record.format)
        return take_record(reader, line, error);
    error_set(error, ERROR_DATA, "%s: line %zu: comes before any #Fields line", stream_name(reader->stream),
              line->number);
    return error_hint(error, "only a W3C log has log_format: w3c; others are combined, common, or say it themselves");
}

static Status read_all(WeblogReader *reader, LineReader *lines, FormatResult *result, Error *error)
{
    Line line;
    Status status;
    while (!emitter_is_full(reader->emitter) && (status = line_reader_next(lines, &line, error)) != STATUS_END) {
        TRY(status);
        result->has_content = true;
        TRY(take_line(reader, &line, error));
    }
    return STATUS_OK;
}

Status weblog_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    const Source *source = emitter->mapping->source;
    WeblogReader reader = {
        .emitter = emitter,
        .stream = stream,
        .fields_arena = arena_make(FIELDS_CEILING),
        .record = weblog_record_make(source->record_ceiling),
        .slots = calloc(emitter->mapping->slot_count + 1, sizeof(WeblogSlot)),
    };
    cleanup(line_reader_freep) LineReader *lines = NULL;
    Status status =
        reader.slots ? line_reader_make(stream, source->record_ceiling, &lines, error) : error_no_memory(error);
    if (status == STATUS_OK && source->log_format->style != WEBLOG_W3C)
        status = bind(&reader, source->log_format, 1, error);
    if (status == STATUS_OK)
        status = read_all(&reader, lines, result, error);
    free(reader.slots);
    weblog_record_done(&reader.record);
    arena_done(&reader.fields_arena);
    return status;
}
