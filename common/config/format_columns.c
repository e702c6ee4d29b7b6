#include "common/config/format_columns.h"

static const char *const sitemap_columns[] = {
    [SITEMAP_LOC] = "loc",
    [SITEMAP_LASTMOD] = "lastmod",
    [SITEMAP_CHANGEFREQ] = "changefreq",
    [SITEMAP_PRIORITY] = "priority",
    [SITEMAP_HOST] = "host",
    [SITEMAP_NEWS_TITLE] = "news.title",
    [SITEMAP_NEWS_PUBLICATION_DATE] = "news.publication_date",
    [SITEMAP_NEWS_KEYWORDS] = "news.keywords",
    [SITEMAP_NEWS_GENRES] = "news.genres",
    [SITEMAP_NEWS_NAME] = "news.name",
    [SITEMAP_NEWS_LANGUAGE] = "news.language",
    [SITEMAP_VIDEO_TITLE] = "video.title",
    [SITEMAP_VIDEO_PUBLICATION_DATE] = "video.publication_date",
    [SITEMAP_VIDEO_TAG] = "video.tag",
    [SITEMAP_VIDEO_CATEGORY] = "video.category",
    [SITEMAP_VIDEO_DESCRIPTION] = "video.description",
    [SITEMAP_VIDEO_DURATION] = "video.duration",
    [SITEMAP_IMAGE_TITLE] = "image.title",
    [SITEMAP_IMAGE_CAPTION] = "image.caption",
};

static const char *const feed_columns[] = {
    [FEED_LINK] = "link",
    [FEED_TITLE] = "title",
    [FEED_AUTHOR] = "author",
    [FEED_PUBLISHED] = "published",
    [FEED_UPDATED] = "updated",
    [FEED_CATEGORY] = "category",
    [FEED_CATEGORIES] = "categories",
    [FEED_GUID] = "guid",
    [FEED_SUMMARY] = "summary",
    [FEED_ENCLOSURE] = "enclosure",
    [FEED_HOST] = "host",
};

_Static_assert(sizeof sitemap_columns / sizeof *sitemap_columns <= FORMAT_COLUMNS_MAX, "too many columns");
_Static_assert(sizeof feed_columns / sizeof *feed_columns <= FORMAT_COLUMNS_MAX, "too many columns");

FormatColumns format_columns(SourceFormat format)
{
    if (format == FORMAT_SITEMAP)
        return (FormatColumns){sitemap_columns, SITEMAP_COLUMN_COUNT};
    if (format == FORMAT_FEED)
        return (FormatColumns){feed_columns, FEED_COLUMN_COUNT};
    return (FormatColumns){NULL, 0};
}

size_t format_column_find(FormatColumns columns, Text name)
{
    size_t i = 0;
    while (i < columns.count && !text_is(name, columns.names[i]))
        i++;
    return i;
}
