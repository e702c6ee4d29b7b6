/* Small append files that travel together in one batch. */
#include "tests/unit/extract/extract_run.h"

#include "common/file.h"
#include "extract/bookmark.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(small_files_travel_together),
        EACH(forgets_files_that_are_gone),
        EACH(what_cannot_be_read_leaves_no_trace),
        EACH(large_files_go_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
