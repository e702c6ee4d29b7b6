#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

static const char website[] =
    "  - {name: website, system: web, kind: view, format: csv, path: none.csv, max_rejects: 100,\n"
    "     fields: {viewed_at: time, url: url}}\n";

static const char chrome[] =
    "user_agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36";

static void test_view_becomes_row(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=e1", "viewed_at=2026-03-01T12:00:00.5+02:00", "visitor= cookie-1 ",
              "url=http://WWW.Example.com/Pricing/?utm_source=News&utm_medium=email&utm_campaign=Spring&b=2&a=1#top",
              "title= Pricing ", "interaction=Email Click", chrome, "dwell_seconds=42", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows views = spool_rows(&spool, 0, "view");
    assert_int_equal(views.count, 1);
    assert_cell_key(&views, 0, "view_id", KEY("view", TEXT("web"), TEXT("e1")));
    assert_cell_key(&views, 0, "visitor_id", SECRET_KEY("visitor", TEXT("web"), TEXT("cookie-1")));
    assert_cell_time(&views, 0, "viewed_at", "2026-03-01T10:00:00.500000Z");
    assert_cell_key(&views, 0, "content_id", KEY("content", TEXT("https://www.example.com/Pricing?a=1&b=2")));
    assert_cell_key(
        &views, 0, "arrival_id",
        KEY("arrival", TEXT("Email"), TEXT("news"), TEXT("email"), TEXT("Spring"), TEXT_NULL, TEXT_NULL, TEXT_NULL));
    assert_int_equal(cell(&views, 0, "visit_mark").size, 8);
    assert_cell(&views, 0, "interaction", "email_click");
    assert_cell_number(&views, 0, "dwell_seconds", 4, 42);
    Rows contents = spool_rows(&spool, 0, "content_seen");
    assert_int_equal(contents.count, 1);
    assert_cell(&contents, 0, "url", "https://www.example.com/Pricing?a=1&b=2");
    assert_cell(&contents, 0, "host", "www.example.com");
    assert_cell(&contents, 0, "path", "/Pricing");
    assert_cell(&contents, 0, "title", "Pricing");
    assert_cell_time(&contents, 0, "titled_at", "2026-03-01T10:00:00.500000Z");
    Rows arrivals = spool_rows(&spool, 0, "arrival");
    assert_int_equal(arrivals.count, 1);
    assert_cell(&arrivals, 0, "channel", "Email");
    assert_cell(&arrivals, 0, "source", "news");
    assert_cell(&arrivals, 0, "medium", "email");
    assert_cell(&arrivals, 0, "campaign", "Spring");
    assert_cell_null(&arrivals, 0, "term");
    assert_cell_null(&arrivals, 0, "referrer_host");
    spool_done(&spool);
}

static void test_view_without_extras(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 2, "viewed_at=2026-03-01", "visitor=c", "url=https://example.com/", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows views = spool_rows(&spool, 0, "view");
    Key visitor = SECRET_KEY("visitor", TEXT("web"), TEXT("c"));
    /* 2026-03-01 ends in Berlin at 23:00 in UTC. */
    assert_cell_time(&views, 0, "viewed_at", "2026-03-01T22:59:59.999999Z");
    assert_cell_key(&views, 0, "view_id",
                    KEY("view_parts", TEXT("web"), BYTES_OF(visitor), TEXT("1772405999999999"),
                        TEXT("https://example.com/"), TEXT("page_view")));
    assert_cell_null(&views, 0, "visit_mark");
    assert_cell(&views, 0, "interaction", "page_view");
    assert_cell_null(&views, 0, "dwell_seconds");
    Rows contents = spool_rows(&spool, 0, "content_seen");
    assert_cell_null(&contents, 0, "title");
    assert_cell_null(&contents, 0, "titled_at");
    Rows arrivals = spool_rows(&spool, 0, "arrival");
    assert_cell(&arrivals, 0, "channel", "Direct");
    Manifest manifest = spool_manifest(&spool, 0);
    assert_null(spool_file(&manifest, "reject"));
    assert_null(spool_file(&manifest, "identity"));
    spool_done(&spool);
}

