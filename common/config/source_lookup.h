/* The key `lookups` of a source: small tables that its fields may look things up in. A part of common/source.
 *
 *     lookups:
 *       stages: {path: stages.csv, key: stage_id}
 */
#ifndef CLOSEDLOOP_COMMON_SOURCE_LOOKUP_H
#define CLOSEDLOOP_COMMON_SOURCE_LOOKUP_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/yaml.h"
#include "common/error.h"

enum { SOURCE_LOOKUPS_MAX = 32 };

/* Sets the source's lookups, in byte order of their names, so that the same content in another order is the same
 * mapping; a NULL node is none. Relative paths are relative to the folder. No file is opened. */
Status source_lookups_read(const YamlNode *node, const char *folder, Arena *arena, Source *source, Error *error);

/* The index of the lookup of that name, or -1. */
int source_lookup_find(const Source *source, Text name);

#endif
