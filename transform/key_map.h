/* A table of 128-bit keys, perhaps with a value of fixed size for each: open addressing, and a ceiling on how many keys
 * it takes, so that no input makes it grow without end.
 *
 *     cleanup(key_map_done) KeyMap seen = key_map_make(0, 6000000);         // a set
 *     switch (key_map_add(&seen, &key, NULL)) {
 *     case KEY_MAP_NEW: ...
 *     case KEY_MAP_OLD: ...
 *     case KEY_MAP_FULL: ...                                                // it is not in, and cannot be put in
 *     case KEY_MAP_NO_MEMORY: return error_no_memory(error);
 *     }
 *
 * Keys are digests, so their own bytes serve as the hash. The table is made of shards that grow one by one, since a
 * table that doubles needs three times its memory while it does. A key takes (16 + value_size) * 4 / 3 to * 8 / 3
 * bytes.
 */
#ifndef CLOSEDLOOP_TRANSFORM_KEY_MAP_H
#define CLOSEDLOOP_TRANSFORM_KEY_MAP_H

#include "common/hash.h"

#include <stddef.h>
#include <stdint.h>

enum { KEY_MAP_SHARDS = 16 };

typedef struct KeyMapShard {
    Key *keys; /* all zero: free */
    uint8_t *values;
    size_t capacity, count;
} KeyMapShard;

typedef struct KeyMap {
    KeyMapShard shards[KEY_MAP_SHARDS];
    size_t value_size, count, ceiling;
} KeyMap;

typedef enum KeyMapResult { KEY_MAP_NEW, KEY_MAP_OLD, KEY_MAP_FULL, KEY_MAP_NO_MEMORY } KeyMapResult;

/* Takes no memory yet. A value_size is a multiple of 8. */
KeyMap key_map_make(size_t value_size, size_t ceiling);

/* *ret_value, if wanted, is the key's value, zeroed when it is new; it holds until the next key is added. */
KeyMapResult key_map_add(KeyMap *map, const Key *key, void **ret_value);

/* Whether the key is in; *ret_value as above. */
bool key_map_find(const KeyMap *map, const Key *key, void **ret_value);

/* Empty again, memory kept. */
void key_map_clear(KeyMap *map);

void key_map_done(KeyMap *map);

#endif
