/* Finds the listed site that a host or a utm_source belongs to. The list is data/sites.tsv, or the user's own, and says
 * what its columns mean.
 *
 *     cleanup(site_index_done) SiteIndex index = {0};
 *     TRY(site_index_make(&config.classification.sites, &index, error));
 *     const Site *site = site_index_find(&index, TEXT("www.google.de"));        // google, SITE_SEARCH
 */
#ifndef CLOSEDLOOP_TRANSFORM_SITE_INDEX_H
#define CLOSEDLOOP_TRANSFORM_SITE_INDEX_H

#include "common/error.h"
#include "common/fact_list.h"
#include "common/text.h"

#include <stdint.h>

typedef enum SiteCategory {
    SITE_OTHER, /* none of the others; keeps a part of a listed site out of it */
    SITE_SEARCH,
    SITE_SOCIAL,
    SITE_VIDEO,
    SITE_SHOPPING,
    SITE_MAIL, /* the web pages of mail services, and what rewrites links in mails */
    SITE_AI,   /* assistants that answer with links */
    SITE_CATEGORY_COUNT,
} SiteCategory;

/* As the list writes it. */
const char *site_category_name(SiteCategory category);

typedef struct Site {
    Text source; /* the arrival's source */
    SiteCategory category;
    const FactRow *row;
} Site;

typedef struct SiteKey {
    Text text;
    const Site *site;
    uint8_t matches;
} SiteKey;

typedef struct SiteIndex {
    Site *sites;
    size_t site_count;
    SiteKey *keys;
    size_t key_count;
    uint32_t *slots; /* 0 free, else position of the key and 1; open addressing */
    size_t slot_mask;
} SiteIndex;

/* Of all of the list, which must outlive it. ERROR_CONFIG with file and line for what says nothing, or says two things
 * of one site. ret_index is replaced: it must not hold one. */
Status site_index_make(const FactList *list, SiteIndex *ret_index, Error *error);
void site_index_done(SiteIndex *index);

/* The site of a host, or of a utm_source, in lower case; NULL if it is not listed. */
const Site *site_index_find(const SiteIndex *index, Text host);

#endif
