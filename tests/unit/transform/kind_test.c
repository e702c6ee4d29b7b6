#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

#define SOURCE(kind, extra)                                                                                            \
    "  - {name: crm, system: sf, kind: " kind ", format: csv, path: none.csv, mode: upsert, max_rejects: 100,\n"       \
    "     timezone: America/New_York, " extra "}\n"

static const char leads[] = SOURCE("lead", "fields: {contact_key: a}");
static const char accounts[] = SOURCE("account", "fields: {account_key: a}");
static const char deals[] = SOURCE("deal", "fields: {deal_key: a, created_at: b}");
static const char german_deals[] =
    SOURCE("deal", "decimal: \",\", grouping: \".\", time_format: \"%d.%m.%Y\", fields: {deal_key: a, created_at: b}");
static const char deal_contacts[] = SOURCE("deal_contact", "fields: {deal_key: a, contact_key: b}");
static const char deal_splits[] = SOURCE("deal_split", "fields: {deal_key: a, owner: b, percent: c}");
static const char activities[] = SOURCE("activity", "fields: {activity_key: a, contact_key: c, happened_at: b}");
static const char questions[] = SOURCE("question", "fields: {question_key: a, text: b, asked_at: c}");
static const char property_changes[] = SOURCE("property_change", "fields: {deal_key: a, property: b, changed_at: c}");
static const char contents[] = SOURCE("content", "base_url: https://example.com, fields: {url: a}");
static const char costs[] = SOURCE("cost", "fields: {day: a, amount: b}");
static const char rates[] = SOURCE("rate", "fields: {currency: a, day: b, rate: c}");
static const char identities[] = SOURCE("identity", "fields: {visitor: a, identified_at: b, email: c}");

/* Runs one batch and gives its rows of the table. */
static Rows run(Spool *spool, const char *table)
{
    spool_commit(spool, "crm", READ_AT);
    assert_int_equal(spool_run(spool), 0);
    return spool_rows(spool, 0, table);
}

static void test_lead(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, leads);
    spool_add(&spool, RECORD_LEAD, 2, "contact_key=003A", "email=Ann Lee <Ann@Example.com>",
              "other_emails=b@example.com; ann@example.com,A@example.com b@example.com", "name= Ann Lee ",
              "account_key=001A", "employees=1200", "phone=", "created_at=2026-01-10 09:00",
              "updated_at=2026-02-01T00:00:00Z", "merged_into=003B", "is_deleted=True", NULL);
    spool_add(&spool, RECORD_LEAD, 3, "email=ben@example.com", NULL);
    spool_add(&spool, RECORD_LEAD, 4, "name=Nobody", NULL);
    Rows rows = run(&spool, "lead");
    assert_int_equal(rows.count, 2);
    Key contact = SECRET_KEY("contact", TEXT("sf"), TEXT("003A"));
    assert_cell_key(&rows, 0, "lead_id", contact);
    assert_cell_number(&rows, 0, "ordinal", 8, 1);
    assert_cell_boolean(&rows, 0, "is_deleted", true);
    assert_cell_time(&rows, 0, "updated_at", "2026-02-01T00:00:00Z");
    assert_cell_key(&rows, 0, "person_key", contact);
    assert_cell(&rows, 0, "system", "sf");
    assert_cell(&rows, 0, "contact_key", "003A");
    assert_cell(&rows, 0, "email", "ann@example.com");
    assert_cell_key(&rows, 0, "email_key", SECRET_KEY("email", TEXT("ann@example.com")));
    assert_cell_key(&rows, 0, "merged_into_key", SECRET_KEY("contact", TEXT("sf"), TEXT("003B")));
    assert_cell_key(&rows, 0, "account_id", KEY("account", TEXT("sf"), TEXT("001A")));
    assert_cell(&rows, 0, "name", "Ann Lee");
    assert_cell_number(&rows, 0, "employees", 4, 1200);
    assert_cell_null(&rows, 0, "phone");
    /* New York is five hours behind in January. */
    assert_cell_time(&rows, 0, "created_at", "2026-01-10T14:00:00Z");
    /* Two addresses besides its own, each once, in the order of their keys. */
    Text others = cell(&rows, 0, "other_email_keys");
    assert_int_equal(others.size, 20 + 2 * 20);
    Key a = SECRET_KEY("email", TEXT("a@example.com")), b = SECRET_KEY("email", TEXT("b@example.com"));
    bool is_a_first = memcmp(a.bytes, b.bytes, 16) < 0;
    assert_memory_equal(others.data, "\0\0\0\1\0\0\0\0\0\0\x0B\x86\0\0\0\2\0\0\0\1\0\0\0\x10", 24);
    assert_memory_equal(others.data + 24, is_a_first ? a.bytes : b.bytes, 16);
    assert_memory_equal(others.data + 44, is_a_first ? b.bytes : a.bytes, 16);
    assert_cell_key(&rows, 1, "lead_id", SECRET_KEY("email", TEXT("ben@example.com")));
    assert_cell_null(&rows, 1, "contact_key");
    assert_cell_null(&rows, 1, "other_email_keys");
    assert_cell_null(&rows, 1, "updated_at");
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "code", "missing");
    assert_cell(&rejects, 0, "field", "contact_key");
    spool_done(&spool);
}

