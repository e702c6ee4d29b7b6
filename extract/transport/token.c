#include "extract/transport/token.h"

#include "common/json_find.h"
#include "extract/transport/address.h"
#include "extract/transport/http.h"
#include "extract/transport/insist.h"

#include <stdlib.h>
#include <time.h>

enum { ANSWER_CEILING = 256 * 1024, FORM_CEILING = 64 * 1024, MARGIN = 60, WORDS_MAX = 300 };

struct Token {
    HttpSource endpoint; /* as a source of its own: what is secret is a parameter of its form */
    Credential client;
    Credential name; /* the client's id, if it stands in a variable or file */
    HttpSource named;
    Http *http;
    const char *place; /* of the endpoint, for messages */
    Arena arena;
    int64_t expires_at; /* seconds on the monotonic clock; 0: nobody said when */
};

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec;
}

/* --- the client ----------------------------------------------------------------------------------------------- */

/* The same server's limits and authorities, and nothing else of the source: not its headers, not its parameters. */
static HttpSource endpoint_of(const HttpSource *source)
{
    return (HttpSource){
        .url = source->auth.client.url,
        .is_post = true,
        .auth = {.kind = HTTP_AUTH_PARAMETER, .name = TEXT("client_secret"), .secret = source->auth.secret},
        .connect = source->connect,
        .stall = source->stall,
        .request = source->request,
        .ceiling = ANSWER_CEILING,
        .ca_file = source->ca_file,
    };
}

static Status open_token(const HttpSource *source, Token *token, Error *error)
{
    token->endpoint = endpoint_of(source);
    token->named = (HttpSource){.auth = {.kind = HTTP_AUTH_PARAMETER, .secret = source->auth.client.id_secret}};
    token->endpoint.auth.client = source->auth.client;
    token->place = address_place(token->endpoint.url.data, &token->arena);
    if (!token->place)
        return error_no_memory(error);
    TRY(credential_load(&token->endpoint, &token->client, error));
    if (text_is_null(source->auth.client.id))
        TRY(credential_load(&token->named, &token->name, error));
    return http_open(&token->endpoint, &token->client, &token->http, error);
}

Status token_open(const HttpSource *source, Token **ret_token, Error *error)
{
    Token *token = calloc(1, sizeof *token);
    if (!token)
        return error_no_memory(error);
    token->arena = arena_make(FORM_CEILING);
    if (open_token(source, token, error) != STATUS_OK) {
        token_free(token);
        return STATUS_ERROR;
    }
    *ret_token = token;
    return STATUS_OK;
}

const Credential *token_client(const Token *token)
{
    return &token->client;
}

/* --- the request ---------------------------------------------------------------------------------------------- */

static Status add(Buffer *form, const char *name, Text value, Error *error)
{
    if (form->size)
        TRY(buffer_append_byte(form, '&', error));
    TRY(buffer_append(form, text_from(name), error));
    TRY(buffer_append_byte(form, '=', error));
    return address_encode(value, form, error);
}

static Status write_form(const Token *token, Buffer *form, Error *error)
{
    Text id = token->endpoint.auth.client.id, scope = token->endpoint.auth.client.scope;
    TRY(add(form, "grant_type", TEXT("client_credentials"), error));
    TRY(add(form, "client_id", text_is_null(id) ? text_from(token->name.secret) : id, error));
    return text_is_null(scope) ? STATUS_OK : add(form, "scope", scope, error);
}

static Status take(void *context, Text bytes, Error *error)
{
    return buffer_append(context, bytes, error);
}

/* --- the answer ----------------------------------------------------------------------------------------------- */

/* The words for who reads the log: of the JSON that RFC 6749 (5.2) wants, else what insist_judge() quotes. */
static void quote(const HttpAnswer *answer, Error *error)
{
    Error ignored;
    Text code, words;
    cleanup(arena_done) Arena arena = arena_make(FORM_CEILING);
    Text body = text_from(answer->excerpt);
    if (json_find(body, TEXT("error"), &arena, &code, &ignored) != STATUS_OK || text_is_empty(code) ||
        json_find(body, TEXT("error_description"), &arena, &words, &ignored) != STATUS_OK)
        return;
    error_set(error, error->code, "the server answers %d: %.*s%s%.*s", answer->status,
              (int)(code.size < WORDS_MAX ? code.size : WORDS_MAX), code.data, text_is_empty(words) ? "" : ": ",
              (int)(words.size < WORDS_MAX ? words.size : WORDS_MAX), words.data ? words.data : "");
}

