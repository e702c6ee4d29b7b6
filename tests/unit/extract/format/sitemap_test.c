#include "tests/unit/extract/extract_check.h"

#define SITEMAP "kind: content\nformat: sitemap\nfields: {url: loc, updated_at: lastmod}\n"
#define SPACE "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"

static void takes_what_an_entry_says(void **state)
{
    (void)state;
    expect(
        "kind: content\nformat: sitemap\n"
        "fields: {url: loc, updated_at: lastmod, title: priority, kind: changefreq, topic: host}\n",
        "<?xml version='1.0'?>\n<urlset " SPACE ">\n<url>\n<loc>\n  https://User@Example.COM:80/a?b=1&amp;c=2\n </loc>"
        "<lastmod>2026-01-05T10:00:00+01:00</lastmod><priority>0.5</priority><changefreq> daily\n</changefreq></url>\n"
        "<url><loc>/relative</loc></url><url/></urlset>",
        "content 3 url=https://User@Example.COM:80/a?b=1&c=2 title=0.5 kind=daily topic=example.com "
        "updated_at=2026-01-05T10:00:00+01:00\n"
        "content 8 url=/relative\ncontent 8\n");
}

static void takes_any_namespace(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "<urlset><url><loc>u</loc></url></urlset>",
        "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>u</s:loc></s:url></s:urlset>",
        "<urlset xmlns='http://www.google.com/schemas/sitemap/0.84'><url><loc>u</loc></url></urlset>",
        "<urlset xmlns='//www.sitemaps.org/schemas/sitemap/0.9/'><url><loc>u</loc></url></urlset>",
        /* never declared */
        "<s:urlset><s:url><s:loc>u</s:loc></s:url></s:urlset>",
        /* what is not the sitemap's own is none of its addresses */
        "<urlset " SPACE
        " xmlns:i='urn:i'><url><i:loc>x</i:loc><i:image><i:loc>y</i:loc></i:image><loc>u</loc></url></urlset>",
        /* an element left out, as some write it */
        "<urlset><url> u </url></urlset>",
        "\xEF\xBB\xBF <!-- c --><urlset><url><loc><![CDATA[u]]></loc></url></urlset>",
        " <?xml version='1.0'?><urlset><url><loc>u</loc></url></urlset>",
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        expect(SITEMAP, documents[i], "content 1 url=u\n");
}

static void reads_other_encodings(void **state)
{
    (void)state;
    static const char document[] = "<?xml version='1.0' encoding='UTF-16'?><urlset><url><loc>u</loc></url></urlset>";
    char wide[2 * sizeof document] = "\xFF\xFE";
    for (size_t i = 0; i + 1 < sizeof document; i++)
        wide[2 + 2 * i] = document[i];
    expect_bytes(SITEMAP, (Text){wide, 2 * sizeof document}, "content 1 url=u\n");
    expect(SITEMAP, "<?xml version='1.0' encoding='ISO-8859-1'?><urlset><url><loc>\xE9</loc></url></urlset>",
           "content 1 url=\xC3\xA9\n");
    expect_bytes(SITEMAP, TEXT("\xFF\xFEh\0t\0t\0p\0:\0/\0/\0a\0"), "content 1 url=http://a\n");
}

static void counts_lines_above(void **state)
{
    (void)state;
    expect(SITEMAP, "\n\n<urlset>\n<url>u</url></urlset>", "content 4 url=u\n");
}

