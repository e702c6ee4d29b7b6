#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/weblog/column.h"
#include "common/weblog/line.h"

#include <stdio.h>

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

static WeblogFormat compile(const char *text)
{
    WeblogFormat format;
    Error error = ERROR_INIT;
    if (weblog_format_compile(text_from(text), &arena, &format, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    return format;
}

/* The values of a line in their order, with | between them, and (null) for those that are absent. */
static void expect(const char *text, const char *log_line, const char *expected)
{
    WeblogFormat format = compile(text);
    WeblogLine line;
    char found[1024] = "";
    size_t size = 0;
    if (!weblog_line_split(&format, text_from(log_line), &line))
        fail_msg("%s: %s", line.problem, line.reason);
    for (size_t i = 0; i < format.count; i++)
        size += (size_t)snprintf(found + size, sizeof found - size, "%s%.*s", i ? "|" : "",
                                 text_is_null(line.values[i]) ? 6 : (int)line.values[i].size,
                                 text_is_null(line.values[i]) ? "(null)" : line.values[i].data);
    assert_string_equal(expected, found);
}

static void expect_problem(const char *text, const char *log_line, const char *problem, const char *reason)
{
    WeblogFormat format = compile(text);
    WeblogLine line;
    assert_false(weblog_line_split(&format, text_from(log_line), &line));
    assert_string_equal(problem, line.problem);
    assert_string_equal(reason, line.reason);
}

static void expect_error(const char *text, const char *message)
{
    WeblogFormat format;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, weblog_format_compile(text_from(text), &arena, &format, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    assert_string_equal(message, error.message);
}

static void common_and_combined_logs_are_split(void **state)
{
    (void)state;
    expect("common", "192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 200 2326",
           "192.0.2.1|(null)|frank|10/Oct/2000:13:55:36 -0700|GET /a.gif HTTP/1.0|200|2326");
    expect("combined",
           "2001:db8::1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 304 - \"http://a.example/\" \"Opera "
           "\\\"x\\\\\"",
           "2001:db8::1|(null)|(null)|10/Oct/2000:13:55:36 -0700|GET / HTTP/1.0|304|(null)|http://a.example/|Opera "
           "\\\"x\\\\");
    expect("vhost_combined",
           "a.example:443 192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 9 \"-\" \"-\"",
           "a.example|443|192.0.2.1|(null)|(null)|10/Oct/2000:13:55:36 -0700|GET / HTTP/1.0|200|9|(null)|(null)");
    /* A user may have blanks in the name. */
    expect("common", "a - b c d [10/Oct/2000:13:55:36 -0700] \"\" 200 -",
           "a|(null)|b c d|10/Oct/2000:13:55:36 -0700||200|(null)");
}

static void lines_that_do_not_follow_say_where(void **state)
{
    (void)state;
    expect_problem("combined", "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 9", "malformed_line",
                   "no ' \"' behind '%b', which begins at byte 65");
    expect_problem("combined", "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 9 \"-\" \"Moz",
                   "malformed_line", "no '\"' behind 'user-agent', which begins at byte 72");
    expect_problem("common", "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 9 \"-\" \"Mozilla\"",
                   "malformed_line", "the line goes on at byte 67, behind the last value of log_format");
    /* The host before the address, as vhost_combined has it, is no part of the address. */
    expect_problem("$remote_addr - $remote_user [$time_local]",
                   "www.a.example 192.0.2.1 - - [02/Mar/2026:10:00:00 +0100]", "malformed_line",
                   "no ' - ' behind 'remote_addr', which begins at byte 1");
    expect_problem("[$time_local] $status", "x", "malformed_line", "does not begin with '['");
}

static void apache_formats_are_read(void **state)
{
    (void)state;
    expect("%h %l %u %t \\\"%r\\\" %!200,304>s %b %D \"%{Cookie}i\" %{vid}C %%",
           "a - - [t] \"r\" 200 1 2 \"c=1; d=2\" v %", "a|(null)|(null)|t|r|200|1|2|c=1; d=2|v");
    expect("LogFormat \"%h \\\"%r\\\" %>s\" mine", "a \"GET /\" 200", "a|GET /|200");
    /* A path and the query right behind it are one. */
    expect("%m %U%q %H", "GET /a?b=1 HTTP/1.1", "GET|/a?b=1|HTTP/1.1");
    expect("%m %v%U%q %H", "GET a.example/a HTTP/1.1", "GET|a.example|/a|HTTP/1.1");
    /* Without quotes a request is known by its protocol. */
    expect("%T %r %s %{Referer}i %{User-Agent}i",
           "0 POST /a b?c HTTP/1.1 200 https://r.example/ Mozilla/5.0 (X11; Linux)",
           "0|POST /a b?c HTTP/1.1|200|https://r.example/|Mozilla/5.0 (X11; Linux)");
    /* The documented way to fractions of a second. */
    expect("%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] %s", "a [10/Oct/2000 13:55:36.123 -0700] 200",
           "a|10/Oct/2000 13:55:36.123 -0700|200");
    expect("%{%Y-%m-%d %H:%M:%S %z}t %h", "2000-10-10 13:55:36 -0700 a", "2000-10-10 13:55:36 -0700|a");
    expect("%{sec}t %^FB %h", "971186136 12 a", "971186136|12|a");
    expect("%{X-Forwarded-For}i %h", "192.0.2.7, 192.0.2.8 a", "192.0.2.7, 192.0.2.8|a");
}

static void nginx_formats_are_read(void **state)
{
    (void)state;
    expect("$remote_addr - ${remote_user} [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
           "\"$http_user_agent\" rt=$request_time",
           "a - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/2.0\" 200 12 \"-\" \"x \\x22 y\" rt=0.003",
           "a|(null)|10/Oct/2000:13:55:36 -0700|GET / HTTP/2.0|200|12|(null)|x \\x22 y|0.003");
    expect("log_format main escape=json '$remote_addr [$time_iso8601] '\n    '\"$request_uri\" \"$cookie_vid\"';",
           "a [2000-10-10T13:55:36-07:00] \"/a?b\" \"v\"", "a|2000-10-10T13:55:36-07:00|/a?b|v");
    expect("$time_local $scheme://$host$request_uri $uri$is_args$args $status",
           "10/Oct/2000:13:55:36 -0700 https://a.example/b?c /b?c 200",
           "10/Oct/2000:13:55:36 -0700|https|a.example|/b?c|/b?c|200");
    expect("$upstream_response_time $upstream_addr $status", "0.001, 0.002 : 0.1 192.0.2.1:80, 192.0.2.2:80 200",
           "0.001, 0.002 : 0.1|192.0.2.1:80, 192.0.2.2:80|200");
    /* What nginx does not know stands for what is to be passed over. */
    expect("$month $day $clock $machine nginx: $remote_addr $msec", "Mar 10 10:00:00 web1 nginx: a 971186136.250",
           "Mar|10|10:00:00|web1|a|971186136.250");
}

static void formats_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    expect_error("%h %l%u",
                 "'log_format' has '%l' and '%u' with nothing between them, so that nobody can tell where one "
                 "ends");
    expect_error("$status$request_time",
                 "'log_format' has 'status' and 'request_time' with nothing between them, so that "
                 "nobody can tell where one ends");
    expect_error("%h %y", "'log_format' has '%y', which Apache does not know");
    expect_error("%h %{Referer", "'log_format' has '%{', which Apache does not know");
    expect_error("nothing", "'log_format' names no value");
    expect_error("$is_args $status", "'log_format' has 'is_args' without a path before it");
    expect_error("${status $request", "'log_format' has a dollar that begins no variable");
    expect_error("log_format main '$status", "'log_format' opens a quote (') and never closes it");
    expect_error("%{%H:%M}t %h", "the time '%H:%M' in 'log_format': time format: year, month and day are needed");
}

static void w3c_fields_are_read(void **state)
{
    (void)state;
    WeblogFormat format;
    WeblogLine line;
    Error error = ERROR_INIT;
    Text fields = TEXT(" date time  c-ip cs-method cs-uri-stem cs(User-Agent) sc-status X-Forwarded-For");
    assert_int_equal(STATUS_OK, weblog_format_from_fields(fields, &arena, &format, &error));
    assert_int_equal(8, format.count);
    assert_int_equal(5, weblog_format_find(&format, WEBLOG_HEADER, TEXT("user-agent")));
    assert_int_equal(7, weblog_format_find(&format, WEBLOG_HEADER, TEXT("x-forwarded-for")));
    assert_int_equal(-1, weblog_format_find(&format, WEBLOG_QUERY, TEXT_NULL));
    assert_true(weblog_line_split(&format, TEXT("2026-03-01 12:00:00 a GET / Mozilla/5.0+(X11) 200 -"), &line));
    assert_true(text_is(line.values[5], "Mozilla/5.0+(X11)"));
    assert_true(text_is_null(line.values[7]));
    assert_true(weblog_line_split(&format, TEXT("2026-03-01\t12:00:00\ta\tGET\t/a b\tM\t200\t-"), &line));
    assert_true(text_is(line.values[4], "/a b"));
    assert_true(weblog_line_split(&format, TEXT("2026-03-01 12:00:00 a GET / \"Mozilla (\"\"X11)\" 200 -"), &line));
    assert_true(text_is(line.values[5], "Mozilla (\"\"X11)"));
    assert_false(weblog_line_split(&format, TEXT("2026-03-01 12:00:00 a GET / Mozilla"), &line));
    assert_string_equal("ragged", line.problem);
    assert_string_equal("6 values instead of the 8 that #Fields names", line.reason);
    assert_int_equal(STATUS_ERROR, weblog_format_from_fields(TEXT("  "), &arena, &format, &error));
    assert_int_equal(ERROR_DATA, error.code);
    assert_string_equal("#Fields names no field", error.message);
}

static void of_several_the_best_counts(void **state)
{
    (void)state;
    WeblogFormat format = compile("%h %a %s %>s %V %v %T %D");
    assert_int_equal(1, weblog_format_find(&format, WEBLOG_ADDRESS, TEXT_NULL));
    assert_int_equal(3, weblog_format_find(&format, WEBLOG_STATUS, TEXT_NULL));
    assert_int_equal(5, weblog_format_find(&format, WEBLOG_HOST, TEXT_NULL));
    assert_int_equal(7, weblog_format_find(&format, WEBLOG_DURATION, TEXT_NULL));
}

static void columns_are_known(void **state)
{
    (void)state;
    WeblogColumn column;
    Text name;
    assert_true(weblog_column_find(TEXT("user_agent"), &column, &name));
    assert_int_equal(WEBLOG_COLUMN_USER_AGENT, column);
    assert_true(weblog_column_find(TEXT("cookie._pk_id.1.1fff"), &column, &name));
    assert_int_equal(WEBLOG_COLUMN_COOKIE, column);
    assert_true(text_is(name, "_pk_id.1.1fff"));
    assert_false(weblog_column_find(TEXT("cookie."), &column, &name));
    assert_false(weblog_column_find(TEXT("useragent"), &column, &name));
    assert_string_equal("user_agent", weblog_column_nearest(TEXT("useragent")));
    WeblogFormat format = compile("combined");
    assert_null(weblog_column_missing(&format, WEBLOG_COLUMN_TIME, TEXT_NULL));
    assert_null(weblog_column_missing(&format, WEBLOG_COLUMN_QUERY, TEXT("vid")));
    assert_null(weblog_column_missing(&format, WEBLOG_COLUMN_DURATION, TEXT_NULL));
    assert_non_null(weblog_column_missing(&format, WEBLOG_COLUMN_COOKIE, TEXT("vid")));
    format = compile("$cookie_vid $status");
    assert_null(weblog_column_missing(&format, WEBLOG_COLUMN_COOKIE, TEXT("vid")));
    assert_non_null(weblog_column_missing(&format, WEBLOG_COLUMN_COOKIE, TEXT("sid")));
    assert_non_null(weblog_column_missing(&format, WEBLOG_COLUMN_TIME, TEXT_NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_and_combined_logs_are_split),
        cmocka_unit_test(lines_that_do_not_follow_say_where),
        cmocka_unit_test(apache_formats_are_read),
        cmocka_unit_test(nginx_formats_are_read),
        cmocka_unit_test(formats_that_cannot_be_read_are_refused),
        cmocka_unit_test(w3c_fields_are_read),
        cmocka_unit_test(of_several_the_best_counts),
        cmocka_unit_test(columns_are_known),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
