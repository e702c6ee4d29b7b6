/* What the fitted models cost, in seconds: Markov by the number of states, Shapley of random journeys over channels and
 * over topics, and the weights of all journeys. One line for each, after the journeys are made; see README.md.
 *
 *     bench_fitted [JOURNEYS]
 */
#include "load/fitted.h"
#include "load/markov.h"
#include "load/shapley.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TOUCHES_MAX = 120 };

typedef struct Walk {
    JourneyState states[TOUCHES_MAX];
    size_t count;
    JourneyOutcome outcome;
} Walk;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* splitmix64 */
static size_t random_below(uint64_t *seed, size_t limit)
{
    uint64_t value = *seed += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (size_t)((value ^ (value >> 31)) % limit);
}

/* Twenty touches in the mean, most of them of few states; every third journey is won. */
static void walk_make(uint64_t *seed, size_t state_count, Walk *walk)
{
    walk->count = random_below(seed, 10) == 0 ? random_below(seed, TOUCHES_MAX) : random_below(seed, 32);
    for (size_t i = 0; i < walk->count; i++) {
        size_t state = random_below(seed, random_below(seed, state_count) + 1);
        walk->states[i] = (JourneyState)(random_below(seed, 2) == 0 ? state : random_below(seed, state + 1));
    }
    walk->outcome = random_below(seed, 3) == 0 ? JOURNEY_WON : JOURNEY_LOST;
}

static Status bench_markov(size_t journeys, size_t state_count, Error *error)
{
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    uint64_t seed = state_count;
    Walk walk;
    double counting = 0;
    TRY(transition_counts_make(state_count, &counts, error));
    for (size_t i = 0; i < journeys; i++) {
        walk_make(&seed, state_count, &walk);
        double started = now();
        TRY(transition_counts_add(&counts, walk.states, walk.count, walk.outcome, 1, error));
        counting += now() - started;
    }
    double started = now();
    TRY(markov_fit(&counts, &markov, error));
    printf("markov, %zu states: %.3f s (counting %zu journeys %.3f s)\n", state_count, now() - started, journeys,
           counting);
    return STATUS_OK;
}

static Status bench_weights(const StateSets *sets, const Shapley *shapley, size_t journeys, size_t state_count,
                            Error *error)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    static JourneyTouch touches[TOUCHES_MAX];
    ScoredTouch scored[TOUCHES_MAX];
    int64_t weights[TOUCHES_MAX];
    uint64_t seed = state_count;
    double weighing = 0;
    size_t touch_count = 0;
    for (size_t i = 0; i < journeys; i++) {
        Walk walk;
        walk_make(&seed, state_count, &walk);
        for (size_t k = 0; k < walk.count; k++)
            scored[k] = (ScoredTouch){walk.states[k], shapley->values[walk.states[k] % sets->member_count].value};
        double started = now();
        if (walk.count > 0)
            TRY(fitted_weigh(touches, scored, walk.count, weights, &workspace, error));
        weighing += now() - started;
        touch_count += walk.count;
    }
    printf("weights, %zu journeys of %zu touches: %.3f s\n", journeys, touch_count, weighing);
    return STATUS_OK;
}

static Status bench_shapley(size_t journeys, size_t state_count, bool is_weighing, Error *error)
{
    cleanup(state_sets_done) StateSets sets = state_sets_make(SIZE_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    uint64_t seed = state_count;
    double counting = 0;
    for (size_t i = 0; i < journeys; i++) {
        Walk walk;
        walk_make(&seed, state_count, &walk);
        double started = now();
        TRY(state_sets_add(&sets, walk.states, walk.count, walk.outcome, 1, NULL, error));
        counting += now() - started;
    }
    size_t size_max = 0, large = 0;
    for (size_t i = 0; i < sets.count; i++) {
        size_max = sets.sets[i].size > size_max ? sets.sets[i].size : size_max;
        large += sets.sets[i].size > 20;
    }
    double started = now();
    TRY(shapley_fit(&sets, &SHAPLEY_SETTINGS, &shapley, error));
    printf("shapley, %zu states, %zu sets of at most %zu, %zu of more than 20, %zu sampled: %.3f s"
           " (counting %zu journeys %.3f s)\n",
           state_count, sets.count, size_max, large, shapley.sampled_count, now() - started, journeys, counting);
    return is_weighing ? bench_weights(&sets, &shapley, journeys, state_count, error) : STATUS_OK;
}

/* One set of 40 states, as it costs to sample it. */
static Status bench_sampling(Error *error)
{
    cleanup(state_sets_done) StateSets sets = state_sets_make(SIZE_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    JourneyState states[40];
    for (JourneyState i = 0; i < 40; i++)
        states[i] = i;
    TRY(state_sets_add(&sets, states, 40, JOURNEY_WON, 1, NULL, error));
    ShapleySettings settings = SHAPLEY_SETTINGS;
    settings.work_max = 0;
    double started = now();
    TRY(shapley_fit(&sets, &settings, &shapley, error));
    printf("shapley, one set of 40 states, sampled: %.3f s, standard error %.4f\n", now() - started,
           (double)shapley.error_max / (double)SCORE_UNIT);
    return STATUS_OK;
}

static Status bench(size_t journeys, Error *error)
{
    for (size_t states = 125; states <= TRANSITION_STATES_MAX / 2; states *= 2)
        TRY(bench_markov(journeys, states, error));
    TRY(bench_shapley(journeys, 12, false, error));
    TRY(bench_shapley(journeys, 20, false, error));
    TRY(bench_shapley(journeys, 60, true, error));
    return bench_sampling(error);
}

int main(int argc, char **argv)
{
    Error error = ERROR_INIT;
    long long journeys = 100000;
    if (argc > 2 || (argc == 2 && (!text_to_int64(text_from(argv[1]), &journeys) || journeys < 1))) {
        fprintf(stderr, "usage: bench_fitted [JOURNEYS]\n");
        return ERROR_USAGE;
    }
    if (bench((size_t)journeys, &error) != STATUS_OK)
        fprintf(stderr, "bench_fitted: error: %s\n", error.message);
    return error_exit_status(&error);
}
