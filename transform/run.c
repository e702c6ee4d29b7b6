#include "transform/run.h"

#include "common/batch.h"
#include "common/folder.h"
#include "common/progress.h"
#include "common/signal.h"
#include "transform/batch_transform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LIST_CEILING = 256 << 20, MANIFEST_ARENA = 256 << 20 };

bool run_is_chosen(const Run *run, const char *source)
{
    for (size_t i = 0; i < run->chosen_count; i++)
        if (strcmp(run->chosen[i], source) == 0)
            return true;
    return run->chosen_count == 0;
}

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool stops_the_run(const Error *error)
{
    return error->code == ERROR_INTERRUPTED || error->code == ERROR_TERMINATED || error->code == ERROR_INTERNAL ||
           error->code == ERROR_CANNOT_CREATE || error->code == ERROR_IO || error->code == ERROR_PERMISSION;
}

/* Keeps the first failure. That a source was refused says less than that something could not be done. */
static void keep_failure(Run *run, const Error *error)
{
    if (run->failure.code == ERROR_NONE || (run->failure.code == ERROR_REFUSED && error->code != ERROR_REFUSED))
        run->failure = *error;
}

/* Logs and keeps what concerns one batch alone. */
static Status note_failure(Run *run, const char *batch, Error *error)
{
    if (stops_the_run(error))
        return STATUS_ERROR;
    error_prefix(error, "%s", batch);
    log_failure(run->log, error);
    keep_failure(run, error);
    error_clear(error);
    return STATUS_OK;
}

/* --- one batch ------------------------------------------------------------------------------------------------ */

/* A dry run makes no secret: without one it counts all the same. */
static Status load_secret(Run *run, Error *error)
{
    if (run->is_dry && access(run->config->secret_file, F_OK) != 0 && errno == ENOENT)
        return STATUS_OK;
    return secret_load(run->config->secret_file, &run->secret, error);
}

static Status find_rules(Run *run, const Source *source, const SourceRules **ret_rules, Error *error)
{
    size_t index = (size_t)(source - run->config->sources);
    if (!run->rules[index])
        TRY(source_rules_make(run->config, source, &run->sites, &run->companies, &run->secret, &run->rules[index],
                              error));
    *ret_rules = run->rules[index];
    return STATUS_OK;
}

static void add_total(Run *run, const Source *source, const Manifest *manifest, const BatchOutcome *outcome,
                      double seconds)
{
    RunTotal *total = &run->totals[source - run->config->sources];
    total->batches++;
    total->seconds += seconds;
    total->read += outcome->sum.read;
    total->emitted += outcome->sum.emitted;
    total->rejected += outcome->sum.rejected;
    total->duplicate += outcome->sum.duplicate;
    total->filtered += outcome->sum.filtered;
    for (size_t i = 0; i < manifest->input_count; i++)
        total->decoded_bytes += manifest->inputs[i].decoded_bytes;
}

static void log_refusals(Run *run, const Source *source, const char *more, const BatchOutcome *outcome)
{
    const char *encoding = outcome->first_reject.is_encoding && !source->charset
                               ? " (what else are they? such as charset: windows-1252)"
                               : "";
    for (size_t i = 0; i < outcome->refused_count && i < BATCH_REFUSED_SHOWN; i++) {
        const BatchRefused *file = &outcome->refused[i];
        Error refused = ERROR_INIT;
        error_set(&refused, ERROR_REFUSED,
                  "%s: %s%s: refused: %lld of %lld records rejected, and max_rejects is %lld%s", source->name,
                  file->file, more, (long long)file->rejected, (long long)file->read, source->max_rejects,
                  source->max_rejects_is_percent ? "%" : "");
        error_hint(&refused,
                   "the first: %s%s; once it is loaded cl_ops.reject shows all; mend the source or its mapping",
                   outcome->first_reject.words, encoding);
        log_failure(run->log, &refused);
        keep_failure(run, &refused);
    }
    if (outcome->refused_count > BATCH_REFUSED_SHOWN)
        log_warning(run->log, "%s: %zu further files refused, with fewer rejects", source->name,
                    outcome->refused_count - BATCH_REFUSED_SHOWN);
}

