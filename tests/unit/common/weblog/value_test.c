#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/weblog/value.h"

static Arena arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_make(1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void expect(const char *expected, Text found)
{
    if (!expected) {
        assert_true(text_is_null(found));
        return;
    }
    assert_false(text_is_null(found));
    assert_int_equal(strlen(expected), found.size);
    assert_memory_equal(expected, found.data, found.size);
}

static void expect_unescaped(const char *expected, const char *text)
{
    Text found;
    assert_true(weblog_unescape(text_from(text), &arena, &found));
    expect(expected, found);
}

static void escapes_are_taken_off(void **state)
{
    (void)state;
    expect_unescaped("plain", "plain");
    expect_unescaped("a \"b\" \\ c", "a \\\"b\\\" \\\\ c");
    expect_unescaped("\xC3\xA4 \" x", "\\xc3\\xA4 \\x22 x");
    expect_unescaped("\t\n\r\b\f\v/", "\\t\\n\\r\\b\\f\\v\\/");
    expect_unescaped("\x01 \xC3\xA9", "\\u0001 \\u00e9");
    expect_unescaped("\\q \\x1 \\xzz \\u12 \\", "\\q \\x1 \\xzz \\u12 \\");
    Text text = TEXT("no escape"), found;
    assert_true(weblog_unescape(text, &arena, &found));
    assert_ptr_equal(text.data, found.data);
}

static void percent_and_plus_are_decoded(void **state)
{
    (void)state;
    Text found;
    assert_true(weblog_decode_percent(TEXT("a%20b+c%2Bd%"), true, &arena, &found));
    expect("a b c+d%", found);
    assert_true(weblog_decode_percent(TEXT("a%20b+c%zz%4"), false, &arena, &found));
    expect("a b+c%zz%4", found);
    assert_true(weblog_decode_plus(TEXT("Mozilla/5.0+(X11)"), &arena, &found));
    expect("Mozilla/5.0 (X11)", found);
}

static void expect_request(const char *text, const char *method, const char *target, const char *protocol)
{
    WeblogRequest request = weblog_request_split(text_from(text));
    expect(method, request.method);
    expect(target, request.target);
    expect(protocol, request.protocol);
}

static void requests_are_taken_apart(void **state)
{
    (void)state;
    expect_request("GET /a?b HTTP/1.1", "GET", "/a?b", "HTTP/1.1");
    expect_request("GET /a b c HTTP/2.0", "GET", "/a b c", "HTTP/2.0");
    expect_request("GET /", "GET", "/", NULL);
    expect_request("M-SEARCH * HTTP/1.1", "M-SEARCH", "*", "HTTP/1.1");
    expect_request("GET HTTP/1.1", NULL, NULL, NULL);
    expect_request("", NULL, NULL, NULL);
    expect_request("\x16\x03\x01", NULL, NULL, NULL);
    expect_request("quit", NULL, NULL, NULL);
}

static void expect_target(const char *text, const char *host, const char *relative, const char *path, const char *query)
{
    WeblogTarget target = weblog_target_split(text_from(text));
    expect(host, target.host);
    expect(relative, target.relative);
    expect(path, target.path);
    expect(query, target.query);
}

static void targets_are_taken_apart(void **state)
{
    (void)state;
    expect_target("/a/b?c=d?e", NULL, "/a/b?c=d?e", "/a/b", "c=d?e");
    expect_target("/", NULL, "/", "/", NULL);
    expect_target("/a?", NULL, "/a?", "/a", "");
    expect_target("http://a.example:80/b?c", "a.example:80", "/b?c", "/b", "c");
    expect_target("HTTPS://a.example?c", "a.example", "?c", "", "c");
    expect_target("//evil.example/a", NULL, "/evil.example/a", "/evil.example/a", NULL);
    expect_target("*", NULL, NULL, NULL, NULL);
    expect_target("a.example:443", NULL, NULL, NULL, NULL);
    expect_target("", NULL, NULL, NULL, NULL);
}

static void extensions_are_found(void **state)
{
    (void)state;
    expect("pdf", weblog_extension(TEXT("/a.b/c.d.pdf")));
    expect(NULL, weblog_extension(TEXT("/a.b/c")));
    expect(NULL, weblog_extension(TEXT("/a.b/c.")));
    expect("htaccess", weblog_extension(TEXT("/.htaccess")));
    expect("abcdefghijklmnop", weblog_extension(TEXT("/a.abcdefghijklmnop")));
    expect(NULL, weblog_extension(TEXT("/a.abcdefghijklmnopq")));
    expect(NULL, weblog_extension(TEXT("")));
    expect(NULL, weblog_extension(TEXT_NULL));
}

static void cookies_are_found(void **state)
{
    (void)state;
    Text cookies = TEXT("aid=1; id=2;+b64=x+y=; id=3; flag; last = 4 ");
    expect("2", weblog_find_cookie(cookies, TEXT("id")));
    expect("x+y=", weblog_find_cookie(cookies, TEXT("b64")));
    expect("", weblog_find_cookie(cookies, TEXT("flag")));
    expect("1", weblog_find_cookie(cookies, TEXT("aid")));
    expect(NULL, weblog_find_cookie(cookies, TEXT("d")));
    expect(NULL, weblog_find_cookie(TEXT_NULL, TEXT("d")));
    expect("x=y", weblog_find_parameter(TEXT("a&vid=x=y&b=1"), TEXT("vid")));
    expect("", weblog_find_parameter(TEXT("a&vid=x=y&b=1"), TEXT("a")));
    expect(NULL, weblog_find_parameter(TEXT("a&vid=x=y&b=1"), TEXT("id")));
    expect("192.0.2.1", weblog_first_of_list(TEXT(" 192.0.2.1 , 192.0.2.2")));
}

static void times_become_iso(void **state)
{
    (void)state;
    char iso[WEBLOG_TIME_SIZE];
    assert_int_equal(24, weblog_time_common(TEXT("01/Mar/2026:12:34:56 +0130"), iso));
    assert_string_equal("2026-03-01T12:34:56+0130", iso);
    assert_int_equal(24, weblog_time_common(TEXT("31/dec/1999:23:59:59 -0800"), iso));
    assert_string_equal("1999-12-31T23:59:59-0800", iso);
    assert_int_equal(0, weblog_time_common(TEXT("01/Foo/2026:12:34:56 +0130"), iso));
    assert_int_equal(0, weblog_time_common(TEXT("1/Mar/2026:12:34:56 +0130"), iso));
    assert_int_equal(0, weblog_time_common(TEXT("01/Mar/2026:12:34:56 *0130"), iso));
    TimeFormat format;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, time_format_compile(TEXT("%Y-%m-%d %H:%M:%S %z"), &format, &error));
    assert_int_not_equal(0, weblog_time_by_format(&format, TEXT("2026-03-01 12:34:56 +0130"), iso));
    assert_string_equal("2026-03-01T11:04:56Z", iso);
    assert_int_equal(STATUS_OK, time_format_compile(TEXT("%Y-%m-%d %H:%M:%S"), &format, &error));
    assert_int_not_equal(0, weblog_time_by_format(&format, TEXT("2026-03-01 12:34:56"), iso));
    assert_string_equal("2026-03-01T12:34:56", iso);
    assert_int_equal(STATUS_OK, time_format_compile(TEXT("epoch"), &format, &error));
    assert_int_not_equal(0, weblog_time_by_format(&format, TEXT("971186136.250"), iso));
    assert_string_equal("2000-10-10T13:55:36.250000Z", iso);
    assert_int_equal(0, weblog_time_by_format(&format, TEXT("never"), iso));
}

