/* Whether a text can be one SQL expression, by its brackets and quotes: what stands within the brackets that the server
 * is asked with must not end them. What it says the server knows better; see load/condition.
 *
 *     size_t position;
 *     const char *flaw = condition_scan(text, &position);
 *     if (flaw)
 *         … "position %zu: %s" …
 */
#ifndef CLOSEDLOOP_LOAD_CONDITION_SCAN_H
#define CLOSEDLOOP_LOAD_CONDITION_SCAN_H

#include "common/text.h"

/* NULL if it can; else what is wrong with it, and at which character, from 1. */
const char *condition_scan(Text text, size_t *ret_position);

/* The byte at which a character stands, from 1; text.size if there are not so many. */
size_t condition_byte_at(Text text, size_t position);

#endif
