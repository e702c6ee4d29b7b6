/* Secrets: from the environment or a file, and out of every message. */
#include "extract/transport/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const HttpSource by_variable = {.auth = {.kind = HTTP_AUTH_BEARER, .secret = {.variable = "CREDENTIAL_TEST"}}};

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_refused(const HttpSource *http, ErrorCode code, const char *message)
{
    Credential credential;
    Error error = ERROR_INIT;
    assert_int_equal(credential_load(http, &credential, &error), STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, message));
    assert_string_equal(credential.secret, "");
}

static void reads_a_variable(void **state)
{
    (void)state;
    cleanup(credential_done) Credential credential;
    Error error = ERROR_INIT;
    setenv("CREDENTIAL_TEST", " a b\n", 1);
    assert_int_equal(credential_load(&by_variable, &credential, &error), STATUS_OK);
    assert_string_equal(credential.secret, "a b");
    assert_string_equal(credential.place, "the variable CREDENTIAL_TEST");
    assert_false(credential_renew(&credential));
    setenv("CREDENTIAL_TEST", "c", 1);
    assert_true(credential_renew(&credential));
    assert_string_equal(credential.secret, "c");
    setenv("CREDENTIAL_TEST", "a\nX-Header: b", 1);
    assert_refused(&by_variable, ERROR_CONFIG, "the variable CREDENTIAL_TEST holds more than one line");
    assert_false(credential_renew(&credential));
    assert_string_equal(credential.secret, "c");
    setenv("CREDENTIAL_TEST", "\n", 1);
    assert_refused(&by_variable, ERROR_CONFIG, "the variable CREDENTIAL_TEST is empty");
    unsetenv("CREDENTIAL_TEST");
    assert_refused(&by_variable, ERROR_CONFIG, "the variable CREDENTIAL_TEST is not set");
}

static void reads_a_file(void **state)
{
    (void)state;
    cleanup(credential_done) Credential credential;
    Error error = ERROR_INIT;
    char path[] = "/tmp/closedloop-credential.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    HttpSource http = {.auth = {.kind = HTTP_AUTH_BEARER, .secret = {.file = path}}};
    write_file(path, "t0ken\r\n");
    assert_int_equal(credential_load(&http, &credential, &error), STATUS_OK);
    assert_string_equal(credential.secret, "t0ken");
    assert_false(credential.is_exposed);
    write_file(path, "\xEF\xBB\xBFt0ken\n");
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(credential_load(&http, &credential, &error), STATUS_OK);
    assert_string_equal(credential.secret, "t0ken");
    assert_true(credential.is_exposed);
    char *large = calloc(1, CREDENTIAL_MAX + 2);
    assert_non_null(large);
    memset(large, 'x', CREDENTIAL_MAX + 1);
    write_file(path, large);
    free(large);
    assert_refused(&http, ERROR_DATA, path);
    unlink(path);
    assert_refused(&http, ERROR_CONFIG, "No such file");
}

static void hides_it_in_messages(void **state)
{
    (void)state;
    Credential credential = {.http = &by_variable, .secret = "a/b+c"};
    Error error = ERROR_INIT;
    error_set(&error, ERROR_DATA, "GET /x?key=a%%2Fb%%2Bc&y=1 with a/b+ca/b+c failed");
    error_hint(&error, "a/b+c");
    credential_hide(&credential, &error);
    assert_string_equal(error.message, "GET /x?key=***&y=1 with ****** failed");
    assert_string_equal(error.hint, "***");
    char text[] = "nothing here";
    credential_hide_in(&credential, text);
    assert_string_equal(text, "nothing here");
    credential.secret[0] = '\0';
    credential_hide_in(&credential, text);
    assert_string_equal(text, "nothing here");
}

static void assert_hidden(const Credential *credential, const char *repeated, const char *expected)
{
    char text[200];
    snprintf(text, sizeof text, "%s", repeated);
    credential_hide_in(credential, text);
    assert_string_equal(text, expected);
}

static void hides_what_a_server_writes_otherwise(void **state)
{
    (void)state;
    Credential credential = {.http = &by_variable, .secret = "a/b+c&\"d"};
    assert_hidden(&credential, "key=a%2fb%2bc%26%22d", "key=***");
    assert_hidden(&credential, "{\"key\":\"a\\/b+c\\u0026\\\"d\"}", "{\"key\":\"***\"}");
    assert_hidden(&credential, "<p>a/b&#43;c&amp;&quot;d</p>", "<p>***</p>");
    assert_hidden(&credential, "a/b+c&d", "a/b+c&d");
    /* cut, also within an escape */
    assert_hidden(&credential, "Bearer a/b+c", "Bearer ***");
    assert_hidden(&credential, "Bearer a%2Fb%2Bc%2", "Bearer ***");
    assert_hidden(&credential, "Bearer a/b", "Bearer a/b");
    assert_hidden(&credential, "Bearer a/b+c d", "Bearer a/b+c d");
    /* printf 'me:pass word' | base64 */
    const HttpSource basic = {.auth = {.kind = HTTP_AUTH_BASIC, .name = TEXT("me")}};
    credential = (Credential){.http = &basic, .secret = "pass word"};
    assert_hidden(&credential, "Authorization: Basic bWU6cGFzcyB3b3Jk!", "Authorization: Basic ***!");
    assert_hidden(&credential, "q=pass+word&r=pass%20word", "q=***&r=***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_variable),
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(hides_it_in_messages),
        cmocka_unit_test(hides_what_a_server_writes_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
