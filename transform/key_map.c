#include "transform/key_map.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

KeyMap key_map_make(size_t value_size, size_t ceiling)
{
    return (KeyMap){.value_size = value_size, .ceiling = ceiling};
}

/* The two halves, so that comparing is two instructions and no call. */
typedef struct Halves {
    uint64_t low, high;
} Halves;

static inline Halves halves_of(const Key *key)
{
    Halves halves;
    memcpy(&halves, key->bytes, sizeof halves);
    return halves;
}

static inline bool is_free(const Key *slot)
{
    Halves halves = halves_of(slot);
    return (halves.low | halves.high) == 0;
}

/* A free slot is all zero, so the one key that is all zero goes by another name. */
static inline Key stored(const Key *key)
{
    return is_free(key) ? (Key){{[15] = 1}} : *key;
}

static inline size_t shard_of(const Key *key)
{
    return key->bytes[15] % KEY_MAP_SHARDS;
}

/* The slot of the key, or the free one where it belongs. */
static inline size_t find_slot(const Key *keys, size_t capacity, const Key *key)
{
    Halves wanted = halves_of(key);
    size_t slot = (size_t)(wanted.low ^ wanted.low >> 32) & (capacity - 1);
    for (;;) {
        Halves found = halves_of(&keys[slot]);
        if ((found.low | found.high) == 0 || (found.low == wanted.low && found.high == wanted.high))
            return slot;
        slot = (slot + 1) & (capacity - 1);
    }
}

static bool grow(KeyMapShard *shard, size_t value_size)
{
    size_t capacity = shard->capacity ? shard->capacity * 2 : FIRST_CAPACITY;
    Key *keys = calloc(capacity, sizeof *keys);
    uint8_t *values = value_size ? calloc(capacity, value_size) : NULL;
    if (!keys || (value_size && !values)) {
        free(keys);
        free(values);
        return false;
    }
    for (size_t i = 0; i < shard->capacity; i++) {
        if (is_free(&shard->keys[i]))
            continue;
        size_t slot = find_slot(keys, capacity, &shard->keys[i]);
        keys[slot] = shard->keys[i];
        if (values)
            memcpy(values + slot * value_size, shard->values + i * value_size, value_size);
    }
    free(shard->keys);
    free(shard->values);
    shard->keys = keys;
    shard->values = values;
    shard->capacity = capacity;
    return true;
}

static void give_value(const KeyMap *map, const KeyMapShard *shard, size_t slot, void **ret_value)
{
    if (ret_value)
        *ret_value = map->value_size ? shard->values + slot * map->value_size : NULL;
}

KeyMapResult key_map_add(KeyMap *map, const Key *key, void **ret_value)
{
    Key name = stored(key);
    KeyMapShard *shard = &map->shards[shard_of(&name)];
    if (shard->capacity == 0 && !grow(shard, map->value_size))
        return KEY_MAP_NO_MEMORY;
    size_t slot = find_slot(shard->keys, shard->capacity, &name);
    if (!is_free(&shard->keys[slot])) {
        give_value(map, shard, slot, ret_value);
        return KEY_MAP_OLD;
    }
    if (map->count == map->ceiling)
        return KEY_MAP_FULL;
    if (shard->count >= shard->capacity / 4 * 3) {
        if (!grow(shard, map->value_size))
            return KEY_MAP_NO_MEMORY;
        slot = find_slot(shard->keys, shard->capacity, &name);
    }
    shard->keys[slot] = name;
    shard->count++;
    map->count++;
    give_value(map, shard, slot, ret_value);
    return KEY_MAP_NEW;
}

bool key_map_find(const KeyMap *map, const Key *key, void **ret_value)
{
    Key name = stored(key);
    const KeyMapShard *shard = &map->shards[shard_of(&name)];
    if (shard->capacity == 0)
        return false;
    size_t slot = find_slot(shard->keys, shard->capacity, &name);
    if (is_free(&shard->keys[slot]))
        return false;
    give_value(map, shard, slot, ret_value);
    return true;
}

void key_map_clear(KeyMap *map)
{
    for (size_t i = 0; i < KEY_MAP_SHARDS; i++) {
        KeyMapShard *shard = &map->shards[i];
        if (shard->count) {
            memset(shard->keys, 0, shard->capacity * sizeof *shard->keys);
            if (shard->values)
                memset(shard->values, 0, shard->capacity * map->value_size);
        }
        shard->count = 0;
    }
    map->count = 0;
}

void key_map_done(KeyMap *map)
{
    for (size_t i = 0; i < KEY_MAP_SHARDS; i++) {
        free(map->shards[i].keys);
        free(map->shards[i].values);
    }
    *map = (KeyMap){0};
}
