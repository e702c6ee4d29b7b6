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
        TRY(conversion_enter(conversion, record.file, error));
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
    TRY(conversion_leave(conversion, error));
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
        conversion->tally.counts[count->kind] = *count;
        conversion->tally.counts[count->kind].emitted = 0;
    }
    return STATUS_OK;
}

/* max_rejects is about what was read of the input, not about what became of it. The unfinished last line of a file that
 * grows says nothing of the others, however few these are. */
static bool has_too_many_rejects(const Source *source, const Tally *tally, BatchRefused *ret_refused)
{
    BatchCount sum = tally_sum(tally);
    int64_t read = sum.read - tally->derived, rejected = sum.rejected - tally->cut_off;
    *ret_refused = (BatchRefused){.rejected = rejected, .read = read};
    if (!source->max_rejects_is_percent)
        return rejected > source->max_rejects;
    return (__int128)rejected * 100 > (__int128)read * source->max_rejects;
}

/* The worst stand first. */
static void note_refused(BatchOutcome *outcome, BatchRefused refused)
{
    size_t shown = outcome->refused_count < BATCH_REFUSED_SHOWN ? outcome->refused_count : BATCH_REFUSED_SHOWN;
    size_t place = shown;
    while (place > 0 && outcome->refused[place - 1].rejected < refused.rejected)
        place--;
    size_t last = shown < BATCH_REFUSED_SHOWN ? shown : BATCH_REFUSED_SHOWN - 1;
    outcome->refused_count++;
    if (place == BATCH_REFUSED_SHOWN)
        return;
    memmove(outcome->refused + place + 1, outcome->refused + place, (last - place) * sizeof refused);
    outcome->refused[place] = refused;
}

/* Of a bundle each member is judged as if it had come alone. */
static void judge(const Conversion *conversion, BatchMember *members, BatchOutcome *outcome)
{
    const Source *source = conversion->rules->source;
    const Manifest *batch = conversion->batch;
    BatchRefused refused;
    for (size_t i = 0; i < batch->member_count; i++) {
        members[i].is_refused = has_too_many_rejects(source, &conversion->bundle.members[i], &refused);
        refused.file = batch->inputs[i].file;
        if (members[i].is_refused)
            note_refused(outcome, refused);
    }
    if (batch->member_count || !has_too_many_rejects(source, &conversion->tally, &refused))
        return;
    refused.file = batch->input_count ? batch->inputs[0].file : "no file";
    note_refused(outcome, refused);
}

/* --- the batch ------------------------------------------------------------------------------------------------ */

/* Of a batch that is refused the rejects stay, to be looked at. */
static void drop_rows(Conversion *conversion)
{
    for (int table = 0; table < LOAD_TABLE_COUNT; table++)
        if (table != LOAD_REJECT)
            output_drop(&conversion->output, (LoadTable)table);
    day_set_done(&conversion->days);
    conversion->tally.first_at = INT64_MAX;
    conversion->tally.last_at = INT64_MIN;
}

static Status fill_manifest(Conversion *conversion, const BatchJob *job, bool is_refused, const BatchMember *members,
                            Arena *arena, Manifest *manifest, Error *error)
{
    *manifest = *job->manifest;
    manifest->members = members;
    manifest->secret_fingerprint = secret_fingerprint(&job->rules->secret);
    manifest->is_refused = is_refused;
    manifest->is_deletion_blocked = job->manifest->is_deletion_blocked || conversion->is_deletion_blocked;
    manifest->has_duplicates_left = conversion->has_duplicates_left;
    if (is_refused)
        drop_rows(conversion);
    manifest->first_at = conversion->tally.first_at;
    manifest->last_at = conversion->tally.last_at;
    TRY(day_set_list(&conversion->days, arena, &manifest->days, &manifest->day_count, error));
    TRY(tally_list(&conversion->tally, conversion->batch->counts, conversion->batch->count_count, arena,
                   &manifest->counts, &manifest->count_count, error));
    TRY(tally_list_filters(&conversion->tally, arena, &manifest->filters, &manifest->filter_count, error));
    return output_commit(&conversion->output, arena, &manifest->files, &manifest->file_count, error);
}

static Status transform_into(const BatchJob *job, const char *extracted, const char *folder, Arena *arena,
                             BatchOutcome *ret_outcome, Error *error)
{
    cleanup(conversion_free_pointer) Conversion *conversion = NULL;
    TRY(conversion_make(job->rules, job->bots, job->manifest, folder, job->progress, &conversion, error));
    TRY(take_counts(conversion, error));
    TRY(convert_all(conversion, extracted, arena, error));
    BatchMember *members;
    TRY(bundle_list(&conversion->bundle, arena, &members, error));
    BatchOutcome outcome = {.sum = tally_sum(&conversion->tally),
                            .has_duplicates_left = conversion->has_duplicates_left && !conversion->bundle.count};
    judge(conversion, members, &outcome);
    if (!job->is_dry) {
        bool is_refused = outcome.refused_count > 0 && !conversion->bundle.count;
        Manifest manifest;
        TRY(fill_manifest(conversion, job, is_refused, members, arena, &manifest, error));
        TRY(batch_commit(job->spool, STAGE_TRANSFORMED, folder, job->name, &manifest, error));
    }
    outcome.first_reject = conversion->first_reject;
    memcpy(outcome.filtered, conversion->tally.filtered, sizeof outcome.filtered);
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
    if (job->is_dry)
        return transform_into(job, extracted, NULL, &arena, ret_outcome, error);
    TRY(batch_begin(job->spool, STAGE_TRANSFORMED, job->name, &arena, &folder, error));
    if (transform_into(job, extracted, folder, &arena, ret_outcome, error) == STATUS_OK)
        return STATUS_OK;
    /* What cannot be removed now is removed by the next run. */
    Error ignored;
    (void)folder_remove(folder, &ignored);
    return STATUS_ERROR;
}
