#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

#define DEALS(mode, max_rejects)                                                                                       \
    "  - {name: crm, kind: deal, format: xml, record: r, path: none.xml, mode: " mode ", max_rejects: " max_rejects    \
    ",\n     fields: {deal_key: a, created_at: b},\n"                                                                  \
    "     also: [{kind: deal_contact, each: c, fields: {deal_key: ../a, contact_key: b}}]}\n"

static const char created[] = "created_at=2026-01-01T00:00:00Z";

static void add_deal(Spool *spool, uint32_t line, const char *key, const char *name, const char *updated_at)
{
    spool_add(spool, RECORD_DEAL, line, key, name, created, updated_at, NULL);
}

/* The names of the deals that stay, put together. */
static const char *names(Spool *spool, size_t batch)
{
    Rows rows = spool_rows(spool, batch, "deal");
    const char *all = "";
    for (size_t i = 0; i < rows.count; i++) {
        Text name = cell(&rows, i, "name");
        all = arena_printf(&spool->arena, "%s%.*s", all, TEXT_PRINTF(name));
    }
    return all;
}

static void add_versions(Spool *spool)
{
    add_deal(spool, 1, "deal_key=1", "name=A", "updated_at=2026-02-02T00:00:00Z");
    add_deal(spool, 2, "deal_key=2", "name=B", NULL);
    add_deal(spool, 3, "deal_key=1", "name=C", "updated_at=2026-02-03T00:00:00Z");
    add_deal(spool, 4, "deal_key=1", "name=D", "updated_at=2026-02-03T00:00:00Z");
    add_deal(spool, 5, "deal_key=1", "name=E", "updated_at=2026-02-01T00:00:00Z");
    add_deal(spool, 6, "deal_key=2", "name=F", "updated_at=2026-02-01T00:00:00Z");
    add_deal(spool, 7, "deal_key=1", "name=G", NULL);
}

static void check_versions(const char *source, const char *expected)
{
    Spool spool;
    spool_make(&spool, source);
    add_versions(&spool);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    assert_string_equal(names(&spool, 0), expected);
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_DEAL);
    assert_int_equal(count.read, 7);
    assert_int_equal(count.emitted, 2);
    assert_int_equal(count.duplicate, 5);
    spool_done(&spool);
}

static void test_newest_version_stays_in_upsert(void **state)
{
    (void)state;
    check_versions(DEALS("upsert", "0"), "DF");
}

static void test_last_version_stays_in_snapshot(void **state)
{
    (void)state;
    check_versions(DEALS("snapshot", "0"), "FG");
}

static void test_first_version_stays_in_append(void **state)
{
    (void)state;
    check_versions(DEALS("append", "0"), "EF");
}

/* A rejected version neither stays nor hides one. */
static void test_rejected_version_is_no_version(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("upsert", "5"));
    add_deal(&spool, 1, "deal_key=1", "name=A", "updated_at=2026-02-01T00:00:00Z");
    spool_add(&spool, RECORD_DEAL, 2, "deal_key=1", "name=B", created, "updated_at=2026-02-02T00:00:00Z", "amount=x",
              NULL);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    assert_string_equal(names(&spool, 0), "A");
    Manifest manifest = spool_manifest(&spool, 0);
    assert_null(spool_file(&manifest, "present"));
    assert_false(manifest.is_deletion_blocked);
    spool_done(&spool);
}

static void test_rejected_record_is_present_in_snapshot(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("snapshot", "5"));
    spool_add(&spool, RECORD_DEAL, 1, "deal_key=1", created, "amount=x", NULL);
    spool_add(&spool, RECORD_DEAL_CONTACT, 1, "deal_key=1", "contact_key=C1", "is_primary=x", NULL);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows present = spool_rows(&spool, 0, "present");
    assert_int_equal(present.count, 2);
    Key deal = KEY("deal", TEXT("crm"), TEXT("1")), contact = SECRET_KEY("contact", TEXT("crm"), TEXT("C1"));
    assert_cell(&present, 0, "kind", "deal");
    assert_cell_key(&present, 0, "key", deal);
    assert_cell(&present, 1, "kind", "deal_contact");
    assert_cell_key(&present, 1, "key", KEY("deal_contact", BYTES_OF(deal), BYTES_OF(contact), TEXT_NULL));
    Manifest manifest = spool_manifest(&spool, 0);
    assert_false(manifest.is_deletion_blocked);
    /* Tables of its kinds are there with no row at all: to a snapshot that is an answer. */
    assert_int_equal(spool_rows(&spool, 0, "deal").count, 0);
    spool_done(&spool);
}

