#include "load/credit.h"

enum { COLUMNS = 15 };

typedef struct Crediting {
    const ModelSet *models;
    int number_max; /* arrays by model number have this length */
    Journey journey;
    Contribution *contribution;
    CopyStream stream;
} Crediting;

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
    return copy_encode_int64_array(&crediting->stream.rows, values, is_null, (size_t)crediting->number_max, error);
}

static Status put_row(Crediting *crediting, size_t i, Error *error)
{
    const Journey *journey = &crediting->journey;
    const JourneyHead *head = journey->head;
    Buffer *rows = &crediting->stream.rows;
    bool is_touch = i < journey->count;
    static const Touch nobody;
    static const Key no_arrival;
    const Touch *touch = is_touch ? &journey->touches[i] : &nobody;
    const Key *arrival_id = is_touch ? &journey->arrivals->list[touch->arrival_no].arrival_id : &no_arrival;
    int32_t position = (int32_t)i + 1;
    int64_t role_weight = is_touch ? journey->ordered[i].role_weight : ROLE_WEIGHT_UNIT;
    TRY(copy_stream_row(&crediting->stream, COLUMNS, error));
    TRY(copy_encode_uuid(rows, &head->deal_id, error));
    TRY(copy_encode_int32(rows, &position, error));
    TRY(copy_encode_uuid(rows, &touch->touch_id, error));
    TRY(copy_encode_uuid(rows, &touch->person_id, error));
    TRY(copy_encode_uuid(rows, &touch->content_id, error));
    TRY(copy_encode_uuid(rows, arrival_id, error));
    TRY(copy_encode_time(rows, is_touch ? &journey->ordered[i].touched_at : NULL, error));
    TRY(copy_encode_text(rows, text_from(head->outcome), error));
    TRY(copy_encode_date(rows, &head->month, error));
    TRY(put_milestones(rows, is_touch ? journey->milestones[i] : 0, error));
    TRY(put_shares(crediting, is_touch ? journey->weights : NULL, i, ATTRIBUTION_UNIT, error));
    TRY(put_shares(crediting, is_touch ? journey->credits : NULL, i, head->amount, error));
    TRY(copy_encode_int64(rows, &role_weight, error));
    if (!journey->has_campaigns) {
        TRY(copy_encode_bytes(rows, NULL, 0, error));
        return copy_encode_bytes(rows, NULL, 0, error);
    }
    TRY(put_shares(crediting, journey->campaign_weights, i, 0, error));
    return put_shares(crediting, journey->campaign_credits, i, 0, error);
}

static Status contribute(Crediting *crediting, Error *error)
{
    const Journey *journey = &crediting->journey;
    const JourneyHead *head = journey->head;
    ContributedJourney contributed = {
        .deal = {.month = head->month, .outcome = head->outcome, .amount = head->amount, .sign = 1},
        .touches = journey->touches,
        .ordered = journey->ordered,
        .count = journey->count,
        .nobodys_topic = head->nobodys_topic,
        .shares = {.same_weight = ATTRIBUTION_UNIT, .same_credit = head->amount},
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

static Status credit_deal(void *context, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                          Error *error)
{
    Crediting *crediting = context;
    TRY(journey_credit(&crediting->journey, head, touches, ordered, error));
    TRY(contribute(crediting, error));
    TRY(put_row(crediting, 0, error));
    for (size_t i = 1; i < head->count; i++)
        TRY(put_row(crediting, i, error));
    return STATUS_OK;
}

static Status credit_all(Crediting *crediting, Journeys *journeys, Error *error)
{
    contribution_set_open_copy(crediting->contribution, &crediting->stream);
    TRY(journeys_each(journeys, credit_deal, crediting, error));
    TRY(copy_stream_end(&crediting->stream, error));
    contribution_set_open_copy(crediting->contribution, NULL);
    return STATUS_OK;
}

Status credit_journeys(Pg *pg, const ModelSet *models, Journeys *journeys, Contribution *contribution, Error *error)
{
    Crediting crediting = {.models = models,
                           .journey = journey_make(models, contribution->arrivals),
                           .contribution = contribution,
                           .stream = copy_stream_make(
                               pg, "copy cl_marketing.deal_touch (deal_id, position, touch_id, person_id, content_id, "
                                   "arrival_id, touched_at, outcome, month, milestones, weights, credits, role_weight, "
                                   "campaign_weights, campaign_credits) from stdin (format binary)")};
    for (size_t i = 0; i < models->count; i++)
        if (models->models[i].number > crediting.number_max)
            crediting.number_max = models->models[i].number;
    Status status = credit_all(&crediting, journeys, error);
    journey_done(&crediting.journey);
    copy_stream_done(&crediting.stream);
    return status;
}