static void takes_what_extensions_say(void **state)
{
    (void)state;
    expect("kind: content\nformat: sitemap\nfields: {url: loc, title: news.title, author: news.name, topic: "
           "news.keywords, published_at: news.publication_date}\n",
           "<urlset " SPACE " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>u</loc><news:news>"
           "<news:publication><news:name>The Times</news:name></news:publication><news:title>A &amp; B</news:title>"
           "<news:publication_date>2008-12</news:publication_date><news:keywords>a, b</news:keywords></news:news></url>"
           "</urlset>",
           "content 1 url=u title=A & B topic=a, b author=The Times published_at=2008-12-01\n");
    expect("kind: content\nformat: sitemap\nfields: {url: loc, title: video.title, kind: video.category, topic: "
           "video.tag, author: image.title, persona: image.caption}\n",
           "<urlset " SPACE
           " xmlns:v='urn:v' xmlns:i='urn:i'><url><v:video><v:tag>a</v:tag><v:title>T</v:title><v:tag> b "
           "</v:tag><v:tag/><v:category>C</v:category></v:video><i:image><i:title>1</i:title></i:image>"
           "<i:image><i:title>2</i:title><i:caption>3</i:caption></i:image><loc>u</loc></url></urlset>",
           "content 1 url=u title=T kind=C topic=a;b persona=3 author=1\n");
}

static void reads_text(void **state)
{
    (void)state;
    expect(SITEMAP, "\xEF\xBB\xBFhttps://a.example/1\r\n\r\n  HTTP://a.example/2 \rhttps://a.example/3",
           "content 1 url=https://a.example/1\ncontent 3 url=HTTP://a.example/2\ncontent 4 url=https://a.example/3\n");
    expect(SITEMAP, "https://a.example/1\nabout us\n/2\nhttps://\n",
           "content 1 url=https://a.example/1\n"
           "reject 2 kind=content code=bad_url reason=a line of a text sitemap is a whole address, with http:// or "
           "https:// raw=about us\n"
           "reject 3 kind=content code=bad_url reason=a line of a text sitemap is a whole address, with http:// or "
           "https:// raw=/2\n"
           "reject 4 kind=content code=bad_url reason=a line of a text sitemap is a whole address, with http:// or "
           "https:// raw=https://\n");
    expect_bytes(SITEMAP, TEXT("https://a.example/\xFF\nhttps://a.example/\0\n"),
                 "reject 1 kind=content field=url code=bad_utf8 reason=holds bytes that are no UTF-8 "
                 "raw=https://a.example/\xEF\xBF\xBD\n"
                 "reject 2 kind=content field=url code=holds_nul reason=holds the character U+0000, which the database "
                 "cannot raw=https://a.example/\xEF\xBF\xBD\n");
    expect("kind: content\nformat: sitemap\nrecord_ceiling: 16B\nfields: {url: loc}\n",
           "https://a.exam/1\nhttps://a.exam/12\n\nhttps://a.exam/2",
           "content 1 url=https://a.exam/1\n"
           "reject 2 kind=content code=record_too_long reason=the line is longer than 16 bytes raw=https://a.exam/1\n"
           "content 4 url=https://a.exam/2\n");
}

static void filters_by_host(void **state)
{
    (void)state;
    expect(SITEMAP "only: {host: [a.example, '[::1]']}\n",
           "https://A.example/1\nhttps://b.example/2\nhttps://me:b.example@a.example:8080?3\nhttp://[::1]:80/4\n"
           "https://a.example\\5\n",
           "content 1 url=https://A.example/1\ncontent 3 url=https://me:b.example@a.example:8080?3\n"
           "content 4 url=http://[::1]:80/4\ncontent 5 url=https://a.example\\5\n");
}

static void passes_over_an_index(void **state)
{
    (void)state;
    static const char index[] = "<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>";
    expect(SITEMAP, index, "");
    expect(SITEMAP "mode: snapshot\nparts: together\n", index, "");
    expect_failure(SITEMAP "mode: snapshot\n", text_from(index), ERROR_DATA,
                   "input: is an index of sitemaps, which is a snapshot only with all of them",
                   "say 'parts: together'");
}

static void tells_an_empty_sitemap_from_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        bool has_content;
    } cases[] = {{"<urlset/>", true}, {"<sitemapindex/>", true}, {"", false}, {" \n", false}, {"\xEF\xBB\xBF", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CheckResult result = check_read(SITEMAP, text_from(cases[i].document), 1, false);
        assert_int_equal(STATUS_OK, result.status);
        assert_int_equal(cases[i].has_content, result.format.has_content);
        assert_false(result.format.is_broken);
        free(result.output);
    }
}

