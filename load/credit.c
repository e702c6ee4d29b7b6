#include "load/credit.h"

#include "common/copy_encode.h"
#include "common/time.h"
#include "load/credit_sums.h"
#include "load/embedded.h"
#include "load/journey.h"

#include <endian.h>
#include <stdio.h>

enum { FETCH_ROWS = 20000, ROWS_CEILING = 8 << 20, FLUSH_SIZE = 4 << 20, COLUMNS = 15 };

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
    ARRIVAL_ID,
    TOUCHED_AT,
    IS_DIRECT,
    IS_OF_CAMPAIGNS,
    ROLE_WEIGHT,
    ITEM,
    CHANNEL_ID,
    CAMPAIGN_ID
};

/* The deal that is being read. */
typedef struct Crediting {
    Pg *pg;
    const ModelSet *models;
    int number_max; /* arrays by model number have this length */
    bool is_open;   /* rows of a deal have come */
    char outcome[8];
    int32_t month;
    Journey journey;
    int numbers[MODEL_SET_MAX];
    CreditSums sums;
    Buffer rows;
} Crediting;

static int64_t get_int64(Text value)
{
    uint64_t bits;
    memcpy(&bits, value.data, sizeof bits);
    return (int64_t)be64toh(bits);
}

static int32_t get_int32(Text value)
{
    uint32_t bits;
    memcpy(&bits, value.data, sizeof bits);
    return (int32_t)be32toh(bits);
}

static int64_t get_time(Text value)
{
    return text_is_null(value) ? ATTRIBUTION_NEVER : get_int64(value) - time_to_postgres(0);
}

static Key get_key(Text value)
{
    Key key = {{0}};
    if (!text_is_null(value))
        memcpy(key.bytes, value.data, sizeof key.bytes);
    return key;
}

static bool get_bool(Text value)
{
    return !text_is_null(value) && value.data[0];
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

/* For campaigns the first touch whose campaign counts is the source, and the others influence nothing. */
static int campaign_flags(const Journey *journey, size_t i, bool *has_source)
{
    if (journey->has_campaigns && !journey->touches[i].is_of_campaigns)
        return 0;
    int flags = *has_source ? SUM_INFLUENCE : SUM_INFLUENCE | SUM_SOURCE;
    *has_source = true;
    return flags;
}

static Status sum_up(Crediting *crediting, Error *error)
{
    const Journey *journey = &crediting->journey;
    CreditSums *sums = &crediting->sums;
    bool is_empty = journey->count == 0, has_source = false;
    size_t count = is_empty ? 1 : journey->count;
    SumShares shares = {.same_weight = ATTRIBUTION_UNIT, .same_credit = journey->amount};
    if (!is_empty)
        shares = (SumShares){journey->weights, journey->credits, journey->capacity, 0, 0};
    SumShares of_campaigns = shares;
    if (journey->has_campaigns)
        of_campaigns = (SumShares){journey->campaign_weights, journey->campaign_credits, journey->capacity, 0, 0};
    static const Touch nobody;
    TRY(credit_sums_open(sums, crediting->month, crediting->outcome, journey->amount, count, error));
    for (size_t i = 0; i < count; i++) {
        const Touch *touch = is_empty ? &nobody : &journey->touches[i];
        int flags = i == 0 ? SUM_INFLUENCE | SUM_SOURCE : SUM_INFLUENCE;
        credit_sums_add(sums, SUM_CONTENT, &touch->content_id, flags, &shares, i);
        credit_sums_add(sums, SUM_CHANNEL, &touch->channel_id, flags, &shares, i);
        credit_sums_add(sums, SUM_CAMPAIGN, &touch->campaign_id,
                        is_empty ? flags : campaign_flags(journey, i, &has_source), &of_campaigns, i);
    }
    return STATUS_OK;
}

/* Credits the deal whose rows are complete. */
static Status close_deal(Crediting *crediting, Error *error)
{
    if (!crediting->is_open)
        return STATUS_OK;
    crediting->is_open = false;
    TRY(journey_close(&crediting->journey, error));
    TRY(sum_up(crediting, error));
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
    crediting->month = get_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0);
    JourneyFacts facts = {.lead_created_at = get_time(pg_value(result, row, BECAME_LEAD_AT)),
                          .deal_created_at = get_time(pg_value(result, row, CREATED_AT)),
                          .closed_at = get_time(pg_value(result, row, CLOSED_AT))};
    journey_open(&crediting->journey, deal_id, &facts, get_int64(pg_value(result, row, AMOUNT)));
    return STATUS_OK;
}

