#include "extract/format/html_text.h"

#include <stdint.h>

/* What is longer is none: nothing is looked at again and again. */
enum { REFERENCE_MAX = 10, TAG_MAX = 2048 };

typedef struct Names {
    const char *name, *text;
} Names;

static const Names names[] = {
    {"amp", "&"},
    {"lt", "<"},
    {"gt", ">"},
    {"quot", "\""},
    {"apos", "'"},
    {"nbsp", " "},
    {"ndash", "\xE2\x80\x93"},
    {"mdash", "\xE2\x80\x94"},
    {"lsquo", "\xE2\x80\x98"},
    {"rsquo", "\xE2\x80\x99"},
    {"ldquo", "\xE2\x80\x9C"},
    {"rdquo", "\xE2\x80\x9D"},
    {"hellip", "\xE2\x80\xA6"},
};

/* As UTF-8; nothing for what is no character, and for controls. */
static size_t write_character(uint32_t code, char *to)
{
    bool is_character = code >= 0x20 && code != 0x7F && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if (!is_character)
        return 0;
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    to[0] = (char)((0xF00 >> size & 0xFF) | code);
    return size;
}

static bool read_number(Text digits, uint32_t *ret_code)
{
    bool is_hexadecimal = digits.size > 1 && (digits.data[0] | 0x20) == 'x';
    uint32_t base = is_hexadecimal ? 16 : 10, code = 0;
    for (size_t i = is_hexadecimal; i < digits.size; i++) {
        uint32_t byte = (unsigned char)digits.data[i];
        uint32_t digit = byte >= '0' && byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
        if (digit >= base)
            return false;
        code = code * base + digit;
    }
    *ret_code = code;
    return digits.size > 0;
}

/* Writes what a reference stands for, never more than its own bytes; returns those, or 0 if it is none. */
static size_t take_reference(Text rest, char **to)
{
    rest.size = rest.size < REFERENCE_MAX ? rest.size : REFERENCE_MAX;
    size_t end = text_find(rest, ';');
    if (end == rest.size)
        return 0;
    Text name = {rest.data + 1, end - 1};
    uint32_t code;
    if (text_starts_with(name, TEXT("#")) && read_number((Text){name.data + 1, name.size - 1}, &code)) {
        *to += write_character(code, *to);
        return end + 1;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(name, names[i].name)) {
            size_t size = strlen(names[i].text);
            memcpy(*to, names[i].text, size);
            *to += size;
            return end + 1;
        }
    return 0;
}

/* The bytes of a tag or comment; 0 if it is none. */
static size_t tag_size(Text rest)
{
    char next = rest.size > 1 ? rest.data[1] : '\0';
    bool is_tag = next == '/' || next == '!' || ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
    rest.size = rest.size < TAG_MAX ? rest.size : TAG_MAX;
    size_t end = text_find(rest, '>');
    return is_tag && end < rest.size ? end + 1 : 0;
}

Text html_text(Text html, Arena *arena)
{
    if (text_find(html, '&') == html.size && text_find(html, '<') == html.size)
        return html;
    char *text = arena_allocate(arena, html.size + 1), *to = text;
    if (!text)
        return html;
    for (size_t i = 0; i < html.size;) {
        Text rest = {html.data + i, html.size - i};
        size_t used = rest.data[0] == '&' ? take_reference(rest, &to) : rest.data[0] == '<' ? tag_size(rest) : 0;
        if (used == 0) {
            *to++ = rest.data[0];
            used = 1;
        }
        i += used;
    }
    return (Text){text, (size_t)(to - text)};
}
