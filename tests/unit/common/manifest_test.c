#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Fixture {
    Arena arena;
    Buffer buffer;
    Error error;
    Manifest manifest;
} Fixture;

static const BatchInput inputs[] = {
    {"/data/deals-1.xml.gz", {{1, 2, 3}}, 100, 900, 1775440800000000},
    {"/data/deals \"2\".xml", {{4, 5, 6}}, 50, 50, 1775440800123456},
};
static const BatchCount counts[] = {
    {RECORD_DEAL, 10, 6, 2, 1, 1},
    {RECORD_DEAL_CONTACT, 3, 3, 0, 0, 0},
};
static const BatchFilter filters[] = {
    {RECORD_DEAL, "mapping", 1},
};
static const char *const columns[] = {"deal_id", "name"};
static const BatchFile files[] = {
    {"deal", "deal.copy", 6, 600, {{7}}, columns, 2},
    {"deal_contact", "deal_contact.copy", 3, 30, {{8}}, NULL, 0},
};
static const int32_t days[] = {0, 20454, 20455};

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    fixture->arena = arena_make(16 << 20);
    fixture->buffer = buffer_make(16 << 20);
    fixture->manifest = (Manifest){
        .mapping_digest = {{0xAB}},
        .secret_fingerprint = {{0xCD}},
        .source = "crm-deals",
        .system = "crm",
        .mode = MODE_SNAPSHOT,
        .read_at = 1775440800000000, /* 2026-04-06T02:00:00Z */
        .sequence = 3,
        .max_deleted = 20,
        .is_deletion_blocked = true,
        .first_at = 0,
        .last_at = 1,
        .days = days,
        .day_count = 3,
        .inputs = inputs,
        .input_count = 2,
        .counts = counts,
        .count_count = 2,
        .filters = filters,
        .filter_count = 1,
        .files = files,
        .file_count = 2,
    };
    manifest_seal(&fixture->manifest);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    arena_done(&fixture->arena);
    buffer_done(&fixture->buffer);
    test_free(fixture);
    return 0;
}

static Text written(Fixture *fixture)
{
    buffer_clear(&fixture->buffer);
    assert_int_equal(manifest_write(&fixture->manifest, &fixture->buffer, &fixture->error), STATUS_OK);
    return buffer_text(&fixture->buffer);
}

static Status parse(Fixture *fixture, const char *json, Manifest *ret_manifest)
{
    return manifest_parse(text_from(json), "m.json", &fixture->arena, ret_manifest, &fixture->error);
}

/* The written manifest with one text in it replaced. */
static const char *altered(Fixture *fixture, const char *from, const char *to)
{
    Text text = written(fixture);
    const char *found = strstr(text.data, from);
    assert_non_null(found);
    char *copy =
        arena_printf(&fixture->arena, "%.*s%s%s", (int)(found - text.data), text.data, to, found + strlen(from));
    assert_non_null(copy);
    return copy;
}

static void assert_refused(Fixture *fixture, const char *from, const char *to, const char *message)
{
    Manifest untouched = {.sequence = 77};
    assert_int_equal(parse(fixture, altered(fixture, from, to), &untouched), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_DATA);
    assert_string_equal(fixture->error.message, message);
    assert_int_equal(untouched.sequence, 77);
}

