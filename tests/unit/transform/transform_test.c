#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

#define RATES(name, column)                                                                                            \
    "  - {name: " name ", kind: rate, format: csv, path: none.csv, fields: {currency: " column ", day: b, rate: c}}\n"

static void add_batch(Spool *spool, const char *source, int64_t read_at)
{
    spool_add(spool, RECORD_RATE, 2, "currency=USD", "day=2026-02-13", "rate=0.853", NULL);
    spool_commit(spool, source, read_at);
}

static bool is_there(const Spool *spool, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", spool->folder, name);
    return access(path, F_OK) == 0;
}

static void test_batches_are_taken_once(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    add_batch(&spool, "rates", READ_AT);
    add_batch(&spool, "rates", READ_AT + 1);
    assert_int_equal(spool_run(&spool), 0);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 2);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 2);
    assert_string_equal(strrchr(spool_folder(&spool, STAGE_EXTRACTED, 1), '/'),
                        strrchr(spool_folder(&spool, STAGE_TRANSFORMED, 1), '/'));
    struct stat before, after;
    assert_int_equal(stat(spool_folder(&spool, STAGE_TRANSFORMED, 0), &before), 0);
    assert_int_equal(spool_run(&spool), 0);
    assert_int_equal(stat(spool_folder(&spool, STAGE_TRANSFORMED, 0), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    spool_done(&spool);
}

static void test_only_the_source_that_is_named(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("one", "a") RATES("two", "a"));
    add_batch(&spool, "one", READ_AT);
    add_batch(&spool, "two", READ_AT);
    assert_int_equal(spool_run_with(&spool, "--source=two", NULL, NULL), 0);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 1);
    assert_string_equal(spool_manifest(&spool, 0).source, "two");
    assert_int_equal(spool_run_with(&spool, "--source=three", NULL, NULL), 64);
    spool_done(&spool);
}

static void test_dry_run_leaves_nothing(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    add_batch(&spool, "rates", READ_AT);
    assert_int_equal(unlink(path_join(&spool.arena, spool.folder, "closedloop.secret")), 0);
    assert_int_equal(spool_run_with(&spool, "--dry-run", NULL, NULL), 0);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 0);
    assert_false(is_there(&spool, "spool/transformed"));
    assert_false(is_there(&spool, "spool/transform.lock"));
    assert_false(is_there(&spool, "closedloop.secret"));
    assert_int_equal(spool_run(&spool), 0);
    assert_true(is_there(&spool, "closedloop.secret"));
    spool_done(&spool);
}

/* A batch whose source is gone stays where it is; the others go on. */
static void test_source_that_is_gone(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("gone", "a") RATES("rates", "a"));
    add_batch(&spool, "gone", READ_AT);
    add_batch(&spool, "rates", READ_AT);
    spool_configure(&spool, RATES("rates", "a"));
    assert_int_equal(spool_run(&spool), 78);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 2);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 1);
    spool_done(&spool);
}

/* What was extracted under a mapping that was corrected since goes: extract reads the files again. Those that are gone
 * it cannot read, and then the batch stays. */
static void test_batch_of_another_mapping(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    spool.input = path_join(&spool.arena, spool.folder, "input.csv");
    add_batch(&spool, "rates", READ_AT);
    spool_configure(&spool, RATES("rates", "corrected"));
    assert_int_equal(spool_run(&spool), 78);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 1);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 0);
    spool_write_file(spool.input, TEXT("a\n"));
    assert_int_equal(spool_run_with(&spool, "--dry-run", NULL, NULL), 0);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 1);
    assert_int_equal(spool_run(&spool), 0);
    assert_int_equal(spool_count(&spool, STAGE_EXTRACTED), 0);
    assert_int_equal(spool_count(&spool, STAGE_TRANSFORMED), 0);
    spool_done(&spool);
}

/* What a killed run left goes with the next one. */
static void test_unfinished_batch_is_removed(void **state)
{
    Spool spool;
    const char *folder;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    ASSERT_OK(&spool, batch_begin(spool.path, STAGE_TRANSFORMED, "left", &spool.arena, &folder, &spool.error));
    spool_write_file(path_join(&spool.arena, folder, "rate.copy"), TEXT("half"));
    assert_int_equal(spool_run(&spool), 0);
    assert_int_not_equal(access(folder, F_OK), 0);
    spool_done(&spool);
}

static void test_two_runs_at_once(void **state)
{
    Spool spool;
    FileLock lock = FILE_LOCK_INIT;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    ASSERT_OK(&spool, batch_lock(spool.path, "transform", &lock, &spool.error));
    assert_int_equal(spool_run(&spool), 75);
    file_lock_done(&lock);
    assert_int_equal(spool_run(&spool), 0);
    spool_done(&spool);
}

static void test_exit_statuses(void **state)
{
    Spool spool;
    (void)state;
    spool_make(&spool, RATES("rates", "a"));
    assert_int_equal(spool_run_with(&spool, "--unknown", NULL, NULL), 64);
    assert_int_equal(spool_run_with(&spool, "--config", "/nowhere/closedloop.yaml", NULL), 78);
    const char *secret = path_join(&spool.arena, spool.folder, "closedloop.secret");
    assert_int_equal(chmod(secret, 0644), 0);
    assert_int_equal(spool_run(&spool), 77);
    assert_int_equal(chmod(secret, 0600), 0);
    spool_write_file(secret, TEXT("no secret\n"));
    assert_int_equal(spool_run(&spool), 65);
    spool_configure(&spool, "  - {name: rates, kindd: rate}\n");
    assert_int_equal(spool_run(&spool), 78);
    spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches_are_taken_once),   cmocka_unit_test(test_only_the_source_that_is_named),
        cmocka_unit_test(test_dry_run_leaves_nothing),   cmocka_unit_test(test_source_that_is_gone),
        cmocka_unit_test(test_batch_of_another_mapping), cmocka_unit_test(test_unfinished_batch_is_removed),
        cmocka_unit_test(test_two_runs_at_once),         cmocka_unit_test(test_exit_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
