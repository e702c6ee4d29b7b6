/* Outside suite: nst/JSONTestSuite, read from $CLOSEDLOOP_CONFORMANCE/json/JSONTestSuite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* A copy in memory of exactly its size, so that a sanitizer sees a read beyond it. */
static Text exact_copy(Text text)
{
    char *copy = malloc(text.size ? text.size : 1);
    assert_non_null(copy);
    if (text.size)
        memcpy(copy, text.data, text.size);
    return (Text){copy, text.size};
}

static void exact_free(Text text)
{
    free((void *)(uintptr_t)text.data);
}

/* Scans all tokens and unescapes all strings; writes the tokens in a short form if `shown` is given. */
static Status scan(Text input, Buffer *shown, Error *error)
{
    static const char *marks[] = {"{", "}", "[", "]", "key ", "string ", "number ", "true", "false", "null"};
    cleanup(arena_done) Arena arena = arena_make(1 << 22);
    Text copy = exact_copy(input);
    JsonScanner scanner = json_scanner_make(copy);
    JsonToken token;
    Status status;
    while ((status = json_scanner_next(&scanner, &token, error)) == STATUS_OK) {
        Text text;
        Error ignored;
        if (token.type == JSON_KEY || token.type == JSON_STRING) {
            if (json_unescape(token.text, &arena, &text, &ignored) == STATUS_OK)
                assert_true(text.size <= token.text.size);
            assert_int_equal(token.has_escapes, text_find(token.text, '\\') < token.text.size);
        }
        if (shown) {
            bool has_text = token.type == JSON_KEY || token.type == JSON_STRING || token.type == JSON_NUMBER;
            assert_int_equal(buffer_printf(shown, error, "%s%.*s\n", marks[token.type],
                                           has_text ? (int)token.text.size : 0, token.text.data),
                             STATUS_OK);
        }
    }
    exact_free(copy);
    return status;
}

static bool is_accepted(Text input)
{
    Error error = ERROR_INIT, check_error = ERROR_INIT;
    bool is_good = scan(input, NULL, &error) == STATUS_END;
    assert_int_equal(json_check(input, &check_error) == STATUS_OK, is_good);
    assert_string_equal(check_error.message, error.message);
    return is_good;
}

static Text read_file(const char *path, Buffer *buffer)
{
    Error error;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char bytes[4096];
    size_t size;
    buffer_clear(buffer);
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        assert_int_equal(buffer_append_bytes(buffer, bytes, size, &error), STATUS_OK);
    fclose(file);
    return buffer_text(buffer);
}

static void test_suite(void **state)
{
    (void)state;
    const char *root = getenv("CLOSEDLOOP_CONFORMANCE");
    char folder[2048], path[4096];
    snprintf(folder, sizeof folder, "%s/json/JSONTestSuite/test_parsing", root ? root : "../shared/conformance");
    DIR *entries = opendir(folder);
    if (!entries) {
        print_message("%s is not there: JSONTestSuite is not tested\n", folder);
        skip();
    }
    cleanup(buffer_done) Buffer buffer = buffer_make(1 << 24);
    size_t counts[3] = {0}, wrong = 0;
    for (struct dirent *entry; (entry = readdir(entries));) {
        const char *kind = strchr("yni", entry->d_name[0]);
        if (!kind || entry->d_name[1] != '_')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        bool is_good = is_accepted(read_file(path, &buffer));
        counts[strchr("yni", *kind) - strchr("yni", 'y')]++;
        if ((*kind == 'y' && !is_good) || (*kind == 'n' && is_good)) {
            print_error("%s was %s\n", entry->d_name, is_good ? "accepted" : "refused");
            wrong++;
        }
    }
    closedir(entries);
    assert_int_equal(wrong, 0);
    assert_true(counts[0] >= 95 && counts[1] >= 187 && counts[2] >= 35);
}

static void test_tokens(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer shown = buffer_make(4096);
    Error error = ERROR_INIT;
    Text input = TEXT(" { \"a\" : [ 1 , -0.5e+10,123456789012345678901234567890 ,{},[] ],\r\n"
                      "\t\"\":\"x\\n\\u00e4\", \"a\":true,\"b\":[false,null]} \n");
    assert_int_equal(scan(input, &shown, &error), STATUS_END);
    assert_string_equal(shown.data,
                        "{\nkey a\n[\nnumber 1\nnumber -0.5e+10\nnumber 123456789012345678901234567890\n"
                        "{\n}\n[\n]\n]\nkey \nstring x\\n\\u00e4\nkey a\ntrue\nkey b\n[\nfalse\nnull\n]\n}\n");
}

