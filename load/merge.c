#include "load/merge.h"

#include "common/time.h"
#include "load/migrate.h"
#include "load/window_filter.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 24, SQL_CEILING = 1 << 20 };

static const char *const versioned[] = {"identity", "lead",    "account",  "deal", "deal_contact",
                                        "activity", "content", "question", "cost", "rate"};

/* Names come from files: only plain ones go into SQL. */
static Status check_name(const char *name, Error *error)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
    if (size == 0 || size > 63 || name[size])
        return error_set(error, ERROR_DATA, "the manifest names a column or table '%.80s'", name);
    return STATUS_OK;
}

/* "copy <target> (columns) from stdin binary" */
static Status copy_statement(const BatchFile *file, const char *target, Buffer *sql, Error *error)
{
    TRY(buffer_printf(sql, error, "copy %s (", target));
    for (size_t i = 0; i < file->column_count; i++) {
        TRY(check_name(file->columns[i], error));
        TRY(buffer_printf(sql, error, "%s%s", i ? ", " : "", file->columns[i]));
    }
    return buffer_printf(sql, error, ") from stdin (format binary)");
}

typedef struct Merge {
    Pg *pg;
    const char *folder; /* of the batch */
    const WaitingBatch *batch;
    char batch_no[NUMBER_SIZE];
    MergeOutcome *outcome;
    Arena *arena;
} Merge;

static Status run_with_batch(const Merge *merge, const char *sql, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    return pg_query(merge->pg, sql, (const char *[]){merge->batch_no}, 1, &result, error);
}

static const BatchFile *find_file(const Merge *merge, const char *table)
{
    for (size_t i = 0; i < merge->batch->manifest.file_count; i++)
        if (strcmp(merge->batch->manifest.files[i].table, table) == 0)
            return &merge->batch->manifest.files[i];
    return NULL;
}

/* With a filter, the rows that it lets pass. */
static Status copy_rows(Merge *merge, const BatchFile *file, const char *target, WindowFilter *filter,
                        int64_t *ret_rows, Error *error)
{
    cleanup(buffer_done) Buffer sql = buffer_make(SQL_CEILING);
    TRY(copy_statement(file, target, &sql, error));
    const char *path = path_join(merge->arena, merge->folder, file->name);
    if (!path)
        return error_no_memory(error);
    Status status = filter
                        ? pg_copy_file_through(merge->pg, sql.data, path, window_filter_take, filter, ret_rows, error)
                        : pg_copy_file(merge->pg, sql.data, path, ret_rows, error);
    return status == STATUS_OK ? STATUS_OK : error_prefix(error, "%s", path);
}

static Status count_rows(Merge *merge, const BatchFile *file, int64_t rows, Error *error)
{
    if (rows != file->rows)
        return error_set(error, ERROR_DATA, "%s/%s: holds %" PRId64 " rows, its manifest says %" PRId64, merge->folder,
                         file->name, rows, file->rows);
    merge->outcome->rows += rows;
    return STATUS_OK;
}

static Status copy_file(Merge *merge, const BatchFile *file, const char *target, Error *error)
{
    int64_t rows = 0;
    TRY(copy_rows(merge, file, target, NULL, &rows, error));
    return count_rows(merge, file, rows, error);
}

/* A temporary table of that shape. */
static Status make_stage(const Merge *merge, const char *table, const char *shape, Error *error)
{
    cleanup(buffer_done) Buffer sql = buffer_make(SQL_CEILING);
    TRY(buffer_printf(&sql, error, "create temporary table stage_%s on commit drop as select %s with no data", table,
                      shape));
    return pg_execute(merge->pg, sql.data, error);
}

/* The same, filled from the batch's file if it has one. */
static Status stage(Merge *merge, const char *table, const char *shape, Error *error)
{
    TRY(make_stage(merge, table, shape, error));
    const BatchFile *file = find_file(merge, table);
    if (!file)
        return STATUS_OK;
    cleanup(buffer_done) Buffer target = buffer_make(SQL_CEILING);
    TRY(buffer_printf(&target, error, "pg_temp.stage_%s", table));
    return copy_file(merge, file, target.data, error);
}

static Status merge_dimensions(Merge *merge, Error *error)
{
    if (find_file(merge, "content_seen")) {
        TRY(stage(merge, "content_seen", "content_id, url, host, path, title, titled_at from cl_core.content_seen",
                  error));
        TRY(run_with_batch(merge,
                           "insert into cl_core.content_seen (content_id, batch_no, url, host, path, title, titled_at) "
                           "select distinct on (content_id) content_id, $1::integer, url, host, path, title, titled_at "
                           "from pg_temp.stage_content_seen order by content_id, titled_at desc nulls last, title",
                           error));
        TRY(pg_execute(merge->pg,
                       "insert into cl_ops.changed_key (kind, key) select distinct 'content', content_id "
                       "from pg_temp.stage_content_seen on conflict do nothing",
                       error));
    }
    if (find_file(merge, "arrival")) {
        TRY(stage(merge, "arrival", "* from cl_core.arrival", error));
        TRY(pg_execute(merge->pg,
                       "insert into cl_core.arrival select distinct on (arrival_id) * from pg_temp.stage_arrival "
                       "order by arrival_id on conflict do nothing",
                       error));
        TRY(run_with_batch(merge,
                           "insert into cl_core.arrival_seen (arrival_id, batch_no) "
                           "select distinct arrival_id, $1::integer from pg_temp.stage_arrival",
                           error));
    }
    return STATUS_OK;
}