/* Who the visitor is when there is no cookie: the address, else the contact, else nobody else. */
static void test_visitor_without_cookie(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "event_id=1", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/",
              "email=Ann@Example.com", "contact_key=C1", NULL);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=2", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/",
              "contact_key=C1", NULL);
    spool_add(&spool, RECORD_VIEW, 3, "event_id=3", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows views = spool_rows(&spool, 0, "view");
    assert_int_equal(views.count, 3);
    assert_cell_key(&views, 0, "visitor_id", SECRET_KEY("visitor_email", TEXT("ann@example.com")));
    assert_cell_key(&views, 1, "visitor_id", SECRET_KEY("visitor_contact", TEXT("web"), TEXT("C1")));
    Key view = KEY("view", TEXT("web"), TEXT("3"));
    assert_cell_key(&views, 2, "visitor_id", KEY("visitor_of_view", BYTES_OF(view)));
    spool_done(&spool);
}

static void test_view_that_shows_person_is_identity(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "event_id=1", "viewed_at=2026-03-01T08:00:00Z", "url=https://example.com/",
              "visitor=c", "email= Ann@Example.com", NULL);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=2", "viewed_at=2026-03-01T09:00:00Z", "url=https://example.com/",
              "visitor=c", "email=ann@example.com", "contact_key=C1", NULL);
    spool_add(&spool, RECORD_VIEW, 3, "event_id=3", "viewed_at=2026-03-01T10:00:00Z", "url=https://example.com/",
              "visitor=c", NULL);
    spool_add(&spool, RECORD_VIEW, 4, "event_id=1", "viewed_at=2026-03-01T11:00:00Z", "url=https://example.com/",
              "visitor=c", "email=ann@example.com", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows identities = spool_rows(&spool, 0, "identity");
    assert_int_equal(identities.count, 2);
    Key view = KEY("view", TEXT("web"), TEXT("1"));
    assert_cell_key(&identities, 0, "identity_id", KEY("identity_of_view", BYTES_OF(view)));
    assert_cell_number(&identities, 0, "ordinal", 8, 1);
    assert_cell_boolean(&identities, 0, "is_deleted", false);
    assert_cell_null(&identities, 0, "updated_at");
    assert_cell_key(&identities, 0, "visitor_id", SECRET_KEY("visitor", TEXT("web"), TEXT("c")));
    assert_cell_key(&identities, 0, "person_key", SECRET_KEY("email", TEXT("ann@example.com")));
    assert_cell_time(&identities, 0, "identified_at", "2026-03-01T08:00:00Z");
    assert_cell(&identities, 0, "system", "web");
    assert_cell_null(&identities, 0, "contact_key");
    assert_cell(&identities, 0, "email", "ann@example.com");
    assert_cell(&identities, 0, "company_domain", "example.com");
    assert_cell_key(&identities, 1, "person_key", SECRET_KEY("contact", TEXT("web"), TEXT("C1")));
    assert_cell(&identities, 1, "contact_key", "C1");
    assert_cell(&identities, 1, "email", "ann@example.com");
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_IDENTITY);
    assert_int_equal(count.read, 2);
    assert_int_equal(count.emitted, 2);
    spool_done(&spool);
}

static void test_robots_are_filtered(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "is_bot=yes", NULL);
    spool_add(&spool, RECORD_VIEW, 2, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/",
              "user_agent=Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", NULL);
    /* What a robot asks for may be anything: it is no reject. */
    spool_add(&spool, RECORD_VIEW, 3, "viewed_at=never",
              "url=::::", "user_agent=Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", NULL);
    spool_add(&spool, RECORD_VIEW, 4, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "is_bot=no", chrome,
              NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_VIEW);
    assert_int_equal(count.read, 4);
    assert_int_equal(count.filtered, 3);
    assert_int_equal(count.emitted, 1);
    assert_int_equal(manifest.filter_count, 2);
    assert_string_equal(manifest.filters[0].reason, "is_bot");
    assert_int_equal(manifest.filters[0].records, 1);
    assert_string_equal(manifest.filters[1].reason, "robot");
    assert_int_equal(manifest.filters[1].records, 2);
    spool_done(&spool);
}

