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

typedef struct Waiting {
    WaitingBatch *batches; /* members of a bundle side by side */
    size_t count;
} Waiting;

static Status read_manifests(const Config *config, Arena *arena, const char *const **ret_names,
                             const Manifest **ret_manifests, size_t *ret_count, Error *error)
{
    const char *folder;
    const char *const *names;
    size_t count;
    TRY(batch_list(config->spool, STAGE_TRANSFORMED, arena, &names, &count, error));
    if (count == 0)
        return STATUS_OK;
    TRY(batch_stage_folder(config->spool, STAGE_TRANSFORMED, arena, &folder, error));
    Manifest *manifests = arena_allocate(arena, count * sizeof *manifests);
    if (!manifests)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(arena, "%s/%s/manifest.json", folder, names[i]);
        if (!path)
            return error_no_memory(error);
        TRY(manifest_read(path, arena, &manifests[i], error));
    }
    *ret_names = names;
    *ret_manifests = manifests;
    *ret_count = count;
    return STATUS_OK;
}

static void add_folder(Waiting *waiting, const char *name, const Manifest *folder)
{
    for (size_t i = 0; i < folder->member_count; i++)
        waiting->batches[waiting->count++] =
            (WaitingBatch){.name = name, .folder = folder, .manifest = manifest_of_member(folder, i)};
    if (folder->member_count == 0)
        waiting->batches[waiting->count++] = (WaitingBatch){.name = name, .folder = folder, .manifest = *folder};
}

static Status read_waiting(const Config *config, const char *const *only, size_t only_count, Arena *arena,
                           Waiting *ret_waiting, Error *error)
{
    const char *const *names = NULL;
    const Manifest *manifests = NULL;
    size_t count = 0, most = 0;
    TRY(read_manifests(config, arena, &names, &manifests, &count, error));
    for (size_t i = 0; i < count; i++)
        most += manifests[i].member_count ? manifests[i].member_count : 1;
    Waiting waiting = {.batches = arena_allocate(arena, most * sizeof(WaitingBatch))};
    if (!waiting.batches)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++)
        if (is_chosen(manifests[i].source, only, only_count))
            add_folder(&waiting, names[i], &manifests[i]);
    *ret_waiting = waiting;
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

static void log_refusal(const Log *log, const WaitingBatch *batch, bool was_planned)
{
    const Manifest *manifest = &batch->manifest;
    const char *limit = manifest->is_refused ? "max_rejects" : "max_deleted";
    Error refusal = ERROR_INIT;
    error_set(&refusal, ERROR_REFUSED, "%s: %s refused: %s", manifest->source,
              manifest->input_count ? manifest->inputs[0].file : batch->name, batch->reason);
    if (!was_planned)
        error_hint(&refusal,
                   "nothing of it was taken; if it is right, raise %s of %s, then closedloop-extract --full "
                   "--source %s%s",
                   limit, manifest->source, manifest->source,
                   manifest->is_refused ? "; cl_ops.reject says what was wrong" : "");
    log_failure(log, &refusal);
}

enum { REFUSALS_SHOWN = 3 };

static void count_folder(IntakeSource *source, const WaitingBatch *batches, size_t count, bool was_planned,
                         const Log *log)
{
    int64_t refused = 0;
    for (size_t i = 0; i < count; i++) {
        *(batches[i].plan == PLAN_SKIP ? &source->known : &source->batches) += 1;
        if (batches[i].plan == PLAN_REFUSE && refused++ < REFUSALS_SHOWN)
            log_refusal(log, &batches[i], was_planned);
    }
    if (refused > REFUSALS_SHOWN)
        log_warning(log, "%s: %" PRId64 " further files refused", source->name, refused - REFUSALS_SHOWN);
    source->refused += refused;
}

/* A batch, or the members of a bundle. */
static Status take(Pg *pg, const Config *config, WaitingBatch *batches, size_t count, const Log *log, Intake *intake,
                   int64_t *ret_newest, Error *error)
{
    IntakeSource *source = source_of(intake, batches[0].manifest.source);
    double start = now();
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        known += batches[i].plan == PLAN_SKIP;
    /* Of a bundle none is planned so: what is older than another one is a snapshot. */
    bool was_planned = batches[0].plan == PLAN_REFUSE;
    MergeOutcome outcome = {0};
    if (known < count && merge_folder(pg, config->spool, batches, count, &outcome, error) != STATUS_OK)
        return error_prefix(error, "source %s, batch %s", batches[0].manifest.source, batches[0].name);
    *ret_newest = outcome.newest;
    source->rows += outcome.rows;
    source->duplicates += outcome.duplicates_aside;
    source->seconds += now() - start;
    count_folder(source, batches, count, was_planned, log);
    intake->is_refused = intake->is_refused || source->refused;
    return remove_folders(config, batches, error);
}

/* What was planned with it knows of the batch that was just loaded. */
static void note_newest(WaitingBatch *batches, size_t count, const char *source, int64_t batch_no)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(batches[i].manifest.source, source) == 0)
            batches[i].newest = batch_no;
}

/* How many of the batches lie in the folder of the first. */
static size_t folder_size(const WaitingBatch *batches, size_t count)
{
    size_t size = 1;
    while (size < count && batches[size].folder == batches[0].folder)
        size++;
    return size;
}

static Status take_reading(Pg *pg, const Config *config, WaitingBatch *batches, size_t count, bool is_dry_run,
                           const Log *log, Intake *intake, Error *error)
{
    TRY(ledger_plan(pg, batches, count, error));
    for (size_t i = 0, size; i < count; i += size) {
        size = folder_size(batches + i, count - i);
        const char *source = batches[i].manifest.source;
        TRY(signal_check(error));
        if (is_dry_run) {
            for (size_t k = i; k < i + size; k++)
                *(batches[k].plan == PLAN_SKIP ? &source_of(intake, source)->known
                                               : &source_of(intake, source)->batches) += 1;
            continue;
        }
        int64_t newest = 0;
        TRY(take(pg, config, batches + i, size, log, intake, &newest, error));
        if (newest)
            note_newest(batches + i + size, count - i - size, source, newest);
    }
    return STATUS_OK;
}

Status intake(Pg *pg, const Config *config, const char *const *only, size_t only_count, bool is_dry_run, const Log *log,
              Intake *intake, Error *error)
{
    Waiting waiting = {.count = 0};
    intake->arena = arena_make(ARENA_CEILING);
    TRY(read_waiting(config, only, only_count, &intake->arena, &waiting, error));
    intake->sources = arena_allocate(&intake->arena, waiting.count * sizeof *intake->sources);
    if (!intake->sources)
        return error_no_memory(error);
    for (size_t i = 0, length; i < waiting.count; i += length) {
        length = ledger_reading(waiting.batches + i, waiting.count - i);
        TRY(take_reading(pg, config, waiting.batches + i, length, is_dry_run, log, intake, error));
    }
    return STATUS_OK;
}

void intake_done(Intake *intake)
{
    arena_done(&intake->arena);
}
