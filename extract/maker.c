#include "extract/maker.h"

#include "common/folder.h"
#include "extract/format.h"
#include "extract/inputs.h"

#include <stdio.h>

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

static Status read_files(Maker *maker, const FileInput *files, size_t count, Error *error)
{
    maker->inputs = arena_allocate(&maker->arena, count * sizeof *maker->inputs);
    if (!maker->inputs)
        return error_no_memory(error);
    for (; maker->count < count; maker->count++) {
        const FileInput *file = &files[maker->count];
        cleanup(stream_freep) Stream *stream = NULL;
        TRY(input_open(maker->job->source, file, &stream, error));
        maker->emitter.file = (uint16_t)maker->count;
        TRY(read_stream(maker, file, stream, &maker->inputs[maker->count], error));
    }
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

Status maker_read(Maker *maker, MakerJob *job, const FileInput *files, size_t count, Error *error)
{
    *maker = (Maker){.job = job, .arena = arena_make(MAKER_CEILING), .emitter = EMITTER_INIT, .writer = WRITER_INIT};
    if (count > MAKER_FILES_MAX)
        return error_set(error, ERROR_DATA, "%zu files are too many for one snapshot; %d is the most", count,
                         MAKER_FILES_MAX);
    RecordSink sink;
    TRY(begin(maker, &sink, error));
    TRY(emitter_make(job->mapping, sink, &maker->emitter, error));
    return read_files(maker, files, count, error);
}

/* --- committing ----------------------------------------------------------------------------------------------- */

static Key input_digest(const Maker *maker)
{
    cleanup(buffer_done) Buffer digests = buffer_make(MAKER_FILES_MAX * sizeof(Key));
    Error ignored;
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < maker->count; i++)
        status = buffer_append_bytes(&digests, maker->inputs[i].digest.bytes, sizeof(Key), &ignored);
    return hash_bytes(buffer_text(&digests));
}

static Key batch_id(const Maker *maker, const Key *input)
{
    const Config *config = maker->job->config;
    const Source *source = maker->job->source;
    const Key *digest = &maker->job->mapping->digest;
    char version[16];
    int size = snprintf(version, sizeof version, "%d", TRANSFORM_VERSION);
    Text parts[] = {
        text_from(source->name),
        {(const char *)input->bytes, sizeof input->bytes},
        {(const char *)digest->bytes, sizeof digest->bytes},
        {version, (size_t)size},
        text_from(config->reporting.timezone),
        text_from(config->reporting.currency),
    };
    return key_of(TEXT("batch"), parts, sizeof parts / sizeof *parts);
}

static size_t collect_counts(const Maker *maker, BatchCount counts[static RECORD_KIND_COUNT])
{
    const Mapping *mapping = maker->job->mapping;
    size_t count = 0;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        bool is_mapped = false;
        for (size_t i = 0; i < mapping->rule_count; i++)
            is_mapped |= mapping->rules[i].kind == (RecordKind)kind;
        if (is_mapped)
            counts[count++] = maker->emitter.counts[kind];
    }
    return count;
}

Status maker_commit(Maker *maker, int64_t sequence, const char **ret_name, Error *error)
{
    const Source *source = maker->job->source;
    BatchCount counts[RECORD_KIND_COUNT];
    Manifest manifest = {
        .input_digest = input_digest(maker),
        .mapping_digest = source->mapping_digest,
        .source = source->name,
        .system = source->system,
        .mode = source->mode,
        .read_at = maker->job->read_at,
        .sequence = sequence,
        .max_deleted = source->max_deleted,
        .first_at = INT64_MAX,
        .last_at = INT64_MIN,
        .inputs = maker->inputs,
        .input_count = maker->count,
        .counts = counts,
        .count_count = collect_counts(maker, counts),
    };
    manifest.batch_id = batch_id(maker, &manifest.input_digest);
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
