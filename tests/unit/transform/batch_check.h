/* For tests of closedloop-transform: makes extracted batches in a spool of their own, runs the program on them, and
 * reads the load-ready files back.
 *
 *     Spool spool;
 *     spool_make(&spool, deals_source);                          // YAML of one source or more
 *     spool_add(&spool, RECORD_DEAL, 2, "deal_key=D-1", "amount=12.50", NULL);
 *     spool_commit(&spool, "crm", READ_AT);
 *     assert_int_equal(spool_run(&spool), 0);
 *     Rows deals = spool_rows(&spool, 0, "deal");
 *     assert_cell(&deals, 0, "amount", "12.50");
 */
#ifndef CLOSEDLOOP_TESTS_TRANSFORM_BATCH_CHECK_H
#define CLOSEDLOOP_TESTS_TRANSFORM_BATCH_CHECK_H

#include "common/batch.h"
#include "common/config/config.h"
#include "common/folder.h"
#include "common/time.h"
#include "transform/transform.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_AT INT64_C(1775440800000000) /* 2026-04-06T02:00:00Z */

enum { ROWS_MAX = 64, SPOOL_BATCHES_MAX = 8 };

/* The secret of every spool made here. */
#define TEST_SECRET_HEX "1111111111111111111111111111111111111111111111111111111111111111"

static inline Secret test_secret(void)
{
    Secret secret;
    memset(secret.bytes, 0x11, sizeof secret.bytes);
    return secret;
}

/* Keys as transform/record_key.h and transform/identity_key.h say they are made: KEY("deal", TEXT("crm"), TEXT("D-1")).
 */
static inline Key secret_key(const char *name, const Text *parts, size_t count)
{
    Secret secret = test_secret();
    return key_of_secret(&secret, text_from(name), parts, count);
}

#define KEY(name, ...) key_of(TEXT(name), (Text[]){__VA_ARGS__}, sizeof((Text[]){__VA_ARGS__}) / sizeof(Text))
#define SECRET_KEY(name, ...) secret_key(name, (Text[]){__VA_ARGS__}, sizeof((Text[]){__VA_ARGS__}) / sizeof(Text))
#define BYTES_OF(key) ((Text){(const char *)(key).bytes, sizeof(key).bytes})

typedef struct Spool {
    char folder[64];
    const char *path, *config;
    Arena arena;
    Buffer records[RECORD_KIND_COUNT]; /* of the batch to be committed next */
    int64_t counts[RECORD_KIND_COUNT];
    int64_t filtered; /* by extract, of the first kind that has records */
    int64_t sequence;
    const char *input; /* the file that batches were read from; /data/input.csv, which is not there, unless set */
    Error error;
} Spool;

/* A file that was read back: cells are raw bytes. */
typedef struct Rows {
    const char *const *columns;
    size_t column_count, count;
    Text cells[ROWS_MAX][32];
} Rows;

#define ASSERT_OK(spool, expression)                                                                                   \
    do {                                                                                                               \
        if ((expression) != STATUS_OK)                                                                                 \
            fail_msg("%s", (spool)->error.message);                                                                    \
    } while (0)

static inline void spool_write_file(const char *path, Text text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.size, file), text.size);
    assert_int_equal(fclose(file), 0);
}

static inline void spool_configure(Spool *spool, const char *sources)
{
    static const char head[] = "database: \"\"\nspool: spool\nreporting: {timezone: Europe/Berlin, currency: EUR}\n"
                               "sources:\n";
    char *text = arena_printf(&spool->arena, "%s%s", head, sources);
    assert_non_null(text);
    spool_write_file(spool->config, text_from(text));
}

static inline void spool_make(Spool *spool, const char *sources)
{
    unsetenv("CLOSEDLOOP_CONFIG");
    unsetenv("CLOSEDLOOP_SPOOL");
    unsetenv("CLOSEDLOOP_SECRET_FILE");
    unsetenv("CLOSEDLOOP_DATABASE");
    *spool = (Spool){.folder = "/tmp/closedloop-transform-XXXXXX", .arena = arena_make(64 << 20)};
    assert_non_null(mkdtemp(spool->folder));
    spool->path = path_join(&spool->arena, spool->folder, "spool");
    spool->config = path_join(&spool->arena, spool->folder, "closedloop.yaml");
    spool_configure(spool, sources);
    const char *secret = path_join(&spool->arena, spool->folder, "closedloop.secret");
    spool_write_file(secret, TEXT(TEST_SECRET_HEX "\n"));
    assert_int_equal(chmod(secret, 0600), 0);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        spool->records[kind] = buffer_make(256 << 20);
}

