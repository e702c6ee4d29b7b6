/* The places of a nested record that a mapping asks for, as a trie of their paths: a reader looks up each name once and
 * passes over all that nobody wants.
 *
 *     TrieNode root = trie_root();
 *     int *slot = trie_add(&root, &path, is_list, &arena);       // where to put the number of its slot; NULL: no room
 *     ...
 *     if (!trie_finish(&root, &arena))                           // once, when all are in: now it can be searched
 *     const TrieNode *child = trie_child(&root, name, false);
 */
#ifndef CLOSEDLOOP_EXTRACT_TRIE_H
#define CLOSEDLOOP_EXTRACT_TRIE_H

#include "common/arena.h"
#include "common/config/path.h"
#include "common/text.h"

#include <stdint.h>

enum { TRIE_NO_SLOT = -1, TRIE_SELECTORS_MAX = 64 };

typedef struct TrieNode TrieNode;

/* A place in a nested record, and what lies below it. */
struct TrieNode {
    Text name;         /* of a key, an element or an attribute */
    int64_t index;     /* the name as a number: an element of a JSON array; -1 if it is none */
    bool is_attribute; /* XML */
    bool has_elements; /* some child has an index, or there are selectors */
    int slot;          /* TRIE_NO_SLOT if nobody asks for the value */
    int list_slot;     /* the same for who wants several texts as a list of them */
    TrieNode *first, *next;
    size_t child_count;
    TrieNode **table; /* of the children, by their names; NULL without children */
    uint32_t mask;
    PathSelector selector; /* of an element that is found by what it holds; its key is absent otherwise */
    TrieNode *selectors;   /* the elements of this array, or those of this name, that are; linked by next */
    size_t selector_count;
};

TrieNode trie_root(void);

/* The place of a path, made if it is not there: its slot, or that of its list. NULL past the arena's ceiling, and for
 * more than TRIE_SELECTORS_MAX selectors of one array. The path's texts must outlive the trie. */
int *trie_add(TrieNode *root, const Path *path, bool is_list, Arena *arena);

/* Makes the tables by which children are found; false past the arena's ceiling. */
bool trie_finish(TrieNode *root, Arena *arena);

static inline bool trie_is_asked_for(const TrieNode *node)
{
    return node && (node->slot != TRIE_NO_SLOT || node->list_slot != TRIE_NO_SLOT);
}

/* The child of that name, or NULL. */
static inline const TrieNode *trie_child(const TrieNode *node, Text name, bool is_attribute);

/* The child with that place in an array, or NULL. */
const TrieNode *trie_element(const TrieNode *node, int64_t index);

/* Where in a table of children a name is looked for first. */
static inline uint32_t trie_hash(Text name)
{
    if (name.size == 0)
        return 0;
    uint32_t first = (unsigned char)name.data[0], last = (unsigned char)name.data[name.size - 1];
    uint32_t middle = (unsigned char)name.data[name.size / 2];
    return (uint32_t)name.size * 7 + first * 31 + last * 5 + middle * 13;
}

static inline const TrieNode *trie_child(const TrieNode *node, Text name, bool is_attribute)
{
    if (!node->table)
        return NULL;
    for (uint32_t i = trie_hash(name) & node->mask; node->table[i]; i = (i + 1) & node->mask)
        if (text_equal(node->table[i]->name, name) && node->table[i]->is_attribute == is_attribute)
            return node->table[i];
    return NULL;
}

#endif