static const char traffic[] =
    "traffic: {internal_addresses: [10.0.0.0/8], internal_parameters: {traffic_type: internal}}\n";

/* The first reason counts; what the view is otherwise like does not matter. */
static void test_internal_views_are_filtered(void **state)
{
    Spool spool;
    char configuration[1024];
    (void)state;
    snprintf(configuration, sizeof configuration, "%s%s", website, traffic);
    spool_make(&spool, configuration);
    spool_add(&spool, RECORD_VIEW, 1, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/",
              "ip_address=10.1.2.3", NULL);
    spool_add(&spool, RECORD_VIEW, 2, "viewed_at=never", "url=::::", "ip_address=10.1.2.4", NULL);
    spool_add(&spool, RECORD_VIEW, 3, "viewed_at=2026-03-01T00:00:00Z",
              "url=https://example.com/?a=b&traffic_type=internal", NULL);
    spool_add(&spool, RECORD_VIEW, 4, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/",
              "ip_address=10.1.2.3", "user_agent=curl/8.5.0", NULL);
    spool_add(&spool, RECORD_VIEW, 5, "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/?traffic_type=other",
              "ip_address=192.0.2.1", NULL);
    spool_add(&spool, RECORD_VIEW, 6, "viewed_at=never", "url=https://example.com/", "ip_address=192.0.2.2",
              "title=from 192.0.2.3", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_VIEW);
    assert_int_equal(count.emitted, 1);
    assert_int_equal(count.rejected, 1);
    assert_int_equal(count.filtered, 4);
    assert_int_equal(manifest.filter_count, 3);
    assert_string_equal(manifest.filters[0].reason, "robot");
    assert_int_equal(manifest.filters[0].records, 1);
    assert_string_equal(manifest.filters[1].reason, "internal_address");
    assert_int_equal(manifest.filters[1].records, 2);
    assert_string_equal(manifest.filters[2].reason, "internal_parameter");
    assert_int_equal(manifest.filters[2].records, 1);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "raw", "viewed_at=never, url=https://example.com/, title=from ***");
    spool_done(&spool);
}

