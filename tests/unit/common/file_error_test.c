// wrap: write fsync close rename
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Each call counts down to the one that fails; the others pass through. What is wrapped is what file.c and folder.c
 * call: everything within the C library stays as it is. */
typedef struct Fault {
    int countdown; /* fails at 1; 0 is never */
    int errno_value;
    size_t short_size; /* of write: takes so many bytes and does not fail */
    int calls;
} Fault;

static Fault write_fault, fsync_fault, close_fault, rename_fault;

ssize_t __real_write(int descriptor, const void *bytes, size_t size);
int __real_fsync(int descriptor);
int __real_close(int descriptor);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t size);
int __wrap_fsync(int descriptor);
int __wrap_close(int descriptor);
int __wrap_rename(const char *from, const char *to);

static bool is_due(Fault *fault)
{
    fault->calls++;
    bool is_now = fault->countdown == 1;
    if (fault->countdown)
        fault->countdown--;
    if (is_now)
        errno = fault->errno_value;
    return is_now;
}

ssize_t __wrap_write(int descriptor, const void *bytes, size_t size)
{
    bool is_now = is_due(&write_fault);
    if (is_now && write_fault.short_size)
        return __real_write(descriptor, bytes, write_fault.short_size);
    if (is_now)
        return write_fault.errno_value ? -1 : 0;
    return __real_write(descriptor, bytes, size);
}

int __wrap_fsync(int descriptor)
{
    return is_due(&fsync_fault) ? -1 : __real_fsync(descriptor);
}

/* As the kernel does: the descriptor is gone, whatever close says. */
int __wrap_close(int descriptor)
{
    int result = __real_close(descriptor);
    return is_due(&close_fault) ? -1 : result;
}

int __wrap_rename(const char *from, const char *to)
{
    return is_due(&rename_fault) ? -1 : __real_rename(from, to);
}

typedef struct Place {
    Arena arena;
    const char *folder, *path;
} Place;

static int make_place(void **state)
{
    Place *place = calloc(1, sizeof *place);
    char folder[] = "/tmp/closedloop-file-error-XXXXXX";
    if (!place || !mkdtemp(folder))
        return -1;
    place->arena = arena_make(1 << 20);
    place->folder = arena_copy(&place->arena, text_from(folder));
    place->path = path_join(&place->arena, place->folder, "a");
    write_fault = fsync_fault = close_fault = rename_fault = (Fault){0};
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

static Status write_file(const char *path, const char *content, Error *error)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    TRY(file_writer_open(path, 0600, &writer, error));
    TRY(file_writer_write_text(&writer, text_from(content), error));
    return file_writer_commit(&writer, error);
}

static void expect_content(Place *place, const char *expected)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(0);
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_read_all(place->path, 1000, &buffer, &error));
    assert_string_equal(expected, buffer_text(&buffer).data);
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, folder_list(place->folder, &place->arena, &names, &count, &error));
    assert_int_equal(1, count);
}

/* An old file, a fault in the writing of a new one: an error, and the old file alone. */
static void expect_refusal(Place *place, Fault *fault, int countdown, int errno_value, const char *expected)
{
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, write_file(place->path, "old", &error));
    *fault = (Fault){.countdown = countdown, .errno_value = errno_value};
    assert_int_equal(STATUS_ERROR, write_file(place->path, "new", &error));
    assert_int_equal(0, fault->countdown);
    assert_int_equal(ERROR_IO, error.code);
    assert_non_null(strstr(error.message, expected));
    assert_non_null(strstr(error.message, place->path));
    assert_int_equal(errno_value == ENOSPC || errno_value == EDQUOT, error.hint[0] != '\0');
    expect_content(place, "old");
}

static void a_full_disk_at_write(void **state)
{
    expect_refusal(*state, &write_fault, 1, ENOSPC, "cannot write");
}

static void a_quota_at_fsync(void **state)
{
    expect_refusal(*state, &fsync_fault, 1, EDQUOT, "cannot sync");
}

static void a_failing_disk_at_fsync(void **state)
{
    expect_refusal(*state, &fsync_fault, 1, EIO, "cannot sync");
    /* Once: the kernel would say that all is well the second time. */
    assert_int_equal(1, fsync_fault.calls);
}

static void a_failing_close(void **state)
{
    expect_refusal(*state, &close_fault, 1, ENOSPC, "cannot close");
}

static void a_failing_rename(void **state)
{
    expect_refusal(*state, &rename_fault, 1, EIO, "cannot rename");
}

