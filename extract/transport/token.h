/* An access token by OAuth 2.0's client credentials (RFC 6749, 4.4): fetched when a request needs one, and anew when it
 * has expired or was refused. It lives in memory alone, and its client's secret goes to the server of `url` under
 * `client_credentials` and to no other.
 *
 *     cleanup(token_free_pointer) Token *token = NULL;
 *     TRY(token_open(http, &token, error));
 *     TRY(token_hold(token, 0, &credential, &retry_after, error));      // credential.secret is the token
 *     ... a request, which is refused ...
 *     token_forget(token, &credential);                                 // token_hold() fetches another one
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_TOKEN_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_TOKEN_H

#include "common/config/http_source.h"
#include "common/error.h"
#include "extract/transport/credential.h"

#include <stdint.h>

typedef struct Token Token;

/* Reads who the client is, and asks nobody yet. The source must outlive it. Errors as of credential_load(). */
Status token_open(const HttpSource *source, Token **ret_token, Error *error);

/* The client's own secret. */
const Credential *token_client(const Token *token);

/* Puts a token into the credential, unless it has one that lasts. The server has `seconds` for it, 0: as the source's
 * `timeouts` say. ERROR_PERMISSION, with the server's words, for a client that it does not take, and for an answer
 * that holds no bearer token; retryable errors as of insist_judge(), with *ret_retry_after. */
Status token_hold(Token *token, int64_t seconds, Credential *credential, int64_t *ret_retry_after, Error *error);

/* The token is of no use any more. */
void token_forget(Token *token, Credential *credential);

/* NULL is allowed. */
void token_free(Token *token);
void token_free_pointer(Token **token);

#endif
