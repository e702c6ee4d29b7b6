/* The journeys of a refresh: each deal's touches in order, in an unnamed file in the system's folder for temporary
 * ones, 92 bytes a touch, that goes with the process. Who reads them from the database (load/journey_source) is done
 * with it before crediting (load/credit) and fitting (load/fit) look at them, once or several times; so the server may
 * store credits meanwhile. Constant memory, but for the longest journey.
 *
 *     cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
 *     TRY(journeys_begin(&journeys, error));
 *     TRY(journeys_add(&journeys, &head, touches, ordered, error));
 *     …
 *     TRY(journeys_each(&journeys, take, &context, error)); // as often as needed; then more may be added
 */
#ifndef CLOSEDLOOP_LOAD_JOURNEYS_H
#define CLOSEDLOOP_LOAD_JOURNEYS_H

#include "common/hash.h"
#include "load/attribution.h"

#include <stdio.h>

typedef struct Touch {
    Key touch_id, person_id, content_id, topic_id;
    uint32_t arrival_no; /* in load/arrivals */
} Touch;

/* What is known of a deal. */
typedef struct JourneyHead {
    Key deal_id;
    Key nobodys_topic; /* what sums of topics are kept by if nobody touched anything */
    JourneyFacts facts;
    int64_t amount; /* minor units */
    int32_t month;  /* its first day, since 1970 */
    uint32_t count; /* of its touches */
    char outcome[8];
    bool is_changed; /* this refresh credits the deal anew */
} JourneyHead;

typedef struct Journeys {
    FILE *file;
    Touch *touches; /* of one journey, as read */
    JourneyTouch *ordered;
    size_t capacity;
} Journeys;

#define JOURNEYS_EMPTY ((Journeys){0})

/* ERROR_CANNOT_CREATE without a file. */
Status journeys_begin(Journeys *ret_journeys, Error *error);

/* ERROR_IO. */
Status journeys_add(Journeys *journeys, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                    Error *error);

/* What it is given is valid during the call. */
typedef Status (*JourneyTake)(void *context, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                              Error *error);

/* ERROR_IO, ERROR_INTERNAL without memory, and what it says that takes. */
Status journeys_each(Journeys *journeys, JourneyTake take, void *context, Error *error);

void journeys_done(Journeys *journeys);

#endif
