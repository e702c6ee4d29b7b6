/* A span of bytes that somebody else owns: a field in a read buffer, a string in an arena. Not NUL-terminated.
 * data == NULL is the absent value (SQL null); size == 0 with data set is the empty string. */
#ifndef CLOSEDLOOP_COMMON_TEXT_H
#define CLOSEDLOOP_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct Text {
    const char *data;
    size_t size;
} Text;

#define TEXT_NULL ((Text){NULL, 0})
/* Of a string literal, without strlen(). */
#define TEXT(literal) ((Text){"" literal, sizeof(literal) - 1})
/* For printf: printf("%.*s", TEXT_PRINTF(text)). */
#define TEXT_PRINTF(text) (int)(text).size, (text).data ? (text).data : ""

static inline Text text_from(const char *string)
{
    return (Text){string, string ? strlen(string) : 0};
}

static inline bool text_is_null(Text text)
{
    return text.data == NULL;
}

/* Absent or empty. */
static inline bool text_is_empty(Text text)
{
    return text.size == 0;
}

static inline bool text_equal(Text a, Text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool text_is(Text text, const char *string)
{
    return text_equal(text, text_from(string));
}

/* ASCII letters compare without case; other bytes as they are. */
bool text_equal_ignore_case(Text a, Text b);
bool text_is_ignore_case(Text text, const char *string);

/* Byte order, shorter first: <0, 0, >0. */
int text_compare(Text a, Text b);

bool text_starts_with(Text text, Text prefix);
bool text_ends_with(Text text, Text suffix);

/* Whether the whole text is as the pattern says: * stands for any bytes or none, ASCII letters compare without case. */
bool text_is_like(Text text, Text pattern);

/* Without ASCII white space at both ends. */
Text text_trim(Text text);

/* Position of the first byte, or text.size. */
size_t text_find(Text text, char byte);

/* A decimal integer with optional sign and nothing else; false on anything else, and on overflow. */
bool text_to_int64(Text text, long long *ret_value);

#endif
