/* What a conversion counts, of a batch or of one member of a bundle.
 *
 *     Tally tally = TALLY_INIT;
 *     tally.counts[RECORD_VIEW].emitted++;
 *     TRY(tally_list(&tally, batch->counts, batch->count_count, &arena, &counts, &count_count, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_TALLY_H
#define CLOSEDLOOP_TRANSFORM_TALLY_H

#include "common/batch.h"

/* Why a record is left out although nothing is wrong with it. */
typedef enum FilterReason {
    FILTER_NONE,
    FILTER_IS_BOT,   /* the source says so */
    FILTER_ROBOT,    /* the user agent is a robot's */
    FILTER_HEADLESS, /* ... a browser's that a program drives */
    FILTER_INTERNAL_ADDRESS,
    FILTER_INTERNAL_PARAMETER,
    FILTER_PLANNED,      /* an activity that is still to come */
    FILTER_ABOUT_NOBODY, /* ... that names neither a person nor a deal */
    FILTER_REASON_COUNT,
} FilterReason;

/* As manifests and cl_ops.batch_filter call it: "robot". */
const char *filter_reason_name(FilterReason reason);

/* Whose records it leaves out. */
RecordKind filter_reason_kind(FilterReason reason);

typedef struct Tally {
    BatchCount counts[RECORD_KIND_COUNT];  /* of both stages */
    int64_t filtered[FILTER_REASON_COUNT]; /* in this stage, part of the counts */
    int64_t cut_off;                       /* rejects that the file may still make good, part of the counts */
    int64_t derived;                       /* identities that views gave, part of the counts */
    int64_t ordinal;                       /* records read so far, of all kinds */
    int64_t first_at, last_at;             /* of views; INT64_MAX and INT64_MIN if there is none */
} Tally;

#define TALLY_INIT                                                                                                     \
    {                                                                                                                  \
        .first_at = INT64_MAX, .last_at = INT64_MIN                                                                    \
    }

/* Adds what `now` has more than `before`. */
void tally_add(Tally *tally, const Tally *now, const Tally *before);

/* All kinds together. */
BatchCount tally_sum(const Tally *tally);

/* The counts of kinds that extract counted or that something was read of, in the arena. */
Status tally_list(const Tally *tally, const BatchCount *extracted, size_t extracted_count, Arena *arena,
                  const BatchCount **ret_counts, size_t *ret_count, Error *error);

/* What was filtered, by reasons, extract's before transform's own; in the arena. */
Status tally_list_filters(const Tally *tally, Arena *arena, const BatchFilter **ret_filters, size_t *ret_count,
                          Error *error);

#endif
