/* The journeys as fitted models see them: each deal's touches in order, with the numbers of their contents, channels
 * and topics. They stand in a file (load/journeys), and a fit looks at all of them several times. Constant memory, but
 * for the longest journey and the contents and arrivals that journeys name.
 *
 *     cleanup(fit_items_done) FitItems items = FIT_ITEMS_EMPTY;
 *     TRY(fit_items_read(pg, &arrivals, &items, error));
 *     cleanup(fit_journeys_done) FitJourneys fit = {.journeys = &journeys, .items = &items};
 *     TRY(fit_journeys_each(&fit, take, &context, error)); // as often as needed
 */
#ifndef CLOSEDLOOP_LOAD_FIT_JOURNEYS_H
#define CLOSEDLOOP_LOAD_FIT_JOURNEYS_H

#include "load/arrivals.h"
#include "load/fitted_model.h"
#include "load/journey_state.h"
#include "load/journeys.h"
#include "load/key_index.h"

typedef struct FitItems {
    const Arrivals *arrivals;
    KeyIndex contents;    /* the place of a content is its number */
    uint32_t *topic_of;   /* by content */
    uint32_t *channel_of; /* by arrival; KEY_INDEX_NONE for those that no journey holds */
    size_t topic_capacity;
    size_t counts[FITTED_ITEM_COUNT];
} FitItems;

#define FIT_ITEMS_EMPTY ((FitItems){0})

/* After sql/refresh/55_fit_begin.sql. Arrivals must outlive the items. */
Status fit_items_read(Pg *pg, const Arrivals *arrivals, FitItems *items, Error *error);

void fit_items_done(FitItems *items);

typedef struct FitJourney {
    const JourneyHead *head;
    JourneyOutcome outcome;
    const Touch *touches;
    const JourneyTouch *ordered; /* of journeys that did not change without their times */
    const uint32_t *items[FITTED_ITEM_COUNT];
} FitJourney;

typedef struct FitJourneys {
    Journeys *journeys;
    const FitItems *items;
    uint32_t *numbers[FITTED_ITEM_COUNT]; /* of one journey */
    size_t capacity;
} FitJourneys;

void fit_journeys_done(FitJourneys *fit);

/* A journey is valid during the call. */
typedef Status (*FitJourneyTake)(void *context, const FitJourney *journey, Error *error);

/* ERROR_INTERNAL for a touch whose content or arrival the items do not list; errors of journeys_each(). */
Status fit_journeys_each(FitJourneys *fit, FitJourneyTake take, void *context, Error *error);

#endif
