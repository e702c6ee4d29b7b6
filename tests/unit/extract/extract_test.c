#include "tests/unit/extract/extract_check.h"

#include "common/batch.h"
#include "common/file.h"
#include "extract/bookmark.h"
#include "extract/extract.h"

#include <signal.h>
#include <sys/wait.h>

/* The whole program, in a process of its own, on files in a folder of its own. */

static const char rates[] = "  - {name: rates, kind: rate, format: csv, mode: upsert, path: 'r*.csv', "
                            "fields: {currency: c, day: d, rate: r}}\n";
static const char deals[] = "  - {name: deals, kind: deal, format: ndjson, mode: snapshot, path: deals.json, "
                            "fields: {deal_key: id, created_at: at}}\n";

typedef struct Outcome {
    int exit_status;
    char out[8192], log[8192];
} Outcome;

static void read_back(const char *name, char *text, size_t capacity)
{
    FILE *file = fopen(check_path(name), "rb");
    assert_non_null(file);
    text[fread(text, 1, capacity - 1, file)] = '\0';
    fclose(file);
}

static void redirect(int descriptor, const char *name)
{
    int file = open(check_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(111);
}

/* The arguments are separated by blanks; --config comes before them. */
static Outcome run(const char *arguments)
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

static void expect_run(const char *arguments, int exit_status)
{
    Outcome outcome = run(arguments);
    if (outcome.exit_status != exit_status)
        fail_msg("exit status %d instead of %d: %s", outcome.exit_status, exit_status, outcome.log);
}

static void configure(const char *first, const char *second)
{
    char yaml[4096];
    snprintf(yaml, sizeof yaml, "spool: spool\nsources:\n%s%s", first, second);
    check_write_string("closedloop.yaml", yaml);
}

static size_t batch_count(void)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, batch_list(check_path("spool"), STAGE_EXTRACTED, &arena, &names, &count, &error));
    return count;
}

/* Partial folders among them. */
static size_t entry_count(const char *folder)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *const *names;
    size_t count;
    assert_int_equal(STATUS_OK, folder_list(check_path(folder), &arena, &names, &count, &error));
    return count;
}

static void read_manifest(size_t index, Arena *arena, Manifest *ret_manifest, const char **ret_folder)
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

static int begin_each(void **state)
{
    if (check_begin(state) != 0)
        return -1;
    check_write_string("r1.csv", "c,d,r\nUSD,2026-01-01,0.9\nbad\nCHF,2026-01-01,1.1\n");
    check_write_string("deals.json", "{\"id\":1,\"at\":\"2026-01-01\"}\n");
    configure(rates, deals);
    return 0;
}

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

/* --- files that travel together ------------------------------------------------------------------------------- */

static const char events[] = "  - {name: events, kind: rate, format: csv, mode: append, path: 'e*.csv', "
                             "fields: {currency: c, day: d, rate: r}}\n";

/* Files e<number>.csv of `rows` records each. */
static void write_events(int first, int last, int rows)
{
    for (int number = first; number <= last; number++) {
        char name[16], text[4096];
        int size = snprintf(text, sizeof text, "c,d,r\n");
        for (int row = 0; row < rows; row++)
            size += snprintf(text + size, sizeof text - (size_t)size, "C%d,2026-01-01,%d\n", number, row);
        snprintf(name, sizeof name, "e%d.csv", number);
        check_write_string(name, text);
    }
}

/* The records of a batch that lies in the spool: "<file>:<line> ", in their order. */
static void expect_records(const char *folder, const char *expected)
{
    char path[512], found[512] = "";
    Error error = ERROR_INIT;
    cleanup(record_reader_done) RecordReader reader = {0};
    Record record;
    snprintf(path, sizeof path, "%s/rate.records", folder);
    assert_int_equal(STATUS_OK, record_reader_open(&reader, path, RECORD_RATE, &error));
    while (record_reader_next(&reader, &record, &error) == STATUS_OK)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%u:%u ", record.file, record.line);
    assert_string_equal(expected, found);
}

