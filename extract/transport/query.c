#include "extract/transport/query.h"

#include "common/buffer.h"
#include "common/pg.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATEMENT_CEILING = 1 << 20 };

typedef struct Query {
    Pg *pg;
    Text row; /* what is left of the current one */
    bool is_end;
} Query;

static void finish(void *context)
{
    Query *query = context;
    pg_free(query->pg);
    free(query);
}

/* SQLSTATE query_canceled: by its own time limit, or by somebody. */
static Status hint_at_timeout(Error *error)
{
    if (strstr(error->message, "(57014)"))
        error_hint(error, "`timeout` of the query says how long it may take");
    return STATUS_ERROR;
}

static Status next_row(Query *query, Error *error)
{
    Status status = pg_copy_out_read(query->pg, &query->row, error);
    query->is_end = status == STATUS_END;
    return status == STATUS_ERROR ? hint_at_timeout(error) : STATUS_OK;
}

static Status give(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    Query *query = context;
    size_t size = 0;
    while (size < capacity) {
        if (query->row.size == 0 && !query->is_end)
            TRY(next_row(query, error));
        if (query->is_end)
            break;
        size_t part = query->row.size < capacity - size ? query->row.size : capacity - size;
        memcpy(bytes + size, query->row.data, part);
        query->row = (Text){query->row.data + part, query->row.size - part};
        size += part;
    }
    *ret_size = size;
    return STATUS_OK;
}

/* Without what ends a statement, which has no place within COPY. */
static Text without_end(Text sql)
{
    sql = text_trim(sql);
    while (text_ends_with(sql, TEXT(";")))
        sql = text_trim((Text){sql.data, sql.size - 1});
    return sql;
}

/* The line end before the parenthesis ends a comment. */
static Status write_statement(const SourceQuery *query, Buffer *buffer, Error *error)
{
    Text sql = without_end(query->sql);
    TRY(buffer_append(buffer, TEXT("copy (\n"), error));
    TRY(buffer_append(buffer, sql, error));
    return buffer_append(buffer, TEXT("\n) to stdout (format csv, header)"), error);
}

static Status begin(const SourceQuery *query, Pg *pg, Error *error)
{
    char limit[64];
    cleanup(buffer_done) Buffer statement = buffer_make(STATEMENT_CEILING);
    TRY(write_statement(query, &statement, error));
    TRY(pg_execute(pg, "begin transaction isolation level repeatable read, read only", error));
    snprintf(limit, sizeof limit, "set local statement_timeout = '%llds'", (long long)query->timeout);
    TRY(pg_execute(pg, limit, error));
    return pg_copy_out_begin(pg, statement.data, error) == STATUS_OK ? STATUS_OK : hint_at_timeout(error);
}

static Status open_query(const SourceQuery *source, Query *query, const char *name, Stream **ret_stream, Error *error)
{
    TRY(pg_connect_to_read(source->database, "closedloop-extract", &query->pg, error));
    TRY(begin(source, query->pg, error));
    return stream_from_giver(give, finish, query, name, ret_stream, error);
}

Status query_open(const SourceQuery *source, const char *name, Stream **ret_stream, Error *error)
{
    Query *query = calloc(1, sizeof *query);
    if (!query)
        return error_no_memory(error);
    if (open_query(source, query, name, ret_stream, error) == STATUS_OK)
        return STATUS_OK;
    finish(query);
    return error_prefix(error, "%s", name);
}
