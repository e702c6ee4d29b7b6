/* How visits began, by number: what a touch's arrival is to journeys and to the sums of channels and campaigns.
 *
 *     cleanup(arrivals_done) Arrivals arrivals = ARRIVALS_EMPTY;
 *     TRY(arrivals_read(pg, &arrivals, error)); // after sql/refresh/45_contribution.sql
 *     … arrivals.list[touch->arrival_no].channel_id …
 */
#ifndef CLOSEDLOOP_LOAD_ARRIVALS_H
#define CLOSEDLOOP_LOAD_ARRIVALS_H

#include "common/hash.h"
#include "common/pg.h"

typedef struct Arrival {
    Key arrival_id, channel_id, campaign_id;
    bool is_direct;       /* its channel is direct */
    bool is_of_campaigns; /* its campaign counts in reports on campaigns */
} Arrival;

typedef struct Arrivals {
    Arrival *list; /* its place is its number in queries */
    size_t count, capacity;
} Arrivals;

#define ARRIVALS_EMPTY ((Arrivals){0})

/* Those that count. ERROR_INTERNAL without memory. */
Status arrivals_read(Pg *pg, Arrivals *arrivals, Error *error);

/* The number that a query gave. ERROR_INTERNAL for one that is not listed. */
Status arrivals_number(const Arrivals *arrivals, Text value, uint32_t *ret_number, Error *error);

void arrivals_done(Arrivals *arrivals);

#endif