static Status merge_rejects(Merge *merge, Error *error)
{
    if (!find_file(merge, "reject"))
        return STATUS_OK;
    TRY(stage(merge, "reject", "file, line, kind, field, code, reason, raw from cl_ops.reject", error));
    return run_with_batch(
        merge,
        "insert into cl_ops.reject (batch_no, batch_id, source, file, line, kind, field, code, reason, "
        "raw) select b.batch_no, b.batch_id, b.source, s.file, s.line, s.kind, s.field, s.code, "
        "s.reason, s.raw from pg_temp.stage_reject as s cross join cl_ops.batch as b "
        "where b.batch_no = $1",
        error);
}

static Status days_array(const Manifest *manifest, Buffer *text, Error *error)
{
    TRY(buffer_append_byte(text, '{', error));
    for (size_t i = 0; i < manifest->day_count; i++) {
        char day[TIME_ISO_SIZE];
        time_write_iso(manifest->days[i] * TIME_DAY, day);
        TRY(buffer_printf(text, error, "%s%.10s", i ? "," : "", day));
    }
    return buffer_append_byte(text, '}', error);
}

static Status find_time_column(const BatchFile *file, size_t *ret_column, Error *error)
{
    for (size_t i = 0; i < file->column_count; i++)
        if (strcmp(file->columns[i], "viewed_at") == 0) {
            *ret_column = i;
            return STATUS_OK;
        }
    return error_set(error, ERROR_DATA, "%s has no column viewed_at", file->name);
}

/* Views that may have come before go by way of a temporary table, all others straight into the table. */
static Status copy_views(Merge *merge, const BatchFile *file, int64_t from_at, int64_t until_at, Error *error)
{
    size_t column = 0;
    TRY(find_time_column(file, &column, error));
    cleanup(window_filter_done) WindowFilter within = window_filter_make(column, from_at, until_at, true);
    cleanup(window_filter_done) WindowFilter outside = window_filter_make(column, from_at, until_at, false);
    int64_t staged = 0, straight = 0;
    TRY(make_stage(merge, "view",
                   "view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds "
                   "from cl_core.view",
                   error));
    TRY(copy_rows(merge, file, "pg_temp.stage_view", &within, &staged, error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(merge->pg, "select cl_core.merge_views($1)", (const char *[]){merge->batch_no}, 1, &result, error));
    merge->outcome->duplicates_aside = pg_value_int64(&result, 0, 0);
    TRY(pg_query(merge->pg,
                 "update cl_ops.batch_count set emitted = emitted - $2::bigint, duplicate = duplicate + $2::bigint "
                 "where batch_no = $1 and kind = 'view'",
                 (const char *[]){merge->batch_no, pg_value(&result, 0, 0).data}, 2, &result, error));
    if (staged < file->rows)
        TRY(copy_rows(merge, file, "cl_core.view", &outside, &straight, error));
    return count_rows(merge, file, staged + straight, error);
}

static Status merge_views(Merge *merge, Error *error)
{
    const BatchFile *file = find_file(merge, "view");
    if (!file || file->rows == 0)
        return STATUS_OK;
    cleanup(buffer_done) Buffer days = buffer_make(SQL_CEILING);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(days_array(&merge->batch->manifest, &days, error));
    TRY(pg_query(merge->pg, "select cl_core.make_partitions($1::date[])", (const char *[]){days.data}, 1, &result,
                 error));
    TRY(pg_query(merge->pg,
                 "insert into cl_ops.changed_day (day) select unnest($1::date[]) order by 1 on conflict do nothing",
                 (const char *[]){days.data}, 1, &result, error));
    TRY(pg_query(merge->pg, "select from_at, until_at from cl_core.shared_time($1)", (const char *[]){merge->batch_no},
                 1, &result, error));
    if (merge->batch->manifest.has_duplicates_left)
        TRY(copy_views(merge, file, INT64_MIN, INT64_MAX, error));
    else if (result.row_count == 0 || text_is_null(pg_value(&result, 0, 0)))
        TRY(copy_file(merge, file, "cl_core.view", error));
    else
        TRY(copy_views(merge, file, pg_value_int64(&result, 0, 0), pg_value_int64(&result, 0, 1), error));
    TRY(pg_execute(merge->pg, "select cl_core.index_partitions()", error));
    return run_with_batch(
        merge, "select cl_core.note_views(batch_no, first_at, last_at) from cl_ops.batch where batch_no = $1", error);
}

static Status merge_kind(Merge *merge, const char *kind, Error *error)
{
    const Manifest *manifest = &merge->batch->manifest;
    char shape[256], max_deleted[NUMBER_SIZE];
    snprintf(shape, sizeof shape, "* from cl_core.%s_history", kind);
    snprintf(max_deleted, sizeof max_deleted, "%lld", manifest->max_deleted);
    TRY(stage(merge, kind, shape, error));
    cleanup(pg_result_free) PgResult result = {0};
    return pg_query(merge->pg, "select cl_core.merge_versions($1, $2, $3, $4)",
                    (const char *[]){kind, merge->batch_no, max_deleted, manifest->is_deletion_blocked ? "t" : "f"}, 4,
                    &result, error);
}

/* In a snapshot every kind that the batch has a count for is whole, even if no row of it is left. */
static bool has_kind(const Merge *merge, const char *kind)
{
    if (find_file(merge, kind))
        return true;
    for (size_t i = 0; i < merge->batch->manifest.count_count; i++)
        if (strcmp(record_spec(merge->batch->manifest.counts[i].kind)->name, kind) == 0)
            return merge->batch->manifest.mode == MODE_SNAPSHOT;
    return false;
}

static Status merge_rows(Merge *merge, Error *error)
{
    TRY(merge_dimensions(merge, error));
    TRY(stage(merge, "present", "kind, key from cl_ops.changed_key", error));
    for (size_t i = 0; i < sizeof versioned / sizeof versioned[0]; i++)
        if (has_kind(merge, versioned[i]))
            TRY(merge_kind(merge, versioned[i], error));
    return merge_views(merge, error);
}

/* The first batch fixes the installation's secret. */
static Status check_secret(Pg *pg, const Manifest *manifest, Error *error)
{
    char fingerprint[KEY_HEX_SIZE];
    key_to_hex(&manifest->secret_fingerprint, fingerprint);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "update cl_ops.setting set secret_fingerprint = $1::uuid where secret_fingerprint is null",
                 (const char *[]){fingerprint}, 1, &result, error));
    TRY(pg_query(pg, "select secret_fingerprint = $1::uuid from cl_ops.setting", (const char *[]){fingerprint}, 1,
                 &result, error));
    if (result.row_count && text_is(pg_value(&result, 0, 0), "t"))
        return STATUS_OK;
    error_set(error, ERROR_CONFIG, "the batch was made with another secret than what the database holds");
    return error_hint(error, "use the installation's secret_file on every machine, then transform again");
}