static void test_reject_without_key_blocks_deletion(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("snapshot", "5"));
    spool_add(&spool, RECORD_DEAL, 1, created, NULL);
    spool_commit(&spool, "crm", READ_AT);
    spool_add(&spool, RECORD_DEAL_CONTACT, 1, "deal_key=1", "email=nobody", NULL);
    spool_commit(&spool, "crm", READ_AT + 1);
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool_add(&spool, RECORD_REJECT, 7, "kind=deal", "code=ragged", "reason=3 columns instead of 4",
              "raw=1;ann@example.com", NULL);
    spool_commit(&spool, "crm", READ_AT + 2);
    assert_int_equal(spool_run(&spool), 0);
    for (size_t i = 0; i < 3; i++)
        assert_true(spool_manifest(&spool, i).is_deletion_blocked);
    spool_done(&spool);
}

static void test_rejects_of_extract_pass(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("append", "5"));
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool_add(&spool, RECORD_REJECT, 7, "kind=deal", "code=ragged", "reason=3 columns instead of 4",
              "raw=1;ann@example.com\xFF", NULL);
    spool.filtered = 3;
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    Rows rejects = spool_rows(&spool, 0, "reject");
    assert_int_equal(rejects.count, 1);
    assert_cell(&rejects, 0, "file", "/data/input.csv");
    assert_cell_number(&rejects, 0, "line", 8, 7);
    assert_cell(&rejects, 0, "kind", "deal");
    assert_cell_null(&rejects, 0, "field");
    assert_cell(&rejects, 0, "code", "ragged");
    assert_cell(&rejects, 0, "reason", "3 columns instead of 4");
    assert_cell(&rejects, 0, "raw", "1;a***@example.com\xEF\xBF\xBD");
    Manifest manifest = spool_manifest(&spool, 0);
    BatchCount count = manifest_count(&manifest, RECORD_DEAL);
    assert_int_equal(count.read, 5);
    assert_int_equal(count.emitted, 1);
    assert_int_equal(count.rejected, 1);
    assert_int_equal(count.filtered, 3);
    assert_false(manifest.is_deletion_blocked);
    spool_done(&spool);
}

/* One reject more than allowed: the batch says so, keeps its rejects, and has no rows. */
static void test_too_many_rejects_refuse_the_batch(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("upsert", "1"));
    for (int rejects = 1; rejects <= 2; rejects++) {
        add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
        for (int i = 0; i < rejects; i++)
            spool_add(&spool, RECORD_DEAL, 2, "deal_key=2", NULL);
        spool_commit(&spool, "crm", READ_AT + rejects);
    }
    assert_int_equal(spool_run(&spool), 2);
    Manifest kept = spool_manifest(&spool, 0), refused = spool_manifest(&spool, 1);
    assert_false(kept.is_refused);
    assert_true(refused.is_refused);
    assert_non_null(spool_file(&kept, "deal"));
    assert_null(spool_file(&refused, "deal"));
    assert_int_equal(spool_rows(&spool, 1, "reject").count, 2);
    assert_int_equal(manifest_count(&refused, RECORD_DEAL).rejected, 2);
    spool_done(&spool);
}

static void test_share_of_rejects(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("upsert", "50%"));
    for (int rejects = 2; rejects <= 3; rejects++) {
        add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
        add_deal(&spool, 2, "deal_key=2", "name=B", NULL);
        for (int i = 0; i < rejects; i++)
            spool_add(&spool, RECORD_DEAL, 2, "deal_key=2", NULL);
        spool_commit(&spool, "crm", READ_AT + rejects);
    }
    assert_int_equal(spool_run(&spool), 2);
    assert_false(spool_manifest(&spool, 0).is_refused);
    assert_true(spool_manifest(&spool, 1).is_refused);
    spool_done(&spool);
}

/* The last line of a file that grows may be cut; of an export that is to be whole it counts. */
static void test_cut_off_end_is_no_fault_of_a_file_that_grows(void **state)
{
    static const struct {
        const char *source, *code;
        int status;
    } cases[] = {
        {DEALS("append", "0"), "code=cut_off", 0},
        {DEALS("append", "0"), "code=ragged", 2},
        {DEALS("append", "5%"), "code=cut_off", 0},
        {DEALS("upsert", "0"), "code=cut_off", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Spool spool;
        spool_make(&spool, cases[i].source);
        add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
        spool_add(&spool, RECORD_REJECT, 2, "kind=deal", cases[i].code, "reason=no line end", NULL);
        spool_commit(&spool, "crm", READ_AT);
        assert_int_equal(spool_run(&spool), cases[i].status);
        Manifest manifest = spool_manifest(&spool, 0);
        assert_int_equal(manifest_count(&manifest, RECORD_DEAL).rejected, 1);
        assert_int_equal(spool_rows(&spool, 0, "reject").count, 1);
        spool_done(&spool);
    }
}

static void test_manifest_is_carried_over(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("snapshot", "0"));
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool_commit(&spool, "crm", READ_AT);
    assert_int_equal(spool_run(&spool), 0);
    const char *path = path_join(&spool.arena, spool_folder(&spool, STAGE_EXTRACTED, 0), "manifest.json");
    Manifest before, after = spool_manifest(&spool, 0);
    ASSERT_OK(&spool, manifest_read(path, &spool.arena, &before, &spool.error));
    assert_memory_equal(&before.batch_id, &after.batch_id, sizeof before.batch_id);
    assert_memory_equal(&before.input_digest, &after.input_digest, sizeof before.input_digest);
    assert_memory_equal(&before.mapping_digest, &after.mapping_digest, sizeof before.mapping_digest);
    assert_string_equal(after.source, "crm");
    assert_string_equal(after.system, "crm");
    assert_int_equal(after.mode, MODE_SNAPSHOT);
    assert_int_equal(after.read_at, READ_AT);
    assert_int_equal(after.max_deleted, 20);
    assert_int_equal(after.input_count, 1);
    assert_string_equal(after.inputs[0].file, "/data/input.csv");
    Secret secret = test_secret();
    Key fingerprint = secret_fingerprint(&secret);
    assert_memory_equal(&after.secret_fingerprint, &fingerprint, sizeof fingerprint);
    assert_int_equal(after.first_at, INT64_MAX);
    assert_int_equal(after.day_count, 0);
    spool_done(&spool);
}

