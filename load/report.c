#include "load/report.h"

#include "common/table.h"

enum { CELL_WIDTH = 60 };

/* Prints a query's rows under these titles; those that start with '>' are aligned to the right. */
static Status print_query(Pg *pg, const char *sql, const char *const *titles, size_t count, FILE *stream, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, sql, NULL, 0, &result, error));
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
    return result.row_count ? table_print(&table, stream, error) : STATUS_OK;
}

Status report_status(Pg *pg, FILE *stream, Error *error)
{
    static const char freshness[] =
        "select to_char(facts_until, 'YYYY-MM-DD HH24:MI') || ' UTC', to_char(reports_until, 'YYYY-MM-DD HH24:MI') || "
        "' UTC', to_char(refreshed_at, 'YYYY-MM-DD HH24:MI') || ' UTC', pending::text from cl_ops.status";
    static const char sources[] =
        "select source, mode, batches::text, to_char(read_at, 'YYYY-MM-DD HH24:MI'), read::text, emitted::text, "
        "rejected::text, duplicate::text, filtered::text, refused::text from cl_ops.source order by source";
    static const char quality[] =
        "select name, count(*)::text, min(item) from cl_ops.quality group by name order by name";
    static const char checks[] =
        "select name, expected::text, found::text, status from cl_ops.reconciliation "
        "where checked_at = (select max(checked_at) from cl_ops.reconciliation) and status <> 'ok' order by name";
    static const char summary[] =
        "select count(*)::text, count(*) filter (where status <> 'ok')::text from cl_ops.reconciliation "
        "where checked_at = (select max(checked_at) from cl_ops.reconciliation)";
    TRY(print_query(pg, freshness, (const char *[]){"facts read until", "reports read until", "refreshed", ">pending"},
                    4, stream, error));
    fputc('\n', stream);
    TRY(print_query(pg, sources,
                    (const char *[]){"source", "mode", ">batches", "last read", ">read", ">emitted", ">rejected",
                                     ">duplicate", ">filtered", ">refused"},
                    10, stream, error));
    fputc('\n', stream);
    TRY(print_query(pg, quality, (const char *[]){"quality", ">rows", "for example"}, 3, stream, error));
    fputc('\n', stream);
    TRY(print_query(pg, summary, (const char *[]){">reconciliation checks", ">that differ"}, 2, stream, error));
    return print_query(pg, checks, (const char *[]){"reconciliation", ">expected", ">found", "status"}, 4, stream,
                       error);
}

Status report_verify(Pg *pg, FILE *stream, Error *error)
{
    static const char checks[] = "select name, expected::text, found::text, status from cl_ops.verify() order by name";
    TRY(print_query(pg, checks, (const char *[]){"check", ">expected", ">found", "status"}, 4, stream, error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select count(*), min(name) from cl_ops.verify() where status <> 'ok'", NULL, 0, &result, error));
    if (pg_value_int64(&result, 0, 0) == 0)
        return STATUS_OK;
    error_set(error, ERROR_DATA, "%.*s of the checks differ, first: %.*s", TEXT_PRINTF(pg_value(&result, 0, 0)),
              TEXT_PRINTF(pg_value(&result, 0, 1)));
    return error_hint(error, "closedloop-load rebuild computes all reports anew");
}
