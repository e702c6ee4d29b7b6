#include "extract/transport/page.h"

#include "common/json_find.h"
#include "common/time.h"
#include "extract/transport/address.h"
#include "extract/transport/page_body.h"

#include <stdio.h>

static const int64_t second = 1000000;

static Status too_long(Error *error)
{
    return error_set(error, ERROR_DATA, "the request is too long");
}

/* --- times ---------------------------------------------------------------------------------------------------- */

/* Whole seconds, rounded down: more than is needed, never less. */
static size_t write_time(const PageQuestion *question, char out[static TIME_ISO_SIZE])
{
    int64_t seconds = question->since / second - (question->since % second < 0);
    switch (question->source->http->since.format) {
    case HTTP_TIME_EPOCH:
        return (size_t)snprintf(out, TIME_ISO_SIZE, "%lld", (long long)seconds);
    case HTTP_TIME_EPOCH_MS:
        return (size_t)snprintf(out, TIME_ISO_SIZE, "%lld", (long long)seconds * 1000);
    default:
        return time_write_iso(seconds * second, out);
    }
}

Status page_write_since(const PageQuestion *question, Text text, Arena *arena, Text *ret_text, Error *error)
{
    static const char mark[] = "{since}";
    char time[TIME_ISO_SIZE];
    cleanup(buffer_done) Buffer buffer = buffer_make(PAGE_REQUEST_CEILING);
    size_t size = write_time(question, time);
    while (text.size) {
        const char *at = memmem(text.data, text.size, mark, sizeof mark - 1);
        size_t before = at ? (size_t)(at - text.data) : text.size;
        TRY(buffer_append(&buffer, (Text){text.data, before}, error));
        if (!at)
            break;
        TRY(buffer_append(&buffer, (Text){time, size}, error));
        text = (Text){at + sizeof mark - 1, text.size - before - (sizeof mark - 1)};
    }
    *ret_text = arena_copy_text(arena, buffer_text(&buffer));
    return ret_text->data ? STATUS_OK : too_long(error);
}

/* --- the request ---------------------------------------------------------------------------------------------- */

static long long first_number(const HttpSource *http)
{
    long long number = http->paging.kind == HTTP_PAGING_NUMBER;
    for (size_t i = 0; i < http->parameter_count; i++)
        if (text_equal(http->parameters[i].name, http->paging.parameter))
            (void)text_to_int64(http->parameters[i].value, &number);
    return number;
}

static bool counts(const HttpSource *http)
{
    return http->paging.kind == HTTP_PAGING_OFFSET || http->paging.kind == HTTP_PAGING_NUMBER;
}

static const char *add_position(const HttpSource *http, const char *address, const char *position, Arena *arena)
{
    if (position)
        return address_with(address, http->paging.parameter, text_from(position), arena);
    if (!counts(http))
        return address;
    const char *first = arena_printf(arena, "%lld", first_number(http));
    return first ? address_with(address, http->paging.parameter, text_from(first), arena) : NULL;
}

/* The parameters behind an address, which may be empty: then they are a form behind a question mark. */
static Status add_parameters(const PageQuestion *question, const char *position, Arena *arena, const char **address,
                             Error *error)
{
    const HttpSource *http = question->source->http;
    char time[TIME_ISO_SIZE];
    for (size_t i = 0; i < http->parameter_count && *address; i++) {
        Text value;
        TRY(page_write_since(question, http->parameters[i].value, arena, &value, error));
        *address = address_with(*address, http->parameters[i].name, value, arena);
    }
    if (*address && question->has_since && !text_is_null(http->since.parameter)) {
        size_t size = write_time(question, time);
        *address = address_with(*address, http->since.parameter, (Text){time, size}, arena);
    }
    if (*address)
        *address = add_position(http, *address, position, arena);
    return *address ? STATUS_OK : too_long(error);
}

static Status write_form(const PageQuestion *question, const char *position, Arena *arena, HttpRequest *request,
                         Error *error)
{
    const char *form = "";
    TRY(add_parameters(question, position, arena, &form, error));
    request->is_form = true;
    request->body = text_from(*form == '?' ? form + 1 : form);
    request->body_type = "application/x-www-form-urlencoded";
    return STATUS_OK;
}

