#include "load/fit_sums.h"

#include "common/copy_encode.h"

#include <stdlib.h>

/* Of 192 bytes each, taken as they are used. So many deals at most add to one sum: its weights stay below 2^63. */
enum { SUMS_MAX = 1 << 18, SLOTS = 2 * SUMS_MAX, DEALS_MAX = 1 << 22, ROWS_CEILING = 8 << 20, FLUSH_SIZE = 4 << 20 };

static void table_done(FitSumTable *table)
{
    free(table->sums);
    free(table->slots);
}

static bool table_make(FitSumTable *table)
{
    table->sums = malloc(SUMS_MAX * sizeof *table->sums);
    table->slots = calloc(SLOTS, sizeof *table->slots);
    return table->sums && table->slots;
}

void fit_sums_done(FitSums *sums)
{
    table_done(&sums->contents);
    table_done(&sums->arrivals);
    free(sums->content_in);
    free(sums->channel_in);
    free(sums->campaign_in);
    buffer_done(&sums->rows);
    *sums = FIT_SUMS_EMPTY;
}

Status fit_sums_make(Pg *pg, const FitItems *items, const size_t *places, size_t model_count, FitSums *ret_sums,
                     Error *error)
{
    FitSums sums = {.pg = pg, .items = items, .model_count = model_count, .rows = buffer_make(ROWS_CEILING)};
    for (size_t m = 0; m < model_count; m++)
        sums.places[m] = places[m];
    bool is_made = table_make(&sums.contents) && table_make(&sums.arrivals);
    sums.content_in = calloc(items->counts[FITTED_CONTENT] + 1, sizeof *sums.content_in);
    sums.channel_in = calloc(items->counts[FITTED_CHANNEL] + 1, sizeof *sums.channel_in);
    sums.campaign_in = calloc(items->campaign_count + 1, sizeof *sums.campaign_in);
    if (!is_made || !sums.content_in || !sums.channel_in || !sums.campaign_in) {
        fit_sums_done(&sums);
        return error_no_memory(error);
    }
    *ret_sums = sums;
    return STATUS_OK;
}

/* By place in the arrays of the tables; null where no model is. */
static Status put_sums(FitSums *sums, const int64_t *by_model, Error *error)
{
    int64_t values[FITTED_MODELS_COUNT];
    bool are_null[FITTED_MODELS_COUNT] = {true, true, true, true, true};
    for (size_t m = 0; m < sums->model_count; m++) {
        values[sums->places[m]] = by_model[m];
        are_null[sums->places[m]] = false;
    }
    return copy_encode_int64_array(&sums->rows, values, are_null, FITTED_MODELS_COUNT, error);
}

static Status put_sum(FitSums *sums, const FitSum *sum, const KeyIndex *index, bool has_campaigns, Error *error)
{
    static const Key nobody;
    static const char *const outcomes[] = {[JOURNEY_OPEN] = "open", [JOURNEY_WON] = "won", [JOURNEY_LOST] = "lost"};
    Buffer *rows = &sums->rows;
    TRY(copy_encode_begin(rows, has_campaigns ? 9 : 6, error));
    TRY(copy_encode_uuid(rows, sum->item == KEY_INDEX_NONE ? &nobody : &index->keys[sum->item], error));
    TRY(copy_encode_date(rows, &sum->month, error));
    TRY(copy_encode_text(rows, text_from(outcomes[sum->outcome]), error));
    TRY(copy_encode_int64(rows, &sum->deals, error));
    TRY(put_sums(sums, sum->weights, error));
    TRY(put_sums(sums, sum->credits, error));
    if (!has_campaigns)
        return STATUS_OK;
    TRY(copy_encode_int64(rows, &sum->campaign_deals, error));
    TRY(put_sums(sums, sum->campaign_weights, error));
    return put_sums(sums, sum->campaign_credits, error);
}

static Status write_rows(FitSums *sums, const char *copy, Error *error)
{
    TRY(copy_encode_trailer(&sums->rows, error));
    TRY(pg_copy_begin(sums->pg, copy, error));
    TRY(pg_copy_write(sums->pg, buffer_text(&sums->rows), error));
    TRY(pg_copy_end(sums->pg, NULL, error));
    buffer_clear(&sums->rows);
    return STATUS_OK;
}

static Status flush_table(FitSums *sums, FitSumTable *table, const KeyIndex *index, bool has_campaigns,
                          const char *copy, Error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        if (sums->rows.size == 0)
            TRY(copy_encode_header(&sums->rows, error));
        TRY(put_sum(sums, &table->sums[i], index, has_campaigns, error));
        if (sums->rows.size >= FLUSH_SIZE || i + 1 == table->count)
            TRY(write_rows(sums, copy, error));
    }
    memset(table->slots, 0, SLOTS * sizeof *table->slots);
    table->count = 0;
    return STATUS_OK;
}

Status fit_sums_flush(FitSums *sums, Error *error)
{
    TRY(flush_table(sums, &sums->contents, &sums->items->contents, false,
                    "copy pg_temp.fit_content_sum from stdin (format binary)", error));
    return flush_table(sums, &sums->arrivals, &sums->items->arrivals, true,
                       "copy pg_temp.fit_arrival_sum from stdin (format binary)", error);
}