static Status refuse(const Token *token, const HttpAnswer *answer, int64_t *ret_retry_after, Error *error)
{
    insist_judge(answer, &token->client, ret_retry_after, error);
    if (error->is_retryable)
        return STATUS_ERROR;
    quote(answer, error);
    if (answer->status / 100 != 4 || answer->status == 404)
        return error_hint(error, "is `url` under `client_credentials` right?");
    return error_hint(error,
                      "are `id`, `scope` and the secret in %s right, and may this client use client credentials?",
                      token->client.place);
}

/* A token goes into a header as it is. */
static bool is_token(Text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || (unsigned char)text.data[i] >= 0x7f)
            return false;
    return text.size > 0 && text.size < CREDENTIAL_MAX;
}

/* Nothing of the answer is repeated: it holds a token, even if not where it should. */
static Status read_answer(Token *token, Text body, Credential *credential, Error *error)
{
    Error ignored;
    Text type = TEXT_NULL, value = TEXT_NULL, seconds = TEXT_NULL;
    long long lasts = 0;
    cleanup(arena_done) Arena arena = arena_make(ANSWER_CEILING);
    if (json_find(body, TEXT("access_token"), &arena, &value, &ignored) != STATUS_OK ||
        json_find(body, TEXT("token_type"), &arena, &type, &ignored) != STATUS_OK ||
        json_find(body, TEXT("expires_in"), &arena, &seconds, &ignored) != STATUS_OK) {
        error_set(error, ERROR_DATA, "the answer is no JSON, or is cut");
        error->is_retryable = true;
        return STATUS_ERROR;
    }
    if (!is_token(value))
        return error_set(error, ERROR_DATA, "the answer holds no 'access_token'");
    if (!text_is_null(type) && !text_is_ignore_case(type, "Bearer"))
        return error_set(error, ERROR_DATA, "the answer's token is no bearer token");
    memcpy(credential->secret, value.data, value.size);
    credential->secret[value.size] = '\0';
    bool is_known = text_to_int64(seconds, &lasts) && lasts > 0 && lasts < INT32_MAX;
    token->expires_at = is_known ? now_seconds() + (lasts > 2 * MARGIN ? lasts - MARGIN : lasts / 2) : 0;
    return STATUS_OK;
}

static Status fetch(Token *token, int64_t seconds, Credential *credential, int64_t *ret_retry_after, Error *error)
{
    cleanup(buffer_done) Buffer form = buffer_make(FORM_CEILING);
    cleanup(buffer_done) Buffer body = buffer_make(ANSWER_CEILING);
    cleanup(http_answer_done) HttpAnswer answer = {.status = 0};
    TRY(write_form(token, &form, error));
    HttpRequest request = {
        .address = token->endpoint.url.data,
        .is_post = true,
        .is_form = true,
        .body = buffer_text(&form),
        .body_type = "application/x-www-form-urlencoded",
        .accept = "application/json",
        .seconds = seconds,
    };
    Status status = http_ask(token->http, &request, take, &body, &answer, error);
    if (status == STATUS_OK)
        status = answer.status / 100 == 2 ? read_answer(token, buffer_text(&body), credential, error)
                                          : refuse(token, &answer, ret_retry_after, error);
    if (body.data)
        explicit_bzero(body.data, body.size);
    return status;
}

Status token_hold(Token *token, int64_t seconds, Credential *credential, int64_t *ret_retry_after, Error *error)
{
    if (credential->secret[0] && (token->expires_at == 0 || now_seconds() < token->expires_at))
        return STATUS_OK;
    token_forget(token, credential);
    if (fetch(token, seconds, credential, ret_retry_after, error) == STATUS_OK)
        return STATUS_OK;
    credential_hide(&token->client, error);
    /* Whatever it is, it says nothing of the pages, and those that are there are worth keeping. */
    if (!error->is_retryable &&
        (error->code == ERROR_DATA || error->code == ERROR_NO_INPUT || error->code == ERROR_CONFIG))
        error->code = ERROR_PERMISSION;
    return error_prefix(error, "the access token of %s", token->place);
}

void token_forget(Token *token, Credential *credential)
{
    credential_done(credential);
    token->expires_at = 0;
}

void token_free(Token *token)
{
    if (!token)
        return;
    http_free(token->http);
    credential_done(&token->client);
    credential_done(&token->name);
    arena_done(&token->arena);
    free(token);
}

void token_free_pointer(Token **token)
{
    token_free(*token);
}
