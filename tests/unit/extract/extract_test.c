#include "tests/unit/extract/extract_run.h"

#include "common/file.h"

#include <signal.h>

/* --- batches -------------------------------------------------------------------------------------------------- */

static void makes_a_batch_of_each_file(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Outcome outcome = run("--read-at 2026-04-06T02:00:00Z");
    assert_int_equal(0, outcome.exit_status);
    assert_non_null(strstr(outcome.out, "source  read  emitted  rejected  duplicate  filtered  seconds"));
    assert_non_null(strstr(outcome.out, "\nrates      3        2         1          0         0"));
    assert_int_equal(2, batch_count());
    Manifest manifest;
    const char *folder;
    read_manifest(0, &arena, &manifest, &folder);
    assert_string_equal("rates", manifest.source);
    assert_string_equal("rates", manifest.system);
    assert_int_equal(MODE_UPSERT, manifest.mode);
    assert_int_equal(INT64_C(1775440800000000), manifest.read_at);
    assert_int_equal(1, manifest.sequence);
    assert_int_equal(1, manifest.input_count);
    assert_string_equal(check_path("r1.csv"), manifest.inputs[0].file);
    assert_int_equal(1, manifest.count_count);
    assert_int_equal(3, manifest.counts[0].read);
    assert_int_equal(1, manifest.counts[0].rejected);
    assert_int_equal(2, manifest.file_count);
    cleanup(record_reader_done) RecordReader reader = {0};
    Record record;
    const char *path = arena_printf(&arena, "%s/rate.records", folder);
    assert_int_equal(STATUS_OK, record_reader_open(&reader, path, RECORD_RATE, &error));
    assert_int_equal(STATUS_OK, record_reader_next(&reader, &record, &error));
    assert_int_equal(2, record.line);
    assert_true(text_is(record.values[RATE_CURRENCY], "USD"));
    assert_int_equal(STATUS_OK, record_reader_next(&reader, &record, &error));
    assert_true(text_is(record.values[RATE_RATE], "1.1"));
    assert_int_equal(STATUS_END, record_reader_next(&reader, &record, &error));
    cleanup(record_reader_done) RecordReader rejects = {0};
    path = arena_printf(&arena, "%s/reject.records", folder);
    assert_int_equal(STATUS_OK, record_reader_open(&rejects, path, RECORD_REJECT, &error));
    assert_int_equal(STATUS_OK, record_reader_next(&rejects, &record, &error));
    assert_true(text_is(record.values[REJECT_CODE], "ragged"));
    assert_true(text_is(record.values[REJECT_RAW], "bad"));
}

static void reads_nothing_twice(void **state)
{
    (void)state;
    expect_run("", 0);
    assert_int_equal(2, batch_count());
    Outcome outcome = run("");
    assert_int_equal(0, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "rates: 0 files read, 1 unchanged"));
    assert_int_equal(2, batch_count());
    /* Touched, but the same bytes. */
    check_write_string("deals.json", "{\"id\":1,\"at\":\"2026-01-01\"}\n");
    expect_run("", 0);
    assert_int_equal(2, batch_count());
    outcome = run("");
    assert_non_null(strstr(outcome.log, "deals: 0 files read, 1 unchanged"));
    expect_run("--full", 0);
    assert_int_equal(4, batch_count());
}

static void returns_to_an_earlier_state(void **state)
{
    (void)state;
    static const char *const contents[] = {"{\"id\":1}\n", "{\"id\":2}\n", "{\"id\":1}\n"};
    for (size_t i = 0; i < 3; i++) {
        check_write_string("deals.json", contents[i]);
        expect_run("--source deals", 0);
        assert_int_equal(i + 1, batch_count());
    }
}

static void reads_again_under_another_mapping(void **state)
{
    (void)state;
    expect_run("--source deals", 0);
    configure("", "  - {name: deals, kind: deal, format: ndjson, mode: snapshot, path: deals.json, "
                  "fields: {deal_key: id, created_at: at, name: n}}\n");
    expect_run("", 0);
    assert_int_equal(2, batch_count());
}

