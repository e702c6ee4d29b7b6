#include "common/display.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct Range {
    uint32_t first, last;
} Range;

/* The blocks alone, from EastAsianWidth.txt and the general categories of Unicode: a closing table needs no more. */
static const Range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
static const Range combining[] = {
    {0x0300, 0x036F}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};
static const Range unsafe[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x061C, 0x061C}, {0x200E, 0x200F},
    {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF},
};

static bool is_in(const Range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

#define IS_IN(ranges, character) is_in(ranges, sizeof(ranges) / sizeof *(ranges), character)

uint32_t display_next(Text text, size_t *at)
{
    const char *bytes = text.data + *at;
    size_t left = text.size - *at;
    unsigned char first = (unsigned char)bytes[0];
    ++*at;
    if (first < 0x80)
        return first;
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (size > left || utf8_valid_prefix((Text){bytes, size}) < size)
        return DISPLAY_REPLACEMENT;
    uint32_t character = first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++)
        character = character << 6 | ((unsigned char)bytes[i] & 0x3FU);
    *at += size - 1;
    return character;
}

bool display_is_unsafe(uint32_t character)
{
    return IS_IN(unsafe, character);
}

uint32_t display_safe(uint32_t character)
{
    if (character == '\t' || character == '\n' || character == '\r')
        return ' ';
    return character == DISPLAY_REPLACEMENT || display_is_unsafe(character) ? '?' : character;
}

unsigned display_width(uint32_t character)
{
    if (character < 0x300)
        return 1;
    return IS_IN(combining, character) ? 0 : IS_IN(wide, character) ? 2 : 1;
}

bool display_is_terminal(FILE *stream)
{
    const char *terminal = getenv("TERM");
    return terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(fileno(stream));
}
