/* A growable run of bytes with a ceiling that is given when it is made.
 *
 *     cleanup(buffer_done) Buffer buffer = buffer_make(16 << 20);
 *     TRY(buffer_append(&buffer, text, error));
 *
 * The contents are followed by a NUL that does not count, so that buffer.data can be printed once it is not empty.
 */
#ifndef CLOSEDLOOP_COMMON_BUFFER_H
#define CLOSEDLOOP_COMMON_BUFFER_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

typedef struct Buffer {
    char *data; /* NULL until something is put in */
    size_t size, capacity, ceiling;
} Buffer;

Buffer buffer_make(size_t ceiling);

/* Room for `more` bytes behind the contents. ERROR_DATA past the ceiling (the caller knows what it was and prefixes
 * the place), ERROR_INTERNAL without memory; the contents stay as they were. */
Status buffer_reserve(Buffer *buffer, size_t more, Error *error);

Status buffer_append(Buffer *buffer, Text text, Error *error);
Status buffer_append_bytes(Buffer *buffer, const void *bytes, size_t size, Error *error);
Status buffer_append_byte(Buffer *buffer, char byte, Error *error);
Status buffer_printf(Buffer *buffer, Error *error, const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline Text buffer_text(const Buffer *buffer)
{
    return (Text){buffer->data ? buffer->data : "", buffer->size};
}

/* Empty again, memory kept. */
void buffer_clear(Buffer *buffer);

/* Memory given back. */
void buffer_done(Buffer *buffer);

#endif