static void takes_parts_together(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    configure("  - {name: parts, kind: deal, format: ndjson, mode: snapshot, parts: together, path: ['p*', q], "
              "fields: {deal_key: id, created_at: at}}\n",
              "");
    check_write_string("p2", "{\"id\":2}\n");
    check_write_string("p1", "{\"id\":1}\n");
    expect_run("", 66); /* without q it is not whole */
    assert_int_equal(0, batch_count());
    check_write_string("q", "{\"id\":3}\n");
    expect_run("", 0);
    assert_int_equal(1, batch_count());
    Manifest manifest;
    const char *folder;
    read_manifest(0, &arena, &manifest, &folder);
    assert_int_equal(3, manifest.input_count);
    assert_string_equal(check_path("p1"), manifest.inputs[0].file);
    assert_string_equal(check_path("q"), manifest.inputs[2].file);
    assert_int_equal(3, manifest.counts[0].read);
    expect_run("", 0);
    assert_int_equal(1, batch_count());
    /* A part that is gone is a change. */
    assert_int_equal(0, unlink(check_path("p2")));
    expect_run("", 0);
    assert_int_equal(2, batch_count());
}

static void leaves_out_old_files(void **state)
{
    (void)state;
    const struct timespec old[2] = {{.tv_sec = 1767225600}, {.tv_sec = 1767225600}}; /* 2026-01-01T00:00:00Z */
    assert_int_equal(0, utimensat(AT_FDCWD, check_path("r1.csv"), old, 0));
    expect_run("--source rates --since 2026-01-01T00:00:01Z", 0);
    assert_int_equal(0, batch_count());
    expect_run("--source rates --since 2026-01-01", 0);
    assert_int_equal(1, batch_count());
}

/* --- what goes wrong ------------------------------------------------------------------------------------------ */

static void goes_on_after_a_bad_file(void **state)
{
    (void)state;
    check_write_string("r0.csv", "currency,d,r\n");
    Outcome outcome = run("");
    assert_int_equal(65, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "r0.csv: has no column 'c'"));
    assert_non_null(strstr(outcome.log, "hint: columns: currency, d, r"));
    assert_int_equal(2, batch_count());
    assert_int_equal(2, entry_count("spool/extracted"));
    /* It is read again when it is whole. */
    check_write_string("r0.csv", "c,d,r\n");
    expect_run("", 0);
    assert_int_equal(3, batch_count());
}

static void says_what_is_missing(void **state)
{
    (void)state;
    assert_int_equal(0, unlink(check_path("r1.csv")));
    Outcome outcome = run("");
    assert_int_equal(66, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "r*.csv: no file has such a name"));
    assert_int_equal(1, batch_count());
    assert_int_equal(0, unlink(check_path("deals.json")));
    expect_run("--source deals", 66);
}

static void refuses_snapshots_that_are_not_whole(void **state)
{
    (void)state;
    check_write_string("deals.json", "");
    Outcome outcome = run("--source deals");
    assert_int_equal(65, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "deals.json: is empty"));
    configure("", "  - {name: deals, kind: deal, format: json, mode: snapshot, path: deals.json, "
                  "fields: {deal_key: id, created_at: at}}\n");
    check_write_string("deals.json", "[{\"id\":1},{\"id\":2}");
    expect_run("", 65);
    assert_int_equal(0, batch_count());
    check_write_string("deals.json", "[]");
    expect_run("", 0);
    assert_int_equal(1, batch_count());
}

static void warns_of_empty_files(void **state)
{
    (void)state;
    check_write_string("r1.csv", "");
    Outcome outcome = run("--source rates");
    assert_int_equal(0, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "warning: rates: "));
    assert_non_null(strstr(outcome.log, "r1.csv: is empty"));
    assert_int_equal(1, batch_count());
}

static void is_alone_in_its_spool(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    assert_int_equal(STATUS_OK, folder_make(check_path("spool"), 0700, &error));
    assert_int_equal(STATUS_OK, batch_lock(check_path("spool"), "extract", &lock, &error));
    expect_run("", 75);
    file_lock_done(&lock);
    expect_run("", 0);
}

