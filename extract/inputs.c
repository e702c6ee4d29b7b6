#include "extract/inputs.h"

#include "extract/transport/query.h"
#include "extract/transport/sitemap_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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

static Status find_files(Run *run, const Source *source, Arena *arena, Inputs *ret_inputs, Error *error)
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
    if (source->format == FORMAT_SITEMAP &&
        sitemap_files_add(&inputs.files, arena, &inputs.files, error) != STATUS_OK) {
        inputs.is_whole = false;
        TRY(run_note_failure(run, source, error));
    }
    drop_old(run, source, &inputs.files);
    *ret_inputs = inputs;
    return STATUS_OK;
}

/* What a query holds shows when it is read. */
static Status name_query(const Run *run, Arena *arena, Inputs *ret_inputs, Error *error)
{
    FileInput *item = arena_allocate(arena, sizeof *item);
    if (!item)
        return error_no_memory(error);
    *item = (FileInput){.path = "query", .modified_ns = run->read_at * 1000, .is_unseen = true};
    *ret_inputs = (Inputs){.files = {item, 1}, .is_whole = true};
    return STATUS_OK;
}

static Status find_pages(const Run *run, const Mapping *mapping, Inputs *ret_inputs, Error *error)
{
    FetchJob job = {
        .source = mapping->source,
        .mapping = mapping->digest,
        .spool = run->config->spool,
        .log = run->log,
        .read_at = run->read_at,
        .has_since = run->has_since,
        .since = run->since,
        .is_full = run->is_full,
        .is_trial = run->is_dry || run->is_preview,
        .page_limit = run->is_preview,
        .is_quiet = run->is_quiet,
    };
    Fetch *fetch;
    TRY(fetch_pages(&job, &fetch, error));
    *ret_inputs = (Inputs){.files = *fetch_files(fetch), .is_whole = true, .fetch = fetch};
    return STATUS_OK;
}

Status inputs_find(Run *run, const Mapping *mapping, Arena *arena, Inputs *ret_inputs, Error *error)
{
    const Source *source = mapping->source;
    if (!text_is_null(source->query.sql))
        return name_query(run, arena, ret_inputs, error);
    if (source->http)
        return find_pages(run, mapping, ret_inputs, error);
    return find_files(run, source, arena, ret_inputs, error);
}

/* A page is called by its address in messages, and not by where it stands for a while. */
static Status open_page(const FileInput *input, Stream **ret_stream, Error *error)
{
    int descriptor = open(input->location, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_IO, errno, "%s", input->location);
    Status status = stream_from_descriptor(descriptor, input->path, ret_stream, error);
    if (status != STATUS_OK)
        close(descriptor);
    return status;
}

Status input_open(const Source *source, const FileInput *input, Stream **ret_stream, Error *error)
{
    if (!text_is_null(source->query.sql))
        return query_open(&source->query, input->path, ret_stream, error);
    return input->location ? open_page(input, ret_stream, error) : stream_open(input->path, ret_stream, error);
}

bool inputs_are_one(const Source *source)
{
    return source->together || source->http;
}

Status inputs_finish(Inputs *inputs, Error *error)
{
    return inputs->fetch ? fetch_finish(inputs->fetch, error) : STATUS_OK;
}

void inputs_give_up(Inputs *inputs, const Error *why)
{
    /* What cannot be removed now is found by the next run, which comes to the same end. */
    Error ignored;
    if (inputs->fetch && why->code == ERROR_DATA)
        (void)fetch_discard(inputs->fetch, &ignored);
}

void inputs_done(Inputs *inputs)
{
    fetch_free(inputs->fetch);
    inputs->fetch = NULL;
}

const char *inputs_noun(const Source *source, size_t count)
{
    if (!text_is_null(source->query.sql))
        return count == 1 ? "query" : "queries";
    if (source->http)
        return count == 1 ? "page" : "pages";
    return count == 1 ? "file" : "files";
}
