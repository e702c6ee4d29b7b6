/* The lookups of a preset that a user need not give: a table of names for owners, say, that not everybody exports.
 *
 *     lookups: {owners: {key: Owner ID, without: keep}, companies: {key: Deal ID, without: drop}}
 *     fields:
 *       owner: {from: Deal owner, lookup: owners, take: Email}
 *       account_key: {from: Record ID, lookup: companies, take: Company ID}
 *
 * If the user gives `lookups: {owners: {path: owners.csv}}` this is a lookup like any other. If not, it is left out:
 * the field is then {from: Deal owner}, or, where the lookup says `drop`, none at all.
 */
#ifndef CLOSEDLOOP_COMMON_PRESET_LOOKUP_H
#define CLOSEDLOOP_COMMON_PRESET_LOOKUP_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* The source without the lookups that say `without` and have no path, with the fields that name them (those under
 * `also` as well) as said above, and without the key `without`. ERROR_CONFIG if that is neither keep nor drop. */
Status preset_lookup_resolve(const YamlNode *source, Arena *arena, const YamlNode **ret_source, Error *error);

#endif