static void writes_what_people_can_read(void **state)
{
    Fixture *fixture = *state;
    fixture->manifest.batch_id = (Key){{0x11}};
    fixture->manifest.input_digest = (Key){{0x22}};
    fixture->manifest.input_count = 1;
    fixture->manifest.count_count = 1;
    fixture->manifest.day_count = 2;
    assert_string_equal(written(fixture).data, "{\n"
                                               "  \"version\": 1,\n"
                                               "  \"batch_id\": \"11000000000000000000000000000000\",\n"
                                               "  \"source\": \"crm-deals\",\n"
                                               "  \"system\": \"crm\",\n"
                                               "  \"mode\": \"snapshot\",\n"
                                               "  \"read_at\": \"2026-04-06T02:00:00Z\",\n"
                                               "  \"sequence\": 3,\n"
                                               "  \"input_digest\": \"22000000000000000000000000000000\",\n"
                                               "  \"mapping_digest\": \"ab000000000000000000000000000000\",\n"
                                               "  \"secret_fingerprint\": \"cd000000000000000000000000000000\",\n"
                                               "  \"max_deleted\": 20,\n"
                                               "  \"is_refused\": false,\n"
                                               "  \"is_deletion_blocked\": true,\n"
                                               "  \"has_duplicates_left\": false,\n"
                                               "  \"first_at\": \"1970-01-01T00:00:00Z\",\n"
                                               "  \"last_at\": \"1970-01-01T00:00:00.000001Z\",\n"
                                               "  \"days\": [\n"
                                               "    \"1970-01-01\",\n"
                                               "    \"2026-01-01\"\n"
                                               "  ],\n"
                                               "  \"counts\": [\n"
                                               "    {\n"
                                               "      \"kind\": \"deal\",\n"
                                               "      \"read\": 10,\n"
                                               "      \"emitted\": 6,\n"
                                               "      \"rejected\": 2,\n"
                                               "      \"duplicate\": 1,\n"
                                               "      \"filtered\": 1\n"
                                               "    }\n"
                                               "  ],\n"
                                               "  \"filters\": [\n"
                                               "    {\n"
                                               "      \"kind\": \"deal\",\n"
                                               "      \"reason\": \"mapping\",\n"
                                               "      \"records\": 1\n"
                                               "    }\n"
                                               "  ],\n"
                                               "  \"inputs\": [\n"
                                               "    {\n"
                                               "      \"file\": \"/data/deals-1.xml.gz\",\n"
                                               "      \"digest\": \"01020300000000000000000000000000\",\n"
                                               "      \"raw_bytes\": 100,\n"
                                               "      \"decoded_bytes\": 900,\n"
                                               "      \"modified_at\": \"2026-04-06T02:00:00Z\"\n"
                                               "    }\n"
                                               "  ],\n"
                                               "  \"files\": [\n"
                                               "    {\n"
                                               "      \"table\": \"deal\",\n"
                                               "      \"name\": \"deal.copy\",\n"
                                               "      \"rows\": 6,\n"
                                               "      \"bytes\": 600,\n"
                                               "      \"digest\": \"07000000000000000000000000000000\",\n"
                                               "      \"columns\": [\n"
                                               "        \"deal_id\",\n"
                                               "        \"name\"\n"
                                               "      ]\n"
                                               "    },\n"
                                               "    {\n"
                                               "      \"table\": \"deal_contact\",\n"
                                               "      \"name\": \"deal_contact.copy\",\n"
                                               "      \"rows\": 3,\n"
                                               "      \"bytes\": 30,\n"
                                               "      \"digest\": \"08000000000000000000000000000000\",\n"
                                               "      \"columns\": null\n"
                                               "    }\n"
                                               "  ],\n"
                                               "  \"members\": []\n"
                                               "}\n");
}

static void reads_what_it_wrote(void **state)
{
    Fixture *fixture = *state;
    Manifest read = {0};
    const Manifest *manifest = &fixture->manifest;
    Text text = written(fixture);
    assert_int_equal(manifest_parse(text, "m.json", &fixture->arena, &read, &fixture->error), STATUS_OK);
    assert_memory_equal(&read.batch_id, &manifest->batch_id, sizeof(Key));
    assert_memory_equal(&read.input_digest, &manifest->input_digest, sizeof(Key));
    assert_memory_equal(&read.mapping_digest, &manifest->mapping_digest, sizeof(Key));
    assert_memory_equal(&read.secret_fingerprint, &manifest->secret_fingerprint, sizeof(Key));
    assert_string_equal(read.source, "crm-deals");
    assert_string_equal(read.system, "crm");
    assert_int_equal(read.mode, MODE_SNAPSHOT);
    assert_int_equal(read.read_at, manifest->read_at);
    assert_int_equal(read.sequence, 3);
    assert_int_equal(read.max_deleted, 20);
    assert_false(read.is_refused);
    assert_true(read.is_deletion_blocked);
    assert_int_equal(read.first_at, 0);
    assert_int_equal(read.last_at, 1);
    assert_int_equal(read.day_count, 3);
    assert_memory_equal(read.days, days, sizeof days);
    assert_int_equal(read.input_count, 2);
    assert_string_equal(read.inputs[1].file, "/data/deals \"2\".xml");
    assert_int_equal(read.inputs[1].modified_at, 1775440800123456);
    assert_int_equal(read.inputs[0].decoded_bytes, 900);
    assert_int_equal(read.count_count, 2);
    assert_memory_equal(read.counts, counts, sizeof counts);
    assert_int_equal(read.file_count, 2);
    assert_string_equal(read.files[0].columns[1], "name");
    assert_int_equal(read.files[0].column_count, 2);
    assert_null(read.files[1].columns);
    /* And writes the same bytes again. */
    Buffer again = buffer_make(1 << 20);
    assert_int_equal(manifest_write(&read, &again, &fixture->error), STATUS_OK);
    assert_int_equal(again.size, text.size);
    assert_memory_equal(again.data, text.data, text.size);
    buffer_done(&again);
}

