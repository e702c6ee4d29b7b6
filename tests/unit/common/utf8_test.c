#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/utf8.h"

#include <stdlib.h>

typedef struct Case {
    Text text;
    size_t valid; /* bytes of the valid prefix */
} Case;

/* Boundaries of Unicode 15, table 3-7, and what lies just outside them. */
static const Case cases[] = {
    {{"", 0}, 0},
    {{"a", 1}, 1},
    {{"\x7F", 1}, 1},
    {{"\0", 1}, 1},
    {{"\x80", 1}, 0},
    {{"\xBF", 1}, 0},
    {{"\xC0\x80", 2}, 0},
    {{"\xC1\xBF", 2}, 0},
    {{"\xC2\x80", 2}, 2},
    {{"\xC2\x7F", 2}, 0},
    {{"\xC2\xC0", 2}, 0},
    {{"\xDF\xBF", 2}, 2},
    {{"\xE0\x9F\xBF", 3}, 0},
    {{"\xE0\xA0\x80", 3}, 3},
    {{"\xE2\x82\xAC", 3}, 3},
    {{"\xE2\x82", 2}, 0},
    {{"\xE2\x82"
      "a",
      3},
     0},
    {{"\xED\x9F\xBF", 3}, 3},
    {{"\xED\xA0\x80", 3}, 0},
    {{"\xED\xBF\xBF", 3}, 0},
    {{"\xEE\x80\x80", 3}, 3},
    {{"\xEF\xBF\xBF", 3}, 3},
    {{"\xF0\x8F\xBF\xBF", 4}, 0},
    {{"\xF0\x90\x80\x80", 4}, 4},
    {{"\xF0\x9F\x98\x80", 4}, 4},
    {{"\xF0\x9F\x98", 3}, 0},
    {{"\xF4\x8F\xBF\xBF", 4}, 4},
    {{"\xF4\x90\x80\x80", 4}, 0},
    {{"\xF5\x80\x80\x80", 4}, 0},
    {{"\xFE", 1}, 0},
    {{"\xFF", 1}, 0},
};

enum { CASES = sizeof cases / sizeof *cases };

static void prefix_ends_at_the_first_bad_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        assert_int_equal(utf8_valid_prefix(cases[i].text), cases[i].valid);
        assert_int_equal(utf8_is_valid(cases[i].text), cases[i].valid == cases[i].text.size);
    }
}

/* Wherever it stands between ASCII letters, and whatever stands in front. */
static void place_of_a_character_does_not_matter(void **state)
{
    (void)state;
    char bytes[64];
    for (size_t i = 1; i < CASES; i++)
        for (size_t before = 0; before < 20; before++)
            for (size_t behind = 0; behind < 20; behind++) {
                size_t size = cases[i].text.size;
                memset(bytes, 'x', sizeof bytes);
                memcpy(bytes + before, cases[i].text.data, size);
                Text text = {bytes, before + size + behind};
                bool is_valid = cases[i].valid == size;
                assert_int_equal(utf8_valid_prefix(text), is_valid ? text.size : before + cases[i].valid);
                assert_int_equal(utf8_is_storable(text), is_valid && bytes[before] != 0);
            }
}

static void nul_is_valid_but_not_storable(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(TEXT("a\0b")));
    assert_false(utf8_is_storable(TEXT("a\0b")));
    assert_false(utf8_is_storable(TEXT("\xC3\xA9\xC3\xA9\0")));
    assert_true(utf8_is_storable(TEXT_NULL));
    assert_true(utf8_is_storable(TEXT("")));
}

static void every_character_is_encoded_and_valid(void **state)
{
    (void)state;
    char bytes[4];
    for (uint32_t character = 0; character <= 0x110010; character++) {
        size_t expected = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
        if ((character >= 0xD800 && character < 0xE000) || character > 0x10FFFF)
            expected = 0;
        size_t size = utf8_encode(character, bytes);
        assert_int_equal(size, expected);
        assert_true(utf8_is_valid((Text){bytes, size}));
    }
    assert_int_equal(utf8_encode(0x20AC, bytes), 3);
    assert_memory_equal(bytes, "\xE2\x82\xAC", 3);
    assert_int_equal(utf8_encode(0x1F600, bytes), 4);
    assert_memory_equal(bytes, "\xF0\x9F\x98\x80", 4);
}

static void truncation_cuts_no_character(void **state)
{
    (void)state;
    Text text = TEXT("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(utf8_truncate(text, i).size, expected[i]);
    assert_int_equal(utf8_truncate(TEXT("\x80\x80\x80\x80\x80\x80\x80"), 5).size, 5);
    assert_true(text_is_null(utf8_truncate(TEXT_NULL, 5)));
}

static void sanitized_text_is_storable(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Text bad = TEXT("a\0\xE2\x82"
                    "b\xC3\xA9\xFF");
    Text good = utf8_sanitize(bad, &arena);
    assert_true(text_is(good, "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                              "b\xC3\xA9\xEF\xBF\xBD"));
    for (size_t i = 0; i < CASES; i++)
        assert_true(utf8_is_storable(utf8_sanitize(cases[i].text, &arena)));
}

static void storable_text_is_not_copied(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Text good = TEXT("\xC3\xA9t\xC3\xA9");
    assert_ptr_equal(utf8_sanitize(good, &arena).data, good.data);
    assert_true(text_is_null(utf8_sanitize(TEXT_NULL, &arena)));
}

static void sanitizing_respects_the_ceiling(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(16);
    assert_true(text_is_null(utf8_sanitize(TEXT("\xFF\xFF\xFF\xFF\xFF\xFF"), &arena)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix_ends_at_the_first_bad_byte), cmocka_unit_test(place_of_a_character_does_not_matter),
        cmocka_unit_test(nul_is_valid_but_not_storable),     cmocka_unit_test(every_character_is_encoded_and_valid),
        cmocka_unit_test(truncation_cuts_no_character),      cmocka_unit_test(sanitized_text_is_storable),
        cmocka_unit_test(storable_text_is_not_copied),       cmocka_unit_test(sanitizing_respects_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
