#include "load/fit_journeys.h"

#include "common/time.h"
#include "load/cursor.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_BUFFER = 1 << 18 };

/* Columns of the query, in its order. */
enum { DEAL_ID, OUTCOME, MONTH, AMOUNT, IS_CHANGED, IS_TOUCH, CONTENT_ID, ARRIVAL_ID, ROLE_WEIGHT };

static const char journey_query[] =
    "select d.deal_id, t.outcome, t.month, (d.amount_reporting * power(10::numeric, s.currency_exponent))::bigint, "
    "c.deal_id is not null, t.touched_at is not null, t.content_id, t.arrival_id, t.role_weight "
    "from cl_core.deal as d "
    "join cl_marketing.deal_touch as t on t.deal_id = d.deal_id "
    "cross join cl_ops.setting as s "
    "left join pg_temp.changed_deal as c on c.deal_id = d.deal_id "
    "where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null "
    "order by d.deal_id, t.position";

/* The file: of each deal its head, then its touches. */
typedef struct FitHead {
    Key deal_id;
    int64_t amount;
    int32_t month;
    uint32_t count;
    uint8_t outcome;
    bool is_changed;
} FitHead;

struct FitTouch {
    uint32_t content, arrival;
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

static Status write_failed(Error *error)
{
    return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be written");
}

static Status close_journey(Reading *reading, Error *error)
{
    FitJourneys *journeys = reading->journeys;
    if (!reading->is_open)
        return STATUS_OK;
    reading->is_open = false;
    if (fwrite(&reading->head, sizeof reading->head, 1, journeys->file) != 1 ||
        fwrite(journeys->read, sizeof *journeys->read, reading->head.count, journeys->file) != reading->head.count)
        return write_failed(error);
    return STATUS_OK;
}

static JourneyOutcome outcome_of(Text outcome)
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
                          .outcome = (uint8_t)outcome_of(pg_value(result, row, OUTCOME)),
                          .is_changed = value_bool(pg_value(result, row, IS_CHANGED))};
    }
    if (!value_bool(pg_value(result, row, IS_TOUCH)))
        return STATUS_OK;
    TRY(reserve(journeys, head->count + (size_t)1, error));
    Key content_id = value_key(pg_value(result, row, CONTENT_ID));
    Key arrival_id = value_key(pg_value(result, row, ARRIVAL_ID));
    struct FitTouch touch = {.content = key_index_find(&journeys->items->contents, &content_id),
                             .arrival = key_index_find(&journeys->items->arrivals, &arrival_id),
                             .role_weight = value_int64(pg_value(result, row, ROLE_WEIGHT))};
    if (touch.content == KEY_INDEX_NONE || touch.arrival == KEY_INDEX_NONE)
        return error_set(error, ERROR_INTERNAL, "a touch has a content or an arrival that is not listed");
    journeys->read[head->count++] = touch;
    return STATUS_OK;
}

static Status read_all(Pg *pg, FitJourneys *journeys, Error *error)
{
    journeys->file = tmpfile();
    if (!journeys->file)
        return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "no temporary file can be made for the journeys");
    setvbuf(journeys->file, NULL, _IOFBF, FILE_BUFFER);
    Reading reading = {.journeys = journeys};
    TRY(cursor_read(pg, journey_query, take_row, &reading, error));
    TRY(close_journey(&reading, error));
    return fflush(journeys->file) == 0 ? STATUS_OK : write_failed(error);
}

Status fit_journeys_read(Pg *pg, const FitItems *items, FitJourneys *ret_journeys, Error *error)
{
    FitJourneys journeys = {.items = items};
    Status status = read_all(pg, &journeys, error);
    if (status != STATUS_OK) {
        fit_journeys_done(&journeys);
        return status;
    }
    *ret_journeys = journeys;
    return STATUS_OK;
}

/* The journey whose touches have been read, with the numbers of what they name. */
static FitJourney journey_of(FitJourneys *journeys, const FitHead *head)
{
    const FitItems *items = journeys->items;
    for (size_t i = 0; i < head->count; i++) {
        struct FitTouch touch = journeys->read[i];
        const FitArrival *arrival = &items->of_arrival[touch.arrival];
        journeys->numbers[FITTED_CONTENT][i] = touch.content;
        journeys->numbers[FITTED_CHANNEL][i] = arrival->channel;
        journeys->numbers[FITTED_TOPIC][i] = items->topic_of[touch.content];
        journeys->arrivals[i] = touch.arrival;
        journeys->is_of_campaigns[i] = arrival->is_of_campaigns;
        journeys->touches[i] = (JourneyTouch){.role_weight = touch.role_weight};
    }
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
    return journey;
}

Status fit_journeys_each(FitJourneys *journeys, FitJourneyTake take, void *context, Error *error)
{
    rewind(journeys->file);
    FitHead head;
    while (fread(&head, sizeof head, 1, journeys->file) == 1) {
        TRY(reserve(journeys, head.count, error));
        if (fread(journeys->read, sizeof *journeys->read, head.count, journeys->file) != head.count)
            break;
        FitJourney journey = journey_of(journeys, &head);
        TRY(take(context, &journey, error));
    }
    if (ferror(journeys->file) || !feof(journeys->file))
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be read");
    return STATUS_OK;
}
