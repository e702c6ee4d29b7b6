/* The readers of extract: whatever the bytes are, no crash, and every record read is emitted, rejected or filtered. The
 * first byte chooses the format and how the input is cut into blocks. */
#include "extract/emitter.h"
#include "extract/format.h"
#include "extract/mapping/mapping.h"

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

static const FieldMapEntry map[] = {{TEXT(""), TEXT("none")}, {TEXT("1"), TEXT("one")}};

/* Every form of a field, over places that the format has. */
#define EXPRESSIONS(first, second)                                                                                     \
    static const Text first##_paths[] = {TEXT(second), TEXT(#first)};                                                  \
    static const FieldExpression first##_list = {.paths = first##_paths,                                               \
                                                 .path_count = 2,                                                      \
                                                 .form = FORM_SALESFORCE_ID,                                           \
                                                 .lookup = -1,                                                         \
                                                 .map = map,                                                           \
                                                 .map_count = 2};                                                      \
    static const FieldExpression first##_join = {                                                                      \
        .paths = first##_paths, .path_count = 2, .separator = {"; ", 2}, .form = FORM_LOWER, .lookup = -1}

EXPRESSIONS(a, "b[k=1].v");
EXPRESSIONS(c, "b[@k=1]/c");
EXPRESSIONS(x, "a -> b[k^=1].v");

static const FieldMapping json_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("a")},
    {.field = DEAL_NAME, .path = TEXT("b.c"), .value = TEXT("x")},
    {.field = DEAL_ACCOUNT_KEY, .path = TEXT("b[k=1].v")},
    {.field = DEAL_OWNER, .path = TEXT("b.0.a")},
    {.field = DEAL_STAGE, .value = TEXT("constant")},
    {.field = DEAL_AMOUNT, .path = TEXT("b[k^=\xC3\xA4].v")},
    {.field = DEAL_CURRENCY, .path = TEXT("a -> b[k=1].v -> c")},
    {.field = DEAL_IS_WON, .value = TEXT("d"), .expression = &a_list},
    {.field = DEAL_IS_CLOSED, .expression = &a_join},
    {.field = DEAL_CREATED_AT, .path = TEXT("d\\.e")},
};
static const FieldMapping json_each_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT("../a")},
    {.field = LEAD_OTHER_EMAILS, .path = TEXT("b")},
    {.field = LEAD_NAME, .path = TEXT(".")},
    {.field = LEAD_COMPANY, .path = TEXT("a -> b.0")},
};
static const FieldMapping xml_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("@a")},
    {.field = DEAL_NAME, .path = TEXT("b/c"), .value = TEXT("x")},
    {.field = DEAL_ACCOUNT_KEY, .path = TEXT("b[k=1]/v[@k^=1]/w")},
    {.field = DEAL_OWNER, .path = TEXT("@a -> b[k=1]")},
    {.field = DEAL_IS_WON, .expression = &c_list},
    {.field = DEAL_IS_CLOSED, .expression = &c_join},
    {.field = DEAL_CREATED_AT, .path = TEXT(".")},
};
static const FieldMapping xml_each_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT("../@a")},
    {.field = LEAD_OTHER_EMAILS, .path = TEXT("c")},
    {.field = LEAD_NAME, .path = TEXT("c")},
};
static const FieldMapping piece_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT(".")},
    {.field = LEAD_NAME, .path = TEXT(". -> a")},
};
static const FieldMapping number_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("1")},
    {.field = DEAL_NAME, .path = TEXT("9"), .is_optional = true},
    {.field = DEAL_OWNER, .path = TEXT("1 -> b[k=1].v")},
    {.field = DEAL_CREATED_AT, .path = TEXT("2"), .value = TEXT("x")},
};
static const FieldMapping column_fields[] = {
    {.field = DEAL_KEY, .path = TEXT("a"), .is_optional = true},
    {.field = DEAL_IS_WON, .expression = &x_list, .is_optional = true},
    {.field = DEAL_IS_CLOSED, .expression = &x_join, .is_optional = true},
};
static const FieldMapping group_fields[] = {
    {.field = LEAD_CONTACT_KEY, .path = TEXT("../a"), .is_optional = true},
    {.field = LEAD_NAME, .path = TEXT("v")},
    {.field = LEAD_COMPANY, .path = TEXT(".")},
    {.field = LEAD_TITLE, .path = TEXT("v -> a")},
};
static const Text wanted[] = {TEXT(""), TEXT("1"), TEXT("a\xC3\xA4")};

