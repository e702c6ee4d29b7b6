#include "common/line_reader.h"

#include <stdlib.h>

/* A read is at least as long as what is kept in front of it, so that moving that costs no more than reading. */
enum { READ_SIZE = 256 * 1024, LINE_END = 2 };

struct LineReader {
    Stream *stream;
    size_t ceiling, number;
    char *window;
    size_t capacity, start, searched, end; /* before searched there is no line end */
    bool is_begun, is_final, is_skipping;
};

Status line_reader_make(Stream *stream, size_t ceiling, LineReader **ret_reader, Error *error)
{
    LineReader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return error_no_memory(error);
    reader->stream = stream;
    reader->ceiling = ceiling;
    reader->capacity = ceiling + LINE_END + 2 * READ_SIZE;
    reader->window = malloc(reader->capacity);
    if (!reader->window) {
        line_reader_free(reader);
        return error_no_memory(error);
    }
    *ret_reader = reader;
    return STATUS_OK;
}

void line_reader_free(LineReader *reader)
{
    if (!reader)
        return;
    free(reader->window);
    free(reader);
}

static Status refill(LineReader *reader, Error *error)
{
    size_t kept = reader->end - reader->start;
    memmove(reader->window, reader->window + reader->start, kept);
    reader->searched -= reader->start;
    reader->start = 0;
    reader->end = kept;
    size_t room = reader->capacity - kept, wanted = kept > READ_SIZE ? kept : READ_SIZE, size = 0;
    Status status =
        stream_read_into(reader->stream, reader->window + kept, wanted < room ? wanted : room, &size, error);
    if (status == STATUS_ERROR)
        return status;
    reader->is_final = status == STATUS_END;
    reader->end += size;
    return STATUS_OK;
}

static Status begin(LineReader *reader, Error *error)
{
    static const char mark[] = "\xEF\xBB\xBF";
    while (reader->end < sizeof mark - 1 && !reader->is_final)
        TRY(refill(reader, error));
    if (text_starts_with((Text){reader->window, reader->end}, TEXT("\xEF\xBB\xBF")))
        reader->start = reader->searched = sizeof mark - 1;
    reader->is_begun = true;
    return STATUS_OK;
}

/* Where the line at start ends, or where it passes the ceiling. STATUS_END at the end of the file. */
static Status find_end(LineReader *reader, size_t *ret_end, Error *error)
{
    for (;;) {
        const char *found = memchr(reader->window + reader->searched, '\n', reader->end - reader->searched);
        if (found) {
            *ret_end = (size_t)(found - reader->window);
            return STATUS_OK;
        }
        reader->searched = reader->end;
        *ret_end = reader->end;
        if (reader->is_final)
            return reader->end == reader->start ? STATUS_END : STATUS_OK;
        /* A carriage return before the line end does not count. */
        if (reader->end - reader->start > reader->ceiling + 1)
            return STATUS_OK;
        TRY(refill(reader, error));
    }
}

static Text without_nuls(Text text)
{
    while (text.size && text.data[text.size - 1] == '\0')
        text.size--;
    while (text.size && text.data[0] == '\0')
        text = (Text){text.data + 1, text.size - 1};
    return text;
}

/* Gives the bytes up to `end`, and goes behind the line end there, if there is one. */
static void take(LineReader *reader, size_t end, Line *ret_line)
{
    Text text = {reader->window + reader->start, end - reader->start};
    bool has_end = end < reader->end && reader->window[end] == '\n';
    if (has_end && text.size && text.data[text.size - 1] == '\r')
        text.size--;
    bool is_too_long = text.size > reader->ceiling;
    if (is_too_long)
        text.size = reader->ceiling;
    *ret_line = (Line){.text = without_nuls(text),
                       .number = reader->number,
                       .has_end = has_end || is_too_long,
                       .is_too_long = is_too_long};
    reader->start = reader->searched = end + has_end;
    reader->is_skipping = !has_end;
}

Status line_reader_next(LineReader *reader, Line *ret_line, Error *error)
{
    if (!reader->is_begun)
        TRY(begin(reader, error));
    for (;;) {
        size_t end;
        Line line;
        TRY(find_end(reader, &end, error));
        bool was_skipping = reader->is_skipping;
        reader->number += !was_skipping;
        take(reader, end, &line);
        if (was_skipping || line.text.size == 0)
            continue;
        *ret_line = line;
        return STATUS_OK;
    }
}
