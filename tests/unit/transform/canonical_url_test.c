#include "transform/canonical_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static CanonicalUrl url, again;

typedef struct Pair {
    const char *raw, *expected;
} Pair;

static void assert_text(Text text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static UrlRules make_rules(const char *base, const Text *named, size_t count)
{
    UrlRules rules;
    assert_int_equal(url_rules_make(&rules, text_from(base), named, count), URL_OK);
    return rules;
}

static void assert_pairs(const UrlRules *rules, const Pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        UrlReason reason = canonical_url_make(&url, rules, text_from(pairs[i].raw));
        if (reason != URL_OK)
            fail_msg("%s: %s", pairs[i].raw, url_reason_text(reason));
        if (!text_is(url.text, pairs[i].expected))
            fail_msg("%s: %.*s, not %s", pairs[i].raw, TEXT_PRINTF(url.text), pairs[i].expected);
        assert_int_equal(canonical_url_make(&again, rules, url.text), URL_OK);
        assert_true(text_equal(again.text, url.text));
    }
}

#define ASSERT_PAIRS(rules, ...)                                                                                       \
    assert_pairs(rules, (const Pair[]){__VA_ARGS__}, sizeof((const Pair[]){__VA_ARGS__}) / sizeof(Pair))

static void test_what_is_dropped(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(
        &rules, {"http://example.com", "https://example.com/"}, {"HTTPS://Example.COM/", "https://example.com/"},
        {"https://example.com/a", "https://example.com/a"}, {"https://example.com/A/b", "https://example.com/A/b"},
        {"http://user:secret@example.com/a", "https://example.com/a"},
        {"http://example.com:80/a", "https://example.com/a"}, {"https://example.com:443/a", "https://example.com/a"},
        {"http://example.com:443/a", "https://example.com/a"},
        {"https://example.com:8443/a", "https://example.com:8443/a"},
        {"https://example.com:/a", "https://example.com/a"}, {"https://example.com:00080/", "https://example.com/"},
        {"https://example.com/a#b?c", "https://example.com/a"}, {"https://example.com/a/", "https://example.com/a"},
        {"https://example.com/a//", "https://example.com/a"}, {"https://example.com/a//b", "https://example.com/a//b"},
        {"https://example.com//", "https://example.com/"}, {"https://example.com/a?", "https://example.com/a"},
        {"https://example.com/a?#x", "https://example.com/a"},
        {"  https://example.com/a \r\n", "https://example.com/a"},
        {"ht\ntps://exam\tple.com/\ra", "https://example.com/a"},
        {"https:\\\\example.com\\a\\b", "https://example.com/a/b"}, {"https:example.com/a", "https://example.com/a"},
        {"https:////example.com/a", "https://example.com/a"});
}

static void test_index_files(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(
        &rules, {"https://e.com/index.html", "https://e.com/"}, {"https://e.com/a/index.php", "https://e.com/a"},
        {"https://e.com/a/Default.ASPX", "https://e.com/a"}, {"https://e.com/a/index.htm/", "https://e.com/a"},
        {"https://e.com/a/index.html/index.php//", "https://e.com/a"},
        {"https://e.com/a/index%2Ehtml?x=1", "https://e.com/a?x=1"},
        {"https://e.com/a/index.html/b", "https://e.com/a/index.html/b"},
        {"https://e.com/a/index", "https://e.com/a/index"}, {"https://e.com/a/index.pdf", "https://e.com/a/index.pdf"},
        {"https://e.com/a/myindex.html", "https://e.com/a/myindex.html"});
}

static void test_paths(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(
        &rules, {"https://e.com/a/./b/../c", "https://e.com/a/c"}, {"https://e.com/../../a", "https://e.com/a"},
        {"https://e.com/a/b/..", "https://e.com/a"}, {"https://e.com/a/%2e%2E/b", "https://e.com/b"},
        {"https://e.com/a/.%2e/b", "https://e.com/b"}, {"https://e.com/a//../b", "https://e.com/a/b"},
        {"https://e.com/a/...", "https://e.com/a/..."}, {"https://e.com/%7Eann/%41", "https://e.com/~ann/A"},
        {"https://e.com/%c3%a9", "https://e.com/%C3%A9"}, {"https://e.com/\xC3\xA9", "https://e.com/%C3%A9"},
        {"https://e.com/a%2fb", "https://e.com/a%2Fb"}, {"https://e.com/a b", "https://e.com/a%20b"},
        {"https://e.com/a|b^c[d]", "https://e.com/a%7Cb%5Ec%5Bd%5D"}, {"https://e.com/100%", "https://e.com/100%25"},
        {"https://e.com/%%411", "https://e.com/%25A1"}, {"https://e.com/%252e", "https://e.com/%252e"},
        {"https://e.com/a;b=1,c@d:e!$&'()*+", "https://e.com/a;b=1,c@d:e!$&'()*+"});
}

