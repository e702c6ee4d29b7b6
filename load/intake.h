/* Intake: loads the batches that wait in the spool, one transaction for each folder, and removes the folders. */
#ifndef CLOSEDLOOP_LOAD_INTAKE_H
#define CLOSEDLOOP_LOAD_INTAKE_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/log.h"
#include "common/pg.h"
#include "load/ledger.h"

/* What became of one source's batches. */
typedef struct IntakeSource {
    const char *name;
    int64_t batches, rows, known, duplicates, refused;
    double seconds;
} IntakeSource;

typedef struct Intake {
    Arena arena;
    IntakeSource *sources;
    size_t source_count;
    bool is_refused; /* some batch was */
} Intake;

/* Loads what waits, in the order of names; sources not in `only` (if it names any) are left. A batch that was refused
 * is logged and recorded; an error ends the intake, and what was committed before it stays. With is_dry_run the plan is
 * made and counted, and nothing is changed. */
Status intake(Pg *pg, const Config *config, const char *const *only, size_t only_count, bool is_dry_run, const Log *log,
              Intake *intake, Error *error);

void intake_done(Intake *intake);

#endif
