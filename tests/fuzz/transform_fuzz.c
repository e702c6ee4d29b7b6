/* Any values in records of any kind: the first byte is the kind, the second the mode, then records parted by 0x1E with
 * values parted by 0x1F. Nothing crashes, and every record is emitted, rejected, duplicate or filtered. */
#include "transform/conversion.h"
#include "transform/kind.h"
#include "transform/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

typedef struct Fixture {
    Source source;
    Config config;
    Arena lists;
    SiteIndex sites;
    CompanyDomains companies;
    SourceRules *rules;
    BotMatcher bots;
    int descriptor; /* of the record file, which has no name */
    char path[64];
} Fixture;

static const Text iso = TEXT("iso");

static Fixture *make_fixture(void)
{
    static Fixture fixture = {
        .source = {.name = "s",
                   .system = "s",
                   .timezone = "America/New_York",
                   .time_formats = &iso,
                   .time_format_count = 1,
                   .decimal = '.',
                   .grouping = ',',
                   .base_url = {"https://example.com", 19}},
        .config = {.reporting = {.timezone = "Europe/Berlin", .currency = "EUR"}},
    };
    Secret secret = {{1}};
    Error error = ERROR_INIT;
    if (fixture.rules)
        return &fixture;
    Classification *lists = &fixture.config.classification;
    fixture.lists = arena_make(8 << 20);
    require(classification_read(&(ClassificationFiles){.sites = NULL}, &fixture.lists, lists, &error) == STATUS_OK);
    require(site_index_make(&lists->sites, &fixture.sites, &error) == STATUS_OK);
    require(company_domains_make(&lists->free_mail, &fixture.companies, &error) == STATUS_OK);
    require(bot_matcher_make(&lists->bots, &fixture.bots, &error) == STATUS_OK);
    require(source_rules_make(&fixture.config, &fixture.source, &fixture.sites, &fixture.companies, &secret,
                              &fixture.rules, &error) == STATUS_OK);
    fixture.descriptor = memfd_create("records", 0);
    snprintf(fixture.path, sizeof fixture.path, "/proc/self/fd/%d", fixture.descriptor);
    return &fixture;
}

static Text take_until(Text *rest, char end)
{
    size_t at = text_find(*rest, end);
    Text piece = {rest->data, at};
    size_t used = at < rest->size ? at + 1 : at;
    *rest = (Text){rest->data + used, rest->size - used};
    return piece;
}

/* Writes the record file; returns how many records it holds. */
static int64_t write_records(const Fixture *fixture, RecordKind kind, Text input)
{
    Error error = ERROR_INIT;
    Buffer buffer = buffer_make(16 << 20);
    int64_t count = 0;
    require(record_encode_header(kind, &buffer, &error) == STATUS_OK);
    for (; input.size; count++) {
        Text rest = take_until(&input, 0x1E);
        Record record = {.line = (uint32_t)count + 1};
        for (size_t i = 0; i < record_spec(kind)->field_count && rest.size; i++)
            record.values[i] = take_until(&rest, 0x1F);
        require(record_encode(kind, &record, &buffer, &error) == STATUS_OK);
    }
    require(ftruncate(fixture->descriptor, 0) == 0);
    require(pwrite(fixture->descriptor, buffer.data, buffer.size, 0) == (ssize_t)buffer.size);
    buffer_done(&buffer);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const Fixture *fixture = make_fixture();
    RecordKind kind = (RecordKind)(data[0] % RECORD_REJECT);
    BatchInput input = {.file = "input"};
    Manifest manifest = {
        .mode = (SourceMode)(data[1] % 3), .read_at = INT64_C(1775440800000000), .inputs = &input, .input_count = 1};
    int64_t count = write_records(fixture, kind, (Text){(const char *)data + 2, size - 2});
    Error error = ERROR_INIT;
    Conversion *conversion = NULL;
    char folder[] = "/tmp/closedloop-fuzz-XXXXXX";
    require(mkdtemp(folder) != NULL);
    require(conversion_make(fixture->rules, &fixture->bots, &manifest, folder, NULL, &conversion, &error) == STATUS_OK);
    Status status = kind == RECORD_VIEW ? view_convert_file(conversion, fixture->path, &error)
                                        : kind_convert_file(conversion, kind, fixture->path, &error);
    require(status == STATUS_OK);
    const BatchCount *found = &conversion->tally.counts[kind];
    require(found->emitted + found->rejected + found->duplicate + found->filtered == count);
    require(content_map_flush(&conversion->contents, &conversion->output, &error) == STATUS_OK);
    conversion_free(conversion);
    require(rmdir(folder) == 0);
    return 0;
}
