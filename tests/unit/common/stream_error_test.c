// wrap: open read
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/signal.h"
#include "common/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int __wrap_open(const char *path, int flags, ...);
ssize_t __real_read(int descriptor, void *bytes, size_t size);
ssize_t __wrap_read(int descriptor, void *bytes, size_t size);

enum { NO_DESCRIPTOR = 1000 };

/* What the system is made to answer: set by each test. */
static int open_errno;
static int read_errnos[8], read_count;

int __wrap_open(const char *path, int flags, ...)
{
    (void)path;
    (void)flags;
    errno = open_errno;
    return -1;
}

ssize_t __wrap_read(int descriptor, void *bytes, size_t size)
{
    if (descriptor != NO_DESCRIPTOR)
        return __real_read(descriptor, bytes, size);
    errno = read_errnos[read_count++];
    if (errno)
        return -1;
    memset(bytes, 'x', size);
    return (ssize_t)size;
}

static void open_errors_have_their_codes(void **state)
{
    (void)state;
    static const struct {
        int errno_value;
        ErrorCode code;
    } cases[] = {
        {EACCES, ERROR_PERMISSION}, {EPERM, ERROR_PERMISSION}, {ENOENT, ERROR_NO_INPUT},
        {ELOOP, ERROR_NO_INPUT},    {EIO, ERROR_IO},           {EMFILE, ERROR_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = ERROR_INIT;
        Stream *stream = NULL;
        open_errno = cases[i].errno_value;
        assert_int_equal(stream_open("some.csv", &stream, &error), STATUS_ERROR);
        assert_int_equal(error.code, cases[i].code);
        assert_ptr_equal(strstr(error.message, "some.csv: "), error.message);
        assert_null(stream);
    }
}

static void begin(const int *errnos, Stream **ret_stream)
{
    Error error = ERROR_INIT;
    read_count = 0;
    memcpy(read_errnos, errnos, sizeof read_errnos);
    assert_int_equal(stream_from_descriptor(NO_DESCRIPTOR, "some.csv", ret_stream, &error), STATUS_OK);
}

static void failed_read_says_where(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    begin((const int[8]){0, EIO}, &stream);
    Text block;
    assert_int_equal(stream_read(stream, &block, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_IO);
    assert_string_equal(error.message, "some.csv: reading failed after byte 2: Input/output error");
}

static void interrupted_read_is_tried_again(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    begin((const int[8]){EINTR, 0, EINTR, 0, 0}, &stream);
    Text block;
    assert_int_equal(stream_read(stream, &block, &error), STATUS_OK);
    assert_int_equal(block.size, STREAM_BLOCK_SIZE);
    assert_int_equal(read_count, 5); /* the magic number, the byte order mark, the rest */
}

static void stop_ends_an_interrupted_read(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    signal_install();
    raise(SIGTERM);
    begin((const int[8]){EINTR, 0, 0, 0}, &stream);
    Text block;
    assert_int_equal(stream_read(stream, &block, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_TERMINATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_errors_have_their_codes),
        cmocka_unit_test(failed_read_says_where),
        cmocka_unit_test(interrupted_read_is_tried_again),
        cmocka_unit_test(stop_ends_an_interrupted_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
