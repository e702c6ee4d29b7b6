/* Presets: the mappings of what well-known products export, one YAML file each in extract/presets/, carried in the
 * programs. A user's own file of the same form is a preset, too.
 *
 *     # Where the export comes from, and its traps: what --explain prints.
 *     title: HubSpot exports as CSV
 *     system: hubspot
 *     settings: {portal: ~, version: v3}      # for ${portal}, which a user must give, and ${version}, which one may
 *     sources:
 *       - {part: deals, kind: deal, format: csv, fields: {...}}
 *       - {part: contacts, kind: lead, format: csv, fields: {...}}
 *
 * A part that says `optional: true` is read only where a user names it: not every installation of the product has it.
 * With `like: hubspot-json` a part takes what it does not say from the part of the same name there, key by key as a
 * user's source takes a preset's: so that what is fetched is mapped as what is exported.
 *
 *     Preset preset;
 *     TRY(preset_read(TEXT("hubspot-csv"), NULL, "", &arena, &preset, error));
 *
 * What a source that names one becomes is the business of common/preset_use.
 */
#ifndef CLOSEDLOOP_COMMON_PRESET_H
#define CLOSEDLOOP_COMMON_PRESET_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/embedded.h"
#include "common/error.h"
#include "common/text.h"

/* The shipped ones: "hubspot-csv.yaml". */
extern const EmbeddedFile preset_files[];
extern const size_t preset_file_count;

typedef struct Preset {
    const char *name; /* as it was asked for */
    const char *file; /* that it was read from, if it is no shipped one; or NULL */
    Text text;        /* the whole file, comments and all */
    const char *title;
    const YamlNode *system;   /* NULL: none */
    const YamlNode *settings; /* a mapping of names to single values, null where a user must give one; NULL: none */
    const YamlNode *sources;  /* a list of at least one mapping; if it is more than one, each has a `part` */
} Preset;

/* Reads the shipped preset of that name, or, if the name holds a slash or ends in ".yaml", that file, relative to the
 * folder ("": the working folder). All stays in the arena. `node` is where a configuration names it: messages begin
 * with that place, and then name the preset's own, "closedloop.yaml:7: preset hubspot-csv.yaml:12:5: ..."; NULL for the
 * command line. ERROR_CONFIG for what is wrong in the file; a name that is unknown, and a file that cannot be read, are
 * ERROR_CONFIG, or without a node ERROR_USAGE. */
Status preset_read(Text name, const YamlNode *node, const char *folder, Arena *arena, Preset *ret_preset, Error *error);

/* What the preset's text says of a setting behind it on its line: "the host that the log is of" of `site: ~ # the host
 * that the log is of`. Empty if it says nothing. */
Text preset_remark(const Preset *preset, const YamlNode *setting);

/* Its source of that part; NULL if there is none. */
const YamlNode *preset_part(const Preset *preset, Text part);

/* Whether the source is read only where a user names its part. */
bool preset_part_is_optional(const YamlNode *source);

/* "deals, contacts, companies", for hints; empty if its source is no part. In the arena, NULL past its ceiling. */
const char *preset_part_names(const Preset *preset, Arena *arena);

#endif
