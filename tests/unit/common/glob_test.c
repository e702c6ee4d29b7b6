#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/glob.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    Arena arena;
    Error error;
    GlobPaths paths;
    char folder[32];
} Fixture;

static const char *const names[] = {"B.csv", "a.csv", "b.csv", "\xC3\xA4.csv", "a.txt", ".hidden.csv", "[x].csv"};

static const char *below(Fixture *fixture, const char *name)
{
    return arena_printf(&fixture->arena, "%s/%s", fixture->folder, name);
}

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    fixture->arena = arena_make(1 << 20);
    *state = fixture;
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/glob_test.XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int descriptor = open(below(fixture, names[i]), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (descriptor < 0)
            return -1;
        close(descriptor);
    }
    return mkdir(below(fixture, "folder.csv"), 0700);
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(below(fixture, names[i]));
    rmdir(below(fixture, "folder.csv"));
    rmdir(fixture->folder);
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

static Status expand(Fixture *fixture, const char *pattern)
{
    return glob_expand(text_from(pattern), &fixture->arena, &fixture->paths, &fixture->error);
}

static void sorts_by_bytes_without_folders(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(expand(fixture, below(fixture, "*.csv")), STATUS_OK);
    static const char *const expected[] = {"B.csv", "[x].csv", "a.csv", "b.csv", "\xC3\xA4.csv"};
    assert_int_equal(fixture->paths.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(fixture->paths.items[i], below(fixture, expected[i]));
}

static void knows_every_wildcard(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(expand(fixture, below(fixture, "?.txt")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 1);
    assert_string_equal(fixture->paths.items[0], below(fixture, "a.txt"));
    assert_int_equal(expand(fixture, below(fixture, "[ab].csv")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 2);
    assert_int_equal(expand(fixture, below(fixture, "\\[*.csv")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 1);
    assert_string_equal(fixture->paths.items[0], below(fixture, "[x].csv"));
}

static void finds_nothing(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(expand(fixture, below(fixture, "*.json")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 0);
    assert_int_equal(expand(fixture, below(fixture, "absent/*.csv")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 0);
    assert_int_equal(expand(fixture, below(fixture, "a.csv/*.csv")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 0);
    /* All that matches is a folder. */
    assert_int_equal(expand(fixture, below(fixture, "folder*")), STATUS_OK);
    assert_int_equal(fixture->paths.count, 0);
}

static void returns_a_plain_path_as_it_is(void **state)
{
    Fixture *fixture = *state;
    static const char *const plain[] = {"/not/there.csv", "~/x.csv", "$HOME/{a,b}", "back\\slash"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_int_equal(expand(fixture, plain[i]), STATUS_OK);
        assert_int_equal(fixture->paths.count, 1);
        assert_string_equal(fixture->paths.items[0], plain[i]);
    }
}

static void refuses_bad_patterns(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(expand(fixture, ""), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_string_equal(fixture->error.message, "a path is empty or holds NUL");
    assert_int_equal(glob_expand(TEXT("a\0*"), &fixture->arena, &fixture->paths, &fixture->error), STATUS_ERROR);
    cleanup(arena_done) Arena small = arena_make(64);
    Text pattern = text_from(below(fixture, "*.csv"));
    assert_int_equal(glob_expand(pattern, &small, &fixture->paths, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    assert_non_null(strstr(fixture->error.message, "names more files than there is room for"));
}

static void says_which_folder_it_may_not_read(void **state)
{
    Fixture *fixture = *state;
    if (geteuid() == 0)
        skip(); /* root may read everything */
    assert_int_equal(chmod(below(fixture, "folder.csv"), 0), 0);
    assert_int_equal(expand(fixture, below(fixture, "folder.csv/*")), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_PERMISSION);
    assert_string_equal(
        fixture->error.message,
        arena_printf(&fixture->arena, "cannot read a folder of '%s/folder.csv/*': Permission denied", fixture->folder));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    setlocale(LC_ALL, "");
    const struct CMUnitTest tests[] = {
        TEST(sorts_by_bytes_without_folders), TEST(knows_every_wildcard), TEST(finds_nothing),
        TEST(returns_a_plain_path_as_it_is),  TEST(refuses_bad_patterns), TEST(says_which_folder_it_may_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
