#include "transform/copy_writer.h"

#include "common/time.h"

enum { FILE_MODE = 0600, UUID_OID = 2950, KEY_SIZE = sizeof(Key) };

static void store_16(uint8_t *out, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(out, &value, sizeof value);
}

static void store_32(uint8_t *out, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(out, &value, sizeof value);
}

static void store_64(uint8_t *out, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(out, &value, sizeof value);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the stores swap bytes");

Status copy_writer_open(const char *path, size_t column_count, CopyWriter *ret_writer, Error *error)
{
    /* Signature, flags, length of the header's extension. */
    static const char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    cleanup(copy_writer_done) CopyWriter writer = COPY_WRITER_INIT;
    writer.row = buffer_make(COPY_ROW_CEILING);
    writer.column_count = column_count;
    TRY(file_writer_open_plain(path, FILE_MODE, &writer.file, error));
    TRY(file_writer_write(&writer.file, header, sizeof header, error));
    *ret_writer = writer;
    writer = (CopyWriter)COPY_WRITER_INIT;
    return STATUS_OK;
}

/* Room for a run of bytes in the row; NULL once the row has failed. */
static inline uint8_t *take(CopyWriter *writer, size_t size)
{
    Buffer *row = &writer->row;
    if (writer->is_failed)
        return NULL;
    if (size > row->capacity - row->size) {
        Error ignored = ERROR_INIT; /* copy_row_end() says what it means here */
        if (buffer_reserve(row, size, &ignored) != STATUS_OK) {
            writer->is_failed = true;
            return NULL;
        }
    }
    uint8_t *out = (uint8_t *)row->data + row->size;
    row->size += size;
    return out;
}

/* A value of so many bytes, behind its length. */
static inline uint8_t *take_value(CopyWriter *writer, size_t size)
{
    writer->value_count++;
    uint8_t *out = take(writer, 4 + size);
    if (!out)
        return NULL;
    store_32(out, (uint32_t)size);
    return out + 4;
}

void copy_row_begin(CopyWriter *writer)
{
    buffer_clear(&writer->row);
    writer->value_count = 0;
    writer->is_failed = false;
    uint8_t *out = take(writer, 2);
    if (out)
        store_16(out, (uint16_t)writer->column_count);
}

void copy_put_null(CopyWriter *writer)
{
    writer->value_count++;
    uint8_t *out = take(writer, 4);
    if (out)
        store_32(out, UINT32_MAX);
}

void copy_put_uuid(CopyWriter *writer, const Key *key)
{
    uint8_t *out = take_value(writer, KEY_SIZE);
    if (out)
        memcpy(out, key->bytes, KEY_SIZE);
}

/* One dimension, no nulls, the elements' type, their number, the first index; then each element as a value. */
void copy_put_uuids(CopyWriter *writer, const Key *keys, size_t count)
{
    if (count == 0) {
        copy_put_null(writer);
        return;
    }
    uint8_t *out = count <= COPY_ROW_CEILING / (4 + KEY_SIZE) ? take_value(writer, 20 + count * (4 + KEY_SIZE)) : NULL;
    if (!out) {
        writer->is_failed = true;
        return;
    }
    const uint32_t head[] = {1, 0, UUID_OID, (uint32_t)count, 1};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        store_32(out + 4 * i, head[i]);
    out += sizeof head;
    for (size_t i = 0; i < count; i++, out += 4 + KEY_SIZE) {
        store_32(out, KEY_SIZE);
        memcpy(out + 4, keys[i].bytes, KEY_SIZE);
    }
}

void copy_put_text(CopyWriter *writer, Text text)
{
    if (text_is_null(text)) {
        copy_put_null(writer);
        return;
    }
    uint8_t *out = take_value(writer, text.size);
    if (out && text.size)
        memcpy(out, text.data, text.size);
}

void copy_put_boolean(CopyWriter *writer, bool value)
{
    uint8_t *out = take_value(writer, 1);
    if (out)
        *out = value;
}

void copy_put_integer(CopyWriter *writer, int32_t value)
{
    uint8_t *out = take_value(writer, 4);
    if (out)
        store_32(out, (uint32_t)value);
}

void copy_put_bigint(CopyWriter *writer, int64_t value)
{
    uint8_t *out = take_value(writer, 8);
    if (out)
        store_64(out, (uint64_t)value);
}

void copy_put_timestamp(CopyWriter *writer, int64_t instant)
{
    copy_put_bigint(writer, time_to_postgres(instant));
}

void copy_put_date(CopyWriter *writer, int32_t days)
{
    copy_put_integer(writer, time_date_to_postgres(days));
}

void copy_put_numeric(CopyWriter *writer, Decimal decimal)
{
    uint8_t bytes[DECIMAL_NUMERIC_SIZE];
    size_t size = 0;
    if (!decimal_to_numeric_binary(decimal, bytes, sizeof bytes, &size))
        writer->is_failed = true;
    uint8_t *out = take_value(writer, size);
    if (out)
        memcpy(out, bytes, size);
}

size_t copy_put_digest(CopyWriter *writer)
{
    uint8_t *out = take_value(writer, KEY_SIZE);
    if (!out)
        return 0;
    memset(out, 0, KEY_SIZE);
    return writer->row.size - KEY_SIZE;
}

void copy_fill_digest(CopyWriter *writer, size_t place)
{
    if (writer->is_failed)
        return;
    size_t start = place + KEY_SIZE;
    Key digest = hash_bytes((Text){writer->row.data + start, writer->row.size - start});
    memcpy(writer->row.data + place, digest.bytes, KEY_SIZE);
}

Status copy_row_end(CopyWriter *writer, Error *error)
{
    if (writer->is_failed)
        return error_set(error, ERROR_DATA, "%s: a row takes more than %d bytes", writer->file.path, COPY_ROW_CEILING);
    if (writer->value_count != writer->column_count)
        return error_set(error, ERROR_INTERNAL, "%s: a row of %zu values for %zu columns", writer->file.path,
                         writer->value_count, writer->column_count);
    TRY(file_writer_write(&writer->file, writer->row.data, writer->row.size, error));
    writer->rows++;
    return STATUS_OK;
}

Status copy_writer_commit(CopyWriter *writer, Error *error)
{
    static const char trailer[2] = "\377\377";
    TRY(file_writer_write(&writer->file, trailer, sizeof trailer, error));
    return file_writer_commit(&writer->file, error);
}

void copy_writer_done(CopyWriter *writer)
{
    file_writer_done(&writer->file);
    buffer_done(&writer->row);
    *writer = (CopyWriter)COPY_WRITER_INIT;
}
