#include "tests/unit/transform/kind_check.h"

static const char activities[] = SOURCE("activity", "fields: {activity_key: a, contact_key: c, happened_at: b}");
static const char questions[] = SOURCE("question", "fields: {question_key: a, text: b, asked_at: c}");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_activity),
        cmocka_unit_test(test_activity_ahead),
        cmocka_unit_test(test_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
