#include "extract/run.h"

#include "common/folder.h"
#include "extract/bookmark.h"
#include "extract/format.h"
#include "extract/inputs.h"
#include "extract/maker.h"
#include "extract/preview.h"

#include <time.h>

enum { INPUTS_CEILING = 1 << 30 };

/* Writing the bookmark of a source with very many files costs more than reading a small one of them. What it lags
 * behind after a crash is read once more, and becomes the same batches. */
static const double save_interval = 0.2;

typedef struct Turn {
    Run *run;
    const Source *source;
    Mapping mapping;
    Bookmark bookmark;
    Arena arena; /* of the inputs */
    Inputs inputs;
    MakerJob job;
    Maker maker;    /* of the batch at hand, if there is one */
    int64_t weight; /* of the files that it has taken */
    RunOutcome *outcome;
    double saved_at;
} Turn;

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

Status run_note_failure(Run *run, const Source *source, Error *error)
{
    if (stops_the_run(error))
        return STATUS_ERROR;
    error_prefix(error, "%s", source->name);
    log_failure(run->log, error);
    if (run->failure.code == ERROR_NONE)
        run->failure = *error;
    error_clear(error);
    return STATUS_OK;
}

/* --- bookmarks ------------------------------------------------------------------------------------------------ */

/* The file's bookmark, if it was made under this mapping. */
static const BookmarkEntry *find_bookmark(const Turn *turn, const FileInput *file)
{
    const BookmarkEntry *entry = bookmark_find(&turn->bookmark, file->path);
    return entry && key_equal(&entry->mapping_digest, &turn->mapping.digest) ? entry : NULL;
}

/* It looks as it did when it was read. */
static bool is_unchanged(const Turn *turn, const FileInput *file)
{
    const BookmarkEntry *entry = find_bookmark(turn, file);
    return entry && !file->is_unseen && entry->size == file->size && entry->modified_ns == file->modified_ns &&
           entry->inode == file->inode;
}

/* It was read again, and holds the bytes that it held. */
static bool has_same_bytes(const Turn *turn, size_t index)
{
    const BookmarkEntry *entry = find_bookmark(turn, turn->maker.files[index]);
    return entry && key_equal(&entry->digest, &turn->maker.inputs[index].digest);
}

/* Whether the bookmarks of these files, which are all there, name one batch that held them and no other. */
static bool is_one_batch(const Turn *turn, const FileInputs *files)
{
    const char *batch = bookmark_find(&turn->bookmark, files->items[0].path)->batch;
    for (size_t i = 1; i < files->count; i++)
        if (strcmp(bookmark_find(&turn->bookmark, files->items[i].path)->batch, batch) != 0)
            return false;
    return bookmark_count_batch(&turn->bookmark, batch) == files->count;
}

static Status save_bookmark(Turn *turn, Error *error)
{
    TRY(bookmark_save(&turn->bookmark, error));
    turn->saved_at = clock_seconds();
    return STATUS_OK;
}

static Status set_bookmark(Turn *turn, size_t index, const char *batch, Error *error)
{
    const FileInput *file = turn->maker.files[index];
    BookmarkEntry entry = {
        .path = file->path,
        .size = file->size,
        .modified_ns = file->modified_ns,
        .inode = file->inode,
        .digest = turn->maker.inputs[index].digest,
        .mapping_digest = turn->mapping.digest,
        .batch = batch,
    };
    return bookmark_set(&turn->bookmark, &entry, error);
}

static Status move_bookmark(Turn *turn, const char *batch, Error *error)
{
    for (size_t i = 0; i < turn->maker.count; i++)
        TRY(set_bookmark(turn, i, batch, error));
    return clock_seconds() - turn->saved_at < save_interval ? STATUS_OK : save_bookmark(turn, error);
}

/* --- batches -------------------------------------------------------------------------------------------------- */

static void count_batch(Turn *turn)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *count = &turn->maker.emitter.counts[kind];
        turn->outcome->read += count->read;
        turn->outcome->emitted += count->emitted;
        turn->outcome->rejected += count->rejected;
        turn->outcome->filtered += count->filtered;
    }
    turn->outcome->files_read += turn->maker.count;
}

static Status commit(Turn *turn, Error *error)
{
    const char *batch;
    if (!turn->run->is_dry) {
        TRY(maker_commit(&turn->maker, &batch, error));
        turn->outcome->batches++;
        TRY(move_bookmark(turn, batch, error));
    }
    count_batch(turn);
    return STATUS_OK;
}

/* Makes a batch of what the maker has taken, if it has taken something. */
static Status end_batch(Turn *turn, Error *error)
{
    Status status = turn->maker.count ? commit(turn, error) : STATUS_OK;
    maker_done(&turn->maker);
    turn->weight = 0;
    return status;
}

