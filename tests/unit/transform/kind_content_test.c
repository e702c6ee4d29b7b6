#include "tests/unit/transform/kind_check.h"

static const char contents[] = SOURCE("content", "base_url: https://example.com, fields: {url: a}");

static void test_content(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, contents);
    spool_add(&spool, RECORD_CONTENT, 1, "url=/Guides/index.html", "title=Guides", "topic=oee", NULL);
    spool_add(&spool, RECORD_CONTENT, 2, "url=http://example.com/Guides?utm_source=x", "title=Newer", NULL);
    spool_add(&spool, RECORD_CONTENT, 3, "url=mailto:ann@example.com", NULL);
    Rows rows = run(&spool, "content");
    assert_int_equal(rows.count, 1);
    assert_cell_key(&rows, 0, "content_id", KEY("content", TEXT("https://example.com/Guides")));
    assert_cell(&rows, 0, "url", "https://example.com/Guides");
    assert_cell(&rows, 0, "host", "example.com");
    assert_cell(&rows, 0, "path", "/Guides");
    assert_cell(&rows, 0, "title", "Newer");
    assert_cell_null(&rows, 0, "topic");
    spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
