/* Published results of fitted models (reference_check.h says whose). Their rules often differ from ours: then the test
 * shows that theirs follows from our numbers too, where it does, and holds ours, worked out by hand. Skipped where the
 * folder is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/fitted.h"
#include "load/markov.h"
#include "load/shapley.h"
#include "tests/unit/load/fitted_check.h"
#include "tests/unit/load/reference_check.h"

#define STATES_MAX 8

/* Channels by number, in the order in which they first stand in a path. */
typedef struct Channels {
    Text names[STATES_MAX];
    size_t count;
} Channels;

static JourneyState channel_number(Channels *channels, Text name)
{
    for (JourneyState i = 0; i < channels->count; i++) {
        if (text_equal(channels->names[i], name))
            return i;
    }
    assert_true(channels->count < STATES_MAX);
    channels->names[channels->count] = name;
    return (JourneyState)channels->count++;
}

static void find_states(Channels *channels, const Journey *journey, JourneyState *ret_states)
{
    for (size_t i = 0; i < journey->count; i++)
        ret_states[i] = channel_number(channels, journey->channels[i]);
}

/* won: how often each path counts as won; 0: as often as its value says. */
static void count_transitions(const Journeys *journeys, int64_t won, Channels *channels, TransitionCounts *counts)
{
    Error error = ERROR_INIT;
    JourneyState states[TOUCHES_MAX];
    for (size_t i = 0; i < journeys->count; i++)
        find_states(channels, &journeys->items[i], states);
    assert_int_equal(transition_counts_make(channels->count, counts, &error), STATUS_OK);
    for (size_t i = 0; i < journeys->count; i++) {
        const Journey *journey = &journeys->items[i];
        find_states(channels, journey, states);
        int64_t times = won ? won : journey->value;
        assert_int_equal(transition_counts_add(counts, states, journey->count, JOURNEY_WON, times, &error), STATUS_OK);
        if (journey->lost > 0)
            assert_int_equal(transition_counts_add(counts, states, journey->count, JOURNEY_LOST, journey->lost, &error),
                             STATUS_OK);
    }
}

static JourneyState state_named(Channels *channels, Text name)
{
    return text_is(name, "start")        ? STATE_START
           : text_is(name, "conversion") ? STATE_WON
           : text_is(name, "null")       ? STATE_LOST
                                         : channel_number(channels, name);
}

/* Model "transition a>b". */
static void check_transition(const MtaLine *line)
{
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    Channels channels = {0};
    count_transitions(&line->journeys, 0, &channels, &counts);
    Text to = line->model;
    text_cut(&to, " ");
    Text from = text_cut(&to, ">");
    JourneyState state = state_named(&channels, from);
    OutcomeCount count = transition_count(&counts, state, state_named(&channels, to));
    assert_int_equal((count.won + count.lost) * line->expected.denominator,
                     line->expected.numerator * transition_count_from(&counts, state));
}

static void find_sets(const Journeys *journeys, int64_t won, Channels *channels, StateSets *sets)
{
    Error error = ERROR_INIT;
    JourneyState states[TOUCHES_MAX];
    for (size_t i = 0; i < journeys->count; i++) {
        const Journey *journey = &journeys->items[i];
        find_states(channels, journey, states);
        int64_t times = won ? won : journey->value;
        assert_int_equal(state_sets_add(sets, states, journey->count, JOURNEY_WON, times, NULL, &error), STATUS_OK);
    }
}

