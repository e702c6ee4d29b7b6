/* Batches: folders in the spool, each with a manifest.json, and the protocol that makes them whole or absent.
 *
 *     spool/extracted/<name>/     <kind>.records, reject.records, manifest.json     written by closedloop-extract
 *     spool/transformed/<name>/   <table>.copy, manifest.json                       written by closedloop-transform
 *     spool/state/<source>.json   which inputs of a source were read                written by closedloop-extract
 *
 * A batch is written into spool/<stage>/.<name>.partial, its files and the folder are synced, and the folder is
 * renamed: the rename is the commit point. Names start with read_at and a running number, so that the order of names is
 * the order in which batches load:  20260406T020000.000000Z-000003-crm-deals-<batch id>. A batch that goes is renamed
 * to .<name>.removed before its files are deleted, so that it too is whole or absent. What an interrupted program left
 * behind (.partial, .removed) is deleted by the next run of the same program, which holds the stage's lock.
 */
#ifndef CLOSEDLOOP_COMMON_BATCH_H
#define CLOSEDLOOP_COMMON_BATCH_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/config/config.h"
#include "common/error.h"
#include "common/file.h"
#include "common/hash.h"
#include "common/record.h"

/* A change of what transform makes of the same records: every batch id holds it, so that a new version replaces the
 * rows of the old one. */
enum { TRANSFORM_VERSION = 1, MANIFEST_VERSION = 1 };

enum {
    BATCH_SEQUENCE_MAX = 999999, /* the highest running number: names keep their order */
    MANIFEST_CEILING = 64 << 20, /* bytes of a manifest.json */
};

typedef struct BatchInput {
    const char *file; /* as it was found; bytes that are no UTF-8 become U+FFFD in the manifest */
    Key digest;       /* XXH3-128 of its raw bytes */
    int64_t raw_bytes, decoded_bytes;
    int64_t modified_at; /* microseconds since 1970, UTC */
} BatchInput;

/* The law of every stage: read = emitted + rejected + duplicate + filtered. */
typedef struct BatchCount {
    RecordKind kind;
    int64_t read, emitted, rejected, duplicate, filtered;
} BatchCount;

/* Of what was filtered, by the reason: "mapping" is what extract left out. */
typedef struct BatchFilter {
    RecordKind kind;
    const char *reason;
    int64_t records;
} BatchFilter;

/* One file's share of a bundle: a batch to the ledger, as if the file had travelled alone. */
typedef struct BatchMember {
    Key batch_id;
    int64_t sequence;
    bool is_refused;           /* load takes none of its rows */
    int64_t first_at, last_at; /* of its views; INT64_MAX and INT64_MIN if there is none */
    const BatchCount *counts;
    size_t count_count;
    const BatchFilter *filters;
    size_t filter_count;
} BatchMember;

/* One file of a batch. */
typedef struct BatchFile {
    const char *table; /* extracted: the record kind; transformed: the table */
    const char *name;  /* in the batch's folder */
    int64_t rows, bytes;
    Key digest;                 /* XXH3-128 of its bytes */
    const char *const *columns; /* transformed: the columns, in the order of the file; else NULL */
    size_t column_count;
} BatchFile;

/* A batch is one input, or the parts of one snapshot. Small inputs of an append source travel together in one folder: a
 * bundle, which is one batch to the spool and a batch for each of its members to the ledger. What it says of itself is
 * then the sum of what its members say. */
