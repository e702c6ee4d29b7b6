/* What the tests of the configuration share: a file of their own that is loaded, or refused with a message.
 *
 *     Fixture *fixture = *state;
 *     assert_loads(fixture, deals("csv", FIELDS, "    mode: upsert\n"));
 *     assert_refused(fixture, "spol: x\n", "1:1: unknown key 'spol'", "did you mean 'spool'?");
 *     ...
 *     const struct CMUnitTest tests[] = {TEST(fills_defaults)};
 */
#ifndef CLOSEDLOOP_TESTS_CONFIG_CHECK_H
#define CLOSEDLOOP_TESTS_CONFIG_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"
#include "common/config/mapping.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char folder[64], path[128], start[PATH_MAX];
    Config config;
    Error error;
} Fixture;

static inline int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/closedloop_config_XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    assert_non_null(getcwd(fixture->start, sizeof fixture->start));
    snprintf(fixture->path, sizeof fixture->path, "%s/closedloop.yaml", fixture->folder);
    unsetenv("CLOSEDLOOP_CONFIG");
    unsetenv("CLOSEDLOOP_SPOOL");
    unsetenv("CLOSEDLOOP_SECRET_FILE");
    unsetenv("CLOSEDLOOP_DATABASE");
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(chdir(fixture->start), 0);
    config_done(&fixture->config);
    unlink(fixture->path);
    rmdir(fixture->folder);
    test_free(fixture);
    return 0;
}

static inline void write_config(Fixture *fixture, const char *content)
{
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void assert_loads(Fixture *fixture, const char *content)
{
    write_config(fixture, content);
    config_done(&fixture->config);
    Status status = config_load(fixture->path, &fixture->config, &fixture->error);
    if (status != STATUS_OK)
        print_error("%s\n", fixture->error.message);
    assert_int_equal(status, STATUS_OK);
}

/* The message without the path of the file, "LINE:COLUMN: ..."; the configuration is untouched. */
static inline void assert_refused(Fixture *fixture, const char *content, const char *message, const char *hint)
{
    Config untouched = {.source_count = 77};
    write_config(fixture, content);
    assert_int_equal(config_load(fixture->path, &untouched, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
    size_t size = strlen(fixture->path);
    assert_memory_equal(fixture->error.message, fixture->path, size);
    assert_string_equal(fixture->error.message + size + 1, message);
    if (hint)
        assert_string_equal(fixture->error.hint, hint);
    assert_int_equal(untouched.source_count, 77);
}

/* One source of deals, with these keys in place of its own or besides them. */
static inline const char *deals(const char *format, const char *fields, const char *more)
{
    static char content[4096];
    snprintf(content, sizeof content,
             "sources:\n  - name: deals\n    kind: deal\n    format: %s\n    path: deals.csv\n    fields: %s\n%s",
             format, fields, more);
    return content;
}

#define FIELDS "{deal_key: Id, created_at: Made}"

static inline void assert_text(Text text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static inline Key digest_of(Fixture *fixture, const char *content)
{
    assert_loads(fixture, content);
    return fixture->config.sources[0].mapping_digest;
}

static inline void write_list(const Fixture *fixture, const char *name, const char *content)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
