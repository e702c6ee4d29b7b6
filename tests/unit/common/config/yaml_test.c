#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    Arena arena;
    Error error;
    const YamlNode *root;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    fixture->arena = arena_make(64 << 20);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

static Status parse(Fixture *fixture, const char *content)
{
    return yaml_parse(text_from(content), "a.yaml", &fixture->arena, &fixture->root, &fixture->error);
}

static void assert_refused(Fixture *fixture, Text content, const char *message, const char *hint)
{
    fixture->root = NULL;
    assert_int_equal(yaml_parse(content, "a.yaml", &fixture->arena, &fixture->root, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->error.hint, hint);
    assert_null(fixture->root);
}

static void assert_text(const YamlNode *node, const char *expected)
{
    assert_non_null(node);
    assert_int_equal(node->kind, YAML_SCALAR);
    assert_string_equal(node->value.data, expected);
    assert_int_equal(node->value.size, strlen(expected));
}

static void keeps_order_and_places(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, "zebra: 1\napple: [x, \"y\"]\n# a comment\nmiddle:\n  deep: 'v'\n"), STATUS_OK);
    const YamlNode *zebra = fixture->root->first, *apple = zebra->next, *middle = apple->next;
    assert_int_equal(fixture->root->count, 3);
    assert_null(middle->next);
    assert_text(zebra->key, "zebra");
    assert_text(apple->key, "apple");
    assert_text(middle->key, "middle");
    assert_int_equal(zebra->line, 1);
    assert_int_equal(zebra->column, 8);
    assert_int_equal(apple->kind, YAML_SEQUENCE);
    assert_int_equal(apple->count, 2);
    assert_text(apple->first, "x");
    assert_text(apple->first->next, "y");
    assert_null(apple->first->key);
    assert_true(apple->first->is_plain);
    assert_false(apple->first->next->is_plain);
    const YamlNode *deep = yaml_get(middle, "deep");
    assert_text(deep, "v");
    assert_int_equal(deep->line, 5);
    assert_int_equal(deep->column, 9);
    assert_int_equal(deep->key->column, 3);
    assert_string_equal(deep->file, "a.yaml");
}

static void gets_only_what_is_there(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, "a: {b: c}\n"), STATUS_OK);
    assert_text(yaml_get(yaml_get(fixture->root, "a"), "b"), "c");
    assert_null(yaml_get(fixture->root, "b"));
    assert_null(yaml_get(yaml_get(yaml_get(fixture->root, "a"), "b"), "c"));
    assert_null(yaml_get(NULL, "a"));
}

static void knows_null_only_when_plain(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(
        parse(fixture, "- null\n- Null\n- NULL\n- ~\n-\n- 'null'\n- ''\n- nULL\n- !!str null\n- ! ~\n- []\n"),
        STATUS_OK);
    static const bool expected[] = {true, true, true, true, true, false, false, false, false, false, false};
    const YamlNode *node = fixture->root->first;
    for (size_t i = 0; i < sizeof expected; i++, node = node->next)
        assert_int_equal(yaml_is_null(node), expected[i]);
    assert_null(node);
}

static void accepts_byte_order_mark_crlf_and_unicode(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, "\xEF\xBB\xBFname: Z\xC3\xBCrich\r\ncity: \"\\u00e9\"\r\n"), STATUS_OK);
    assert_int_equal(fixture->root->first->key->column, 1);
    assert_text(yaml_get(fixture->root, "name"), "Z\xC3\xBCrich");
    assert_text(yaml_get(fixture->root, "city"), "\xC3\xA9");
}

static void accepts_core_tags_and_block_texts(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, "a: !!int \"5\"\nb: !!str 5\nc: !!map {}\nd: !!seq []\ne: |\n  x\n  y\n"),
                     STATUS_OK);
    assert_true(yaml_get(fixture->root, "a")->is_plain);
    assert_false(yaml_get(fixture->root, "b")->is_plain);
    assert_int_equal(yaml_get(fixture->root, "c")->kind, YAML_MAPPING);
    assert_int_equal(yaml_get(fixture->root, "d")->count, 0);
    assert_text(yaml_get(fixture->root, "e"), "x\ny\n");
    assert_false(yaml_get(fixture->root, "e")->is_plain);
}