/* The losers of a merge as CRMs list them, deleted and with merged_into, beside their own old rows. */
static void test_a_merge_goes_to_the_row_of_its_key(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, leads);
    spool_add(&spool, RECORD_LEAD, 2, "contact_key=1", "merged_into=9", "is_deleted=true",
              "updated_at=2026-02-02T00:00:00Z", NULL);
    spool_add(&spool, RECORD_LEAD, 3, "contact_key=1", "email=ann@example.com", "updated_at=2026-01-01T00:00:00Z",
              NULL);
    spool_add(&spool, RECORD_LEAD, 4, "contact_key=2", "name=Ben", NULL);
    spool_add(&spool, RECORD_LEAD, 5, "contact_key=2", "merged_into=9", "is_deleted=true", NULL);
    spool_add(&spool, RECORD_LEAD, 6, "contact_key=3", "merged_into=9", "is_deleted=true", NULL);
    spool_add(&spool, RECORD_LEAD, 7, "contact_key=9", "merged_into=9", "name=Cid", NULL);
    Rows rows = run(&spool, "lead");
    Key survivor = SECRET_KEY("contact", TEXT("sf"), TEXT("9"));
    assert_int_equal(rows.count, 4);
    assert_cell(&rows, 0, "email", "ann@example.com");
    assert_cell(&rows, 1, "name", "Ben");
    for (size_t i = 0; i < 3; i++) {
        assert_cell_key(&rows, i, "merged_into_key", survivor);
        assert_cell_boolean(&rows, i, "is_deleted", i == 2);
    }
    /* Merged into itself: no merge. */
    assert_cell_null(&rows, 3, "merged_into_key");
    spool_done(&spool);
}

static void test_bad_address_rejects_lead(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, leads);
    spool_add(&spool, RECORD_LEAD, 1, "contact_key=1", "email=ann(at)example.com", NULL);
    spool_add(&spool, RECORD_LEAD, 2, "contact_key=2", "other_emails=ann@example.com; nonsense", NULL);
    spool_add(&spool, RECORD_LEAD, 3, "contact_key=3", "other_emails=Ann Lee <ann@example.com>; ben@example.com", NULL);
    Rows rows = run(&spool, "lead");
    assert_int_equal(rows.count, 1);
    assert_cell(&rows, 0, "contact_key", "3");
    assert_int_equal(cell(&rows, 0, "other_email_keys").size, 60);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "field", "email");
    assert_cell(&rejects, 1, "field", "other_emails");
    assert_cell(&rejects, 1, "code", "bad_email");
    assert_cell(&rejects, 1, "raw", "contact_key=2, other_emails=a***@example.com; nonsense");
    spool_done(&spool);
}

static void test_account(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, accounts);
    spool_add(&spool, RECORD_ACCOUNT, 1, "account_key=001A", "domain=https://www.Acme.Example/en", "merged_into=001B",
              NULL);
    spool_add(&spool, RECORD_ACCOUNT, 2, "domain=Acme.example", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 3, "account_key=001C", "domain=n/a", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 4, "domain=n/a", NULL);
    Rows rows = run(&spool, "account");
    assert_int_equal(rows.count, 3);
    assert_cell_key(&rows, 0, "account_id", KEY("account", TEXT("sf"), TEXT("001A")));
    assert_cell(&rows, 0, "domain", "acme.example");
    assert_cell_key(&rows, 0, "merged_into_id", KEY("account", TEXT("sf"), TEXT("001B")));
    assert_cell_key(&rows, 1, "account_id", KEY("account_domain", TEXT("acme.example")));
    assert_cell_null(&rows, 1, "account_key");
    assert_cell(&rows, 2, "domain", "n/a");
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, 1);
    assert_cell(&rejects, 0, "code", "bad_domain");
    spool_done(&spool);
}

