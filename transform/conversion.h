/* The state of one batch's way from records to rows: the rules of its source, the files that it becomes, what is
 * counted and collected on the way. Made by batch_transform(); views and the other kinds work on it.
 *
 *     for each record:
 *         TRY(conversion_step(conversion, record.file, error));
 *         arena_clear(&conversion->arena);
 *         ... values_read() ...
 *         TRY(conversion_reject(conversion, kind, &record, &failure, NULL, error));    or rows
 */
#ifndef CLOSEDLOOP_TRANSFORM_CONVERSION_H
#define CLOSEDLOOP_TRANSFORM_CONVERSION_H

#include "common/batch.h"
#include "common/progress.h"
#include "transform/bot.h"
#include "transform/bundle.h"
#include "transform/content_map.h"
#include "transform/day_set.h"
#include "transform/output.h"
#include "transform/source_rules.h"
#include "transform/value.h"

enum { FIRST_REJECT_SIZE = 512 };

/* The first reject in words, for a message about many: "leads.csv, line 2: name holds bytes that are no UTF-8". */
typedef struct FirstReject {
    char words[FIRST_REJECT_SIZE]; /* "" if there is none */
    bool is_encoding;              /* bad_utf8 */
} FirstReject;

typedef struct Conversion {
    const SourceRules *rules;
    const BotMatcher *bots;
    const Manifest *batch; /* as extract wrote it */
    Progress *progress;    /* or NULL */
    const BatchFile *file; /* the record file at hand */
    int64_t file_records;  /* read of it so far */
    uint64_t bytes_done;   /* of the record files before it */

    Output output;
    ContentMap contents;
    KeyMap arrivals; /* those written already */
    DaySet days;
    Tally tally;
    Bundle bundle;
    FirstReject first_reject;
    bool is_deletion_blocked, has_duplicates_left;

    const Key *merged_into; /* of the record at hand; NULL: none */
    Arena arena;            /* of the record at hand */
    Buffer raw;             /* of a reject */
    CanonicalUrl url;       /* of the record at hand */
} Conversion;

/* The folder takes the files. Everything given must outlive it. */
Status conversion_make(const SourceRules *rules, const BotMatcher *bots, const Manifest *batch, const char *folder,
                       Progress *progress, Conversion **ret_conversion, Error *error);

/* Before each record: enters its input, counts it, and now and then looks for signals and shows progress. */
Status conversion_step(Conversion *conversion, uint16_t file, Error *error);

/* In a bundle, all that follows is of this input, until the next one is entered or all are left. */
Status conversion_enter(Conversion *conversion, uint16_t file, Error *error);
Status conversion_leave(Conversion *conversion, Error *error);

/* The latest instant at which something that has happened may have happened: a day after the batch was read. */
int64_t conversion_latest(const Conversion *conversion);

/* Counts and writes a reject. In a snapshot the record's key counts as present; without one (NULL) nothing is deleted.
 */
Status conversion_reject(Conversion *conversion, RecordKind kind, const Record *record, const Failure *failure,
                         const Key *key, Error *error);

/* Passes a reject of extract on, which has counted it. */
Status conversion_pass_reject(Conversion *conversion, const Record *record, Error *error);

/* NULL is allowed. */
void conversion_free(Conversion *conversion);
void conversion_free_pointer(Conversion **conversion);

#endif
