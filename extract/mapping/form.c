#include "extract/mapping/form.h"

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

static size_t count_digits(Text text)
{
    size_t count = 0;
    while (count < text.size && text.data[count] >= '0' && text.data[count] <= '9')
        count++;
    return count;
}

/* The number of the first `kept` of these digits, rounded by the one behind them. */
static bool round_digits(Text digits, size_t kept, Arena *arena, Text *ret_text)
{
    char *to = arena_allocate(arena, kept + 1);
    if (!to)
        return false;
    to[0] = '0';
    if (kept)
        memcpy(to + 1, digits.data, kept);
    if (kept < digits.size && digits.data[kept] >= '5') {
        size_t i = kept;
        while (to[i] == '9')
            to[i--] = '0';
        to[i]++;
    }
    bool is_longer = to[0] != '0' || kept == 0;
    *ret_text = (Text){to + !is_longer, kept + is_longer};
    return true;
}

/* Rounded to what is left without the last `dropped` digits before the point. */
static bool round_number(Text text, size_t dropped, Arena *arena, Text *ret_text)
{
    size_t whole = count_digits(text), rest = whole < text.size && text.data[whole] == '.' ? whole + 1 : whole;
    size_t fraction = count_digits((Text){text.data + rest, text.size - rest});
    if (whole == 0 || rest + fraction != text.size || (dropped == 0 && fraction == 0)) {
        *ret_text = text;
        return true;
    }
    if (whole < dropped)
        return round_digits(TEXT_NULL, 0, arena, ret_text);
    char *digits = arena_allocate(arena, whole + 1);
    if (!digits)
        return false;
    memcpy(digits, text.data, whole);
    digits[whole] = fraction ? text.data[rest] : '0';
    return round_digits((Text){digits, whole + 1}, whole - dropped, arena, ret_text);
}

static bool is_shape(Text text, const char *shape)
{
    for (size_t i = 0; i < text.size; i++)
        if (shape[i] == '9' ? text.data[i] < '0' || text.data[i] > '9' : text.data[i] != shape[i])
            return false;
    return true;
}

/* How much of the text is one of the endings, as they stand at its start; 0 if none does. */
static size_t match_one(Text text, const char *const *endings)
{
    for (; *endings; endings++)
        if (text_starts_with(text, text_from(*endings)))
            return strlen(*endings);
    return 0;
}

/* A date with the time of midnight, as those write it who know no dates: without it. */
static Text date_of_midnight(Text text)
{
    static const char *const midnights[] = {"T00:00:00", " 00:00:00", "T00:00", " 00:00", NULL};
    static const char *const zones[] = {"Z", "+00:00", "+0000", "+00", " UTC", NULL};
    enum { DATE = 10 };
    if (text.size < DATE || !is_shape((Text){text.data, DATE}, "9999-99-99"))
        return text;
    size_t at = DATE + match_one((Text){text.data + DATE, text.size - DATE}, midnights);
    if (at == DATE)
        return text;
    if (at < text.size && text.data[at] == '.')
        for (at++; at < text.size && text.data[at] == '0';)
            at++;
    at += match_one((Text){text.data + at, text.size - at}, zones);
    return at == text.size ? (Text){text.data, DATE} : text;
}

static Text first_of_list(Text text)
{
    for (;;) {
        size_t size = text_find(text, ';');
        Text piece = text_trim((Text){text.data, size});
        if (piece.size || size == text.size)
            return piece;
        text = (Text){text.data + size + 1, text.size - size - 1};
    }
}

bool form_apply(FieldForm form, Text text, Arena *arena, Text *ret_text)
{
    if (form == FORM_SALESFORCE_ID && is_short_id(text))
        return lengthen_id(text, arena, ret_text);
    if (form == FORM_LOWER && text.size)
        return lower(text, arena, ret_text);
    if (form == FORM_WHOLE)
        return round_number(text, 0, arena, ret_text);
    if (form == FORM_MILLISECONDS)
        return round_number(text, 3, arena, ret_text);
    if (form == FORM_DATE) {
        *ret_text = date_of_midnight(text);
        return true;
    }
    if (form == FORM_FIRST) {
        *ret_text = first_of_list(text);
        return true;
    }
    bool is_other =
        (form == FORM_EMAIL || form == FORM_NO_EMAIL) && (text_find(text, '@') < text.size) != (form == FORM_EMAIL);
    *ret_text = is_other ? TEXT_NULL : text;
    return true;
}
