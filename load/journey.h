/* A deal's journey and what each model gives its touches: weights and credits, and once more among the touches whose
 * campaign counts, if some do not. One journey after the other in the same memory, which grows to the longest.
 *
 *     cleanup(journey_done) Journey journey = journey_make(&models, &rules);
 *     journey_open(&journey, &deal_id, &facts, amount);
 *     TRY(journey_add(&journey, &touch, error)); // in the order of the journey
 *     TRY(journey_close(&journey, error));
 *     for (size_t i = 0; i < journey.count; i++)
 *         … journey.touches[i], journey_weights(&journey, model)[i] …
 *
 * Touches that the rules of the path leave out are gone after journey_close().
 */
#ifndef CLOSEDLOOP_LOAD_JOURNEY_H
#define CLOSEDLOOP_LOAD_JOURNEY_H

#include "load/journey_path.h"
#include "load/model_set.h"

typedef struct Touch {
    Key touch_id, person_id, content_id, arrival_id;
    Key channel_id, campaign_id, topic_id; /* what sums are kept by */
    int32_t month;                         /* in which it was: the first day, since 1970 */
    bool is_of_campaigns;                  /* its campaign counts in reports on campaigns */
} Touch;

typedef struct Journey {
    const ModelSet *models;
    const JourneyPathRules *rules;
    Key deal_id;
    int64_t amount; /* minor units */
    JourneyFacts facts;
    size_t count, capacity;
    Touch *touches;
    JourneyTouch *ordered;
    JourneyStep *steps;
    uint8_t *milestones;        /* as attribution_milestones() */
    int64_t *weights, *credits; /* model after model, `capacity` apart */
    bool has_campaigns;         /* some touches' campaigns count and others' do not: then there are also */
    int64_t *campaign_weights, *campaign_credits;
    JourneyTouch *of_campaigns;
    bool *is_kept;
    AttributionWorkspace workspace;
    JourneyPathWorkspace path_workspace;
} Journey;

/* Models and rules must outlive it. */
Journey journey_make(const ModelSet *models, const JourneyPathRules *rules);

void journey_done(Journey *journey);

void journey_open(Journey *journey, const Key *deal_id, const JourneyFacts *facts, int64_t amount);

/* The item of the step need only be there if the rules collapse. ERROR_DATA past ATTRIBUTION_TOUCHES_MAX,
 * ERROR_INTERNAL without memory. */
Status journey_add(Journey *journey, const Touch *touch, const JourneyTouch *ordered, const Key *item, Error *error);

/* Weighs and credits under all models; a journey without touches has nothing. Errors as of attribution_compute(). */
Status journey_close(Journey *journey, Error *error);

/* Of the model with that index in the set, by touch. */
static inline const int64_t *journey_weights(const Journey *journey, size_t model)
{
    return journey->weights + model * journey->capacity;
}

static inline const int64_t *journey_credits(const Journey *journey, size_t model)
{
    return journey->credits + model * journey->capacity;
}

/* The same among the touches whose campaign counts, 0 for others; only if has_campaigns. */
static inline const int64_t *journey_campaign_weights(const Journey *journey, size_t model)
{
    return journey->campaign_weights + model * journey->capacity;
}

static inline const int64_t *journey_campaign_credits(const Journey *journey, size_t model)
{
    return journey->campaign_credits + model * journey->capacity;
}

#endif
