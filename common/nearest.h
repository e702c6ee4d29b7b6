/* The known name that a mistyped one was probably meant to be: for unknown options, keys, columns and fields.
 *
 *     const char *nearest = nearest_name(text, names, count);
 *     if (nearest)
 *         error_hint(error, "did you mean '%s'?", nearest);
 */
#ifndef CLOSEDLOOP_COMMON_NEAREST_H
#define CLOSEDLOOP_COMMON_NEAREST_H

#include "common/text.h"

/* The name with the fewest single-byte insertions, deletions, replacements and swaps of neighbours away from `wanted`,
 * ASCII case ignored; the first one of equals. If that is more than one, a name that holds all words of `wanted`, or is
 * held by it, comes first: "Stage" for "Deal Stage". NULL if none is near: more than one edit for each three bytes of
 * `wanted` (at most three) and no words in common, or `wanted` longer than 64 bytes. */
const char *nearest_name(Text wanted, const char *const *names, size_t count);

#endif
