/* Which inputs of a source were read, and as what: spool/state/<source>.json. A file that looks as it did is not read
 * again, and one that was read again and holds the same bytes makes no batch.
 *
 *     cleanup(bookmark_done) Bookmark bookmark = {0};
 *     TRY(bookmark_load(spool, source->name, &bookmark, error));
 *     const BookmarkEntry *entry = bookmark_find(&bookmark, path);
 *     ...
 *     TRY(bookmark_set(&bookmark, &new_entry, error));      // once its batch is durable, never before
 *     TRY(bookmark_save(&bookmark, error));
 *
 * A bookmark that is lost, or older than what was committed, does no harm: the same files become the same batches,
 * which load already knows.
 */
#ifndef CLOSEDLOOP_EXTRACT_BOOKMARK_H
#define CLOSEDLOOP_EXTRACT_BOOKMARK_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"
#include "extract/transport/files.h"

#include <stdint.h>

typedef struct BookmarkEntry {
    const char *path;
    int64_t size, modified_ns;
    int64_t inode;
    Key digest;         /* of the file's bytes */
    Key mapping_digest; /* under which it was read, with what its lookups held */
    const char *batch;  /* the name of the batch that it became */
} BookmarkEntry;

typedef struct Bookmark {
    Arena arena;
    const char *source, *path;
    BookmarkEntry *entries; /* sorted by path */
    size_t count, capacity;
    bool is_changed; /* since it was loaded or saved */
} Bookmark;

/* No file is an empty bookmark. ERROR_DATA for one that is damaged or of another version. The spool need not be there:
 * nothing is made. */
Status bookmark_load(const char *spool, const char *source, Bookmark *ret_bookmark, Error *error);

/* NULL if the path was never read. Valid until the next bookmark_set(). */
const BookmarkEntry *bookmark_find(const Bookmark *bookmark, const char *path);

/* Puts the entry in the place of the path's earlier one; copies its strings. */
Status bookmark_set(Bookmark *bookmark, const BookmarkEntry *entry, Error *error);

/* Entries that name this batch. */
size_t bookmark_count_batch(const Bookmark *bookmark, const char *batch);

/* Forgets the files that are gone: not among these, which are all that were found, sorted by path, and not on the disk
 * either. */
void bookmark_forget_gone(Bookmark *bookmark, const FileInput *files, size_t count);

/* Writes it durably, if it was changed. Makes spool/state. */
Status bookmark_save(Bookmark *bookmark, Error *error);

void bookmark_done(Bookmark *bookmark);

#endif
