/* The record kinds and their fields, declared once: extract's mapping, transform's checks and the documentation all
 * come from this table. And the file in which records pass from extract to transform.
 *
 * A record file (spool/extracted/<batch>/<kind>.records) holds records of one kind. All values are UTF-8 text as the
 * source gave them, or absent. Numbers are little-endian:
 *
 *     file    = "clrec1\0\n" kind fields record*
 *     kind    = length:u8 name
 *     fields  = count:u8 (length:u8 name)*           the kind's fields in order; a reader refuses other ones
 *     record  = size:u32 line:u32 file:u16 value*    size counts what follows it; file is an index into the inputs
 *     value   = varint                               0 absent, else size + 1, then the bytes
 */
#ifndef CLOSEDLOOP_COMMON_RECORD_H
#define CLOSEDLOOP_COMMON_RECORD_H

#include "common/buffer.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

typedef enum FieldType {
    FIELD_TEXT,
    FIELD_TIME,     /* an instant; a date alone means its end */
    FIELD_DATE,     /* a day; of a time, its date as written */
    FIELD_INTEGER,  /* a whole number of zero or more */
    FIELD_BOOLEAN,  /* true/false, yes/no, t/f, y/n, 1/0, on/off in any case */
    FIELD_AMOUNT,   /* money, in major units of the record's currency */
    FIELD_DECIMAL,  /* an exact decimal number */
    FIELD_CURRENCY, /* ISO 4217 alphabetic code */
    FIELD_EMAIL,
    FIELD_EMAILS, /* several, separated by ; or , or white space */
    FIELD_URL,
} FieldType;

typedef struct RecordField {
    const char *name;
    FieldType type;
    bool is_required;
    const char *meaning;
} RecordField;

typedef enum RecordKind {
    RECORD_VIEW,
    RECORD_IDENTITY,
    RECORD_LEAD,
    RECORD_ACCOUNT,
    RECORD_DEAL,
    RECORD_DEAL_CONTACT,
    RECORD_DEAL_SPLIT,
    RECORD_ACTIVITY,
    RECORD_CONTENT,
    RECORD_QUESTION,
    RECORD_PROPERTY_CHANGE,
    RECORD_COST,
    RECORD_RATE,
    RECORD_REJECT, /* what could not be read; written by the programs, never mapped by a user */
    RECORD_KIND_COUNT,
} RecordKind;

typedef struct RecordSpec {
    const char *name;
    const char *meaning;
    const RecordField *fields;
    size_t field_count;
} RecordSpec;

enum {
    RECORD_FIELDS_MAX = 24,      /* no kind has more */
    RECORD_SIZE_MAX = 128 << 20, /* bytes of one record in its file: twice the highest ceiling of a source's record,
                                    since one part of it may become several fields */
};

const RecordSpec *record_spec(RecordKind kind);

/* The kind of that name, reject included; false if there is none. */
bool record_kind_find(Text name, RecordKind *ret_kind);

/* Index of the field of that name, or -1. */
int record_field_find(RecordKind kind, Text name);

