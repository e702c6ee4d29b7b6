#include "tests/unit/transform/kind_check.h"

static const char identities[] = SOURCE("identity", "fields: {visitor: a, identified_at: b, email: c}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
