#include "transform/output.h"

#include <limits.h>
#include <stdio.h>

Output output_make(const char *folder)
{
    Output output = {.folder = folder};
    for (int table = 0; table < LOAD_TABLE_COUNT; table++)
        output.writers[table] = (CopyWriter)COPY_WRITER_INIT;
    return output;
}

static Status open_table(Output *output, LoadTable table, Error *error)
{
    const LoadTableSpec *spec = load_table_spec(table);
    char path[PATH_MAX];
    int size = output->folder ? snprintf(path, sizeof path, "%s/%s.copy", output->folder, spec->name) : 0;
    if (size < 0 || (size_t)size >= sizeof path)
        return error_set(error, ERROR_CANNOT_CREATE, "%s: the path is too long", output->folder);
    const int32_t *member = output->is_bundle ? &output->member : NULL;
    TRY(copy_writer_open(output->folder ? path : NULL, spec->column_count, member, &output->writers[table], error));
    output->is_open[table] = true;
    return STATUS_OK;
}

Status output_table(Output *output, LoadTable table, CopyWriter **ret_writer, Error *error)
{
    if (!output->is_open[table])
        TRY(open_table(output, table, error));
    *ret_writer = &output->writers[table];
    return STATUS_OK;
}

void output_drop(Output *output, LoadTable table)
{
    copy_writer_done(&output->writers[table]);
    output->is_open[table] = false;
}

/* Those of the table and the member's; NULL without memory. */
static const char *const *bundle_columns(const LoadTableSpec *spec, Arena *arena)
{
    const char **columns = arena_allocate(arena, (spec->column_count + 1) * sizeof *columns);
    if (!columns)
        return NULL;
    memcpy(columns, spec->columns, spec->column_count * sizeof *columns);
    columns[spec->column_count] = "batch_no";
    return columns;
}

Status output_commit(Output *output, Arena *arena, const BatchFile **ret_files, size_t *ret_count, Error *error)
{
    BatchFile *files = arena_allocate(arena, LOAD_TABLE_COUNT * sizeof *files);
    if (!files)
        return error_no_memory(error);
    size_t count = 0;
    for (int table = 0; table < LOAD_TABLE_COUNT; table++) {
        if (!output->is_open[table])
            continue;
        CopyWriter *writer = &output->writers[table];
        TRY(copy_writer_commit(writer, error));
        const LoadTableSpec *spec = load_table_spec((LoadTable)table);
        const char *name = arena_printf(arena, "%s.copy", spec->name);
        const char *const *columns = output->is_bundle ? bundle_columns(spec, arena) : spec->columns;
        if (!name || !columns)
            return error_no_memory(error);
        files[count++] = (BatchFile){
            .table = spec->name,
            .name = name,
            .rows = writer->rows,
            .bytes = (int64_t)writer->file.bytes,
            .digest = file_writer_digest(&writer->file),
            .columns = columns,
            .column_count = spec->column_count + output->is_bundle,
        };
    }
    *ret_files = files;
    *ret_count = count;
    return STATUS_OK;
}

void output_done(Output *output)
{
    for (int table = 0; table < LOAD_TABLE_COUNT; table++)
        output_drop(output, (LoadTable)table);
}