/* The company's domain of an address and of an account are one text. */
static void test_company_domains(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, accounts);
    spool_add(&spool, RECORD_ACCOUNT, 1, "account_key=1", "domain=https://www.shop.Acme.co.uk/en?a=b", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 2, "account_key=2", "domain=gmail.com", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 3, "account_key=3", "domain=n/a", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 4, "account_key=4", "domain=http://192.0.2.1/", NULL);
    spool_add(&spool, RECORD_ACCOUNT, 5, "account_key=5", NULL);
    Rows rows = run(&spool, "account");
    assert_cell(&rows, 0, "domain", "shop.acme.co.uk");
    assert_cell(&rows, 0, "company_domain", "acme.co.uk");
    for (size_t i = 1; i < 5; i++)
        assert_cell_null(&rows, i, "company_domain");
    spool_done(&spool);

    spool_make(&spool, leads);
    spool_add(&spool, RECORD_LEAD, 1, "contact_key=1", "email=Ann@mail.Acme.co.uk", "other_emails=ann@gmail.com", NULL);
    spool_add(&spool, RECORD_LEAD, 2, "contact_key=2", "email=ben@gmail.com", "other_emails=ben@acme.co.uk", NULL);
    spool_add(&spool, RECORD_LEAD, 3, "contact_key=3", NULL);
    rows = run(&spool, "lead");
    assert_cell(&rows, 0, "company_domain", "acme.co.uk");
    assert_cell_null(&rows, 1, "company_domain");
    assert_cell_null(&rows, 2, "company_domain");
    spool_done(&spool);
}

static void test_deal(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, deals);
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=D1", "amount=1234.505", "currency=usd", "is_won=1", "is_closed=0",
              "created_at=2026-01-01T00:00:00Z", "closed_at=2026-03-29", "merged_into=D2", NULL);
    spool_add(&spool, RECORD_DEAL, 2, "deal_key=D2", "amount=1500.5", "currency=JPY", "is_closed=yes",
              "created_at=2026-01-01T00:00:00Z", NULL);
    spool_add(&spool, RECORD_DEAL, 3, "deal_key=D3", "amount=-0.005", "created_at=2026-01-01T00:00:00Z", NULL);
    spool_add(&spool, RECORD_DEAL, 4, "deal_key=D4", "created_at=2026-01-01T00:00:00Z", NULL);
    Rows rows = run(&spool, "deal");
    assert_int_equal(rows.count, 4);
    assert_cell_key(&rows, 0, "deal_id", KEY("deal", TEXT("sf"), TEXT("D1")));
    assert_cell_numeric(&rows, 0, "amount", "1234.51");
    assert_cell(&rows, 0, "currency", "USD");
    assert_cell_boolean(&rows, 0, "is_won", true);
    assert_cell_boolean(&rows, 0, "is_closed", true);
    assert_cell_key(&rows, 0, "merged_into_id", KEY("deal", TEXT("sf"), TEXT("D2")));
    /* The day on which Berlin's clocks go forward ends two hours ahead of UTC. */
    assert_cell_time(&rows, 0, "closed_at", "2026-03-29T21:59:59.999999Z");
    assert_cell_numeric(&rows, 1, "amount", "1501");
    assert_cell_null(&rows, 1, "is_won");
    assert_cell_boolean(&rows, 1, "is_closed", true);
    assert_cell_numeric(&rows, 2, "amount", "-0.01");
    assert_cell(&rows, 2, "currency", "EUR");
    assert_cell_null(&rows, 2, "is_closed");
    assert_cell_null(&rows, 3, "amount");
    assert_cell(&rows, 3, "currency", "EUR");
    spool_done(&spool);
}

static void test_deal_as_germans_write_it(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, german_deals);
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=D1", "amount=1.234,50", "created_at=01.02.2026", NULL);
    spool_add(&spool, RECORD_DEAL, 2, "deal_key=D2", "amount=1,234.50", "created_at=01.02.2026", NULL);
    Rows rows = run(&spool, "deal");
    assert_int_equal(rows.count, 1);
    assert_cell_numeric(&rows, 0, "amount", "1234.50");
    assert_cell_time(&rows, 0, "created_at", "2026-02-01T22:59:59.999999Z");
    spool_done(&spool);
}

