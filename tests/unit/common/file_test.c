#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Place {
    Arena arena;
    const char *folder;
} Place;

static int make_place(void **state)
{
    Place *place = calloc(1, sizeof *place);
    char folder[] = "/tmp/closedloop-file-XXXXXX";
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
    return access(path, F_OK) == 0;
}

static void expect_names(Place *place, const char *expected)
{
    Error error = ERROR_INIT;
    const char *const *names;
    size_t count;
    char text[256] = "";
    assert_int_equal(STATUS_OK, folder_list(place->folder, &place->arena, &names, &count, &error));
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", names[i]);
    assert_string_equal(expected, text);
}

static void expect_content(const char *path, const char *expected)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(0);
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_read_all(path, 1000, &buffer, &error));
    assert_string_equal(expected, buffer_text(&buffer).data);
}

static void write_file(const char *path, const char *content)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path, 0600, &writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write_text(&writer, text_from(content), &error));
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
}

static void commits_whole_files(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "a");
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path, 0640, &writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, "one ", 4, &error));
    assert_false(is_there(path));
    assert_int_equal(STATUS_OK, file_writer_write_text(&writer, TEXT("two"), &error));
    assert_int_equal(STATUS_OK, file_writer_write_text(&writer, TEXT_NULL, &error));
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
    expect_names(place, "a ");
    expect_content(path, "one two");
    assert_int_equal(7, writer.bytes);
    struct stat status;
    assert_int_equal(0, stat(path, &status));
    assert_int_equal(0640, status.st_mode & 0777);
    /* A second commit is refused and harms nothing. */
    assert_int_equal(STATUS_ERROR, file_writer_commit(&writer, &error));
    expect_content(path, "one two");
}

static void digests_what_was_written(void **state)
{
    Place *place = *state;
    size_t size = 3 * 1000 * 1000;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / 1000);
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path_in(place, "a"), 0600, &writer, &error));
    size_t at = 0;
    for (size_t step = 1; at < size; step = step * 3 % 700001) {
        size_t piece = step < size - at ? step : size - at;
        assert_int_equal(STATUS_OK, file_writer_write(&writer, bytes + at, piece, &error));
        at += piece;
    }
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
    Key digest = file_writer_digest(&writer), expected = hash_bytes((Text){bytes, size});
    assert_true(key_equal(&expected, &digest));
    assert_int_equal(size, writer.bytes);
    cleanup(buffer_done) Buffer buffer = buffer_make(0);
    assert_int_equal(STATUS_OK, file_read_all(path_in(place, "a"), size, &buffer, &error));
    assert_true(text_equal((Text){bytes, size}, buffer_text(&buffer)));
    free(bytes);
}

/* XXH3-128 with seed 0 of no bytes, as xxhsum -H2 shows it. */
/* What was taken since the mark is gone, from the buffer and from the disk, and the digest is that of what is left. */
static void returns_to_a_mark(void **state)
{
    Place *place = *state;
    static char block[700 * 1000];
    memset(block, 'x', sizeof block);
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path_in(place, "a"), 0600, &writer, &error));
    assert_int_equal(STATUS_ERROR, file_writer_return(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, "one ", 4, &error));
    assert_int_equal(STATUS_OK, file_writer_mark(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, block, 10, &error));
    assert_int_equal(STATUS_OK, file_writer_return(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, block, sizeof block, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, block, 10, &error));
    assert_int_equal(STATUS_OK, file_writer_return(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, "two ", 4, &error));
    assert_int_equal(STATUS_OK, file_writer_mark(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, "three", 5, &error));
    assert_int_equal(STATUS_OK, file_writer_return(&writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write(&writer, "four", 4, &error));
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
    expect_content(path_in(place, "a"), "one two four");
    Key digest = file_writer_digest(&writer), expected = hash_bytes(TEXT("one two four"));
    assert_true(key_equal(&expected, &digest));
    assert_int_equal(12, writer.bytes);
}

static void digests_the_empty_file(void **state)
{
    Place *place = *state;
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path_in(place, "a"), 0600, &writer, &error));
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
    Key digest = file_writer_digest(&writer);
    char hex[KEY_HEX_SIZE];
    key_to_hex(&digest, hex);
    assert_string_equal("99aa06d3014798d86001c324468d497f", hex);
    expect_content(path_in(place, "a"), "");
}

static void leaves_nothing_without_a_commit(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "a");
    write_file(path, "old");
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open(path, 0600, &writer, &error));
    assert_int_equal(STATUS_OK, file_writer_write_text(&writer, TEXT("new"), &error));
    file_writer_done(&writer);
    file_writer_done(&writer);
    expect_names(place, "a ");
    expect_content(path, "old");
    assert_int_equal(STATUS_OK, file_writer_open_plain(path_in(place, "b"), 0600, &writer, &error));
    file_writer_done(&writer);
    expect_names(place, "a ");
}

static void writes_plain_files(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "views.records");
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_writer_open_plain(path, 0600, &writer, &error));
    expect_names(place, "views.records ");
    assert_int_equal(STATUS_OK, file_writer_write_text(&writer, TEXT("rows"), &error));
    assert_int_equal(STATUS_OK, file_writer_commit(&writer, &error));
    file_writer_done(&writer);
    expect_content(path, "rows");
    assert_int_equal(STATUS_ERROR, file_writer_open_plain(path, 0600, &writer, &error));
    assert_int_equal(ERROR_CANNOT_CREATE, error.code);
    expect_content(path, "rows");
}