static void durations_become_seconds(void **state)
{
    (void)state;
    WeblogFormat iis = {.is_microsoft = true}, other = {.is_microsoft = false};
    Text found;
    assert_true(weblog_duration(&other, WEBLOG_MICROSECONDS, TEXT("1234567"), &arena, &found));
    expect("1.234567", found);
    assert_true(weblog_duration(&other, WEBLOG_MILLISECONDS, TEXT("250"), &arena, &found));
    expect("0.250", found);
    assert_true(weblog_duration(&iis, WEBLOG_UNKNOWN_UNIT, TEXT("44"), &arena, &found));
    expect("0.044", found);
    assert_true(weblog_duration(&other, WEBLOG_UNKNOWN_UNIT, TEXT("0.044"), &arena, &found));
    expect("0.044", found);
    assert_true(weblog_duration(&other, WEBLOG_SECONDS, TEXT("3"), &arena, &found));
    expect("3", found);
}

static void no_room_is_said(void **state)
{
    (void)state;
    Arena none = arena_make(0);
    Text found;
    assert_false(weblog_unescape(TEXT("\\x22"), &none, &found));
    assert_false(weblog_decode_percent(TEXT("%22"), false, &none, &found));
    assert_false(weblog_decode_plus(TEXT("+"), &none, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_taken_off),    cmocka_unit_test(percent_and_plus_are_decoded),
        cmocka_unit_test(requests_are_taken_apart), cmocka_unit_test(targets_are_taken_apart),
        cmocka_unit_test(extensions_are_found),     cmocka_unit_test(cookies_are_found),
        cmocka_unit_test(times_become_iso),         cmocka_unit_test(durations_become_seconds),
        cmocka_unit_test(no_room_is_said),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
