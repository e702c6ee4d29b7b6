/* Of the rows of a binary COPY file, lets those pass that are wanted.
 *
 * Of a bundle (common/batch.h) the last column of each row says which member brought it: the number that the ledger
 * gave this member takes its place, and rows of members that bring nothing do not pass. And of views those pass whose
 * time lies within a window, or those whose time does not: what other batches may hold too takes another way than all
 * the rest.
 *
 *     cleanup(row_filter_done) RowFilter filter = row_filter_make();
 *     row_filter_number(&filter, batch_numbers, member_count);
 *     row_filter_window(&filter, 2, from_at, until_at, true);
 *     TRY(pg_copy_file_through(pg, sql, path, row_filter_take, &filter, &rows, error));
 */
#ifndef CLOSEDLOOP_LOAD_ROW_FILTER_H
#define CLOSEDLOOP_LOAD_ROW_FILTER_H

#include "common/buffer.h"
#include "common/pg.h"

typedef struct RowFilter {
    const int32_t *numbers; /* of members, 0 for those whose rows do not pass; NULL: there are none */
    size_t number_count;
    bool has_window, is_within;
    size_t time_column;
    int64_t from_at, until_at;
    bool has_header, is_done;
    int64_t rows; /* seen */
    Buffer rest;  /* the start of a row whose end is still to come */
} RowFilter;

/* Lets all pass. */
RowFilter row_filter_make(void);

/* The caller's numbers must outlive the filter. */
void row_filter_number(RowFilter *filter, const int32_t *numbers, size_t count);

/* time_column, counted from 0, is a timestamptz that is never null; from_at and until_at are microseconds since 1970,
 * UTC, and both belong to the window. */
void row_filter_window(RowFilter *filter, size_t time_column, int64_t from_at, int64_t until_at, bool is_within);

/* A PgCopyTake, whose context is the filter. ERROR_DATA for bytes that are no COPY file, and for a member that is none.
 */
Status row_filter_take(void *filter, Pg *pg, Text block, Error *error);

void row_filter_done(RowFilter *filter);

#endif
