/* Published heuristics of other attribution packages (reference_check.h says which). Where their rule is another, the
 * test says so and holds ours. Skipped where the folder is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/attribution.h"
#include "tests/unit/load/reference_check.h"

#define HOUR (INT64_C(3600) * 1000000)
#define DAY (24 * HOUR)

/* What the channel gets of a journey, in 10^-12 of its value's unit. Touches lie a day apart. */
static int64_t channel_credit(const Model *model, const Journey *journey, Text channel, const char *direct)
{
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    Error error = ERROR_INIT;
    JourneyTouch touches[TOUCHES_MAX];
    int64_t weights[TOUCHES_MAX], credits[TOUCHES_MAX], sum = 0;
    for (size_t i = 0; i < journey->count; i++)
        touches[i] = (JourneyTouch){.touched_at = (int64_t)i * DAY,
                                    .role_weight = ROLE_WEIGHT_UNIT,
                                    .is_direct = direct && text_is(journey->channels[i], direct)};
    JourneyFacts facts = {ATTRIBUTION_NEVER, ATTRIBUTION_NEVER, (int64_t)journey->count * DAY};
    assert_int_equal(attribution_compute(model, touches, journey->count, &facts, journey->value * ATTRIBUTION_UNIT,
                                         weights, credits, &workspace, &error),
                     STATUS_OK);
    for (size_t i = 0; i < journey->count; i++) {
        if (text_equal(journey->channels[i], channel))
            sum += credits[i];
    }
    return sum;
}

/* slack: units of 10^-12, for the last decimals of ours and of theirs. */
static void assert_channel(const Model *model, const Journeys *journeys, Text channel, const char *direct,
                           Figure expected, int64_t slack)
{
    __int128 sum = 0;
    for (size_t i = 0; i < journeys->count; i++)
        sum += channel_credit(model, &journeys->items[i], channel, direct);
    __int128 off = sum * expected.denominator - (__int128)expected.numerator * ATTRIBUTION_UNIT;
    __int128 allowed = (__int128)slack * expected.denominator;
    if (off < -allowed || off > allowed)
        fail_msg("%s gives %.*s %.12f, published is %.12f", model->name, TEXT_PRINTF(channel), (double)sum / 1e12,
                 (double)expected.numerator / (double)expected.denominator);
}

static bool is_model(Text name, Model *ret_model)
{
    const char *names[][2] = {{"first_touch", "first_touch"},
                              {"last_touch", "last_touch"},
                              {"linear", "linear"},
                              {"position_40_20_40", "position_based"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i][0])) {
            *ret_model = *model_find(text_from(names[i][1]));
            return true;
        }
    }
    if (!text_is(name, "position_30_0_70"))
        return false;
    *ret_model =
        (Model){.name = "position_30_0_70", .shares = {[MILESTONE_FIRST_TOUCH] = 30, [MILESTONE_LAST_TOUCH] = 70}};
    return true;
}

static bool check_mta_line(Text text)
{
    MtaLine line;
    Model model;
    if (!mta_read(text, &line) || !is_model(line.model, &model))
        return false;
    assert_channel(&model, &line.journeys, line.channel, NULL, line.expected, 8);
    return true;
}

static void test_mta(void **state)
{
    (void)state;
    FILE *file = reference_open("mta/cases.csv");
    if (!file)
        skip();
    char line[1024];
    size_t checked = 0;
    while (fgets(line, sizeof line, file))
        checked += check_mta_line(text_from(line));
    fclose(file);
    assert_int_equal(checked, 16); /* the others: fitted_reference_test.c */
}

/* The figures are printed with ten decimals: half of one is 50 units. */
static void check_mam_line(const Journeys *journeys, const Model *model, const char *direct, Text figures)
{
    const Text channels[] = {TEXT("A"), TEXT("B"), TEXT("C")};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        assert_channel(model, journeys, channels[i], direct, figure_of(text_cut(&figures, ",")), 80);
}

/* Whether a published line has a model of ours that gives the same. Theirs counts whole periods before the last touch:
 * with a frequency of 168 hours and touches a day apart none has passed, and their decay is linear. */
static bool is_mam_model(Text name, Model *ret_model)
{
    if (text_is(name, "time_decay_0.5_freq168h_24h_steps"))
        name = TEXT("linear");
    if (text_is(name, "first"))
        *ret_model = *model_find(TEXT("first_touch"));
    else if (text_is(name, "last"))
        *ret_model = *model_find(TEXT("last_touch"));
    else if (text_is(name, "last_non_A"))
        *ret_model = *model_find(TEXT("last_non_direct"));
    else if (text_is(name, "time_decay_0.5_freq1h_24h_steps"))
        *ret_model = *model_find(TEXT("time_decay"));
    else
        return is_model(name, ret_model);
    if (ret_model->kind == MODEL_DECAY)
        ret_model->half_life = HOUR;
    return true;
}