static Status take_row(Crediting *crediting, const PgResult *result, size_t row, Error *error)
{
    Key deal_id = get_key(pg_value(result, row, DEAL_ID));
    if (!crediting->is_open || !key_equal(&deal_id, &crediting->journey.deal_id)) {
        TRY(close_deal(crediting, error));
        TRY(open_deal(crediting, result, row, &deal_id, error));
    }
    if (text_is_null(pg_value(result, row, TOUCH_ID)))
        return STATUS_OK;
    Touch touch = {get_key(pg_value(result, row, TOUCH_ID)),        get_key(pg_value(result, row, PERSON_ID)),
                   get_key(pg_value(result, row, CONTENT_ID)),      get_key(pg_value(result, row, ARRIVAL_ID)),
                   get_key(pg_value(result, row, CHANNEL_ID)),      get_key(pg_value(result, row, CAMPAIGN_ID)),
                   get_bool(pg_value(result, row, IS_OF_CAMPAIGNS))};
    JourneyTouch ordered = {.touched_at = get_time(pg_value(result, row, TOUCHED_AT)),
                            .role_weight = get_int64(pg_value(result, row, ROLE_WEIGHT)),
                            .is_direct = get_bool(pg_value(result, row, IS_DIRECT))};
    Key item = get_key(pg_value(result, row, ITEM));
    return journey_add(&crediting->journey, &touch, &ordered, &item, error);
}

static Status read_journeys(Crediting *crediting, Error *error)
{
    const char *query = NULL;
    for (size_t i = 0; i < embedded_file_count; i++)
        if (strcmp(embedded_files[i].name, "refresh/51_journey_query.sql") == 0)
            query = embedded_files[i].text;
    if (!query)
        return error_set(error, ERROR_INTERNAL, "the query of journeys is not in the program");
    cleanup(buffer_done) Buffer sql = buffer_make(1 << 20);
    TRY(buffer_printf(&sql, error, "declare journey no scroll cursor for %s", query));
    TRY(pg_execute(crediting->pg, sql.data, error));
    char fetch[64];
    snprintf(fetch, sizeof fetch, "fetch %d from journey", FETCH_ROWS);
    for (;;) {
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query_binary(crediting->pg, fetch, &result, error));
        if (result.row_count == 0)
            break;
        for (size_t row = 0; row < result.row_count; row++)
            TRY(take_row(crediting, &result, row, error));
    }
    TRY(close_deal(crediting, error));
    TRY(flush(crediting, error));
    TRY(credit_sums_flush(&crediting->sums, error));
    return pg_execute(crediting->pg, "close journey", error);
}

Status credit_journeys(Pg *pg, const ModelSet *models, const Attribution *attribution, Error *error)
{
    JourneyPathRules rules = {.collapse = attribution->collapse,
                              .drops_direct = attribution->drops_direct,
                              .touches_max = (size_t)attribution->lookback_touches};
    Crediting crediting = {
        .pg = pg, .models = models, .journey = journey_make(models, &rules), .rows = buffer_make(ROWS_CEILING)};
    for (size_t i = 0; i < models->count; i++) {
        crediting.numbers[i] = models->models[i].number;
        if (crediting.numbers[i] > crediting.number_max)
            crediting.number_max = crediting.numbers[i];
    }
    credit_sums_make(pg, crediting.numbers, models->count, &crediting.sums);
    Status status = read_journeys(&crediting, error);
    journey_done(&crediting.journey);
    credit_sums_done(&crediting.sums);
    buffer_done(&crediting.rows);
    return status;
}
