/* From page to page: the request of each, and where a page leads. */
#include "extract/transport/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char url[] = "https://a.example/deals";

typedef struct Fixture {
    HttpSource http;
    Source source;
    PageQuestion question;
    HttpAnswer answer;
    Arena arena;
    HttpRequest request;
    const char *next;
    Error error;
} Fixture;

static Fixture make(HttpPaging kind, const char *from, const char *parameter)
{
    return (Fixture){
        .http = {.url = text_from(url),
                 .paging = {.kind = kind, .from = text_from(from), .parameter = text_from(parameter)}},
        .source = {.format = FORMAT_JSON, .record = TEXT("items"), .record_ceiling = 1000},
        .answer = {.status = 200, .headers = buffer_make(10000)},
        .arena = arena_make(1 << 20),
    };
}

static void done(Fixture *fixture)
{
    http_answer_done(&fixture->answer);
    arena_done(&fixture->arena);
}

static const char *ask(Fixture *fixture, const char *position)
{
    fixture->source.http = &fixture->http;
    fixture->question.source = &fixture->source;
    assert_int_equal(page_request(&fixture->question, position, &fixture->arena, &fixture->request, &fixture->error),
                     STATUS_OK);
    return fixture->request.address;
}

static Status lead(Fixture *fixture, const char *position, const char *body)
{
    fixture->source.http = &fixture->http;
    Page page = {.address = url, .position = position, .answer = &fixture->answer, .body = text_from(body)};
    fixture->next = "untouched";
    return page_next(&fixture->source, &page, &fixture->arena, &fixture->next, &fixture->error);
}

static const char *next_of(Fixture *fixture, const char *position, const char *body)
{
    assert_int_equal(lead(fixture, position, body), STATUS_OK);
    return fixture->next;
}

static void asks_by_cursor(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_CURSOR, "paging.next.after", "after");
    const SchemaPair parameters[] = {{TEXT("limit"), TEXT("100"), NULL}, {TEXT("properties"), TEXT("a,b"), NULL}};
    fixture.http.parameters = parameters;
    fixture.http.parameter_count = 2;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?limit=100&properties=a%2Cb");
    assert_string_equal(ask(&fixture, "NTI1Cg=="),
                        "https://a.example/deals?limit=100&properties=a%2Cb&after=NTI1Cg%3D%3D");
    assert_string_equal(next_of(&fixture, NULL, "{\"paging\": {\"next\": {\"after\": \"x\"}}}"), "x");
    assert_string_equal(next_of(&fixture, NULL, "{\"paging\": {\"next\": {\"after\": 500}}}"), "500");
    assert_null(next_of(&fixture, "x", "{\"paging\": {\"next\": null}}"));
    assert_null(next_of(&fixture, "x", "{\"paging\": {\"next\": {\"after\": \"\"}}}"));
    assert_null(next_of(&fixture, "x", "{}"));
    assert_int_equal(lead(&fixture, "x", "{\"paging\": {\"next\": {\"after\": \"x\"}"), STATUS_ERROR);
    assert_true(fixture.error.is_retryable);
    assert_int_equal(lead(&fixture, "x", ""), STATUS_ERROR);
    assert_true(fixture.error.is_retryable);
}

static void assert_leads_nowhere(Fixture *fixture, const char *position, const char *body, const char *message)
{
    assert_int_equal(lead(fixture, position, body), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_DATA);
    assert_false(fixture->error.is_retryable);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->next, "untouched");
}

static void takes_no_object_for_the_end(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_CURSOR, "next", "after");
    assert_leads_nowhere(&fixture, NULL, "{\"next\": {\"after\": 5}}",
                         "what stands at 'next' leads nowhere: it is an object or array");
    assert_leads_nowhere(&fixture, NULL, "{\"next\": [5]}",
                         "what stands at 'next' leads nowhere: it is an object or array");
    assert_leads_nowhere(&fixture, NULL, "{\"next\": true}", "what stands at 'next' leads nowhere: it is true");
    assert_null(next_of(&fixture, "x", "{\"next\": false}"));
    fixture.http.paging.more = TEXT("more");
    assert_leads_nowhere(&fixture, NULL, "{\"next\": \"a\", \"more\": 1}",
                         "what stands at 'more' is neither true nor false");
    assert_leads_nowhere(&fixture, NULL, "{\"next\": \"a\", \"more\": {}}",
                         "what stands at 'more' is neither true nor false");
    assert_null(next_of(&fixture, NULL, "{\"next\": \"a\", \"more\": \"false\"}"));
    fixture.http.paging.kind = HTTP_PAGING_NEXT;
    assert_leads_nowhere(&fixture, NULL, "{\"next\": {\"href\": \"/x\"}}",
                         "what stands at 'next' leads nowhere: it is an object or array");
    assert_null(next_of(&fixture, NULL, "{\"next\": false}"));
}

