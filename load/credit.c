#include "load/credit.h"

#include "common/copy_encode.h"
#include "common/time.h"
#include "load/cursor.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS_CEILING = 8 << 20, FLUSH_SIZE = 4 << 20, COLUMNS = 15 };

/* Columns of the query, in its order. */
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

/* How a visit began; its place is its number in the query. */
typedef struct Arrival {
    Key arrival_id, channel_id, campaign_id;
    bool is_direct, is_of_campaigns;
} Arrival;

/* The deal that is being read. */
typedef struct Crediting {
    Pg *pg;
    const ModelSet *models;
    int number_max; /* arrays by model number have this length */
    bool is_open;   /* rows of a deal have come */
    char outcome[8];
    int32_t month;
    Key nobodys_topic;
    Journey journey;
    Contribution *contribution;
    FitJourneys *journeys;
    PathItem collapse_by;
    Arrival *arrivals;
    size_t arrival_count, arrival_capacity;
    Buffer rows;
} Crediting;

static int64_t get_time(Text value)
{
    return text_is_null(value) ? ATTRIBUTION_NEVER : value_time(value);
}

static Status flush(Crediting *crediting, Error *error)
{
    if (crediting->rows.size == 0)
        return STATUS_OK;
    TRY(copy_encode_trailer(&crediting->rows, error));
    TRY(pg_copy_begin(crediting->pg,
                      "copy cl_marketing.deal_touch (deal_id, position, touch_id, person_id, content_id, arrival_id, "
                      "touched_at, outcome, month, milestones, weights, credits, role_weight, campaign_weights, "
                      "campaign_credits) from stdin (format binary)",
                      error));
    TRY(pg_copy_write(crediting->pg, buffer_text(&crediting->rows), error));
    TRY(pg_copy_end(crediting->pg, NULL, error));
    buffer_clear(&crediting->rows);
    return STATUS_OK;
}

static Status put_milestones(Buffer *rows, uint8_t bits, Error *error)
{
    static const char *const names[] = {"first_touch", "lead_creation", "deal_creation", "closed_won", "last_touch"};
    Text held[sizeof names / sizeof names[0]];
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (bits >> i & 1)
            held[count++] = text_from(names[i]);
    return copy_encode_text_array(rows, held, count, error);
}

/* By model number; null where no model has it. Shares are those of the journey's models, or, NULL, all the same. */
static Status put_shares(Crediting *crediting, const int64_t *shares, size_t i, int64_t same, Error *error)
{
    int64_t values[MODEL_SET_MAX];
    bool is_null[MODEL_SET_MAX];
    for (int number = 0; number < crediting->number_max; number++)
        is_null[number] = true;
    for (size_t m = 0; m < crediting->models->count; m++) {
        int index = crediting->models->models[m].number - 1;
        values[index] = shares ? shares[m * crediting->journey.capacity + i] : same;
        is_null[index] = false;
    }
    return copy_encode_int64_array(&crediting->rows, values, is_null, (size_t)crediting->number_max, error);
}

static Status put_row(Crediting *crediting, size_t i, Error *error)
{
    const Journey *journey = &crediting->journey;
    Buffer *rows = &crediting->rows;
    bool is_touch = i < journey->count;
    static const Touch nobody;
    const Touch *touch = is_touch ? &journey->touches[i] : &nobody;
    int32_t position = (int32_t)i + 1;
    int64_t role_weight = is_touch ? journey->ordered[i].role_weight : ROLE_WEIGHT_UNIT;
    if (rows->size == 0)
        TRY(copy_encode_header(rows, error));
    TRY(copy_encode_begin(rows, COLUMNS, error));
    TRY(copy_encode_uuid(rows, &journey->deal_id, error));
    TRY(copy_encode_int32(rows, &position, error));
    TRY(copy_encode_uuid(rows, &touch->touch_id, error));
    TRY(copy_encode_uuid(rows, &touch->person_id, error));
    TRY(copy_encode_uuid(rows, &touch->content_id, error));
    TRY(copy_encode_uuid(rows, &touch->arrival_id, error));
    TRY(copy_encode_time(rows, is_touch ? &journey->ordered[i].touched_at : NULL, error));
    TRY(copy_encode_text(rows, text_from(crediting->outcome), error));
    TRY(copy_encode_date(rows, &crediting->month, error));
    TRY(put_milestones(rows, is_touch ? journey->milestones[i] : 0, error));
    TRY(put_shares(crediting, is_touch ? journey->weights : NULL, i, ATTRIBUTION_UNIT, error));
    TRY(put_shares(crediting, is_touch ? journey->credits : NULL, i, journey->amount, error));
    TRY(copy_encode_int64(rows, &role_weight, error));
    if (journey->has_campaigns) {
        TRY(put_shares(crediting, journey->campaign_weights, i, 0, error));
        TRY(put_shares(crediting, journey->campaign_credits, i, 0, error));
    } else {
        TRY(copy_encode_bytes(rows, NULL, 0, error));
        TRY(copy_encode_bytes(rows, NULL, 0, error));
    }
    return rows->size >= FLUSH_SIZE ? flush(crediting, error) : STATUS_OK;
}

