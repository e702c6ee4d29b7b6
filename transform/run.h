/* A run of closedloop-transform: each extracted batch that is not transformed yet, in the order of their names.
 *
 *     Run run = {.config = &config, .log = &log};
 *     TRY(run_batches(&run, error));
 *     return error_exit_status(&run.failure);
 *
 * A part of the program's driver, so it logs. What is wrong with one batch does not stop the others: it is logged, and
 * the first one stays in run.failure.
 */
#ifndef CLOSEDLOOP_TRANSFORM_RUN_H
#define CLOSEDLOOP_TRANSFORM_RUN_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/log.h"
#include "transform/bot.h"
#include "transform/site_index.h"
#include "transform/source_rules.h"

#include <stdint.h>

typedef struct RunTotal {
    int64_t read, emitted, rejected, duplicate, filtered;
    int64_t decoded_bytes; /* of the inputs */
    size_t batches;
    double seconds;
} RunTotal;

typedef struct Run {
    const Config *config;
    const Log *log;
    const char *const *chosen; /* names of sources; none: all */
    size_t chosen_count;
    bool is_dry, is_quiet;
    Secret secret;
    SiteIndex sites;
    BotMatcher bots;
    CompanyDomains companies;
    SourceRules **rules; /* of each source of the configuration, made when it first has a batch */
    RunTotal *totals;    /* of each source */
    Error failure;       /* the first one; no code: none */
} Run;

/* Makes ready what all batches need. config, log and what is chosen must be set; run_done() in any case. */
Status run_prepare(Run *run, Error *error);

/* STATUS_ERROR only for what stops the whole run: a signal, a spool that takes nothing, no memory. */
Status run_batches(Run *run, Error *error);

bool run_is_chosen(const Run *run, const char *source);

void run_done(Run *run);

#endif
