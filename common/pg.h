/* A connection to PostgreSQL: the only module that knows libpq.
 *
 *     cleanup(pg_free_pointer) Pg *pg = NULL;
 *     TRY(pg_connect(config.database, "closedloop-load", &pg, error));
 *     TRY(pg_execute(pg, "begin", error));
 *     cleanup(pg_result_free) PgResult result = {0};
 *     TRY(pg_query(pg, "select name from t where id = $1", (const char *[]){"7"}, 1, &result, error));
 *     Text name = pg_value(&result, 0, 0);
 *
 * The session speaks UTF-8 and UTC, whatever the server's defaults, and finds only what is named with its schema.
 * Errors carry the server's words; error->is_retryable tells what a new connection may mend (the server went away or is
 * starting, a lock, a deadlock). ERROR_UNAVAILABLE for a server that cannot be reached, ERROR_PERMISSION, ERROR_BUSY
 * for a lock not gained, ERROR_REFUSED for SQLSTATE CL001 (a snapshot that would delete too much).
 *
 * Who waits for the server hears signals (common/signal.h): the statement is cancelled, and the error is
 * ERROR_INTERRUPTED or ERROR_TERMINATED, once for each connection. Whether it took effect is then for the ledger to
 * say.
 */
#ifndef CLOSEDLOOP_COMMON_PG_H
#define CLOSEDLOOP_COMMON_PG_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

typedef struct Pg Pg;

typedef struct PgResult {
    void *handle; /* libpq's */
    size_t row_count;
} PgResult;

/* conninfo may be empty: libpq's environment decides. No password is ever logged or part of an error. ERROR_CONFIG for
 * a string that libpq cannot read, or whose service is not defined. */
Status pg_connect(const char *conninfo, const char *application, Pg **ret_pg, Error *error);

/* The same for a database of somebody else's, from which we only read: names are found as its users find them, servers
 * from 10 on will do, what is wrong with a statement is ERROR_CONFIG, and a connection string that holds a password is
 * refused: libpq has better places for it. */
Status pg_connect_to_read(const char *conninfo, const char *application, Pg **ret_pg, Error *error);

/* One or more statements whose rows nobody wants. */
Status pg_execute(Pg *pg, const char *sql, Error *error);

/* One statement; parameters and values are text, NULL for null. */
Status pg_query(Pg *pg, const char *sql, const char *const *parameters, size_t parameter_count, PgResult *ret_result,
                Error *error);

/* The same, values in PostgreSQL's binary form. */
Status pg_query_binary(Pg *pg, const char *sql, PgResult *ret_result, Error *error);

/* The same in two halves: the server works on the statement while its caller does something else. Other statements may
 * come between the two; an error of this one may be theirs then. */
Status pg_ask_binary(Pg *pg, const char *sql, Error *error);
Status pg_answer(Pg *pg, PgResult *ret_result, Error *error);

/* Valid as long as the result; absent for null. */
Text pg_value(const PgResult *result, size_t row, size_t column);

/* A value that is a whole number; 0 for null. */
int64_t pg_value_int64(const PgResult *result, size_t row, size_t column);

void pg_result_free(PgResult *result);

/* COPY ... FROM STDIN: begin, write as often as needed, end. Who writes hears signals, too: the COPY is given up. After
 * a failure the connection has left COPY, and its transaction is to be rolled back. */
Status pg_copy_begin(Pg *pg, const char *sql, Error *error);
Status pg_copy_write(Pg *pg, Text bytes, Error *error);
Status pg_copy_end(Pg *pg, int64_t *ret_rows, Error *error);

/* The three with the bytes of a file. */
Status pg_copy_file(Pg *pg, const char *sql, const char *path, int64_t *ret_rows, Error *error);

/* The same, by way of somebody who gets block after block and writes of it what he likes with pg_copy_write(). */
typedef Status (*PgCopyTake)(void *context, Pg *pg, Text block, Error *error);
Status pg_copy_file_through(Pg *pg, const char *sql, const char *path, PgCopyTake take, void *context,
                            int64_t *ret_rows, Error *error);

/* COPY ... TO STDOUT: begin, then read row after row until STATUS_END, which says that the server has given all. A row
 * is valid until the next call. Who stops before the end frees the connection. */
Status pg_copy_out_begin(Pg *pg, const char *sql, Error *error);
Status pg_copy_out_read(Pg *pg, Text *ret_row, Error *error);

/* What the server said of the statement that failed last, for who knows more of it than we do. */
typedef struct PgComplaint {
    char state[6];     /* SQLSTATE; empty: the server said nothing */
    size_t position;   /* in the statement, in characters from 1; 0: nowhere */
    char message[700]; /* one line */
} PgComplaint;

const PgComplaint *pg_complaint(const Pg *pg);

/* Ends a transaction that failed, if the connection still lives; its outcome matters to nobody. */
void pg_rollback(Pg *pg);

/* NULL is allowed. */
void pg_free(Pg *pg);
void pg_free_pointer(Pg **pg);

#endif
