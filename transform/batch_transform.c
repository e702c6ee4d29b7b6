#include "transform/batch_transform.h"

#include "common/folder.h"
#include "transform/conversion.h"
#include "transform/kind.h"
#include "transform/view.h"

enum { ARENA_CEILING = 64 << 20 };

/* --- record files --------------------------------------------------------------------------------------------- */

static Status pass_rejects(Conversion *conversion, const char *path, Error *error)
{
    cleanup(record_reader_done) RecordReader reader = {0};
    TRY(record_reader_open(&reader, path, RECORD_REJECT, error));
    Record record;
    Status status;
    while ((status = record_reader_next(&reader, &record, error)) == STATUS_OK) {
        conversion->file_records++;
        arena_clear(&conversion->arena);
        TRY(conversion_pass_reject(conversion, &record, error));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

/* Tables of the kind are there even if it has no rows: to a snapshot, none is an answer. */
static Status open_tables(Conversion *conversion, RecordKind kind, Error *error)
{
    static const LoadTable of_views[] = {LOAD_VIEW, LOAD_CONTENT_SEEN, LOAD_ARRIVAL};
    CopyWriter *writer;
    if (kind != RECORD_VIEW)
        return output_table(&conversion->output, load_table_of(kind), &writer, error);
    for (size_t i = 0; i < sizeof of_views / sizeof *of_views; i++)
        TRY(output_table(&conversion->output, of_views[i], &writer, error));
    return STATUS_OK;
}

static Status convert_file(Conversion *conversion, RecordKind kind, const char *path, Error *error)
{
    if (kind == RECORD_REJECT)
        return pass_rejects(conversion, path, error);
    TRY(open_tables(conversion, kind, error));
    if (kind == RECORD_VIEW)
        return view_convert_file(conversion, path, error);
    return kind_convert_file(conversion, kind, path, error);
}

static const BatchFile *find_file(const Manifest *manifest, RecordKind kind)
{
    for (size_t i = 0; i < manifest->file_count; i++)
        if (strcmp(manifest->files[i].table, record_spec(kind)->name) == 0)
            return &manifest->files[i];
    return NULL;
}

static Status convert_kind(Conversion *conversion, RecordKind kind, const char *folder, Arena *arena, Error *error)
{
    const BatchFile *file = find_file(conversion->batch, kind);
    if (!file)
        return STATUS_OK;
    const char *path = path_join(arena, folder, file->name);
    if (!path)
        return error_no_memory(error);
    conversion->file = file;
    conversion->file_records = 0;
    TRY(convert_file(conversion, kind, path, error));
    conversion->bytes_done += (uint64_t)file->bytes;
    if (conversion->file_records != file->rows)
        return error_set(error, ERROR_DATA, "%s: holds %lld records, and its manifest says %lld", path,
                         (long long)conversion->file_records, (long long)file->rows);
    return STATUS_OK;
}

static Status convert_all(Conversion *conversion, const char *folder, Arena *arena, Error *error)
{
    TRY(convert_kind(conversion, RECORD_REJECT, folder, arena, error));
    for (int kind = 0; kind < RECORD_REJECT; kind++)
        TRY(convert_kind(conversion, (RecordKind)kind, folder, arena, error));
    if (conversion->contents.count)
        TRY(content_map_flush(&conversion->contents, &conversion->output, error));
    return STATUS_OK;
}

/* --- counts --------------------------------------------------------------------------------------------------- */

/* Takes over what extract counted; what it emitted is read here, and counted again. */
static Status take_counts(Conversion *conversion, Error *error)
{
    const Manifest *batch = conversion->batch;
    for (size_t i = 0; i < batch->count_count; i++) {
        const BatchCount *count = &batch->counts[i];
        const BatchFile *file = find_file(batch, count->kind);
        if (count->kind != RECORD_REJECT && count->emitted != (file ? file->rows : 0))
            return error_set(error, ERROR_DATA, "the manifest counts %lld %s records, and the file holds %lld",
                             (long long)count->emitted, record_spec(count->kind)->name,
                             (long long)(file ? file->rows : 0));
        conversion->counts[count->kind] = *count;
        conversion->counts[count->kind].emitted = 0;
    }
    return STATUS_OK;
}

static bool is_counted(const Conversion *conversion, RecordKind kind)
{
    for (size_t i = 0; i < conversion->batch->count_count; i++)
        if (conversion->batch->counts[i].kind == kind)
            return true;
    return conversion->counts[kind].read > 0;
}

static Status list_counts(const Conversion *conversion, Arena *arena, Manifest *manifest, Error *error)
{
    BatchCount *counts = arena_allocate(arena, RECORD_KIND_COUNT * sizeof *counts);
    if (!counts)
        return error_no_memory(error);
    manifest->count_count = 0;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (is_counted(conversion, (RecordKind)kind))
            counts[manifest->count_count++] = conversion->counts[kind];
    manifest->counts = counts;
    return STATUS_OK;
}

/* Extract's come before transform's own. */
static Status list_filters(const Conversion *conversion, Arena *arena, Manifest *manifest, Error *error)
{
    BatchFilter *filters = arena_allocate(arena, (RECORD_KIND_COUNT + FILTER_REASON_COUNT) * sizeof *filters);
    if (!filters)
        return error_no_memory(error);
    size_t count = 0;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        int64_t by_mapping = conversion->counts[kind].filtered;
        for (int reason = 0; kind == RECORD_VIEW && reason < FILTER_REASON_COUNT; reason++)
            by_mapping -= conversion->filtered[reason];
        if (by_mapping)
            filters[count++] = (BatchFilter){(RecordKind)kind, "mapping", by_mapping};
        for (int reason = 0; kind == RECORD_VIEW && reason < FILTER_REASON_COUNT; reason++)
            if (conversion->filtered[reason])
                filters[count++] =
                    (BatchFilter){RECORD_VIEW, filter_reason_name((FilterReason)reason), conversion->filtered[reason]};
    }
    manifest->filters = filters;
    manifest->filter_count = count;
    return STATUS_OK;
}

static BatchOutcome add_up(const Conversion *conversion)
{
    BatchOutcome outcome = {.has_duplicates_left = conversion->has_duplicates_left};
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *count = &conversion->counts[kind];
        outcome.read += count->read;
        outcome.emitted += count->emitted;
        outcome.rejected += count->rejected;
        outcome.duplicate += count->duplicate;
        outcome.filtered += count->filtered;
    }
    return outcome;
}

