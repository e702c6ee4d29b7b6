/* What the tests of extract share: a folder of their own, a source from a few lines of configuration, and the records
 * that come out of some bytes, written one a line.
 *
 *     expect("format: csv\nfields: {currency: c, day: d, rate: r}\n", "c,d,r\nUSD,2026-01-01,1\n",
 *            "rate 2 currency=USD day=2026-01-01 rate=1\n");
 */
#ifndef CLOSEDLOOP_TESTS_EXTRACT_CHECK_H
#define CLOSEDLOOP_TESTS_EXTRACT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"
#include "common/folder.h"
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping/mapping.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char check_folder[64];

static inline int check_begin(void **state)
{
    (void)state;
    unsetenv("CLOSEDLOOP_SPOOL");
    unsetenv("CLOSEDLOOP_CONFIG");
    snprintf(check_folder, sizeof check_folder, "/tmp/closedloop_extract_XXXXXX");
    return mkdtemp(check_folder) ? 0 : -1;
}

static inline int check_end(void **state)
{
    (void)state;
    Error error;
    return folder_remove(check_folder, &error) == STATUS_OK ? 0 : -1;
}

/* In the folder; valid until the fourth call after this one. */
static inline const char *check_path(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", check_folder, name);
    return path;
}

static inline void check_write(const char *name, Text content)
{
    FILE *file = fopen(check_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(content.size, fwrite(content.data, 1, content.size, file));
    assert_int_equal(0, fclose(file));
}

static inline void check_write_string(const char *name, const char *content)
{
    check_write(name, text_from(content));
}

/* A configuration whose one source is called s, has the kind rate unless it says otherwise, and these lines. */
static inline Status check_load(const char *lines, Config *config, Error *error)
{
    char yaml[8192];
    int size = snprintf(yaml, sizeof yaml, "spool: spool\nsources:\n  - name: s\n    path: input\n");
    if (!strstr(lines, "kind:"))
        size += snprintf(yaml + size, sizeof yaml - (size_t)size, "    kind: rate\n");
    for (const char *line = lines; *line;) {
        size_t length = strcspn(line, "\n");
        size += snprintf(yaml + size, sizeof yaml - (size_t)size, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    check_write_string("check.yaml", yaml);
    return config_load(check_path("check.yaml"), config, error);
}

static inline void check_print(FILE *stream, RecordKind kind, const char *what, const Record *record)
{
    const RecordSpec *spec = record_spec(kind);
    fprintf(stream, "%s %u", what, (unsigned)record->line);
    for (size_t i = 0; i < spec->field_count; i++)
        if (!text_is_null(record->values[i]))
            fprintf(stream, " %s=%.*s", spec->fields[i].name, TEXT_PRINTF(record->values[i]));
    fputc('\n', stream);
}

static inline Status check_record(void *context, RecordKind kind, const Record *record, Error *error)
{
    (void)error;
    check_print(context, kind, record_spec(kind)->name, record);
    return STATUS_OK;
}

static inline Status check_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    (void)error;
    check_print(context, RECORD_REJECT, "reject", reject);
    return STATUS_OK;
}

static inline void check_name(void *context, Text path)
{
    fprintf(context, "name %.*s\n", TEXT_PRINTF(path));
}

typedef struct CheckResult {
    char *output;
    Status status;
    Error error;
    FormatResult format;
    BatchCount counts[RECORD_KIND_COUNT];
} CheckResult;

/* Reads the bytes, `step` at a time, as the source says. */
static inline CheckResult check_read(const char *lines, Text input, size_t step, bool with_names)
{
    CheckResult result = {.error = ERROR_INIT};
    cleanup(config_done) Config config = {0};
    if (check_load(lines, &config, &result.error) != STATUS_OK)
        fail_msg("%s", result.error.message);
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    size_t size;
    FILE *out = open_memstream(&result.output, &size);
    RecordSink sink = {.record = check_record, .reject = check_reject, .context = out};
    sink.name = with_names ? check_name : NULL;
    result.status = mapping_compile(&config.sources[0], &mapping, &result.error);
    if (result.status == STATUS_OK) {
        assert_int_equal(STATUS_OK, emitter_make(&mapping, sink, &emitter, &result.error));
        assert_int_equal(STATUS_OK, stream_from_memory(input, step, "input", &stream, &result.error));
        result.status = format_read(&emitter, stream, &result.format, &result.error);
        memcpy(result.counts, emitter.counts, sizeof result.counts);
    }
    fclose(out);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        const BatchCount *count = &result.counts[i];
        assert_int_equal(count->read, count->emitted + count->rejected + count->filtered);
    }
    return result;
}

static inline void expect_bytes(const char *lines, Text input, const char *expected)
{
    static const size_t steps[] = {0, 1, 7};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        CheckResult result = check_read(lines, input, steps[i], false);
        if (result.status != STATUS_OK)
            fail_msg("%s", result.error.message);
        assert_string_equal(expected, result.output);
        free(result.output);
    }
}

static inline void expect(const char *lines, const char *input, const char *expected)
{
    expect_bytes(lines, text_from(input), expected);
}

static inline void expect_failure(const char *lines, Text input, ErrorCode code, const char *message, const char *hint)
{
    CheckResult result = check_read(lines, input, 0, false);
    assert_int_equal(STATUS_ERROR, result.status);
    assert_string_equal(message, result.error.message);
    assert_string_equal(hint, result.error.hint);
    assert_int_equal(code, result.error.code);
    free(result.output);
}

#endif
