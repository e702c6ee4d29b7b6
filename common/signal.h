/* A clean stop: SIGINT and SIGTERM only set a flag, and long work asks for it between its steps.
 *
 *     signal_install();
 *     while (more) {
 *         TRY(signal_check(error));
 *         TRY(next_step(error));
 *     }
 */
#ifndef CLOSEDLOOP_COMMON_SIGNAL_H
#define CLOSEDLOOP_COMMON_SIGNAL_H

#include "common/error.h"

/* Catches SIGINT and SIGTERM, unless whoever started the program has them ignored (nohup, a job in the background), and
 * ignores SIGPIPE, so that a write to a closed pipe or socket is an error of the write. Forgets an earlier signal.
 * System calls that block return EINTR: their callers ask signal_check() and try again. */
void signal_install(void);

/* ERROR_INTERRUPTED or ERROR_TERMINATED once a signal has come, "stopped by signal SIGINT" or "... SIGTERM". */
Status signal_check(Error *error);

#endif
