#include "extract/run.h"

#include "common/batch.h"
#include "common/folder.h"
#include "common/progress.h"
#include "common/signal.h"
#include "common/stream.h"
#include "extract/bookmark.h"
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping.h"
#include "extract/preview.h"
#include "extract/transport/files.h"
#include "extract/writer.h"

#include <time.h>

enum { SOURCE_CEILING = 1 << 30, BATCH_CEILING = 256 << 20, BATCH_FILES_MAX = UINT16_MAX };

/* Writing the bookmark of a source with very many files costs more than reading a small one of them; what it then lags
 * behind is read once more after a crash, and becomes the same batches. */
static const double save_interval = 0.2;

typedef struct Turn {
    Run *run;
    const Source *source;
    Mapping mapping;
    Bookmark bookmark;
    Arena arena; /* of the inputs' names */
    FileInputs inputs;
    RunOutcome *outcome;
    Progress progress;
    uint64_t bytes_before; /* raw bytes of the inputs before this one */
    double saved_at;
} Turn;

/* One batch in the making. */
typedef struct Making {
    Turn *turn;
    Arena arena;
    const char *folder; /* partial; NULL if there is none */
    Writer writer;
    Emitter emitter;
    const Stream *stream; /* being read */
    const FileInput *files;
    BatchInput *inputs;
    size_t count;
} Making;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool stops_the_run(const Error *error)
{
    return error->code == ERROR_INTERRUPTED || error->code == ERROR_TERMINATED || error->code == ERROR_INTERNAL ||
           error->code == ERROR_CANNOT_CREATE;
}

/* Logs and keeps what concerns one input alone. */
static Status note_failure(Run *run, const Source *source, Error *error)
{
    if (stops_the_run(error))
        return STATUS_ERROR;
    Error shown = *error;
    error_prefix(&shown, "%s", source->name);
    log_failure(run->log, &shown);
    if (run->failure.code == ERROR_NONE)
        run->failure = shown;
    error_clear(error);
    return STATUS_OK;
}

/* --- inputs --------------------------------------------------------------------------------------------------- */

/* Those that can be found; is_whole says whether these are all that the configuration names. */
static Status find_inputs(Run *run, const Source *source, Arena *arena, FileInputs *ret_inputs, bool *ret_is_whole,
                          Error *error)
{
    FileInputs all = {.items = NULL};
    *ret_is_whole = true;
    for (size_t i = 0; i < source->path_count; i++) {
        FileInputs found;
        Status status = files_find(source->paths[i], arena, &found, error);
        if (status == STATUS_OK)
            status = files_merge(&all, &found, arena, &all, error);
        if (status == STATUS_OK)
            continue;
        *ret_is_whole = false;
        TRY(note_failure(run, source, error));
    }
    *ret_inputs = all;
    return STATUS_OK;
}

static int64_t modified_at(const FileInput *input)
{
    int64_t remainder = input->modified_ns % 1000;
    return input->modified_ns / 1000 - (remainder < 0);
}

static bool is_wanted(const Run *run, const FileInput *input)
{
    return !run->has_since || modified_at(input) >= run->since;
}

/* Leaves out what --since excludes. Of parts that are one snapshot all are read if one is. */
static void drop_old_inputs(const Run *run, const Source *source, FileInputs *inputs)
{
    size_t count = 0;
    for (size_t i = 0; i < inputs->count; i++)
        count += is_wanted(run, &inputs->items[i]);
    if (source->together && count)
        return;
    count = 0;
    for (size_t i = 0; i < inputs->count; i++)
        if (is_wanted(run, &inputs->items[i]))
            inputs->items[count++] = inputs->items[i];
    inputs->count = count;
}

/* --- bookmarks ------------------------------------------------------------------------------------------------ */

static bool looks_the_same(const Turn *turn, const FileInput *input, const BookmarkEntry *entry)
{
    return entry && entry->size == input->size && entry->modified_ns == input->modified_ns &&
           entry->inode == input->inode && key_equal(&entry->mapping_digest, &turn->source->mapping_digest);
}

/* Whether the bookmarks of these files name one batch that holds them and no other. */
static bool is_one_batch(const Turn *turn, const FileInput *files, size_t count)
{
    const BookmarkEntry *first = bookmark_find(&turn->bookmark, files[0].path);
    for (size_t i = 0; i < count; i++) {
        const BookmarkEntry *entry = bookmark_find(&turn->bookmark, files[i].path);
        if (!entry || strcmp(entry->batch, first->batch) != 0)
            return false;
    }
    return count == 1 || bookmark_count_batch(&turn->bookmark, first->batch) == count;
}

static bool is_unchanged(const Turn *turn, const FileInput *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!looks_the_same(turn, &files[i], bookmark_find(&turn->bookmark, files[i].path)))
            return false;
    return is_one_batch(turn, files, count);
}