static void has_an_end_to_cursors_and_counts(void **state)
{
    (void)state;
    enum { SIZE = 70000 };
    cleanup(done) Fixture fixture = make(HTTP_PAGING_CURSOR, "next", "after");
    static char body[SIZE + 20];
    int size = snprintf(body, sizeof body, "{\"next\": \"");
    memset(body + size, 'x', SIZE);
    memcpy(body + size + SIZE, "\"}", 3);
    assert_leads_nowhere(&fixture, NULL, body, "what leads on to the next page has more than 65536 bytes");
    fixture.http.paging.kind = HTTP_PAGING_NUMBER;
    fixture.http.paging.parameter = TEXT("next");
    const SchemaPair parameters[] = {{TEXT("next"), TEXT("9223372036854775807"), NULL}};
    fixture.http.parameters = parameters;
    fixture.http.parameter_count = 1;
    assert_leads_nowhere(&fixture, NULL, "{\"items\": [1]}", "the pages are more than can be counted");
    fixture.http.paging.kind = HTTP_PAGING_OFFSET;
    assert_leads_nowhere(&fixture, "9223372036854775806", "{\"items\": [1, 2]}",
                         "the pages are more than can be counted");
}

static void goes_to_no_other_server_for_a_position(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"https://b.example/deals", "http://a.example/deals",
                                            "https://a.example:8443/deals", "https://a.example.b.example/", "x"};
    cleanup(done) Fixture fixture = make(HTTP_PAGING_NEXT, "next", NULL);
    assert_string_equal(ask(&fixture, "https://a.example/deals?at=2"), "https://a.example/deals?at=2");
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        assert_int_equal(
            page_request(&fixture.question, elsewhere[i], &fixture.arena, &fixture.request, &fixture.error),
            STATUS_ERROR);
        assert_int_equal(fixture.error.code, ERROR_DATA);
    }
    static const char *const bodies[] = {
        "{\"next\": \"//169.254.169.254/latest/meta-data\"}",
        "{\"next\": \"http://169.254.169.254/\"}",
        "{\"next\": \"https://me@a.example/\"}",
        "{\"next\": \"https://a.example@b.example/\"}",
        "{\"next\": \"file:///etc/passwd\"}",
        "{\"next\": \"https://a.example:444/\"}",
        "{\"next\": \"http://a.example/\"}",
        "{\"next\": \"https://a.example\\r\\nX-A: b/\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_int_equal(lead(&fixture, NULL, bodies[i]), STATUS_ERROR);
}

static void asks_for_forms_and_bodies(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_OFFSET, "filter_offset", "filter_offset");
    const SchemaPair parameters[] = {{TEXT("module"), TEXT("API"), NULL}, {TEXT("date"), TEXT("a b"), NULL}};
    fixture.http.parameters = parameters;
    fixture.http.parameter_count = 2;
    fixture.http.is_post = true;
    assert_string_equal(ask(&fixture, NULL), url);
    assert_true(text_is(fixture.request.body, "module=API&date=a%20b&filter_offset=0"));
    assert_string_equal(fixture.request.body_type, "application/x-www-form-urlencoded");
    ask(&fixture, "100");
    assert_true(text_is(fixture.request.body, "module=API&date=a%20b&filter_offset=100"));
    fixture.http.body = TEXT("{\"since\": \"{since}\"}");
    assert_string_equal(ask(&fixture, "100"), "https://a.example/deals?module=API&date=a%20b&filter_offset=100");
    assert_true(text_is(fixture.request.body, "{\"since\": \"1970-01-01T00:00:00Z\"}"));
    assert_string_equal(fixture.request.body_type, "application/json");
}