enum { REASONS_SIZE = 256, FILTERED_SUSPICIOUS = 10 };

/* Of both stages: extract's conditions, which are not counted by reasons here, are what is left. */
static int64_t filtered_by_mapping(const BatchOutcome *outcome)
{
    int64_t count = outcome->sum.filtered;
    for (int reason = FILTER_NONE + 1; reason < FILTER_REASON_COUNT; reason++)
        count -= outcome->filtered[reason];
    return count;
}

/* "; filtered: 30 mapping, 12 robot, 3 internal_address", or nothing. */
static const char *filter_words(const BatchOutcome *outcome, char out[REASONS_SIZE])
{
    size_t size = 0;
    int64_t by_mapping = filtered_by_mapping(outcome);
    out[0] = '\0';
    if (by_mapping)
        size += (size_t)snprintf(out, REASONS_SIZE, "; filtered: %lld mapping", (long long)by_mapping);
    for (int reason = FILTER_NONE + 1; reason < FILTER_REASON_COUNT; reason++)
        if (outcome->filtered[reason] && size < REASONS_SIZE)
            size += (size_t)snprintf(out + size, REASONS_SIZE - size, "%s%lld %s",
                                     size ? ", " : "; filtered: ", (long long)outcome->filtered[reason],
                                     filter_reason_name((FilterReason)reason));
    return out;
}

/* A source of which nothing is left is seldom meant: a condition that fits no record looks like a quiet night. */
static void warn_of_nothing(Run *run, const Source *source, const char *file, const char *more,
                            const BatchOutcome *outcome)
{
    char words[REASONS_SIZE];
    if (outcome->sum.filtered < FILTERED_SUSPICIOUS || outcome->sum.emitted || outcome->sum.rejected ||
        outcome->sum.duplicate)
        return;
    bool is_by_mapping = filtered_by_mapping(outcome) == outcome->sum.filtered;
    log_warning(run->log, "%s: %s%s: nothing is left of %lld records%s%s", source->name, file, more,
                (long long)outcome->sum.read, filter_words(outcome, words),
                is_by_mapping ? ": are 'only' and 'unless' right? closedloop-extract --preview 3 shows" : "");
}

/* Says which file it was, and not the batch's name: that tells nobody anything. */
static void log_outcome(Run *run, const Source *source, const Manifest *manifest, const BatchOutcome *outcome)
{
    const char *file = manifest->input_count ? manifest->inputs[0].file : "no file";
    const char *more = manifest->input_count > 1 ? " and others" : "";
    char words[REASONS_SIZE];
    if (outcome->has_duplicates_left)
        log_warning(run->log,
                    "%s: %s%s: too many keys to hold; what is a duplicate among the others is found by loading",
                    source->name, file, more);
    if (outcome->refused_count == 0 || manifest->member_count)
        log_info(run->log, "%s: %s%s: %lld of %lld records emitted%s", source->name, file, more,
                 (long long)outcome->sum.emitted, (long long)outcome->sum.read, filter_words(outcome, words));
    warn_of_nothing(run, source, file, more, outcome);
    log_refusals(run, source, manifest->member_count ? "" : more, outcome);
}

static uint64_t total_bytes(const Manifest *manifest)
{
    uint64_t total = 0;
    for (size_t i = 0; i < manifest->file_count; i++)
        total += (uint64_t)manifest->files[i].bytes;
    return total;
}

static Status transform(Run *run, const char *name, const Source *source, const Manifest *manifest, Error *error)
{
    double started_at = clock_seconds();
    const SourceRules *rules;
    BatchOutcome outcome;
    TRY(find_rules(run, source, &rules, error));
    Progress progress = progress_make(stderr, source->name, total_bytes(manifest), run->is_quiet);
    BatchJob job = {.spool = run->config->spool,
                    .name = name,
                    .manifest = manifest,
                    .rules = rules,
                    .bots = &run->bots,
                    .progress = &progress,
                    .is_dry = run->is_dry};
    Status status = batch_transform(&job, &outcome, error);
    progress_done(&progress);
    TRY(status);
    add_total(run, source, manifest, &outcome, clock_seconds() - started_at);
    log_outcome(run, source, manifest, &outcome);
    return STATUS_OK;
}