static void says_that_the_folder_is_missing(void **state)
{
    Place *place = *state;
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, file_writer_open(path_in(place, "none/a"), 0600, &writer, &error));
    assert_int_equal(ERROR_CANNOT_CREATE, error.code);
    assert_non_null(strstr(error.message, "none/a"));
    assert_non_null(strstr(error.hint, "folder"));
    assert_int_equal(-1, writer.descriptor);
}

/* Writes without an end until it is killed; tells the parent once some bytes have reached the system. */
static void write_until_killed(const char *path, int ready)
{
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    static char bytes[100 * 1000];
    if (file_writer_open(path, 0600, &writer, &error) != STATUS_OK)
        _exit(1);
    for (int i = 0; i < 10; i++)
        if (file_writer_write(&writer, bytes, sizeof bytes, &error) != STATUS_OK)
            _exit(1);
    if (write(ready, "x", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static pid_t start_writer(const char *path)
{
    int ends[2];
    assert_int_equal(0, pipe(ends));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        write_until_killed(path, ends[1]);
    close(ends[1]);
    char byte;
    assert_int_equal(1, read(ends[0], &byte, 1));
    close(ends[0]);
    return pid;
}

static void kill_and_wait(pid_t pid)
{
    int status;
    assert_int_equal(0, kill(pid, SIGKILL));
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_true(WIFSIGNALED(status));
}

static void killed_writers_leave_no_file(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "a");
    kill_and_wait(start_writer(path));
    expect_names(place, "a.tmp ");
    /* The next writer takes the place of what was left. */
    write_file(path, "new");
    expect_names(place, "a ");
    expect_content(path, "new");
}

static void lets_one_process_write_a_path(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "a");
    pid_t pid = start_writer(path);
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, file_writer_open(path, 0600, &writer, &error));
    assert_int_equal(ERROR_BUSY, error.code);
    assert_true(error.is_retryable);
    expect_names(place, "a.tmp ");
    kill_and_wait(pid);
    write_file(path, "mine");
    expect_content(path, "mine");
}

static void does_not_follow_a_planted_link(void **state)
{
    Place *place = *state;
    write_file(path_in(place, "victim"), "precious");
    assert_int_equal(0, symlink("victim", path_in(place, "a.tmp")));
    FileWriter writer = FILE_WRITER_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, file_writer_open(path_in(place, "a"), 0600, &writer, &error));
    expect_content(path_in(place, "victim"), "precious");
}

static void reads_up_to_the_ceiling(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "a");
    write_file(path, "12345678");
    cleanup(buffer_done) Buffer buffer = buffer_make(0);
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_read_all(path, 8, &buffer, &error));
    assert_int_equal(8, buffer.size);
    assert_int_equal(STATUS_ERROR, file_read_all(path, 7, &buffer, &error));
    assert_int_equal(ERROR_DATA, error.code);
    assert_int_equal(0, buffer.size);
    assert_int_equal(STATUS_ERROR, file_read_all(path_in(place, "none"), 8, &buffer, &error));
    assert_int_equal(ERROR_NO_INPUT, error.code);
    assert_int_equal(STATUS_ERROR, file_read_all(place->folder, 8, &buffer, &error));
    assert_int_equal(ERROR_IO, error.code);
    /* A file that does not know its size. */
    assert_int_equal(STATUS_OK, file_read_all("/proc/self/stat", 1 << 16, &buffer, &error));
    assert_true(buffer.size > 0);
}

static void locks_once(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "spool.lock");
    FileLock lock = FILE_LOCK_INIT, second = FILE_LOCK_INIT;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_lock(path, &lock, &error));
    assert_int_equal(STATUS_ERROR, file_lock(path, &second, &error));
    assert_int_equal(ERROR_BUSY, error.code);
    assert_true(error.is_retryable);
    char expected[64];
    snprintf(expected, sizeof expected, "process %ld ", (long)getpid());
    assert_non_null(strstr(error.message, expected));
    assert_int_equal(-1, second.descriptor);
    file_lock_done(&lock);
    file_lock_done(&lock);
    assert_int_equal(STATUS_OK, file_lock(path, &second, &error));
    /* The holder is not known: its pid was wiped out. */
    assert_int_equal(0, truncate(path, 0));
    assert_int_equal(STATUS_ERROR, file_lock(path, &lock, &error));
    assert_non_null(strstr(error.message, "another process is at work"));
    file_lock_done(&second);
}

static void locks_end_with_the_process(void **state)
{
    Place *place = *state;
    const char *path = path_in(place, "spool.lock");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        FileLock lock;
        Error error;
        _exit(file_lock(path, &lock, &error) == STATUS_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_int_equal(0, status);
    FileLock lock;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, file_lock(path, &lock, &error));
    file_lock_done(&lock);
}

#define TEST_IN_PLACE(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_PLACE(commits_whole_files),
        TEST_IN_PLACE(digests_what_was_written),
        TEST_IN_PLACE(returns_to_a_mark),
        TEST_IN_PLACE(digests_the_empty_file),
        TEST_IN_PLACE(leaves_nothing_without_a_commit),
        TEST_IN_PLACE(writes_plain_files),
        TEST_IN_PLACE(says_that_the_folder_is_missing),
        TEST_IN_PLACE(killed_writers_leave_no_file),
        TEST_IN_PLACE(lets_one_process_write_a_path),
        TEST_IN_PLACE(does_not_follow_a_planted_link),
        TEST_IN_PLACE(reads_up_to_the_ceiling),
        TEST_IN_PLACE(locks_once),
        TEST_IN_PLACE(locks_end_with_the_process),
    };
    umask(022);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
