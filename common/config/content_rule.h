/* The configuration's `content`: rules that say what content is about where no catalogue does. A part of common/config;
 * others read the ContentRules that it makes.
 *
 *     content:
 *       - {path: '/blog*', kind: blog, stage: awareness}
 *       - {path: [/prices, /shop], host: www.example.com, kind: pricing, stage: decision}
 *
 *     {"content", SCHEMA_MAPPING_LIST, ..., .schema = &content_rule_schema}
 *
 *     TRY(content_rule_make(&entries[i], &arena, &rules[i], error));
 */
#ifndef CLOSEDLOOP_COMMON_CONTENT_RULE_H
#define CLOSEDLOOP_COMMON_CONTENT_RULE_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/schema.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* The keys as they stand in the file. */
typedef struct ContentRuleEntry {
    const YamlNode *node;
    SchemaTexts paths, hosts;
    Text kind, topic, stage, persona;
} ContentRuleEntry;

extern const Schema content_rule_schema;

/* Patterns come out as canonical URLs are written: hosts in lower case, and in paths what is no ASCII in percents. A
 * pattern that can fit no canonical URL is an error. */
Status content_rule_make(const ContentRuleEntry *entry, Arena *arena, ContentRule *ret_rule, Error *error);

#endif
