#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/attribution.h"

#include <string.h>

#define DAY (INT64_C(86400) * 1000000)
#define WEEK (7 * DAY)
#define TOUCHES_MAX 16
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ALL ATTRIBUTION_UNIT

static const JourneyFacts NO_FACTS = {ATTRIBUTION_NEVER, ATTRIBUTION_NEVER, ATTRIBUTION_NEVER};

/* Touches at day 1, 2, 3 ... */
static void touches_make(JourneyTouch *touches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        touches[i] = (JourneyTouch){.touched_at = ((int64_t)i + 1) * DAY, .role_weight = ROLE_WEIGHT_UNIT};
}

static void assert_model_weights(const Model *model, const JourneyTouch *touches, size_t count,
                                 const JourneyFacts *facts, const int64_t *expected)
{
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    Error error = ERROR_INIT;
    int64_t weights[TOUCHES_MAX];
    assert_int_equal(attribution_weigh(model, touches, count, facts, weights, &workspace, &error), STATUS_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(weights[i], expected[i]);
}

static void assert_weights(const char *model, const JourneyTouch *touches, size_t count, JourneyFacts facts,
                           const int64_t *expected)
{
    assert_non_null(model_find(text_from(model)));
    assert_model_weights(model_find(text_from(model)), touches, count, &facts, expected);
}

static void assert_credits(const char *model, const JourneyTouch *touches, size_t count, JourneyFacts facts,
                           int64_t amount, const int64_t *expected)
{
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    Error error = ERROR_INIT;
    int64_t weights[TOUCHES_MAX], credits[TOUCHES_MAX];
    assert_int_equal(attribution_compute(model_find(text_from(model)), touches, count, &facts, amount, weights, credits,
                                         &workspace, &error),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(credits[i], expected[i]);
}

static void test_models_are_numbered_from_one(void **state)
{
    (void)state;
    const char *names[] = {"first_touch", "last_touch",      "linear",          "position_based",
                           "time_decay",  "last_non_direct", "u_lead_creation", "w_shaped",
                           "full_path",   "j_shaped",        "inverse_j"};
    assert_int_equal(MODELS_COUNT, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        Error error = ERROR_INIT;
        const Model *model = model_find(text_from(names[i]));
        assert_ptr_equal(model, &MODELS[i]);
        assert_int_equal(model->number, i + 1);
        assert_int_equal(model_check(model, &error), STATUS_OK);
    }
    assert_null(model_find(TEXT("u_shaped"))); /* two models go by this name: it is neither's here */
    assert_null(model_find(TEXT_NULL));
    assert_null(model_find(TEXT("Linear")));
}

static void test_one_touch_has_all(void **state)
{
    (void)state;
    JourneyTouch touch[1];
    touches_make(touch, 1);
    JourneyFacts facts[] = {NO_FACTS, {DAY, DAY, DAY}, {2 * DAY, 3 * DAY, 4 * DAY}, {0, 0, 0}};
    for (size_t model = 0; model < MODELS_COUNT; model++) {
        for (size_t i = 0; i < COUNT(facts); i++)
            assert_model_weights(&MODELS[model], touch, 1, &facts[i], (int64_t[]){ALL});
    }
}

static void test_two_touches(void **state)
{
    (void)state;
    JourneyTouch touches[2];
    touches_make(touches, 2);
    touches[1].touched_at = touches[0].touched_at + WEEK;
    JourneyFacts facts = {DAY, DAY + WEEK, DAY + WEEK}; /* the lead at the first, deal and closing at the second */
    assert_weights("first_touch", touches, 2, facts, (int64_t[]){ALL, 0});
    assert_weights("last_touch", touches, 2, facts, (int64_t[]){0, ALL});
    assert_weights("last_non_direct", touches, 2, facts, (int64_t[]){0, ALL});
    assert_weights("linear", touches, 2, facts, (int64_t[]){ALL / 2, ALL / 2});
    assert_weights("time_decay", touches, 2, facts, (int64_t[]){333333333333, 666666666667});
    assert_weights("position_based", touches, 2, facts, (int64_t[]){ALL / 2, ALL / 2});
    assert_weights("u_lead_creation", touches, 2, facts, (int64_t[]){800000000000, 200000000000});
    /* no rest: 30 + 30 against 30, and 22.5 twice on each */
    assert_weights("w_shaped", touches, 2, facts, (int64_t[]){666666666667, 333333333333});
    assert_weights("full_path", touches, 2, facts, (int64_t[]){ALL / 2, ALL / 2});
    assert_weights("j_shaped", touches, 2, facts, (int64_t[]){ALL / 4, ALL / 4 * 3});
    assert_weights("inverse_j", touches, 2, facts, (int64_t[]){ALL / 4 * 3, ALL / 4});
}

static void test_three_touches(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    for (size_t i = 0; i < 3; i++)
        touches[i].touched_at = (int64_t)i * WEEK;
    JourneyFacts facts = {WEEK, 2 * WEEK, 3 * WEEK};
    assert_weights("first_touch", touches, 3, facts, (int64_t[]){ALL, 0, 0});
    assert_weights("last_touch", touches, 3, facts, (int64_t[]){0, 0, ALL});
    assert_weights("linear", touches, 3, facts, (int64_t[]){333333333334, 333333333333, 333333333333});
    /* 1/7, 2/7, 4/7: the remainders are .14, .29 and .57 */
    assert_weights("time_decay", touches, 3, facts, (int64_t[]){142857142857, 285714285714, 571428571429});
    assert_weights("position_based", touches, 3, facts, (int64_t[]){ALL / 10 * 4, ALL / 10 * 2, ALL / 10 * 4});
    assert_weights("u_lead_creation", touches, 3, facts, (int64_t[]){ALL / 10 * 4, ALL / 10 * 4, ALL / 10 * 2});
    assert_weights("w_shaped", touches, 3, facts, (int64_t[]){333333333334, 333333333333, 333333333333});
    assert_weights("full_path", touches, 3, facts, (int64_t[]){ALL / 4, ALL / 4, ALL / 2});
    assert_weights("j_shaped", touches, 3, facts, (int64_t[]){ALL / 10 * 2, ALL / 10 * 2, ALL / 10 * 6});
    assert_weights("inverse_j", touches, 3, facts, (int64_t[]){ALL / 10 * 6, ALL / 10 * 2, ALL / 10 * 2});
}

/* Five touches, each milestone on its own: t1, t2, t3, t5, and t4 the rest. */
static void test_every_milestone_apart(void **state)
{
    (void)state;
    JourneyTouch touches[5];
    touches_make(touches, 5);
    JourneyFacts facts = {2 * DAY, 3 * DAY, 5 * DAY};
    const int64_t part = ALL / 1000;
    assert_weights("w_shaped", touches, 5, facts,
                   (int64_t[]){300 * part, 300 * part, 300 * part, 50 * part, 50 * part});
    assert_weights("full_path", touches, 5, facts,
                   (int64_t[]){225 * part, 225 * part, 225 * part, 100 * part, 225 * part});
    /* only the first and the closing touch are milestones of these: three others share 20 % */
    assert_weights("j_shaped", touches, 5, facts,
                   (int64_t[]){ALL / 5, 66666666667, 66666666667, 66666666666, ALL / 5 * 3});
}

static void test_a_touch_at_the_very_moment_counts(void **state)
{
    (void)state;
    JourneyTouch touches[4];
    touches_make(touches, 4);
    touches[2].touched_at = touches[1].touched_at; /* two of one instant: the later in order holds the milestone */
    JourneyFacts facts = {2 * DAY, ATTRIBUTION_NEVER, ATTRIBUTION_NEVER};
    assert_weights("u_lead_creation", touches, 4, facts, (int64_t[]){ALL / 10 * 4, ALL / 10, ALL / 10 * 4, ALL / 10});
    facts.lead_created_at = 2 * DAY - 1;
    assert_weights("u_lead_creation", touches, 4, facts,
                   (int64_t[]){ALL / 10 * 8, 66666666667, 66666666667, 66666666666});
}

static void test_a_missing_milestone_gives_to_those_present(void **state)
{
    (void)state;
    JourneyTouch touches[4];
    touches_make(touches, 4);
    /* no lead: first touch and deal creation take its 30 in halves */
    JourneyFacts facts = {ATTRIBUTION_NEVER, 3 * DAY, 4 * DAY};
    assert_weights("w_shaped", touches, 4, facts, (int64_t[]){ALL / 100 * 45, ALL / 20, ALL / 100 * 45, ALL / 20});
    /* a lead before any touch is the same */
    facts.lead_created_at = DAY - 1;
    assert_weights("w_shaped", touches, 4, facts, (int64_t[]){ALL / 100 * 45, ALL / 20, ALL / 100 * 45, ALL / 20});
    /* in proportion, an open deal: 20 of first touch grow to 80 */
    facts.closed_at = ATTRIBUTION_NEVER;
    assert_weights("j_shaped", touches, 4, facts, (int64_t[]){ALL / 10 * 8, 66666666667, 66666666667, 66666666666});
}

static void test_milestones_on_one_touch_add(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    JourneyFacts facts = {2 * DAY, 2 * DAY, 3 * DAY};
    assert_weights("w_shaped", touches, 3, facts, (int64_t[]){ALL / 10 * 3, ALL / 10 * 6, ALL / 10});
    facts = (JourneyFacts){DAY, DAY, DAY};
    assert_weights("full_path", touches, 3, facts, (int64_t[]){ALL / 10 * 9, ALL / 20, ALL / 20});
}

static Model custom(int64_t first, int64_t lead, int64_t deal, int64_t closed, int64_t rest)
{
    return (Model){.number = 12, .name = "ours", .shares = {first, lead, deal, closed}, .rest = rest};
}

static void test_custom_shares(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    JourneyFacts facts = {2 * DAY, 2 * DAY, 3 * DAY};
    Model model = custom(225000, 0, 0, 500000, 275000);
    assert_model_weights(&model, touches, 3, &facts, (int64_t[]){225000000000, 275000000000, 500000000000});
    model = custom(0, 1, 0, 0, 0); /* what no milestone holds gets nothing where the rest has no share */
    assert_model_weights(&model, touches, 3, &facts, (int64_t[]){0, ALL, 0});
    facts.lead_created_at = 0; /* no milestone of the model is held: all is linear */
    assert_model_weights(&model, touches, 3, &facts, (int64_t[]){333333333334, 333333333333, 333333333333});
    model = custom(MODEL_SHARE_MAX, MODEL_SHARE_MAX, MODEL_SHARE_MAX, MODEL_SHARE_MAX, MODEL_SHARE_MAX);
    facts.lead_created_at = 2 * DAY;
    assert_model_weights(&model, touches, 3, &facts, (int64_t[]){ALL / 4, ALL / 2, ALL / 4});
}

static void test_custom_models_are_checked(void **state)
{
    (void)state;
    Model models[] = {custom(0, 0, 0, 0, 0),
                      custom(1, -1, 0, 0, 0),
                      custom(1, 0, 0, 0, -1),
                      custom(MODEL_SHARE_MAX + 1, 0, 0, 0, 0),
                      {.name = "slow", .kind = MODEL_DECAY}};
    for (size_t i = 0; i < COUNT(models); i++) {
        Error error = ERROR_INIT;
        assert_int_equal(model_check(&models[i], &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_CONFIG);
    }
}

static void test_last_non_direct(void **state)
{
    (void)state;
    JourneyTouch touches[4];
    touches_make(touches, 4);
    touches[2].is_direct = touches[3].is_direct = true;
    assert_weights("last_non_direct", touches, 4, NO_FACTS, (int64_t[]){0, ALL, 0, 0});
    touches[0].is_direct = touches[1].is_direct = true;
    assert_weights("last_non_direct", touches, 4, NO_FACTS, (int64_t[]){0, 0, 0, ALL});
}

static void test_roles_multiply_and_then_normalise(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    touches[1].role_weight = 2 * ROLE_WEIGHT_UNIT;
    assert_weights("linear", touches, 3, NO_FACTS, (int64_t[]){ALL / 4, ALL / 2, ALL / 4});
    /* 40, 2 * 20, 40 */
    assert_weights("position_based", touches, 3, NO_FACTS, (int64_t[]){333333333334, 333333333333, 333333333333});
    touches[0].role_weight = 0;
    touches[2].role_weight = ROLE_WEIGHT_UNIT / 2;
    /* 0, 2 * 20, 0.5 * 40 */
    assert_weights("position_based", touches, 3, NO_FACTS, (int64_t[]){0, 666666666667, 333333333333});
    touches[0].role_weight = touches[1].role_weight = touches[2].role_weight = 0;
    assert_weights("position_based", touches, 3, NO_FACTS, (int64_t[]){ALL / 10 * 4, ALL / 10 * 2, ALL / 10 * 4});
}

static void test_roles_that_leave_nothing_count_as_none(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    touches[2].role_weight = 0;
    assert_weights("last_touch", touches, 3, NO_FACTS, (int64_t[]){0, 0, ALL});
    assert_weights("linear", touches, 3, NO_FACTS, (int64_t[]){ALL / 2, ALL / 2, 0});
}

static void test_decay_is_measured_where_a_role_counts(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    touches[1].touched_at = touches[0].touched_at + WEEK;
    touches[2].touched_at = touches[0].touched_at + 200 * 365 * DAY; /* by then nothing is left of the others */
    assert_weights("time_decay", touches, 3, NO_FACTS, (int64_t[]){0, 0, ALL});
    touches[2].role_weight = 0;
    assert_weights("time_decay", touches, 3, NO_FACTS, (int64_t[]){333333333333, 666666666667, 0});
}

static void test_decay_has_a_half_life_to_set(void **state)
{
    (void)state;
    JourneyTouch touches[2];
    touches_make(touches, 2); /* one day apart */
    Model model = *model_find(TEXT("time_decay"));
    model.half_life = DAY;
    assert_model_weights(&model, touches, 2, &NO_FACTS, (int64_t[]){333333333333, 666666666667});
    model.half_life = DAY / 2;
    assert_model_weights(&model, touches, 2, &NO_FACTS, (int64_t[]){ALL / 5, ALL / 5 * 4});
    touches[0].touched_at = touches[1].touched_at;
    assert_model_weights(&model, touches, 2, &NO_FACTS, (int64_t[]){ALL / 2, ALL / 2});
    touches[0].touched_at = INT64_MIN;
    touches[1].touched_at = INT64_MAX;
    assert_model_weights(&model, touches, 2, &NO_FACTS, (int64_t[]){0, ALL});
}

static void assert_power(uint64_t elapsed, uint64_t half_life, uint64_t expected)
{
    uint64_t power = decay_power(elapsed, half_life);
    assert_in_range(power > expected ? power - expected : expected - power, 0, 3);
}

/* Expected: 2^(63 - elapsed / half_life) in decimal arithmetic of 80 digits. */
static void test_decay_power(void **state)
{
    (void)state;
    const uint64_t powers[][3] = {
        {0, 1, 9223372036854775808u},
        {1, 1, 4611686018427387904u},
        {1, 2, 6521908912666391106u},
        {1, 3, 7320595236998672907u},
        {2, 3, 5810360290122541961u},
        {1, 7, 8353826318089359996u},
        {86400000000, 604800000000, 8353826318089359996u},
        {1814400000001, 604800000000, 1152921504605525640u},
        {1000000000000007, 24192000000011, 3322922u},
        {4611686018427387904u, 9223372036854775807u, 6521908912666391106u},
        {999999, 1000000, 4611689215005657054u},
        {1, 1000000000000000000u, 9223372036854775802u},
        {63, 1, 1},
        {64, 1, 0},
        {UINT64_MAX, 1, 0},
    };
    for (size_t i = 0; i < COUNT(powers); i++)
        assert_power(powers[i][0], powers[i][1], powers[i][2]);
    const uint64_t odd_parts_of_32[] = {
        9025734193507008925u, 8643072674415606502u, 8276634748336579668u, 7925732588150922155u,
        7589707528352920109u, 7267928828693418961u, 6959792490240559659u, 6664720121635655541u,
        6382157853416100552u, 6111575298367424380u, 5852464555953009676u, 5604339258952723100u,
        5366733660520940721u, 5139201759950318048u, 4921316465500308116u, 4712668792719003884u};
    for (size_t i = 0; i < COUNT(odd_parts_of_32); i++)
        assert_power(2 * i + 1, 32, odd_parts_of_32[i]);
}

/* Three milestones of 30, eleven others with 10 between them, 715 cents: every exact share ends in half a cent, so the
 * seven cents left go to the first seven touches. With the milestones among these each has 215. */
static void test_halves_of_a_cent_are_exact(void **state)
{
    (void)state;
    JourneyTouch touches[14];
    touches_make(touches, 14);
    assert_credits("w_shaped", touches, 14, (JourneyFacts){2 * DAY, 3 * DAY, 14 * DAY}, 715,
                   (int64_t[]){215, 215, 215, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6});
    assert_credits("w_shaped", touches, 14, (JourneyFacts){4 * DAY, 7 * DAY, 14 * DAY}, 715,
                   (int64_t[]){215, 7, 7, 215, 7, 7, 215, 6, 6, 6, 6, 6, 6, 6});
    /* a deal created after the seventh touch: the tie goes by touch order, and 214 is exact too */
    assert_credits("w_shaped", touches, 14, (JourneyFacts){2 * DAY, 14 * DAY, 14 * DAY}, 715,
                   (int64_t[]){215, 215, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6, 214});
}

/* The same from weights of 10^-12: ten of the eleven others weigh 0.009090909091, which is more than a half of a cent,
 * and outbid the milestones. That is why attribution_compute() does not do this where exact shares are known. */
static void test_credit_from_weights_alone(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    Error error = ERROR_INIT;
    JourneyTouch touches[14];
    touches_make(touches, 14);
    JourneyFacts facts = {2 * DAY, 3 * DAY, 14 * DAY};
    int64_t weights[14], credits[14];
    assert_int_equal(attribution_weigh(model_find(TEXT("w_shaped")), touches, 14, &facts, weights, &workspace, &error),
                     STATUS_OK);
    for (size_t i = 0; i < 14; i++)
        assert_int_equal(weights[i], i < 3 ? ALL / 10 * 3 : i < 13 ? 9090909091 : 9090909090);
    assert_int_equal(attribution_credit(weights, 14, 715, credits, &workspace, &error), STATUS_OK);
    assert_memory_equal(credits, ((int64_t[]){214, 214, 214, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6}), sizeof credits);
}

static void test_credits_of_refunds_and_of_nothing(void **state)
{
    (void)state;
    JourneyTouch touches[3];
    touches_make(touches, 3);
    assert_credits("linear", touches, 3, NO_FACTS, 100, (int64_t[]){34, 33, 33});
    assert_credits("linear", touches, 3, NO_FACTS, -100, (int64_t[]){-34, -33, -33});
    assert_credits("linear", touches, 3, NO_FACTS, 0, (int64_t[]){0, 0, 0});
    assert_credits("linear", touches, 3, NO_FACTS, 1, (int64_t[]){1, 0, 0});
    assert_credits("position_based", touches, 3, NO_FACTS, 1, (int64_t[]){1, 0, 0});
    assert_credits("last_touch", touches, 3, NO_FACTS, INT64_MIN, (int64_t[]){0, 0, INT64_MIN});
    /* 1/7, 2/7, 4/7 of 10: 1.43, 2.86, 5.71 */
    for (size_t i = 0; i < 3; i++)
        touches[i].touched_at = (int64_t)i * WEEK;
    assert_credits("time_decay", touches, 3, NO_FACTS, 10, (int64_t[]){1, 3, 6});
    assert_credits("time_decay", touches, 3, NO_FACTS, 0, (int64_t[]){0, 0, 0});
}

static void test_milestones_for_the_drill_down(void **state)
{
    (void)state;
    enum { FT = 1, LC = 2, OC = 4, CW = 8, LAST = 16 };
    uint8_t milestones[5] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    JourneyTouch touches[5];
    touches_make(touches, 5);
    JourneyFacts facts = {2 * DAY, 2 * DAY + 1, 4 * DAY};
    attribution_milestones(touches, 5, &facts, milestones);
    assert_memory_equal(milestones, ((uint8_t[]){FT, LC | OC, 0, CW, LAST}), 5);
    attribution_milestones(touches, 5, &NO_FACTS, milestones);
    assert_memory_equal(milestones, ((uint8_t[]){FT, 0, 0, 0, LAST}), 5);
    attribution_milestones(touches, 1, &facts, milestones);
    assert_int_equal(milestones[0], FT | LC | OC | CW | LAST);
    attribution_milestones(touches, 0, &facts, milestones);
    assert_int_equal(milestones[0], FT | LC | OC | CW | LAST);
}

static void assert_weigh_refused(const JourneyTouch *touches, size_t count, ErrorCode code)
{
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    Error error = ERROR_INIT;
    int64_t weights[2] = {11, 12};
    assert_int_equal(attribution_weigh(&MODELS[0], touches, count, &NO_FACTS, weights, &workspace, &error),
                     STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_memory_equal(weights, ((int64_t[]){11, 12}), sizeof weights);
}

static void test_weigh_refuses(void **state)
{
    (void)state;
    JourneyTouch touches[2];
    touches_make(touches, 2);
    assert_weigh_refused(touches, 0, ERROR_INTERNAL);
    assert_weigh_refused(touches, ATTRIBUTION_TOUCHES_MAX + 1, ERROR_DATA);
    touches[0].role_weight = -1;
    assert_weigh_refused(touches, 2, ERROR_INTERNAL);
    touches[0].role_weight = ROLE_WEIGHT_MAX + 1;
    assert_weigh_refused(touches, 2, ERROR_INTERNAL);
    touches_make(touches, 2);
    touches[1].touched_at = touches[0].touched_at - 1;
    assert_weigh_refused(touches, 2, ERROR_INTERNAL);
}

static void test_credit_refuses_weights_that_are_none(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    const int64_t bad[][2] = {{ALL, 1}, {ALL / 2, ALL / 2 - 1}, {ALL + 1, -1}, {-1, ALL + 1}, {INT64_MAX, INT64_MAX}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        Error error = ERROR_INIT;
        int64_t credits[2] = {11, 12};
        assert_int_equal(attribution_credit(bad[i], 2, 100, credits, &workspace, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_INTERNAL);
        assert_memory_equal(credits, ((int64_t[]){11, 12}), sizeof credits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_are_numbered_from_one),
        cmocka_unit_test(test_one_touch_has_all),
        cmocka_unit_test(test_two_touches),
        cmocka_unit_test(test_three_touches),
        cmocka_unit_test(test_every_milestone_apart),
        cmocka_unit_test(test_a_touch_at_the_very_moment_counts),
        cmocka_unit_test(test_a_missing_milestone_gives_to_those_present),
        cmocka_unit_test(test_milestones_on_one_touch_add),
        cmocka_unit_test(test_custom_shares),
        cmocka_unit_test(test_custom_models_are_checked),
        cmocka_unit_test(test_last_non_direct),
        cmocka_unit_test(test_roles_multiply_and_then_normalise),
        cmocka_unit_test(test_roles_that_leave_nothing_count_as_none),
        cmocka_unit_test(test_decay_is_measured_where_a_role_counts),
        cmocka_unit_test(test_decay_has_a_half_life_to_set),
        cmocka_unit_test(test_decay_power),
        cmocka_unit_test(test_halves_of_a_cent_are_exact),
        cmocka_unit_test(test_credit_from_weights_alone),
        cmocka_unit_test(test_credits_of_refunds_and_of_nothing),
        cmocka_unit_test(test_milestones_for_the_drill_down),
        cmocka_unit_test(test_weigh_refuses),
        cmocka_unit_test(test_credit_refuses_weights_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
