#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char path[64];
    Buffer buffer;
    Error error;
    RecordReader reader;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/closedloop_record_XXXXXX");
    int descriptor = mkstemp(fixture->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    fixture->buffer = buffer_make(512 << 20);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    record_reader_done(&fixture->reader);
    buffer_done(&fixture->buffer);
    unlink(fixture->path);
    test_free(fixture);
    return 0;
}

static void put_bytes(Fixture *fixture, const void *bytes, size_t size)
{
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static Status open_rates(Fixture *fixture)
{
    record_reader_done(&fixture->reader);
    put_bytes(fixture, fixture->buffer.data ? fixture->buffer.data : "", fixture->buffer.size);
    return record_reader_open(&fixture->reader, fixture->path, RECORD_RATE, &fixture->error);
}

static void encode(Fixture *fixture, RecordKind kind, const Record *record)
{
    assert_int_equal(record_encode(kind, record, &fixture->buffer, &fixture->error), STATUS_OK);
}

static void begin(Fixture *fixture, RecordKind kind)
{
    buffer_clear(&fixture->buffer);
    assert_int_equal(record_encode_header(kind, &fixture->buffer, &fixture->error), STATUS_OK);
}

static void assert_text(Text text, const char *expected)
{
    if (!expected) {
        assert_true(text_is_null(text));
        return;
    }
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

/* --- the table ------------------------------------------------------------------------------------------------ */

static const struct {
    RecordKind kind;
    const char *name;
    int field_count, first, last;
    const char *first_name, *last_name;
} kinds[] = {
    {RECORD_VIEW, "view", VIEW_FIELD_COUNT, VIEW_EVENT_ID, VIEW_IS_BOT, "event_id", "is_bot"},
    {RECORD_IDENTITY, "identity", IDENTITY_FIELD_COUNT, IDENTITY_KEY, IDENTITY_CONTACT_KEY, "identity_key",
     "contact_key"},
    {RECORD_LEAD, "lead", LEAD_FIELD_COUNT, LEAD_CONTACT_KEY, LEAD_IS_DELETED, "contact_key", "is_deleted"},
    {RECORD_ACCOUNT, "account", ACCOUNT_FIELD_COUNT, ACCOUNT_KEY, ACCOUNT_IS_DELETED, "account_key", "is_deleted"},
    {RECORD_DEAL, "deal", DEAL_FIELD_COUNT, DEAL_KEY, DEAL_IS_DELETED, "deal_key", "is_deleted"},
    {RECORD_DEAL_CONTACT, "deal_contact", DEAL_CONTACT_FIELD_COUNT, DEAL_CONTACT_DEAL_KEY, DEAL_CONTACT_IS_DELETED,
     "deal_key", "is_deleted"},
    {RECORD_DEAL_SPLIT, "deal_split", DEAL_SPLIT_FIELD_COUNT, DEAL_SPLIT_KEY, DEAL_SPLIT_IS_DELETED, "split_key",
     "is_deleted"},
    {RECORD_ACTIVITY, "activity", ACTIVITY_FIELD_COUNT, ACTIVITY_KEY, ACTIVITY_IS_DELETED, "activity_key",
     "is_deleted"},
    {RECORD_CONTENT, "content", CONTENT_FIELD_COUNT, CONTENT_URL, CONTENT_IS_DELETED, "url", "is_deleted"},
    {RECORD_QUESTION, "question", QUESTION_FIELD_COUNT, QUESTION_KEY, QUESTION_IS_DELETED, "question_key",
     "is_deleted"},
    {RECORD_PROPERTY_CHANGE, "property_change", PROPERTY_CHANGE_FIELD_COUNT, PROPERTY_CHANGE_DEAL_KEY,
     PROPERTY_CHANGE_SOURCE_DETAIL, "deal_key", "source_detail"},
    {RECORD_COST, "cost", COST_FIELD_COUNT, COST_KEY, COST_IS_DELETED, "cost_key", "is_deleted"},
    {RECORD_RATE, "rate", RATE_FIELD_COUNT, RATE_CURRENCY, RATE_RATE, "currency", "rate"},
    {RECORD_REJECT, "reject", REJECT_FIELD_COUNT, REJECT_KIND, REJECT_RAW, "kind", "raw"},
};

static void the_table_is_whole(void **state)
{
    (void)state;
    assert_int_equal(sizeof kinds / sizeof kinds[0], RECORD_KIND_COUNT);
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        const RecordSpec *spec = record_spec(kinds[i].kind);
        RecordKind found = RECORD_KIND_COUNT;
        assert_string_equal(spec->name, kinds[i].name);
        assert_true(record_kind_find(text_from(kinds[i].name), &found));
        assert_int_equal(found, kinds[i].kind);
        assert_true(spec->meaning[0] != '\0');
        assert_int_equal(spec->field_count, kinds[i].field_count);
        assert_true(spec->field_count <= RECORD_FIELDS_MAX);
        assert_string_equal(spec->fields[kinds[i].first].name, kinds[i].first_name);
        assert_string_equal(spec->fields[kinds[i].last].name, kinds[i].last_name);
        for (size_t j = 0; j < spec->field_count; j++) {
            assert_true(spec->fields[j].meaning[0] != '\0');
            assert_int_equal(record_field_find(kinds[i].kind, text_from(spec->fields[j].name)), j);
        }
    }
    RecordKind untouched = RECORD_COST;
    assert_false(record_kind_find(TEXT("views"), &untouched));
    assert_false(record_kind_find(TEXT(""), &untouched));
    assert_int_equal(untouched, RECORD_COST);
    assert_int_equal(record_field_find(RECORD_VIEW, TEXT("deal_key")), -1);
}

/* The positions in the middle of the longer kinds. */
static void positions_fit_the_names(void **state)
{
    (void)state;
    static const struct {
        RecordKind kind;
        int position;
        const char *name;
    } positions[] = {
        {RECORD_VIEW, VIEW_VIEWED_AT, "viewed_at"},
        {RECORD_VIEW, VIEW_VISITOR, "visitor"},
        {RECORD_VIEW, VIEW_EMAIL, "email"},
        {RECORD_VIEW, VIEW_CONTACT_KEY, "contact_key"},
        {RECORD_VIEW, VIEW_URL, "url"},
        {RECORD_VIEW, VIEW_TITLE, "title"},
        {RECORD_VIEW, VIEW_INTERACTION, "interaction"},
        {RECORD_VIEW, VIEW_REFERRER, "referrer"},
        {RECORD_VIEW, VIEW_USER_AGENT, "user_agent"},
        {RECORD_VIEW, VIEW_UTM_SOURCE, "utm_source"},
        {RECORD_VIEW, VIEW_UTM_MEDIUM, "utm_medium"},
        {RECORD_VIEW, VIEW_UTM_CAMPAIGN, "utm_campaign"},
        {RECORD_VIEW, VIEW_UTM_TERM, "utm_term"},
        {RECORD_VIEW, VIEW_UTM_CONTENT, "utm_content"},
        {RECORD_VIEW, VIEW_CLICK_ID, "click_id"},
        {RECORD_VIEW, VIEW_DWELL_SECONDS, "dwell_seconds"},
        {RECORD_IDENTITY, IDENTITY_VISITOR, "visitor"},
        {RECORD_IDENTITY, IDENTITY_IDENTIFIED_AT, "identified_at"},
        {RECORD_IDENTITY, IDENTITY_EMAIL, "email"},
        {RECORD_LEAD, LEAD_EMAIL, "email"},
        {RECORD_LEAD, LEAD_OTHER_EMAILS, "other_emails"},
        {RECORD_LEAD, LEAD_NAME, "name"},
        {RECORD_LEAD, LEAD_COMPANY, "company"},
        {RECORD_LEAD, LEAD_ACCOUNT_KEY, "account_key"},
        {RECORD_LEAD, LEAD_TITLE, "title"},
        {RECORD_LEAD, LEAD_EMPLOYEES, "employees"},
        {RECORD_LEAD, LEAD_COUNTRY, "country"},
        {RECORD_LEAD, LEAD_INDUSTRY, "industry"},
        {RECORD_LEAD, LEAD_PHONE, "phone"},
        {RECORD_LEAD, LEAD_STAGE, "stage"},
        {RECORD_LEAD, LEAD_OWNER, "owner"},
        {RECORD_LEAD, LEAD_SOURCE_DETAIL, "source_detail"},
        {RECORD_LEAD, LEAD_CREATED_AT, "created_at"},
        {RECORD_LEAD, LEAD_UPDATED_AT, "updated_at"},
        {RECORD_LEAD, LEAD_MERGED_INTO, "merged_into"},
        {RECORD_ACCOUNT, ACCOUNT_DOMAIN, "domain"},
        {RECORD_ACCOUNT, ACCOUNT_NAME, "name"},
        {RECORD_ACCOUNT, ACCOUNT_INDUSTRY, "industry"},
        {RECORD_ACCOUNT, ACCOUNT_EMPLOYEES, "employees"},
        {RECORD_ACCOUNT, ACCOUNT_COUNTRY, "country"},
        {RECORD_ACCOUNT, ACCOUNT_OWNER, "owner"},
        {RECORD_ACCOUNT, ACCOUNT_CREATED_AT, "created_at"},
        {RECORD_ACCOUNT, ACCOUNT_UPDATED_AT, "updated_at"},
        {RECORD_ACCOUNT, ACCOUNT_MERGED_INTO, "merged_into"},
        {RECORD_DEAL, DEAL_NAME, "name"},
        {RECORD_DEAL, DEAL_ACCOUNT_KEY, "account_key"},
        {RECORD_DEAL, DEAL_OWNER, "owner"},
        {RECORD_DEAL, DEAL_STAGE, "stage"},
        {RECORD_DEAL, DEAL_AMOUNT, "amount"},
        {RECORD_DEAL, DEAL_CURRENCY, "currency"},
        {RECORD_DEAL, DEAL_IS_WON, "is_won"},
        {RECORD_DEAL, DEAL_IS_CLOSED, "is_closed"},
        {RECORD_DEAL, DEAL_CREATED_AT, "created_at"},
        {RECORD_DEAL, DEAL_CLOSED_AT, "closed_at"},
        {RECORD_DEAL, DEAL_UPDATED_AT, "updated_at"},
        {RECORD_DEAL, DEAL_MERGED_INTO, "merged_into"},
        {RECORD_DEAL_CONTACT, DEAL_CONTACT_CONTACT_KEY, "contact_key"},
        {RECORD_DEAL_CONTACT, DEAL_CONTACT_EMAIL, "email"},
        {RECORD_DEAL_CONTACT, DEAL_CONTACT_ROLE, "role"},
        {RECORD_DEAL_CONTACT, DEAL_CONTACT_IS_PRIMARY, "is_primary"},
        {RECORD_DEAL_CONTACT, DEAL_CONTACT_UPDATED_AT, "updated_at"},
        {RECORD_DEAL_SPLIT, DEAL_SPLIT_DEAL_KEY, "deal_key"},
        {RECORD_DEAL_SPLIT, DEAL_SPLIT_OWNER, "owner"},
        {RECORD_DEAL_SPLIT, DEAL_SPLIT_PERCENT, "percent"},
        {RECORD_DEAL_SPLIT, DEAL_SPLIT_SHARE, "share"},
        {RECORD_DEAL_SPLIT, DEAL_SPLIT_UPDATED_AT, "updated_at"},
        {RECORD_ACTIVITY, ACTIVITY_CONTACT_KEY, "contact_key"},
        {RECORD_ACTIVITY, ACTIVITY_EMAIL, "email"},
        {RECORD_ACTIVITY, ACTIVITY_DEAL_KEY, "deal_key"},
        {RECORD_ACTIVITY, ACTIVITY_KIND, "kind"},
        {RECORD_ACTIVITY, ACTIVITY_DIRECTION, "direction"},
        {RECORD_ACTIVITY, ACTIVITY_SUBJECT, "subject"},
        {RECORD_ACTIVITY, ACTIVITY_OUTCOME, "outcome"},
        {RECORD_ACTIVITY, ACTIVITY_OWNER, "owner"},
        {RECORD_ACTIVITY, ACTIVITY_HAPPENED_AT, "happened_at"},
        {RECORD_ACTIVITY, ACTIVITY_DURATION_SECONDS, "duration_seconds"},
        {RECORD_ACTIVITY, ACTIVITY_UPDATED_AT, "updated_at"},
        {RECORD_CONTENT, CONTENT_TITLE, "title"},
        {RECORD_CONTENT, CONTENT_KIND, "kind"},
        {RECORD_CONTENT, CONTENT_TOPIC, "topic"},
        {RECORD_CONTENT, CONTENT_STAGE, "stage"},
        {RECORD_CONTENT, CONTENT_PERSONA, "persona"},
        {RECORD_CONTENT, CONTENT_AUTHOR, "author"},
        {RECORD_CONTENT, CONTENT_PUBLISHED_AT, "published_at"},
        {RECORD_CONTENT, CONTENT_UPDATED_AT, "updated_at"},
        {RECORD_QUESTION, QUESTION_CONTACT_KEY, "contact_key"},
        {RECORD_QUESTION, QUESTION_EMAIL, "email"},
        {RECORD_QUESTION, QUESTION_DEAL_KEY, "deal_key"},
        {RECORD_QUESTION, QUESTION_TOPIC, "topic"},
        {RECORD_QUESTION, QUESTION_TEXT, "text"},
        {RECORD_QUESTION, QUESTION_ASKED_AT, "asked_at"},
        {RECORD_QUESTION, QUESTION_UPDATED_AT, "updated_at"},
        {RECORD_PROPERTY_CHANGE, PROPERTY_CHANGE_CONTACT_KEY, "contact_key"},
        {RECORD_PROPERTY_CHANGE, PROPERTY_CHANGE_EMAIL, "email"},
        {RECORD_PROPERTY_CHANGE, PROPERTY_CHANGE_PROPERTY, "property"},
        {RECORD_PROPERTY_CHANGE, PROPERTY_CHANGE_VALUE, "value"},
        {RECORD_PROPERTY_CHANGE, PROPERTY_CHANGE_CHANGED_AT, "changed_at"},
        {RECORD_COST, COST_DAY, "day"},
        {RECORD_COST, COST_CHANNEL, "channel"},
        {RECORD_COST, COST_CAMPAIGN, "campaign"},
        {RECORD_COST, COST_SOURCE, "source"},
        {RECORD_COST, COST_MEDIUM, "medium"},
        {RECORD_COST, COST_URL, "url"},
        {RECORD_COST, COST_AMOUNT, "amount"},
        {RECORD_COST, COST_CURRENCY, "currency"},
        {RECORD_COST, COST_DETAIL, "detail"},
        {RECORD_COST, COST_UPDATED_AT, "updated_at"},
        {RECORD_RATE, RATE_DAY, "day"},
        {RECORD_REJECT, REJECT_FIELD, "field"},
        {RECORD_REJECT, REJECT_CODE, "code"},
        {RECORD_REJECT, REJECT_REASON, "reason"},
    };
    for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++)
        assert_int_equal(record_field_find(positions[i].kind, text_from(positions[i].name)), positions[i].position);
}

