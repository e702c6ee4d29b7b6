#include "extract/preview.h"

#include "common/display.h"
#include "common/time.h"
#include "common/utf8.h"
#include "extract/mapping/origin.h"

#include <inttypes.h>
#include <stdlib.h>

enum { NAMES_CEILING = 1 << 20, ORIGIN_CEILING = 64 << 10 };

Preview preview_make(FILE *stream, SourceFormat format)
{
    return (Preview){
        .stream = stream,
        .what = source_format_is_table(format) ? "columns"
                : format == FORMAT_XML         ? "elements"
                                               : "keys",
        .arena = arena_make(NAMES_CEILING),
    };
}

static unsigned print_character(FILE *stream, Text value, size_t start, size_t end, uint32_t character)
{
    if (character == '\n' || character == '\r' || character == '\t') {
        fputs(character == '\n' ? "\\n" : character == '\r' ? "\\r" : "\\t", stream);
        return 2;
    }
    if (display_is_unsafe(character))
        return (unsigned)fprintf(stream, character < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)character);
    /* What is no character comes one byte at a time. */
    if (character == DISPLAY_REPLACEMENT)
        fputs("\xEF\xBF\xBD", stream);
    else
        fwrite(value.data + start, 1, end - start, stream);
    return display_width(character);
}

/* On one line, with nothing that could steer a terminal, cut where it gets long. Returns the columns that it takes. */
static unsigned print_value(FILE *stream, Text value)
{
    unsigned width = 0;
    for (size_t at = 0; at < value.size;) {
        size_t start = at;
        uint32_t character = display_next(value, &at);
        if (width >= PREVIEW_VALUE_COLUMNS)
            return width + (unsigned)fprintf(stream, "… (%zu bytes)", value.size) - 2; /* the … is three bytes */
        width += print_character(stream, value, start, at, character);
    }
    return width;
}

static void print_not_given(FILE *stream, const RecordSpec *spec, const Record *record)
{
    const char *separator = "    not given: ";
    for (size_t i = 0; i < spec->field_count; i++) {
        if (!text_is_empty(record->values[i]))
            continue;
        fprintf(stream, "%s%s", separator, spec->fields[i].name);
        separator = ", ";
    }
    if (*separator == ',')
        fputc('\n', stream);
}

/* One value as it will stand there. */
typedef struct Line {
    char *value;
    unsigned width;
} Line;

static Status make_line(Text value, Line *ret_line, Error *error)
{
    size_t size;
    *ret_line = (Line){.value = NULL};
    FILE *stream = open_memstream(&ret_line->value, &size);
    if (!stream)
        return error_no_memory(error);
    ret_line->width = print_value(stream, value);
    return fclose(stream) == 0 ? STATUS_OK : error_no_memory(error);
}

/* Seconds, milliseconds or microseconds since 1970 say nothing to who reads them. */
static void print_instant(FILE *stream, const Source *source, Text value)
{
    for (size_t i = 0; i < value.size; i++)
        if ((value.data[i] < '0' || value.data[i] > '9') && value.data[i] != '.')
            return;
    for (size_t i = 0; i < source->time_format_count; i++) {
        TimeFormat format;
        Error ignored;
        int64_t instant;
        bool is_date_only;
        if (time_format_compile(source->time_formats[i], &format, &ignored) != STATUS_OK ||
            !time_read(value, &format, NULL, NULL, &instant, &is_date_only))
            continue;
        char iso[TIME_ISO_SIZE];
        time_write_iso(instant, iso);
        fprintf(stream, ": %s", iso);
        return;
    }
}

static void print_origin(const Preview *preview, int field, unsigned padding)
{
    Error ignored;
    cleanup(buffer_done) Buffer origin = buffer_make(ORIGIN_CEILING);
    /* What does not fit is a path that is cut. */
    (void)origin_write(preview->emitter, field, &origin, &ignored);
    fprintf(preview->stream, "%*s  <- ", (int)padding, "");
    print_value(preview->stream, buffer_text(&origin));
}

