#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/journey_path.h"

enum { STEPS_MAX = 64 };

/* Each letter is a step of that item; those in upper case came directly. What stays is written the same way. */
static void assert_path(JourneyPathRules rules, const char *path, const char *expected)
{
    JourneyStep steps[STEPS_MAX] = {0};
    bool is_kept[STEPS_MAX];
    char found[STEPS_MAX + 1] = "";
    size_t count = strlen(path), kept = 0, size = 0;
    assert_true(count <= STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        steps[i].is_direct = path[i] >= 'A' && path[i] <= 'Z';
        steps[i].item.bytes[0] = (uint8_t)path[i];
    }
    cleanup(journey_path_workspace_done) JourneyPathWorkspace workspace = {0};
    Error error = ERROR_INIT;
    assert_int_equal(journey_path_select(&rules, steps, count, is_kept, &kept, &workspace, &error), STATUS_OK);
    for (size_t i = 0; i < count; i++)
        if (is_kept[i])
            found[size++] = path[i];
    assert_string_equal(found, expected);
    assert_int_equal(kept, size);
}

static void all_stay_without_rules(void **state)
{
    (void)state;
    const JourneyPathRules rules = {0};
    assert_true(journey_path_keeps_all(&rules));
    assert_path(rules, "aabAb", "aabAb");
    assert_path(rules, "", "");
}

static void runs_collapse_to_their_first(void **state)
{
    (void)state;
    const JourneyPathRules rules = {.collapse = COLLAPSE_RUNS};
    assert_false(journey_path_keeps_all(&rules));
    assert_path(rules, "aabbbaac", "abac");
    assert_path(rules, "a", "a");
    assert_path(rules, "aaaa", "a");
}

static void first_of_each_item(void **state)
{
    (void)state;
    const JourneyPathRules rules = {.collapse = COLLAPSE_FIRST};
    assert_path(rules, "abacbda", "abcd");
    assert_path(rules, "zyxzyx", "zyx");
}

static void direct_goes_unless_all_is(void **state)
{
    (void)state;
    const JourneyPathRules rules = {.drops_direct = true};
    assert_path(rules, "DaDbD", "ab");
    assert_path(rules, "DDD", "DDD");
    assert_path(rules, "abc", "abc");
}

/* What lay between two of a run is gone before runs are told. */
static void direct_goes_before_runs_collapse(void **state)
{
    (void)state;
    const JourneyPathRules rules = {.collapse = COLLAPSE_RUNS, .drops_direct = true};
    assert_path(rules, "aDabDb", "ab");
    assert_path(rules, "DDD", "D");
}

static void the_newest_stay(void **state)
{
    (void)state;
    assert_path((JourneyPathRules){.touches_max = 2}, "abcd", "cd");
    assert_path((JourneyPathRules){.touches_max = 9}, "abcd", "abcd");
    /* of what is left: c is the third newest step, but the second newest that stays */
    assert_path((JourneyPathRules){.touches_max = 2, .collapse = COLLAPSE_RUNS}, "abcdd", "cd");
    assert_path((JourneyPathRules){.touches_max = 2, .drops_direct = true}, "abcDD", "bc");
}

static void a_workspace_serves_longer_journeys_too(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static JourneyStep steps[COUNT];
    static bool is_kept[COUNT];
    const JourneyPathRules rules = {.collapse = COLLAPSE_FIRST};
    cleanup(journey_path_workspace_done) JourneyPathWorkspace workspace = {0};
    Error error = ERROR_INIT;
    for (size_t count = 10; count <= COUNT; count *= 10) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            steps[i].item.bytes[15] = (uint8_t)(i % 7);
        assert_int_equal(journey_path_select(&rules, steps, count, is_kept, &kept, &workspace, &error), STATUS_OK);
        assert_int_equal(kept, 7);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(is_kept[i], i < 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_stay_without_rules),
        cmocka_unit_test(runs_collapse_to_their_first),
        cmocka_unit_test(first_of_each_item),
        cmocka_unit_test(direct_goes_unless_all_is),
        cmocka_unit_test(direct_goes_before_runs_collapse),
        cmocka_unit_test(the_newest_stay),
        cmocka_unit_test(a_workspace_serves_longer_journeys_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