static void test_flaws_and_places(void **state)
{
    (void)state;
    static const struct {
        Text input;
        const char *message;
    } cases[] = {
        {{"", 0}, "byte 0: the text ends too soon"},
        {{"  ", 2}, "byte 2: the text ends too soon"},
        {{"[1,]", 4}, "byte 3: a value is missing"},
        {{"{\"a\":1,}", 8}, "byte 7: a key is missing"},
        {{"{\"a\" 1}", 7}, "byte 5: a colon is missing"},
        {{"{\"a\":1 \"b\":2}", 13}, "byte 7: a comma or } is missing"},
        {{"[1}", 3}, "byte 2: a comma or ] is missing"},
        {{"{\"a\":", 5}, "byte 5: the text ends too soon"},
        {{"01", 2}, "byte 0: a number begins with a zero"},
        {{"-", 1}, "byte 1: the text ends too soon"},
        {{"[-x]", 4}, "byte 2: a digit is missing"},
        {{"[1.]", 4}, "byte 3: a digit is missing"},
        {{"[1e+]", 5}, "byte 4: a digit is missing"},
        {{"[+1]", 4}, "byte 1: a value is missing"},
        {{"nul", 3}, "byte 0: a value is missing"},
        {{"truex", 5}, "byte 4: something follows the value"},
        {{"1 2", 3}, "byte 2: something follows the value"},
        {{"\"a", 2}, "byte 2: the text ends too soon"},
        {{"\"a\tb\"", 5}, "byte 2: a control character in a string"},
        {{"\"a\0b\"", 5}, "byte 2: a control character in a string"},
        {{"\"\\x\"", 4}, "byte 1: a bad escape in a string"},
        {{"\"\\u12g4\"", 8}, "byte 1: a bad escape in a string"},
        {{"\"\xC3\xA4\xC3\"", 5}, "byte 3: invalid UTF-8 in a string"},
        {{"\"\xC0\xAF\"", 4}, "byte 1: invalid UTF-8 in a string"},
        {{"\"\xED\xA0\x80\"", 5}, "byte 1: invalid UTF-8 in a string"},
        {{"\xEF\xBB\xBF{}", 5}, "byte 0: a value is missing"},
        {{"\"\xE2\x82", 3}, "byte 1: invalid UTF-8 in a string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = ERROR_INIT;
        assert_int_equal(scan(cases[i].input, NULL, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_DATA);
        assert_string_equal(error.message, cases[i].message);
    }
}

static void test_error_stays(void **state)
{
    (void)state;
    JsonScanner scanner = json_scanner_make(TEXT("[1,x]"));
    JsonToken token, before;
    Error error;
    assert_int_equal(json_scanner_next(&scanner, &token, &error), STATUS_OK);
    assert_int_equal(json_scanner_next(&scanner, &token, &error), STATUS_OK);
    before = token;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(json_scanner_next(&scanner, &token, &error), STATUS_ERROR);
        assert_string_equal(error.message, "byte 3: a value is missing");
        assert_ptr_equal(token.text.data, before.text.data);
    }
}

static void test_depth(void **state)
{
    (void)state;
    char text[2 * JSON_DEPTH_MAX + 2];
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(is_accepted((Text){text, 2 * depth}), depth <= JSON_DEPTH_MAX);
    }
    /* Kinds of brackets are told apart at every depth. */
    for (size_t wrong = 0; wrong < JSON_DEPTH_MAX; wrong++) {
        memset(text, '[', JSON_DEPTH_MAX);
        memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
        text[JSON_DEPTH_MAX + wrong] = '}';
        assert_false(is_accepted((Text){text, 2 * JSON_DEPTH_MAX}));
    }
}

/* Every special byte at every place of strings of every length around the width of a vector. */
static void test_string_places(void **state)
{
    (void)state;
    static const Text good[] = {{"\\n", 2},          {"\\u0041", 6},          {"\xC3\xA4", 2},
                                {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4}, {"\x7F", 1}};
    static const Text bad[] = {{"\n", 1}, {"\0", 1}, {"\x1F", 1}, {"\\q", 2}, {"\xFF", 1}, {"\xE2\x82", 2}, {"\"", 1}};
    char text[128];
    for (size_t before = 0; before <= 40; before++) {
        for (size_t after = 0; after <= 20; after++) {
            for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
                bool is_good = i < sizeof good / sizeof *good;
                Text piece = is_good ? good[i] : bad[i - sizeof good / sizeof *good];
                size_t size = (size_t)snprintf(text, sizeof text, "\"%.*s", (int)before,
                                               "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH");
                memcpy(text + size, piece.data, piece.size);
                size += piece.size;
                size += (size_t)snprintf(text + size, sizeof text - size, "%.*s\"", (int)after,
                                         "abcdefghijklmnopqrstuvwxyz");
                assert_int_equal(is_accepted((Text){text, size}), is_good);
            }
        }
    }
}

static void assert_next(JsonScanner *scanner, JsonType type, const char *text)
{
    JsonToken token;
    Error error;
    assert_int_equal(json_scanner_next(scanner, &token, &error), STATUS_OK);
    assert_int_equal(token.type, type);
    assert_true(text_is(token.text, text));
}

