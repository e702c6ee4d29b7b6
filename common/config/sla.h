/* The configuration's `sla`: what marketing and sales have promised each other. A part of common/config.
 *
 *     sla:
 *       marketing: {stage: mql, per_month: 200}           # marketing owes so many a month
 *       sales:                                            # sales calls them in time
 *         after: sql                                      # the stage in which a lead is handed over
 *         first_contact_within: 8h                        # of business hours
 *         hours: "Mon-Thu 09:00-17:00, Fri 09:00-14:00"
 *         timezone: Europe/Berlin
 *         holidays: [2026-12-25, 2026-12-26]
 *         kinds: [call, email, meeting]                   # the activities that are a contact
 *         missed: ['no answer', '*voicemail*']            # outcomes of those that reached nobody: attempts
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_SLA_H
#define CLOSEDLOOP_COMMON_CONFIG_SLA_H

#include "common/arena.h"
#include "common/config/schema.h"
#include "common/config/stage.h"
#include "common/error.h"

enum { SLA_OPENINGS_MAX = 7 * 8 };

/* Open hours of one weekday. */
typedef struct SlaOpening {
    int weekday;       /* 1 Monday to 7 Sunday */
    int opens, closes; /* minutes from midnight; opens < closes <= 1440 */
} SlaOpening;

typedef struct SlaMarketing {
    const char *stage;
    long long per_month; /* 0: nothing is owed */
} SlaMarketing;

typedef struct SlaSales {
    const char *after;              /* a stage; NULL: no promise is given */
    long long first_contact_within; /* seconds of business hours */
    SlaOpening openings[SLA_OPENINGS_MAX];
    size_t opening_count; /* ordered, and none overlaps another */
    const char *timezone; /* NULL: that of reports */
    SchemaTexts holidays; /* days such as 2026-12-25, each once */
    SchemaTexts kinds;    /* none: all */
    SchemaTexts missed;   /* patterns, see text_is_like() */
} SlaSales;

typedef struct Sla {
    SlaMarketing marketing;
    SlaSales sales;
} Sla;

/* The keys as they stand in the file. */
typedef struct SlaEntry {
    const YamlNode *node;
    struct SlaMarketingEntry {
        const YamlNode *node;
        const char *stage;
        int64_t per_month;
    } marketing;
    struct SlaSalesEntry {
        const YamlNode *node;
        const char *after, *timezone;
        int64_t first_contact_within;
        Text hours;
        SchemaTexts holidays, kinds, missed;
    } sales;
} SlaEntry;

extern const Schema sla_schema;

/* Its stages are among those given. */
Status sla_make(const SlaEntry *entry, const Stage *stages, size_t stage_count, Sla *ret_sla, Error *error);

#endif
