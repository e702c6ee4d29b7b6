/* Remembers what was worked out for a text not long ago: one slot for each hash, the newest text takes it. Texts are
 * compared whole, so that it never changes an answer, only its price.
 *
 *     cleanup(memo_done) Memo memo = {0};
 *     TRY(memo_make(&memo, 256, 500, sizeof(bool), error));
 *     bool is_known, *verdict = memo_find(&memo, user_agent, &is_known);
 *     if (!is_known)
 *         *verdict = ...;                     // also where memo_find() has no room: then verdict is a place to spare
 */
#ifndef CLOSEDLOOP_TRANSFORM_MEMO_H
#define CLOSEDLOOP_TRANSFORM_MEMO_H

#include "common/error.h"
#include "common/text.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Memo {
    uint8_t *slots; /* one more than slot_count: the place to spare */
    size_t slot_count, slot_size, value_size, text_max;
} Memo;

/* slot_count is a power of two. Takes slot_count * (8 + text_max + value_size) bytes. */
Status memo_make(Memo *memo, size_t slot_count, size_t text_max, size_t value_size, Error *error);

/* The place of the text's value, aligned to 8 bytes. If it is not known the caller writes the value there. */
void *memo_find(Memo *memo, Text text, bool *ret_is_known);

void memo_done(Memo *memo);

#endif
