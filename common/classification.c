#include "common/classification.h"

#include "common/file.h"

static const char *const site_columns[SITE_COLUMN_COUNT] = {"category", "pattern", "source"};
static const char *const bot_columns[BOT_COLUMN_COUNT] = {"says", "word"};
static const char *const free_mail_columns[FREE_MAIL_COLUMN_COUNT] = {"kind", "domain"};

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

/* The file, or without one (NULL) the list shipped under that name. */
static Status read_list(const char *path, const char *name, const char *const *columns, size_t column_count,
                        Arena *arena, FactList *ret_list, Error *error)
{
    return path ? read_file(path, columns, column_count, arena, ret_list, error)
                : read_shipped(name, columns, column_count, arena, ret_list, error);
}

Status classification_read(const ClassificationFiles *files, Arena *arena, Classification *ret_lists, Error *error)
{
    Classification lists;
    TRY(read_list(files->sites, "sites.tsv", site_columns, SITE_COLUMN_COUNT, arena, &lists.sites, error));
    TRY(read_list(files->bots, "bots.tsv", bot_columns, BOT_COLUMN_COUNT, arena, &lists.bots, error));
    TRY(read_list(files->free_mail, "free_mail.tsv", free_mail_columns, FREE_MAIL_COLUMN_COUNT, arena, &lists.free_mail,
                  error));
    *ret_lists = lists;
    return STATUS_OK;
}
