#include "load/merge.h"

#include "common/time.h"
#include "load/migrate.h"
#include "load/row_filter.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 24, SQL_CEILING = 1 << 20 };

static const char *const versioned[] = {"identity",   "lead",     "account", "deal",     "deal_contact",
                                        "deal_split", "activity", "content", "question", "property_change",
                                        "cost",       "rate"};

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
    const char *path;         /* of the folder */
    const Manifest *manifest; /* of the folder */
    WaitingBatch *batches;
    size_t count;
    char batch_no[NUMBER_SIZE]; /* of the first that is taken */
    const char *batch_nos;      /* of those that are taken, as an array */
    int32_t *numbers;           /* of a bundle's members, for row_filter_number() */
    MergeOutcome *outcome;
    Arena *arena;
} Merge;

static bool is_taken(const WaitingBatch *batch)
{
    return batch->plan == PLAN_LOAD || batch->plan == PLAN_REPLACE;
}

static Status run_with(const Merge *merge, const char *sql, const char *parameter, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    return pg_query(merge->pg, sql, (const char *[]){parameter}, 1, &result, error);
}

static const BatchFile *find_file(const Merge *merge, const char *table)
{
    for (size_t i = 0; i < merge->manifest->file_count; i++)
        if (strcmp(merge->manifest->files[i].table, table) == 0)
            return &merge->manifest->files[i];
    return NULL;
}

static RowFilter filter_of(const Merge *merge)
{
    RowFilter filter = row_filter_make();
    if (merge->manifest->member_count)
        row_filter_number(&filter, merge->numbers, merge->manifest->member_count);
    return filter;
}

static Status check_rows(const Merge *merge, const BatchFile *file, int64_t rows, Error *error)
{
    if (rows == file->rows)
        return STATUS_OK;
    return error_set(error, ERROR_DATA, "%s/%s: holds %" PRId64 " rows, its manifest says %" PRId64, merge->path,
                     file->name, rows, file->rows);
}

/* Those rows that the filter lets pass; it has then seen all. */
static Status copy_rows(Merge *merge, const BatchFile *file, const char *target, RowFilter *filter, Error *error)
{
    int64_t copied = 0;
    cleanup(buffer_done) Buffer sql = buffer_make(SQL_CEILING);
    TRY(copy_statement(file, target, &sql, error));
    const char *path = path_join(merge->arena, merge->path, file->name);
    if (!path)
        return error_no_memory(error);
    Status status;
    if (filter->numbers || filter->has_window) {
        status = pg_copy_file_through(merge->pg, sql.data, path, row_filter_take, filter, &copied, error);
    } else {
        status = pg_copy_file(merge->pg, sql.data, path, &copied, error);
        filter->rows = copied;
    }
    if (status != STATUS_OK)
        return error_prefix(error, "%s", path);
    merge->outcome->rows += copied;
    return check_rows(merge, file, filter->rows, error);
}

static Status copy_file(Merge *merge, const BatchFile *file, const char *target, Error *error)
{
    cleanup(row_filter_done) RowFilter filter = filter_of(merge);
    return copy_rows(merge, file, target, &filter, error);
}

/* A temporary table of that shape, which has a batch_no: that of the one batch, unless its rows say otherwise. */
static Status make_stage(const Merge *merge, const char *table, const char *shape, Error *error)
{
    cleanup(buffer_done) Buffer sql = buffer_make(SQL_CEILING);
    TRY(buffer_printf(&sql, error, "create temporary table stage_%s on commit drop as select %s with no data;", table,
                      shape));
    TRY(buffer_printf(&sql, error, "alter table pg_temp.stage_%s alter column batch_no set default %s", table,
                      merge->batch_no));
    return pg_execute(merge->pg, sql.data, error);
}

/* The same, filled from the folder's file if it has one. */
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
        TRY(stage(merge, "content_seen", "* from cl_core.content_seen", error));
        TRY(pg_execute(merge->pg, "select cl_core.merge_content_seen()", error));
    }
    if (find_file(merge, "arrival")) {
        TRY(stage(merge, "arrival", "*, 0 as batch_no from cl_core.arrival", error));
        TRY(pg_execute(merge->pg, "select cl_core.merge_arrivals()", error));
    }
    return STATUS_OK;
}

