#include "tests/unit/extract/extract_check.h"

#include "extract/bookmark.h"

static BookmarkEntry entry_of(const char *path, int64_t size, const char *batch)
{
    return (BookmarkEntry){
        .path = path,
        .size = size,
        .modified_ns = INT64_C(1795436851866193135),
        .inode = 5309167,
        .digest = hash_bytes(text_from(path)),
        .mapping_digest = hash_bytes(TEXT("mapping")),
        .batch = batch,
    };
}

static void put(Bookmark *bookmark, const char *path, int64_t size, const char *batch)
{
    Error error = ERROR_INIT;
    BookmarkEntry entry = entry_of(path, size, batch);
    assert_int_equal(STATUS_OK, bookmark_set(bookmark, &entry, &error));
}

static void is_empty_without_a_file(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(bookmark_done) Bookmark bookmark = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("no-spool"), "s", &bookmark, &error));
    assert_null(bookmark_find(&bookmark, "/data/a"));
    /* Nothing to write, nothing made. */
    assert_int_equal(STATUS_OK, bookmark_save(&bookmark, &error));
    assert_int_equal(-1, access(check_path("no-spool"), F_OK));
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    static const char *const paths[] = {"/data/b", "/data/\"a\"\n", "/data/c\xC3\xA4", "/data/B"};
    cleanup(bookmark_done) Bookmark written = {0}, read = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), "s", &written, &error));
    for (size_t i = 0; i < 4; i++)
        put(&written, paths[i], (int64_t)i, "batch-1");
    put(&written, "/data/b", 99, "batch-2");
    assert_int_equal(4, written.count);
    assert_int_equal(3, bookmark_count_batch(&written, "batch-1"));
    assert_int_equal(STATUS_OK, bookmark_save(&written, &error));
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), "s", &read, &error));
    assert_int_equal(4, read.count);
    for (size_t i = 0; i < 4; i++) {
        BookmarkEntry expected = entry_of(paths[i], i ? (int64_t)i : 99, i ? "batch-1" : "batch-2");
        const BookmarkEntry *found = bookmark_find(&read, paths[i]);
        assert_non_null(found);
        assert_string_equal(expected.path, found->path);
        assert_string_equal(expected.batch, found->batch);
        assert_int_equal(expected.size, found->size);
        assert_int_equal(expected.modified_ns, found->modified_ns);
        assert_int_equal(expected.inode, found->inode);
        assert_true(key_equal(&expected.digest, &found->digest));
        assert_true(key_equal(&expected.mapping_digest, &found->mapping_digest));
    }
    assert_null(bookmark_find(&read, "/data/a"));
}

static void grows(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(bookmark_done) Bookmark written = {0}, read = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), "many", &written, &error));
    char path[32];
    for (int i = 999; i >= 0; i--) {
        snprintf(path, sizeof path, "/data/%03d", i);
        put(&written, path, i, "batch");
    }
    assert_int_equal(STATUS_OK, bookmark_save(&written, &error));
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), "many", &read, &error));
    assert_int_equal(1000, read.count);
    assert_int_equal(457, bookmark_find(&read, "/data/457")->size);
}

/* What was found stays, also if it is gone by now, and so does what is on the disk, found or not. */
static void forgets_what_is_gone(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(bookmark_done) Bookmark bookmark = {0}, read = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("forgetful"), "s", &bookmark, &error));
    check_write_string("there", "");
    const char *there = check_path("there"), *below = check_path("there/below");
    const char *const paths[] = {"/gone/a", "/gone/b", "/gone/c", there, below};
    for (size_t i = 0; i < 5; i++)
        put(&bookmark, paths[i], 1, "batch");
    assert_int_equal(STATUS_OK, bookmark_save(&bookmark, &error));
    const FileInput found[] = {{.path = "/gone/0"}, {.path = "/gone/b"}, {.path = "/gone/bb"}};
    bookmark_forget_gone(&bookmark, found, 3);
    assert_int_equal(2, bookmark.count);
    assert_non_null(bookmark_find(&bookmark, "/gone/b"));
    assert_non_null(bookmark_find(&bookmark, there));
    assert_int_equal(STATUS_OK, bookmark_save(&bookmark, &error));
    assert_int_equal(STATUS_OK, bookmark_load(check_path("forgetful"), "s", &read, &error));
    assert_int_equal(2, read.count);
    read.is_changed = false;
    bookmark_forget_gone(&read, found, 3);
    assert_false(read.is_changed);
}

static void refuses_what_is_no_bookmark(void **state)
{
    (void)state;
    static const char *const contents[] = {
        "",
        "{",
        "[]",
        "{\"version\":2,\"inputs\":[]}",
        "{\"version\":1,\"inputs\":[{}]}",
        "{\"version\":1,\"inputs\":[{\"path\":\"a\",\"batch\":\"b\",\"size\":\"x\"}]}",
        "{\"version\":1,\"inputs\":[{\"path\":\"a\",\"batch\":\"b\",\"digest\":\"12\"}]}",
        "{\"version\":1,\"inputs\":[{\"path\":\"a\",\"batch\":\"b\",\"what\":1}]}",
        "{\"version\":1,\"inputs\":[]} x",
    };
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, folder_make(check_path("bad/state"), 0700, &error));
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        Bookmark bookmark;
        check_write_string("bad/state/s.json", contents[i]);
        assert_int_equal(STATUS_ERROR, bookmark_load(check_path("bad"), "s", &bookmark, &error));
        assert_int_equal(ERROR_DATA, error.code);
        assert_non_null(strstr(error.message, "bad/state/s.json: "));
        assert_string_equal("move it away: what it tells of is then read once more", error.hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_without_a_file),
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(grows),
        cmocka_unit_test(forgets_what_is_gone),
        cmocka_unit_test(refuses_what_is_no_bookmark),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
