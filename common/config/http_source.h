/* What a source says under `http`: requests whose pages are its input, in place of files. A part of common/source;
 * others read the HttpSource that it makes.
 *
 *     {"http", SCHEMA_MAPPING, offsetof(SourceEntry, http), .schema = &http_schema}
 *
 *     TRY(http_source_make(&entry->http, folder, format, mode, arena, &source->http, error));
 *
 * It knows what may be said, and nothing of how requests are made: that is extract's.
 */
#ifndef CLOSEDLOOP_COMMON_HTTP_SOURCE_H
#define CLOSEDLOOP_COMMON_HTTP_SOURCE_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/schema.h"
#include "common/error.h"
#include "common/hash.h"

#include <stdint.h>

/* Where a secret is read when it is needed: a variable of the environment or a file; never the configuration. */
typedef struct HttpSecret {
    const YamlNode *node;
    const char *variable;
    const char *file; /* absolute */
} HttpSecret;

typedef enum HttpAuth {
    HTTP_AUTH_NONE,
    HTTP_AUTH_BEARER,
    HTTP_AUTH_BASIC,     /* name is the user, the secret its password */
    HTTP_AUTH_HEADER,    /* name is the header's */
    HTTP_AUTH_PARAMETER, /* name is the parameter's */
    HTTP_AUTH_CLIENT,    /* a bearer token that `client` fetches: the secret is the client's */
} HttpAuth;

/* How a page tells where the next one is. */
typedef enum HttpPaging {
    HTTP_PAGING_NONE,     /* there is one page */
    HTTP_PAGING_CURSOR,   /* a value in the body, which the parameter takes */
    HTTP_PAGING_OFFSET,   /* the parameter counts records, from 0 */
    HTTP_PAGING_NUMBER,   /* the parameter counts pages, from 1 */
    HTTP_PAGING_LINK,     /* the header Link, by its relation */
    HTTP_PAGING_NEXT,     /* an address in the body */
    HTTP_PAGING_LOCATOR,  /* a header, whose value the parameter takes */
    HTTP_PAGING_SITEMAPS, /* what indexes of sitemaps list: of the format sitemap, unless another is given */
} HttpPaging;

typedef enum HttpTime { HTTP_TIME_ISO, HTTP_TIME_EPOCH, HTTP_TIME_EPOCH_MS } HttpTime;

struct HttpSource {
    Text url;
    bool is_post;
    Text body; /* of a POST; absent: its parameters are sent as a form */
    const SchemaPair *headers, *parameters;
    size_t header_count, parameter_count;
    struct {
        HttpAuth kind;
        Text name;
        HttpSecret secret;
        struct {
            Text url;             /* where tokens are given */
            Text id;              /* absent: it is read from id_secret */
            HttpSecret id_secret; /* no secret, but read as one */
            Text scope;           /* absent: none */
        } client;
    } auth;
    struct {
        HttpPaging kind;
        Text from; /* the path in the body, the header, the relation */
        Text parameter;
        Text more; /* path of a boolean in the body: false on the last page; absent: what leads on tells, or an empty
                      page */
    } paging;
    struct {
        bool is_given;
        Text parameter; /* absent: it stands as {since} somewhere */
        HttpTime format;
        int64_t overlap; /* seconds */
        bool has_start;
        int64_t start; /* of a first reading, microseconds since 1970; without one the parameter is left out */
    } since;
    struct {
        Text soql; /* a query job of Salesforce's Bulk API 2.0; absent: none */
        bool with_deleted;
        int64_t within; /* seconds that the server may take for it */
    } job;
    Text error;                      /* path in the body: something there says that the page is none */
    int64_t connect, stall, request; /* seconds: to connect, without a byte, for a request */
    int64_t attempts, within;        /* of a request; seconds for all pages */
    int64_t ceiling;                 /* bytes of a page, decoded */
    const char *ca_file;             /* absolute; NULL: the authorities that the system trusts */
    Key digest;                      /* over what decides what the pages hold */
};

/* The keys as they stand in the file. */
typedef struct HttpEntry {
    const YamlNode *node;
    Text url, body, error;
    int method;
    SchemaPairs headers, parameters;
    struct HttpAuthEntry {
        const YamlNode *node;
        HttpSecret bearer;
        struct HttpBasicEntry {
            const YamlNode *node;
            Text user;
            HttpSecret password;
        } basic;
        struct HttpNamedEntry {
            const YamlNode *node;
            Text name;
            HttpSecret value;
        } header, parameter;
        struct HttpClientEntry {
            const YamlNode *node;
            Text url, scope;
            const YamlNode *id;
            HttpSecret secret;
        } client;
    } auth;
    struct HttpPagingEntry {
        const YamlNode *node;
        Text cursor, offset, number, link, next, locator, parameter, more;
    } paging;
    struct HttpSinceEntry {
        const YamlNode *node;
        Text parameter, start;
        int format;
        int64_t overlap;
    } since;
    struct HttpJobEntry {
        const YamlNode *node;
        Text soql;
        bool with_deleted;
        int64_t within;
    } job;
    struct HttpTimeoutEntry {
        int64_t connect, stall, request;
    } timeouts;
    struct HttpRetryEntry {
        int64_t attempts, within;
    } retries;
    int64_t ceiling;
    const char *ca_file;
} HttpEntry;

extern const Schema http_schema;

/* The strict check of an entry, and what it says; relative paths are relative to the folder. */
Status http_source_make(const HttpEntry *entry, const char *folder, SourceFormat format, SourceMode mode, Arena *arena,
                        const HttpSource **ret_http, Error *error);

#endif
