#include "tests/unit/extract/extract_check.h"

/* The fields of a view that are compared here stand in the order of the kind. */
#define FIELDS "fields: {viewed_at: time, visitor: ip_address, url: url, referrer: referrer, user_agent: user_agent}\n"
#define COMBINED "kind: view\nformat: weblog\n" FIELDS
#define W3C "kind: view\nformat: weblog\nlog_format: w3c\n" FIELDS

static void reads_combined_logs(void **state)
{
    (void)state;
    expect(COMBINED,
           "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a?b=1 HTTP/1.1\" 200 12 \"https://r.example/\" \"Moz "
           "\\\"x\\\"\"\n"
           "192.0.2.2 - - [01/Mar/2026:12:00:00 +0100] \"-\" 408 - \"-\" \"-\"\r\n"
           "192.0.2.3 - - [01/Mar/2026:12:00:01 +0100] \"GET //x.example/ HTTP/1.1\" 200 1 \"-\" \"\\xc3\\xa4\"",
           "view 1 viewed_at=2026-03-01T12:00:00+0100 visitor=192.0.2.1 url=/a?b=1 referrer=https://r.example/ "
           "user_agent=Moz \"x\"\n"
           "view 2 viewed_at=2026-03-01T12:00:00+0100 visitor=192.0.2.2\n"
           "view 3 viewed_at=2026-03-01T12:00:01+0100 visitor=192.0.2.3 url=/x.example/ user_agent=\xC3\xA4\n");
}

static void filters_by_method_status_and_extension(void **state)
{
    (void)state;
    const char *lines = "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a.PDF?x=.html HTTP/1.1\" 200 12\n"
                        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"POST /a.pdf HTTP/1.1\" 200 12\n"
                        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a.pdf HTTP/1.1\" 404 12\n"
                        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a.css HTTP/1.1\" 200 12\n";
    expect("kind: view\nformat: weblog\nlog_format: common\nonly: {method: GET, status: [200, 304], extension: ['', "
           "pdf]}\n"
           "fields: {viewed_at: time, url: path, title: extension}\n",
           lines, "view 1 viewed_at=2026-03-01T12:00:00+0100 url=/a.PDF title=pdf\n");
}

static void rejects_what_does_not_follow(void **state)
{
    (void)state;
    expect(
        COMBINED,
        "# no comment\n"
        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a HTTP/1.1\" 200 12 \"-\" \"-\" more\n"
        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a HTTP/1.1\" 200 12 \"-\" \"\\xe4\"\n"
        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /\\x00 HTTP/1.1\" 200 12 \"-\" \"-\"\n"
        "192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a HTTP/1.1\" 200 12 \"-\" \"Mozil\n",
        "reject 1 kind=view code=malformed_line reason=no ' [' behind '%u', which begins at byte 6\n"
        "reject 2 kind=view code=malformed_line reason=the line goes on at byte 77, behind the last value of "
        "log_format\n"
        "reject 3 kind=view field=user_agent code=bad_utf8 reason=holds bytes that are no UTF-8 raw=GET /a HTTP/1.1\n"
        "reject 4 kind=view field=url code=holds_nul reason=holds the character U+0000, which the database cannot "
        "raw=GET /\\x00 HTTP/1.1\n"
        "reject 5 kind=view code=malformed_line reason=no '\"' behind 'user-agent', which begins at byte 74\n");
}

