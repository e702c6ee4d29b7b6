/* The sitemaps of a website by HTTP, in the order in which they are fetched: the first address, and what the indexes
 * among the pages list, each once and on the same server.
 *
 *     SitemapPages pages;
 *     TRY(sitemap_pages_begin(url, &arena, &pages, error));
 *     ... fetch the page, into a file ...
 *     TRY(sitemap_pages_add(&pages, address, path, error));
 *     next = sitemap_pages_at(&pages, 1);                       // NULL behind the last one
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_SITEMAP_PAGES_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_SITEMAP_PAGES_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"

enum { SITEMAP_PAGES_MAX = 10000 };

typedef struct SitemapPages {
    const char *url;
    Arena *arena;
    const char **addresses;
    Key *keys; /* of the addresses */
    size_t count, capacity;
} SitemapPages;

/* The arena must outlive it. */
Status sitemap_pages_begin(const char *url, Arena *arena, SitemapPages *ret_pages, Error *error);

/* What the page of that address lists, which stands in the file: nothing unless it is an index. ERROR_DATA for a
 * sitemap on another server and for more than SITEMAP_PAGES_MAX. */
Status sitemap_pages_add(SitemapPages *pages, const char *address, const char *path, Error *error);

const char *sitemap_pages_at(const SitemapPages *pages, size_t index);

#endif
