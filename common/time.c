#include "common/time.h"

#include "common/calendar.h"

/* 2000-01-01, where PostgreSQL counts from. */
#define POSTGRES_EPOCH_DAYS 10957

bool time_from_reading(const TimeReading *reading, const Zone *source_zone, const Zone *date_zone, int64_t *ret_instant)
{
    int64_t instant;
    if (!reading->has_time)
        instant = zone_local_to_instant(date_zone, reading->local + TIME_DAY) - 1;
    else if (reading->has_offset)
        instant = reading->local - reading->offset * TIME_SECOND;
    else
        instant = zone_local_to_instant(source_zone, reading->local);
    if (instant < TIME_LOWEST || instant > TIME_HIGHEST)
        return false;
    *ret_instant = instant;
    return true;
}

bool time_read(Text text, const TimeFormat *format, const Zone *source_zone, const Zone *date_zone,
               int64_t *ret_instant, bool *ret_is_date_only)
{
    TimeReading reading;
    if (!time_format_parse(format, text, &reading) || !time_from_reading(&reading, source_zone, date_zone, ret_instant))
        return false;
    *ret_is_date_only = !reading.has_time;
    return true;
}

/* The day of a local time; division that rounds down. */
static int32_t local_day(int64_t local)
{
    return (int32_t)((local >= 0 ? local : local - (TIME_DAY - 1)) / TIME_DAY);
}

bool time_read_date(Text text, const TimeFormat *format, int32_t *ret_days)
{
    TimeReading reading;
    if (!time_format_parse(format, text, &reading) || reading.local > TIME_HIGHEST)
        return false;
    *ret_days = local_day(reading.local);
    return true;
}

bool time_is_iso_date(Text text)
{
    TimeReading reading;
    return time_parse_iso(text, &reading) && !reading.has_time && reading.local >= TIME_LOWEST;
}

static char *write_two(char *out, int32_t value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

size_t time_write_iso(int64_t instant, char out[static TIME_ISO_SIZE])
{
    if (instant < TIME_LOWEST)
        instant = TIME_LOWEST;
    if (instant > TIME_HIGHEST)
        instant = TIME_HIGHEST;
    int32_t days = local_day(instant);
    int64_t of_day = instant - days * TIME_DAY;
    int32_t second = (int32_t)(of_day / TIME_SECOND), microsecond = (int32_t)(of_day % TIME_SECOND);
    CalendarDate date = calendar_from_days(days);
    char *at = write_two(write_two(out, date.year / 100), date.year % 100);
    *at++ = '-';
    at = write_two(at, date.month);
    *at++ = '-';
    at = write_two(at, date.day);
    *at++ = 'T';
    at = write_two(at, second / 3600);
    *at++ = ':';
    at = write_two(at, second / 60 % 60);
    *at++ = ':';
    at = write_two(at, second % 60);
    if (microsecond) {
        *at++ = '.';
        at = write_two(write_two(write_two(at, microsecond / 10000), microsecond / 100 % 100), microsecond % 100);
    }
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}

int32_t time_local_date(int64_t instant, const Zone *zone)
{
    return local_day(zone_instant_to_local(zone, instant));
}

int32_t time_month_start(int64_t instant, const Zone *zone)
{
    int32_t days = time_local_date(instant, zone);
    return days - calendar_from_days(days).day + 1;
}

int64_t time_to_postgres(int64_t instant)
{
    return instant - POSTGRES_EPOCH_DAYS * TIME_DAY;
}

int32_t time_date_to_postgres(int32_t days)
{
    return days - POSTGRES_EPOCH_DAYS;
}