static void a_write_of_nothing(void **state)
{
    expect_refusal(*state, &write_fault, 1, 0, "cannot write");
}

static void short_and_interrupted_writes_go_on(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    write_fault = (Fault){.countdown = 1, .short_size = 2};
    assert_int_equal(STATUS_OK, write_file(place->path, "content", &error));
    assert_int_equal(2, write_fault.calls);
    expect_content(place, "content");
    write_fault = (Fault){.countdown = 1, .errno_value = EINTR};
    assert_int_equal(STATUS_OK, write_file(place->path, "again", &error));
    expect_content(place, "again");
}

/* The second sync is the folder's. The file is whole by then, and stays. */
static void a_folder_that_cannot_be_synced(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    fsync_fault = (Fault){.countdown = 2, .errno_value = EIO};
    assert_int_equal(STATUS_ERROR, write_file(place->path, "new", &error));
    assert_non_null(strstr(error.message, "cannot sync the folder"));
    expect_content(place, "new");
    fsync_fault = (Fault){.countdown = 2, .errno_value = EINVAL};
    assert_int_equal(STATUS_OK, write_file(place->path, "newer", &error));
    expect_content(place, "newer");
}

static void no_commit_after_a_failed_write(void **state)
{
    Place *place = *state;
    static char bytes[1000 * 1000];
    Error error = ERROR_INIT;
    FileWriter writer = FILE_WRITER_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(place->path, 0600, &writer, &error));
    write_fault = (Fault){.countdown = 1, .errno_value = ENOSPC};
    assert_int_equal(STATUS_ERROR, file_writer_write(&writer, bytes, sizeof bytes, &error));
    /* There is space again, but bytes are missing. */
    assert_int_equal(STATUS_ERROR, file_writer_write(&writer, bytes, sizeof bytes, &error));
    assert_int_equal(STATUS_ERROR, file_writer_commit(&writer, &error));
    file_writer_done(&writer);
    assert_int_equal(-1, access(place->path, F_OK));
}

static void a_plain_file_that_cannot_be_synced(void **state)
{
    Place *place = *state;
    static const int faults[] = {EIO, ENOSPC};
    for (size_t i = 0; i < 2; i++) {
        Error error = ERROR_INIT;
        FileWriter writer = FILE_WRITER_INIT;
        assert_int_equal(STATUS_OK, file_writer_open_plain(place->path, 0600, &writer, &error));
        assert_int_equal(STATUS_OK, file_writer_write(&writer, "x", 1, &error));
        *(i ? &close_fault : &fsync_fault) = (Fault){.countdown = 1, .errno_value = faults[i]};
        assert_int_equal(STATUS_ERROR, file_writer_commit(&writer, &error));
        assert_int_equal(ERROR_IO, error.code);
        file_writer_done(&writer);
        assert_int_equal(-1, access(place->path, F_OK));
    }
}

static void a_folder_that_cannot_be_renamed(void **state)
{
    Place *place = *state;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, folder_make(place->path, 0700, &error));
    const char *to = path_join(&place->arena, place->folder, "b");
    rename_fault = (Fault){.countdown = 1, .errno_value = ENOSPC};
    assert_int_equal(STATUS_ERROR, folder_rename_durably(place->path, to, &error));
    assert_true(error.hint[0] != '\0');
    /* Its names must be on the disk before its own name says that it is whole. */
    fsync_fault = (Fault){.countdown = 1, .errno_value = EIO};
    assert_int_equal(STATUS_ERROR, folder_rename_durably(place->path, to, &error));
    assert_int_equal(0, access(place->path, F_OK));
    assert_int_equal(-1, access(to, F_OK));
    fsync_fault = (Fault){.countdown = 2, .errno_value = EIO};
    assert_int_equal(STATUS_ERROR, folder_rename_durably(place->path, to, &error));
}

#define TEST_IN_PLACE(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_PLACE(a_full_disk_at_write),
        TEST_IN_PLACE(a_quota_at_fsync),
        TEST_IN_PLACE(a_failing_disk_at_fsync),
        TEST_IN_PLACE(a_failing_close),
        TEST_IN_PLACE(a_failing_rename),
        TEST_IN_PLACE(a_write_of_nothing),
        TEST_IN_PLACE(short_and_interrupted_writes_go_on),
        TEST_IN_PLACE(a_folder_that_cannot_be_synced),
        TEST_IN_PLACE(no_commit_after_a_failed_write),
        TEST_IN_PLACE(a_plain_file_that_cannot_be_synced),
        TEST_IN_PLACE(a_folder_that_cannot_be_renamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
