/* The inputs of a source in one run: what its paths name, less what the run leaves out; or its query.
 *
 *     Inputs inputs;
 *     TRY(inputs_find(run, source, &arena, &inputs, error));
 *     for (size_t i = 0; i < inputs.files.count; i++)
 *         ... inputs.files.items[i] ...
 *
 * A part of the program's driver: what cannot be found is noted by run_note_failure(), and the others are still found.
 */
#ifndef CLOSEDLOOP_EXTRACT_INPUTS_H
#define CLOSEDLOOP_EXTRACT_INPUTS_H

#include "common/arena.h"
#include "common/config.h"
#include "common/error.h"
#include "common/stream.h"
#include "extract/run.h"
#include "extract/transport/files.h"

typedef struct Inputs {
    FileInputs files; /* sorted by path, each once */
    bool is_whole;    /* all that the configuration names was found */
} Inputs;

/* Files that were last modified before run->since are left out; of parts that are one snapshot all or none. */
Status inputs_find(Run *run, const Source *source, Arena *arena, Inputs *ret_inputs, Error *error);

/* The bytes of one of them. */
Status input_open(const Source *source, const FileInput *input, Stream **ret_stream, Error *error);

/* What they are called in messages: "file", "files", "query". */
const char *inputs_noun(const Source *source, size_t count);

#endif
