/* What a piece of HTML says, such as the title of a feed's entry: without tags, with character references decoded.
 *
 *     html_text(TEXT("Tips &amp; <b>tricks</b>"), &arena)        // Tips & tricks
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_HTML_TEXT_H
#define CLOSEDLOOP_EXTRACT_FORMAT_HTML_TEXT_H

#include "common/arena.h"
#include "common/text.h"

/* Text without markup comes back as it is, as does all of it where the arena has no room. References are numbers and
 * the commonest names; others stay as they are, as does a '<' that begins no tag. */
Text html_text(Text html, Arena *arena);

#endif
