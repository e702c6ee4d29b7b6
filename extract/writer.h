/* The record files of one batch: one for each kind that the mapping makes, and one for rejects, in the batch's folder
 * (common/record.h says how they look).
 *
 *     cleanup(writer_done) Writer writer = WRITER_INIT;
 *     TRY(writer_open(folder, &mapping, &writer, error));
 *     RecordSink sink = writer_sink(&writer);
 *     ...
 *     TRY(writer_commit(&writer, &arena, &files, &count, error));
 */
#ifndef CLOSEDLOOP_EXTRACT_WRITER_H
#define CLOSEDLOOP_EXTRACT_WRITER_H

#include "common/arena.h"
#include "common/batch.h"
#include "common/error.h"
#include "extract/emitter.h"
#include "extract/mapping/mapping.h"

typedef struct WriterFile WriterFile;

typedef struct Writer {
    WriterFile *files[RECORD_KIND_COUNT]; /* NULL for kinds that do not occur */
    bool hides_raw;                       /* a mapping with a visitor: rejects show no raw text */
} Writer;

#define WRITER_INIT                                                                                                    \
    {                                                                                                                  \
        .files = { NULL }                                                                                              \
    }

/* Makes the files in the folder, which must be there and hold none of them. */
Status writer_open(const char *folder, const Mapping *mapping, Writer *ret_writer, Error *error);

/* Takes records and rejects; the writer must not move meanwhile. */
RecordSink writer_sink(Writer *writer);

/* Marks what was taken so far, and forgets what was taken since; see file_writer_mark(). */
Status writer_mark(Writer *writer, Error *error);
Status writer_return(Writer *writer, Error *error);

/* Writes, syncs and closes all files, and says what they hold, in the arena. */
Status writer_commit(Writer *writer, Arena *arena, const BatchFile **ret_files, size_t *ret_count, Error *error);

/* Without a commit before it the files are removed. May be called again, and on WRITER_INIT. */
void writer_done(Writer *writer);

#endif
