#include "common/record.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BLOCK_SIZE = 1 << 20 };

static const char magic[8] = "clrec1\0\n";

#define UPDATED_AT                                                                                                     \
    {                                                                                                                  \
        "updated_at", FIELD_TIME, false, "when this version was written; the newest wins (mode upsert)"                \
    }
#define IS_DELETED                                                                                                     \
    {                                                                                                                  \
        "is_deleted", FIELD_BOOLEAN, false, "true: the record is gone"                                                 \
    }

static const RecordField view_fields[] = {
    {"event_id", FIELD_TEXT, false, "the event's own id; without one, visitor, time, content and interaction are it"},
    {"viewed_at", FIELD_TIME, true, "when it happened"},
    {"visitor", FIELD_TEXT, false, "the visitor's cookie or device id; never stored as it is"},
    {"email", FIELD_EMAIL, false, "the visitor's address, if the event shows it"},
    {"contact_key", FIELD_TEXT, false, "the visitor's contact in the same system, if the event shows it"},
    {"url", FIELD_URL, true, "the address of the content"},
    {"title", FIELD_TEXT, false, "the page's title at that time"},
    {"interaction", FIELD_TEXT, false,
     "page_view unless given: download, form, email_click, video, webinar, ...; dwell: no view, but more of one's "
     "seconds"},
    {"referrer", FIELD_TEXT, false, "the address of the page that led here"},
    {"user_agent", FIELD_TEXT, false, "the browser's name for itself; bots are told by it"},
    {"ip_address", FIELD_TEXT, false, "the visitor's network address; internal traffic is told by it; never stored"},
    {"utm_source", FIELD_TEXT, false, "campaign source; without it, the url's own parameter"},
    {"utm_medium", FIELD_TEXT, false, "campaign medium; likewise"},
    {"utm_campaign", FIELD_TEXT, false, "campaign name; likewise"},
    {"utm_term", FIELD_TEXT, false, "campaign term; likewise"},
    {"utm_content", FIELD_TEXT, false, "campaign content tag; likewise"},
    {"click_id", FIELD_TEXT, false, "an advertising click id, written name=value (gclid=...)"},
    {"dwell_seconds", FIELD_INTEGER, false, "seconds spent on it"},
    {"is_bot", FIELD_BOOLEAN, false, "true: the source itself says that this was no person"},
};

static const RecordField identity_fields[] = {
    {"identity_key", FIELD_TEXT, false, "the event's own id; without one, visitor, time and person are it"},
    {"visitor", FIELD_TEXT, true, "the visitor's cookie or device id"},
    {"identified_at", FIELD_TIME, true, "from when on the visitor is this person"},
    {"email", FIELD_EMAIL, false, "the person's address; this or contact_key is needed"},
    {"contact_key", FIELD_TEXT, false, "the person's contact in the same system"},
};

static const RecordField lead_fields[] = {
    {"contact_key", FIELD_TEXT, false, "the contact's key in its system; this or email is needed"},
    {"email", FIELD_EMAIL, false, "the contact's address"},
    {"other_emails", FIELD_EMAILS, false, "further and earlier addresses of the same person"},
    {"name", FIELD_TEXT, false, "the person's name"},
    {"company", FIELD_TEXT, false, "the company's name as the lead gave it"},
    {"account_key", FIELD_TEXT, false, "the account that the contact belongs to"},
    {"title", FIELD_TEXT, false, "job title"},
    {"employees", FIELD_INTEGER, false, "size of the company in people"},
    {"country", FIELD_TEXT, false, "country"},
    {"industry", FIELD_TEXT, false, "industry"},
    {"phone", FIELD_TEXT, false, "telephone number"},
    {"stage", FIELD_TEXT, false, "the CRM's own stage of the lead"},
    {"owner", FIELD_TEXT, false, "who in sales looks after the lead"},
    {"source_detail", FIELD_TEXT, false, "where the CRM says that the lead came from"},
    {"created_at", FIELD_TIME, false, "when the person became a lead"},
    UPDATED_AT,
    {"merged_into", FIELD_TEXT, false, "contact_key of the contact that this one was merged into"},
    IS_DELETED,
};