static void test_bad_deals(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, deals);
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=1", "created_at=2026-01-01T00:00:00Z", "amount=12 EUR", NULL);
    spool_add(&spool, RECORD_DEAL, 2, "deal_key=2", "created_at=2026-01-01T00:00:00Z", "currency=EUX", NULL);
    spool_add(&spool, RECORD_DEAL, 3, "created_at=2026-01-01T00:00:00Z", NULL);
    spool_add(&spool, RECORD_DEAL, 4, "deal_key=4", NULL);
    spool_add(&spool, RECORD_DEAL, 5, "deal_key=5", "created_at=2026-01-01T00:00:00Z", "amount=1e30", NULL);
    spool_add(&spool, RECORD_DEAL, 6, "deal_key=6", "is_deleted=true", NULL); /* that it is gone is all it says */
    Rows rows = run(&spool, "deal");
    assert_int_equal(rows.count, 1);
    assert_cell(&rows, 0, "deal_key", "6");
    assert_cell_boolean(&rows, 0, "is_deleted", true);
    assert_cell_null(&rows, 0, "created_at");
    Rows rejects = spool_rows(&spool, 0, "reject");
    static const char *const expected[][2] = {{"amount", "bad_amount"},
                                              {"currency", "bad_currency"},
                                              {"deal_key", "missing"},
                                              {"created_at", "missing"},
                                              {"amount", "bad_amount"}};
    assert_int_equal(rejects.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_cell(&rejects, i, "field", expected[i][0]);
        assert_cell(&rejects, i, "code", expected[i][1]);
    }
    spool_done(&spool);
}

static void test_deal_contact(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, deal_contacts);
    spool_add(&spool, RECORD_DEAL_CONTACT, 1, "deal_key=D1", "contact_key=C1", "email=ann@example.com", "role=champion",
              "is_primary=y", NULL);
    spool_add(&spool, RECORD_DEAL_CONTACT, 2, "deal_key=D1", "email=ann@example.com", NULL);
    spool_add(&spool, RECORD_DEAL_CONTACT, 3, "deal_key=D1", "contact_key=C1", "role=user", NULL);
    spool_add(&spool, RECORD_DEAL_CONTACT, 4, "deal_key=D1", "role=user", NULL);
    Rows rows = run(&spool, "deal_contact");
    assert_int_equal(rows.count, 3);
    Key deal = KEY("deal", TEXT("sf"), TEXT("D1"));
    Key contact = SECRET_KEY("contact", TEXT("sf"), TEXT("C1")), email = SECRET_KEY("email", TEXT("ann@example.com"));
    assert_cell_key(&rows, 0, "deal_contact_id",
                    KEY("deal_contact", BYTES_OF(deal), BYTES_OF(contact), TEXT("champion")));
    assert_cell_key(&rows, 0, "deal_id", deal);
    assert_cell_key(&rows, 0, "person_key", contact);
    assert_cell(&rows, 0, "email", "ann@example.com");
    assert_cell(&rows, 0, "company_domain", "example.com");
    assert_cell(&rows, 0, "role", "champion");
    assert_cell_boolean(&rows, 0, "is_primary", true);
    assert_cell_key(&rows, 1, "deal_contact_id", KEY("deal_contact", BYTES_OF(deal), BYTES_OF(email), TEXT_NULL));
    assert_cell_null(&rows, 1, "is_primary");
    spool_done(&spool);
}

static void test_deal_split(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, deal_splits);
    spool_add(&spool, RECORD_DEAL_SPLIT, 1, "split_key=S1", "deal_key=D1", "owner=vera", "percent=62.50", NULL);
    spool_add(&spool, RECORD_DEAL_SPLIT, 2, "deal_key=D1", "owner=will", "percent=0", NULL);
    /* 0.33333333, 0.5 and 2 of the whole are 33.333333, 50 and 200 per cent */
    spool_add(&spool, RECORD_DEAL_SPLIT, 3, "split_key=S3", "deal_key=D1", "owner=vera", "share=0.33333333", NULL);
    spool_add(&spool, RECORD_DEAL_SPLIT, 4, "split_key=S4", "deal_key=D1", "owner=vera", "share=0.5", NULL);
    spool_add(&spool, RECORD_DEAL_SPLIT, 5, "split_key=S5", "deal_key=D1", "owner=vera", "share=2", "percent=", NULL);
    spool_add(&spool, RECORD_DEAL_SPLIT, 6, "split_key=S6", "is_deleted=true", NULL);
    Rows rows = run(&spool, "deal_split");
    assert_int_equal(rows.count, 6);
    Key deal = KEY("deal", TEXT("sf"), TEXT("D1"));
    assert_cell_key(&rows, 0, "deal_split_id", KEY("deal_split", TEXT("sf"), TEXT("S1")));
    assert_cell_key(&rows, 0, "deal_id", deal);
    assert_cell(&rows, 0, "system", "sf");
    assert_cell(&rows, 0, "split_key", "S1");
    assert_cell(&rows, 0, "owner", "vera");
    assert_cell_numeric(&rows, 0, "percent", "62.50");
    assert_cell_key(&rows, 1, "deal_split_id", KEY("deal_split_parts", BYTES_OF(deal), TEXT("will")));
    assert_cell_null(&rows, 1, "split_key");
    assert_cell_numeric(&rows, 2, "percent", "33.333333");
    assert_cell_numeric(&rows, 3, "percent", "50");
    assert_cell_numeric(&rows, 4, "percent", "200");
    assert_cell_boolean(&rows, 5, "is_deleted", true);
    assert_cell_null(&rows, 5, "percent");
    spool_done(&spool);
}

