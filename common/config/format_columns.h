/* The columns of formats that name them of themselves: what a sitemap or a feed says of an entry is known before any
 * file is opened, so that a mapping can be checked when the configuration is read.
 *
 *     FormatColumns columns = format_columns(FORMAT_FEED);
 *     columns.names[FEED_LINK]                // "link"
 */
#ifndef CLOSEDLOOP_COMMON_FORMAT_COLUMNS_H
#define CLOSEDLOOP_COMMON_FORMAT_COLUMNS_H

#include "common/config/config.h"

/* www.sitemaps.org/protocol.html, and the extensions for news, videos and images that search engines define. */
typedef enum SitemapColumn {
    SITEMAP_LOC,
    SITEMAP_LASTMOD,
    SITEMAP_CHANGEFREQ,
    SITEMAP_PRIORITY,
    SITEMAP_HOST, /* of loc */
    SITEMAP_NEWS_TITLE,
    SITEMAP_NEWS_PUBLICATION_DATE,
    SITEMAP_NEWS_KEYWORDS,
    SITEMAP_NEWS_GENRES,
    SITEMAP_NEWS_NAME,
    SITEMAP_NEWS_LANGUAGE,
    SITEMAP_VIDEO_TITLE,
    SITEMAP_VIDEO_PUBLICATION_DATE,
    SITEMAP_VIDEO_TAG,
    SITEMAP_VIDEO_CATEGORY,
    SITEMAP_VIDEO_DESCRIPTION,
    SITEMAP_VIDEO_DURATION,
    SITEMAP_IMAGE_TITLE,
    SITEMAP_IMAGE_CAPTION,
    SITEMAP_COLUMN_COUNT,
} SitemapColumn;

/* What RSS 2.0, RSS 1.0 and Atom call differently has one name here. */
typedef enum FeedColumn {
    FEED_LINK,
    FEED_TITLE,
    FEED_AUTHOR,
    FEED_PUBLISHED,
    FEED_UPDATED,
    FEED_CATEGORY,   /* the first */
    FEED_CATEGORIES, /* all, with semicolons between them */
    FEED_GUID,
    FEED_SUMMARY,
    FEED_ENCLOSURE,
    FEED_HOST, /* of link */
    FEED_COLUMN_COUNT,
} FeedColumn;

/* No format has more. */
#define FORMAT_COLUMNS_MAX 32

typedef struct FormatColumns {
    const char *const *names; /* NULL: the inputs name their columns, or have none */
    size_t count;
} FormatColumns;

FormatColumns format_columns(SourceFormat format);

/* The place of a column, or columns.count. */
size_t format_column_find(FormatColumns columns, Text name);

#endif