static void asks_for_what_is_new(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_NONE, NULL, NULL);
    fixture.http.since.is_given = true;
    fixture.http.since.parameter = TEXT("updated_since");
    assert_string_equal(ask(&fixture, NULL), url);
    fixture.question.has_since = true;
    fixture.question.since = 1769904000999999;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?updated_since=2026-02-01T00%3A00%3A00Z");
    fixture.http.since.format = HTTP_TIME_EPOCH;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?updated_since=1769904000");
    fixture.http.since.format = HTTP_TIME_EPOCH_MS;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?updated_since=1769904000000");
    fixture.http.since.format = HTTP_TIME_ISO;
    fixture.http.since.parameter = TEXT_NULL;
    const SchemaPair parameters[] = {{TEXT("q"), TEXT("where a > {since} and b > {since}"), NULL}};
    fixture.http.parameters = parameters;
    fixture.http.parameter_count = 1;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?q=where%20a%20%3E%202026-02-01T00%3A00%3A00Z"
                                             "%20and%20b%20%3E%202026-02-01T00%3A00%3A00Z");
}

static void counts_what_came(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_OFFSET, "start", "start");
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?start=0");
    assert_string_equal(next_of(&fixture, NULL, "{\"items\": [1, 2, 3]}"), "3");
    assert_string_equal(next_of(&fixture, "3", "{\"items\": [{}]}"), "4");
    assert_null(next_of(&fixture, "4", "{\"items\": []}"));
    assert_int_equal(lead(&fixture, "4", "{\"things\": []}"), STATUS_ERROR);
    fixture.http.paging.more = TEXT("more");
    assert_string_equal(next_of(&fixture, "3", "{\"items\": [{}], \"more\": true}"), "4");
    assert_null(next_of(&fixture, "3", "{\"items\": [{}], \"more\": false}"));
    assert_int_equal(lead(&fixture, "3", "{\"items\": [], \"more\": true}"), STATUS_ERROR);

    fixture.http.paging.kind = HTTP_PAGING_NUMBER;
    fixture.http.paging.more = TEXT_NULL;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?start=1");
    assert_string_equal(next_of(&fixture, NULL, "{\"items\": [1, 2, 3]}"), "2");
    assert_string_equal(next_of(&fixture, "2", "{\"items\": [1, 2, 3]}"), "3");
    const SchemaPair parameters[] = {{TEXT("start"), TEXT("0"), NULL}};
    fixture.http.parameters = parameters;
    fixture.http.parameter_count = 1;
    assert_string_equal(ask(&fixture, NULL), "https://a.example/deals?start=0");
    assert_string_equal(next_of(&fixture, NULL, "{\"items\": [1]}"), "1");
}

static void follows_addresses_on_the_same_server(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_NEXT, "nextRecordsUrl", NULL);
    assert_string_equal(next_of(&fixture, NULL, "{\"nextRecordsUrl\": \"/query/01g-2000\"}"),
                        "https://a.example/query/01g-2000");
    assert_string_equal(ask(&fixture, fixture.next), "https://a.example/query/01g-2000");
    assert_null(next_of(&fixture, NULL, "{\"done\": true}"));
    static const char *const others[] = {"https://b.example/", "http://a.example/", "//b.example/",
                                         "https://a.example:1/", "javascript:1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char body[200];
        snprintf(body, sizeof body, "{\"nextRecordsUrl\": \"%s\"}", others[i]);
        assert_int_equal(lead(&fixture, NULL, body), STATUS_ERROR);
        assert_int_equal(fixture.error.code, ERROR_DATA);
        assert_false(fixture.error.is_retryable);
    }
    /* our secret does not stay in what is remembered */
    fixture.http.auth.kind = HTTP_AUTH_PARAMETER;
    fixture.http.auth.name = TEXT("api_key");
    assert_string_equal(next_of(&fixture, NULL, "{\"nextRecordsUrl\": \"?api_key=s&page=2\"}"),
                        "https://a.example/deals?page=2");
}

static void reads_headers(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_LOCATOR, "Sforce-Locator", "locator");
    fixture.source.format = FORMAT_CSV;
    assert_null(next_of(&fixture, NULL, ""));
    assert_int_equal(
        buffer_append(&fixture.answer.headers, TEXT("sforce-locator: MTAwMDA\nSforce-Locator: b\n"), &fixture.error),
        STATUS_OK);
    assert_string_equal(next_of(&fixture, NULL, ""), "MTAwMDA");
    buffer_clear(&fixture.answer.headers);
    assert_int_equal(buffer_append(&fixture.answer.headers, TEXT("Sforce-Locator: null\n"), &fixture.error), STATUS_OK);
    assert_null(next_of(&fixture, NULL, ""));
}

