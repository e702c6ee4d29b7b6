/* The secret with which requests are made, read from the environment or a file when it is needed. It never leaves the
 * process but in a request: credential_hide() takes it out of whatever a message repeats.
 *
 *     cleanup(credential_done) Credential credential = {0};
 *     TRY(credential_load(http, &credential, error));
 *     ... requests ...
 *     if (status == STATUS_ERROR)
 *         credential_hide(&credential, error);
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_CREDENTIAL_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_CREDENTIAL_H

#include "common/config/http_source.h"
#include "common/error.h"

enum { CREDENTIAL_MAX = 16 * 1024 };

typedef struct Credential {
    const HttpSource *http;
    char secret[CREDENTIAL_MAX]; /* empty: there is none */
    char place[512];             /* "the variable HUBSPOT_TOKEN", for messages */
    bool is_exposed;             /* it stands in a file that everybody may read */
} Credential;

/* Of HTTP_AUTH_CLIENT it is a token, which extract/transport/token fetches: nothing is read. White space around it, and
 * a byte order mark before it, do not count. ERROR_CONFIG for a variable or file that is not there, is empty, or holds
 * what no header can; ERROR_PERMISSION for a file that may not be read. On failure nothing is kept. */
Status credential_load(const HttpSource *http, Credential *ret_credential, Error *error);

/* Reads it again; true if it is another one now. */
bool credential_renew(Credential *credential);

/* Puts *** in place of the secret in message and hint, and in any text: as it is, percent-encoded, escaped as in JSON
 * or HTML, as basic authentication writes it, and where a text that was cut ends within it. */
void credential_hide(const Credential *credential, Error *error);
void credential_hide_in(const Credential *credential, char *text);

/* Wipes it. */
void credential_done(Credential *credential);

#endif