static inline void spool_done(Spool *spool)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        buffer_done(&spool->records[kind]);
    assert_int_equal(folder_remove(spool->folder, &spool->error), STATUS_OK);
    arena_done(&spool->arena);
}

/* A record of the batch that is committed next. */
static inline void spool_add_record(Spool *spool, RecordKind kind, const Record *record)
{
    Buffer *buffer = &spool->records[kind];
    if (buffer->size == 0)
        ASSERT_OK(spool, record_encode_header(kind, buffer, &spool->error));
    ASSERT_OK(spool, record_encode(kind, record, buffer, &spool->error));
    spool->counts[kind]++;
}

/* The same from texts "name=value"; ends with NULL. */
static inline void spool_add(Spool *spool, RecordKind kind, uint32_t line, ...)
{
    Record record = {.line = line};
    va_list values;
    va_start(values, line);
    for (const char *value; (value = va_arg(values, const char *));) {
        size_t name = text_find(text_from(value), '=');
        int field = record_field_find(kind, (Text){value, name});
        if (field < 0)
            fail_msg("no field for %s", value);
        record.values[field] = text_from(value + name + 1);
    }
    va_end(values);
    spool_add_record(spool, kind, &record);
}

/* A kind without any record: its file is there. */
static inline void spool_add_none(Spool *spool, RecordKind kind)
{
    ASSERT_OK(spool, record_encode_header(kind, &spool->records[kind], &spool->error));
}

static inline BatchFile spool_write_records(Spool *spool, RecordKind kind, const char *folder)
{
    Buffer *buffer = &spool->records[kind];
    const char *name = arena_printf(&spool->arena, "%s.records", record_spec(kind)->name);
    spool_write_file(path_join(&spool->arena, folder, name), buffer_text(buffer));
    BatchFile file = {.table = record_spec(kind)->name,
                      .name = name,
                      .rows = spool->counts[kind],
                      .bytes = (int64_t)buffer->size,
                      .digest = hash_bytes(buffer_text(buffer))};
    return file;
}

/* Commits what was added as an extracted batch of the source. Rejects count for the first kind that has records. */
static inline void spool_commit(Spool *spool, const char *source_name, int64_t read_at)
{
    Config config = {0};
    ASSERT_OK(spool, config_load(spool->config, &config, &spool->error));
    const Source *source = config_source(&config, source_name);
    assert_non_null(source);
    const char *folder;
    ASSERT_OK(spool, batch_begin(spool->path, STAGE_EXTRACTED, "making", &spool->arena, &folder, &spool->error));
    BatchFile files[RECORD_KIND_COUNT];
    BatchCount counts[RECORD_KIND_COUNT];
    BatchInput input = {.file = spool->input ? spool->input : "/data/input.csv",
                        .digest = {{(uint8_t)++spool->sequence}},
                        .decoded_bytes = 1000};
    Manifest manifest = {.mapping_digest = source->mapping_digest,
                         .source = source->name,
                         .system = source->system,
                         .mode = source->mode,
                         .read_at = read_at,
                         .sequence = spool->sequence,
                         .max_deleted = source->max_deleted,
                         .first_at = INT64_MAX,
                         .last_at = INT64_MIN,
                         .inputs = &input,
                         .input_count = 1,
                         .counts = counts,
                         .files = files};
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (spool->records[kind].size == 0)
            continue;
        files[manifest.file_count++] = spool_write_records(spool, (RecordKind)kind, folder);
        if (kind == RECORD_REJECT)
            continue;
        int64_t count = spool->counts[kind], rejected = manifest.count_count ? 0 : spool->counts[RECORD_REJECT];
        int64_t filtered = manifest.count_count ? 0 : spool->filtered;
        counts[manifest.count_count++] = (BatchCount){.kind = (RecordKind)kind,
                                                      .read = count + rejected + filtered,
                                                      .emitted = count,
                                                      .rejected = rejected,
                                                      .filtered = filtered};
    }
    manifest_seal(&manifest);
    const char *name = batch_name(&manifest, &spool->arena);
    ASSERT_OK(spool, batch_commit(spool->path, STAGE_EXTRACTED, folder, name, &manifest, &spool->error));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        buffer_clear(&spool->records[kind]);
        spool->counts[kind] = 0;
    }
    config_done(&config);
}

