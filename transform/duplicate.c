#include "transform/duplicate.h"

typedef struct Kept {
    int64_t updated_at;
    int64_t ordinal; /* of a merge alone: its complement, which is negative */
} Kept;

DuplicateMap duplicate_map_make(SourceMode mode, size_t ceiling)
{
    return (DuplicateMap){.keys = key_map_make(sizeof(Kept), ceiling), .mode = mode};
}

static bool replaces(SourceMode mode, const Kept *version, const Kept *held)
{
    bool is_merge = version->ordinal < 0, held_is_merge = held->ordinal < 0;
    if (is_merge != held_is_merge)
        return held_is_merge;
    switch (mode) {
    case MODE_SNAPSHOT:
        return true;
    case MODE_UPSERT:
        return version->updated_at >= held->updated_at;
    case MODE_APPEND:
        break;
    }
    return version->updated_at < held->updated_at;
}

static Status note(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal, Error *error)
{
    int64_t time = updated_at ? *updated_at : map->mode == MODE_APPEND ? INT64_MAX : INT64_MIN;
    Kept version = {time, ordinal};
    void *value;
    switch (key_map_add(&map->keys, key, &value)) {
    case KEY_MAP_NO_MEMORY:
        return error_no_memory(error);
    case KEY_MAP_FULL:
        map->is_full = true;
        return STATUS_OK;
    case KEY_MAP_NEW:
        *(Kept *)value = version;
        return STATUS_OK;
    case KEY_MAP_OLD:
        break;
    }
    Kept *kept = value;
    if (replaces(map->mode, &version, kept))
        *kept = version;
    return STATUS_OK;
}

Status duplicate_note(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal, Error *error)
{
    return note(map, key, updated_at, ordinal, error);
}

Status duplicate_note_merge(DuplicateMap *map, const Key *key, const int64_t *updated_at, int64_t ordinal, Error *error)
{
    return note(map, key, updated_at, ~ordinal, error);
}

bool duplicate_is_kept(const DuplicateMap *map, const Key *key, int64_t ordinal)
{
    void *value;
    if (!key_map_find(&map->keys, key, &value))
        return true;
    int64_t kept = ((const Kept *)value)->ordinal;
    return kept == ordinal || kept == ~ordinal;
}

void duplicate_map_done(DuplicateMap *map)
{
    key_map_done(&map->keys);
}
