#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json.h"
#include "common/json_writer.h"

#include <stdio.h>

static void write_sample(JsonWriter *writer)
{
    json_write_object_begin(writer);
    json_write_key(writer, TEXT("name"));
    json_write_string(writer, TEXT("B\xC3\xBCro \"A\"\\/"));
    json_write_key(writer, TEXT("counts"));
    json_write_array_begin(writer);
    json_write_integer(writer, INT64_MIN);
    json_write_integer(writer, INT64_MAX);
    json_write_number(writer, TEXT("123456789012345678901234567890.10"));
    json_write_array_end(writer);
    json_write_key(writer, TEXT("empty"));
    json_write_object_begin(writer);
    json_write_object_end(writer);
    json_write_key(writer, TEXT("list"));
    json_write_array_begin(writer);
    json_write_array_begin(writer);
    json_write_array_end(writer);
    json_write_object_begin(writer);
    json_write_key(writer, TEXT("a\n"));
    json_write_boolean(writer, true);
    json_write_key(writer, TEXT(""));
    json_write_boolean(writer, false);
    json_write_object_end(writer);
    json_write_null(writer);
    json_write_string(writer, TEXT_NULL);
    json_write_string(writer, TEXT(""));
    json_write_array_end(writer);
    json_write_object_end(writer);
}

static void test_compact(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer buffer = buffer_make(4096);
    Error error = ERROR_INIT;
    JsonWriter writer = json_writer_make(&buffer, false);
    write_sample(&writer);
    assert_int_equal(json_writer_end(&writer, &error), STATUS_OK);
    assert_string_equal(buffer.data, "{\"name\":\"B\xC3\xBCro \\\"A\\\"\\\\/\","
                                     "\"counts\":[-9223372036854775808,9223372036854775807,"
                                     "123456789012345678901234567890.10],"
                                     "\"empty\":{},\"list\":[[],{\"a\\n\":true,\"\":false},null,null,\"\"]}");
}

static void test_indented(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer buffer = buffer_make(4096);
    Error error = ERROR_INIT;
    JsonWriter writer = json_writer_make(&buffer, true);
    write_sample(&writer);
    assert_int_equal(json_writer_end(&writer, &error), STATUS_OK);
    assert_string_equal(buffer.data, "{\n"
                                     "  \"name\": \"B\xC3\xBCro \\\"A\\\"\\\\/\",\n"
                                     "  \"counts\": [\n"
                                     "    -9223372036854775808,\n"
                                     "    9223372036854775807,\n"
                                     "    123456789012345678901234567890.10\n"
                                     "  ],\n"
                                     "  \"empty\": {},\n"
                                     "  \"list\": [\n"
                                     "    [],\n"
                                     "    {\n"
                                     "      \"a\\n\": true,\n"
                                     "      \"\": false\n"
                                     "    },\n"
                                     "    null,\n"
                                     "    null,\n"
                                     "    \"\"\n"
                                     "  ]\n"
                                     "}");
}

static void test_escapes(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer buffer = buffer_make(4096);
    Error error = ERROR_INIT;
    JsonWriter writer = json_writer_make(&buffer, false);
    json_write_string(&writer, TEXT("\0\x01\b\t\n\v\f\r\x1F \x7F\xE2\x80\xA8"));
    assert_int_equal(json_writer_end(&writer, &error), STATUS_OK);
    assert_string_equal(buffer.data, "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \x7F\xE2\x80\xA8\"");
}

/* Each letter is one call. */
static void play(JsonWriter *writer, const char *calls)
{
    for (; *calls; calls++) {
        switch (*calls) {
        case '{':
            json_write_object_begin(writer);
            break;
        case '}':
            json_write_object_end(writer);
            break;
        case '[':
            json_write_array_begin(writer);
            break;
        case ']':
            json_write_array_end(writer);
            break;
        case 'k':
            json_write_key(writer, TEXT("k"));
            break;
        case 'x':
            json_write_string(writer, TEXT("a\xFFz"));
            break;
        case 'X':
            json_write_key(writer, TEXT("\xC3"));
            break;
        case 'n':
            json_write_number(writer, TEXT("01"));
            break;
        case 'm':
            json_write_number(writer, TEXT(" 1"));
            break;
        case 't':
            json_write_number(writer, TEXT("true"));
            break;
        default:
            json_write_integer(writer, *calls - '0');
        }
    }
}

