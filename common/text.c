#include "common/text.h"

#include <stdint.h>
#include <strings.h>

static bool is_same_letter(char a, char b)
{
    unsigned char x = (unsigned char)a, y = (unsigned char)b;
    return x == y || ((x | 0x20) == (y | 0x20) && (x | 0x20) >= 'a' && (x | 0x20) <= 'z');
}

bool text_equal_ignore_case(Text a, Text b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (!is_same_letter(a.data[i], b.data[i]))
            return false;
    return true;
}

bool text_is_ignore_case(Text text, const char *string)
{
    return text_equal_ignore_case(text, text_from(string));
}

int text_compare(Text a, Text b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

bool text_starts_with(Text text, Text prefix)
{
    return text.size >= prefix.size && (prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0);
}

bool text_ends_with(Text text, Text suffix)
{
    return text.size >= suffix.size &&
           (suffix.size == 0 || memcmp(text.data + text.size - suffix.size, suffix.data, suffix.size) == 0);
}

/* What the last * stands for grows until the rest fits: an earlier * need never be tried again. */
bool text_is_like(Text text, Text pattern)
{
    size_t i = 0, j = 0, star = SIZE_MAX, after_star = 0;
    while (i < text.size) {
        if (j < pattern.size && pattern.data[j] == '*') {
            star = j++;
            after_star = i;
        } else if (j < pattern.size && is_same_letter(text.data[i], pattern.data[j])) {
            i++;
            j++;
        } else if (star != SIZE_MAX) {
            i = ++after_star;
            j = star + 1;
        } else {
            return false;
        }
    }
    while (j < pattern.size && pattern.data[j] == '*')
        j++;
    return j == pattern.size;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

Text text_trim(Text text)
{
    while (text.size && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

size_t text_find(Text text, char byte)
{
    const char *found = text.size ? memchr(text.data, byte, text.size) : NULL;
    return found ? (size_t)(found - text.data) : text.size;
}

bool text_to_int64(Text text, long long *ret_value)
{
    size_t i = 0;
    bool is_negative = false;
    if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
        is_negative = text.data[i++] == '-';
    if (i == text.size)
        return false;
    long long value = 0;
    for (; i < text.size; i++) {
        int digit = text.data[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    /* Counted downwards, so that the most negative number has a place. */
    if (!is_negative && __builtin_sub_overflow(0, value, &value))
        return false;
    *ret_value = value;
    return true;
}