/* A log that is being written may end within a value. */
static void does_not_believe_a_cut_line(void **state)
{
    (void)state;
    const char *cookie =
        "kind: view\nformat: weblog\nlog_format: '$remote_addr [$time_local] \"$request\" $cookie_vid'\n"
        "fields: {viewed_at: time, visitor: cookie.vid, url: url}\n";
    expect(
        cookie,
        "192.0.2.1 [01/Mar/2026:12:00:00 +0100] \"GET /a HTTP/1.1\" abcdef\n"
        "192.0.2.1 [01/Mar/2026:12:00:00 +0100] \"GET /b HTTP/1.1\" abc",
        "view 1 viewed_at=2026-03-01T12:00:00+0100 visitor=abcdef url=/a\n"
        "reject 2 kind=view code=cut_off reason=the last line has no line end, and may not be whole: once the file has "
        "grown it is read again raw=GET /b HTTP/1.1\n");
    expect(
        cookie, "192.0.2.1 [01/Mar/2026:12:00:00 +01",
        "reject 1 kind=view code=cut_off reason=the last line has no line end, and may not be whole: once the file has "
        "grown it is read again\n");
}

static void finds_cookies_parameters_and_headers(void **state)
{
    (void)state;
    expect(
        "kind: view\nformat: weblog\n"
        "log_format: '%h %t \"%r\" %>s \"%{Cookie}i\" %{Accept-Language}i %{cookie}n %D %v \"%{X-Forwarded-For}i\"'\n"
        "fields: {viewed_at: time, visitor: cookie.vid, url: url, title: query.name, utm_term: header.accept-language,"
        " utm_content: variable.cookie, dwell_seconds: duration, contact_key: forwarded_for, click_id: status}\n",
        "192.0.2.1 [01/Mar/2026:12:00:00 +0100] \"GET /a?name=A%20+B&x HTTP/1.1\" 200 \"a=1; vid=V\\x31; b=2\" de "
        "192.0.2.1.99 1500000 www.a.example \"198.51.100.1, 192.0.2.1\"\n",
        "view 1 viewed_at=2026-03-01T12:00:00+0100 visitor=V1 contact_key=198.51.100.1 "
        "url=https://www.a.example/a?name=A%20+B&x title=A  B utm_term=de utm_content=192.0.2.1.99 click_id=200 "
        "dwell_seconds=1.500000\n");
}

static void builds_the_address(void **state)
{
    (void)state;
    const char *lines = "kind: view\nformat: weblog\nlog_format: '$host [$time_iso8601] \"$request\"'\n"
                        "fields: {viewed_at: time, url: url, title: host}\n";
    expect(lines,
           "a.example [2026-03-01T12:00:00+01:00] \"GET http://b.example/x HTTP/1.1\"\n"
           "bad/host [2026-03-01T12:00:00+01:00] \"GET /y HTTP/1.1\"\n"
           "- [2026-03-01T12:00:00+01:00] \"GET http://b.example:8080?z HTTP/1.1\"\n"
           "- [2026-03-01T12:00:00+01:00] \"OPTIONS * HTTP/1.1\"\n",
           "view 1 viewed_at=2026-03-01T12:00:00+01:00 url=https://a.example/x title=a.example\n"
           "view 2 viewed_at=2026-03-01T12:00:00+01:00 url=/y title=bad/host\n"
           "view 3 viewed_at=2026-03-01T12:00:00+01:00 url=https://b.example:8080/?z title=b.example:8080\n"
           "view 4 viewed_at=2026-03-01T12:00:00+01:00\n");
    expect(
        "kind: view\nformat: weblog\nlog_format: '%U %q %{sec}t'\nfields: {viewed_at: time, url: url, title: date}\n",
        "/a ?b=1 971186136\n/a  971186137\n",
        "view 1 viewed_at=2000-10-10T13:55:36Z url=/a?b=1 title=2000-10-10\n"
        "view 2 viewed_at=2000-10-10T13:55:37Z url=/a title=2000-10-10\n");
}

static void a_time_that_is_none_is_given_as_it_stands(void **state)
{
    (void)state;
    expect("kind: view\nformat: weblog\nlog_format: common\nfields: {viewed_at: time, url: url, title: date}\n",
           "a - - [01/Foo/2026:12:00:00 +0100] \"GET / HTTP/1.1\" 200 1\na - - [-] \"GET / HTTP/1.1\" 200 1\n",
           "view 1 viewed_at=01/Foo/2026:12:00:00 +0100 url=/\nview 2 url=/\n");
}