/* Weighs a journey by the scores of its states, and adds what its channels get of its value. */
static void add_credit(const Journey *journey, const JourneyState *states, const int64_t *score_of, double *sums)
{
    cleanup(fitted_workspace_done) FittedWorkspace workspace = fitted_workspace_make();
    Error error = ERROR_INIT;
    JourneyTouch touches[TOUCHES_MAX] = {{0}};
    ScoredTouch scored[TOUCHES_MAX];
    int64_t weights[TOUCHES_MAX];
    for (size_t i = 0; i < journey->count; i++)
        scored[i] = (ScoredTouch){states[i], score_of[states[i]]};
    assert_int_equal(fitted_weigh(touches, scored, journey->count, weights, &workspace, &error), STATUS_OK);
    for (size_t i = 0; i < journey->count; i++)
        sums[states[i]] += (double)journey->value * (double)weights[i] / (double)ATTRIBUTION_UNIT;
}

/* What each channel gets of all journeys under Shapley. */
static void credit_by_shapley(const Journeys *journeys, int64_t won, Channels *channels, double *sums)
{
    cleanup(state_sets_done) StateSets sets = state_sets_make(JOURNEYS_MAX);
    cleanup(shapley_done) Shapley shapley = SHAPLEY_EMPTY;
    Error error = ERROR_INIT;
    find_sets(journeys, won, channels, &sets);
    assert_int_equal(shapley_fit(&sets, &SHAPLEY_SETTINGS, &shapley, &error), STATUS_OK);
    for (size_t i = 0; i < journeys->count; i++) {
        JourneyState states[TOUCHES_MAX];
        int64_t scores[STATES_MAX] = {0};
        size_t set = 0;
        find_states(channels, &journeys->items[i], states);
        assert_int_equal(state_sets_add(&sets, states, journeys->items[i].count, JOURNEY_OPEN, 1, &set, &error),
                         STATUS_OK);
        for (size_t member = 0; member < sets.sets[set].size; member++)
            scores[state_sets_members(&sets, set)[member]] = shapley.values[sets.sets[set].first + member].value;
        add_credit(&journeys->items[i], states, scores, sums);
    }
}

/* Theirs shares the conversions of each path equally among its distinct channels: a has 4 and half of 6, b the other
 * half. Ours plays the game of the win rates: a alone wins every time, and b, which nobody saw alone, adds nothing to
 * that; so v({a}) = v({a,b}) = 1, v({b}) = 0, the values are 1 and 0, and a has all 10. Where no other set was seen,
 * both share equally (shapley4). */
static void check_shapley(const MtaLine *line)
{
    Channels channels = {0};
    double sums[STATES_MAX] = {0}, theirs = (double)line->expected.numerator / (double)line->expected.denominator;
    credit_by_shapley(&line->journeys, 0, &channels, sums);
    bool is_a = text_is(line->channel, "a");
    double found = sums[channel_number(&channels, line->channel)], shared = 0;
    for (size_t i = 0; i < line->journeys.count; i++) {
        const Journey *journey = &line->journeys.items[i];
        for (size_t touch = 0; touch < journey->count; touch++) {
            if (text_equal(journey->channels[touch], line->channel))
                shared += (double)journey->value / (double)journey->count;
        }
    }
    assert_near(shared, theirs, 1e-9);
    assert_near(found, text_is(line->name, "shapley4") ? theirs : is_a ? 10 : 0, 1e-9);
}

static void test_mta(void **state)
{
    (void)state;
    FILE *file = reference_open("mta/cases.csv");
    if (!file)
        skip();
    char text[1024];
    size_t transitions = 0, values = 0;
    while (fgets(text, sizeof text, file)) {
        MtaLine line;
        if (!mta_read(text_from(text), &line))
            continue;
        if (text_starts_with(line.model, TEXT("transition "))) {
            check_transition(&line);
            transitions++;
        } else if (text_is(line.model, "shapley")) {
            check_shapley(&line);
            values++;
        }
    }
    fclose(file);
    assert_int_equal(transitions, 6);
    assert_int_equal(values, 3); /* the others: attribution_reference_test.c */
}

