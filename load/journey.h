/* What each model gives the touches of a deal's journey: weights and credits, and once more among the touches whose
 * campaign counts, if some do not. One journey after the other in the same memory, which grows to the longest.
 *
 *     cleanup(journey_done) Journey journey = journey_make(&models, &arrivals);
 *     TRY(journey_credit(&journey, &head, touches, ordered, error));
 *     for (size_t i = 0; i < journey.count; i++)
 *         … journey.touches[i], journey.weights[model * journey.capacity + i] …
 */
#ifndef CLOSEDLOOP_LOAD_JOURNEY_H
#define CLOSEDLOOP_LOAD_JOURNEY_H

#include "load/arrivals.h"
#include "load/journeys.h"
#include "load/model_set.h"

typedef struct Journey {
    const ModelSet *models;
    const Arrivals *arrivals;
    const JourneyHead *head;
    const Touch *touches; /* as they were given */
    const JourneyTouch *ordered;
    size_t count, capacity;
    uint8_t *milestones;        /* as attribution_milestones() */
    int64_t *weights, *credits; /* model after model, `capacity` apart */
    bool has_campaigns;         /* some touches' campaigns count and others' do not: then there are also */
    int64_t *campaign_weights, *campaign_credits; /* 0 for those others */
    JourneyTouch *of_campaigns;
    AttributionWorkspace workspace;
} Journey;

/* Models and arrivals must outlive it. */
Journey journey_make(const ModelSet *models, const Arrivals *arrivals);

void journey_done(Journey *journey);

/* Under all models; a journey without touches has nothing. What is given must stay until the next. Errors as of
 * attribution_compute(). */
Status journey_credit(Journey *journey, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                      Error *error);

#endif
