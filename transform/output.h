/* The load-ready files of one batch: <table>.copy in its folder, each made when it is first asked for.
 *
 *     cleanup(output_done) Output output = output_make(folder);
 *     CopyWriter *writer;
 *     TRY(output_table(&output, LOAD_VIEW, &writer, error));
 *     ...
 *     TRY(output_commit(&output, &arena, &manifest.files, &manifest.file_count, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_OUTPUT_H
#define CLOSEDLOOP_TRANSFORM_OUTPUT_H

#include "common/batch.h"
#include "transform/copy_writer.h"
#include "transform/table.h"

typedef struct Output {
    const char *folder; /* the caller's; NULL: nothing is kept */
    CopyWriter writers[LOAD_TABLE_COUNT];
    bool is_open[LOAD_TABLE_COUNT];
    bool is_bundle; /* rows end with the number of the member at hand */
    int32_t member;
} Output;

Output output_make(const char *folder);

/* The writer of a table; it stays where it is, and so must the output. */
Status output_table(Output *output, LoadTable table, CopyWriter **ret_writer, Error *error);

/* Takes back what was written to the table. */
void output_drop(Output *output, LoadTable table);

/* Makes the files durable and lists them, in the arena. */
Status output_commit(Output *output, Arena *arena, const BatchFile **ret_files, size_t *ret_count, Error *error);

/* Files that were not committed are removed. */
void output_done(Output *output);

#endif
