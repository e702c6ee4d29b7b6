#include "load/migrate.h"

#include "common/hash.h"
#include "load/embedded.h"

#include <stdio.h>

static const char ledger[] = "create schema if not exists cl_ops;"
                             "create table if not exists cl_ops.migration (name text primary key, "
                             "checksum text not null, applied_at timestamptz not null default now())";

Status begin_alone(Pg *pg, Error *error)
{
    static const char sql[] = "begin; set local lock_timeout = '5s';"
                              "select pg_advisory_xact_lock(7166460034525786);"
                              "set local lock_timeout = '60s'";
    if (pg_execute(pg, sql, error) == STATUS_OK)
        return STATUS_OK;
    if (error->code != ERROR_BUSY)
        return STATUS_ERROR;
    error_set(error, ERROR_BUSY, "another program loads, refreshes or migrates this database");
    return error_hint(error, "wait until it has ended, then run again");
}

static bool is_in_folder(const EmbeddedFile *file, const char *folder)
{
    return text_starts_with(text_from(file->name), text_from(folder));
}

static void checksum_of(const EmbeddedFile *file, char ret_hex[KEY_HEX_SIZE])
{
    Key digest = hash_bytes((Text){file->text, file->size});
    key_to_hex(&digest, ret_hex);
}

/* STATUS_END if the file is not applied yet. */
static Status check_applied(Pg *pg, const EmbeddedFile *file, Error *error)
{
    char checksum[KEY_HEX_SIZE];
    checksum_of(file, checksum);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select checksum from cl_ops.migration where name = $1", (const char *[]){file->name}, 1, &result,
                 error));
    if (result.row_count == 0)
        return STATUS_END;
    if (text_is(pg_value(&result, 0, 0), checksum))
        return STATUS_OK;
    error_set(error, ERROR_INTERNAL, "migration %s is not the one that was applied", file->name);
    return error_hint(error, "an applied migration must never change: add a new one");
}

static Status apply(Pg *pg, const EmbeddedFile *file, Error *error)
{
    if (pg_execute(pg, file->text, error) != STATUS_OK)
        return error_prefix(error, "sql/%s", file->name);
    char checksum[KEY_HEX_SIZE];
    checksum_of(file, checksum);
    cleanup(pg_result_free) PgResult result = {0};
    return pg_query(pg, "insert into cl_ops.migration (name, checksum) values ($1, $2)",
                    (const char *[]){file->name, checksum}, 2, &result, error);
}

/* The database knows a migration that this program does not. */
static Status check_not_newer(Pg *pg, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select name from cl_ops.migration order by name", NULL, 0, &result, error));
    for (size_t row = 0; row < result.row_count; row++) {
        bool is_known = false;
        for (size_t i = 0; i < embedded_file_count && !is_known; i++)
            is_known = text_is(pg_value(&result, row, 0), embedded_files[i].name);
        if (!is_known) {
            error_set(error, ERROR_CONFIG, "the database was migrated by a newer version (%.*s)",
                      TEXT_PRINTF(pg_value(&result, row, 0)));
            return error_hint(error, "use that version, or a newer one");
        }
    }
    return STATUS_OK;
}

/* Views and comments follow from the tables alone: they are written again whenever one of their files changed. */
static Status apply_reports(Pg *pg, size_t *ret_applied, Error *error)
{
    bool is_changed = false;
    for (size_t i = 0; i < embedded_file_count && !is_changed; i++) {
        if (!is_in_folder(&embedded_files[i], "report/"))
            continue;
        Status status = check_applied(pg, &embedded_files[i], error);
        is_changed = status != STATUS_OK;
    }
    if (!is_changed)
        return STATUS_OK;
    TRY(pg_execute(pg, "delete from cl_ops.migration where name like 'report/%'", error));
    for (size_t i = 0; i < embedded_file_count; i++)
        if (is_in_folder(&embedded_files[i], "report/")) {
            TRY(apply(pg, &embedded_files[i], error));
            ++*ret_applied;
        }
    return STATUS_OK;
}

static Status apply_missing(Pg *pg, size_t *ret_applied, Error *error)
{
    TRY(pg_execute(pg, ledger, error));
    TRY(check_not_newer(pg, error));
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (!is_in_folder(&embedded_files[i], "migrations/"))
            continue;
        Status status = check_applied(pg, &embedded_files[i], error);
        if (status == STATUS_ERROR)
            return status;
        if (status == STATUS_END) {
            TRY(apply(pg, &embedded_files[i], error));
            ++*ret_applied;
        }
    }
    return apply_reports(pg, ret_applied, error);
}

Status migrate(Pg *pg, size_t *ret_applied, Error *error)
{
    size_t applied = 0;
    if (begin_alone(pg, error) != STATUS_OK || apply_missing(pg, &applied, error) != STATUS_OK ||
        pg_execute(pg, "commit", error) != STATUS_OK) {
        pg_rollback(pg);
        return STATUS_ERROR;
    }
    *ret_applied = applied;
    return STATUS_OK;
}

Status migrate_check(Pg *pg, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select to_regclass('cl_ops.migration') is not null", NULL, 0, &result, error));
    bool is_missing = !text_is(pg_value(&result, 0, 0), "t");
    if (!is_missing)
        TRY(check_not_newer(pg, error));
    for (size_t i = 0; i < embedded_file_count && !is_missing; i++) {
        if (!is_in_folder(&embedded_files[i], "migrations/") && !is_in_folder(&embedded_files[i], "report/"))
            continue;
        Status status = check_applied(pg, &embedded_files[i], error);
        if (status == STATUS_ERROR && is_in_folder(&embedded_files[i], "migrations/"))
            return status;
        is_missing = status != STATUS_OK;
    }
    if (!is_missing)
        return STATUS_OK;
    error_set(error, ERROR_CONFIG, "the database is not migrated to this version");
    return error_hint(error, "run closedloop-load migrate");
}
