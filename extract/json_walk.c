#include "extract/json_walk.h"

static Status next(JsonWalk *walk, JsonToken *ret_token)
{
    return json_scanner_next(&walk->scanner, ret_token, walk->flaw);
}

Status json_walk_pass(JsonWalk *walk, const JsonToken *first)
{
    return json_is_container(first) ? json_scanner_leave(&walk->scanner, walk->flaw) : STATUS_OK;
}

Text json_walk_span(const JsonWalk *walk, const JsonToken *first)
{
    if (!json_is_container(first))
        return first->text;
    return (Text){first->text.data, (size_t)(walk->scanner.at - first->text.data)};
}

/* A name with escapes, which the table of children cannot find. */
static const TrieNode *find_escaped(const TrieNode *node, Text raw)
{
    for (const TrieNode *child = node->first; child; child = child->next)
        if (json_text_equal(raw, child->name))
            return child;
    return NULL;
}

static inline const TrieNode *find_child(const TrieNode *node, const JsonToken *key)
{
    return key->has_escapes ? find_escaped(node, key->text) : trie_child(node, key->text, false);
}

static Value value_of(const JsonWalk *walk, const JsonToken *first)
{
    if (first->type == JSON_NULL)
        return (Value){TEXT_NULL, VALUE_PLAIN};
    return (Value){json_walk_span(walk, first), first->has_escapes ? VALUE_ESCAPED : VALUE_PLAIN};
}

/* All of them go down with the trie, so never deeper than the paths of the mapping. */
static Status walk_object(JsonWalk *walk, const TrieNode *node)
{
    for (;;) {
        JsonToken key, value;
        TRY(next(walk, &key));
        if (key.type == JSON_OBJECT_END)
            return STATUS_OK;
        const TrieNode *child = find_child(node, &key);
        if (!child) {
            TRY(json_scanner_skip(&walk->scanner, walk->flaw));
            continue;
        }
        TRY(next(walk, &value));
        TRY(json_walk(walk, child, &value));
    }
}

static Status walk_array(JsonWalk *walk, const TrieNode *node)
{
    for (int64_t index = 0;; index++) {
        JsonToken value;
        TRY(next(walk, &value));
        if (value.type == JSON_ARRAY_END)
            return STATUS_OK;
        const TrieNode *child = trie_element(node, index);
        TRY(child ? json_walk(walk, child, &value) : json_walk_pass(walk, &value));
    }
}

Status json_walk(JsonWalk *walk, const TrieNode *node, const JsonToken *first)
{
    if (first->type == JSON_OBJECT_BEGIN && node->first)
        TRY(walk_object(walk, node));
    else if (first->type == JSON_ARRAY_BEGIN && node->has_elements)
        TRY(walk_array(walk, node));
    else
        TRY(json_walk_pass(walk, first));
    Value *values = walk->values;
    if (node->slot != TRIE_NO_SLOT)
        values[node->slot] = value_of(walk, first);
    if (node->list_slot != TRIE_NO_SLOT) {
        values[node->list_slot] = value_of(walk, first);
        if (first->type == JSON_ARRAY_BEGIN)
            values[node->list_slot].form = VALUE_LIST;
    }
    return STATUS_OK;
}