static void reads_iis_logs(void **state)
{
    (void)state;
    expect(
        W3C,
        "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-03-01 00:00:00\r\n"
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
        "sc-status time-taken\r\n"
        "2026-03-01 00:00:01 10.0.0.1 GET /a.aspx x=1 443 - 192.0.2.1 Mozilla/5.0+(X11;+Linux) https://r.example/ 200 "
        "44\r\n"
        "2026-03-01 00:00:02 10.0.0.1 GET / - 443 - 192.0.2.2 - - 200 0\r\n"
        "2026-03-01 00:00:03 10.0.0.1 GET /b\r\n"
        /* restarted, with other fields */
        "#Software: Microsoft Internet Information Services 10.0\r\n"
        "#Fields: time c-ip cs-uri-stem cs(User-Agent) cs-host\r\n"
        "00:00:04 192.0.2.3 /c \"Quoted (X11; Linux)\" www.a.example\r\n",
        "view 5 viewed_at=2026-03-01T00:00:01Z visitor=192.0.2.1 url=/a.aspx?x=1 referrer=https://r.example/ "
        "user_agent=Mozilla/5.0 (X11; Linux)\n"
        "view 6 viewed_at=2026-03-01T00:00:02Z visitor=192.0.2.2 url=/\n"
        "reject 7 kind=view code=ragged reason=5 values instead of the 13 that #Fields names\n"
        "view 10 viewed_at=2026-03-01T00:00:04Z visitor=192.0.2.3 url=https://www.a.example/c "
        "user_agent=Quoted (X11; Linux)\n");
}

static void reads_iis_cookies_and_durations(void **state)
{
    (void)state;
    expect(
        "kind: view\nformat: weblog\nlog_format: w3c\n"
        "fields: {viewed_at: time, visitor: cookie.vid, url: url, dwell_seconds: duration, title: variable.s-port}\n",
        "#Software: Microsoft Internet Information Services 10.0\n"
        "#Fields: date time cs-uri-stem s-port cs(Cookie) time-taken\n"
        "2026-03-01 00:00:01 / 443 a=1;+vid=x+y=;+b=2 44\n",
        "view 3 viewed_at=2026-03-01T00:00:01Z visitor=x+y= url=/ title=443 dwell_seconds=0.044\n");
}

static void reads_cloudfront_logs(void **state)
{
    (void)state;
    expect(W3C,
           "#Version: 1.0\n"
           "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
           "cs(User-Agent) cs-uri-query x-host-header\n"
           "2026-03-01\t00:00:01\tFRA2\t100\t192.0.2.1\tGET\td1.cloudfront.example\t/a\t200\t-\tMozilla/"
           "5.0%20(X11)+1\tb=1\t"
           "www.a.example\n",
           "view 3 viewed_at=2026-03-01T00:00:01Z visitor=192.0.2.1 url=https://www.a.example/a?b=1 "
           "user_agent=Mozilla/5.0 (X11)+1\n");
}

static void w3c_logs_must_say_what_is_asked_for(void **state)
{
    (void)state;
    expect_failure(W3C, TEXT("2026-03-01 00:00:01 /\n"), ERROR_DATA, "input: line 1: comes before any #Fields line",
                   "only a W3C log has log_format: w3c; others are combined, common, or say it themselves");
    expect_failure(
        "kind: view\nformat: weblog\nlog_format: w3c\nfields: {viewed_at: time, url: url, visitor: cookie.vid}\n",
        TEXT("#Version: 1.0\n#Fields: date time cs-uri-stem\n2026-03-01 00:00:01 /\n"), ERROR_DATA,
        "input: line 2: its #Fields cannot say 'cookie.vid'",
        "it would need that cookie: \"%{NAME}C\" or \"%{Cookie}i\", \"$cookie_NAME\" or \"$http_cookie\", or "
        "cs(Cookie): add that to the fields that the server logs");
    expect_failure(W3C, TEXT("#Fields:\n"), ERROR_DATA, "input: line 1: #Fields names no field", "");
}

