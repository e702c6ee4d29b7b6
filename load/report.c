#include "load/report.h"

#include "common/buffer.h"
#include "common/table.h"

enum { CELL_WIDTH = 60, NAMES_CEILING = 1 << 20 };

/* One table of a report. */
typedef struct Listing {
    const char *sql;
    const char *parameter;     /* for $1; NULL: there is none */
    const char *const *titles; /* those that start with '>' are aligned to the right */
    size_t count;
} Listing;

/* Nothing, if there are no rows. */
static Status print_listing(Pg *pg, const Listing *listing, const char *before, FILE *stream, Error *error)
{
    const char *const *titles = listing->titles;
    size_t count = listing->count;
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, listing->sql, &listing->parameter, listing->parameter ? 1 : 0, &result, error));
    TableColumn columns[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < count; i++)
        columns[i] = titles[i][0] == '>' ? (TableColumn){titles[i] + 1, TABLE_RIGHT, 0}
                                         : (TableColumn){titles[i], TABLE_LEFT, 0};
    cleanup(table_done) Table table = table_make(columns, count, CELL_WIDTH);
    for (size_t row = 0; row < result.row_count; row++) {
        const char *cells[TABLE_COLUMNS_MAX];
        for (size_t i = 0; i < count; i++)
            cells[i] = pg_value(&result, row, i).data;
        TRY(table_add(&table, cells, error));
    }
    if (result.row_count == 0)
        return STATUS_OK;
    fputs(before, stream);
    return table_print(&table, stream, error);
}

/* The sources of the configuration, a line each, for a parameter. */
static Status list_sources(const Config *config, Buffer *names, Error *error)
{
    for (size_t i = 0; i < config->source_count; i++)
        TRY(buffer_printf(names, error, "%s%s", i ? "\n" : "", config->sources[i].name));
    return buffer_append_byte(names, '\0', error);
}

Status report_status(Pg *pg, const Config *config, FILE *stream, Error *error)
{
    static const char freshness[] =
        "select to_char(facts_until, 'YYYY-MM-DD HH24:MI') || ' UTC', to_char(reports_until, 'YYYY-MM-DD HH24:MI') || "
        "' UTC', to_char(refreshed_at, 'YYYY-MM-DD HH24:MI') || ' UTC', pending::text from cl_ops.status";
    /* What is configured and never came is shown, too. */
    static const char sources[] =
        "select source, s.mode, coalesce(s.batches, 0)::text, "
        "case when s.source is null then 'never' else to_char(s.read_at, 'YYYY-MM-DD HH24:MI') end, s.read::text, "
        "s.emitted::text, s.rejected::text, s.duplicate::text, s.filtered::text, s.refused::text "
        "from cl_ops.source as s full join unnest(string_to_array($1, E'\n')) as configured (source) using (source) "
        "order by source";
    static const char quality[] =
        "select name, count(*)::text, min(item) from cl_ops.quality group by name order by name";
    static const char summary[] =
        "select count(*)::text, count(*) filter (where status <> 'ok')::text from cl_ops.reconciliation "
        "where checked_at = (select max(checked_at) from cl_ops.reconciliation)";
    static const char checks[] =
        "select name, expected::text, found::text, status from cl_ops.reconciliation "
        "where checked_at = (select max(checked_at) from cl_ops.reconciliation) and status <> 'ok' order by name";
    cleanup(buffer_done) Buffer names = buffer_make(NAMES_CEILING);
    TRY(list_sources(config, &names, error));
    const Listing listings[] = {
        {freshness, NULL, (const char *[]){"facts read until", "reports read until", "refreshed", ">pending"}, 4},
        {sources, names.data,
         (const char *[]){"source", "mode", ">batches", "last read", ">read", ">emitted", ">rejected", ">duplicate",
                          ">filtered", ">refused"},
         10},
        {quality, NULL, (const char *[]){"quality", ">rows", "for example"}, 3},
        {summary, NULL, (const char *[]){">reconciliation checks", ">that differ"}, 2},
        {checks, NULL, (const char *[]){"reconciliation", ">expected", ">found", "status"}, 4},
    };
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++)
        TRY(print_listing(pg, &listings[i], i ? "\n" : "", stream, error));
    return STATUS_OK;
}

Status report_verify(Pg *pg, FILE *stream, Error *error)
{
    static const char checks[] = "select name, expected::text, found::text, status from cl_ops.verify() order by name";
    const Listing listing = {checks, NULL, (const char *[]){"check", ">expected", ">found", "status"}, 4};
    TRY(print_listing(pg, &listing, "", stream, error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select count(*), min(name) from cl_ops.verify() where status <> 'ok'", NULL, 0, &result, error));
    if (pg_value_int64(&result, 0, 0) == 0)
        return STATUS_OK;
    error_set(error, ERROR_DATA, "%.*s of the checks differ, first: %.*s", TEXT_PRINTF(pg_value(&result, 0, 0)),
              TEXT_PRINTF(pg_value(&result, 0, 1)));
    return error_hint(error, "closedloop-load rebuild computes all reports anew");
}