/* --- the file ------------------------------------------------------------------------------------------------- */

/* The banner of record.h, byte by byte. */
static void writes_the_documented_format(void **state)
{
    Fixture *fixture = *state;
    static const char expected[] = "clrec1\0\n"
                                   "\4rate"
                                   "\3\x08"
                                   "currency\3day\4rate"
                                   "\x0C\0\0\0"
                                   "\2\1\0\0"
                                   "\4\3"
                                   "\4USD"
                                   "\0"
                                   "\1"
                                   "\x89\0\0\0"
                                   "\0\0\0\0"
                                   "\xFF\xFF"
                                   "\x80\1";
    char longer[127];
    memset(longer, 'x', sizeof longer);
    begin(fixture, RECORD_RATE);
    encode(fixture, RECORD_RATE, &(Record){258, 772, {TEXT("USD"), TEXT_NULL, TEXT("")}});
    encode(fixture, RECORD_RATE, &(Record){0, 65535, {{longer, sizeof longer}, TEXT_NULL, TEXT_NULL}});
    assert_int_equal(fixture->buffer.size, sizeof expected - 1 + sizeof longer + 2);
    assert_memory_equal(fixture->buffer.data, expected, sizeof expected - 1);
    assert_int_equal(fixture->buffer.data[fixture->buffer.size], '\0');
}

