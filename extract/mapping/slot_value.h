/* What a reader puts into a slot: a span of the source, and how it is to be understood. Most are text as it stands;
 * the others are made into text only when somebody wants them.
 *
 *     Text text;
 *     ValueFlaw flaw;
 *     if (!slot_value_resolve(&value, &arena, &text, &flaw))
 *         ... reject: flaw.code, flaw.reason ...
 */
#ifndef CLOSEDLOOP_EXTRACT_SLOT_VALUE_H
#define CLOSEDLOOP_EXTRACT_SLOT_VALUE_H

#include "common/arena.h"
#include "common/text.h"

typedef enum ValueForm {
    VALUE_UNSET,
    VALUE_PLAIN,     /* valid UTF-8 without NUL, or absent */
    VALUE_UNCHECKED, /* any bytes */
    VALUE_ESCAPED,   /* the inside of a JSON string */
    VALUE_LIST,      /* a JSON array, whose texts become a list with semicolons */
    VALUE_UNOPENED,  /* a place in a document that nobody looked into yet: see extract/mapping/document.h */
    VALUE_TOO_LONG,  /* there was no memory for it */
} ValueForm;

typedef struct Value {
    Text text;
    ValueForm form;
} Value;

/* Why a value cannot be stored: for a reject. */
typedef struct ValueFlaw {
    const char *code, *reason;
} ValueFlaw;

extern const ValueFlaw value_too_long;

/* The text, which is the value's own or lies in the arena; absent if the value is unset. False for what PostgreSQL
 * cannot store, and past the arena's ceiling. */
bool slot_value_resolve(const Value *value, Arena *arena, Text *ret_text, ValueFlaw *ret_flaw);

/* Whether it means these characters: absent and empty are the same. Takes no memory, and does not look into lists. */
bool slot_value_is(const Value *value, Text wanted);

#endif