/* Runs the program with up to three more arguments; returns its exit status. */
static inline int spool_run_with(const Spool *spool, const char *first, const char *second, const char *third)
{
    const char *arguments[] = {
        "closedloop-transform", "--config", spool->config, "--quiet", first, second, third, NULL};
    char *argv[8] = {NULL};
    int argc = 0;
    while (argc < 7 && arguments[argc]) {
        argv[argc] = strdup(arguments[argc]);
        assert_non_null(argv[argc]);
        argc++;
    }
    int status = transform_main(argc, argv);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return status;
}

static inline int spool_run(const Spool *spool)
{
    return spool_run_with(spool, NULL, NULL, NULL);
}

static inline size_t spool_count(Spool *spool, BatchStage stage)
{
    const char *const *names;
    size_t count;
    ASSERT_OK(spool, batch_list(spool->path, stage, &spool->arena, &names, &count, &spool->error));
    return count;
}

/* The folder of the batch at that position in a stage. */
static inline const char *spool_folder(Spool *spool, BatchStage stage, size_t position)
{
    const char *const *names, *folder;
    size_t count;
    ASSERT_OK(spool, batch_list(spool->path, stage, &spool->arena, &names, &count, &spool->error));
    if (position >= count)
        fail_msg("there are %zu batches", count);
    ASSERT_OK(spool, batch_stage_folder(spool->path, stage, &spool->arena, &folder, &spool->error));
    return path_join(&spool->arena, folder, names[position]);
}

static inline Manifest spool_manifest(Spool *spool, size_t position)
{
    Manifest manifest;
    const char *path = path_join(&spool->arena, spool_folder(spool, STAGE_TRANSFORMED, position), "manifest.json");
    ASSERT_OK(spool, manifest_read(path, &spool->arena, &manifest, &spool->error));
    return manifest;
}

static inline const BatchFile *spool_file(const Manifest *manifest, const char *table)
{
    for (size_t i = 0; i < manifest->file_count; i++)
        if (strcmp(manifest->files[i].table, table) == 0)
            return &manifest->files[i];
    return NULL;
}

static inline BatchCount manifest_count(const Manifest *manifest, RecordKind kind)
{
    for (size_t i = 0; i < manifest->count_count; i++)
        if (manifest->counts[i].kind == kind)
            return manifest->counts[i];
    return (BatchCount){.kind = kind, .read = -1};
}

static inline uint64_t read_number(Text bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++)
        value = value << 8 | (unsigned char)bytes.data[i];
    return value;
}

static inline Text take_bytes(Text *rest, size_t size)
{
    if (rest->size < size)
        fail_msg("the file is cut");
    Text piece = {rest->data, size};
    *rest = (Text){rest->data + size, rest->size - size};
    return piece;
}

/* The rows of a table of the batch at that position. Fails if the file is not what PostgreSQL's COPY reads, or not what
 * the manifest says. */
