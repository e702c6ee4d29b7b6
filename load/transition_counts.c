#include "load/transition_counts.h"

#include <stdlib.h>

Status transition_counts_make(size_t state_count, TransitionCounts *ret_counts, Error *error)
{
    if (state_count > TRANSITION_STATES_MAX)
        return error_set(error, ERROR_CONFIG, "%zu states are more than the %zu that a chain may have", state_count,
                         TRANSITION_STATES_MAX);
    TransitionCounts counts = {
        .state_count = state_count,
        .cells = calloc((state_count + 1) * (state_count + 2), sizeof *counts.cells),
        .journeys = calloc(state_count + 1, sizeof *counts.journeys),
        .seen_in = calloc(state_count + 1, sizeof *counts.seen_in),
    };
    if (!counts.cells || !counts.journeys || !counts.seen_in) {
        transition_counts_done(&counts);
        return error_no_memory(error);
    }
    *ret_counts = counts;
    return STATUS_OK;
}

void transition_counts_done(TransitionCounts *counts)
{
    free(counts->cells);
    free(counts->journeys);
    free(counts->seen_in);
    *counts = TRANSITION_COUNTS_EMPTY;
}

/* Rows: the states, then the start. Columns: the states, then won, then lost. */
static OutcomeCount *cell(const TransitionCounts *counts, JourneyState from, JourneyState to)
{
    size_t row = from == STATE_START ? counts->state_count : from;
    size_t column = to == STATE_WON ? counts->state_count : to == STATE_LOST ? counts->state_count + 1 : to;
    return &counts->cells[row * (counts->state_count + 2) + column];
}

static void count_up(OutcomeCount *count, JourneyOutcome outcome, int64_t times)
{
    if (outcome == JOURNEY_WON)
        count->won += times;
    else
        count->lost += times;
}

Status transition_counts_add(TransitionCounts *counts, const JourneyState *states, size_t touch_count,
                             JourneyOutcome outcome, int64_t times, Error *error)
{
    if (outcome == JOURNEY_OPEN)
        return STATUS_OK;
    if (times < 1 || times > INT32_MAX)
        return error_set(error, ERROR_INTERNAL, "a journey cannot count %lld times", (long long)times);
    for (size_t i = 0; i < touch_count; i++) {
        if (states[i] >= counts->state_count)
            return error_set(error, ERROR_INTERNAL, "touch %zu has a state that is none of the %zu", i + 1,
                             counts->state_count);
    }
    if ((int64_t)touch_count >= (OUTCOME_COUNT_MAX - counts->steps) / times)
        return error_set(error, ERROR_DATA, "the journeys are more than can be counted");
    counts->added++;
    counts->steps += ((int64_t)touch_count + 1) * times;
    JourneyState from = STATE_START;
    for (size_t i = 0; i < touch_count; i++) {
        if (states[i] == from)
            continue;
        count_up(cell(counts, from, states[i]), outcome, times);
        from = states[i];
        if (counts->seen_in[from] != counts->added)
            count_up(&counts->journeys[from], outcome, times);
        counts->seen_in[from] = counts->added;
    }
    count_up(cell(counts, from, outcome == JOURNEY_WON ? STATE_WON : STATE_LOST), outcome, times);
    count_up(&counts->total, outcome, times);
    return STATUS_OK;
}

OutcomeCount transition_count(const TransitionCounts *counts, JourneyState from, JourneyState to)
{
    return *cell(counts, from, to);
}

int64_t transition_count_from(const TransitionCounts *counts, JourneyState from)
{
    const OutcomeCount *row = cell(counts, from, 0);
    int64_t sum = 0;
    for (size_t i = 0; i < counts->state_count + 2; i++)
        sum += row[i].won + row[i].lost;
    return sum;
}