static void refuses_anchors_aliases_and_tags(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, TEXT("a: 1\nb: &x 2\n"), "a.yaml:2:4: anchors are not allowed", "remove '&x'");
    assert_refused(fixture, TEXT("a: &x [1]\n"), "a.yaml:1:4: anchors are not allowed", "remove '&x'");
    assert_refused(fixture, TEXT("a: 1\nb: *x\n"), "a.yaml:2:4: aliases are not allowed",
                   "write the value out in place of '*x'");
    assert_refused(fixture, TEXT("a: !secret 1\n"), "a.yaml:1:4: this tag is not allowed here", "remove '!secret'");
    assert_refused(fixture, TEXT("a: !!binary aGk=\n"), "a.yaml:1:4: this tag is not allowed here",
                   "remove 'tag:yaml.org,2002:binary'");
    assert_refused(fixture, TEXT("a: !!seq 1\n"), "a.yaml:1:4: this tag is not allowed here",
                   "remove 'tag:yaml.org,2002:seq'");
    assert_refused(fixture, TEXT("%TAG !! tag:evil,2000:\n---\na: !!str 1\n"),
                   "a.yaml:3:4: this tag is not allowed here", "remove 'tag:evil,2000:str'");
}

static void refuses_duplicate_and_odd_keys(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, TEXT("path: 1\nkind: 2\n\"path\": 3\n"), "a.yaml:3:1: the key 'path' is given twice",
                   "it was first given in line 1");
    assert_refused(fixture, TEXT("a:\n  - {b: 1, c: 2, b: 3}\n"), "a.yaml:2:18: the key 'b' is given twice",
                   "it was first given in line 2");
    assert_refused(fixture, TEXT("a: 1\n? [x]\n: 2\n"), "a.yaml:2:3: a key must be text, not a list", "");
    assert_refused(fixture, TEXT("{{a: 1}: 2}\n"), "a.yaml:1:2: a key must be text, not a mapping", "");
    assert_refused(fixture, TEXT("~: 2\n"), "a.yaml:1:1: a key must be text, not empty", "");
    assert_int_equal(parse(fixture, "a: {k: 1}\nb: {k: 2}\n"), STATUS_OK);
}

static void refuses_what_is_not_one_document(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, TEXT(""), "a.yaml:1:1: the file is empty", "");
    assert_refused(fixture, TEXT("# nothing\n"), "a.yaml:1:1: the file is empty", "");
    assert_refused(fixture, TEXT("a: 1\n---\nb: 2\n"), "a.yaml:2:1: a second document begins here: only one is allowed",
                   "");
    assert_int_equal(parse(fixture, "---\na: 1\n...\n"), STATUS_OK);
}

static void refuses_bad_bytes(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, TEXT("a: 1\nb: \xC3\x28\n"), "a.yaml:2:5: invalid trailing UTF-8 octet", "");
    assert_refused(fixture, TEXT("a: \xC3\xBC\xFF\n"), "a.yaml:1:5: invalid leading UTF-8 octet", "");
    assert_refused(fixture, TEXT("a: b\0c\n"), "a.yaml:1:5: control characters are not allowed", "");
    assert_refused(fixture, TEXT("\xFF\xFE\x61\x00"), "a.yaml:1:1: invalid leading UTF-8 octet", "");
    assert_refused(fixture, TEXT("a: \"\\0\"\n"), "a.yaml:1:4: a text cannot hold the character NUL", "");
}

static void names_the_place_of_a_syntax_error(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, TEXT("a: 1\nb: {c: 1\nd: 2\n"), "a.yaml:3:2: did not find expected ',' or '}'",
                   "while parsing a flow mapping that begins in line 2");
    assert_refused(fixture, TEXT("a:\n\tb: 1\n"), "a.yaml:2:1: found character that cannot start any token",
                   "indent with spaces, not with tabs, and quote a text that begins with a special character");
}

static Text repeated(Fixture *fixture, char byte, size_t count)
{
    char *bytes = arena_allocate(&fixture->arena, count + 1);
    memset(bytes, byte, count);
    return (Text){bytes, count};
}