static void test_errors_stick(void **state)
{
    (void)state;
    static const struct {
        const char *calls, *message;
        ErrorCode code;
    } cases[] = {
        {"", "a value is not complete", ERROR_INTERNAL},
        {"[", "a value is not complete", ERROR_INTERNAL},
        {"[1", "a value is not complete", ERROR_INTERNAL},
        {"12", "a second value", ERROR_INTERNAL},
        {"[]{}", "a second value", ERROR_INTERNAL},
        {"{1}", "a member without a key", ERROR_INTERNAL},
        {"{k12}", "a member without a key", ERROR_INTERNAL},
        {"{kk1}", "a key where none can stand", ERROR_INTERNAL},
        {"[k1]", "a key where none can stand", ERROR_INTERNAL},
        {"k", "a key where none can stand", ERROR_INTERNAL},
        {"{k}", "an end without its beginning", ERROR_INTERNAL},
        {"[}", "an end without its beginning", ERROR_INTERNAL},
        {"{]", "an end without its beginning", ERROR_INTERNAL},
        {"]", "an end without its beginning", ERROR_INTERNAL},
        {"[]]", "an end without its beginning", ERROR_INTERNAL},
        {"[x}", "a text is not valid UTF-8", ERROR_DATA},
        {"{X1}", "a text is not valid UTF-8", ERROR_DATA},
        {"[n]", "a text is no number of JSON", ERROR_DATA},
        {"m", "a text is no number of JSON", ERROR_DATA},
        {"t", "a text is no number of JSON", ERROR_DATA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup(buffer_done) Buffer buffer = buffer_make(4096);
        Error error = ERROR_INIT;
        JsonWriter writer = json_writer_make(&buffer, false);
        play(&writer, cases[i].calls);
        assert_int_equal(json_writer_end(&writer, &error), STATUS_ERROR);
        assert_string_equal(error.message, cases[i].message);
        assert_int_equal(error.code, cases[i].code);
    }
}

static void test_ceiling(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling <= 9; ceiling++) {
        cleanup(buffer_done) Buffer buffer = buffer_make(ceiling);
        Error error = ERROR_INIT;
        JsonWriter writer = json_writer_make(&buffer, false);
        play(&writer, "{k[1]}"); /* {"k":[1]} */
        assert_int_equal(json_writer_end(&writer, &error), ceiling < 9 ? STATUS_ERROR : STATUS_OK);
        assert_int_equal(error.code, ceiling < 9 ? ERROR_DATA : ERROR_NONE);
    }
}

static void test_depth(void **state)
{
    (void)state;
    for (size_t depth = JSON_WRITER_DEPTH_MAX; depth <= JSON_WRITER_DEPTH_MAX + 1; depth++) {
        cleanup(buffer_done) Buffer buffer = buffer_make(1 << 16);
        Error error = ERROR_INIT;
        JsonWriter writer = json_writer_make(&buffer, true);
        for (size_t i = 0; i < depth; i++)
            json_write_array_begin(&writer);
        for (size_t i = 0; i < depth; i++)
            json_write_array_end(&writer);
        assert_int_equal(json_writer_end(&writer, &error), depth > JSON_WRITER_DEPTH_MAX ? STATUS_ERROR : STATUS_OK);
    }
}

/* What is written at random, and in what form the scanner must give it back. */
typedef struct Script {
    uint64_t random;
    JsonWriter writer;
    Buffer expected; /* one line a token */
    size_t budget;
} Script;

static uint32_t draw(Script *script, uint32_t below)
{
    script->random = script->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(script->random >> 33) % below;
}

static void expect(Script *script, JsonType type, Text text)
{
    Error error;
    assert_int_equal(buffer_printf(&script->expected, &error, "%d ", (int)type), STATUS_OK);
    assert_int_equal(buffer_append(&script->expected, text, &error), STATUS_OK);
    assert_int_equal(buffer_append_byte(&script->expected, '\n', &error), STATUS_OK);
}

