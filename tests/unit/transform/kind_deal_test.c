#include "tests/unit/transform/kind_check.h"

static const char deals[] = SOURCE("deal", "fields: {deal_key: a, created_at: b}");
static const char german_deals[] =
    SOURCE("deal", "decimal: \",\", grouping: \".\", time_format: \"%d.%m.%Y\", fields: {deal_key: a, created_at: b}");
static const char deal_contacts[] = SOURCE("deal_contact", "fields: {deal_key: a, contact_key: b}");
static const char deal_splits[] = SOURCE("deal_split", "fields: {deal_key: a, owner: b, percent: c}");

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
        cmocka_unit_test(test_deal),
        cmocka_unit_test(test_deal_as_germans_write_it),
        cmocka_unit_test(test_bad_deals),
        cmocka_unit_test(test_deal_contact),
        cmocka_unit_test(test_deal_split),
        cmocka_unit_test(test_bad_deal_splits),
        cmocka_unit_test(test_digest_tells_versions_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
