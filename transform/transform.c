#include "transform/transform.h"

#include "common/batch.h"
#include "common/config.h"
#include "common/log.h"
#include "common/option.h"
#include "common/signal.h"
#include "common/table.h"
#include "common/version.h"
#include "transform/run.h"

#include <stdio.h>

enum { ARGUMENTS_ARENA = 1 << 20 };

typedef struct Values {
    const char *config;
    OptionList sources;
    bool is_dry, is_quiet;
    int log_format; /* LogFormat */
} Values;

static const char *const log_formats[] = {"text", "json", NULL};

static const Option options[] = {
    {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "CLOSEDLOOP_CONFIG",
     .meaning = "read the configuration from FILE; ./closedloop.yaml or /etc/closedloop/closedloop.yaml unless given"},
    {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .meaning = "only this source; may repeat"},
    {"dry-run", 'n', NULL, OPTION_FLAG, offsetof(Values, is_dry),
     .meaning = "do all the work and count, and leave nothing behind"},
    {"quiet", 'q', NULL, OPTION_FLAG, offsetof(Values, is_quiet), .meaning = "log warnings and errors only, no table"},
    {"log-format", 0, "text|json", OPTION_CHOICE, offsetof(Values, log_format), .choices = log_formats,
     .meaning = "how lines on stderr are written; text unless given"},
};

static const OptionNote files[] = {
    {"SPOOL/extracted/", "the batches that are read; closedloop-load removes them"},
    {"SPOOL/transformed/", "batches: a folder each, with one file for each table and a manifest.json"},
    {"closedloop.secret", "beside the configuration: the installation's secret, made on first use; keep a copy"},
};

static const OptionNote variables[] = {
    {"CLOSEDLOOP_SPOOL", "the spool, in place of what the configuration says"},
    {"CLOSEDLOOP_SECRET_FILE", "the secret, likewise"},
};

static const OptionProgram program = {
    .name = "closedloop-transform",
    .version = CLOSEDLOOP_VERSION,
    .purpose = "turn batches of records into load-ready batches",
    .description =
        "Checks, conforms, keys and classifies the records of each extracted batch, finds duplicates within "
        "it, sets bad records aside with a reason, and leaves a batch that closedloop-load only has to copy.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .files = files,
    .file_count = sizeof files / sizeof *files,
    .variables = variables,
    .variable_count = sizeof variables / sizeof *variables,
    .values_size = sizeof(Values),
};

/* --- the closing table ---------------------------------------------------------------------------------------- */

static const TableColumn columns[] = {
    {"source", TABLE_LEFT},     {"read", TABLE_RIGHT},     {"emitted", TABLE_RIGHT}, {"rejected", TABLE_RIGHT},
    {"duplicate", TABLE_RIGHT}, {"filtered", TABLE_RIGHT}, {"seconds", TABLE_RIGHT}, {"MB/s", TABLE_RIGHT},
};

enum { COLUMN_COUNT = sizeof columns / sizeof *columns, CELL_SIZE = 32, NAME_WIDTH = 40 };

static Status add_row(Table *table, const char *name, const RunTotal *total, Error *error)
{
    const int64_t counts[] = {total->read, total->emitted, total->rejected, total->duplicate, total->filtered};
    enum { COUNTS = sizeof counts / sizeof *counts };
    char cells[COLUMN_COUNT][CELL_SIZE];
    for (size_t i = 0; i < COUNTS; i++)
        snprintf(cells[1 + i], CELL_SIZE, "%lld", (long long)counts[i]);
    double rate = total->seconds > 0 ? (double)total->decoded_bytes / 1e6 / total->seconds : 0;
    snprintf(cells[1 + COUNTS], CELL_SIZE, "%.2f", total->seconds);
    snprintf(cells[2 + COUNTS], CELL_SIZE, "%.1f", rate);
    const char *row[COLUMN_COUNT] = {name};
    for (size_t i = 1; i < COLUMN_COUNT; i++)
        row[i] = cells[i];
    return table_add(table, row, error);
}

static Status print_totals(const Run *run, Error *error)
{
    cleanup(table_done) Table table = table_make(columns, COLUMN_COUNT, NAME_WIDTH);
    for (size_t i = 0; i < run->config->source_count; i++)
        if (run_is_chosen(run, run->config->sources[i].name))
            TRY(add_row(&table, run->config->sources[i].name, &run->totals[i], error));
    return table_print(&table, stdout, error);
}

/* --- the run -------------------------------------------------------------------------------------------------- */

static Status work(Run *run, Error *error)
{
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    TRY(config_check_sources(run->config, run->chosen, run->chosen_count, error));
    if (run->config->is_writable_by_others)
        log_warning(run->log, "%s: others may write to it, and what it says is trusted", run->config->path);
    TRY(batch_lock(run->config->spool, "transform", &lock, error));
    TRY(batch_remove_partial(run->config->spool, STAGE_TRANSFORMED, error));
    TRY(run_prepare(run, error));
    Status status = run_batches(run, error);
    Error printing = ERROR_INIT;
    if (!run->is_quiet && print_totals(run, &printing) != STATUS_OK && status == STATUS_OK) {
        *error = printing;
        return STATUS_ERROR;
    }
    return status;
}

static Status run_program(const Values *values, const Log *log, Error *error)
{
    cleanup(config_done) Config config = {0};
    TRY(config_load(values->config, &config, error));
    Run run = {.config = &config,
               .log = log,
               .chosen = values->sources.items,
               .chosen_count = values->sources.count,
               .is_dry = values->is_dry,
               .is_quiet = values->is_quiet};
    Status status = work(&run, error);
    run_done(&run);
    if (status != STATUS_OK)
        log_failure(log, error);
    else
        *error = run.failure; /* logged where it happened */
    return STATUS_OK;
}

int transform_main(int argc, char **argv)
{
    signal_install();
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(ARGUMENTS_ARENA);
    Values values = {.log_format = LOG_TEXT};
    OptionLine line;
    Status status = option_parse(&program, argc, argv, &arena, &values, &line, &error);
    Log log = log_make(stderr, "transform", values.is_quiet ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                       (LogFormat)values.log_format);
    if (status == STATUS_OK)
        status = line.answer == OPTION_RUN ? run_program(&values, &log, &error)
                                           : option_answer(&program, line.answer, stdout, &error);
    if (status != STATUS_OK)
        log_failure(&log, &error);
    return error_exit_status(&error);
}
