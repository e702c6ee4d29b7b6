#include "extract/transport/insist.h"

#include <stdio.h>
#include <time.h>

enum { QUOTE_SIZE = 300 };

typedef struct Meaning {
    int status;
    const char *words;
    ErrorCode code;
    bool is_retryable;
} Meaning;

/* RFC 9110, and what others made usual. */
static const Meaning meanings[] = {
    {400, "Bad Request", ERROR_CONFIG, false},
    {401, "Unauthorized", ERROR_PERMISSION, false},
    {403, "Forbidden", ERROR_PERMISSION, false},
    {404, "Not Found", ERROR_NO_INPUT, false},
    {408, "Request Timeout", ERROR_UNAVAILABLE, true},
    {410, "Gone", ERROR_NO_INPUT, false},
    {425, "Too Early", ERROR_UNAVAILABLE, true},
    {429, "Too Many Requests", ERROR_BUSY, true},
    {500, "Internal Server Error", ERROR_UNAVAILABLE, true},
    {501, "Not Implemented", ERROR_CONFIG, false},
    {502, "Bad Gateway", ERROR_UNAVAILABLE, true},
    {503, "Service Unavailable", ERROR_UNAVAILABLE, true},
    {504, "Gateway Timeout", ERROR_UNAVAILABLE, true},
    {505, "HTTP Version Not Supported", ERROR_CONFIG, false},
};

static Meaning meaning_of(int status)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].status == status)
            return meanings[i];
    if (status / 100 == 5)
        return (Meaning){status, "an error of the server", ERROR_UNAVAILABLE, true};
    return status / 100 == 4 ? (Meaning){status, "an error of the request", ERROR_CONFIG, false}
                             : (Meaning){status, "nothing that we understand", ERROR_DATA, false};
}

/* The beginning of a body on one line. */
static void quote(const char *excerpt, char out[static QUOTE_SIZE])
{
    size_t size = 0;
    bool is_blank = true;
    for (; *excerpt && size < QUOTE_SIZE - 1; excerpt++) {
        bool was_blank = is_blank;
        is_blank = (unsigned char)*excerpt <= ' ' || *excerpt == 0x7f;
        if (!is_blank)
            out[size++] = *excerpt;
        else if (!was_blank)
            out[size++] = ' ';
    }
    out[size && out[size - 1] == ' ' ? size - 1 : size] = '\0';
}

static Status hint_at_credential(const HttpAnswer *answer, const Credential *credential, Error *error)
{
    if (!credential->secret[0])
        return error_hint(error, "the server wants to know who asks: say so under `auth`");
    if (credential->http && credential->http->auth.kind == HTTP_AUTH_CLIENT)
        return error_hint(error,
                          "the server does not take a token that was just fetched: may this client read this, and "
                          "are `url` and `scope` of the same server?");
    if (answer->status == 401)
        return error_hint(error, "the secret in %s is wrong, expired or revoked: put a new one there",
                          credential->place);
    return error_hint(error, "the secret in %s is not allowed to read this: give its owner the right to",
                      credential->place);
}

Status insist_judge(const HttpAnswer *answer, const Credential *credential, int64_t *ret_retry_after, Error *error)
{
    char body[QUOTE_SIZE];
    Meaning meaning = meaning_of(answer->status);
    *ret_retry_after = retry_after_seconds(http_first_header(answer, "Retry-After"), (int64_t)time(NULL));
    /* Some tell of their limits by a 403: one that says when to come back, or in Salesforce's words. */
    if (answer->status == 403 && (*ret_retry_after >= 0 || strstr(answer->excerpt, "REQUEST_LIMIT_EXCEEDED")))
        meaning = (Meaning){403, "Forbidden for now", ERROR_BUSY, true};
    quote(answer->excerpt, body);
    error_set(error, meaning.code, "the server answers %d %s%s%s", answer->status, meaning.words, *body ? ": " : "",
              body);
    error->is_retryable = meaning.is_retryable;
    return meaning.code == ERROR_PERMISSION ? hint_at_credential(answer, credential, error) : STATUS_ERROR;
}

static Status attempt(Insister *insister, const HttpRequest *request, const InsistWork *work, HttpAnswer *answer,
                      int64_t *ret_retry_after, Error *error)
{
    HttpRequest bounded = *request;
    bounded.seconds = patience_left(&insister->patience);
    *ret_retry_after = -1;
    if (insister->token)
        TRY(token_hold(insister->token, bounded.seconds, insister->credential, ret_retry_after, error));
    TRY(work->begin(work->context, error));
    TRY(http_ask(insister->http, &bounded, work->take, work->context, answer, error));
    if (answer->status / 100 == 2)
        return work->end(work->context, answer, error);
    return insist_judge(answer, insister->credential, ret_retry_after, error);
}

static Status give_up(const Insister *insister, int64_t retry_after, Error *error)
{
    char detail[96] = "";
    if (retry_after > patience_left(&insister->patience))
        snprintf(detail, sizeof detail, ", and asks to come back in %lld s", (long long)retry_after);
    size_t size = strlen(error->message);
    snprintf(error->message + size, sizeof error->message - size, "%s; gave up after attempt %lld", detail,
             (long long)insister->patience.failures);
    if (!error->hint[0])
        error_hint(error, "run again later: what was fetched is kept, and is not fetched again");
    return STATUS_ERROR;
}

static Status out_of_time(Error *error)
{
    error_set(error, ERROR_BUSY, "the reading takes longer than it may");
    return error_hint(error, "run again: what was fetched is kept, and is not fetched again; or give it more time by "
                             "`retries: {within: ...}`");
}

/* A token may have been renewed by somebody else while we were reading; one that we fetch may have expired. */
static bool renew(Insister *insister, int status)
{
    if (!insister->token)
        return credential_renew(insister->credential);
    if (status == 401)
        token_forget(insister->token, insister->credential);
    return status == 401;
}

Status insist(Insister *insister, const HttpRequest *request, const InsistWork *work, Error *error)
{
    bool is_renewed = false;
    for (;;) {
        int64_t retry_after, wait;
        HttpAnswer answer = {.status = 0};
        if (patience_left(&insister->patience) == 0)
            return out_of_time(error);
        Status status = attempt(insister, request, work, &answer, &retry_after, error);
        http_answer_done(&answer);
        if (status == STATUS_OK) {
            patience_renew(&insister->patience);
            return STATUS_OK;
        }
        if (error->code == ERROR_PERMISSION && !is_renewed && renew(insister, answer.status)) {
            is_renewed = true;
            continue;
        }
        credential_hide(insister->credential, error);
        if (!error->is_retryable)
            return STATUS_ERROR;
        /* nothing is wrong with the server: the reading's own end cut the first attempt off */
        if (answer.status == 0 && insister->patience.failures == 0 && patience_left(&insister->patience) == 0)
            return out_of_time(error);
        if (!patience_take(&insister->patience, retry_after, &wait))
            return give_up(insister, retry_after, error);
        if (insister->waits)
            insister->waits(insister->context, error, wait);
        TRY(patience_wait(wait, error));
    }
}
