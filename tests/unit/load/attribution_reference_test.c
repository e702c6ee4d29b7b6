/* Published attribution results, read from the folder reference beside $CLOSEDLOOP_CONFORMANCE: heuristics of
 * eeghor/mta (MIT) and of DP6/Marketing-Attribution-Models (Apache-2.0). Where their rule is another, the test says
 * so and holds ours. Skipped where the folder is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/attribution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (INT64_C(3600) * 1000000)
#define DAY (24 * HOUR)
#define TOUCHES_MAX 8
#define JOURNEYS_MAX 16

/* A fraction, as "19/6" or "3.5". */
typedef struct Figure {
    int64_t numerator, denominator;
} Figure;

typedef struct Journey {
    Text channels[TOUCHES_MAX];
    size_t count;
    int64_t value; /* conversions, or money */
} Journey;

typedef struct Journeys {
    Journey items[JOURNEYS_MAX];
    size_t count;
} Journeys;

static FILE *reference_open(const char *name)
{
    const char *folder = getenv("CLOSEDLOOP_CONFORMANCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/../reference/%s", folder ? folder : "../shared/conformance", name);
    return fopen(path, "r");
}

/* Cuts the next part off the front of the text, at the separator; the separator goes too. */
static Text text_cut(Text *rest, const char *separator)
{
    Text whole = *rest, wanted = text_from(separator);
    for (size_t i = 0; i + wanted.size <= whole.size; i++) {
        if (memcmp(whole.data + i, wanted.data, wanted.size) == 0) {
            *rest = (Text){whole.data + i + wanted.size, whole.size - i - wanted.size};
            return (Text){whole.data, i};
        }
    }
    *rest = (Text){whole.data + whole.size, 0};
    return whole;
}

static int64_t integer_of(Text text)
{
    long long value = 0;
    assert_true(text_to_int64(text, &value));
    return value;
}

static Figure figure_of(Text text)
{
    Text rest = text;
    Text whole = text_cut(&rest, "/");
    if (rest.size > 0)
        return (Figure){integer_of(whole), integer_of(rest)};
    rest = text;
    Figure figure = {integer_of(text_cut(&rest, ".")), 1};
    for (size_t i = 0; i < rest.size; i++)
        figure = (Figure){figure.numerator * 10 + (rest.data[i] - '0'), figure.denominator * 10};
    return figure;
}

static void journeys_add(Journeys *journeys, Text path, int64_t value)
{
    assert_true(journeys->count < JOURNEYS_MAX);
    Journey *journey = &journeys->items[journeys->count++];
    *journey = (Journey){.value = value};
    while (path.size > 0) {
        assert_true(journey->count < TOUCHES_MAX);
        journey->channels[journey->count++] = text_trim(text_cut(&path, ">"));
    }
}

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

/* case,model,"path:conversions:nulls | ...",conversions,nulls,channel,expected,source */
static bool check_mta_line(Text line)
{
    Text rest = line;
    text_cut(&rest, ",");
    Model model;
    if (!is_model(text_cut(&rest, ","), &model))
        return false;
    text_cut(&rest, "\"");
    Text paths = text_cut(&rest, "\",");
    Journeys journeys = {0};
    while (paths.size > 0) {
        Text entry = text_cut(&paths, "|");
        Text path = text_cut(&entry, ":");
        journeys_add(&journeys, path, integer_of(text_cut(&entry, ":")));
    }
    text_cut(&rest, ",");
    text_cut(&rest, ",");
    Text channel = text_cut(&rest, ",");
    assert_channel(&model, &journeys, channel, NULL, figure_of(text_cut(&rest, ",")), 8);
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
        checked += check_mta_line(text_trim(text_from(line)));
    fclose(file);
    assert_int_equal(checked, 16); /* the others are Shapley values and transition probabilities */
}

/* The figures are printed with ten decimals: half of one is 50 units. */
static void check_mam_line(const Journeys *journeys, const Model *model, const char *direct, Text figures)
{
    const Text channels[] = {TEXT("A"), TEXT("B"), TEXT("C")};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        assert_channel(model, journeys, channels[i], direct, figure_of(text_cut(&figures, ",")), 80);
}

static bool is_mam_model(Text name, Model *ret_model)
{
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

static bool mam_read(Journeys *ret_journeys)
{
    static char lines[JOURNEYS_MAX][256];
    FILE *file = reference_open("dp6_mam/paths.csv");
    if (!file)
        return false;
    assert_non_null(fgets(lines[0], sizeof lines[0], file));
    for (size_t i = 0; i < JOURNEYS_MAX && fgets(lines[i], sizeof lines[i], file); i++) {
        Text rest = text_from(lines[i]);
        Text path = text_cut(&rest, ",");
        journeys_add(ret_journeys, path, integer_of(text_cut(&rest, ",")));
    }
    fclose(file);
    assert_int_equal(ret_journeys->count, 9);
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
    assert_int_equal(checked, 6); /* first, last, last_non_A, linear, position, decay by the hour */
}

/* They count whole periods before the last touch: with a frequency of 168 hours and touches a day apart none has
 * passed, and their decay is linear (10.5, 9, 7.5). Ours is continuous, as a half-life is: the same journeys by
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
    journeys_add(&journeys, TEXT("A > B"), 8);
    assert_channel(&model, &journeys, TEXT("A"), NULL, (Figure){3, 1}, 0);
    assert_channel(&model, &journeys, TEXT("B"), NULL, (Figure){5, 1}, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mta),
        cmocka_unit_test(test_mam),
        cmocka_unit_test(test_mam_decays_by_steps_and_we_do_not),
        cmocka_unit_test(test_mam_splits_an_empty_middle_evenly_and_we_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
