#include "extract/inputs.h"

static bool is_wanted(const Run *run, const FileInput *input)
{
    return !run->has_since || input->modified_ns >= run->since * 1000;
}

/* Of parts that are one snapshot all are read if one is. */
static void drop_old(const Run *run, const Source *source, FileInputs *files)
{
    size_t count = 0;
    for (size_t i = 0; i < files->count; i++)
        count += is_wanted(run, &files->items[i]);
    if (source->together && count)
        return;
    count = 0;
    for (size_t i = 0; i < files->count; i++)
        if (is_wanted(run, &files->items[i]))
            files->items[count++] = files->items[i];
    files->count = count;
}

Status inputs_find(Run *run, const Source *source, Arena *arena, Inputs *ret_inputs, Error *error)
{
    Inputs inputs = {.is_whole = true};
    for (size_t i = 0; i < source->path_count; i++) {
        FileInputs found;
        Status status = files_find(source->paths[i], arena, &found, error);
        if (status == STATUS_OK)
            status = files_merge(&inputs.files, &found, arena, &inputs.files, error);
        if (status == STATUS_OK)
            continue;
        inputs.is_whole = false;
        TRY(run_note_failure(run, source, error));
    }
    drop_old(run, source, &inputs.files);
    *ret_inputs = inputs;
    return STATUS_OK;
}
