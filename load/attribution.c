#include "load/attribution.h"

#include <stdlib.h>

#define DAY_MICROSECONDS (INT64_C(86400) * 1000000)
#define TOUCH_NONE SIZE_MAX

const Model MODELS[] = {
    {
        .number = 1,
        .name = "first_touch",
        .meaning = "all to the first touch",
        .shares = {[MILESTONE_FIRST_TOUCH] = 1},
    },
    {
        .number = 2,
        .name = "last_touch",
        .meaning = "all to the last touch",
        .shares = {[MILESTONE_LAST_TOUCH] = 1},
    },
    {
        .number = 3,
        .name = "linear",
        .meaning = "the same to every touch",
        .rest = 1,
    },
    {
        .number = 4,
        .name = "position_based",
        .meaning = "40 % to the first touch, 40 % to the last, 20 % shared by those between",
        .shares = {[MILESTONE_FIRST_TOUCH] = 4, [MILESTONE_LAST_TOUCH] = 4},
        .rest = 2,
    },
    {
        .number = 5,
        .name = "time_decay",
        .meaning = "halved with every half-life (7 days unless set) that a touch lies before the last one",
        .kind = MODEL_DECAY,
        .half_life = 7 * DAY_MICROSECONDS,
    },
    {
        .number = 6,
        .name = "last_non_direct",
        .meaning = "all to the last touch whose channel is not direct; if all are direct, to the last touch",
        .shares = {[MILESTONE_LAST_NON_DIRECT] = 1},
    },
    {
        .number = 7,
        .name = "u_lead_creation",
        .meaning = "40 % to the first touch, 40 % to the one before lead creation, 20 % shared by the rest",
        .shares = {[MILESTONE_FIRST_TOUCH] = 4, [MILESTONE_LEAD_CREATION] = 4},
        .rest = 2,
    },
    {
        .number = 8,
        .name = "w_shaped",
        .meaning = "30 % each to the first touch and those before lead creation and deal creation, 10 % shared by the "
                   "rest",
        .shares = {[MILESTONE_FIRST_TOUCH] = 3, [MILESTONE_LEAD_CREATION] = 3, [MILESTONE_DEAL_CREATION] = 3},
        .rest = 1,
    },
    {
        .number = 9,
        .name = "full_path",
        .meaning = "22.5 % each to the first touch and those before lead creation, deal creation and closing, 10 % "
                   "shared by the rest",
        .shares = {[MILESTONE_FIRST_TOUCH] = 9,
                   [MILESTONE_LEAD_CREATION] = 9,
                   [MILESTONE_DEAL_CREATION] = 9,
                   [MILESTONE_CLOSED_WON] = 9},
        .rest = 4,
    },
    {
        .number = 10,
        .name = "j_shaped",
        .meaning = "20 % to the first touch, 60 % to the one before closing, 20 % shared by the rest",
        .shares = {[MILESTONE_FIRST_TOUCH] = 1, [MILESTONE_CLOSED_WON] = 3},
        .rest = 1,
    },
    {
        .number = 11,
        .name = "inverse_j",
        .meaning = "60 % to the first touch, 20 % to the one before closing, 20 % shared by the rest",
        .shares = {[MILESTONE_FIRST_TOUCH] = 3, [MILESTONE_CLOSED_WON] = 1},
        .rest = 1,
    },
};

const size_t MODELS_COUNT = sizeof MODELS / sizeof *MODELS;

const Model *model_find(Text name)
{
    for (size_t i = 0; i < MODELS_COUNT; i++) {
        if (text_is(name, MODELS[i].name))
            return &MODELS[i];
    }
    return NULL;
}

Status model_check(const Model *model, Error *error)
{
    if (model->kind == MODEL_DECAY) {
        if (model->half_life <= 0)
            return error_set(error, ERROR_CONFIG, "model %s: the half-life is not positive", model->name);
        return STATUS_OK;
    }
    int64_t sum = 0;
    for (size_t i = 0; i <= MILESTONE_COUNT; i++) {
        int64_t share = i < MILESTONE_COUNT ? model->shares[i] : model->rest;
        if (share < 0 || share > MODEL_SHARE_MAX)
            return error_set(error, ERROR_CONFIG, "model %s: a share is not in 0 to %d", model->name, MODEL_SHARE_MAX);
        sum += share;
    }
    if (sum == 0)
        return error_set(error, ERROR_CONFIG, "model %s: all shares are zero", model->name);
    return STATUS_OK;
}

AttributionWorkspace attribution_workspace_make(void)
{
    return (AttributionWorkspace){.apportion = apportion_workspace_make(ATTRIBUTION_TOUCHES_MAX)};
}

void attribution_workspace_done(AttributionWorkspace *workspace)
{
    apportion_workspace_done(&workspace->apportion);
    free(workspace->shares);
    workspace->shares = NULL;
    workspace->capacity = 0;
}