Status page_request(const PageQuestion *question, const char *position, Arena *arena, HttpRequest *ret_request,
                    Error *error)
{
    const HttpSource *http = question->source->http;
    bool is_address = http->paging.kind == HTTP_PAGING_LINK || http->paging.kind == HTTP_PAGING_NEXT ||
                      http->paging.kind == HTTP_PAGING_SITEMAPS;
    SourceFormat format = question->source->format;
    if (is_address && position && !address_is_same_server(http->url.data, position))
        return error_set(error, ERROR_DATA, "the state of the reading is damaged: it leads to another server");
    HttpRequest request = {
        .address = is_address && position ? position
                   : question->address    ? question->address
                                          : http->url.data,
        .is_post = http->is_post,
        .accept = format == FORMAT_JSON  ? "application/json"
                  : format == FORMAT_XML ? "application/xml, text/xml"
                  : format == FORMAT_CSV ? "text/csv"
                                         : NULL,
    };
    if (http->is_post && text_is_null(http->body)) {
        TRY(write_form(question, is_address ? NULL : position, arena, &request, error));
    } else {
        if (!is_address || !position)
            TRY(add_parameters(question, is_address ? NULL : position, arena, &request.address, error));
        request.body_type = "application/json";
        if (http->is_post)
            TRY(page_write_since(question, http->body, arena, &request.body, error));
    }
    *ret_request = request;
    return STATUS_OK;
}

/* --- the next page -------------------------------------------------------------------------------------------- */

/* The parameters of a link: what stands between semicolons, where quotes hold. */
static bool has_relation(Text parameters, Text relation)
{
    for (size_t at = 0; at < parameters.size;) {
        size_t start = at;
        bool is_quoted = false;
        for (; at < parameters.size && (is_quoted || parameters.data[at] != ';'); at++)
            is_quoted ^= parameters.data[at] == '"';
        Text parameter = text_trim((Text){parameters.data + start, at - start});
        at++;
        size_t equals = text_find(parameter, '=');
        if (equals == parameter.size || !text_is_ignore_case(text_trim((Text){parameter.data, equals}), "rel"))
            continue;
        Text value = text_trim((Text){parameter.data + equals + 1, parameter.size - equals - 1});
        if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
            value = (Text){value.data + 1, value.size - 2};
        /* one relation, or several with blanks between them */
        while (value.size) {
            size_t end = text_find(value, ' ');
            if (text_equal_ignore_case((Text){value.data, end}, relation))
                return true;
            value = text_trim((Text){value.data + end, value.size - end});
        }
    }
    return false;
}

Text page_link(Text header, Text relation)
{
    for (size_t at = 0; at < header.size;) {
        Text rest = {header.data + at, header.size - at};
        size_t open = text_find(rest, '<');
        Text behind = {rest.data + open, rest.size - open};
        size_t close = text_find(behind, '>');
        if (open == rest.size || close == behind.size)
            break;
        size_t start = at + open + close + 1, end = start;
        bool is_quoted = false;
        for (; end < header.size && (is_quoted || header.data[end] != ','); end++)
            is_quoted ^= header.data[end] == '"';
        if (has_relation((Text){header.data + start, end - start}, relation))
            return (Text){behind.data + 1, close - 1};
        at = end + 1;
    }
    return TEXT_NULL;
}

static Text next_of_link(const HttpSource *http, const Page *page)
{
    size_t at = 0;
    Text header, reference = TEXT_NULL;
    while (text_is_null(reference) && http_header(page->answer, "Link", &at, &header))
        reference = page_link(header, http->paging.from);
    return reference;
}

/* Our secret goes where the first page came from, and nowhere else. */
static Status lead_to(const HttpSource *http, const Page *page, Text reference, Arena *arena, const char **ret_position,
                      Error *error)
{
    const char *address;
    if (text_is_empty(text_trim(reference))) {
        *ret_position = NULL;
        return STATUS_OK;
    }
    if (address_resolve(page->address, text_trim(reference), arena, &address, error) != STATUS_OK)
        return error_prefix(error, "the next page");
    if (!address_is_same_server(page->address, address)) {
        const char *place = address_place(address, arena);
        error_set(error, ERROR_DATA, "the next page is on another server, %.300s", place ? place : "");
        return error_hint(error, "our secret goes to no other server: if that is the right one, write it as `url`");
    }
    if (http->auth.kind == HTTP_AUTH_PARAMETER)
        address = address_without(address, http->auth.name, arena);
    *ret_position = address;
    return address ? STATUS_OK : too_long(error);
}