static Status contribute(Crediting *crediting, Error *error)
{
    const Journey *journey = &crediting->journey;
    ContributedJourney contributed = {
        .deal = {.month = crediting->month, .outcome = crediting->outcome, .amount = journey->amount, .sign = 1},
        .touches = journey->touches,
        .count = journey->count,
        .nobodys_topic = crediting->nobodys_topic,
        .shares = {.same_weight = ATTRIBUTION_UNIT, .same_credit = journey->amount},
        .has_campaigns = journey->has_campaigns,
        .campaign_shares = {.weights = journey->campaign_weights,
                            .credits = journey->campaign_credits,
                            .model_stride = journey->capacity,
                            .touch_stride = 1}};
    if (journey->count > 0)
        contributed.shares = (SumShares){.weights = journey->weights,
                                         .credits = journey->credits,
                                         .model_stride = journey->capacity,
                                         .touch_stride = 1};
    return contribution_add(crediting->contribution, &contributed, error);
}

/* For the models that are fitted to all journeys. */
static Status keep_journey(Crediting *crediting, Error *error)
{
    const Journey *journey = &crediting->journey;
    FitHead head = {.deal_id = journey->deal_id,
                    .amount = journey->amount,
                    .month = crediting->month,
                    .count = (uint32_t)journey->count,
                    .outcome = (uint8_t)fit_outcome(text_from(crediting->outcome)),
                    .is_changed = true};
    return fit_journeys_add(crediting->journeys, &head, journey->touches, journey->ordered, error);
}

/* Credits the deal whose rows are complete. */
static Status close_deal(Crediting *crediting, Error *error)
{
    if (!crediting->is_open)
        return STATUS_OK;
    crediting->is_open = false;
    TRY(journey_close(&crediting->journey, error));
    TRY(contribute(crediting, error));
    if (crediting->models->fitted_count > 0)
        TRY(keep_journey(crediting, error));
    TRY(put_row(crediting, 0, error));
    for (size_t i = 1; i < crediting->journey.count; i++)
        TRY(put_row(crediting, i, error));
    return STATUS_OK;
}

static Status open_deal(Crediting *crediting, const PgResult *result, size_t row, const Key *deal_id, Error *error)
{
    if (text_is_null(pg_value(result, row, MONTH)) || text_is_null(pg_value(result, row, AMOUNT)))
        return error_set(error, ERROR_INTERNAL, "a deal to be credited has no month or no amount");
    Text outcome = pg_value(result, row, OUTCOME);
    crediting->is_open = true;
    snprintf(crediting->outcome, sizeof crediting->outcome, "%.*s", TEXT_PRINTF(outcome));
    crediting->month = value_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0);
    JourneyFacts facts = {.lead_created_at = get_time(pg_value(result, row, BECAME_LEAD_AT)),
                          .deal_created_at = get_time(pg_value(result, row, CREATED_AT)),
                          .closed_at = get_time(pg_value(result, row, CLOSED_AT))};
    crediting->nobodys_topic = value_key(pg_value(result, row, TOPIC_ID));
    journey_open(&crediting->journey, deal_id, &facts, value_int64(pg_value(result, row, AMOUNT)));
    return STATUS_OK;
}

