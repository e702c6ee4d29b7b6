#include "extract/transport/credential.h"

#include "common/file.h"
#include "extract/transport/address.h"

#include <stdio.h>
#include <stdlib.h>

static Status refuse(const Credential *credential, const char *what, Error *error)
{
    error_set(error, ERROR_CONFIG, "%s %s", credential->place, what);
    return error_hint(error, "`auth` in the configuration says that the secret is there");
}

static Status take(Credential *credential, Text text, Error *error)
{
    text = text_trim(text);
    if (text.size == 0)
        return refuse(credential, "is empty", error);
    if (text.size >= sizeof credential->secret)
        return refuse(credential, "holds more than a secret", error);
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return refuse(credential, "holds more than one line", error);
    memcpy(credential->secret, text.data, text.size);
    credential->secret[text.size] = '\0';
    return STATUS_OK;
}

static Status load_variable(Credential *credential, const char *name, Error *error)
{
    snprintf(credential->place, sizeof credential->place, "the variable %.400s", name);
    const char *value = getenv(name);
    return value ? take(credential, text_from(value), error) : refuse(credential, "is not set", error);
}

static Status load_file(Credential *credential, const char *path, Error *error)
{
    snprintf(credential->place, sizeof credential->place, "the file %.400s", path);
    cleanup(buffer_done) Buffer buffer = buffer_make(2 * CREDENTIAL_MAX);
    if (file_read_all(path, CREDENTIAL_MAX, &buffer, error) != STATUS_OK) {
        if (error->code == ERROR_NO_INPUT)
            error->code = ERROR_CONFIG;
        return error_hint(error, "`auth` in the configuration says that the secret is there");
    }
    Status status = take(credential, buffer_text(&buffer), error);
    explicit_bzero(buffer.data, buffer.size);
    return status;
}

Status credential_load(const HttpSource *http, Credential *ret_credential, Error *error)
{
    const HttpSecret *secret = &http->auth.secret;
    *ret_credential = (Credential){.http = http};
    if (http->auth.kind == HTTP_AUTH_NONE)
        return STATUS_OK;
    Status status = secret->variable ? load_variable(ret_credential, secret->variable, error)
                                     : load_file(ret_credential, secret->file, error);
    if (status != STATUS_OK)
        credential_done(ret_credential);
    return status;
}

bool credential_renew(Credential *credential)
{
    Error ignored;
    Credential now;
    if (credential_load(credential->http, &now, &ignored) != STATUS_OK)
        return false;
    bool is_new = strcmp(now.secret, credential->secret) != 0;
    *credential = now;
    credential_done(&now);
    return is_new;
}

/* The text only gets shorter: a secret of less than three characters is not looked for, it would be everywhere. */
static void hide(char *text, const char *secret)
{
    size_t size = strlen(secret);
    for (char *at = text; size >= 3 && (at = strstr(at, secret)); at += 3) {
        memcpy(at, "***", 3);
        memmove(at + 3, at + size, strlen(at + size) + 1);
    }
}

void credential_hide_in(const Credential *credential, char *text)
{
    Error ignored;
    cleanup(buffer_done) Buffer encoded = buffer_make(4 * CREDENTIAL_MAX);
    if (!credential->secret[0])
        return;
    hide(text, credential->secret);
    if (address_encode(text_from(credential->secret), &encoded, &ignored) == STATUS_OK)
        hide(text, encoded.data);
}

void credential_hide(const Credential *credential, Error *error)
{
    credential_hide_in(credential, error->message);
    credential_hide_in(credential, error->hint);
}

void credential_done(Credential *credential)
{
    explicit_bzero(credential->secret, sizeof credential->secret);
}
