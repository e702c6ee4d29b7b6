/* What a source may say under http. */
#include "common/config/http_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define URL "url: https://api.example/deals\n"

static Status check(const char *content, SourceFormat format, SourceMode mode, Arena *arena, const HttpSource **http,
                    Error *error)
{
    const YamlNode *root;
    HttpEntry entry;
    TRY(yaml_parse(text_from(content), "x", arena, &root, error));
    TRY(schema_check(&http_schema, root, arena, &entry, error));
    return http_source_make(&entry, "/etc/closedloop", format, mode, arena, http, error);
}

static const HttpSource *make(const char *content, Arena *arena)
{
    Error error = ERROR_INIT;
    const HttpSource *http = NULL;
    Status status = check(content, FORMAT_JSON, MODE_APPEND, arena, &http, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, STATUS_OK);
    return http;
}

static void assert_refused_as(const char *content, SourceFormat format, SourceMode mode, const char *message)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Error error = ERROR_INIT;
    const HttpSource *http = NULL;
    assert_int_equal(check(content, format, mode, &arena, &http, &error), STATUS_ERROR);
    assert_null(http);
    assert_int_equal(error.code, ERROR_CONFIG);
    assert_string_equal(error.message, message);
}

static void assert_refused(const char *content, const char *message)
{
    assert_refused_as(content, FORMAT_JSON, MODE_APPEND, message);
}

static void has_defaults(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const HttpSource *http = make(URL, &arena);
    assert_true(text_is(http->url, "https://api.example/deals"));
    assert_false(http->is_post);
    assert_int_equal(http->auth.kind, HTTP_AUTH_NONE);
    assert_int_equal(http->paging.kind, HTTP_PAGING_NONE);
    assert_false(http->since.is_given);
    assert_true(text_is_null(http->job.soql));
    assert_int_equal(http->connect, 15);
    assert_int_equal(http->stall, 120);
    assert_int_equal(http->request, 900);
    assert_int_equal(http->attempts, 6);
    assert_int_equal(http->within, 6 * 3600);
    assert_int_equal(http->ceiling, 256 << 20);
    assert_null(http->ca_file);
}

static void takes_what_is_said(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const HttpSource *http = make("url: http://127.0.0.1:8080/x?y=z\nmethod: POST\nbody: '{since}'\nca_file: ca.pem\n"
                                  "auth: {basic: {user: me, password: {file: secret}}}\n"
                                  "paging: {offset: start, more: a.b}\n"
                                  "since: {format: epoch_ms, overlap: 2d, start: 2026-02-01}\n",
                                  &arena);
    assert_true(http->is_post);
    assert_string_equal(http->ca_file, "/etc/closedloop/ca.pem");
    assert_int_equal(http->auth.kind, HTTP_AUTH_BASIC);
    assert_true(text_is(http->auth.name, "me"));
    assert_string_equal(http->auth.secret.file, "/etc/closedloop/secret");
    assert_int_equal(http->paging.kind, HTTP_PAGING_OFFSET);
    assert_true(text_is(http->paging.parameter, "start"));
    assert_true(text_is(http->paging.more, "a.b"));
    assert_true(http->since.is_given && http->since.has_start && text_is_null(http->since.parameter));
    assert_int_equal(http->since.start, 1769904000000000);
    assert_int_equal(http->since.overlap, 2 * 86400);
    assert_int_equal(http->since.format, HTTP_TIME_EPOCH_MS);
}

static void takes_client_credentials(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const HttpSource *plain = make(URL "auth: {client_credentials: {url: 'https://b.example/t', id: me, scope: a b, "
                                       "secret: {env: A}}}",
                                   &arena);
    assert_int_equal(plain->auth.kind, HTTP_AUTH_CLIENT);
    assert_true(text_is(plain->auth.client.url, "https://b.example/t") && text_is(plain->auth.client.id, "me") &&
                text_is(plain->auth.client.scope, "a b"));
    assert_string_equal(plain->auth.secret.variable, "A");
    const HttpSource *read =
        make(URL "auth: {client_credentials: {url: 'https://b.example/t', id: {file: b}, secret: {file: c}}}", &arena);
    assert_true(text_is_null(read->auth.client.id) && text_is_null(read->auth.client.scope));
    assert_string_equal(read->auth.client.id_secret.file, "/etc/closedloop/b");
    assert_string_equal(read->auth.secret.file, "/etc/closedloop/c");
    /* who we are changes nothing of what is asked for */
    assert_true(key_equal(&plain->digest, &make(URL, &arena)->digest));
}

