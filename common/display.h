/* What of a text may reach a terminal or a log, and how wide it stands there. Texts come from files and servers: a
 * control character in them could move the cursor, rename the window or hide a line.
 *
 *     for (size_t at = 0; at < text.size;) {
 *         uint32_t character = display_next(text, &at);
 *         ...
 *     }
 */
#ifndef CLOSEDLOOP_COMMON_DISPLAY_H
#define CLOSEDLOOP_COMMON_DISPLAY_H

#include "common/text.h"

#include <stdint.h>
#include <stdio.h>

enum { DISPLAY_REPLACEMENT = 0xFFFD };

/* The character of UTF-8 at *at, which moves behind it; DISPLAY_REPLACEMENT, one byte further, where the bytes are
 * none. */
uint32_t display_next(Text text, size_t *at);

/* Controls (ASCII's and those of U+0080 to U+009F), line separators, and marks that turn the direction of writing. */
bool display_is_unsafe(uint32_t character);

/* What stands for it on one line: a space for tab and line ends, '?' for what is unsafe or no character, else itself.
 */
uint32_t display_safe(uint32_t character);

/* Columns: 0 for combining marks, 2 for East Asian wide characters and pictographs, else 1. */
unsigned display_width(uint32_t character);

/* A terminal on which a line can be rewritten. */
bool display_is_terminal(FILE *stream);

#endif
