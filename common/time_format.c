#include "common/time_format.h"

/* A longer number is beyond the year 9999 in any unit. */
enum { EPOCH_DIGITS = 18 };

/* What stands behind an ISO time: nothing, or a zone to the end. */
static bool take_iso_zone(TimeCursor *cursor, TimeFields *fields)
{
    if (cursor->at == cursor->end)
        return true;
    fields->has_offset = true;
    if (time_take(cursor, 'Z') || time_take(cursor, 'z'))
        return cursor->at == cursor->end;
    time_take(cursor, ' ');
    if (!time_take_word(cursor, TEXT("UTC")) && !time_take_word(cursor, TEXT("GMT")) &&
        !time_take_offset(cursor, &fields->offset))
        return false;
    return cursor->at == cursor->end;
}

static bool take_iso_time(TimeCursor *cursor, TimeFields *fields)
{
    fields->has_time = true;
    if (!time_take_two(cursor, &fields->hour) || !time_take(cursor, ':') || !time_take_two(cursor, &fields->minute))
        return false;
    if (!time_take(cursor, ':'))
        return true;
    if (!time_take_two(cursor, &fields->second))
        return false;
    return (!time_take(cursor, '.') && !time_take(cursor, ',')) || time_take_fraction(cursor, &fields->microsecond);
}

bool time_parse_iso(Text text, TimeReading *ret_reading)
{
    if (text_is_empty(text))
        return false;
    TimeCursor cursor = {text.data, text.data + text.size};
    TimeFields fields = {0};
    if (!time_take_four(&cursor, &fields.year) || !time_take(&cursor, '-') || !time_take_two(&cursor, &fields.month) ||
        !time_take(&cursor, '-') || !time_take_two(&cursor, &fields.day))
        return false;
    if (cursor.at < cursor.end) {
        if (!time_take(&cursor, 'T') && !time_take(&cursor, ' ') && !time_take(&cursor, 't'))
            return false;
        if (!take_iso_time(&cursor, &fields) || !take_iso_zone(&cursor, &fields))
            return false;
    }
    return time_fields_resolve(&fields, ret_reading);
}

/* What a directive fills in. A format fills in each once. */
enum {
    FIELD_YEAR = 1 << 0,
    FIELD_MONTH = 1 << 1,
    FIELD_DAY = 1 << 2,
    FIELD_HOUR = 1 << 3,
    FIELD_HOUR_OF_TWELVE = 1 << 4,
    FIELD_HALF = 1 << 5,
    FIELD_MINUTE = 1 << 6,
    FIELD_SECOND = 1 << 7,
    FIELD_FRACTION = 1 << 8,
    FIELD_OFFSET = 1 << 9,
    FIELD_WEEKDAY = 1 << 10,
    FIELD_EPOCH = 1 << 11,
};

typedef struct Directive {
    char letter;
    bool is_number;
    unsigned fills;
    const char *stands_for; /* other directives */
} Directive;

static const Directive directives[] = {
    {'Y', true, FIELD_YEAR, NULL},
    {'y', true, FIELD_YEAR, NULL},
    {'m', true, FIELD_MONTH, NULL},
    {'b', false, FIELD_MONTH, NULL},
    {'B', false, FIELD_MONTH, NULL},
    {'d', true, FIELD_DAY, NULL},
    {'e', true, FIELD_DAY, NULL},
    {'a', false, FIELD_WEEKDAY, NULL},
    {'A', false, FIELD_WEEKDAY, NULL},
    {'H', true, FIELD_HOUR, NULL},
    {'I', true, FIELD_HOUR | FIELD_HOUR_OF_TWELVE, NULL},
    {'p', false, FIELD_HALF, NULL},
    {'M', true, FIELD_MINUTE, NULL},
    {'S', true, FIELD_SECOND, NULL},
    {'f', true, FIELD_FRACTION, NULL},
    {'z', false, FIELD_OFFSET, NULL},
    {'Z', false, FIELD_OFFSET, NULL},
    {'s', true, FIELD_EPOCH, NULL},
    {'Q', true, FIELD_EPOCH, NULL},
    {'J', true, FIELD_EPOCH, NULL},
    {'T', false, 0, "%H:%M:%S"},
    {'F', false, 0, "%Y-%m-%d"},
    {'D', false, 0, "%m/%d/%y"},
};

static const Directive *directive_find(char letter)
{
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
        if (directives[i].letter == letter)
            return &directives[i];
    return NULL;
}