static void small_files_travel_together(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    configure(events, "");
    write_events(1, 3, 2);
    check_write_string("e2.csv", "c,d,r\nbad\n");
    expect_run("", 0);
    assert_int_equal(1, batch_count());
    Manifest manifest;
    const char *folder;
    read_manifest(0, &arena, &manifest, &folder);
    assert_int_equal(3, manifest.input_count);
    assert_int_equal(3, manifest.member_count);
    assert_int_equal(1, manifest.sequence);
    assert_int_equal(3, manifest.members[2].sequence);
    assert_int_equal(5, manifest.counts[0].read);
    assert_int_equal(2, manifest.members[0].counts[0].read);
    assert_int_equal(1, manifest.members[1].counts[0].read);
    assert_int_equal(1, manifest.members[1].counts[0].rejected);
    assert_int_equal(2, manifest.members[2].counts[0].emitted);
    expect_records(folder, "0:2 0:3 2:2 2:3 ");
    /* Each has the id that it would have had alone. */
    Manifest second = manifest_of_member(&manifest, 1), alone;
    assert_int_equal(0, folder_remove(check_path("spool"), &(Error){0}));
    assert_int_equal(0, unlink(check_path("e1.csv")));
    assert_int_equal(0, unlink(check_path("e3.csv")));
    expect_run("", 0);
    read_manifest(0, &arena, &alone, &folder);
    assert_int_equal(0, alone.member_count);
    assert_true(key_equal(&alone.batch_id, &second.batch_id));
    assert_true(key_equal(&alone.input_digest, &second.input_digest));
    /* Of what comes later only that is read. */
    write_events(4, 5, 1);
    expect_run("", 0);
    assert_int_equal(2, batch_count());
    read_manifest(1, &arena, &manifest, &folder);
    assert_int_equal(2, manifest.member_count);
    assert_int_equal(2, manifest.sequence);
}

static size_t bookmark_size(const char *source)
{
    Error error = ERROR_INIT;
    cleanup(bookmark_done) Bookmark bookmark = {0};
    assert_int_equal(STATUS_OK, bookmark_load(check_path("spool"), source, &bookmark, &error));
    return bookmark.count;
}

/* A complete run forgets files that are gone; one that looked for some alone, or did not find what the configuration
 * names, does not know. */
static void forgets_files_that_are_gone(void **state)
{
    (void)state;
    configure(events, rates);
    write_events(1, 4, 1);
    expect_run("", 0);
    assert_int_equal(4, bookmark_size("events"));
    assert_int_equal(0, unlink(check_path("e2.csv")));
    expect_run("--dry-run", 0);
    expect_run("--since 2000-01-01", 0);
    assert_int_equal(4, bookmark_size("events"));
    expect_run("", 0);
    assert_int_equal(3, bookmark_size("events"));
    assert_int_equal(0, unlink(check_path("r1.csv")));
    expect_run("", 66);
    assert_int_equal(1, bookmark_size("rates"));
    configure("  - {name: events, kind: rate, format: csv, mode: append, path: ['e*.csv', 'other/*.csv'], "
              "fields: {currency: c, day: d, rate: r}}\n",
              "");
    assert_int_equal(0, unlink(check_path("e3.csv")));
    expect_run("", 66);
    assert_int_equal(3, bookmark_size("events"));
    /* What comes back is read again. */
    configure(events, "");
    expect_run("", 0);
    assert_int_equal(2, bookmark_size("events"));
    write_events(2, 2, 1);
    expect_run("", 0);
    assert_int_equal(3, bookmark_size("events"));
}

static const char arrays[] = "  - {name: events, kind: rate, format: json, mode: append, path: 'e*.json', "
                             "fields: {currency: c, day: d, rate: r}}\n";

/* An array of so many records, and what follows them. */
static void write_array(const char *name, int count, const char *end)
{
    FILE *file = fopen(check_path(name), "wb");
    assert_non_null(file);
    for (int i = 0; i < count; i++)
        fprintf(file, "%c{\"c\":\"USD\",\"d\":\"2026-01-01\",\"r\":\"%d\"}\n", i ? ',' : '[', i);
    fputs(end, file);
    assert_int_equal(0, fclose(file));
}

