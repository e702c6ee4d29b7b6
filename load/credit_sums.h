/* What deals give to contents, channels and campaigns, summed up by month and outcome while their journeys pass by:
 * reading millions of rows again for it would cost the server several times as much as to write them. What is summed up
 * goes into the temporary table journey_sum, in parts whenever it would take more than SUMS_MEMORY_MAX; parts of one
 * item add up.
 *
 *     cleanup(credit_sums_done) CreditSums sums;
 *     credit_sums_make(pg, numbers, number_count, &sums);
 *     TRY(credit_sums_open(&sums, month, "won", amount, touch_count, error)); // a deal
 *     credit_sums_add(&sums, SUM_CONTENT, &content_id, SUM_INFLUENCE, &shares, i); // touch by touch
 *     …
 *     TRY(credit_sums_flush(&sums, error));
 */
#ifndef CLOSEDLOOP_LOAD_CREDIT_SUMS_H
#define CLOSEDLOOP_LOAD_CREDIT_SUMS_H

#include "common/hash.h"
#include "common/pg.h"

#include <stddef.h>
#include <stdint.h>

enum { SUMS_MEMORY_MAX = 48 << 20 };

typedef enum SumKind { SUM_CONTENT, SUM_CHANNEL, SUM_CAMPAIGN, SUM_KINDS } SumKind;

/* Of a touch: whether it is the deal's source among the items of this kind, and whether the deal counts as influenced.
 */
enum { SUM_SOURCE = 1, SUM_INFLUENCE = 2 };

/* A journey's weights and credits: model after model, `stride` apart. Where they are NULL, all get the same. */
typedef struct SumShares {
    const int64_t *weights, *credits;
    size_t stride;
    int64_t same_weight, same_credit;
} SumShares;

typedef struct CreditSum CreditSum;

typedef struct CreditSums {
    Pg *pg;
    const int *numbers; /* of the models */
    size_t model_count;
    size_t entry_size;
    char *entries;
    size_t count, capacity;
    uint32_t *slots; /* number of an entry + 1, or 0 */
    size_t slot_count;
    uint64_t deal; /* which it is, since the last flush */
    uint64_t amounts;
    int32_t month;
    char outcome[8];
    int64_t amount;
} CreditSums;

/* The numbers must outlive it. */
void credit_sums_make(Pg *pg, const int *numbers, size_t model_count, CreditSums *ret_sums);

void credit_sums_done(CreditSums *sums);

/* Begins a deal of so many touches: each may add once to each kind. ERROR_INTERNAL without memory; errors of the
 * server. */
Status credit_sums_open(CreditSums *sums, int32_t month, const char *outcome, int64_t amount, size_t touch_count,
                        Error *error);

/* What the models give to the touch with that index counts for the item. A deal counts once for each item. */
void credit_sums_add(CreditSums *sums, SumKind kind, const Key *item, int flags, const SumShares *shares, size_t i);

/* Writes what there is. */
Status credit_sums_flush(CreditSums *sums, Error *error);

#endif