/* The line of this model: what A, B and C get of 27. */
static bool mam_expected(const char *model, double ret_expected[3])
{
    FILE *file = reference_open("dp6_mam/expected_computed.csv");
    char text[1024];
    bool is_found = false;
    while (file && !is_found && fgets(text, sizeof text, file)) {
        Text rest = text_trim(text_from(text));
        is_found = text_is(text_cut(&rest, ","), model);
        for (size_t i = 0; i < 3 && is_found; i++) {
            Figure figure = figure_of(text_cut(&rest, ","));
            ret_expected[i] = (double)figure.numerator / (double)figure.denominator;
        }
    }
    if (file)
        fclose(file);
    return is_found;
}

/* Channels come as A, B, C. All journeys are won, so an effect is the chance to visit: 2/3, 8/15 and 28/57. Theirs
 * gives each channel its part of all effects, of the whole 27, whichever journeys it was in. Ours shares each journey
 * among the states that it holds: A, say, gets 3 of A, 3 * (2/3) / (2/3 + 8/15) of A > B, and so on. */
static void test_mam_markov(void **state)
{
    (void)state;
    Journeys journeys = {0};
    double theirs[3];
    if (!mam_read(&journeys) || !mam_expected("markov_order1", theirs))
        skip();
    cleanup(transition_counts_done) TransitionCounts counts = TRANSITION_COUNTS_EMPTY;
    cleanup(markov_done) Markov markov = MARKOV_EMPTY;
    Channels channels = {0};
    Error error = ERROR_INIT;
    count_transitions(&journeys, 1, &channels, &counts);
    assert_int_equal(markov_fit(&counts, &markov, &error), STATUS_OK);
    const double effects[] = {2.0 / 3, 8.0 / 15, 28.0 / 57};
    const double ours[] = {92321.0 / 7953, 6149.0 / 723, 18257.0 / 2651};
    double sum = effects[0] + effects[1] + effects[2], sums[STATES_MAX] = {0};
    int64_t scores[3];
    for (size_t i = 0; i < 3; i++) {
        scores[i] = markov.states[i].effect;
        assert_near((double)scores[i] / (double)SCORE_UNIT, effects[i], 1e-12);
        assert_near(27 * (double)scores[i] / (double)SCORE_UNIT / sum, theirs[i], 1e-9);
    }
    for (size_t i = 0; i < journeys.count; i++) {
        JourneyState states[TOUCHES_MAX];
        find_states(&channels, &journeys.items[i], states);
        add_credit(&journeys.items[i], states, scores, sums);
    }
    for (size_t i = 0; i < 3; i++)
        assert_near(sums[i], ours[i], 1e-9);
    assert_near(sums[0] + sums[1] + sums[2], 27, 1e-9);
}

/* Theirs counts the journeys within a set, which is the linear model over distinct channels: 10.5, 9 and 7.5. Ours
 * takes the win rate of exactly the set: every set wins always, but {B,C}, which nobody saw and which is 0. {A,B} and
 * {A,C} share equally; in {A,B,C}, A has 1/3 + 1/3 (v(ABC) - v(BC)) = 2/3, B and C 1/3 - 1/6 = 1/6 each. Of 3 a
 * journey: A has 3 + 3 * 1.5 + 3 * 2, B 3 + 2 * 1.5 + 3 * 0.5, C 3 + 1.5 + 3 * 0.5. */
static void test_mam_shapley(void **state)
{
    (void)state;
    Journeys journeys = {0};
    double theirs[3];
    if (!mam_read(&journeys) || !mam_expected("shapley_textbook_coverage_value", theirs))
        skip();
    Channels channels = {0};
    double sums[STATES_MAX] = {0};
    const double linear[] = {10.5, 9, 7.5}, ours[] = {13.5, 7.5, 6};
    credit_by_shapley(&journeys, 1, &channels, sums);
    for (size_t i = 0; i < 3; i++) {
        assert_near(linear[i], theirs[i], 1e-9);
        assert_near(sums[i], ours[i], 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mta),
        cmocka_unit_test(test_mam_markov),
        cmocka_unit_test(test_mam_shapley),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
