#include "common/json.h"

#include "common/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static Status scanner_fail(const JsonScanner *scanner, const char *at, const char *flaw, Error *error)
{
    return error_set(error, ERROR_DATA, "byte %zu: %s", (size_t)(at - scanner->start),
                     at == scanner->end ? "the text ends too soon" : flaw);
}

static bool is_white(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline const char *skip_white(const char *at, const char *end)
{
    while (at < end && is_white(*at))
        at++;
    return at;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* Behind the number at `at`; with a flaw, where that is. */
static const char *number_end(const char *at, const char *end, const char **ret_flaw)
{
    if (*at == '-')
        at++;
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1)) {
        *ret_flaw = at == digits ? "a digit is missing" : "a number begins with a zero";
        return digits;
    }
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
    }
    if (at != digits && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        digits = at;
        at = skip_digits(at, end);
    }
    if (at == digits)
        *ret_flaw = "a digit is missing";
    return at;
}

/* The value of four hexadecimal digits, or -1. */
static int hexadecimal_value(const char *at, const char *end)
{
    if (end - at < 4)
        return -1;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char lower = (char)(at[i] | 0x20);
        int digit = is_digit(at[i]) ? at[i] - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Behind the escape at `at`, or NULL if there is none such. Surrogates are not paired here. */
static const char *escape_end(const char *at, const char *end)
{
    if (end - at < 2)
        return NULL;
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        return hexadecimal_value(at + 2, end) < 0 ? NULL : at + 6;
    default:
        return NULL;
    }
}

/* The first byte that is a quote, a backslash, a control character or not ASCII. */
static inline const char *skip_plain(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* Compared with their signs, bytes from 0x80 on are below the space too. */
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                       _mm_cmplt_epi8(bytes, space));
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        if (mask)
            return at + __builtin_ctz(mask);
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && (signed char)*at >= ' ')
        at++;
    return at;
}

/* Behind a run of characters that are not ASCII, or where the first of them is that is not UTF-8. */
static const char *foreign_end(const char *at, const char *end)
{
    const char *close = at;
    while (close < end && (signed char)*close < 0)
        close++;
    return at + utf8_valid_prefix((Text){at, (size_t)(close - at)});
}

/* The quote that closes the string; otherwise the first byte that must not stand there, or the end. */
static inline const char *string_end(const char *at, const char *end, bool *ret_has_escapes)
{
    for (;;) {
        at = skip_plain(at, end);
        if (at == end || *at == '"')
            return at;
        if (*at == '\\') {
            const char *next = escape_end(at, end);
            if (!next)
                return at;
            at = next;
            *ret_has_escapes = true;
        } else {
            at = foreign_end(at, end);
            if (at < end && (signed char)*at < ' ')
                return at;
        }
    }
}

static const char *string_flaw(char byte)
{
    if (byte == '\\')
        return "a bad escape in a string";
    return (unsigned char)byte < ' ' ? "a control character in a string" : "invalid UTF-8 in a string";
}

JsonScanner json_scanner_make(Text input)
{
    const char *start = input.data ? input.data : "";
    return (JsonScanner){.start = start, .at = start, .end = start + input.size};
}

static bool is_in_object(const JsonScanner *scanner)
{
    size_t level = scanner->depth - 1;
    return scanner->is_object[level / 64] >> (level % 64) & 1;
}

static Status open_container(JsonScanner *scanner, const char *at, JsonToken *ret_token, Error *error)
{
    if (scanner->depth == JSON_DEPTH_MAX)
        return scanner_fail(scanner, at, "more than 512 objects and arrays inside one another", error);
    size_t level = scanner->depth++;
    uint64_t bit = (uint64_t)1 << (level % 64);
    if (*at == '{') {
        scanner->is_object[level / 64] |= bit;
        scanner->expected = JSON_EXPECT_KEY_OR_END;
    } else {
        scanner->is_object[level / 64] &= ~bit;
        scanner->expected = JSON_EXPECT_VALUE_OR_END;
    }
    *ret_token = (JsonToken){*at == '{' ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN, false, {at, 1}};
    scanner->at = at + 1;
    return STATUS_OK;
}

