// wrap: fsync
#include "tests/unit/extract/extract_check.h"

#include "common/batch.h"
#include "extract/bookmark.h"
#include "extract/extract.h"

#include <errno.h>

/* A disk that fails at every sync in turn: a bookmark never names a batch that is not there, nothing half made stays
 * behind for good, and the next run makes up for it. */

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);

static int syncs_left = -1; /* -1: all succeed */

int __wrap_fsync(int descriptor)
{
    if (syncs_left == 0) {
        errno = EIO;
        return -1;
    }
    syncs_left -= syncs_left > 0;
    return __real_fsync(descriptor);
}

static int run_program(void)
{
    char config[256];
    snprintf(config, sizeof config, "%s", check_path("closedloop.yaml"));
    char *argv[] = {(char *)(uintptr_t) "closedloop-extract", (char *)(uintptr_t) "--config", config,
                    (char *)(uintptr_t) "--quiet", NULL};
    return extract_main(4, argv);
}

static size_t batches_of(const char *source, const char *bookmarked)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *const *names;
    size_t count, found = 0;
    bool is_there = bookmarked == NULL;
    assert_int_equal(STATUS_OK, batch_list(check_path("spool"), STAGE_EXTRACTED, &arena, &names, &count, &error));
    for (size_t i = 0; i < count; i++) {
        found += strstr(names[i], source) != NULL;
        is_there = is_there || strcmp(names[i], bookmarked) == 0;
    }
    assert_true(is_there);
    return found;
}

static void check_bookmark(const char *source, const char *input)
{
    Error error = ERROR_INIT;
    cleanup(bookmark_done) Bookmark bookmark = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), source, &bookmark, &error));
    const BookmarkEntry *entry = bookmark_find(&bookmark, check_path(input));
    if (entry)
        batches_of(source, entry->batch);
}

static void survives_every_failing_sync(void **state)
{
    (void)state;
    check_write_string("a.csv", "c,d,r\nUSD,2026-01-01,0.9\n");
    check_write_string("b.csv", "c,d,r\nUSD,2026-01-01,0.9\n");
    check_write_string(
        "closedloop.yaml",
        "spool: spool\nsources:\n"
        "  - {name: aa, kind: rate, format: csv, path: a.csv, fields: {currency: c, day: d, rate: r}}\n"
        "  - {name: bb, kind: rate, format: csv, path: b.csv, fields: {currency: c, day: d, rate: r}}\n");
    int status = -1, failures = 0;
    for (int at = 0; status != 0; at++) {
        Error error;
        assert_int_equal(STATUS_OK, folder_remove(check_path("spool"), &error));
        syncs_left = at;
        status = run_program();
        assert_true(status == 0 || status == ERROR_IO || status == ERROR_CANNOT_CREATE);
        failures += status != 0;
        syncs_left = -1;
        check_bookmark("aa", "a.csv");
        check_bookmark("bb", "b.csv");
        assert_int_equal(0, run_program());
        assert_true(batches_of("aa", NULL) >= 1);
        assert_true(batches_of("bb", NULL) >= 1);
        assert_int_equal(0, run_program());
    }
    /* At the least two record files, manifest, folder and bookmark of each source. */
    assert_true(failures >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(survives_every_failing_sync, check_begin, check_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