static Status workspace_reserve(AttributionWorkspace *workspace, size_t count, Error *error)
{
    TRY(apportion_workspace_reserve(&workspace->apportion, count, error));
    if (workspace->capacity >= count)
        return STATUS_OK;
    size_t capacity = workspace->apportion.capacity;
    free(workspace->shares);
    workspace->shares = malloc(capacity * sizeof *workspace->shares);
    workspace->capacity = workspace->shares ? capacity : 0;
    return workspace->shares ? STATUS_OK : error_no_memory(error);
}

/* The last touch at or before the moment, that very instant included; TOUCH_NONE if none is that early. */
static size_t last_touch_until(const JourneyTouch *touches, size_t count, int64_t moment)
{
    if (moment == ATTRIBUTION_NEVER)
        return TOUCH_NONE;
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (touches[middle].touched_at <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? low - 1 : TOUCH_NONE;
}

static size_t last_non_direct(const JourneyTouch *touches, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (!touches[i].is_direct)
            return i;
    }
    return count - 1;
}

/* ret_holders[m]: the touch that holds milestone m, or TOUCH_NONE. */
static void find_holders(const JourneyTouch *touches, size_t count, const JourneyFacts *facts, size_t *ret_holders)
{
    ret_holders[MILESTONE_FIRST_TOUCH] = 0;
    ret_holders[MILESTONE_LEAD_CREATION] = last_touch_until(touches, count, facts->lead_created_at);
    ret_holders[MILESTONE_DEAL_CREATION] = last_touch_until(touches, count, facts->deal_created_at);
    ret_holders[MILESTONE_CLOSED_WON] = last_touch_until(touches, count, facts->closed_at);
    ret_holders[MILESTONE_LAST_TOUCH] = count - 1;
    ret_holders[MILESTONE_LAST_NON_DIRECT] = last_non_direct(touches, count);
}

void attribution_milestones(const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                            uint8_t *ret_milestones)
{
    if (count == 0)
        return;
    size_t holders[MILESTONE_COUNT];
    find_holders(touches, count, facts, holders);
    for (size_t i = 0; i < count; i++)
        ret_milestones[i] = 0;
    for (size_t milestone = 0; milestone <= MILESTONE_LAST_TOUCH; milestone++) {
        if (holders[milestone] != TOUCH_NONE)
            ret_milestones[holders[milestone]] |= (uint8_t)(1u << milestone);
    }
}

/* Exact, over one denominator. With S all milestones' shares, H those held, R the rest's share and k touches of rest,
 * a milestone of share s weighs s * S / (H * (S + R)) and a touch of rest R / (k * (S + R)); times H * k * (S + R)
 * these are s * S * k and R * H. Below 2^66 in sum, for 2^20 touches. */
static void share_by_milestones(const Model *model, const JourneyTouch *touches, size_t count,
                                const JourneyFacts *facts, WideShare *shares)
{
    size_t holders[MILESTONE_COUNT];
    find_holders(touches, count, facts, holders);
    uint64_t all = 0, held = 0;
    for (size_t i = 0; i < count; i++)
        shares[i] = 0;
    for (size_t milestone = 0; milestone < MILESTONE_COUNT; milestone++) {
        uint64_t share = (uint64_t)model->shares[milestone];
        all += share;
        if (holders[milestone] != TOUCH_NONE) {
            held += share;
            shares[holders[milestone]] += share;
        }
    }
    size_t rest = 0;
    for (size_t i = 0; i < count; i++)
        rest += shares[i] == 0;
    if (rest == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        if (held == 0)
            shares[i] = 1;
        else if (shares[i] > 0)
            shares[i] *= (WideShare)all * rest;
        else
            shares[i] = (WideShare)(uint64_t)model->rest * held;
    }
}

static uint64_t multiply_fractions(uint64_t a, uint64_t b)
{
    return (uint64_t)((WideShare)a * b >> 64);
}

/* 2^-x by shifts for the whole part of x, by a table for the next four bits, and by the Taylor series of 2^-g for what
 * is left of it, g < 1/16: its first term left out is below 2^-74. In integers, since exp2() differs from one C
 * library to the next in the last bit, and one unit of 10^-12 moved would be another database. */
