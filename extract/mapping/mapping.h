/* A source's mapping, made ready for reading: which places of a source record are wanted, and what becomes of them.
 *
 *     cleanup(mapping_done) Mapping mapping = {0};
 *     TRY(mapping_compile(source, &mapping, error));
 *
 * Every place that some field or filter asks for is a slot, whoever asks for it and however often. A reader
 * (extract/format.h) fills the slots of a record in one pass, and the emitter (extract/emitter.h) makes records of
 * them. In nested formats the slots hang in a trie (extract/mapping/trie.h); in tables a slot is a column.
 *
 * Slots belong to a scope. Scope 0 is the source record; each different `each` makes a further scope, whose slots are
 * filled anew for every nested element, every group of columns, or every piece of a list. The emitter divides lists
 * itself; the rest is the readers' business.
 */
#ifndef CLOSEDLOOP_EXTRACT_MAPPING_H
#define CLOSEDLOOP_EXTRACT_MAPPING_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"
#include "extract/mapping/lookup.h"
#include "extract/mapping/trie.h"

enum { MAPPING_NO_SLOT = -1, MAPPING_NO_DOCUMENT = -1 };

typedef struct MappingScope {
    EachForm form;
    Text each; /* absent: the source record */
    Path path; /* EACH_ELEMENT: of the elements, without selectors */
    TrieNode root;
    Text by;        /* EACH_PIECE: what stands between the pieces */
    int list_slot;  /* the list, of scope 0 */
    int piece_slot; /* the piece; MAPPING_NO_SLOT if nobody asks for it */
} MappingScope;

/* JSON that is the text of a slot, and its places that are slots of the same scope: they are filled when the first of
 * them is wanted (extract/mapping/document.h). */
typedef struct MappingDocument {
    int slot;
    TrieNode root;
} MappingDocument;

typedef struct MappingSlot {
    Text path; /* as it stands in the configuration, without a leading ../ */
    size_t scope;
    int document;     /* that it is a place of; MAPPING_NO_DOCUMENT: of the source record, and a reader fills it */
    bool is_list;     /* several texts are wanted as a list of them */
    bool is_required; /* of a table: the column must be there */
} MappingSlot;

/* How one field of a rule gets its value from a slot. Constants are in the rule's blank record. */
typedef struct MappingField {
    int field, slot;
    Text fallback;
} MappingField;

/* How one gets it from several slots, or in more steps than one: extract/mapping/expression.h. */
typedef struct MappingExpression {
    int field;
    const int *slots;
    size_t slot_count;
    Text fallback;
    const FieldExpression *given; /* the configuration's */
    size_t take;                  /* of the lookup's columns that are taken, the one */
    bool is_optional;             /* of a table: none of its columns need be there; otherwise one of them must */
} MappingExpression;

typedef struct MappingFilter {
    int slot;
    const Text *values;
    size_t value_count;
    bool is_like;
} MappingFilter;

/* A lookup of the source; not loaded if no field looks anything up in it. */
typedef struct MappingLookup {
    Text takes[LOOKUP_TAKES_MAX];
    size_t take_count;
    Lookup lookup;
} MappingLookup;

/* What becomes of a source record, or of each element of a scope. */
typedef struct MappingRule {
    RecordKind kind;
    size_t scope;
    const MappingField *fields;
    size_t field_count;
    const MappingExpression *expressions; /* of the other fields */
    size_t expression_count;
    const MappingFilter *only, *unless;
    size_t only_count, unless_count;
    Record blank; /* with the constants in their places */
} MappingRule;

typedef struct Mapping {
    const Source *source;
    Arena arena;
    MappingScope *scopes;
    size_t scope_count;
    MappingSlot *slots; /* those of a scope need not stand together */
    size_t slot_count;
    MappingDocument *documents;
    size_t document_count;
    MappingRule *rules; /* the first is the main kind's */
    size_t rule_count;
    MappingLookup *lookups; /* as many as the source has */
    Key digest; /* the source's mapping digest, with the bytes of what is looked up: decides what a record becomes */
} Mapping;

/* ERROR_CONFIG, with the line of the configuration, for a path that is none; the errors of lookup_load(). The source
 * must outlive the mapping. */
Status mapping_compile(const Source *source, Mapping *ret_mapping, Error *error);

void mapping_done(Mapping *mapping);

#endif
