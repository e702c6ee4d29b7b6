#include "load/fit_journeys.h"

#include "common/time.h"
#include "load/cursor.h"

#include <stdlib.h>

/* Columns of fit_journey, in the order asked for. */
enum { DEAL_ID, OUTCOME, MONTH, AMOUNT, IS_TO_BE_WRITTEN, IS_TOUCH, CONTENT_ID, ARRIVAL_ID, ROLE_WEIGHT };

static const char journey_query[] =
    "select deal_id, outcome, month, amount, is_to_be_written, is_touch, content_id, arrival_id, role_weight "
    "from pg_temp.fit_journey order by deal_id, position";

typedef struct Reading {
    const FitItems *items;
    FitJourneyTake take;
    void *context;
    bool is_open; /* rows of a deal have come */
    FitJourney journey;
    size_t capacity;
    uint32_t *numbers[FITTED_ITEM_COUNT];
    JourneyTouch *touches;
    bool *is_of_campaigns;
    uint32_t *arrivals;
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
    arrival->campaign = (uint32_t)value_int32(pg_value(result, row, 2));
    arrival->is_of_campaigns = value_bool(pg_value(result, row, 3));
    count_number(&items->counts[FITTED_CHANNEL], arrival->channel);
    count_number(&items->campaign_count, arrival->campaign);
    return key_index_add(&items->arrivals, &key, error);
}

Status fit_items_read(Pg *pg, FitItems *items, Error *error)
{
    TRY(cursor_read(pg, "select content_id, topic from pg_temp.fit_content order by content_id", take_content, items,
                    error));
    TRY(cursor_read(
        pg, "select arrival_id, channel, campaign, is_of_campaigns from pg_temp.fit_arrival order by arrival_id",
        take_arrival, items, error));
    items->counts[FITTED_CONTENT] = items->contents.count;
    return STATUS_OK;
}

static Status reserve(Reading *reading, size_t count, Error *error)
{
    if (count <= reading->capacity)
        return STATUS_OK;
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a deal has more than %zu touches", ATTRIBUTION_TOUCHES_MAX);
    size_t capacity = reading->capacity ? reading->capacity * 2 : 256;
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++) {
        uint32_t *numbers = reallocarray(reading->numbers[i], capacity, sizeof *numbers);
        if (!numbers)
            return error_no_memory(error);
        reading->numbers[i] = numbers;
        reading->journey.items[i] = numbers;
    }
    JourneyTouch *touches = reallocarray(reading->touches, capacity, sizeof *touches);
    if (!touches)
        return error_no_memory(error);
    reading->touches = touches;
    reading->journey.touches = touches;
    bool *is_of_campaigns = reallocarray(reading->is_of_campaigns, capacity, sizeof *is_of_campaigns);
    if (!is_of_campaigns)
        return error_no_memory(error);
    reading->is_of_campaigns = is_of_campaigns;
    uint32_t *arrivals = reallocarray(reading->arrivals, capacity, sizeof *arrivals);
    if (!arrivals)
        return error_no_memory(error);
    reading->arrivals = arrivals;
    reading->journey.arrivals = arrivals;
    reading->journey.is_of_campaigns = is_of_campaigns;
    reading->capacity = capacity;
    return STATUS_OK;
}

static Status close_journey(Reading *reading, Error *error)
{
    if (!reading->is_open)
        return STATUS_OK;
    reading->is_open = false;
    return reading->take(reading->context, &reading->journey, error);
}

static JourneyOutcome outcome_of(Text outcome)
{
    return text_is(outcome, "won") ? JOURNEY_WON : text_is(outcome, "lost") ? JOURNEY_LOST : JOURNEY_OPEN;
}

static Status take_row(void *context, const PgResult *result, size_t row, Error *error)
{
    Reading *reading = context;
    FitJourney *journey = &reading->journey;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!reading->is_open || !key_equal(&deal_id, &journey->deal_id)) {
        TRY(close_journey(reading, error));
        reading->is_open = true;
        journey->deal_id = deal_id;
        journey->outcome = outcome_of(pg_value(result, row, OUTCOME));
        journey->month = value_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0);
        journey->amount = value_int64(pg_value(result, row, AMOUNT));
        journey->is_to_be_written = value_bool(pg_value(result, row, IS_TO_BE_WRITTEN));
        journey->count = 0;
    }
    if (!value_bool(pg_value(result, row, IS_TOUCH)))
        return STATUS_OK;
    TRY(reserve(reading, journey->count + 1, error));
    Key content_id = value_key(pg_value(result, row, CONTENT_ID));
    Key arrival_id = value_key(pg_value(result, row, ARRIVAL_ID));
    uint32_t content = key_index_find(&reading->items->contents, &content_id);
    uint32_t arrival = key_index_find(&reading->items->arrivals, &arrival_id);
    if (content == KEY_INDEX_NONE || arrival == KEY_INDEX_NONE)
        return error_set(error, ERROR_INTERNAL, "a touch has a content or an arrival that is not listed");
    reading->numbers[FITTED_CONTENT][journey->count] = content;
    reading->numbers[FITTED_CHANNEL][journey->count] = reading->items->of_arrival[arrival].channel;
    reading->numbers[FITTED_TOPIC][journey->count] = reading->items->topic_of[content];
    reading->arrivals[journey->count] = arrival;
    reading->is_of_campaigns[journey->count] = reading->items->of_arrival[arrival].is_of_campaigns;
    reading->touches[journey->count++] = (JourneyTouch){.role_weight = value_int64(pg_value(result, row, ROLE_WEIGHT))};
    return STATUS_OK;
}

Status fit_journeys_read(Pg *pg, const FitItems *items, FitJourneyTake take, void *context, Error *error)
{
    Reading reading = {.items = items, .take = take, .context = context};
    Status status = cursor_read(pg, journey_query, take_row, &reading, error);
    if (status == STATUS_OK)
        status = close_journey(&reading, error);
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        free(reading.numbers[i]);
    free(reading.touches);
    free(reading.is_of_campaigns);
    free(reading.arrivals);
    return status;
}
