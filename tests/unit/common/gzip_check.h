/* Gzip members for tests, made by zlib. */
#ifndef CLOSEDLOOP_TESTS_GZIP_CHECK_H
#define CLOSEDLOOP_TESTS_GZIP_CHECK_H

#include "common/buffer.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

static inline void gzip_append(Buffer *buffer, Text text)
{
    Error error = ERROR_INIT;
    z_stream stream = {0};
    enum { GZIP_ONLY = 16, MEMORY = 8 };
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + GZIP_ONLY, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t bound = deflateBound(&stream, text.size) + 64;
    if (buffer_reserve(buffer, bound, &error) != STATUS_OK)
        abort();
    stream.next_in = (const Bytef *)text.data;
    stream.avail_in = (uInt)text.size;
    stream.next_out = (Bytef *)buffer->data + buffer->size;
    stream.avail_out = (uInt)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    buffer->size += bound - stream.avail_out;
    deflateEnd(&stream);
}

#endif