static Status merge_in_transaction(Merge *merge, const char *reason, Error *error)
{
    TRY(begin_alone(merge->pg, error));
    TRY(ledger_check(merge->pg, merge->batch, error));
    TRY(check_secret(merge->pg, &merge->batch->manifest, error));
    WaitingBatch recorded = *merge->batch;
    if (reason) {
        recorded.plan = PLAN_REFUSE;
        snprintf(recorded.reason, sizeof recorded.reason, "%s", reason);
    }
    if (recorded.plan == PLAN_REPLACE) {
        char old[NUMBER_SIZE];
        snprintf(old, sizeof old, "%" PRId64, recorded.replaces);
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query(merge->pg, "select cl_core.remove_batch($1)", (const char *[]){old}, 1, &result, error));
    }
    int64_t batch_no = 0;
    TRY(ledger_record(merge->pg, &recorded, &batch_no, error));
    snprintf(merge->batch_no, sizeof merge->batch_no, "%" PRId64, batch_no);
    merge->outcome->batch_no = batch_no;
    TRY(run_with_batch(merge, "select set_config('closedloop.batch_no', $1, true)", error));
    TRY(merge_rejects(merge, error));
    if (recorded.plan != PLAN_REFUSE)
        TRY(merge_rows(merge, error));
    return pg_execute(merge->pg, "commit", error);
}

Status merge_batch(Pg *pg, const char *spool, WaitingBatch *batch, MergeOutcome *ret_outcome, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *stage_folder;
    TRY(batch_stage_folder(spool, STAGE_TRANSFORMED, &arena, &stage_folder, error));
    const char *folder = path_join(&arena, stage_folder, batch->name);
    if (!folder)
        return error_no_memory(error);
    MergeOutcome outcome = {0};
    Merge merge = {.pg = pg, .folder = folder, .batch = batch, .outcome = &outcome, .arena = &arena};
    const char *reason = NULL;
    if (batch->plan == PLAN_REFUSE)
        reason = batch->reason;
    else if (batch->manifest.is_refused)
        reason = "more rejects than max_rejects allows";
    Status status = merge_in_transaction(&merge, reason, error);
    if (status != STATUS_OK)
        pg_rollback(pg);
    if (status != STATUS_OK && error->code == ERROR_REFUSED) {
        snprintf(outcome.reason, sizeof outcome.reason, "%.500s", error->message);
        reason = outcome.reason;
        outcome.rows = 0;
        error_clear(error);
        status = merge_in_transaction(&merge, reason, error);
        if (status != STATUS_OK)
            pg_rollback(pg);
    }
    if (status != STATUS_OK)
        return status;
    outcome.is_refused = reason != NULL;
    if (reason && reason != outcome.reason)
        snprintf(outcome.reason, sizeof outcome.reason, "%s", reason);
    *ret_outcome = outcome;
    return STATUS_OK;
}
