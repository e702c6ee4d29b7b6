#include "load/key_index.h"

#include <stdlib.h>

enum { PREFIXES = 1 << 16 };

static size_t prefix_of(const Key *key)
{
    return (size_t)key->bytes[0] << 8 | key->bytes[1];
}

static Status reserve(KeyIndex *index, Error *error)
{
    if (!index->ends)
        index->ends = calloc(PREFIXES, sizeof *index->ends);
    if (!index->ends)
        return error_no_memory(error);
    if (index->count < index->capacity)
        return STATUS_OK;
    size_t capacity = index->capacity ? index->capacity * 2 : 1024;
    Key *keys = reallocarray(index->keys, capacity, sizeof *keys);
    if (!keys)
        return error_no_memory(error);
    index->keys = keys;
    index->capacity = capacity;
    return STATUS_OK;
}

Status key_index_add(KeyIndex *index, const Key *key, Error *error)
{
    if (index->count >= KEY_INDEX_NONE)
        return error_set(error, ERROR_DATA, "more than %u keys are not indexed", KEY_INDEX_NONE);
    size_t from = 0, prefix = prefix_of(key);
    if (index->count > 0) {
        const Key *last = &index->keys[index->count - 1];
        if (memcmp(last->bytes, key->bytes, sizeof key->bytes) >= 0)
            return error_set(error, ERROR_INTERNAL, "keys to be indexed are not in order");
        from = prefix_of(last);
    }
    TRY(reserve(index, error));
    for (size_t between = from + 1; between < prefix; between++)
        index->ends[between] = (uint32_t)index->count;
    index->keys[index->count++] = *key;
    index->ends[prefix] = (uint32_t)index->count;
    return STATUS_OK;
}

uint32_t key_index_find(const KeyIndex *index, const Key *key)
{
    size_t prefix = prefix_of(key);
    if (index->count == 0 || prefix > prefix_of(&index->keys[index->count - 1]))
        return KEY_INDEX_NONE;
    size_t low = prefix ? index->ends[prefix - 1] : 0, high = index->ends[prefix];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(index->keys[middle].bytes, key->bytes, sizeof key->bytes);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return KEY_INDEX_NONE;
}

void key_index_done(KeyIndex *index)
{
    free(index->keys);
    free(index->ends);
    *index = KEY_INDEX_EMPTY;
}
