#include "tests/unit/transform/kind_check.h"

static const char property_changes[] = SOURCE("property_change", "fields: {deal_key: a, property: b, changed_at: c}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_property_change),
        cmocka_unit_test(test_what_is_no_property_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
