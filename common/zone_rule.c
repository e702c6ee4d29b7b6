#include "common/zone_rule.h"

#include "common/calendar.h"

typedef struct Cursor {
    const char *at, *end;
} Cursor;

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(Cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

/* A number of one to three digits within limits. */
static bool take_number(Cursor *cursor, int32_t low, int32_t high, int32_t *ret_value)
{
    int32_t value = 0;
    int digits = 0;
    for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++) {
        if (++digits > 3)
            return false;
        value = value * 10 + (*cursor->at - '0');
    }
    if (digits == 0 || value < low || value > high)
        return false;
    *ret_value = value;
    return true;
}

/* An abbreviation: three letters or more, or anything of letters, digits and signs in <>. It is not kept. */
static bool take_abbreviation(Cursor *cursor)
{
    bool is_quoted = take(cursor, '<');
    const char *start = cursor->at;
    while (
        cursor->at < cursor->end &&
        (is_letter(*cursor->at) || (is_quoted && (is_digit(*cursor->at) || *cursor->at == '+' || *cursor->at == '-'))))
        cursor->at++;
    return cursor->at - start >= 3 && (!is_quoted || take(cursor, '>'));
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_clock(Cursor *cursor, int32_t highest_hour, int32_t *ret_seconds)
{
    bool is_negative = take(cursor, '-');
    if (!is_negative)
        take(cursor, '+');
    int32_t hour, minute = 0, second = 0;
    if (!take_number(cursor, 0, highest_hour, &hour))
        return false;
    if (take(cursor, ':')) {
        if (!take_number(cursor, 0, 59, &minute))
            return false;
        if (take(cursor, ':') && !take_number(cursor, 0, 59, &second))
            return false;
    }
    int32_t seconds = hour * 3600 + minute * 60 + second;
    *ret_seconds = is_negative ? -seconds : seconds;
    return true;
}

/* An offset as POSIX writes it, west of Greenwich positive. */
static bool take_offset(Cursor *cursor, int32_t *ret_east)
{
    int32_t west;
    if (!take_clock(cursor, 24, &west))
        return false;
    *ret_east = -west;
    return true;
}

static bool take_date(Cursor *cursor, ZoneRuleDate *ret_date)
{
    ZoneRuleDate date = {.time = 2 * 3600};
    bool is_date;
    if (!take(cursor, ','))
        return false;
    if (take(cursor, 'M')) {
        date.kind = ZONE_RULE_MONTH_WEEKDAY;
        is_date = take_number(cursor, 1, 12, &date.month) && take(cursor, '.') &&
                  take_number(cursor, 1, 5, &date.week) && take(cursor, '.') && take_number(cursor, 0, 6, &date.day);
    } else if (take(cursor, 'J')) {
        date.kind = ZONE_RULE_JULIAN;
        is_date = take_number(cursor, 1, 365, &date.day);
    } else {
        date.kind = ZONE_RULE_DAY;
        is_date = take_number(cursor, 0, 365, &date.day);
    }
    if (!is_date || (take(cursor, '/') && !take_clock(cursor, 167, &date.time)))
        return false;
    *ret_date = date;
    return true;
}

bool zone_rule_parse(Text text, ZoneRule *ret_rule)
{
    if (text_is_empty(text))
        return false;
    Cursor cursor = {text.data, text.data + text.size};
    ZoneRule rule = {0};
    if (!take_abbreviation(&cursor) || !take_offset(&cursor, &rule.standard))
        return false;
    if (cursor.at < cursor.end) {
        rule.has_daylight = true;
        rule.daylight = rule.standard + 3600;
        if (!take_abbreviation(&cursor) || cursor.at == cursor.end)
            return false;
        if (*cursor.at != ',' && !take_offset(&cursor, &rule.daylight))
            return false;
        if (!take_date(&cursor, &rule.start) || !take_date(&cursor, &rule.end))
            return false;
    }
    if (cursor.at != cursor.end)
        return false;
    *ret_rule = rule;
    return true;
}

static int32_t rule_day(const ZoneRuleDate *date, int32_t year)
{
    int32_t new_year = calendar_to_days(year, 1, 1);
    switch (date->kind) {
    case ZONE_RULE_JULIAN:
        return new_year + date->day - 1 + (date->day >= 60 && calendar_is_leap(year));
    case ZONE_RULE_DAY:
        return new_year + date->day;
    case ZONE_RULE_MONTH_WEEKDAY:
        break;
    }
    int32_t first = calendar_to_days(year, date->month, 1);
    int32_t day = (date->day - calendar_weekday(first) + 7) % 7 + (date->week - 1) * 7;
    return first + (day < calendar_month_days(year, date->month) ? day : day - 7);
}

int64_t zone_rule_local_seconds(const ZoneRuleDate *date, int32_t year)
{
    return (int64_t)rule_day(date, year) * 86400 + date->time;
}
