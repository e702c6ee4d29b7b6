/* Addresses of pages: joined, compared, and shown without what nobody should read.
 *
 *     TRY(address_resolve(request.url, TEXT("/services/data/v60.0/query/01g-2000"), &arena, &next, error));
 *     if (!address_is_same_server(request.url, next))
 *         return error_set(...);
 *     next = address_with(next, TEXT("limit"), TEXT("100"), &arena);
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_ADDRESS_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_ADDRESS_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"

enum { ADDRESS_MAX = 64 * 1024 };

/* What a reference, relative or absolute, is from a base: an absolute http or https address without fragment and
 * without a user, in the arena. ERROR_DATA for anything else. */
Status address_resolve(const char *base, Text reference, Arena *arena, const char **ret_address, Error *error);

/* Scheme, host and port are the same. */
bool address_is_same_server(const char *a, const char *b);

/* The host is this machine, by a name that no resolver is asked for. */
bool address_is_loopback(const char *address);

/* Without each parameter of that name; with it, once, at the end. In the arena; NULL past its ceiling. */
const char *address_without(const char *address, Text name, Arena *arena);
const char *address_with(const char *address, Text name, Text value, Arena *arena);

/* Up to the query: what messages and manifests say. In the arena; NULL past its ceiling. */
const char *address_place(const char *address, Arena *arena);

/* Appends the text, percent-encoded but for letters, digits and -._~ */
Status address_encode(Text text, Buffer *buffer, Error *error);

#endif
