#include "transform/transform.h"

#include "common/batch.h"
#include "common/config/config.h"
#include "common/log.h"
#include "common/option.h"
#include "common/public_suffix.h"
#include "common/signal.h"
#include "common/table.h"
#include "common/version.h"
#include "transform/run.h"

#include <stdio.h>

enum { ARGUMENTS_ARENA = 1 << 20 };

typedef struct Values {
    const char *config;
    OptionList sources;
    bool is_dry, is_quiet, shows_lists;
    int list;       /* that --print names, or LIST_NONE */
    int log_format; /* LogFormat */
} Values;

static const char *const log_formats[] = {"text", "json", NULL};

enum { LIST_NONE = -1, LIST_SITES, LIST_BOTS, LIST_FREE_MAIL };
static const char *const list_names[] = {"sites", "bots", "free_mail", NULL};

static const Option options[] = {
    {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "CLOSEDLOOP_CONFIG",
     .meaning = "read the configuration from FILE; ./closedloop.yaml or /etc/closedloop/closedloop.yaml unless given"},
    {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .meaning = "only this source; may repeat"},
    {"dry-run", 'n', NULL, OPTION_FLAG, offsetof(Values, is_dry),
     .meaning = "do all the work and count, and leave nothing behind"},
    {"classification", 0, NULL, OPTION_FLAG, offsetof(Values, shows_lists),
     .meaning = "check and show the lists by which arrivals, robots and free mail are told: file, date, entries, and "
                "do no work"},
    {"print", 0, "sites|bots|free_mail", OPTION_CHOICE, offsetof(Values, list), .choices = list_names,
     .meaning = "write that list as it is in force, to be edited and named under `classification`, and do no work"},
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
    {"source", TABLE_LEFT, 0},    {"read", TABLE_RIGHT, 0},      {"emitted", TABLE_RIGHT, 0},
    {"rejected", TABLE_RIGHT, 0}, {"duplicate", TABLE_RIGHT, 0}, {"filtered", TABLE_RIGHT, 0},
    {"seconds", TABLE_RIGHT, 0},  {"MB/s", TABLE_RIGHT, 0},
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

/* --- the lists ------------------------------------------------------------------------------------------------- */

static const TableColumn list_columns[] = {
    {"list", TABLE_LEFT, 0}, {"date", TABLE_LEFT, 0}, {"what", TABLE_LEFT, 0}, {"entries", TABLE_RIGHT, 0}};

/* A row for each word of the column, in the order of their first entries. */
static Status add_entries(Table *table, const char *name, const FactList *list, size_t column, Error *error)
{
    for (size_t i = 0; i < list->row_count; i++) {
        Text word = list->rows[i].values[column];
        size_t entries = 0;
        bool is_first = true;
        for (size_t j = 0; j < list->row_count; j++)
            if (text_equal(list->rows[j].values[column], word)) {
                is_first = is_first && j >= i;
                entries++;
            }
        if (!is_first)
            continue;
        char cells[2][CELL_SIZE];
        snprintf(cells[0], CELL_SIZE, "%.*s", TEXT_PRINTF(word));
        snprintf(cells[1], CELL_SIZE, "%zu", entries);
        TRY(table_add(table, (const char *[]){name, list->date, cells[0], cells[1]}, error));
    }
    return STATUS_OK;
}

static void say_where(const char *name, const FactList *list)
{
    printf("%s: %s%s%s%.*s\n", name, list->name, strchr(list->name, '/') ? "" : " as shipped",
           list->from.size ? "; " : "", TEXT_PRINTF(list->from));
}

static Status show_lists(const Classification *lists, Error *error)
{
    cleanup(table_done) Table table = table_make(list_columns, sizeof list_columns / sizeof *list_columns, NAME_WIDTH);
    TRY(add_entries(&table, "sites", &lists->sites, SITE_COLUMN_CATEGORY, error));
    TRY(add_entries(&table, "bots", &lists->bots, BOT_COLUMN_SAYS, error));
    TRY(add_entries(&table, "free_mail", &lists->free_mail, FREE_MAIL_COLUMN_KIND, error));
    TRY(table_print(&table, stdout, error));
    char date[PUBLIC_SUFFIX_DATE_SIZE];
    public_suffix_date(date);
    printf("\n");
    say_where("sites", &lists->sites);
    say_where("bots", &lists->bots);
    say_where("free_mail", &lists->free_mail);
    printf("public suffixes: the list of %s that libpsl was built with\n", date);
    return STATUS_OK;
}

static Text list_content(const Classification *lists, int list)
{
    switch (list) {
    case LIST_SITES:
        return lists->sites.content;
    case LIST_BOTS:
        return lists->bots.content;
    case LIST_FREE_MAIL:
        return lists->free_mail.content;
    default:
        return TEXT("");
    }
}

/* Checks them all the same: what cannot be used is neither shown nor printed. */
static Status answer_lists(const Values *values, const Classification *lists, Error *error)
{
    cleanup(site_index_done) SiteIndex sites = {.sites = NULL};
    cleanup(bot_matcher_done) BotMatcher bots = {.next = NULL};
    cleanup(company_domains_done) CompanyDomains companies = {.free_mail = NULL};
    TRY(site_index_make(&lists->sites, &sites, error));
    TRY(bot_matcher_make(&lists->bots, &bots, error));
    TRY(company_domains_make(&lists->free_mail, &companies, error));
    if (values->shows_lists)
        TRY(show_lists(lists, error));
    Text content = list_content(lists, values->list);
    if (fwrite(content.data, 1, content.size, stdout) != content.size || fflush(stdout) != 0)
        return error_set(error, ERROR_IO, "cannot write to stdout");
    return STATUS_OK;
}

/* --- the run -------------------------------------------------------------------------------------------------- */

static Status work(Run *run, Error *error)
{
    cleanup(file_lock_done) FileLock lock = FILE_LOCK_INIT;
    TRY(config_check_sources(run->config, run->chosen, run->chosen_count, error));
    if (run->config->writable_by_others)
        log_warning(run->log, "%s: others may write to it, and what it says is trusted",
                    run->config->writable_by_others);
    if (!run->is_dry) {
        TRY(batch_lock(run->config->spool, "transform", &lock, error));
        TRY(batch_remove_partial(run->config->spool, STAGE_TRANSFORMED, error));
    }
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
    if (values->shows_lists || values->list != LIST_NONE)
        return answer_lists(values, &config.classification, error);
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
    Values values = {.log_format = LOG_TEXT, .list = LIST_NONE};
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
