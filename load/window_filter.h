/* Of the rows of a binary COPY file, lets those pass whose time lies within a window, or those whose time does not: the
 * views that other batches may hold too take another way than all the rest.
 *
 *     cleanup(window_filter_done) WindowFilter filter = window_filter_make(2, from_at, until_at, true);
 *     TRY(pg_copy_file_through(pg, sql, path, window_filter_take, &filter, &rows, error));
 */
#ifndef CLOSEDLOOP_LOAD_WINDOW_FILTER_H
#define CLOSEDLOOP_LOAD_WINDOW_FILTER_H

#include "common/buffer.h"
#include "common/pg.h"

typedef struct WindowFilter {
    size_t time_column;
    int64_t from_at, until_at;
    bool is_within, has_header, is_done;
    Buffer rest; /* the start of a row whose end is still to come */
} WindowFilter;

/* time_column, counted from 0, is a timestamptz that is never null; from_at and until_at are microseconds since 1970,
 * UTC, and both belong to the window. */
WindowFilter window_filter_make(size_t time_column, int64_t from_at, int64_t until_at, bool is_within);

/* A PgCopyTake, whose context is the filter. ERROR_DATA for bytes that are no COPY file. */
Status window_filter_take(void *filter, Pg *pg, Text block, Error *error);

void window_filter_done(WindowFilter *filter);

#endif
