#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text.h"

static void is_like_a_pattern(void **state)
{
    static const struct {
        const char *text, *pattern;
        bool is_like;
    } cases[] = {
        {"guide.pdf", "*.pdf", true},
        {"GUIDE.PDF", "*.pdf", true},
        {".pdf", "*.pdf", true},
        {"guide.pdf?v=1", "*.pdf", false},
        {"guide.pdf?v=1", "*.pdf?*", true},
        {"guide.pdf.html", "*.pdf", false},
        {"a.pdf and b.pdf", "*.pdf", true},
        {"https://www.a.example/blog/x", "*://www.a.example/*", true},
        {"https://beta.a.example/blog/x", "*://www.a.example/*", false},
        {"plain", "plain", true},
        {"plain", "plai", false},
        {"plain", "plain!", false},
        {"", "", true},
        {"", "*", true},
        {NULL, "**", true},
        {"", "a", false},
        {"a", "", false},
        {"aXbXc", "a*b*c", true},
        {"aXbXcX", "a*b*c", false},
        {"ababac", "*abac", true},
        {"ab", "a*ab", false},
        {"[", "{", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (text_is_like(text_from(cases[i].text), text_from(cases[i].pattern)) != cases[i].is_like)
            fail_msg("'%s' and '%s'", cases[i].text ? cases[i].text : "(absent)", cases[i].pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_like_a_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