/* An extracted batch without views. */
static const BatchCount few[] = {{RECORD_DEAL, 4, 3, 0, 0, 1}},
                        rest[] = {{RECORD_DEAL, 6, 3, 2, 1, 0}, {RECORD_DEAL_CONTACT, 3, 3, 0, 0, 0}};
static const BatchFilter few_filters[] = {{RECORD_DEAL, "mapping", 1}};
static const BatchMember members[] = {
    {{{0x31}}, 3, false, 0, 1, few, 1, few_filters, 1},
    {{{0x32}}, 8, true, INT64_MAX, INT64_MIN, rest, 2, NULL, 0},
};

static void make_bundle(Fixture *fixture)
{
    fixture->manifest.mode = MODE_APPEND;
    fixture->manifest.members = members;
    fixture->manifest.member_count = 2;
}

/* Each member is what it would be alone. */
static void reads_the_members_of_a_bundle(void **state)
{
    Fixture *fixture = *state;
    make_bundle(fixture);
    Manifest read = {0};
    assert_int_equal(parse(fixture, written(fixture).data, &read), STATUS_OK);
    assert_int_equal(read.member_count, 2);
    Manifest second = manifest_of_member(&read, 1), alone = fixture->manifest;
    assert_int_equal(second.batch_id.bytes[0], 0x32);
    assert_int_equal(second.sequence, 8);
    assert_true(second.is_refused);
    assert_int_equal(second.first_at, INT64_MAX);
    assert_int_equal(second.input_count, 1);
    assert_string_equal(second.inputs[0].file, "/data/deals \"2\".xml");
    assert_int_equal(second.count_count, 2);
    assert_int_equal(second.counts[0].rejected, 2);
    assert_int_equal(second.member_count, 0);
    assert_int_equal(manifest_of_member(&read, 0).filters[0].records, 1);
    alone.inputs = &inputs[1];
    alone.input_count = 1;
    manifest_seal(&alone);
    assert_true(key_equal(&alone.input_digest, &second.input_digest));
}

static void refuses_what_is_no_bundle(void **state)
{
    Fixture *fixture = *state;
    make_bundle(fixture);
    assert_refused(fixture, "\"mode\": \"append\"", "\"mode\": \"upsert\"",
                   "m.json: the manifest has members, and is no bundle");
    assert_refused(fixture, "\"read\": 4,\n          \"emitted\": 3", "\"read\": 5,\n          \"emitted\": 4",
                   "m.json: the manifest has members that read more or less than it did");
    assert_refused(fixture, "\"sequence\": 8", "\"sequence\": 1000000",
                   "m.json: the manifest has a sequence number that is out of range");
    assert_refused(fixture, "\"records\": 1\n        }", "\"records\": 2\n        }",
                   "m.json: the manifest has reasons for what is filtered that do not add up");
    fixture->manifest.member_count = 1;
    Manifest read;
    buffer_clear(&fixture->buffer);
    assert_int_equal(manifest_write(&fixture->manifest, &fixture->buffer, &fixture->error), STATUS_ERROR);
    assert_int_equal(parse(fixture, "{}", &read), STATUS_ERROR);
}

static void absent_values_are_null(void **state)
{
    Fixture *fixture = *state;
    Manifest read = {.sequence = 1};
    fixture->manifest = (Manifest){.source = "s", .system = "s", .first_at = INT64_MAX, .last_at = INT64_MIN};
    Text text = written(fixture);
    assert_non_null(strstr(text.data, "\"secret_fingerprint\": null,"));
    assert_non_null(strstr(text.data, "\"first_at\": null,\n  \"last_at\": null,\n  \"days\": [],"));
    assert_int_equal(manifest_parse(text, "m.json", &fixture->arena, &read, &fixture->error), STATUS_OK);
    assert_int_equal(read.first_at, INT64_MAX);
    assert_int_equal(read.last_at, INT64_MIN);
    assert_int_equal(read.file_count, 0);
    Key none = {{0}};
    assert_memory_equal(&read.secret_fingerprint, &none, sizeof none);
}

