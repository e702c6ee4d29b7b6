#include "extract/transport/page_body.h"

#include "common/config/http_source.h"
#include "common/json_find.h"
#include "common/json_stream.h"
#include "common/xml.h"

#include <stdio.h>

enum { QUOTE_MAX = 300 };

bool page_body_is_seen(const Source *source)
{
    return source->format == FORMAT_JSON || source->format == FORMAT_XML;
}

/* A body as a stream of one block. */
static Status give_whole(void *context, Text *ret_block, Error *error)
{
    (void)error;
    Text *whole = context;
    if (text_is_null(*whole))
        return STATUS_END;
    *ret_block = *whole;
    *whole = TEXT_NULL;
    return STATUS_OK;
}

static Status is_cut(const char *what, Error *error)
{
    error_prefix(error, "the page is no %s, or is cut", what);
    error->code = ERROR_DATA;
    error->is_retryable = true;
    return STATUS_ERROR;
}

/* --- xml ------------------------------------------------------------------------------------------------------ */

typedef Status TakeElement(void *context, const XmlRecord *record, Error *error);

static Status each_element(const Source *source, const char *path, Text body, TakeElement *take, void *context,
                           Error *error)
{
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    XmlRecord record;
    Status status;
    TRY(xml_reader_new(give_whole, &body, path, source->record_ceiling, &reader, error));
    while ((status = xml_reader_next(reader, &record, error)) == STATUS_OK) {
        if (record.problem && strcmp(record.problem, "malformed_xml") == 0) {
            error_set(error, ERROR_DATA, "line %zu: %s", record.line, record.message);
            return is_cut("XML", error);
        }
        TRY(take(context, &record, error));
    }
    return status == STATUS_END ? STATUS_OK : STATUS_ERROR;
}

static Status count_element(void *context, const XmlRecord *record, Error *error)
{
    (void)record, (void)error;
    ++*(long long *)context;
    return STATUS_OK;
}

/* The text that is looked for in elements of a path: an attribute's, or their own. */
typedef struct Complaint {
    Text attribute; /* absent: their own */
    Arena *arena;
    Text found;
} Complaint;

static Status take_complaint(void *context, const XmlRecord *record, Error *error)
{
    Complaint *complaint = context;
    if (complaint->found.size || record->problem)
        return STATUS_OK;
    Text value = TEXT_NULL;
    if (!text_is_null(complaint->attribute))
        value = xml_record_member(record, 0, complaint->attribute, true);
    else if (record->event_count && record->events[record->event_count - 1].kind == XML_EVENT_TEXT)
        value = record->events[record->event_count - 1].value;
    if (text_is_empty(value))
        return STATUS_OK;
    complaint->found = arena_copy_text(complaint->arena, value);
    return complaint->found.data ? STATUS_OK : error_no_memory(error);
}

static Status find_in_xml(const Source *source, Text body, Arena *arena, Text *ret_found, Error *error)
{
    Text path = source->http->error;
    Complaint complaint = {.arena = arena};
    const char *at = memmem(path.data, path.size, "/@", 2);
    if (at) {
        complaint.attribute = (Text){at + 2, path.size - (size_t)(at + 2 - path.data)};
        path.size = (size_t)(at - path.data);
    }
    const char *element = arena_copy(arena, path);
    if (!element)
        return error_no_memory(error);
    TRY(each_element(source, element, body, take_complaint, &complaint, error));
    *ret_found = complaint.found;
    return STATUS_OK;
}

/* --- both ----------------------------------------------------------------------------------------------------- */

/* Whether the words are about who may do what: not every server has a status for that. */
static bool is_about_access(Text words)
{
    static const char *const signs[] = {"token", "authenti", "authoriz", "access", "permission", "log in", "logged in"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        for (size_t at = 0; at + strlen(signs[i]) <= words.size; at++)
            if (text_is_ignore_case((Text){words.data + at, strlen(signs[i])}, signs[i]))
                return true;
    return false;
}

static Status complain(Text words, Error *error)
{
    if (text_is_empty(words))
        return STATUS_OK;
    return error_set(error, is_about_access(words) ? ERROR_PERMISSION : ERROR_DATA, "the server says: %.*s",
                     (int)(words.size < QUOTE_MAX ? words.size : QUOTE_MAX), words.data);
}

static Status check_json(const Source *source, Text body, Arena *arena, Error *error)
{
    Text path = source->http->error, words;
    if (json_find(body, text_is_null(path) ? TEXT("") : path, arena, &words, error) != STATUS_OK)
        return is_cut("JSON", error);
    return text_is_null(path) ? STATUS_OK : complain(words, error);
}

static Status check_xml(const Source *source, Text body, Arena *arena, Error *error)
{
    Text words = TEXT_NULL;
    long long count = 0;
    if (!text_is_null(source->http->error))
        TRY(find_in_xml(source, body, arena, &words, error));
    else
        TRY(each_element(source, source->record.data, body, count_element, &count, error));
    return complain(words, error);
}

Status page_body_check(const Source *source, Text body, Arena *arena, Error *error)
{
    if (source->format == FORMAT_JSON)
        return check_json(source, body, arena, error);
    return source->format == FORMAT_XML ? check_xml(source, body, arena, error) : STATUS_OK;
}

Status page_body_count(const Source *source, Text body, long long *ret_count, Error *error)
{
    *ret_count = 0;
    if (source->format == FORMAT_XML)
        return each_element(source, source->record.data, body, count_element, ret_count, error);
    cleanup(json_stream_done) JsonStream stream = json_stream_make((JsonStreamOptions){
        .layout = JSON_ARRAY,
        .read = give_whole,
        .context = &body,
        .path = text_is_null(source->record) ? NULL : source->record.data,
        .record_ceiling = source->record_ceiling,
    });
    JsonRecord record;
    Status status;
    while ((status = json_stream_next(&stream, &record, error)) == STATUS_OK)
        ++*ret_count;
    return status == STATUS_END ? STATUS_OK : STATUS_ERROR;
}
