/* Every format in every character set. */
#include "tests/unit/extract/extract_check.h"

#include <iconv.h>

#define CSV "format: csv\nfields: {currency: c, day: d, rate: r}\n"
#define XML "format: xml\nrecord: r\nfields: {currency: '@c', day: '@d', rate: .}\n"
#define NDJSON "format: ndjson\nfields: {currency: c, day: d, rate: r}\n"
#define JSON "format: json\nfields: {currency: c, day: d, rate: r}\n"

/* The text in another character set, behind its mark; by the system's own program of that name this would be
 * iconv -f UTF-8 -t NAME. */
static Text encode(const char *name, Text mark, const char *text, char bytes[static 4096])
{
    iconv_t encoder = iconv_open(name, "UTF-8");
    assert_true(encoder != (iconv_t)-1);
    memcpy(bytes, mark.data, mark.size);
    char *from = (char *)(uintptr_t)text, *to = bytes + mark.size;
    size_t left = strlen(text), room = 4096 - mark.size;
    assert_int_equal(0, iconv(encoder, &from, &left, &to, &room));
    iconv_close(encoder);
    return (Text){bytes, (size_t)(to - bytes)};
}

static void expect_in_all_marked(const char *lines, const char *text, const char *expected)
{
    static const struct {
        const char *name;
        Text mark;
    } sets[] = {
        {"UTF-8", {"", 0}},
        {"UTF-8", {"\xEF\xBB\xBF", 3}},
        {"UTF-16LE", {"\xFF\xFE", 2}},
        {"UTF-16BE", {"\xFE\xFF", 2}},
        {"UTF-32LE", {"\xFF\xFE\0\0", 4}},
        {"UTF-32BE", {"\0\0\xFE\xFF", 4}},
    };
    char bytes[4096];
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        expect_bytes(lines, encode(sets[i].name, sets[i].mark, text, bytes), expected);
}

static void every_format_is_read_in_every_marked_set(void **state)
{
    (void)state;
    expect_in_all_marked(CSV, "c,d,r\n\"\xC3\xA4\",2,\xF0\x9F\x98\x80\n",
                         "rate 2 currency=\xC3\xA4 day=2 rate=\xF0\x9F\x98\x80\n");
    expect_in_all_marked("format: tsv\nfields: {currency: c, day: d, rate: r}\n", "c\td\tr\r\n\xC3\xA4\t2\t3\r\n",
                         "rate 2 currency=\xC3\xA4 day=2 rate=3\n");
    expect_in_all_marked(NDJSON, "{\"c\":\"\xC3\xA4\"}\n{\"c\":\"b\"}\n",
                         "rate 1 currency=\xC3\xA4\nrate 2 currency=b\n");
    expect_in_all_marked(JSON, "[{\"c\":\"\xC3\xA4\"}]", "rate 1 currency=\xC3\xA4\n");
    expect_in_all_marked(XML, "<a><r c='\xC3\xA4' d='1'>3</r></a>", "rate 1 currency=\xC3\xA4 day=1 rate=3\n");
    expect_in_all_marked(
        "kind: view\nformat: weblog\nlog_format: '%h %t \"%r\"'\nfields: {viewed_at: time, url: url}\n",
        "a [01/Mar/2026:12:00:00 +0100] \"GET /\xC3\xA4 HTTP/1.1\"\r\n",
        "view 1 viewed_at=2026-03-01T12:00:00+0100 url=/\xC3\xA4\n");
    expect_in_all_marked("kind: content\nformat: sitemap\nfields: {url: loc}\n",
                         "<urlset><url><loc>https://a.example/\xC3\xA4</loc></url></urlset>",
                         "content 1 url=https://a.example/\xC3\xA4\n");
    expect_in_all_marked(
        "kind: content\nformat: feed\nfields: {url: link, title: title}\n",
        "<rss><channel><item><link>https://a.example/</link><title>\xC3\xA4</title></item></channel></rss>",
        "content 1 url=https://a.example/ title=\xC3\xA4\n");
}

static void a_declared_set_is_decoded(void **state)
{
    (void)state;
    expect_bytes(CSV "charset: windows-1252\n", TEXT("c,d,r\n\xE4,\x80,3\n"),
                 "rate 2 currency=\xC3\xA4 day=\xE2\x82\xAC rate=3\n");
    expect_bytes(CSV "charset: utf-16le\n", TEXT("c\0,\0d\0,\0r\0\n\0\xE4\0,\0002\0,\0003\0"),
                 "rate 2 currency=\xC3\xA4 day=2 rate=3\n");
    expect_bytes(NDJSON "charset: shift_jis\n", TEXT("{\"c\":\"\x83\x65\"}\n"), "rate 1 currency=\xE3\x83\x86\n");
    expect_bytes(CSV "charset: utf-8\n", TEXT("c,d,r\n\xC3\xA4,2,3\n"), "rate 2 currency=\xC3\xA4 day=2 rate=3\n");
}

