#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/log.h"

#include <pty.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Capture {
    char *bytes;
    size_t size;
    FILE *stream;
    Log log;
} Capture;

static Capture *capture_new(LogLevel level, LogFormat format)
{
    Capture *capture = calloc(1, sizeof *capture);
    assert_non_null(capture);
    capture->stream = open_memstream(&capture->bytes, &capture->size);
    capture->log = log_make(capture->stream, "extract", level, format);
    return capture;
}

static void capture_free(Capture *capture)
{
    fclose(capture->stream);
    free(capture->bytes);
    free(capture);
}

static void expect_match(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(0, regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB));
    if (regexec(&regex, text, 0, NULL, 0) != 0)
        fail_msg("\"%s\" does not match %s", text, pattern);
    regfree(&regex);
}

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"

static void writes_text(void **state)
{
    (void)state;
    Capture *capture = capture_new(LOG_LEVEL_INFO, LOG_TEXT);
    log_info(&capture->log, "%s: %d files", "web", 3);
    log_warning(&capture->log, "slow");
    log_error(&capture->log, "broken");
    expect_match(capture->bytes, "^" TIME " extract: web: 3 files\n" TIME " extract: warning: slow\n" TIME
                                 " extract: error: broken\n$");
    capture_free(capture);
}

static void writes_failures(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    error_set(&error, ERROR_DATA, "a.csv: line 2: bad");
    Capture *capture = capture_new(LOG_LEVEL_WARNING, LOG_TEXT);
    log_failure(&capture->log, &error);
    expect_match(capture->bytes, "^" TIME " extract: error: a\\.csv: line 2: bad\n$");
    capture_free(capture);
    error_hint(&error, "look at it");
    capture = capture_new(LOG_LEVEL_ERROR, LOG_TEXT);
    log_failure(&capture->log, &error);
    expect_match(capture->bytes, "extract: error: a\\.csv: line 2: bad\n" TIME " extract: hint: look at it\n$");
    capture_free(capture);
}

static void leaves_out_lower_levels(void **state)
{
    (void)state;
    Capture *capture = capture_new(LOG_LEVEL_WARNING, LOG_JSON);
    log_info(&capture->log, "not this");
    fflush(capture->stream);
    assert_int_equal(0, capture->size);
    log_warning(&capture->log, "this");
    assert_true(capture->size > 0);
    capture_free(capture);
}

static void writes_json(void **state)
{
    (void)state;
    Capture *capture = capture_new(LOG_LEVEL_INFO, LOG_JSON);
    log_info(&capture->log, "a \"b\" \\ \n\t\x01\x1B[31m \x7F é \xFF %s", "\xC2\x9B");
    expect_match(capture->bytes, "^\\{\"time\":\"" TIME "\",\"level\":\"info\",\"program\":\"extract\","
                                 "\"message\":\"[^\n]*\"\\}\n$");
    const char *message = strstr(capture->bytes, "\"message\"");
    assert_string_equal("\"message\":\"a \\\"b\\\" \\\\ \\n\\t\\u0001\\u001b[31m \\u007f é \uFFFD \\u009b\"}\n",
                        message);
    capture_free(capture);
}

static void writes_failures_as_json(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    error_set(&error, ERROR_BUSY, "busy");
    error_hint(&error, "wait");
    Capture *capture = capture_new(LOG_LEVEL_INFO, LOG_JSON);
    log_failure(&capture->log, &error);
    expect_match(capture->bytes, "^\\{\"time\":\"" TIME "\",\"level\":\"error\",\"program\":\"extract\",\"code\":75,"
                                 "\"hint\":\"wait\",\"message\":\"busy\"\\}\n$");
    capture_free(capture);
}

static void keeps_a_line_one_line(void **state)
{
    (void)state;
    Capture *capture = capture_new(LOG_LEVEL_INFO, LOG_TEXT);
    log_info(&capture->log, "a\nb\rc\x1B]0;title\x07 \xE2\x80\xAE \xFF");
    assert_non_null(strstr(capture->bytes, "extract: a b c?]0;title? ? ?\n"));
    capture_free(capture);
}

static void cuts_long_lines(void **state)
{
    (void)state;
    static const LogFormat formats[] = {LOG_TEXT, LOG_JSON};
    static char message[100 * 1000];
    memset(message, '\x01', sizeof message - 1);
    for (size_t i = 0; i < 2; i++) {
        Capture *capture = capture_new(LOG_LEVEL_INFO, formats[i]);
        log_info(&capture->log, "%s", message);
        assert_in_range(capture->size, 1000, 64 * 1024);
        assert_int_equal(i ? '}' : '?', capture->bytes[capture->size - 2]);
        assert_int_equal('\n', capture->bytes[capture->size - 1]);
        capture_free(capture);
    }
}

static void leaves_the_time_out_on_a_terminal(void **state)
{
    (void)state;
    int master, terminal;
    if (openpty(&master, &terminal, NULL, NULL, NULL) != 0)
        skip();
    setenv("TERM", "xterm", 1);
    FILE *stream = fdopen(terminal, "w");
    Log log = log_make(stream, "load", LOG_LEVEL_INFO, LOG_TEXT);
    log_info(&log, "done");
    char bytes[100] = "";
    assert_true(read(master, bytes, sizeof bytes - 1) > 0);
    assert_string_equal("\r\033[Kload: done\r\n", bytes);
    fclose(stream);
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_text),
        cmocka_unit_test(writes_failures),
        cmocka_unit_test(leaves_out_lower_levels),
        cmocka_unit_test(writes_json),
        cmocka_unit_test(writes_failures_as_json),
        cmocka_unit_test(keeps_a_line_one_line),
        cmocka_unit_test(cuts_long_lines),
        cmocka_unit_test(leaves_the_time_out_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
