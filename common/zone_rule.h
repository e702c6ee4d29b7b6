/* The rule in the last line of a TZif file, a POSIX TZ string as RFC 8536 extends it: "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 *     ZoneRule rule;
 *     if (zone_rule_parse(text, &rule) && rule.has_daylight)
 *         instant = zone_rule_local_seconds(&rule.start, 2026) - rule.standard;
 */
#ifndef CLOSEDLOOP_COMMON_ZONE_RULE_H
#define CLOSEDLOOP_COMMON_ZONE_RULE_H

#include "common/text.h"

#include <stdint.h>

typedef struct ZoneRuleDate {
    enum {
        ZONE_RULE_MONTH_WEEKDAY, /* Mm.w.d: weekday d (0 Sunday) of week w (5: the last) of month m */
        ZONE_RULE_JULIAN,        /* Jn: 1-365, February 29 never counted */
        ZONE_RULE_DAY,           /* n: 0-365, February 29 counted */
    } kind;
    int32_t month, week, day;
    int32_t time; /* seconds after local midnight, -167 to 167 hours */
} ZoneRuleDate;

typedef struct ZoneRule {
    int32_t standard, daylight; /* seconds east of UTC */
    bool has_daylight;          /* without it there is only standard */
    ZoneRuleDate start, end;    /* of daylight time; start is read in standard time, end in daylight time */
} ZoneRule;

/* False on anything but one whole TZ string with explicit dates. */
bool zone_rule_parse(Text text, ZoneRule *ret_rule);

/* The local time of a date in a year: seconds since the local clock showed 1970-01-01T00:00:00. */
int64_t zone_rule_local_seconds(const ZoneRuleDate *date, int32_t year);

#endif