typedef struct Manifest {
    /* Over source, input digests, mapping digest with what lookups held, TRANSFORM_VERSION, reporting zone and
     * currency.
     */
    Key batch_id;
    Key input_digest;       /* over the inputs' digests in order: equal means the same bytes */
    Key mapping_digest;     /* with the reporting zone and currency */
    Key secret_fingerprint; /* transformed only; all zero is null in the file */
    const char *source, *system;
    SourceMode mode;
    int64_t read_at;       /* microseconds since 1970, UTC: when extract began to read */
    int64_t sequence;      /* among the batches of one run */
    long long max_deleted; /* per cent */
    bool is_refused;       /* too many rejects: load records it and its rejects, and takes no row */
    /* Snapshots: no deletion at all, since a reject had no readable key. */
    bool is_deletion_blocked;
    bool has_duplicates_left;  /* too many keys for transform's memory: load finds the duplicates within the batch */
    int64_t first_at, last_at; /* of views; INT64_MAX and INT64_MIN if there is none */
    const int32_t
        *days; /* the UTC days that hold views, as days since 1970-01-01, ascending; "2026-01-05" in the file */
    size_t day_count;
    const BatchInput *inputs;
    size_t input_count;
    const BatchCount *counts;
    size_t count_count;
    const BatchFilter *filters; /* transformed only: those of a kind add up to what is filtered of it */
    size_t filter_count;
    const BatchFile *files;
    size_t file_count;
    /* Of a bundle: one for each input, in their order; else none. Every table of a bundle has `batch_no` for its last
     * column, which holds the input's index until load puts the number there that the ledger gives. */
    const BatchMember *members;
    size_t member_count;
} Manifest;

typedef enum BatchStage { STAGE_EXTRACTED, STAGE_TRANSFORMED } BatchStage;

/* A name of one folder or file within another: not empty, no '/', no dot at its start, at most 255 bytes. */
bool batch_name_is_valid(const char *name);

/* spool/extracted or spool/transformed; the folder is made (0700) if it is not there. In the arena. */
Status batch_stage_folder(const char *spool, BatchStage stage, Arena *arena, const char **ret_folder, Error *error);

/* The committed batches of a stage in the order of their names; none if there is no such folder yet, and none is made.
 * In the arena. */
Status batch_list(const char *spool, BatchStage stage, Arena *arena, const char *const **ret_names, size_t *ret_count,
                  Error *error);

/* Deletes what an interrupted run left of unfinished and of removed batches. Call with the stage's lock held. */
Status batch_remove_partial(const char *spool, BatchStage stage, Error *error);

/* Begins a batch: an empty folder spool/<stage>/.<token>.partial, whose path is returned. What is left there of an
 * earlier one is deleted. */
Status batch_begin(const char *spool, BatchStage stage, const char *token, Arena *arena, const char **ret_folder,
                   Error *error);

/* The name of a batch from read_at, sequence, source and batch_id; NULL past the arena's ceiling. */
const char *batch_name(const Manifest *manifest, Arena *arena);

/* Writes the manifest into the partial folder, syncs it and renames it to its name: from here on the batch is whole.
 * If a batch of that name is there already, the partial one is removed: it is the same. */
Status batch_commit(const char *spool, BatchStage stage, const char *partial_folder, const char *name,
                    const Manifest *manifest, Error *error);

/* Removes a committed batch; none is no error. */
Status batch_remove(const char *spool, BatchStage stage, const char *name, Error *error);

/* Fills input_digest from the inputs, and batch_id. The source, the inputs and mapping_digest must be set. Whoever
 * makes the batch anew calls it again: the id holds the TRANSFORM_VERSION of the program. */
void manifest_seal(Manifest *manifest);

/* What the member's manifest would be had its file travelled alone; it lives as long as the bundle's. Its files are
 * those of the bundle. */
Manifest manifest_of_member(const Manifest *bundle, size_t index);

/* Reads and checks a manifest; strings live in the arena. ERROR_DATA if it is damaged or of another version, or if the
 * counts do not add up; ERROR_NO_INPUT if it is not there. Members that this version does not know are passed over. */
Status manifest_read(const char *path, Arena *arena, Manifest *ret_manifest, Error *error);

/* The same for text in memory; path is its name in messages. */
Status manifest_parse(Text json, const char *path, Arena *arena, Manifest *ret_manifest, Error *error);

/* The manifest as JSON text, appended: the same manifest gives the same bytes. ERROR_INTERNAL for one that
 * manifest_read() would refuse. */
Status manifest_write(const Manifest *manifest, Buffer *buffer, Error *error);

/* One program of a kind at a time works in a spool: takes spool/<program>.lock; ERROR_BUSY if somebody has it. */
Status batch_lock(const char *spool, const char *program, FileLock *ret_lock, Error *error);

#endif
