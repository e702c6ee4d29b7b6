/* Which version of a record stays, when a batch holds several of one key.
 *
 * Two passes over the records: the first notes all, the second asks of each. Upsert: the newest `updated_at` stays, the
 * absent one being the oldest; of equal ones the last. Snapshot: the last. Append: the oldest `updated_at`, the absent
 * one being the newest; of equal ones the first. That is how closedloop-load chooses between batches too.
 *
 * A record that says no more of its key than that it was merged away stays only where there is no other.
 *
 *     cleanup(duplicate_map_done) DuplicateMap map = duplicate_map_make(MODE_UPSERT, DUPLICATE_KEYS_MAX);
 *     TRY(duplicate_note(&map, &key, updated_at, ordinal, error));
 *     ...
 *     if (duplicate_is_kept(&map, &key, ordinal)) ...
 *
 * Past its ceiling the map takes no more keys; records whose key it does not hold are all kept, and is_full says that
 * there may be duplicates among them.
 */
#ifndef CLOSEDLOOP_TRANSFORM_DUPLICATE_H
#define CLOSEDLOOP_TRANSFORM_DUPLICATE_H

#include "common/config/config.h"
#include "common/error.h"
#include "transform/key_map.h"

enum {
    DUPLICATE_KEYS_MAX = 3000000, /* 128 MiB */
    DUPLICATE_SET_MAX = 6000000,  /* of keys alone: the same */
};

typedef struct DuplicateMap {
    KeyMap keys;
    SourceMode mode;
    bool is_full;
} DuplicateMap;

DuplicateMap duplicate_map_make(SourceMode mode, size_t ceiling);

/* updated_at NULL: absent. Ordinals increase. */
Status duplicate_note(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal, Error *error);

/* The same for a record of a merge alone. */
Status duplicate_note_merge(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal,
                            Error *error);

bool duplicate_is_kept(const DuplicateMap *map, const Key *key, int64_t ordinal);

void duplicate_map_done(DuplicateMap *map);

#endif
