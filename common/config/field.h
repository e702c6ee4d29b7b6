/* How one field of a mapping gets its value: a path, a list of them, or a mapping of `from`, `join`, `value`, `form`,
 * `lookup`, `map`, `default` and `optional`. A part of common/mapping.
 *
 *     PathPlace place = {.source = source, .each = EACH_RECORD, .arena = &arena};
 *     TRY(field_read(&place, RECORD_DEAL, node, &fields[count++], error));
 */
#ifndef CLOSEDLOOP_COMMON_FIELD_H
#define CLOSEDLOOP_COMMON_FIELD_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/yaml.h"
#include "common/error.h"

enum { FIELD_PATHS_MAX = 32, FIELD_MAP_MAX = 10000 };

/* What a path may be depends on where it stands. The source's format, header, columns and lookups must be set. */
typedef struct PathPlace {
    const Source *source;
    EachForm each;
    Arena *arena;
    bool is_optional; /* what the path names need not be there */
} PathPlace;

/* The node is what holds the path: a value, or the key of a filter. */
Status field_check_path(const PathPlace *place, const YamlNode *node, Text path, Error *error);

/* Reads the value of a key of `fields`. */
Status field_read(const PathPlace *place, RecordKind kind, const YamlNode *node, FieldMapping *ret_field, Error *error);

/* As the configuration writes it; NULL for FORM_NONE. */
const char *field_form_name(FieldForm form);

#endif
