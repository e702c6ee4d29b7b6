/* Migrations: the files sql/migrations/NNNN_name.sql, carried in the program and applied in order, all in one
 * transaction under a transaction lock, so that two programs that start at once do it once. What is applied is
 * remembered in cl_ops.migration with its checksum: a file that changed afterwards is refused.
 *
 *     TRY(migrate(pg, &applied, error));
 */
#ifndef CLOSEDLOOP_LOAD_MIGRATE_H
#define CLOSEDLOOP_LOAD_MIGRATE_H

#include "common/error.h"
#include "common/pg.h"

/* Applies what is missing, then creates the reporting views and comments of sql/report anew. ERROR_INTERNAL if an
 * applied file changed, ERROR_CONFIG if the database is newer than the program. */
Status migrate(Pg *pg, size_t *ret_applied, Error *error);

/* ERROR_CONFIG, with the hint to migrate, unless the database is exactly at this program's version. */
Status migrate_check(Pg *pg, Error *error);

/* Begins a transaction, and is the only one on this database that loads, refreshes or migrates. Waits a few seconds for
 * another one to end: of a program that was killed the server hears a little later. ERROR_BUSY after that. */
Status begin_alone(Pg *pg, Error *error);

#endif
