/* Scans a whole text, checks the promise that nothing is lost, and writes the records in a form that tests compare:
 *
 *     1:<a><b>
 *     3!ragged(x,y,z)
 */
#ifndef CLOSEDLOOP_TESTS_CSV_CHECK_H
#define CLOSEDLOOP_TESTS_CSV_CHECK_H

#include "common/buffer.h"
#include "common/csv.h"

#include <stdlib.h>

#define CSV_CHECK(condition)                                                                                           \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

typedef struct CsvCounts {
    size_t records, problems;
} CsvCounts;

/* Between two raws stand line ends only; returns how many bytes do not, for a line over the ceiling. */
static inline size_t csv_check_gap(Text input, size_t from, size_t to)
{
    size_t other = 0;
    CSV_CHECK(from <= to && to <= input.size);
    if (from == 0 && text_starts_with(input, TEXT("\xEF\xBB\xBF")))
        from = 3;
    for (size_t i = from; i < to; i++)
        other += input.data[i] != '\n' && input.data[i] != '\r';
    return other;
}

static inline void csv_check_write(const CsvRecord *record, Buffer *buffer, Error *error)
{
    CSV_CHECK(buffer_printf(buffer, error, "%zu%s%s", record->line, record->problem ? "!" : ":",
                            record->problem ? record->problem : "") == STATUS_OK);
    if (record->problem) {
        CSV_CHECK(buffer_append_byte(buffer, '(', error) == STATUS_OK);
        CSV_CHECK(buffer_append(buffer, record->raw, error) == STATUS_OK);
        CSV_CHECK(buffer_append_byte(buffer, ')', error) == STATUS_OK);
    } else {
        for (size_t i = 0; i < record->field_count; i++) {
            CSV_CHECK(!text_is_null(record->fields[i]));
            CSV_CHECK(buffer_append_byte(buffer, '<', error) == STATUS_OK);
            CSV_CHECK(buffer_append(buffer, record->fields[i], error) == STATUS_OK);
            CSV_CHECK(buffer_append_byte(buffer, '>', error) == STATUS_OK);
        }
    }
    CSV_CHECK(buffer_append_byte(buffer, '\n', error) == STATUS_OK);
}

/* step: the most that the scanner is fed at a time. The end or the error is returned, never STATUS_OK. */
static inline Status csv_check(const CsvOptions *options, Text input, size_t step, Buffer *buffer,
                               CsvCounts *ret_counts, Error *error)
{
    Stream *stream = NULL;
    CsvScanner *scanner = NULL;
    CSV_CHECK(stream_from_memory(input, step, "test.csv", &stream, error) == STATUS_OK);
    /* What is compared are the bytes of the input, so that it must not be decoded. */
    CSV_CHECK(stream_declare_charset(stream, "utf-8", error) == STATUS_OK);
    CSV_CHECK(csv_scanner_make(options, stream, &scanner, error) == STATUS_OK);
    CsvRecord record;
    CsvCounts counts = {0};
    size_t behind = 0, other = 0;
    Status status;
    while ((status = csv_scanner_next(scanner, &record, error)) == STATUS_OK) {
        size_t offset = (size_t)record.offset;
        other += csv_check_gap(input, behind, offset);
        behind = offset + record.raw.size;
        CSV_CHECK(behind <= input.size && text_equal(record.raw, (Text){input.data + offset, record.raw.size}));
        if (!record.problem)
            CSV_CHECK(record.field_count == csv_scanner_column_count(scanner));
        counts.records++;
        counts.problems += record.problem != NULL;
        csv_check_write(&record, buffer, error);
    }
    if (status == STATUS_END) {
        other += csv_check_gap(input, behind, input.size);
        CSV_CHECK(other == csv_scanner_skipped_bytes(scanner));
        CSV_CHECK(csv_scanner_next(scanner, &record, error) == STATUS_END);
    }
    *ret_counts = counts;
    csv_scanner_free(scanner);
    stream_free(stream);
    return status;
}

#endif
