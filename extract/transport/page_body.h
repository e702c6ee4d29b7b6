/* What the body of a page says of itself: that it is whole, that it is an error, how many records it holds. Bodies of
 * json and xml are looked at; of other formats nothing is known before they are read.
 *
 *     TRY(page_body_check(source, body, &arena, error));
 *     TRY(page_body_count(source, body, &count, error));
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_PAGE_BODY_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_PAGE_BODY_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/error.h"

/* The body must be in memory to be looked at. */
bool page_body_is_seen(const Source *source);

/* ERROR_DATA, retryable, for a body that is not whole, as one is that was cut. A body that complains where the source's
 * `error` says is ERROR_PERMISSION if its words are about who may do what, else ERROR_DATA. */
Status page_body_check(const Source *source, Text body, Arena *arena, Error *error);

/* ERROR_DATA for a body without the place where records are to be. */
Status page_body_count(const Source *source, Text body, long long *ret_count, Error *error);

#endif
