#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/condition_scan.h"

static void expect_whole(const char *text)
{
    size_t position = 0;
    const char *flaw = condition_scan(text_from(text), &position);
    if (flaw)
        fail_msg("%s: %zu: %s", text, position, flaw);
}

static void expect_flaw(const char *text, size_t position, const char *word)
{
    size_t found = 0;
    const char *flaw = condition_scan(text_from(text), &found);
    if (!flaw || !strstr(flaw, word))
        fail_msg("%s: %s", text, flaw ? flaw : "no flaw");
    assert_int_equal(position, found);
}

static void takes_one_expression(void **state)
{
    (void)state;
    expect_whole("employees >= 50 and title ~* '(head|director|chief)'");
    expect_whole("country in ('DE', 'AT') and array[1, 2] @> array[employees]");
    expect_whole("title = 'it''s; (so' or title = E'\\'); (' or title = e'\\\\'");
    expect_whole("\"title\" like '%)'");
    expect_whole("title = $$);'$$ or title = $a$ $$ ) $a$");
    expect_whole("title = 'x' -- ) ; '\n and true");
    expect_whole("true /* ) /* ; */ ' */ and true");
    expect_whole("");
}

static void finds_what_ends_it(void **state)
{
    (void)state;
    expect_flaw("true; drop table x", 5, "second expression");
    expect_flaw("true, false", 5, "second expression");
    expect_flaw("true) stored, b boolean generated always as (true", 5, "not opened");
    expect_flaw("(true]", 6, "not opened");
    expect_flaw("((true)", 1, "never closed");
    expect_flaw("title = 'x", 9, "never closed");
    expect_flaw("title = 'x\\'); y'", 13, "not opened");
    expect_flaw("title = E'x\\'", 10, "never closed");
    expect_flaw("\"title", 1, "never closed");
    expect_flaw("title = $a$ x $b$", 9, "never closed");
    expect_flaw("true /* x", 6, "never ends");
    expect_flaw("a$$)$$", 4, "not opened");
}

static void counts_characters(void **state)
{
    (void)state;
    expect_flaw("title = 'Gießerei' ; x", 20, "second expression");
    assert_int_equal(4, condition_byte_at(TEXT("äö;"), 3));
    assert_int_equal(5, condition_byte_at(TEXT("äö;"), 4));
    char deep[102];
    memset(deep, '(', 101);
    deep[101] = '\0';
    expect_flaw(deep, 101, "too deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_one_expression),
        cmocka_unit_test(finds_what_ends_it),
        cmocka_unit_test(counts_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
