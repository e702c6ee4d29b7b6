/* A request made until it is answered, or until there is no hope: what an answer means, and when to ask again.
 *
 *     Insister insister = {.http = http, .credential = &credential, .patience = patience_make(6, 3600)};
 *     TRY(insist(&insister, &request, &(InsistWork){.begin = ..., .take = ..., .end = ..., .context = page}, error));
 *
 * ERROR_PERMISSION, naming the variable or file, for a credential that is not accepted (401, 403); ERROR_BUSY for a
 * rate limit (429) and ERROR_UNAVAILABLE for a server in trouble that outlasted our patience; ERROR_NO_INPUT (404, 410)
 * and ERROR_CONFIG (other 4xx) for a request that will never do.
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_INSIST_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_INSIST_H

#include "common/error.h"
#include "extract/transport/credential.h"
#include "extract/transport/http.h"
#include "extract/transport/patience.h"
#include "extract/transport/token.h"

typedef struct Insister {
    Http *http;
    Credential *credential;
    Token *token; /* that the credential holds; NULL: it is read, not fetched */
    Patience patience;
    void (*waits)(void *context, const Error *error, int64_t milliseconds); /* NULL: nobody wants to know */
    void *context;
} Insister;

/* What becomes of a body. Each attempt begins anew; a retryable error of `end` is a reason to ask again. */
typedef struct InsistWork {
    Status (*begin)(void *context, Error *error);
    HttpTake *take;
    Status (*end)(void *context, const HttpAnswer *answer, Error *error);
    void *context;
} InsistWork;

Status insist(Insister *insister, const HttpRequest *request, const InsistWork *work, Error *error);

/* What an answer that is no 2xx means; *ret_retry_after is what it asks for in seconds, -1 if nothing. */
Status insist_judge(const HttpAnswer *answer, const Credential *credential, int64_t *ret_retry_after, Error *error);

#endif
