#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/path.h"

#include <stdio.h>
#include <stdlib.h>

/* The steps with a blank between them: name, @name, name{key|value}, name{key^value}. */
static void expect_steps(const char *path, PathSyntax syntax, const char *expected)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    Path parsed;
    const char *flaw = path_parse(text_from(path), syntax, &arena, &parsed);
    if (flaw)
        fail_msg("%s: %s", path, flaw);
    char *found = NULL;
    size_t size;
    FILE *out = open_memstream(&found, &size);
    for (size_t i = 0; i < parsed.count; i++) {
        const PathStep *step = &parsed.steps[i];
        fprintf(out, "%s%s%.*s", i ? " " : "", step->is_attribute ? "@" : "", TEXT_PRINTF(step->name));
        if (!text_is_null(step->selector.key))
            fprintf(out, "{%s%.*s%s%.*s}", step->selector.is_attribute ? "@" : "", TEXT_PRINTF(step->selector.key),
                    step->selector.is_prefix ? "^" : "|", TEXT_PRINTF(step->selector.value));
    }
    fclose(out);
    assert_string_equal(expected, found);
    free(found);
}

static void takes_dotted_paths_apart(void **state)
{
    (void)state;
    expect_steps(".", PATH_DOTTED, "");
    expect_steps("a", PATH_DOTTED, "a");
    expect_steps("a.0.b c", PATH_DOTTED, "a 0 b c");
    expect_steps("a\\.b.c\\\\d", PATH_DOTTED, "a.b c\\d");
    expect_steps("@a/b:c", PATH_DOTTED, "@a/b:c");
    expect_steps("a[b=c].d", PATH_DOTTED, "a{b|c} d");
    expect_steps("a[b^=iglu:com.x/y/].d[e=f=g]", PATH_DOTTED, "a{b^iglu:com.x/y/} d{e|f=g}");
    expect_steps("a[b\\=\\^c=d\\]e[]", PATH_DOTTED, "a{b=^c|d]e[}");
    expect_steps("a[b=]", PATH_DOTTED, "a{b|}");
    expect_steps("a\\[0\\].b]", PATH_DOTTED, "a[0] b]");
}

static void takes_slashed_paths_apart(void **state)
{
    (void)state;
    expect_steps(".", PATH_SLASHED, "");
    expect_steps("a.b/c", PATH_SLASHED, "a.b c");
    expect_steps("@a", PATH_SLASHED, "@a");
    expect_steps("a/@b", PATH_SLASHED, "a @b");
    expect_steps("a[@b=c/d]/e", PATH_SLASHED, "a{@b|c/d} e");
    expect_steps("a[b^=c]/@d", PATH_SLASHED, "a{b^c} @d");
}

static void divides_at_the_last_arrow(void **state)
{
    (void)state;
    Text outer, inner;
    assert_false(path_split_arrow(TEXT("a.b"), PATH_DOTTED, &outer, &inner));
    assert_false(path_split_arrow(TEXT("a->b"), PATH_DOTTED, &outer, &inner));
    assert_false(path_split_arrow(TEXT("a[b=c -> d]"), PATH_DOTTED, &outer, &inner));
    assert_true(path_split_arrow(TEXT("a -> b -> c"), PATH_DOTTED, &outer, &inner));
    assert_true(text_is(outer, "a -> b") && text_is(inner, "c"));
    /* Brackets of a column's name mean nothing. */
    assert_true(path_split_arrow(TEXT("Sum [EUR -> a[b=c -> d]"), PATH_COLUMN, &outer, &inner));
    assert_true(text_is(outer, "Sum [EUR") && text_is(inner, "a[b=c -> d]"));
}

static void tells_what_is_no_path(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        PathSyntax syntax;
        const char *flaw;
    } cases[] = {
        {"", PATH_DOTTED, "a step is empty"},
        {"a.", PATH_DOTTED, "a step is empty"},
        {"a..b", PATH_DOTTED, "a step is empty"},
        {"[a=b]", PATH_DOTTED, "a step is empty"},
        {"a[0]", PATH_DOTTED, "brackets hold [key=value] or [key^=beginning], and the element 0 is name.0"},
        {"a[=b]", PATH_DOTTED, "brackets hold [key=value] or [key^=beginning], and the element 0 is name.0"},
        {"a[b^c]", PATH_DOTTED, "brackets hold [key=value] or [key^=beginning], and the element 0 is name.0"},
        {"a[b=c", PATH_DOTTED, "a bracket is not closed"},
        {"a[b^=]", PATH_DOTTED, "every text begins with nothing"},
        {"a[b=c]d", PATH_DOTTED, "a step ends with its bracket"},
        {"a[b=c][d=e]", PATH_DOTTED, "a step ends with its bracket"},
        {"a/", PATH_SLASHED, "a step is empty"},
        {"@", PATH_SLASHED, "an attribute has a name"},
        {"@a/b", PATH_SLASHED, "an attribute is the end of a path"},
        {"@a[b=c]", PATH_SLASHED, "an attribute is the end of a path"},
        {"a -> b.", PATH_COLUMN, "a step is empty"},
        {"a -> b -> c -> d -> e", PATH_COLUMN, NULL},
        {"a -> b -> c -> d -> e -> f", PATH_COLUMN, "it has too many arrows"},
        {"x:a -> b", PATH_SLASHED, "elements are named without a prefix"},
        {"Any [column at all.", PATH_COLUMN, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup(arena_done) Arena arena = arena_make(1 << 16);
        const char *flaw = path_flaw(text_from(cases[i].path), cases[i].syntax, &arena);
        if (!flaw != !cases[i].flaw || (flaw && strcmp(flaw, cases[i].flaw) != 0))
            fail_msg("'%s': %s", cases[i].path, flaw ? flaw : "is one");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_dotted_paths_apart),
        cmocka_unit_test(takes_slashed_paths_apart),
        cmocka_unit_test(divides_at_the_last_arrow),
        cmocka_unit_test(tells_what_is_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