/* splitmix64 */
static uint64_t hash_of(uint32_t item, int32_t month, JourneyOutcome outcome)
{
    uint64_t value = ((uint64_t)item << 32 | (uint32_t)month) + (uint64_t)outcome * UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

/* The sum of that item for deals like this one; empties the tables first if they are full. */
static Status find_sum(FitSums *sums, FitSumTable *table, uint32_t item, const FitJourney *journey, FitSum **ret_sum,
                       Error *error)
{
    if (table->count >= SUMS_MAX)
        TRY(fit_sums_flush(sums, error));
    size_t at = hash_of(item, journey->month, journey->outcome) & (SLOTS - 1);
    for (; table->slots[at] != 0; at = (at + 1) & (SLOTS - 1)) {
        FitSum *sum = &table->sums[table->slots[at] - 1];
        if (sum->item == item && sum->month == journey->month && sum->outcome == journey->outcome) {
            *ret_sum = sum;
            return STATUS_OK;
        }
    }
    *ret_sum = &table->sums[table->count];
    **ret_sum = (FitSum){.item = item, .month = journey->month, .outcome = journey->outcome};
    table->slots[at] = (uint32_t)++table->count;
    return STATUS_OK;
}

/* false: the sums would not fit, and are as they were. */
static bool add_shares(const FitSums *sums, const int64_t *shares, size_t stride, int64_t *ret_sums)
{
    int64_t added[FITTED_MODELS_COUNT];
    for (size_t m = 0; m < sums->model_count; m++)
        if (__builtin_add_overflow(ret_sums[m], shares[m * stride], &added[m]))
            return false;
    for (size_t m = 0; m < sums->model_count; m++)
        ret_sums[m] = added[m];
    return true;
}

/* Of touch i, to a copy of the sum, so that one that would not fit stays as it was. */
static bool add_touch(const FitSums *sums, const FitShares *shares, size_t i, bool has_campaigns, FitSum *sum)
{
    FitSum added = *sum;
    const int64_t *weights = shares->campaign_weights ? shares->campaign_weights : shares->weights;
    const int64_t *credits = shares->campaign_credits ? shares->campaign_credits : shares->credits;
    bool is_there = add_shares(sums, shares->weights + i, shares->stride, added.weights) &&
                    add_shares(sums, shares->credits + i, shares->stride, added.credits);
    if (has_campaigns)
        is_there = is_there && add_shares(sums, weights + i, shares->stride, added.campaign_weights) &&
                   add_shares(sums, credits + i, shares->stride, added.campaign_credits);
    if (is_there)
        *sum = added;
    return is_there;
}

/* Amounts may be so large that two of them are too much for a sum: then it begins anew. */
static Status add_to(FitSums *sums, FitSumTable *table, uint32_t item, const FitJourney *journey,
                     const FitShares *shares, size_t i, FitSum **ret_sum, Error *error)
{
    bool has_campaigns = table == &sums->arrivals;
    TRY(find_sum(sums, table, item, journey, ret_sum, error));
    if (add_touch(sums, shares, i, has_campaigns, *ret_sum))
        return STATUS_OK;
    TRY(fit_sums_flush(sums, error));
    TRY(find_sum(sums, table, item, journey, ret_sum, error));
    if (!add_touch(sums, shares, i, has_campaigns, *ret_sum))
        return error_set(error, ERROR_INTERNAL, "a share of a deal does not fit into an empty sum");
    return STATUS_OK;
}

static bool is_first(uint32_t *held_in, uint32_t number, uint32_t deal)
{
    bool is_new = held_in[number] != deal;
    held_in[number] = deal;
    return is_new;
}

static Status add_unattributed(FitSums *sums, const FitJourney *journey, Error *error)
{
    int64_t weights[FITTED_MODELS_COUNT], credits[FITTED_MODELS_COUNT];
    for (size_t m = 0; m < FITTED_MODELS_COUNT; m++) {
        weights[m] = ATTRIBUTION_UNIT;
        credits[m] = journey->amount;
    }
    const FitShares all = {.weights = weights, .credits = credits, .stride = 1};
    FitSum *sum;
    TRY(add_to(sums, &sums->contents, KEY_INDEX_NONE, journey, &all, 0, &sum, error));
    sum->deals++;
    TRY(add_to(sums, &sums->arrivals, KEY_INDEX_NONE, journey, &all, 0, &sum, error));
    sum->deals++;
    sum->campaign_deals++;
    return STATUS_OK;
}

Status fit_sums_add(FitSums *sums, const FitJourney *journey, const FitShares *shares, Error *error)
{
    if (++sums->deals % DEALS_MAX == 0)
        TRY(fit_sums_flush(sums, error));
    if (journey->count == 0)
        return add_unattributed(sums, journey, error);
    for (size_t i = 0; i < journey->count; i++) {
        uint32_t content = journey->items[FITTED_CONTENT][i], arrival = journey->arrivals[i];
        const FitArrival *of_arrival = &sums->items->of_arrival[arrival];
        FitSum *sum;
        TRY(add_to(sums, &sums->contents, content, journey, shares, i, &sum, error));
        sum->deals += is_first(sums->content_in, content, sums->deals);
        TRY(add_to(sums, &sums->arrivals, arrival, journey, shares, i, &sum, error));
        sum->deals += is_first(sums->channel_in, of_arrival->channel, sums->deals);
        sum->campaign_deals += is_first(sums->campaign_in, of_arrival->campaign, sums->deals);
    }
    return STATUS_OK;
}
