/* The readers of extract: whatever the bytes are, no crash, and every record read is emitted, rejected or filtered. The
 * first byte chooses the format and how the input is cut into blocks. */
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping.h"

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

static void take_name(void *context, Text path)
{
    (void)context;
    check(path.size > 0 || path.data);
}

static const FieldMapping json_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("a")},
    {.field = DEAL_NAME, .path = TEXT("b.c"), .value = TEXT("x")},
    {.field = DEAL_OWNER, .path = TEXT("b.0.a")},
    {.field = DEAL_STAGE, .value = TEXT("constant")},
    {.field = DEAL_CREATED_AT, .path = TEXT("d\\.e")},
};
static const FieldMapping json_each_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT("../a")},
    {.field = LEAD_OTHER_EMAILS, .path = TEXT("b")},
    {.field = LEAD_NAME, .path = TEXT(".")},
};
static const FieldMapping xml_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("@a")},
    {.field = DEAL_NAME, .path = TEXT("b/c"), .value = TEXT("x")},
    {.field = DEAL_CREATED_AT, .path = TEXT(".")},
};
static const FieldMapping xml_each_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT("../@a")},
    {.field = LEAD_NAME, .path = TEXT("c")},
};
static const FieldMapping table_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("1")},
    {.field = DEAL_CREATED_AT, .path = TEXT("2"), .value = TEXT("x")},
};
static const Text wanted[] = {TEXT(""), TEXT("1"), TEXT("a\xC3\xA4")};

static Source make_source(SourceFormat format, RecordMapping mappings[static 2])
{
    bool is_table = format == FORMAT_CSV || format == FORMAT_TSV, is_xml = format == FORMAT_XML;
    static const OnlyFilter json_only[] = {{.path = TEXT("b.d"), .values = wanted, .value_count = 3}};
    mappings[0] = (RecordMapping){.kind = RECORD_DEAL,
                                  .fields = is_table ? table_fields
                                            : is_xml ? xml_fields
                                                     : json_fields,
                                  .field_count = is_table ? 2
                                                 : is_xml ? 3
                                                          : 5};
    mappings[1] = (RecordMapping){.kind = RECORD_LEAD,
                                  .each_form = EACH_ELEMENT,
                                  .each = is_xml ? TEXT("b") : TEXT("b.f"),
                                  .fields = is_xml ? xml_each_fields : json_each_fields,
                                  .field_count = is_xml ? 2 : 3,
                                  .only = json_only,
                                  .only_count = is_xml ? 0 : 1};
    return (Source){.name = "fuzz",
                    .format = format,
                    .record = is_xml ? TEXT("r") : TEXT_NULL,
                    .record_ceiling = 4096,
                    .delimiter = format == FORMAT_TSV ? '\t' : ',',
                    .quote = format == FORMAT_TSV ? '\0' : '"',
                    .mappings = mappings,
                    .mapping_count = is_table ? 1 : 2};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Error error;
    RecordMapping mappings[2];
    FormatResult result;
    Source source = make_source((SourceFormat)(data[0] % 5), mappings);
    Text input = {(const char *)data + 1, size - 1};
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    RecordSink sink = {.record = take, .reject = take_reject, .name = take_name};
    check(mapping_compile(&source, &mapping, &error) == STATUS_OK);
    check(emitter_make(&mapping, sink, &emitter, &error) == STATUS_OK);
    check(stream_from_memory(input, data[0] / 5, "fuzz", &stream, &error) == STATUS_OK);
    if (format_read(&emitter, stream, &result, &error) != STATUS_OK)
        check(error.code == ERROR_DATA);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        const BatchCount *count = &emitter.counts[i];
        check(count->read == count->emitted + count->rejected + count->filtered);
    }
    return 0;
}