static void refuses_what_is_no_sitemap(void **state)
{
    (void)state;
    expect_failure(SITEMAP, TEXT("<rss><channel/></rss>"), ERROR_DATA,
                   "input: is no sitemap: its outermost element is 'rss'", "it is a feed: say 'format: feed'");
    expect_failure(SITEMAP, TEXT("<html><body><p>Not found<br></body></html>"), ERROR_DATA,
                   "input: is no sitemap: its outermost element is 'html'",
                   "a sitemap is a 'urlset' or a 'sitemapindex'; was an error page saved in its place?");
    CheckResult result = check_read(SITEMAP, TEXT("<!DOCTYPE html><html/>"), 0, false);
    assert_int_equal(ERROR_DATA, result.error.code);
    assert_string_equal("input: the document has a document type declaration, which is refused", result.error.message);
    free(result.output);
}

static void tells_where_a_document_breaks(void **state)
{
    (void)state;
    CheckResult result =
        check_read(SITEMAP, TEXT("\n<urlset>\n<url><loc>u</loc></url>\n<url><loc>a&b</loc></url></urlset>"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    assert_int_equal(4, result.format.broken_line);
    assert_int_equal(1, result.counts[RECORD_CONTENT].emitted);
    free(result.output);
}

/* The protocol's most, and more than that. */
static void reads_many_entries(void **state)
{
    (void)state;
    enum { COUNT = 60000 };
    char *document;
    size_t size;
    FILE *file = open_memstream(&document, &size);
    fputs("<urlset>", file);
    for (int i = 0; i < COUNT; i++)
        fprintf(file, "<url><loc>https://a.example/%d</loc></url>\n", i);
    fputs("</urlset>", file);
    assert_int_equal(0, fclose(file));
    CheckResult result = check_read(SITEMAP, (Text){document, size}, 0, false);
    assert_int_equal(COUNT, result.counts[RECORD_CONTENT].emitted);
    assert_non_null(strstr(result.output, "content 60000 url=https://a.example/59999\n"));
    free(result.output);
    free(document);
}

static void names_what_nobody_maps(void **state)
{
    (void)state;
    CheckResult result =
        check_read("kind: content\nformat: sitemap\nfields: {url: loc}\n",
                   TEXT("<urlset><url><loc>u</loc><priority>1</priority><other>2</other></url></urlset>"), 0, true);
    assert_string_equal("name priority\ncontent 1 url=u\n", result.output);
    free(result.output);
}

static void refuses_unknown_columns(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, check_load("kind: content\nformat: sitemap\nfields: {url: lok}\n", &config, &error));
    assert_non_null(strstr(error.message, "unknown column 'lok': a sitemap has none of that name"));
    assert_string_equal("did you mean 'loc'?", error.hint);
    assert_int_equal(STATUS_ERROR, check_load(SITEMAP "delimiter: ';'\n", &config, &error));
    assert_int_equal(STATUS_ERROR, check_load(SITEMAP "record: url\n", &config, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_an_entry_says),
        cmocka_unit_test(takes_any_namespace),
        cmocka_unit_test(reads_other_encodings),
        cmocka_unit_test(counts_lines_above),
        cmocka_unit_test(takes_what_extensions_say),
        cmocka_unit_test(reads_text),
        cmocka_unit_test(filters_by_host),
        cmocka_unit_test(passes_over_an_index),
        cmocka_unit_test(tells_an_empty_sitemap_from_nothing),
        cmocka_unit_test(refuses_what_is_no_sitemap),
        cmocka_unit_test(tells_where_a_document_breaks),
        cmocka_unit_test(reads_many_entries),
        cmocka_unit_test(names_what_nobody_maps),
        cmocka_unit_test(refuses_unknown_columns),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
