#include "transform/duplicate.h"

typedef struct Kept {
    int64_t updated_at, ordinal;
} Kept;

DuplicateMap duplicate_map_make(SourceMode mode, size_t ceiling)
{
    return (DuplicateMap){.keys = key_map_make(sizeof(Kept), ceiling), .mode = mode};
}

static bool replaces(SourceMode mode, int64_t updated_at, int64_t held)
{
    switch (mode) {
    case MODE_SNAPSHOT:
        return true;
    case MODE_UPSERT:
        return updated_at >= held;
    case MODE_APPEND:
        break;
    }
    return updated_at < held;
}

Status duplicate_note(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal, Error *error)
{
    int64_t time = updated_at ? *updated_at : map->mode == MODE_APPEND ? INT64_MAX : INT64_MIN;
    void *value;
    switch (key_map_add(&map->keys, key, &value)) {
    case KEY_MAP_NO_MEMORY:
        return error_no_memory(error);
    case KEY_MAP_FULL:
        map->is_full = true;
        return STATUS_OK;
    case KEY_MAP_NEW:
        *(Kept *)value = (Kept){time, ordinal};
        return STATUS_OK;
    case KEY_MAP_OLD:
        break;
    }
    Kept *kept = value;
    if (replaces(map->mode, time, kept->updated_at))
        *kept = (Kept){time, ordinal};
    return STATUS_OK;
}

bool duplicate_is_kept(const DuplicateMap *map, const Key *key, int64_t ordinal)
{
    void *value;
    return !key_map_find(&map->keys, key, &value) || ((const Kept *)value)->ordinal == ordinal;
}

void duplicate_map_done(DuplicateMap *map)
{
    key_map_done(&map->keys);
}