static void removes_what_a_killed_run_left(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, folder_make(check_path("spool/extracted/.rates.partial"), 0700, &error));
    check_write_string("spool/extracted/.rates.partial/rate.records", "half");
    expect_run("", 0);
    assert_int_equal(2, entry_count("spool/extracted"));
}

static void says_when_the_spool_takes_nothing(void **state)
{
    (void)state;
    check_write_string("spool", "a file");
    expect_run("", 73);
}

static void refuses_wrong_usage(void **state)
{
    (void)state;
    expect_run("--since yesterday", 64);
    expect_run("--preview 0", 64);
    Outcome outcome = run("--source deal");
    assert_int_equal(64, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "did you mean 'deals'?"));
    check_write_string("closedloop.yaml", "spol: x\n");
    expect_run("", 78);
}

/* --- without writing ------------------------------------------------------------------------------------------ */

static void writes_nothing_in_a_dry_run(void **state)
{
    (void)state;
    Outcome outcome = run("--dry-run");
    assert_int_equal(0, outcome.exit_status);
    assert_non_null(strstr(outcome.out, "\nrates      3        2         1"));
    assert_int_equal(-1, access(check_path("spool"), F_OK));
}

static void shows_a_preview(void **state)
{
    (void)state;
    Outcome outcome = run("--preview 1 --source deals");
    assert_int_equal(0, outcome.exit_status);
    const char *shown = "source deals: 1 file\n\ndeal, line 1\n    deal_key    1           <- id\n"
                        "    created_at  2026-01-01  <- at\n";
    assert_int_equal(0, strncmp(outcome.out, shown, strlen(shown)));
    assert_int_equal(-1, access(check_path("spool"), F_OK));
}

static void is_quiet(void **state)
{
    (void)state;
    Outcome outcome = run("--quiet");
    assert_int_equal(0, outcome.exit_status);
    assert_string_equal("", outcome.out);
    assert_string_equal("", outcome.log);
}

/* --- signals -------------------------------------------------------------------------------------------------- */

/* Starts a run, sends it SIGTERM once its first batch is bookmarked, and returns its exit status. */
static int run_and_stop(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(run("--source rates").exit_status);
    for (int i = 0; i < 10000 && access(check_path("spool/state/rates.json"), F_OK) != 0; i++)
        usleep(1000);
    char pid[32];
    read_back("spool/extract.lock", pid, sizeof pid);
    long long number;
    int status;
    if (text_to_int64(text_trim(text_from(pid)), &number))
        kill((pid_t)number, SIGTERM);
    assert_int_equal(child, waitpid(child, &status, 0));
    return WEXITSTATUS(status);
}

static void stops_cleanly(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    /* Long enough that the signal comes in the middle, unless the machine is busy with other things. */
    FILE *file = fopen(check_path("r2.csv"), "wb");
    assert_non_null(file);
    fputs("c,d,r\n", file);
    for (int i = 0; i < 4000000; i++)
        fputs("USD,2026-01-01,0.9\n", file);
    fclose(file);
    int exit_status = run_and_stop();
    for (int i = 0; i < 9 && exit_status == 0; i++) {
        assert_int_equal(STATUS_OK, folder_remove(check_path("spool"), &error));
        exit_status = run_and_stop();
    }
    assert_int_equal(143, exit_status);
    assert_int_equal(1, entry_count("spool/extracted"));
    Outcome outcome = run("--source rates");
    assert_int_equal(0, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "rates: 1 file read, 1 unchanged"));
    assert_int_equal(2, batch_count());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(makes_a_batch_of_each_file),
        EACH(reads_nothing_twice),
        EACH(returns_to_an_earlier_state),
        EACH(reads_again_under_another_mapping),
        EACH(takes_parts_together),
        EACH(leaves_out_old_files),
        EACH(goes_on_after_a_bad_file),
        EACH(says_what_is_missing),
        EACH(refuses_snapshots_that_are_not_whole),
        EACH(warns_of_empty_files),
        EACH(is_alone_in_its_spool),
        EACH(removes_what_a_killed_run_left),
        EACH(says_when_the_spool_takes_nothing),
        EACH(refuses_wrong_usage),
        EACH(writes_nothing_in_a_dry_run),
        EACH(shows_a_preview),
        EACH(is_quiet),
        EACH(stops_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
