#include "load/contribution.h"

#include "common/time.h"
#include "load/cursor.h"

#include <stdio.h>
#include <stdlib.h>

Status contribution_make(Pg *pg, const ModelSet *models, const Arrivals *arrivals, const char *timezone,
                         Contribution *ret_contribution, Error *error)
{
    *ret_contribution = (Contribution){.pg = pg, .models = models, .arrivals = arrivals};
    for (size_t m = 0; m < models->count; m++)
        ret_contribution->numbers[m] = models->models[m].number;
    credit_sums_make(pg, ret_contribution->numbers, models->count, false, &ret_contribution->credits);
    credit_sums_make(pg, NULL, 0, false, &ret_contribution->counts);
    return zone_load(text_from(timezone), NULL, &ret_contribution->zone, error);
}

void contribution_done(Contribution *contribution)
{
    zone_free(contribution->zone);
    credit_sums_done(&contribution->credits);
    credit_sums_done(&contribution->counts);
}

void contribution_set_open_copy(Contribution *contribution, CopyStream *stream)
{
    contribution->credits.open_copy = stream;
    contribution->counts.open_copy = stream;
}

Status contribution_write(Contribution *contribution, Error *error)
{
    TRY(credit_sums_flush(&contribution->credits, error));
    return credit_sums_flush(&contribution->counts, error);
}

static void add_to_nobody(Contribution *contribution, const ContributedJourney *journey)
{
    static const Key nobody;
    int32_t month = journey->deal.month;
    for (SumKind kind = SUM_CONTENT; kind <= SUM_CAMPAIGN; kind++)
        credit_sums_add(&contribution->credits, kind, &nobody, month, true, &journey->shares, 0);
    credit_sums_add(&contribution->counts, SUM_TOPIC, &journey->nobodys_topic, month, true, NULL, 0);
}

/* Among campaigns the first touch whose campaign counts is the source, and those that do not count get nothing. */
static void add_campaign(Contribution *contribution, const ContributedJourney *journey, size_t i, bool *has_source)
{
    const Arrival *arrival = &contribution->arrivals->list[journey->touches[i].arrival_no];
    if (journey->has_campaigns && !arrival->is_of_campaigns)
        return;
    credit_sums_add(&contribution->credits, SUM_CAMPAIGN, &arrival->campaign_id, journey->deal.month, !*has_source,
                    journey->has_campaigns ? &journey->campaign_shares : &journey->shares, i);
    *has_source = true;
}

Status contribution_add(Contribution *contribution, const ContributedJourney *journey, Error *error)
{
    CreditSums *credits = &contribution->credits, *counts = &contribution->counts;
    size_t rows = journey->count ? journey->count : 1;
    TRY(credit_sums_open(credits, &journey->deal, rows, error));
    TRY(credit_sums_open(counts, &journey->deal, rows, error));
    if (journey->count == 0)
        add_to_nobody(contribution, journey);
    bool has_source = false;
    int32_t month = journey->deal.month;
    for (size_t i = 0; i < journey->count; i++) {
        const Touch *touch = &journey->touches[i];
        const Key *channel_id = &contribution->arrivals->list[touch->arrival_no].channel_id;
        int32_t touch_month = time_month_start(journey->ordered[i].touched_at, contribution->zone);
        credit_sums_add(credits, SUM_CONTENT, &touch->content_id, month, i == 0, &journey->shares, i);
        credit_sums_add(credits, SUM_CHANNEL, channel_id, month, i == 0, &journey->shares, i);
        add_campaign(contribution, journey, i, &has_source);
        credit_sums_add(counts, SUM_TOPIC, &touch->topic_id, month, i == 0, NULL, i);
        credit_sums_add(counts, SUM_REACH, &touch->content_id, touch_month, false, NULL, i);
    }
    return STATUS_OK;
}

/* Columns of sql/refresh/47_contribution_query.sql, in its order. */
enum {
    DEAL_ID,
    OUTCOME,
    MONTH,
    AMOUNT,
    TOUCHED_AT,
    CONTENT_ID,
    TOPIC_ID,
    ARRIVAL_NO,
    WEIGHTS,
    CREDITS,
    CAMPAIGN_WEIGHTS,
    CAMPAIGN_CREDITS
};