static void seals_what_a_batch_is(void **state)
{
    Fixture *fixture = *state;
    Manifest *manifest = &fixture->manifest, other = *manifest;
    /* What is not in the id. */
    other.read_at++;
    other.sequence++;
    other.max_deleted++;
    other.count_count = 0;
    manifest_seal(&other);
    assert_memory_equal(&other.batch_id, &manifest->batch_id, sizeof(Key));
    /* What is. */
    other.source = "crm-leads";
    manifest_seal(&other);
    assert_memory_equal(&other.input_digest, &manifest->input_digest, sizeof(Key));
    assert_memory_not_equal(&other.batch_id, &manifest->batch_id, sizeof(Key));
    other = *manifest;
    other.mapping_digest.bytes[15] = 1;
    manifest_seal(&other);
    assert_memory_not_equal(&other.batch_id, &manifest->batch_id, sizeof(Key));
    other = *manifest;
    other.inputs = (BatchInput[]){inputs[1], inputs[0]};
    manifest_seal(&other);
    assert_memory_not_equal(&other.input_digest, &manifest->input_digest, sizeof(Key));
    assert_memory_not_equal(&other.batch_id, &manifest->batch_id, sizeof(Key));
    other.input_count = 1;
    manifest_seal(&other);
    assert_memory_not_equal(&other.input_digest, &manifest->input_digest, sizeof(Key));
    /* A file's name is not: the same bytes are the same input. */
    BatchInput renamed[] = {inputs[0], inputs[1]};
    renamed[0].file = "elsewhere";
    renamed[0].modified_at = 0;
    other.inputs = renamed;
    other.input_count = 2;
    manifest_seal(&other);
    assert_memory_equal(&other.batch_id, &manifest->batch_id, sizeof(Key));
}

static void passes_over_what_is_new(void **state)
{
    Fixture *fixture = *state;
    Manifest read = {0};
    const char *json =
        altered(fixture, "\"system\"", "\"later\": {\"a\": [1, {}, null]}, \"more\": 1e9, \"syst\\u0065m\"");
    assert_int_equal(parse(fixture, json, &read), STATUS_OK);
    assert_string_equal(read.system, "crm");
}

static void refuses_what_is_damaged(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "\"version\": 1", "\"version\": 2",
                   "m.json: is of version 2, and this program reads version 1");
    assert_refused(fixture, "\"version\": 1", "\"versio\": 1", "m.json: 'version' is missing");
    assert_refused(fixture, "\"version\": 1", "\"version\": 1, \"version\": 1", "m.json: 'version' is given twice");
    assert_refused(fixture, "\"columns\": null", "\"column\": null", "m.json: 'columns' is missing");
    assert_refused(fixture, "\"batch_id\": \"", "\"batch_id\": \"0",
                   "m.json: 'batch_id' is not a digest of 32 hexadecimal digits");
    assert_refused(fixture, "\"mapping_digest\": \"ab000000000000000000000000000000\"", "\"mapping_digest\": null",
                   "m.json: 'mapping_digest' is not a digest of 32 hexadecimal digits");
    assert_refused(fixture, "\"crm\"", "7", "m.json: 'system' is not text");
    assert_refused(fixture, "\"crm\"", "\"a\\u0000\"", "m.json: 'system': holds U+0000");
    assert_refused(fixture, "\"snapshot\"", "\"other\"", "m.json: 'mode' is not a mode");
    assert_refused(fixture, "02:00:00Z", "02:00:00", "m.json: 'read_at' is not a time such as 2026-03-01T12:00:00Z");
    assert_refused(fixture, "2026-04-06T02:00:00Z", "2026-02-30T02:00:00Z",
                   "m.json: 'read_at' is not a time such as 2026-03-01T12:00:00Z");
    assert_refused(fixture, "\"sequence\": 3", "\"sequence\": 3.0", "m.json: 'sequence' is not a count");
    assert_refused(fixture, "\"sequence\": 3", "\"sequence\": -3", "m.json: 'sequence' is not a count");
    assert_refused(fixture, "\"sequence\": 3", "\"sequence\": 9223372036854775808",
                   "m.json: 'sequence' is not a count");
    assert_refused(fixture, "\"is_refused\": false", "\"is_refused\": 0", "m.json: 'is_refused' is not true or false");
    assert_refused(fixture, "\"1970-01-01\"", "1", "m.json: 'days' is not a list of dates such as 2026-03-01");
    assert_refused(fixture, "\"kind\": \"deal\"", "\"kind\": \"dael\"", "m.json: 'kind' is not a record kind");
    assert_refused(fixture, "\"inputs\": [", "\"inputs\": [[],", "m.json: 'inputs' is not a list of objects");
    assert_refused(fixture, "\"inputs\": [", "\"inputs\": null, \"x\": [", "m.json: 'inputs' is not a list");
}

