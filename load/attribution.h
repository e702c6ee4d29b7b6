/* What share of a deal each touch of its journey earned, under one model, and what that is in money. Pure: no clock,
 * no database, no floating point, so that every machine computes the same units.
 *
 * A rule model shares 1 among milestones of the journey and "the rest", the touches that hold none of them:
 *   - one touch may hold several milestones: their shares add;
 *   - a milestone that no touch holds gives its share to those that are held, in proportion;
 *   - with no rest, the rest's share goes to the milestones held, in proportion; with no milestone held, all is linear;
 *   - a milestone whose share is 0 does not exist for the model: its touch is one of the rest.
 * Time decay gives each touch 2^(-(time to the last touch) / half-life). The weights of roles multiply, and then all
 * is normalised. A weight is a whole number of 10^-12, by largest remainder, ties by touch order; the weights of a
 * journey add up to 10^12, and the credits to the deal's amount, exactly.
 *
 *     cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
 *     const Model *model = model_find(TEXT("position_based"));
 *     TRY(attribution_compute(model, touches, count, &facts, amount, weights, credits, &workspace, error));
 *
 * A deal with no touch has no journey: its caller gives all to the row named unattributed, with the weight
 * ATTRIBUTION_UNIT.
 */
#ifndef CLOSEDLOOP_LOAD_ATTRIBUTION_H
#define CLOSEDLOOP_LOAD_ATTRIBUTION_H

#include "load/apportion.h"

#define ATTRIBUTION_UNIT INT64_C(1000000000000)   /* the weight 1 */
#define ATTRIBUTION_TOUCHES_MAX ((size_t)1 << 20) /* of one journey */
#define ATTRIBUTION_NEVER INT64_MIN               /* a moment that has not come */

#define ROLE_WEIGHT_UNIT INT64_C(1000000)                     /* the role weight 1, of who has none set */
#define ROLE_WEIGHT_MAX (INT64_C(1000000) * ROLE_WEIGHT_UNIT) /* the highest */

typedef enum Milestone {
    MILESTONE_FIRST_TOUCH,     /* the first touch */
    MILESTONE_LEAD_CREATION,   /* the last touch at or before lead_created_at */
    MILESTONE_DEAL_CREATION,   /* the last touch at or before deal_created_at */
    MILESTONE_CLOSED_WON,      /* the last touch at or before closed_at */
    MILESTONE_LAST_TOUCH,      /* the last touch */
    MILESTONE_LAST_NON_DIRECT, /* the last touch whose channel is not direct; if all are direct, the last touch */
    MILESTONE_COUNT,
} Milestone;

/* Touches of a journey stand in their total order: time, source, touch key. */
typedef struct JourneyTouch {
    int64_t touched_at;  /* microseconds, UTC */
    int64_t role_weight; /* of its person, in ROLE_WEIGHT_UNIT: 0 to ROLE_WEIGHT_MAX */
    bool is_direct;      /* its channel is direct */
} JourneyTouch;

/* Microseconds, UTC; ATTRIBUTION_NEVER where there is none, such as closed_at of an open deal. */
typedef struct JourneyFacts {
    int64_t lead_created_at; /* when the deal's primary person first became a lead */
    int64_t deal_created_at;
    int64_t closed_at;
} JourneyFacts;

typedef enum ModelKind {
    MODEL_MILESTONES, /* by shares and rest */
    MODEL_DECAY,      /* by half_life */
} ModelKind;

#define MODEL_SHARE_MAX 1000000
/* A row is a value: copy it to set a half-life; fill one for a custom model, and let model_check() see it. */
typedef struct Model {
    int number; /* its place in arrays by model, from 1; never reused */
    ModelKind kind;
    int64_t half_life;               /* microseconds */
    int64_t shares[MILESTONE_COUNT]; /* 0 to MODEL_SHARE_MAX; only their ratios, and that to rest, matter */
    int64_t rest;                    /* the same */
    const char *name;
    const char *meaning; /* one line for users */
} Model;

/* The models built in, by number. */
extern const Model MODELS[];
extern const size_t MODELS_COUNT;

/* By its exact name; NULL if there is none. */
const Model *model_find(Text name);

/* ERROR_CONFIG if a share or the rest is out of its range, if all are 0, or if the half-life is not positive. */
Status model_check(const Model *model, Error *error);

/* Memory that serves journey after journey; one for each thread. */
typedef struct AttributionWorkspace {
    ApportionWorkspace apportion;
    WideShare *shares;
    size_t capacity;
} AttributionWorkspace;

/* Takes no memory yet; grows to the longest journey seen, 72 bytes a touch at most. */
AttributionWorkspace attribution_workspace_make(void);

void attribution_workspace_done(AttributionWorkspace *workspace);

/* Weights and credits at once, the credits of a rule model from its exact shares: a remainder that is exactly a half
 * stays one, where a weight cut to 10^-12 would move it to either side. 30/30/30 and 10 over 11 others give each of
 * these 14 touches a remainder of a half of 715 cents; the first seven touches get a cent more. The credits of time
 * decay, whose shares are rounded anyway, are those of attribution_credit(). Outputs and errors as of the two functions
 * below. */
Status attribution_compute(const Model *model, const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                           int64_t amount, int64_t *ret_weights, int64_t *ret_credits, AttributionWorkspace *workspace,
                           Error *error);

/* Fills ret_weights[0 .. count): units of 10^-12, none negative, ATTRIBUTION_UNIT in sum. Role weights that leave no
 * touch any weight count as none set; time decay is measured from the last touch whose role counts. ERROR_CONFIG as
 * model_check(); ERROR_DATA past ATTRIBUTION_TOUCHES_MAX; ERROR_INTERNAL without memory, without touches, or when they
 * are not in order of time or a role weight is out of range. */
Status attribution_weigh(const Model *model, const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                         int64_t *ret_weights, AttributionWorkspace *workspace, Error *error);

/* From the weights alone, for a model of which there is nothing more exact.
 * Fills ret_credits[0 .. count), which add up to the amount, any number of minor units: the floor of each exact share,
 * and the units left to the largest remainders, ties by touch order; a negative amount by its absolute value.
 * ERROR_INTERNAL without memory or when the weights are not as attribution_weigh() makes them. */
Status attribution_credit(const int64_t *weights, size_t count, int64_t amount, int64_t *ret_credits,
                          AttributionWorkspace *workspace, Error *error);

/* Fills ret_milestones[0 .. count), for the drill-down: of each touch the bits 1 << MILESTONE_... of what it holds,
 * from first touch (1) to last touch (16); MILESTONE_LAST_NON_DIRECT, which belongs to one model, is not among them. */
void attribution_milestones(const JourneyTouch *touches, size_t count, const JourneyFacts *facts,
                            uint8_t *ret_milestones);

/* Multiplies each share by the role weight of its touch. Roles that are all alike, and roles that leave no share at
 * all, change nothing. The sum of the shares times the highest role weight is below APPORTION_SUM_CEILING. */
void attribution_multiply_by_roles(const JourneyTouch *touches, size_t count, WideShare *shares);

/* 2^(-elapsed / half_life) in units of 2^-63, off by less than 4 of them; half_life is positive. */
uint64_t decay_power(uint64_t elapsed, uint64_t half_life);

#endif
