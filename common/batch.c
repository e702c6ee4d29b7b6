#include "common/batch.h"

#include "common/calendar.h"
#include "common/folder.h"
#include "common/time.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *const stage_names[] = {[STAGE_EXTRACTED] = "extracted", [STAGE_TRANSFORMED] = "transformed"};

/* Of the paths that a function needs for itself. */
enum { PATHS_CEILING = 1 << 20, FOLDER_MODE = 0700, FILE_MODE = 0600 };

bool batch_name_is_valid(const char *name)
{
    return name && *name && *name != '.' && strlen(name) <= NAME_MAX && !strchr(name, '/');
}

static Status check_name(const char *name, Error *error)
{
    if (batch_name_is_valid(name))
        return STATUS_OK;
    return error_set(error, ERROR_INTERNAL, "'%s' cannot be the name of a batch", name ? name : "");
}

static Status no_memory_if_null(const void *pointer, Error *error)
{
    return pointer ? STATUS_OK : error_no_memory(error);
}

static Status stage_path(const char *spool, BatchStage stage, Arena *arena, const char **ret_path, Error *error)
{
    *ret_path = path_join(arena, spool, stage_names[stage]);
    return no_memory_if_null(*ret_path, error);
}

Status batch_stage_folder(const char *spool, BatchStage stage, Arena *arena, const char **ret_folder, Error *error)
{
    const char *folder;
    TRY(stage_path(spool, stage, arena, &folder, error));
    TRY(folder_make(folder, FOLDER_MODE, error));
    *ret_folder = folder;
    return STATUS_OK;
}

/* The names in the stage's folder, those with a dot included; none if it is not there. */
static Status list_stage(const char *spool, BatchStage stage, Arena *arena, const char **ret_folder,
                         const char *const **ret_names, size_t *ret_count, Error *error)
{
    TRY(stage_path(spool, stage, arena, ret_folder, error));
    Status status = folder_list(*ret_folder, arena, ret_names, ret_count, error);
    if (status == STATUS_OK || error->code != ERROR_NO_INPUT)
        return status;
    error_clear(error);
    *ret_names = NULL;
    *ret_count = 0;
    return STATUS_OK;
}

static Status manifest_is_there(const char *folder, Arena *arena, bool *ret_is_there, Error *error)
{
    const char *path = path_join(arena, folder, "manifest.json");
    TRY(no_memory_if_null(path, error));
    struct stat status;
    bool is_there = lstat(path, &status) == 0;
    if (!is_there && errno != ENOENT && errno != ENOTDIR)
        return error_set_errno(error, ERROR_IO, errno, "cannot look at %s", path);
    *ret_is_there = is_there && S_ISREG(status.st_mode);
    return STATUS_OK;
}

Status batch_list(const char *spool, BatchStage stage, Arena *arena, const char *const **ret_names, size_t *ret_count,
                  Error *error)
{
    const char *folder, *const *names;
    size_t count, batch_count = 0;
    TRY(list_stage(spool, stage, arena, &folder, &names, &count, error));
    const char **batches = arena_allocate(arena, count * sizeof *batches);
    TRY(no_memory_if_null(batches, error));
    cleanup(arena_done) Arena paths = arena_make(PATHS_CEILING);
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;
        arena_clear(&paths);
        const char *path = path_join(&paths, folder, names[i]);
        TRY(no_memory_if_null(path, error));
        if (batch_name_is_valid(names[i]))
            TRY(manifest_is_there(path, &paths, &is_there, error));
        if (is_there)
            batches[batch_count++] = names[i];
    }
    *ret_names = batches;
    *ret_count = batch_count;
    return STATUS_OK;
}

static bool is_leftover(const char *name)
{
    Text text = text_from(name);
    return text_starts_with(text, TEXT(".")) &&
           (text_ends_with(text, TEXT(".partial")) || text_ends_with(text, TEXT(".removed")));
}

Status batch_remove_partial(const char *spool, BatchStage stage, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(256 * (size_t)PATHS_CEILING);
    const char *folder, *const *names;
    size_t count;
    TRY(list_stage(spool, stage, &arena, &folder, &names, &count, error));
    for (size_t i = 0; i < count; i++) {
        if (!is_leftover(names[i]))
            continue;
        const char *path = path_join(&arena, folder, names[i]);
        TRY(no_memory_if_null(path, error));
        TRY(folder_remove(path, error));
    }
    return STATUS_OK;
}