/* Positions of the fields of each kind, in the order of the table in record.c (a test holds them together). */
/* clang-format off: a kind's fields in a few lines, as a table */
enum {
    VIEW_EVENT_ID,
    VIEW_VIEWED_AT,
    VIEW_VISITOR,
    VIEW_EMAIL,
    VIEW_CONTACT_KEY,
    VIEW_URL,
    VIEW_TITLE,
    VIEW_INTERACTION,
    VIEW_REFERRER,
    VIEW_USER_AGENT,
    VIEW_IP_ADDRESS,
    VIEW_UTM_SOURCE,
    VIEW_UTM_MEDIUM,
    VIEW_UTM_CAMPAIGN,
    VIEW_UTM_TERM,
    VIEW_UTM_CONTENT,
    VIEW_CLICK_ID,
    VIEW_DWELL_SECONDS,
    VIEW_IS_BOT,
    VIEW_FIELD_COUNT
};
enum {
    IDENTITY_KEY,
    IDENTITY_VISITOR,
    IDENTITY_IDENTIFIED_AT,
    IDENTITY_EMAIL,
    IDENTITY_CONTACT_KEY,
    IDENTITY_FIELD_COUNT
};
enum {
    LEAD_CONTACT_KEY,
    LEAD_EMAIL,
    LEAD_OTHER_EMAILS,
    LEAD_NAME,
    LEAD_COMPANY,
    LEAD_ACCOUNT_KEY,
    LEAD_TITLE,
    LEAD_EMPLOYEES,
    LEAD_COUNTRY,
    LEAD_INDUSTRY,
    LEAD_PHONE,
    LEAD_STAGE,
    LEAD_OWNER,
    LEAD_SOURCE_DETAIL,
    LEAD_CREATED_AT,
    LEAD_UPDATED_AT,
    LEAD_MERGED_INTO,
    LEAD_IS_DELETED,
    LEAD_FIELD_COUNT
};
enum {
    ACCOUNT_KEY,
    ACCOUNT_DOMAIN,
    ACCOUNT_NAME,
    ACCOUNT_INDUSTRY,
    ACCOUNT_EMPLOYEES,
    ACCOUNT_COUNTRY,
    ACCOUNT_OWNER,
    ACCOUNT_CREATED_AT,
    ACCOUNT_UPDATED_AT,
    ACCOUNT_MERGED_INTO,
    ACCOUNT_IS_DELETED,
    ACCOUNT_FIELD_COUNT
};
enum {
    DEAL_KEY,
    DEAL_NAME,
    DEAL_ACCOUNT_KEY,
    DEAL_OWNER,
    DEAL_STAGE,
    DEAL_AMOUNT,
    DEAL_CURRENCY,
    DEAL_IS_WON,
    DEAL_IS_CLOSED,
    DEAL_CREATED_AT,
    DEAL_CLOSED_AT,
    DEAL_UPDATED_AT,
    DEAL_MERGED_INTO,
    DEAL_IS_DELETED,
    DEAL_FIELD_COUNT
};
enum {
    DEAL_CONTACT_DEAL_KEY,
    DEAL_CONTACT_CONTACT_KEY,
    DEAL_CONTACT_EMAIL,
    DEAL_CONTACT_ROLE,
    DEAL_CONTACT_IS_PRIMARY,
    DEAL_CONTACT_UPDATED_AT,
    DEAL_CONTACT_IS_DELETED,
    DEAL_CONTACT_FIELD_COUNT
};
enum {
    DEAL_SPLIT_KEY,
    DEAL_SPLIT_DEAL_KEY,
    DEAL_SPLIT_OWNER,
    DEAL_SPLIT_PERCENT,
    DEAL_SPLIT_SHARE,
    DEAL_SPLIT_UPDATED_AT,
    DEAL_SPLIT_IS_DELETED,
    DEAL_SPLIT_FIELD_COUNT
};
enum {
    ACTIVITY_KEY,
    ACTIVITY_CONTACT_KEY,
    ACTIVITY_EMAIL,
    ACTIVITY_DEAL_KEY,
    ACTIVITY_KIND,
    ACTIVITY_DIRECTION,
    ACTIVITY_SUBJECT,
    ACTIVITY_OUTCOME,
    ACTIVITY_OWNER,
    ACTIVITY_HAPPENED_AT,
    ACTIVITY_DURATION_SECONDS,
    ACTIVITY_UPDATED_AT,
    ACTIVITY_IS_DELETED,
    ACTIVITY_FIELD_COUNT
};
enum {
    CONTENT_URL,
    CONTENT_TITLE,
    CONTENT_KIND,
    CONTENT_TOPIC,
    CONTENT_STAGE,
    CONTENT_PERSONA,
    CONTENT_AUTHOR,
    CONTENT_PUBLISHED_AT,
    CONTENT_UPDATED_AT,
    CONTENT_IS_DELETED,
    CONTENT_FIELD_COUNT
};
enum {
    QUESTION_KEY,
    QUESTION_CONTACT_KEY,
    QUESTION_EMAIL,
    QUESTION_DEAL_KEY,
    QUESTION_TOPIC,
    QUESTION_TEXT,
    QUESTION_ASKED_AT,
    QUESTION_UPDATED_AT,
    QUESTION_IS_DELETED,
    QUESTION_FIELD_COUNT
};
enum {
    PROPERTY_CHANGE_DEAL_KEY,
    PROPERTY_CHANGE_CONTACT_KEY,
    PROPERTY_CHANGE_EMAIL,
    PROPERTY_CHANGE_PROPERTY,
    PROPERTY_CHANGE_VALUE,
    PROPERTY_CHANGE_CHANGED_AT,
    PROPERTY_CHANGE_SOURCE_DETAIL,
    PROPERTY_CHANGE_FIELD_COUNT
};
enum {
    COST_KEY,
    COST_DAY,
    COST_CHANNEL,
    COST_CAMPAIGN,
    COST_SOURCE,
    COST_MEDIUM,
    COST_URL,
    COST_AMOUNT,
    COST_CURRENCY,
    COST_DETAIL,
    COST_UPDATED_AT,
    COST_IS_DELETED,
    COST_FIELD_COUNT
};
enum { RATE_CURRENCY, RATE_DAY, RATE_RATE, RATE_FIELD_COUNT };
enum { REJECT_KIND, REJECT_FIELD, REJECT_CODE, REJECT_REASON, REJECT_RAW, REJECT_FIELD_COUNT };
/* clang-format on */

/* The code of a reject that is the last line of its input, has no line end, and may not be whole. */
#define REJECT_CODE_CUT_OFF "cut_off"

/* One record: as many values as its kind has fields. */
typedef struct Record {
    uint32_t line; /* where it began in its input, 1-based */
    uint16_t file; /* which input of the batch */
    Text values[RECORD_FIELDS_MAX];
} Record;

/* The head of a record file, appended to the buffer. */
Status record_encode_header(RecordKind kind, Buffer *buffer, Error *error);

/* One record, appended to the buffer. ERROR_DATA for one of more than RECORD_SIZE_MAX bytes, which no reader would
 * take, and past the buffer's ceiling; the buffer stays as it was. */
Status record_encode(RecordKind kind, const Record *record, Buffer *buffer, Error *error);

/* Reads a record file in constant memory.
 *
 *     cleanup(record_reader_done) RecordReader reader = {0};
 *     TRY(record_reader_open(&reader, path, RECORD_VIEW, error));
 *     while ((status = record_reader_next(&reader, &record, error)) == STATUS_OK) ...
 */
typedef struct RecordReader {
    int descriptor; /* -1 when closed */
    RecordKind kind;
    const char *path; /* the caller's, for messages */
    Buffer buffer;
    size_t at;
    bool is_open;
} RecordReader;

/* ERROR_NO_INPUT if the file is missing, ERROR_DATA if its head is not that of this kind. */
Status record_reader_open(RecordReader *reader, const char *path, RecordKind kind, Error *error);

/* The next record; its values point into the reader's buffer and hold until the next call. STATUS_END after the last;
 * ERROR_DATA for a file that is cut or damaged. */
Status record_reader_next(RecordReader *reader, Record *ret_record, Error *error);

void record_reader_done(RecordReader *reader);

#endif
