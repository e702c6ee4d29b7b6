/* The character at the start of a text that is valid UTF-8 (common/utf8.h checks that). */
#ifndef CLOSEDLOOP_TRANSFORM_CODE_POINT_H
#define CLOSEDLOOP_TRANSFORM_CODE_POINT_H

#include <stddef.h>
#include <stdint.h>

/* Returns the size of the character. */
static inline size_t code_point_read(const char *at, uint32_t *ret_point)
{
    const unsigned char *bytes = (const unsigned char *)at;
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    uint32_t point = size == 1 ? bytes[0] : bytes[0] & (0xFFU >> (size + 1));
    for (size_t i = 1; i < size; i++)
        point = point << 6 | (bytes[i] & 0x3F);
    *ret_point = point;
    return size;
}

#endif
