#include "load/intake.h"

#include "common/signal.h"
#include "load/merge.h"

#include <inttypes.h>
#include <time.h>

enum { ARENA_CEILING = 256 << 20 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool is_chosen(const char *source, const char *const *only, size_t only_count)
{
    for (size_t i = 0; i < only_count; i++)
        if (strcmp(only[i], source) == 0)
            return true;
    return only_count == 0;
}

static Status read_waiting(const Config *config, const char *const *only, size_t only_count, Arena *arena,
                           WaitingBatch **ret_batches, size_t *ret_count, Error *error)
{
    const char *folder;
    const char *const *names;
    size_t name_count, count = 0;
    TRY(batch_stage_folder(config->spool, STAGE_TRANSFORMED, arena, &folder, error));
    TRY(batch_list(config->spool, STAGE_TRANSFORMED, arena, &names, &name_count, error));
    WaitingBatch *batches = arena_allocate(arena, name_count * sizeof *batches);
    if (!batches)
        return error_no_memory(error);
    for (size_t i = 0; i < name_count; i++) {
        const char *path = arena_printf(arena, "%s/%s/manifest.json", folder, names[i]);
        if (!path)
            return error_no_memory(error);
        TRY(manifest_read(path, arena, &batches[count].manifest, error));
        batches[count].name = names[i];
        if (is_chosen(batches[count].manifest.source, only, only_count))
            count++;
    }
    *ret_batches = batches;
    *ret_count = count;
    return STATUS_OK;
}

static IntakeSource *source_of(Intake *intake, const char *name)
{
    for (size_t i = 0; i < intake->source_count; i++)
        if (strcmp(intake->sources[i].name, name) == 0)
            return &intake->sources[i];
    IntakeSource *source = &intake->sources[intake->source_count++];
    source->name = name;
    return source;
}

static Status remove_folders(const Config *config, const WaitingBatch *batch, Error *error)
{
    TRY(batch_remove(config->spool, STAGE_EXTRACTED, batch->name, error));
    return batch_remove(config->spool, STAGE_TRANSFORMED, batch->name, error);
}

static void log_refusal(const Log *log, const WaitingBatch *batch, const char *reason)
{
    const Manifest *manifest = &batch->manifest;
    const char *limit = manifest->is_refused ? "max_rejects" : "max_deleted";
    Error refusal = ERROR_INIT;
    error_set(&refusal, ERROR_REFUSED, "%s: %s refused: %s", manifest->source,
              manifest->input_count ? manifest->inputs[0].file : batch->name, reason);
    if (batch->plan != PLAN_REFUSE)
        error_hint(&refusal,
                   "nothing of it was taken; if it is right, raise %s of %s, then closedloop-extract --full "
                   "--source %s%s",
                   limit, manifest->source, manifest->source,
                   manifest->is_refused ? "; cl_ops.reject says what was wrong" : "");
    log_failure(log, &refusal);
}

static Status take(Pg *pg, const Config *config, WaitingBatch *batch, const Log *log, Intake *intake,
                   int64_t *ret_batch_no, Error *error)
{
    IntakeSource *source = source_of(intake, batch->manifest.source);
    double start = now();
    if (batch->plan == PLAN_SKIP) {
        source->known++;
        return remove_folders(config, batch, error);
    }
    MergeOutcome outcome = {0};
    if (merge_batch(pg, config->spool, batch, &outcome, error) != STATUS_OK)
        return error_prefix(error, "source %s, batch %s", batch->manifest.source, batch->name);
    *ret_batch_no = outcome.batch_no;
    source->batches++;
    source->rows += outcome.rows;
    source->duplicates += outcome.duplicates_aside;
    source->seconds += now() - start;
    if (outcome.is_refused) {
        source->refused++;
        intake->is_refused = true;
        log_refusal(log, batch, outcome.reason);
    }
    return remove_folders(config, batch, error);
}

/* What was planned with it knows of the batch that was just loaded. */
static void note_newest(WaitingBatch *batches, size_t count, const char *source, int64_t batch_no)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(batches[i].manifest.source, source) == 0)
            batches[i].newest = batch_no;
}

static Status take_reading(Pg *pg, const Config *config, WaitingBatch *batches, size_t count, bool is_dry_run,
                           const Log *log, Intake *intake, Error *error)
{
    TRY(ledger_plan(pg, batches, count, error));
    for (size_t i = 0; i < count; i++) {
        TRY(signal_check(error));
        if (is_dry_run) {
            IntakeSource *source = source_of(intake, batches[i].manifest.source);
            *(batches[i].plan == PLAN_SKIP ? &source->known : &source->batches) += 1;
            continue;
        }
        int64_t batch_no = 0;
        TRY(take(pg, config, &batches[i], log, intake, &batch_no, error));
        if (batch_no)
            note_newest(batches + i + 1, count - i - 1, batches[i].manifest.source, batch_no);
    }
    return STATUS_OK;
}

Status intake(Pg *pg, const Config *config, const char *const *only, size_t only_count, bool is_dry_run, const Log *log,
              Intake *intake, Error *error)
{
    WaitingBatch *batches = NULL;
    size_t count = 0;
    intake->arena = arena_make(ARENA_CEILING);
    TRY(read_waiting(config, only, only_count, &intake->arena, &batches, &count, error));
    intake->sources = arena_allocate(&intake->arena, count * sizeof *intake->sources);
    if (!intake->sources)
        return error_no_memory(error);
    for (size_t i = 0, length; i < count; i += length) {
        length = ledger_reading(batches + i, count - i);
        TRY(take_reading(pg, config, batches + i, length, is_dry_run, log, intake, error));
    }
    return STATUS_OK;
}

void intake_done(Intake *intake)
{
    arena_done(&intake->arena);
}
