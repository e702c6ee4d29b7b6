/* The value of a field that is more than what stands in one slot: the first of several slots that yields something, or
 * all of them joined; written in another form; looked up; mapped; or the default. Fields that are one slot never come
 * here.
 *
 *     Text text;
 *     ExpressionEnd end;
 *     ValueFlaw flaw;
 *     if (!expression_evaluate(&expression, emitter, &text, &end, &flaw))
 *         ... reject the record ...
 */
#ifndef CLOSEDLOOP_EXTRACT_EXPRESSION_H
#define CLOSEDLOOP_EXTRACT_EXPRESSION_H

#include "extract/emitter.h"

/* What the value was in the end. */
typedef enum ExpressionEnd { EXPRESSION_FOUND, EXPRESSION_MAPPED, EXPRESSION_DEFAULT } ExpressionEnd;

/* The text, in the emitter's arena or the slot's own; absent if there is none and no default. False for a value that
 * cannot be stored. */
bool expression_evaluate(const MappingExpression *expression, Emitter *emitter, Text *ret_text, ExpressionEnd *ret_end,
                         ValueFlaw *ret_flaw);

/* The first slot that yields something, and what; slot_count and the absent text if none does. */
bool expression_find(const MappingExpression *expression, Emitter *emitter, size_t *ret_index, Text *ret_text,
                     ValueFlaw *ret_flaw);

#endif