static void test_bad_deal_splits(void **state)
{
    static const struct {
        const char *values[4], *field, *code;
    } cases[] = {
        {{"deal_key=D", "owner=vera"}, "percent", "missing"},
        {{"deal_key=D", "owner=vera", "percent=-1"}, "percent", "bad_number"},
        {{"deal_key=D", "owner=vera", "share=-0.1"}, "share", "bad_number"},
        {{"deal_key=D", "owner=vera", "percent=half"}, "percent", "bad_number"},
        {{"deal_key=D", "owner=vera", "share=1000000000000000000000000000000000000"}, "share", "bad_number"},
        {{"deal_key=D", "percent=10"}, NULL, "missing"}, /* no key */
        {{"owner=vera", "percent=10"}, "deal_key", "missing"},
        {{"is_deleted=true", "deal_key=D"}, NULL, "missing"},
    };
    Spool spool;
    (void)state;
    spool_make(&spool, deal_splits);
    size_t count = sizeof cases / sizeof cases[0];
    for (size_t i = 0; i < count; i++)
        spool_add(&spool, RECORD_DEAL_SPLIT, (uint32_t)i + 1, cases[i].values[0], cases[i].values[1],
                  cases[i].values[2], NULL);
    assert_int_equal(run(&spool, "deal_split").count, 0);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_cell(&rejects, i, "code", cases[i].code);
        if (cases[i].field)
            assert_cell(&rejects, i, "field", cases[i].field);
    }
    spool_done(&spool);
}

static void test_activity(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, activities);
    spool_add(&spool, RECORD_ACTIVITY, 1, "activity_key=A1", "email=ann@example.com", "deal_key=D1", "kind=call",
              "happened_at=2026-07-01T09:00:00-04:00", NULL);
    spool_add(&spool, RECORD_ACTIVITY, 2, "activity_key=A2", "deal_key=D1", "happened_at=2026-03-01T09:00:00Z",
              "duration_seconds=60", NULL);
    spool_add(&spool, RECORD_ACTIVITY, 3, "activity_key=A3", "happened_at=2026-03-01T09:00:00Z", NULL);
    spool_add(&spool, RECORD_ACTIVITY, 4, "activity_key=A4", "is_deleted=1", NULL);
    spool_add(&spool, RECORD_ACTIVITY, 5, "activity_key=A5", "email=nobody", "happened_at=2026-03-01T09:00:00Z", NULL);
    Rows rows = run(&spool, "activity");
    assert_int_equal(rows.count, 2);
    assert_cell_key(&rows, 0, "activity_id", KEY("activity", TEXT("sf"), TEXT("A2")));
    assert_cell_null(&rows, 0, "person_key");
    assert_cell_key(&rows, 0, "deal_id", KEY("deal", TEXT("sf"), TEXT("D1")));
    assert_cell_number(&rows, 0, "duration_seconds", 4, 60);
    assert_cell(&rows, 1, "activity_key", "A4");
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, 1);
    assert_cell(&rejects, 0, "code", "bad_email");
    Manifest manifest = spool_manifest(&spool, 0);
    assert_int_equal(manifest_count(&manifest, RECORD_ACTIVITY).filtered, 2);
    assert_int_equal(manifest.filter_count, 2);
    assert_string_equal(manifest.filters[0].reason, "planned");
    assert_string_equal(manifest.filters[1].reason, "about_nobody");
    assert_int_equal(manifest.filters[1].kind, RECORD_ACTIVITY);
    spool_done(&spool);
}

/* More than a day ahead nothing has happened; but what was called off is gone, wherever it lay. */
static void test_activity_ahead(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, activities);
    spool_add(&spool, RECORD_ACTIVITY, 1, "activity_key=A1", "contact_key=C1", "happened_at=2026-04-07T02:00:00Z",
              NULL);
    spool_add(&spool, RECORD_ACTIVITY, 2, "activity_key=A2", "contact_key=C1",
              "happened_at=2026-04-07T02:00:00.000001Z", NULL);
    spool_add(&spool, RECORD_ACTIVITY, 3, "activity_key=A3", "contact_key=C1", "happened_at=2026-07-01", "is_deleted=1",
              NULL);
    Rows rows = run(&spool, "activity");
    assert_int_equal(rows.count, 2);
    assert_cell(&rows, 0, "activity_key", "A1");
    assert_cell(&rows, 1, "activity_key", "A3");
    spool_done(&spool);
}

