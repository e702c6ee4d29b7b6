/* The bytes of one input, decoded, in blocks: plain or gzip, told apart by its first two bytes, as UTF-8 whatever
 * character set it is in, in constant memory.
 *
 *     Stream *stream;
 *     TRY(stream_open(path, &stream, error));
 *     Text block;
 *     while ((status = stream_read(stream, &block, error)) == STATUS_OK)
 *         take(block);
 *     if (status == STATUS_END)
 *         digest = stream_digest(stream);
 *     stream_free(stream);
 *
 * An empty file is a stream that ends at once. Messages start with the stream's name. After an error the stream can
 * only be freed.
 */
#ifndef CLOSEDLOOP_COMMON_STREAM_H
#define CLOSEDLOOP_COMMON_STREAM_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"

#include <stdint.h>

enum { STREAM_BLOCK_SIZE = 256 * 1024 };

typedef struct Stream Stream;

/* Opens a regular file. ERROR_NO_INPUT if it is not there, or is a folder, a pipe, a socket or a device (none of which
 * is waited for); ERROR_PERMISSION; ERROR_IO. */
Status stream_open(const char *path, Stream **ret_stream, Error *error);

/* Reads whatever the descriptor is, also a pipe, and closes it when the stream is freed (on failure it stays the
 * caller's). The name is for messages, and is copied. */
Status stream_from_descriptor(int descriptor, const char *name, Stream **ret_stream, Error *error);

/* Reads bytes of the caller's, which must outlive the stream, at most `step` at a time (0: as many as fit), so that
 * a test can put the boundaries of blocks where it likes. */
Status stream_from_memory(Text bytes, size_t step, const char *name, Stream **ret_stream, Error *error);

/* Bytes as somebody gives them: a query's, say. `give` puts up to capacity bytes into the caller's memory, and none at
 * the end alone; its errors get the stream's name. `finish`, unless NULL, gets the context when the stream is freed. */
typedef Status StreamGive(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error);
typedef void StreamFinish(void *context);

/* On failure the context stays the caller's. */
Status stream_from_giver(StreamGive *give, StreamFinish *finish, void *context, const char *name, Stream **ret_stream,
                         Error *error);

/* Says in which character set (common/charset.h) the input is; before the first read. NULL: in UTF-8, or, if it begins
 * with their byte order mark, in UTF-16 or UTF-32; that mark is not handed out. What the character set has no character
 * for comes out as the byte FF. ERROR_CONFIG for a name that the system does not know. */
Status stream_declare_charset(Stream *stream, const char *charset, Error *error);

/* Whether something outside of the document says its character set, or said it before it was decoded: then what an XML
 * declaration says of it does not count. Reads the first bytes. */
Status stream_knows_charset(Stream *stream, bool *ret_is_known, Error *error);

/* The next block, never empty, at most STREAM_BLOCK_SIZE, valid until the next call. STATUS_END at the end, and again
 * if called again. ERROR_DATA for damaged gzip, for a byte order mark of another character set than the one declared,
 * and for UTF-16 with neither; ERROR_IO if reading fails. */
Status stream_read(Stream *stream, Text *ret_block, Error *error);

/* The same into the caller's own memory: for a reader that keeps a window of its own. capacity is not 0. */
Status stream_read_into(Stream *stream, char *bytes, size_t capacity, size_t *ret_size, Error *error);

const char *stream_name(const Stream *stream);
bool stream_is_gzip(const Stream *stream);

/* So far: as they stand in the file, and as handed out. */
uint64_t stream_raw_bytes(const Stream *stream);
uint64_t stream_decoded_bytes(const Stream *stream);

/* XXH3-128 of the raw bytes read so far: after STATUS_END, of the file. */
Key stream_digest(const Stream *stream);

/* Accepts NULL. */
void stream_free(Stream *stream);

/* For cleanup(stream_freep). */
static inline void stream_freep(Stream **stream)
{
    stream_free(*stream);
}

#endif
