/* The proleptic Gregorian calendar as day numbers: day 0 is 1970-01-01, a Thursday.
 *
 *     int32_t days = calendar_to_days(2026, 3, 1);          // 20513
 *     CalendarDate date = calendar_from_days(days);
 *
 * The arithmetic is that of Howard Hinnant's "chrono-compatible low-level date algorithms": a year is counted from
 * March, so that the leap day is its last. Exact for the years -9999 to 99999.
 */
#ifndef CLOSEDLOOP_COMMON_CALENDAR_H
#define CLOSEDLOOP_COMMON_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CALENDAR_CYCLE_YEARS = 400,   /* after so many years the calendar repeats, weekdays included */
    CALENDAR_CYCLE_DAYS = 146097, /* the days of that cycle */
};

typedef struct CalendarDate {
    int32_t year;
    int32_t month, day; /* 1-12, 1-31 */
} CalendarDate;

static inline bool calendar_is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of a month 1-12. */
static inline int32_t calendar_month_days(int32_t year, int32_t month)
{
    return month == 2 ? 28 + calendar_is_leap(year) : 30 + ((month + (month >> 3)) & 1);
}

/* Of a date that exists. */
static inline int32_t calendar_to_days(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t cycle = (year >= 0 ? year : year - 399) / 400;
    int32_t year_of_cycle = year - cycle * 400;
    int32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return cycle * CALENDAR_CYCLE_DAYS + day_of_cycle - 719468;
}

static inline CalendarDate calendar_from_days(int32_t days)
{
    days += 719468;
    int32_t cycle = (days >= 0 ? days : days - (CALENDAR_CYCLE_DAYS - 1)) / CALENDAR_CYCLE_DAYS;
    int32_t day_of_cycle = days - cycle * CALENDAR_CYCLE_DAYS;
    int32_t year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / (CALENDAR_CYCLE_DAYS - 1)) / 365;
    int32_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (CalendarDate){
        .year = year_of_cycle + cycle * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

/* 0 is Sunday. */
static inline int32_t calendar_weekday(int32_t days)
{
    int32_t weekday = (days + 4) % 7;
    return weekday < 0 ? weekday + 7 : weekday;
}

#endif