static void test_question(void **state)
{
    Spool spool;
    char *text = malloc(70000);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', 70000);
    memcpy(text, "text=", 5);
    spool_make(&spool, questions);
    text[5 + 65536] = '\0';
    spool_add(&spool, RECORD_QUESTION, 1, "question_key=Q1", "contact_key=C1", "deal_key=D1", "asked_at=2026-03-01",
              text, NULL);
    text[5 + 65536] = 'a';
    text[5 + 65537] = '\0';
    spool_add(&spool, RECORD_QUESTION, 2, "question_key=Q2", "asked_at=2026-03-01", text, NULL);
    Rows rows = run(&spool, "question");
    assert_int_equal(rows.count, 1);
    assert_cell_key(&rows, 0, "question_id", KEY("question", TEXT("sf"), TEXT("Q1")));
    assert_cell_key(&rows, 0, "person_key", SECRET_KEY("contact", TEXT("sf"), TEXT("C1")));
    assert_int_equal(cell(&rows, 0, "text").size, 65536);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "field", "text");
    assert_cell(&rejects, 0, "code", "too_long");
    assert_int_equal(cell(&rejects, 0, "raw").size, 2000);
    spool_done(&spool);
    free(text);
}

/* A change is of a deal or of a contact, and is what it says: said twice it is one. */
static void test_property_change(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, property_changes);
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 1, "deal_key=D1", "property=stage", "value= Offer ",
              "changed_at=2026-02-01 07:00", "source_detail=CRM_UI userId:7", NULL);
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 2, "contact_key=C1", "email=Ann@example.com", "property=owner",
              "changed_at=2026-02-01T12:00:00.001Z", NULL);
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 3, "email=ann@example.com", "property=hs_lead_status", "value=OPEN",
              "changed_at=2026-02-01T12:00:00Z", NULL);
    /* the first again, later in its file, and with another detail */
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 4, "deal_key=D1", "property=stage", "value=Offer",
              "changed_at=2026-02-01T12:00:00Z", "source_detail=API", NULL);
    /* what differs in one part is another one */
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 5, "deal_key=D1", "property=stage", "value=Lost",
              "changed_at=2026-02-01T12:00:00Z", NULL);
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 6, "deal_key=D1", "property=stage", "value=Offer",
              "changed_at=2026-02-02T12:00:00Z", NULL);
    spool_add(&spool, RECORD_PROPERTY_CHANGE, 7, "deal_key=D1", "property=stage", "changed_at=2026-02-01T12:00:00Z",
              NULL);
    Rows rows = run(&spool, "property_change");
    assert_int_equal(rows.count, 6);
    Key deal = KEY("deal", TEXT("sf"), TEXT("D1")), contact = SECRET_KEY("contact", TEXT("sf"), TEXT("C1"));
    Key address = SECRET_KEY("email", TEXT("ann@example.com"));
    Key ids[] = {
        KEY("property_change", BYTES_OF(contact), TEXT("owner"), TEXT("1769947200001000"), TEXT_NULL),
        KEY("property_change", BYTES_OF(address), TEXT("hs_lead_status"), TEXT("1769947200000000"), TEXT("OPEN")),
        KEY("property_change", BYTES_OF(deal), TEXT("stage"), TEXT("1769947200000000"), TEXT("Offer")),
        KEY("property_change", BYTES_OF(deal), TEXT("stage"), TEXT("1769947200000000"), TEXT("Lost")),
        KEY("property_change", BYTES_OF(deal), TEXT("stage"), TEXT("1770033600000000"), TEXT("Offer")),
        KEY("property_change", BYTES_OF(deal), TEXT("stage"), TEXT("1769947200000000"), TEXT_NULL),
    };
    for (size_t i = 0; i < 6; i++)
        assert_cell_key(&rows, i, "property_change_id", ids[i]);
    assert_cell(&rows, 0, "system", "sf");
    assert_cell_key(&rows, 0, "person_key", contact);
    assert_cell(&rows, 0, "contact_key", "C1");
    assert_cell(&rows, 0, "email", "ann@example.com");
    assert_cell_null(&rows, 0, "deal_id");
    assert_cell_null(&rows, 0, "deal_key");
    assert_cell(&rows, 0, "property", "owner");
    assert_cell_null(&rows, 0, "value");
    assert_cell_time(&rows, 0, "changed_at", "2026-02-01T12:00:00.001000Z");
    assert_cell_key(&rows, 1, "person_key", address);
    assert_cell_key(&rows, 2, "deal_id", deal);
    assert_cell(&rows, 2, "deal_key", "D1");
    assert_cell_null(&rows, 2, "person_key");
    assert_cell(&rows, 2, "value", "Offer");
    assert_cell_time(&rows, 2, "changed_at", "2026-02-01T12:00:00Z");
    assert_cell(&rows, 2, "source_detail", "API");
    spool_done(&spool);
}

