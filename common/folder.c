#include "common/folder.h"
#include "common/buffer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_CEILING = 64 << 20 };

/* The folder that holds the path; to be freed. */
static char *parent_of(const char *path)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    while (size && path[size - 1] != '/')
        size--;
    if (size == 0)
        return strdup(".");
    while (size > 1 && path[size - 1] == '/')
        size--;
    return strndup(path, size);
}

Status folder_sync(const char *path, Error *error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot open the folder %s", path);
    /* A file system that cannot sync folders says EINVAL; there is nothing to be done about that. */
    bool is_synced = fsync(descriptor) == 0 || errno == EINVAL;
    int errno_value = errno;
    close(descriptor);
    return is_synced ? STATUS_OK : error_set_errno(error, ERROR_IO, errno_value, "cannot sync the folder %s", path);
}

Status path_sync_parent(const char *path, Error *error)
{
    char *parent = parent_of(path);
    if (!parent)
        return error_no_memory(error);
    Status status = folder_sync(parent, error);
    free(parent);
    return status;
}

static Status make_one(const char *path, mode_t mode, Error *error)
{
    if (mkdir(path, mode) == 0)
        return path_sync_parent(path, error);
    int errno_value = errno;
    struct stat status;
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return STATUS_OK;
        errno_value = ENOTDIR;
    }
    return error_set_errno(error, ERROR_CANNOT_CREATE, errno_value, "cannot make the folder %s", path);
}

Status folder_make(const char *path, mode_t mode, Error *error)
{
    if (!*path)
        return error_set(error, ERROR_CANNOT_CREATE, "cannot make a folder without a name");
    char *prefix = strdup(path);
    if (!prefix)
        return error_no_memory(error);
    Status status = STATUS_OK;
    for (size_t i = 1; status == STATUS_OK && prefix[i - 1]; i++) {
        bool is_step = (prefix[i] == '/' || prefix[i] == '\0') && prefix[i - 1] != '/';
        if (!is_step)
            continue;
        prefix[i] = '\0';
        status = make_one(prefix, mode, error);
        prefix[i] = path[i];
    }
    free(prefix);
    return status;
}

Status folder_rename_durably(const char *from, const char *to, Error *error)
{
    TRY(folder_sync(from, error));
    if (rename(from, to) != 0)
        return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "cannot rename %s to %s", from, to);
    TRY(path_sync_parent(to, error));
    char *from_parent = parent_of(from), *to_parent = parent_of(to);
    Status status = STATUS_OK;
    if (!from_parent || !to_parent)
        status = error_no_memory(error);
    else if (strcmp(from_parent, to_parent) != 0)
        status = folder_sync(from_parent, error);
    free(from_parent);
    free(to_parent);
    return status;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Takes the descriptor over. */
static Status remove_contents(int descriptor, const char *path, int depth, Error *error);

static Status remove_entry(int folder, const char *name, const char *path, int depth, Error *error)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return STATUS_OK;
    /* Linux says EISDIR, POSIX says EPERM. */
    if (errno != EISDIR && errno != EPERM)
        return error_set_errno(error, ERROR_IO, errno, "cannot remove %s in %s", name, path);
    int descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot remove %s in %s", name, path);
    TRY(remove_contents(descriptor, path, depth + 1, error));
    if (unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return error_set_errno(error, ERROR_IO, errno, "cannot remove %s in %s", name, path);
    return STATUS_OK;
}

static Status remove_contents(int descriptor, const char *path, int depth, Error *error)
{
    DIR *entries = depth > FOLDER_DEPTH_MAX ? NULL : fdopendir(descriptor);
    if (!entries) {
        int errno_value = errno;
        close(descriptor);
        if (depth > FOLDER_DEPTH_MAX)
            return error_set(error, ERROR_IO, "cannot remove %s: folders are nested deeper than %d", path,
                             FOLDER_DEPTH_MAX);
        return error_set_errno(error, ERROR_IO, errno_value, "cannot read the folder %s", path);
    }
    Status status = STATUS_OK;
    while (status == STATUS_OK) {
        errno = 0;
        struct dirent *entry = readdir(entries);
        if (!entry) {
            if (errno)
                status = error_set_errno(error, ERROR_IO, errno, "cannot read the folder %s", path);
            break;
        }
        if (!is_dots(entry->d_name))
            status = remove_entry(dirfd(entries), entry->d_name, path, depth, error);
    }
    closedir(entries);
    return status;
}

