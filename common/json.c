#include "common/json.h"

#include "common/utf8.h"

#include <stdio.h>
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

bool json_text_equal(Text raw, Text characters)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    size_t plain = text_find(raw, '\\');
    if (plain == raw.size)
        return text_equal(raw, characters);
    while (characters.size >= plain && (plain == 0 || memcmp(at, characters.data, plain) == 0)) {
        characters = (Text){characters.data + plain, characters.size - plain};
        at += plain;
        if (at == end)
            return characters.size == 0;
        char bytes[4];
        const char *flaw;
        size_t size = decode_escape(&at, end, bytes, &flaw);
        if (size == 0 || !text_starts_with(characters, (Text){bytes, size}))
            return false;
        characters = (Text){characters.data + size, characters.size - size};
        plain = text_find((Text){at, (size_t)(end - at)}, '\\');
    }
    return false;
}

JsonStream json_stream_make(JsonStreamOptions options)
{
    if (options.record_ceiling == 0)
        options.record_ceiling = 1 << 20;
    return (JsonStream){.options = options, .carry = buffer_make(options.record_ceiling), .line = 1};
}

void json_stream_done(JsonStream *stream)
{
    buffer_done(&stream->carry);
}

/* Sees to it that the block holds a byte; STATUS_END at the end of the input. */
static Status fill(JsonStream *stream, Error *error)
{
    while (stream->block.size == 0) {
        stream->block = stream->later;
        stream->later = TEXT_NULL;
        if (stream->block.size)
            break;
        if (stream->at_input_end)
            return STATUS_END;
        Status status = stream->options.read(stream->options.context, &stream->block, error);
        stream->at_input_end = status == STATUS_END;
        TRY(status);
    }
    return STATUS_OK;
}

static void consume(JsonStream *stream, size_t size)
{
    const char *at = stream->block.data, *end = at + size;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        stream->line++;
        at++;
    }
    stream->block = (Text){end, stream->block.size - size};
    stream->offset += size;
}

/* Collects the first bytes, however the blocks are cut, and drops a byte order mark. */
static Status read_head(JsonStream *stream, Error *error)
{
    size_t size = 0;
    while (size < sizeof stream->head) {
        Status status = fill(stream, error);
        if (status == STATUS_END)
            break;
        TRY(status);
        stream->head[size++] = *stream->block.data;
        stream->block = (Text){stream->block.data + 1, stream->block.size - 1};
    }
    stream->later = stream->block;
    stream->block = (Text){stream->head, size};
    if (text_starts_with(stream->block, TEXT("\xFE\xFF")) || text_starts_with(stream->block, TEXT("\xFF\xFE")) ||
        text_starts_with(stream->block, TEXT("\0\0\xFE\xFF"))) {
        error_set(error, ERROR_DATA, "the input is in UTF-16 or UTF-32, and JSON is in UTF-8");
        return error_hint(error, "convert it first: iconv -f UTF-16 -t UTF-8");
    }
    if (text_starts_with(stream->block, TEXT("\xEF\xBB\xBF")))
        consume(stream, 3);
    return STATUS_OK;
}

/* The structure cannot be followed any further. */
static Status stream_broken(JsonStream *stream, const char *flaw, Error *error)
{
    stream->is_broken = true;
    return error_set(error, ERROR_DATA, "byte %zu of the input: %s", stream->offset, flaw);
}

/* Passes white space; STATUS_END at the input's end, else *ret_byte comes next. */
static Status peek(JsonStream *stream, char *ret_byte, Error *error)
{
    do {
        TRY(fill(stream, error));
        const char *at = stream->block.data;
        consume(stream, (size_t)(skip_white(at, at + stream->block.size) - at));
    } while (stream->block.size == 0);
    *ret_byte = *stream->block.data;
    return STATUS_OK;
}

/* The same where the input must not end. */
static Status peek_inside(JsonStream *stream, char *ret_byte, Error *error)
{
    Status status = peek(stream, ret_byte, error);
    return status == STATUS_END ? stream_broken(stream, "the input ends too soon", error) : status;
}

/* Passes white space to where a value seems to begin. */
static Status peek_value(JsonStream *stream, Error *error)
{
    char byte;
    TRY(peek_inside(stream, &byte, error));
    bool is_value = byte != ',' && byte != ':' && byte != ']' && byte != '}';
    return is_value ? STATUS_OK : stream_broken(stream, "a value is missing", error);
}

static bool ends_scalar(char byte)
{
    return is_white(byte) || byte == ',' || byte == ']' || byte == '}';
}

/* Size of the value that the block begins with if all of it stands there and is good; else 0. This spares all values
 * but the last of a block the search for their end. */
