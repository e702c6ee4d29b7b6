/* From a configuration's sources that name a preset to the sources that they stand for. It works on the YAML, before
 * anything is checked, so that what a preset says is checked as what a user says is, with the place of either.
 *
 *     - {name: crm, preset: hubspot-csv, timezone: Europe/Berlin, path: {deals: deals.csv, contacts: "contacts-*.csv"}}
 *
 * becomes the sources crm-deals and crm-contacts.
 */
#ifndef CLOSEDLOOP_COMMON_PRESET_USE_H
#define CLOSEDLOOP_COMMON_PRESET_USE_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* The configuration's tree with each source that has `preset` replaced; the same tree if there is none. Relative paths
 * of presets are relative to the folder.
 *
 * - Parts: those that `part` names, else those that a mapping under `path` names, else all, if they say themselves
 *   where they read (`http`, `query`, `path`). Of several the names are NAME-PART; `part: deals` alone keeps NAME.
 * - Keys: the user's come before the preset's; `~` takes the preset's out. `fields`, `lookups` (and each of these),
 *   `http` and `query` are merged key by key, all else is replaced. Of `path`, `http` and `query` a user's one takes
 *   the place of the preset's others. What can only mean one part (`fields`, `only`, ...) is refused for several, and
 * of `lookups` each part takes those that it has.
 * - A lookup for which the preset says `without` and nobody gives a `path` is left out; see
 * common/config/preset_lookup.h.
 *
 * *writable_by_others, if it is NULL, becomes the file of a preset of the user's own to which others may write, if
 * there is one. ERROR_CONFIG with the place in the configuration, and behind it, where it is about the preset, that in
 * the preset. */
Status preset_expand(const YamlNode *root, const char *folder, Arena *arena, const YamlNode **ret_root,
                     const char **writable_by_others, Error *error);

#endif
