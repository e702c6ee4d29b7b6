/* What the touches of all deals earned under the fitted models, added up by content and by arrival, month and outcome:
 * the sums that reports read, since one closed deal changes them all. Partial sums are copied into the temporary tables
 * fit_content_sum and fit_arrival_sum of sql/refresh/55_fit_begin.sql whenever there are many, so that memory stays
 * bounded; sql/refresh/57_fit_sums.sql adds them up.
 *
 *     cleanup(fit_sums_done) FitSums sums = FIT_SUMS_EMPTY;
 *     TRY(fit_sums_make(pg, &items, places, model_count, &sums, error));
 *     TRY(fit_sums_add(&sums, &journey, &shares, error)); // deal after deal, each once
 *     TRY(fit_sums_flush(&sums, error));
 */
#ifndef CLOSEDLOOP_LOAD_FIT_SUMS_H
#define CLOSEDLOOP_LOAD_FIT_SUMS_H

#include "common/buffer.h"
#include "load/fit_journeys.h"

/* What a deal's touches earned, model after model, `stride` apart. Those of campaigns are NULL where they are the same.
 */
typedef struct FitShares {
    const int64_t *weights, *credits;
    const int64_t *campaign_weights, *campaign_credits;
    size_t stride;
} FitShares;

/* Of one content or one arrival, in a month, with an outcome; arrays by model. */
typedef struct FitSum {
    uint32_t item; /* its place; KEY_INDEX_NONE: unattributed */
    int32_t month;
    JourneyOutcome outcome;
    int64_t deals;          /* that hold the content; of an arrival: at the first touch of its channel in a deal */
    int64_t campaign_deals; /* likewise of its campaign */
    int64_t weights[FITTED_MODELS_COUNT], credits[FITTED_MODELS_COUNT];
    int64_t campaign_weights[FITTED_MODELS_COUNT], campaign_credits[FITTED_MODELS_COUNT];
} FitSum;

typedef struct FitSumTable {
    FitSum *sums;
    size_t count;
    uint32_t *slots; /* 0 free, else the place of a sum and 1; open addressing */
} FitSumTable;

typedef struct FitSums {
    Pg *pg;
    const FitItems *items;
    size_t places[FITTED_MODELS_COUNT]; /* in the arrays of the tables, by model */
    size_t model_count;
    FitSumTable contents, arrivals;
    uint32_t *content_in, *channel_in, *campaign_in; /* by number: the last deal that held it */
    uint32_t deals;
    Buffer rows;
} FitSums;

#define FIT_SUMS_EMPTY ((FitSums){0})

/* places: of the models, from 0, in the arrays of cl_marketing.fitted_touch. Items must outlive it. ERROR_INTERNAL
 * without memory. */
Status fit_sums_make(Pg *pg, const FitItems *items, const size_t *places, size_t model_count, FitSums *ret_sums,
                     Error *error);

/* A journey without touches is one row, unattributed, with all the credit. */
Status fit_sums_add(FitSums *sums, const FitJourney *journey, const FitShares *shares, Error *error);

/* Copies what there is, and begins anew. */
Status fit_sums_flush(FitSums *sums, Error *error);

void fit_sums_done(FitSums *sums);

#endif
