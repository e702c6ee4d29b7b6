/* UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 *     if (!utf8_is_storable(field))
 *         reject(utf8_sanitize(field, &arena));
 *
 * PostgreSQL's text holds valid UTF-8 without U+0000, and refuses a whole COPY for one byte of anything else: that is
 * what storable means.
 */
#ifndef CLOSEDLOOP_COMMON_UTF8_H
#define CLOSEDLOOP_COMMON_UTF8_H

#include "common/arena.h"
#include "common/text.h"

#include <stdint.h>

/* Bytes before the first one that is not part of a valid character; text.size if all are. A character that is cut off
 * at the end is not valid. */
size_t utf8_valid_prefix(Text text);

/* Of the absent and of the empty text: true. */
bool utf8_is_valid(Text text);

/* Valid, and no NUL. */
bool utf8_is_storable(Text text);

/* Writes one character and returns its size in bytes, 1 to 4; 0 for a surrogate or a number above U+10FFFF. */
size_t utf8_encode(uint32_t character, char ret_bytes[4]);

/* The longest prefix of at most max_bytes that does not cut a character. */
Text utf8_truncate(Text text, size_t max_bytes);

/* Storable in any case: each byte that is part of no valid character, and each NUL, becomes U+FFFD. A text that is
 * storable already comes back as it is, not copied; the copy of another belongs to the arena, and its data is NULL when
 * the arena's ceiling is passed. */
Text utf8_sanitize(Text text, Arena *arena);

#endif
