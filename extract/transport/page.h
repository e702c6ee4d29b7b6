/* From page to page: the request for the page at a position, and the position that a page leads on to. A position is
 * what a stopped reading must know to go on: a cursor, an offset, an address; NULL is the first page.
 *
 *     TRY(page_request(source, NULL, since, job, position, &arena, &body, &request, error));
 *     ... ask, keep the body ...
 *     TRY(page_next(source, &(Page){.address = request.address, .answer = &answer, .body = body, ...}, &arena, &next,
 *                   error));
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_PAGE_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_PAGE_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/error.h"
#include "extract/transport/http.h"

enum { PAGE_REQUEST_CEILING = 1 << 20 };

/* What is asked besides the position. */
typedef struct PageQuestion {
    const Source *source;
    bool has_since;
    int64_t since;       /* microseconds since 1970 */
    const char *address; /* in place of the source's url: a job's results; NULL: the url */
} PageQuestion;

/* A page that came. */
typedef struct Page {
    const char *address;  /* that it came from */
    const char *position; /* of it */
    const HttpAnswer *answer;
    Text body; /* if page_body_is_seen() */
} Page;

/* The request lives in the arena. ERROR_DATA for one that is too long, and for a position on another server. */
Status page_request(const PageQuestion *question, const char *position, Arena *arena, HttpRequest *ret_request,
                    Error *error);

/* The text with each {since} replaced by the question's time, or by 1970. In the arena. */
Status page_write_since(const PageQuestion *question, Text text, Arena *arena, Text *ret_text, Error *error);

/* Checks the page and tells where it leads; *ret_position is NULL behind the last one. ERROR_DATA, retryable, for a
 * body that is no JSON, as one is that was cut; ERROR_DATA for one that tells of an error, for a page without the
 * records that are to be counted, for an address on another server, and for what leads on and is no value. Where
 * sitemaps lead is the business of extract/transport/sitemap_pages. */
Status page_next(const Source *source, const Page *page, Arena *arena, const char **ret_position, Error *error);

/* The address in a Link header (RFC 8288) of this relation; absent if there is none. */
Text page_link(Text header, Text relation);

#endif
