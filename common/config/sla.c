#include "common/config/sla.h"

#include "common/config/source.h"
#include "common/time.h"

enum { DAY_MINUTES = 24 * 60, HOLIDAYS_MAX = 10000, KINDS_MAX = 100, WITHIN_MAX = 366 * 86400, ZONE_MAX = 255 };

typedef struct SlaMarketingEntry MarketingEntry;
typedef struct SlaSalesEntry SalesEntry;

static const SchemaField marketing_fields[] = {
    {"stage", SCHEMA_IDENTIFIER, offsetof(MarketingEntry, stage), .is_required = true,
     .meaning = "the stage that marketing owes leads of"},
    {"per_month", SCHEMA_INTEGER, offsetof(MarketingEntry, per_month), .is_required = true, .minimum = 1,
     .maximum = 10000000, .meaning = "how many a month"},
};
static const Schema marketing_schema = {marketing_fields, sizeof marketing_fields / sizeof marketing_fields[0],
                                        sizeof(MarketingEntry), .has_node = true};

static const SchemaField sales_fields[] = {
    {"after", SCHEMA_IDENTIFIER, offsetof(SalesEntry, after), .is_required = true,
     .meaning = "the stage in which a lead is handed over to sales"},
    {"first_contact_within", SCHEMA_DURATION, offsetof(SalesEntry, first_contact_within), .is_required = true,
     .minimum = 60, .maximum = WITHIN_MAX, .meaning = "the time until the first contact, in business hours: 8h"},
    {"hours", SCHEMA_TEXT, offsetof(SalesEntry, hours), .default_text = "Mon-Fri 09:00-17:00", .minimum = 1,
     .maximum = 1000, .meaning = "business hours: Mon-Thu 09:00-17:00, Fri 09:00-14:00"},
    {"timezone", SCHEMA_STRING, offsetof(SalesEntry, timezone), .minimum = 1, .maximum = ZONE_MAX,
     .meaning = "the zone of the business hours; that of reports unless given"},
    {"holidays", SCHEMA_TEXT_LIST, offsetof(SalesEntry, holidays), .maximum = HOLIDAYS_MAX,
     .meaning = "days on which nobody works: 2026-12-25"},
    {"kinds", SCHEMA_TEXT_LIST, offsetof(SalesEntry, kinds), .minimum = 1, .maximum = KINDS_MAX,
     .meaning = "the kinds of activities that are a contact; all unless given"},
    {"missed", SCHEMA_TEXT_LIST, offsetof(SalesEntry, missed), .maximum = KINDS_MAX,
     .meaning = "outcomes of activities that reached nobody, with * for any characters: attempts, not contacts"},
};
static const Schema sales_schema = {sales_fields, sizeof sales_fields / sizeof sales_fields[0], sizeof(SalesEntry),
                                    .has_node = true};

static const SchemaField sla_fields[] = {
    {"marketing", SCHEMA_MAPPING, offsetof(SlaEntry, marketing), .schema = &marketing_schema,
     .meaning = "what marketing owes sales"},
    {"sales", SCHEMA_MAPPING, offsetof(SlaEntry, sales), .schema = &sales_schema,
     .meaning = "what sales owes marketing"},
};
const Schema sla_schema = {sla_fields, sizeof sla_fields / sizeof sla_fields[0], sizeof(SlaEntry), .has_node = true};

/* --- business hours ------------------------------------------------------------------------------------------- */

static const char weekdays[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* 1 to 7, and moves past the name; 0 if there is none. */
static int take_weekday(Text *text)
{
    for (int day = 0; day < 7; day++)
        if (text->size >= 3 && text_is_ignore_case((Text){text->data, 3}, weekdays[day])) {
            text->data += 3;
            text->size -= 3;
            return day + 1;
        }
    return 0;
}

static bool take_byte(Text *text, char byte)
{
    if (text->size == 0 || text->data[0] != byte)
        return false;
    text->data++;
    text->size--;
    return true;
}

/* Digits of a fixed number, or -1. */
static int read_digits(const char *digits, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        value = value * 10 + digits[i] - '0';
    }
    return value;
}

/* HH:MM as minutes of the day, up to 24:00, and moves past it; -1 if there is none. */
static int take_clock(Text *text)
{
    if (text->size < 5 || text->data[2] != ':')
        return -1;
    int hour = read_digits(text->data, 2), minute = read_digits(text->data + 3, 2);
    if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > DAY_MINUTES)
        return -1;
    text->data += 5;
    text->size -= 5;
    return hour * 60 + minute;
}