static const RecordField account_fields[] = {
    {"account_key", FIELD_TEXT, false, "the account's key in its system; this or domain is needed"},
    {"domain", FIELD_TEXT, false, "the company's domain"},
    {"name", FIELD_TEXT, false, "the company's name"},
    {"industry", FIELD_TEXT, false, "industry"},
    {"employees", FIELD_INTEGER, false, "size in people"},
    {"country", FIELD_TEXT, false, "country"},
    {"owner", FIELD_TEXT, false, "who in sales looks after the account"},
    {"created_at", FIELD_TIME, false, "when the account was made"},
    UPDATED_AT,
    {"merged_into", FIELD_TEXT, false, "account_key of the account that this one was merged into"},
    IS_DELETED,
};

static const RecordField deal_fields[] = {
    {"deal_key", FIELD_TEXT, true, "the deal's key in its system"},
    {"name", FIELD_TEXT, false, "the deal's name"},
    {"account_key", FIELD_TEXT, false, "the account that the deal is with"},
    {"owner", FIELD_TEXT, false, "who in sales looks after the deal"},
    {"stage", FIELD_TEXT, false, "the CRM's own stage of the deal"},
    {"amount", FIELD_AMOUNT, false, "the deal's amount; absent counts as zero, and is listed in quality"},
    {"currency", FIELD_CURRENCY, false, "the amount's currency; the reporting currency unless given"},
    {"is_won", FIELD_BOOLEAN, false, "true: won"},
    {"is_closed", FIELD_BOOLEAN, false, "true: won or lost; a won deal is closed"},
    {"created_at", FIELD_TIME, true, "when the deal was made"},
    {"closed_at", FIELD_TIME, false, "when it was closed; of an open deal, when that is expected"},
    UPDATED_AT,
    {"merged_into", FIELD_TEXT, false, "deal_key of the deal that this one was merged into"},
    IS_DELETED,
};

