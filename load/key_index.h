/* Finds a key's place among keys that came in order, as PostgreSQL orders uuids. Keys are digests, spread evenly, so
 * that the first two bytes already lead to the few it may be among.
 *
 *     cleanup(key_index_done) KeyIndex index = KEY_INDEX_EMPTY;
 *     TRY(key_index_add(&index, &key, error)); // key after key
 *     uint32_t place = key_index_find(&index, &key); // 0 for the first, or KEY_INDEX_NONE
 */
#ifndef CLOSEDLOOP_LOAD_KEY_INDEX_H
#define CLOSEDLOOP_LOAD_KEY_INDEX_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"

#include <stddef.h>

#define KEY_INDEX_NONE UINT32_MAX

typedef struct KeyIndex {
    Key *keys;
    size_t count, capacity;
    uint32_t *ends; /* by the first two bytes: how many keys begin with these or lower ones */
} KeyIndex;

#define KEY_INDEX_EMPTY ((KeyIndex){0})

/* ERROR_INTERNAL without memory, or for a key that is not above the one before; ERROR_DATA past KEY_INDEX_NONE keys. */
Status key_index_add(KeyIndex *index, const Key *key, Error *error);

uint32_t key_index_find(const KeyIndex *index, const Key *key);

void key_index_done(KeyIndex *index);

#endif