static Status format_add(TimeFormat *format, struct TimeFormatStep step, Error *error)
{
    if (format->count == TIME_FORMAT_STEPS)
        return error_set(error, ERROR_CONFIG, "time format has more than %d parts", TIME_FORMAT_STEPS);
    format->steps[format->count++] = step;
    return STATUS_OK;
}

/* Adds the steps of a format, or of what a directive stands for; those stand for no others. */
static Status format_add_all(TimeFormat *format, Text text, unsigned *filled, Error *error)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '%') {
            TRY(format_add(format, (struct TimeFormatStep){.literal = text.data[i]}, error));
            continue;
        }
        char letter = ++i < text.size ? text.data[i] : '\0';
        if (letter == '%') {
            TRY(format_add(format, (struct TimeFormatStep){.literal = '%'}, error));
            continue;
        }
        const Directive *directive = directive_find(letter);
        if (!directive) {
            error_set(error, ERROR_CONFIG, "time format: %%%.*s is not known", letter ? 1 : 0, &letter);
            return error_hint(error,
                              "known are %%Y %%y %%m %%b %%d %%e %%a %%H %%I %%p %%M %%S %%f %%z %%Z %%s %%Q %%J "
                              "%%T %%F %%D %%%%, and the names iso, epoch, epoch_ms, epoch_us");
        }
        if (*filled & directive->fills)
            return error_set(error, ERROR_CONFIG, "time format: %%%c gives again what is already given", letter);
        *filled |= directive->fills;
        if (directive->stands_for)
            TRY(format_add_all(format, text_from(directive->stands_for), filled, error));
        else
            TRY(format_add(format, (struct TimeFormatStep){.directive = letter}, error));
    }
    return STATUS_OK;
}

static Status format_check(unsigned filled, Error *error)
{
    const unsigned date = FIELD_YEAR | FIELD_MONTH | FIELD_DAY;
    const char *problem = NULL;
    if (filled & FIELD_EPOCH)
        problem = filled == FIELD_EPOCH ? NULL : "an epoch stands alone";
    else if ((filled & date) != date)
        problem = "year, month and day are needed";
    else if (!(filled & FIELD_HOUR_OF_TWELVE) != !(filled & FIELD_HALF))
        problem = "%I and %p need each other";
    else if (!(filled & FIELD_HOUR) && (filled & (FIELD_MINUTE | FIELD_OFFSET)))
        problem = "the hour is missing";
    else if (!(filled & FIELD_MINUTE) && (filled & FIELD_SECOND))
        problem = "the minute is missing";
    else if (!(filled & FIELD_SECOND) && (filled & FIELD_FRACTION))
        problem = "the second is missing";
    return problem ? error_set(error, ERROR_CONFIG, "time format: %s", problem) : STATUS_OK;
}

static bool step_is_number(const struct TimeFormatStep *step)
{
    return step->directive ? directive_find(step->directive)->is_number : time_is_digit(&step->literal);
}

static void format_fix_widths(TimeFormat *format)
{
    for (size_t i = 0; i < format->count; i++)
        format->steps[i].is_two_digit = (i > 0 && step_is_number(&format->steps[i - 1])) ||
                                        (i + 1 < format->count && step_is_number(&format->steps[i + 1]));
}

Status time_format_compile(Text text, TimeFormat *ret_format, Error *error)
{
    static const struct {
        const char *name, *format;
    } names[] = {{"iso", ""}, {"epoch", "%s"}, {"epoch_ms", "%Q"}, {"epoch_us", "%J"}};
    TimeFormat format = {0};
    unsigned filled = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!text_is(text, names[i].name))
            continue;
        TRY(format_add_all(&format, text_from(names[i].format), &filled, error));
        *ret_format = format;
        return STATUS_OK;
    }
    TRY(format_add_all(&format, text, &filled, error));
    TRY(format_check(filled, error));
    format_fix_widths(&format);
    *ret_format = format;
    return STATUS_OK;
}

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
static const char *const weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};