Status batch_begin(const char *spool, BatchStage stage, const char *token, Arena *arena, const char **ret_folder,
                   Error *error)
{
    const char *stage_folder;
    TRY(check_name(token, error));
    TRY(batch_stage_folder(spool, stage, arena, &stage_folder, error));
    const char *folder = arena_printf(arena, "%s/.%s.partial", stage_folder, token);
    TRY(no_memory_if_null(folder, error));
    TRY(folder_remove(folder, error));
    TRY(folder_make(folder, FOLDER_MODE, error));
    *ret_folder = folder;
    return STATUS_OK;
}

const char *batch_name(const Manifest *manifest, Arena *arena)
{
    int64_t instant = manifest->read_at < TIME_LOWEST    ? TIME_LOWEST
                      : manifest->read_at > TIME_HIGHEST ? TIME_HIGHEST
                                                         : manifest->read_at;
    int32_t days = time_local_date(instant, NULL);
    int64_t time = instant - days * TIME_DAY;
    CalendarDate date = calendar_from_days(days);
    char hex[KEY_HEX_SIZE];
    key_to_hex(&manifest->batch_id, hex);
    return arena_printf(arena, "%04d%02d%02dT%02d%02d%02d.%06dZ-%06lld-%s-%s", date.year, date.month, date.day,
                        (int)(time / (3600 * TIME_SECOND)), (int)(time / (60 * TIME_SECOND) % 60),
                        (int)(time / TIME_SECOND % 60), (int)(time % TIME_SECOND), (long long)manifest->sequence,
                        manifest->source, hex);
}

static Status put_manifest(const char *folder, const Manifest *manifest, Arena *arena, Error *error)
{
    const char *path = path_join(arena, folder, "manifest.json");
    TRY(no_memory_if_null(path, error));
    cleanup(buffer_done) Buffer buffer = buffer_make(MANIFEST_CEILING);
    TRY(manifest_write(manifest, &buffer, error));
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    TRY(file_writer_open_plain(path, FILE_MODE, &writer, error));
    TRY(file_writer_write_text(&writer, buffer_text(&buffer), error));
    return file_writer_commit(&writer, error);
}

Status batch_commit(const char *spool, BatchStage stage, const char *partial_folder, const char *name,
                    const Manifest *manifest, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(PATHS_CEILING);
    const char *stage_folder;
    bool is_there;
    TRY(check_name(name, error));
    TRY(stage_path(spool, stage, &arena, &stage_folder, error));
    const char *folder = path_join(&arena, stage_folder, name);
    TRY(no_memory_if_null(folder, error));
    TRY(manifest_is_there(folder, &arena, &is_there, error));
    if (is_there)
        return folder_remove(partial_folder, error);
    TRY(put_manifest(partial_folder, manifest, &arena, error));
    /* What stands there without a manifest is no batch, and only in the way. */
    TRY(folder_remove(folder, error));
    return folder_rename_durably(partial_folder, folder, error);
}

Status batch_remove(const char *spool, BatchStage stage, const char *name, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(PATHS_CEILING);
    const char *stage_folder;
    struct stat status;
    TRY(check_name(name, error));
    TRY(stage_path(spool, stage, &arena, &stage_folder, error));
    const char *folder = path_join(&arena, stage_folder, name);
    const char *removed = arena_printf(&arena, "%s/.%s.removed", stage_folder, name);
    TRY(no_memory_if_null(folder, error));
    TRY(no_memory_if_null(removed, error));
    if (lstat(folder, &status) != 0 && errno == ENOENT)
        return STATUS_OK;
    TRY(folder_remove(removed, error));
    TRY(folder_rename_durably(folder, removed, error));
    return folder_remove(removed, error);
}

Status batch_lock(const char *spool, const char *program, FileLock *ret_lock, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(PATHS_CEILING);
    TRY(check_name(program, error));
    TRY(folder_make(spool, FOLDER_MODE, error));
    const char *path = arena_printf(&arena, "%s/%s.lock", spool, program);
    TRY(no_memory_if_null(path, error));
    return file_lock(path, ret_lock, error);
}
