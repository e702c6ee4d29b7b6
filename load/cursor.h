/* Reads what a query answers row by row, in PostgreSQL's binary form, in constant memory: by a cursor, many rows at a
 * time, the next of which the server reads meanwhile. Between two calls of its reader the connection is free for other
 * statements of the transaction.
 *
 *     static Status take(void *context, const PgResult *result, size_t row, Error *error)
 *     {
 *         Key deal_id = value_key(pg_value(result, row, 0));
 *         ...
 *     }
 *     TRY(cursor_read(pg, "select deal_id, amount from ...", take, &context, error));
 */
#ifndef CLOSEDLOOP_LOAD_CURSOR_H
#define CLOSEDLOOP_LOAD_CURSOR_H

#include "common/hash.h"
#include "common/pg.h"

typedef Status (*CursorTake)(void *context, const PgResult *result, size_t row, Error *error);

Status cursor_read(Pg *pg, const char *query, CursorTake take, void *context, Error *error);

/* The same of a query that is a file of sql/. */
Status cursor_read_file(Pg *pg, const char *name, CursorTake take, void *context, Error *error);

/* Binary values of the types bigint, integer, boolean, timestamptz (microseconds since 1970) and uuid; zero or false
 * for null. */
int64_t value_int64(Text value);
int32_t value_int32(Text value);
bool value_bool(Text value);
int64_t value_time(Text value);
Key value_key(Text value);

/* Of a bigint[], the element with that number, from 1; 0 if there is none, or a null. */
int64_t value_element(Text array, int number);

#endif
