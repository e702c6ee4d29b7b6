#include "common/config/http_source.h"

#include "common/buffer.h"
#include "common/folder.h"
#include "common/time.h"
#include "common/zone.h"

enum { NAME_MAX_SIZE = 255, VALUE_MAX_SIZE = 1 << 16, DIGEST_CEILING = 32 << 20 };

/* --- the keys ------------------------------------------------------------------------------------------------- */

#define FIELDS(fields) fields, sizeof fields / sizeof fields[0]

static const SchemaField secret_fields[] = {
    {"env", SCHEMA_STRING, offsetof(HttpSecret, variable), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the variable of the environment that holds it"},
    {"file", SCHEMA_STRING, offsetof(HttpSecret, file), .minimum = 1, .maximum = 4096,
     .meaning = "the file that holds it, and nothing else"},
};
static const Schema secret_schema = {FIELDS(secret_fields), sizeof(HttpSecret), .has_node = true};

typedef struct HttpBasicEntry BasicEntry;
static const SchemaField basic_fields[] = {
    {"user", SCHEMA_TEXT, offsetof(BasicEntry, user), .is_required = true, .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the user's name"},
    {"password", SCHEMA_MAPPING, offsetof(BasicEntry, password), .is_required = true, .schema = &secret_schema,
     .meaning = "{env: VARIABLE} or {file: PATH}"},
};
static const Schema basic_schema = {FIELDS(basic_fields), sizeof(BasicEntry), .has_node = true};

typedef struct HttpNamedEntry NamedEntry;
static const SchemaField named_fields[] = {
    {"name", SCHEMA_TEXT, offsetof(NamedEntry, name), .is_required = true, .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the name of the header or parameter"},
    {"value", SCHEMA_MAPPING, offsetof(NamedEntry, value), .is_required = true, .schema = &secret_schema,
     .meaning = "{env: VARIABLE} or {file: PATH}"},
};
static const Schema named_schema = {FIELDS(named_fields), sizeof(NamedEntry), .has_node = true};

typedef struct HttpClientEntry ClientEntry;
static const SchemaField client_fields[] = {
    {"url", SCHEMA_TEXT, offsetof(ClientEntry, url), .is_required = true, .minimum = 1, .maximum = 8192,
     .meaning = "https://..., where tokens are given"},
    {"id", SCHEMA_ANY, offsetof(ClientEntry, id), .is_required = true,
     .meaning = "the client's id, or {env: VARIABLE} or {file: PATH}"},
    {"secret", SCHEMA_MAPPING, offsetof(ClientEntry, secret), .is_required = true, .schema = &secret_schema,
     .meaning = "{env: VARIABLE} or {file: PATH}"},
    {"scope", SCHEMA_TEXT, offsetof(ClientEntry, scope), .minimum = 1, .maximum = 4096,
     .meaning = "what the token is to be good for, if the server wants to know"},
};
static const Schema client_schema = {FIELDS(client_fields), sizeof(ClientEntry), .has_node = true};

typedef struct HttpAuthEntry AuthEntry;
static const SchemaField auth_fields[] = {
    {"bearer", SCHEMA_MAPPING, offsetof(AuthEntry, bearer), .schema = &secret_schema,
     .meaning = "a token: {env: VARIABLE} or {file: PATH}"},
    {"basic", SCHEMA_MAPPING, offsetof(AuthEntry, basic), .schema = &basic_schema,
     .meaning = "{user: NAME, password: {env: VARIABLE}}"},
    {"header", SCHEMA_MAPPING, offsetof(AuthEntry, header), .schema = &named_schema,
     .meaning = "{name: HEADER, value: {env: VARIABLE}}"},
    {"parameter", SCHEMA_MAPPING, offsetof(AuthEntry, parameter), .schema = &named_schema,
     .meaning = "{name: PARAMETER, value: {env: VARIABLE}}"},
    {"client_credentials", SCHEMA_MAPPING, offsetof(AuthEntry, client), .schema = &client_schema,
     .meaning = "{url: https://..., id: ID, secret: {env: VARIABLE}, scope: SCOPE}: OAuth 2.0"},
};
static const Schema auth_schema = {FIELDS(auth_fields), sizeof(AuthEntry), .has_node = true};

typedef struct HttpPagingEntry PagingEntry;
static const SchemaField paging_fields[] = {
    {"cursor", SCHEMA_TEXT, offsetof(PagingEntry, cursor), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the path in the body of what the parameter is to say for the next page"},
    {"offset", SCHEMA_TEXT, offsetof(PagingEntry, offset), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the parameter that says how many records to pass over"},
    {"page", SCHEMA_TEXT, offsetof(PagingEntry, number), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the parameter that says which page, from 1"},
    {"link", SCHEMA_TEXT, offsetof(PagingEntry, link), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the relation of the Link header that leads on, such as next"},
    {"next", SCHEMA_TEXT, offsetof(PagingEntry, next), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the path in the body of the next page's address"},
    {"locator", SCHEMA_TEXT, offsetof(PagingEntry, locator), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the header with what the parameter is to say for the next page"},
    {"parameter", SCHEMA_TEXT, offsetof(PagingEntry, parameter), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the parameter that takes the cursor or locator"},
    {"more", SCHEMA_TEXT, offsetof(PagingEntry, more), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the path in the body of true or false: whether there are more pages"},
};
static const Schema paging_schema = {FIELDS(paging_fields), sizeof(PagingEntry), .has_node = true};

typedef struct HttpSinceEntry SinceEntry;
static const SchemaName since_formats[] = {
    {"iso", HTTP_TIME_ISO}, {"epoch", HTTP_TIME_EPOCH}, {"epoch_ms", HTTP_TIME_EPOCH_MS}, {NULL, 0}};
static const SchemaField since_fields[] = {
    {"parameter", SCHEMA_TEXT, offsetof(SinceEntry, parameter), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the parameter that takes the time; else write {since} where it belongs"},
    {"format", SCHEMA_ENUM, offsetof(SinceEntry, format), .default_text = "iso", .names = since_formats,
     .meaning = "how the time is written: iso, epoch or epoch_ms"},
    {"overlap", SCHEMA_DURATION, offsetof(SinceEntry, overlap), .default_text = "1h", .maximum = 366 * 86400,
     .meaning = "how much before the last reading to begin"},
    {"start", SCHEMA_TEXT, offsetof(SinceEntry, start), .minimum = 1, .maximum = 64,
     .meaning = "where a first reading begins, such as 2024-01-01"},
};
static const Schema since_schema = {FIELDS(since_fields), sizeof(SinceEntry), .has_node = true};

typedef struct HttpJobEntry JobEntry;
static const SchemaField job_fields[] = {
    {"soql", SCHEMA_TEXT, offsetof(JobEntry, soql), .is_required = true, .minimum = 1, .maximum = 100000,
     .meaning = "the query of a job of Salesforce's Bulk API 2.0"},
    {"deleted", SCHEMA_BOOL, offsetof(JobEntry, with_deleted), .default_text = "false",
     .meaning = "true: deleted and archived records too (queryAll)"},
    {"within", SCHEMA_DURATION, offsetof(JobEntry, within), .default_text = "2h", .minimum = 1, .maximum = 86400,
     .meaning = "how long the server may take for it"},
};
static const Schema job_schema = {FIELDS(job_fields), sizeof(JobEntry), .has_node = true};

typedef struct HttpTimeoutEntry TimeoutEntry;
static const SchemaField timeout_fields[] = {
    {"connect", SCHEMA_DURATION, offsetof(TimeoutEntry, connect), .default_text = "15s", .minimum = 1, .maximum = 3600,
     .meaning = "until there is a connection"},
    {"stall", SCHEMA_DURATION, offsetof(TimeoutEntry, stall), .default_text = "2m", .minimum = 1, .maximum = 3600,
     .meaning = "without a byte"},
    {"request", SCHEMA_DURATION, offsetof(TimeoutEntry, request), .default_text = "15m", .minimum = 1, .maximum = 86400,
     .meaning = "for one request"},
};
static const Schema timeout_schema = {FIELDS(timeout_fields), sizeof(TimeoutEntry), .has_node = false};

typedef struct HttpRetryEntry RetryEntry;
static const SchemaField retry_fields[] = {
    {"attempts", SCHEMA_INTEGER, offsetof(RetryEntry, attempts), .default_text = "6", .minimum = 1, .maximum = 100,
     .meaning = "how often a request is tried"},
    {"within", SCHEMA_DURATION, offsetof(RetryEntry, within), .default_text = "6h", .minimum = 1, .maximum = 7 * 86400,
     .meaning = "how long a reading of all pages may take, waiting included"},
};
static const Schema retry_schema = {FIELDS(retry_fields), sizeof(RetryEntry), .has_node = false};

static const SchemaName methods[] = {{"GET", false}, {"POST", true}, {NULL, 0}};
static const SchemaField http_fields[] = {
    {"url", SCHEMA_TEXT, offsetof(HttpEntry, url), .is_required = true, .minimum = 1, .maximum = 8192,
     .meaning = "https://..., or http:// to this machine"},
    {"method", SCHEMA_ENUM, offsetof(HttpEntry, method), .default_text = "GET", .names = methods,
     .meaning = "GET, or POST for an API that wants its questions in the body"},
    {"body", SCHEMA_TEXT, offsetof(HttpEntry, body), .minimum = 1, .maximum = VALUE_MAX_SIZE,
     .meaning = "of a POST; without one its parameters are sent as a form"},
    {"headers", SCHEMA_TEXT_MAPPING, offsetof(HttpEntry, headers), .maximum = 64,
     .meaning = "further headers; what is secret belongs under auth"},
    {"parameters", SCHEMA_TEXT_MAPPING, offsetof(HttpEntry, parameters), .maximum = 256,
     .meaning = "of the query; what is secret belongs under auth"},
    {"auth", SCHEMA_MAPPING, offsetof(HttpEntry, auth), .schema = &auth_schema,
     .meaning = "bearer, basic, header, parameter or client_credentials"},
    {"paging", SCHEMA_MAPPING, offsetof(HttpEntry, paging), .schema = &paging_schema,
     .meaning = "how a page tells where the next one is: cursor, offset, page, link, next or locator"},
    {"since", SCHEMA_MAPPING, offsetof(HttpEntry, since), .schema = &since_schema,
     .meaning = "asks for what is new since the last reading"},
    {"job", SCHEMA_MAPPING, offsetof(HttpEntry, job), .schema = &job_schema,
     .meaning = "a query job of Salesforce's Bulk API 2.0, whose results are the pages"},
    {"error", SCHEMA_TEXT, offsetof(HttpEntry, error), .minimum = 1, .maximum = NAME_MAX_SIZE,
     .meaning = "the path in the body of what says that the answer is an error, whatever its status"},
    {"timeouts", SCHEMA_MAPPING, offsetof(HttpEntry, timeouts), .schema = &timeout_schema,
     .meaning = "connect, stall, request"},
    {"retries", SCHEMA_MAPPING, offsetof(HttpEntry, retries), .schema = &retry_schema, .meaning = "attempts, within"},
    {"ceiling", SCHEMA_SIZE, offsetof(HttpEntry, ceiling), .default_text = "256MiB", .minimum = 1,
     .maximum = (int64_t)16 << 30, .meaning = "the most bytes that one page may have"},
    {"ca_file", SCHEMA_STRING, offsetof(HttpEntry, ca_file), .minimum = 1, .maximum = 4096,
     .meaning = "certificates of the authorities to trust in place of the system's"},
};
const Schema http_schema = {FIELDS(http_fields), sizeof(HttpEntry), .has_node = true};

/* --- addresses ------------------------------------------------------------------------------------------------ */

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* What stands between :// and the path. */
static Text authority_of(Text url, size_t scheme_size)
{
    size_t end = scheme_size;
    while (end < url.size && !strchr("/?#", url.data[end]))
        end++;
    return (Text){url.data + scheme_size, end - scheme_size};
}

/* What a name of this machine may be; a name that a resolver would be asked for is none. */
static bool is_loopback(Text authority)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        Text host = text_from(hosts[i]);
        if (text_starts_with(authority, host) && (authority.size == host.size || authority.data[host.size] == ':'))
            return true;
    }
    return false;
}

static Status check_url(const YamlNode *node, Text url, Error *error)
{
    for (size_t i = 0; i < url.size; i++)
        if ((unsigned char)url.data[i] <= ' ' || (unsigned char)url.data[i] >= 0x7f || url.data[i] == '#')
            return yaml_error(node, error,
                              "an address holds no blanks, no fragment and nothing but ASCII: write %%20 "
                              "and the like");
    bool is_https = text_starts_with(url, TEXT("https://")), is_http = text_starts_with(url, TEXT("http://"));
    Text authority = is_https || is_http ? authority_of(url, is_https ? 8 : 7) : TEXT("");
    if (authority.size == 0)
        return yaml_error(node, error, "'url' must be https://HOST/..., not %s", yaml_describe(node).text);
    if (text_find(authority, '@') < authority.size)
        return yaml_error(node, error, "an address holds no name and password: they belong under 'auth'");
    if (is_http && !is_loopback(authority))
        return yaml_error(node, error,
                          "http is for servers on this machine alone: everybody on the way could read "
                          "along; write https");
    return STATUS_OK;
}

/* --- authentication ------------------------------------------------------------------------------------------- */

static bool is_token(Text name)
{
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] <= ' ' || (unsigned char)name.data[i] >= 0x7f ||
            strchr("()<>@,;:\\\"/[]?={}", name.data[i]))
            return false;
    return name.size > 0;
}

static bool is_line(Text value)
{
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] < ' ' || value.data[i] == 0x7f)
            return false;
    return true;
}

static Status take_secret(HttpSecret secret, const char *folder, Arena *arena, HttpSecret *ret_secret, Error *error)
{
    if (!secret.variable == !secret.file)
        return yaml_error(secret.node, error, "a secret comes from either {env: VARIABLE} or {file: PATH}");
    if (secret.file && !(secret.file = path_join(arena, folder, secret.file)))
        return no_room(secret.node, error);
    *ret_secret = secret;
    return STATUS_OK;
}

static Status take_client(const ClientEntry *client, const char *folder, Arena *arena, HttpSource *http, Error *error)
{
    HttpSecret id = {.node = client->id};
    TRY(check_url(yaml_get(client->node, "url"), client->url, error));
    http->auth.client.url = client->url;
    http->auth.client.scope = client->scope;
    if (client->id->kind == YAML_SCALAR) {
        http->auth.client.id = client->id->value;
        return client->id->value.size ? STATUS_OK : yaml_error(client->id, error, "the client's id is empty");
    }
    TRY(schema_check(&secret_schema, client->id, arena, &id, error));
    return take_secret(id, folder, arena, &http->auth.client.id_secret, error);
}

static const char one_of_auth[] = "'auth' takes one of bearer, basic, header, parameter and client_credentials";

static Status take_auth(const HttpEntry *entry, const char *folder, Arena *arena, HttpSource *http, Error *error)
{
    const AuthEntry *auth = &entry->auth;
    const struct {
        const YamlNode *node;
        HttpAuth kind;
        Text name;
        HttpSecret secret;
    } choices[] = {
        {auth->bearer.node, HTTP_AUTH_BEARER, TEXT_NULL, auth->bearer},
        {auth->basic.node, HTTP_AUTH_BASIC, auth->basic.user, auth->basic.password},
        {auth->header.node, HTTP_AUTH_HEADER, auth->header.name, auth->header.value},
        {auth->parameter.node, HTTP_AUTH_PARAMETER, auth->parameter.name, auth->parameter.value},
        {auth->client.node, HTTP_AUTH_CLIENT, TEXT_NULL, auth->client.secret},
    };
    if (!auth->node)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (!choices[i].node)
            continue;
        if (http->auth.kind)
            return yaml_error(choices[i].node->key, error, "%s", one_of_auth);
        http->auth.kind = choices[i].kind;
        http->auth.name = choices[i].name;
        TRY(take_secret(choices[i].secret, folder, arena, &http->auth.secret, error));
    }
    if (!http->auth.kind)
        return yaml_error(auth->node, error, "%s", one_of_auth);
    if (http->auth.kind == HTTP_AUTH_CLIENT)
        TRY(take_client(&auth->client, folder, arena, http, error));
    if (http->auth.kind == HTTP_AUTH_HEADER && !is_token(http->auth.name))
        return yaml_error(auth->header.node, error, "'%s' is no name of a header", http->auth.name.data);
    if (http->auth.kind == HTTP_AUTH_BASIC && text_find(http->auth.name, ':') < http->auth.name.size)
        return yaml_error(auth->basic.node, error, "the name of a user holds no colon");
    return STATUS_OK;
}

/* --- what is asked -------------------------------------------------------------------------------------------- */

static Status take_headers(const HttpEntry *entry, HttpSource *http, Error *error)
{
    static const char *const secrets[] = {"authorization", "proxy-authorization", "cookie"};
    static const char *const ours[] = {"host", "content-length", "transfer-encoding", "accept-encoding", "connection"};
    for (size_t i = 0; i < entry->headers.count; i++) {
        const SchemaPair *pair = &entry->headers.items[i];
        if (!is_token(pair->name) || !is_line(pair->value))
            return yaml_error(pair->node->key, error, "'%s' is no header", pair->name.data);
        for (size_t k = 0; k < sizeof secrets / sizeof secrets[0]; k++)
            if (text_is_ignore_case(pair->name, secrets[k]))
                return yaml_error(pair->node->key, error,
                                  "what is secret belongs under 'auth', which takes it from "
                                  "the environment or a file");
        for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++)
            if (text_is_ignore_case(pair->name, ours[k]))
                return yaml_error(pair->node->key, error, "the header '%s' is not for a configuration to set",
                                  pair->name.data);
    }
    http->headers = entry->headers.items;
    http->header_count = entry->headers.count;
    return STATUS_OK;
}

static Status take_request(const HttpEntry *entry, HttpSource *http, Error *error)
{
    http->url = entry->url;
    http->is_post = entry->method;
    http->body = entry->body;
    http->parameters = entry->parameters.items;
    http->parameter_count = entry->parameters.count;
    http->error = entry->error;
    TRY(check_url(yaml_get(entry->node, "url"), entry->url, error));
    if (!text_is_null(entry->body) && !http->is_post)
        return yaml_error(yaml_get(entry->node, "body")->key, error, "'body' is for method POST");
    for (size_t i = 0; i < http->parameter_count; i++)
        if (http->auth.kind == HTTP_AUTH_PARAMETER && text_equal(http->parameters[i].name, http->auth.name))
            return yaml_error(http->parameters[i].node->key, error, "'%s' is given under 'auth' too",
                              http->auth.name.data);
    return take_headers(entry, http, error);
}

static Status take_paging(const HttpEntry *entry, SourceFormat format, HttpSource *http, Error *error)
{
    const PagingEntry *paging = &entry->paging;
    const struct {
        Text value;
        HttpPaging kind;
    } choices[] = {
        {paging->cursor, HTTP_PAGING_CURSOR}, {paging->offset, HTTP_PAGING_OFFSET},
        {paging->number, HTTP_PAGING_NUMBER}, {paging->link, HTTP_PAGING_LINK},
        {paging->next, HTTP_PAGING_NEXT},     {paging->locator, HTTP_PAGING_LOCATOR},
    };
    if (!paging->node) {
        http->paging.kind = format == FORMAT_SITEMAP ? HTTP_PAGING_SITEMAPS : HTTP_PAGING_NONE;
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (text_is_null(choices[i].value))
            continue;
        if (http->paging.kind)
            return yaml_error(paging->node, error,
                              "'paging' takes one of cursor, offset, page, link, next and locator");
        http->paging.kind = choices[i].kind;
        http->paging.from = choices[i].value;
    }
    http->paging.parameter = paging->parameter;
    http->paging.more = paging->more;
    bool counts = http->paging.kind == HTTP_PAGING_OFFSET || http->paging.kind == HTTP_PAGING_NUMBER;
    bool takes_value = http->paging.kind == HTTP_PAGING_CURSOR || http->paging.kind == HTTP_PAGING_LOCATOR;
    bool reads_body = http->paging.kind == HTTP_PAGING_CURSOR || http->paging.kind == HTTP_PAGING_NEXT || counts;
    if (!http->paging.kind)
        return yaml_error(paging->node, error, "'paging' takes one of cursor, offset, page, link, next and locator");
    if (takes_value == text_is_null(paging->parameter))
        return yaml_error(paging->node, error, "'parameter' goes with cursor and locator, and they with it");
    if (!text_is_null(paging->more) && (!reads_body || format != FORMAT_JSON))
        return yaml_error(yaml_get(paging->node, "more")->key, error,
                          "'more' looks into a body of json, and is for cursor, offset and page");
    if (reads_body && format != FORMAT_JSON && !(counts && format == FORMAT_XML))
        return yaml_error(paging->node, error,
                          "this paging looks into the body, which must be json%s; link and locator are for any format",
                          counts ? " or xml" : "");
    if (counts)
        http->paging.parameter = http->paging.from;
    return STATUS_OK;
}

/* --- what is new ---------------------------------------------------------------------------------------------- */

static bool holds_since(Text text)
{
    static const char mark[] = "{since}";
    return !text_is_null(text) && memmem(text.data, text.size, mark, sizeof mark - 1);
}

static bool has_mark(const HttpEntry *entry)
{
    for (size_t i = 0; i < entry->parameters.count; i++)
        if (holds_since(entry->parameters.items[i].value))
            return true;
    return holds_since(entry->body) || holds_since(entry->job.soql);
}

/* A date is its beginning, in UTC. */
static Status take_start(const SinceEntry *since, HttpSource *http, Error *error)
{
    TimeReading reading;
    cleanup(zone_free_pointer) Zone *zone = NULL;
    TRY(zone_load(TEXT("UTC"), NULL, &zone, error));
    bool is_time = time_parse_iso(since->start, &reading);
    reading.has_time = true;
    if (!is_time || !time_from_reading(&reading, zone, zone, &http->since.start))
        return yaml_error(yaml_get(since->node, "start"), error, "'start' must be a time such as 2024-01-01, not '%s'",
                          since->start.data);
    http->since.has_start = true;
    return STATUS_OK;
}

static Status take_since(const HttpEntry *entry, SourceMode mode, HttpSource *http, Error *error)
{
    const SinceEntry *since = &entry->since;
    if (!since->node)
        return has_mark(entry) ? yaml_error(entry->node, error, "{since} needs the key 'since'") : STATUS_OK;
    if (mode == MODE_SNAPSHOT)
        return yaml_error(since->node->key, error,
                          "'since' leaves out what is old, and a snapshot deletes what is "
                          "left out");
    if (text_is_null(since->parameter) == !has_mark(entry))
        return yaml_error(since->node, error, "'since' needs either 'parameter' or {since} in a parameter or the body");
    http->since.is_given = true;
    http->since.parameter = since->parameter;
    http->since.format = (HttpTime)since->format;
    http->since.overlap = since->overlap;
    return text_is_null(since->start) ? STATUS_OK : take_start(since, http, error);
}

static Status take_job(const HttpEntry *entry, SourceFormat format, HttpSource *http, Error *error)
{
    if (!entry->job.node)
        return STATUS_OK;
    const YamlNode *node = entry->job.node->key;
    if (format != FORMAT_CSV)
        return yaml_error(node, error, "the results of a job are csv");
    if (http->is_post || entry->paging.node)
        return yaml_error(node, error, "a job knows its own method and paging");
    if (text_find(entry->url, '?') < entry->url.size)
        return yaml_error(yaml_get(entry->node, "url"), error, "the address of jobs holds no parameters");
    http->job.soql = entry->job.soql;
    http->job.with_deleted = entry->job.with_deleted;
    http->job.within = entry->job.within;
    http->paging.kind = HTTP_PAGING_LOCATOR;
    http->paging.from = TEXT("Sforce-Locator");
    http->paging.parameter = TEXT("locator");
    return STATUS_OK;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

/* Each value behind its length, so that no two contents look alike. */
static Status add(Buffer *content, Text text, Error *error)
{
    TRY(buffer_printf(content, error, "%lld:", text_is_null(text) ? -1LL : (long long)text.size));
    return buffer_append(content, text, error);
}

static Status add_pairs(Buffer *content, const SchemaPair *pairs, size_t count, Error *error)
{
    TRY(buffer_printf(content, error, "%zu:", count));
    for (size_t i = 0; i < count; i++) {
        TRY(add(content, pairs[i].name, error));
        TRY(add(content, pairs[i].value, error));
    }
    return STATUS_OK;
}

/* Not how long to wait, whom to trust and who we are: what is asked for. */
static Status take_digest(HttpSource *http, Error *error)
{
    const Text texts[] = {
        http->url,     http->body, http->paging.from, http->paging.parameter, http->paging.more, http->since.parameter,
        http->job.soql};
    cleanup(buffer_done) Buffer content = buffer_make(DIGEST_CEILING);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        TRY(add(&content, texts[i], error));
    TRY(add_pairs(&content, http->headers, http->header_count, error));
    TRY(add_pairs(&content, http->parameters, http->parameter_count, error));
    TRY(buffer_printf(&content, error, "%d %d %d %d %d %lld %d", http->is_post, (int)http->paging.kind,
                      http->since.is_given, (int)http->since.format, http->since.has_start,
                      (long long)http->since.start, http->job.with_deleted));
    Text all = buffer_text(&content);
    http->digest = key_of(TEXT("http"), &all, 1);
    return STATUS_OK;
}

Status http_source_make(const HttpEntry *entry, const char *folder, SourceFormat format, SourceMode mode, Arena *arena,
                        const HttpSource **ret_http, Error *error)
{
    HttpSource *http = arena_allocate(arena, sizeof *http);
    if (!http)
        return no_room(entry->node, error);
    TRY(take_auth(entry, folder, arena, http, error));
    TRY(take_request(entry, http, error));
    TRY(take_paging(entry, format, http, error));
    TRY(take_job(entry, format, http, error));
    TRY(take_since(entry, mode, http, error));
    http->connect = entry->timeouts.connect;
    http->stall = entry->timeouts.stall;
    http->request = entry->timeouts.request;
    http->attempts = entry->retries.attempts;
    http->within = entry->retries.within;
    http->ceiling = entry->ceiling;
    if (entry->ca_file && !(http->ca_file = path_join(arena, folder, entry->ca_file)))
        return no_room(entry->node, error);
    TRY(take_digest(http, error));
    *ret_http = http;
    return STATUS_OK;
}
