/* Rows in the binary format of PostgreSQL's COPY (www.postgresql.org/docs/15/sql-copy.html, "Binary Format"), as one
 * durable file.
 *
 *     cleanup(copy_writer_done) CopyWriter writer = COPY_WRITER_INIT;
 *     TRY(copy_writer_open(path, 3, NULL, &writer, error));
 *     copy_row_begin(&writer);
 *     copy_put_uuid(&writer, &id);
 *     copy_put_text(&writer, name);                    // the absent text is null
 *     copy_put_timestamp(&writer, at);
 *     TRY(copy_row_end(&writer, error));
 *     TRY(copy_writer_commit(&writer, error));
 *
 * A value that does not fit is remembered, and copy_row_end() says so. Texts must be storable (common/utf8.h).
 */
#ifndef CLOSEDLOOP_TRANSFORM_COPY_WRITER_H
#define CLOSEDLOOP_TRANSFORM_COPY_WRITER_H

#include "common/buffer.h"
#include "common/decimal.h"
#include "common/error.h"
#include "common/file.h"
#include "common/hash.h"

#include <stdint.h>

enum { COPY_ROW_CEILING = 8 << 20 };

typedef struct CopyWriter {
    FileWriter file;
    Buffer row; /* the row at hand */
    size_t column_count, value_count;
    const int32_t *member; /* NULL, or what is put behind the columns of each row */
    int64_t rows;          /* ended so far */
    bool is_failed;        /* the row at hand has outgrown its ceiling */
} CopyWriter;

#define COPY_WRITER_INIT                                                                                               \
    {                                                                                                                  \
        .file = FILE_WRITER_INIT                                                                                       \
    }

/* Makes the file, which must not be there, and writes the header; without a path (NULL) rows are counted and not kept.
 * Unless it is NULL what stands at `member`, which must outlive the writer, becomes the last value of each row, beyond
 * its columns. */
Status copy_writer_open(const char *path, size_t column_count, const int32_t *member, CopyWriter *ret_writer,
                        Error *error);

/* Begins a row, and forgets one that was not ended. */
void copy_row_begin(CopyWriter *writer);

void copy_put_null(CopyWriter *writer);
void copy_put_uuid(CopyWriter *writer, const Key *key);
void copy_put_uuids(CopyWriter *writer, const Key *keys, size_t count); /* uuid[]; null if there is none */
void copy_put_text(CopyWriter *writer, Text text);
void copy_put_boolean(CopyWriter *writer, bool value);
void copy_put_integer(CopyWriter *writer, int32_t value);
void copy_put_bigint(CopyWriter *writer, int64_t value);
void copy_put_timestamp(CopyWriter *writer, int64_t instant); /* microseconds since 1970 */
void copy_put_date(CopyWriter *writer, int32_t days);         /* since 1970-01-01 */
void copy_put_numeric(CopyWriter *writer, Decimal decimal);

/* Puts a uuid that copy_fill_digest() makes the XXH3-128 of all that is put behind it; returns its place. */
size_t copy_put_digest(CopyWriter *writer);
void copy_fill_digest(CopyWriter *writer, size_t place);

/* Writes the row. ERROR_INTERNAL if it has not as many values as the file has columns, ERROR_DATA if it is too large.
 */
Status copy_row_end(CopyWriter *writer, Error *error);

/* Writes the trailer; the file is durable. */
Status copy_writer_commit(CopyWriter *writer, Error *error);

/* Without a commit before it the file is removed. May be called again, and on COPY_WRITER_INIT. */
void copy_writer_done(CopyWriter *writer);

#endif
