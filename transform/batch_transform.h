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
#include "transform/source_rules.h"

typedef struct BatchJob {
    const char *spool, *name;
    const Manifest *manifest; /* of the extracted batch of that name */
    const SourceRules *rules; /* of its source */
    const BotMatcher *bots;
    Progress *progress; /* in bytes of record files; or NULL */
    bool is_dry;        /* commits nothing */
} BatchJob;

typedef struct BatchOutcome {
    int64_t read, emitted, rejected, duplicate, filtered; /* of both stages */
    bool is_refused; /* more rejects than the source allows: the batch holds its rejects, and no rows */
    bool has_duplicates_left;
} BatchOutcome;

/* ERROR_DATA if a file of the batch is damaged. */
Status batch_transform(const BatchJob *job, BatchOutcome *ret_outcome, Error *error);

#endif
