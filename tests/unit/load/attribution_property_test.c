/* What must hold of every journey, on random ones from a fixed seed. The oracles are written from the specification in
 * another way than the module: a fraction for each touch and rule, and exp2l() for decay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/attribution.h"

#include <math.h>
#include <string.h>

#define TOUCHES_MAX 200
#define ROUNDS 3000
#define DAY (INT64_C(86400) * 1000000)
#define AMOUNT_MAX INT64_C(1000000000000000)

typedef struct Sample {
    JourneyTouch touches[TOUCHES_MAX];
    size_t count;
    JourneyFacts facts;
    int64_t amount;
    int64_t weights[TOUCHES_MAX], credits[TOUCHES_MAX];
} Sample;

/* splitmix64 */
static uint64_t random_next(uint64_t *seed)
{
    uint64_t value = *seed += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

static int64_t random_below(uint64_t *seed, int64_t limit)
{
    return (int64_t)(random_next(seed) % (uint64_t)limit);
}

/* From a day before the journey to a day after it, or never. */
static int64_t random_moment(uint64_t *seed, const Sample *sample)
{
    int64_t first = sample->touches[0].touched_at, last = sample->touches[sample->count - 1].touched_at;
    if (random_below(seed, 5) == 0)
        return ATTRIBUTION_NEVER;
    return first - DAY + random_below(seed, last - first + 2 * DAY);
}

/* A third of the journeys is short, a third has roles; some touches fall on one instant. */
static void sample_make(Sample *sample, uint64_t *seed)
{
    sample->count = 1 + (size_t)random_below(seed, random_below(seed, 3) == 0 ? 4 : TOUCHES_MAX);
    bool has_roles = random_below(seed, 3) == 0;
    int64_t at = random_below(seed, 1000 * DAY);
    for (size_t i = 0; i < sample->count; i++) {
        at += random_below(seed, 4) == 0 ? 0 : random_below(seed, 5 * DAY);
        sample->touches[i] =
            (JourneyTouch){.touched_at = at,
                           .role_weight = has_roles ? random_below(seed, 4) * ROLE_WEIGHT_UNIT / 2 : ROLE_WEIGHT_UNIT,
                           .is_direct = random_below(seed, 2) == 0};
    }
    sample->facts.lead_created_at = random_moment(seed, sample);
    sample->facts.deal_created_at = random_moment(seed, sample);
    sample->facts.closed_at = random_moment(seed, sample);
    int64_t limit = random_below(seed, 2) == 0 ? 1000 : AMOUNT_MAX;
    sample->amount = random_below(seed, 2 * limit + 1) - limit;
}

static void sample_compute(Sample *sample, const Model *model, AttributionWorkspace *workspace)
{
    Error error = ERROR_INIT;
    assert_int_equal(attribution_compute(model, sample->touches, sample->count, &sample->facts, sample->amount,
                                         sample->weights, sample->credits, workspace, &error),
                     STATUS_OK);
}

static bool is_milestone(const Sample *sample, size_t touch, Milestone milestone)
{
    const JourneyTouch *touches = sample->touches;
    const int64_t moments[] = {0, sample->facts.lead_created_at, sample->facts.deal_created_at,
                               sample->facts.closed_at};
    bool is_last = touch + 1 == sample->count;
    if (milestone == MILESTONE_FIRST_TOUCH)
        return touch == 0;
    if (milestone == MILESTONE_LAST_TOUCH)
        return is_last;
    if (milestone != MILESTONE_LAST_NON_DIRECT)
        return moments[milestone] != ATTRIBUTION_NEVER && touches[touch].touched_at <= moments[milestone] &&
               (is_last || touches[touch + 1].touched_at > moments[milestone]);
    bool is_any_other = false, is_any_later = false;
    for (size_t i = 0; i < sample->count; i++) {
        is_any_other = is_any_other || !touches[i].is_direct;
        is_any_later = is_any_later || (i > touch && !touches[i].is_direct);
    }
    return is_any_other ? !touches[touch].is_direct && !is_any_later : is_last;
}

/* The exact weights before rounding and roles, as far as long double holds them: the shares, those of what is missing
 * spread in proportion, then the rest. */
static void expect_rule(const Model *model, const Sample *sample, long double *ret_weights)
{
    long double all = 0, held = 0, whole = (long double)model->rest;
    size_t rest = sample->count;
    for (int milestone = 0; milestone < MILESTONE_COUNT; milestone++)
        whole += (long double)model->shares[milestone];
    for (size_t i = 0; i < sample->count; i++) {
        ret_weights[i] = 0;
        for (int milestone = 0; milestone < MILESTONE_COUNT; milestone++) {
            if (is_milestone(sample, i, (Milestone)milestone))
                ret_weights[i] += (long double)model->shares[milestone] / whole;
        }
        held += ret_weights[i];
        rest -= ret_weights[i] > 0;
    }
    all = 1 - (long double)model->rest / whole;
    for (size_t i = 0; i < sample->count; i++) {
        if (held == 0)
            ret_weights[i] = 1 / (long double)sample->count;
        else if (ret_weights[i] > 0)
            ret_weights[i] *= (rest > 0 ? all : 1) / held;
        else
            ret_weights[i] = (1 - all) / (long double)rest;
    }
}

static void expect_decay(const Model *model, const Sample *sample, long double *ret_weights)
{
    int64_t last = sample->touches[sample->count - 1].touched_at;
    for (size_t i = 0; i < sample->count; i++)
        ret_weights[i] = exp2l(-(long double)(last - sample->touches[i].touched_at) / (long double)model->half_life);
}

static void expect(const Model *model, const Sample *sample, long double *ret_weights)
{
    if (model->kind == MODEL_DECAY)
        expect_decay(model, sample, ret_weights);
    else
        expect_rule(model, sample, ret_weights);
    long double sum = 0, with_roles = 0;
    for (size_t i = 0; i < sample->count; i++) {
        sum += ret_weights[i];
        with_roles += ret_weights[i] * (long double)sample->touches[i].role_weight;
    }
    for (size_t i = 0; i < sample->count; i++)
        ret_weights[i] *= with_roles > 0 ? (long double)sample->touches[i].role_weight / with_roles : 1 / sum;
}

/* The exact share of the amount, rounded up or down; of decay, the exact share of its weight. An ulp of long double is
 * allowed for, which at 10^15 units is less than a thousandth of one. */
static void assert_sample(const Sample *sample, const Model *model)
{
    long double expected[TOUCHES_MAX];
    expect(model, sample, expected);
    int64_t weights = 0, credits = 0;
    for (size_t i = 0; i < sample->count; i++) {
        long double share = model->kind == MODEL_DECAY ? (long double)sample->weights[i] / 1e12L : expected[i];
        assert_true(sample->weights[i] >= 0);
        assert_true(fabsl((long double)sample->weights[i] - expected[i] * 1e12L) < 1.001L);
        assert_true(fabsl((long double)sample->credits[i] - share * (long double)sample->amount) < 1.001L);
        assert_true(sample->amount < 0 ? sample->credits[i] <= 0 : sample->credits[i] >= 0);
        weights += sample->weights[i];
        credits += sample->credits[i];
    }
    assert_int_equal(weights, ATTRIBUTION_UNIT);
    assert_int_equal(credits, sample->amount);
}

static void test_built_in_models(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 20240229;
    for (size_t round = 0; round < ROUNDS; round++) {
        Sample sample;
        sample_make(&sample, &seed);
        for (size_t i = 0; i < MODELS_COUNT; i++) {
            sample_compute(&sample, &MODELS[i], &workspace);
            assert_sample(&sample, &MODELS[i]);
        }
    }
}

static void test_custom_models_and_half_lives(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 1234567;
    for (size_t round = 0; round < ROUNDS; round++) {
        Sample sample;
        sample_make(&sample, &seed);
        Model model = {.name = "custom", .rest = random_below(&seed, 2) * random_below(&seed, MODEL_SHARE_MAX + 1)};
        for (size_t i = 0; i < MILESTONE_COUNT; i++)
            model.shares[i] = random_below(&seed, 2) * (1 + random_below(&seed, MODEL_SHARE_MAX));
        if (round % 4 == 0)
            model = (Model){.name = "decay", .kind = MODEL_DECAY, .half_life = 1 + random_below(&seed, 60 * DAY)};
        Error error = ERROR_INIT;
        if (model_check(&model, &error) != STATUS_OK)
            continue;
        /* the oracle measures decay from the last touch, which underflows where only old touches have a role */
        if (model.kind == MODEL_DECAY && sample.touches[sample.count - 1].role_weight == 0)
            sample.touches[sample.count - 1].role_weight = ROLE_WEIGHT_UNIT;
        sample_compute(&sample, &model, &workspace);
        assert_sample(&sample, &model);
    }
}

static void assert_same_after(Sample *sample, const Model *model, AttributionWorkspace *workspace,
                              const JourneyTouch *touches)
{
    static Sample before;
    sample_compute(sample, model, workspace);
    before = *sample;
    memcpy(sample->touches, touches, sample->count * sizeof *touches);
    sample_compute(sample, model, workspace);
    assert_true(memcmp(sample->weights, before.weights, sample->count * sizeof *sample->weights) == 0);
    assert_true(memcmp(sample->credits, before.credits, sample->count * sizeof *sample->credits) == 0);
    memcpy(sample->touches, before.touches, sample->count * sizeof *touches);
}

static void test_scaling_roles_changes_nothing(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 77;
    for (size_t round = 0; round < ROUNDS / 3; round++) {
        Sample sample;
        JourneyTouch scaled[TOUCHES_MAX];
        sample_make(&sample, &seed);
        int64_t factor = 2 + random_below(&seed, 300000);
        for (size_t i = 0; i < sample.count; i++) {
            scaled[i] = sample.touches[i];
            scaled[i].role_weight *= factor;
        }
        for (size_t i = 0; i < MODELS_COUNT; i++)
            assert_same_after(&sample, &MODELS[i], &workspace, scaled);
    }
}

/* Decay depends on the distances of touches only, so a whole journey may move in time. */
static void test_decay_does_not_depend_on_the_date(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 78;
    for (size_t round = 0; round < ROUNDS / 3; round++) {
        Sample sample;
        JourneyTouch moved[TOUCHES_MAX];
        sample_make(&sample, &seed);
        int64_t by = random_below(&seed, 40000 * DAY) - 20000 * DAY;
        for (size_t i = 0; i < sample.count; i++) {
            moved[i] = sample.touches[i];
            moved[i].touched_at += by;
        }
        assert_same_after(&sample, model_find(TEXT("time_decay")), &workspace, moved);
    }
}

/* Without roles: all on one touch; nobody more than a unit apart; two equal ends and equal middles; never falling. */
static void test_what_defines_the_default_models(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 79;
    for (size_t round = 0; round < ROUNDS; round++) {
        Sample sample;
        sample_make(&sample, &seed);
        for (size_t i = 0; i < sample.count; i++)
            sample.touches[i].role_weight = ROLE_WEIGHT_UNIT;
        size_t last = sample.count - 1;
        sample_compute(&sample, model_find(TEXT("first_touch")), &workspace);
        assert_int_equal(sample.credits[0], sample.amount);
        sample_compute(&sample, model_find(TEXT("last_touch")), &workspace);
        assert_int_equal(sample.credits[last], sample.amount);
        sample_compute(&sample, model_find(TEXT("linear")), &workspace);
        assert_in_range(sample.weights[0] - sample.weights[last], 0, 1);
        sample_compute(&sample, model_find(TEXT("position_based")), &workspace);
        if (last > 0)
            assert_int_equal(sample.weights[0], last > 1 ? ATTRIBUTION_UNIT / 5 * 2 : ATTRIBUTION_UNIT / 2);
        if (last > 0)
            assert_int_equal(sample.weights[0], sample.weights[last]);
        for (size_t i = 2; i < last; i++)
            assert_in_range(sample.weights[1] - sample.weights[i], 0, 1);
        sample_compute(&sample, model_find(TEXT("time_decay")), &workspace);
        for (size_t i = 1; i <= last; i++)
            assert_true(sample.weights[i] + 1 >= sample.weights[i - 1]);
    }
}

/* Journeys in which each milestone is held by a touch of its own, and others are held by none: the milestones have
 * their shares to the unit, and the others share what is left, nobody more than a unit apart. The last touch but direct
 * ones has all. */
static void test_what_defines_the_milestone_models(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t first, lead, deal, closed; /* in thousandths */
    } models[] = {{"u_lead_creation", 400, 400, 0, 0},
                  {"w_shaped", 300, 300, 300, 0},
                  {"full_path", 225, 225, 225, 225},
                  {"j_shaped", 200, 0, 0, 600},
                  {"inverse_j", 600, 0, 0, 200}};
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 81;
    for (size_t round = 0; round < ROUNDS; round++) {
        Sample sample;
        do
            sample_make(&sample, &seed);
        while (sample.count < 5);
        for (size_t i = 0; i < sample.count; i++)
            sample.touches[i] = (JourneyTouch){.touched_at = (int64_t)i * DAY,
                                               .role_weight = ROLE_WEIGHT_UNIT,
                                               .is_direct = sample.touches[i].is_direct};
        size_t lead = 1 + (size_t)random_below(&seed, (int64_t)sample.count - 4);
        size_t deal = lead + 1 + (size_t)random_below(&seed, (int64_t)(sample.count - lead) - 3);
        size_t closed = deal + 1 + (size_t)random_below(&seed, (int64_t)(sample.count - deal) - 2);
        sample.facts = (JourneyFacts){sample.touches[lead].touched_at, sample.touches[deal].touched_at + DAY / 2,
                                      sample.touches[closed].touched_at};
        for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
            int64_t thousandth = ATTRIBUTION_UNIT / 1000, lowest = ATTRIBUTION_UNIT, highest = 0;
            sample_compute(&sample, model_find(text_from(models[m].name)), &workspace);
            for (size_t i = 0; i < sample.count; i++) {
                int64_t share = i == 0        ? models[m].first
                                : i == lead   ? models[m].lead
                                : i == deal   ? models[m].deal
                                : i == closed ? models[m].closed
                                              : 0;
                if (share > 0)
                    assert_int_equal(sample.weights[i], share * thousandth);
                lowest = share == 0 && sample.weights[i] < lowest ? sample.weights[i] : lowest;
                highest = share == 0 && sample.weights[i] > highest ? sample.weights[i] : highest;
            }
            assert_in_range(highest - lowest, 0, 1);
        }
        size_t last = sample.count - 1;
        while (last > 0 && sample.touches[last].is_direct)
            last--;
        sample_compute(&sample, model_find(TEXT("last_non_direct")), &workspace);
        assert_int_equal(sample.credits[sample.touches[last].is_direct ? sample.count - 1 : last], sample.amount);
    }
}

