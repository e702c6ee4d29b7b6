/* What an answer means. */
#include "extract/transport/insist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void judges_answers(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *header;
        ErrorCode code;
        bool is_retryable;
        int64_t retry_after;
    } cases[] = {
        {400, "", ERROR_CONFIG, false, -1},     {401, "", ERROR_PERMISSION, false, -1},
        {403, "", ERROR_PERMISSION, false, -1}, {403, "Retry-After: 60\n", ERROR_BUSY, true, 60},
        {404, "", ERROR_NO_INPUT, false, -1},   {408, "", ERROR_UNAVAILABLE, true, -1},
        {414, "", ERROR_CONFIG, false, -1},     {429, "x: y\nretry-after: 7\n", ERROR_BUSY, true, 7},
        {429, "", ERROR_BUSY, true, -1},        {500, "", ERROR_UNAVAILABLE, true, -1},
        {501, "", ERROR_CONFIG, false, -1},     {503, "Retry-After: 1\n", ERROR_UNAVAILABLE, true, 1},
        {521, "", ERROR_UNAVAILABLE, true, -1}, {304, "", ERROR_DATA, false, -1},
    };
    static const Credential credential = {.secret = "s", .place = "the variable T"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Error error = ERROR_INIT;
        int64_t retry_after = -7;
        HttpAnswer answer = {.status = cases[i].status, .headers = buffer_make(1000)};
        assert_int_equal(buffer_append(&answer.headers, text_from(cases[i].header), &error), STATUS_OK);
        assert_int_equal(insist_judge(&answer, &credential, &retry_after, &error), STATUS_ERROR);
        http_answer_done(&answer);
        assert_int_equal(error.code, cases[i].code);
        assert_int_equal(error.is_retryable, cases[i].is_retryable);
        assert_int_equal(retry_after, cases[i].retry_after);
        assert_true((error.code == ERROR_PERMISSION) == (strstr(error.hint, "the variable T") != NULL));
    }
}

static void knows_the_words_of_a_limit(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    int64_t retry_after;
    static const Credential credential = {.secret = "s", .place = "the variable T"};
    HttpAnswer answer = {.status = 403, .headers = buffer_make(1000)};
    snprintf(answer.excerpt, sizeof answer.excerpt, "[{\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\"}]");
    assert_int_equal(insist_judge(&answer, &credential, &retry_after, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_BUSY);
    assert_true(error.is_retryable);
}

static void quotes_the_body_on_one_line(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    int64_t retry_after;
    static const Credential credential = {.secret = ""};
    HttpAnswer answer = {.status = 401, .headers = buffer_make(1000)};
    snprintf(answer.excerpt, sizeof answer.excerpt, "\n {\r\n\t\"message\":  \"no\"\n}\n");
    assert_int_equal(insist_judge(&answer, &credential, &retry_after, &error), STATUS_ERROR);
    assert_string_equal(error.message, "the server answers 401 Unauthorized: { \"message\": \"no\" }");
    assert_string_equal(error.hint, "the server wants to know who asks: say so under `auth`");
    memset(answer.excerpt, 'x', sizeof answer.excerpt - 1);
    assert_int_equal(insist_judge(&answer, &credential, &retry_after, &error), STATUS_ERROR);
    assert_in_range(strlen(error.message), 300, 350);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_answers),
        cmocka_unit_test(knows_the_words_of_a_limit),
        cmocka_unit_test(quotes_the_body_on_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
