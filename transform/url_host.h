/* The host of a URL in its one form, by the host parser of the WHATWG URL standard (url.spec.whatwg.org/#host-parsing):
 * percent-decoded, in lower case; IPv4 in any of its numeric forms as four decimal numbers; IPv6 compressed, in
 * brackets.
 *
 *     char out[URL_HOST_SPACE(raw.size)];
 *     size_t size = url_host_canonical(raw, out);      // 0: no valid host
 *
 * Where it stops short of the standard: domain to ASCII (UTS #46). A host in ASCII is kept as given, "xn--" labels
 * included and unchecked. A host in other letters stays in UTF-8 and is not turned into "xn--"; only full-width forms,
 * the ideographic full stops and the ignored characters are mapped, since those alone change where a label ends; what
 * is no letter at all (spaces, controls, private use, noncharacters) fails. So "bücher.example" and
 * "xn--bcher-kva.example" are two hosts; browsers send the second.
 */
#ifndef CLOSEDLOOP_TRANSFORM_URL_HOST_H
#define CLOSEDLOOP_TRANSFORM_URL_HOST_H

#include "common/text.h"

/* Room that the canonical form of a host of that size may need: "[1::]" grows little, "0" becomes "0.0.0.0". */
#define URL_HOST_SPACE(size) ((size) + 48)

/* Writes the canonical form and returns its size; 0 if the standard says failure, or the host is empty. */
size_t url_host_canonical(Text raw, char *out);

/* Of a canonical host: does its last label start with a digit, so that it may be an IPv4 address? */
bool url_host_may_be_number(Text host);

#endif
