#include "extract/transport/http.h"

#include "common/gunzip.h"
#include "common/signal.h"
#include "extract/transport/address.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    REDIRECTIONS_MAX = 5,
    DECODE_SIZE = 64 * 1024,
    REFUSAL_CEILING = 1 << 20, /* bytes of a body that nobody wants */
    HEADER_CEILING = 128 * 1024,
    REQUEST_CEILING = 16 << 20,
};

struct Http {
    CURL *curl;
    const HttpSource *source;
    const Credential *credential;
    char words[CURL_ERROR_SIZE]; /* curl's own */
    char *decoded;               /* DECODE_SIZE */
};

/* One request on its way. */
typedef struct Exchange {
    Http *http;
    HttpTake *take;
    void *context;
    HttpAnswer *answer;
    Gunzip *gunzip;
    bool is_begun, is_good;
    uint64_t size; /* of the body so far, decoded */
    Status status; /* of what was called back; the first that is not OK stays */
    Error *error;
} Exchange;

/* --- what comes ----------------------------------------------------------------------------------------------- */

static Status too_large(const Exchange *exchange, Error *error)
{
    error_set(error, ERROR_DATA, "the page has more than %lld bytes", (long long)exchange->http->source->ceiling);
    return error_hint(error, "ask for less at once, or give a larger `ceiling`");
}

static Status deliver(Exchange *exchange, Text bytes)
{
    exchange->size += bytes.size;
    if (exchange->is_good) {
        if (exchange->size > (uint64_t)exchange->http->source->ceiling)
            return too_large(exchange, exchange->error);
        return exchange->take(exchange->context, bytes, exchange->error);
    }
    size_t had = strlen(exchange->answer->excerpt), room = HTTP_EXCERPT_SIZE - 1 - had;
    size_t size = bytes.size < room ? bytes.size : room;
    for (size_t i = 0; i < size; i++)
        exchange->answer->excerpt[had + i] = bytes.data[i] ? bytes.data[i] : ' ';
    exchange->answer->excerpt[had + size] = '\0';
    return exchange->size <= REFUSAL_CEILING ? STATUS_OK : STATUS_END;
}

static Status begin_body(Exchange *exchange)
{
    long status = 0;
    curl_easy_getinfo(exchange->http->curl, CURLINFO_RESPONSE_CODE, &status);
    exchange->is_begun = true;
    exchange->is_good = status / 100 == 2;
    Text encoding = http_first_header(exchange->answer, "Content-Encoding");
    bool is_gzip = text_is_ignore_case(encoding, "gzip") || text_is_ignore_case(encoding, "x-gzip");
    if (text_is_empty(encoding) || text_is_ignore_case(encoding, "identity") || (!is_gzip && !exchange->is_good))
        return STATUS_OK;
    if (!is_gzip)
        return error_set(exchange->error, ERROR_DATA, "the body is encoded as %.*s, which nobody asked for",
                         (int)(encoding.size < 40 ? encoding.size : 40), encoding.data);
    return gunzip_make(&exchange->gunzip, exchange->error);
}

static Status decode(Exchange *exchange, Text bytes)
{
    size_t size;
    do {
        if (gunzip_decode(exchange->gunzip, &bytes, exchange->http->decoded, DECODE_SIZE, &size, exchange->error) !=
            STATUS_OK) {
            exchange->error->is_retryable = true;
            return exchange->is_good ? STATUS_ERROR : STATUS_END; /* the status says enough */
        }
        if (size)
            TRY(deliver(exchange, (Text){exchange->http->decoded, size}));
    } while (size == DECODE_SIZE);
    return STATUS_OK;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *context)
{
    Exchange *exchange = context;
    size_t size = one * count;
    if (exchange->status != STATUS_OK)
        return 0;
    exchange->status = exchange->is_begun ? STATUS_OK : begin_body(exchange);
    if (exchange->status == STATUS_OK && size)
        exchange->status =
            exchange->gunzip ? decode(exchange, (Text){bytes, size}) : deliver(exchange, (Text){bytes, size});
    return exchange->status == STATUS_OK ? size : 0;
}

