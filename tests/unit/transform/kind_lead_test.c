#include "tests/unit/transform/kind_check.h"

static const char leads[] = SOURCE("lead", "fields: {contact_key: a}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_a_merge_goes_to_the_row_of_its_key),
        cmocka_unit_test(test_bad_address_rejects_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
