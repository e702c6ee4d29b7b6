#include "transform/copy_writer.h"

#include "common/copy_encode.h"

enum { FILE_MODE = 0600, KEY_SIZE = sizeof(Key) };

/* What copy_encode makes goes straight to the file. */
static Status write_piece(CopyWriter *writer, Status (*encode)(Buffer *, Error *), Error *error)
{
    buffer_clear(&writer->row);
    TRY(encode(&writer->row, error));
    return file_writer_write_text(&writer->file, buffer_text(&writer->row), error);
}

Status copy_writer_open(const char *path, size_t column_count, const int32_t *member, CopyWriter *ret_writer,
                        Error *error)
{
    cleanup(copy_writer_done) CopyWriter writer = COPY_WRITER_INIT;
    writer.row = buffer_make(COPY_ROW_CEILING);
    writer.column_count = column_count + (member != NULL);
    writer.member = member;
    TRY(path ? file_writer_open_plain(path, FILE_MODE, &writer.file, error)
             : file_writer_open_nowhere(&writer.file, error));
    TRY(write_piece(&writer, copy_encode_header, error));
    *ret_writer = writer;
    writer = (CopyWriter)COPY_WRITER_INIT;
    return STATUS_OK;
}

/* A value was put, or it was not: then copy_row_end() says so. */
static void note(CopyWriter *writer, Status status)
{
    writer->value_count++;
    writer->is_failed = writer->is_failed || status != STATUS_OK;
}

void copy_row_begin(CopyWriter *writer)
{
    Error ignored;
    buffer_clear(&writer->row);
    writer->is_failed = copy_encode_begin(&writer->row, (int)writer->column_count, &ignored) != STATUS_OK;
    writer->value_count = 0;
}

void copy_put_null(CopyWriter *writer)
{
    copy_put_text(writer, TEXT_NULL);
}

void copy_put_uuid(CopyWriter *writer, const Key *key)
{
    Error ignored;
    note(writer, copy_encode_uuid(&writer->row, key, &ignored));
}

void copy_put_uuids(CopyWriter *writer, const Key *keys, size_t count)
{
    Error ignored;
    if (count)
        note(writer, copy_encode_uuid_array(&writer->row, keys, count, &ignored));
    else
        copy_put_null(writer);
}

void copy_put_text(CopyWriter *writer, Text text)
{
    Error ignored;
    note(writer, copy_encode_text(&writer->row, text, &ignored));
}

void copy_put_boolean(CopyWriter *writer, bool value)
{
    Error ignored;
    note(writer, copy_encode_bool(&writer->row, &value, &ignored));
}

void copy_put_integer(CopyWriter *writer, int32_t value)
{
    Error ignored;
    note(writer, copy_encode_int32(&writer->row, &value, &ignored));
}

void copy_put_bigint(CopyWriter *writer, int64_t value)
{
    Error ignored;
    note(writer, copy_encode_int64(&writer->row, &value, &ignored));
}

void copy_put_timestamp(CopyWriter *writer, int64_t instant)
{
    Error ignored;
    note(writer, copy_encode_time(&writer->row, &instant, &ignored));
}

void copy_put_date(CopyWriter *writer, int32_t days)
{
    Error ignored;
    note(writer, copy_encode_date(&writer->row, &days, &ignored));
}

void copy_put_numeric(CopyWriter *writer, Decimal decimal)
{
    Error ignored;
    uint8_t bytes[DECIMAL_NUMERIC_SIZE];
    size_t size;
    bool is_made = decimal_to_numeric_binary(decimal, bytes, sizeof bytes, &size);
    note(writer, is_made ? copy_encode_bytes(&writer->row, bytes, size, &ignored) : STATUS_ERROR);
}

size_t copy_put_digest(CopyWriter *writer)
{
    static const Key later = {{0}};
    copy_put_uuid(writer, &later);
    return writer->is_failed ? 0 : writer->row.size - KEY_SIZE;
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
    if (writer->member)
        copy_put_integer(writer, *writer->member);
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
    TRY(write_piece(writer, copy_encode_trailer, error));
    return file_writer_commit(&writer->file, error);
}

void copy_writer_done(CopyWriter *writer)
{
    file_writer_done(&writer->file);
    buffer_done(&writer->row);
    *writer = (CopyWriter)COPY_WRITER_INIT;
}
