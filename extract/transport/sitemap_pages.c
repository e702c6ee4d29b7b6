#include "extract/transport/sitemap_pages.h"

#include "common/stream.h"
#include "extract/format/sitemap_index.h"
#include "extract/transport/address.h"

/* The page that is being read. */
typedef struct Listing {
    SitemapPages *pages;
    const char *address;
} Listing;

static Status no_room(Error *error)
{
    return error_set(error, ERROR_DATA, "the sitemaps have longer addresses than there is room for");
}

static Status grow(SitemapPages *pages, Error *error)
{
    if (pages->count < pages->capacity)
        return STATUS_OK;
    size_t capacity = pages->capacity ? 2 * pages->capacity : 64;
    const char **addresses = arena_allocate(pages->arena, capacity * sizeof *addresses);
    Key *keys = arena_allocate(pages->arena, capacity * sizeof *keys);
    if (!addresses || !keys)
        return no_room(error);
    for (size_t i = 0; i < pages->count; i++) {
        addresses[i] = pages->addresses[i];
        keys[i] = pages->keys[i];
    }
    pages->addresses = addresses;
    pages->keys = keys;
    pages->capacity = capacity;
    return STATUS_OK;
}

/* Once: an index may list itself, and a sitemap may stand in two. */
static Status append(SitemapPages *pages, const char *address, Error *error)
{
    Key key = hash_bytes(text_from(address));
    for (size_t i = 0; i < pages->count; i++)
        if (key_equal(&pages->keys[i], &key))
            return STATUS_OK;
    if (pages->count == SITEMAP_PAGES_MAX)
        return error_set(error, ERROR_DATA, "lists more than %d sitemaps", SITEMAP_PAGES_MAX);
    TRY(grow(pages, error));
    pages->addresses[pages->count] = address;
    pages->keys[pages->count] = key;
    pages->count++;
    return STATUS_OK;
}

static Status take_address(void *context, size_t line, Text reference, Error *error)
{
    const Listing *listing = context;
    const char *address;
    if (address_resolve(listing->address, reference, listing->pages->arena, &address, error) != STATUS_OK)
        return error_prefix(error, "line %zu", line);
    if (!address_is_same_server(listing->pages->url, address)) {
        const char *place = address_place(address, listing->pages->arena);
        error_set(error, ERROR_DATA, "line %zu: lists a sitemap on another server, %.300s", line, place ? place : "");
        return error_hint(error,
                          "the sitemaps of an index are followed on its own server alone, where https and http are "
                          "two: give that one a source of its own");
    }
    return append(listing->pages, address, error);
}

Status sitemap_pages_begin(const char *url, Arena *arena, SitemapPages *ret_pages, Error *error)
{
    *ret_pages = (SitemapPages){.url = url, .arena = arena};
    return append(ret_pages, url, error);
}

Status sitemap_pages_add(SitemapPages *pages, const char *address, const char *path, Error *error)
{
    cleanup(stream_freep) Stream *stream = NULL;
    Listing listing = {pages, address};
    TRY(stream_open(path, &stream, error));
    return sitemap_index_list(stream, take_address, &listing, error);
}

const char *sitemap_pages_at(const SitemapPages *pages, size_t index)
{
    return index < pages->count ? pages->addresses[index] : NULL;
}