static Status keep(Text value, Arena *arena, const char **ret_position, Error *error)
{
    if (value.size > ADDRESS_MAX)
        return error_set(error, ERROR_DATA, "what leads on to the next page has more than %d bytes", ADDRESS_MAX);
    *ret_position = text_is_empty(value) ? NULL : arena_copy(arena, value);
    return *ret_position || text_is_empty(value) ? STATUS_OK : too_long(error);
}

/* What leads on from the body. Some write false for nothing; an object there is not the end, but not what was meant:
 * to take it for the end would lose all further pages without a word. */
static Status find_lead(const HttpSource *http, const Page *page, Arena *arena, Text *ret_value, Error *error)
{
    JsonType type;
    TRY(json_find_typed(page->body, http->paging.from, arena, &type, ret_value, error));
    if (type == JSON_FALSE || (type == JSON_STRING && text_is_empty(text_trim(*ret_value))))
        *ret_value = TEXT_NULL;
    if (type == JSON_OBJECT_BEGIN || type == JSON_ARRAY_BEGIN || type == JSON_TRUE) {
        error_set(error, ERROR_DATA, "what stands at '%.100s' leads nowhere: it is %s", http->paging.from.data,
                  type == JSON_TRUE ? "true" : "an object or array");
        return error_hint(error, "`paging` must name the place of the value itself");
    }
    return STATUS_OK;
}

/* What the body says at `more`: without that, that there may be more. */
static Status has_more(const HttpSource *http, const Page *page, Arena *arena, bool *ret_more, Error *error)
{
    JsonType type = JSON_TRUE;
    Text more = TEXT("true");
    if (!text_is_null(http->paging.more))
        TRY(json_find_typed(page->body, http->paging.more, arena, &type, &more, error));
    *ret_more = text_is(more, "true");
    if (!*ret_more && type != JSON_NULL && !text_is(more, "false"))
        return error_set(error, ERROR_DATA, "what stands at '%.100s' is neither true nor false",
                         http->paging.more.data);
    return STATUS_OK;
}

static Status next_of_count(const Source *source, const Page *page, Arena *arena, const char **ret_position,
                            Error *error)
{
    const HttpSource *http = source->http;
    long long count, at = first_number(http);
    bool is_more;
    TRY(page_body_count(source, page->body, &count, error));
    TRY(has_more(http, page, arena, &is_more, error));
    if (is_more && count == 0 && !text_is_null(http->paging.more))
        return error_set(error, ERROR_DATA, "the page holds nothing, and says that there is more");
    if (count == 0 || !is_more) {
        *ret_position = NULL;
        return STATUS_OK;
    }
    if (page->position && !text_to_int64(text_from(page->position), &at))
        return error_set(error, ERROR_DATA, "the state of the reading is damaged");
    long long step = http->paging.kind == HTTP_PAGING_OFFSET ? count : 1;
    if (__builtin_add_overflow(at, step, &at))
        return error_set(error, ERROR_DATA, "the pages are more than can be counted");
    const char *position = arena_printf(arena, "%lld", at);
    if (!position)
        return too_long(error);
    *ret_position = position;
    return STATUS_OK;
}

static Status next_of_cursor(const HttpSource *http, const Page *page, Arena *arena, const char **ret_position,
                             Error *error)
{
    Text value;
    bool is_more;
    TRY(find_lead(http, page, arena, &value, error));
    TRY(has_more(http, page, arena, &is_more, error));
    return keep(is_more ? value : TEXT_NULL, arena, ret_position, error);
}

Status page_next(const Source *source, const Page *page, Arena *arena, const char **ret_position, Error *error)
{
    const HttpSource *http = source->http;
    Text value = TEXT_NULL;
    TRY(page_body_check(source, page->body, arena, error));
    switch (http->paging.kind) {
    case HTTP_PAGING_CURSOR:
        return next_of_cursor(http, page, arena, ret_position, error);
    case HTTP_PAGING_NEXT:
        TRY(find_lead(http, page, arena, &value, error));
        return lead_to(http, page, value, arena, ret_position, error);
    case HTTP_PAGING_LINK:
        return lead_to(http, page, next_of_link(http, page), arena, ret_position, error);
    case HTTP_PAGING_LOCATOR:
        value = http_first_header(page->answer, http->paging.from.data);
        return keep(text_is(value, "null") ? TEXT_NULL : value, arena, ret_position, error);
    case HTTP_PAGING_OFFSET:
    case HTTP_PAGING_NUMBER:
        return next_of_count(source, page, arena, ret_position, error);
    default:
        *ret_position = NULL;
        return STATUS_OK;
    }
}