static Status take_row(void *context, const PgResult *result, size_t row, Error *error)
{
    Crediting *crediting = context;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!crediting->is_open || !key_equal(&deal_id, &crediting->journey.deal_id)) {
        TRY(close_deal(crediting, error));
        TRY(open_deal(crediting, result, row, &deal_id, error));
    }
    if (text_is_null(pg_value(result, row, TOUCH_ID)))
        return STATUS_OK;
    size_t arrival_no = (size_t)value_int32(pg_value(result, row, ARRIVAL_NO));
    if (arrival_no >= crediting->arrival_count)
        return error_set(error, ERROR_INTERNAL, "a touch has an arrival that is not listed");
    const Arrival *arrival = &crediting->arrivals[arrival_no];
    int64_t touched_at = get_time(pg_value(result, row, TOUCHED_AT));
    Touch touch = {.touch_id = value_key(pg_value(result, row, TOUCH_ID)),
                   .person_id = value_key(pg_value(result, row, PERSON_ID)),
                   .content_id = value_key(pg_value(result, row, CONTENT_ID)),
                   .arrival_id = arrival->arrival_id,
                   .channel_id = arrival->channel_id,
                   .campaign_id = arrival->campaign_id,
                   .topic_id = value_key(pg_value(result, row, TOPIC_ID)),
                   .month = contribution_month(crediting->contribution, touched_at),
                   .is_of_campaigns = arrival->is_of_campaigns};
    JourneyTouch ordered = {.touched_at = touched_at,
                            .role_weight = value_int64(pg_value(result, row, ROLE_WEIGHT)),
                            .is_direct = arrival->is_direct};
    const Key *item = crediting->collapse_by == PATH_CONTENT   ? &touch.content_id
                      : crediting->collapse_by == PATH_CHANNEL ? &touch.channel_id
                                                               : &touch.topic_id;
    return journey_add(&crediting->journey, &touch, &ordered, item, error);
}

static Status take_arrival(void *context, const PgResult *result, size_t row, Error *error)
{
    Crediting *crediting = context;
    if (crediting->arrival_count >= crediting->arrival_capacity) {
        size_t capacity = crediting->arrival_capacity ? crediting->arrival_capacity * 2 : 256;
        Arrival *arrivals = reallocarray(crediting->arrivals, capacity, sizeof *arrivals);
        if (!arrivals)
            return error_no_memory(error);
        crediting->arrivals = arrivals;
        crediting->arrival_capacity = capacity;
    }
    crediting->arrivals[crediting->arrival_count++] = (Arrival){
        value_key(pg_value(result, row, 0)), value_key(pg_value(result, row, 1)), value_key(pg_value(result, row, 2)),
        value_bool(pg_value(result, row, 3)), value_bool(pg_value(result, row, 4))};
    return STATUS_OK;
}

static Status read_journeys(Crediting *crediting, Error *error)
{
    TRY(cursor_read(crediting->pg,
                    "select arrival_id, channel_id, campaign_id, is_direct, is_of_campaigns "
                    "from pg_temp.journey_arrival order by arrival_no",
                    take_arrival, crediting, error));
    TRY(cursor_read_file(crediting->pg, "refresh/51_journey_query.sql", take_row, crediting, error));
    TRY(close_deal(crediting, error));
    return flush(crediting, error);
}

Status credit_journeys(Pg *pg, const ModelSet *models, const Attribution *attribution, Contribution *contribution,
                       FitJourneys *journeys, Error *error)
{
    JourneyPathRules rules = {.collapse = attribution->collapse,
                              .drops_direct = attribution->drops_direct,
                              .touches_max = (size_t)attribution->lookback_touches};
    Crediting crediting = {.pg = pg,
                           .models = models,
                           .journey = journey_make(models, &rules),
                           .contribution = contribution,
                           .journeys = journeys,
                           .collapse_by = attribution->collapse_by,
                           .rows = buffer_make(ROWS_CEILING)};
    for (size_t i = 0; i < models->count; i++)
        if (models->models[i].number > crediting.number_max)
            crediting.number_max = models->models[i].number;
    Status status = read_journeys(&crediting, error);
    journey_done(&crediting.journey);
    free(crediting.arrivals);
    buffer_done(&crediting.rows);
    return status;
}
