#include "common/classification.h"

#include "common/file.h"

static const char *const site_columns[SITE_COLUMN_COUNT] = {"category", "pattern", "source"};
static const char *const bot_columns[BOT_COLUMN_COUNT] = {"says", "word"};

static Status read_shipped(const char *name, const char *const *columns, size_t column_count, Arena *arena,
                           FactList *ret_list, Error *error)
{
    for (size_t i = 0; i < shipped_list_count; i++)
        if (strcmp(shipped_lists[i].name, name) == 0)
            return fact_list_parse((Text){shipped_lists[i].text, shipped_lists[i].size}, shipped_lists[i].name, columns,
                                   column_count, arena, ret_list, error);
    return error_set(error, ERROR_INTERNAL, "the program carries no %s", name);
}

static Status read_file(const char *path, const char *const *columns, size_t column_count, Arena *arena,
                        FactList *ret_list, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(FACT_LIST_CEILING);
    TRY(file_read_all(path, FACT_LIST_CEILING, &buffer, error));
    Text content = arena_copy_text(arena, buffer_text(&buffer));
    if (text_is_null(content))
        return error_no_memory(error);
    return fact_list_parse(content, path, columns, column_count, arena, ret_list, error);
}

Status classification_read(const char *sites_path, const char *bots_path, Arena *arena, Classification *ret_lists,
                           Error *error)
{
    Classification lists;
    TRY(sites_path ? read_file(sites_path, site_columns, SITE_COLUMN_COUNT, arena, &lists.sites, error)
                   : read_shipped("sites.tsv", site_columns, SITE_COLUMN_COUNT, arena, &lists.sites, error));
    TRY(bots_path ? read_file(bots_path, bot_columns, BOT_COLUMN_COUNT, arena, &lists.bots, error)
                  : read_shipped("bots.tsv", bot_columns, BOT_COLUMN_COUNT, arena, &lists.bots, error));
    *ret_lists = lists;
    return STATUS_OK;
}
