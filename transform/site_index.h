/* Finds the listed site (channel_sites.h) that a host or a utm_source belongs to. */
#ifndef CLOSEDLOOP_TRANSFORM_SITE_INDEX_H
#define CLOSEDLOOP_TRANSFORM_SITE_INDEX_H

#include "common/text.h"
#include "transform/channel_sites.h"

#include <stdint.h>

enum { SITE_KEYS_MAX = 1024, SITE_SLOTS = 4 * SITE_KEYS_MAX };

typedef struct SiteKey {
    Text text;
    const ChannelSite *site;
    uint8_t matches;
} SiteKey;

typedef struct SiteIndex {
    SiteKey keys[SITE_KEYS_MAX];
    size_t key_count;
    uint16_t slots[SITE_SLOTS]; /* 0 free, else position of the key and 1; open addressing */
} SiteIndex;

/* Of all of channel_sites[]. False if there are too many. */
bool site_index_make(SiteIndex *index);

/* The site of a host, or of a utm_source, in lower case; NULL if it is not listed. */
const ChannelSite *site_index_find(const SiteIndex *index, Text host);

#endif
