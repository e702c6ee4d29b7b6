#include "common/time_scan.h"

#include "common/calendar.h"

enum {
    HIGHEST_OFFSET_HOUR = 15,
    FRACTION_DIGITS = 9,
    MICROSECOND_DIGITS = 6,
};

bool time_take_fraction(TimeCursor *cursor, int32_t *ret_microsecond)
{
    int32_t value = 0;
    int digits = 0;
    for (; time_at_digit(cursor); cursor->at++, digits++) {
        if (digits == FRACTION_DIGITS)
            return false;
        if (digits < MICROSECOND_DIGITS)
            value = value * 10 + time_digit_at(cursor->at);
    }
    if (digits == 0)
        return false;
    for (; digits < MICROSECOND_DIGITS; digits++)
        value *= 10;
    *ret_microsecond = value;
    return true;
}

bool time_take_offset(TimeCursor *cursor, int32_t *ret_offset)
{
    bool is_west = time_take(cursor, '-');
    int32_t hour, minute = 0;
    if ((!is_west && !time_take(cursor, '+')) || !time_take_two(cursor, &hour))
        return false;
    if ((time_take(cursor, ':') || time_at_digit(cursor)) && !time_take_two(cursor, &minute))
        return false;
    if (hour > HIGHEST_OFFSET_HOUR || minute > 59)
        return false;
    int32_t offset = hour * 3600 + minute * 60;
    *ret_offset = is_west ? -offset : offset;
    return true;
}

bool time_take_word(TimeCursor *cursor, Text word)
{
    if ((size_t)(cursor->end - cursor->at) < word.size || !text_equal_ignore_case((Text){cursor->at, word.size}, word))
        return false;
    cursor->at += word.size;
    return true;
}

/* Whether second 60 can be a leap second: they are put in at 23:59:60 UTC. */
static bool is_leap_second(const TimeFields *fields, int32_t hour)
{
    int32_t minute_of_day = hour * 60 + fields->minute - fields->offset / 60;
    return (minute_of_day + 24 * 60) % (24 * 60) == 23 * 60 + 59;
}

bool time_fields_resolve(const TimeFields *fields, TimeReading *ret_reading)
{
    if (fields->has_epoch) {
        if (fields->epoch < TIME_LOWEST || fields->epoch > TIME_HIGHEST)
            return false;
        *ret_reading = (TimeReading){.local = fields->epoch, .has_time = true, .has_offset = true};
        return true;
    }
    if (fields->year < 1 || fields->month < 1 || fields->month > 12 || fields->day < 1 ||
        fields->day > calendar_month_days(fields->year, fields->month))
        return false;
    int32_t hour = fields->has_half ? fields->hour % 12 + (fields->is_afternoon ? 12 : 0) : fields->hour;
    if (hour > 23 || fields->minute > 59 || fields->second > 60 ||
        (fields->second == 60 && !is_leap_second(fields, hour)))
        return false;
    int64_t days = calendar_to_days(fields->year, fields->month, fields->day);
    int32_t second_of_day = hour * 3600 + fields->minute * 60 + fields->second;
    *ret_reading = (TimeReading){
        .local = days * TIME_DAY + second_of_day * TIME_SECOND + fields->microsecond,
        .offset = fields->offset,
        .has_time = fields->has_time,
        .has_offset = fields->has_offset,
    };
    return true;
}
