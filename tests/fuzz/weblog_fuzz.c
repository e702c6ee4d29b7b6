/* Web server logs: whatever the format and the lines are, no crash, every line is emitted or rejected, and where the
 * input is cut makes no difference. The first byte chooses how it is cut, the first line is the log_format. */
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping/mapping.h"

#include "common/buffer.h"
#include "common/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
    if (!is_true)
        abort();
}

static Status take(void *context, RecordKind kind, const Record *record, Error *error)
{
    for (size_t i = 0; i < record_spec(kind)->field_count; i++) {
        check(utf8_is_storable(record->values[i]));
        check(buffer_append(context, record->values[i], error) == STATUS_OK);
        check(buffer_append_byte(context, text_is_null(record->values[i]) ? '-' : ';', error) == STATUS_OK);
    }
    return STATUS_OK;
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    return take(context, RECORD_REJECT, reject, error);
}

static const FieldMapping fields[] = {
    {.field = VIEW_EVENT_ID, .path = TEXT("date")},          {.field = VIEW_VIEWED_AT, .path = TEXT("time")},
    {.field = VIEW_VISITOR, .path = TEXT("ip_address")},     {.field = VIEW_EMAIL, .path = TEXT("forwarded_for")},
    {.field = VIEW_CONTACT_KEY, .path = TEXT("host")},       {.field = VIEW_URL, .path = TEXT("url")},
    {.field = VIEW_TITLE, .path = TEXT("request")},          {.field = VIEW_INTERACTION, .path = TEXT("extension")},
    {.field = VIEW_REFERRER, .path = TEXT("referrer")},      {.field = VIEW_USER_AGENT, .path = TEXT("user_agent")},
    {.field = VIEW_UTM_SOURCE, .path = TEXT("user")},        {.field = VIEW_UTM_MEDIUM, .path = TEXT("status")},
    {.field = VIEW_UTM_CAMPAIGN, .path = TEXT("method")},    {.field = VIEW_UTM_TERM, .path = TEXT("protocol")},
    {.field = VIEW_UTM_CONTENT, .path = TEXT("path")},       {.field = VIEW_CLICK_ID, .path = TEXT("bytes")},
    {.field = VIEW_DWELL_SECONDS, .path = TEXT("duration")},
};

static ErrorCode read_all(const Source *source, Text input, size_t step, Buffer *found)
{
    Error error = ERROR_INIT;
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    RecordSink sink = {.record = take, .reject = take_reject, .context = found};
    FormatResult result;
    check(mapping_compile(source, &mapping, &error) == STATUS_OK);
    check(emitter_make(&mapping, sink, &emitter, &error) == STATUS_OK);
    check(stream_from_memory(input, step, "fuzz", &stream, &error) == STATUS_OK);
    Status status = format_read(&emitter, stream, &result, &error);
    const BatchCount *count = &emitter.counts[RECORD_VIEW];
    check(count->read == count->emitted + count->rejected + count->filtered);
    check(status == STATUS_OK || error.code == ERROR_DATA);
    return error.code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Text input = {(const char *)data + 1, size - 1};
    size_t line = text_find(input, '\n');
    Error error;
    WeblogFormat format;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    if (line == input.size || weblog_format_compile((Text){input.data, line}, &arena, &format, &error) != STATUS_OK)
        return 0;
    RecordMapping mapping = {.kind = RECORD_VIEW, .fields = fields, .field_count = sizeof fields / sizeof *fields};
    Source source = {.name = "fuzz",
                     .format = FORMAT_WEBLOG,
                     .log_format = &format,
                     .record_ceiling = 1024,
                     .mappings = &mapping,
                     .mapping_count = 1};
    input = (Text){input.data + line + 1, input.size - line - 1};
    bool is_gzip = text_starts_with(input, TEXT("\x1F\x8B"));
    cleanup(buffer_done) Buffer whole = buffer_make(1 << 26), cut = buffer_make(1 << 26);
    ErrorCode code = read_all(&source, input, 0, &whole), cut_code = read_all(&source, input, 1 + data[0] % 100, &cut);
    /* A damaged gzip file gives what it can before the error: how much depends on the pieces. */
    check(code == cut_code && (is_gzip || text_equal(buffer_text(&whole), buffer_text(&cut))));
    return 0;
}
