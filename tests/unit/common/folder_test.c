#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Place {
    Arena arena;
    const char *folder;
} Place;

static int make_place(void **state)
{
    Place *place = calloc(1, sizeof *place);
    char folder[] = "/tmp/closedloop-folder-XXXXXX";
    if (!place || !mkdtemp(folder))
        return -1;
    place->arena = arena_make(1 << 20);
    place->folder = arena_copy(&place->arena, text_from(folder));
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    Status status = folder_remove(place->folder, &error);
    arena_done(&place->arena);
    free(place);
    return status == STATUS_OK ? 0 : -1;
}

static const char *path_in(Place *place, const char *name)
{
    const char *path = path_join(&place->arena, place->folder, name);
    assert_non_null(path);
    return path;
}

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static void make(const char *path)
{
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, folder_make(path, 0700, &error));
}

static void touch(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(descriptor >= 0);
    close(descriptor);
}

static void makes_parents_too(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    const char *path = path_in(place, "a//b/c/");
    assert_int_equal(STATUS_OK, folder_make(path, 0750, &error));
    assert_int_equal(STATUS_OK, folder_make(path, 0700, &error));
    assert_int_equal(STATUS_OK, folder_make("/", 0700, &error));
    struct stat status;
    assert_int_equal(0, stat(path_in(place, "a/b"), &status));
    assert_int_equal(0750, status.st_mode & 0777);
    touch(path_in(place, "file"));
    assert_int_equal(STATUS_ERROR, folder_make(path_in(place, "file"), 0700, &error));
    assert_int_equal(ERROR_CANNOT_CREATE, error.code);
    assert_int_equal(STATUS_ERROR, folder_make(path_in(place, "file/x"), 0700, &error));
    assert_int_equal(STATUS_ERROR, folder_make("", 0700, &error));
}

static void makes_relative_folders(void **state)
{
    Place *place = *state;
    char *before = getcwd(NULL, 0);
    assert_non_null(before);
    assert_int_equal(0, chdir(place->folder));
    make("x/y");
    make("./z");
    assert_int_equal(0, chdir(before));
    free(before);
    assert_true(is_there(path_in(place, "x/y")));
    assert_true(is_there(path_in(place, "z")));
}

static void lists_in_byte_order(void **state)
{
    Place *place = *state;
    static const char *const made[] = {"b", "a10", "a9", "\xC3\xA9", "B", ".hidden"};
    static const char *const expected[] = {".hidden", "B", "a10", "a9", "b", "\xC3\xA9"};
    Error error = ERROR_INIT;
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, folder_list(place->folder, &place->arena, &names, &count, &error));
    assert_int_equal(0, count);
    for (size_t i = 0; i < 6; i++)
        touch(path_in(place, made[i]));
    assert_int_equal(STATUS_OK, folder_list(place->folder, &place->arena, &names, &count, &error));
    assert_int_equal(6, count);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(expected[i], names[i]);
    assert_int_equal(STATUS_ERROR, folder_list(path_in(place, "none"), &place->arena, &names, &count, &error));
    assert_int_equal(ERROR_NO_INPUT, error.code);
    Arena small = arena_make(64);
    assert_int_equal(STATUS_ERROR, folder_list(place->folder, &small, &names, &count, &error));
    assert_int_equal(ERROR_DATA, error.code);
    arena_done(&small);
}

static void renames_folders(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    make(path_in(place, ".a.partial"));
    make(path_in(place, "other"));
    touch(path_in(place, ".a.partial/rows"));
    const char *to = path_in(place, "other/a");
    assert_int_equal(STATUS_OK, folder_rename_durably(path_in(place, ".a.partial"), to, &error));
    assert_true(is_there(path_in(place, "other/a/rows")));
    assert_false(is_there(path_in(place, ".a.partial")));
    /* One that is there already, with contents, is not replaced. */
    make(path_in(place, "b"));
    assert_int_equal(STATUS_ERROR, folder_rename_durably(path_in(place, "b"), to, &error));
    assert_true(is_there(path_in(place, "other/a/rows")));
    assert_int_equal(STATUS_ERROR, folder_rename_durably(path_in(place, "none"), to, &error));
}

static void removes_trees_without_following_links(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    make(path_in(place, "outside"));
    touch(path_in(place, "outside/precious"));
    make(path_in(place, "tree/a/b"));
    touch(path_in(place, "tree/a/file"));
    assert_int_equal(0, symlink("../outside", path_in(place, "tree/folder-link")));
    assert_int_equal(0, symlink("../outside/precious", path_in(place, "tree/a/file-link")));
    assert_int_equal(0, symlink("tree", path_in(place, "link")));
    assert_int_equal(STATUS_ERROR, folder_remove(path_in(place, "link"), &error));
    assert_int_equal(STATUS_ERROR, folder_remove(path_in(place, "link/"), &error));
    assert_true(is_there(path_in(place, "tree/a/file")));
    assert_int_equal(STATUS_OK, folder_remove(path_in(place, "tree//"), &error));
    assert_false(is_there(path_in(place, "tree")));
    assert_true(is_there(path_in(place, "outside/precious")));
    assert_int_equal(STATUS_OK, folder_remove(path_in(place, "tree"), &error));
    assert_int_equal(STATUS_ERROR, folder_remove(path_in(place, "outside/precious"), &error));
    assert_true(is_there(path_in(place, "outside/precious")));
}

static void refuses_to_remove_the_root(void **state)
{
    (void)state;
    static const char *const paths[] = {"", "/", "//", ".", "..", "/..", "/tmp/..", "/tmp/.", "a/../", "/proc/1/cwd/."};
    Error error = ERROR_INIT;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(STATUS_ERROR, folder_remove(paths[i], &error));
        assert_non_null(strstr(error.message, "refused to remove"));
    }
}

static void bounds_the_depth_of_removal(void **state)
{
    Place *place = *state;
    char deep[256];
    int size = snprintf(deep, sizeof deep, "%s", place->folder);
    for (int i = 0; i < FOLDER_DEPTH_MAX; i++)
        size += snprintf(deep + size, sizeof deep - (size_t)size, "/d");
    make(deep);
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, folder_remove(place->folder, &error));
    assert_non_null(strstr(error.message, "nested deeper"));
    assert_true(is_there(deep));
    assert_int_equal(0, rmdir(deep));
}

static void joins_paths(void **state)
{
    Place *place = *state;
    assert_string_equal("a/b", path_join(&place->arena, "a", "b"));
    assert_string_equal("a/b", path_join(&place->arena, "a/", "b"));
    assert_string_equal("/b", path_join(&place->arena, "/", "b"));
    assert_string_equal("/b", path_join(&place->arena, "a", "/b"));
    assert_string_equal("b", path_join(&place->arena, "", "b"));
    Arena small = arena_make(4);
    assert_null(path_join(&small, "abc", "def"));
    arena_done(&small);
}

#define TEST_IN_PLACE(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_PLACE(makes_parents_too),
        TEST_IN_PLACE(makes_relative_folders),
        TEST_IN_PLACE(lists_in_byte_order),
        TEST_IN_PLACE(renames_folders),
        TEST_IN_PLACE(removes_trees_without_following_links),
        cmocka_unit_test(refuses_to_remove_the_root),
        TEST_IN_PLACE(bounds_the_depth_of_removal),
        TEST_IN_PLACE(joins_paths),
    };
    umask(022);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