/* The place is told, the record is refused, the others are taken. */
static void what_is_no_character_is_a_reject(void **state)
{
    (void)state;
    expect_bytes(CSV "charset: windows-1252\n", TEXT("c,d,r\n1,\x81,3\n\xE4,2,3\n"),
                 "reject 2 kind=rate field=day code=bad_utf8 reason=holds bytes that are no text in windows-1252 "
                 "raw=1,\xEF\xBF\xBD,3\n"
                 "rate 3 currency=\xC3\xA4 day=2 rate=3\n");
    expect_bytes(NDJSON "charset: us-ascii\n", TEXT("{\"c\":1}\n{\"c\":\"\xE4\"}\n{\"c\":3}\n"),
                 "rate 1 currency=1\n"
                 "reject 2 kind=rate code=bad_utf8 reason=holds bytes that are no text in us-ascii "
                 "raw={\"c\":\"\xEF\xBF\xBD\"}\n"
                 "rate 3 currency=3\n");
    /* half of a surrogate pair */
    expect_bytes(CSV,
                 TEXT("\xFF\xFE"
                      "c\0,\0d\0,\0r\0\n\0\x3D\xD8,\0002\0,\0003\0\n\0x\0,\0y\0,\0z\0"),
                 "reject 2 kind=rate field=currency code=bad_utf8 reason=holds bytes that are no UTF-8 "
                 "raw=\xEF\xBF\xBD,2,3\nrate 3 currency=x day=y rate=z\n");
    CheckResult result =
        check_read(XML "charset: us-ascii\n", TEXT("<a><r c='1'>2</r>\n<r c='\xE4'>3</r></a>"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    assert_int_equal(2, result.format.broken_line);
    free(result.output);
}

/* What an XML document says counts only where nothing else says it. */
static void the_document_s_own_word_comes_last(void **state)
{
    (void)state;
    expect_bytes(XML, TEXT("<?xml version='1.0' encoding='ISO-8859-1'?><a><r c='\xE4'/></a>"),
                 "rate 1 currency=\xC3\xA4 rate=\n");
    /* declared: the source's word, right or wrong */
    expect_bytes(XML "charset: windows-1252\n", TEXT("<?xml version='1.0' encoding='ISO-8859-1'?><a><r c='\x80'/></a>"),
                 "rate 1 currency=\xE2\x82\xAC rate=\n");
    expect_bytes(XML "charset: utf-8\n", TEXT("<?xml version='1.0' encoding='ISO-8859-1'?><a><r c='\xC3\xA4'/></a>"),
                 "rate 1 currency=\xC3\xA4 rate=\n");
    /* the mark */
    expect_bytes(XML, TEXT("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a><r c='\xC3\xA4'/></a>"),
                 "rate 1 currency=\xC3\xA4 rate=\n");
    expect_in_all_marked(XML, "<?xml version='1.0' encoding='UTF-8'?><a><r c='\xC3\xA4'/></a>",
                         "rate 1 currency=\xC3\xA4 rate=\n");
    char bytes[4096];
    expect_bytes(
        XML,
        encode("UTF-16BE", TEXT("\xFE\xFF"), "<?xml version='1.0' encoding='UTF-16'?><a><r c='\xC3\xA4'/></a>", bytes),
        "rate 1 currency=\xC3\xA4 rate=\n");
}

static void what_contradicts_is_an_error(void **state)
{
    (void)state;
    expect_failure(CSV "charset: windows-1252\n",
                   TEXT("\xEF\xBB\xBF"
                        "c,d,r\n"),
                   ERROR_DATA, "input: begins with the byte order mark of UTF-8, and 'charset' says windows-1252",
                   "leave out 'charset': the mark says it already");
    expect_failure(CSV, TEXT("c\0,\0d\0,\0r\0"), ERROR_DATA, "input: is UTF-16 or UTF-32 without a byte order mark",
                   "say its order: charset: utf-16le, or utf-16be");
}

static void names_are_checked_with_the_configuration(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(config_done) Config config = {0};
    assert_int_equal(STATUS_ERROR, check_load(CSV "charset: windows-9999\n", &config, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    assert_non_null(strstr(error.message, "check.yaml:8:14: unknown character set 'windows-9999'"));
    assert_int_equal(STATUS_ERROR, check_load(CSV "charset: windows-1252//IGNORE\n", &config, &error));
}

/* Another character set is another mapping: the files are read anew. */
static void the_set_belongs_to_the_mapping(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(config_done) Config plain = {0}, declared = {0};
    assert_int_equal(STATUS_OK, check_load(CSV, &plain, &error));
    assert_int_equal(STATUS_OK, check_load(CSV "charset: windows-1252\n", &declared, &error));
    assert_false(key_equal(&plain.sources[0].mapping_digest, &declared.sources[0].mapping_digest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_read_in_every_marked_set),
        cmocka_unit_test(a_declared_set_is_decoded),
        cmocka_unit_test(what_is_no_character_is_a_reject),
        cmocka_unit_test(the_document_s_own_word_comes_last),
        cmocka_unit_test(what_contradicts_is_an_error),
        cmocka_unit_test(names_are_checked_with_the_configuration),
        cmocka_unit_test(the_set_belongs_to_the_mapping),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