/* A file that is cut, or holds another number of records than its manifest says, makes no batch. */
static void test_damaged_batch_is_refused(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, DEALS("upsert", "0"));
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool_commit(&spool, "crm", READ_AT);
    const char *path = path_join(&spool.arena, spool_folder(&spool, STAGE_EXTRACTED, 0), "deal.records");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size - 1), 0);
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool.counts[RECORD_DEAL]++;
    spool_commit(&spool, "crm", READ_AT + 1);
    add_deal(&spool, 1, "deal_key=1", "name=A", NULL);
    spool_commit(&spool, "crm", READ_AT + 2);
    assert_int_equal(spool_run(&spool), 65);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 3);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 1);
    spool_done(&spool);
}

/* Everything in a batch's folder, put together. */
static Text whole_batch(Spool *spool)
{
    const char *folder = spool_folder(spool, STAGE_TRANSFORMED, 0), *const * names;
    size_t count;
    Buffer all = buffer_make(1 << 20), one = buffer_make(1 << 20);
    ASSERT_OK(spool, folder_list(folder, &spool->arena, &names, &count, &spool->error));
    for (size_t i = 0; i < count; i++) {
        ASSERT_OK(spool, file_read_all(path_join(&spool->arena, folder, names[i]), 1 << 20, &one, &spool->error));
        ASSERT_OK(spool, buffer_printf(&all, &spool->error, "%s: ", names[i]));
        ASSERT_OK(spool, buffer_append(&all, buffer_text(&one), &spool->error));
    }
    Text text = arena_copy_text(&spool->arena, buffer_text(&all));
    buffer_done(&all);
    buffer_done(&one);
    return text;
}

/* The same input and secret give the same bytes, wherever and in whatever surroundings. */
static void test_transform_is_pure(void **state)
{
    static const char *const zones[] = {"UTC", "Pacific/Auckland"};
    Spool spools[2];
    Text batches[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(setenv("TZ", zones[i], 1), 0);
        spool_make(&spools[i], DEALS("upsert", "1"));
        spool_add(&spools[i], RECORD_DEAL, 1, "deal_key=1", "created_at=2026-03-29 02:30", "amount=1.5", NULL);
        spool_add(&spools[i], RECORD_DEAL, 2, "deal_key=2", "created_at=2026-03-29", NULL);
        spool_add(&spools[i], RECORD_DEAL, 3, "deal_key=3", NULL);
        spool_commit(&spools[i], "crm", READ_AT);
        assert_int_equal(spool_run(&spools[i]), 0);
        batches[i] = whole_batch(&spools[i]);
    }
    assert_true(text_equal(batches[0], batches[1]));
    spool_done(&spools[0]);
    spool_done(&spools[1]);
    unsetenv("TZ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_version_stays_in_upsert),
        cmocka_unit_test(test_last_version_stays_in_snapshot),
        cmocka_unit_test(test_first_version_stays_in_append),
        cmocka_unit_test(test_rejected_version_is_no_version),
        cmocka_unit_test(test_rejected_record_is_present_in_snapshot),
        cmocka_unit_test(test_reject_without_key_blocks_deletion),
        cmocka_unit_test(test_rejects_of_extract_pass),
        cmocka_unit_test(test_too_many_rejects_refuse_the_batch),
        cmocka_unit_test(test_share_of_rejects),
        cmocka_unit_test(test_cut_off_end_is_no_fault_of_a_file_that_grows),
        cmocka_unit_test(test_manifest_is_carried_over),
        cmocka_unit_test(test_damaged_batch_is_refused),
        cmocka_unit_test(test_transform_is_pure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
