#include "common/json_writer.h"

#include "common/json.h"
#include "common/utf8.h"

#include <inttypes.h>

JsonWriter json_writer_make(Buffer *buffer, bool is_indented)
{
    return (JsonWriter){.buffer = buffer, .is_indented = is_indented};
}

static void write_fail(JsonWriter *writer, ErrorCode code, const char *flaw)
{
    if (writer->status == STATUS_OK)
        writer->status = error_set(&writer->error, code, "%s", flaw);
}

static void put(JsonWriter *writer, Text text)
{
    if (writer->status == STATUS_OK)
        writer->status = buffer_append(writer->buffer, text, &writer->error);
}

static void put_line(JsonWriter *writer)
{
    if (!writer->is_indented)
        return;
    put(writer, TEXT("\n"));
    for (size_t i = 0; i < writer->depth; i++)
        put(writer, TEXT("  "));
}

static uint64_t depth_bit(const JsonWriter *writer)
{
    return (uint64_t)1 << (writer->depth - 1);
}

static bool is_in_object(const JsonWriter *writer)
{
    return writer->depth > 0 && (writer->is_object & depth_bit(writer));
}

/* What stands before a key, or before an element of an array. */
static void begin_member(JsonWriter *writer)
{
    if (writer->has_elements & depth_bit(writer))
        put(writer, TEXT(","));
    writer->has_elements |= depth_bit(writer);
    put_line(writer);
}

static void begin_value(JsonWriter *writer)
{
    if (writer->depth == 0 && writer->has_value)
        write_fail(writer, ERROR_INTERNAL, "a second value");
    else if (is_in_object(writer) && !writer->is_key_open)
        write_fail(writer, ERROR_INTERNAL, "a member without a key");
    else if (writer->depth > 0 && !writer->is_key_open)
        begin_member(writer);
    writer->has_value = true;
    writer->is_key_open = false;
}

static void begin_container(JsonWriter *writer, bool is_object)
{
    begin_value(writer);
    if (writer->depth == JSON_WRITER_DEPTH_MAX)
        write_fail(writer, ERROR_INTERNAL, "too many objects and arrays inside one another");
    if (writer->status != STATUS_OK)
        return;
    put(writer, is_object ? TEXT("{") : TEXT("["));
    writer->depth++;
    writer->has_elements &= ~depth_bit(writer);
    if (is_object)
        writer->is_object |= depth_bit(writer);
    else
        writer->is_object &= ~depth_bit(writer);
}

static void end_container(JsonWriter *writer, bool is_object)
{
    if (writer->depth == 0 || is_in_object(writer) != is_object || writer->is_key_open)
        write_fail(writer, ERROR_INTERNAL, "an end without its beginning");
    if (writer->status != STATUS_OK)
        return;
    bool has_elements = writer->has_elements & depth_bit(writer);
    writer->depth--;
    if (has_elements)
        put_line(writer);
    put(writer, is_object ? TEXT("}") : TEXT("]"));
}

void json_write_object_begin(JsonWriter *writer)
{
    begin_container(writer, true);
}

void json_write_object_end(JsonWriter *writer)
{
    end_container(writer, true);
}

void json_write_array_begin(JsonWriter *writer)
{
    begin_container(writer, false);
}

void json_write_array_end(JsonWriter *writer)
{
    end_container(writer, false);
}

static void put_escaped(JsonWriter *writer, unsigned char byte)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt", digits[] = "0123456789abcdef";
    const char *letter = byte ? strchr(from, byte) : NULL;
    if (letter)
        put(writer, (Text){(char[]){'\\', to[letter - from]}, 2});
    else
        put(writer, (Text){(char[]){'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]}, 6});
}

static void put_string(JsonWriter *writer, Text text)
{
    if (!utf8_is_valid(text)) {
        write_fail(writer, ERROR_DATA, "a text is not valid UTF-8");
        return;
    }
    put(writer, TEXT("\""));
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        put(writer, (Text){text.data + start, i - start});
        put_escaped(writer, byte);
        start = i + 1;
    }
    if (start < text.size)
        put(writer, (Text){text.data + start, text.size - start});
    put(writer, TEXT("\""));
}

void json_write_key(JsonWriter *writer, Text key)
{
    if (!is_in_object(writer) || writer->is_key_open)
        write_fail(writer, ERROR_INTERNAL, "a key where none can stand");
    if (writer->status != STATUS_OK)
        return;
    begin_member(writer);
    put_string(writer, key);
    put(writer, writer->is_indented ? TEXT(": ") : TEXT(":"));
    writer->is_key_open = true;
}

void json_write_string(JsonWriter *writer, Text text)
{
    begin_value(writer);
    if (text_is_null(text))
        put(writer, TEXT("null"));
    else
        put_string(writer, text);
}

void json_write_integer(JsonWriter *writer, int64_t value)
{
    begin_value(writer);
    if (writer->status == STATUS_OK)
        writer->status = buffer_printf(writer->buffer, &writer->error, "%" PRId64, value);
}

void json_write_boolean(JsonWriter *writer, bool value)
{
    begin_value(writer);
    put(writer, value ? TEXT("true") : TEXT("false"));
}

void json_write_null(JsonWriter *writer)
{
    begin_value(writer);
    put(writer, TEXT("null"));
}

void json_write_number(JsonWriter *writer, Text number)
{
    JsonScanner scanner = json_scanner_make(number);
    JsonToken token;
    Error ignored;
    begin_value(writer);
    if (json_scanner_next(&scanner, &token, &ignored) != STATUS_OK || token.type != JSON_NUMBER ||
        !text_equal(token.text, number))
        write_fail(writer, ERROR_DATA, "a text is no number of JSON");
    put(writer, number);
}

Status json_writer_end(JsonWriter *writer, Error *error)
{
    if (!writer->has_value || writer->depth > 0)
        write_fail(writer, ERROR_INTERNAL, "a value is not complete");
    if (writer->status != STATUS_OK)
        *error = writer->error;
    return writer->status;
}
