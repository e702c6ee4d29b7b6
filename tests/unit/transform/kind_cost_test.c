#include "tests/unit/transform/kind_check.h"

static const char costs[] = SOURCE("cost", "fields: {day: a, amount: b}");
static const char rates[] = SOURCE("rate", "fields: {currency: a, day: b, rate: c}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