static void reads_what_was_written(void **state)
{
    Fixture *fixture = *state;
    Record record;
    begin(fixture, RECORD_RATE);
    encode(fixture, RECORD_RATE, &(Record){1, 2, {TEXT("USD"), TEXT_NULL, TEXT("")}});
    encode(fixture, RECORD_RATE, &(Record){UINT32_MAX, UINT16_MAX, {TEXT("a\0b"), TEXT("\xFF"), TEXT("1")}});
    assert_int_equal(open_rates(fixture), STATUS_OK);
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_OK);
    assert_int_equal(record.line, 1);
    assert_int_equal(record.file, 2);
    assert_text(record.values[RATE_CURRENCY], "USD");
    assert_text(record.values[RATE_DAY], NULL);
    assert_text(record.values[RATE_RATE], "");
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_OK);
    assert_int_equal(record.line, UINT32_MAX);
    assert_int_equal(record.file, UINT16_MAX);
    assert_int_equal(record.values[0].size, 3);
    assert_memory_equal(record.values[0].data, "a\0b", 3);
    assert_text(record.values[1], "\xFF");
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_END);
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_END);
}

/* Records across the reader's blocks, of every size around the steps of the length. */
static void reads_many_sizes(void **state)
{
    Fixture *fixture = *state;
    static const size_t sizes[] = {0,     1,     125,   126,     127,     128,     16381,   16382,   16383,
                                   16384, 65535, 65536, 1048560, 1048576, 1048577, 2097150, 2097151, 3000000};
    size_t count = sizeof sizes / sizeof sizes[0];
    char *bytes = malloc(3000000);
    assert_non_null(bytes);
    for (size_t i = 0; i < 3000000; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    begin(fixture, RECORD_RATE);
    for (size_t i = 0; i < 3 * count; i++)
        encode(fixture, RECORD_RATE,
               &(Record){(uint32_t)i, 0, {{bytes, sizes[i % count]}, TEXT_NULL, {bytes, sizes[(i * 5) % count]}}});
    assert_int_equal(open_rates(fixture), STATUS_OK);
    Record record;
    for (size_t i = 0; i < 3 * count; i++) {
        assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_OK);
        assert_int_equal(record.line, i);
        assert_int_equal(record.values[0].size, sizes[i % count]);
        assert_int_equal(memcmp(record.values[0].data, bytes, record.values[0].size), 0);
        assert_int_equal(record.values[2].size, sizes[(i * 5) % count]);
        assert_int_equal(memcmp(record.values[2].data, bytes, record.values[2].size), 0);
    }
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_END);
    free(bytes);
}