static size_t whole_value_size(Text block, Error *error)
{
    JsonScanner scanner = json_scanner_make(block);
    if (json_scanner_skip(&scanner, error) != STATUS_OK) {
        error_clear(error);
        return 0;
    }
    char last = scanner.at[-1];
    bool has_end = last == '"' || last == '}' || last == ']' || (scanner.at < scanner.end && ends_scalar(*scanner.at));
    return has_end ? (size_t)(scanner.at - block.data) : 0;
}

/* Follows one byte of an object, array or string: strings and brackets alone. */
static void follow_byte(JsonStream *stream, char byte)
{
    bool is_object = byte == '{' || byte == '}';
    size_t level = stream->item.depth;
    if (stream->item.in_string) {
        bool is_end = byte == '"' && !stream->item.is_escaped;
        stream->item.is_escaped = byte == '\\' && !stream->item.is_escaped;
        stream->item.in_string = !is_end;
        stream->item.is_complete = is_end && level == 0;
    } else if (byte == '"') {
        stream->item.in_string = true;
    } else if (byte == '{' || byte == '[') {
        /* Beyond the scanner's depth only the count matters: the scanner will refuse the value. */
        if (level < JSON_DEPTH_MAX) {
            uint64_t bit = (uint64_t)1 << (level % 64), *bits = &stream->item.is_object[level / 64];
            *bits = is_object ? *bits | bit : *bits & ~bit;
        }
        stream->item.depth++;
    } else if (byte == '}' || byte == ']') {
        level = --stream->item.depth;
        bool is_match =
            level >= JSON_DEPTH_MAX || (stream->item.is_object[level / 64] >> (level % 64) & 1) == is_object;
        stream->item.flaw = is_match ? NULL : "a bracket closes what it did not open";
        stream->item.is_complete = level == 0 || !is_match;
    }
}

/* How much of the block belongs to the item. */
static size_t item_part(JsonStream *stream, Error *error)
{
    Text block = stream->block;
    size_t size = 0;
    if (stream->options.layout == JSON_LINES) {
        size = text_find(block, '\n');
        stream->item.is_complete = size < block.size;
        return size;
    }
    bool is_scalar = stream->item.depth == 0 && !stream->item.in_string;
    if (stream->item.size == 0) {
        size = whole_value_size(block, error);
        stream->item.is_complete = stream->item.is_checked = size > 0;
        is_scalar = *block.data != '"' && *block.data != '{' && *block.data != '[';
    }
    while (!stream->item.is_complete && size < block.size) {
        if (!is_scalar)
            follow_byte(stream, block.data[size++]);
        else if (ends_scalar(block.data[size]))
            stream->item.is_complete = true;
        else
            size++;
    }
    return size;
}

/* Takes the line or value that comes next. It stays in the block if it ends there; else it is put together in the
 * carry buffer, as far as the ceiling. Behind the ceiling it is followed to its end all the same. */
static Status take_item(JsonStream *stream, Text *ret_text, Error *error)
{
    memset(&stream->item, 0, sizeof stream->item);
    buffer_clear(&stream->carry);
    Text text = TEXT_NULL;
    while (!stream->item.is_complete) {
        Status status = fill(stream, error);
        if (status == STATUS_END && (stream->item.in_string || stream->item.depth > 0))
            stream->item.flaw = "the input ends within a value";
        if (status == STATUS_END)
            break;
        TRY(status);
        bool is_first = stream->item.size == 0;
        size_t size = item_part(stream, error), room = stream->options.record_ceiling - stream->carry.size;
        text = (Text){stream->block.data, size < room ? size : room};
        if (!is_first || !stream->item.is_complete) {
            TRY(buffer_append(&stream->carry, text, error));
            text = buffer_text(&stream->carry);
        }
        stream->item.size += size;
        consume(stream, size);
    }
    while (text.size && is_white(text.data[text.size - 1]))
        text.size--;
    *ret_text = text;
    return stream->item.flaw ? stream_broken(stream, stream->item.flaw, error) : STATUS_OK;
}

/* An item outside of the records. */
static Status take_outer_item(JsonStream *stream, Text *ret_text, Error *error)
{
    TRY(take_item(stream, ret_text, error));
    bool is_known = stream->item.is_checked || stream->item.size > stream->options.record_ceiling;
    return is_known || json_check(*ret_text, error) == STATUS_OK ? STATUS_OK
                                                                 : stream_broken(stream, "a malformed value", error);
}

