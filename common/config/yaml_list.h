/* New YAML collections made of nodes of others: the nodes are copied, their children are shared.
 *
 *     YamlList list;
 *     TRY(yaml_list_make(YAML_MAPPING, like, &arena, &list, error));
 *     TRY(yaml_list_append(&list, key, value, error));
 *     use(list.node);
 */
#ifndef CLOSEDLOOP_COMMON_YAML_LIST_H
#define CLOSEDLOOP_COMMON_YAML_LIST_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"

typedef struct YamlList {
    YamlNode *node, *last;
    Arena *arena;
} YamlList;

/* An empty collection with the place and the key of another node. */
Status yaml_list_make(YamlKind kind, const YamlNode *like, Arena *arena, YamlList *ret_list, Error *error);

/* Adds a copy of the value under this key (NULL in a sequence). */
Status yaml_list_append(YamlList *list, const YamlNode *key, const YamlNode *value, Error *error);

#endif