#define FIELDS(list) .fields = (list), .field_count = sizeof(list) / sizeof *(list)

/* What is made of a nested record: deals, leads of elements, and leads of the pieces of a list. */
static size_t map_nested(bool is_xml, RecordMapping mappings[static 3])
{
    static const OnlyFilter only[] = {{.path = TEXT("b.d"), .values = wanted, .value_count = 3}};
    static const OnlyFilter unless[] = {{.path = TEXT("a -> b[k=1].v"), .values = wanted + 1, .value_count = 2}};
    mappings[0] = is_xml
                      ? (RecordMapping){.kind = RECORD_DEAL, FIELDS(xml_fields)}
                      : (RecordMapping){.kind = RECORD_DEAL, FIELDS(json_fields), .unless = unless, .unless_count = 1};
    mappings[1] = is_xml
                      ? (RecordMapping){.kind = RECORD_LEAD, FIELDS(xml_each_fields)}
                      : (RecordMapping){.kind = RECORD_LEAD, FIELDS(json_each_fields), .only = only, .only_count = 1};
    mappings[1].each_form = EACH_ELEMENT;
    mappings[1].each = is_xml ? TEXT("b") : TEXT("b.f");
    mappings[2] = (RecordMapping){.kind = RECORD_LEAD,
                                  .each_form = EACH_PIECE,
                                  .each = is_xml ? TEXT("b/c") : TEXT("b.c"),
                                  .each_by = TEXT(";"),
                                  FIELDS(piece_fields)};
    return 3;
}

static size_t map_table(bool has_header, RecordMapping mappings[static 3])
{
    mappings[0] = has_header ? (RecordMapping){.kind = RECORD_DEAL, FIELDS(column_fields)}
                             : (RecordMapping){.kind = RECORD_DEAL, FIELDS(number_fields)};
    mappings[1] = (RecordMapping){.kind = RECORD_LEAD,
                                  .each_form = EACH_PIECE,
                                  .each = has_header ? TEXT("b") : TEXT("2"),
                                  .each_by = TEXT("; "),
                                  .each_is_optional = true,
                                  FIELDS(piece_fields)};
    mappings[2] =
        (RecordMapping){.kind = RECORD_LEAD, .each_form = EACH_COLUMNS, .each = TEXT("p#_"), FIELDS(group_fields)};
    return has_header ? 3 : 2;
}

static Source make_source(SourceFormat format, bool has_header, RecordMapping mappings[static 3])
{
    bool is_table = format == FORMAT_CSV || format == FORMAT_TSV, is_xml = format == FORMAT_XML;
    return (Source){.name = "fuzz",
                    .format = format,
                    .record = is_xml ? TEXT("r") : TEXT_NULL,
                    .record_ceiling = 4096,
                    .delimiter = format == FORMAT_TSV ? '\t' : ',',
                    .quote = format == FORMAT_TSV ? '\0' : '"',
                    .has_header = has_header,
                    .mappings = mappings,
                    .mapping_count = is_table ? map_table(has_header, mappings) : map_nested(is_xml, mappings)};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Error error;
    RecordMapping mappings[3];
    FormatResult result;
    Source source = make_source((SourceFormat)(data[0] % 5), data[0] & 128, mappings);
    Text input = {(const char *)data + 1, size - 1};
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    RecordSink sink = {.record = take, .reject = take_reject, .name = take_name};
    check(mapping_compile(&source, &mapping, &error) == STATUS_OK);
    check(emitter_make(&mapping, sink, &emitter, &error) == STATUS_OK);
    check(stream_from_memory(input, data[0] % 128 / 5, "fuzz", &stream, &error) == STATUS_OK);
    if (format_read(&emitter, stream, &result, &error) != STATUS_OK)
        check(error.code == ERROR_DATA);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        const BatchCount *count = &emitter.counts[i];
        check(count->read == count->emitted + count->rejected + count->filtered);
    }
    return 0;
}
