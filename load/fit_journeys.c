#include "load/fit_journeys.h"

#include "load/cursor.h"

#include <stdlib.h>

void fit_items_done(FitItems *items)
{
    key_index_done(&items->contents);
    free(items->topic_of);
    free(items->channel_of);
    *items = FIT_ITEMS_EMPTY;
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
    if (items->contents.count >= items->topic_capacity) {
        size_t capacity = items->topic_capacity ? items->topic_capacity * 2 : 1024;
        uint32_t *topics = reallocarray(items->topic_of, capacity, sizeof *topics);
        if (!topics)
            return error_no_memory(error);
        items->topic_of = topics;
        items->topic_capacity = capacity;
    }
    uint32_t topic = (uint32_t)value_int32(pg_value(result, row, 1));
    items->topic_of[items->contents.count] = topic;
    count_number(&items->counts[FITTED_TOPIC], topic);
    return key_index_add(&items->contents, &key, error);
}

static Status take_arrival(void *context, const PgResult *result, size_t row, Error *error)
{
    FitItems *items = context;
    uint32_t arrival_no;
    TRY(arrivals_number(items->arrivals, pg_value(result, row, 0), &arrival_no, error));
    items->channel_of[arrival_no] = (uint32_t)value_int32(pg_value(result, row, 1));
    count_number(&items->counts[FITTED_CHANNEL], items->channel_of[arrival_no]);
    return STATUS_OK;
}

Status fit_items_read(Pg *pg, const Arrivals *arrivals, FitItems *items, Error *error)
{
    items->arrivals = arrivals;
    items->channel_of = calloc(arrivals->count + 1, sizeof *items->channel_of);
    if (!items->channel_of)
        return error_no_memory(error);
    for (size_t i = 0; i < arrivals->count; i++)
        items->channel_of[i] = KEY_INDEX_NONE;
    TRY(cursor_read(pg, "select content_id, topic from pg_temp.fit_content order by content_id", take_content, items,
                    error));
    TRY(cursor_read(pg, "select arrival_no, channel from pg_temp.fit_arrival", take_arrival, items, error));
    items->counts[FITTED_CONTENT] = items->contents.count;
    return STATUS_OK;
}

void fit_journeys_done(FitJourneys *fit)
{
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        free(fit->numbers[i]);
}

static Status reserve(FitJourneys *fit, size_t count, Error *error)
{
    if (count <= fit->capacity)
        return STATUS_OK;
    size_t capacity = count < 256 ? 256 : count * 2;
    fit->capacity = capacity;
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++) {
        free(fit->numbers[i]);
        fit->numbers[i] = calloc(capacity, sizeof *fit->numbers[i]);
        fit->capacity = fit->numbers[i] ? fit->capacity : 0;
    }
    return fit->capacity ? STATUS_OK : error_no_memory(error);
}

static Status number_touches(FitJourneys *fit, const Touch *touches, size_t count, Error *error)
{
    const FitItems *items = fit->items;
    for (size_t i = 0; i < count; i++) {
        uint32_t content = key_index_find(&items->contents, &touches[i].content_id);
        uint32_t channel = items->channel_of[touches[i].arrival_no];
        if (content == KEY_INDEX_NONE || channel == KEY_INDEX_NONE)
            return error_set(error, ERROR_INTERNAL, "a touch has a content or an arrival that is not listed");
        fit->numbers[FITTED_CONTENT][i] = content;
        fit->numbers[FITTED_CHANNEL][i] = channel;
        fit->numbers[FITTED_TOPIC][i] = items->topic_of[content];
    }
    return STATUS_OK;
}

/* Who takes, and from whom. */
typedef struct Giving {
    FitJourneys *fit;
    FitJourneyTake take;
    void *context;
} Giving;

static JourneyOutcome outcome_of(const JourneyHead *head)
{
    Text outcome = text_from(head->outcome);
    return text_is(outcome, "won") ? JOURNEY_WON : text_is(outcome, "lost") ? JOURNEY_LOST : JOURNEY_OPEN;
}

static Status give(void *context, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                   Error *error)
{
    const Giving *giving = context;
    FitJourneys *fit = giving->fit;
    TRY(reserve(fit, head->count, error));
    TRY(number_touches(fit, touches, head->count, error));
    FitJourney journey = {.head = head, .outcome = outcome_of(head), .touches = touches, .ordered = ordered};
    for (size_t i = 0; i < FITTED_ITEM_COUNT; i++)
        journey.items[i] = fit->numbers[i];
    return giving->take(giving->context, &journey, error);
}

Status fit_journeys_each(FitJourneys *fit, FitJourneyTake take, void *context, Error *error)
{
    return journeys_each(fit->journeys, give, &(Giving){fit, take, context}, error);
}
