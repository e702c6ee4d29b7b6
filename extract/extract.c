#include "extract/extract.h"

#include "common/batch.h"
#include "common/config/config.h"
#include "common/folder.h"
#include "common/log.h"
#include "common/option.h"
#include "common/signal.h"
#include "common/table.h"
#include "common/time.h"
#include "common/zone.h"
#include "extract/explain.h"
#include "extract/inputs.h"
#include "extract/run.h"

#include <stdio.h>
#include <time.h>

typedef struct Values {
    const char *config, *since, *read_at, *preset;
    OptionList sources;
    bool is_full, is_dry, is_quiet, has_presets, has_explain;
    int64_t preview;
    int log_format; /* LogFormat */
} Values;

static const char *const log_formats[] = {"text", "json", NULL};

static const Option options[] = {
    {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "CLOSEDLOOP_CONFIG",
     .meaning = "read the configuration from FILE; ./closedloop.yaml or /etc/closedloop/closedloop.yaml unless given"},
    {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .meaning = "only this source; may repeat"},
    {"since", 0, "TIME", OPTION_TEXT, offsetof(Values, since),
     .meaning = "leave out files that were last modified before TIME"},
    {"full", 0, NULL, OPTION_FLAG, offsetof(Values, is_full),
     .meaning = "read all files, also those that were read before and have not changed"},
    {"preview", 0, "N", OPTION_INTEGER, offsetof(Values, preview), .minimum = 1, .maximum = 1000000,
     .meaning = "print the first N records of each source as they would be mapped; writes nothing"},
    {"read-at", 0, "TIME", OPTION_TEXT, offsetof(Values, read_at),
     .meaning = "record TIME as the time of reading; now unless given"},
    {"presets", 0, NULL, OPTION_FLAG, offsetof(Values, has_presets),
     .meaning = "list the presets that a source can name; reads nothing"},
    {"preset", 0, "NAME", OPTION_TEXT, offsetof(Values, preset),
     .meaning = "print this preset's file, or a file of your own, so that it can be copied; with --explain in words"},
    {"explain", 0, NULL, OPTION_FLAG, offsetof(Values, has_explain),
     .meaning = "say what the preset reads, and where each field comes from"},
    {"dry-run", 'n', NULL, OPTION_FLAG, offsetof(Values, is_dry),
     .meaning = "read and count what a run would read; writes nothing"},
    {"quiet", 'q', NULL, OPTION_FLAG, offsetof(Values, is_quiet), .meaning = "log warnings and errors only, no table"},
    {"log-format", 0, "text|json", OPTION_CHOICE, offsetof(Values, log_format), .choices = log_formats,
     .meaning = "how lines on stderr are written; text unless given"},
};

static const OptionNote files[] = {
    {"SPOOL/extracted/", "batches: a folder each, with the records and a manifest.json"},
    {"SPOOL/state/", "bookmarks: which files of a source were read"},
    {"SPOOL/fetched/", "pages of a server that are not yet a batch"},
};

static const OptionNote variables[] = {
    {"CLOSEDLOOP_SPOOL", "the spool, in place of what the configuration says"},
};

static const OptionProgram program = {
    .name = "closedloop-extract",
    .version = CLOSEDLOOP_VERSION,
    .purpose = "turn source files into batches of records",
    .description =
        "Reads CSV, TSV, NDJSON, JSON, XML and web logs, plain or gzip, from the files that the configuration names, "
        "maps them to the fields of the record kinds, and leaves a batch in the spool for each new or "
        "changed file. A TIME is ISO 8601; without an offset it is one of the reporting time zone.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .files = files,
    .file_count = sizeof files / sizeof *files,
    .variables = variables,
    .variable_count = sizeof variables / sizeof *variables,
    .values_size = sizeof(Values),
};

/* --- times ---------------------------------------------------------------------------------------------------- */