/* What no reader would take is refused by the writer, and leaves the buffer as it was. */
static void refuses_records_that_are_too_large(void **state)
{
    Fixture *fixture = *state;
    Record record;
    size_t size = RECORD_SIZE_MAX - 4 - 6 - 3 * 5;
    char *bytes = calloc(1, RECORD_SIZE_MAX);
    assert_non_null(bytes);
    begin(fixture, RECORD_RATE);
    size_t before = fixture->buffer.size;
    Record half = {0, 0, {{bytes, RECORD_SIZE_MAX / 2}, {bytes, RECORD_SIZE_MAX / 2}, TEXT_NULL}};
    Record more = {0, 0, {{bytes, size + 1}, TEXT_NULL, TEXT_NULL}};
    assert_int_equal(record_encode(RECORD_RATE, &half, &fixture->buffer, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_DATA);
    assert_int_equal(record_encode(RECORD_RATE, &more, &fixture->buffer, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->buffer.size, before);
    encode(fixture, RECORD_RATE, &(Record){0, 0, {{bytes, size}, TEXT_NULL, TEXT_NULL}});
    encode(fixture, RECORD_RATE, &(Record){9, 0, {TEXT("x"), TEXT_NULL, TEXT_NULL}});
    assert_int_equal(open_rates(fixture), STATUS_OK);
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_OK);
    assert_int_equal(record.values[0].size, size);
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_OK);
    assert_int_equal(record.line, 9);
    Buffer small = buffer_make(20);
    assert_int_equal(record_encode(RECORD_RATE, &more, &small, &fixture->error), STATUS_ERROR);
    assert_int_equal(small.size, 0);
    buffer_done(&small);
    free(bytes);
}

