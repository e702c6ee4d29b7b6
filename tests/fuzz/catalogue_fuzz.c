/* Sitemaps and feeds: whatever the bytes are, no crash, every entry read is emitted, rejected or filtered, values can
 * be stored, and the list of an index's sitemaps ends. The first byte chooses the format and how the input is cut. */
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/format/html_text.h"
#include "extract/format/sitemap_index.h"
#include "extract/format/web_time.h"
#include "extract/mapping/mapping.h"

#include "common/config/format_columns.h"
#include "common/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CEILING = 2048 };

static void check(bool is_true)
{
    if (!is_true)
        abort();
}

static Status take(void *context, RecordKind kind, const Record *record, Error *error)
{
    (void)context;
    (void)error;
    for (size_t i = 0; i < record_spec(kind)->field_count; i++)
        check(utf8_is_storable(record->values[i]));
    return STATUS_OK;
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    return take(context, RECORD_REJECT, reject, error);
}

static Status take_address(void *context, size_t line, Text address, Error *error)
{
    (void)context;
    (void)error;
    check(line > 0 && address.size > 0);
    return STATUS_OK;
}

/* Text that was read by other means: anything. */
static void check_texts(Text text)
{
    char iso[WEB_TIME_SIZE];
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    check(web_time_to_iso(text, iso).size <= (text.size > WEB_TIME_SIZE ? text.size : WEB_TIME_SIZE));
    check(html_text(text, &arena).size <= text.size);
}

static void read_all(const Source *source, Text input, size_t step)
{
    Error error;
    FormatResult result;
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    RecordSink sink = {.record = take, .reject = take_reject};
    check(mapping_compile(source, &mapping, &error) == STATUS_OK);
    check(emitter_make(&mapping, sink, &emitter, &error) == STATUS_OK);
    check(stream_from_memory(input, step, "fuzz", &stream, &error) == STATUS_OK);
    if (format_read(&emitter, stream, &result, &error) != STATUS_OK)
        check(error.code == ERROR_DATA);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        const BatchCount *count = &emitter.counts[i];
        check(count->read == count->emitted + count->rejected + count->filtered);
    }
}

static void list_index(Text input, size_t step)
{
    Error error;
    cleanup(stream_freep) Stream *stream = NULL;
    check(stream_from_memory(input, step, "fuzz", &stream, &error) == STATUS_OK);
    check(sitemap_index_list(stream, take_address, NULL, &error) == STATUS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    SourceFormat format = data[0] % 2 ? FORMAT_FEED : FORMAT_SITEMAP;
    size_t step = data[0] / 2;
    Text input = {(const char *)data + 1, size - 1};
    FormatColumns columns = format_columns(format);
    FieldMapping fields[FORMAT_COLUMNS_MAX];
    RecordMapping mappings[FORMAT_COLUMNS_MAX];
    for (size_t i = 0; i < columns.count; i++) {
        fields[i] = (FieldMapping){.field = CONTENT_URL, .path = text_from(columns.names[i])};
        mappings[i] = (RecordMapping){.kind = RECORD_CONTENT, .fields = &fields[i], .field_count = 1};
    }
    Source source = {.name = "fuzz",
                     .format = format,
                     .record_ceiling = CEILING,
                     .mappings = mappings,
                     .mapping_count = columns.count};
    read_all(&source, input, step);
    list_index(input, step);
    check_texts(input);
    return 0;
}
