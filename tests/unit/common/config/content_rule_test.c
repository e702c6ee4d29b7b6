#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/closedloop_content_rule_XXXXXX";

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
    fprintf(file, "spool: spool\ncontent:\n%s", content);
    assert_int_equal(0, fclose(file));
    return config_load(path, config, error);
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

static void reads_rules(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    if (load("  - {path: '/blog/*', kind: blog}\n"
             "  - {path: [/, '*.pdf', '/a?id=*'], host: ['*.Example.COM', b.example], topic: t, stage: s, persona: p}\n"
             "  - {persona: all}\n",
             &config, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    assert_int_equal(3, config.content_rule_count);
    const ContentRule *rule = &config.content_rules[0];
    assert_int_equal(1, rule->path_count);
    assert_true(text_is(rule->paths[0], "/blog/*"));
    assert_int_equal(0, rule->host_count);
    assert_true(text_is(rule->kind, "blog"));
    assert_true(text_is_null(rule->topic));
    rule = &config.content_rules[1];
    assert_int_equal(3, rule->path_count);
    assert_true(text_is(rule->paths[0], "/"));
    assert_true(text_is(rule->paths[2], "/a?id=*"));
    assert_true(text_is(rule->hosts[0], "*.example.com"));
    assert_true(text_is(rule->topic, "t") && text_is(rule->stage, "s") && text_is(rule->persona, "p"));
    assert_int_equal(0, config.content_rules[2].path_count);
}

/* As canonical URLs are written. */
static void writes_paths_as_addresses_are_kept(void **state)
{
    (void)state;
    cleanup(config_done) Config config = {0};
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, load("  - {path: ['/\xC3\xBC"
                                     "ber uns/*', '/%c3%bc', '/100%'], kind: k}\n",
                                     &config, &error));
    const Text *paths = config.content_rules[0].paths;
    assert_true(text_is(paths[0], "/%C3%BCber%20uns/*"));
    assert_true(text_is(paths[1], "/%C3%BC"));
    assert_true(text_is(paths[2], "/100%"));
}

static void refuses_what_fits_nothing(void **state)
{
    (void)state;
    expect_failure("  - {path: '/blog/', kind: k}\n", "'/blog/' fits nothing",
                   "for the page and all below it write path: ['/blog', '/blog/*']");
    expect_failure("  - {path: blog, kind: k}\n", "'blog' is no pattern of a path", "path: '/blog/*'");
    expect_failure("  - {path: '', kind: k}\n", "'' is no pattern of a path", "path: '/blog/*'");
    expect_failure("  - {host: 'https://a.example', kind: k}\n", "a host is a name alone",
                   "host: www.example.com, or host: '*.example.com'");
    expect_failure("  - {host: 'a.example:80', kind: k}\n", "a host is a name alone",
                   "host: www.example.com, or host: '*.example.com'");
    expect_failure("  - {path: '/a'}\n", ":3:5: the rule says nothing of what it fits",
                   "give at least one of 'kind', 'topic', 'stage' and 'persona'");
    expect_failure("  - {path: '/a', knd: k}\n", "unknown key 'knd'", "did you mean 'kind'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rules),
        cmocka_unit_test(writes_paths_as_addresses_are_kept),
        cmocka_unit_test(refuses_what_fits_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
