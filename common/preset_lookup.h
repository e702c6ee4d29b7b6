/* The optional lookups of a preset: a table of names for owners, say, that not every user exports.
 *
 *     lookups: {owners: {key: Owner ID, optional: true}}
 *     fields: {owner: {from: Deal owner, lookup: owners, take: Email}}
 *
 * If the user gives `lookups: {owners: {path: owners.csv}}` this is a lookup like any other. If not, it is left out,
 * and the field is {from: Deal owner}.
 */
#ifndef CLOSEDLOOP_COMMON_PRESET_LOOKUP_H
#define CLOSEDLOOP_COMMON_PRESET_LOOKUP_H

#include "common/arena.h"
#include "common/error.h"
#include "common/yaml.h"

/* The source without the optional lookups that have no path, without `lookup` and `take` in the fields that name them
 * (those under `also` as well), and without the key `optional`. */
Status preset_lookup_resolve(const YamlNode *source, Arena *arena, const YamlNode **ret_source, Error *error);

#endif
