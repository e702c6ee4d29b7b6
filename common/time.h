/* Instants, the texts that stand for them, and the days they fall on.
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, of the years 0001 to 9999
 * (TIME_LOWEST to TIME_HIGHEST). Nothing here depends on the locale, the environment or the clock.
 *
 *     TimeFormat format;
 *     TRY(time_format_compile(TEXT("%d/%b/%Y:%H:%M:%S %z"), &format, error));        // once for a source
 *     int64_t instant;
 *     bool is_date_only;
 *     if (!time_read(text, &format, source_zone, reporting_zone, &instant, &is_date_only))
 *         reject(...);                                                              // malformed or impossible
 *
 * Wherever a zone is taken, NULL is UTC.
 */
#ifndef CLOSEDLOOP_COMMON_TIME_H
#define CLOSEDLOOP_COMMON_TIME_H

#include "common/error.h"
#include "common/text.h"
#include "common/time_format.h"
#include "common/zone.h"

#include <stdint.h>

enum {
    TIME_ISO_SIZE = 28, /* "2026-03-01T12:00:00.123456Z" and its NUL */
};

/* The instant of a reading. A time without offset is one of source_zone (see zone_local_to_instant()). A date is its
 * last microsecond in date_zone, the one before the next midnight. False outside the years 0001 to 9999. */
bool time_from_reading(const TimeReading *reading, const Zone *source_zone, const Zone *date_zone,
                       int64_t *ret_instant);

/* Both in one: what callers use. */
bool time_read(Text text, const TimeFormat *format, const Zone *source_zone, const Zone *date_zone,
               int64_t *ret_instant, bool *ret_is_date_only);

/* The date as it is written, as days since 1970-01-01; of a time its date, whatever its offset. */
bool time_read_date(Text text, const TimeFormat *format, int32_t *ret_days);

/* Whether the text is the date of a day that exists, as ISO 8601 writes it, and no time: "2026-03-01". */
bool time_is_iso_date(Text text);

/* Writes "2026-03-01T12:00:00.123456Z", without the fraction if it is zero, NUL-terminated; returns the length.
 * An instant outside the years 0001 to 9999 is written as the nearest one inside. */
size_t time_write_iso(int64_t instant, char out[static TIME_ISO_SIZE]);

/* The day on which an instant falls in a zone, as days since 1970-01-01. */
int32_t time_local_date(int64_t instant, const Zone *zone);

/* The first day of the month in which it falls. */
int32_t time_month_start(int64_t instant, const Zone *zone);

/* PostgreSQL's binary timestamptz and date count from 2000-01-01. */
int64_t time_to_postgres(int64_t instant);
int32_t time_date_to_postgres(int32_t days);

#endif
