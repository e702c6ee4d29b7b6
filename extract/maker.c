#include "extract/maker.h"

#include "common/folder.h"
#include "extract/format.h"
#include "extract/inputs.h"

enum { MAKER_CEILING = 256 << 20 };

/* --- reading -------------------------------------------------------------------------------------------------- */

static void show_progress(void *context)
{
    const Maker *maker = context;
    if (maker->job->progress && maker->stream)
        progress_update(maker->job->progress, maker->job->raw_bytes + stream_raw_bytes(maker->stream));
}

/* Half of a file tells what is not true: a snapshot tells by what it leaves out, and of the others the rest would be
 * lost without anybody noticing. */
static Status judge(const Maker *maker, const FileInput *file, const FormatResult *result, Error *error)
{
    const Source *source = maker->job->source;
    bool is_snapshot = source->mode == MODE_SNAPSHOT;
    if (result->is_broken) {
        error_set(error, ERROR_DATA, "%s: line %zu: %s", file->path, result->broken_line, result->broken_reason);
        return error_hint(error, "nothing of it was taken, since what follows cannot be read: have it exported again");
    }
    if (result->has_content)
        return STATUS_OK;
    const char *what = file->size == 0 ? "is empty" : "holds no record";
    if (is_snapshot) {
        error_set(error, ERROR_DATA, "%s: %s", file->path, what);
        return error_hint(error, source->format == FORMAT_XML && file->size
                                     ? "is 'record' the name of its elements? as a snapshot this would delete all"
                                     : "nothing of it was taken: as a snapshot this would delete all");
    }
    log_warning(maker->job->log, "%s: %s: %s", source->name, file->path, what);
    return STATUS_OK;
}

static Status read_stream(Maker *maker, const FileInput *file, Stream *stream, BatchInput *ret_input, Error *error)
{
    FormatResult result;
    maker->stream = stream;
    Status status = format_read(&maker->emitter, stream, &result, error);
    maker->stream = NULL;
    maker->job->raw_bytes += stream_raw_bytes(stream);
    maker->job->decoded_bytes += stream_decoded_bytes(stream);
    TRY(status);
    TRY(judge(maker, file, &result, error));
    int64_t below_a_microsecond = file->modified_ns % 1000;
    *ret_input = (BatchInput){
        .file = file->path,
        .digest = stream_digest(stream),
        .raw_bytes = (int64_t)stream_raw_bytes(stream),
        .decoded_bytes = (int64_t)stream_decoded_bytes(stream),
        .modified_at = file->modified_ns / 1000 - (below_a_microsecond < 0),
    };
    return STATUS_OK;
}

static Status begin(Maker *maker, RecordSink *ret_sink, Error *error)
{
    const MakerJob *job = maker->job;
    *ret_sink = (RecordSink){.progress = show_progress, .progress_context = maker};
    if (job->is_dry)
        return STATUS_OK;
    TRY(batch_begin(job->config->spool, STAGE_EXTRACTED, job->source->name, &maker->arena, &maker->folder, error));
    TRY(writer_open(maker->folder, job->mapping, &maker->writer, error));
    *ret_sink = writer_sink(&maker->writer);
    ret_sink->progress = show_progress;
    ret_sink->progress_context = maker;
    return STATUS_OK;
}

Status maker_begin(Maker *maker, MakerJob *job, size_t capacity, Error *error)
{
    *maker = (Maker){.job = job,
                     .arena = arena_make(MAKER_CEILING),
                     .emitter = EMITTER_INIT,
                     .writer = WRITER_INIT,
                     .capacity = capacity};
    if (capacity > MAKER_FILES_MAX)
        return error_set(error, ERROR_DATA, "%zu files are too many for one snapshot; %d is the most", capacity,
                         MAKER_FILES_MAX);
    maker->inputs = arena_allocate(&maker->arena, capacity * sizeof *maker->inputs);
    maker->files = arena_allocate(&maker->arena, capacity * sizeof *maker->files);
    bool can_be_bundle = capacity > 1 && job->source->mode == MODE_APPEND && !inputs_are_one(job->source);
    if (can_be_bundle)
        maker->members = arena_allocate(&maker->arena, capacity * sizeof *maker->members);
    if (!maker->inputs || !maker->files || (can_be_bundle && !maker->members))
        return error_no_memory(error);
    RecordSink sink;
    TRY(begin(maker, &sink, error));
    return emitter_make(job->mapping, sink, &maker->emitter, error);
}

static Status read_file(Maker *maker, const FileInput *file, Error *error)
{
    cleanup(stream_freep) Stream *stream = NULL;
    TRY(input_open(maker->job->source, file, &stream, error));
    maker->emitter.file = (uint16_t)(maker->count - 1);
    return read_stream(maker, file, stream, &maker->inputs[maker->count - 1], error);
}

