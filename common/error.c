#include "common/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Moves the end of a cut text back to the start of the character that was cut. */
static void trim_partial_character(char *text)
{
    size_t size = strlen(text);
    size_t back = 0;
    while (back < 4 && back < size && ((unsigned char)text[size - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back < size && (unsigned char)text[size - 1 - back] >= 0xC0)
        text[size - 1 - back] = '\0';
}

__attribute__((format(printf, 3, 0))) static void format_text(char *text, size_t capacity, const char *format,
                                                              va_list arguments)
{
    int size = vsnprintf(text, capacity, format, arguments);
    if (size >= 0 && (size_t)size >= capacity)
        trim_partial_character(text);
}

Status error_set(Error *error, ErrorCode code, const char *format, ...)
{
    error->code = code;
    error->is_retryable = false;
    error->hint[0] = '\0';
    va_list arguments;
    va_start(arguments, format);
    format_text(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return STATUS_ERROR;
}

Status error_set_errno(Error *error, ErrorCode code, int errno_value, const char *format, ...)
{
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    format_text(message, sizeof message, format, arguments);
    va_end(arguments);
    if (errno_value == EACCES || errno_value == EPERM || errno_value == EROFS)
        code = ERROR_PERMISSION;
    error_set(error, code, "%.900s: %s", message, strerror(errno_value));
    if (errno_value == ENOSPC || errno_value == EDQUOT)
        error_hint(error, "free some space, then run again: nothing half-written counts");
    return STATUS_ERROR;
}

Status error_hint(Error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_text(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
    return STATUS_ERROR;
}

Status error_prefix(Error *error, const char *format, ...)
{
    char prefix[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    format_text(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    char message[sizeof error->message];
    memcpy(message, error->message, sizeof message);
    if (snprintf(error->message, sizeof error->message, "%s: %s", prefix, message) >= (int)sizeof error->message)
        trim_partial_character(error->message);
    return STATUS_ERROR;
}

Status error_no_memory(Error *error)
{
    return error_set(error, ERROR_INTERNAL, "out of memory");
}

void error_clear(Error *error)
{
    *error = (Error)ERROR_INIT;
}

int error_exit_status(const Error *error)
{
    return (int)error->code;
}
