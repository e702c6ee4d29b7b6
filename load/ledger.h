/* The ledger: which batches the database has, and what therefore is to be done with one that waits in the spool.
 *
 * A batch of an append source is known by its input and mapping. Upsert and snapshot sources form chains: there a
 * return to an earlier state is news, so what waits is laid against the end of the chain: the longest run of waiting
 * batches that the chain already ends with was read before (the spool may have been lost); what follows is new.
 *
 *     TRY(ledger_plan(pg, batches, count, error));
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
    const char *name; /* in spool/transformed */
    Manifest manifest;
    LedgerPlan plan;
    int64_t replaces;
    int64_t place; /* in the chain; 0 for append */
    char reason[256];
} WaitingBatch;

/* Fills plan, replaces, place and reason of all batches, which stand in the order of their names. */
Status ledger_plan(Pg *pg, WaitingBatch *batches, size_t count, Error *error);

/* Writes the batch's row, inputs and counts; returns its number. */
Status ledger_record(Pg *pg, const WaitingBatch *batch, int64_t *ret_batch_no, Error *error);

#endif
