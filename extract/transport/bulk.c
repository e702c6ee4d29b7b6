#include "extract/transport/bulk.h"

#include "common/json_find.h"
#include "common/json_writer.h"

enum { ANSWER_CEILING = 1 << 20, JOB_ID_MAX = 64, FIRST_WAIT = 1000, LONGEST_WAIT = 30000 };

/* What the server says of a job. */
typedef struct JobAnswer {
    Buffer body;
    Arena arena;
    Text id, state, complaint;
} JobAnswer;

static Status begin(void *context, Error *error)
{
    (void)error;
    JobAnswer *answer = context;
    buffer_clear(&answer->body);
    arena_clear(&answer->arena);
    return STATUS_OK;
}

static Status take(void *context, Text bytes, Error *error)
{
    return buffer_append(&((JobAnswer *)context)->body, bytes, error);
}

static bool is_id(Text id)
{
    for (size_t i = 0; i < id.size; i++)
        if (!((id.data[i] >= '0' && id.data[i] <= '9') || ((id.data[i] | 0x20) >= 'a' && (id.data[i] | 0x20) <= 'z')))
            return false;
    return id.size > 0 && id.size <= JOB_ID_MAX;
}

static Status end(void *context, const HttpAnswer *http_answer, Error *error)
{
    (void)http_answer;
    JobAnswer *answer = context;
    Text body = buffer_text(&answer->body);
    if (json_find(body, TEXT("id"), &answer->arena, &answer->id, error) != STATUS_OK ||
        json_find(body, TEXT("state"), &answer->arena, &answer->state, error) != STATUS_OK ||
        json_find(body, TEXT("errorMessage"), &answer->arena, &answer->complaint, error) != STATUS_OK) {
        error_prefix(error, "the answer about the job is no JSON, or is cut");
        error->is_retryable = true;
        return STATUS_ERROR;
    }
    return is_id(answer->id) ? STATUS_OK : error_set(error, ERROR_DATA, "the answer names no job");
}

static void job_answer_done(JobAnswer *answer)
{
    buffer_done(&answer->body);
    arena_done(&answer->arena);
}

static Status write_order(const PageQuestion *question, Arena *arena, Buffer *buffer, Error *error)
{
    const HttpSource *http = question->source->http;
    Text soql;
    TRY(page_write_since(question, http->job.soql, arena, &soql, error));
    JsonWriter writer = json_writer_make(buffer, false);
    json_write_object_begin(&writer);
    json_write_key(&writer, TEXT("operation"));
    json_write_string(&writer, http->job.with_deleted ? TEXT("queryAll") : TEXT("query"));
    json_write_key(&writer, TEXT("query"));
    json_write_string(&writer, soql);
    json_write_object_end(&writer);
    return json_writer_end(&writer, error);
}

Status bulk_create(Insister *insister, const PageQuestion *question, Arena *arena, const char **ret_job, Error *error)
{
    cleanup(buffer_done) Buffer order = buffer_make(PAGE_REQUEST_CEILING);
    cleanup(job_answer_done)
        JobAnswer answer = {.body = buffer_make(ANSWER_CEILING), .arena = arena_make(ANSWER_CEILING)};
    TRY(write_order(question, arena, &order, error));
    HttpRequest request = {
        .address = question->source->http->url.data,
        .is_post = true,
        .body = buffer_text(&order),
        .body_type = "application/json",
        .accept = "application/json",
    };
    TRY(insist(insister, &request, &(InsistWork){begin, take, end, &answer}, error));
    *ret_job = arena_copy(arena, answer.id);
    return *ret_job ? STATUS_OK : error_no_memory(error);
}

/* STATUS_END once it is complete. */
static Status judge(const JobAnswer *answer, Error *error)
{
    if (text_is(answer->state, "JobComplete"))
        return STATUS_END;
    if (text_is(answer->state, "Failed") || text_is(answer->state, "Aborted"))
        return error_set(error, ERROR_DATA, "the job ended as %.*s: %.*s", TEXT_PRINTF(answer->state),
                         (int)(answer->complaint.size < 300 ? answer->complaint.size : 300),
                         answer->complaint.data ? answer->complaint.data : "");
    return STATUS_OK;
}

Status bulk_await(Insister *insister, const HttpSource *http, const char *job, Arena *arena, const char **ret_address,
                  Error *error)
{
    cleanup(job_answer_done)
        JobAnswer answer = {.body = buffer_make(ANSWER_CEILING), .arena = arena_make(ANSWER_CEILING)};
    const char *address = arena_printf(arena, "%s/%s", http->url.data, job);
    const char *results = arena_printf(arena, "%s/%s/results", http->url.data, job);
    HttpRequest request = {.address = address, .accept = "application/json"};
    if (!is_id(text_from(job)))
        return error_set(error, ERROR_DATA, "the state of the reading is damaged: it names no job");
    Patience limit = patience_make(1, http->job.within);
    if (!address || !results)
        return error_no_memory(error);
    for (int64_t wait = FIRST_WAIT;; wait = wait * 2 < LONGEST_WAIT ? wait * 2 : LONGEST_WAIT) {
        TRY(insist(insister, &request, &(InsistWork){begin, take, end, &answer}, error));
        Status status = judge(&answer, error);
        if (status == STATUS_END)
            break;
        TRY(status);
        if (patience_left(&limit) == 0 || patience_left(&insister->patience) == 0) {
            error_set(error, ERROR_BUSY, "the job is not done yet");
            return error_hint(error, "run again later: it is waited for, and not begun anew");
        }
        TRY(patience_wait(wait, error));
    }
    *ret_address = results;
    return STATUS_OK;
}
