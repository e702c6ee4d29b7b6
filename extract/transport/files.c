#include "extract/transport/files.h"

#include "common/glob.h"
#include "common/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static Status no_room(Error *error)
{
    return error_set(error, ERROR_CONFIG, "the source's paths name more files than there is room for");
}

Status files_look_at(const char *path, FileInput *ret_input, Error *error)
{
    struct stat facts;
    if (!utf8_is_storable(text_from(path))) {
        error_set(error, ERROR_DATA, "%s: the file's name is no UTF-8", path);
        return error_hint(error, "rename it: batches and reports name the files that they come from");
    }
    if (stat(path, &facts) != 0) {
        int errno_value = errno;
        error_set_errno(error, errno_value == ENOTDIR ? ERROR_NO_INPUT : ERROR_IO, errno_value, "%s", path);
        if (errno_value != ENOENT)
            return STATUS_ERROR;
        error_set_errno(error, ERROR_NO_INPUT, errno_value, "%s", path);
        return error_hint(error, "is 'path' right? relative paths start at the configuration's folder");
    }
    if (!S_ISREG(facts.st_mode)) {
        error_set(error, ERROR_NO_INPUT, "%s: is no file", path);
        return S_ISDIR(facts.st_mode) ? error_hint(error, "for all files in the folder write %s/*", path)
                                      : STATUS_ERROR;
    }
    *ret_input = (FileInput){
        .path = path,
        .size = facts.st_size,
        .modified_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec,
        .inode = (int64_t)facts.st_ino,
    };
    return STATUS_OK;
}

Status files_find(Text path, Arena *arena, FileInputs *ret_inputs, Error *error)
{
    GlobPaths found;
    TRY(glob_expand(path, arena, &found, error));
    if (found.count == 0) {
        error_set(error, ERROR_NO_INPUT, "%.*s: no file has such a name", TEXT_PRINTF(path));
        return error_hint(error, "is 'path' right? relative paths start at the configuration's folder");
    }
    FileInputs inputs = {.items = arena_allocate(arena, found.count * sizeof(FileInput)), .count = found.count};
    if (!inputs.items)
        return no_room(error);
    for (size_t i = 0; i < found.count; i++)
        TRY(files_look_at(found.items[i], &inputs.items[i], error));
    *ret_inputs = inputs;
    return STATUS_OK;
}

static int compare_inputs(const void *a, const void *b)
{
    return strcmp(((const FileInput *)a)->path, ((const FileInput *)b)->path);
}

Status files_merge(const FileInputs *a, const FileInputs *b, Arena *arena, FileInputs *ret_inputs, Error *error)
{
    FileInputs both = {.items = arena_allocate(arena, (a->count + b->count) * sizeof(FileInput)), .count = 0};
    if (!both.items)
        return no_room(error);
    if (a->count)
        memcpy(both.items, a->items, a->count * sizeof(FileInput));
    if (b->count)
        memcpy(both.items + a->count, b->items, b->count * sizeof(FileInput));
    qsort(both.items, a->count + b->count, sizeof(FileInput), compare_inputs);
    for (size_t i = 0; i < a->count + b->count; i++)
        if (both.count == 0 || strcmp(both.items[both.count - 1].path, both.items[i].path) != 0)
            both.items[both.count++] = both.items[i];
    *ret_inputs = both;
    return STATUS_OK;
}
