/* E-mail addresses: the form that identifies a person, and the form that may be shown.
 *
 * email_normalize() decides what an address is (RFC 5321's dot-atom form, without quoted local parts and without
 * address literals) and brings it to one form, from which keys are computed. It applies no provider's own rules: that
 * Gmail ignores dots, or that "+tag" often means the same mailbox, is a guess about somebody else's server, and a wrong
 * guess gives one person's reading to another.
 *
 *     Text email;
 *     if (!email_normalize(TEXT("Ann Lee <Ann.Lee@Example.com>"), &arena, &email))
 *         ...                                  // reject EMAIL_BAD
 *     email_domain(email)                      // "example.com"
 *     email_mask(email, &arena)                // "a***@example.com"
 */
#ifndef CLOSEDLOOP_TRANSFORM_EMAIL_H
#define CLOSEDLOOP_TRANSFORM_EMAIL_H

#include "common/arena.h"
#include "common/text.h"

enum { EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64, EMAIL_LABEL_MAX = 63 };

/* The code of a reject whose address is none. */
#define EMAIL_BAD "bad_email"

/* The address without white space around it, display name, angle brackets, "mailto:" and its "?subject=...", ASCII
 * letters in lower case. Domain labels are letters, digits, hyphens, or valid UTF-8; at least two; the last is no
 * number. False if it is no address, or if the arena is full. *ret_email lives in the arena. */
bool email_normalize(Text raw, Arena *arena, Text *ret_email);

/* What follows the last @; the absent text if there is none. */
Text email_domain(Text email);

/* "j***@example.com": enough to recognise one's own address in a log. "***" if there is no @. The absent text if the
 * arena is full. */
Text email_mask(Text email, Arena *arena);

/* The first address inside of a longer text, or false. An @ may be written %40, \u0040, &#64; or &#x40;, as it is in
 * raw URLs, JSON and XML. Linear in the size of the text. */
bool email_find(Text raw, Text *ret_found);

/* The text with each address inside of it masked, for the raw text of a reject: the same span if it holds none. The
 * absent text if the arena is full. */
Text mask_addresses(Text raw, Arena *arena);

#endif