static const RecordField deal_contact_fields[] = {
    {"deal_key", FIELD_TEXT, true, "the deal"},
    {"contact_key", FIELD_TEXT, false, "the contact; this or email is needed"},
    {"email", FIELD_EMAIL, false, "the contact's address"},
    {"role", FIELD_TEXT, false, "the contact's role in the deal"},
    {"is_primary", FIELD_BOOLEAN, false, "true: the deal's main contact"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField deal_split_fields[] = {
    {"split_key", FIELD_TEXT, false, "the split's own key; without one, deal and owner are it"},
    {"deal_key", FIELD_TEXT, true, "the deal"},
    {"owner", FIELD_TEXT, false, "who in sales has this part of the deal; without a split_key it is needed"},
    {"percent", FIELD_DECIMAL, false, "how much of it, 100 being all; this or share is needed"},
    {"share", FIELD_DECIMAL, false, "the same where 1 is all"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField activity_fields[] = {
    {"activity_key", FIELD_TEXT, true, "the activity's key in its system"},
    {"contact_key", FIELD_TEXT, false, "the contact; this, email or deal_key is needed"},
    {"email", FIELD_EMAIL, false, "the contact's address"},
    {"deal_key", FIELD_TEXT, false, "the deal that it was about"},
    {"kind", FIELD_TEXT, false, "call, mail, meeting, ..."},
    {"direction", FIELD_TEXT, false, "inbound or outbound"},
    {"subject", FIELD_TEXT, false, "what it was about"},
    {"outcome", FIELD_TEXT, false, "how it ended"},
    {"owner", FIELD_TEXT, false, "who in sales did it"},
    {"happened_at", FIELD_TIME, true, "when it happened"},
    {"duration_seconds", FIELD_INTEGER, false, "how long it took"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField content_fields[] = {
    {"url", FIELD_URL, true, "the address of the content"},
    {"title", FIELD_TEXT, false, "its title"},
    {"kind", FIELD_TEXT, false, "blog, guide, case_study, webinar, pricing, ..."},
    {"topic", FIELD_TEXT, false, "what it is about"},
    {"stage", FIELD_TEXT, false, "the stage of the buyer's journey that it serves"},
    {"persona", FIELD_TEXT, false, "whom it is written for"},
    {"author", FIELD_TEXT, false, "who wrote it"},
    {"published_at", FIELD_TIME, false, "when it was published"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField question_fields[] = {
    {"question_key", FIELD_TEXT, true, "the question's key in its system"},
    {"contact_key", FIELD_TEXT, false, "the contact who asked"},
    {"email", FIELD_EMAIL, false, "the address of who asked"},
    {"deal_key", FIELD_TEXT, false, "the deal in which it was asked"},
    {"topic", FIELD_TEXT, false, "what it is about"},
    {"text", FIELD_TEXT, true, "the question"},
    {"asked_at", FIELD_TIME, true, "when it was asked"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField property_change_fields[] = {
    {"deal_key", FIELD_TEXT, false, "the deal that changed; this, or contact_key or email, is needed, and not both"},
    {"contact_key", FIELD_TEXT, false, "the contact that changed"},
    {"email", FIELD_EMAIL, false, "the address of the contact that changed"},
    {"property", FIELD_TEXT, true,
     "what changed: stage, owner, amount, ... where deal or lead has a field of it, else the source's own name for it"},
    {"value", FIELD_TEXT, false, "what it became, as the source wrote it; absent: nothing"},
    {"changed_at", FIELD_TIME, true, "when it did"},
    {"source_detail", FIELD_TEXT, false, "what the source says of who or what changed it"},
};

static const RecordField cost_fields[] = {
    {"cost_key", FIELD_TEXT, false,
     "the row's own key; without one, day, channel, campaign, source, medium, url are it"},
    {"day", FIELD_DATE, true, "the day on which it was spent"},
    {"channel", FIELD_TEXT, false, "the channel that it was spent on"},
    {"campaign", FIELD_TEXT, false, "the campaign that it was spent on"},
    {"source", FIELD_TEXT, false, "the campaign source"},
    {"medium", FIELD_TEXT, false, "the campaign medium"},
    {"url", FIELD_URL, false, "the content that it paid for"},
    {"amount", FIELD_AMOUNT, true, "what was spent"},
    {"currency", FIELD_CURRENCY, false, "its currency; the reporting currency unless given"},
    {"detail", FIELD_TEXT, false, "a note"},
    UPDATED_AT,
    IS_DELETED,
};

static const RecordField rate_fields[] = {
    {"currency", FIELD_CURRENCY, true, "the foreign currency"},
    {"day", FIELD_DATE, true, "the day from which the rate holds"},
    {"rate", FIELD_DECIMAL, true, "1 unit of the currency is this many units of the reporting currency"},
};

static const RecordField reject_fields[] = {
    {"kind", FIELD_TEXT, false, "the record kind that it was to become"},
    {"field", FIELD_TEXT, false, "the field or column that was wrong"},
    {"code", FIELD_TEXT, true, "the reason as one word"},
    {"reason", FIELD_TEXT, true, "the reason in words"},
    {"raw", FIELD_TEXT, false,
     "the start of the text as it was read, addresses masked; none of what may hold a cookie"},
};

#undef UPDATED_AT
#undef IS_DELETED

#define SPEC(name, meaning, fields)                                                                                    \
    {                                                                                                                  \
        name, meaning, fields, sizeof fields / sizeof fields[0]                                                        \
    }

static const RecordSpec specs[RECORD_KIND_COUNT] = {
    [RECORD_VIEW] =
        SPEC("view", "an interaction with content: page view, download, form, email click, ...", view_fields),
    [RECORD_IDENTITY] = SPEC("identity", "a visitor shown to be an address or a contact", identity_fields),
    [RECORD_LEAD] = SPEC("lead", "a person whom marketing or sales knows", lead_fields),
    [RECORD_ACCOUNT] = SPEC("account", "a company", account_fields),
    [RECORD_DEAL] = SPEC("deal", "a deal: open, won or lost", deal_fields),
    [RECORD_DEAL_CONTACT] = SPEC("deal_contact", "a person's part in a deal", deal_contact_fields),
    [RECORD_DEAL_SPLIT] = SPEC("deal_split", "an owner's part in a deal that several share", deal_split_fields),
    [RECORD_ACTIVITY] = SPEC("activity", "a sales call, mail or meeting", activity_fields),
    [RECORD_CONTENT] = SPEC("content", "a piece of content in the catalogue", content_fields),
    [RECORD_QUESTION] = SPEC("question", "a customer's question that sales passes to marketing", question_fields),
    [RECORD_PROPERTY_CHANGE] =
        SPEC("property_change", "a property of a deal or contact that changed, and when", property_change_fields),
    [RECORD_COST] = SPEC("cost", "money spent on a channel, a campaign or a piece of content", cost_fields),
    [RECORD_RATE] = SPEC("rate", "a currency's rate", rate_fields),
    [RECORD_REJECT] = SPEC("reject", "a record that could not be used, and why", reject_fields),
};

#undef SPEC

const RecordSpec *record_spec(RecordKind kind)
{
    return &specs[kind];
}

bool record_kind_find(Text name, RecordKind *ret_kind)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (text_is(name, specs[kind].name)) {
            *ret_kind = (RecordKind)kind;
            return true;
        }
    return false;
}

int record_field_find(RecordKind kind, Text name)
{
    for (size_t i = 0; i < specs[kind].field_count; i++)
        if (text_is(name, specs[kind].fields[i].name))
            return (int)i;
    return -1;
}

static void put_u32(unsigned char *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static Status append_name(const char *name, Buffer *buffer, Error *error)
{
    TRY(buffer_append_byte(buffer, (char)strlen(name), error));
    return buffer_append(buffer, text_from(name), error);
}

Status record_encode_header(RecordKind kind, Buffer *buffer, Error *error)
{
    const RecordSpec *spec = &specs[kind];
    TRY(buffer_append_bytes(buffer, magic, sizeof magic, error));
    TRY(append_name(spec->name, buffer, error));
    TRY(buffer_append_byte(buffer, (char)spec->field_count, error));
    for (size_t i = 0; i < spec->field_count; i++)
        TRY(append_name(spec->fields[i].name, buffer, error));
    return STATUS_OK;
}

Status record_encode(RecordKind kind, const Record *record, Buffer *buffer, Error *error)
{
    size_t count = specs[kind].field_count;
    size_t size = 4 + 6; /* the size itself, line and file */
    for (size_t i = 0; i < count; i++) {
        if (record->values[i].size > RECORD_SIZE_MAX)
            return error_set(error, ERROR_DATA, "a value of %zu bytes", record->values[i].size);
        size += 5 + record->values[i].size; /* a varint of 32 bits takes at most 5 bytes */
    }
    if (size > RECORD_SIZE_MAX)
        return error_set(error, ERROR_DATA, "a record of more than %d bytes", RECORD_SIZE_MAX);
    TRY(buffer_reserve(buffer, size, error));
    unsigned char *start = (unsigned char *)buffer->data + buffer->size, *at = start + 10;
    put_u32(start + 4, record->line);
    start[8] = (unsigned char)record->file;
    start[9] = (unsigned char)(record->file >> 8);
    for (size_t i = 0; i < count; i++) {
        Text value = record->values[i];
        uint32_t head = value.data ? (uint32_t)value.size + 1 : 0;
        while (head >= 0x80) {
            *at++ = (unsigned char)(head | 0x80);
            head >>= 7;
        }
        *at++ = (unsigned char)head;
        if (value.size) {
            memcpy(at, value.data, value.size);
            at += value.size;
        }
    }
    put_u32(start, (uint32_t)(at - start - 4));
    buffer->size += (size_t)(at - start);
    buffer->data[buffer->size] = '\0';
    return STATUS_OK;
}

/* Makes sure that `size` bytes stand at reader->at. STATUS_END if the file ends exactly there. */
static Status fill(RecordReader *reader, size_t size, Error *error)
{
    Buffer *buffer = &reader->buffer;
    if (buffer->size - reader->at >= size)
        return STATUS_OK;
    if (reader->at) {
        memmove(buffer->data, buffer->data + reader->at, buffer->size - reader->at);
        buffer->size -= reader->at;
        reader->at = 0;
    }
    size_t wanted = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    if (buffer_reserve(buffer, wanted - buffer->size, error) != STATUS_OK)
        return error_prefix(error, "%s", reader->path);
    while (buffer->size < size) {
        ssize_t got = read(reader->descriptor, buffer->data + buffer->size, wanted - buffer->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(error, ERROR_IO, errno, "cannot read %s", reader->path);
        if (got == 0)
            return buffer->size == 0 ? STATUS_END
                                     : error_set(error, ERROR_DATA, "%s: ends in the middle of a record", reader->path);
        buffer->size += (size_t)got;
    }
    return STATUS_OK;
}

static Status check_header(RecordReader *reader, Error *error)
{
    cleanup(buffer_done) Buffer expected = buffer_make(4096);
    TRY(record_encode_header(reader->kind, &expected, error));
    Status status = fill(reader, expected.size, error);
    if (status == STATUS_ERROR && error->code != ERROR_DATA)
        return status;
    if (status != STATUS_OK || memcmp(reader->buffer.data, expected.data, expected.size) != 0)
        return error_set(error, ERROR_DATA, "%s: is no file of %s records of this version", reader->path,
                         specs[reader->kind].name);
    reader->at = expected.size;
    return STATUS_OK;
}

Status record_reader_open(RecordReader *reader, const char *path, RecordKind kind, Error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_NO_INPUT, errno, "cannot open %s", path);
    *reader = (RecordReader){
        .descriptor = descriptor, .kind = kind, .path = path, .buffer = buffer_make(RECORD_SIZE_MAX), .is_open = true};
    Status status = check_header(reader, error);
    if (status != STATUS_OK)
        record_reader_done(reader);
    return status;
}

static Status damaged(const RecordReader *reader, Error *error)
{
    return error_set(error, ERROR_DATA, "%s: is damaged", reader->path);
}

Status record_reader_next(RecordReader *reader, Record *ret_record, Error *error)
{
    TRY(fill(reader, 4, error));
    size_t size = get_u32((unsigned char *)reader->buffer.data + reader->at);
    if (size < 6 || size > RECORD_SIZE_MAX - 4)
        return damaged(reader, error);
    TRY(fill(reader, 4 + size, error));
    const unsigned char *at = (unsigned char *)reader->buffer.data + reader->at + 4, *end = at + size;
    reader->at += 4 + size;
    ret_record->line = get_u32(at);
    ret_record->file = (uint16_t)(at[4] | at[5] << 8);
    at += 6;
    for (size_t i = 0; i < specs[reader->kind].field_count; i++) {
        uint64_t head = 0;
        int shift = 0;
        do {
            if (at == end || shift > 28)
                return damaged(reader, error);
            head |= (uint64_t)(*at & 0x7F) << shift;
            shift += 7;
        } while (*at++ & 0x80);
        ret_record->values[i] = TEXT_NULL;
        if (head) {
            if (head - 1 > (uint64_t)(end - at))
                return damaged(reader, error);
            ret_record->values[i] = (Text){(const char *)at, head - 1};
            at += head - 1;
        }
    }
    return at == end ? STATUS_OK : damaged(reader, error);
}

void record_reader_done(RecordReader *reader)
{
    if (reader->is_open)
        close(reader->descriptor);
    buffer_done(&reader->buffer);
    reader->is_open = false;
    reader->descriptor = -1;
}