static bool is_mapped(const Mapping *mapping, RecordKind kind)
{
    for (size_t i = 0; i < mapping->rule_count; i++)
        if (mapping->rules[i].kind == kind)
            return true;
    return false;
}

/* What was counted since `before`, of the kinds that the mapping makes; in the arena. */
static Status collect_counts(Maker *maker, const BatchCount *before, const BatchCount **ret_counts, size_t *ret_count,
                             Error *error)
{
    BatchCount *counts = arena_allocate(&maker->arena, RECORD_KIND_COUNT * sizeof *counts);
    size_t count = 0;
    if (!counts)
        return error_no_memory(error);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (!is_mapped(maker->job->mapping, (RecordKind)kind))
            continue;
        const BatchCount *now = &maker->emitter.counts[kind];
        counts[count++] = (BatchCount){.kind = (RecordKind)kind,
                                       .read = now->read - before[kind].read,
                                       .emitted = now->emitted - before[kind].emitted,
                                       .rejected = now->rejected - before[kind].rejected,
                                       .filtered = now->filtered - before[kind].filtered};
    }
    *ret_counts = counts;
    *ret_count = count;
    return STATUS_OK;
}

static Manifest manifest_of(const Maker *maker, const BatchInput *inputs, size_t count)
{
    const Source *source = maker->job->source;
    Manifest manifest = {
        .mapping_digest = maker->job->mapping->digest,
        .source = source->name,
        .system = source->system,
        .mode = source->mode,
        .read_at = maker->job->read_at,
        .sequence = maker->sequence,
        .max_deleted = source->max_deleted,
        .first_at = INT64_MAX,
        .last_at = INT64_MIN,
        .inputs = inputs,
        .input_count = count,
    };
    /* What the mapping looks up is part of what the batch is; transform knows the configuration alone. */
    manifest_seal(&manifest);
    manifest.mapping_digest = source->mapping_digest;
    return manifest;
}

/* The input that was taken last, as a batch of its own. */
static Status note_member(Maker *maker, int64_t sequence, Error *error)
{
    Manifest alone = manifest_of(maker, &maker->inputs[maker->count - 1], 1);
    BatchMember *member = &maker->members[maker->count - 1];
    *member = (BatchMember){
        .batch_id = alone.batch_id, .sequence = sequence, .first_at = alone.first_at, .last_at = alone.last_at};
    return collect_counts(maker, maker->counted, &member->counts, &member->count_count, error);
}

Status maker_take(Maker *maker, const FileInput *file, int64_t sequence, Error *error)
{
    if (maker->count == maker->capacity)
        return error_set(error, ERROR_INTERNAL, "%s: the batch is full", file->path);
    memcpy(maker->counted, maker->emitter.counts, sizeof maker->counted);
    if (!maker->job->is_dry && writer_mark(&maker->writer, error) != STATUS_OK) {
        maker->is_broken = true;
        return STATUS_ERROR;
    }
    maker->count++;
    maker->files[maker->count - 1] = file;
    if (read_file(maker, file, error) != STATUS_OK) {
        Error second;
        (void)maker_return(maker, &second);
        return STATUS_ERROR;
    }
    if (maker->count == 1)
        maker->sequence = sequence;
    return maker->members ? note_member(maker, sequence, error) : STATUS_OK;
}

Status maker_return(Maker *maker, Error *error)
{
    maker->count--;
    memcpy(maker->emitter.counts, maker->counted, sizeof maker->counted);
    Status status = maker->job->is_dry ? STATUS_OK : writer_return(&maker->writer, error);
    maker->is_broken = status != STATUS_OK;
    return status;
}

/* --- committing ----------------------------------------------------------------------------------------------- */

Status maker_commit(Maker *maker, const char **ret_name, Error *error)
{
    static const BatchCount none[RECORD_KIND_COUNT];
    Manifest manifest = manifest_of(maker, maker->inputs, maker->count);
    if (maker->members && maker->count > 1) {
        manifest.members = maker->members;
        manifest.member_count = maker->count;
    }
    TRY(collect_counts(maker, none, &manifest.counts, &manifest.count_count, error));
    TRY(writer_commit(&maker->writer, &maker->arena, &manifest.files, &manifest.file_count, error));
    const char *name = batch_name(&manifest, &maker->arena);
    if (!name)
        return error_no_memory(error);
    TRY(batch_commit(maker->job->config->spool, STAGE_EXTRACTED, maker->folder, name, &manifest, error));
    maker->folder = NULL;
    *ret_name = name;
    return STATUS_OK;
}

void maker_done(Maker *maker)
{
    /* What cannot be removed now is removed by the next run. */
    Error ignored;
    writer_done(&maker->writer);
    if (maker->folder)
        (void)folder_remove(maker->folder, &ignored);
    emitter_done(&maker->emitter);
    arena_done(&maker->arena);
    *maker = (Maker)MAKER_INIT;
}
