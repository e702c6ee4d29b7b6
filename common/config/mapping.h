/* What becomes of a source's records: the keys `kind`, `each`, `fields`, `only` and `unless` of a source, and of each
 * entry under its `also`. A part of common/config; others read the RecordMapping that it makes.
 *
 *     TRY(mapping_make(&entry, &source, &arena, &mappings[i], error));
 */
#ifndef CLOSEDLOOP_COMMON_MAPPING_H
#define CLOSEDLOOP_COMMON_MAPPING_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/schema.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* The keys as they stand in the file. */
typedef struct MappingEntry {
    const YamlNode *node; /* the mapping that holds them, for messages */
    int kind;
    const YamlNode *each, *fields, *only, *unless;
} MappingEntry;

/* The kinds that a user may map: all but reject. */
extern const SchemaName mapping_kinds[];

/* Of an entry under `also`. */
extern const Schema mapping_schema;

/* Checks the entry against its kind, and against the source's format, header and columns, which must be set. Fields
 * come out in the order of the kind, filters and their values in byte order, so that the same content in another order
 * is the same mapping. */
Status mapping_make(const MappingEntry *entry, const Source *source, Arena *arena, RecordMapping *ret_mapping,
                    Error *error);

#endif
