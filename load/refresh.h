/* Refresh: brings the reports up to the facts, in one transaction, at a cost that follows what changed. The steps are
 * the files sql/refresh/NN_name.sql in order; between 50 and 60 the journeys of the changed deals are credited
 * (load/credit), and the models fitted that need all journeys (load/fit, with the files 54 to 58). */
#ifndef CLOSEDLOOP_LOAD_REFRESH_H
#define CLOSEDLOOP_LOAD_REFRESH_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/pg.h"

typedef struct RefreshOutcome {
    bool is_rebuild;             /* asked for, or needed since the configuration changed what all reports rest on */
    int64_t people, deals, days; /* recomputed */
} RefreshOutcome;

/* Readers see the old reports until all of it is committed. ERROR_BUSY if another program loads or refreshes;
 * ERROR_DATA if a reconciliation differs: the last good reports stay. */
Status refresh(Pg *pg, const Config *config, bool is_rebuild, RefreshOutcome *ret_outcome, Error *error);

/* Runs one embedded file of sql/. */
Status refresh_step(Pg *pg, const char *name, Error *error);

#endif