static void test_skip_and_leave(void **state)
{
    (void)state;
    JsonScanner scanner = json_scanner_make(TEXT("{\"a\":{\"x\":[1,{\"y\":2}]},\"b\":[7,[8],9],\"c\":3}"));
    Error error;
    assert_next(&scanner, JSON_OBJECT_BEGIN, "{");
    assert_next(&scanner, JSON_KEY, "a");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_OK);
    assert_next(&scanner, JSON_KEY, "b");
    assert_next(&scanner, JSON_ARRAY_BEGIN, "[");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_OK);
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_OK);
    assert_next(&scanner, JSON_NUMBER, "9");
    assert_next(&scanner, JSON_ARRAY_END, "]");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_OK); /* "c" with its value */
    assert_next(&scanner, JSON_OBJECT_END, "}");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_END);

    scanner = json_scanner_make(TEXT("[[1,[2],{\"a\":3}],4]"));
    assert_next(&scanner, JSON_ARRAY_BEGIN, "[");
    assert_next(&scanner, JSON_ARRAY_BEGIN, "[");
    assert_next(&scanner, JSON_NUMBER, "1");
    assert_int_equal(json_scanner_leave(&scanner, &error), STATUS_OK);
    assert_next(&scanner, JSON_NUMBER, "4");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_OK); /* the end of the array */
    assert_int_equal(json_scanner_leave(&scanner, &error), STATUS_END);

    scanner = json_scanner_make(TEXT("[{\"a\":[1,01]}]"));
    assert_next(&scanner, JSON_ARRAY_BEGIN, "[");
    assert_int_equal(json_scanner_skip(&scanner, &error), STATUS_ERROR);
    assert_string_equal(error.message, "byte 9: a number begins with a zero");
}

static void test_unescape(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *text, *message;
    } cases[] = {
        {"", "", NULL},
        {"plain", "plain", NULL},
        {"a\\\"\\\\\\/\\b\\f\\n\\r\\tz", "a\"\\/\b\f\n\r\tz", NULL},
        {"\\u0041\\u00e4\\u20AC\\ud83d\\uDE00", "A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", NULL},
        {"\\uD800\\uDC00\\uDBFF\\uDFFF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", NULL},
        {"\xC3\xA4\\u007f\xC3\xB6", "\xC3\xA4\x7F\xC3\xB6", NULL},
        {"a\\u0000", NULL, "holds U+0000"},
        {"\\ud83d", NULL, "holds a lone surrogate"},
        {"\\ud83dx", NULL, "holds a lone surrogate"},
        {"\\ud83d\\n12345", NULL, "holds a lone surrogate"},
        {"\\ud83d\\u0041", NULL, "holds a lone surrogate"},
        {"\\ud83d\\ud83d", NULL, "holds a lone surrogate"},
        {"\\ude00\\ud83d", NULL, "holds a lone surrogate"},
        {"\\ude00", NULL, "holds a lone surrogate"},
        {"\\", NULL, "holds a bad escape"},
        {"\\u12", NULL, "holds a bad escape"},
        {"\\x", NULL, "holds a bad escape"},
    };
    cleanup(arena_done) Arena arena = arena_make(4096);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = ERROR_INIT;
        Text raw = exact_copy(text_from(cases[i].raw)), text = TEXT("untouched");
        Status status = json_unescape(raw, &arena, &text, &error);
        assert_int_equal(status, cases[i].text ? STATUS_OK : STATUS_ERROR);
        assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
        assert_true(text_is(text, cases[i].text ? cases[i].text : "untouched"));
        if (cases[i].text) {
            assert_true(json_text_equal(raw, text));
            assert_false(json_text_equal(raw, TEXT("another")));
            assert_false(json_text_equal(raw, (Text){text.data, text.size + 1}));
            if (text.size)
                assert_false(json_text_equal(raw, (Text){text.data, text.size - 1}));
        }
        exact_free(raw);
    }
    cleanup(arena_done) Arena small = arena_make(8);
    Error error;
    Text text;
    assert_int_equal(json_unescape(TEXT("0123456789\\n"), &small, &text, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
}

static void test_text_starts_with(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *characters;
        bool starts, is_equal;
    } cases[] = {
        {"abc", "ab", true, false},
        {"abc", "abc", true, true},
        {"abc", "abcd", false, false},
        {"abc", "", true, false},
        {"", "", true, true},
        {"", "a", false, false},
        {"a\\/b", "a/", true, false},
        {"a\\/b", "a/b", true, true},
        {"a\\u00e4", "a", true, false},
        {"\\u0061bc", "ab", true, false},
        {"\\u0061bc", "abc", true, true},
        {"\\u0061bc", "b", false, false},
        {"a\\nb", "a\\", false, false},
        {"\\ud83d\\ude00", "\xF0\x9F\x98\x80", true, true},
        {"a\\nb", "a\nbc", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Text raw = text_from(cases[i].raw), characters = text_from(cases[i].characters);
        if (json_text_starts_with(raw, characters) != cases[i].starts ||
            json_text_equal(raw, characters) != cases[i].is_equal)
            fail_msg("%s, %s", cases[i].raw, cases[i].characters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),          cmocka_unit_test(test_tokens),   cmocka_unit_test(test_flaws_and_places),
        cmocka_unit_test(test_error_stays),    cmocka_unit_test(test_depth),    cmocka_unit_test(test_string_places),
        cmocka_unit_test(test_skip_and_leave), cmocka_unit_test(test_unescape), cmocka_unit_test(test_text_starts_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
