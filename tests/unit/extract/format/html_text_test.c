#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/format/html_text.h"

static void expect(const char *html, const char *expected)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Text found = html_text(text_from(html), &arena);
    assert_int_equal(strlen(expected), found.size);
    assert_memory_equal(expected, found.data, found.size);
}

static void decodes_references(void **state)
{
    (void)state;
    expect("a &amp; b &lt;c&gt; &quot;d&#39; &#x2019;&rsquo;&#128512;",
           "a & b <c> \"d' \xE2\x80\x99\xE2\x80\x99\xF0\x9F\x98\x80");
    expect("&#0;&#xD800;&#x110000;&#31;", "");
    expect("&#xE9;&#233;&#x20AC;", "\xC3\xA9\xC3\xA9\xE2\x82\xAC");
}

static void takes_tags_out(void **state)
{
    (void)state;
    expect("<b>a</b> <br/>b<!-- c -->", "a b");
    expect("<p title='x'>a", "a");
}

static void leaves_the_rest(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",  "plain", "AT&T", "a & b; c", "&guid& and &unknown;", "1 < 2", "a <b c", "&#; &#x; &#12z;",
        "&", "<",     "&amp"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect(others[i], others[i]);
}

static void needs_room(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1);
    Text html = TEXT("a &amp; b");
    assert_ptr_equal(html.data, html_text(html, &arena).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_references),
        cmocka_unit_test(takes_tags_out),
        cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(needs_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
