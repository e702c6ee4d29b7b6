/* The sites by which channel.h tells search engines, social networks and so on. */
#ifndef CLOSEDLOOP_TRANSFORM_CHANNEL_SITES_H
#define CLOSEDLOOP_TRANSFORM_CHANNEL_SITES_H

#include <stddef.h>

typedef enum SiteCategory {
    SITE_OTHER, /* none of the others; keeps a part of a listed site out of it */
    SITE_SEARCH,
    SITE_SOCIAL,
    SITE_VIDEO,
    SITE_SHOPPING,
    SITE_MAIL, /* the web pages of mail services, and what rewrites links in mails */
    SITE_AI,   /* assistants that answer with links */
} SiteCategory;

typedef struct ChannelSite {
    /* In lower case. "*.x": x and what lies below it; "x.*": x before any public suffix of one part, or of two such as
     * co.uk; "x.**": x before anything; else exactly this. www. and m. before it do not count. Without a dot: a
     * utm_source, no host. The longest match decides. */
    const char *pattern;
    const char *source; /* the arrival's source; found as a utm_source too */
    SiteCategory category;
} ChannelSite;

extern const ChannelSite channel_sites[];
extern const size_t channel_site_count;

#endif
