/* What the page says: the value of each query of deploy/report/page/blocks, by its name, as one JSON object within a
 * script element. All are of one moment, and two are asked at a time, each of a connection of its own, since a few of
 * them take most of the time; where a second connection is not to be had, one does. A lock
 * that somebody else waits for between the two ends by its time limit, and is tried again.
 *
 *     cleanup(page_data_done) PageData data = page_data_make(pg, conninfo, "closedloop-load", &writer);
 *     TRY(page_data_write(&data, error));
 */
#ifndef CLOSEDLOOP_LOAD_PAGE_DATA_H
#define CLOSEDLOOP_LOAD_PAGE_DATA_H

#include "common/buffer.h"
#include "common/file.h"
#include "common/pg.h"

enum { PAGE_LANES = 2 };

/* A connection, and the block that it was asked last. */
typedef struct PageLane {
    Pg *pg;
    const char *asked; /* NULL: none */
} PageLane;

typedef struct PageData {
    PageLane lanes[PAGE_LANES]; /* the first one's connection is the caller's */
    size_t lane_count, turn;
    const char *conninfo, *application;
    FileWriter *writer;
    Buffer withheld;       /* names of blocks, as JSON, without brackets */
    size_t withheld_count; /* that the role may not read: null in the page */
    size_t written_count;
} PageData;

/* What it is given must outlive it. */
PageData page_data_make(Pg *pg, const char *conninfo, const char *application, FileWriter *writer);

/* In a transaction of its own on each connection. Errors of the server, but for those of missing rights, and of the
 * file; then the caller's connection is to be rolled back. */
Status page_data_write(PageData *data, Error *error);

void page_data_done(PageData *data);

/* JSON within a script element: nothing in it can end the element, or begin a comment. */
Status page_json_write(FileWriter *writer, Text json, Error *error);

#endif
