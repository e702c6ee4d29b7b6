/* What becomes of a preset's keys under those of whoever uses it: a user's source, or another preset that is like it.
 *
 *     int depth = preset_merge_depth(child->key);
 *     if (depth && child->kind == YAML_MAPPING && other->kind == YAML_MAPPING)
 *         TRY(preset_merge(child, other, depth, false, &arena, &merged, error));
 *
 * The nodes stay where they were written, for messages.
 */
#ifndef CLOSEDLOOP_COMMON_PRESET_MERGE_H
#define CLOSEDLOOP_COMMON_PRESET_MERGE_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* How deep the mapping of a source's key is merged; 0: it is replaced. */
int preset_merge_depth(const YamlNode *key);

/* The mapping `ours` under `theirs`, whose values come first; a null of theirs takes a key out. If it is closed it
 * takes no names that ours has not. */
Status preset_merge(const YamlNode *ours, const YamlNode *theirs, int depth, bool is_closed, Arena *arena,
                    YamlNode **ret_merged, Error *error);

/* The source of a preset under one of the same part in another preset that is like it, which is read another way. */
Status preset_merge_source(const YamlNode *ours, const YamlNode *theirs, Arena *arena, YamlNode **ret_source,
                           Error *error);

#endif
