/* A value as it is written in another way: what `form` of a field asks for.
 *
 *     Text text;
 *     if (!form_apply(FORM_SALESFORCE_ID, TEXT("001A0000006Vm9r"), &arena, &text))    // 001A0000006Vm9rIAC
 *         ... the arena is at its ceiling ...
 */
#ifndef CLOSEDLOOP_EXTRACT_FORM_H
#define CLOSEDLOOP_EXTRACT_FORM_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/text.h"

/* lower: ASCII letters become small, all else stays.
 * salesforce_id: an id of 15 letters and digits, in which case matters, becomes the same id in 18, in which it does
 * not: of each group of five the letters that are capitals, as bits, name one of A-Z0-5, which is appended. What is no
 * such id stays. (Salesforce, "15-character and 18-character IDs".)
 * email: what holds an @ stays, anything else becomes absent; no_email: the other way round. So that one identifier
 * which may be either is read as either. whole: a decimal number ("298.877") is rounded, half up ("299"); milliseconds:
 * likewise a thousandth of it. What is no number of digits and at most one point stays. date: "2018-12-19 00:00:00",
 * of whatever fraction of zeros and zone of UTC, becomes "2018-12-19"; any other time stays. first: of "7; 8" it is
 * "7", the first piece that is not empty. False past the arena's ceiling. What stays is not copied. */
bool form_apply(FieldForm form, Text text, Arena *arena, Text *ret_text);

#endif
