/* From a text to what it says about time: ISO 8601, or a format that a source's configuration names.
 *
 *     TimeFormat format;
 *     TRY(time_format_compile(TEXT("%d/%b/%Y:%H:%M:%S %z"), &format, error));        // once for a source
 *     TimeReading reading;
 *     if (!time_format_parse(&format, text, &reading))
 *         reject(...);
 *
 * Callers that want an instant use time_read() in common/time.h. Strict, and free of the locale.
 */
#ifndef CLOSEDLOOP_COMMON_TIME_FORMAT_H
#define CLOSEDLOOP_COMMON_TIME_FORMAT_H

#include "common/error.h"
#include "common/text.h"
#include "common/time_scan.h"

#include <stdint.h>

enum { TIME_FORMAT_STEPS = 64 };

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

#endif