static void test_queries(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(&rules, {"https://e.com/?b=2&a=1", "https://e.com/?a=1&b=2"},
                 {"https://e.com/?a=2&a=1&a=10", "https://e.com/?a=1&a=10&a=2"},
                 {"https://e.com/?a&a=&A", "https://e.com/?A&a&a="},
                 {"https://e.com/?ab=1&a=2&a!=3", "https://e.com/?a=2&a!=3&ab=1"},
                 {"https://e.com/?&&a=1&&", "https://e.com/?a=1"},
                 {"https://e.com/?q=a+b&r=a%20b", "https://e.com/?q=a+b&r=a%20b"},
                 {"https://e.com/?q=%c3%a9&p=\xC3\xA9", "https://e.com/?p=%C3%A9&q=%C3%A9"},
                 {"https://e.com/?q='\"<>", "https://e.com/?q=%27%22%3C%3E"},
                 {"https://e.com/?a=b=c", "https://e.com/?a=b=c"},
                 {"https://e.com/?a=%26%3D", "https://e.com/?a=%26%3D"},
                 {"https://e.com/?u=https://x.org/?y", "https://e.com/?u=https://x.org/?y"});
}

static void test_tracking(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(
        &rules, {"https://e.com/?utm_source=a&utm_medium=b&utm_whatever=c", "https://e.com/"},
        {"https://e.com/?UTM_Source=a&x=1", "https://e.com/?x=1"}, {"https://e.com/?utm%5Fsource=a", "https://e.com/"},
        {"https://e.com/?%75tm_source=a", "https://e.com/"},
        {"https://e.com/"
         "?gclid=1&gclsrc=2&dclid=3&fbclid=4&msclkid=5&li_fat_id=6&twclid=7&ttclid=8&yclid=9&wbraid=1&gbraid=2",
         "https://e.com/"},
        {"https://e.com/?mc_cid=1&mc_eid=2&_hsenc=3&_hsmi=4&hsCtaTracking=5&__hstc=6&__hssc=7&__hsfp=8&mkt_tok=9",
         "https://e.com/"},
        {"https://e.com/?vero_id=1&oly_anon_id=2&oly_enc_id=3&_ga=4&_gl=5&igshid=6&s_cid=7", "https://e.com/"},
        {"https://e.com/?piwik_kwd=1&pk_campaign=2&mtm_group=3&matomo_x=4", "https://e.com/"},
        {"https://e.com/?gclidx=1&utm=2&_gax=3&p=4", "https://e.com/?_gax=3&gclidx=1&p=4&utm=2"});
}

static void test_addresses(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    ASSERT_PAIRS(&rules, {"https://e.com/?email=ann@example.com&x=1", "https://e.com/?x=1"},
                 {"https://e.com/?e=ann%40example.com", "https://e.com/"},
                 {"https://e.com/?e=Ann+Lee+<ann@example.com>", "https://e.com/"},
                 {"https://e.com/?ann@example.com", "https://e.com/"},
                 {"https://e.com/?r=%2Fx%3Fe%3Dann%2540example.com", "https://e.com/"},
                 {"https://e.com/?h=@ann&v=a@b", "https://e.com/?h=@ann&v=a@b"});
}

static void test_named_only(void **state)
{
    (void)state;
    Text named[] = {TEXT("id"), TEXT("filter[x]"), TEXT("gclid")};
    UrlRules rules = make_rules(NULL, named, 3);
    ASSERT_PAIRS(&rules, {"https://e.com/?x=1&id=7&session=abc&Id=8", "https://e.com/?id=7"},
                 {"https://e.com/?filter%5bx%5D=1&filter[x]=0", "https://e.com/?filter%5Bx%5D=0&filter%5Bx%5D=1"},
                 {"https://e.com/?id=ann@example.com", "https://e.com/"},
                 {"https://e.com/?gclid=1", "https://e.com/?gclid=1"}, {"https://e.com/?a=1&b=2", "https://e.com/"});
    rules = make_rules(NULL, named, 0); /* named, and none: nothing behind the ? makes the content */
    ASSERT_PAIRS(&rules, {"https://e.com/a?x=1&id=7&utm_source=m", "https://e.com/a"},
                 {"https://e.com/?", "https://e.com/"});
}