static Status take_record(void *context, RecordKind kind, const Record *record, Error *error)
{
    const Preview *preview = context;
    const RecordSpec *spec = record_spec(kind);
    Line lines[RECORD_FIELDS_MAX] = {{.value = NULL}};
    int name_width = 0;
    unsigned value_width = 0;
    Status status = STATUS_OK;
    for (size_t i = 0; i < spec->field_count && status == STATUS_OK; i++) {
        if (text_is_empty(record->values[i]))
            continue;
        status = make_line(record->values[i], &lines[i], error);
        if ((int)strlen(spec->fields[i].name) > name_width)
            name_width = (int)strlen(spec->fields[i].name);
        if (lines[i].width > value_width && lines[i].width <= PREVIEW_PADDED_COLUMNS)
            value_width = lines[i].width;
    }
    fprintf(preview->stream, "%s, line %u\n", spec->name, (unsigned)record->line);
    for (size_t i = 0; i < spec->field_count && status == STATUS_OK; i++) {
        if (!lines[i].value)
            continue;
        fprintf(preview->stream, "    %-*s  %s", name_width, spec->fields[i].name, lines[i].value);
        if (preview->emitter)
            print_origin(preview, (int)i, value_width > lines[i].width ? value_width - lines[i].width : 0);
        if (preview->emitter && spec->fields[i].type == FIELD_TIME)
            print_instant(preview->stream, preview->emitter->mapping->source, record->values[i]);
        fputc('\n', preview->stream);
    }
    for (size_t i = 0; i < spec->field_count; i++)
        free(lines[i].value);
    print_not_given(preview->stream, spec, record);
    fputc('\n', preview->stream);
    return status;
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)error;
    const Preview *preview = context;
    FILE *stream = preview->stream;
    fprintf(stream, "rejected %s, line %u: ", record_spec(kind)->name, (unsigned)reject->line);
    if (!text_is_null(reject->values[REJECT_FIELD]))
        fprintf(stream, "%.*s: ", TEXT_PRINTF(reject->values[REJECT_FIELD]));
    fprintf(stream, "%.*s: ", TEXT_PRINTF(reject->values[REJECT_CODE]));
    print_value(stream, reject->values[REJECT_REASON]);
    if (!text_is_empty(reject->values[REJECT_RAW])) {
        fputs("\n    ", stream);
        print_value(stream, reject->values[REJECT_RAW]);
    }
    fputs("\n\n", stream);
    return STATUS_OK;
}

static void add_name(Preview *preview, PreviewNames *names, Text path)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_equal(names->items[i], path))
            return;
    Text copy = names->count < PREVIEW_NAMES_MAX ? arena_copy_text(&preview->arena, path) : TEXT_NULL;
    if (copy.data)
        names->items[names->count++] = copy;
    else
        names->has_more = true;
}

static void take_name(void *context, Text path)
{
    Preview *preview = context;
    add_name(preview, &preview->unmapped, path);
}

static void take_missing(void *context, Text path)
{
    Preview *preview = context;
    add_name(preview, &preview->missing, path);
}

RecordSink preview_sink(Preview *preview)
{
    return (RecordSink){
        .record = take_record, .reject = take_reject, .name = take_name, .missing = take_missing, .context = preview};
}

static void print_names(const Preview *preview, const PreviewNames *names, const char *what)
{
    fprintf(preview->stream, "source %s not %s: ", preview->what, what);
    if (names->count == 0)
        fputs("none", preview->stream);
    for (size_t i = 0; i < names->count; i++) {
        fputs(i ? ", " : "", preview->stream);
        print_value(preview->stream, names->items[i]);
    }
    fputs(names->has_more ? ", …\n" : "\n", preview->stream);
}

void preview_end(const Preview *preview, const Emitter *emitter)
{
    uint64_t read = emitter->source_records, left_out = read - emitter->shown;
    if (left_out)
        fprintf(preview->stream, "left out by 'only' and 'unless': %" PRIu64 " of %" PRIu64 " record%s\n", left_out,
                read, read == 1 ? "" : "s");
    print_names(preview, &preview->unmapped, "mapped");
    if (preview->missing.count)
        print_names(preview, &preview->missing, "there");
}

void preview_done(Preview *preview)
{
    arena_done(&preview->arena);
    preview->unmapped.count = preview->missing.count = 0;
}
