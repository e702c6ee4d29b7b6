#include "load/journey.h"

#include <stdlib.h>

Journey journey_make(const ModelSet *models, const JourneyPathRules *rules)
{
    return (Journey){.models = models, .rules = rules, .workspace = attribution_workspace_make()};
}

void journey_done(Journey *journey)
{
    free(journey->touches);
    free(journey->ordered);
    free(journey->steps);
    free(journey->milestones);
    free(journey->weights);
    free(journey->credits);
    free(journey->campaign_weights);
    free(journey->campaign_credits);
    free(journey->of_campaigns);
    free(journey->is_kept);
    attribution_workspace_done(&journey->workspace);
    journey_path_workspace_done(&journey->path_workspace);
}

static void *grow(void *memory, size_t count, size_t size, bool *is_failed)
{
    void *grown = reallocarray(memory, count, size);
    *is_failed = *is_failed || !grown;
    return grown ? grown : memory;
}

static Status reserve(Journey *journey, size_t count, Error *error)
{
    if (count <= journey->capacity)
        return STATUS_OK;
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a deal has more than %zu touches", ATTRIBUTION_TOUCHES_MAX);
    size_t capacity = journey->capacity ? journey->capacity * 2 : 256;
    size_t shares = capacity * journey->models->count;
    bool is_failed = false;
    journey->touches = grow(journey->touches, capacity, sizeof *journey->touches, &is_failed);
    journey->ordered = grow(journey->ordered, capacity, sizeof *journey->ordered, &is_failed);
    journey->steps = grow(journey->steps, capacity, sizeof *journey->steps, &is_failed);
    journey->milestones = grow(journey->milestones, capacity, 1, &is_failed);
    journey->of_campaigns = grow(journey->of_campaigns, capacity, sizeof *journey->of_campaigns, &is_failed);
    journey->is_kept = grow(journey->is_kept, capacity, sizeof *journey->is_kept, &is_failed);
    journey->weights = grow(journey->weights, shares, sizeof *journey->weights, &is_failed);
    journey->credits = grow(journey->credits, shares, sizeof *journey->credits, &is_failed);
    journey->campaign_weights = grow(journey->campaign_weights, shares, sizeof *journey->campaign_weights, &is_failed);
    journey->campaign_credits = grow(journey->campaign_credits, shares, sizeof *journey->campaign_credits, &is_failed);
    if (is_failed)
        return error_no_memory(error);
    journey->capacity = capacity;
    return STATUS_OK;
}

void journey_open(Journey *journey, const Key *deal_id, const JourneyFacts *facts, int64_t amount)
{
    journey->deal_id = *deal_id;
    journey->facts = *facts;
    journey->amount = amount;
    journey->count = 0;
    journey->has_campaigns = false;
}

Status journey_add(Journey *journey, const Touch *touch, const JourneyTouch *ordered, const Key *item, Error *error)
{
    TRY(reserve(journey, journey->count + 1, error));
    journey->touches[journey->count] = *touch;
    journey->ordered[journey->count] = *ordered;
    journey->steps[journey->count] = (JourneyStep){*item, ordered->is_direct};
    journey->count++;
    return STATUS_OK;
}

static Status leave_out(Journey *journey, Error *error)
{
    size_t kept = 0, to = 0;
    TRY(journey_path_select(journey->rules, journey->steps, journey->count, journey->is_kept, &kept,
                            &journey->path_workspace, error));
    for (size_t i = 0; i < journey->count; i++)
        if (journey->is_kept[i]) {
            journey->touches[to] = journey->touches[i];
            journey->ordered[to++] = journey->ordered[i];
        }
    journey->count = kept;
    return STATUS_OK;
}

/* Weights and credits of the first `count` shares go to the touches of campaigns, the others get nothing. */
static void spread(const Journey *journey, size_t count, int64_t *shares)
{
    for (size_t i = journey->count, from = count; i-- > 0;)
        shares[i] = journey->touches[i].is_of_campaigns ? shares[--from] : 0;
}

static Status credit_campaigns(Journey *journey, Error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < journey->count; i++)
        if (journey->touches[i].is_of_campaigns)
            journey->of_campaigns[count++] = journey->ordered[i];
    journey->has_campaigns = count > 0 && count < journey->count;
    for (size_t m = 0; m < journey->models->count && journey->has_campaigns; m++) {
        int64_t *weights = journey->campaign_weights + m * journey->capacity;
        int64_t *credits = journey->campaign_credits + m * journey->capacity;
        TRY(attribution_compute(&journey->models->models[m], journey->of_campaigns, count, &journey->facts,
                                journey->amount, weights, credits, &journey->workspace, error));
        spread(journey, count, weights);
        spread(journey, count, credits);
    }
    return STATUS_OK;
}

Status journey_close(Journey *journey, Error *error)
{
    if (journey->count == 0)
        return STATUS_OK;
    if (!journey_path_keeps_all(journey->rules))
        TRY(leave_out(journey, error));
    for (size_t m = 0; m < journey->models->count; m++)
        TRY(attribution_compute(&journey->models->models[m], journey->ordered, journey->count, &journey->facts,
                                journey->amount, journey->weights + m * journey->capacity,
                                journey->credits + m * journey->capacity, &journey->workspace, error));
    attribution_milestones(journey->ordered, journey->count, &journey->facts, journey->milestones);
    return credit_campaigns(journey, error);
}