/* One of the English names, whole or cut to three letters; its place in the list. */
static bool take_name(TimeCursor *cursor, const char *const *names, int32_t count, int32_t *ret_index)
{
    for (int32_t i = 0; i < count; i++) {
        Text name = text_from(names[i]);
        if (time_take_word(cursor, name) || time_take_word(cursor, (Text){name.data, 3})) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* A count of units since 1970, in microseconds. */
static bool take_epoch(TimeCursor *cursor, int64_t unit, bool may_have_fraction, int64_t *ret_instant)
{
    bool is_negative = time_take(cursor, '-');
    int64_t value = 0;
    int digits = 0;
    for (; time_at_digit(cursor); cursor->at++) {
        if (++digits > EPOCH_DIGITS)
            return false;
        value = value * 10 + time_digit_at(cursor->at);
    }
    int32_t microsecond = 0;
    if (digits == 0 || __builtin_mul_overflow(value, unit, &value))
        return false;
    if (may_have_fraction && time_take(cursor, '.') && !time_take_fraction(cursor, &microsecond))
        return false;
    if (__builtin_add_overflow(value, microsecond, &value))
        return false;
    *ret_instant = is_negative ? -value : value;
    return true;
}

static bool take_two_digit_year(TimeCursor *cursor, int32_t *ret_year)
{
    if (!time_take_two(cursor, ret_year))
        return false;
    *ret_year += *ret_year < 69 ? 2000 : 1900;
    return true;
}

static bool take_half(TimeCursor *cursor, TimeFields *fields)
{
    fields->has_half = true;
    fields->is_afternoon = time_take_word(cursor, TEXT("PM"));
    return fields->is_afternoon || time_take_word(cursor, TEXT("AM"));
}

static bool take_month_name(TimeCursor *cursor, int32_t *ret_month)
{
    if (!take_name(cursor, month_names, 12, ret_month))
        return false;
    ++*ret_month;
    return true;
}

static bool take_named_zone(TimeCursor *cursor)
{
    return time_take_word(cursor, TEXT("UTC")) || time_take_word(cursor, TEXT("GMT")) ||
           time_take_word(cursor, TEXT("Z"));
}

/* A day whose first digit may be a blank. */
static bool take_blank_day(const struct TimeFormatStep *step, TimeCursor *cursor, int32_t *ret_day)
{
    if (!time_take(cursor, ' '))
        return step->is_two_digit ? time_take_two(cursor, ret_day) : time_take_one_or_two(cursor, ret_day);
    if (!time_at_digit(cursor))
        return false;
    *ret_day = time_digit_at(cursor->at++);
    return true;
}

/* Takes what one step says from the text. */
static bool step_take(const struct TimeFormatStep *step, TimeCursor *cursor, TimeFields *fields)
{
    bool (*take_short)(TimeCursor *, int32_t *) = step->is_two_digit ? time_take_two : time_take_one_or_two;
    int32_t ignored;
    switch (step->directive) {
    case 'Y':
        return time_take_four(cursor, &fields->year);
    case 'y':
        return take_two_digit_year(cursor, &fields->year);
    case 'm':
        return take_short(cursor, &fields->month);
    case 'b':
    case 'B':
        return take_month_name(cursor, &fields->month);
    case 'd':
        return take_short(cursor, &fields->day);
    case 'e':
        return take_blank_day(step, cursor, &fields->day);
    case 'a':
    case 'A':
        return take_name(cursor, weekday_names, 7, &ignored);
    case 'H':
        fields->has_time = true;
        return take_short(cursor, &fields->hour);
    case 'I':
        fields->has_time = true;
        return take_short(cursor, &fields->hour) && fields->hour >= 1 && fields->hour <= 12;
    case 'p':
        return take_half(cursor, fields);
    case 'M':
        return time_take_two(cursor, &fields->minute);
    case 'S':
        return time_take_two(cursor, &fields->second);
    case 'f':
        return time_take_fraction(cursor, &fields->microsecond);
    case 'z':
        fields->has_offset = true;
        return time_take(cursor, 'Z') || time_take(cursor, 'z') || time_take_offset(cursor, &fields->offset);
    case 'Z':
        fields->has_offset = true;
        return take_named_zone(cursor);
    case 's':
        fields->has_epoch = true;
        return take_epoch(cursor, TIME_SECOND, true, &fields->epoch);
    case 'Q':
        fields->has_epoch = true;
        return take_epoch(cursor, 1000, false, &fields->epoch);
    case 'J':
        fields->has_epoch = true;
        return take_epoch(cursor, 1, false, &fields->epoch);
    default:
        return time_take(cursor, step->literal);
    }
}

bool time_format_parse(const TimeFormat *format, Text text, TimeReading *ret_reading)
{
    if (!format || format->count == 0)
        return time_parse_iso(text, ret_reading);
    if (text_is_empty(text))
        return false;
    TimeCursor cursor = {text.data, text.data + text.size};
    TimeFields fields = {0};
    for (size_t i = 0; i < format->count; i++)
        if (!step_take(&format->steps[i], &cursor, &fields))
            return false;
    return cursor.at == cursor.end && time_fields_resolve(&fields, ret_reading);
}
