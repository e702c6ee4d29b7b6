/* Rows on their way into a table: a COPY that begins with the first of them and goes on in pieces, so that the server
 * stores what came while more is made. Until its end the connection takes no other statement.
 *
 *     cleanup(copy_stream_done) CopyStream stream = copy_stream_make(pg, "copy … from stdin (format binary)");
 *     TRY(copy_stream_row(&stream, 2, error));
 *     TRY(copy_encode_uuid(&stream.rows, &key, error));
 *     TRY(copy_encode_int64(&stream.rows, &count, error));
 *     …
 *     TRY(copy_stream_end(&stream, error));
 */
#ifndef CLOSEDLOOP_COMMON_COPY_STREAM_H
#define CLOSEDLOOP_COMMON_COPY_STREAM_H

#include "common/copy_encode.h"
#include "common/pg.h"

typedef struct CopyStream {
    Pg *pg;
    const char *statement; /* may be another one after an end */
    bool is_begun;
    Buffer rows; /* not sent yet */
} CopyStream;

/* The statement, a COPY FROM STDIN in binary format, must outlive it. */
CopyStream copy_stream_make(Pg *pg, const char *statement);

/* What was sent and not ended goes with the transaction. */
void copy_stream_done(CopyStream *stream);

/* Begins a row: its fields are to follow in stream->rows (common/copy_encode.h). Errors as of common/pg.h's COPY. */
Status copy_stream_row(CopyStream *stream, int field_count, Error *error);

/* All rows are in the table. Without a row nothing happens; the next row begins another COPY. */
Status copy_stream_end(CopyStream *stream, Error *error);

#endif
