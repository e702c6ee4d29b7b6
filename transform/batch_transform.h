/* One batch, from spool/extracted to spool/transformed: the record files of its folder become load-ready files, rejects
 * and a manifest. Pure: the same folder, configuration and secret give the same bytes.
 *
 *     BatchOutcome outcome;
 *     TRY(batch_transform(&(BatchJob){.spool = spool, .name = name, .manifest = &manifest, .rules = rules,
 *                                     .bots = &bots}, &outcome, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_BATCH_TRANSFORM_H
#define CLOSEDLOOP_TRANSFORM_BATCH_TRANSFORM_H

#include "common/batch.h"
#include "common/progress.h"
#include "transform/bot.h"
#include "transform/conversion.h"
#include "transform/source_rules.h"
#include "transform/tally.h"

typedef struct BatchJob {
    const char *spool, *name;
    const Manifest *manifest; /* of the extracted batch of that name */
    const SourceRules *rules; /* of its source */
    const BotMatcher *bots;
    Progress *progress; /* in bytes of record files; or NULL */
    bool is_dry;        /* commits nothing */
} BatchJob;

enum { BATCH_REFUSED_SHOWN = 3 };

/* A file with more rejects than the source allows. */
typedef struct BatchRefused {
    const char *file; /* the manifest's */
    int64_t rejected, read;
} BatchRefused;

typedef struct BatchOutcome {
    BatchCount sum;                        /* of both stages, of all kinds */
    int64_t filtered[FILTER_REASON_COUNT]; /* of this stage */
    /* The batch holds its rejects, and no rows; of a bundle load takes no rows of these members. Those with the most
     * rejects come first. */
    BatchRefused refused[BATCH_REFUSED_SHOWN];
    size_t refused_count;
    FirstReject first_reject; /* of all, refused or not */
    bool has_duplicates_left; /* too many keys to hold */
} BatchOutcome;

/* ERROR_DATA if a file of the batch is damaged. */
Status batch_transform(const BatchJob *job, BatchOutcome *ret_outcome, Error *error);

#endif
