#include "common/config/persona.h"

static const SchemaField fields[] = {
    {"name", SCHEMA_STRING, offsetof(PersonaEntry, name), .is_required = true, .minimum = 1, .maximum = 255,
     .meaning = "the persona's name, as the content written for it has it"},
    {"who", SCHEMA_TEXT, offsetof(PersonaEntry, who), .is_required = true,
     .meaning = "a condition on the lead, such as \"title ~* '(plant|production)'\""},
};
const Schema persona_schema = {fields, sizeof fields / sizeof fields[0], sizeof(PersonaEntry), .has_node = true};

Status persona_make(const PersonaEntry *entry, Persona *ret_persona, Error *error)
{
    Persona persona = {.name = entry->name};
    TRY(condition_take(entry->node, "who", entry->who, &persona.who, error));
    *ret_persona = persona;
    return STATUS_OK;
}
