#include "common/signal.h"

#include <signal.h>
#include <stddef.h>

/* A handler has no other way to say something: the one variable of the whole program that is not on a stack. */
static volatile sig_atomic_t caught_signal = 0;

static void handle(int number)
{
    caught_signal = number;
}

static void catch_unless_ignored(int number)
{
    struct sigaction old;
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
        return;
    /* Without SA_RESTART: a read that waits for a pipe or a server must come back. */
    struct sigaction action = {.sa_handler = handle};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signal_install(void)
{
    caught_signal = 0;
    catch_unless_ignored(SIGINT);
    catch_unless_ignored(SIGTERM);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

Status signal_check(Error *error)
{
    if (caught_signal == 0)
        return STATUS_OK;
    if (caught_signal == SIGINT)
        error_set(error, ERROR_INTERRUPTED, "stopped by signal SIGINT");
    else
        error_set(error, ERROR_TERMINATED, "stopped by signal SIGTERM");
    return error_hint(error, "run it again: what was finished is kept, and nothing is done twice");
}
