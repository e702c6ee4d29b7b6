/* What the fitted models see of a journey: how it ended, and the state of each touch, which is its content, its channel
 * or its topic, by the number that the caller gives it.
 *
 * Numbers are dense, from 0, and follow the order of keys that stay (never the order in which journeys happen to come),
 * so that the same facts are fitted to the same scores, to the last unit.
 */
#ifndef CLOSEDLOOP_LOAD_JOURNEY_STATE_H
#define CLOSEDLOOP_LOAD_JOURNEY_STATE_H

#include <stdint.h>

typedef uint32_t JourneyState;

#define JOURNEY_STATES_MAX ((size_t)1 << 24)
/* Of what no closed journey holds: there is nothing to fit it from. */
#define JOURNEY_STATE_UNKNOWN UINT32_MAX

typedef enum JourneyOutcome {
    JOURNEY_OPEN, /* counts nowhere: it only asks for scores */
    JOURNEY_WON,
    JOURNEY_LOST,
} JourneyOutcome;

/* Of journeys, or of what happens in them. */
typedef struct OutcomeCount {
    int64_t won, lost;
} OutcomeCount;

/* The most that a count may reach, so that a double holds it exactly. */
#define OUTCOME_COUNT_MAX (INT64_C(1) << 53)

/* Scores and chances are whole numbers of 10^-12, rounded once: far coarser than the noise of floating point, so that
 * another processor or another linear algebra library gives the same ones, and fine enough for cents. What follows from
 * them is computed in integers. */
#define SCORE_UNIT INT64_C(1000000000000)

#endif