static void test_what_is_no_property_change(void **state)
{
    static const struct {
        const char *fields[4];
        const char *field, *code;
    } bad[] = {
        {{"deal_key=D1", "contact_key=C1", "property=stage", "changed_at=2026-02-01"}, "deal_key", "ambiguous"},
        {{"deal_key=D1", "email=ann@example.com", "property=stage", "changed_at=2026-02-01"}, "deal_key", "ambiguous"},
        {{"property=stage", "value=Offer", "changed_at=2026-02-01", NULL}, "deal_key", "missing"},
        {{"deal_key=D1", "value=Offer", "changed_at=2026-02-01", NULL}, "property", "missing"},
        {{"deal_key=D1", "property=stage", "value=Offer", NULL}, "changed_at", "missing"},
        {{"deal_key=D1", "property=stage", "changed_at=2026-13-01", NULL}, "changed_at", "bad_time"},
        {{"deal_key=D1", "property=stage", "changed_at=2031-02-01", NULL}, "changed_at", "in_future"},
        {{"email=ann", "property=stage", "changed_at=2026-02-01", NULL}, "email", "bad_email"},
    };
    Spool spool;
    (void)state;
    spool_make(&spool, property_changes);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        spool_add(&spool, RECORD_PROPERTY_CHANGE, (uint32_t)i + 1, bad[i].fields[0], bad[i].fields[1], bad[i].fields[2],
                  bad[i].fields[3], NULL);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, sizeof bad / sizeof bad[0]);
    for (size_t i = 0; i < rejects.count; i++) {
        assert_cell(&rejects, i, "kind", "property_change");
        assert_cell(&rejects, i, "field", bad[i].field);
        assert_cell(&rejects, i, "code", bad[i].code);
    }
    spool_done(&spool);
}

static void test_content(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, contents);
    spool_add(&spool, RECORD_CONTENT, 1, "url=/Guides/index.html", "title=Guides", "topic=oee", NULL);
    spool_add(&spool, RECORD_CONTENT, 2, "url=http://example.com/Guides?utm_source=x", "title=Newer", NULL);
    spool_add(&spool, RECORD_CONTENT, 3, "url=mailto:ann@example.com", NULL);
    Rows rows = run(&spool, "content");
    assert_int_equal(rows.count, 1);
    assert_cell_key(&rows, 0, "content_id", KEY("content", TEXT("https://example.com/Guides")));
    assert_cell(&rows, 0, "url", "https://example.com/Guides");
    assert_cell(&rows, 0, "host", "example.com");
    assert_cell(&rows, 0, "path", "/Guides");
    assert_cell(&rows, 0, "title", "Newer");
    assert_cell_null(&rows, 0, "topic");
    spool_done(&spool);
}

static void test_cost(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, costs);
    spool_add(&spool, RECORD_COST, 1, "cost_key=K1", "day=2026-02-18", "amount=88.1", "url=https://example.com/a",
              "source=google", NULL);
    spool_add(&spool, RECORD_COST, 2, "day=2026-02-18", "channel=Paid Search", "campaign=c", "medium=cpc", "amount=1",
              "url=http://example.com/a/", NULL);
    spool_add(&spool, RECORD_COST, 3, "day=2026-02-18", "channel=Paid Search", "campaign=c", "medium=cpc", "amount=2",
              "url=https://example.com/a", NULL);
    Rows rows = run(&spool, "cost");
    assert_int_equal(rows.count, 2);
    assert_cell_key(&rows, 0, "cost_id", KEY("cost", TEXT("sf"), TEXT("K1")));
    assert_cell_number(&rows, 0, "day", 4, 20502 - 10957);
    assert_cell(&rows, 0, "campaign_source", "google");
    Key content = KEY("content", TEXT("https://example.com/a"));
    assert_cell_key(&rows, 0, "content_id", content);
    assert_cell_numeric(&rows, 0, "amount", "88.10");
    assert_cell(&rows, 0, "currency", "EUR");
    assert_cell_key(&rows, 1, "cost_id",
                    KEY("cost_parts", TEXT("sf"), TEXT("20502"), TEXT("Paid Search"), TEXT("c"), TEXT_NULL, TEXT("cpc"),
                        TEXT("https://example.com/a")));
    assert_cell_numeric(&rows, 1, "amount", "2.00");
    Rows seen = spool_rows(&spool, 0, "content_seen");
    assert_int_equal(seen.count, 1);
    assert_cell_key(&seen, 0, "content_id", content);
    assert_cell_null(&seen, 0, "title");
    spool_done(&spool);
}

