#include "transform/url_host.h"

#include "common/utf8.h"
#include "transform/code_point.h"
#include "transform/percent.h"

#include <stdint.h>
#include <stdio.h>

/* The standard's forbidden domain code points; what is in no range here and is ASCII may stand in a domain. */
static bool is_forbidden(unsigned char byte)
{
    return byte <= ' ' || byte == 0x7F || strchr("#%/:<>?@[\\]^|", byte) != NULL;
}

/* ------------------------------------------------------------------------------------------------------- IPv4 -- */

/* One part of an IPv4 address: decimal, octal with a leading 0, or hexadecimal with 0x. A number too large for 32 bits
 * comes back as UINT64_MAX. */
static bool parse_ipv4_number(Text part, uint64_t *ret_number)
{
    unsigned base = 10;
    if (part.size == 0)
        return false;
    if (part.size >= 2 && part.data[0] == '0' && (part.data[1] | 0x20) == 'x') {
        base = 16;
        part = (Text){part.data + 2, part.size - 2};
    } else if (part.size >= 2 && part.data[0] == '0') {
        base = 8;
        part = (Text){part.data + 1, part.size - 1};
    }
    uint64_t number = 0;
    for (size_t i = 0; i < part.size; i++) {
        int digit = hex_digit((unsigned char)part.data[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if (number <= UINT32_MAX)
            number = number * base + (unsigned)digit;
    }
    *ret_number = number > UINT32_MAX ? UINT64_MAX : number;
    return true;
}

static Text without_last_dot(Text host)
{
    if (host.size && host.data[host.size - 1] == '.')
        host.size--;
    return host;
}

static Text last_label(Text host)
{
    const char *dot = host.size ? memrchr(host.data, '.', host.size) : NULL;
    return dot ? (Text){dot + 1, (size_t)(host.data + host.size - dot) - 1} : host;
}

/* The standard's "ends in a number checker". */
static bool ends_in_number(Text host)
{
    Text last = last_label(without_last_dot(host));
    bool is_digits = last.size > 0;
    for (size_t i = 0; i < last.size; i++)
        is_digits = is_digits && last.data[i] >= '0' && last.data[i] <= '9';
    uint64_t number;
    return is_digits || (last.size >= 2 && (last.data[1] | 0x20) == 'x' && parse_ipv4_number(last, &number));
}

bool url_host_may_be_number(Text host)
{
    Text last = last_label(without_last_dot(host));
    return last.size && last.data[0] >= '0' && last.data[0] <= '9';
}

static bool parse_ipv4(Text host, uint32_t *ret_address)
{
    uint64_t numbers[4];
    size_t count = 0;
    host = without_last_dot(host);
    for (size_t at = 0; at <= host.size; count++) {
        Text rest = {host.data + at, host.size - at};
        Text part = {rest.data, text_find(rest, '.')};
        if (count == 4 || !parse_ipv4_number(part, &numbers[count]))
            return false;
        at += part.size + 1;
    }
    /* The last number fills all the bytes that are left. */
    if (numbers[count - 1] >= (uint64_t)1 << 8 * (5 - count))
        return false;
    uint64_t address = numbers[count - 1];
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255)
            return false;
        address |= numbers[i] << 8 * (3 - i);
    }
    *ret_address = (uint32_t)address;
    return true;
}

static size_t write_ipv4(uint32_t address, char *out)
{
    char text[16];
    int size = snprintf(text, sizeof text, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                        address & 255);
    memcpy(out, text, (size_t)size);
    return (size_t)size;
}

/* ------------------------------------------------------------------------------------------------------- IPv6 -- */

/* The dotted end of an IPv6 address, two pieces of it. No leading zeros here. */
static bool parse_dotted_pieces(Text text, uint16_t pieces[2])
{
    uint32_t address = 0;
    size_t count = 0;
    for (size_t at = 0; at <= text.size; count++) {
        Text rest = {text.data + at, text.size - at};
        size_t size = text_find(rest, '.');
        if (count == 4 || size == 0 || size > 3 || (size > 1 && rest.data[0] == '0'))
            return false;
        unsigned number = 0;
        for (size_t i = 0; i < size; i++) {
            if (rest.data[i] < '0' || rest.data[i] > '9')
                return false;
            number = number * 10 + (unsigned)(rest.data[i] - '0');
        }
        if (number > 255)
            return false;
        address = address << 8 | number;
        at += size + 1;
    }
    pieces[0] = (uint16_t)(address >> 16);
    pieces[1] = (uint16_t)(address & 0xFFFF);
    return count == 4;
}

/* Moves the pieces behind "::" to the end of the address. */
static void expand(uint16_t pieces[8], size_t count, size_t compress)
{
    size_t behind = count - compress;
    memmove(pieces + 8 - behind, pieces + compress, behind * sizeof *pieces);
    memset(pieces + compress, 0, (8 - count) * sizeof *pieces);
}

