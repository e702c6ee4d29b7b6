/* The configuration's `personas`: ideal customers, by who a lead is. A part of common/config.
 *
 *     personas:
 *       - {name: plant_manager, who: "title ~* '(plant|production)'"}
 *
 * A lead is the first persona of the list whose condition it meets.
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_PERSONA_H
#define CLOSEDLOOP_COMMON_CONFIG_PERSONA_H

#include "common/config/condition.h"
#include "common/config/schema.h"

typedef struct Persona {
    const char *name;
    Condition who;
} Persona;

/* The keys of one as they stand in the file. */
typedef struct PersonaEntry {
    const YamlNode *node;
    const char *name;
    Text who;
} PersonaEntry;

extern const Schema persona_schema;

Status persona_make(const PersonaEntry *entry, Persona *ret_persona, Error *error);

enum { PERSONAS_MAX = 100 };

#endif
