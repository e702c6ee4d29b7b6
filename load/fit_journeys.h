/* The journeys that fitted models see: each deal's touches in order, with the numbers of their contents, channels and
 * topics. They stand in an unnamed file in the system's folder for temporary ones, 40 bytes a touch, that goes with the
 * process: those of changed deals come from who credits them (load/credit), all others are read from the database, and
 * a fit looks at all of them several times. Constant memory, but for the longest journey and the contents and arrivals
 * that journeys name.
 *
 *     cleanup(fit_journeys_done) FitJourneys journeys = FIT_JOURNEYS_EMPTY;
 *     TRY(fit_journeys_begin(&journeys, error));
 *     TRY(fit_journeys_add(&journeys, &head, touches, ordered, error)); // of each changed deal
 *     TRY(fit_journeys_read(pg, &journeys, error));                     // of the others
 *     cleanup(fit_items_done) FitItems items = FIT_ITEMS_EMPTY;
 *     TRY(fit_items_read(pg, &items, error));
 *     TRY(fit_journeys_each(&journeys, &items, take, &context, error)); // as often as needed
 */
#ifndef CLOSEDLOOP_LOAD_FIT_JOURNEYS_H
#define CLOSEDLOOP_LOAD_FIT_JOURNEYS_H

#include "common/pg.h"
#include "load/attribution.h"
#include "load/fitted_model.h"
#include "load/journey.h"
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

/* What is known of a deal. */
typedef struct FitHead {
    Key deal_id;
    int64_t amount;
    int32_t month;
    uint32_t count;  /* of its touches */
    uint8_t outcome; /* JourneyOutcome */
    bool is_changed;
} FitHead;

typedef struct FitJourneys {
    FILE *file;
    struct FitTouch *read; /* of one journey, as the file has them */
    JourneyTouch *touches; /* and as they are given */
    uint32_t *numbers[FITTED_ITEM_COUNT], *arrivals;
    bool *is_of_campaigns;
    size_t capacity;
} FitJourneys;

#define FIT_JOURNEYS_EMPTY ((FitJourneys){0})

/* ERROR_CANNOT_CREATE without a file. */
Status fit_journeys_begin(FitJourneys *ret_journeys, Error *error);

/* ERROR_DATA past ATTRIBUTION_TOUCHES_MAX, ERROR_IO, ERROR_INTERNAL without memory. */
Status fit_journeys_add(FitJourneys *journeys, const FitHead *head, const Touch *touches, const JourneyTouch *ordered,
                        Error *error);

/* Those of all deals that have credits and did not change in this refresh. Errors as above. */
Status fit_journeys_read(Pg *pg, FitJourneys *journeys, Error *error);

/* A journey is valid during the call. */
typedef Status (*FitJourneyTake)(void *context, const FitJourney *journey, Error *error);

/* ERROR_INTERNAL for a touch whose content or arrival the items do not list. */
Status fit_journeys_each(FitJourneys *journeys, const FitItems *items, FitJourneyTake take, void *context,
                         Error *error);

void fit_journeys_done(FitJourneys *journeys);

/* By its name: won, lost, else open. */
JourneyOutcome fit_outcome(Text outcome);

#endif
