/* The journeys that fitted models see: each deal's touches in order, with the numbers of their contents, channels and
 * topics. A fit looks at them several times, so they are read once, into an unnamed file in the system's folder for
 * temporary ones, 16 bytes a touch, that goes with the process. Constant memory, but for the longest journey and the
 * contents and arrivals that journeys name.
 *
 *     cleanup(fit_items_done) FitItems items = FIT_ITEMS_EMPTY;
 *     TRY(fit_items_read(pg, &items, error));
 *     cleanup(fit_journeys_done) FitJourneys journeys = FIT_JOURNEYS_EMPTY;
 *     TRY(fit_journeys_read(pg, &items, &journeys, error));
 *     TRY(fit_journeys_each(&journeys, take, &context, error)); // as often as needed
 */
#ifndef CLOSEDLOOP_LOAD_FIT_JOURNEYS_H
#define CLOSEDLOOP_LOAD_FIT_JOURNEYS_H

#include "common/pg.h"
#include "load/attribution.h"
#include "load/fitted_model.h"
#include "load/journey_state.h"
#include "load/key_index.h"

#include <stdio.h>

typedef struct FitArrival {
    uint32_t channel;
    Key channel_id, campaign_id; /* what sums are kept by */
    bool is_of_campaigns;        /* its campaign counts in reports on campaigns */
} FitArrival;

typedef struct FitItems {
    KeyIndex contents, arrivals; /* the place of a content is its number */
    uint32_t *topic_of;          /* by content */
    FitArrival *of_arrival;      /* by arrival */
    size_t topic_capacity, arrival_capacity;
    size_t counts[FITTED_ITEM_COUNT];
} FitItems;

#define FIT_ITEMS_EMPTY ((FitItems){0})

Status fit_items_read(Pg *pg, FitItems *items, Error *error);

void fit_items_done(FitItems *items);

typedef struct FitJourney {
    Key deal_id;
    JourneyOutcome outcome;
    int32_t month;   /* its first day, since 1970 */
    int64_t amount;  /* minor units */
    bool is_changed; /* this refresh has credited the deal */
    size_t count;    /* touches; 0: none */
    const uint32_t *items[FITTED_ITEM_COUNT];
    const uint32_t *arrivals;    /* by touch: the place of its arrival */
    const JourneyTouch *touches; /* only role_weight is set */
    const bool *is_of_campaigns; /* by touch */
} FitJourney;

typedef struct FitJourneys {
    const FitItems *items;
    FILE *file;
    struct FitTouch *read; /* of one journey, as the file has them */
    JourneyTouch *touches; /* and as they are given */
    uint32_t *numbers[FITTED_ITEM_COUNT], *arrivals;
    bool *is_of_campaigns;
    size_t capacity;
} FitJourneys;

#define FIT_JOURNEYS_EMPTY ((FitJourneys){0})

/* All deals that have credits, in order of deal_id. Items must outlive them. ERROR_CANNOT_CREATE or ERROR_IO for the
 * file, ERROR_DATA past ATTRIBUTION_TOUCHES_MAX. */
Status fit_journeys_read(Pg *pg, const FitItems *items, FitJourneys *ret_journeys, Error *error);

/* A journey is valid during the call. */
typedef Status (*FitJourneyTake)(void *context, const FitJourney *journey, Error *error);

Status fit_journeys_each(FitJourneys *journeys, FitJourneyTake take, void *context, Error *error);

void fit_journeys_done(FitJourneys *journeys);

#endif
