/* closedloop-extract as a whole, in a process of its own, on files in a folder of its own, for the tests of what it
 * leaves:
 *
 *     configure(rates, deals);
 *     expect_run("--source rates", 0);
 *     assert_int_equal(1, batch_count());
 *     ...
 *     const struct CMUnitTest tests[] = {EACH(makes_a_batch_of_each_file)};
 */
#ifndef CLOSEDLOOP_TESTS_EXTRACT_RUN_H
#define CLOSEDLOOP_TESTS_EXTRACT_RUN_H

#include "tests/unit/extract/extract_check.h"

#include "common/batch.h"
#include "extract/extract.h"

#include <sys/wait.h>

static const char rates[] = "  - {name: rates, kind: rate, format: csv, mode: upsert, path: 'r*.csv', "
                            "fields: {currency: c, day: d, rate: r}}\n";
static const char deals[] = "  - {name: deals, kind: deal, format: ndjson, mode: snapshot, path: deals.json, "
                            "fields: {deal_key: id, created_at: at}}\n";

typedef struct Outcome {
    int exit_status;
    char out[8192], log[8192];
} Outcome;

static inline void read_back(const char *name, char *text, size_t capacity)
{
    FILE *file = fopen(check_path(name), "rb");
    assert_non_null(file);
    text[fread(text, 1, capacity - 1, file)] = '\0';
    fclose(file);
}

static inline void redirect(int descriptor, const char *name)
{
    int file = open(check_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(111);
}

/* The arguments are separated by blanks; --config comes before them. */
static inline Outcome run(const char *arguments)
{
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child == 0) {
        char config[256], words[512];
        char *argv[32] = {(char *)(uintptr_t) "closedloop-extract", (char *)(uintptr_t) "--config", config};
        int argc = 3;
        snprintf(config, sizeof config, "%s", check_path("closedloop.yaml"));
        snprintf(words, sizeof words, "%s", arguments);
        char *rest = words;
        for (char *word; (word = strsep(&rest, " ")) != NULL;)
            if (*word)
                argv[argc++] = word;
        redirect(1, "stdout");
        redirect(2, "stderr");
        int status = extract_main(argc, argv);
        fflush(NULL);
        _exit(status);
    }
    int status;
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status));
    Outcome outcome = {.exit_status = WEXITSTATUS(status)};
    read_back("stdout", outcome.out, sizeof outcome.out);
    read_back("stderr", outcome.log, sizeof outcome.log);
    return outcome;
}

static inline void expect_run(const char *arguments, int exit_status)
{
    Outcome outcome = run(arguments);
    if (outcome.exit_status != exit_status)
        fail_msg("exit status %d instead of %d: %s", outcome.exit_status, exit_status, outcome.log);
}

static inline void configure(const char *first, const char *second)
{
    char yaml[4096];
    snprintf(yaml, sizeof yaml, "spool: spool\nsources:\n%s%s", first, second);
    check_write_string("closedloop.yaml", yaml);
}

static inline size_t batch_count(void)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, batch_list(check_path("spool"), STAGE_EXTRACTED, &arena, &names, &count, &error));
    return count;
}

/* Partial folders among them. */
static inline size_t entry_count(const char *folder)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, folder_list(check_path(folder), &arena, &names, &count, &error));
    return count;
}

static inline void read_manifest(size_t index, Arena *arena, Manifest *ret_manifest, const char **ret_folder)
{
    Error error = ERROR_INIT;
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, batch_list(check_path("spool"), STAGE_EXTRACTED, arena, &names, &count, &error));
    assert_true(index < count);
    *ret_folder = arena_printf(arena, "%s/extracted/%s", check_path("spool"), names[index]);
    const char *path = arena_printf(arena, "%s/manifest.json", *ret_folder);
    if (manifest_read(path, arena, ret_manifest, &error) != STATUS_OK)
        fail_msg("%s", error.message);
}

static inline int begin_each(void **state)
{
    if (check_begin(state) != 0)
        return -1;
    check_write_string("r1.csv", "c,d,r\nUSD,2026-01-01,0.9\nbad\nCHF,2026-01-01,1.1\n");
    check_write_string("deals.json", "{\"id\":1,\"at\":\"2026-01-01\"}\n");
    configure(rates, deals);
    return 0;
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin_each, check_end)

#endif
