#include "common/buffer.h"

#include <stdio.h>
#include <stdlib.h>

Buffer buffer_make(size_t ceiling)
{
    return (Buffer){.ceiling = ceiling};
}

Status buffer_reserve(Buffer *buffer, size_t more, Error *error)
{
    if (more > buffer->ceiling - buffer->size)
        return error_set(error, ERROR_DATA, "more than %zu bytes", buffer->ceiling);
    size_t needed = buffer->size + more + 1;
    if (needed <= buffer->capacity)
        return STATUS_OK;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > buffer->ceiling + 1)
        capacity = buffer->ceiling + 1;
    char *data = realloc(buffer->data, capacity);
    if (!data)
        return error_no_memory(error);
    buffer->data = data;
    buffer->capacity = capacity;
    return STATUS_OK;
}

Status buffer_append_bytes(Buffer *buffer, const void *bytes, size_t size, Error *error)
{
    TRY(buffer_reserve(buffer, size, error));
    if (size)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
    return STATUS_OK;
}

Status buffer_append(Buffer *buffer, Text text, Error *error)
{
    return buffer_append_bytes(buffer, text.data, text.size, error);
}

Status buffer_append_byte(Buffer *buffer, char byte, Error *error)
{
    return buffer_append_bytes(buffer, &byte, 1, error);
}

Status buffer_printf(Buffer *buffer, Error *error, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    Status status =
        size < 0 ? error_set(error, ERROR_INTERNAL, "a format failed") : buffer_reserve(buffer, (size_t)size, error);
    if (status == STATUS_OK) {
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
    return status;
}

void buffer_clear(Buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void buffer_done(Buffer *buffer)
{
    free(buffer->data);
    *buffer = (Buffer){.ceiling = buffer->ceiling};
}
