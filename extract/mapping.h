/* A source's mapping, made ready for reading: which places of a source record are wanted, and what becomes of them.
 *
 *     cleanup(mapping_done) Mapping mapping = {0};
 *     TRY(mapping_compile(source, &mapping, error));
 *
 * Every place that some field or filter asks for is a slot, whoever asks for it and however often. A reader
 * (extract/format.h) fills the slots of a record in one pass, and the emitter (extract/emitter.h) makes records of
 * them. In nested formats the slots hang in a trie, so that a reader looks up each name once and passes over all that
 * nobody wants; in tables a slot is a column.
 *
 * Slots belong to a scope. Scope 0 is the source record; each different `each` makes a further scope, whose slots are
 * filled anew for every nested element.
 */
#ifndef CLOSEDLOOP_EXTRACT_MAPPING_H
#define CLOSEDLOOP_EXTRACT_MAPPING_H

#include "common/arena.h"
#include "common/config.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

enum { MAPPING_STEPS_MAX = 32, MAPPING_NO_SLOT = -1 };

typedef struct MappingNode MappingNode;

/* A place in a nested record, and what lies below it. */
struct MappingNode {
    Text name;         /* of a key, an element or an attribute */
    int64_t index;     /* the name as a number: an element of a JSON array; -1 if it is none */
    bool is_attribute; /* XML */
    bool has_indexes;  /* some child has an index */
    int slot;          /* MAPPING_NO_SLOT if nobody asks for the value */
    int list_slot;     /* the same for who wants an array of texts as a list of them */
    MappingNode *first, *next;
    size_t child_count;
    MappingNode **table; /* of the children, by their names; NULL without children */
    uint32_t mask;
};

typedef struct MappingScope {
    Text each; /* absent: the source record */
    const Text *steps;
    size_t step_count;
    MappingNode root;
} MappingScope;

typedef struct MappingSlot {
    Text path; /* as it stands in the configuration, without a leading ../ */
    size_t scope;
    bool is_list;
} MappingSlot;

/* How one field of a rule gets its value from a slot. Constants are in the rule's blank record. */
typedef struct MappingField {
    int field, slot;
    Text fallback;
} MappingField;

typedef struct MappingFilter {
    int slot;
    const Text *values;
    size_t value_count;
} MappingFilter;

/* What becomes of a source record, or of each element of a scope. */
typedef struct MappingRule {
    RecordKind kind;
    size_t scope;
    const MappingField *fields;
    size_t field_count;
    const MappingFilter *filters;
    size_t filter_count;
    Record blank; /* with the constants in their places */
} MappingRule;

typedef struct Mapping {
    const Source *source;
    Arena arena;
    MappingScope *scopes;
    size_t scope_count;
    MappingSlot *slots; /* those of a scope need not stand together */
    size_t slot_count;
    MappingRule *rules; /* the first is the main kind's */
    size_t rule_count;
} Mapping;

/* ERROR_CONFIG, with the line of the configuration, for a path that is none. The source must outlive the mapping. */
Status mapping_compile(const Source *source, Mapping *ret_mapping, Error *error);

void mapping_done(Mapping *mapping);

/* The child of that name, or NULL. */
static inline const MappingNode *mapping_child(const MappingNode *node, Text name, bool is_attribute);

/* The child with that place in an array, or NULL. */
const MappingNode *mapping_element(const MappingNode *node, int64_t index);

/* Where in a table of children a name is looked for first. */
static inline uint32_t mapping_hash(Text name)
{
    if (name.size == 0)
        return 0;
    uint32_t first = (unsigned char)name.data[0], last = (unsigned char)name.data[name.size - 1];
    uint32_t middle = (unsigned char)name.data[name.size / 2];
    return (uint32_t)name.size * 7 + first * 31 + last * 5 + middle * 13;
}

static inline const MappingNode *mapping_child(const MappingNode *node, Text name, bool is_attribute)
{
    if (!node->table)
        return NULL;
    for (uint32_t i = mapping_hash(name) & node->mask; node->table[i]; i = (i + 1) & node->mask)
        if (text_equal(node->table[i]->name, name) && node->table[i]->is_attribute == is_attribute)
            return node->table[i];
    return NULL;
}

#endif
