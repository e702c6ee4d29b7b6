#include "extract/transport/fetch.h"

#include "common/file.h"
#include "common/folder.h"
#include "common/progress.h"
#include "extract/transport/address.h"
#include "extract/transport/bulk.h"
#include "extract/transport/fetch_state.h"
#include "extract/transport/insist.h"
#include "extract/transport/page.h"
#include "extract/transport/page_body.h"
#include "extract/transport/sitemap_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_CEILING = 64 << 20, PAGE_ARENA_CEILING = 8 << 20 };

static const int64_t second = 1000000;
static const int64_t lifetime = (int64_t)86400 * 1000000;

struct Fetch {
    FetchJob own_job;
    const FetchJob *job;
    Arena arena;
    Arena page_arenas[2]; /* of the page at hand, and of the one before, which knows the position */
    size_t turn;
    const char *folder, *state_path, *state_folder, *mark_path;
    const char *place; /* of the pages, for messages */
    FetchState state;
    Credential credential;
    Insister insister;
    PageQuestion question;
    SitemapPages sitemaps; /* if the source is one of them */
    Progress progress;
    uint64_t bytes;
    FileInputs files;
    /* The page at hand: */
    const char *path;
    FileWriter writer;
    HttpRequest request;
    const char *next;
};

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * second + now.tv_nsec / 1000;
}

/* --- one page ------------------------------------------------------------------------------------------------- */

static Status begin_page(void *context, Error *error)
{
    Fetch *fetch = context;
    file_writer_done(&fetch->writer);
    return file_writer_open(fetch->path, 0600, &fetch->writer, error);
}

static Status take_page(void *context, Text bytes, Error *error)
{
    Fetch *fetch = context;
    fetch->bytes += bytes.size;
    progress_update(&fetch->progress, fetch->bytes);
    return file_writer_write(&fetch->writer, bytes.data, bytes.size, error);
}

typedef struct Mapped {
    void *bytes;
    size_t size;
} Mapped;

static void unmap(Mapped *mapped)
{
    if (mapped->size)
        munmap(mapped->bytes, mapped->size);
}

/* Mapped, so that a large page need not fit into memory. */
static Status map_page(const char *path, Mapped *ret_mapped, Error *error)
{
    struct stat facts;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &facts) != 0) {
        error_set_errno(error, ERROR_IO, errno, "%s", path);
    } else if (facts.st_size == 0) {
        *ret_mapped = (Mapped){NULL, 0};
        close(descriptor);
        return STATUS_OK;
    } else {
        void *bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes != MAP_FAILED) {
            *ret_mapped = (Mapped){bytes, (size_t)facts.st_size};
            close(descriptor);
            return STATUS_OK;
        }
        error_set_errno(error, ERROR_IO, errno, "%s", path);
    }
    if (descriptor >= 0)
        close(descriptor);
    return STATUS_ERROR;
}

static bool has_sitemaps(const Fetch *fetch)
{
    return fetch->job->source->http->paging.kind == HTTP_PAGING_SITEMAPS;
}

static Status read_sitemap(Fetch *fetch, Error *error)
{
    TRY(sitemap_pages_add(&fetch->sitemaps, fetch->request.address, fetch->path, error));
    fetch->next = sitemap_pages_at(&fetch->sitemaps, (size_t)fetch->state.page_count + 1);
    return STATUS_OK;
}

static Status read_page(Fetch *fetch, const HttpAnswer *answer, Error *error)
{
    const Source *source = fetch->job->source;
    cleanup(unmap) Mapped mapped = {NULL, 0};
    if (page_body_is_seen(source))
        TRY(map_page(fetch->path, &mapped, error));
    Page page = {
        .address = fetch->request.address,
        .position = fetch->state.position,
        .answer = answer,
        .body = {mapped.size ? mapped.bytes : "", mapped.size},
    };
    fetch->next = NULL;
    if (has_sitemaps(fetch))
        return read_sitemap(fetch, error);
    if (page_next(source, &page, &fetch->page_arenas[fetch->turn], &fetch->next, error) == STATUS_OK)
        return STATUS_OK;
    if (error->code == ERROR_PERMISSION && fetch->credential.place[0])
        error_hint(error, "the secret in %s is wrong, expired, or not allowed to read this", fetch->credential.place);
    return STATUS_ERROR;
}

