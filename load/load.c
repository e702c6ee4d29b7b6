#include "load/load.h"

#include "common/config/config.h"
#include "common/log.h"
#include "common/option.h"
#include "common/pg.h"
#include "common/signal.h"
#include "common/table.h"
#include "common/version.h"
#include "load/definition_setting.h"
#include "load/intake.h"
#include "load/migrate.h"
#include "load/page.h"
#include "load/refresh.h"
#include "load/report.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum { ATTEMPTS = 4 };

typedef struct Values {
    const char *config;
    OptionList sources;
    bool is_dry_run, is_quiet;
    int log_format;
} Values;

static const char *const log_formats[] = {"text", "json", NULL};

static const Option options[] = {
    {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "CLOSEDLOOP_CONFIG",
     .meaning = "read the configuration from FILE"},
    {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .meaning = "only this source; may repeat"},
    {"dry-run", 'n', NULL, OPTION_FLAG, offsetof(Values, is_dry_run),
     .meaning = "say what would be loaded, change nothing"},
    {"quiet", 'q', NULL, OPTION_FLAG, offsetof(Values, is_quiet), .meaning = "log warnings and errors only"},
    {"log-format", 0, "text|json", OPTION_CHOICE, offsetof(Values, log_format), .choices = log_formats,
     .meaning = "how lines on stderr are written; text unless given"},
};

static const OptionCommand commands[] = {
    {"run", .meaning = "load what is ready, then refresh the reports"},
    {"migrate", .meaning = "create the schemas, or bring them to this version"},
    {"refresh", .meaning = "bring the reports up to the facts"},
    {"rebuild", .meaning = "compute all reports anew; gives what refresh gives"},
    {"check", .meaning = "let the server check the conditions of the configuration; changes nothing"},
    {"status", .meaning = "say how far facts and reports stand"},
    {"verify", .meaning = "check the reports against the facts"},
    {"report", .meaning = "write the page that people read, one HTML file"},
};

static const OptionNote files[] = {
    {"./closedloop.yaml, /etc/closedloop/closedloop.yaml", "the configuration, the first that is there"},
};

static const OptionNote variables[] = {
    {"CLOSEDLOOP_DATABASE", "the connection string, before what the configuration says"},
    {"CLOSEDLOOP_SPOOL", "the spool, likewise"},
    {"CLOSEDLOOP_REPORT", "the page, likewise"},
};

static const OptionProgram program = {
    .name = "closedloop-load",
    .version = CLOSEDLOOP_VERSION,
    .purpose = "load batches into PostgreSQL, and keep the reports",
    .description = "Loads the batches that closedloop-transform left in the spool, one transaction each, and then "
                   "recomputes the people, deals and days that they touch. What is loaded twice changes nothing; what "
                   "is interrupted is as if it had not begun.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .commands = commands,
    .command_count = sizeof commands / sizeof commands[0],
    .files = files,
    .file_count = sizeof files / sizeof files[0],
    .variables = variables,
    .variable_count = sizeof variables / sizeof variables[0],
    .values_size = sizeof(Values),
};

typedef struct Work {
    const Values *values;
    const Log *log;
    const Config *config;
    bool is_refused;
} Work;

static Status print_intake(const Intake *intake, FILE *stream, Error *error)
{
    static const TableColumn columns[] = {{"source", TABLE_LEFT, 0},      {"batches", TABLE_RIGHT, 0},
                                          {"rows", TABLE_RIGHT, 0},       {"known", TABLE_RIGHT, 0},
                                          {"duplicates", TABLE_RIGHT, 0}, {"refused", TABLE_RIGHT, 0},
                                          {"seconds", TABLE_RIGHT, 0},    {"rows/s", TABLE_RIGHT, 0}};
    cleanup(table_done) Table table = table_make(columns, sizeof columns / sizeof columns[0], 40);
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    for (size_t i = 0; i < intake->source_count; i++) {
        const IntakeSource *source = &intake->sources[i];
        double rate = source->seconds > 0 ? (double)source->rows / source->seconds : 0;
        const char *cells[] = {source->name,
                               arena_printf(&arena, "%" PRId64, source->batches),
                               arena_printf(&arena, "%" PRId64, source->rows),
                               arena_printf(&arena, "%" PRId64, source->known),
                               arena_printf(&arena, "%" PRId64, source->duplicates),
                               arena_printf(&arena, "%" PRId64, source->refused),
                               arena_printf(&arena, "%.2f", source->seconds),
                               arena_printf(&arena, "%.0f", rate)};
        TRY(table_add(&table, cells, error));
    }
    return table_print(&table, stream, error);
}

static Status run_intake(Work *work, Pg *pg, Error *error)
{
    cleanup(intake_done) Intake taken = {0};
    TRY(intake(pg, work->config, work->values->sources.items, work->values->sources.count, work->values->is_dry_run,
               work->log, &taken, error));
    work->is_refused = work->is_refused || taken.is_refused;
    return work->values->is_quiet ? STATUS_OK : print_intake(&taken, stdout, error);
}

