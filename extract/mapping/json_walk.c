#include "extract/mapping/json_walk.h"

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

static bool says(const JsonToken *value, const PathSelector *selector)
{
    if (json_is_container(value) || value->type == JSON_NULL)
        return false;
    return selector->is_prefix ? json_text_starts_with(value->text, selector->value)
                               : json_text_equal(value->text, selector->value);
}

/* What a member says to the wanted selectors that ask for its key; the last of two members of one key counts. */
static void select_by(const TrieNode *node, const JsonToken *key, const JsonToken *value, uint64_t wanted,
                      uint64_t *selected)
{
    uint64_t bit = 1;
    for (const TrieNode *child = node->selectors; child; child = child->next, bit <<= 1) {
        if (!(wanted & bit) || !json_text_equal(key->text, child->selector.key))
            continue;
        *selected = says(value, &child->selector) ? *selected | bit : *selected & ~bit;
    }
}

Status json_walk_select(JsonWalk *walk, const TrieNode *node, const JsonToken *first, uint64_t wanted,
                        uint64_t *ret_selected)
{
    *ret_selected = 0;
    if (first->type != JSON_OBJECT_BEGIN || !wanted)
        return json_walk_pass(walk, first);
    for (;;) {
        JsonToken key, value;
        TRY(next(walk, &key));
        if (key.type == JSON_OBJECT_END)
            return STATUS_OK;
        TRY(next(walk, &value));
        if (!json_is_container(&value))
            select_by(node, &key, &value, wanted, ret_selected);
        TRY(json_walk_pass(walk, &value));
    }
}

/* The key may stand behind what is wanted of the element, so that it is read first for what it is, and then again by
 * each selector that means it. */
static Status walk_element(JsonWalk *walk, const TrieNode *node, const TrieNode *child, const JsonToken *first,
                           uint64_t *found)
{
    JsonScanner start = walk->scanner;
    uint64_t selected, bit = 1;
    if (child) {
        TRY(json_walk(walk, child, first));
        walk->scanner = start;
    }
    TRY(json_walk_select(walk, node, first, ~*found, &selected));
    for (const TrieNode *selector = node->selectors; selected && selector; selector = selector->next, bit <<= 1) {
        if (!(selected & bit))
            continue;
        walk->scanner = start;
        TRY(json_walk(walk, selector, first));
    }
    *found |= selected;
    return STATUS_OK;
}

static Status walk_array(JsonWalk *walk, const TrieNode *node)
{
    uint64_t found = node->selector_count == TRIE_SELECTORS_MAX ? 0 : ~0ULL << node->selector_count;
    for (int64_t index = 0;; index++) {
        JsonToken value;
        TRY(next(walk, &value));
        if (value.type == JSON_ARRAY_END)
            return STATUS_OK;
        const TrieNode *child = trie_element(node, index);
        if (node->selectors)
            TRY(walk_element(walk, node, child, &value, &found));
        else
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