static Text draw_text(Script *script, char bytes[static 200])
{
    static const Text pieces[] = {{"a", 1},
                                  {"\"", 1},
                                  {"\\", 1},
                                  {"\n", 1},
                                  {"\x01", 1},
                                  {"\xC3\xA4", 2},
                                  {"\xEF\xBF\xBF", 3},
                                  {"\xF4\x8F\xBF\xBF", 4},
                                  {"plain words, ", 13}};
    size_t size = 0;
    for (uint32_t count = draw(script, 12); count > 0; count--) {
        Text piece = pieces[draw(script, sizeof pieces / sizeof *pieces)];
        memcpy(bytes + size, piece.data, piece.size);
        size += piece.size;
    }
    return (Text){bytes, size};
}

static void write_random(Script *script, size_t depth)
{
    static const Text numbers[] = {
        {"0", 1}, {"-0", 2}, {"1.50", 4}, {"-7e-3", 5}, {"340282366920938463463374607431768211456", 39}};
    char bytes[200];
    uint32_t choice = draw(script, depth < 8 && script->budget > 0 ? 7 : 5);
    script->budget -= script->budget > 0;
    if (choice == 0) {
        Text text = draw_text(script, bytes);
        json_write_string(&script->writer, text);
        expect(script, JSON_STRING, text);
    } else if (choice == 1) {
        Text number = numbers[draw(script, sizeof numbers / sizeof *numbers)];
        json_write_number(&script->writer, number);
        expect(script, JSON_NUMBER, number);
    } else if (choice == 2) {
        int value = (int)draw(script, 1000000) - 500000;
        json_write_integer(&script->writer, value);
        expect(script, JSON_NUMBER, (Text){bytes, (size_t)snprintf(bytes, sizeof bytes, "%d", value)});
    } else if (choice == 3) {
        bool value = draw(script, 2);
        json_write_boolean(&script->writer, value);
        expect(script, value ? JSON_TRUE : JSON_FALSE, value ? TEXT("true") : TEXT("false"));
    } else if (choice == 4) {
        json_write_null(&script->writer);
        expect(script, JSON_NULL, TEXT("null"));
    } else {
        bool is_object = choice == 5;
        expect(script, is_object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN, is_object ? TEXT("{") : TEXT("["));
        (is_object ? json_write_object_begin : json_write_array_begin)(&script->writer);
        for (uint32_t count = draw(script, 6); count > 0; count--) {
            if (is_object) {
                Text key = draw_text(script, bytes);
                json_write_key(&script->writer, key);
                expect(script, JSON_KEY, key);
            }
            write_random(script, depth + 1);
        }
        (is_object ? json_write_object_end : json_write_array_end)(&script->writer);
        expect(script, is_object ? JSON_OBJECT_END : JSON_ARRAY_END, is_object ? TEXT("}") : TEXT("]"));
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer written = buffer_make(1 << 20);
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Script script = {.expected = buffer_make(1 << 20)}, scanned = {.expected = buffer_make(1 << 20)};
    for (uint64_t seed = 0; seed < 3000; seed++) {
        Error error = ERROR_INIT;
        buffer_clear(&written);
        buffer_clear(&script.expected);
        buffer_clear(&scanned.expected);
        arena_clear(&arena);
        script.random = seed;
        script.budget = 200;
        script.writer = json_writer_make(&written, seed % 2);
        write_random(&script, 0);
        assert_int_equal(json_writer_end(&script.writer, &error), STATUS_OK);
        JsonScanner scanner = json_scanner_make(buffer_text(&written));
        JsonToken token;
        Status status;
        while ((status = json_scanner_next(&scanner, &token, &error)) == STATUS_OK) {
            if (token.type == JSON_KEY || token.type == JSON_STRING)
                assert_int_equal(json_unescape(token.text, &arena, &token.text, &error), STATUS_OK);
            expect(&scanned, token.type, token.text);
        }
        assert_int_equal(status, STATUS_END);
        assert_true(text_equal(buffer_text(&scanned.expected), buffer_text(&script.expected)));
    }
    buffer_done(&script.expected);
    buffer_done(&scanned.expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact),    cmocka_unit_test(test_indented),     cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_ceiling),    cmocka_unit_test(test_errors_stick), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