static void bounds_depth_and_size(void **state)
{
    Fixture *fixture = *state;
    char nested[2 * 32 + 1] = "";
    memset(nested, '[', 32);
    memset(nested + 32, ']', 32);
    assert_int_equal(parse(fixture, nested), STATUS_OK);
    assert_refused(fixture, repeated(fixture, '[', 33), "a.yaml:1:33: nested too deeply: 32 levels are allowed", "");
    assert_refused(fixture, repeated(fixture, '[', 1 << 20), "a.yaml:1:33: nested too deeply: 32 levels are allowed",
                   "");
    assert_int_equal(parse(fixture, repeated(fixture, 'a', 1 << 20).data), STATUS_OK);
    assert_refused(fixture, repeated(fixture, 'a', (1 << 20) + 1), "a.yaml: larger than 1 MiB", "");
}

static void stops_at_the_ceiling_of_the_arena(void **state)
{
    Fixture *fixture = *state;
    arena_done(&fixture->arena);
    fixture->arena = arena_make(2048);
    assert_refused(fixture, TEXT("[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a]"),
                   "a.yaml: needs more memory than is set aside for a configuration", "");
}

static void describes_nodes(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture,
                           "- ~\n- []\n- {}\n- short\n- '1234567890123456789012345678901234567890123456789012345"
                           "67890123456789\xC3\xBC\xC3\xBCtail'\n"),
                     STATUS_OK);
    const YamlNode *node = fixture->root->first;
    assert_string_equal(yaml_describe(node).text, "empty");
    assert_string_equal(yaml_describe(node = node->next).text, "a list");
    assert_string_equal(yaml_describe(node = node->next).text, "a mapping");
    assert_string_equal(yaml_describe(node = node->next).text, "'short'");
    /* 74 bytes have room: the second letter of two bytes would end at byte 73, "tail" does not fit. */
    assert_string_equal(yaml_describe(node->next).text,
                        "'123456789012345678901234567890123456789012345678901234567890123456789\xC3\xBC\xC3\xBCt...'");
}

static void reads_files(void **state)
{
    Fixture *fixture = *state;
    char path[] = "/tmp/yaml_test.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "a: {\n", 5), 5);
    char expected[200];
    snprintf(expected, sizeof expected, "%s:2:1: did not find expected node content", path);
    assert_int_equal(yaml_read(path, &fixture->arena, &fixture->root, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, expected);
    assert_int_equal(write(descriptor, "}\n", 2), 2);
    assert_int_equal(yaml_read(path, &fixture->arena, &fixture->root, &fixture->error), STATUS_OK);
    assert_string_equal(fixture->root->file, path);

    assert_int_equal(fchmod(descriptor, 0644), 0);
    assert_false(yaml_file_is_writable_by_others(path));
    assert_int_equal(fchmod(descriptor, 0664), 0);
    assert_true(yaml_file_is_writable_by_others(path));
    assert_int_equal(fchmod(descriptor, 0602), 0);
    assert_true(yaml_file_is_writable_by_others(path));

    assert_int_equal(ftruncate(descriptor, (1 << 20) + 1), 0);
    snprintf(expected, sizeof expected, "%s: larger than 1 MiB", path);
    assert_int_equal(yaml_read(path, &fixture->arena, &fixture->root, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, expected);
    close(descriptor);
    unlink(path);

    snprintf(expected, sizeof expected, "%s: No such file or directory", path);
    assert_int_equal(yaml_read(path, &fixture->arena, &fixture->root, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_string_equal(fixture->error.message, expected);
    assert_false(yaml_file_is_writable_by_others(path));
    assert_int_equal(yaml_read("/", &fixture->arena, &fixture->root, &fixture->error), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "/: Is a directory");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_order_and_places),
        TEST(gets_only_what_is_there),
        TEST(knows_null_only_when_plain),
        TEST(accepts_byte_order_mark_crlf_and_unicode),
        TEST(accepts_core_tags_and_block_texts),
        TEST(refuses_anchors_aliases_and_tags),
        TEST(refuses_duplicate_and_odd_keys),
        TEST(refuses_what_is_not_one_document),
        TEST(refuses_bad_bytes),
        TEST(names_the_place_of_a_syntax_error),
        TEST(bounds_depth_and_size),
        TEST(stops_at_the_ceiling_of_the_arena),
        TEST(describes_nodes),
        TEST(reads_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
