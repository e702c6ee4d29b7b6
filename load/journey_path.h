/* Which touches of a journey stay, by the configuration's `attribution.path` and `lookback_touches`. Pure.
 *
 *     cleanup(journey_path_workspace_done) JourneyPathWorkspace workspace = {0};
 *     size_t kept;
 *     TRY(journey_path_select(&rules, steps, count, is_kept, &kept, &workspace, error));
 *
 * In this order: touches of the channel Direct go, unless all are; of touches of one item in a row, or of all of them,
 * the first stays; of what is left the newest so many stay. So a journey that has touches keeps one at least.
 */
#ifndef CLOSEDLOOP_LOAD_JOURNEY_PATH_H
#define CLOSEDLOOP_LOAD_JOURNEY_PATH_H

#include "common/config/attribution.h"
#include "common/error.h"
#include "common/hash.h"

typedef struct JourneyPathRules {
    PathCollapse collapse;
    bool drops_direct;
    size_t touches_max; /* 0: no limit */
} JourneyPathRules;

typedef struct JourneyStep {
    Key item; /* what is collapsed by */
    bool is_direct;
} JourneyStep;

typedef struct JourneyPathWorkspace {
    struct SeenStep *seen;
    size_t capacity;
} JourneyPathWorkspace;

void journey_path_workspace_done(JourneyPathWorkspace *workspace);

/* Whether every touch stays anyhow. */
static inline bool journey_path_keeps_all(const JourneyPathRules *rules)
{
    return rules->collapse == COLLAPSE_NONE && !rules->drops_direct && rules->touches_max == 0;
}

/* Fills ret_is_kept[0 .. count) and says how many stay. Steps stand in the journey's order. ERROR_INTERNAL without
 * memory. Time O(count log count) at worst. */
Status journey_path_select(const JourneyPathRules *rules, const JourneyStep *steps, size_t count, bool *ret_is_kept,
                           size_t *ret_kept, JourneyPathWorkspace *workspace, Error *error);

#endif