/* Reads members of an object, to the value of the key wanted or to the end of the object: STATUS_END. */
static Status read_members(JsonStream *stream, Text wanted, bool is_first, Error *error)
{
    for (;; is_first = false) {
        char byte;
        Text text;
        TRY(peek_inside(stream, &byte, error));
        if (byte == '}') {
            consume(stream, 1);
            return STATUS_END;
        }
        if (!is_first) {
            if (byte != ',')
                return stream_broken(stream, "a comma or } is missing", error);
            consume(stream, 1);
            TRY(peek_inside(stream, &byte, error));
        }
        if (byte != '"')
            return stream_broken(stream, "a key is missing", error);
        TRY(take_outer_item(stream, &text, error));
        bool is_wanted = wanted.data && stream->item.size <= stream->options.record_ceiling &&
                         json_text_equal((Text){text.data + 1, text.size - 2}, wanted);
        TRY(peek_inside(stream, &byte, error));
        if (byte != ':')
            return stream_broken(stream, "a colon is missing", error);
        consume(stream, 1);
        TRY(peek_value(stream, error));
        if (is_wanted)
            return STATUS_OK;
        TRY(take_outer_item(stream, &text, error));
    }
}

/* The bracket that the way to the array needs here. */
static Status enter(JsonStream *stream, char bracket, Error *error)
{
    const char *path = stream->options.path;
    char byte;
    Status status = peek(stream, &byte, error);
    if (status == STATUS_ERROR)
        return status;
    if (status == STATUS_END || byte != bracket) {
        error_set(error, ERROR_DATA, "line %zu: there is no array %s%s", stream->line,
                  path ? "at " : "at the top level", path ? path : "");
        return error_hint(error, "name the keys that lead to the array, as data.items; if every line is a value, the "
                                 "format is ndjson");
    }
    consume(stream, 1);
    return STATUS_OK;
}

static Status enter_array(JsonStream *stream, Error *error)
{
    for (Text path = text_from(stream->options.path); path.size; stream->outer_objects++) {
        Text key = {path.data, text_find(path, '.')};
        size_t behind = key.size + (key.size < path.size);
        path = (Text){path.data + behind, path.size - behind};
        TRY(enter(stream, '{', error));
        Status status = read_members(stream, key, true, error);
        if (status == STATUS_END)
            return error_set(error, ERROR_DATA, "the input has no %s", stream->options.path);
        TRY(status);
    }
    return enter(stream, '[', error);
}

/* Behind the array: the rest of the objects around it, then nothing more. */
static Status leave_array(JsonStream *stream, Error *error)
{
    char byte;
    for (; stream->outer_objects > 0; stream->outer_objects--) {
        Status status = read_members(stream, TEXT_NULL, false, error);
        if (status != STATUS_END)
            return status;
    }
    Status status = peek(stream, &byte, error);
    return status == STATUS_OK ? stream_broken(stream, "something follows the value", error) : status;
}

/* To the first byte of the next record. */
static Status seek_record(JsonStream *stream, Error *error)
{
    char byte;
    if (stream->options.layout == JSON_LINES)
        return peek(stream, &byte, error);
    TRY(peek_inside(stream, &byte, error));
    if (byte == ']') {
        consume(stream, 1);
        return leave_array(stream, error);
    }
    if (stream->has_elements) {
        if (byte != ',')
            return stream_broken(stream, "a comma or ] is missing", error);
        consume(stream, 1);
    }
    stream->has_elements = true;
    return peek_value(stream, error);
}

Status json_stream_next(JsonStream *stream, JsonRecord *ret_record, Error *error)
{
    if (stream->has_ended)
        return STATUS_END;
    if (!stream->is_started) {
        TRY(read_head(stream, error));
        if (stream->options.layout == JSON_ARRAY)
            TRY(enter_array(stream, error));
        stream->is_started = true;
    }
    size_t ceiling = stream->options.record_ceiling;
    Text text = TEXT("");
    Status status = seek_record(stream, error);
    size_t line = stream->line, size = 0;
    if (status == STATUS_OK) {
        status = take_item(stream, &text, error);
        size = stream->item.size;
    }
    stream->has_ended = status == STATUS_END || stream->is_broken;
    if (status != STATUS_OK && !stream->is_broken)
        return status;

    bool is_checked =
        stream->item.is_checked || (stream->options.leave_unchecked && stream->options.layout == JSON_LINES);
    const char *problem = NULL;
    if (stream->is_broken) {
        problem = "malformed_json";
    } else if (size > ceiling) {
        problem = "record_too_long";
        error_set(error, ERROR_DATA, "%zu bytes, and the ceiling is %zu", size, ceiling);
    } else if (!is_checked && json_check(text, error) != STATUS_OK) {
        problem = "malformed_json";
    }
    *ret_record =
        (JsonRecord){.text = text, .size = size, .line = line, .problem = problem, .is_last = stream->is_broken};
    if (problem) {
        snprintf(ret_record->detail, sizeof ret_record->detail, "%.159s", error->message);
        error_clear(error);
    }
    return STATUS_OK;
}
