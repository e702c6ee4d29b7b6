/* One reading of an HTTP source: its pages, each a durable file below spool/fetched/<source>/, together the inputs of
 * one batch.
 *
 *     Fetch *fetch;
 *     TRY(fetch_pages(&job, &fetch, error));
 *     ... make a batch of fetch_files(fetch) ...
 *     TRY(fetch_finish(fetch, error));        // the batch is durable: the mark moves, the pages go
 *     fetch_free(fetch);
 *
 * A reading that is broken off, however, goes on where it was: pages that are there are not fetched again. One that is
 * whole, and of which no batch was made, is not fetched again either. After a day, or when the source's questions have
 * changed, it begins anew.
 *
 * A part of the program's driver, so it logs whom it waits for.
 */
#ifndef CLOSEDLOOP_EXTRACT_FETCH_H
#define CLOSEDLOOP_EXTRACT_FETCH_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/log.h"
#include "extract/transport/files.h"

typedef struct FetchJob {
    const Source *source;
    Key mapping; /* under which the pages will be read */
    const char *spool;
    const Log *log;
    int64_t read_at;   /* microseconds since 1970: what the pages are said to be from */
    bool has_since;    /* asks for what is newer, whatever the mark says */
    int64_t since;     /* microseconds since 1970 */
    bool is_full;      /* does not look at the mark */
    bool is_trial;     /* leaves nothing in the spool */
    size_t page_limit; /* 0: none. A trial may do with the first pages */
    bool is_quiet;
} FetchJob;

typedef struct Fetch Fetch;

/* The source must outlive the reading. Errors name the page. */
Status fetch_pages(const FetchJob *job, Fetch **ret_fetch, Error *error);

/* The pages in order; they live as long as the reading. */
const FileInputs *fetch_files(const Fetch *fetch);

/* The batch of the pages is durable, or there is none to make of them. */
Status fetch_finish(Fetch *fetch, Error *error);

/* Nothing can be made of the pages: the next reading begins anew. */
Status fetch_discard(Fetch *fetch, Error *error);

/* Leaves the pages for the next run; those of a trial go. NULL is allowed. */
void fetch_free(Fetch *fetch);

#endif
