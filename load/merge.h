/* Loading what lies in one folder, a batch or a bundle of them: one transaction that writes the ledger, copies the
 * files, merges them and notes what changed. */
#ifndef CLOSEDLOOP_LOAD_MERGE_H
#define CLOSEDLOOP_LOAD_MERGE_H

#include "common/error.h"
#include "common/pg.h"
#include "load/ledger.h"

typedef struct MergeOutcome {
    int64_t newest;           /* batch_no in the ledger */
    int64_t rows;             /* copied */
    int64_t duplicates_aside; /* views that other batches had brought */
} MergeOutcome;

/* Loads the batches of a folder, of which some may be skipped, but not all. The database is as before on failure. What
 * is refused is recorded, no row of it taken, and its batch says PLAN_REFUSE and why: what was planned so, what has
 * more rejects than allowed, and a snapshot that would delete too much. ERROR_CONFIG if the folder was made with
 * another secret. */
Status merge_folder(Pg *pg, const char *spool, WaitingBatch *batches, size_t count, MergeOutcome *ret_outcome,
                    Error *error);

#endif