static void checks_addresses(void **state)
{
    (void)state;
    assert_refused("{}", "x:1:1: the required key 'url' is missing");
    assert_refused("url: ftp://a.example/", "x:1:6: 'url' must be https://HOST/..., not 'ftp://a.example/'");
    assert_refused("url: https:///x", "x:1:6: 'url' must be https://HOST/..., not 'https:///x'");
    assert_refused("url: http://a.example/", "x:1:6: http is for servers on this machine alone: everybody on the way "
                                             "could read along; write https");
    assert_refused("url: http://localhost.example/",
                   "x:1:6: http is for servers on this machine alone: everybody on the way could read along; write "
                   "https");
    assert_refused("url: http://127.0.0.1.example/",
                   "x:1:6: http is for servers on this machine alone: everybody on the way could read along; write "
                   "https");
    assert_refused("url: https://me:secret@a.example/",
                   "x:1:6: an address holds no name and password: they belong under 'auth'");
    assert_refused("url: http://localhost@a.example/",
                   "x:1:6: an address holds no name and password: they belong under 'auth'");
    assert_refused("url: 'https://a.example/a b'",
                   "x:1:6: an address holds no blanks, no fragment and nothing but ASCII: write %20 and the like");
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    make("url: http://localhost:1/", &arena);
    make("url: http://[::1]/", &arena);
}

static void keeps_secrets_out(void **state)
{
    (void)state;
    assert_refused(URL "auth: {bearer: abc}", "x:2:16: 'bearer' must be a mapping, not 'abc'");
    assert_refused(URL "auth: {bearer: {}}", "x:2:16: a secret comes from either {env: VARIABLE} or {file: PATH}");
    assert_refused(URL "auth: {bearer: {env: A, file: b}}",
                   "x:2:16: a secret comes from either {env: VARIABLE} or {file: PATH}");
    assert_refused(URL "auth: {}",
                   "x:2:7: 'auth' takes one of bearer, basic, header, parameter and client_credentials");
    assert_refused(URL "auth: {bearer: {env: A}, basic: {user: b, password: {env: C}}}",
                   "x:2:26: 'auth' takes one of bearer, basic, header, parameter and client_credentials");
    assert_refused(URL "headers: {authorization: Bearer abc}",
                   "x:2:11: what is secret belongs under 'auth', which takes it from the environment or a file");
    assert_refused(URL "headers: {Host: b.example}", "x:2:11: the header 'Host' is not for a configuration to set");
    assert_refused(URL "headers: {X: \"a\\nY: b\"}", "x:2:11: 'X' is no header");
    assert_refused(URL "auth: {header: {name: 'X: y', value: {env: A}}}", "x:2:16: 'X: y' is no name of a header");
    assert_refused(URL "auth: {basic: {user: 'a:b', password: {env: A}}}", "x:2:15: the name of a user holds no colon");
    assert_refused(URL "auth: {parameter: {name: key, value: {env: A}}}\nparameters: {key: abc}",
                   "x:3:14: 'key' is given under 'auth' too");
    assert_refused(URL "auth: {client_credentials: {url: 'http://b.example/', id: a, secret: {env: A}}}",
                   "x:2:34: http is for servers on this machine alone: everybody on the way could read along; write "
                   "https");
    assert_refused(URL "auth: {client_credentials: {url: 'https://b.example/', id: '', secret: {env: A}}}",
                   "x:2:60: the client's id is empty");
    assert_refused(URL
                   "auth: {client_credentials: {url: 'https://b.example/', id: {env: A, file: b}, secret: {env: A}}}",
                   "x:2:60: a secret comes from either {env: VARIABLE} or {file: PATH}");
    assert_refused(URL "verify: false", "x:2:1: unknown key 'verify'");
}