/* A date is its beginning. */
static Status read_time(const char *option, const char *value, const Config *config, int64_t *ret_instant, Error *error)
{
    cleanup(zone_free_pointer) Zone *zone = NULL;
    TRY(zone_load(text_from(config->reporting.timezone), NULL, &zone, error));
    TimeReading reading;
    bool is_time = time_parse_iso(text_from(value), &reading);
    reading.has_time = true;
    if (is_time && time_from_reading(&reading, zone, zone, ret_instant))
        return STATUS_OK;
    error_set(error, ERROR_USAGE, "option '--%s' must be a time, not '%.100s'", option, value);
    return error_hint(error, "such as 2026-03-01 or 2026-03-01T02:00:00Z");
}

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static Status set_times(const Values *values, const Config *config, Run *run, Error *error)
{
    run->read_at = clock_now();
    if (values->read_at)
        TRY(read_time("read-at", values->read_at, config, &run->read_at, error));
    run->has_since = values->since != NULL;
    return values->since ? read_time("since", values->since, config, &run->since, error) : STATUS_OK;
}

/* --- the closing table ---------------------------------------------------------------------------------------- */

static const TableColumn columns[] = {
    {"source", TABLE_LEFT, 0},    {"read", TABLE_RIGHT, 0},      {"emitted", TABLE_RIGHT, 0},
    {"rejected", TABLE_RIGHT, 0}, {"duplicate", TABLE_RIGHT, 0}, {"filtered", TABLE_RIGHT, 0},
    {"seconds", TABLE_RIGHT, 0},  {"MB/s", TABLE_RIGHT, 0},
};

enum { COLUMN_COUNT = sizeof columns / sizeof *columns, CELL_SIZE = 32, NAME_WIDTH = 40 };
enum { ARGUMENTS_ARENA = 8 << 20, SPOOL_ARENA = 1 << 20 };

static Status add_row(Table *table, const char *name, const RunOutcome *outcome, Error *error)
{
    char cells[COLUMN_COUNT][CELL_SIZE];
    double rate = outcome->seconds > 0 ? (double)outcome->decoded_bytes / 1e6 / outcome->seconds : 0;
    snprintf(cells[1], CELL_SIZE, "%lld", (long long)outcome->read);
    snprintf(cells[2], CELL_SIZE, "%lld", (long long)outcome->emitted);
    snprintf(cells[3], CELL_SIZE, "%lld", (long long)outcome->rejected);
    snprintf(cells[4], CELL_SIZE, "0"); /* transform and load find duplicates */
    snprintf(cells[5], CELL_SIZE, "%lld", (long long)outcome->filtered);
    snprintf(cells[6], CELL_SIZE, "%.2f", outcome->seconds);
    snprintf(cells[7], CELL_SIZE, "%.1f", rate);
    const char *row[COLUMN_COUNT] = {name};
    for (size_t i = 1; i < COLUMN_COUNT; i++)
        row[i] = cells[i];
    return table_add(table, row, error);
}

static void log_outcome(const Run *run, const Source *source, const RunOutcome *outcome)
{
    if (outcome->files_read + outcome->files_unchanged == 0)
        return;
    log_info(run->log, "%s: %zu %s %s, %zu unchanged", source->name, outcome->files_read,
             inputs_noun(source, outcome->files_read), run->is_dry ? "to read" : "read", outcome->files_unchanged);
}

/* --- the run -------------------------------------------------------------------------------------------------- */

static bool is_chosen(const Values *values, const Source *source)
{
    for (size_t i = 0; i < values->sources.count; i++)
        if (strcmp(values->sources.items[i], source->name) == 0)
            return true;
    return values->sources.count == 0;
}

static Status read_sources(Run *run, const Values *values, Table *table, Error *error)
{
    for (size_t i = 0; i < run->config->source_count; i++) {
        const Source *source = &run->config->sources[i];
        RunOutcome outcome;
        if (!is_chosen(values, source))
            continue;
        TRY(signal_check(error));
        Status status = run_source(run, source, &outcome, error);
        log_outcome(run, source, &outcome);
        Error ignored;
        TRY(add_row(table, source->name, &outcome, status == STATUS_OK ? error : &ignored));
        TRY(status);
    }
    return STATUS_OK;
}