/* Of shares only the ratios matter. */
static void test_scaling_shares_changes_nothing(void **state)
{
    (void)state;
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 82;
    for (size_t round = 0; round < ROUNDS; round++) {
        static Sample sample, other;
        sample_make(&sample, &seed);
        int64_t factor = 2 + random_below(&seed, 1000);
        Model model = {.name = "custom", .rest = 1 + random_below(&seed, MODEL_SHARE_MAX / 1001)};
        Model scaled = {.name = "scaled", .rest = model.rest * factor};
        for (size_t i = 0; i < MILESTONE_COUNT; i++) {
            model.shares[i] = random_below(&seed, 2) * random_below(&seed, MODEL_SHARE_MAX / 1001);
            scaled.shares[i] = model.shares[i] * factor;
        }
        other = sample;
        sample_compute(&sample, &model, &workspace);
        sample_compute(&other, &scaled, &workspace);
        assert_memory_equal(sample.weights, other.weights, sample.count * sizeof *sample.weights);
        assert_memory_equal(sample.credits, other.credits, sample.count * sizeof *sample.credits);
    }
}

/* 100,000 touches with the widest roles, under every model: no sum overflows, and all adds up. */
static void test_a_very_long_journey(void **state)
{
    (void)state;
    enum { LONG = 100000 };
    static JourneyTouch touches[LONG];
    static int64_t weights[LONG], credits[LONG];
    cleanup(attribution_workspace_done) AttributionWorkspace workspace = attribution_workspace_make();
    uint64_t seed = 80;
    for (size_t i = 0; i < LONG; i++)
        touches[i] = (JourneyTouch){.touched_at = (int64_t)i * 1000000,
                                    .role_weight = ROLE_WEIGHT_MAX - random_below(&seed, ROLE_WEIGHT_UNIT)};
    JourneyFacts facts = {30000000000, 50000000000, 99999000000};
    for (size_t model = 0; model < MODELS_COUNT; model++) {
        Error error = ERROR_INIT;
        assert_int_equal(attribution_compute(&MODELS[model], touches, LONG, &facts, -AMOUNT_MAX, weights, credits,
                                             &workspace, &error),
                         STATUS_OK);
        int64_t weight = 0, credit = 0;
        for (size_t i = 0; i < LONG; i++) {
            weight += weights[i];
            credit += credits[i];
        }
        assert_int_equal(weight, ATTRIBUTION_UNIT);
        assert_int_equal(credit, -AMOUNT_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in_models),
        cmocka_unit_test(test_custom_models_and_half_lives),
        cmocka_unit_test(test_scaling_roles_changes_nothing),
        cmocka_unit_test(test_decay_does_not_depend_on_the_date),
        cmocka_unit_test(test_what_defines_the_default_models),
        cmocka_unit_test(test_what_defines_the_milestone_models),
        cmocka_unit_test(test_scaling_shares_changes_nothing),
        cmocka_unit_test(test_a_very_long_journey),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
