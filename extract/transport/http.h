/* One request and its answer, by libcurl: the only module that sends anything by HTTP.
 *
 *     cleanup(http_free_pointer) Http *http = NULL;
 *     TRY(http_open(source->http, &credential, &http, error));
 *     HttpAnswer answer;
 *     TRY(http_ask(http, &(HttpRequest){.address = address}, write_page, &writer, &answer, error));
 *     if (answer.status / 100 != 2)
 *         ... answer.excerpt says why ...
 *
 * Certificates are always checked. The secret goes to the server of the source's url and to no other: a redirection is
 * followed there alone. Nothing that this module says holds the secret. Whether to ask again is the caller's business.
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_HTTP_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_HTTP_H

#include "common/buffer.h"
#include "common/config/http_source.h"
#include "common/error.h"
#include "extract/transport/credential.h"

enum { HTTP_EXCERPT_SIZE = 2048 };

typedef struct Http Http;

typedef struct HttpRequest {
    const char *address; /* absolute, without the secret */
    bool is_post;
    bool is_form; /* the body is one of parameters, and a secret that is a parameter goes there */
    Text body;
    const char *body_type; /* of the body, such as application/json */
    const char *accept;    /* NULL: anything */
    int64_t seconds;       /* the request must be done within, 0: the source's limit alone */
} HttpRequest;

typedef struct HttpAnswer {
    int status;
    Buffer headers;                  /* lines "name: value" */
    char excerpt[HTTP_EXCERPT_SIZE]; /* of a body that came with no 2xx: its beginning */
} HttpAnswer;

/* Takes the bytes of a body that came with a 2xx, decoded, piece after piece. */
typedef Status HttpTake(void *context, Text bytes, Error *error);

/* Source and credential must outlive it; the credential may change between requests. */
Status http_open(const HttpSource *source, const Credential *credential, Http **ret_http, Error *error);

/* STATUS_OK for any whole answer. error->is_retryable says whether asking again may help: not to be reached, cut,
 * damaged, too slow. ERROR_DATA for a body past the source's ceiling and for a redirection that leads elsewhere. The
 * answer is to be given to http_answer_done(), also after a failure. */
Status http_ask(Http *http, const HttpRequest *request, HttpTake *take, void *context, HttpAnswer *ret_answer,
                Error *error);

/* The value of a header, from line *at on, which moves behind it; false if there is none. */
bool http_header(const HttpAnswer *answer, const char *name, size_t *at, Text *ret_value);

/* The value of its first; absent if there is none. */
Text http_first_header(const HttpAnswer *answer, const char *name);

void http_answer_done(HttpAnswer *answer);

/* NULL is allowed. */
void http_free(Http *http);
void http_free_pointer(Http **http);

#endif
