/* The scanner, the unescaping and the stream on any bytes. The stream must give the same records however its blocks are
 * cut, and what it passes as good must be good to the scanner. The first byte is the size of the blocks. */
#include "common/json.h"
#include "common/json_stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct Source {
    Text rest;
    size_t step;
} Source;

static Status source_read(void *context, Text *ret_block, Error *error)
{
    (void)error;
    Source *source = context;
    if (source->rest.size == 0)
        return STATUS_END;
    *ret_block = (Text){source->rest.data, source->step < source->rest.size ? source->step : source->rest.size};
    source->rest = (Text){source->rest.data + ret_block->size, source->rest.size - ret_block->size};
    return STATUS_OK;
}

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void scan(Text input)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    JsonScanner scanner = json_scanner_make(input);
    JsonToken token;
    Error error = ERROR_INIT, check_error = ERROR_INIT;
    Status status;
    while ((status = json_scanner_next(&scanner, &token, &error)) == STATUS_OK) {
        Text text;
        require(token.text.data >= input.data && token.text.data + token.text.size <= input.data + input.size);
        if (token.type != JSON_KEY && token.type != JSON_STRING)
            continue;
        if (json_unescape(token.text, &arena, &text, &check_error) == STATUS_OK)
            require(json_text_equal(token.text, text));
    }
    require((json_check(input, &check_error) == STATUS_OK) == (status == STATUS_END));
    Text text;
    if (json_unescape(input, &arena, &text, &error) == STATUS_OK)
        require(text.size <= input.size && json_text_equal(input, text));
}

/* Two streams over the same bytes, side by side. */
static void compare_streams(Text input, JsonStreamOptions options, size_t step)
{
    Source sources[2] = {{input, step}, {input, input.size + 1}};
    JsonStream streams[2];
    JsonRecord records[2];
    Status statuses[2];
    options.read = source_read;
    for (int i = 0; i < 2; i++) {
        options.context = &sources[i];
        streams[i] = json_stream_make(options);
    }
    do {
        Error errors[2] = {ERROR_INIT, ERROR_INIT};
        for (int i = 0; i < 2; i++)
            statuses[i] = json_stream_next(&streams[i], &records[i], &errors[i]);
        require(statuses[0] == statuses[1]);
        require(strcmp(errors[0].message, errors[1].message) == 0);
        if (statuses[0] != STATUS_OK)
            break;
        require(text_equal(records[0].text, records[1].text) && records[0].line == records[1].line);
        require(records[0].size == records[1].size && records[0].is_last == records[1].is_last);
        require(!records[0].problem == !records[1].problem && strcmp(records[0].detail, records[1].detail) == 0);
        require(records[0].problem || json_check(records[0].text, &errors[0]) == STATUS_OK);
        require(records[0].text.size <= options.record_ceiling);
    } while (true);
    json_stream_done(&streams[0]);
    json_stream_done(&streams[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    Text input = {(const char *)bytes + 1, size - 1};
    size_t step = bytes[0] % 32 + 1u;
    scan(input);
    compare_streams(input, (JsonStreamOptions){.layout = JSON_LINES, .record_ceiling = 64}, step);
    compare_streams(input, (JsonStreamOptions){.layout = JSON_ARRAY, .record_ceiling = 64}, step);
    compare_streams(input, (JsonStreamOptions){.layout = JSON_ARRAY, .path = "a.b", .record_ceiling = 64}, step);
    return 0;
}