static void test_mam(void **state)
{
    (void)state;
    Journeys journeys = {0};
    FILE *file = mam_read(&journeys) ? reference_open("dp6_mam/expected_computed.csv") : NULL;
    if (!file)
        skip();
    char line[1024];
    size_t checked = 0;
    while (fgets(line, sizeof line, file)) {
        Text rest = text_trim(text_from(line));
        Model model;
        if (!is_mam_model(text_cut(&rest, ","), &model))
            continue;
        check_mam_line(&journeys, &model, text_is(text_from(model.name), "last_non_direct") ? "A" : NULL, rest);
        checked++;
    }
    fclose(file);
    assert_int_equal(checked, 7); /* but markov and shapley: fitted_reference_test.c */
}

/* What their tests say of every model: the channels' totals are all that was earned. */
static void test_mam_totals(void **state)
{
    (void)state;
    Journeys journeys = {0};
    if (!mam_read(&journeys))
        skip();
    const Text channels[] = {TEXT("A"), TEXT("B"), TEXT("C")};
    for (size_t model = 0; model < MODELS_COUNT; model++) {
        int64_t total = 0;
        for (size_t i = 0; i < journeys.count * 3; i++)
            total += channel_credit(&MODELS[model], &journeys.items[i / 3], channels[i % 3], "A");
        assert_int_equal(total, 27 * ATTRIBUTION_UNIT);
    }
}

/* What their tests say of single journeys, each of a value of 3. */
static void test_mam_journey_by_journey(void **state)
{
    (void)state;
    Journeys journeys = {0};
    if (!mam_read(&journeys))
        skip();
    for (size_t i = 0; i < journeys.count; i++) {
        const Journey *journey = &journeys.items[i];
        Text first = journey->channels[0], last = journey->channels[journey->count - 1];
        int64_t whole = 3 * ATTRIBUTION_UNIT, position = journey->count == 3   ? whole / 5 * 2
                                                         : journey->count == 2 ? whole / 2
                                                                               : whole;
        assert_int_equal(channel_credit(model_find(TEXT("first_touch")), journey, first, NULL), whole);
        assert_int_equal(channel_credit(model_find(TEXT("last_touch")), journey, last, NULL), whole);
        assert_int_equal(channel_credit(model_find(TEXT("linear")), journey, first, NULL),
                         whole / (int64_t)journey->count);
        assert_int_equal(channel_credit(model_find(TEXT("position_based")), journey, first, NULL), position);
        assert_int_equal(channel_credit(model_find(TEXT("last_non_direct")), journey, TEXT("A"), "A"),
                         journey->count == 1 && text_is(first, "A") ? whole : 0);
    }
}

/* Where their decay by 168 hours is linear (10.5, 9, 7.5), ours is continuous, as a half-life is: the same journeys by
 * 2^(-days / 7), in decimal arithmetic of 50 digits. */
static void test_mam_decays_by_steps_and_we_do_not(void **state)
{
    (void)state;
    Journeys journeys = {0};
    if (!mam_read(&journeys))
        skip();
    check_mam_line(&journeys, model_find(TEXT("time_decay")), NULL, TEXT("10.6779552873,8.8962498592,7.4257948535"));
}

/* With two touches they split the middle share in halves: 30/20/50 is 40 and 60. Here the middle, when it is empty,
 * goes to the milestones in proportion: 30 and 50 of 80. With 40/20/40 both are 50 and 50. */
static void test_mam_splits_an_empty_middle_evenly_and_we_do_not(void **state)
{
    (void)state;
    Model model = {
        .name = "position_30_20_50", .shares = {[MILESTONE_FIRST_TOUCH] = 30, [MILESTONE_LAST_TOUCH] = 50}, .rest = 20};
    Journeys journeys = {0};
    journeys_add(&journeys, TEXT("A > B"), 8, 0);
    assert_channel(&model, &journeys, TEXT("A"), NULL, (Figure){3, 1}, 0);
    assert_channel(&model, &journeys, TEXT("B"), NULL, (Figure){5, 1}, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mta),
        cmocka_unit_test(test_mam),
        cmocka_unit_test(test_mam_totals),
        cmocka_unit_test(test_mam_journey_by_journey),
        cmocka_unit_test(test_mam_decays_by_steps_and_we_do_not),
        cmocka_unit_test(test_mam_splits_an_empty_middle_evenly_and_we_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
