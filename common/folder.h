/* Folders: made, listed, synced, renamed and removed so that a crash leaves the old state or the new one.
 *
 *     const char *partial = path_join(&arena, stage, ".7f3a.partial");
 *     TRY(folder_make(partial, 0700, error));
 *     ... files are written and committed in it ...
 *     TRY(folder_rename_durably(partial, path_join(&arena, stage, name), error));   // the commit point
 */
#ifndef CLOSEDLOOP_COMMON_FOLDER_H
#define CLOSEDLOOP_COMMON_FOLDER_H

#include "common/arena.h"
#include "common/error.h"

#include <stddef.h>
#include <sys/types.h>

enum { FOLDER_DEPTH_MAX = 32 };

/* Makes the folder and the parents that are missing, all with this mode; those made are durable. A folder that is there
 * already is no error, and keeps its mode. */
Status folder_make(const char *path, mode_t mode, Error *error);

/* The names in it are on the disk. */
Status folder_sync(const char *path, Error *error);

/* Syncs the folder, renames it, and syncs the folders that hold both names. Its files must have been synced before. A
 * folder with contents under the new name is an error. */
Status folder_rename_durably(const char *from, const char *to, Error *error);

/* Removes a folder and all that is in it; none is no error. Symbolic links are removed, never followed; a link in the
 * place of the folder is refused, as are "", the root, "." and "..", and a tree deeper than FOLDER_DEPTH_MAX. */
Status folder_remove(const char *path, Error *error);

/* The names in a folder without "." and "..", in byte order; in the arena. ERROR_NO_INPUT if it is not there. */
Status folder_list(const char *path, Arena *arena, const char *const **ret_names, size_t *ret_count, Error *error);

/* "a/b", or b if it is absolute or a is empty; NULL past the arena's ceiling. */
const char *path_join(Arena *arena, const char *a, const char *b);

/* Syncs the folder that holds the path. */
Status path_sync_parent(const char *path, Error *error);

#endif
