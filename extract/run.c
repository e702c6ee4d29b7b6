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

static bool is_same_mapping(const Turn *turn, const BookmarkEntry *entry)
{
    return key_equal(&entry->mapping_digest, &turn->mapping.digest);
}

/* Whether the bookmarks of these files, which are all there, name one batch that held them and no other. */
static bool is_one_batch(const Turn *turn, const FileInput *files, size_t count)
{
    const char *batch = bookmark_find(&turn->bookmark, files[0].path)->batch;
    for (size_t i = 1; i < count; i++)
        if (strcmp(bookmark_find(&turn->bookmark, files[i].path)->batch, batch) != 0)
            return false;
    return !turn->source->together || bookmark_count_batch(&turn->bookmark, batch) == count;
}

/* They look as they did when they were read under this mapping. */
static bool is_unchanged(const Turn *turn, const FileInput *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const FileInput *file = &files[i];
        const BookmarkEntry *entry = bookmark_find(&turn->bookmark, file->path);
        if (!entry || file->is_unseen || entry->size != file->size || entry->modified_ns != file->modified_ns ||
            entry->inode != file->inode || !is_same_mapping(turn, entry))
            return false;
    }
    return is_one_batch(turn, files, count);
}

/* They were read again, and hold the bytes that they held. */
static bool has_same_bytes(const Turn *turn, const Maker *maker, const FileInput *files)
{
    for (size_t i = 0; i < maker->count; i++) {
        const BookmarkEntry *entry = bookmark_find(&turn->bookmark, files[i].path);
        if (!entry || !key_equal(&entry->digest, &maker->inputs[i].digest) || !is_same_mapping(turn, entry))
            return false;
    }
    return is_one_batch(turn, files, maker->count);
}

static Status save_bookmark(Turn *turn, Error *error)
{
    TRY(bookmark_save(&turn->bookmark, error));
    turn->saved_at = clock_seconds();
    return STATUS_OK;
}

static Status move_bookmark(Turn *turn, const Maker *maker, const FileInput *files, const char *batch, Error *error)
{
    for (size_t i = 0; i < maker->count; i++) {
        BookmarkEntry entry = {
            .path = files[i].path,
            .size = files[i].size,
            .modified_ns = files[i].modified_ns,
            .inode = files[i].inode,
            .digest = maker->inputs[i].digest,
            .mapping_digest = turn->mapping.digest,
            .batch = batch,
        };
        TRY(bookmark_set(&turn->bookmark, &entry, error));
    }
    return clock_seconds() - turn->saved_at < save_interval ? STATUS_OK : save_bookmark(turn, error);
}

/* --- batches -------------------------------------------------------------------------------------------------- */

static void count_batch(Turn *turn, const Maker *maker)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *count = &maker->emitter.counts[kind];
        turn->outcome->read += count->read;
        turn->outcome->emitted += count->emitted;
        turn->outcome->rejected += count->rejected;
        turn->outcome->filtered += count->filtered;
    }
    turn->outcome->files_read += maker->count;
}

static Status take_batch(Turn *turn, Maker *maker, const FileInput *files, Error *error)
{
    const char *batch;
    if (!turn->run->is_full && has_same_bytes(turn, maker, files)) {
        turn->outcome->files_unchanged += maker->count;
        if (turn->run->is_dry)
            return STATUS_OK;
        batch = bookmark_find(&turn->bookmark, files[0].path)->batch;
        return move_bookmark(turn, maker, files, batch, error);
    }
    if (!turn->run->is_dry) {
        TRY(maker_commit(maker, turn->run->sequence, &batch, error));
        turn->outcome->batches++;
        TRY(move_bookmark(turn, maker, files, batch, error));
    }
    count_batch(turn, maker);
    return STATUS_OK;
}

static Status make_batch(Turn *turn, const FileInput *files, size_t count, Error *error)
{
    if (!turn->run->is_full && is_unchanged(turn, files, count)) {
        turn->outcome->files_unchanged += count;
        return STATUS_OK;
    }
    Maker maker = MAKER_INIT;
    Status status = maker_read(&maker, &turn->job, files, count, error);
    if (status == STATUS_OK)
        status = take_batch(turn, &maker, files, error);
    maker_done(&maker);
    return status;
}

static Status make_batches(Turn *turn, Error *error)
{
    size_t step = turn->source->together ? turn->inputs.files.count : 1;
    for (size_t i = 0; i < turn->inputs.files.count; i += step) {
        /* Unchanged files count too: a run that goes on after an interruption, with the same read_at, gives its batches
         * the numbers that they would have had. */
        if (turn->run->sequence < BATCH_SEQUENCE_MAX)
            turn->run->sequence++;
        if (make_batch(turn, &turn->inputs.files.items[i], step, error) != STATUS_OK)
            TRY(run_note_failure(turn->run, turn->source, error));
    }
    return STATUS_OK;
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
    Status status = make_batches(turn, error);
    progress_done(&progress);
    turn->outcome->decoded_bytes = turn->job.decoded_bytes;
    if (run->is_dry)
        return status;
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
    TRY(inputs_find(run, source, &turn->arena, &turn->inputs, error));
    /* Parts that are one snapshot cannot be read without one of them. */
    if (source->together && !turn->inputs.is_whole)
        return STATUS_OK;
    if (turn->inputs.files.count == 0)
        return STATUS_OK;
    TRY(bookmark_load(run->config->spool, source->name, &turn->bookmark, error));
    return read_inputs(turn, error);
}

Status run_source(Run *run, const Source *source, RunOutcome *ret_outcome, Error *error)
{
    double started_at = clock_seconds();
    *ret_outcome = (RunOutcome){.read = 0};
    Turn turn = {.run = run, .source = source, .arena = arena_make(INPUTS_CEILING), .outcome = ret_outcome};
    Status status = take_turn(&turn, error);
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
    Inputs inputs;
    TRY(inputs_find(run, mapping->source, arena, &inputs, error));
    size_t count = inputs.files.count;
    fprintf(stream, "source %s: %zu %s\n\n", mapping->source->name, count, inputs_noun(mapping->source, count));
    if (count == 0)
        return STATUS_OK;
    cleanup(preview_done) Preview preview = preview_make(stream, mapping->source->format);
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    TRY(emitter_make(mapping, preview_sink(&preview), &emitter, error));
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
    Status status = mapping_compile(source, &mapping, error);
    if (status == STATUS_OK)
        status = show_source(run, &mapping, &arena, limit, stream, error);
    return status == STATUS_OK ? STATUS_OK : run_note_failure(run, source, error);
}
