/* The inputs of a source in one run: what its paths name, less what the run leaves out.
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
#include "extract/run.h"
#include "extract/transport/files.h"

typedef struct Inputs {
    FileInputs files; /* sorted by path, each once */
    bool is_whole;    /* all that the configuration names was found */
} Inputs;

/* Files that were last modified before run->since are left out; of parts that are one snapshot all or none. */
Status inputs_find(Run *run, const Source *source, Arena *arena, Inputs *ret_inputs, Error *error);

#endif
