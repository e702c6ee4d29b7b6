#include "common/glob.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>

static bool has_wildcard(Text pattern)
{
    for (size_t i = 0; i < pattern.size; i++)
        if (pattern.data[i] == '*' || pattern.data[i] == '?' || pattern.data[i] == '[')
            return true;
    return false;
}

/* Stops at a folder that cannot be read; one that is not there just matches nothing. */
static int is_fatal(const char *path, int errno_value)
{
    (void)path;
    return errno_value != ENOENT && errno_value != ENOTDIR;
}

/* glob(3) sorts by the locale's order. */
static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Status collect(const glob_t *found, Text pattern, Arena *arena, GlobPaths *ret_paths, Error *error)
{
    const char **items = arena_allocate(arena, found->gl_pathc * sizeof(const char *));
    size_t count = 0;
    for (size_t i = 0; items && i < found->gl_pathc; i++) {
        Text path = text_from(found->gl_pathv[i]);
        if (text_ends_with(path, TEXT("/"))) /* GLOB_MARK: a directory */
            continue;
        items[count] = arena_copy(arena, path);
        if (!items[count++])
            items = NULL;
    }
    if (!items)
        return error_set(error, ERROR_CONFIG, "'%.*s' names more files than there is room for", TEXT_PRINTF(pattern));
    qsort(items, count, sizeof *items, compare_paths);
    *ret_paths = (GlobPaths){items, count};
    return STATUS_OK;
}

Status glob_expand(Text pattern, Arena *arena, GlobPaths *ret_paths, Error *error)
{
    if (text_is_empty(pattern) || text_find(pattern, '\0') < pattern.size)
        return error_set(error, ERROR_CONFIG, "a path is empty or holds NUL");
    const char *path = arena_copy(arena, pattern);
    if (!path)
        return error_set(error, ERROR_CONFIG, "a path is too long");
    if (!has_wildcard(pattern)) {
        const char **items = arena_allocate(arena, sizeof(const char *));
        if (!items)
            return error_set(error, ERROR_CONFIG, "a path is too long");
        items[0] = path;
        *ret_paths = (GlobPaths){items, 1};
        return STATUS_OK;
    }
    cleanup(globfree) glob_t found = {0};
    errno = 0;
    switch (glob(path, GLOB_MARK | GLOB_NOSORT, is_fatal, &found)) {
    case 0:
        return collect(&found, pattern, arena, ret_paths, error);
    case GLOB_NOMATCH:
        *ret_paths = (GlobPaths){NULL, 0};
        return STATUS_OK;
    case GLOB_ABORTED:
        return error_set_errno(error, ERROR_IO, errno ? errno : EIO, "cannot read a folder of '%s'", path);
    default:
        return error_no_memory(error);
    }
}
