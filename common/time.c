#include "common/time.h"

#include "common/calendar.h"

/* 2000-01-01, where PostgreSQL counts from. */
#define POSTGRES_EPOCH_DAYS 10957

enum {
    HIGHEST_OFFSET_HOUR = 15,
    FRACTION_DIGITS = 9,
    MICROSECOND_DIGITS = 6,
    EPOCH_DIGITS = 18, /* a longer number is beyond the year 9999 in any unit */
};

typedef struct Cursor {
    const char *at, *end;
} Cursor;

/* The fields that a text names. Of an epoch, the instant itself. */
typedef struct Fields {
    int32_t year, month, day;
    int32_t hour, minute, second, microsecond;
    int32_t offset;
    int64_t epoch;
    bool has_time, has_offset, has_epoch, has_half, is_afternoon;
} Fields;

static int32_t digit_at(const char *at)
{
    return (int32_t)((unsigned char)*at - (unsigned)'0');
}

static bool is_digit(const char *at)
{
    return (unsigned char)*at - (unsigned)'0' <= 9;
}

/* One digit in the cursor's place, if there is one. */
static bool at_digit(const Cursor *cursor)
{
    return cursor->at < cursor->end && is_digit(cursor->at);
}

static bool take(Cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

static bool take_two(Cursor *cursor, int32_t *ret_value)
{
    if (cursor->end - cursor->at < 2 || !is_digit(cursor->at) || !is_digit(cursor->at + 1))
        return false;
    *ret_value = digit_at(cursor->at) * 10 + digit_at(cursor->at + 1);
    cursor->at += 2;
    return true;
}

static bool take_one_or_two(Cursor *cursor, int32_t *ret_value)
{
    if (take_two(cursor, ret_value))
        return true;
    if (!at_digit(cursor))
        return false;
    *ret_value = digit_at(cursor->at++);
    return true;
}

static bool take_four(Cursor *cursor, int32_t *ret_value)
{
    Cursor ahead = *cursor;
    int32_t high, low;
    if (!take_two(&ahead, &high) || !take_two(&ahead, &low))
        return false;
    *ret_value = high * 100 + low;
    *cursor = ahead;
    return true;
}

/* 1 to 9 digits behind a decimal point, cut to microseconds. */
static bool take_fraction(Cursor *cursor, int32_t *ret_microsecond)
{
    int32_t value = 0;
    int digits = 0;
    for (; at_digit(cursor); cursor->at++, digits++) {
        if (digits == FRACTION_DIGITS)
            return false;
        if (digits < MICROSECOND_DIGITS)
            value = value * 10 + digit_at(cursor->at);
    }
    if (digits == 0)
        return false;
    for (; digits < MICROSECOND_DIGITS; digits++)
        value *= 10;
    *ret_microsecond = value;
    return true;
}

/* +HH, +HHMM, +HH:MM */
static bool take_offset(Cursor *cursor, int32_t *ret_offset)
{
    bool is_west = take(cursor, '-');
    int32_t hour, minute = 0;
    if ((!is_west && !take(cursor, '+')) || !take_two(cursor, &hour))
        return false;
    if ((take(cursor, ':') || at_digit(cursor)) && !take_two(cursor, &minute))
        return false;
    if (hour > HIGHEST_OFFSET_HOUR || minute > 59)
        return false;
    int32_t offset = hour * 3600 + minute * 60;
    *ret_offset = is_west ? -offset : offset;
    return true;
}

static bool take_word(Cursor *cursor, Text word)
{
    if ((size_t)(cursor->end - cursor->at) < word.size ||
        !text_equal_ignore_case((Text){cursor->at, word.size}, word))
        return false;
    cursor->at += word.size;
    return true;
}

/* One of the English names, whole or cut to three letters; its place in the list. */
static bool take_name(Cursor *cursor, const char *const *names, int32_t count, int32_t *ret_index)
{
    for (int32_t i = 0; i < count; i++) {
        Text name = text_from(names[i]);
        if (take_word(cursor, name) || take_word(cursor, (Text){name.data, 3})) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* A count of units since 1970, in microseconds. */
static bool take_epoch(Cursor *cursor, int64_t unit, bool may_have_fraction, int64_t *ret_instant)
{
    bool is_negative = take(cursor, '-');
    int64_t value = 0;
    int digits = 0;
    for (; at_digit(cursor); cursor->at++) {
        if (++digits > EPOCH_DIGITS)
            return false;
        value = value * 10 + digit_at(cursor->at);
    }
    int32_t microsecond = 0;
    if (digits == 0 || __builtin_mul_overflow(value, unit, &value))
        return false;
    if (may_have_fraction && take(cursor, '.') && !take_fraction(cursor, &microsecond))
        return false;
    if (__builtin_add_overflow(value, microsecond, &value))
        return false;
    *ret_instant = is_negative ? -value : value;
    return true;
}

/* Whether second 60 can be a leap second: they are put in at 23:59:60 UTC. */
static bool is_leap_second(const Fields *fields)
{
    int32_t second_of_day = fields->hour * 3600 + fields->minute * 60 - (fields->has_offset ? fields->offset : 0);
    return second_of_day == 86340 || second_of_day == 86340 - 86400 || second_of_day == 86340 + 86400;
}

static bool fields_resolve(const Fields *fields, TimeReading *ret_reading)
{
    if (fields->has_epoch) {
        *ret_reading = (TimeReading){.local = fields->epoch, .has_time = true, .has_offset = true};
        return fields->epoch >= TIME_LOWEST && fields->epoch <= TIME_HIGHEST;
    }
    if (fields->year < 1 || fields->month < 1 || fields->month > 12 || fields->day < 1 ||
        fields->day > calendar_month_days(fields->year, fields->month))
        return false;
    int32_t hour = fields->hour;
    if (fields->has_half)
        hour = hour % 12 + (fields->is_afternoon ? 12 : 0);
    if (hour > 23 || fields->minute > 59 || fields->second > 60 || (fields->second == 60 && !is_leap_second(fields)))
        return false;
    int64_t days = calendar_to_days(fields->year, fields->month, fields->day);
    *ret_reading = (TimeReading){
        .local = days * TIME_DAY + (hour * 3600 + fields->minute * 60 + fields->second) * TIME_SECOND +
                 fields->microsecond,
        .offset = fields->offset,
        .has_time = fields->has_time,
        .has_offset = fields->has_offset,
    };
    return true;
}
