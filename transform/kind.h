/* The record kinds that have versions: all but view. Each is three functions in a kind_*.c; what they share, that is
 * reading, rejects, duplicates and the first columns of a row, is done here.
 *
 *     TRY(kind_convert_file(conversion, RECORD_DEAL, path, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_KIND_H
#define CLOSEDLOOP_TRANSFORM_KIND_H

#include "transform/conversion.h"

typedef struct Kind {
    /* Notes what the values' types do not tell, and conforms values; NULL: nothing. Values may be bad or absent. */
    void (*check)(Conversion *conversion, Value *values, Failure *failure);
    /* Why a record in which nothing is wrong is left out; NULL: the kind has no reason to. */
    FilterReason (*filter)(const Conversion *conversion, const Value *values);
    /* The record's key; false if the values that make it are not all good. */
    bool (*key)(Conversion *conversion, const Value *values, Key *ret_key);
    /* The key that the record was merged into; false if it says none. NULL: the kind knows no merges. */
    bool (*merged_into)(Conversion *conversion, const Value *values, Key *ret_key);
    /* Puts the record's own columns (transform/table.h) into the row. */
    Status (*put)(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error);
} Kind;

extern const Kind kind_identity, kind_lead, kind_account, kind_deal, kind_deal_contact, kind_deal_split, kind_activity,
    kind_content, kind_question, kind_property_change, kind_cost, kind_rate;

/* Reads the records of a file twice: first to learn which version of each key stays, then to write rows. Counts
 * emitted, rejected, duplicate and filtered.
 *
 * A deleted record with merged_into tells of a merge: CRMs list the losers of a merge with the survivor, and may still
 * export their old rows. It takes no other record's place within a batch, but gives it its merged_into. */
Status kind_convert_file(Conversion *conversion, RecordKind kind, const char *path, Error *error);

/* Puts a value as the column's type wants it: null if it is not set. */
void kind_put_text(CopyWriter *writer, const Value *value);
void kind_put_timestamp(CopyWriter *writer, const Value *value);
void kind_put_integer(CopyWriter *writer, const Value *value);
void kind_put_boolean(CopyWriter *writer, const Value *value);
/* The key (name, system, value). */
void kind_put_record_key(CopyWriter *writer, const char *name, const SourceRules *rules, const Value *value);
/* What the record was merged into, by what it says itself or another one of its batch does. */
void kind_put_merged_into(CopyWriter *writer, const Conversion *conversion);
/* The person of a contact or an address. */
void kind_put_person_key(CopyWriter *writer, const SourceRules *rules, const Value *contact, const Value *email);
/* The company's domain that the address is of. */
void kind_put_company_domain(CopyWriter *writer, const SourceRules *rules, const Value *email);
/* An amount, rounded to the minor unit of its currency, and then the currency, which is set. */
void kind_put_money(CopyWriter *writer, const Value *amount, const Value *currency);

/* Gives a record without a currency that of the reports, and notes an amount that is too large for its currency. */
void kind_check_money(const SourceRules *rules, const char *field, const Value *amount, Value *currency,
                      Failure *failure);
/* Notes `missing`, unless one of the values is there, be it bad. */
void kind_need_one(const char *field, const char *reason, const Value *const *values, size_t count, Failure *failure);
/* Notes `in_future`. */
void kind_check_past(const Conversion *conversion, const char *field, const Value *time, Failure *failure);
/* Reads a value as a canonical URL into conversion->url; a value that is none becomes bad, and that is noted. */
void kind_check_url(Conversion *conversion, const char *field, Value *value, Failure *failure);

#endif