/* The run log is written outside of the refresh's transaction, so that a failure is on record too. */
static Status run_refresh(const Work *work, Pg *pg, const char *command, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "insert into cl_ops.run (command, started_at, status) values ($1, clock_timestamp(), 'running') "
                 "returning run_no",
                 (const char *[]){command}, 1, &result, error));
    Text run_no = pg_value(&result, 0, 0);
    RefreshOutcome outcome = {0};
    Status status = refresh(pg, work->config, strcmp(command, "rebuild") == 0, &outcome, error);
    char people[24], deals[24], days[24];
    snprintf(people, sizeof people, "%" PRId64, outcome.people);
    snprintf(deals, sizeof deals, "%" PRId64, outcome.deals);
    snprintf(days, sizeof days, "%" PRId64, outcome.days);
    cleanup(pg_result_free) PgResult ignored = {0};
    Error second = ERROR_INIT;
    Status recorded =
        pg_query(pg,
                 "update cl_ops.run set finished_at = clock_timestamp(), status = $2, people = $3, deals = $4, "
                 "days = $5, message = $6 where run_no = $1",
                 (const char *[]){run_no.data, status == STATUS_OK ? "done" : "failed", people, deals, days,
                                  status == STATUS_OK ? NULL : error->message},
                 6, &ignored, &second);
    if (status != STATUS_OK)
        return status;
    if (recorded != STATUS_OK) {
        *error = second;
        return recorded;
    }
    log_info(work->log, "%s: %s people, %s deals, %s days recomputed", outcome.is_rebuild ? "rebuild" : "refresh",
             people, deals, days);
    return STATUS_OK;
}

static Status run_check(const Work *work, Pg *pg, FILE *stream, Error *error)
{
    TRY(definition_setting_check(pg, work->config, error));
    size_t count = definition_setting_count(work->config);
    if (fprintf(stream, "conditions: %zu\n", count) < 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot write to standard output");
    return STATUS_OK;
}

/* What is missing is said, and the page is written without it. */
static Status run_report(const Work *work, Pg *pg, Error *error)
{
    PageOutcome outcome = {0};
    const PageSetting *setting = &work->config->page;
    TRY(page_write(pg, work->config->database, program.name, PAGE_CHARTS, setting->language, setting->file, &outcome,
                   error));
    if (!outcome.has_charts)
        log_warning(work->log, "report: no charts, tables alone: " PAGE_CHARTS " is not there (libjs-chart.js)");
    if (outcome.withheld)
        log_warning(work->log, "report: %zu parts are left out: the role has no right to read them", outcome.withheld);
    log_info(work->log, "report: %s, %.1f MB", setting->file, (double)outcome.bytes / 1e6);
    return STATUS_OK;
}

static Status run_command(Work *work, Pg *pg, const char *command, Error *error)
{
    if (strcmp(command, "migrate") == 0) {
        size_t applied = 0;
        TRY(migrate(pg, &applied, error));
        log_info(work->log, applied ? "%zu files applied" : "nothing to apply: the database is at this version",
                 applied);
        return STATUS_OK;
    }
    TRY(migrate_check(pg, error));
    if (strcmp(command, "status") == 0)
        return report_status(pg, work->config, stdout, error);
    if (strcmp(command, "verify") == 0)
        return report_verify(pg, stdout, error);
    if (strcmp(command, "check") == 0)
        return run_check(work, pg, stdout, error);
    if (strcmp(command, "report") == 0)
        return run_report(work, pg, error);
    if (strcmp(command, "run") == 0) {
        /* before anything is loaded, as with all else that is wrong in the configuration */
        TRY(definition_setting_check(pg, work->config, error));
        TRY(run_intake(work, pg, error));
        if (work->values->is_dry_run)
            return STATUS_OK;
    }
    return run_refresh(work, pg, command, error);
}

/* What the connection or a lock spoiled is tried again: all that is committed is known to the ledger. */
static Status run_with_retries(Work *work, const char *command, Error *error)
{
    for (unsigned int attempt = 1;; attempt++) {
        cleanup(pg_free_pointer) Pg *pg = NULL;
        Status status = pg_connect(work->config->database, program.name, &pg, error);
        if (status == STATUS_OK)
            status = run_command(work, pg, command, error);
        if (status == STATUS_OK || !error->is_retryable || attempt == ATTEMPTS || error->code == ERROR_BUSY)
            return status;
        log_warning(work->log, "%s; trying again", error->message);
        Error stopped = ERROR_INIT;
        sleep(attempt);
        if (signal_check(&stopped) != STATUS_OK) {
            *error = stopped;
            return STATUS_ERROR;
        }
    }
}

static bool reads_spool(const char *command)
{
    return strcmp(command, "run") == 0;
}

static Status work_through(const Values *values, const OptionLine *line, const Log *log, bool *is_refused, Error *error)
{
    cleanup(config_done) Config config = {0};
    TRY(config_load(values->config, &config, error));
    if (config.writable_by_others)
        log_warning(log, "%s may be changed by others: what it says is trusted", config.writable_by_others);
    TRY(config_check_sources(&config, values->sources.items, values->sources.count, error));
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    if (reads_spool(line->command->name) && !values->is_dry_run)
        TRY(batch_lock(config.spool, "load", &lock, error));
    Work work = {.values = values, .log = log, .config = &config};
    Status status = run_with_retries(&work, line->command->name, error);
    *is_refused = work.is_refused;
    return status;
}

int load_main(int argc, char **argv)
{
    Error error = ERROR_INIT;
    Values values = {0};
    OptionLine line;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Log log = log_make(stderr, "load", LOG_LEVEL_INFO, LOG_TEXT);
    bool is_refused = false;
    Status status = option_parse(&program, argc, argv, &arena, &values, &line, &error);
    if (status == STATUS_OK && line.answer != OPTION_RUN) {
        status = option_answer(&program, line.answer, stdout, &error);
    } else if (status == STATUS_OK) {
        log = log_make(stderr, "load", values.is_quiet ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                       (LogFormat)values.log_format);
        signal_install();
        status = work_through(&values, &line, &log, &is_refused, &error);
    }
    if (status != STATUS_OK) {
        log_failure(&log, &error);
        return error_exit_status(&error);
    }
    return is_refused ? ERROR_REFUSED : 0;
}
