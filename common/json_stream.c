#include "common/json_stream.h"

#include <stdio.h>

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
        if (status == STATUS_END) {
            error_set(error, ERROR_DATA, "the input has no %s", stream->options.path);
            return error_hint(error, "'record' must be the path of the array of records");
        }
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
    *ret_record = (JsonRecord){.text = text,
                               .size = size,
                               .line = line,
                               .problem = problem,
                               .is_last = stream->is_broken,
                               .has_end = stream->options.layout != JSON_LINES || stream->item.is_complete};
    if (problem) {
        snprintf(ret_record->detail, sizeof ret_record->detail, "%.159s", error->message);
        error_clear(error);
    }
    return STATUS_OK;
}
