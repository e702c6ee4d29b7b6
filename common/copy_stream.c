#include "common/copy_stream.h"

/* Pieces that fit into what lies between us and the server, with room for the longest row. */
enum { PIECE_SIZE = 64 << 10, ROWS_CEILING = 8 << 20 };

CopyStream copy_stream_make(Pg *pg, const char *statement)
{
    return (CopyStream){.pg = pg, .statement = statement, .rows = buffer_make(ROWS_CEILING)};
}

void copy_stream_done(CopyStream *stream)
{
    buffer_done(&stream->rows);
}

static Status send(CopyStream *stream, Error *error)
{
    TRY(pg_copy_write(stream->pg, buffer_text(&stream->rows), error));
    buffer_clear(&stream->rows);
    return STATUS_OK;
}

Status copy_stream_row(CopyStream *stream, int field_count, Error *error)
{
    if (!stream->is_begun) {
        TRY(pg_copy_begin(stream->pg, stream->statement, error));
        stream->is_begun = true;
        TRY(copy_encode_header(&stream->rows, error));
    }
    if (stream->rows.size >= PIECE_SIZE)
        TRY(send(stream, error));
    return copy_encode_begin(&stream->rows, field_count, error);
}

Status copy_stream_end(CopyStream *stream, Error *error)
{
    if (!stream->is_begun)
        return STATUS_OK;
    stream->is_begun = false;
    TRY(copy_encode_trailer(&stream->rows, error));
    TRY(send(stream, error));
    return pg_copy_end(stream->pg, NULL, error);
}
