#include "extract/format/web_time.h"

#include "common/time_scan.h"

#include <stdio.h>

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

typedef struct MailTime {
    int32_t year, month, day, hour, minute, second;
    Text zone; /* +HH:MM, +HHMM, +HH, Z, or nothing */
} MailTime;

static bool take_blanks(TimeCursor *cursor)
{
    const char *start = cursor->at;
    while (time_take(cursor, ' ') || time_take(cursor, '\t'))
        continue;
    return cursor->at > start;
}

/* Letters to the next character that is none, and a comma behind a weekday. */
static Text take_letters(TimeCursor *cursor)
{
    const char *start = cursor->at;
    while (cursor->at < cursor->end && ((*cursor->at | 0x20) >= 'a' && (*cursor->at | 0x20) <= 'z'))
        cursor->at++;
    return (Text){start, (size_t)(cursor->at - start)};
}

/* May, June and so on: whole names count by their first three letters. */
static bool take_month(TimeCursor *cursor, int32_t *ret_month)
{
    Text name = take_letters(cursor);
    for (int32_t i = 0; name.size >= 3 && i < 12; i++)
        if (text_is_ignore_case((Text){name.data, 3}, months[i])) {
            *ret_month = i + 1;
            return true;
        }
    return false;
}

/* RFC 2822, 4.3: 00 to 49 is this century. */
static bool take_year(TimeCursor *cursor, int32_t *ret_year)
{
    if (time_take_four(cursor, ret_year))
        return true;
    if (!time_take_two(cursor, ret_year))
        return false;
    *ret_year += *ret_year < 50 ? 2000 : 1900;
    return true;
}

static bool take_clock(TimeCursor *cursor, MailTime *time)
{
    if (!time_take_one_or_two(cursor, &time->hour) || !time_take(cursor, ':') || !time_take_two(cursor, &time->minute))
        return false;
    return !time_take(cursor, ':') || time_take_two(cursor, &time->second);
}

/* RFC 822, 5.1. */
static const struct {
    const char *name, *offset;
} zones[] = {{"GMT", "Z"},      {"UTC", "Z"},      {"UT", "Z"},       {"Z", "Z"},
             {"EST", "-05:00"}, {"EDT", "-04:00"}, {"CST", "-06:00"}, {"CDT", "-05:00"},
             {"MST", "-07:00"}, {"MDT", "-06:00"}, {"PST", "-08:00"}, {"PDT", "-07:00"}};

/* A zone to the end, as ISO 8601 writes it; or nothing. */
static bool take_zone(TimeCursor *cursor, Text *ret_zone)
{
    int32_t ignored;
    const char *start = cursor->at;
    *ret_zone = (Text){start, (size_t)(cursor->end - start)};
    if (cursor->at == cursor->end)
        return true;
    if (*start == '+' || *start == '-')
        return time_take_offset(cursor, &ignored) && cursor->at == cursor->end;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (text_is_ignore_case(*ret_zone, zones[i].name)) {
            *ret_zone = text_from(zones[i].offset);
            return true;
        }
    return false;
}

static bool read_mail_time(Text text, MailTime *ret_time)
{
    MailTime time = {0};
    TimeCursor cursor = {text.data, text.data + text.size};
    if (take_letters(&cursor).size) {
        time_take(&cursor, '.');
        time_take(&cursor, ',');
        take_blanks(&cursor);
    }
    if (!time_take_one_or_two(&cursor, &time.day) || (!take_blanks(&cursor) && !time_take(&cursor, '-')) ||
        !take_month(&cursor, &time.month) || (!take_blanks(&cursor) && !time_take(&cursor, '-')) ||
        !take_year(&cursor, &time.year) || !take_blanks(&cursor) || !take_clock(&cursor, &time))
        return false;
    take_blanks(&cursor);
    if (!take_zone(&cursor, &time.zone))
        return false;
    *ret_time = time;
    return true;
}

/* YYYY or YYYY-MM. */
static bool read_part_of_date(Text text, int32_t *ret_year, int32_t *ret_month)
{
    TimeCursor cursor = {text.data, text.data + text.size};
    *ret_month = 1;
    if (!time_take_four(&cursor, ret_year) || (time_take(&cursor, '-') && !time_take_two(&cursor, ret_month)))
        return false;
    return cursor.at == cursor.end;
}

Text web_time_to_iso(Text text, char iso[static WEB_TIME_SIZE])
{
    MailTime time;
    int32_t year, month;
    int size;
    if (text.size == 0)
        return text;
    if (read_part_of_date(text, &year, &month))
        size = snprintf(iso, WEB_TIME_SIZE, "%04d-%02d-01", (int)year, (int)month);
    else if (read_mail_time(text, &time))
        size = snprintf(iso, WEB_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%.*s", (int)time.year, (int)time.month,
                        (int)time.day, (int)time.hour, (int)time.minute, (int)time.second, TEXT_PRINTF(time.zone));
    else
        return text;
    return (Text){iso, (size_t)size};
}