enum { SHARE_KINDS = CAMPAIGN_CREDITS - WEIGHTS + 1 };

/* The journey whose rows are coming. */
typedef struct Taking {
    Contribution *contribution;
    bool is_open;
    Key deal_id;
    char outcome[8];
    ContributedJourney journey;
    Touch *touches;
    JourneyTouch *ordered;
    int64_t *shares[SHARE_KINDS]; /* by touch, and then by model */
    size_t capacity;
} Taking;

static void taking_done(Taking *taking)
{
    free(taking->touches);
    free(taking->ordered);
    for (size_t i = 0; i < SHARE_KINDS; i++)
        free(taking->shares[i]);
}

static void *grow(void *memory, size_t count, size_t size, bool *is_failed)
{
    void *grown = reallocarray(memory, count, size);
    *is_failed = *is_failed || !grown;
    return grown ? grown : memory;
}

static Status reserve(Taking *taking, Error *error)
{
    if (taking->journey.count < taking->capacity)
        return STATUS_OK;
    size_t capacity = taking->capacity ? taking->capacity * 2 : 256;
    size_t models = taking->contribution->models->count;
    bool is_failed = false;
    taking->touches = grow(taking->touches, capacity, sizeof *taking->touches, &is_failed);
    taking->ordered = grow(taking->ordered, capacity, sizeof *taking->ordered, &is_failed);
    for (size_t i = 0; i < SHARE_KINDS; i++)
        taking->shares[i] = grow(taking->shares[i], capacity * (models + 1), sizeof(int64_t), &is_failed);
    if (is_failed)
        return error_no_memory(error);
    taking->capacity = capacity;
    return STATUS_OK;
}

static Status close_journey(Taking *taking, Error *error)
{
    ContributedJourney *journey = &taking->journey;
    size_t models = taking->contribution->models->count;
    if (!taking->is_open)
        return STATUS_OK;
    taking->is_open = false;
    journey->touches = taking->touches;
    journey->ordered = taking->ordered;
    if (journey->count == 0)
        journey->shares = (SumShares){.same_weight = ATTRIBUTION_UNIT, .same_credit = journey->deal.amount};
    else
        journey->shares = (SumShares){
            .weights = taking->shares[0], .credits = taking->shares[1], .model_stride = 1, .touch_stride = models};
    journey->campaign_shares = (SumShares){
        .weights = taking->shares[2], .credits = taking->shares[3], .model_stride = 1, .touch_stride = models};
    return contribution_add(taking->contribution, journey, error);
}

static void read_deal(const PgResult *result, size_t row, char outcome[static 8], SumDeal *ret_deal)
{
    snprintf(outcome, 8, "%.*s", TEXT_PRINTF(pg_value(result, row, OUTCOME)));
    *ret_deal = (SumDeal){.month = value_int32(pg_value(result, row, MONTH)) - time_date_to_postgres(0),
                          .outcome = outcome,
                          .amount = value_int64(pg_value(result, row, AMOUNT))};
}

static void open_journey(Taking *taking, const PgResult *result, size_t row)
{
    taking->is_open = true;
    taking->deal_id = value_key(pg_value(result, row, DEAL_ID));
    taking->journey = (ContributedJourney){.nobodys_topic = value_key(pg_value(result, row, TOPIC_ID))};
    read_deal(result, row, taking->outcome, &taking->journey.deal);
    taking->journey.deal.sign = -1;
}

