/* The pieces that texts for times are made of, and the reading that they add up to. For common/time_format.c, which
 * puts them together; others use TimeReading alone.
 *
 *     TimeCursor cursor = {text.data, text.data + text.size};
 *     TimeFields fields = {0};
 *     if (!time_take_four(&cursor, &fields.year) || ... || !time_fields_resolve(&fields, &reading))
 *         return false;
 *
 * Each time_take function moves the cursor over what it takes. On false nothing is said of where the cursor stands,
 * except that time_take(), time_take_word() and the fixed numbers leave it in its place.
 */
#ifndef CLOSEDLOOP_COMMON_TIME_SCAN_H
#define CLOSEDLOOP_COMMON_TIME_SCAN_H

#include "common/text.h"

#include <stdint.h>

#define TIME_SECOND INT64_C(1000000)
#define TIME_DAY (86400 * TIME_SECOND)
#define TIME_LOWEST INT64_C(-62135596800000000)  /* 0001-01-01T00:00:00Z */
#define TIME_HIGHEST INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

/* What a text says, before any zone is thought of. */
typedef struct TimeReading {
    int64_t local;  /* microseconds since the clock that was read showed 1970-01-01T00:00:00 */
    int32_t offset; /* that clock's seconds east of UTC, with has_offset */
    bool has_time;  /* false: a date, and local is its midnight */
    bool has_offset;
} TimeReading;

typedef struct TimeCursor {
    const char *at, *end;
} TimeCursor;

/* The fields that a text names. Of an epoch, the instant itself. */
typedef struct TimeFields {
    int32_t year, month, day;
    int32_t hour, minute, second, microsecond;
    int32_t offset;
    int64_t epoch;
    bool has_time, has_offset, has_epoch, has_half, is_afternoon;
} TimeFields;

static inline int32_t time_digit_at(const char *at)
{
    return (int32_t)((unsigned char)*at - (unsigned)'0');
}

static inline bool time_is_digit(const char *at)
{
    return (unsigned char)*at - (unsigned)'0' <= 9;
}

/* One digit in the cursor's place, if there is one. */
static inline bool time_at_digit(const TimeCursor *cursor)
{
    return cursor->at < cursor->end && time_is_digit(cursor->at);
}

static inline bool time_take(TimeCursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

static inline bool time_take_two(TimeCursor *cursor, int32_t *ret_value)
{
    if (cursor->end - cursor->at < 2 || !time_is_digit(cursor->at) || !time_is_digit(cursor->at + 1))
        return false;
    *ret_value = time_digit_at(cursor->at) * 10 + time_digit_at(cursor->at + 1);
    cursor->at += 2;
    return true;
}

static inline bool time_take_one_or_two(TimeCursor *cursor, int32_t *ret_value)
{
    if (time_take_two(cursor, ret_value))
        return true;
    if (!time_at_digit(cursor))
        return false;
    *ret_value = time_digit_at(cursor->at++);
    return true;
}

static inline bool time_take_four(TimeCursor *cursor, int32_t *ret_value)
{
    TimeCursor ahead = *cursor;
    int32_t high, low;
    if (!time_take_two(&ahead, &high) || !time_take_two(&ahead, &low))
        return false;
    *ret_value = high * 100 + low;
    *cursor = ahead;
    return true;
}

/* 1 to 9 digits behind a decimal point, cut to microseconds. */
bool time_take_fraction(TimeCursor *cursor, int32_t *ret_microsecond);

/* +HH, +HHMM, +HH:MM, to 15:59. */
bool time_take_offset(TimeCursor *cursor, int32_t *ret_offset);

/* Without regard to case. */
bool time_take_word(TimeCursor *cursor, Text word);

/* False for a date or a time that does not exist, and for an epoch outside the years 0001 to 9999. */
bool time_fields_resolve(const TimeFields *fields, TimeReading *ret_reading);

#endif
