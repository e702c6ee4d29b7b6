/* Percent-encoding of URLs, decoded and brought to its one form.
 *
 * The one form: escapes in upper case; a letter, digit or one of - . _ ~ never escaped (RFC 3986, 6.2.2.2); whatever
 * RFC 3986 does not allow raw at that place, and the WHATWG standard's own sets, always escaped; a % that starts no
 * escape is %25. Other bytes stay as they were given, since "%2F" and "/" differ in meaning.
 */
#ifndef CLOSEDLOOP_TRANSFORM_PERCENT_H
#define CLOSEDLOOP_TRANSFORM_PERCENT_H

#include "common/text.h"

#include <stdint.h>

/* The places where a byte may stand raw: bits of percent_raw[]. Neither holds % itself. */
enum {
    PERCENT_UNRESERVED = 1,
    PERCENT_PATH = 2,  /* within a segment: no slash, no backslash, no ? and no # */
    PERCENT_QUERY = 4, /* & and = too */
};
extern const uint8_t percent_raw[256];

/* The value of a hexadecimal digit, or -1. */
static inline int hex_digit(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    unsigned char letter = byte | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The byte that the escape at the start stands for, or -1 if there is none ("%", "%zz"). */
static inline int percent_byte(const char *at, const char *end)
{
    if (end - at < 3 || *at != '%')
        return -1;
    int high = hex_digit((unsigned char)at[1]), low = hex_digit((unsigned char)at[2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Decodes once; a % that starts no escape stays. Writes at most raw.size bytes and returns how many; out may be
 * raw.data. `plus_is_space` as in the values of forms. */
size_t percent_decode(Text raw, bool plus_is_space, char *out);

/* Writes the one form of what stands at *at, an escape or a byte that may not stand raw, moves *at behind it, and
 * returns the end of what was written: at most three bytes for each byte read. */
char *percent_write(const char **at, const char *end, char *out);

#endif
