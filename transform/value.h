/* The values of a record, read by the types of its fields: trimmed, checked, conformed.
 *
 *     Value values[RECORD_FIELDS_MAX];
 *     Failure failure = {0};
 *     if (!values_read(rules, RECORD_DEAL, &record, &arena, values, &failure))
 *         reject(failure.field, failure.code, failure.reason);
 *
 * All values are read, past the first that fails, so that a bad record's key may still be known.
 */
#ifndef CLOSEDLOOP_TRANSFORM_VALUE_H
#define CLOSEDLOOP_TRANSFORM_VALUE_H

#include "common/arena.h"
#include "common/record.h"
#include "transform/source_rules.h"

enum {
    VALUE_MAX = 8 << 10,           /* bytes of a value ... */
    VALUE_QUESTION_MAX = 64 << 10, /* ... and of a question's text */
};

typedef enum ValueState {
    VALUE_ABSENT, /* or empty once trimmed */
    VALUE_SET,
    VALUE_BAD,
} ValueState;

typedef struct Value {
    /* What stands in the record, trimmed; of an address and a currency its one form. Absent unless the value is set. */
    Text text;
    union {
        int64_t number;  /* an instant, days since 1970-01-01, a whole number, 0 or 1 */
        Decimal decimal; /* an amount, a decimal */
        struct {
            const Text *items;
            size_t count;
        } list; /* addresses */
    };
    ValueState state;
} Value;

/* Why a record is rejected. All three are constants. */
typedef struct Failure {
    const char *field; /* NULL: none of its own */
    const char *code;  /* NULL: nothing has failed */
    const char *reason;
} Failure;

/* Notes it, unless something has failed before. */
void failure_note(Failure *failure, const char *field, const char *code, const char *reason);

/* Reads all values of a record. Texts point into the record or the arena. A field that is required may be missing from
 * a record that is_deleted: there its key is enough. False, and the first failure, if one is bad or missing. */
bool values_read(const SourceRules *rules, RecordKind kind, const Record *record, Arena *arena,
                 Value values[RECORD_FIELDS_MAX], Failure *failure);

static inline bool value_is_set(const Value *value)
{
    return value->state == VALUE_SET;
}

/* A boolean that is set, and true. */
static inline bool value_is_true(const Value *value)
{
    return value->state == VALUE_SET && value->number;
}

#endif