/* A clock that is ahead of the server's would leave a gap between two readings. */
static void take_date(Fetch *fetch, const HttpAnswer *answer)
{
    int64_t at;
    if (fetch->state.page_count > 0 || !http_date_read(http_first_header(answer, "Date"), &at))
        return;
    if (at * second < fetch->state.started_at && at * second > fetch->state.started_at - lifetime)
        fetch->state.started_at = at * second;
}

/* The file is durable before the state says that it is there. */
static Status end_page(void *context, const HttpAnswer *answer, Error *error)
{
    Fetch *fetch = context;
    TRY(file_writer_commit(&fetch->writer, error));
    TRY(read_page(fetch, answer, error));
    take_date(fetch, answer);
    return STATUS_OK;
}

static Status stands_still(const Fetch *fetch, Error *error)
{
    error_set(error, ERROR_DATA, "it leads back to where the reading was before");
    return error_hint(error, fetch->job->source->http->paging.kind == HTTP_PAGING_OFFSET ||
                                     fetch->job->source->http->paging.kind == HTTP_PAGING_NUMBER
                                 ? "does the server know the parameter that `paging` names? it gave the same page again"
                                 : "the server's paging does not move on; nothing was taken");
}

static Status step(Fetch *fetch, Error *error)
{
    FetchState *state = &fetch->state;
    HttpPaging paging = fetch->job->source->http->paging.kind;
    Key digest = file_writer_digest(&fetch->writer);
    bool counts = paging == HTTP_PAGING_OFFSET || paging == HTTP_PAGING_NUMBER;
    if (counts && fetch->next && state->page_count && key_equal(&digest, &state->last))
        return stands_still(fetch, error);
    if (fetch->next && !fetch_state_step(state, fetch->next))
        return stands_still(fetch, error);
    state->last = digest;
    state->page_count++;
    state->bytes += (int64_t)fetch->writer.bytes;
    state->is_complete = !fetch->next;
    if (state->is_complete)
        state->position = NULL;
    fetch->turn = !fetch->turn;
    return fetch_state_save(fetch->state_path, state, error);
}

static Status fetch_page(Fetch *fetch, Error *error)
{
    Arena *arena = &fetch->page_arenas[fetch->turn];
    arena_clear(arena);
    fetch->path = arena_printf(arena, "%s/%06lld.page", fetch->folder, (long long)fetch->state.page_count + 1);
    if (!fetch->path)
        return error_no_memory(error);
    TRY(page_request(&fetch->question, fetch->state.position, arena, &fetch->request, error));
    InsistWork work = {begin_page, take_page, end_page, fetch};
    TRY(insist(&fetch->insister, &fetch->request, &work, error));
    return step(fetch, error);
}

/* --- all pages ------------------------------------------------------------------------------------------------ */

static void say_wait(void *context, const Error *error, int64_t milliseconds)
{
    const Fetch *fetch = context;
    log_info(fetch->job->log, "%s: page %lld: %s; trying again in %.1f s", fetch->job->source->name,
             (long long)fetch->state.page_count + 1, error->message, (double)milliseconds / 1000);
}

/* A job is made once, and known before it is waited for. */
static Status await_job(Fetch *fetch, Error *error)
{
    const HttpSource *http = fetch->job->source->http;
    if (text_is_null(http->job.soql))
        return STATUS_OK;
    if (!fetch->state.job) {
        TRY(bulk_create(&fetch->insister, &fetch->question, &fetch->arena, &fetch->state.job, error));
        TRY(fetch_state_save(fetch->state_path, &fetch->state, error));
    }
    return bulk_await(&fetch->insister, http, fetch->state.job, &fetch->arena, &fetch->question.address, error);
}

