/* What closedloop-load shows of the database: its status, and whether its figures agree. */
#ifndef CLOSEDLOOP_LOAD_REPORT_H
#define CLOSEDLOOP_LOAD_REPORT_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/pg.h"

#include <stdio.h>

/* How far facts and reports stand, a line for each source, also for those of the configuration that never came, and
 * what is wrong with the data. */
Status report_status(Pg *pg, const Config *config, FILE *stream, Error *error);

/* Checks the reports against the facts anew, and prints each check. ERROR_DATA if one differs. */
Status report_verify(Pg *pg, FILE *stream, Error *error);

#endif