static bool has_too_many_rejects(const Source *source, int64_t rejected, int64_t read)
{
    if (!source->max_rejects_is_percent)
        return rejected > source->max_rejects;
    return (__int128)rejected * 100 > (__int128)read * source->max_rejects;
}

/* --- the batch ------------------------------------------------------------------------------------------------ */

/* Of a batch that is refused the rejects stay, to be looked at. */
static void drop_rows(Conversion *conversion)
{
    for (int table = 0; table < LOAD_TABLE_COUNT; table++)
        if (table != LOAD_REJECT)
            output_drop(&conversion->output, (LoadTable)table);
    day_set_done(&conversion->days);
    conversion->first_at = INT64_MAX;
    conversion->last_at = INT64_MIN;
}

static Status fill_manifest(Conversion *conversion, const BatchJob *job, const BatchOutcome *outcome, Arena *arena,
                            Manifest *manifest, Error *error)
{
    *manifest = *job->manifest;
    manifest->secret_fingerprint = secret_fingerprint(&job->rules->secret);
    manifest->is_refused = outcome->is_refused;
    manifest->is_deletion_blocked = job->manifest->is_deletion_blocked || conversion->is_deletion_blocked;
    manifest->has_duplicates_left = conversion->has_duplicates_left;
    if (outcome->is_refused)
        drop_rows(conversion);
    manifest->first_at = conversion->first_at;
    manifest->last_at = conversion->last_at;
    TRY(day_set_list(&conversion->days, arena, &manifest->days, &manifest->day_count, error));
    TRY(list_counts(conversion, arena, manifest, error));
    TRY(list_filters(conversion, arena, manifest, error));
    return output_commit(&conversion->output, arena, &manifest->files, &manifest->file_count, error);
}

static Status transform_into(const BatchJob *job, const char *extracted, const char *folder, Arena *arena,
                             BatchOutcome *ret_outcome, Error *error)
{
    cleanup(conversion_free_pointer) Conversion *conversion = NULL;
    TRY(conversion_make(job->rules, job->bots, job->manifest, folder, job->progress, &conversion, error));
    TRY(take_counts(conversion, error));
    TRY(convert_all(conversion, extracted, arena, error));
    BatchOutcome outcome = add_up(conversion);
    outcome.is_refused = has_too_many_rejects(job->rules->source, outcome.rejected, outcome.read - conversion->derived);
    if (!job->is_dry) {
        Manifest manifest;
        TRY(fill_manifest(conversion, job, &outcome, arena, &manifest, error));
        TRY(batch_commit(job->spool, STAGE_TRANSFORMED, folder, job->name, &manifest, error));
    }
    *ret_outcome = outcome;
    return STATUS_OK;
}

Status batch_transform(const BatchJob *job, BatchOutcome *ret_outcome, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(ARENA_CEILING);
    const char *folder, *stage;
    TRY(batch_stage_folder(job->spool, STAGE_EXTRACTED, &arena, &stage, error));
    const char *extracted = path_join(&arena, stage, job->name);
    if (!extracted)
        return error_no_memory(error);
    TRY(batch_begin(job->spool, STAGE_TRANSFORMED, job->name, &arena, &folder, error));
    Status status = transform_into(job, extracted, folder, &arena, ret_outcome, error);
    if (status == STATUS_OK && !job->is_dry)
        return STATUS_OK;
    Error removing = ERROR_INIT;
    if (folder_remove(folder, &removing) == STATUS_OK || status != STATUS_OK)
        return status;
    *error = removing;
    return STATUS_ERROR;
}
