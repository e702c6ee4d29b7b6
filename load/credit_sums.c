#include "load/credit_sums.h"

#include "common/copy_stream.h"
#include "load/refresh.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 11, NUMBER_MAX = 128 };

/* No sum can outgrow 64 bits: weights of a deal add up to 10^12. */
#define DEALS_MAX UINT64_C(9000000)

struct CreditSum {
    Key item;
    SumKind kind;
    int32_t month;
    char outcome[8];
    uint64_t deal_no; /* the last one that was counted */
    int64_t deals, amount, sourced_deals, sourced_amount;
    int64_t shares[]; /* weights, then credits */
};

void credit_sums_make(Pg *pg, const int *numbers, size_t model_count, bool is_fitted, CreditSums *ret_sums)
{
    *ret_sums = (CreditSums){.pg = pg,
                             .numbers = numbers,
                             .model_count = model_count,
                             .is_fitted = is_fitted,
                             .entry_size = sizeof(CreditSum) + 2 * model_count * sizeof(int64_t)};
}

void credit_sums_done(CreditSums *sums)
{
    free(sums->entries);
    free(sums->slots);
    sums->entries = NULL;
    sums->slots = NULL;
}

static CreditSum *sum_at(const CreditSums *sums, size_t i)
{
    return (CreditSum *)(void *)(sums->entries + i * sums->entry_size);
}

/* Keys are digests, but those of months and outcomes lie side by side. */
static size_t slot_of(const CreditSums *sums, SumKind kind, const Key *item, int32_t month, const char *outcome)
{
    uint64_t low, high;
    memcpy(&low, item->bytes, sizeof low);
    memcpy(&high, item->bytes + sizeof low, sizeof high);
    uint64_t mixed =
        low ^ high * 31 ^ ((uint64_t)(uint32_t)month << 8 | (uint64_t)kind << 4 | (uint8_t)outcome[0] % 16);
    mixed *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (sums->slot_count - 1);
}

static bool is_of(const CreditSum *sum, SumKind kind, const Key *item, int32_t month, const char *outcome)
{
    return key_equal(&sum->item, item) && sum->month == month && sum->kind == kind &&
           memcmp(sum->outcome, outcome, sizeof sum->outcome) == 0;
}

/* The slot that holds the sum, or where it would stand. */
static uint32_t *find(const CreditSums *sums, SumKind kind, const Key *item, int32_t month, const char *outcome)
{
    size_t at = slot_of(sums, kind, item, month, outcome);
    while (sums->slots[at] && !is_of(sum_at(sums, sums->slots[at] - 1), kind, item, month, outcome))
        at = (at + 1) & (sums->slot_count - 1);
    return &sums->slots[at];
}

static Status reserve(CreditSums *sums, size_t count, Error *error)
{
    if (count <= sums->capacity)
        return STATUS_OK;
    size_t capacity = sums->capacity ? sums->capacity : 1024;
    while (capacity < count)
        capacity *= 2;
    char *entries = reallocarray(sums->entries, capacity, sums->entry_size);
    uint32_t *slots = calloc(capacity, 2 * sizeof *slots);
    sums->entries = entries ? entries : sums->entries;
    if (!entries || !slots) {
        free(slots);
        return error_no_memory(error);
    }
    free(sums->slots);
    sums->slots = slots;
    sums->slot_count = capacity * 2;
    sums->capacity = capacity;
    for (size_t i = 0; i < sums->count; i++) {
        const CreditSum *sum = sum_at(sums, i);
        *find(sums, sum->kind, &sum->item, sum->month, sum->outcome) = (uint32_t)i + 1;
    }
    return STATUS_OK;
}

Status credit_sums_open(CreditSums *sums, const SumDeal *deal, size_t touch_count, Error *error)
{
    uint64_t magnitude = deal->amount < 0 ? 0 - (uint64_t)deal->amount : (uint64_t)deal->amount;
    size_t wanted = sums->count + SUM_KINDS * touch_count;
    if (wanted > SUMS_MEMORY_MAX / sums->entry_size || sums->deal_no >= DEALS_MAX ||
        magnitude > INT64_MAX - sums->amounts) {
        TRY(credit_sums_flush(sums, error));
        wanted = SUM_KINDS * touch_count;
    }
    TRY(reserve(sums, wanted, error));
    sums->deal_no++;
    sums->amounts += magnitude;
    sums->deal = *deal;
    memset(sums->outcome, 0, sizeof sums->outcome);
    memcpy(sums->outcome, deal->outcome, strnlen(deal->outcome, sizeof sums->outcome - 1));
    return STATUS_OK;
}

