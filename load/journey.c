#include "load/journey.h"

#include <stdlib.h>

Journey journey_make(const ModelSet *models, const Arrivals *arrivals)
{
    return (Journey){.models = models, .arrivals = arrivals, .workspace = attribution_workspace_make()};
}

void journey_done(Journey *journey)
{
    free(journey->milestones);
    free(journey->weights);
    free(journey->credits);
    free(journey->campaign_weights);
    free(journey->campaign_credits);
    free(journey->of_campaigns);
    attribution_workspace_done(&journey->workspace);
}

/* What is in it need not stay. */
static void *renew(void *memory, size_t count, size_t size, bool *is_failed)
{
    free(memory);
    memory = calloc(count, size);
    *is_failed = *is_failed || !memory;
    return memory;
}

static Status reserve(Journey *journey, size_t count, Error *error)
{
    if (count <= journey->capacity)
        return STATUS_OK;
    size_t capacity = count < 256 ? 256 : count * 2;
    size_t shares = capacity * journey->models->count;
    bool is_failed = false;
    journey->milestones = renew(journey->milestones, capacity, 1, &is_failed);
    journey->of_campaigns = renew(journey->of_campaigns, capacity, sizeof *journey->of_campaigns, &is_failed);
    journey->weights = renew(journey->weights, shares, sizeof *journey->weights, &is_failed);
    journey->credits = renew(journey->credits, shares, sizeof *journey->credits, &is_failed);
    journey->campaign_weights = renew(journey->campaign_weights, shares, sizeof *journey->weights, &is_failed);
    journey->campaign_credits = renew(journey->campaign_credits, shares, sizeof *journey->credits, &is_failed);
    journey->capacity = is_failed ? 0 : capacity;
    return is_failed ? error_no_memory(error) : STATUS_OK;
}

static bool is_of_campaigns(const Journey *journey, size_t i)
{
    return journey->arrivals->list[journey->touches[i].arrival_no].is_of_campaigns;
}

/* Weights and credits of the first `count` shares go to the touches of campaigns, the others get nothing. */
static void spread(const Journey *journey, size_t count, int64_t *shares)
{
    for (size_t i = journey->count, from = count; i-- > 0;)
        shares[i] = is_of_campaigns(journey, i) ? shares[--from] : 0;
}

static Status compute(Journey *journey, const JourneyTouch *touches, size_t count, int64_t *weights, int64_t *credits,
                      size_t m, Error *error)
{
    return attribution_compute(&journey->models->models[m], touches, count, &journey->head->facts,
                               journey->head->amount, weights + m * journey->capacity, credits + m * journey->capacity,
                               &journey->workspace, error);
}

static Status credit_campaigns(Journey *journey, Error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < journey->count; i++)
        if (is_of_campaigns(journey, i))
            journey->of_campaigns[count++] = journey->ordered[i];
    journey->has_campaigns = count > 0 && count < journey->count;
    for (size_t m = 0; m < journey->models->count && journey->has_campaigns; m++) {
        TRY(compute(journey, journey->of_campaigns, count, journey->campaign_weights, journey->campaign_credits, m,
                    error));
        spread(journey, count, journey->campaign_weights + m * journey->capacity);
        spread(journey, count, journey->campaign_credits + m * journey->capacity);
    }
    return STATUS_OK;
}

Status journey_credit(Journey *journey, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                      Error *error)
{
    journey->head = head;
    journey->touches = touches;
    journey->ordered = ordered;
    journey->count = head->count;
    journey->has_campaigns = false;
    if (head->count == 0)
        return STATUS_OK;
    TRY(reserve(journey, head->count, error));
    for (size_t m = 0; m < journey->models->count; m++)
        TRY(compute(journey, ordered, head->count, journey->weights, journey->credits, m, error));
    attribution_milestones(ordered, head->count, &head->facts, journey->milestones);
    return credit_campaigns(journey, error);
}