/* "", "/", "a/..", "." and their like; whatever else leads to the root is told by its inode. */
static bool is_removable_name(const char *path)
{
    size_t size = strlen(path);
    while (size && path[size - 1] == '/')
        size--;
    size_t start = size;
    while (start && path[start - 1] != '/')
        start--;
    size_t length = size - start;
    return length > 0 && !(length == 1 && path[start] == '.') &&
           !(length == 2 && path[start] == '.' && path[start + 1] == '.');
}

static bool is_root(int descriptor)
{
    struct stat folder, root;
    return fstat(descriptor, &folder) != 0 || stat("/", &root) != 0 ||
           (folder.st_dev == root.st_dev && folder.st_ino == root.st_ino);
}

Status folder_remove(const char *path, Error *error)
{
    if (!is_removable_name(path))
        return error_set(error, ERROR_INTERNAL, "refused to remove the folder \"%s\"", path);
    /* A trailing slash would follow a link, O_NOFOLLOW or not. */
    char *name = strdup(path);
    if (!name)
        return error_no_memory(error);
    for (size_t size = strlen(name); size > 1 && name[size - 1] == '/'; size--)
        name[size - 1] = '\0';
    Status status = STATUS_OK;
    int descriptor = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor >= 0 && is_root(descriptor)) {
        close(descriptor);
        status = error_set(error, ERROR_INTERNAL, "refused to remove the folder \"%s\"", path);
    } else if (descriptor >= 0) {
        status = remove_contents(descriptor, name, 1, error);
        if (status == STATUS_OK && rmdir(name) != 0 && errno != ENOENT)
            status = error_set_errno(error, ERROR_IO, errno, "cannot remove the folder %s", name);
    } else if (errno != ENOENT) {
        status = error_set_errno(error, ERROR_IO, errno, "cannot remove the folder %s", name);
    }
    free(name);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Status read_names(DIR *entries, const char *path, Arena *arena, Buffer *names, Error *error)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(entries);
        if (!entry)
            return errno ? error_set_errno(error, ERROR_IO, errno, "cannot read the folder %s", path) : STATUS_OK;
        if (is_dots(entry->d_name))
            continue;
        const char *name = arena_copy(arena, text_from(entry->d_name));
        if (!name)
            return error_set(error, ERROR_DATA, "%s: too many names in the folder", path);
        TRY(buffer_append_bytes(names, &name, sizeof name, error));
    }
}

Status folder_list(const char *path, Arena *arena, const char *const **ret_names, size_t *ret_count, Error *error)
{
    DIR *entries = opendir(path);
    if (!entries)
        return error_set_errno(error, ERROR_NO_INPUT, errno, "cannot open the folder %s", path);
    cleanup(buffer_done) Buffer names = buffer_make(NAMES_CEILING);
    Status status = read_names(entries, path, arena, &names, error);
    closedir(entries);
    TRY(status);
    size_t count = names.size / sizeof(const char *);
    const char **sorted = arena_allocate(arena, names.size);
    if (!sorted)
        return error_set(error, ERROR_DATA, "%s: too many names in the folder", path);
    if (count) {
        memcpy(sorted, names.data, names.size);
        qsort(sorted, count, sizeof *sorted, compare_names);
    }
    *ret_names = sorted;
    *ret_count = count;
    return STATUS_OK;
}

const char *path_join(Arena *arena, const char *a, const char *b)
{
    size_t size = strlen(a);
    if (size == 0 || b[0] == '/')
        return arena_copy(arena, text_from(b));
    return arena_printf(arena, "%s%s%s", a, a[size - 1] == '/' ? "" : "/", b);
}