static CreditSum *sum_of(CreditSums *sums, SumKind kind, const Key *item, int32_t month)
{
    uint32_t *slot = find(sums, kind, item, month, sums->outcome);
    if (*slot)
        return sum_at(sums, *slot - 1);
    CreditSum *sum = sum_at(sums, sums->count);
    memset(sum, 0, sums->entry_size);
    sum->item = *item;
    sum->kind = kind;
    sum->month = month;
    memcpy(sum->outcome, sums->outcome, sizeof sum->outcome);
    *slot = (uint32_t)++sums->count;
    return sum;
}

void credit_sums_add(CreditSums *sums, SumKind kind, const Key *item, int32_t month, bool is_source,
                     const SumShares *shares, size_t i)
{
    CreditSum *sum = sum_of(sums, kind, item, month);
    int sign = sums->deal.sign;
    if (sum->deal_no != sums->deal_no) {
        sum->deal_no = sums->deal_no;
        sum->deals += sign;
        sum->amount += sign * sums->deal.amount;
    }
    if (is_source) {
        sum->sourced_deals += sign;
        sum->sourced_amount += sign * sums->deal.amount;
    }
    for (size_t m = 0; m < sums->model_count; m++) {
        size_t at = m * shares->model_stride + i * shares->touch_stride;
        sum->shares[m] += sign * (shares->weights ? shares->weights[at] : shares->same_weight);
        sum->shares[sums->model_count + m] += sign * (shares->credits ? shares->credits[at] : shares->same_credit);
    }
}

/* What was taken away has come again. */
static bool is_nothing(const CreditSums *sums, const CreditSum *sum)
{
    int64_t any = sum->deals | sum->amount | sum->sourced_deals | sum->sourced_amount;
    for (size_t m = 0; m < 2 * sums->model_count; m++)
        any |= sum->shares[m];
    return any == 0;
}

/* By model number; null where no model has it. */
static Status put_shares(const CreditSums *sums, const int64_t *shares, Buffer *rows, Error *error)
{
    int64_t values[NUMBER_MAX];
    bool are_null[NUMBER_MAX];
    memset(are_null, true, sizeof are_null);
    size_t length = 0;
    for (size_t m = 0; m < sums->model_count; m++) {
        size_t place = (size_t)sums->numbers[m] - 1;
        values[place] = shares[m];
        are_null[place] = false;
        length = place + 1 > length ? place + 1 : length;
    }
    return copy_encode_int64_array(rows, values, are_null, length, error);
}

static Status put(const CreditSums *sums, const CreditSum *sum, CopyStream *stream, Error *error)
{
    static const char *const names[] = {"content", "channel", "campaign", "topic", "reach"};
    Buffer *rows = &stream->rows;
    TRY(copy_stream_row(stream, COLUMNS, error));
    TRY(copy_encode_text(rows, text_from(names[sum->kind]), error));
    TRY(copy_encode_uuid(rows, &sum->item, error));
    TRY(copy_encode_bool(rows, &sums->is_fitted, error));
    TRY(copy_encode_date(rows, &sum->month, error));
    TRY(copy_encode_text(rows, text_from(sum->outcome), error));
    TRY(copy_encode_int64(rows, &sum->deals, error));
    TRY(copy_encode_int64(rows, &sum->amount, error));
    TRY(copy_encode_int64(rows, &sum->sourced_deals, error));
    TRY(copy_encode_int64(rows, &sum->sourced_amount, error));
    TRY(put_shares(sums, sum->shares, rows, error));
    return put_shares(sums, sum->shares + sums->model_count, rows, error);
}

Status credit_sums_flush(CreditSums *sums, Error *error)
{
    cleanup(copy_stream_done) CopyStream stream = copy_stream_make(
        sums->pg, "copy pg_temp.journey_part (kind, item, is_fitted, month, outcome, deals, amount, sourced_deals, "
                  "sourced_amount, weights, credits) from stdin (format binary)");
    if (sums->open_copy)
        TRY(copy_stream_end(sums->open_copy, error));
    for (size_t i = 0; i < sums->count; i++)
        if (!is_nothing(sums, sum_at(sums, i)))
            TRY(put(sums, sum_at(sums, i), &stream, error));
    TRY(copy_stream_end(&stream, error));
    if (sums->slots)
        memset(sums->slots, 0, sums->slot_count * sizeof *sums->slots);
    sums->count = 0;
    sums->deal_no = 0;
    sums->amounts = 0;
    return refresh_step(sums->pg, "refresh/60_sums.sql", error);
}
