#include "load/fit_journeys.h"

#include "common/time.h"
#include "load/cursor.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_BUFFER = 1 << 18 };

/* Columns of the query, in its order. */
enum { DEAL_ID, OUTCOME, MONTH, AMOUNT, IS_TOUCH, CONTENT_ID, ARRIVAL_ID, ROLE_WEIGHT };

static const char journey_query[] =
    "select d.deal_id, t.outcome, t.month, (d.amount_reporting * power(10::numeric, s.currency_exponent))::bigint, "
    "t.touched_at is not null, t.content_id, t.arrival_id, t.role_weight "
    "from cl_core.deal as d "
    "join cl_marketing.deal_touch as t on t.deal_id = d.deal_id "
    "cross join cl_ops.setting as s "
    "where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null "
    "and not exists (select from pg_temp.changed_deal as c where c.deal_id = d.deal_id) "
    "order by d.deal_id, t.position";

/* The file: of each deal its head, then its touches. */
struct FitTouch {
    Key content_id, arrival_id;
    int64_t role_weight;
};

/* The deal whose rows are coming. */
typedef struct Reading {
    FitJourneys *journeys;
    bool is_open;
    FitHead head;
} Reading;

void fit_items_done(FitItems *items)
{
    key_index_done(&items->contents);
    key_index_done(&items->arrivals);
    free(items->topic_of);
    free(items->of_arrival);
    *items = FIT_ITEMS_EMPTY;
}

static Status reserve_items(void **items, size_t *capacity, size_t count, size_t size, Error *error)
{
    if (count < *capacity)
        return STATUS_OK;
    size_t grown = *capacity ? *capacity * 2 : 1024;
    void *moved = reallocarray(*items, grown, size);
    if (!moved)
        return error_no_memory(error);
    *items = moved;
    *capacity = grown;
    return STATUS_OK;
}

/* Numbers are dense: so many there are when this one was seen. */
static void count_number(size_t *count, uint32_t number)
{
    *count = number < *count ? *count : number + (size_t)1;
}

static Status take_content(void *context, const PgResult *result, size_t row, Error *error)
{
    FitItems *items = context;
    Key key = value_key(pg_value(result, row, 0));
    void *topics = items->topic_of;
    TRY(reserve_items(&topics, &items->topic_capacity, items->contents.count, sizeof *items->topic_of, error));
    items->topic_of = topics;
    uint32_t topic = (uint32_t)value_int32(pg_value(result, row, 1));
    items->topic_of[items->contents.count] = topic;
    count_number(&items->counts[FITTED_TOPIC], topic);
    return key_index_add(&items->contents, &key, error);
}

static Status take_arrival(void *context, const PgResult *result, size_t row, Error *error)
{
    FitItems *items = context;
    Key key = value_key(pg_value(result, row, 0));
    void *arrivals = items->of_arrival;
    TRY(reserve_items(&arrivals, &items->arrival_capacity, items->arrivals.count, sizeof *items->of_arrival, error));
    items->of_arrival = arrivals;
    FitArrival *arrival = &items->of_arrival[items->arrivals.count];
    arrival->channel = (uint32_t)value_int32(pg_value(result, row, 1));
    arrival->channel_id = value_key(pg_value(result, row, 2));
    arrival->campaign_id = value_key(pg_value(result, row, 3));
    arrival->is_of_campaigns = value_bool(pg_value(result, row, 4));
    count_number(&items->counts[FITTED_CHANNEL], arrival->channel);
    return key_index_add(&items->arrivals, &key, error);
}

Status fit_items_read(Pg *pg, FitItems *items, Error *error)
{
    TRY(cursor_read(pg, "select content_id, topic from pg_temp.fit_content order by content_id", take_content, items,
                    error));
    TRY(cursor_read(pg,
                    "select arrival_id, channel, channel_id, campaign_id, is_of_campaigns from pg_temp.fit_arrival "
                    "order by arrival_id",
                    take_arrival, items, error));
    items->counts[FITTED_CONTENT] = items->contents.count;
    return STATUS_OK;
}

void fit_journeys_done(FitJourneys *journeys)
{
    if (journeys->file)
        fclose(journeys->file);
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        free(journeys->numbers[i]);
    free(journeys->read);
    free(journeys->touches);
    free(journeys->arrivals);
    free(journeys->is_of_campaigns);
    *journeys = FIT_JOURNEYS_EMPTY;
}

static void *grow(void *memory, size_t count, size_t size, bool *is_failed)
{
    void *grown = reallocarray(memory, count, size);
    *is_failed = *is_failed || !grown;
    return grown ? grown : memory;
}

static Status reserve(FitJourneys *journeys, size_t count, Error *error)
{
    if (count <= journeys->capacity)
        return STATUS_OK;
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a deal has more than %zu touches", ATTRIBUTION_TOUCHES_MAX);
    size_t capacity = journeys->capacity ? journeys->capacity * 2 : 256;
    bool is_failed = false;
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        journeys->numbers[i] = grow(journeys->numbers[i], capacity, sizeof *journeys->numbers[i], &is_failed);
    journeys->read = grow(journeys->read, capacity, sizeof *journeys->read, &is_failed);
    journeys->touches = grow(journeys->touches, capacity, sizeof *journeys->touches, &is_failed);
    journeys->arrivals = grow(journeys->arrivals, capacity, sizeof *journeys->arrivals, &is_failed);
    journeys->is_of_campaigns = grow(journeys->is_of_campaigns, capacity, sizeof(bool), &is_failed);
    if (is_failed)
        return error_no_memory(error);
    journeys->capacity = capacity;
    return STATUS_OK;
}

