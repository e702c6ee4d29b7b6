/* A preset's YAML with its placeholders filled: ${host} becomes what the user's `settings` say, or else the preset's
 * own. $${ stands for ${ itself.
 *
 *     Settings settings = {user_settings, preset.settings, user_source, preset.name};
 *     TRY(placeholder_fill(part, &settings, &arena, &copy, error));
 */
#ifndef CLOSEDLOOP_COMMON_PLACEHOLDER_H
#define CLOSEDLOOP_COMMON_PLACEHOLDER_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"

typedef struct Settings {
    const YamlNode *given;    /* the user's mapping, or NULL */
    const YamlNode *declared; /* the preset's: names and defaults, null where there is none; or NULL */
    const YamlNode *user;     /* the user's source, for messages */
    const char *preset;       /* its name, likewise */
} Settings;

/* What the user gives is a mapping of declared names to single values; ERROR_CONFIG otherwise. */
Status settings_check(const Settings *settings, Error *error);

/* A copy of a tree of the preset, its key and places as they were, in which every value is filled; keys are not.
 * ERROR_CONFIG for a placeholder that the preset does not declare, and for one that nobody gives a value. */
Status placeholder_fill(const YamlNode *node, const Settings *settings, Arena *arena, YamlNode **ret_copy,
                        Error *error);

#endif