static Status preview_sources(Run *run, const Values *values, Error *error)
{
    for (size_t i = 0; i < run->config->source_count; i++)
        if (is_chosen(values, &run->config->sources[i]))
            TRY(run_preview(run, &run->config->sources[i], (uint64_t)values->preview, stdout, error));
    return fflush(stdout) == 0 ? STATUS_OK : error_set(error, ERROR_IO, "cannot write to standard output");
}

/* The spool is there, is ours alone while we run, and holds nothing half made. */
static Status open_spool(const Config *config, Arena *arena, FileLock *ret_lock, Error *error)
{
    const char *folder;
    TRY(batch_stage_folder(config->spool, STAGE_EXTRACTED, arena, &folder, error));
    TRY(batch_lock(config->spool, "extract", ret_lock, error));
    return batch_remove_partial(config->spool, STAGE_EXTRACTED, error);
}

/* Also when the run was stopped: what was done is done. */
static Status read_and_report(Run *run, const Values *values, Error *error)
{
    cleanup(table_done) Table table = table_make(columns, COLUMN_COUNT, NAME_WIDTH);
    Status status = read_sources(run, values, &table, error);
    Error ignored;
    if (!values->is_quiet)
        TRY(table_print(&table, stdout, status == STATUS_OK ? error : &ignored));
    return status;
}

static Status work(Run *run, const Values *values, Error *error)
{
    const Config *config = run->config;
    TRY(config_check_sources(config, values->sources.items, values->sources.count, error));
    TRY(set_times(values, config, run, error));
    if (config->writable_by_others)
        log_warning(run->log, "%s: others may write to it, and what it says is trusted", config->writable_by_others);
    if (values->preview)
        return preview_sources(run, values, error);
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    cleanup(arena_done) Arena arena = arena_make(SPOOL_ARENA);
    if (!run->is_dry)
        TRY(open_spool(config, &arena, &lock, error));
    return read_and_report(run, values, error);
}

/* Logs what stopped the run; the failures of single inputs were logged before. */
static int run_program(const Values *values, const Log *log)
{
    Error error = ERROR_INIT;
    cleanup(config_done) Config config = {.path = NULL};
    Run run = {
        .config = &config,
        .log = log,
        .is_full = values->is_full,
        .is_dry = values->is_dry,
        .is_quiet = values->is_quiet,
    };
    Status status = config_load(values->config, &config, &error);
    if (status == STATUS_OK)
        status = work(&run, values, &error);
    if (status == STATUS_OK)
        return error_exit_status(&run.failure);
    log_failure(log, &error);
    return error_exit_status(&error);
}

static bool asks_for_presets(const Values *values)
{
    return values->has_presets || values->preset || values->has_explain;
}

static Status answer_presets(const Values *values, Error *error)
{
    if (values->has_explain && !values->preset) {
        error_set(error, ERROR_USAGE, "option '--explain' goes with '--preset NAME'");
        return error_hint(error, "--presets lists them");
    }
    if (!values->preset)
        return explain_list(stdout, error);
    return values->has_explain ? explain_preset(values->preset, stdout, error)
                               : explain_print(values->preset, stdout, error);
}

int extract_main(int argc, char **argv)
{
    signal_install();
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(ARGUMENTS_ARENA);
    Values values = {.log_format = LOG_TEXT};
    OptionLine line;
    Status status = option_parse(&program, argc, argv, &arena, &values, &line, &error);
    bool has_answer = status == STATUS_OK && line.answer != OPTION_RUN;
    bool is_about_presets = status == STATUS_OK && !has_answer && asks_for_presets(&values);
    if (is_about_presets)
        status = answer_presets(&values, &error);
    else if (status == STATUS_OK && !has_answer) {
        Log log = log_make(stderr, "extract", values.is_quiet ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                           (LogFormat)values.log_format);
        return run_program(&values, &log);
    }
    if (has_answer)
        status = option_answer(&program, line.answer, stdout, &error);
    if (status == STATUS_OK)
        return 0;
    Log log = log_make(stderr, "extract", LOG_LEVEL_INFO, LOG_TEXT);
    log_failure(&log, &error);
    return error_exit_status(&error);
}
