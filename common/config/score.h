/* The configuration's `score`: points for who a lead is and for what it did. A part of common/config.
 *
 *     score:
 *       half_life_days: 30
 *       rules:
 *         - {name: pricing read, did: "path like '/pricing%'", points: 10}
 *         - {name: right size, who: "employees between 50 and 500", points: 20}
 *         - {name: student, who: "title ~* 'student'", points: -50}
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_SCORE_H
#define CLOSEDLOOP_COMMON_CONFIG_SCORE_H

#include "common/arena.h"
#include "common/config/condition.h"
#include "common/config/schema.h"
#include "common/error.h"

/* Points for each touch (`did`), or for what the lead is now (`who`). */
typedef struct ScoreRule {
    const char *name;
    Condition who, did; /* one of the two */
    int64_t points;     /* not 0; may take away */
} ScoreRule;

typedef struct Score {
    int64_t half_life_days; /* after so many days a touch is worth half of its points */
    const ScoreRule *rules;
    size_t rule_count;
} Score;

/* The keys as they stand in the file. */
typedef struct ScoreEntry {
    const YamlNode *node;
    int64_t half_life_days;
    SchemaItems rules;
} ScoreEntry;

extern const Schema score_schema;

Status score_make(const ScoreEntry *entry, Arena *arena, Score *ret_score, Error *error);

enum { SCORE_RULES_MAX = 200 };

#endif
