/* One source's turn in a run of closedloop-extract: find its inputs, leave out what was read before, make a batch of
 * each file (or of all together), commit it, and only then move the bookmark.
 *
 *     Run run = {.config = &config, .log = &log, .read_at = now};
 *     TRY(run_source(&run, source, &outcome, error));
 *     return error_exit_status(&run.failure);
 *
 * A part of the program's driver, so it logs. What is wrong with one input does not stop the others: it is logged, and
 * the first one stays in run.failure.
 */
#ifndef CLOSEDLOOP_EXTRACT_RUN_H
#define CLOSEDLOOP_EXTRACT_RUN_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/log.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Run {
    const Config *config;
    const Log *log;
    int64_t read_at; /* microseconds since 1970, UTC */
    bool has_since;
    int64_t since; /* inputs last modified before it are left out */
    bool is_full, is_dry, is_quiet;
    bool is_preview;  /* set by run_preview() */
    int64_t sequence; /* of the input at hand, among all that the run looks at */
    Error failure;    /* the first one; no code: none */
} Run;

typedef struct RunOutcome {
    int64_t read, emitted, rejected, filtered;
    uint64_t decoded_bytes;
    size_t files_read, files_unchanged, batches;
    double seconds;
} RunOutcome;

/* Needs the lock and the folders of the spool, unless the run is dry. STATUS_ERROR only for what stops the whole run: a
 * signal, a spool that takes nothing, no memory. The outcome counts what was done, also then. */
Status run_source(Run *run, const Source *source, RunOutcome *ret_outcome, Error *error);

/* Prints the first records of the source as they would be mapped; writes nothing else. */
Status run_preview(Run *run, const Source *source, uint64_t limit, FILE *stream, Error *error);

/* Logs what concerns one input alone, as a failure of the source, keeps the first in run->failure, and clears it.
 * STATUS_ERROR for what stops the whole run. */
Status run_note_failure(Run *run, const Source *source, Error *error);

#endif