/* Behind a redirection or an interim answer the headers begin anew. */
static size_t on_header(char *bytes, size_t one, size_t count, void *context)
{
    Exchange *exchange = context;
    Text line = text_trim((Text){bytes, one * count});
    Buffer *headers = &exchange->answer->headers;
    if (text_starts_with(line, TEXT("HTTP/")))
        buffer_clear(headers);
    else if (line.size && exchange->status == STATUS_OK && headers->size + line.size >= HEADER_CEILING)
        exchange->status =
            error_set(exchange->error, ERROR_DATA, "the answer has more than %d bytes of headers", HEADER_CEILING);
    else if (line.size && exchange->status == STATUS_OK)
        exchange->status = buffer_append(headers, line, exchange->error) == STATUS_OK
                               ? buffer_append_byte(headers, '\n', exchange->error)
                               : STATUS_ERROR;
    return exchange->status == STATUS_OK ? one * count : 0;
}

static int on_progress(void *context, curl_off_t expected, curl_off_t received, curl_off_t to_send, curl_off_t sent)
{
    (void)expected, (void)received, (void)to_send, (void)sent;
    Exchange *exchange = context;
    if (exchange->status == STATUS_OK)
        exchange->status = signal_check(exchange->error);
    return exchange->status != STATUS_OK;
}

bool http_header(const HttpAnswer *answer, const char *name, size_t *at, Text *ret_value)
{
    Text all = buffer_text(&answer->headers);
    while (*at < all.size) {
        Text rest = {all.data + *at, all.size - *at};
        Text line = {rest.data, text_find(rest, '\n')};
        size_t colon = text_find(line, ':');
        *at += line.size + 1;
        if (colon == line.size || !text_is_ignore_case((Text){line.data, colon}, name))
            continue;
        *ret_value = text_trim((Text){line.data + colon + 1, line.size - colon - 1});
        return true;
    }
    return false;
}

Text http_first_header(const HttpAnswer *answer, const char *name)
{
    size_t at = 0;
    Text value;
    return http_header(answer, name, &at, &value) ? value : TEXT_NULL;
}

void http_answer_done(HttpAnswer *answer)
{
    buffer_done(&answer->headers);
}

/* --- what is sent --------------------------------------------------------------------------------------------- */

typedef struct Sending {
    struct curl_slist *headers;
    Arena arena;
    Buffer body;
    const char *address;
} Sending;

static void sending_done(Sending *sending)
{
    if (sending->body.data)
        explicit_bzero(sending->body.data, sending->body.size);
    curl_slist_free_all(sending->headers);
    buffer_done(&sending->body);
    arena_done(&sending->arena);
}

static Status add_header(Sending *sending, Error *error, const char *name, const char *value)
{
    /* curl takes "name;" for a header without a value, and "name:" for one that is not to be sent. */
    const char *line =
        *value ? arena_printf(&sending->arena, "%s: %s", name, value) : arena_printf(&sending->arena, "%s;", name);
    struct curl_slist *longer = line ? curl_slist_append(sending->headers, line) : NULL;
    if (!longer)
        return error_no_memory(error);
    sending->headers = longer;
    return STATUS_OK;
}

static Status add_headers(const Http *http, const HttpRequest *request, Sending *sending, Error *error)
{
    const HttpSource *source = http->source;
    const char *secret = http->credential->secret;
    TRY(add_header(sending, error, "Accept-Encoding", "gzip"));
    TRY(add_header(sending, error, "Accept", request->accept ? request->accept : "*/*"));
    if (request->is_post && request->body_type)
        TRY(add_header(sending, error, "Content-Type", request->body_type));
    for (size_t i = 0; i < source->header_count; i++)
        TRY(add_header(sending, error, source->headers[i].name.data, source->headers[i].value.data));
    if (source->auth.kind == HTTP_AUTH_HEADER)
        return add_header(sending, error, source->auth.name.data, secret);
    if (source->auth.kind != HTTP_AUTH_BEARER && source->auth.kind != HTTP_AUTH_CLIENT)
        return STATUS_OK;
    const char *value = arena_printf(&sending->arena, "Bearer %s", secret);
    return value ? add_header(sending, error, "Authorization", value) : error_no_memory(error);
}