/* Those of refused batches too. */
static Status merge_rejects(Merge *merge, Error *error)
{
    if (!find_file(merge, "reject"))
        return STATUS_OK;
    TRY(stage(merge, "reject", "batch_no, file, line, kind, field, code, reason, raw from cl_ops.reject", error));
    return pg_execute(merge->pg,
                      "insert into cl_ops.reject (batch_no, batch_id, source, file, line, kind, field, code, reason, "
                      "raw) select b.batch_no, b.batch_id, b.source, s.file, s.line, s.kind, s.field, s.code, "
                      "s.reason, s.raw from pg_temp.stage_reject as s join cl_ops.batch as b using (batch_no)",
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
    cleanup(row_filter_done) RowFilter within = filter_of(merge), outside = filter_of(merge);
    row_filter_window(&within, column, from_at, until_at, true);
    row_filter_window(&outside, column, from_at, until_at, false);
    TRY(make_stage(merge, "view",
                   "view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, "
                   "batch_no from cl_core.view",
                   error));
    int64_t before = merge->outcome->rows;
    TRY(copy_rows(merge, file, "pg_temp.stage_view", &within, error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(merge->pg, "select cl_core.merge_views()", NULL, 0, &result, error));
    merge->outcome->duplicates_aside = pg_value_int64(&result, 0, 0);
    bool is_all = merge->outcome->rows - before == file->rows;
    return is_all ? STATUS_OK : copy_rows(merge, file, "cl_core.view", &outside, error);
}

static Status merge_views(Merge *merge, Error *error)
{
    const BatchFile *file = find_file(merge, "view");
    if (!file || file->rows == 0)
        return STATUS_OK;
    cleanup(buffer_done) Buffer days = buffer_make(SQL_CEILING);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(days_array(merge->manifest, &days, error));
    TRY(run_with(merge, "select cl_core.make_partitions($1::date[])", days.data, error));
    TRY(run_with(merge,
                 "insert into cl_ops.changed_day (day) select unnest($1::date[]) order by 1 on conflict do nothing",
                 days.data, error));
    TRY(pg_query(merge->pg, "select from_at, until_at from cl_core.shared_time($1)", (const char *[]){merge->batch_nos},
                 1, &result, error));
    if (merge->manifest->has_duplicates_left)
        TRY(copy_views(merge, file, INT64_MIN, INT64_MAX, error));
    else if (result.row_count == 0 || text_is_null(pg_value(&result, 0, 0)))
        TRY(copy_file(merge, file, "cl_core.view", error));
    else
        TRY(copy_views(merge, file, pg_value_int64(&result, 0, 0), pg_value_int64(&result, 0, 1), error));
    TRY(pg_execute(merge->pg, "select cl_core.index_partitions()", error));
    return run_with(merge, "select cl_core.note_views($1)", merge->batch_nos, error);
}

static Status merge_kind(Merge *merge, const char *kind, Error *error)
{
    const Manifest *manifest = merge->manifest;
    char shape[256], max_deleted[NUMBER_SIZE];
    snprintf(shape, sizeof shape, "* from cl_core.%s_history", kind);
    snprintf(max_deleted, sizeof max_deleted, "%lld", manifest->max_deleted);
    TRY(stage(merge, kind, shape, error));
    cleanup(pg_result_free) PgResult result = {0};
    if (manifest->mode == MODE_APPEND)
        return pg_query(merge->pg, "select cl_core.merge_appended($1, $2)", (const char *[]){kind, merge->batch_nos}, 2,
                        &result, error);
    return pg_query(merge->pg, "select cl_core.merge_versions($1, $2, $3, $4)",
                    (const char *[]){kind, merge->batch_no, max_deleted, manifest->is_deletion_blocked ? "t" : "f"}, 4,
                    &result, error);
}

/* In a snapshot every kind that the batch has a count for is whole, even if no row of it is left. */
static bool has_kind(const Merge *merge, const char *kind)
{
    if (find_file(merge, kind))
        return true;
    for (size_t i = 0; i < merge->manifest->count_count; i++)
        if (strcmp(record_spec(merge->manifest->counts[i].kind)->name, kind) == 0)
            return merge->manifest->mode == MODE_SNAPSHOT;
    return false;
}

static Status merge_rows(Merge *merge, Error *error)
{
    TRY(merge_dimensions(merge, error));
    if (merge->manifest->mode == MODE_SNAPSHOT)
        TRY(stage(merge, "present", "kind, key, 0 as batch_no from cl_ops.changed_key", error));
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

/* The ones that are chosen, as an array; in the arena. */
static Status list_numbers(Merge *merge, bool is_of_replaced, const char **ret_array, Error *error)
{
    cleanup(buffer_done) Buffer array = buffer_make(SQL_CEILING);
    TRY(buffer_append_byte(&array, '{', error));
    for (size_t i = 0; i < merge->count; i++) {
        const WaitingBatch *batch = &merge->batches[i];
        int64_t number = is_of_replaced ? batch->replaces : batch->batch_no;
        if (is_of_replaced ? batch->plan == PLAN_REPLACE : is_taken(batch))
            TRY(buffer_printf(&array, error, "%s%" PRId64, array.size > 1 ? "," : "", number));
    }
    TRY(buffer_append_byte(&array, '}', error));
    *ret_array = arena_copy(merge->arena, buffer_text(&array));
    return *ret_array ? STATUS_OK : error_no_memory(error);
}

static Status remove_replaced(Merge *merge, Error *error)
{
    const char *replaced;
    TRY(list_numbers(merge, true, &replaced, error));
    if (strcmp(replaced, "{}") == 0)
        return STATUS_OK;
    return run_with(merge, "select cl_core.remove_batches($1)", replaced, error);
}

/* Rows go to the batches that are recorded, and those of refused ones nowhere. */
static void number_members(Merge *merge, bool with_refused)
{
    for (size_t i = 0; i < merge->count; i++) {
        const WaitingBatch *batch = &merge->batches[i];
        bool is_wanted = is_taken(batch) || (with_refused && batch->plan == PLAN_REFUSE);
        merge->numbers[i] = is_wanted ? (int32_t)batch->batch_no : 0;
    }
}

static Status record(Merge *merge, Error *error)
{
    TRY(ledger_record(merge->pg, merge->batches, merge->count, error));
    int64_t first = 0;
    for (size_t i = 0; i < merge->count; i++) {
        const WaitingBatch *batch = &merge->batches[i];
        if (batch->batch_no > merge->outcome->newest)
            merge->outcome->newest = batch->batch_no;
        if (batch->batch_no && !first)
            first = batch->batch_no;
    }
    snprintf(merge->batch_no, sizeof merge->batch_no, "%" PRId64, first);
    TRY(list_numbers(merge, false, &merge->batch_nos, error));
    return run_with(merge, "select set_config('closedloop.batch_no', $1, true)", merge->batch_no, error);
}

static Status merge_in_transaction(Merge *merge, Error *error)
{
    *merge->outcome = (MergeOutcome){0};
    TRY(begin_alone(merge->pg, error));
    TRY(ledger_check(merge->pg, merge->batches, error));
    TRY(check_secret(merge->pg, merge->manifest, error));
    TRY(remove_replaced(merge, error));
    TRY(record(merge, error));
    number_members(merge, true);
    TRY(merge_rejects(merge, error));
    number_members(merge, false);
    if (strcmp(merge->batch_nos, "{}") != 0)
        TRY(merge_rows(merge, error));
    return pg_execute(merge->pg, "commit", error);
}

static Status merge_or_roll_back(Merge *merge, Error *error)
{
    Status status = merge_in_transaction(merge, error);
    if (status != STATUS_OK)
        pg_rollback(merge->pg);
    return status;
}

static void refuse(WaitingBatch *batch, const char *reason)
{
    batch->plan = PLAN_REFUSE;
    snprintf(batch->reason, sizeof batch->reason, "%.250s", reason);
}

Status merge_folder(Pg *pg, const char *spool, WaitingBatch *batches, size_t count, MergeOutcome *ret_outcome,
                    Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    const char *stage_folder;
    TRY(batch_stage_folder(spool, STAGE_TRANSFORMED, &arena, &stage_folder, error));
    MergeOutcome outcome;
    Merge merge = {.pg = pg,
                   .path = path_join(&arena, stage_folder, batches[0].name),
                   .manifest = batches[0].folder,
                   .batches = batches,
                   .count = count,
                   .numbers = arena_allocate(&arena, count * sizeof *merge.numbers),
                   .outcome = &outcome,
                   .arena = &arena};
    if (!merge.path || !merge.numbers)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++)
        if (is_taken(&batches[i]) && batches[i].manifest.is_refused)
            refuse(&batches[i], "more rejects than max_rejects allows");
    Status status = merge_or_roll_back(&merge, error);
    if (status != STATUS_OK && error->code == ERROR_REFUSED) {
        refuse(&batches[0], error->message);
        error_clear(error);
        status = merge_or_roll_back(&merge, error);
    }
    TRY(status);
    *ret_outcome = outcome;
    return STATUS_OK;
}
