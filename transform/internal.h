/* Internal traffic: views of one's own people, by where they come from, or by a parameter in the URL that they are
 * given (traffic_type=internal is the convention of GA4). The configuration's `traffic` says which.
 *
 *     if (internal_by_address(&config.traffic, TEXT("10.1.2.3")) || internal_by_parameter(&config.traffic, url)) ...
 */
#ifndef CLOSEDLOOP_TRANSFORM_INTERNAL_H
#define CLOSEDLOOP_TRANSFORM_INTERNAL_H

#include "common/config/traffic.h"

/* What is no address is none of theirs. */
bool internal_by_address(const Traffic *traffic, Text ip_address);

/* Names are compared without case, values as they stand, both decoded; the URL may be any text. */
bool internal_by_parameter(const Traffic *traffic, Text url);

/* A text with the network addresses in it masked, for the raw text of a reject: the same span if it holds none. A
 * version behind a slash (Chrome/126.0.0.0) is no address. The absent text if the arena is full. */
Text mask_ip_addresses(Text raw, Arena *arena);

#endif