/* The secret that is a parameter goes into the form, or else into the address. */
static Status add_parameter(const Http *http, const HttpRequest *request, Sending *sending, Error *error)
{
    const HttpSource *source = http->source;
    sending->address = request->address;
    TRY(buffer_append(&sending->body, request->body, error));
    if (source->auth.kind != HTTP_AUTH_PARAMETER)
        return STATUS_OK;
    Text secret = text_from(http->credential->secret);
    if (!request->is_form) {
        sending->address = address_with(request->address, source->auth.name, secret, &sending->arena);
        return sending->address ? STATUS_OK : error_no_memory(error);
    }
    if (sending->body.size)
        TRY(buffer_append_byte(&sending->body, '&', error));
    TRY(address_encode(source->auth.name, &sending->body, error));
    TRY(buffer_append_byte(&sending->body, '=', error));
    return address_encode(secret, &sending->body, error);
}

static void set_limits(const Http *http, const HttpRequest *request)
{
    const HttpSource *source = http->source;
    bool is_shorter = request->seconds > 0 && request->seconds < source->request;
    curl_easy_setopt(http->curl, CURLOPT_CONNECTTIMEOUT, (long)source->connect);
    curl_easy_setopt(http->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(http->curl, CURLOPT_LOW_SPEED_TIME, (long)source->stall);
    curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, (long)(is_shorter ? request->seconds : source->request));
}

/* There is no way to turn these off. */
static void set_protection(const Http *http, const char *address)
{
    CURL *curl = http->curl;
    bool is_loopback = address_is_loopback(address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_loopback ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* A proxy of the environment would see what goes to this machine in the clear. */
    if (is_loopback)
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (http->source->ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, http->source->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_request(const Http *http, const HttpRequest *request, const Sending *sending)
{
    CURL *curl = http->curl;
    curl_easy_setopt(curl, CURLOPT_URL, sending->address);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "closedloop/" CLOSEDLOOP_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    if (request->is_post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sending->body.data ? sending->body.data : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sending->body.size);
    }
    if (http->source->auth.kind == HTTP_AUTH_BASIC) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, http->source->auth.name.data);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, http->credential->secret);
    }
}

/* --- an exchange ---------------------------------------------------------------------------------------------- */

static Status distrusted(const Http *http, Error *error)
{
    error_set(error, ERROR_UNAVAILABLE, "the server's certificate is not to be trusted: %s", http->words);
    return error_hint(error, "if an authority of your own signed it, name that authority's certificate by `ca_file`");
}

/* What curl says of an exchange that failed. */
static Status explain(const Http *http, CURLcode code, Error *error)
{
    const char *words = http->words[0] ? http->words : curl_easy_strerror(code);
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return distrusted(http, error);
    case CURLE_SSL_CACERT_BADFILE:
        return error_set(error, ERROR_CONFIG, "the file of `ca_file` cannot be used: %s", words);
    case CURLE_URL_MALFORMAT:
        return error_set(error, ERROR_CONFIG, "the address cannot be used: %s", words);
    case CURLE_OUT_OF_MEMORY:
        return error_no_memory(error);
    case CURLE_PARTIAL_FILE:
        error_set(error, ERROR_UNAVAILABLE, "the answer is cut: %s", words);
        break;
    default:
        error_set(error, ERROR_UNAVAILABLE, "no answer: %s", words);
    }
    error->is_retryable = true;
    return STATUS_ERROR;
}

static Status finish_exchange(Exchange *exchange, CURLcode code, Error *error)
{
    long status = 0;
    curl_easy_getinfo(exchange->http->curl, CURLINFO_RESPONSE_CODE, &status);
    exchange->answer->status = (int)status;
    if (exchange->status == STATUS_ERROR)
        return STATUS_ERROR; /* the error says why */
    bool is_enough = exchange->status == STATUS_END;
    if (code != CURLE_OK && !is_enough)
        return explain(exchange->http, code, error);
    if (exchange->gunzip && exchange->is_good && !is_enough && gunzip_finish(exchange->gunzip, error) != STATUS_OK) {
        error_prefix(error, "the answer is cut");
        error->is_retryable = true;
        return STATUS_ERROR;
    }
    return STATUS_OK;
}

