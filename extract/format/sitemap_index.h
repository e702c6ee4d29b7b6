/* The sitemaps that an index of sitemaps lists. Whoever brings the files that a source names uses it, before they are
 * read: extract/transport/sitemap_files.h looks for them beside the index; over HTTP they would be fetched.
 *
 *     TRY(sitemap_index_list(stream, take_address, context, error));
 *
 * To the reader (format/sitemap.c) an index is a sitemap of no content.
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_SITEMAP_INDEX_H
#define CLOSEDLOOP_EXTRACT_FORMAT_SITEMAP_INDEX_H

#include "common/error.h"
#include "common/stream.h"

/* The address as it is written, without the white space around it; valid during the call alone. */
typedef Status SitemapFound(void *context, size_t line, Text address, Error *error);

/* Calls found for each sitemap of an index; not at all for anything else, of which only the beginning is read. What is
 * wrong with a document is for its reader to say: here it ends the list. Fails if the stream or found does. */
Status sitemap_index_list(Stream *stream, SitemapFound *found, void *context, Error *error);

#endif