static inline Rows spool_rows(Spool *spool, size_t position, const char *table)
{
    Manifest manifest = spool_manifest(spool, position);
    const BatchFile *file = spool_file(&manifest, table);
    if (!file)
        fail_msg("the batch has no table %s", table);
    const char *path = path_join(&spool->arena, spool_folder(spool, STAGE_TRANSFORMED, position), file->name);
    Buffer buffer = buffer_make(64 << 20);
    ASSERT_OK(spool, file_read_all(path, 64 << 20, &buffer, &spool->error));
    Text rest = arena_copy_text(&spool->arena, buffer_text(&buffer));
    buffer_done(&buffer);
    assert_int_equal(rest.size, file->bytes);
    Key digest = hash_bytes(rest);
    assert_memory_equal(digest.bytes, file->digest.bytes, sizeof digest.bytes);
    assert_memory_equal(take_bytes(&rest, 19).data, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    Rows rows = {.columns = file->columns, .column_count = file->column_count};
    for (;;) {
        uint64_t fields = read_number(take_bytes(&rest, 2));
        if (fields == UINT16_MAX)
            break;
        assert_int_equal(fields, file->column_count);
        assert_true(rows.count < (size_t)ROWS_MAX);
        for (size_t i = 0; i < fields; i++) {
            uint64_t size = read_number(take_bytes(&rest, 4));
            rows.cells[rows.count][i] = size == UINT32_MAX ? TEXT_NULL : take_bytes(&rest, (size_t)size);
        }
        rows.count++;
    }
    assert_int_equal(rest.size, 0);
    assert_int_equal(rows.count, file->rows);
    return rows;
}

static inline Text cell(const Rows *rows, size_t row, const char *column)
{
    if (row >= rows->count)
        fail_msg("there are %zu rows", rows->count);
    for (size_t i = 0; i < rows->column_count; i++)
        if (strcmp(rows->columns[i], column) == 0)
            return rows->cells[row][i];
    fail_msg("there is no column %s", column);
    return TEXT_NULL;
}

static inline void assert_cell(const Rows *rows, size_t row, const char *column, const char *expected)
{
    Text found = cell(rows, row, column);
    if (text_is_null(found) || !text_is(found, expected))
        fail_msg("%s of row %zu is '%.*s', not '%s'", column, row, TEXT_PRINTF(found), expected);
}

static inline void assert_cell_null(const Rows *rows, size_t row, const char *column)
{
    if (!text_is_null(cell(rows, row, column)))
        fail_msg("%s of row %zu is not null", column, row);
}

static inline void assert_cell_number(const Rows *rows, size_t row, const char *column, size_t size, int64_t expected)
{
    Text found = cell(rows, row, column);
    assert_int_equal(found.size, size);
    int64_t value = size == 4 ? (int32_t)(uint32_t)read_number(found) : (int64_t)read_number(found);
    if (value != expected)
        fail_msg("%s of row %zu is %lld, not %lld", column, row, (long long)value, (long long)expected);
}

static inline void assert_cell_boolean(const Rows *rows, size_t row, const char *column, bool expected)
{
    assert_cell_number(rows, row, column, 1, expected);
}

/* An instant as ISO text. */
static inline void assert_cell_time(const Rows *rows, size_t row, const char *column, const char *expected)
{
    Text found = cell(rows, row, column);
    assert_int_equal(found.size, 8);
    char text[TIME_ISO_SIZE];
    time_write_iso((int64_t)read_number(found) + INT64_C(946684800000000), text);
    assert_string_equal(text, expected);
}

static inline void assert_cell_key(const Rows *rows, size_t row, const char *column, Key expected)
{
    Text found = cell(rows, row, column);
    assert_int_equal(found.size, sizeof expected.bytes);
    if (memcmp(found.data, expected.bytes, sizeof expected.bytes) != 0)
        fail_msg("%s of row %zu is another key", column, row);
}

/* PostgreSQL's binary numeric, as text with its display scale. */
static inline void assert_cell_numeric(const Rows *rows, size_t row, const char *column, const char *expected)
{
    Text found = cell(rows, row, column);
    assert_true(found.size >= 8);
    int digits = (int)read_number(take_bytes(&found, 2));
    int weight = (int16_t)read_number(take_bytes(&found, 2));
    bool is_negative = read_number(take_bytes(&found, 2)) == 0x4000;
    int scale = (int)read_number(take_bytes(&found, 2));
    char text[256];
    size_t size = (size_t)snprintf(text, sizeof text, "%s", is_negative ? "-" : "");
    size_t start = size;
    for (int place = weight > 0 ? weight : 0; place >= -(scale + 3) / 4; place--) {
        int index = weight - place;
        int group = index >= 0 && index < digits
                        ? (int)((uint8_t)found.data[2 * index] << 8 | (uint8_t)found.data[2 * index + 1])
                        : 0;
        if (place == -1)
            text[size++] = '.';
        size += (size_t)snprintf(text + size, sizeof text - size, "%04d", group);
    }
    int extra = (4 - scale % 4) % 4;
    text[size - (size_t)extra] = '\0';
    while (text[start] == '0' && text[start + 1] && text[start + 1] != '.')
        memmove(text + start, text + start + 1, strlen(text + start));
    if (strcmp(text, expected) != 0)
        fail_msg("%s of row %zu is %s, not %s", column, row, text, expected);
}

#endif