static Status exchange_once(Http *http, const HttpRequest *request, HttpTake *take, void *context, HttpAnswer *answer,
                            Error *error)
{
    cleanup(sending_done)
        Sending sending = {.arena = arena_make(REQUEST_CEILING), .body = buffer_make(REQUEST_CEILING)};
    Exchange exchange = {.http = http, .take = take, .context = context, .answer = answer, .error = error};
    TRY(add_headers(http, request, &sending, error));
    TRY(add_parameter(http, request, &sending, error));
    curl_easy_reset(http->curl);
    http->words[0] = '\0';
    buffer_clear(&answer->headers);
    answer->excerpt[0] = '\0';
    set_request(http, request, &sending);
    set_limits(http, request);
    set_protection(http, request->address);
    curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, http->words);
    curl_easy_setopt(http->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(http->curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(http->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(http->curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(http->curl, CURLOPT_NOPROGRESS, 0L);
    CURLcode code = curl_easy_perform(http->curl);
    Status status = finish_exchange(&exchange, code, error);
    gunzip_free(exchange.gunzip);
    return status;
}

static bool is_redirection(const HttpRequest *request, int status)
{
    return status == 307 || status == 308 || (!request->is_post && status >= 301 && status <= 303);
}

/* Where the server sends us on: to itself, or nowhere. */
static Status redirect(const Http *http, const HttpRequest *request, const HttpAnswer *answer, Arena *arena,
                       const char **ret_address, Error *error)
{
    const char *address;
    if (address_resolve(request->address, http_first_header(answer, "Location"), arena, &address, error) != STATUS_OK)
        return error_prefix(error, "the server sends us on (%d)", answer->status);
    if (!address_is_same_server(request->address, address)) {
        const char *place = address_place(address, arena);
        error_set(error, ERROR_DATA, "the server sends us on (%d) to another one, %.300s", answer->status,
                  place ? place : "");
        return error_hint(error, "our secret goes to no other server: if that is the right one, write it as `url`");
    }
    if (http->source->auth.kind == HTTP_AUTH_PARAMETER)
        address = address_without(address, http->source->auth.name, arena);
    *ret_address = address;
    return address ? STATUS_OK : error_no_memory(error);
}

static Status follow(Http *http, const HttpRequest *request, HttpTake *take, void *context, HttpAnswer *answer,
                     Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(REQUEST_CEILING);
    HttpRequest current = *request;
    for (int i = 0; i <= REDIRECTIONS_MAX; i++) {
        TRY(exchange_once(http, &current, take, context, answer, error));
        if (!is_redirection(request, answer->status))
            return STATUS_OK;
        TRY(redirect(http, &current, answer, &arena, &current.address, error));
    }
    return error_set(error, ERROR_DATA, "the server sends us on and on");
}

Status http_ask(Http *http, const HttpRequest *request, HttpTake *take, void *context, HttpAnswer *ret_answer,
                Error *error)
{
    *ret_answer = (HttpAnswer){.headers = buffer_make(HEADER_CEILING)};
    Status status = follow(http, request, take, context, ret_answer, error);
    credential_hide_in(http->credential, ret_answer->excerpt);
    if (status == STATUS_ERROR)
        credential_hide(http->credential, error);
    return status;
}

Status http_open(const HttpSource *source, const Credential *credential, Http **ret_http, Error *error)
{
    Http *http = calloc(1, sizeof *http);
    if (!http)
        return error_no_memory(error);
    *http = (Http){.source = source, .credential = credential};
    bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    http->curl = is_ready ? curl_easy_init() : NULL;
    http->decoded = malloc(DECODE_SIZE);
    if (!http->curl || !http->decoded) {
        http_free(http);
        return error_no_memory(error);
    }
    *ret_http = http;
    return STATUS_OK;
}

void http_free(Http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    curl_global_cleanup();
    free(http->decoded);
    free(http);
}

void http_free_pointer(Http **http)
{
    http_free(*http);
}