uint64_t decay_power(uint64_t elapsed, uint64_t half_life)
{
    static const uint64_t SIXTEENTHS[16] = {
        /* 2^(-i / 16) in units of 2^-63 */
        0x8000000000000000, 0x7A92BE8A92436616, 0x75606373EE921C97, 0x70666F76154A7089,
        0x6BA27E656B4EB57A, 0x6712460A8FC24072, 0x62B39508AA836D6F, 0x5E8451CFAC061B5F,
        0x5A827999FCEF3242, 0x56AC1F752150A563, 0x52FF6B54D8A89C75, 0x4F7A993048D088D7,
        0x4C1BF828C6DC54B8, 0x48E1E9B9D588E19B, 0x45CAE0F1F545EB73, 0x42D561B3E6243D8A,
    };
    static const uint64_t SERIES[] = {
        /* ln(2)^k / k! for k from 11 down to 1, in units of 2^-64 */
        0x00000001E8CAC735, 0x0000001E4CF5158C, 0x000001B5253D395E, 0x0000162C0223A5C8,
        0x0000FFE5FE2C4586, 0x000A184897C363C4, 0x005761FF9E299CC4, 0x0276556DF749CEE5,
        0x0E35846B82505FC6, 0x3D7F7BFF058B1D51, 0xB17217F7D1CF79AC,
    };
    uint64_t halvings = elapsed / half_life;
    if (halvings > 63)
        return 0;
    uint64_t fraction = (uint64_t)(((WideShare)(elapsed % half_life) << 64) / half_life);
    uint64_t rest = fraction & (UINT64_MAX >> 4);
    uint64_t series = SERIES[0];
    for (size_t i = 1; i < sizeof SERIES / sizeof *SERIES; i++)
        series = SERIES[i] - multiply_fractions(rest, series);
    uint64_t sixteenth = SIXTEENTHS[fraction >> 60];
    uint64_t power = sixteenth - multiply_fractions(sixteenth, multiply_fractions(rest, series));
    return power >> halvings;
}

/* From the last touch whose role counts, so that the largest power times its role is never lost. */
static void share_by_decay(const Model *model, const JourneyTouch *touches, size_t count, WideShare *shares)
{
    size_t from = count - 1;
    while (from > 0 && touches[from].role_weight == 0)
        from--;
    if (touches[from].role_weight == 0)
        from = count - 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t elapsed = (uint64_t)touches[from].touched_at - (uint64_t)touches[i].touched_at;
        shares[i] = i <= from ? decay_power(elapsed, (uint64_t)model->half_life) : 0;
    }
}

void attribution_multiply_by_roles(const JourneyTouch *touches, size_t count, WideShare *shares)
{
    bool is_alike = true, is_any_left = false;
    for (size_t i = 0; i < count; i++) {
        is_alike = is_alike && touches[i].role_weight == touches[0].role_weight;
        is_any_left = is_any_left || (touches[i].role_weight > 0 && shares[i] > 0);
    }
    if (is_alike || !is_any_left)
        return;
    for (size_t i = 0; i < count; i++)
        shares[i] *= (WideShare)(uint64_t)touches[i].role_weight;
}

static Status check_touches(const JourneyTouch *touches, size_t count, Error *error)
{
    if (count == 0)
        return error_set(error, ERROR_INTERNAL, "a journey without touches has no weights");
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a journey of %zu touches is longer than the %zu allowed", count,
                         ATTRIBUTION_TOUCHES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (touches[i].role_weight < 0 || touches[i].role_weight > ROLE_WEIGHT_MAX)
            return error_set(error, ERROR_INTERNAL, "the role weight of touch %zu is out of range", i + 1);
        if (i > 0 && touches[i].touched_at < touches[i - 1].touched_at)
            return error_set(error, ERROR_INTERNAL, "touch %zu is earlier than the one before it", i + 1);
    }
    return STATUS_OK;
}

Status attribution_weigh(const Model *model, const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                         int64_t *ret_weights, AttributionWorkspace *workspace, Error *error)
{
    TRY(model_check(model, error));
    TRY(check_touches(touches, count, error));
    TRY(workspace_reserve(workspace, count, error));
    if (model->kind == MODEL_DECAY)
        share_by_decay(model, touches, count, workspace->shares);
    else
        share_by_milestones(model, touches, count, facts, workspace->shares);
    attribution_multiply_by_roles(touches, count, workspace->shares);
    return apportion(workspace->shares, count, ATTRIBUTION_UNIT, ret_weights, &workspace->apportion, error);
}

Status attribution_credit(const int64_t *weights, size_t count, int64_t amount, int64_t *ret_credits,
                          AttributionWorkspace *workspace, Error *error)
{
    TRY(workspace_reserve(workspace, count, error));
    int64_t left = ATTRIBUTION_UNIT;
    for (size_t i = 0; i < count; i++) {
        if (weights[i] < 0 || weights[i] > left)
            return error_set(error, ERROR_INTERNAL, "the weights of a journey do not add up to 1");
        left -= weights[i];
        workspace->shares[i] = (WideShare)(uint64_t)weights[i];
    }
    if (left != 0)
        return error_set(error, ERROR_INTERNAL, "the weights of a journey do not add up to 1");
    return apportion(workspace->shares, count, amount, ret_credits, &workspace->apportion, error);
}

Status attribution_compute(const Model *model, const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                           int64_t amount, int64_t *ret_weights, int64_t *ret_credits, AttributionWorkspace *workspace,
                           Error *error)
{
    TRY(attribution_weigh(model, touches, count, facts, ret_weights, workspace, error));
    if (model->kind == MODEL_DECAY)
        return attribution_credit(ret_weights, count, amount, ret_credits, workspace, error);
    return apportion(workspace->shares, count, amount, ret_credits, &workspace->apportion, error);
}
