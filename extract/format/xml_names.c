#include "extract/format.h"

#include "common/buffer.h"

enum { PATH_CEILING = 1024 };

/* A walk over everything that a record holds, for a preview. */
typedef struct NameWalk {
    Emitter *emitter;
    const XmlRecord *record;
    Buffer path;
    const TrieNode *nodes[XML_DEPTH_MAX + 1]; /* of the open elements; NULL where nobody asks for what is below */
    const PathSelector *selectors[XML_DEPTH_MAX + 1]; /* by which they were named, or NULL */
    size_t sizes[XML_DEPTH_MAX + 1];                  /* of their paths */
    size_t depth;
} NameWalk;

static Status append_step(Buffer *path, const char *mark, Text name, Error *error)
{
    return buffer_printf(path, error, "%s%s%.*s", path->size ? "/" : "", mark, TEXT_PRINTF(name));
}

static const TrieNode *node_below(const NameWalk *walk, const XmlEvent *event)
{
    const Mapping *mapping = walk->emitter->mapping;
    const TrieNode *node = walk->nodes[walk->depth];
    for (size_t i = 1; i < mapping->scope_count; i++)
        if (mapping->scopes[i].form == EACH_ELEMENT && text_equal(mapping->scopes[i].each, buffer_text(&walk->path)))
            return &mapping->scopes[i].root;
    return node ? trie_child(node, event->name, false) : NULL;
}

/* An element of a name of which others are found by what they hold is named in the same way. */
static Status append_selector(NameWalk *walk, size_t begin, const TrieNode **node, Error *error)
{
    const PathSelector *selector = &(*node)->selectors->selector;
    Text label = xml_record_member(walk->record, begin, selector->key, selector->is_attribute);
    if (text_is_null(label))
        return STATUS_OK;
    walk->selectors[walk->depth + 1] = selector;
    const TrieNode *child = (*node)->selectors;
    while (child && !path_selects(&child->selector, xml_record_member(walk->record, begin, child->selector.key,
                                                                      child->selector.is_attribute)))
        child = child->next;
    *node = child;
    return buffer_printf(&walk->path, error, "[%s%.*s=%.*s]", selector->is_attribute ? "@" : "",
                         TEXT_PRINTF(selector->key), TEXT_PRINTF(label));
}

static Status open_element(NameWalk *walk, size_t at, Error *error)
{
    const XmlEvent *event = &walk->record->events[at];
    TRY(append_step(&walk->path, "", event->name, error));
    const TrieNode *node = node_below(walk, event);
    walk->selectors[walk->depth + 1] = NULL;
    if (node && node->selectors)
        TRY(append_selector(walk, at + 1, &node, error));
    walk->nodes[++walk->depth] = node;
    walk->sizes[walk->depth] = walk->path.size;
    return STATUS_OK;
}

static void report(const NameWalk *walk, const TrieNode *node)
{
    if (!trie_is_asked_for(node) && walk->path.size)
        walk->emitter->sink.name(walk->emitter->sink.context, buffer_text(&walk->path));
}

/* What an element was named by goes without saying. */
static bool is_hidden(const NameWalk *walk, const XmlEvent *event)
{
    bool is_attribute = event->kind == XML_EVENT_ATTRIBUTE;
    const PathSelector *selector = is_attribute  ? walk->selectors[walk->depth]
                                   : walk->depth ? walk->selectors[walk->depth - 1]
                                                 : NULL;
    return selector && selector->is_attribute == is_attribute && text_equal(selector->key, event->name);
}

/* Fails only where a path is longer than any that could be mapped. */
static Status visit(NameWalk *walk, size_t at, Error *error)
{
    const XmlEvent *event = &walk->record->events[at];
    const TrieNode *node = walk->nodes[walk->depth];
    walk->path.size = walk->sizes[walk->depth];
    switch (event->kind) {
    case XML_EVENT_BEGIN:
        return open_element(walk, at, error);
    case XML_EVENT_ATTRIBUTE:
        TRY(append_step(&walk->path, "@", event->name, error));
        if (!is_hidden(walk, event))
            report(walk, node ? trie_child(node, event->name, true) : NULL);
        return STATUS_OK;
    case XML_EVENT_TEXT:
        if (!is_hidden(walk, event))
            report(walk, node);
        return STATUS_OK;
    case XML_EVENT_END:
        walk->depth--;
        return STATUS_OK;
    }
    return STATUS_OK;
}

void xml_names_report(Emitter *emitter, const XmlRecord *record)
{
    Error ignored;
    NameWalk walk = {.emitter = emitter, .record = record, .path = buffer_make(PATH_CEILING)};
    walk.nodes[0] = &emitter->mapping->scopes[0].root;
    for (size_t i = 0; i < record->event_count && visit(&walk, i, &ignored) == STATUS_OK; i++)
        continue;
    buffer_done(&walk.path);
}
