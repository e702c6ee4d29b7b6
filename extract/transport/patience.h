/* How long to wait before a request is made again, and when to give up.
 *
 *     Patience patience = patience_make(http->attempts, http->within);
 *     while (ask(...) failed in a way that may pass) {
 *         int64_t wait;
 *         if (!patience_take(&patience, retry_after, &wait))
 *             return gives up;
 *         TRY(patience_wait(wait, error));
 *     }
 *     patience_renew(&patience);          // the next request has all its attempts
 *
 * The waits grow twofold from a second to a minute, and a half of each is random, so that those who were turned away
 * together do not come back together. What a server asks for (Retry-After) is kept to.
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_PATIENCE_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_PATIENCE_H

#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

typedef struct Patience {
    int64_t attempts; /* of each request */
    int64_t deadline; /* milliseconds on the monotonic clock */
    int64_t failures; /* of the current request */
    uint64_t random;
} Patience;

Patience patience_make(int64_t attempts, int64_t within_seconds);

/* A further attempt, after *ret_wait milliseconds. retry_after is what the server asks for in seconds, -1 if nothing.
 * False if the attempts are used up, or the time would be before the next one. */
bool patience_take(Patience *patience, int64_t retry_after, int64_t *ret_wait);

void patience_renew(Patience *patience);

/* Seconds that are left, at least 0. */
int64_t patience_left(const Patience *patience);

/* ERROR_INTERRUPTED or ERROR_TERMINATED if a signal comes. */
Status patience_wait(int64_t milliseconds, Error *error);

/* The seconds that a Retry-After asks for: a number, or an HTTP date against `now` (seconds since 1970); never negative
 * but -1 for what is neither, and for none. */
int64_t retry_after_seconds(Text value, int64_t now);

/* An HTTP date as seconds since 1970; false if it is none. */
bool http_date_read(Text value, int64_t *ret_seconds);

#endif
