#include "load/credit.h"

#include "common/copy_encode.h"
#include "common/time.h"
#include "load/embedded.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FETCH_ROWS = 20000, ROWS_CEILING = 8 << 20, FLUSH_SIZE = 4 << 20 };

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
    IS_DIRECT
};

typedef struct Touch {
    Key touch_id, person_id, content_id, arrival_id;
} Touch;

/* The deal that is being read, and all that crediting it needs; grows to the longest journey. */
typedef struct Journey {
    bool is_open; /* rows of a deal have come */
    Key deal_id;
    char outcome[8];
    int32_t month;
    int64_t amount;
    JourneyFacts facts;
    size_t count, capacity;
    Touch *touches;
    JourneyTouch *ordered;
    uint8_t *milestones;
    int64_t *weights, *credits; /* model after model, `capacity` apart */
} Journey;

typedef struct Crediting {
    Pg *pg;
    const ModelSet *models;
    int number_max; /* arrays by model number have this length */
    Journey journey;
    AttributionWorkspace workspace;
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

static void *grow(void *memory, size_t count, size_t size, bool *is_failed)
{
    void *grown = reallocarray(memory, count, size);
    *is_failed = *is_failed || !grown;
    return grown ? grown : memory;
}

static Status reserve(Crediting *crediting, size_t count, Error *error)
{
    Journey *journey = &crediting->journey;
    if (count <= journey->capacity)
        return STATUS_OK;
    if (count > ATTRIBUTION_TOUCHES_MAX)
        return error_set(error, ERROR_DATA, "a deal has more than %zu touches", ATTRIBUTION_TOUCHES_MAX);
    size_t capacity = journey->capacity ? journey->capacity * 2 : 256;
    while (capacity < count)
        capacity *= 2;
    bool is_failed = false;
    journey->touches = grow(journey->touches, capacity, sizeof *journey->touches, &is_failed);
    journey->ordered = grow(journey->ordered, capacity, sizeof *journey->ordered, &is_failed);
    journey->milestones = grow(journey->milestones, capacity, 1, &is_failed);
    journey->weights = grow(journey->weights, capacity * crediting->models->count, sizeof(int64_t), &is_failed);
    journey->credits = grow(journey->credits, capacity * crediting->models->count, sizeof(int64_t), &is_failed);
    if (is_failed)
        return error_no_memory(error);
    journey->capacity = capacity;
    return STATUS_OK;
}

static Status flush(Crediting *crediting, Error *error)
{
    if (crediting->rows.size == 0)
        return STATUS_OK;
    TRY(copy_encode_trailer(&crediting->rows, error));
    TRY(pg_copy_begin(crediting->pg,
                      "copy cl_marketing.deal_touch (deal_id, position, touch_id, person_id, content_id, arrival_id, "
                      "touched_at, outcome, month, milestones, weights, credits) from stdin (format binary)",
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

static Status put_row(Crediting *crediting, size_t i, Error *error)
{
    const Journey *journey = &crediting->journey;
    Buffer *rows = &crediting->rows;
    bool is_touch = i < journey->count;
    static const Touch nobody;
    const Touch *touch = is_touch ? &journey->touches[i] : &nobody;
    int32_t position = (int32_t)i + 1;
    int64_t weights[MODEL_SET_MAX] = {0}, credits[MODEL_SET_MAX] = {0};
    for (size_t m = 0; m < crediting->models->count; m++) {
        int index = crediting->models->models[m].number - 1;
        weights[index] = is_touch ? journey->weights[m * journey->capacity + i] : ATTRIBUTION_UNIT;
        credits[index] = is_touch ? journey->credits[m * journey->capacity + i] : journey->amount;
    }
    if (rows->size == 0)
        TRY(copy_encode_header(rows, error));
    TRY(copy_encode_begin(rows, 12, error));
    TRY(copy_encode_uuid(rows, &journey->deal_id, error));
    TRY(copy_encode_int32(rows, &position, error));
    TRY(copy_encode_uuid(rows, &touch->touch_id, error));
    TRY(copy_encode_uuid(rows, &touch->person_id, error));
    TRY(copy_encode_uuid(rows, &touch->content_id, error));
    TRY(copy_encode_uuid(rows, &touch->arrival_id, error));
    TRY(copy_encode_time(rows, is_touch ? &journey->ordered[i].touched_at : NULL, error));
    TRY(copy_encode_text(rows, text_from(journey->outcome), error));
    TRY(copy_encode_date(rows, &journey->month, error));
    TRY(put_milestones(rows, is_touch ? journey->milestones[i] : 0, error));
    TRY(copy_encode_int64_array(rows, weights, (size_t)crediting->number_max, error));
    TRY(copy_encode_int64_array(rows, credits, (size_t)crediting->number_max, error));
    return rows->size >= FLUSH_SIZE ? flush(crediting, error) : STATUS_OK;
}

/* Credits the deal whose rows are complete. */
static Status close_journey(Crediting *crediting, Error *error)
{
    Journey *journey = &crediting->journey;
    if (!journey->is_open)
        return STATUS_OK;
    journey->is_open = false;
    for (size_t m = 0; m < crediting->models->count && journey->count; m++)
        TRY(attribution_compute(&crediting->models->models[m], journey->ordered, journey->count, &journey->facts,
                                journey->amount, journey->weights + m * journey->capacity,
                                journey->credits + m * journey->capacity, &crediting->workspace, error));
    if (journey->count)
        attribution_milestones(journey->ordered, journey->count, &journey->facts, journey->milestones);
    TRY(put_row(crediting, 0, error));
    for (size_t i = 1; i < journey->count; i++)
        TRY(put_row(crediting, i, error));
    return STATUS_OK;
}

static void open_journey(Journey *journey, const PgResult *result, size_t row)
{
    Text outcome = pg_value(result, row, OUTCOME);
    journey->is_open = true;
    journey->deal_id = get_key(pg_value(result, row, DEAL_ID));
    snprintf(journey->outcome, sizeof journey->outcome, "%.*s", TEXT_PRINTF(outcome));
    journey->month = get_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0);
    journey->amount = get_int64(pg_value(result, row, AMOUNT));
    journey->facts = (JourneyFacts){.lead_created_at = get_time(pg_value(result, row, BECAME_LEAD_AT)),
                                    .deal_created_at = get_time(pg_value(result, row, CREATED_AT)),
                                    .closed_at = get_time(pg_value(result, row, CLOSED_AT))};
    journey->count = 0;
}

static Status take_row(Crediting *crediting, const PgResult *result, size_t row, Error *error)
{
    Journey *journey = &crediting->journey;
    Key deal_id = get_key(pg_value(result, row, DEAL_ID));
    if (!journey->is_open || !key_equal(&deal_id, &journey->deal_id)) {
        TRY(close_journey(crediting, error));
        if (text_is_null(pg_value(result, row, MONTH)) || text_is_null(pg_value(result, row, AMOUNT)))
            return error_set(error, ERROR_INTERNAL, "a deal to be credited has no month or no amount");
        open_journey(journey, result, row);
    }
    if (text_is_null(pg_value(result, row, TOUCH_ID)))
        return STATUS_OK;
    TRY(reserve(crediting, journey->count + 1, error));
    Text is_direct = pg_value(result, row, IS_DIRECT);
    journey->touches[journey->count] =
        (Touch){get_key(pg_value(result, row, TOUCH_ID)), get_key(pg_value(result, row, PERSON_ID)),
                get_key(pg_value(result, row, CONTENT_ID)), get_key(pg_value(result, row, ARRIVAL_ID))};
    journey->ordered[journey->count] = (JourneyTouch){.touched_at = get_time(pg_value(result, row, TOUCHED_AT)),
                                                      .role_weight = ROLE_WEIGHT_UNIT,
                                                      .is_direct = !text_is_null(is_direct) && is_direct.data[0]};
    journey->count++;
    return STATUS_OK;
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
    TRY(close_journey(crediting, error));
    TRY(flush(crediting, error));
    return pg_execute(crediting->pg, "close journey", error);
}

Status credit_journeys(Pg *pg, const ModelSet *models, Error *error)
{
    Crediting crediting = {
        .pg = pg, .models = models, .workspace = attribution_workspace_make(), .rows = buffer_make(ROWS_CEILING)};
    for (size_t i = 0; i < models->count; i++)
        if (models->models[i].number > crediting.number_max)
            crediting.number_max = models->models[i].number;
    Status status = read_journeys(&crediting, error);
    free(crediting.journey.touches);
    free(crediting.journey.ordered);
    free(crediting.journey.milestones);
    free(crediting.journey.weights);
    free(crediting.journey.credits);
    attribution_workspace_done(&crediting.workspace);
    buffer_done(&crediting.rows);
    return status;
}