static void expect_config_error(const char *lines, const char *message, const char *hint)
{
    Error error = ERROR_INIT;
    cleanup(config_done) Config config = {0};
    assert_int_equal(STATUS_ERROR, check_load(lines, &config, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    if (!strstr(error.message, message))
        fail_msg("%s", error.message);
    assert_string_equal(hint, error.hint);
}

static void the_configuration_is_checked(void **state)
{
    (void)state;
    expect_config_error("kind: view\nformat: weblog\nfields: {viewed_at: time, url: url, user_agent: useragent}\n",
                        "check.yaml:7:53: unknown column 'useragent' of a web server's log",
                        "did you mean 'user_agent'?");
    expect_config_error("kind: view\nformat: weblog\nfields: {viewed_at: time, url: url, visitor: cookie.vid}\n",
                        "check.yaml:7:50: 'log_format' cannot say 'cookie.vid'",
                        "it would need that cookie: \"%{NAME}C\" or \"%{Cookie}i\", \"$cookie_NAME\" or "
                        "\"$http_cookie\", or cs(Cookie)");
    expect_config_error("kind: view\nformat: weblog\nlog_format: '%h %y'\n" FIELDS,
                        "check.yaml:7:17: 'log_format' has '%y', which Apache does not know",
                        "such as %h, %t, %r, %>s, %b, %{Referer}i, %{User-Agent}i, %{NAME}C");
    expect_config_error("kind: view\nformat: csv\nlog_format: combined\n" FIELDS,
                        "'log_format' is for weblog, and this source is csv", "");
    expect_config_error("kind: view\nformat: weblog\ndelimiter: ';'\n" FIELDS,
                        "'delimiter' is for csv and tsv, and this source is weblog", "");
}

static void a_preview_names_what_is_not_mapped(void **state)
{
    (void)state;
    CheckResult result = check_read(
        "kind: view\nformat: weblog\nfields: {viewed_at: time, url: url}\n",
        TEXT("192.0.2.1 - - [01/Mar/2026:12:00:00 +0100] \"GET /a HTTP/1.1\" 200 12 \"-\" \"-\"\n"), 0, true);
    assert_int_equal(STATUS_OK, result.status);
    assert_string_equal(
        "name ip_address\nname user\nname request\nname status\nname bytes\nname referrer\nname user_agent\n"
        "view 1 viewed_at=2026-03-01T12:00:00+0100 url=/a\n",
        result.output);
    free(result.output);
}

static void long_lines_are_rejects(void **state)
{
    (void)state;
    expect("kind: view\nformat: weblog\nlog_format: '$request_uri [$time_iso8601]'\nrecord_ceiling: 32B\n"
           "fields: {viewed_at: time, url: url}\n",
           "/0123456789012345678901234567890123456789 [x]\n/b [y]\n",
           "reject 1 kind=view code=record_too_long reason=longer than 32 bytes\nview 2 viewed_at=y url=/b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_combined_logs),
        cmocka_unit_test(filters_by_method_status_and_extension),
        cmocka_unit_test(rejects_what_does_not_follow),
        cmocka_unit_test(does_not_believe_a_cut_line),
        cmocka_unit_test(finds_cookies_parameters_and_headers),
        cmocka_unit_test(builds_the_address),
        cmocka_unit_test(a_time_that_is_none_is_given_as_it_stands),
        cmocka_unit_test(reads_iis_logs),
        cmocka_unit_test(reads_iis_cookies_and_durations),
        cmocka_unit_test(reads_cloudfront_logs),
        cmocka_unit_test(w3c_logs_must_say_what_is_asked_for),
        cmocka_unit_test(the_configuration_is_checked),
        cmocka_unit_test(a_preview_names_what_is_not_mapped),
        cmocka_unit_test(long_lines_are_rejects),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