static Status fetch_rest(Fetch *fetch, Error *error)
{
    size_t limit = fetch->job->page_limit;
    if (fetch->state.is_complete)
        return STATUS_OK;
    if (await_job(fetch, error) != STATUS_OK)
        return error_prefix(error, "%s", fetch->place);
    while (!fetch->state.is_complete && (limit == 0 || (size_t)fetch->state.page_count < limit)) {
        if (fetch->state.page_count == FETCH_PAGES_MAX) {
            error_set(error, ERROR_DATA, "%s: more than %d pages", fetch->place, FETCH_PAGES_MAX);
            return error_hint(error, "ask for larger pages");
        }
        if (fetch_page(fetch, error) != STATUS_OK)
            return error_prefix(error, "%s page %lld", fetch->place, (long long)fetch->state.page_count + 1);
        /* An index has no content: who wants a look at some gets the first sitemap, too. */
        if (limit == 1 && fetch->state.page_count == 1 && fetch->sitemaps.count > 1)
            limit = 2;
    }
    return STATUS_OK;
}

static Status list_files(Fetch *fetch, Error *error)
{
    size_t count = (size_t)fetch->state.page_count;
    FileInput *items = arena_allocate(&fetch->arena, count * sizeof *items);
    if (!items)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++) {
        struct stat facts;
        const char *location = arena_printf(&fetch->arena, "%s/%06zu.page", fetch->folder, i + 1);
        const char *name = arena_printf(&fetch->arena, "%s page %zu", fetch->place, i + 1);
        if (!location || !name)
            return error_no_memory(error);
        if (stat(location, &facts) != 0)
            return error_set_errno(error, ERROR_IO, errno, "%s", location);
        items[i] = (FileInput){
            .path = name,
            .location = location,
            .size = facts.st_size,
            .modified_ns = fetch->job->read_at * 1000,
            .is_unseen = true,
        };
    }
    fetch->files = (FileInputs){items, count};
    return STATUS_OK;
}

/* --- where a reading begins ----------------------------------------------------------------------------------- */

static Status begin_anew(Fetch *fetch, const FetchState *wanted, Error *error)
{
    /* The folder of a trial is new, and must not be given to anybody in between. */
    if (!fetch->job->is_trial) {
        TRY(folder_remove(fetch->folder, error));
        TRY(folder_make(fetch->folder, 0700, error));
    }
    fetch->state = *wanted;
    return has_sitemaps(fetch)
               ? sitemap_pages_begin(fetch->job->source->http->url.data, &fetch->arena, &fetch->sitemaps, error)
               : STATUS_OK;
}

/* From when on to ask. */
static void choose_since(const Fetch *fetch, const FetchMark *mark, FetchState *state)
{
    const FetchJob *job = fetch->job;
    const HttpSource *http = job->source->http;
    if (!http->since.is_given)
        return;
    bool is_marked = mark && !job->is_full && key_equal(&mark->mapping, &job->mapping);
    state->has_since = true;
    if (job->has_since) {
        state->since = job->since;
    } else if (is_marked) {
        state->since = mark->started_at - http->since.overlap * second;
    } else {
        state->since = http->since.start;
        state->has_since = http->since.has_start;
    }
}

static bool can_go_on(const FetchState *state, const FetchState *wanted, const FetchMark *mark)
{
    /* What a run left that was stopped between moving the mark and removing the pages. */
    bool is_done = mark && mark->started_at == state->started_at;
    return !is_done && key_equal(&state->request, &wanted->request) && state->has_since == wanted->has_since &&
           state->since == wanted->since && state->started_at <= wanted->started_at &&
           state->started_at > wanted->started_at - lifetime;
}

/* What the pages that are there list is listed again, and leads to where the reading was. */
static bool finds_sitemaps(Fetch *fetch)
{
    Error ignored;
    const FetchState *state = &fetch->state;
    if (sitemap_pages_begin(fetch->job->source->http->url.data, &fetch->arena, &fetch->sitemaps, &ignored) != STATUS_OK)
        return false;
    for (int64_t i = 0; i < state->page_count; i++) {
        const char *address = sitemap_pages_at(&fetch->sitemaps, (size_t)i);
        const char *path = arena_printf(&fetch->arena, "%s/%06lld.page", fetch->folder, (long long)i + 1);
        if (!address || !path || sitemap_pages_add(&fetch->sitemaps, address, path, &ignored) != STATUS_OK)
            return false;
    }
    const char *next = sitemap_pages_at(&fetch->sitemaps, (size_t)state->page_count);
    return next && state->position ? strcmp(next, state->position) == 0 : !next && !state->position;
}

