#include "extract/transport/credential.h"

#include "common/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* So much of the beginning of a secret, at the end of a text that was cut, is taken for it. */
enum { CUT_MIN = 4, ESCAPE_MAX = 6 };

static Status refuse(const Credential *credential, const char *what, Error *error)
{
    error_set(error, ERROR_CONFIG, "%s %s", credential->place, what);
    return error_hint(error, "`auth` in the configuration says that the secret is there");
}

static Status take(Credential *credential, Text text, Error *error)
{
    static const Text byte_order_mark = {"\xEF\xBB\xBF", 3};
    if (text_starts_with(text, byte_order_mark))
        text = (Text){text.data + 3, text.size - 3};
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
    struct stat facts;
    credential->is_exposed = stat(path, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_mode & S_IROTH;
    cleanup(buffer_done) Buffer buffer = buffer_make(2 * CREDENTIAL_MAX);
    if (file_read_all(path, CREDENTIAL_MAX, &buffer, error) != STATUS_OK) {
        if (error->code == ERROR_NO_INPUT)
            error->code = ERROR_CONFIG;
        return error_hint(error, "`auth` in the configuration says that the secret is there");
    }
    Status status = take(credential, buffer_text(&buffer), error);
    if (buffer.data)
        explicit_bzero(buffer.data, buffer.size);
    return status;
}

Status credential_load(const HttpSource *http, Credential *ret_credential, Error *error)
{
    const HttpSecret *secret = &http->auth.secret;
    *ret_credential = (Credential){.http = http};
    if (http->auth.kind == HTTP_AUTH_NONE || http->auth.kind == HTTP_AUTH_CLIENT)
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

/* --- out of messages ------------------------------------------------------------------------------------------ */

/* The ways in which a byte may stand in what a server repeats: as it is, percent-encoded, escaped as in JSON, or as a
 * character reference of HTML. How many bytes of the text are that byte; 0: none. */
static size_t match_byte(const char *text, char byte)
{
    static const struct {
        char byte;
        const char *name;
    } names[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
    char other[4][16];
    unsigned number = (unsigned char)byte;
    snprintf(other[0], sizeof other[0], "%%%02x", number);
    snprintf(other[1], sizeof other[1], "\\u%04x", number);
    snprintf(other[2], sizeof other[2], "&#%u;", number);
    snprintf(other[3], sizeof other[3], "&#x%x;", number);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        if (strncasecmp(text, other[i], strlen(other[i])) == 0)
            return strlen(other[i]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].byte == byte && strncmp(text, names[i].name, strlen(names[i].name)) == 0)
            return strlen(names[i].name);
    if (text[0] == '\\' && text[1] == byte && byte)
        return 2;
    return text[0] == byte || (byte == ' ' && text[0] == '+') ? 1 : 0;
}

/* The text ends here, or within an escape. */
static bool is_cut(const char *text)
{
    return !*text || (strchr("%\\&", *text) && strlen(text) < ESCAPE_MAX);
}

/* How much of the text is the secret: all of it, or as much as there was room for in a text that was cut. */
static size_t match(const char *text, const char *secret)
{
    size_t at = 0;
    for (size_t i = 0; secret[i]; i++) {
        size_t size = match_byte(text + at, secret[i]);
        if (size == 0)
            return is_cut(text + at) && i >= CUT_MIN ? at + strlen(text + at) : 0;
        at += size;
    }
    return at;
}

/* The text only gets shorter: a secret of less than three characters is not looked for, it would be everywhere. */
static void hide(char *text, const char *secret)
{
    if (strlen(secret) < 3)
        return;
    for (; *text; text++) {
        size_t size = match(text, secret);
        if (size == 0)
            continue;
        memcpy(text, "***", 3);
        memmove(text + 3, text + size, strlen(text + size) + 1);
        text += 2;
    }
}

/* As HTTP's own way of sending a name and password writes them, which a server may repeat. */
static Status write_basic(const Credential *credential, Buffer *buffer, Error *error)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    cleanup(buffer_done) Buffer pair = buffer_make(2 * CREDENTIAL_MAX);
    TRY(buffer_append(&pair, credential->http->auth.name, error));
    TRY(buffer_append_byte(&pair, ':', error));
    TRY(buffer_append(&pair, text_from(credential->secret), error));
    Status status = STATUS_OK;
    for (size_t i = 0; i < pair.size && status == STATUS_OK; i += 3) {
        uint32_t bits = (uint32_t)(unsigned char)pair.data[i] << 16;
        bits |= i + 1 < pair.size ? (uint32_t)(unsigned char)pair.data[i + 1] << 8 : 0;
        bits |= i + 2 < pair.size ? (uint32_t)(unsigned char)pair.data[i + 2] : 0;
        const char group[] = {digits[bits >> 18], digits[bits >> 12 & 63],
                              i + 1 < pair.size ? digits[bits >> 6 & 63] : '=',
                              i + 2 < pair.size ? digits[bits & 63] : '='};
        status = buffer_append(buffer, (Text){group, sizeof group}, error);
    }
    explicit_bzero(pair.data, pair.size);
    return status;
}

void credential_hide_in(const Credential *credential, char *text)
{
    Error ignored;
    cleanup(buffer_done) Buffer basic = buffer_make(4 * CREDENTIAL_MAX);
    if (!credential->secret[0])
        return;
    hide(text, credential->secret);
    if (credential->http->auth.kind == HTTP_AUTH_BASIC && write_basic(credential, &basic, &ignored) == STATUS_OK)
        hide(text, basic.data);
    if (basic.data)
        explicit_bzero(basic.data, basic.size);
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
