/* The configuration's `stages`: the shared language of marketing and sales, the lowest stage first. A part of
 * common/config.
 *
 *     stages:
 *       - {name: mql, who: "employees >= 50", did: "topic = 'pricing'", times: 3, within: 14d}
 *       - {name: mql, from: 2026-07-01, who: "employees >= 100"}      # in force from that day on
 *       - {name: sql, did: "interaction = 'demo_request'", crm: [SQL, Sales Qualified]}
 *
 * A name may stand several times with other days: each is in force from its day to that of the next one.
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_STAGE_H
#define CLOSEDLOOP_COMMON_CONFIG_STAGE_H

#include "common/arena.h"
#include "common/config/condition.h"
#include "common/config/schema.h"
#include "common/error.h"

typedef struct Stage {
    const char *name;
    int place;        /* from 1; the same for all of one name */
    const char *from; /* "2026-07-01", a day of the reporting zone; NULL: from the beginning */
    Condition who;    /* what is known of the lead */
    Condition did;    /* a touch; at least one of the two is given */
    int64_t times;    /* so many touches, 1 unless given; 0 without `did` */
    int64_t within;   /* seconds from the first to the last of them; 0: no limit */
    SchemaTexts crm;  /* what the CRM calls the stage; nothing: its name */
    const YamlNode *node;
} Stage;

/* The keys of one as they stand in the file. */
typedef struct StageEntry {
    const YamlNode *node;
    const char *name;
    Text from, who, did;
    int64_t times, within;
    SchemaTexts crm;
} StageEntry;

extern const Schema stage_schema;

/* The stages of the list, each a StageEntry, in its order. `ret_stages` is of entries->count. */
Status stages_make(const SchemaItems *entries, Arena *arena, const Stage **ret_stages, Error *error);

/* The first definition of that name; NULL if there is none. */
const Stage *stage_find(const Stage *stages, size_t count, const char *name);

enum { STAGES_MAX = 100 };

#endif
