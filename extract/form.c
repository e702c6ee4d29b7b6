#include "extract/form.h"

enum { SHORT_ID = 15, LONG_ID = 18, GROUP = 5 };

static bool is_capital(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_letter_or_digit(char byte)
{
    return is_capital(byte) || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_short_id(Text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_letter_or_digit(text.data[i]))
            return false;
    return text.size == SHORT_ID;
}

static bool lengthen_id(Text id, Arena *arena, Text *ret_text)
{
    static const char names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    char *to = arena_allocate(arena, LONG_ID);
    if (!to)
        return false;
    memcpy(to, id.data, SHORT_ID);
    for (size_t group = 0; group < SHORT_ID / GROUP; group++) {
        unsigned bits = 0;
        for (size_t i = 0; i < GROUP; i++)
            bits |= (unsigned)is_capital(id.data[group * GROUP + i]) << i;
        to[SHORT_ID + group] = names[bits];
    }
    *ret_text = (Text){to, LONG_ID};
    return true;
}

static bool lower(Text text, Arena *arena, Text *ret_text)
{
    char *to = arena_allocate(arena, text.size);
    if (!to)
        return false;
    for (size_t i = 0; i < text.size; i++)
        to[i] = is_capital(text.data[i]) ? (char)(text.data[i] | 0x20) : text.data[i];
    *ret_text = (Text){to, text.size};
    return true;
}

bool form_apply(FieldForm form, Text text, Arena *arena, Text *ret_text)
{
    if (form == FORM_SALESFORCE_ID && is_short_id(text))
        return lengthen_id(text, arena, ret_text);
    if (form == FORM_LOWER && text.size)
        return lower(text, arena, ret_text);
    *ret_text = text;
    return true;
}