static void refuses_what_cannot_be(void **state)
{
    Fixture *fixture = *state;
    static const char law[] =
        "m.json: the manifest has counts that do not add up: read = emitted + rejected + duplicate "
        "+ filtered";
    assert_refused(fixture, "\"read\": 10", "\"read\": 11", law);
    assert_refused(fixture, "\"filtered\": 1", "\"filtered\": 9223372036854775807", law);
    assert_refused(fixture, "\"kind\": \"deal\"", "\"kind\": \"deal_contact\"",
                   "m.json: the manifest counts a kind twice");
    assert_refused(fixture, "\"records\": 1", "\"records\": 2",
                   "m.json: the manifest has reasons for what is filtered that do not add up");
    assert_refused(fixture, "\"reason\": \"mapping\"", "\"reason\": null", "m.json: 'reason' is not text");
    assert_refused(fixture, "1970-01-01\",", "2026-01-01\",", "m.json: the manifest has days that do not ascend");
    assert_refused(fixture, "\"deal.copy\"", "\"../deal.copy\"",
                   "m.json: the manifest names a file that cannot be one of the batch");
    assert_refused(fixture, "\"crm-deals\"", "\"a/b\"", "m.json: the manifest names no source");
    assert_refused(fixture, "\"max_deleted\": 20", "\"max_deleted\": 101",
                   "m.json: the manifest has a 'max_deleted' that is no percentage");
    assert_refused(fixture, "\"sequence\": 3", "\"sequence\": 1000000",
                   "m.json: the manifest has a sequence number that is out of range");
    assert_refused(fixture, "\"last_at\": \"1970-01-01T00:00:00.000001Z\"", "\"last_at\": null",
                   "m.json: the manifest has times of views that are no range");
}

/* Every prefix is refused: no half manifest counts. */
static void refuses_what_is_cut(void **state)
{
    Fixture *fixture = *state;
    Text text = written(fixture);
    Manifest read;
    for (size_t size = 0; size < text.size - 2; size++) {
        arena_clear(&fixture->arena);
        assert_int_equal(manifest_parse((Text){text.data, size}, "m.json", &fixture->arena, &read, &fixture->error),
                         STATUS_ERROR);
        assert_int_equal(fixture->error.code, ERROR_DATA);
    }
    assert_int_equal(parse(fixture, "[]", &read), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "m.json: is no manifest");
    assert_int_equal(parse(fixture, altered(fixture, "]\n}\n", "]\n}{"), &read), STATUS_ERROR);
}

static void refuses_to_write_what_it_would_not_read(void **state)
{
    Fixture *fixture = *state;
    BatchCount wrong = {RECORD_VIEW, 3, 1, 1, 0, 0};
    fixture->manifest.counts = &wrong;
    fixture->manifest.count_count = 1;
    assert_int_equal(manifest_write(&fixture->manifest, &fixture->buffer, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_INTERNAL);
    assert_string_equal(fixture->error.message, "the manifest of a batch of crm-deals has counts that do not add up: "
                                                "read = emitted + rejected + duplicate + filtered");
}

/* Names of files are bytes; the manifest is text. */
static void writes_any_file_name(void **state)
{
    Fixture *fixture = *state;
    Manifest read = {0};
    BatchInput input = {.file = "/data/gr\xFC\xDF.csv"};
    fixture->manifest.inputs = &input;
    fixture->manifest.input_count = 1;
    assert_int_equal(manifest_parse(written(fixture), "m.json", &fixture->arena, &read, &fixture->error), STATUS_OK);
    assert_string_equal(read.inputs[0].file, "/data/gr\xEF\xBF\xBD\xEF\xBF\xBD.csv");
}

static void reads_a_file(void **state)
{
    Fixture *fixture = *state;
    Manifest read = {0};
    char path[] = "/tmp/closedloop_manifest_XXXXXX";
    int descriptor = mkstemp(path);
    Text text = written(fixture);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text.data, text.size), text.size);
    close(descriptor);
    assert_int_equal(manifest_read(path, &fixture->arena, &read, &fixture->error), STATUS_OK);
    assert_string_equal(read.source, "crm-deals");
    unlink(path);
    assert_int_equal(manifest_read(path, &fixture->arena, &read, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_NO_INPUT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_what_people_can_read),
        TEST(reads_what_it_wrote),
        TEST(reads_the_members_of_a_bundle),
        TEST(refuses_what_is_no_bundle),
        TEST(absent_values_are_null),
        TEST(seals_what_a_batch_is),
        TEST(passes_over_what_is_new),
        TEST(refuses_what_is_damaged),
        TEST(refuses_what_cannot_be),
        TEST(refuses_what_is_cut),
        TEST(refuses_to_write_what_it_would_not_read),
        TEST(writes_any_file_name),
        TEST(reads_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
