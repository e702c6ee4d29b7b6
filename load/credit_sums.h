/* What deals give to items, summed up by month and outcome while their journeys pass by: reading millions of rows again
 * for it would cost the server several times as much as to write them. What a deal gave before is taken away in the
 * same sums, so that what stays as it was is never written. Sums go into cl_marketing.journey_sum by way of
 * sql/refresh/60_sums.sql, whenever they would take more than SUMS_MEMORY_MAX and in the end.
 *
 *     cleanup(credit_sums_done) CreditSums sums;
 *     credit_sums_make(pg, numbers, number_count, false, &sums);
 *     TRY(credit_sums_open(&sums, &deal, touch_count, error)); // a deal
 *     credit_sums_add(&sums, SUM_CONTENT, &content_id, month, is_source, &shares, i); // touch by touch
 *     …
 *     TRY(credit_sums_flush(&sums, error));
 */
#ifndef CLOSEDLOOP_LOAD_CREDIT_SUMS_H
#define CLOSEDLOOP_LOAD_CREDIT_SUMS_H

#include "common/copy_stream.h"
#include "common/hash.h"

#include <stddef.h>
#include <stdint.h>

enum { SUMS_MEMORY_MAX = 24 << 20 };

/* Reach: a content, by the month of the touch. */
typedef enum SumKind { SUM_CONTENT, SUM_CHANNEL, SUM_CAMPAIGN, SUM_TOPIC, SUM_REACH, SUM_KINDS } SumKind;

typedef struct SumDeal {
    int32_t month;       /* its first day, since 1970 */
    const char *outcome; /* shorter than 8 bytes */
    int64_t amount;      /* minor units */
    int sign;            /* 1: it is added, -1: taken away */
} SumDeal;

/* A journey's weights and credits: of one model `model_stride` from those of the next, of one touch `touch_stride`.
 * Where they are NULL, all get the same. */
typedef struct SumShares {
    const int64_t *weights, *credits;
    size_t model_stride, touch_stride;
    int64_t same_weight, same_credit;
} SumShares;

typedef struct CreditSum CreditSum;

typedef struct CreditSums {
    Pg *pg;
    CopyStream *open_copy; /* ends before sums are written; may be NULL */
    const int *numbers;    /* of the models, from 1 in the arrays of cl_marketing.journey_sum */
    size_t model_count;    /* 0: deals and amounts alone */
    bool is_fitted;
    size_t entry_size;
    char *entries;
    size_t count, capacity;
    uint32_t *slots; /* number of an entry + 1, or 0 */
    size_t slot_count;
    uint64_t deal_no; /* which it is, since the last flush */
    uint64_t amounts;
    SumDeal deal;
    char outcome[8];
} CreditSums;

/* The numbers must outlive it. */
void credit_sums_make(Pg *pg, const int *numbers, size_t model_count, bool is_fitted, CreditSums *ret_sums);

void credit_sums_done(CreditSums *sums);

/* Begins a deal of so many touches: each may add once to each kind. ERROR_INTERNAL without memory; errors of the
 * server. */
Status credit_sums_open(CreditSums *sums, const SumDeal *deal, size_t touch_count, Error *error);

/* What the models give to the touch with that index counts for the item. A deal counts once for each item; is_source:
 * it is sourced by it. shares may be NULL without models. */
void credit_sums_add(CreditSums *sums, SumKind kind, const Key *item, int32_t month, bool is_source,
                     const SumShares *shares, size_t i);

/* Writes what there is. */
Status credit_sums_flush(CreditSums *sums, Error *error);

#endif
