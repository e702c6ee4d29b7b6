#include "extract/transport/sitemap_files.h"

#include "common/folder.h"
#include "common/stream.h"
#include "common/utf8.h"
#include "extract/format/sitemap_index.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct Search {
    Arena *arena;
    const char *index;  /* being read */
    const char *folder; /* that holds it, without links */
    FileInput *found;
    size_t count, capacity;
} Search;

static Status no_room(const Search *search, Error *error)
{
    return error_set(error, ERROR_CONFIG, "%s: lists more sitemaps than there is room for", search->index);
}

/* --- one address ---------------------------------------------------------------------------------------------- */

/* What stands behind the host: its path and parameters. */
static Text path_of(Text address)
{
    Text path = {address.data, text_find(address, '#')};
    size_t colon = text_find(path, ':');
    if (colon + 2 < path.size && path.data[colon + 1] == '/' && path.data[colon + 2] == '/') {
        path = (Text){path.data + colon + 3, path.size - colon - 3};
        size_t slash = text_find(path, '/');
        path = (Text){path.data + slash, path.size - slash};
    }
    while (text_starts_with(path, TEXT("/")))
        path = (Text){path.data + 1, path.size - 1};
    return path;
}

/* The file's real path if it is one below the folder, and not the index itself. */
static bool is_inside(const Search *search, const char *path)
{
    char *real = realpath(path, NULL), *index = realpath(search->index, NULL);
    Text folder = text_from(search->folder);
    bool is_below =
        real && text_starts_with(text_from(real), folder) && (real[folder.size] == '/' || text_is(folder, "/"));
    bool is_other = real && index && strcmp(real, index) != 0;
    free(real);
    free(index);
    return is_below && is_other;
}

static Status add(Search *search, const char *path, Error *error)
{
    if (search->count == search->capacity) {
        size_t capacity = search->capacity ? 2 * search->capacity : 64;
        FileInput *grown = arena_allocate(search->arena, capacity * sizeof *grown);
        if (!grown)
            return no_room(search, error);
        if (search->count)
            memcpy(grown, search->found, search->count * sizeof *grown);
        search->found = grown;
        search->capacity = capacity;
    }
    TRY(files_look_at(path, &search->found[search->count], error));
    search->count++;
    return STATUS_OK;
}

static Status take_address(void *context, size_t line, Text address, Error *error)
{
    Search *search = context;
    Text rest = path_of(address);
    for (bool is_last = !utf8_is_storable(rest); !is_last;) {
        const char *name = arena_copy(search->arena, rest);
        const char *path = name ? path_join(search->arena, search->folder, name) : NULL;
        if (!path)
            return no_room(search, error);
        if (rest.size && is_inside(search, path))
            return add(search, path, error);
        size_t slash = text_find(rest, '/');
        is_last = slash == rest.size;
        rest = is_last ? rest : (Text){rest.data + slash + 1, rest.size - slash - 1};
    }
    error_set(error, ERROR_NO_INPUT, "%s: line %zu: lists %.*s, which is not in its folder", search->index, line,
              address.size < 256 ? (int)address.size : 256, address.data);
    return error_hint(error, "fetch it to there, or let 'path' name the sitemaps themselves");
}

/* --- one index, and all of them ------------------------------------------------------------------------------- */

static Status find_folder(const char *path, Arena *arena, const char **ret_folder, Error *error)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? arena_copy(arena, (Text){path, (size_t)(slash - path) + (slash == path)}) : ".";
    char *real = name ? realpath(name, NULL) : NULL;
    *ret_folder = arena_copy(arena, text_from(real));
    free(real);
    return *ret_folder ? STATUS_OK : error_set(error, ERROR_NO_INPUT, "%s: its folder is not there", path);
}

static Status search_in(Search *search, const FileInput *input, Error *error)
{
    cleanup(stream_freep) Stream *stream = NULL;
    search->index = input->path;
    TRY(find_folder(input->path, search->arena, &search->folder, error));
    TRY(stream_open(input->path, &stream, error));
    return sitemap_index_list(stream, take_address, search, error);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const FileInput *)a)->path, ((const FileInput *)b)->path);
}

/* Those of some that are not among the others, which are sorted. */
static void drop_known(FileInputs *some, const FileInputs *known)
{
    size_t count = 0;
    for (size_t i = 0; i < some->count; i++)
        if (!bsearch(&some->items[i], known->items, known->count, sizeof *known->items, compare_paths))
            some->items[count++] = some->items[i];
    some->count = count;
}

Status sitemap_files_add(const FileInputs *inputs, Arena *arena, FileInputs *ret_inputs, Error *error)
{
    FileInputs all, fresh = *inputs, none = {.items = NULL};
    TRY(files_merge(inputs, &none, arena, &all, error));
    for (unsigned int depth = 0; fresh.count; depth++) {
        Search search = {.arena = arena};
        for (size_t i = 0; i < fresh.count; i++)
            TRY(search_in(&search, &fresh.items[i], error));
        FileInputs found = {.items = search.found, .count = search.count};
        TRY(files_merge(&found, &none, arena, &fresh, error));
        drop_known(&fresh, &all);
        if (fresh.count && depth == SITEMAP_INDEX_DEPTH_MAX)
            return error_set(error, ERROR_DATA, "%s: indexes of sitemaps list others more than %d deep",
                             fresh.items[0].path, SITEMAP_INDEX_DEPTH_MAX);
        TRY(files_merge(&all, &fresh, arena, &all, error));
    }
    *ret_inputs = all;
    return STATUS_OK;
}
