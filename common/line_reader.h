/* The lines of a stream, one after the other, in constant memory: for formats in which a line is a record.
 *
 *     cleanup(line_reader_freep) LineReader *lines = NULL;
 *     TRY(line_reader_make(stream, ceiling, &lines, error));
 *     Line line;
 *     while ((status = line_reader_next(lines, &line, error)) == STATUS_OK)
 *         if (line.is_too_long)
 *             reject(line.number, line.text);
 *         else
 *             take(line.text);
 *
 * A line ends with LF or CRLF, the last one also with the end of the file. Lines without a byte in them, and those of
 * NULs alone, which a server that was cut off from its power leaves in its log, are passed over; NULs at either end of
 * a line are dropped. So is a byte order mark of UTF-8 at the start.
 */
#ifndef CLOSEDLOOP_COMMON_LINE_READER_H
#define CLOSEDLOOP_COMMON_LINE_READER_H

#include "common/error.h"
#include "common/stream.h"
#include "common/text.h"

typedef struct Line {
    Text text;        /* without its end; of a line that is too long the first bytes, as many as the ceiling */
    size_t number;    /* counted from 1 */
    bool has_end;     /* false: the file ends within it, or behind it without a line end; of a long one true */
    bool is_too_long; /* more bytes than the ceiling: the rest of it is passed over */
} Line;

typedef struct LineReader LineReader;

/* The stream stays the caller's, and must outlive the reader. Takes ceiling and 512 KiB of address space, and touches
 * what the lines need. */
Status line_reader_make(Stream *stream, size_t ceiling, LineReader **ret_reader, Error *error);

/* The next line, valid until the next call; STATUS_END behind the last; the errors of the stream. */
Status line_reader_next(LineReader *reader, Line *ret_line, Error *error);

/* Accepts NULL. */
void line_reader_free(LineReader *reader);

/* For cleanup(line_reader_freep). */
static inline void line_reader_freep(LineReader **reader)
{
    line_reader_free(*reader);
}

#endif
