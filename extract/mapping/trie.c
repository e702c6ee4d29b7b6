#include "extract/mapping/trie.h"

static int64_t index_of(Text name)
{
    long long number;
    bool is_canonical = name.size == 1 || (name.size && name.data[0] != '0');
    bool is_number = name.size && name.data[0] >= '0' && name.data[0] <= '9' && text_to_int64(name, &number);
    return is_number && is_canonical ? number : -1;
}

TrieNode trie_root(void)
{
    return (TrieNode){.index = -1, .slot = TRIE_NO_SLOT, .list_slot = TRIE_NO_SLOT};
}

static TrieNode *new_node(Text name, bool is_attribute, Arena *arena)
{
    TrieNode *node = arena_allocate(arena, sizeof *node);
    if (!node)
        return NULL;
    *node = trie_root();
    node->name = name;
    node->is_attribute = is_attribute;
    return node;
}

static TrieNode *add_child(TrieNode *node, const PathStep *step, Arena *arena)
{
    for (TrieNode *child = node->first; child; child = child->next)
        if (text_equal(child->name, step->name) && child->is_attribute == step->is_attribute)
            return child;
    TrieNode *child = new_node(step->name, step->is_attribute, arena);
    if (!child)
        return NULL;
    child->index = index_of(step->name);
    child->next = node->first;
    node->first = child;
    node->child_count++;
    node->has_elements |= child->index >= 0;
    return child;
}

static bool is_same(const PathSelector *a, const PathSelector *b)
{
    return text_equal(a->key, b->key) && text_equal(a->value, b->value) && a->is_attribute == b->is_attribute &&
           a->is_prefix == b->is_prefix;
}

static TrieNode *add_selector(TrieNode *node, const PathSelector *selector, Arena *arena)
{
    for (TrieNode *child = node->selectors; child; child = child->next)
        if (is_same(&child->selector, selector))
            return child;
    TrieNode *child = node->selector_count < TRIE_SELECTORS_MAX ? new_node(TEXT_NULL, false, arena) : NULL;
    if (!child)
        return NULL;
    child->selector = *selector;
    child->next = node->selectors;
    node->selectors = child;
    node->selector_count++;
    node->has_elements = true;
    return child;
}

int *trie_add(TrieNode *root, const Path *path, bool is_list, Arena *arena)
{
    TrieNode *node = root;
    for (size_t i = 0; i < path->count && node; i++) {
        const PathStep *step = &path->steps[i];
        node = add_child(node, step, arena);
        if (node && !text_is_null(step->selector.key))
            node = add_selector(node, &step->selector, arena);
    }
    if (!node)
        return NULL;
    return is_list ? &node->list_slot : &node->slot;
}

static bool make_table(TrieNode *node, Arena *arena)
{
    uint32_t size = 4;
    while (size < 4 * node->child_count)
        size *= 2;
    node->table = arena_allocate(arena, size * sizeof(TrieNode *));
    if (!node->table)
        return false;
    node->mask = size - 1;
    for (TrieNode *child = node->first; child; child = child->next) {
        uint32_t i = trie_hash(child->name) & node->mask;
        while (node->table[i])
            i = (i + 1) & node->mask;
        node->table[i] = child;
    }
    return true;
}

/* Its depth is that of the paths, at most twice PATH_STEPS_MAX. */
bool trie_finish(TrieNode *root, Arena *arena)
{
    if (root->first && !make_table(root, arena))
        return false;
    for (TrieNode *child = root->first; child; child = child->next)
        if (!trie_finish(child, arena))
            return false;
    for (TrieNode *child = root->selectors; child; child = child->next)
        if (!trie_finish(child, arena))
            return false;
    return true;
}

const TrieNode *trie_element(const TrieNode *node, int64_t index)
{
    for (const TrieNode *child = node->first; child; child = child->next)
        if (child->index == index)
            return child;
    return NULL;
}
