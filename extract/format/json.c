#include "extract/format.h"

#include "common/json_stream.h"
#include "common/utf8.h"
#include "extract/mapping/json_walk.h"

#include <stdio.h>

typedef struct JsonReader {
    Emitter *emitter;
    JsonWalk walk; /* its flaw is of the record at hand */
} JsonReader;

static Status next(JsonReader *reader, JsonToken *ret_token)
{
    return json_scanner_next(&reader->walk.scanner, ret_token, reader->walk.flaw);
}

/* --- nested elements ------------------------------------------------------------------------------------------ */

static bool is_index(Text step, int64_t index)
{
    long long number;
    return text_to_int64(step, &number) && number == index;
}

static Status take_element(JsonReader *reader, size_t scope, const JsonToken *first, Error *error)
{
    if (first->type == JSON_NULL)
        return STATUS_OK;
    emitter_clear_scope(reader->emitter, scope);
    TRY(json_walk(&reader->walk, &reader->emitter->mapping->scopes[scope].root, first));
    return emitter_emit(reader->emitter, scope, json_walk_span(&reader->walk, first), error);
}

/* The elements of a scope below the value that began with the token; arrays on the way are unfolded unless the path
 * names one of their elements. The text was read once and is whole, so that an error is the emitter's, and no deeper
 * than JSON_DEPTH_MAX. */
static Status unfold(JsonReader *reader, size_t scope, size_t step, const JsonToken *first, Error *error)
{
    const MappingScope *nested = &reader->emitter->mapping->scopes[scope];
    bool is_there = step == nested->path.count;
    JsonToken token;
    if (first->type == JSON_ARRAY_BEGIN) {
        bool is_named =
            !is_there && nested->path.steps[step].name.data[0] >= '0' && nested->path.steps[step].name.data[0] <= '9';
        for (int64_t index = 0;; index++) {
            TRY(next(reader, &token));
            if (token.type == JSON_ARRAY_END)
                return STATUS_OK;
            if (is_named && !is_index(nested->path.steps[step].name, index))
                TRY(json_walk_pass(&reader->walk, &token));
            else
                TRY(unfold(reader, scope, step + is_named, &token, error));
        }
    }
    if (is_there)
        return take_element(reader, scope, first, error);
    while (first->type == JSON_OBJECT_BEGIN) {
        TRY(next(reader, &token));
        if (token.type == JSON_OBJECT_END)
            return STATUS_OK;
        bool is_wanted = json_text_equal(token.text, nested->path.steps[step].name);
        TRY(next(reader, &token));
        TRY(is_wanted ? unfold(reader, scope, step + 1, &token, error) : json_walk_pass(&reader->walk, &token));
    }
    return STATUS_OK;
}

static Status emit_scopes(JsonReader *reader, Text text, Error *error)
{
    Emitter *emitter = reader->emitter;
    TRY(emitter_emit(emitter, 0, text, error));
    for (size_t scope = 1; scope < emitter->mapping->scope_count; scope++) {
        JsonToken first;
        if (emitter->mapping->scopes[scope].form != EACH_ELEMENT)
            continue;
        reader->walk.scanner = json_scanner_make(text);
        TRY(next(reader, &first));
        TRY(unfold(reader, scope, 0, &first, error));
    }
    return STATUS_OK;
}

/* --- records -------------------------------------------------------------------------------------------------- */

static Status reject(JsonReader *reader, const JsonRecord *record, const char *code, const char *reason, Error *error)
{
    bool is_whole = record->text.size == record->size;
    if (!record->has_end && is_whole && reader->emitter->mapping->source->mode == MODE_APPEND)
        return emitter_reject_cut_off(reader->emitter, record->line, record->text, error);
    if (text_is(text_from(code), "malformed_json") && is_whole && !utf8_is_valid(record->text)) {
        code = "bad_utf8";
        reason = "holds bytes that are no UTF-8";
    }
    return emitter_reject_begun(reader->emitter, code, reason, record->text, error);
}

/* The whole text, to its end: only then is it known to be JSON. */
static Status scan(JsonReader *reader, const TrieNode *root, Text text)
{
    reader->walk.scanner = json_scanner_make(text);
    JsonToken first, behind;
    TRY(next(reader, &first));
    bool is_record = first.type == JSON_OBJECT_BEGIN || (first.type == JSON_ARRAY_BEGIN && root->has_elements) ||
                     root->slot != TRIE_NO_SLOT;
    TRY(json_walk(&reader->walk, root, &first));
    Status status = next(reader, &behind);
    if (status == STATUS_END && !is_record)
        return error_set(reader->walk.flaw, ERROR_DATA, "is a value, and not an object");
    return status == STATUS_END ? STATUS_OK : STATUS_ERROR;
}

static Status take(JsonReader *reader, const JsonRecord *record, Error *error)
{
    Emitter *emitter = reader->emitter;
    TRY(emitter_begin(emitter, record->line, error));
    if (record->problem)
        return reject(reader, record, record->problem, record->detail, error);
    Error flaw;
    reader->walk.flaw = &flaw;
    if (scan(reader, &emitter->mapping->scopes[0].root, record->text) != STATUS_OK)
        return reject(reader, record, "malformed_json", flaw.message, error);
    if (emitter->sink.name)
        TRY(json_names_report(emitter, record->text, error));
    reader->walk.flaw = error;
    return emit_scopes(reader, record->text, error);
}

static Status read_block(void *context, Text *ret_block, Error *error)
{
    return stream_read(context, ret_block, error);
}

static bool is_empty(const Stream *stream)
{
    return stream_raw_bytes(stream) == 0;
}

static Status read_all(JsonReader *reader, JsonStream *records, FormatResult *result, Error *error)
{
    JsonRecord record;
    Status status;
    while (!emitter_is_full(reader->emitter) && (status = json_stream_next(records, &record, error)) != STATUS_END) {
        TRY(status);
        result->has_content = true;
        if (record.problem && record.is_last) {
            result->is_broken = true;
            result->broken_line = record.line;
            snprintf(result->broken_reason, sizeof result->broken_reason, "%s", record.detail);
        }
        TRY(take(reader, &record, error));
    }
    return STATUS_OK;
}

Status json_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    const Source *source = emitter->mapping->source;
    JsonReader reader = {.emitter = emitter, .walk = {.values = emitter->values}};
    cleanup(json_stream_done) JsonStream records = json_stream_make((JsonStreamOptions){
        .layout = source->format == FORMAT_JSON ? JSON_ARRAY : JSON_LINES,
        .read = read_block,
        .context = stream,
        .path = text_is_empty(source->record) ? NULL : source->record.data,
        .record_ceiling = source->record_ceiling,
        .leave_unchecked = source->format == FORMAT_NDJSON,
    });
    /* An array that is there and empty says that there is nothing; without one the stream fails. */
    Status status = read_all(&reader, &records, result, error);
    if (status == STATUS_ERROR && error->code == ERROR_DATA && is_empty(stream)) {
        error_clear(error);
        return STATUS_OK;
    }
    if (status == STATUS_OK && source->format == FORMAT_JSON && !is_empty(stream))
        result->has_content = true;
    if (status == STATUS_ERROR && error->code == ERROR_DATA &&
        !text_starts_with(text_from(error->message), text_from(stream_name(stream))))
        return error_prefix(error, "%s", stream_name(stream));
    return status;
}
