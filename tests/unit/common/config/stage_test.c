#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/closedloop_stage_XXXXXX";

static int begin(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static Status load(const char *content, Config *config, Error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "spool: spool\n%s", content);
    assert_int_equal(0, fclose(file));
    return config_load(path, config, error);
}

static void expect_loads(const char *content, Config *config)
{
    Error error = ERROR_INIT;
    if (load(content, config, &error) != STATUS_OK)
        fail_msg("%s", error.message);
}

static void expect_failure(const char *content, const char *message, const char *hint)
{
    Config config;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_ERROR, load(content, &config, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    if (!strstr(error.message, message))
        fail_msg("%s", error.message);
    assert_string_equal(hint, error.hint);
}

static void reads_stages(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    expect_loads("stages:\n"
                 "  - {name: mql, who: employees >= 50, did: \"topic = 'pricing'\", times: 3, within: 14d}\n"
                 "  - {name: sql, did: interaction = 'demo_request', crm: [SQL, Sales Qualified]}\n"
                 "  - {name: mql, from: 2026-07-01, who: employees >= 100}\n",
                 &config);
    assert_int_equal(3, config.stage_count);
    const Stage *stage = &config.stages[0];
    assert_string_equal("mql", stage->name);
    assert_int_equal(1, stage->place);
    assert_null(stage->from);
    assert_true(text_is(stage->who.text, "employees >= 50"));
    assert_int_equal(3, stage->who.node->line);
    assert_true(text_is(stage->did.text, "topic = 'pricing'"));
    assert_int_equal(3, stage->times);
    assert_int_equal(14 * 86400, stage->within);
    assert_int_equal(0, stage->crm.count);
    stage = &config.stages[1];
    assert_int_equal(2, stage->place);
    assert_false(condition_is_given(&stage->who));
    assert_int_equal(1, stage->times);
    assert_int_equal(0, stage->within);
    assert_int_equal(2, stage->crm.count);
    assert_true(text_is(stage->crm.items[1], "Sales Qualified"));
    stage = &config.stages[2];
    assert_int_equal(1, stage->place);
    assert_string_equal("2026-07-01", stage->from);
    assert_int_equal(0, stage->times);
    assert_ptr_equal(&config.stages[1], stage_find(config.stages, config.stage_count, "sql"));
    assert_null(stage_find(config.stages, config.stage_count, "opportunity"));
}

static void has_none_unless_given(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    expect_loads("", &config);
    assert_int_equal(0, config.stage_count);
    assert_int_equal(0, config.persona_count);
    assert_int_equal(0, config.score.rule_count);
    assert_int_equal(30, config.score.half_life_days);
}

static void refuses_stages_that_say_nothing(void **state)
{
    (void)state;
    expect_failure("stages: [{who: x}]\n", "2:10: the required key 'name' is missing",
                   "name: the stage's name; several definitions of one name are in force one after the other");
    expect_failure("stages: [{name: mql}]\n", "2:10: the stage 'mql' says neither who is in it nor what they did",
                   "such as {name: mql, who: \"employees >= 50\", did: \"topic = 'pricing'\"}");
    expect_failure("stages: [{name: mql, who: ' '}]\n", "2:27: the condition 'who' is empty", "");
    expect_failure("stages: [{name: mql, who: x, when: y}]\n", "2:30: unknown key 'when'",
                   "known are: name, from, who, did, times, within, crm");
}

static void refuses_counts_of_nothing(void **state)
{
    (void)state;
    expect_failure("stages: [{name: mql, who: x, times: 2}]\n",
                   "2:37: the stage 'mql' has 'times', but no 'did' that they count", "");
    expect_failure("stages: [{name: mql, did: x, within: 2d}]\n",
                   "2:38: the stage 'mql' has 'within', but no two touches that it could hold together",
                   "such as times: 3, within: 14d");
    expect_failure("stages: [{name: mql, did: x, times: 1, within: 2d}]\n", "no two touches",
                   "such as times: 3, within: 14d");
}

static void refuses_definitions_of_one_time(void **state)
{
    (void)state;
    expect_failure("stages: [{name: mql, who: x}, {name: mql, who: y}]\n",
                   "2:31: the stage 'mql' has two definitions from the beginning",
                   "say from which day the later one is in force: {name: mql, from: 2026-07-01, ...}");
    expect_failure(
        "stages: [{name: a, from: 2026-07-01, who: x}, {name: b, who: x}, {name: a, from: 2026-07-01, who: y}]\n",
        "the stage 'a' has two definitions from 2026-07-01", "");
    static const char *const days[] = {"2026-02-30", "2026-7-1", "today", "2026-07-01T00:00:00Z", "2026-00-10"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char content[100];
        snprintf(content, sizeof content, "stages: [{name: a, from: '%s', who: x}]\n", days[i]);
        expect_failure(content, "'from' must be a day such as 2026-07-01, not", "");
    }
}

static void reads_personas_and_score(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    expect_loads("personas:\n"
                 "  - {name: production manager, who: \"title ~* 'production'\"}\n"
                 "  - {name: it, who: title = 'CIO'}\n"
                 "score:\n"
                 "  half_life_days: 14\n"
                 "  rules:\n"
                 "    - {name: pricing read, did: \"path like '/pricing%'\", points: 10}\n"
                 "    - {name: student, who: \"title ~* 'student'\", points: -50}\n",
                 &config);
    assert_int_equal(2, config.persona_count);
    assert_string_equal("production manager", config.personas[0].name);
    assert_true(text_is(config.personas[1].who.text, "title = 'CIO'"));
    assert_int_equal(14, config.score.half_life_days);
    assert_int_equal(2, config.score.rule_count);
    assert_string_equal("pricing read", config.score.rules[0].name);
    assert_true(condition_is_given(&config.score.rules[0].did));
    assert_int_equal(10, config.score.rules[0].points);
    assert_int_equal(-50, config.score.rules[1].points);
}

static void refuses_wrong_personas_and_rules(void **state)
{
    (void)state;
    expect_failure("personas: [{name: a, who: x}, {name: a, who: y}]\n", "the name 'a' is given twice in 'personas'",
                   "it was first given in line 2");
    expect_failure("personas: [{name: a, did: x}]\n", "unknown key 'did'", "known are: name, who");
    expect_failure("score: {rules: [{name: a, points: 1}]}\n", "the rule 'a' needs either 'who' or 'did'",
                   "for both write two rules");
    expect_failure("score: {rules: [{name: a, who: x, did: y, points: 1}]}\n", "the rule 'a' needs either",
                   "for both write two rules");
    expect_failure("score: {rules: [{name: a, who: x, points: 0}]}\n", "the rule 'a' gives no points", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_stages),
        cmocka_unit_test(has_none_unless_given),
        cmocka_unit_test(refuses_stages_that_say_nothing),
        cmocka_unit_test(refuses_counts_of_nothing),
        cmocka_unit_test(refuses_definitions_of_one_time),
        cmocka_unit_test(reads_personas_and_score),
        cmocka_unit_test(refuses_wrong_personas_and_rules),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
