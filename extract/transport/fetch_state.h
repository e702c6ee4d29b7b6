/* What a reading by HTTP must remember. Two small files, each durable before anything relies on it:
 *
 *     spool/fetched/<source>/state.json    how far a reading is: it goes on there if it is broken off
 *     spool/state/<source>.fetch.json      from when on the next reading has to ask: the mark of the last that is
 * loaded
 *
 *     FetchState state;
 *     TRY(fetch_state_load(path, &arena, &state, error));      // STATUS_END: there is none
 *     state.page_count++;
 *     TRY(fetch_state_save(path, &state, error));
 *
 * Neither holds a secret.
 */
#ifndef CLOSEDLOOP_EXTRACT_FETCH_STATE_H
#define CLOSEDLOOP_EXTRACT_FETCH_STATE_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"

#include <stdint.h>

enum { FETCH_PAGES_MAX = UINT16_MAX };

typedef struct FetchState {
    Key request;        /* digest of what is asked: another question begins anew */
    int64_t started_at; /* microseconds since 1970; what changed later may not be in the pages */
    bool has_since;
    int64_t since; /* what was asked for */
    bool is_complete;
    int64_t page_count;
    int64_t bytes;        /* of all pages as they stand in their files: one that was cut or lost shows */
    const char *position; /* of the next page; NULL: the first, or none if it is complete */
    const char *job;      /* NULL: none yet */
    Key last;             /* digest of the last page's bytes */
    /* A position that comes again is found by comparing each with one of those before it, which moves up at powers of
     * two (Brent): no list of all is needed. */
    Key landmark;
    int64_t steps, power;
} FetchState;

typedef struct FetchMark {
    Key mapping;        /* under which it was read: another mapping reads all anew */
    int64_t started_at; /* of the last reading whose batch is durable */
} FetchMark;

/* STATUS_END if there is no such file. ERROR_DATA for one that is damaged, or says what cannot be. */
Status fetch_state_load(const char *path, Arena *arena, FetchState *ret_state, Error *error);
Status fetch_state_save(const char *path, const FetchState *state, Error *error);

Status fetch_mark_load(const char *path, FetchMark *ret_mark, Error *error);
Status fetch_mark_save(const char *path, const FetchMark *mark, Error *error);

/* Takes the step to a position. False if the reading was there before. */
bool fetch_state_step(FetchState *state, const char *position);

#endif
