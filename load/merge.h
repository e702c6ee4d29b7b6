/* Loading one batch: one transaction that writes the ledger, copies the files, merges them and notes what changed. */
#ifndef CLOSEDLOOP_LOAD_MERGE_H
#define CLOSEDLOOP_LOAD_MERGE_H

#include "common/error.h"
#include "common/pg.h"
#include "load/ledger.h"

typedef struct MergeOutcome {
    bool is_refused;          /* recorded, no row taken; `reason` says why */
    int64_t batch_no;         /* in the ledger */
    int64_t rows;             /* copied */
    int64_t duplicates_aside; /* views that other batches had brought */
    char reason[512];
} MergeOutcome;

/* Loads a batch whose plan is PLAN_LOAD, PLAN_REPLACE or PLAN_REFUSE. The database is as before on failure. A snapshot
 * that would delete too much is recorded as refused. ERROR_CONFIG if the batch was made with another secret. */
Status merge_batch(Pg *pg, const char *spool, WaitingBatch *batch, MergeOutcome *ret_outcome, Error *error);

#endif