/* Whether little or much of it was written before it showed that it breaks off. */
static void what_cannot_be_read_leaves_no_trace(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    configure(arrays, "");
    write_array("e1.json", 2, "]");
    write_array("e2.json", 3, "");
    write_array("e3.json", 1, "]");
    write_array("e4.json", 40000, ",{");
    write_array("e5.json", 1, "]");
    Outcome outcome = run("");
    assert_int_equal(65, outcome.exit_status);
    assert_non_null(strstr(outcome.log, "e2.json: line 4: "));
    assert_non_null(strstr(outcome.log, "e4.json: line 40001: "));
    assert_int_equal(1, batch_count());
    Manifest manifest;
    const char *folder;
    read_manifest(0, &arena, &manifest, &folder);
    assert_int_equal(3, manifest.member_count);
    assert_string_equal(check_path("e3.json"), manifest.inputs[1].file);
    assert_int_equal(5, manifest.members[2].sequence);
    assert_int_equal(4, manifest.counts[0].read);
    expect_records(folder, "0:1 0:2 1:1 2:1 ");
    Error error = ERROR_INIT;
    cleanup(buffer_done) Buffer records = buffer_make(1 << 20);
    const char *path = arena_printf(&arena, "%s/rate.records", folder);
    assert_int_equal(STATUS_OK, file_read_all(path, 1 << 20, &records, &error));
    Key digest = hash_bytes(buffer_text(&records));
    size_t place = strcmp(manifest.files[0].table, "rate") == 0 ? 0 : 1;
    assert_true(key_equal(&digest, &manifest.files[place].digest));
    assert_int_equal(4, manifest.files[place].rows);
    assert_int_equal(records.size, manifest.files[place].bytes);
    /* They come again, whole, and with them one that was only touched. */
    write_array("e2.json", 4, "]");
    write_array("e4.json", 4, "]");
    assert_int_equal(0, utimensat(AT_FDCWD, check_path("e3.json"), NULL, 0));
    expect_run("", 0);
    assert_int_equal(2, batch_count());
    read_manifest(1, &arena, &manifest, &folder);
    assert_int_equal(2, manifest.member_count);
    expect_records(folder, "0:1 0:2 0:3 0:4 1:1 1:2 1:3 1:4 ");
    expect_run("", 0);
    assert_int_equal(2, batch_count());
}

static void write_padded_array(const char *name, off_t size)
{
    static char blanks[1 << 16];
    memset(blanks, ' ', sizeof blanks);
    write_array(name, 1, "]\n");
    FILE *file = fopen(check_path(name), "ab");
    assert_non_null(file);
    while (ftello(file) < size) {
        off_t left = size - ftello(file);
        size_t step = left < (off_t)sizeof blanks ? (size_t)left : sizeof blanks;
        assert_int_equal(step, fwrite(blanks, 1, step, file));
    }
    assert_int_equal(0, fclose(file));
}

/* Files of up to 4 MiB travel together up to 64 MiB; what is larger goes alone. */
static void large_files_go_alone(void **state)
{
    (void)state;
    enum { SMALL = 4 << 20, FULL = 16 };
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    configure(arrays, "");
    static const off_t sizes[] = {1 << 10, SMALL, SMALL + 1};
    static const size_t inputs[] = {2, 1, FULL, 1};
    char name[24];
    for (int i = 0; i < 3 + FULL + 1; i++) {
        snprintf(name, sizeof name, "e%02d.json", i);
        write_padded_array(name, i < 3 ? sizes[i] : i < 3 + FULL ? SMALL : 1 << 10);
    }
    expect_run("", 0);
    assert_int_equal(sizeof inputs / sizeof *inputs, batch_count());
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        Manifest manifest;
        const char *folder;
        read_manifest(i, &arena, &manifest, &folder);
        assert_int_equal(inputs[i], manifest.input_count);
        assert_int_equal(inputs[i] > 1 ? inputs[i] : 0, manifest.member_count);
    }
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

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin_each, check_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(makes_a_batch_of_each_file),
        EACH(reads_nothing_twice),
        EACH(returns_to_an_earlier_state),
        EACH(reads_again_under_another_mapping),
        EACH(takes_parts_together),
        EACH(small_files_travel_together),
        EACH(what_cannot_be_read_leaves_no_trace),
        EACH(large_files_go_alone),
        EACH(forgets_files_that_are_gone),
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