static Status close_container(JsonScanner *scanner, const char *at, JsonToken *ret_token)
{
    scanner->depth--;
    scanner->expected = JSON_EXPECT_COMMA_OR_END;
    *ret_token = (JsonToken){*at == '}' ? JSON_OBJECT_END : JSON_ARRAY_END, false, {at, 1}};
    scanner->at = at + 1;
    return STATUS_OK;
}

static inline Status take_string(JsonScanner *scanner, const char *at, JsonToken *ret_token, Error *error)
{
    JsonToken token = {.type = JSON_STRING};
    const char *close = string_end(at + 1, scanner->end, &token.has_escapes);
    if (close == scanner->end || *close != '"')
        return scanner_fail(scanner, close, close < scanner->end ? string_flaw(*close) : "", error);
    token.text = (Text){at + 1, (size_t)(close - at - 1)};
    *ret_token = token;
    scanner->at = close + 1;
    scanner->expected = JSON_EXPECT_COMMA_OR_END;
    return STATUS_OK;
}

static inline Status take_key(JsonScanner *scanner, const char *at, JsonToken *ret_token, Error *error)
{
    if (at == scanner->end || *at != '"')
        return scanner_fail(scanner, at, "a key is missing", error);
    JsonScanner behind = {.start = scanner->start, .end = scanner->end};
    JsonToken token;
    TRY(take_string(&behind, at, &token, error));
    at = skip_white(behind.at, scanner->end);
    if (at == scanner->end || *at != ':')
        return scanner_fail(scanner, at, "a colon is missing", error);
    token.type = JSON_KEY;
    *ret_token = token;
    scanner->at = at + 1;
    scanner->expected = JSON_EXPECT_VALUE;
    return STATUS_OK;
}

/* A number or a literal. */
static Status take_scalar(JsonScanner *scanner, const char *at, JsonToken *ret_token, Error *error)
{
    static const struct {
        JsonType type;
        Text text;
    } literals[] = {{JSON_TRUE, {"true", 4}}, {JSON_FALSE, {"false", 5}}, {JSON_NULL, {"null", 4}}};
    JsonToken token = {.type = JSON_NUMBER};
    const char *close = NULL;
    if (*at == '-' || is_digit(*at)) {
        const char *flaw = NULL;
        close = number_end(at, scanner->end, &flaw);
        if (flaw)
            return scanner_fail(scanner, close, flaw, error);
    }
    for (size_t i = 0; !close && i < sizeof literals / sizeof *literals; i++)
        if (text_starts_with((Text){at, (size_t)(scanner->end - at)}, literals[i].text)) {
            token.type = literals[i].type;
            close = at + literals[i].text.size;
        }
    if (!close)
        return scanner_fail(scanner, at, "a value is missing", error);
    token.text = (Text){at, (size_t)(close - at)};
    *ret_token = token;
    scanner->at = close;
    scanner->expected = JSON_EXPECT_COMMA_OR_END;
    return STATUS_OK;
}

static inline Status take_token(JsonScanner *scanner, JsonToken *ret_token, Error *error)
{
    const char *end = scanner->end, *at = skip_white(scanner->at, end);
    bool is_key = scanner->expected == JSON_EXPECT_KEY_OR_END;
    if (scanner->expected == JSON_EXPECT_COMMA_OR_END) {
        if (scanner->depth == 0)
            return at == end ? STATUS_END : scanner_fail(scanner, at, "something follows the value", error);
        is_key = is_in_object(scanner);
        if (at < end && *at == (is_key ? '}' : ']'))
            return close_container(scanner, at, ret_token);
        if (at == end || *at != ',')
            return scanner_fail(scanner, at, is_key ? "a comma or } is missing" : "a comma or ] is missing", error);
        at = skip_white(at + 1, end);
    } else if (scanner->expected != JSON_EXPECT_VALUE && at < end && *at == (is_key ? '}' : ']')) {
        return close_container(scanner, at, ret_token);
    }
    if (is_key)
        return take_key(scanner, at, ret_token, error);
    if (at == end)
        return scanner_fail(scanner, at, "", error);
    if (*at == '"')
        return take_string(scanner, at, ret_token, error);
    if (*at == '{' || *at == '[')
        return open_container(scanner, at, ret_token, error);
    return take_scalar(scanner, at, ret_token, error);
}

