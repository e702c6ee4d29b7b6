/* The ledger: which batches the database has, and what therefore is to be done with one that waits in the spool.
 *
 * A batch of an append source is known by its input and mapping. Upsert and snapshot sources form chains: there a
 * return to an earlier state is news, so what waits is laid against the end of the chain: the longest run of waiting
 * batches that the chain already ends with was read before (the spool may have been lost); what follows is new.
 *
 * The ledger knows each file of an append source as a batch of its own, whatever bundle it travels in: so files may be
 * grouped otherwise when they are read again, and some may be gone.
 *
 * What extract read at one time is planned at once, and loaded before the next reading is planned: so the ledger is
 * what it would be had each been loaded right after it was read.
 *
 *     size_t length = ledger_reading(batches, count);
 *     TRY(ledger_plan(pg, batches, length, error));
 *     switch (batches[i].plan) ...
 */
#ifndef CLOSEDLOOP_LOAD_LEDGER_H
#define CLOSEDLOOP_LOAD_LEDGER_H

#include "common/batch.h"
#include "common/error.h"
#include "common/pg.h"

typedef enum LedgerPlan {
    PLAN_LOAD,    /* new */
    PLAN_SKIP,    /* known: its folder goes */
    PLAN_REPLACE, /* the same input under another mapping: takes the place of batch_no `replaces` */
    PLAN_REFUSE,  /* recorded with `reason`, no row taken */
} LedgerPlan;

typedef struct WaitingBatch {
    const char *name;       /* in spool/transformed; members of a bundle share it, and stand side by side */
    const Manifest *folder; /* what lies there: of a bundle the whole, else the batch itself */
    Manifest manifest;      /* of the batch */
    LedgerPlan plan;
    int64_t replaces;
    int64_t place;    /* in the chain; 0 for append */
    int64_t newest;   /* batch_no of its source when it was planned, or of what was loaded since; 0: none */
    int64_t batch_no; /* once it is recorded */
    char reason[256];
} WaitingBatch;

/* How many of the batches, which stand in the order of their names, begin with the same reading as the first. */
size_t ledger_reading(const WaitingBatch *batches, size_t count);

/* Fills plan, replaces, place, newest and reason of all batches of one reading. */
Status ledger_plan(Pg *pg, WaitingBatch *batches, size_t count, Error *error);

/* ERROR_BUSY if another program has loaded a batch of this source since it was planned. In the batch's transaction. */
Status ledger_check(Pg *pg, const WaitingBatch *batch, Error *error);

/* Writes rows, inputs and counts of the batches that are not to be skipped, and sets their batch_no. */
Status ledger_record(Pg *pg, WaitingBatch *batches, size_t count, Error *error);

#endif
