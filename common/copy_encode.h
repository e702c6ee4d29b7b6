/* Rows in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"), appended to a buffer that
 * the caller writes away. Knows nothing of libpq.
 *
 *     TRY(copy_encode_header(&buffer, error));
 *     TRY(copy_encode_begin(&buffer, 3, error));
 *     TRY(copy_encode_uuid(&buffer, &key, error));
 *     TRY(copy_encode_text(&buffer, name, error));          // the absent text is null
 *     TRY(copy_encode_int64(&buffer, &count, error));       // NULL is null
 *     ...
 *     TRY(copy_encode_trailer(&buffer, error));
 */
#ifndef CLOSEDLOOP_COMMON_COPY_ENCODE_H
#define CLOSEDLOOP_COMMON_COPY_ENCODE_H

#include "common/buffer.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"

#include <stdint.h>

/* The file's head and end. */
Status copy_encode_header(Buffer *buffer, Error *error);
Status copy_encode_trailer(Buffer *buffer, Error *error);

/* A row of that many fields follows. */
Status copy_encode_begin(Buffer *buffer, int field_count, Error *error);

/* The fields, in the order of the columns. Pointers may be NULL, texts absent: null. */
Status copy_encode_uuid(Buffer *buffer, const Key *key, Error *error);
Status copy_encode_text(Buffer *buffer, Text text, Error *error);
Status copy_encode_bool(Buffer *buffer, const bool *value, Error *error);
Status copy_encode_int32(Buffer *buffer, const int32_t *value, Error *error);
Status copy_encode_int64(Buffer *buffer, const int64_t *value, Error *error);
Status copy_encode_time(Buffer *buffer, const int64_t *instant, Error *error); /* microseconds since 1970, UTC */
Status copy_encode_date(Buffer *buffer, const int32_t *days, Error *error);    /* days since 1970-01-01 */

/* A value already in its type's binary form (numeric); NULL is null. */
Status copy_encode_bytes(Buffer *buffer, const void *bytes, size_t size, Error *error);

/* One-dimensional arrays. are_null says which of the values are null; NULL: none is. */
Status copy_encode_uuid_array(Buffer *buffer, const Key *keys, size_t count, Error *error);
Status copy_encode_int64_array(Buffer *buffer, const int64_t *values, const bool *are_null, size_t count, Error *error);
Status copy_encode_text_array(Buffer *buffer, const Text *texts, size_t count, Error *error);

#endif