static void test_base(void **state)
{
    (void)state;
    UrlRules rules = make_rules("https://Example.com:8080/blog/post?x=1#y", NULL, 0);
    ASSERT_PAIRS(&rules, {"/pricing", "https://example.com:8080/pricing"},
                 {"\\pricing\\", "https://example.com:8080/pricing"}, {"next", "https://example.com:8080/blog/next"},
                 {"../top?a=1", "https://example.com:8080/top?a=1"}, {"?b=2", "https://example.com:8080/blog/post?b=2"},
                 {"#z", "https://example.com:8080/blog/post?x=1"}, {"//other.org/a", "https://other.org/a"},
                 {"http://other.org/a", "https://other.org/a"}, {"https:next", "https://example.com:8080/blog/next"},
                 {"http:next", "https://next/"}, {"/a\tb", "https://example.com:8080/ab"});
    rules = make_rules("https://example.com", NULL, 0);
    ASSERT_PAIRS(&rules, {"pricing/", "https://example.com/pricing"}, {"?a=1", "https://example.com/?a=1"},
                 {"/", "https://example.com/"});
    rules = make_rules("https://example.com/a/b/..", NULL, 0);
    ASSERT_PAIRS(&rules, {"c", "https://example.com/a/c"});
}

static void assert_fails(const UrlRules *rules, Text raw, UrlReason expected)
{
    UrlReason reason = canonical_url_make(&url, rules, raw);
    if (reason != expected)
        fail_msg("%.*s: %s", TEXT_PRINTF(raw), url_reason_text(reason));
}

static void test_failures(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0), based = make_rules("https://e.com/", NULL, 0);
    assert_fails(&rules, TEXT_NULL, URL_EMPTY);
    assert_fails(&based, TEXT(" \n "), URL_EMPTY);
    assert_fails(&rules, TEXT("/pricing"), URL_RELATIVE);
    assert_fails(&rules, TEXT("//e.com/pricing"), URL_RELATIVE);
    assert_fails(&rules, TEXT("1http://e.com"), URL_RELATIVE);
    assert_fails(&based, TEXT("mailto:ann@e.com"), URL_OTHER_SCHEME);
    assert_fails(&rules, TEXT("file:///etc/passwd"), URL_OTHER_SCHEME);
    assert_fails(&rules, TEXT("javascript:alert(1)"), URL_OTHER_SCHEME);
    assert_fails(&rules, TEXT("localhost:3000/a"), URL_OTHER_SCHEME);
    assert_fails(&rules, TEXT("https://"), URL_BAD_HOST);
    assert_fails(&rules, TEXT("https:///?a"), URL_BAD_HOST);
    assert_fails(&rules, TEXT("https://a b/"), URL_BAD_HOST);
    assert_fails(&rules, TEXT("https://user@/"), URL_BAD_HOST);
    assert_fails(&rules, TEXT("https://e.com\0.org/"), URL_BAD_HOST);
    assert_fails(&rules, TEXT("https://e.com:65536/"), URL_BAD_PORT);
    assert_fails(&rules, TEXT("https://e.com:8a/"), URL_BAD_PORT);
    assert_fails(&rules, TEXT("https://e.com:99999999999999999999/"), URL_BAD_PORT);

    UrlRules refused;
    Text long_name = {url.bytes, URL_NAMED_SIZE_MAX + 1}, many[URL_NAMED_MAX + 1] = {TEXT_NULL};
    assert_int_equal(url_rules_make(&refused, TEXT("/a"), NULL, 0), URL_RELATIVE);
    assert_int_equal(url_rules_make(&refused, TEXT("ftp://e.com"), NULL, 0), URL_OTHER_SCHEME);
    assert_int_equal(url_rules_make(&refused, TEXT_NULL, &long_name, 1), URL_BAD_RULES);
    assert_int_equal(url_rules_make(&refused, TEXT_NULL, many, URL_NAMED_MAX + 1), URL_BAD_RULES);
}

static void test_ceilings(void **state)
{
    (void)state;
    static char raw[URL_CEILING + 1];
    UrlRules rules = make_rules(NULL, NULL, 0);
    memset(raw, 'a', sizeof raw);
    memcpy(raw, "https://e.com/", 14);
    assert_fails(&rules, (Text){raw, URL_CEILING}, URL_OK);
    assert_int_equal(url.text.size, URL_CEILING);
    assert_fails(&rules, (Text){raw, URL_CEILING + 1}, URL_TOO_LONG);
    memset(raw + 14, '"', sizeof raw - 14); /* each grows to %22 */
    assert_fails(&rules, (Text){raw, URL_CEILING}, URL_TOO_LONG);
    assert_fails(&rules, (Text){raw, 14 + (URL_CEILING - 14) / 3}, URL_OK);

    UrlRules based = make_rules("https://e.com/", NULL, 0);
    memset(raw, 'a', sizeof raw);
    assert_fails(&based, (Text){raw, URL_CEILING - 14}, URL_OK);
    assert_fails(&based, (Text){raw, URL_CEILING}, URL_TOO_LONG);

    memcpy(raw, "https://e.com/?", 15);
    for (size_t i = 0; i < URL_PARAMETERS_MAX + 1; i++)
        memcpy(raw + 15 + 2 * i, "a&", 2);
    assert_fails(&rules, (Text){raw, 15 + 2 * URL_PARAMETERS_MAX}, URL_OK);
    assert_fails(&rules, (Text){raw, 15 + 2 * (URL_PARAMETERS_MAX + 1)}, URL_TOO_MANY_PARAMETERS);
}

