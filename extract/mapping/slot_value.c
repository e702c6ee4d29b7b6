#include "extract/mapping/slot_value.h"

#include "common/json.h"
#include "common/utf8.h"

static const ValueFlaw holds_nul = {"holds_nul", "holds the character U+0000, which the database cannot"};
static const ValueFlaw lone_surrogate = {"bad_utf8", "holds half of a surrogate pair, which is no character"};
static const ValueFlaw invalid_bytes = {"bad_utf8", "holds bytes that are no UTF-8"};
const ValueFlaw value_too_long = {"record_too_long", "is larger than the memory for one record"};

static bool check_bytes(Text text, ValueFlaw *ret_flaw)
{
    if (utf8_is_storable(text))
        return true;
    *ret_flaw = utf8_is_valid(text) ? holds_nul : invalid_bytes;
    return false;
}

static bool unescape(Text raw, Arena *arena, Text *ret_text, ValueFlaw *ret_flaw)
{
    Error error;
    if (json_unescape(raw, arena, ret_text, &error) == STATUS_OK)
        return true;
    if (strcmp(error.message, "holds U+0000") == 0)
        *ret_flaw = holds_nul;
    else if (strcmp(error.message, "holds a lone surrogate") == 0)
        *ret_flaw = lone_surrogate;
    else
        *ret_flaw = value_too_long;
    return false;
}

/* The texts and numbers of an array with semicolons between them; what is nested deeper and null are passed over. */
static bool join_list(Text array, Arena *arena, Text *ret_text, ValueFlaw *ret_flaw)
{
    /* No element is shorter than what it gives, and commas are as many as semicolons. */
    char *to = arena_allocate(arena, array.size);
    JsonScanner scanner = json_scanner_make(array);
    JsonToken token;
    Error error;
    size_t size = 0;
    *ret_flaw = value_too_long;
    if (!to)
        return false;
    while (json_scanner_next(&scanner, &token, &error) == STATUS_OK) {
        bool is_scalar = token.type == JSON_STRING || token.type == JSON_NUMBER || token.type == JSON_TRUE ||
                         token.type == JSON_FALSE;
        if (!is_scalar || scanner.depth != 1)
            continue;
        if (token.has_escapes && !unescape(token.text, arena, &token.text, ret_flaw))
            return false;
        if (size)
            to[size++] = ';';
        memcpy(to + size, token.text.data, token.text.size);
        size += token.text.size;
    }
    *ret_text = (Text){to, size};
    return true;
}

bool slot_value_resolve(const Value *value, Arena *arena, Text *ret_text, ValueFlaw *ret_flaw)
{
    switch (value->form) {
    case VALUE_UNCHECKED:
        *ret_text = value->text;
        return check_bytes(value->text, ret_flaw);
    case VALUE_ESCAPED:
        return unescape(value->text, arena, ret_text, ret_flaw);
    case VALUE_LIST:
        return join_list(value->text, arena, ret_text, ret_flaw);
    case VALUE_TOO_LONG:
        *ret_flaw = value_too_long;
        return false;
    case VALUE_UNSET:
    case VALUE_PLAIN:
    case VALUE_UNOPENED:
        break;
    }
    *ret_text = value->text;
    return true;
}

bool slot_value_is(const Value *value, Text wanted)
{
    if (value->form == VALUE_ESCAPED)
        return json_text_equal(value->text, wanted);
    return text_equal(value->text, wanted);
}
