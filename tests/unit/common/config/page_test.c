#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static Status load(const char *text, Config *config, Error *error)
{
    char path[] = "/tmp/closedloop-page-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *stream = fdopen(file, "w");
    assert_non_null(stream);
    fprintf(stream, "spool: /var/spool/own\n%s", text);
    fclose(stream);
    Status status = config_load(path, config, error);
    unlink(path);
    return status;
}

static void assert_page(const char *text, const char *language, const char *file)
{
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(load(text, &config, &error), STATUS_OK);
    assert_string_equal(page_language_name(config.page.language), language);
    assert_string_equal(config.page.file, file);
}

static void reads_language_and_file(void **state)
{
    (void)state;
    unsetenv("CLOSEDLOOP_REPORT");
    unsetenv("CLOSEDLOOP_SPOOL");
    assert_page("", "en", "/var/spool/own/report.html");
    assert_page("report: {language: de}\n", "de", "/var/spool/own/report.html");
    assert_page("report: {language: en, file: /srv/page.html}\n", "en", "/srv/page.html");
    assert_page("report: {file: ./pages/own.html}\n", "en", "/tmp/pages/own.html");
}

static void the_environment_comes_first(void **state)
{
    (void)state;
    setenv("CLOSEDLOOP_REPORT", "/elsewhere/page.html", 1);
    assert_page("report: {file: /srv/page.html}\n", "en", "/elsewhere/page.html");
    unsetenv("CLOSEDLOOP_REPORT");
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(load("report: {language: fr}\n", &config, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
    assert_non_null(strstr(error.message, "fr"));
    assert_int_equal(load("report: {languag: de}\n", &config, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_language_and_file),
        cmocka_unit_test(the_environment_comes_first),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