static bool parse_ipv6(Text text, uint16_t pieces[8])
{
    size_t count = 0, compress = SIZE_MAX, at = 0;
    size_t room = 8; /* "::" stands for at least one piece */
    if (text.size >= 1 && text.data[0] == ':') {
        if (text.size < 2 || text.data[1] != ':')
            return false;
        at = 2;
        compress = 0;
        room = 7;
    }
    while (at < text.size) {
        if (count == room)
            return false;
        if (text.data[at] == ':') {
            if (compress != SIZE_MAX)
                return false;
            at++;
            compress = count;
            room = 7;
            continue;
        }
        unsigned value = 0;
        size_t start = at;
        for (int digit; at < text.size && at - start < 4; at++) {
            if ((digit = hex_digit((unsigned char)text.data[at])) < 0)
                break;
            value = value << 4 | (unsigned)digit;
        }
        if (at < text.size && text.data[at] == '.') {
            if (at == start || room - count < 2 ||
                !parse_dotted_pieces((Text){text.data + start, text.size - start}, pieces + count))
                return false;
            count += 2;
            break;
        }
        if (at < text.size && (text.data[at] != ':' || at + 1 == text.size))
            return false;
        at += at < text.size;
        pieces[count++] = (uint16_t)value;
    }
    if (compress == SIZE_MAX)
        return count == 8;
    expand(pieces, count, compress);
    return true;
}

/* Compressed at the first of the longest runs of zeros that are longer than one. */
static size_t write_ipv6(const uint16_t pieces[8], char *out)
{
    size_t best = 8, best_size = 1;
    for (size_t i = 0; i < 8; i++) {
        size_t size = 0;
        while (i + size < 8 && pieces[i + size] == 0)
            size++;
        if (size > best_size) {
            best = i;
            best_size = size;
        }
    }
    char text[48] = "[";
    size_t size = 1;
    for (size_t i = 0; i < 8; i++) {
        if (i == best) {
            size += (size_t)snprintf(text + size, sizeof text - size, i == 0 ? "::" : ":");
            i += best_size - 1;
            continue;
        }
        size += (size_t)snprintf(text + size, sizeof text - size, i == 7 ? "%x" : "%x:", pieces[i]);
    }
    text[size++] = ']';
    memcpy(out, text, size);
    return size;
}

/* ----------------------------------------------------------------------------------------------------- domain -- */

typedef struct Range {
    uint32_t first, last;
} Range;

static bool is_in(const Range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    }
    return false;
}

/* UTS #46 "ignored". */
static bool is_ignored(uint32_t point)
{
    static const Range ranges[] = {
        {0xAD, 0xAD}, {0x200B, 0x200B}, {0x2060, 0x2060}, {0x2064, 0x2064}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
    };
    return is_in(ranges, sizeof ranges / sizeof *ranges, point);
}

/* UTS #46 "disallowed", or mapped to a space: controls, spaces, line ends, bidirectional controls, private use,
 * specials and noncharacters, tags. */
static bool is_disallowed(uint32_t point)
{
    static const Range ranges[] = {
        {0x80, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A}, {0x200E, 0x200F}, {0x2028, 0x202F},   {0x205F, 0x206F},
        {0x3000, 0x3000}, {0xE000, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xFFF0, 0xFFFF}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
    };
    return (point & 0xFFFE) == 0xFFFE || is_in(ranges, sizeof ranges / sizeof *ranges, point);
}

static bool is_ideographic_stop(uint32_t point)
{
    return point == 0x3002 || point == 0xFF0E || point == 0xFF61;
}

/* Maps a percent-decoded domain in place; it only ever shrinks. Returns the size, or 0 if it is none. */
static size_t map_domain(char *domain, size_t size)
{
    size_t out = 0;
    if (!utf8_is_valid((Text){domain, size}))
        return 0;
    for (size_t at = 0, length; at < size; at += length) {
        uint32_t point;
        length = code_point_read(domain + at, &point);
        if (is_ignored(point))
            continue;
        if (is_ideographic_stop(point))
            point = '.';
        else if (point >= 0xFF01 && point <= 0xFF5E)
            point -= 0xFF01 - '!';
        if (point < 0x80) {
            if (is_forbidden((unsigned char)point))
                return 0;
            domain[out++] = (char)(point >= 'A' && point <= 'Z' ? point | 0x20 : point);
            continue;
        }
        if (is_disallowed(point))
            return 0;
        memmove(domain + out, domain + at, length);
        out += length;
    }
    return out;
}

size_t url_host_canonical(Text raw, char *out)
{
    if (raw.size && raw.data[0] == '[') {
        uint16_t pieces[8];
        if (raw.data[raw.size - 1] != ']' || !parse_ipv6((Text){raw.data + 1, raw.size - 2}, pieces))
            return 0;
        return write_ipv6(pieces, out);
    }
    size_t size = map_domain(out, percent_decode(raw, false, out));
    Text host = {out, size};
    if (!ends_in_number(host))
        return size;
    uint32_t address;
    return parse_ipv4(host, &address) ? write_ipv4(address, out) : 0;
}
