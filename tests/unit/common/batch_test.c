#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char root[64], spool[80];
    Arena arena;
    Error error;
    Manifest manifest;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->root, sizeof fixture->root, "/tmp/closedloop_batch_XXXXXX");
    assert_non_null(mkdtemp(fixture->root));
    snprintf(fixture->spool, sizeof fixture->spool, "%s/spool", fixture->root);
    fixture->arena = arena_make(1 << 20);
    fixture->manifest = (Manifest){.source = "crm-deals",
                                   .system = "crm",
                                   .read_at = 1775440800000042, /* 2026-04-06T02:00:00.000042Z */
                                   .sequence = 3,
                                   .first_at = INT64_MAX,
                                   .last_at = INT64_MIN};
    manifest_seal(&fixture->manifest);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(folder_remove(fixture->root, &fixture->error), STATUS_OK);
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

static const char *path_of(Fixture *fixture, const char *name)
{
    const char *path = path_join(&fixture->arena, fixture->spool, name);
    assert_non_null(path);
    return path;
}

static bool is_there(Fixture *fixture, const char *name)
{
    struct stat status;
    return lstat(path_of(fixture, name), &status) == 0;
}

static void put_file(Fixture *fixture, const char *name, const char *content)
{
    FILE *file = fopen(path_of(fixture, name), "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *begin(Fixture *fixture, const char *token)
{
    const char *folder = NULL;
    assert_int_equal(batch_begin(fixture->spool, STAGE_EXTRACTED, token, &fixture->arena, &folder, &fixture->error),
                     STATUS_OK);
    return folder;
}

static void commit(Fixture *fixture, const char *name)
{
    const char *folder = begin(fixture, "t");
    assert_int_equal(batch_commit(fixture->spool, STAGE_EXTRACTED, folder, name, &fixture->manifest, &fixture->error),
                     STATUS_OK);
}

static size_t list(Fixture *fixture, const char *const **ret_names)
{
    size_t count = 77;
    assert_int_equal(batch_list(fixture->spool, STAGE_EXTRACTED, &fixture->arena, ret_names, &count, &fixture->error),
                     STATUS_OK);
    return count;
}

static void makes_the_folder_of_a_stage(void **state)
{
    Fixture *fixture = *state;
    const char *folder = NULL;
    struct stat status;
    assert_int_equal(batch_stage_folder(fixture->spool, STAGE_TRANSFORMED, &fixture->arena, &folder, &fixture->error),
                     STATUS_OK);
    assert_string_equal(folder, path_of(fixture, "transformed"));
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(stat(fixture->spool, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static void names_sort_as_batches_load(void **state)
{
    Fixture *fixture = *state;
    fixture->manifest.batch_id = (Key){{0xAB, 0xCD}};
    const char *first = batch_name(&fixture->manifest, &fixture->arena);
    assert_string_equal(first, "20260406T020000.000042Z-000003-crm-deals-abcd0000000000000000000000000000");
    fixture->manifest.sequence = 20000;
    const char *second = batch_name(&fixture->manifest, &fixture->arena);
    fixture->manifest.read_at = 1775440801000000;
    fixture->manifest.sequence = 0;
    const char *third = batch_name(&fixture->manifest, &fixture->arena);
    assert_string_equal(third, "20260406T020001.000000Z-000000-crm-deals-abcd0000000000000000000000000000");
    assert_true(strcmp(first, second) < 0 && strcmp(second, third) < 0);
    fixture->manifest.read_at = -1;
    assert_string_equal(batch_name(&fixture->manifest, &fixture->arena),
                        "19691231T235959.999999Z-000000-crm-deals-abcd0000000000000000000000000000");
}

static void a_batch_is_there_once_it_is_committed(void **state)
{
    Fixture *fixture = *state;
    const char *const *names;
    assert_int_equal(list(fixture, &names), 0);
    assert_false(is_there(fixture, ""));
    const char *folder = begin(fixture, "one");
    assert_string_equal(folder, path_of(fixture, "extracted/.one.partial"));
    put_file(fixture, "extracted/.one.partial/deal.records", "x");
    assert_int_equal(list(fixture, &names), 0);
    assert_int_equal(batch_commit(fixture->spool, STAGE_EXTRACTED, folder, "b", &fixture->manifest, &fixture->error),
                     STATUS_OK);
    assert_false(is_there(fixture, "extracted/.one.partial"));
    assert_true(is_there(fixture, "extracted/b/deal.records"));
    assert_int_equal(list(fixture, &names), 1);
    assert_string_equal(names[0], "b");
    Manifest manifest = {0};
    assert_int_equal(
        manifest_read(path_of(fixture, "extracted/b/manifest.json"), &fixture->arena, &manifest, &fixture->error),
        STATUS_OK);
    assert_memory_equal(&manifest.batch_id, &fixture->manifest.batch_id, sizeof(Key));
    assert_int_equal(manifest.read_at, fixture->manifest.read_at);
}

static void lists_whole_batches_alone_in_order(void **state)
{
    Fixture *fixture = *state;
    const char *const *names;
    commit(fixture, "c");
    commit(fixture, "a");
    commit(fixture, "b");
    begin(fixture, "half");
    put_file(fixture, "extracted/file", "x");
    assert_int_equal(mkdir(path_of(fixture, "extracted/empty"), 0700), 0);
    assert_int_equal(mkdir(path_of(fixture, "extracted/odd"), 0700), 0);
    assert_int_equal(mkdir(path_of(fixture, "extracted/odd/manifest.json"), 0700), 0);
    assert_int_equal(mkdir(path_of(fixture, "extracted/.hidden"), 0700), 0);
    put_file(fixture, "extracted/.hidden/manifest.json", "{}");
    assert_int_equal(list(fixture, &names), 3);
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "b");
    assert_string_equal(names[2], "c");
}

static void the_same_batch_again_changes_nothing(void **state)
{
    Fixture *fixture = *state;
    commit(fixture, "b");
    put_file(fixture, "extracted/b/mark", "x");
    commit(fixture, "b");
    assert_true(is_there(fixture, "extracted/b/mark"));
    assert_false(is_there(fixture, "extracted/.t.partial"));
}

static void a_folder_without_manifest_is_in_nobodys_way(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, "t");
    assert_int_equal(mkdir(path_of(fixture, "extracted/b"), 0700), 0);
    put_file(fixture, "extracted/b/old", "x");
    commit(fixture, "b");
    assert_false(is_there(fixture, "extracted/b/old"));
    assert_true(is_there(fixture, "extracted/b/manifest.json"));
}

static void beginning_starts_from_nothing(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, "t");
    put_file(fixture, "extracted/.t.partial/old", "x");
    begin(fixture, "t");
    assert_true(is_there(fixture, "extracted/.t.partial"));
    assert_false(is_there(fixture, "extracted/.t.partial/old"));
}

static void a_manifest_that_cannot_be_commits_nothing(void **state)
{
    Fixture *fixture = *state;
    const char *const *names;
    const char *folder = begin(fixture, "t");
    BatchCount wrong = {RECORD_DEAL, 2, 1, 0, 0, 0};
    fixture->manifest.counts = &wrong;
    fixture->manifest.count_count = 1;
    assert_int_equal(batch_commit(fixture->spool, STAGE_EXTRACTED, folder, "b", &fixture->manifest, &fixture->error),
                     STATUS_ERROR);
    assert_int_equal(list(fixture, &names), 0);
}

static void removes_what_was_left(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(batch_remove_partial(fixture->spool, STAGE_EXTRACTED, &fixture->error), STATUS_OK);
    commit(fixture, "b");
    begin(fixture, "t");
    put_file(fixture, "extracted/.t.partial/x", "x");
    assert_int_equal(mkdir(path_of(fixture, "extracted/.b.removed"), 0700), 0);
    put_file(fixture, "extracted/.b.removed/manifest.json", "x");
    assert_int_equal(mkdir(path_of(fixture, "extracted/.other"), 0700), 0);
    assert_int_equal(batch_remove_partial(fixture->spool, STAGE_EXTRACTED, &fixture->error), STATUS_OK);
    assert_false(is_there(fixture, "extracted/.t.partial"));
    assert_false(is_there(fixture, "extracted/.b.removed"));
    assert_true(is_there(fixture, "extracted/.other"));
    assert_true(is_there(fixture, "extracted/b/manifest.json"));
}

static void removes_a_batch(void **state)
{
    Fixture *fixture = *state;
    const char *const *names;
    assert_int_equal(batch_remove(fixture->spool, STAGE_EXTRACTED, "b", &fixture->error), STATUS_OK);
    commit(fixture, "b");
    /* What a removal that was cut short has left is in nobody's way. */
    assert_int_equal(mkdir(path_of(fixture, "extracted/.b.removed"), 0700), 0);
    put_file(fixture, "extracted/.b.removed/x", "x");
    assert_int_equal(batch_remove(fixture->spool, STAGE_EXTRACTED, "b", &fixture->error), STATUS_OK);
    assert_int_equal(list(fixture, &names), 0);
    assert_false(is_there(fixture, "extracted/b"));
    assert_false(is_there(fixture, "extracted/.b.removed"));
    assert_int_equal(batch_remove(fixture->spool, STAGE_EXTRACTED, "b", &fixture->error), STATUS_OK);
}

static void refuses_names_that_lead_elsewhere(void **state)
{
    Fixture *fixture = *state;
    const char *folder = NULL;
    static const char *const names[] = {"", ".", "..", ".hidden", "../x", "a/b", "/"};
    const char *partial = begin(fixture, "t");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_false(batch_name_is_valid(names[i]));
        assert_int_equal(
            batch_begin(fixture->spool, STAGE_EXTRACTED, names[i], &fixture->arena, &folder, &fixture->error),
            STATUS_ERROR);
        assert_int_equal(
            batch_commit(fixture->spool, STAGE_EXTRACTED, partial, names[i], &fixture->manifest, &fixture->error),
            STATUS_ERROR);
        assert_int_equal(batch_remove(fixture->spool, STAGE_EXTRACTED, names[i], &fixture->error), STATUS_ERROR);
        assert_int_equal(fixture->error.code, ERROR_INTERNAL);
    }
    assert_null(folder);
    char longest[258];
    memset(longest, 'a', sizeof longest);
    longest[256] = '\0';
    assert_false(batch_name_is_valid(longest));
    longest[255] = '\0';
    assert_true(batch_name_is_valid(longest));
    assert_false(batch_name_is_valid(NULL));
}

static void one_program_at_a_time(void **state)
{
    Fixture *fixture = *state;
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    cleanup(file_lock_done) FileLock other = FILE_LOCK_INIT;
    assert_int_equal(batch_lock(fixture->spool, "extract", &lock, &fixture->error), STATUS_OK);
    assert_true(is_there(fixture, "extract.lock"));
    assert_int_equal(batch_lock(fixture->spool, "load", &other, &fixture->error), STATUS_OK);
    file_lock_done(&other);
    assert_int_equal(batch_lock(fixture->spool, "extract", &other, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_BUSY);
    assert_true(fixture->error.is_retryable);
    file_lock_done(&lock);
    assert_int_equal(batch_lock(fixture->spool, "extract", &other, &fixture->error), STATUS_OK);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_folder_of_a_stage),
        TEST(names_sort_as_batches_load),
        TEST(a_batch_is_there_once_it_is_committed),
        TEST(lists_whole_batches_alone_in_order),
        TEST(the_same_batch_again_changes_nothing),
        TEST(a_folder_without_manifest_is_in_nobodys_way),
        TEST(beginning_starts_from_nothing),
        TEST(a_manifest_that_cannot_be_commits_nothing),
        TEST(removes_what_was_left),
        TEST(removes_a_batch),
        TEST(refuses_names_that_lead_elsewhere),
        TEST(one_program_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