static void refuses_other_files(void **state)
{
    Fixture *fixture = *state;
    char message[128];
    snprintf(message, sizeof message, "%s: is no file of rate records of this version", fixture->path);
    assert_int_equal(open_rates(fixture), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_DATA);
    assert_string_equal(fixture->error.message, message);
    begin(fixture, RECORD_COST);
    assert_int_equal(open_rates(fixture), STATUS_ERROR);
    assert_string_equal(fixture->error.message, message);
    begin(fixture, RECORD_RATE);
    fixture->buffer.data[5] = '2';
    assert_int_equal(open_rates(fixture), STATUS_ERROR);
    assert_string_equal(fixture->error.message, message);
    assert_false(fixture->reader.is_open);
    assert_int_equal(record_reader_open(&fixture->reader, "/nowhere/x.records", RECORD_RATE, &fixture->error),
                     STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_NO_INPUT);
    assert_int_equal(record_reader_open(&fixture->reader, "/tmp", RECORD_RATE, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_IO);
}

/* A file cut anywhere is an error, but behind a record it is only shorter: the manifest's count and digest tell. */
static void notices_a_cut_file(void **state)
{
    Fixture *fixture = *state;
    Record record;
    begin(fixture, RECORD_RATE);
    size_t head = fixture->buffer.size;
    encode(fixture, RECORD_RATE, &(Record){1, 0, {TEXT("USD"), TEXT("2026-01-01"), TEXT("0.9")}});
    size_t whole = fixture->buffer.size;
    for (size_t size = 0; size < whole; size++) {
        fixture->buffer.size = size;
        Status status = open_rates(fixture);
        assert_int_equal(status, size < head ? STATUS_ERROR : STATUS_OK);
        if (status == STATUS_OK)
            status = record_reader_next(&fixture->reader, &record, &fixture->error);
        assert_int_equal(status, size == head ? STATUS_END : STATUS_ERROR);
        if (status == STATUS_ERROR)
            assert_int_equal(fixture->error.code, ERROR_DATA);
    }
}

static void assert_damaged(Fixture *fixture, const char *bytes, size_t size)
{
    Record record;
    begin(fixture, RECORD_RATE);
    assert_int_equal(buffer_append_bytes(&fixture->buffer, bytes, size, &fixture->error), STATUS_OK);
    assert_int_equal(open_rates(fixture), STATUS_OK);
    assert_int_equal(record_reader_next(&fixture->reader, &record, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_DATA);
}

static void refuses_damaged_records(void **state)
{
    Fixture *fixture = *state;
#define DAMAGED(bytes) assert_damaged(fixture, bytes, sizeof(bytes) - 1)
    DAMAGED("\5\0\0\0"
            "\0\0\0\0\0"); /* smaller than line and file */
    DAMAGED("\xFF\xFF\xFF\xFF"
            "\0\0\0\0\0\0\0\0\0"); /* larger than any */
    DAMAGED("\x8\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0"); /* a value is missing */
    DAMAGED("\xA\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0\0\0"); /* a byte too many */
    DAMAGED("\x9\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0\2"); /* a value beyond the end */
    DAMAGED("\x9\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0\x80"); /* a length beyond the end */
    DAMAGED("\xE\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0\x80\x80\x80\x80\x80\1"); /* a length of six bytes */
    DAMAGED("\xD\0\0\0"
            "\0\0\0\0\0\0"
            "\0\0\xFF\xFF\xFF\xFF\xF"); /* a length of 4 GiB */
#undef DAMAGED
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(positions_fit_the_names),
        TEST(writes_the_documented_format),
        TEST(reads_what_was_written),
        TEST(reads_many_sizes),
        TEST(refuses_records_that_are_too_large),
        TEST(refuses_other_files),
        TEST(notices_a_cut_file),
        TEST(refuses_damaged_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