/* Only touched, since it was read: no news. Its bookmark is saved with the next one, never before the files taken
 * earlier have theirs, so that a run that goes on after an interruption cuts bundles where they would have been cut. */
static Status take_back_touched(Turn *turn, Error *error)
{
    size_t last = turn->maker.count - 1;
    turn->outcome->files_unchanged++;
    if (!turn->run->is_dry) {
        const char *batch = find_bookmark(turn, turn->maker.files[last])->batch;
        TRY(set_bookmark(turn, last, batch, error));
    }
    return maker_return(&turn->maker, error);
}

/* What is not small fills a bundle: it gains nothing by company, and costs less to load without. */
static int64_t weight_of(const FileInput *file)
{
    return file->size > MAKER_SMALL_BYTES ? MAKER_BUNDLE_BYTES : file->size;
}

static Status take_file(Turn *turn, const FileInput *file, size_t capacity, Error *error)
{
    if (!turn->maker.job && maker_begin(&turn->maker, &turn->job, capacity, error) != STATUS_OK) {
        maker_done(&turn->maker);
        return STATUS_ERROR;
    }
    TRY(maker_take(&turn->maker, file, turn->run->sequence, error));
    if (!turn->run->is_full && has_same_bytes(turn, turn->maker.count - 1))
        return take_back_touched(turn, error);
    turn->weight += weight_of(file);
    return STATUS_OK;
}

/* The file ends the batch before it, or goes with it. Files that cannot be used leave those beside them alone. */
static Status take_or_note(Turn *turn, const FileInput *file, size_t capacity, Error *error)
{
    Run *run = turn->run;
    bool is_full = turn->maker.count == turn->maker.capacity || turn->weight + weight_of(file) > MAKER_BUNDLE_BYTES;
    if (turn->maker.count && is_full && end_batch(turn, error) != STATUS_OK)
        TRY(run_note_failure(run, turn->source, error));
    if (take_file(turn, file, capacity, error) != STATUS_OK)
        TRY(run_note_failure(run, turn->source, error));
    if (turn->maker.is_broken)
        maker_done(&turn->maker);
    return STATUS_OK;
}

/* Unchanged files have numbers too: a run that goes on after an interruption, with the same read_at, gives its batches
 * the numbers that they would have had. */
static void count_file(Run *run)
{
    if (run->sequence < BATCH_SEQUENCE_MAX)
        run->sequence++;
}

/* A batch of each file; of an append source small ones travel together. */
static Status make_batches(Turn *turn, Error *error)
{
    const FileInputs *files = &turn->inputs.files;
    size_t most = turn->source->mode == MODE_APPEND ? MAKER_BUNDLE_MAX : 1;
    for (size_t i = 0; i < files->count; i++) {
        const FileInput *file = &files->items[i];
        size_t left = files->count - i;
        count_file(turn->run);
        if (!turn->run->is_full && is_unchanged(turn, file))
            turn->outcome->files_unchanged++;
        else
            TRY(take_or_note(turn, file, left < most ? left : most, error));
    }
    return end_batch(turn, error);
}

static bool are_unchanged(const Turn *turn, const FileInputs *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (!is_unchanged(turn, &files->items[i]))
            return false;
    return is_one_batch(turn, files);
}

static bool have_same_bytes(const Turn *turn, const FileInputs *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (!has_same_bytes(turn, i))
            return false;
    return is_one_batch(turn, files);
}

/* Files that are one batch, a snapshot in parts or the pages of a server: none can be left out. */
static Status make_whole(Turn *turn, Error *error)
{
    const FileInputs *files = &turn->inputs.files;
    bool is_full = turn->run->is_full;
    count_file(turn->run);
    if (!is_full && are_unchanged(turn, files)) {
        turn->outcome->files_unchanged += files->count;
        return STATUS_OK;
    }
    TRY(maker_begin(&turn->maker, &turn->job, files->count, error));
    for (size_t i = 0; i < files->count; i++)
        TRY(maker_take(&turn->maker, &files->items[i], turn->run->sequence, error));
    if (is_full || !have_same_bytes(turn, files))
        return commit(turn, error);
    turn->outcome->files_unchanged += files->count;
    return turn->run->is_dry ? STATUS_OK
                             : move_bookmark(turn, bookmark_find(&turn->bookmark, files->items[0].path)->batch, error);
}

/* --- a source ------------------------------------------------------------------------------------------------- */

static uint64_t total_bytes(const FileInputs *inputs)
{
    uint64_t total = 0;
    for (size_t i = 0; i < inputs->count; i++)
        total += (uint64_t)inputs->items[i].size;
    return total;
}

