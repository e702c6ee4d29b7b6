/* The configuration's `report`: the page that closedloop-load report writes. A part of common/config.
 *
 *     report:
 *       language: de                # en unless given
 *       file: /srv/www/report.html  # report.html in the spool unless given
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_PAGE_H
#define CLOSEDLOOP_COMMON_CONFIG_PAGE_H

#include "common/config/schema.h"

typedef enum PageLanguage { PAGE_ENGLISH, PAGE_GERMAN } PageLanguage;

typedef struct PageSetting {
    PageLanguage language;
    const char *file; /* absolute */
} PageSetting;

/* The keys as they stand in the file. */
typedef struct PageEntry {
    const YamlNode *node;
    int language;
    const char *file; /* NULL: not given */
} PageEntry;

extern const Schema page_schema;

/* Such as "en". */
const char *page_language_name(PageLanguage language);

#endif