static Status write_journey(FitJourneys *journeys, const FitHead *head, Error *error)
{
    if (fwrite(head, sizeof *head, 1, journeys->file) != 1 ||
        (head->count > 0 && fwrite(journeys->read, sizeof *journeys->read, head->count, journeys->file) != head->count))
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be written");
    return STATUS_OK;
}

Status fit_journeys_begin(FitJourneys *ret_journeys, Error *error)
{
    FILE *file = tmpfile();
    if (!file)
        return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "no temporary file can be made for the journeys");
    setvbuf(file, NULL, _IOFBF, FILE_BUFFER);
    *ret_journeys = (FitJourneys){.file = file};
    return STATUS_OK;
}

Status fit_journeys_add(FitJourneys *journeys, const FitHead *head, const Touch *touches, const JourneyTouch *ordered,
                        Error *error)
{
    TRY(reserve(journeys, head->count, error));
    for (size_t i = 0; i < head->count; i++)
        journeys->read[i] = (struct FitTouch){touches[i].content_id, touches[i].arrival_id, ordered[i].role_weight};
    return write_journey(journeys, head, error);
}

static Status close_journey(Reading *reading, Error *error)
{
    if (!reading->is_open)
        return STATUS_OK;
    reading->is_open = false;
    return write_journey(reading->journeys, &reading->head, error);
}

JourneyOutcome fit_outcome(Text outcome)
{
    return text_is(outcome, "won") ? JOURNEY_WON : text_is(outcome, "lost") ? JOURNEY_LOST : JOURNEY_OPEN;
}

static Status take_row(void *context, const PgResult *result, size_t row, Error *error)
{
    Reading *reading = context;
    FitJourneys *journeys = reading->journeys;
    FitHead *head = &reading->head;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!reading->is_open || !key_equal(&deal_id, &head->deal_id)) {
        TRY(close_journey(reading, error));
        reading->is_open = true;
        *head = (FitHead){.deal_id = deal_id,
                          .amount = value_int64(pg_value(result, row, AMOUNT)),
                          .month = value_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0),
                          .outcome = (uint8_t)fit_outcome(pg_value(result, row, OUTCOME))};
    }
    if (!value_bool(pg_value(result, row, IS_TOUCH)))
        return STATUS_OK;
    TRY(reserve(journeys, head->count + (size_t)1, error));
    journeys->read[head->count++] =
        (struct FitTouch){value_key(pg_value(result, row, CONTENT_ID)), value_key(pg_value(result, row, ARRIVAL_ID)),
                          value_int64(pg_value(result, row, ROLE_WEIGHT))};
    return STATUS_OK;
}

Status fit_journeys_read(Pg *pg, FitJourneys *journeys, Error *error)
{
    Reading reading = {.journeys = journeys};
    TRY(cursor_read(pg, journey_query, take_row, &reading, error));
    return close_journey(&reading, error);
}

/* Of the journey whose touches have been read, the numbers of what they name. */
static Status number_touches(FitJourneys *journeys, const FitItems *items, size_t count, Error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct FitTouch *touch = &journeys->read[i];
        uint32_t content = key_index_find(&items->contents, &touch->content_id);
        uint32_t place = key_index_find(&items->arrivals, &touch->arrival_id);
        if (content == KEY_INDEX_NONE || place == KEY_INDEX_NONE)
            return error_set(error, ERROR_INTERNAL, "a touch has a content or an arrival that is not listed");
        const FitArrival *arrival = &items->of_arrival[place];
        journeys->numbers[FITTED_CONTENT][i] = content;
        journeys->numbers[FITTED_CHANNEL][i] = arrival->channel;
        journeys->numbers[FITTED_TOPIC][i] = items->topic_of[content];
        journeys->arrivals[i] = place;
        journeys->is_of_campaigns[i] = arrival->is_of_campaigns;
        journeys->touches[i] = (JourneyTouch){.role_weight = touch->role_weight};
    }
    return STATUS_OK;
}

static Status give_journey(FitJourneys *journeys, const FitItems *items, const FitHead *head, FitJourneyTake take,
                           void *context, Error *error)
{
    TRY(number_touches(journeys, items, head->count, error));
    FitJourney journey = {.deal_id = head->deal_id,
                          .outcome = (JourneyOutcome)head->outcome,
                          .month = head->month,
                          .amount = head->amount,
                          .is_changed = head->is_changed,
                          .count = head->count,
                          .arrivals = journeys->arrivals,
                          .touches = journeys->touches,
                          .is_of_campaigns = journeys->is_of_campaigns};
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        journey.items[i] = journeys->numbers[i];
    return take(context, &journey, error);
}

Status fit_journeys_each(FitJourneys *journeys, const FitItems *items, FitJourneyTake take, void *context, Error *error)
{
    /* rewind() writes what is left, and does not tell whether it could */
    if (fflush(journeys->file) != 0)
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be written");
    rewind(journeys->file);
    FitHead head;
    while (fread(&head, sizeof head, 1, journeys->file) == 1) {
        TRY(reserve(journeys, head.count, error));
        if (head.count > 0 && fread(journeys->read, sizeof *journeys->read, head.count, journeys->file) != head.count)
            break;
        TRY(give_journey(journeys, items, &head, take, context, error));
    }
    if (ferror(journeys->file) || !feof(journeys->file))
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be read");
    return STATUS_OK;
}