static void test_rate(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, rates);
    spool_add(&spool, RECORD_RATE, 1, "currency=usd", "day=2026-02-13", "rate=0.85300", NULL);
    spool_add(&spool, RECORD_RATE, 2, "currency=USD", "day=2026-02-20", "rate=0", NULL);
    Rows rows = run(&spool, "rate");
    assert_int_equal(rows.count, 1);
    assert_cell_key(&rows, 0, "rate_id", KEY("rate", TEXT("USD"), TEXT("20497")));
    assert_cell(&rows, 0, "currency", "USD");
    assert_cell_numeric(&rows, 0, "rate", "0.85300");
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "code", "bad_number");
    spool_done(&spool);
}

static void test_identity(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, identities);
    spool_add(&spool, RECORD_IDENTITY, 1, "identity_key=I1", "visitor=c", "identified_at=2026-03-01T00:00:00Z",
              "email=Ann@example.com", NULL);
    spool_add(&spool, RECORD_IDENTITY, 2, "visitor=c", "identified_at=2026-03-01T00:00:00Z", "email=ann@example.com",
              "contact_key=C1", NULL);
    spool_add(&spool, RECORD_IDENTITY, 3, "visitor=c", "identified_at=2026-03-01T00:00:00Z", NULL);
    Rows rows = run(&spool, "identity");
    assert_int_equal(rows.count, 2);
    Key visitor = SECRET_KEY("visitor", TEXT("sf"), TEXT("c")), contact = SECRET_KEY("contact", TEXT("sf"), TEXT("C1"));
    assert_cell_key(&rows, 0, "identity_id", KEY("identity", TEXT("sf"), TEXT("I1")));
    assert_cell_key(&rows, 0, "visitor_id", visitor);
    assert_cell_key(&rows, 0, "person_key", SECRET_KEY("email", TEXT("ann@example.com")));
    assert_cell_time(&rows, 0, "identified_at", "2026-03-01T00:00:00Z");
    assert_cell_key(&rows, 1, "identity_id",
                    KEY("identity_parts", TEXT("sf"), BYTES_OF(visitor), TEXT("1772323200000000"), BYTES_OF(contact)));
    assert_cell_key(&rows, 1, "person_key", contact);
    assert_cell(&rows, 1, "email", "ann@example.com");
    assert_cell(&rows, 1, "company_domain", "example.com");
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_cell(&rejects, 0, "field", "email");
    /* What is rejected shows no cookie. */
    assert_cell(&rejects, 0, "raw", "identified_at=2026-03-01T00:00:00Z");
    spool_done(&spool);
}

/* The digest is that of the record's own values: a version that says nothing new has the same, wherever it stands. */
static void test_digest_tells_versions_apart(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, deals);
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=D1", "created_at=2026-01-01T00:00:00Z", "amount=10", NULL);
    Rows first = run(&spool, "deal");
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=D0", "created_at=2026-01-01T00:00:00Z", NULL);
    spool_add(&spool, RECORD_DEAL, 2, "deal_key= D1", "created_at=2026-01-01T01:00:00+01:00", "amount=10.00",
              "currency=EUR", NULL);
    spool_commit(&spool, "crm", READ_AT);
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=D1", "created_at=2026-01-01T00:00:00Z", "amount=10", "is_deleted=1",
              NULL);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows second = spool_rows(&spool, 1, "deal"), third = spool_rows(&spool, 2, "deal");
    assert_true(text_equal(cell(&first, 0, "deal_id"), cell(&second, 1, "deal_id")));
    assert_true(text_equal(cell(&first, 0, "digest"), cell(&second, 1, "digest")));
    assert_cell_number(&second, 1, "ordinal", 8, 2);
    assert_false(text_equal(cell(&first, 0, "digest"), cell(&third, 0, "digest")));
    spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_a_merge_goes_to_the_row_of_its_key),
        cmocka_unit_test(test_bad_address_rejects_lead),
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_company_domains),
        cmocka_unit_test(test_deal),
        cmocka_unit_test(test_deal_as_germans_write_it),
        cmocka_unit_test(test_bad_deals),
        cmocka_unit_test(test_deal_contact),
        cmocka_unit_test(test_deal_split),
        cmocka_unit_test(test_bad_deal_splits),
        cmocka_unit_test(test_activity),
        cmocka_unit_test(test_activity_ahead),
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_property_change),
        cmocka_unit_test(test_what_is_no_property_change),
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_digest_tells_versions_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
