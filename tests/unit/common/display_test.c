#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/display.h"

#include <stdlib.h>

static void expect(Text text, const uint32_t *characters, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(at < text.size);
        assert_int_equal(characters[i], display_next(text, &at));
    }
    assert_int_equal(text.size, at);
}

#define EXPECT(literal, ...)                                                                                           \
    expect(TEXT(literal), (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static void decodes_characters(void **state)
{
    (void)state;
    EXPECT("aé€😀", 'a', 0xE9, 0x20AC, 0x1F600);
    EXPECT("\x7F\xC2\x80", 0x7F, 0x80);
    EXPECT("\xC0\x80z", 0xFFFD, 0xFFFD, 'z');
    EXPECT("\xE2\x82", 0xFFFD, 0xFFFD);
    EXPECT("\xED\xA0\x80", 0xFFFD, 0xFFFD, 0xFFFD);
    EXPECT("\xF4\x90\x80\x80", 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD);
    EXPECT("\xFF\xC3(", 0xFFFD, 0xFFFD, '(');
}

static void replaces_what_steers_a_terminal(void **state)
{
    (void)state;
    static const uint32_t unsafe[] = {0, 7, 0x1B, 0x7F, 0x85, 0x9B, 0x200F, 0x2028, 0x202E, 0x2066, 0xFEFF, 0xFFFD};
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
        assert_int_equal('?', display_safe(unsafe[i]));
    assert_int_equal(' ', display_safe('\n'));
    assert_int_equal(' ', display_safe('\t'));
    static const uint32_t safe[] = {' ', '~', 0xA0, 0xE9, 0x20AC, 0x4E2D, 0x1F600};
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        assert_int_equal(safe[i], display_safe(safe[i]));
}

static void knows_widths(void **state)
{
    (void)state;
    assert_int_equal(1, display_width('a'));
    assert_int_equal(1, display_width(0xE9));
    assert_int_equal(0, display_width(0x0301));
    assert_int_equal(2, display_width(0x4E2D));
    assert_int_equal(2, display_width(0xAC00));
    assert_int_equal(2, display_width(0xFF21));
    assert_int_equal(1, display_width(0xFF71));
    assert_int_equal(2, display_width(0x1F600));
}

static void tells_terminals(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    setenv("TERM", "xterm", 1);
    assert_false(display_is_terminal(file));
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_characters),
        cmocka_unit_test(replaces_what_steers_a_terminal),
        cmocka_unit_test(knows_widths),
        cmocka_unit_test(tells_terminals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
