/* A condition of the configuration: one boolean SQL expression over the documented columns of one row. Here it is text;
 * the server says what is wrong with it (load/condition). A part of common/config.
 *
 *     Condition who;
 *     TRY(condition_take(entry->node, "who", entry->who, &who, error));
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_CONDITION_H
#define CLOSEDLOOP_COMMON_CONFIG_CONDITION_H

#include "common/config/yaml.h"
#include "common/error.h"
#include "common/text.h"

typedef struct Condition {
    Text text;            /* a NUL follows it; absent: none is given */
    const YamlNode *node; /* for messages; NULL if none is given */
} Condition;

/* What stands in a mapping under this key: not blank, and at most CONDITION_MAX bytes. */
Status condition_take(const YamlNode *mapping, const char *key, Text text, Condition *ret_condition, Error *error);

static inline bool condition_is_given(const Condition *condition)
{
    return !text_is_null(condition->text);
}

enum { CONDITION_MAX = 10000 };

#endif
