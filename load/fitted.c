#include "load/fitted.h"

#include <stdlib.h>

FittedWorkspace fitted_workspace_make(void)
{
    return (FittedWorkspace){.apportion = apportion_workspace_make(ATTRIBUTION_TOUCHES_MAX)};
}

void fitted_workspace_done(FittedWorkspace *workspace)
{
    apportion_workspace_done(&workspace->apportion);
    free(workspace->shares);
    free(workspace->touches_of);
    *workspace = fitted_workspace_make();
}

static Status check(const JourneyTouch *touches, const ScoredTouch *scored, size_t count, Error *error)
{
    if (count == 0)
        return error_set(error, ERROR_INTERNAL, "a journey without touches has no weights");
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a journey of %zu touches is longer than the %zu allowed", count,
                         ATTRIBUTION_TOUCHES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (touches[i].role_weight < 0 || touches[i].role_weight > ROLE_WEIGHT_MAX)
            return error_set(error, ERROR_INTERNAL, "the role weight of touch %zu is out of range", i + 1);
        if (scored[i].score > SCORE_UNIT || (scored[i].score > 0 && scored[i].state >= JOURNEY_STATES_MAX))
            return error_set(error, ERROR_INTERNAL, "the score of touch %zu is out of range", i + 1);
    }
    return STATUS_OK;
}

static Status reserve(FittedWorkspace *workspace, const ScoredTouch *scored, size_t count, Error *error)
{
    TRY(apportion_workspace_reserve(&workspace->apportion, count, error));
    if (workspace->capacity < count) {
        size_t capacity = workspace->apportion.capacity;
        free(workspace->shares);
        workspace->shares = malloc(capacity * sizeof *workspace->shares);
        workspace->capacity = workspace->shares ? capacity : 0;
        if (!workspace->shares)
            return error_no_memory(error);
    }
    size_t needed = 0;
    for (size_t i = 0; i < count; i++) {
        if (scored[i].score > 0 && scored[i].state >= needed)
            needed = scored[i].state + (size_t)1;
    }
    if (needed <= workspace->state_capacity)
        return STATUS_OK;
    size_t capacity = workspace->state_capacity ? workspace->state_capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    free(workspace->touches_of);
    workspace->touches_of = calloc(capacity, sizeof *workspace->touches_of);
    workspace->state_capacity = workspace->touches_of ? capacity : 0;
    return workspace->touches_of ? STATUS_OK : error_no_memory(error);
}

static int bits_of(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

static uint64_t greatest_common_divisor(WideShare a, uint64_t b)
{
    uint64_t rest = (uint64_t)(a % b);
    while (rest != 0) {
        uint64_t next = b % rest;
        b = rest;
        rest = next;
    }
    return b;
}

/* By what scores are multiplied before they are divided by the touches of their state: the least common multiple of all
 * these numbers, so that nothing is lost; or, where that is too large for the sum of the shares to stay below 2^126
 * after roles, the largest power of 2 that is not. The sum of scores is below 2^60 and a role weight below 2^40, so
 * that this is at least 2^25; it is that small only where the scores are so many that their sum has the missing bits.
 */
static WideShare find_scale(const JourneyTouch *touches, const ScoredTouch *scored, size_t count,
                            const uint32_t *touches_of, uint64_t score_sum)
{
    int64_t role_max = 0;
    for (size_t i = 0; i < count; i++)
        role_max = touches[i].role_weight > role_max ? touches[i].role_weight : role_max;
    WideShare most = (WideShare)1 << (125 - bits_of(score_sum) - bits_of((uint64_t)role_max)), scale = 1;
    for (size_t i = 0; i < count; i++) {
        if (scored[i].score <= 0)
            continue;
        uint32_t touches_here = touches_of[scored[i].state];
        if (scale % touches_here == 0)
            continue;
        uint64_t factor = touches_here / greatest_common_divisor(scale, touches_here);
        if (scale > most / factor)
            return most;
        scale *= factor;
    }
    return scale;
}

static void share_by_scores(const JourneyTouch *touches, const ScoredTouch *scored, size_t count,
                            FittedWorkspace *workspace)
{
    uint32_t *touches_of = workspace->touches_of;
    uint64_t score_sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (scored[i].score > 0 && touches_of[scored[i].state]++ == 0)
            score_sum += (uint64_t)scored[i].score;
    }
    WideShare scale = find_scale(touches, scored, count, touches_of, score_sum);
    for (size_t i = 0; i < count; i++) {
        workspace->shares[i] = score_sum == 0;
        if (scored[i].score > 0) {
            uint32_t touches_here = touches_of[scored[i].state];
            workspace->shares[i] = ((uint64_t)scored[i].score * scale + touches_here / 2) / touches_here;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (scored[i].score > 0)
            touches_of[scored[i].state] = 0;
    }
}

Status fitted_weigh(const JourneyTouch *touches, const ScoredTouch *scored, size_t count, int64_t *ret_weights,
                    FittedWorkspace *workspace, Error *error)
{
    TRY(check(touches, scored, count, error));
    TRY(reserve(workspace, scored, count, error));
    share_by_scores(touches, scored, count, workspace);
    attribution_multiply_by_roles(touches, count, workspace->shares);
    return apportion(workspace->shares, count, ATTRIBUTION_UNIT, ret_weights, &workspace->apportion, error);
}
