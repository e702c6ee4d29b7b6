/* The making of one batch: reads input files into a partial folder of the spool, and commits it.
 *
 *     cleanup(maker_done) Maker maker = MAKER_INIT;
 *     TRY(maker_read(&maker, &job, files, count, error));
 *     if (nothing new in maker.inputs)
 *         return STATUS_OK;                            // done removes what was written
 *     TRY(maker_commit(&maker, sequence, &name, error));
 *
 * A part of the program's driver, so it logs what is odd in an input and not an error.
 */
#ifndef CLOSEDLOOP_EXTRACT_MAKER_H
#define CLOSEDLOOP_EXTRACT_MAKER_H

#include "common/arena.h"
#include "common/batch.h"
#include "common/config.h"
#include "common/error.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stream.h"
#include "extract/emitter.h"
#include "extract/mapping.h"
#include "extract/transport/files.h"
#include "extract/writer.h"

enum { MAKER_FILES_MAX = UINT16_MAX };

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
    size_t count;
    const Stream *stream; /* being read */
} Maker;

#define MAKER_INIT                                                                                                     \
    {                                                                                                                  \
        .job = NULL                                                                                                    \
    }

/* Reads all files. An input that cannot be used refuses the batch: damaged gzip, a structure that breaks off (XML, a
 * JSON array), and as a snapshot an empty file. Job and files must outlive the maker, which must not move. */
Status maker_read(Maker *maker, MakerJob *job, const FileInput *files, size_t count, Error *error);

/* Makes it durable under its name, which is the maker's. Not of a dry job. */
Status maker_commit(Maker *maker, int64_t sequence, const char **ret_name, Error *error);

/* Removes what was not committed. */
void maker_done(Maker *maker);

#endif
