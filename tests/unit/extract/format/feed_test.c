#include "tests/unit/extract/extract_check.h"

#define FEED                                                                                                           \
    "kind: content\nformat: feed\nfields: {url: link, title: title, author: author, published_at: published, "         \
    "updated_at: updated, topic: category, persona: categories}\n"
#define ATOM "xmlns='http://www.w3.org/2005/Atom'"

static void reads_rss(void **state)
{
    (void)state;
    expect(FEED,
           "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='urn:media'\n"
           " xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Feed</title><link>https://a.example/</link>\n"
           "<item><media:title>no</media:title><title> A &amp; B </title><link>\nhttps://a.example/1\n</link>"
           "<dc:creator>Ann Lee</dc:creator><dc:creator>Bo</dc:creator><author>x@a.example</author>"
           "<pubDate>Sun, 06 Sep 2009 16:20:00 +0200</pubDate><atom:updated>2009-09-07T00:00:00Z</atom:updated>"
           "<category domain='d'>one</category><category>two</category></item>\n"
           "<item><title/><atom:link href='https://a.example/2' rel='self'/><guid>https://a.example/?p=2</guid>"
           "<author>lee@a.example (Ann Lee)</author></item>"
           "<item><guid isPermaLink='false'>x-3</guid><author>lee@a.example</author></item></channel></rss>",
           "content 3 url=https://a.example/1 title=A & B topic=one persona=one;two author=Ann Lee, Bo "
           "published_at=2009-09-06T16:20:00+0200 updated_at=2009-09-07T00:00:00Z\n"
           "content 6 url=https://a.example/?p=2 author=Ann Lee\ncontent 6\n");
}

static void reads_rdf(void **state)
{
    (void)state;
    expect(FEED,
           "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
           " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='x'><link>no</link></channel>\n"
           "<item rdf:about='https://a.example/1'><title>T</title><link>https://a.example/1</link>"
           "<dc:date>2026-01-05</dc:date><dc:subject>s</dc:subject><dc:title>no</dc:title></item></rdf:RDF>",
           "content 2 url=https://a.example/1 title=T topic=s persona=s published_at=2026-01-05\n");
}

static void reads_atom(void **state)
{
    (void)state;
    expect(FEED,
           "<feed " ATOM "><title>F</title><author><name>The Team</name><email>t@a.example</email></author>"
           "<id>urn:f</id>\n"
           "<entry><title type='html'>Tips &amp;amp; &lt;b&gt;tricks&lt;/b&gt;</title>"
           "<link rel='edit' href='/edit'/><link href='https://a.example/1'/>"
           "<link rel='alternate' href='https://a.example/1.html'/><id>urn:1</id>"
           "<updated>2026-01-05T10:00:00Z</updated><published>2026-01-04T10:00:00Z</published>"
           "<author><name>Ann</name><uri>no</uri></author><author><name>Bo</name></author>"
           "<category term='t1' label='Topic one'/><category term='t2'/><content>no</content></entry>\n"
           "<entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Plain</div></title>"
           "<id>https://a.example/2</id></entry>\n"
           "<entry><title type='text'>a &lt;b&gt; &amp;amp; c</title></entry></feed>",
           "content 2 url=https://a.example/1 title=Tips & tricks topic=Topic one persona=Topic one;t2 author=Ann, Bo "
           "published_at=2026-01-04T10:00:00Z updated_at=2026-01-05T10:00:00Z\n"
           "content 3 url=https://a.example/2 title=Plain author=The Team\n"
           "content 4 title=a <b> &amp; c author=The Team\n");
}

static void reads_what_podcasts_add(void **state)
{
    (void)state;
    expect(
        "kind: content\nformat: feed\nfields: {url: link, title: enclosure, author: author, topic: host, kind: guid, "
        "persona: summary}\n",
        "<rss><channel><item><link>https://A.example/1</link><itunes:author>Ann</itunes:author><guid>7</guid>"
        "<itunes:summary>no</itunes:summary><description>&lt;p&gt;S</description>"
        "<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/></item></channel></rss>",
        "content 1 url=https://A.example/1 title=https://a.example/1.mp3 kind=7 topic=a.example persona=<p>S "
        "author=Ann\n");
}

static void divides_categories(void **state)
{
    (void)state;
    expect("kind: content\nformat: feed\nfields: {url: link}\nalso: [{kind: cost, each: {split: categories, by: ';'}, "
           "fields: {day: ../published, amount: ., detail: ../title -> title}}]\n",
           "<rss><channel><item><link>u</link><category>a</category><category>b</category>"
           "<pubDate>Thu, 05 Jan 2017 13:34:51 GMT</pubDate></item></channel></rss>",
           "content 1 url=u\ncost 1 day=2017-01-05T13:34:51Z amount=a\ncost 1 day=2017-01-05T13:34:51Z amount=b\n");
}

static void refuses_what_is_no_feed(void **state)
{
    (void)state;
    expect_failure(FEED, TEXT("<urlset/>"), ERROR_DATA, "input: is no feed: its outermost element is 'urlset'",
                   "it is a sitemap: say 'format: sitemap'");
    expect_failure(FEED, TEXT("<html><head><title>404</head></html>"), ERROR_DATA,
                   "input: is no feed: its outermost element is 'html'",
                   "a feed is an 'rss', an 'RDF' or a 'feed'; was an error page saved in its place?");
    CheckResult result = check_read(FEED, TEXT("{\"version\": \"https://jsonfeed.org/version/1\"}"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    free(result.output);
}

static void tells_where_a_document_breaks(void **state)
{
    (void)state;
    CheckResult result = check_read(
        FEED, TEXT("<rss><channel><item><link>u</link></item>\n<item><title>a &nbsp; b</title></item></channel></rss>"),
        0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    assert_int_equal(2, result.format.broken_line);
    assert_int_equal(1, result.counts[RECORD_CONTENT].emitted);
    free(result.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rss),
        cmocka_unit_test(reads_rdf),
        cmocka_unit_test(reads_atom),
        cmocka_unit_test(reads_what_podcasts_add),
        cmocka_unit_test(divides_categories),
        cmocka_unit_test(refuses_what_is_no_feed),
        cmocka_unit_test(tells_where_a_document_breaks),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
