/* The files that a path with wildcards names.
 *
 *     GlobPaths paths;
 *     TRY(glob_expand(TEXT("/data/web/events-?.tsv.gz"), &arena, &paths, error));
 *     if (paths.count == 0)
 *         return error_set(error, ERROR_NO_INPUT, ...);
 */
#ifndef CLOSEDLOOP_COMMON_GLOB_H
#define CLOSEDLOOP_COMMON_GLOB_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

typedef struct GlobPaths {
    const char *const *items;
    size_t count;
} GlobPaths;

/* Expands *, ? and [...] as a shell does (a name that begins with a dot wants its dot, a backslash takes a wildcard's
 * meaning away, ~ and {} mean nothing), sorted by bytes whatever the locale, without directories. Nothing that matches
 * is an empty list. A path without wildcards is returned as it is, there or not. Paths and list are the arena's.
 * ERROR_PERMISSION or ERROR_IO for a folder that is there and cannot be read: skipping it would lose input in silence;
 * ERROR_CONFIG for a path that is empty, holds NUL, or names more files than the arena holds. */
Status glob_expand(Text pattern, Arena *arena, GlobPaths *ret_paths, Error *error);

#endif
