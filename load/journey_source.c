#include "load/journey_source.h"

#include "common/time.h"
#include "load/cursor.h"
#include "load/journey_path.h"

#include <stdio.h>
#include <stdlib.h>

/* Columns of both queries, in their order. */
enum {
    DEAL_ID,
    OUTCOME,
    MONTH,
    AMOUNT,
    CREATED_AT,
    CLOSED_AT,
    BECAME_LEAD_AT,
    TOUCH_ID,
    PERSON_ID,
    CONTENT_ID,
    TOPIC_ID,
    ARRIVAL_NO,
    TOUCHED_AT,
    ROLE_WEIGHT
};

/* The deal whose rows are coming: first its own, then its touches. */
typedef struct Source {
    Journeys *journeys;
    const Arrivals *arrivals;
    JourneyPathRules rules;
    PathItem collapse_by;
    bool is_changed;
    bool is_open;
    JourneyHead head;
    Touch *touches;
    JourneyTouch *ordered;
    JourneyStep *steps;
    bool *is_kept;
    size_t capacity;
    JourneyPathWorkspace workspace;
} Source;

static void source_done(Source *source)
{
    free(source->touches);
    free(source->ordered);
    free(source->steps);
    free(source->is_kept);
    journey_path_workspace_done(&source->workspace);
}

static void *grow(void *memory, size_t count, size_t size, bool *is_failed)
{
    void *grown = reallocarray(memory, count, size);
    *is_failed = *is_failed || !grown;
    return grown ? grown : memory;
}

static Status reserve(Source *source, size_t count, Error *error)
{
    if (count <= source->capacity)
        return STATUS_OK;
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a deal has more than %zu touches", ATTRIBUTION_TOUCHES_MAX);
    size_t capacity = source->capacity ? source->capacity * 2 : 256;
    bool is_failed = false;
    source->touches = grow(source->touches, capacity, sizeof *source->touches, &is_failed);
    source->ordered = grow(source->ordered, capacity, sizeof *source->ordered, &is_failed);
    source->steps = grow(source->steps, capacity, sizeof *source->steps, &is_failed);
    source->is_kept = grow(source->is_kept, capacity, sizeof *source->is_kept, &is_failed);
    if (is_failed)
        return error_no_memory(error);
    source->capacity = capacity;
    return STATUS_OK;
}

static Status leave_out(Source *source, Error *error)
{
    size_t kept = 0, to = 0;
    TRY(journey_path_select(&source->rules, source->steps, source->head.count, source->is_kept, &kept,
                            &source->workspace, error));
    for (size_t i = 0; i < source->head.count; i++)
        if (source->is_kept[i]) {
            source->touches[to] = source->touches[i];
            source->ordered[to++] = source->ordered[i];
        }
    source->head.count = (uint32_t)kept;
    return STATUS_OK;
}

static Status close_deal(Source *source, Error *error)
{
    if (!source->is_open)
        return STATUS_OK;
    source->is_open = false;
    if (!journey_path_keeps_all(&source->rules) && source->head.count > 0)
        TRY(leave_out(source, error));
    return journeys_add(source->journeys, &source->head, source->touches, source->ordered, error);
}

static int64_t get_time(Text value)
{
    return text_is_null(value) ? ATTRIBUTION_NEVER : value_time(value);
}

static Status open_deal(Source *source, const PgResult *result, size_t row, const Key *deal_id, Error *error)
{
    if (text_is_null(pg_value(result, row, MONTH)) || text_is_null(pg_value(result, row, AMOUNT)))
        return error_set(error, ERROR_INTERNAL, "a deal to be credited has no month or no amount");
    JourneyHead *head = &source->head;
    *head = (JourneyHead){.deal_id = *deal_id,
                          .nobodys_topic = value_key(pg_value(result, row, TOPIC_ID)),
                          .facts = {.lead_created_at = get_time(pg_value(result, row, BECAME_LEAD_AT)),
                                    .deal_created_at = get_time(pg_value(result, row, CREATED_AT)),
                                    .closed_at = get_time(pg_value(result, row, CLOSED_AT))},
                          .amount = value_int64(pg_value(result, row, AMOUNT)),
                          .month = value_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0),
                          .is_changed = source->is_changed};
    snprintf(head->outcome, sizeof head->outcome, "%.*s", TEXT_PRINTF(pg_value(result, row, OUTCOME)));
    source->is_open = true;
    return STATUS_OK;
}

static Status take_row(void *context, const PgResult *result, size_t row, Error *error)
{
    Source *source = context;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!source->is_open || !key_equal(&deal_id, &source->head.deal_id)) {
        TRY(close_deal(source, error));
        TRY(open_deal(source, result, row, &deal_id, error));
    }
    if (text_is_null(pg_value(result, row, TOUCH_ID)))
        return STATUS_OK;
    TRY(reserve(source, source->head.count + (size_t)1, error));
    size_t i = source->head.count++;
    Touch *touch = &source->touches[i];
    *touch = (Touch){.touch_id = value_key(pg_value(result, row, TOUCH_ID)),
                     .person_id = value_key(pg_value(result, row, PERSON_ID)),
                     .content_id = value_key(pg_value(result, row, CONTENT_ID)),
                     .topic_id = value_key(pg_value(result, row, TOPIC_ID))};
    TRY(arrivals_number(source->arrivals, pg_value(result, row, ARRIVAL_NO), &touch->arrival_no, error));
    const Arrival *arrival = &source->arrivals->list[touch->arrival_no];
    source->ordered[i] = (JourneyTouch){.touched_at = get_time(pg_value(result, row, TOUCHED_AT)),
                                        .role_weight = value_int64(pg_value(result, row, ROLE_WEIGHT)),
                                        .is_direct = arrival->is_direct};
    source->steps[i] = (JourneyStep){source->collapse_by == PATH_CONTENT   ? touch->content_id
                                     : source->collapse_by == PATH_CHANNEL ? arrival->channel_id
                                                                           : touch->topic_id,
                                     arrival->is_direct};
    return STATUS_OK;
}

static Status read_all(Source *source, Pg *pg, const char *query, Error *error)
{
    TRY(cursor_read_file(pg, query, take_row, source, error));
    return close_deal(source, error);
}

Status journey_source_changed(Pg *pg, const Attribution *attribution, const Arrivals *arrivals, Journeys *journeys,
                              Error *error)
{
    cleanup(source_done) Source source = {.journeys = journeys,
                                          .arrivals = arrivals,
                                          .rules = {.collapse = attribution->collapse,
                                                    .drops_direct = attribution->drops_direct,
                                                    .touches_max = (size_t)attribution->lookback_touches},
                                          .collapse_by = attribution->collapse_by,
                                          .is_changed = true};
    return read_all(&source, pg, "refresh/51_journey_query.sql", error);
}

Status journey_source_unchanged(Pg *pg, const Arrivals *arrivals, Journeys *journeys, Error *error)
{
    cleanup(source_done) Source source = {.journeys = journeys, .arrivals = arrivals};
    return read_all(&source, pg, "refresh/57_journey_query.sql", error);
}
