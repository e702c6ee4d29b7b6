#include "tests/unit/extract/extract_check.h"

#include "extract/transport/sitemap_files.h"

#include <zlib.h>

static void make_folder(const char *name)
{
    assert_int_equal(0, mkdir(check_path(name), 0700));
}

static void write_index(const char *name, const char *const *addresses)
{
    char document[4096] = "<?xml version='1.0'?>\n<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n";
    size_t size = strlen(document);
    for (size_t i = 0; addresses[i]; i++)
        size += (size_t)snprintf(document + size, sizeof document - size, "<sitemap><loc> %s </loc></sitemap>\n",
                                 addresses[i]);
    snprintf(document + size, sizeof document - size, "</sitemapindex>");
    check_write_string(name, document);
}

/* The names of the inputs that come of a path, each behind a blank. */
static Status add(const char *path, char found[static 1024], Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    FileInputs inputs;
    if (files_find(text_from(check_path(path)), &arena, &inputs, error) != STATUS_OK)
        fail_msg("%s", error->message);
    TRY(sitemap_files_add(&inputs, &arena, &inputs, error));
    size_t size = 0;
    found[0] = '\0';
    for (size_t i = 0; i < inputs.count; i++) {
        size += (size_t)snprintf(found + size, 1024 - size, " %s", inputs.items[i].path + strlen(check_folder) + 1);
        assert_in_range(size, 1, 1023);
        assert_true(inputs.items[i].size > 0);
    }
    return STATUS_OK;
}

static void expect_found(const char *path, const char *expected)
{
    char found[1024];
    Error error = ERROR_INIT;
    if (add(path, found, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    assert_string_equal(expected, found);
}

static void finds_what_an_index_lists(void **state)
{
    (void)state;
    make_folder("site");
    make_folder("site/maps");
    make_folder("site/en");
    check_write_string("site/maps/a.xml", "<urlset/>");
    check_write_string("site/a.xml", "<urlset/>");
    check_write_string("site/en/b.xml", "<urlset/>");
    check_write_string("site/c.xml?p=1&q=2", "<urlset/>");
    write_index("site/index.xml",
                (const char *[]){"https://a.example/maps/a.xml", "https://a.example/deep/er/en/b.xml#top", "/en/b.xml",
                                 "http://a.example/c.xml?p=1&amp;q=2", "https://a.example/index.xml/a.xml", NULL});
    expect_found("site/index.xml", " site/a.xml site/c.xml?p=1&q=2 site/en/b.xml site/index.xml site/maps/a.xml");
    expect_found("site/*.xml", " site/a.xml site/c.xml?p=1&q=2 site/en/b.xml site/index.xml site/maps/a.xml");
    expect_found("site/a.xml", " site/a.xml");
}

static void follows_indexes_within_indexes(void **state)
{
    (void)state;
    make_folder("nest");
    make_folder("nest/en");
    check_write_string("nest/en/pages.xml", "<urlset/>");
    write_index("nest/en/index.xml", (const char *[]){"https://a.example/en/pages.xml", NULL});
    /* each lists the other, too */
    write_index("nest/index.xml", (const char *[]){"https://a.example/en/index.xml", NULL});
    expect_found("nest/index.xml", " nest/en/index.xml nest/en/pages.xml nest/index.xml");
}

static void refuses_a_chain_of_indexes(void **state)
{
    (void)state;
    make_folder("chain");
    for (int i = 0; i < 8; i++) {
        char name[32], next[64];
        snprintf(name, sizeof name, "chain/%d.xml", i);
        snprintf(next, sizeof next, "https://a.example/%d.xml", (i + 1) % 8);
        write_index(name, (const char *[]){next, NULL});
    }
    char found[1024];
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, add("chain/0.xml", found, &error));
    assert_int_equal(ERROR_DATA, error.code);
}

static void names_what_is_missing(void **state)
{
    (void)state;
    make_folder("part");
    check_write_string("part/a.xml", "<urlset/>");
    write_index("part/index.xml", (const char *[]){"https://a.example/a.xml", "https://a.example/b.xml", NULL});
    char found[1024], message[256];
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, add("part/index.xml", found, &error));
    assert_int_equal(ERROR_NO_INPUT, error.code);
    snprintf(message, sizeof message, "%s: line 4: lists https://a.example/b.xml, which is not in its folder",
             check_path("part/index.xml"));
    assert_string_equal(message, error.message);
}

static void stays_in_the_folder(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "https://a.example/../secret.xml",
        "https://a.example/x/../../secret.xml",
        "../secret.xml",
        "..",
        ".",
        "file:///etc/passwd",
        "/etc/passwd",
        "//etc/passwd",
        "https://a.example/",
        "https://a.example/link.xml",
        "https://a.example/out/secret.xml",
        "secret.xml",
    };
    make_folder("jail");
    make_folder("jail/in");
    check_write_string("jail/secret.xml", "<urlset/>");
    assert_int_equal(0, symlink("../secret.xml", check_path("jail/in/link.xml")));
    assert_int_equal(0, symlink("..", check_path("jail/in/out")));
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        write_index("jail/in/index.xml", (const char *[]){addresses[i], NULL});
        char found[1024];
        Error error = ERROR_INIT;
        if (add("jail/in/index.xml", found, &error) != STATUS_ERROR)
            fail_msg("%s led to%s", addresses[i], found);
        assert_int_equal(ERROR_NO_INPUT, error.code);
    }
}

/* What is wrong with a file is for its reader to say. */
static void leaves_the_rest_alone(void **state)
{
    (void)state;
    make_folder("rest");
    check_write_string("rest/broken.xml", "<sitemapindex><sitemap>");
    check_write_string("rest/doctype.xml", "<!DOCTYPE sitemapindex><sitemapindex/>");
    check_write_string("rest/feed.xml", "<feed><id>1</id></feed>");
    check_write_string("rest/gzip.xml", "\x1F\x8B no gzip");
    check_write_string("rest/text.txt", "https://a.example/1\n");
    expect_found("rest/*", " rest/broken.xml rest/doctype.xml rest/feed.xml rest/gzip.xml rest/text.txt");
}

static void reads_gzip(void **state)
{
    (void)state;
    make_folder("zip");
    check_write_string("zip/a.xml.gz", "<urlset/>");
    gzFile file = gzopen(check_path("zip/index.xml.gz"), "wb");
    gzputs(file, "<sitemapindex><sitemap>https://a.example/a.xml.gz</sitemap></sitemapindex>");
    assert_int_equal(Z_OK, gzclose(file));
    expect_found("zip/index.xml.gz", " zip/a.xml.gz zip/index.xml.gz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_an_index_lists),
        cmocka_unit_test(follows_indexes_within_indexes),
        cmocka_unit_test(refuses_a_chain_of_indexes),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(stays_in_the_folder),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(reads_gzip),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