static void test_parts(void **state)
{
    (void)state;
    UrlRules rules = make_rules(NULL, NULL, 0);
    Text raw = TEXT("http://ann@WWW.Example.com:8080/Pricing/?utm_source=a%20b&Gclid=x&b&utm_source=later&utm_term=#y");
    assert_fails(&rules, raw, URL_OK);
    assert_text(url.host, "www.example.com");
    assert_text(url.path, "/Pricing");
    assert_int_equal(url.query.parameter_count, 5);
    assert_text(url.query.parameters[0].name, "utm_source");
    assert_text(url.query.parameters[0].value, "a%20b");
    assert_text(url.query.parameters[2].name, "b");
    assert_null(url.query.parameters[2].value.data);
    assert_text(url_query_role(&url.query, URL_ROLE_SOURCE), "a%20b"); /* the first one */
    assert_text(url_query_role(&url.query, URL_ROLE_GCLID), "x");
    assert_null(url_query_role(&url.query, URL_ROLE_MEDIUM).data);
    assert_null(url_query_role(&url.query, URL_ROLE_TERM).data); /* empty is none */
    assert_fails(&rules, TEXT("https://e.com/"), URL_OK);
    assert_int_equal(url.query.parameter_count, 0);
    assert_null(url_query_role(&url.query, URL_ROLE_SOURCE).data);
}

static void test_referrer_host(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"https://www.Google.com/search?q=x", "www.google.com"},
        {"android-app://com.google.android.gm/", "com.google.android.gm"},
        {"www.google.com/search", "www.google.com"},
        {"google.com", "google.com"},
        {"http://ann:x@e.com:81", "e.com"},
        {"", NULL},
        {"(direct)", NULL},
        {"direct", NULL},
        {"/path", NULL},
        {"//e.com/", NULL},
        {"about:blank", NULL},
        {"https://", NULL},
    };
    char out[URL_REFERRER_HOST_SPACE];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Text host = url_referrer_host(text_from(pairs[i].raw), out);
        if (!text_is(host, pairs[i].expected) || text_is_null(host) != (pairs[i].expected == NULL))
            fail_msg("%s: %.*s", pairs[i].raw, TEXT_PRINTF(host));
    }
}

/* canonical(canonical(x)) = canonical(x), over URLs put together from the awkward pieces, from a fixed seed. */
static void test_idempotence(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2E%2e",
        "index.html",
        "default.aspx",
        "a",
        "A",
        "%",
        "%4",
        "%41",
        "%%41",
        "%25",
        "%2f",
        "%c3",
        "\xC3\xA9",
        "?",
        "&",
        "=",
        "&a=1",
        "&b=%20",
        "&utm_source=x",
        "&%75tm_term",
        "+",
        "'",
        "\"",
        "[",
        "]",
        "|",
        "@",
        "a@b.co",
        "a%40b.co",
        "a%2540b.co",
        "%%340b.co",
        "#",
        ";",
        " ",
        "\t",
        ":",
        "~",
        "^",
        "`",
        "{",
        "\x01",
    };
    UrlRules rules = make_rules(NULL, NULL, 0);
    uint64_t random = 88172645463325252u;
    size_t accepted = 0;
    for (int round = 0; round < 200000; round++) {
        char raw[256] = "http://e.com/";
        size_t size = strlen(raw);
        for (int i = 0; i < 12; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            const char *piece = pieces[random % (sizeof pieces / sizeof *pieces)];
            memcpy(raw + size, piece, strlen(piece));
            size += strlen(piece);
        }
        if (canonical_url_make(&url, &rules, (Text){raw, size}) != URL_OK)
            continue;
        accepted++;
        UrlReason reason = canonical_url_make(&again, &rules, url.text);
        if (reason != URL_OK || !text_equal(again.text, url.text))
            fail_msg("%.*s: %.*s, then %.*s", (int)size, raw, TEXT_PRINTF(url.text), TEXT_PRINTF(again.text));
    }
    assert_int_equal(accepted, 200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_dropped), cmocka_unit_test(test_index_files),
        cmocka_unit_test(test_paths),           cmocka_unit_test(test_queries),
        cmocka_unit_test(test_tracking),        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_named_only),      cmocka_unit_test(test_base),
        cmocka_unit_test(test_failures),        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_referrer_host),
        cmocka_unit_test(test_idempotence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
