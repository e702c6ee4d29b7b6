/* The making of one batch: reads input files into a partial folder of the spool, and commits it.
 *
 *     cleanup(maker_done) Maker maker = MAKER_INIT;
 *     TRY(maker_begin(&maker, &job, capacity, error));
 *     if (maker_take(&maker, &file, sequence, error) != STATUS_OK)
 *         ... it is as if the file had not been there ...
 *     if (nothing new in the last of maker.inputs)
 *         TRY(maker_return(&maker, error));            // the same
 *     TRY(maker_commit(&maker, &name, error));         // without it, done removes what was written
 *
 * A part of the program's driver, so it logs what is odd in an input and not an error.
 */
#ifndef CLOSEDLOOP_EXTRACT_MAKER_H
#define CLOSEDLOOP_EXTRACT_MAKER_H

#include "common/arena.h"
#include "common/batch.h"
#include "common/config/config.h"
#include "common/error.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stream.h"
#include "extract/emitter.h"
#include "extract/mapping/mapping.h"
#include "extract/transport/files.h"
#include "extract/writer.h"

enum {
    MAKER_FILES_MAX = UINT16_MAX,
    MAKER_BUNDLE_MAX = 4096,       /* files that travel together: a bundle is one transaction to load */
    MAKER_BUNDLE_BYTES = 64 << 20, /* of them, as they stand on the disk */
    MAKER_SMALL_BYTES = 4 << 20,   /* a larger file travels alone */
};

/* What all batches of one source have in common. */
typedef struct MakerJob {
    const Config *config;
    const Source *source;
    const Mapping *mapping;
    const Log *log;
    int64_t read_at;
    bool is_dry;                       /* reads and counts, and writes nothing */
    Progress *progress;                /* or NULL */
    uint64_t raw_bytes, decoded_bytes; /* read so far, whatever became of it */
} MakerJob;

typedef struct Maker {
    MakerJob *job;
    Arena arena;
    const char *folder; /* partial; NULL if there is none */
    Writer writer;
    Emitter emitter; /* with the counts */
    BatchInput *inputs;
    const FileInput **files; /* of the inputs, likewise */
    BatchMember *members;    /* of the inputs, likewise; NULL if these cannot be a bundle */
    size_t count, capacity;
    int64_t sequence;                      /* of the first input */
    BatchCount counted[RECORD_KIND_COUNT]; /* by the emitter, before the last input */
    const Stream *stream;                  /* being read */
    bool is_broken; /* what was written could not be taken back: nothing can be taken or committed any more */
} Maker;

#define MAKER_INIT                                                                                                     \
    {                                                                                                                  \
        .job = NULL                                                                                                    \
    }

/* Begins a batch of at most so many files. The job must outlive the maker, which must not move. */
Status maker_begin(Maker *maker, MakerJob *job, size_t capacity, Error *error);

/* Reads a file, which must outlive the maker. On failure it is as if the file had not been given (damaged gzip, a
 * structure that breaks off, and as a snapshot an empty file), or, where writing failed, the maker is broken. */
Status maker_take(Maker *maker, const FileInput *file, int64_t sequence, Error *error);

/* Forgets the file that was taken last, once. */
Status maker_return(Maker *maker, Error *error);

/* Makes it durable under its name, which is the maker's. Not of a dry job. */
Status maker_commit(Maker *maker, const char **ret_name, Error *error);

/* Removes what was not committed. */
void maker_done(Maker *maker);

#endif
