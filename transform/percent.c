#include "transform/percent.h"

enum { ANYWHERE = PERCENT_PATH | PERCENT_QUERY, UNRESERVED = ANYWHERE | PERCENT_UNRESERVED };

const uint8_t percent_raw[256] = {
    ['a' ... 'z'] = UNRESERVED, ['A' ... 'Z'] = UNRESERVED, ['0' ... '9'] = UNRESERVED, ['-'] = UNRESERVED,
    ['.'] = UNRESERVED,         ['_'] = UNRESERVED,         ['~'] = UNRESERVED,         ['!'] = ANYWHERE,
    ['$'] = ANYWHERE,           ['('] = ANYWHERE,           [')'] = ANYWHERE,           ['*'] = ANYWHERE,
    ['+'] = ANYWHERE,           [','] = ANYWHERE,           [';'] = ANYWHERE,           [':'] = ANYWHERE,
    ['='] = ANYWHERE,           ['@'] = ANYWHERE,           ['&'] = ANYWHERE,           ['\''] = PERCENT_PATH,
    ['/'] = PERCENT_QUERY,      ['?'] = PERCENT_QUERY,
};

size_t percent_decode(Text raw, bool plus_is_space, char *out)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    char *start = out;
    while (at < end) {
        int byte = percent_byte(at, end);
        if (byte >= 0) {
            *out++ = (char)byte;
            at += 3;
            continue;
        }
        *out++ = plus_is_space && *at == '+' ? ' ' : *at;
        at++;
    }
    return (size_t)(out - start);
}

char *percent_write(const char **at, const char *end, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    int byte = percent_byte(*at, end);
    bool is_escape = byte >= 0;
    if (!is_escape)
        byte = (unsigned char)**at;
    *at += is_escape ? 3 : 1;
    if (is_escape && percent_raw[byte] & PERCENT_UNRESERVED) {
        *out++ = (char)byte;
        return out;
    }
    *out++ = '%';
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
    return out;
}