/* In order of weekday and time; false if it overlaps one that is there. */
static bool add_opening(SlaSales *sales, SlaOpening opening)
{
    if (sales->opening_count == SLA_OPENINGS_MAX)
        return false;
    size_t place = sales->opening_count;
    for (size_t i = 0; i < sales->opening_count; i++) {
        const SlaOpening *other = &sales->openings[i];
        if (other->weekday == opening.weekday && other->opens < opening.closes && opening.opens < other->closes)
            return false;
    }
    for (; place > 0; place--) {
        const SlaOpening *before = &sales->openings[place - 1];
        if (before->weekday < opening.weekday || (before->weekday == opening.weekday && before->opens < opening.opens))
            break;
        sales->openings[place] = *before;
    }
    sales->openings[place] = opening;
    sales->opening_count++;
    return true;
}

/* "Mon-Fri 09:00-17:00" or "Sat 10:00-12:00" */
static bool take_opening(Text text, SlaSales *sales)
{
    text = text_trim(text);
    int first = take_weekday(&text), last = first;
    if (take_byte(&text, '-'))
        last = take_weekday(&text);
    size_t blanks = text.size;
    text = text_trim(text);
    if (first == 0 || last < first || blanks == text.size)
        return false;
    int opens = take_clock(&text);
    bool has_dash = take_byte(&text, '-');
    int closes = take_clock(&text);
    if (opens < 0 || !has_dash || closes <= opens || text.size)
        return false;
    for (int day = first; day <= last; day++)
        if (!add_opening(sales, (SlaOpening){day, opens, closes}))
            return false;
    return true;
}

static Status take_hours(const SalesEntry *entry, SlaSales *sales, Error *error)
{
    for (Text rest = entry->hours; rest.data;) {
        size_t comma = text_find(rest, ',');
        Text opening = {rest.data, comma};
        if (!take_opening(opening, sales)) {
            const YamlNode *node = yaml_get(entry->node, "hours");
            opening = text_trim(opening);
            yaml_error(node, error, "'%.*s' are no business hours, or are open already", TEXT_PRINTF(opening));
            return error_hint(error, "hours: \"Mon-Thu 09:00-17:00, Fri 09:00-14:00\"");
        }
        rest = comma < rest.size ? (Text){rest.data + comma + 1, rest.size - comma - 1} : TEXT_NULL;
    }
    return STATUS_OK;
}

/* --- the rest ------------------------------------------------------------------------------------------------- */

static Status check_holidays(const SalesEntry *entry, Error *error)
{
    const YamlNode *node = yaml_get(entry->node, "holidays");
    for (size_t i = 0; i < entry->holidays.count; i++) {
        Text day = entry->holidays.items[i];
        if (!time_is_iso_date(day))
            return yaml_error(node, error, "'%.*s' is no day such as 2026-12-25", TEXT_PRINTF(day));
        for (size_t other = 0; other < i; other++)
            if (text_equal(entry->holidays.items[other], day))
                return yaml_error(node, error, "the holiday %.*s is given twice", TEXT_PRINTF(day));
    }
    return STATUS_OK;
}

static Status take_sales(const SalesEntry *entry, SlaSales *sales, Error *error)
{
    *sales = (SlaSales){.after = entry->after,
                        .first_contact_within = entry->first_contact_within,
                        .timezone = entry->timezone,
                        .holidays = entry->holidays,
                        .kinds = entry->kinds,
                        .missed = entry->missed};
    if (entry->timezone)
        TRY(source_check_timezone(entry->timezone, yaml_get(entry->node, "timezone"), error));
    TRY(take_hours(entry, sales, error));
    return check_holidays(entry, error);
}

static Status check_stage(const YamlNode *node, const char *name, const Stage *stages, size_t stage_count, Error *error)
{
    if (!name || stage_find(stages, stage_count, name))
        return STATUS_OK;
    yaml_error(node, error, "there is no stage '%s'", name);
    return error_hint(error, "name it under 'stages', and say who is in it or what they did");
}

Status sla_make(const SlaEntry *entry, const Stage *stages, size_t stage_count, Sla *ret_sla, Error *error)
{
    Sla sla = {.marketing = {entry->marketing.stage, entry->marketing.per_month}};
    if (entry->sales.node)
        TRY(take_sales(&entry->sales, &sla.sales, error));
    TRY(check_stage(yaml_get(entry->marketing.node, "stage"), sla.marketing.stage, stages, stage_count, error));
    TRY(check_stage(yaml_get(entry->sales.node, "after"), sla.sales.after, stages, stage_count, error));
    *ret_sla = sla;
    return STATUS_OK;
}
