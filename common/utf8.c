#include "common/utf8.h"

#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* All eight bytes are ASCII, and none is NUL. A byte less one has its high bit set only if the byte was NUL or not
 * ASCII, or if a borrow came in from such a byte. */
static inline bool is_plain_word(uint64_t word)
{
    return ((word | (word - EVERY_BYTE(1))) & EVERY_BYTE(0x80)) == 0;
}

static inline uint64_t load_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The same of the last bytes, fewer than eight, looking at bytes in front of them again where that is quicker. */
static inline bool is_plain_tail(const char *bytes, size_t size, size_t tail)
{
    if (size >= 8)
        return is_plain_word(load_word(bytes + size - 8));
    if (tail < 4)
        return false;
    uint32_t halves[2];
    memcpy(&halves[0], bytes + size - tail, sizeof halves[0]);
    memcpy(&halves[1], bytes + size - 4, sizeof halves[1]);
    return is_plain_word((uint64_t)halves[1] << 32 | halves[0]);
}

/* Size of the valid character at the start, 0 if there is none (Unicode 15, table 3-7). NUL counts as valid. */
static inline size_t character_size(const unsigned char *bytes, size_t size)
{
    unsigned char first = bytes[0];
    if (first < 0x80)
        return 1;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first < 0xC2 || first > 0xF4 || size < length)
        return 0;
    unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < lowest || bytes[1] > highest)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

static inline size_t find_invalid(Text text, bool is_nul_invalid)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t i = 0;
    while (i < text.size) {
        while (text.size - i >= 8 && is_plain_word(load_word(text.data + i)))
            i += 8;
        if (i == text.size || (text.size - i < 8 && is_plain_tail(text.data, text.size, text.size - i)))
            break;
        size_t length = character_size(bytes + i, text.size - i);
        if (length == 0 || (is_nul_invalid && bytes[i] == 0))
            return i;
        i += length;
        /* To the end of a run of characters that are not ASCII before words are tried again. */
        while (i < text.size && bytes[i] >= 0x80) {
            length = character_size(bytes + i, text.size - i);
            if (length == 0)
                return i;
            i += length;
        }
    }
    return text.size;
}

size_t utf8_valid_prefix(Text text)
{
    return find_invalid(text, false);
}

bool utf8_is_valid(Text text)
{
    return find_invalid(text, false) == text.size;
}

bool utf8_is_storable(Text text)
{
    return find_invalid(text, true) == text.size;
}

size_t utf8_encode(uint32_t character, char ret_bytes[4])
{
    unsigned char bytes[4];
    size_t size;
    if (character < 0x80) {
        bytes[0] = (unsigned char)character;
        size = 1;
    } else if (character < 0x800) {
        bytes[0] = (unsigned char)(0xC0 | character >> 6);
        size = 2;
    } else if (character < 0x10000) {
        if (character >= 0xD800 && character <= 0xDFFF)
            return 0;
        bytes[0] = (unsigned char)(0xE0 | character >> 12);
        size = 3;
    } else if (character <= 0x10FFFF) {
        bytes[0] = (unsigned char)(0xF0 | character >> 18);
        size = 4;
    } else {
        return 0;
    }
    for (size_t i = 1; i < size; i++)
        bytes[i] = (unsigned char)(0x80 | (character >> (6 * (size - 1 - i)) & 0x3F));
    memcpy(ret_bytes, bytes, size);
    return size;
}

Text utf8_truncate(Text text, size_t max_bytes)
{
    if (text.size <= max_bytes)
        return text;
    size_t size = max_bytes;
    while (size && max_bytes - size < 3 && ((unsigned char)text.data[size] & 0xC0) == 0x80)
        size--;
    /* More than three continuation bytes in a row are no character anyway. */
    if (size && ((unsigned char)text.data[size] & 0xC0) == 0x80)
        size = max_bytes;
    return (Text){text.data, size};
}

static const Text replacement = {"\xEF\xBF\xBD", 3};

Text utf8_sanitize(Text text, Arena *arena)
{
    if (utf8_is_storable(text))
        return text;
    size_t bad = 0;
    for (size_t i = 0; i < text.size; bad++, i++)
        i += find_invalid((Text){text.data + i, text.size - i}, true);
    char *copy = arena_allocate(arena, text.size + bad * (replacement.size - 1));
    if (!copy)
        return TEXT_NULL;
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        size_t good = find_invalid((Text){text.data + i, text.size - i}, true);
        memcpy(copy + size, text.data + i, good);
        size += good;
        i += good;
        if (i < text.size) {
            memcpy(copy + size, replacement.data, replacement.size);
            size += replacement.size;
        }
    }
    return (Text){copy, size};
}
