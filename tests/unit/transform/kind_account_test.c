#include "tests/unit/transform/kind_check.h"

static const char leads[] = SOURCE("lead", "fields: {contact_key: a}");
static const char accounts[] = SOURCE("account", "fields: {account_key: a}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_company_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
