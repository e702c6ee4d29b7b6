/* The input files that a source's paths name.
 *
 *     FileInputs inputs;
 *     TRY(files_find(source->paths[i], &arena, &inputs, error));
 *     TRY(files_merge(&all, &inputs, &arena, &all, error));
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_FILES_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_FILES_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

/* A file as it was found, before it was opened: if it changes later, it differs from this. */
typedef struct FileInput {
    const char *path;
    int64_t size, modified_ns; /* nanoseconds since 1970, UTC */
    int64_t inode;
    bool is_unseen;       /* how it looks says nothing of it before it is read: a query, a page; the path is its name */
    const char *location; /* where the bytes of a page stand */
} FileInput;

typedef struct FileInputs {
    FileInput *items;
    size_t count;
} FileInputs;

/* The files of one path, which may hold wildcards, sorted by their names; in the arena. ERROR_NO_INPUT if there is
 * none, or it is no file; ERROR_PERMISSION; ERROR_DATA for a name that is no UTF-8. */
Status files_find(Text path, Arena *arena, FileInputs *ret_inputs, Error *error);

/* One file, by its name as it is: no wildcards. Errors as above. The path is kept. */
Status files_look_at(const char *path, FileInput *ret_input, Error *error);

/* Those of both, sorted by path, each once; in the arena. */
Status files_merge(const FileInputs *a, const FileInputs *b, Arena *arena, FileInputs *ret_inputs, Error *error);

#endif