/* What it holds was read by rules that hold no longer, and extract reads the same files again by the new ones: those
 * that are still there. */
static Status remove_obsolete(Run *run, const char *name, const Manifest *manifest, Error *error)
{
    for (size_t i = 0; i < manifest->input_count; i++) {
        if (access(manifest->inputs[i].file, R_OK) == 0)
            continue;
        error_set(error, ERROR_CONFIG, "%s: %s was extracted under another mapping, and is gone", manifest->source,
                  manifest->inputs[i].file);
        return error_hint(error, "put the file or the mapping back, or remove the batch: %s/extracted/%s",
                          run->config->spool, name);
    }
    log_warning(run->log, "%s: %s was extracted under another mapping; run closedloop-extract again", manifest->source,
                manifest->input_count ? manifest->inputs[0].file : name);
    return run->is_dry ? STATUS_OK : batch_remove(run->config->spool, STAGE_EXTRACTED, name, error);
}

static Status take_batch(Run *run, const char *name, Arena *arena, Error *error)
{
    const char *stage;
    TRY(batch_stage_folder(run->config->spool, STAGE_EXTRACTED, arena, &stage, error));
    const char *path = arena_printf(arena, "%s/%s/manifest.json", stage, name);
    if (!path)
        return error_no_memory(error);
    Manifest manifest;
    TRY(manifest_read(path, arena, &manifest, error));
    const Source *source = config_source(run->config, manifest.source);
    if (!run_is_chosen(run, manifest.source))
        return STATUS_OK;
    if (!source) {
        error_set(error, ERROR_CONFIG, "the configuration has no source %s any more", manifest.source);
        return error_hint(error, "put it back, or remove the batch: %s/%s", stage, name);
    }
    if (!key_equal(&manifest.mapping_digest, &source->mapping_digest))
        return remove_obsolete(run, name, &manifest, error);
    return transform(run, name, source, &manifest, error);
}

/* --- all batches ---------------------------------------------------------------------------------------------- */

/* Both lists are in the order of names. */
static bool is_listed(const char *name, const char *const *names, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, names[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

Status run_prepare(Run *run, Error *error)
{
    size_t count = run->config->source_count;
    run->rules = calloc(count + 1, sizeof(SourceRules *));
    run->totals = calloc(count + 1, sizeof(RunTotal));
    if (!run->rules || !run->totals)
        return error_no_memory(error);
    TRY(site_index_make(&run->config->classification.sites, &run->sites, error));
    TRY(bot_matcher_make(&run->config->classification.bots, &run->bots, error));
    TRY(company_domains_make(&run->config->classification.free_mail, &run->companies, error));
    return load_secret(run, error);
}

Status run_batches(Run *run, Error *error)
{
    cleanup(arena_done) Arena lists = arena_make(LIST_CEILING);
    cleanup(arena_done) Arena arena = arena_make(MANIFEST_ARENA);
    const char *const *extracted, *const *transformed;
    size_t extracted_count, transformed_count, taken = 0;
    const char *spool = run->config->spool;
    TRY(batch_list(spool, STAGE_EXTRACTED, &lists, &extracted, &extracted_count, error));
    TRY(batch_list(spool, STAGE_TRANSFORMED, &lists, &transformed, &transformed_count, error));
    for (size_t i = 0; i < extracted_count; i++) {
        TRY(signal_check(error));
        if (is_listed(extracted[i], transformed, transformed_count))
            continue;
        taken++;
        arena_clear(&arena);
        if (take_batch(run, extracted[i], &arena, error) != STATUS_OK)
            TRY(note_failure(run, extracted[i], error));
    }
    if (taken == 0)
        log_info(run->log, "nothing to transform");
    return STATUS_OK;
}

void run_done(Run *run)
{
    for (size_t i = 0; run->rules && i < run->config->source_count; i++)
        source_rules_free(run->rules[i]);
    free(run->rules);
    free(run->totals);
    site_index_done(&run->sites);
    bot_matcher_done(&run->bots);
    company_domains_done(&run->companies);
    run->rules = NULL;
    run->totals = NULL;
}
