#include "load/page_data.h"

#include "common/embedded.h"
#include "load/embedded.h"

#include <string.h>

enum { WITHHELD_CEILING = 1 << 16, STATEMENT_CEILING = 1 << 10 };

static const char folder[] = "blocks/";

/* The longest, which are asked before all others. */
static const char *const longest[] = {"leads.sql", "marketing.sql"};

PageData page_data_make(Pg *pg, const char *conninfo, const char *application, FileWriter *writer)
{
    return (PageData){.lanes = {{.pg = pg}},
                      .lane_count = 1,
                      .conninfo = conninfo,
                      .application = application,
                      .writer = writer,
                      .withheld = buffer_make(WITHHELD_CEILING)};
}

void page_data_done(PageData *data)
{
    for (size_t i = 1; i < data->lane_count; i++)
        pg_free(data->lanes[i].pg);
    data->lane_count = 1;
    buffer_done(&data->withheld);
}

Status page_json_write(FileWriter *writer, Text json, Error *error)
{
    while (json.size) {
        size_t clean = text_find(json, '<');
        TRY(file_writer_write(writer, json.data, clean, error));
        if (clean == json.size)
            break;
        TRY(file_writer_write_text(writer, TEXT("\\u003c"), error));
        json.data += clean + 1;
        json.size -= clean + 1;
    }
    return STATUS_OK;
}

/* --- the connections ------------------------------------------------------------------------------------------ */

static Status begin(Pg *pg, Error *error)
{
    return pg_execute(pg, "begin transaction isolation level repeatable read, read only", error);
}

static Status set_zone(Pg *pg, Error *error)
{
    cleanup(pg_result_free) PgResult zone = {0};
    return pg_query(pg, "select set_config('timezone', timezone, true) from cl_ops.setting", NULL, 0, &zone, error);
}

/* A second connection that sees what the first one sees; a pooler may have led it elsewhere. */
static Status open_second(PageData *data, Text snapshot, Pg **ret_pg, Error *error)
{
    cleanup(buffer_done) Buffer statement = buffer_make(STATEMENT_CEILING);
    TRY(buffer_printf(&statement, error, "set transaction snapshot %.*s", TEXT_PRINTF(snapshot)));
    TRY(pg_connect(data->conninfo, data->application, ret_pg, error));
    TRY(begin(*ret_pg, error));
    TRY(pg_execute(*ret_pg, statement.data, error));
    return set_zone(*ret_pg, error);
}

static Status open_lanes(PageData *data, Error *error)
{
    Pg *first = data->lanes[0].pg, *second = NULL;
    cleanup(pg_result_free) PgResult snapshot = {0};
    TRY(begin(first, error));
    TRY(set_zone(first, error));
    TRY(pg_query(first, "select quote_literal(pg_export_snapshot())", NULL, 0, &snapshot, error));
    Error refused = ERROR_INIT;
    if (open_second(data, pg_value(&snapshot, 0, 0), &second, &refused) == STATUS_OK)
        data->lanes[data->lane_count++].pg = second;
    else
        pg_free(second);
    return STATUS_OK;
}

static Status close_lanes(PageData *data, Error *error)
{
    for (size_t i = 0; i < data->lane_count; i++)
        TRY(pg_execute(data->lanes[i].pg, "commit", error));
    return STATUS_OK;
}

/* --- the blocks ----------------------------------------------------------------------------------------------- */

static Text block_name(const char *file)
{
    return (Text){file, strcspn(file, ".")};
}

static Status write_value(PageData *data, Text block, Text json, Error *error)
{
    TRY(file_writer_write_text(data->writer, data->written_count++ ? TEXT(",\n\"") : TEXT("{\""), error));
    TRY(file_writer_write_text(data->writer, block, error));
    TRY(file_writer_write_text(data->writer, TEXT("\":"), error));
    return page_json_write(data->writer, json.data ? json : TEXT("null"), error);
}

/* null, and the block's name among those withheld, where the role has no right to it */
static Status take_answer(PageData *data, PageLane *lane, Error *error)
{
    Text block = block_name(lane->asked);
    cleanup(pg_result_free) PgResult result = {0};
    Status status = pg_answer(lane->pg, &result, error);
    if (status != STATUS_OK && error->code != ERROR_PERMISSION)
        return error_prefix(error, "page: %s", lane->asked);
    lane->asked = NULL;
    if (status == STATUS_OK) {
        TRY(pg_execute(lane->pg, "release savepoint block", error));
        return write_value(data, block, result.row_count ? pg_value(&result, 0, 0) : TEXT_NULL, error);
    }
    TRY(buffer_printf(&data->withheld, error, "%s\"%.*s\"", data->withheld_count++ ? "," : "", TEXT_PRINTF(block)));
    TRY(pg_execute(lane->pg, "rollback to savepoint block", error));
    return write_value(data, block, TEXT_NULL, error);
}

/* In turn: who was asked the longest ago answers, and is asked the next. */
static Status take_turn(PageData *data, const EmbeddedFile *block, Error *error)
{
    PageLane *lane = &data->lanes[data->turn++ % data->lane_count];
    if (lane->asked)
        TRY(take_answer(data, lane, error));
    if (!block)
        return STATUS_OK;
    TRY(pg_execute(lane->pg, "savepoint block", error));
    lane->asked = block->name + sizeof folder - 1;
    return pg_ask_binary(lane->pg, block->text, error); /* the binary form of json is its text */
}

static bool is_long(const char *file)
{
    for (size_t i = 0; i < sizeof longest / sizeof *longest; i++)
        if (strcmp(file, longest[i]) == 0)
            return true;
    return false;
}

static Status write_blocks(PageData *data, bool are_long, Error *error)
{
    for (size_t i = 0; i < page_file_count; i++) {
        const char *name = page_files[i].name;
        if (strncmp(name, folder, sizeof folder - 1) == 0 && is_long(name + sizeof folder - 1) == are_long)
            TRY(take_turn(data, &page_files[i], error));
    }
    return STATUS_OK;
}

Status page_data_write(PageData *data, Error *error)
{
    TRY(open_lanes(data, error));
    TRY(write_blocks(data, true, error));
    TRY(write_blocks(data, false, error));
    for (size_t i = 0; i < data->lane_count; i++)
        TRY(take_turn(data, NULL, error));
    TRY(file_writer_write_text(data->writer, TEXT(",\n\"withheld\":["), error));
    TRY(file_writer_write_text(data->writer, buffer_text(&data->withheld), error));
    TRY(file_writer_write_text(data->writer, TEXT("]}"), error));
    return close_lanes(data, error);
}
