/* The inputs of a source in one run: what its paths name, less what the run leaves out; or its query; or the pages of
 * its server, which are fetched here.
 *
 *     cleanup(inputs_done) Inputs inputs = {0};
 *     TRY(inputs_find(run, &mapping, &arena, &inputs, error));
 *     for (size_t i = 0; i < inputs.files.count; i++)
 *         ... inputs.files.items[i] ...
 *     TRY(inputs_finish(&inputs, error));
 *
 * A part of the program's driver: what cannot be found is noted by run_note_failure(), and the others are still found.
 */
#ifndef CLOSEDLOOP_EXTRACT_INPUTS_H
#define CLOSEDLOOP_EXTRACT_INPUTS_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/error.h"
#include "common/stream.h"
#include "extract/mapping/mapping.h"
#include "extract/run.h"
#include "extract/transport/fetch.h"
#include "extract/transport/files.h"

typedef struct Inputs {
    FileInputs files; /* sorted by path, each once */
    bool is_whole;    /* all that the configuration names was found */
    Fetch *fetch;     /* NULL: they are no pages */
} Inputs;

/* Files that were last modified before run->since are left out; of parts that are one snapshot all or none. */
Status inputs_find(Run *run, const Mapping *mapping, Arena *arena, Inputs *ret_inputs, Error *error);

/* The bytes of one of them. */
Status input_open(const Source *source, const FileInput *input, Stream **ret_stream, Error *error);

/* All of them are one batch. */
bool inputs_are_one(const Source *source);

/* Their batches are durable: pages are remembered as read, and go. */
Status inputs_finish(Inputs *inputs, Error *error);

/* They are not, and this is why. Pages of which nothing can be made go, so that they are fetched anew. */
void inputs_give_up(Inputs *inputs, const Error *why);

void inputs_done(Inputs *inputs);

/* What they are called in messages: "file", "pages", "query". */
const char *inputs_noun(const Source *source, size_t count);

#endif