/* Read again, and the same bytes under the same mapping as before. */
static bool has_same_bytes(const Making *making)
{
    const Turn *turn = making->turn;
    for (size_t i = 0; i < making->count; i++) {
        const BookmarkEntry *entry = bookmark_find(&turn->bookmark, making->files[i].path);
        if (!entry || !key_equal(&entry->digest, &making->inputs[i].digest) ||
            !key_equal(&entry->mapping_digest, &turn->source->mapping_digest))
            return false;
    }
    return is_one_batch(turn, making->files, making->count);
}

static Status save_bookmark(Turn *turn, Error *error)
{
    TRY(bookmark_save(&turn->bookmark, error));
    turn->saved_at = clock_seconds();
    return STATUS_OK;
}

static Status move_bookmark(Making *making, const char *batch, Error *error)
{
    Turn *turn = making->turn;
    for (size_t i = 0; i < making->count; i++) {
        const FileInput *file = &making->files[i];
        BookmarkEntry entry = {
            .path = file->path,
            .size = file->size,
            .modified_ns = file->modified_ns,
            .inode = file->inode,
            .digest = making->inputs[i].digest,
            .mapping_digest = turn->source->mapping_digest,
            .batch = batch,
        };
        TRY(bookmark_set(&turn->bookmark, &entry, error));
    }
    return clock_seconds() - turn->saved_at < save_interval ? STATUS_OK : save_bookmark(turn, error);
}

/* --- one batch ------------------------------------------------------------------------------------------------ */

static Key input_digest(const Making *making)
{
    Key digest = making->inputs[0].digest;
    if (making->count == 1)
        return hash_bytes((Text){(const char *)digest.bytes, sizeof digest.bytes});
    cleanup(buffer_done) Buffer digests = buffer_make(BATCH_FILES_MAX * sizeof(Key));
    Error ignored;
    for (size_t i = 0; i < making->count; i++)
        (void)buffer_append_bytes(&digests, making->inputs[i].digest.bytes, sizeof(Key), &ignored);
    return hash_bytes(buffer_text(&digests));
}

static Key batch_id(const Making *making, const Key *input)
{
    const Config *config = making->turn->run->config;
    const Source *source = making->turn->source;
    char version[16];
    int size = snprintf(version, sizeof version, "%d", TRANSFORM_VERSION);
    Text parts[] = {
        text_from(source->name),
        {(const char *)input->bytes, sizeof input->bytes},
        {(const char *)source->mapping_digest.bytes, sizeof source->mapping_digest.bytes},
        {version, (size_t)size},
        text_from(config->reporting.timezone),
        text_from(config->reporting.currency),
    };
    return key_of(TEXT("batch"), parts, sizeof parts / sizeof *parts);
}

static void collect_counts(const Making *making, BatchCount counts[static RECORD_KIND_COUNT], size_t *ret_count)
{
    const Mapping *mapping = &making->turn->mapping;
    *ret_count = 0;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        bool is_mapped = false;
        for (size_t i = 0; i < mapping->rule_count; i++)
            is_mapped |= mapping->rules[i].kind == (RecordKind)kind;
        if (is_mapped)
            counts[(*ret_count)++] = making->emitter.counts[kind];
    }
}

static void add_to_outcome(const Making *making)
{
    RunOutcome *outcome = making->turn->outcome;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *count = &making->emitter.counts[kind];
        outcome->read += count->read;
        outcome->emitted += count->emitted;
        outcome->rejected += count->rejected;
        outcome->filtered += count->filtered;
    }
    outcome->files_read += making->count;
}

static Status commit(Making *making, Error *error)
{
    Turn *turn = making->turn;
    const Run *run = turn->run;
    BatchCount counts[RECORD_KIND_COUNT];
    Manifest manifest = {
        .mapping_digest = turn->source->mapping_digest,
        .input_digest = input_digest(making),
        .source = turn->source->name,
        .system = turn->source->system,
        .mode = turn->source->mode,
        .read_at = run->read_at,
        .sequence = run->sequence + 1,
        .max_deleted = turn->source->max_deleted,
        .first_at = INT64_MAX,
        .last_at = INT64_MIN,
        .inputs = making->inputs,
        .input_count = making->count,
        .counts = counts,
    };
    manifest.batch_id = batch_id(making, &manifest.input_digest);
    collect_counts(making, counts, &manifest.count_count);
    TRY(writer_commit(&making->writer, &making->arena, &manifest.files, &manifest.file_count, error));
    const char *name = batch_name(&manifest, &making->arena);
    if (!name)
        return error_no_memory(error);
    TRY(batch_commit(run->config->spool, STAGE_EXTRACTED, making->folder, name, &manifest, error));
    making->folder = NULL;
    turn->run->sequence++;
    turn->outcome->batches++;
    return move_bookmark(making, name, error);
}

/* Nothing new in it: only how the file looks is noted. */
static Status pass_over(Making *making, Error *error)
{
    making->turn->outcome->files_unchanged += making->count;
    const BookmarkEntry *entry = bookmark_find(&making->turn->bookmark, making->files[0].path);
    const char *batch = arena_copy(&making->arena, text_from(entry->batch));
    return batch ? move_bookmark(making, batch, error) : error_no_memory(error);
}
