/* What a program tells those who operate it, on stderr. For the drivers of the programs alone: library code returns
 * errors and never logs.
 *
 *     Log log = log_make(stderr, "extract", LOG_LEVEL_INFO, LOG_TEXT);
 *     log_info(&log, "%s: %zu files", source, count);
 *     if (status == STATUS_ERROR)
 *         log_failure(&log, &error);
 *
 *     2026-03-01T12:00:00Z extract: crm-deals: 3 files
 *     2026-03-01T12:00:01Z extract: error: /data/deals.xml: line 7: ...
 *     2026-03-01T12:00:01Z extract: hint: ...
 *
 * On a terminal the time is left out. As JSON a line is one object: time, level, program, message, and of a failure
 * code and hint. Characters that could steer a terminal, and bytes that are no UTF-8, are replaced. A line is written
 * at once, so that the lines of several programs do not mix; long ones are cut.
 */
#ifndef CLOSEDLOOP_COMMON_LOG_H
#define CLOSEDLOOP_COMMON_LOG_H

#include "common/error.h"

#include <stdio.h>

typedef enum LogLevel { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO } LogLevel;
typedef enum LogFormat { LOG_TEXT, LOG_JSON } LogFormat;

typedef struct Log {
    FILE *stream;
    const char *program; /* not copied */
    LogLevel level;      /* lines of a higher one are left out: LOG_LEVEL_WARNING is quiet */
    LogFormat format;
    bool is_terminal;
} Log;

Log log_make(FILE *stream, const char *program, LogLevel level, LogFormat format);

void log_info(const Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_error(const Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The error and its hint. */
void log_failure(const Log *log, const Error *error);

#endif
