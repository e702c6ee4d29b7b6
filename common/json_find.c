#include "common/json_find.h"

typedef struct Search {
    JsonScanner scanner;
    Text path; /* whole */
    size_t at; /* behind the current step */
    char step[JSON_FIND_STEP_MAX + 1];
    size_t step_size;
} Search;

/* The next step of the path, without its backslashes; false behind the last, or for one that is too long. */
static bool take_step(Search *search)
{
    search->step_size = 0;
    if (search->at > search->path.size)
        return false;
    for (; search->at < search->path.size && search->path.data[search->at] != '.'; search->at++) {
        if (search->path.data[search->at] == '\\' && search->at + 1 < search->path.size)
            search->at++;
        if (search->step_size == JSON_FIND_STEP_MAX)
            return false;
        search->step[search->step_size++] = search->path.data[search->at];
    }
    search->at++;
    return true;
}

/* Goes on to the value of the step's key in the object that was just begun, or to the object's end. */
static Status enter_object(Search *search, bool is_top, bool *ret_found, Error *error)
{
    Text step = {search->step, search->step_size};
    for (;;) {
        JsonToken token;
        TRY(json_scanner_next(&search->scanner, &token, error));
        if (token.type == JSON_OBJECT_END)
            return STATUS_OK;
        bool is_whole = is_top && json_text_equal(token.text, search->path);
        *ret_found = is_whole || json_text_equal(token.text, step);
        if (is_whole)
            search->at = search->path.size + 1;
        if (*ret_found)
            return STATUS_OK;
        TRY(json_scanner_skip(&search->scanner, error));
    }
}

static Status enter_array(Search *search, bool *ret_found, Error *error)
{
    long long index;
    if (!text_to_int64((Text){search->step, search->step_size}, &index) || index < 0)
        return STATUS_OK;
    size_t depth = search->scanner.depth;
    for (; index > 0 && search->scanner.depth == depth; index--)
        TRY(json_scanner_skip(&search->scanner, error));
    *ret_found = search->scanner.depth == depth;
    return STATUS_OK;
}

static Status take_value(const JsonToken *token, Arena *arena, Text *ret_value, Error *error)
{
    switch (token->type) {
    case JSON_STRING:
        return json_unescape(token->text, arena, ret_value, error);
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        *ret_value = token->text;
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

/* Follows the path as far as it leads. */
static Status follow(Search *search, Arena *arena, JsonType *ret_type, Text *ret_value, Error *error)
{
    JsonToken token;
    TRY(json_scanner_next(&search->scanner, &token, error));
    for (bool is_top = true; take_step(search); is_top = false) {
        bool is_found = false;
        if (token.type == JSON_OBJECT_BEGIN)
            TRY(enter_object(search, is_top, &is_found, error));
        else if (token.type == JSON_ARRAY_BEGIN)
            TRY(enter_array(search, &is_found, error));
        if (!is_found)
            return STATUS_OK;
        TRY(json_scanner_next(&search->scanner, &token, error));
        if (token.type == JSON_ARRAY_END)
            return STATUS_OK;
    }
    *ret_type = token.type;
    return take_value(&token, arena, ret_value, error);
}

Status json_find_typed(Text json, Text path, Arena *arena, JsonType *ret_type, Text *ret_value, Error *error)
{
    Search search = {.scanner = json_scanner_make(json), .path = path};
    Text value = TEXT_NULL;
    JsonType type = JSON_NULL;
    JsonToken token;
    TRY(follow(&search, arena, &type, &value, error));
    while (search.scanner.depth)
        TRY(json_scanner_leave(&search.scanner, error));
    Status status = json_scanner_next(&search.scanner, &token, error);
    if (status != STATUS_END)
        return STATUS_ERROR;
    *ret_type = type;
    *ret_value = value;
    return STATUS_OK;
}

Status json_find(Text json, Text path, Arena *arena, Text *ret_value, Error *error)
{
    JsonType type;
    return json_find_typed(json, path, arena, &type, ret_value, error);
}