static void checks_paging(void **state)
{
    (void)state;
    assert_refused(URL "paging: {}", "x:2:9: 'paging' takes one of cursor, offset, page, link, next and locator");
    assert_refused(URL "paging: {link: next, next: b}",
                   "x:2:9: 'paging' takes one of cursor, offset, page, link, next and locator");
    assert_refused(URL "paging: {cursor: a}", "x:2:9: 'parameter' goes with cursor and locator, and they with it");
    assert_refused(URL "paging: {next: a, parameter: b}",
                   "x:2:9: 'parameter' goes with cursor and locator, and they with it");
    assert_refused(URL "paging: {link: next, more: b}",
                   "x:2:22: 'more' looks into a body of json, and is for cursor, offset and page");
    assert_refused_as(URL "paging: {offset: a}", FORMAT_CSV, MODE_APPEND,
                      "x:2:9: this paging looks into the body, which must be json or xml; link and locator are for any "
                      "format");
    assert_refused(URL "body: x", "x:2:1: 'body' is for method POST");
    assert_refused_as(URL "job: {soql: select Id from Opportunity}", FORMAT_JSON, MODE_APPEND,
                      "x:2:1: the results of a job are csv");
    assert_refused_as(URL "job: {soql: select Id from Opportunity}\npaging: {link: next}", FORMAT_CSV, MODE_APPEND,
                      "x:2:1: a job knows its own method and paging");
}

static void checks_since(void **state)
{
    (void)state;
    assert_refused(URL "since: {}", "x:2:8: 'since' needs either 'parameter' or {since} in a parameter or the body");
    assert_refused(URL "since: {parameter: a}\nparameters: {b: '{since}'}",
                   "x:2:8: 'since' needs either 'parameter' or {since} in a parameter or the body");
    assert_refused(URL "parameters: {b: '{since}'}", "x:1:1: {since} needs the key 'since'");
    assert_refused(URL "since: {parameter: a, start: soon}",
                   "x:2:30: 'start' must be a time such as 2024-01-01, not 'soon'");
    assert_refused_as(URL "since: {parameter: a}", FORMAT_JSON, MODE_SNAPSHOT,
                      "x:2:1: 'since' leaves out what is old, and a snapshot deletes what is left out");
}

/* Another question is another digest; who asks and how patiently is not. */
static void digests_what_is_asked(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(4 << 20);
    Key first = make(URL, &arena)->digest;
    Key same =
        make(URL "auth: {bearer: {env: A}}\ntimeouts: {stall: 1s}\nretries: {attempts: 1}\nceiling: 1KiB\n", &arena)
            ->digest;
    assert_true(key_equal(&first, &same));
    static const char *const others[] = {
        "url: https://api.example/deals/",
        URL "method: POST",
        URL "parameters: {a: b}",
        URL "parameters: {ab: ''}",
        URL "headers: {a: b}",
        URL "paging: {link: next}",
        URL "paging: {link: last}",
        URL "paging: {next: next}",
        URL "since: {parameter: a}",
        URL "since: {parameter: a, format: epoch}",
        URL "since: {parameter: a, start: 2026-01-01}",
    };
    enum { COUNT = sizeof others / sizeof others[0] };
    Key digests[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        digests[i] = make(others[i], &arena)->digest;
        assert_false(key_equal(&digests[i], &first));
        for (size_t k = 0; k < i; k++)
            assert_false(key_equal(&digests[i], &digests[k]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(takes_what_is_said),
        cmocka_unit_test(takes_client_credentials),
        cmocka_unit_test(checks_addresses),
        cmocka_unit_test(keeps_secrets_out),
        cmocka_unit_test(checks_paging),
        cmocka_unit_test(checks_since),
        cmocka_unit_test(digests_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