/* Of views of one key the first stays, whatever their order in time. */
static void test_first_view_of_key_stays(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "event_id=1", "viewed_at=2026-03-02T00:00:00Z", "url=https://example.com/a",
              NULL);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=1", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/b",
              NULL);
    spool_add(&spool, RECORD_VIEW, 3, "visitor=c", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/c", NULL);
    spool_add(&spool, RECORD_VIEW, 4, "visitor=c", "viewed_at=2026-03-01T01:00:00+01:00", "url=http://example.com/c/",
              "interaction=Page View", NULL);
    spool_add(&spool, RECORD_VIEW, 5, "visitor=c", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/c",
              "interaction=download", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows views = spool_rows(&spool, 0, "view");
    assert_int_equal(views.count, 3);
    assert_cell_time(&views, 0, "viewed_at", "2026-03-02T00:00:00Z");
    assert_cell(&views, 2, "interaction", "download");
    Manifest manifest = spool_manifest(&spool, 0);
    assert_int_equal(manifest_count(&manifest, RECORD_VIEW).duplicate, 2);
    /* Of a view that is none, nothing is known. */
    Rows contents = spool_rows(&spool, 0, "content_seen");
    assert_int_equal(contents.count, 2);
    spool_done(&spool);
}

static void test_manifest_tells_days(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "event_id=1", "viewed_at=2026-03-02T23:59:59.999999Z", "url=https://example.com/",
              NULL);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=2", "viewed_at=1990-01-01T00:00:00Z", "url=https://example.com/", NULL);
    spool_add(&spool, RECORD_VIEW, 3, "event_id=3", "viewed_at=2026-03-02T00:00:00Z", "url=https://example.com/", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Manifest manifest = spool_manifest(&spool, 0);
    assert_int_equal(manifest.day_count, 2);
    assert_int_equal(manifest.days[0], 7305);
    assert_int_equal(manifest.days[1], 20514);
    assert_int_equal(manifest.first_at, INT64_C(631152000000000));
    assert_int_equal(manifest.last_at, INT64_C(1772495999999999));
    spool_done(&spool);
}

typedef struct BadView {
    const char *values[3], *field, *code;
} BadView;

static void test_bad_views_are_rejected(void **state)
{
    static const BadView bad[] = {
        {{"url=https://example.com/"}, "viewed_at", "missing"},
        {{"viewed_at=2026-03-01T00:00:00Z"}, "url", "missing"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=   "}, "url", "missing"},
        {{"viewed_at=2026-02-30T00:00:00Z", "url=https://example.com/"}, "viewed_at", "bad_time"},
        {{"viewed_at=2026-04-07T02:00:00.000001Z", "url=https://example.com/"}, "viewed_at", "in_future"},
        {{"viewed_at=1989-12-31T23:59:59Z", "url=https://example.com/"}, "viewed_at", "out_of_range"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=ftp://example.com/"}, "url", "bad_url"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=/pricing"}, "url", "bad_url"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "email=none"}, "email", "bad_email"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "dwell_seconds=-1"},
         "dwell_seconds",
         "bad_number"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "is_bot=perhaps"}, "is_bot", "bad_boolean"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "interaction=---"},
         "interaction",
         "bad_interaction"},
        {{"viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/", "title=\xFF"}, "title", "bad_text"},
    };
    enum { COUNT = sizeof bad / sizeof *bad };
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    for (size_t i = 0; i < COUNT; i++)
        spool_add(&spool, RECORD_VIEW, (uint32_t)i + 1, bad[i].values[0], bad[i].values[1], bad[i].values[2], NULL);
    /* At the very end of what is allowed. */
    spool_add(&spool, RECORD_VIEW, 99, "viewed_at=2026-04-07T02:00:00Z", "url=https://example.com/", NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_cell(&rejects, i, "file", "/data/input.csv");
        assert_cell_number(&rejects, i, "line", 8, (int64_t)i + 1);
        assert_cell(&rejects, i, "kind", "view");
        assert_cell(&rejects, i, "field", bad[i].field);
        assert_cell(&rejects, i, "code", bad[i].code);
        assert_true(cell(&rejects, i, "reason").size > 0);
    }
    assert_cell(&rejects, 4, "raw", "viewed_at=2026-04-07T02:00:00.000001Z, url=https://example.com/");
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_VIEW);
    assert_int_equal(count.rejected, COUNT);
    assert_int_equal(count.emitted, 1);
    spool_done(&spool);
}

/* The newest title is the content's; of two of one instant the lower. */
static void test_newest_title_stays(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, website);
    spool_add(&spool, RECORD_VIEW, 1, "event_id=1", "viewed_at=2026-03-02T00:00:00Z", "url=https://example.com/a",
              "title=B", NULL);
    spool_add(&spool, RECORD_VIEW, 2, "event_id=2", "viewed_at=2026-03-01T00:00:00Z", "url=https://example.com/a",
              "title=old", NULL);
    spool_add(&spool, RECORD_VIEW, 3, "event_id=3", "viewed_at=2026-03-02T00:00:00Z", "url=https://example.com/a",
              "title=A", NULL);
    spool_add(&spool, RECORD_VIEW, 4, "event_id=4", "viewed_at=2026-03-03T00:00:00Z", "url=https://example.com/a",
              NULL);
    spool_commit(&spool, "website", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows contents = spool_rows(&spool, 0, "content_seen");
    assert_int_equal(contents.count, 1);
    assert_cell(&contents, 0, "title", "A");
    assert_cell_time(&contents, 0, "titled_at", "2026-03-02T00:00:00Z");
    spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_becomes_row),        cmocka_unit_test(test_view_without_extras),
        cmocka_unit_test(test_visitor_without_cookie),  cmocka_unit_test(test_view_that_shows_person_is_identity),
        cmocka_unit_test(test_robots_are_filtered),     cmocka_unit_test(test_internal_views_are_filtered),
        cmocka_unit_test(test_first_view_of_key_stays), cmocka_unit_test(test_manifest_tells_days),
        cmocka_unit_test(test_bad_views_are_rejected),  cmocka_unit_test(test_newest_title_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
