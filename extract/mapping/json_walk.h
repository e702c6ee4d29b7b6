/* From a JSON value to the slots that a trie asks for, in one pass: what is not asked for is passed over.
 *
 *     JsonWalk walk = {.scanner = json_scanner_make(text), .values = emitter->values, .flaw = &flaw};
 *     JsonToken first;
 *     TRY(json_scanner_next(&walk.scanner, &first, &flaw));
 *     TRY(json_walk(&walk, &root, &first));
 *
 * Of a key that occurs twice the last one counts. Of the elements that a selector could mean the first one does.
 */
#ifndef CLOSEDLOOP_EXTRACT_JSON_WALK_H
#define CLOSEDLOOP_EXTRACT_JSON_WALK_H

#include "common/json.h"
#include "extract/mapping/slot_value.h"
#include "extract/mapping/trie.h"

typedef struct JsonWalk {
    JsonScanner scanner;
    Value *values; /* of all slots */
    Error *flaw;
} JsonWalk;

static inline bool json_is_container(const JsonToken *token)
{
    return token->type == JSON_OBJECT_BEGIN || token->type == JSON_ARRAY_BEGIN;
}

/* Fills the slots of the node and below it from the value that began with the token; the scanner is then behind it.
 * The error is that of the JSON. */
Status json_walk(JsonWalk *walk, const TrieNode *node, const JsonToken *first);

/* Which of the node's selectors mean the element that began with the token, a bit for each in their order; of the
 * wanted ones alone. The scanner is then behind the element. */
Status json_walk_select(JsonWalk *walk, const TrieNode *node, const JsonToken *first, uint64_t wanted,
                        uint64_t *ret_selected);

/* Passes the rest of the value that began with the token. */
Status json_walk_pass(JsonWalk *walk, const JsonToken *first);

/* From the first token of a value to where the scanner stands, behind its last one. */
Text json_walk_span(const JsonWalk *walk, const JsonToken *first);

#endif