/* The pages that the state tells of are all there, and as long as they were. */
static bool are_there(Fetch *fetch)
{
    int64_t bytes = 0;
    cleanup(arena_done) Arena arena = arena_make(PAGE_ARENA_CEILING);
    for (int64_t i = 0; i < fetch->state.page_count; i++) {
        struct stat facts;
        arena_clear(&arena);
        const char *path = arena_printf(&arena, "%s/%06lld.page", fetch->folder, (long long)i + 1);
        if (!path || lstat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
            return false;
        bytes += facts.st_size;
    }
    return bytes == fetch->state.bytes && (!has_sitemaps(fetch) || finds_sitemaps(fetch));
}

/* A mark that is far ahead of the clock is no mark: one of the two is wrong, and to ask for what is newer would lose
 * what came in between. */
static bool is_ahead(const FetchMark *mark, int64_t now)
{
    return mark->started_at > now && mark->started_at - now > lifetime;
}

/* *ret_is_resumed: pages of an earlier run are used. */
static Status find_beginning(Fetch *fetch, bool *ret_is_resumed, Error *error)
{
    const Source *source = fetch->job->source;
    FetchMark mark;
    FetchState wanted = {.request = source->http->digest, .started_at = clock_now()};
    Status status = fetch_mark_load(fetch->mark_path, &mark, error);
    if (status == STATUS_ERROR)
        return STATUS_ERROR;
    const FetchMark *known = status == STATUS_OK ? &mark : NULL;
    if (known && is_ahead(known, wanted.started_at)) {
        log_warning(fetch->job->log, "%s: %s tells of a reading in the future; all is read again", source->name,
                    fetch->mark_path);
        known = NULL;
    }
    choose_since(fetch, known, &wanted);
    status =
        fetch->job->is_trial ? STATUS_END : fetch_state_load(fetch->state_path, &fetch->arena, &fetch->state, error);
    if (status == STATUS_ERROR)
        return STATUS_ERROR;
    *ret_is_resumed = status == STATUS_OK && can_go_on(&fetch->state, &wanted, known) && are_there(fetch);
    if (!*ret_is_resumed)
        return begin_anew(fetch, &wanted, error);
    log_info(fetch->job->log, "%s: goes on behind page %lld of a reading that was broken off", source->name,
             (long long)fetch->state.page_count);
    return STATUS_OK;
}

/* A position that the server has forgotten meanwhile. */
static bool is_forgotten(const Error *error)
{
    return !error->is_retryable &&
           (error->code == ERROR_NO_INPUT || error->code == ERROR_CONFIG || error->code == ERROR_DATA);
}

static Status fetch_all(Fetch *fetch, Error *error)
{
    bool is_resumed;
    TRY(find_beginning(fetch, &is_resumed, error));
    fetch->question.has_since = fetch->state.has_since;
    fetch->question.since = fetch->state.since;
    int64_t had = fetch->state.page_count;
    if (fetch_rest(fetch, error) == STATUS_OK)
        return STATUS_OK;
    if (!is_resumed || fetch->state.page_count > had || !is_forgotten(error))
        return STATUS_ERROR;
    log_info(fetch->job->log, "%s: %s; the reading begins anew", fetch->job->source->name, error->message);
    FetchState anew = {
        .request = fetch->state.request,
        .started_at = clock_now(),
        .has_since = fetch->state.has_since,
        .since = fetch->state.since,
    };
    fetch->question.address = NULL;
    TRY(begin_anew(fetch, &anew, error));
    return fetch_rest(fetch, error);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static Status name_places(Fetch *fetch, Error *error)
{
    const FetchJob *job = fetch->job;
    const char *name = job->source->name;
    if (job->is_trial) {
        const char *temporary = getenv("TMPDIR");
        char *folder =
            arena_printf(&fetch->arena, "%s/closedloop.XXXXXX", temporary && *temporary ? temporary : "/tmp");
        if (!folder)
            return error_no_memory(error);
        if (!mkdtemp(folder))
            return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "%s", folder);
        fetch->folder = folder;
    } else {
        fetch->folder = arena_printf(&fetch->arena, "%s/fetched/%s", job->spool, name);
    }
    fetch->state_path = fetch->folder ? arena_printf(&fetch->arena, "%s/state.json", fetch->folder) : NULL;
    fetch->state_folder = arena_printf(&fetch->arena, "%s/state", job->spool);
    fetch->mark_path = arena_printf(&fetch->arena, "%s/state/%s.fetch.json", job->spool, name);
    fetch->place = address_place(job->source->http->url.data, &fetch->arena);
    return fetch->state_path && fetch->state_folder && fetch->mark_path && fetch->place ? STATUS_OK
                                                                                        : error_no_memory(error);
}

static Status open_fetch(Fetch *fetch, Error *error)
{
    const HttpSource *http = fetch->job->source->http;
    TRY(name_places(fetch, error));
    TRY(credential_load(http, &fetch->credential, error));
    if (http->auth.kind == HTTP_AUTH_CLIENT)
        TRY(token_open(http, &fetch->insister.token, error));
    const Credential *secret = fetch->insister.token ? token_client(fetch->insister.token) : &fetch->credential;
    if (secret->is_exposed)
        log_warning(fetch->job->log, "%s: everybody may read %s; a secret wants mode 0600 or 0640",
                    fetch->job->source->name, secret->place);
    fetch->insister.credential = &fetch->credential;
    fetch->insister.patience = patience_make(http->attempts, http->within);
    fetch->insister.waits = say_wait;
    fetch->insister.context = fetch;
    TRY(http_open(http, &fetch->credential, &fetch->insister.http, error));
    fetch->progress = progress_make(stderr, fetch->job->source->name, 0, fetch->job->is_quiet);
    Status status = fetch_all(fetch, error);
    progress_done(&fetch->progress);
    credential_hide(&fetch->credential, error);
    TRY(status);
    return list_files(fetch, error);
}

Status fetch_pages(const FetchJob *job, Fetch **ret_fetch, Error *error)
{
    Fetch *fetch = calloc(1, sizeof *fetch);
    if (!fetch)
        return error_no_memory(error);
    *fetch = (Fetch){
        .own_job = *job,
        .job = &fetch->own_job,
        .arena = arena_make(ARENA_CEILING),
        .page_arenas = {arena_make(PAGE_ARENA_CEILING), arena_make(PAGE_ARENA_CEILING)},
        .question = {.source = job->source},
        .writer = FILE_WRITER_INIT,
    };
    if (open_fetch(fetch, error) != STATUS_OK) {
        fetch_free(fetch);
        return STATUS_ERROR;
    }
    *ret_fetch = fetch;
    return STATUS_OK;
}

const FileInputs *fetch_files(const Fetch *fetch)
{
    return &fetch->files;
}

Status fetch_finish(Fetch *fetch, Error *error)
{
    FetchMark mark = {.mapping = fetch->job->mapping, .started_at = fetch->state.started_at};
    if (fetch->job->is_trial)
        return STATUS_OK;
    TRY(folder_make(fetch->state_folder, 0700, error));
    TRY(fetch_mark_save(fetch->mark_path, &mark, error));
    return fetch_discard(fetch, error);
}

Status fetch_discard(Fetch *fetch, Error *error)
{
    return fetch->job->is_trial ? STATUS_OK : folder_remove(fetch->folder, error);
}

void fetch_free(Fetch *fetch)
{
    if (!fetch)
        return;
    /* What cannot be removed of a trial is the system's to clean up. */
    Error ignored;
    file_writer_done(&fetch->writer);
    if (fetch->job->is_trial && fetch->folder)
        (void)folder_remove(fetch->folder, &ignored);
    http_free(fetch->insister.http);
    token_free(fetch->insister.token);
    credential_done(&fetch->credential);
    for (size_t i = 0; i < 2; i++)
        arena_done(&fetch->page_arenas[i]);
    arena_done(&fetch->arena);
    free(fetch);
}
