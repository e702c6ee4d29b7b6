/* One line on a terminal that says how far long work has come; nothing anywhere else.
 *
 *     Progress progress = progress_make(stderr, "website", total_bytes, is_quiet);
 *     while (...)
 *         progress_update(&progress, bytes_done);
 *     progress_done(&progress);
 *
 *     website  123.4 of 567.8 MB  21 %  185.0 MB/s  0:02 left
 *
 * A log on the same terminal (common/log.h) clears the line before it writes; the next update draws it again.
 */
#ifndef CLOSEDLOOP_COMMON_PROGRESS_H
#define CLOSEDLOOP_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { PROGRESS_LINE_MAX = 512, PROGRESS_UPDATES_PER_SECOND = 10 };

typedef struct Progress {
    FILE *stream; /* NULL: silent */
    const char *label;
    uint64_t total;               /* 0: not known */
    int64_t started_at, shown_at; /* nanoseconds of the monotonic clock */
    bool has_line;
} Progress;

/* total 0 means not known. The label is not copied. */
Progress progress_make(FILE *stream, const char *label, uint64_t total, bool is_quiet);

/* Bytes done so far. Cheap enough for each block of input. */
void progress_update(Progress *progress, uint64_t done);

/* Clears the line. May be called again. */
void progress_done(Progress *progress);

/* The line itself after so many seconds, not wider than columns; shown for tests. */
void progress_format(const char *label, uint64_t done, uint64_t total, double seconds, size_t columns,
                     char ret_line[PROGRESS_LINE_MAX]);

#endif