static Status take_row(void *context, const PgResult *result, size_t row, Error *error)
{
    Taking *taking = context;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!taking->is_open || !key_equal(&deal_id, &taking->deal_id)) {
        TRY(close_journey(taking, error));
        open_journey(taking, result, row);
    }
    if (text_is_null(pg_value(result, row, TOUCHED_AT)))
        return STATUS_OK;
    TRY(reserve(taking, error));
    size_t i = taking->journey.count++, models = taking->contribution->models->count;
    Touch *touch = &taking->touches[i];
    *touch = (Touch){.content_id = value_key(pg_value(result, row, CONTENT_ID)),
                     .topic_id = value_key(pg_value(result, row, TOPIC_ID))};
    TRY(arrivals_number(taking->contribution->arrivals, pg_value(result, row, ARRIVAL_NO), &touch->arrival_no, error));
    taking->ordered[i] = (JourneyTouch){.touched_at = value_time(pg_value(result, row, TOUCHED_AT))};
    taking->journey.has_campaigns = !text_is_null(pg_value(result, row, CAMPAIGN_WEIGHTS));
    for (int kind = 0; kind < SHARE_KINDS; kind++)
        for (size_t m = 0; m < models; m++)
            taking->shares[kind][i * models + m] =
                value_element(pg_value(result, row, (size_t)(WEIGHTS + kind)), taking->contribution->numbers[m]);
    return STATUS_OK;
}

/* A journey whose deal does not change, while topics of its contents do. Columns of sql/refresh/48_topic_query.sql
 * begin as those above. */
enum { FORMER_TOPIC_ID = AMOUNT + 1, NEW_TOPIC_ID };

typedef struct Retelling {
    CreditSums *counts;
    bool is_open;
    Key deal_id;
    char outcome[8];
    SumDeal deal;
    Key *former, *now; /* by touch */
    size_t count, capacity;
} Retelling;

static void retelling_done(Retelling *retelling)
{
    free(retelling->former);
    free(retelling->now);
}

static Status count_topics(Retelling *retelling, const Key *topics, int sign, Error *error)
{
    retelling->deal.sign = sign;
    TRY(credit_sums_open(retelling->counts, &retelling->deal, retelling->count, error));
    for (size_t i = 0; i < retelling->count; i++)
        credit_sums_add(retelling->counts, SUM_TOPIC, &topics[i], retelling->deal.month, i == 0, NULL, i);
    return STATUS_OK;
}

static Status close_retold(Retelling *retelling, Error *error)
{
    if (!retelling->is_open)
        return STATUS_OK;
    retelling->is_open = false;
    TRY(count_topics(retelling, retelling->former, -1, error));
    return count_topics(retelling, retelling->now, 1, error);
}

static Status take_topics(void *context, const PgResult *result, size_t row, Error *error)
{
    Retelling *retelling = context;
    Key deal_id = value_key(pg_value(result, row, DEAL_ID));
    if (!retelling->is_open || !key_equal(&deal_id, &retelling->deal_id)) {
        TRY(close_retold(retelling, error));
        retelling->is_open = true;
        retelling->deal_id = deal_id;
        retelling->count = 0;
        read_deal(result, row, retelling->outcome, &retelling->deal);
    }
    if (retelling->count >= retelling->capacity) {
        size_t capacity = retelling->capacity ? retelling->capacity * 2 : 256;
        bool is_failed = false;
        retelling->former = grow(retelling->former, capacity, sizeof *retelling->former, &is_failed);
        retelling->now = grow(retelling->now, capacity, sizeof *retelling->now, &is_failed);
        if (is_failed)
            return error_no_memory(error);
        retelling->capacity = capacity;
    }
    retelling->former[retelling->count] = value_key(pg_value(result, row, FORMER_TOPIC_ID));
    retelling->now[retelling->count++] = value_key(pg_value(result, row, NEW_TOPIC_ID));
    return STATUS_OK;
}

static Status retell_topics(Contribution *contribution, Error *error)
{
    cleanup(retelling_done) Retelling retelling = {.counts = &contribution->counts};
    TRY(cursor_read_file(contribution->pg, "refresh/48_topic_query.sql", take_topics, &retelling, error));
    return close_retold(&retelling, error);
}

Status contribution_take(Contribution *contribution, Error *error)
{
    cleanup(taking_done) Taking taking = {.contribution = contribution};
    TRY(cursor_read_file(contribution->pg, "refresh/47_contribution_query.sql", take_row, &taking, error));
    TRY(close_journey(&taking, error));
    return retell_topics(contribution, error);
}
