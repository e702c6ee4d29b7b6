#include "transform/content_map.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

ContentMap content_map_make(void)
{
    return (ContentMap){.index = key_map_make(sizeof(uint64_t), CONTENT_MAP_MAX),
                        .texts = arena_make(CONTENT_MAP_TEXTS)};
}

static Status put(const ContentEntry *entry, CopyWriter *writer, Error *error)
{
    copy_row_begin(writer);
    copy_put_uuid(writer, &entry->content_id);
    copy_put_text(writer, entry->url);
    copy_put_text(writer, entry->host);
    copy_put_text(writer, entry->path);
    copy_put_text(writer, entry->title);
    if (text_is_null(entry->title))
        copy_put_null(writer);
    else
        copy_put_timestamp(writer, entry->titled_at);
    return copy_row_end(writer, error);
}

Status content_map_flush(ContentMap *map, Output *output, Error *error)
{
    CopyWriter *writer;
    TRY(output_table(output, LOAD_CONTENT_SEEN, &writer, error));
    for (size_t i = 0; i < map->count; i++)
        TRY(put(&map->entries[i], writer, error));
    map->count = 0;
    key_map_clear(&map->index);
    arena_clear(&map->texts);
    return STATUS_OK;
}

static Status grow(ContentMap *map, Error *error)
{
    size_t capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY;
    ContentEntry *entries = realloc(map->entries, capacity * sizeof *entries);
    if (!entries)
        return error_no_memory(error);
    map->entries = entries;
    map->capacity = capacity;
    return STATUS_OK;
}

/* False if there is no room for the texts. */
static bool fill(ContentMap *map, ContentEntry *entry, const Key *content_id, const CanonicalUrl *url)
{
    *entry = (ContentEntry){.content_id = *content_id,
                            .url = arena_copy_text(&map->texts, url->text),
                            .host = arena_copy_text(&map->texts, url->host),
                            .path = arena_copy_text(&map->texts, url->path)};
    return !text_is_null(entry->url) && !text_is_null(entry->host) && !text_is_null(entry->path);
}

/* False if there is no room for the text. */
static bool take_title(ContentMap *map, ContentEntry *entry, Text title, int64_t titled_at)
{
    bool has_title = !text_is_null(entry->title);
    if (text_is_null(title) || (has_title && titled_at < entry->titled_at))
        return true;
    int order = has_title ? text_compare(title, entry->title) : -1;
    if (has_title && titled_at == entry->titled_at && order >= 0)
        return true;
    if (order != 0) {
        Text copy = arena_copy_text(&map->texts, title);
        if (text_is_null(copy))
            return false;
        entry->title = copy;
    }
    entry->titled_at = titled_at;
    return true;
}

/* STATUS_END if there is no room. */
static Status add(ContentMap *map, const Key *content_id, const CanonicalUrl *url, uint64_t *position, Error *error)
{
    if (map->count == map->capacity)
        TRY(grow(map, error));
    if (!fill(map, &map->entries[map->count], content_id, url))
        return STATUS_END;
    *position = map->count;
    return STATUS_OK;
}

/* The same. A new content counts once its title is in. */
static Status note(ContentMap *map, const Key *content_id, const CanonicalUrl *url, Text title, int64_t titled_at,
                   Error *error)
{
    void *position;
    KeyMapResult result = key_map_add(&map->index, content_id, &position);
    if (result == KEY_MAP_NO_MEMORY)
        return error_no_memory(error);
    if (result == KEY_MAP_FULL)
        return STATUS_END;
    if (result == KEY_MAP_NEW)
        TRY(add(map, content_id, url, position, error));
    if (!take_title(map, &map->entries[*(uint64_t *)position], title, titled_at))
        return STATUS_END;
    map->count += result == KEY_MAP_NEW;
    return STATUS_OK;
}

Status content_map_note(ContentMap *map, const Key *content_id, const CanonicalUrl *url, Text title, int64_t titled_at,
                        Output *output, Error *error)
{
    Status status = note(map, content_id, url, title, titled_at, error);
    if (status != STATUS_END)
        return status;
    TRY(content_map_flush(map, output, error));
    status = note(map, content_id, url, title, titled_at, error);
    return status == STATUS_END ? error_no_memory(error) : status;
}

void content_map_done(ContentMap *map)
{
    key_map_done(&map->index);
    arena_done(&map->texts);
    free(map->entries);
    *map = (ContentMap){0};
}
