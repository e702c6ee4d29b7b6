#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/classification.h"
#include "transform/site_index.h"

static const char *const columns[] = {"category", "pattern", "source"};

static Status make(const char *rows, Arena *arena, SiteIndex *ret_index, Error *error)
{
    const char *content = arena_printf(arena, "# date: 2026-01-01\ncategory\tpattern\tsource\n%s", rows);
    FactList *list = arena_allocate(arena, sizeof *list);
    if (fact_list_parse(text_from(content), "s", columns, 3, arena, list, error) != STATUS_OK)
        return STATUS_ERROR;
    return site_index_make(list, ret_index, error);
}

static void test_patterns(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    cleanup(site_index_done) SiteIndex index = {.sites = NULL};
    Error error = ERROR_INIT;
    assert_int_equal(make("search\tone.example\tone\n"
                          "social\t*.two.example\ttwo\n"
                          "video\tthree.*\tthree\n"
                          "shopping\t*.four.*\tfour\n"
                          "mail\tfive.**\tfive\n"
                          "ai\tpart.two.example\tpart\n"
                          "ai\tlabel.three.*\tlabel\n"
                          "other\tnick\tnickname\n",
                          &arena, &index, &error),
                     STATUS_OK);
    static const struct {
        const char *host, *source;
    } rows[] = {
        {"one.example", "one"},
        {"www.one.example", "one"},
        {"m.one.example", "one"},
        {"below.one.example", NULL},
        {"one", "one"}, /* the name of the source */
        {"two.example", "two"},
        {"a.b.two.example", "two"},
        {"part.two.example", "part"}, /* the longest decides */
        {"a.part.two.example", "two"},
        {"nottwo.example", NULL},
        {"three.de", "three"},
        {"three.co.uk", "three"},
        {"three.com.br", "three"},
        {"three.uk.example", NULL},
        {"a.three.de", NULL},
        {"label.three.com", "label"},
        {"label.three.co.uk", "label"},
        {"a.label.three.com", NULL},
        {"four.de", "four"},
        {"a.b.four.co.jp", "four"},
        {"five.anything.at.all.example", "five"},
        {"a.five.example", NULL},
        {"nick", "nickname"},
        {"nickname", "nickname"},
        {"nick.example", NULL},
        {"", NULL},
        {".", NULL},
        {"..", NULL},
        {"three.", NULL},
        {".de", NULL},
        {"www.", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Site *site = site_index_find(&index, text_from(rows[i].host));
        if (!site != !rows[i].source || (site && !text_is(site->source, rows[i].source)))
            fail_msg("%s: %.*s", rows[i].host, site ? (int)site->source.size : 4, site ? site->source.data : "none");
    }
    char longest[300];
    memset(longest, 'a', sizeof longest);
    assert_null(site_index_find(&index, (Text){longest, sizeof longest}));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *message;
    } cases[] = {
        {"serach\tx.example\tx\n", "s:3: unknown category 'serach'"},
        {"search\tX.example\tx\n", "s:3: pattern 'X.example' is not in lower case"},
        {"search\tx.example\tX\n", "s:3: source 'X' is not in lower case"},
        {"search\t*.*\tx\n", "s:3: pattern '*.*' has a star in its midst: there may be *. before a host, and .* or .** "
                             "behind it"},
        {"search\ta.*.example\tx\n", "s:3: pattern 'a.*.example' has a star in its midst: there may be *. before a "
                                     "host, and .* or .** behind it"},
        {"search\thttps://x.example/\tx\n", "s:3: pattern 'https://x.example/' is more than a host: write it without "
                                            "scheme, port and path"},
        {"search\twww.x.example\tx\n",
         "s:3: pattern 'www.x.example' begins with www. or m., which do not count: leave that out"},
        {"search\ta.b.**\tx\n",
         "s:3: pattern 'a.b.**' has a dot before .**: only the first part of a host can stand before anything"},
        {"search\tx.example\tx\nsearch\tx.example\tx\n", "s:4: pattern 'x.example': line 3 speaks of the same hosts"},
        {"search\t*.x.example\tx\nsocial\tx.example\ty\n", "s:4: pattern 'x.example': line 3 speaks of the same hosts"},
        {"search\tx.example\tx\nsocial\ty.example\tx\n", "s:4: source 'x': line 3 says something else of it"},
        {"search\tx\tone\nsearch\ty.example\tx\n", "s:4: source 'x': line 3 says something else of it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup(arena_done) Arena arena = arena_make(1 << 20);
        SiteIndex index;
        Error error = ERROR_INIT;
        assert_int_equal(make(cases[i].rows, &arena, &index, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_string_equal(error.message, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
