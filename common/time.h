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
#include "common/zone.h"

#include <stdint.h>

#define TIME_SECOND INT64_C(1000000)
#define TIME_DAY (86400 * TIME_SECOND)
#define TIME_LOWEST INT64_C(-62135596800000000)  /* 0001-01-01T00:00:00Z */
#define TIME_HIGHEST INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

enum {
    TIME_ISO_SIZE = 28, /* "2026-03-01T12:00:00.123456Z" and its NUL */
    TIME_FORMAT_STEPS = 64,
};

/* What a text says, before any zone is thought of. */
typedef struct TimeReading {
    int64_t local;  /* microseconds since the clock that was read showed 1970-01-01T00:00:00 */
    int32_t offset; /* that clock's seconds east of UTC, with has_offset */
    bool has_time;  /* false: a date, and local is its midnight */
    bool has_offset;
} TimeReading;

/* A compiled format. No steps (a zeroed TimeFormat) is "iso". */
typedef struct TimeFormat {
    uint8_t count;
    struct TimeFormatStep {
        char directive;    /* its letter; 0 is a literal */
        char literal;      /* the byte that must stand there */
        bool is_two_digit; /* a number next to another one may not leave its leading zero out */
    } steps[TIME_FORMAT_STEPS];
} TimeFormat;

/* ISO 8601 and RFC 3339 as they occur in files: "YYYY-MM-DD", or with "T", "t" or one space behind it
 * HH:MM[:SS[.fraction]], where the fraction has 1 to 9 digits after a point or comma and is cut to microseconds, and
 * then nothing, "Z", "z", or, with or without one space before it, +HH, +HHMM, +HH:MM, "UTC" or "GMT". Offsets reach
 * to 15:59 as in PostgreSQL. Second 60 is the next second, where a leap second can be: at 23:59 in UTC, or of the
 * clock if there is no offset. False on anything else: 2023-02-29, hour 24, blanks around it. */
bool time_parse_iso(Text text, TimeReading *ret_reading);

/* Compiles a format, which is "iso", "epoch", "epoch_ms", "epoch_us", or directives and literal bytes:
 *
 *     %Y year, 4 digits              %H hour 00-23          %z +HHMM, +HH:MM, +HH, Z or z
 *     %y 00-68: 20yy, 69-99: 19yy    %I hour 01-12, with %p %Z UTC, GMT or Z
 *     %m month, 1 or 2 digits        %M minute, 2 digits    %s seconds since 1970, also negative or with a fraction
 *     %b %B month's English name     %S second, 2 digits    %Q milliseconds since 1970
 *     %d day, 1 or 2 digits          %f fraction, 1-9 digits %J microseconds since 1970
 *     %e day, also with a blank      %p AM or PM            %T %H:%M:%S   %F %Y-%m-%d   %D %m/%d/%y
 *     %a %A weekday's English name (not compared with the date)   %% a percent sign
 *
 * Month and weekday names are whole or cut to three letters; case does not matter in words. %m, %d, %H and %I take one
 * digit too, unless a digit or another number stands next to them in the format. A literal byte, a blank too, stands
 * for itself. ERROR_CONFIG for an unknown or repeated directive, and for a format that does not make a date. */
Status time_format_compile(Text text, TimeFormat *ret_format, Error *error);

/* Reads the whole text by a format; NULL is "iso". */
bool time_format_parse(const TimeFormat *format, Text text, TimeReading *ret_reading);

/* The instant of a reading. A time without offset is one of source_zone (see zone_local_to_instant()). A date is its
 * last microsecond in date_zone, the one before the next midnight. False outside the years 0001 to 9999. */
bool time_from_reading(const TimeReading *reading, const Zone *source_zone, const Zone *date_zone,
                       int64_t *ret_instant);

/* Both in one: what callers use. */
bool time_read(Text text, const TimeFormat *format, const Zone *source_zone, const Zone *date_zone,
               int64_t *ret_instant, bool *ret_is_date_only);

/* The date as it is written, as days since 1970-01-01; of a time its date, whatever its offset. */
bool time_read_date(Text text, const TimeFormat *format, int32_t *ret_days);

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
