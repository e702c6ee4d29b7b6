/* CSV and TSV, record after record, from a stream: RFC 4180 as it occurs in the wild.
 *
 *     cleanup(csv_scanner_freep) CsvScanner *scanner = NULL;
 *     TRY(csv_scanner_make(&(CsvOptions){.delimiter = ';'}, stream, &scanner, error));
 *     CsvRecord record;
 *     while ((status = csv_scanner_next(scanner, &record, error)) == STATUS_OK) {
 *         if (record.problem)
 *             reject(record.line, record.problem, record.raw);
 *         else
 *             take(record.fields, record.field_count);
 *     }
 *
 * A line ends with LF, CRLF or CR, the last one also with the end of the file. Empty lines are skipped. A byte order
 * mark of UTF-8 at the start is dropped. A quote opens at the start of a field only, and is a letter like any other
 * inside an unquoted one; within quotes a doubled quote stands for one, and delimiters and line ends are content. No
 * blanks are trimmed. The first good record fixes the number of columns, unless the caller did.
 *
 * A quote that is not closed must not swallow the file. So a record that makes no sense takes only its first line with
 * it: that line is handed out as a problem, and scanning goes on at the next. The lines behind it are judged one by
 * one, and those that do not have the right number of columns are problems too. Nothing is lost: what stands between
 * one record's raw and the next one's is line ends, the byte order mark, or counted by csv_scanner_skipped_bytes().
 *
 * Whether a field is valid UTF-8 and holds no NUL is the caller's question (common/utf8.h). If raw is storable, so is
 * every field, and asking once for each record is several times faster.
 */
#ifndef CLOSEDLOOP_COMMON_CSV_H
#define CLOSEDLOOP_COMMON_CSV_H

#include "common/error.h"
#include "common/stream.h"
#include "common/text.h"

#include <stdint.h>

enum { CSV_RECORD_CEILING = 1024 * 1024, CSV_FIELDS_MAX = 65536 };

/* All zero is plain CSV. */
typedef struct CsvOptions {
    char delimiter;        /* 0: a comma */
    char quote;            /* 0: a double quote */
    bool is_unquoted;      /* no quoting at all: a quote is a letter everywhere, as in most TSV */
    size_t column_count;   /* of every record; 0: as many as the first good one has */
    size_t record_ceiling; /* bytes of one record without its line end; 0: CSV_RECORD_CEILING */
} CsvOptions;

typedef struct CsvRecord {
    /* Unquoted, in order; never absent, but possibly empty. Of a record with a problem: none, except that a ragged one
     * of a single line has its fields. */
    const Text *fields;
    size_t field_count;
    size_t line;     /* of its start, counted from 1 */
    uint64_t offset; /* of its start in the decoded input, counted from 0 */
    Text raw;        /* as it was read, without the line end behind it; of a problem: its first line, and of that no
                      * more than the ceiling */
    /* NULL, or a code for a reject:
     *     ragged            another number of columns than the first
     *     stray_quote       a closing quote is followed by something else than a delimiter or a line end
     *     unclosed_quote    a quote is still open at the ceiling or at the end of the file
     *     record_too_long   more bytes than the ceiling
     *     too_many_fields   more than CSV_FIELDS_MAX */
    const char *problem;
} CsvRecord;

typedef struct CsvScanner CsvScanner;

/* The stream stays the caller's, and must outlive the scanner. ERROR_CONFIG if delimiter and quote are the same, or
 * one of them ends lines or is not ASCII. Takes record_ceiling and 256 KiB of address space, and touches what the
 * records need. */
Status csv_scanner_make(const CsvOptions *options, Stream *stream, CsvScanner **ret_scanner, Error *error);

/* The next record, valid until the next call; STATUS_END behind the last; the errors of the stream. */
Status csv_scanner_next(CsvScanner *scanner, CsvRecord *ret_record, Error *error);

/* The record that was given last ends with the input, without a line end. */
bool csv_scanner_is_at_cut(const CsvScanner *scanner);

/* Columns that every record must have; 0 before the first good one. */
size_t csv_scanner_column_count(const CsvScanner *scanner);

/* Bytes so far of lines that are longer than the ceiling, behind the part that was handed out as a problem's raw. */
uint64_t csv_scanner_skipped_bytes(const CsvScanner *scanner);

/* Accepts NULL. */
void csv_scanner_free(CsvScanner *scanner);

/* For cleanup(csv_scanner_freep). */
static inline void csv_scanner_freep(CsvScanner **scanner)
{
    csv_scanner_free(*scanner);
}

#endif