static Status read_inputs(Turn *turn, Error *error)
{
    Run *run = turn->run;
    Progress progress = progress_make(stderr, turn->source->name, total_bytes(&turn->inputs.files), run->is_quiet);
    turn->job = (MakerJob){
        .config = run->config,
        .source = turn->source,
        .mapping = &turn->mapping,
        .log = run->log,
        .read_at = run->read_at,
        .is_dry = run->is_dry,
        .progress = &progress,
    };
    Status status = inputs_are_one(turn->source) ? make_whole(turn, error) : make_batches(turn, error);
    maker_done(&turn->maker);
    progress_done(&progress);
    turn->outcome->decoded_bytes = turn->job.decoded_bytes;
    if (run->is_dry)
        return status;
    if (status == STATUS_OK && turn->inputs.is_whole && !run->has_since)
        bookmark_forget_gone(&turn->bookmark, turn->inputs.files.items, turn->inputs.files.count);
    /* Also when the run was stopped: what was committed need not be read again. */
    Error saving = ERROR_INIT;
    if (save_bookmark(turn, &saving) == STATUS_OK || status != STATUS_OK)
        return status;
    *error = saving;
    return STATUS_ERROR;
}

static Status take_turn(Turn *turn, Error *error)
{
    Run *run = turn->run;
    const Source *source = turn->source;
    TRY(mapping_compile(source, &turn->mapping, error));
    TRY(inputs_find(run, &turn->mapping, &turn->arena, &turn->inputs, error));
    /* Parts that are one snapshot cannot be read without one of them. */
    if (source->together && !turn->inputs.is_whole)
        return STATUS_OK;
    if (turn->inputs.files.count == 0)
        return STATUS_OK;
    TRY(bookmark_load(run->config->spool, source->name, &turn->bookmark, error));
    if (read_inputs(turn, error) == STATUS_OK)
        return inputs_finish(&turn->inputs, error);
    inputs_give_up(&turn->inputs, error);
    return STATUS_ERROR;
}

Status run_source(Run *run, const Source *source, RunOutcome *ret_outcome, Error *error)
{
    double started_at = clock_seconds();
    *ret_outcome = (RunOutcome){.read = 0};
    Turn turn = {
        .run = run, .source = source, .arena = arena_make(INPUTS_CEILING), .maker = MAKER_INIT, .outcome = ret_outcome};
    Status status = take_turn(&turn, error);
    inputs_done(&turn.inputs);
    bookmark_done(&turn.bookmark);
    mapping_done(&turn.mapping);
    arena_done(&turn.arena);
    ret_outcome->seconds = clock_seconds() - started_at;
    return status == STATUS_OK ? STATUS_OK : run_note_failure(run, source, error);
}

/* --- preview -------------------------------------------------------------------------------------------------- */

static Status preview_inputs(Run *run, const FileInputs *inputs, Emitter *emitter, Error *error)
{
    for (size_t i = 0; i < inputs->count && !emitter_is_full(emitter); i++) {
        cleanup(stream_freep) Stream *stream = NULL;
        FormatResult result;
        Status status = input_open(emitter->mapping->source, &inputs->items[i], &stream, error);
        if (status == STATUS_OK)
            status = format_read(emitter, stream, &result, error);
        if (status != STATUS_OK)
            TRY(run_note_failure(run, emitter->mapping->source, error));
    }
    return STATUS_OK;
}

static Status show_source(Run *run, const Mapping *mapping, Arena *arena, uint64_t limit, FILE *stream, Error *error)
{
    cleanup(inputs_done) Inputs inputs = {.fetch = NULL};
    TRY(inputs_find(run, mapping, arena, &inputs, error));
    size_t count = inputs.files.count;
    fprintf(stream, "source %s: %zu %s\n\n", mapping->source->name, count, inputs_noun(mapping->source, count));
    if (count == 0)
        return STATUS_OK;
    cleanup(preview_done) Preview preview = preview_make(stream, mapping->source->format);
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    TRY(emitter_make(mapping, preview_sink(&preview), &emitter, error));
    preview.emitter = &emitter;
    emitter.limit = limit;
    TRY(preview_inputs(run, &inputs.files, &emitter, error));
    preview_end(&preview, &emitter);
    fputc('\n', stream);
    return STATUS_OK;
}

Status run_preview(Run *run, const Source *source, uint64_t limit, FILE *stream, Error *error)
{
    cleanup(mapping_done) Mapping mapping = {.source = NULL};
    cleanup(arena_done) Arena arena = arena_make(INPUTS_CEILING);
    run->is_preview = true;
    Status status = mapping_compile(source, &mapping, error);
    if (status == STATUS_OK)
        status = show_source(run, &mapping, &arena, limit, stream, error);
    return status == STATUS_OK ? STATUS_OK : run_note_failure(run, source, error);
}