Status json_scanner_next(JsonScanner *scanner, JsonToken *ret_token, Error *error)
{
    return take_token(scanner, ret_token, error);
}

/* Passes tokens until no more than `depth` containers are open and no key waits for its value. */
static Status pass_to_depth(JsonScanner *scanner, size_t depth, Error *error)
{
    JsonToken token;
    do
        TRY(take_token(scanner, &token, error));
    while (scanner->depth > depth || token.type == JSON_KEY);
    return STATUS_OK;
}

Status json_scanner_skip(JsonScanner *scanner, Error *error)
{
    return pass_to_depth(scanner, scanner->depth, error);
}

Status json_scanner_leave(JsonScanner *scanner, Error *error)
{
    return pass_to_depth(scanner, scanner->depth ? scanner->depth - 1 : 0, error);
}

Status json_check(Text text, Error *error)
{
    JsonScanner scanner = json_scanner_make(text);
    TRY(json_scanner_skip(&scanner, error));
    JsonToken token;
    Status status = json_scanner_next(&scanner, &token, error);
    return status == STATUS_END ? STATUS_OK : status;
}

static int surrogate_pair(int high, const char *at, const char *end)
{
    int low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hexadecimal_value(at + 2, end) : -1;
    return high < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : -1;
}

/* Puts the character of the escape at *at into bytes, moves *at behind it and returns its size; or 0 with the flaw. */
static size_t decode_escape(const char **at, const char *end, char bytes[static 4], const char **ret_flaw)
{
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *next = escape_end(*at, end);
    *ret_flaw = "holds a bad escape";
    if (!next)
        return 0;
    if ((*at)[1] != 'u') {
        bytes[0] = meanings[text_find(TEXT("\"\\/bfnrt"), (*at)[1])];
        *at = next;
        return 1;
    }
    int code = hexadecimal_value(*at + 2, end);
    if (code >= 0xD800 && code <= 0xDFFF) {
        code = surrogate_pair(code, next, end);
        *ret_flaw = "holds a lone surrogate";
        if (code < 0)
            return 0;
        next += 6;
    }
    *at = next;
    return utf8_encode((uint32_t)code, bytes);
}

Status json_unescape(Text raw, Arena *arena, Text *ret_text, Error *error)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    size_t plain = text_find(raw, '\\');
    if (plain == raw.size) {
        *ret_text = raw;
        return STATUS_OK;
    }
    /* No escape is shorter than what it stands for. */
    char *copy = arena_allocate(arena, raw.size), *to = copy;
    if (!copy)
        return error_set(error, ERROR_DATA, "a string of %zu bytes is past the memory for one record", raw.size);
    for (;;) {
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end)
            break;
        const char *flaw;
        size_t size = decode_escape(&at, end, to, &flaw);
        if (size == 0)
            return error_set(error, ERROR_DATA, "%s", flaw);
        if (*to == '\0')
            return error_set(error, ERROR_DATA, "holds U+0000");
        to += size;
        plain = text_find((Text){at, (size_t)(end - at)}, '\\');
    }
    *ret_text = (Text){copy, (size_t)(to - copy)};
    return STATUS_OK;
}

/* Compares piece by piece: what is between two escapes, and what an escape stands for. */
static bool compare(Text raw, Text characters, bool is_prefix)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    for (;;) {
        size_t plain = text_find((Text){at, (size_t)(end - at)}, '\\');
        size_t size = plain < characters.size ? plain : characters.size;
        if (size && memcmp(at, characters.data, size) != 0)
            return false;
        if (size < plain || (is_prefix && size == characters.size))
            return is_prefix;
        characters = (Text){characters.data + size, characters.size - size};
        at += plain;
        if (at == end)
            return characters.size == 0;
        char bytes[4];
        const char *flaw;
        size = decode_escape(&at, end, bytes, &flaw);
        if (size == 0 || !text_starts_with(characters, (Text){bytes, size}))
            return false;
        characters = (Text){characters.data + size, characters.size - size};
    }
}

bool json_text_equal(Text raw, Text characters)
{
    if (text_find(raw, '\\') == raw.size)
        return text_equal(raw, characters);
    return compare(raw, characters, false);
}

bool json_text_starts_with(Text raw, Text characters)
{
    return compare(raw, characters, true);
}