static void finds_a_relation_among_links(void **state)
{
    (void)state;
    static const struct {
        const char *header, *expected;
    } cases[] = {
        {"<https://a/2>; rel=\"next\"", "https://a/2"},
        {"<https://a/2>; rel=next", "https://a/2"},
        {"</1>; rel=prev, </2>; rel=next", "/2"},
        {"</1>; title=\"a, b; rel=next\", </2>; REL=\"last NEXT\"", "/2"},
        {"</1?a,b>; rel=first,</2?a;b>;rel=next", "/2?a;b"},
        {"</2>; rel=nextpage", NULL},
        {"</2>", NULL},
        {"</2; rel=next", NULL},
        {"", NULL},
        {"<>; rel=next", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Text found = page_link(text_from(cases[i].header), TEXT("next"));
        if (cases[i].expected)
            assert_true(!text_is_null(found) && text_is(found, cases[i].expected));
        else
            assert_true(text_is_null(found));
    }
}

static void believes_a_body_that_complains(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_NONE, NULL, NULL);
    fixture.http.error = TEXT("message");
    assert_int_equal(lead(&fixture, NULL, "{\"result\": \"error\", \"message\": \"no access\"}"), STATUS_ERROR);
    assert_string_equal(fixture.error.message, "the server says: no access");
    assert_int_equal(fixture.error.code, ERROR_PERMISSION);
    assert_int_equal(lead(&fixture, NULL, "{\"message\": \"Please try later\"}"), STATUS_ERROR);
    assert_int_equal(fixture.error.code, ERROR_DATA);
    assert_null(next_of(&fixture, NULL, "[{\"message\": \"in a record\"}]"));
}

static void counts_and_believes_xml(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_OFFSET, "filter_offset", "filter_offset");
    fixture.source.format = FORMAT_XML;
    fixture.source.record = TEXT("result/row");
    assert_string_equal(next_of(&fixture, NULL, "<result><row><x/></row><row/></result>"), "2");
    assert_null(next_of(&fixture, "2", "<?xml version=\"1.0\"?><result />"));
    assert_int_equal(lead(&fixture, "2", "<result><row>"), STATUS_ERROR);
    assert_true(fixture.error.is_retryable);
    assert_int_equal(lead(&fixture, "2", ""), STATUS_ERROR);
    assert_true(fixture.error.is_retryable);
    fixture.http.error = TEXT("result/error/@message");
    assert_string_equal(next_of(&fixture, NULL, "<result><row><error message=\"x\"/></row></result>"), "1");
    assert_int_equal(lead(&fixture, NULL, "<result>\n\t<error message=\"Unable to authenticate\" />\n</result>"),
                     STATUS_ERROR);
    assert_string_equal(fixture.error.message, "the server says: Unable to authenticate");
    fixture.http.error = TEXT("fault");
    assert_int_equal(lead(&fixture, NULL, "<result><fault>later</fault></result>"), STATUS_ERROR);
    assert_string_equal(fixture.error.message, "the server says: later");
}

static void ends_where_the_body_says(void **state)
{
    (void)state;
    cleanup(done) Fixture fixture = make(HTTP_PAGING_CURSOR, "offset", "offset");
    fixture.http.paging.more = TEXT("hasMore");
    assert_string_equal(next_of(&fixture, NULL, "{\"hasMore\": true, \"offset\": \"a\"}"), "a");
    assert_null(next_of(&fixture, NULL, "{\"hasMore\": false, \"offset\": \"a\"}"));
    assert_null(next_of(&fixture, NULL, "{\"offset\": \"a\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_by_cursor),
        cmocka_unit_test(takes_no_object_for_the_end),
        cmocka_unit_test(has_an_end_to_cursors_and_counts),
        cmocka_unit_test(goes_to_no_other_server_for_a_position),
        cmocka_unit_test(asks_for_forms_and_bodies),
        cmocka_unit_test(asks_for_what_is_new),
        cmocka_unit_test(counts_what_came),
        cmocka_unit_test(follows_addresses_on_the_same_server),
        cmocka_unit_test(reads_headers),
        cmocka_unit_test(finds_a_relation_among_links),
        cmocka_unit_test(believes_a_body_that_complains),
        cmocka_unit_test(counts_and_believes_xml),
        cmocka_unit_test(ends_where_the_body_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
