/* Labels of domains in other letters, as the domain name system writes them: the Punycode of RFC 3492.
 *
 *     char out[PUNYCODE_SPACE];
 *     size_t size = punycode_encode(TEXT("bücher"), out);        // "bcher-kva"; 0: too long
 */
#ifndef CLOSEDLOOP_TRANSFORM_PUNYCODE_H
#define CLOSEDLOOP_TRANSFORM_PUNYCODE_H

#include "common/text.h"

enum { PUNYCODE_SPACE = 63 - 4 }; /* what a label holds behind "xn--" */

/* Of a label in valid UTF-8, which should be in its one form: letters are encoded as they are. Returns the size, or 0
 * if it is longer than PUNYCODE_SPACE, or the label empty. */
size_t punycode_encode(Text label, char out[PUNYCODE_SPACE]);

#endif
