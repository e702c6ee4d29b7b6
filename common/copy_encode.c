#include "common/copy_encode.h"

#include "common/time.h"

#include <endian.h>

/* Object ids of built-in types are fixed (PostgreSQL, pg_type.dat). */
enum { OID_INT8 = 20, OID_TEXT = 25, OID_UUID = 2950 };

static void put16(char *at, int16_t value)
{
    uint16_t bits = htobe16((uint16_t)value);
    memcpy(at, &bits, sizeof bits);
}

static void put32(char *at, int32_t value)
{
    uint32_t bits = htobe32((uint32_t)value);
    memcpy(at, &bits, sizeof bits);
}

static void put64(char *at, int64_t value)
{
    uint64_t bits = htobe64((uint64_t)value);
    memcpy(at, &bits, sizeof bits);
}

Status copy_encode_header(Buffer *buffer, Error *error)
{
    /* signature, flags, length of the header's extension */
    static const char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    return buffer_append_bytes(buffer, header, sizeof header, error);
}

Status copy_encode_trailer(Buffer *buffer, Error *error)
{
    return buffer_append_bytes(buffer, "\377\377", 2, error);
}

Status copy_encode_begin(Buffer *buffer, int field_count, Error *error)
{
    TRY(buffer_reserve(buffer, 2, error));
    put16(buffer->data + buffer->size, (int16_t)field_count);
    buffer->size += 2;
    return STATUS_OK;
}

/* Room for a field of that size, its length written; returns where its bytes go, or NULL. */
static char *begin_field(Buffer *buffer, size_t size, Error *error)
{
    if (buffer_reserve(buffer, 4 + size, error) != STATUS_OK)
        return NULL;
    char *at = buffer->data + buffer->size;
    put32(at, (int32_t)size);
    buffer->size += 4 + size;
    return at + 4;
}

static Status put_null(Buffer *buffer, Error *error)
{
    return buffer_append_bytes(buffer, "\377\377\377\377", 4, error);
}

Status copy_encode_bytes(Buffer *buffer, const void *bytes, size_t size, Error *error)
{
    if (!bytes)
        return put_null(buffer, error);
    if (size > INT32_MAX)
        return error_set(error, ERROR_DATA, "a value of %zu bytes", size);
    char *at = begin_field(buffer, size, error);
    if (!at)
        return STATUS_ERROR;
    if (size)
        memcpy(at, bytes, size);
    return STATUS_OK;
}

Status copy_encode_uuid(Buffer *buffer, const Key *key, Error *error)
{
    return copy_encode_bytes(buffer, key ? key->bytes : NULL, sizeof key->bytes, error);
}

Status copy_encode_text(Buffer *buffer, Text text, Error *error)
{
    return copy_encode_bytes(buffer, text.data, text.size, error);
}

Status copy_encode_bool(Buffer *buffer, const bool *value, Error *error)
{
    char byte = value && *value;
    return copy_encode_bytes(buffer, value ? &byte : NULL, 1, error);
}

Status copy_encode_int32(Buffer *buffer, const int32_t *value, Error *error)
{
    char bytes[4];
    put32(bytes, value ? *value : 0);
    return copy_encode_bytes(buffer, value ? bytes : NULL, sizeof bytes, error);
}

Status copy_encode_int64(Buffer *buffer, const int64_t *value, Error *error)
{
    char bytes[8];
    put64(bytes, value ? *value : 0);
    return copy_encode_bytes(buffer, value ? bytes : NULL, sizeof bytes, error);
}

Status copy_encode_time(Buffer *buffer, const int64_t *instant, Error *error)
{
    int64_t value = instant ? time_to_postgres(*instant) : 0;
    return copy_encode_int64(buffer, instant ? &value : NULL, error);
}

Status copy_encode_date(Buffer *buffer, const int32_t *days, Error *error)
{
    int32_t value = days ? time_date_to_postgres(*days) : 0;
    return copy_encode_int32(buffer, days ? &value : NULL, error);
}

/* dimensions, has nulls, element type, then length and lower bound; an empty array has no dimension */
static char *begin_array(Buffer *buffer, int32_t type, size_t count, size_t bytes, Error *error)
{
    if (count > INT32_MAX / 64)
        return error_set(error, ERROR_DATA, "an array of %zu elements", count), NULL;
    char *at = begin_field(buffer, (count ? 20U : 12U) + bytes, error);
    if (!at)
        return NULL;
    put32(at, count ? 1 : 0);
    put32(at + 4, 0);
    put32(at + 8, type);
    if (!count)
        return at + 12;
    put32(at + 12, (int32_t)count);
    put32(at + 16, 1);
    return at + 20;
}

Status copy_encode_uuid_array(Buffer *buffer, const Key *keys, size_t count, Error *error)
{
    char *at = begin_array(buffer, OID_UUID, count, count * 20, error);
    if (!at)
        return STATUS_ERROR;
    for (size_t i = 0; i < count; i++, at += 20) {
        put32(at, 16);
        memcpy(at + 4, keys[i].bytes, 16);
    }
    return STATUS_OK;
}

Status copy_encode_int64_array(Buffer *buffer, const int64_t *values, const bool *are_null, size_t count, Error *error)
{
    size_t nulls = 0;
    for (size_t i = 0; are_null && i < count; i++)
        nulls += are_null[i];
    char *at = begin_array(buffer, OID_INT8, count, count * 12 - nulls * 8, error);
    if (!at)
        return STATUS_ERROR;
    for (size_t i = 0; i < count; i++) {
        bool is_null = are_null && are_null[i];
        put32(at, is_null ? -1 : 8);
        if (!is_null)
            put64(at + 4, values[i]);
        at += is_null ? 4 : 12;
    }
    return STATUS_OK;
}

Status copy_encode_text_array(Buffer *buffer, const Text *texts, size_t count, Error *error)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += 4 + texts[i].size;
    char *at = begin_array(buffer, OID_TEXT, count, bytes, error);
    if (!at)
        return STATUS_ERROR;
    for (size_t i = 0; i < count; i++) {
        put32(at, (int32_t)texts[i].size);
        memcpy(at + 4, texts[i].data, texts[i].size);
        at += 4 + texts[i].size;
    }
    return STATUS_OK;
}
