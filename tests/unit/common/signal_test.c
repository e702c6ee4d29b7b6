#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/signal.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static void is_quiet_until_a_signal_comes(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    signal_install();
    assert_int_equal(signal_check(&error), STATUS_OK);
    assert_int_equal(error.code, ERROR_NONE);
}

static void says_which_signal_came(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    signal_install();
    raise(SIGINT);
    assert_int_equal(signal_check(&error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_INTERRUPTED);
    assert_string_equal(error.message, "stopped by signal SIGINT");
    assert_int_equal(signal_check(&error), STATUS_ERROR);

    signal_install();
    assert_int_equal(signal_check(&error), STATUS_OK);
    raise(SIGTERM);
    assert_int_equal(signal_check(&error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_TERMINATED);
    assert_string_equal(error.message, "stopped by signal SIGTERM");
}

static void leaves_an_ignored_signal_ignored(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    assert_int_equal(sigaction(SIGINT, &ignore, &old), 0);
    signal_install();
    raise(SIGINT);
    assert_int_equal(signal_check(&error), STATUS_OK);
    assert_int_equal(sigaction(SIGINT, &old, NULL), 0);
}

static void ignores_a_closed_pipe(void **state)
{
    (void)state;
    int ends[2];
    signal_install();
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

static void wakes_a_read_that_waits(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    int ends[2];
    char byte;
    signal_install();
    assert_int_equal(pipe(ends), 0);
    struct sigaction action;
    assert_int_equal(sigaction(SIGTERM, NULL, &action), 0);
    assert_int_equal(action.sa_flags & SA_RESTART, 0);
    pid_t child = fork();
    if (child == 0) {
        /* Again and again, so that it does not matter whether the parent waits already. */
        for (int i = 0; i < 100; i++) {
            usleep(20 * 1000);
            kill(getppid(), SIGTERM);
        }
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(read(ends[0], &byte, 1), -1);
    assert_int_equal(errno, EINTR);
    kill(child, SIGKILL);
    assert_int_equal(signal_check(&error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_TERMINATED);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_quiet_until_a_signal_comes),    cmocka_unit_test(says_which_signal_came),
        cmocka_unit_test(leaves_an_ignored_signal_ignored), cmocka_unit_test(ignores_a_closed_pipe),
        cmocka_unit_test(wakes_a_read_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
