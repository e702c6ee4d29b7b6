#include "extract/format.h"

#include "common/buffer.h"
#include "extract/mapping/json_walk.h"

enum { PATH_CEILING = 1024 };

/* A walk over everything that a record holds, for a preview: slower than reading it, and free to be so. */
typedef struct NameWalk {
    Emitter *emitter;
    JsonScanner scanner;
    Buffer path; /* as the mapping would write it; names that do not fit are passed over */
    Error *error;
} NameWalk;

static Status append_step(NameWalk *walk, Text name)
{
    Error ignored;
    if (walk->path.size)
        TRY(buffer_append_byte(&walk->path, '.', &ignored));
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '.' || name.data[i] == '\\')
            TRY(buffer_append_byte(&walk->path, '\\', &ignored));
        TRY(buffer_append_byte(&walk->path, name.data[i], &ignored));
    }
    return STATUS_OK;
}

/* The trie of the elements that stand at this path, or NULL. */
static const TrieNode *scope_at(const NameWalk *walk)
{
    const Mapping *mapping = walk->emitter->mapping;
    for (size_t i = 1; i < mapping->scope_count; i++)
        if (mapping->scopes[i].form == EACH_ELEMENT && text_equal(mapping->scopes[i].each, buffer_text(&walk->path)))
            return &mapping->scopes[i].root;
    return NULL;
}

static Status visit(NameWalk *walk, const TrieNode *node, const JsonToken *first);

static Status visit_member(NameWalk *walk, const TrieNode *node, const JsonToken *key)
{
    size_t size = walk->path.size;
    JsonToken value;
    TRY(json_scanner_next(&walk->scanner, &value, walk->error));
    if (append_step(walk, key->text) == STATUS_OK) {
        const TrieNode *child = node ? trie_child(node, key->text, false) : NULL;
        const TrieNode *scope = scope_at(walk);
        TRY(visit(walk, scope ? scope : child, &value));
    } else if (json_is_container(&value)) {
        TRY(json_scanner_leave(&walk->scanner, walk->error));
    }
    walk->path.size = size;
    return STATUS_OK;
}

/* The hidden key is the one by which the object was found. */
static Status visit_object(NameWalk *walk, const TrieNode *node, Text hidden)
{
    for (;;) {
        JsonToken key;
        TRY(json_scanner_next(&walk->scanner, &key, walk->error));
        if (key.type == JSON_OBJECT_END)
            return STATUS_OK;
        if (!text_is_null(hidden) && json_text_equal(key.text, hidden))
            TRY(json_scanner_skip(&walk->scanner, walk->error));
        else
            TRY(visit_member(walk, node, &key));
    }
}

/* What an object says to a key, as it is written there; absent if that is no text or number. */
static Status find_label(JsonScanner scanner, Text key, Text *ret_label, Error *error)
{
    JsonToken name, value;
    Text label = TEXT_NULL;
    for (;;) {
        TRY(json_scanner_next(&scanner, &name, error));
        if (name.type == JSON_OBJECT_END)
            break;
        TRY(json_scanner_next(&scanner, &value, error));
        if (json_is_container(&value))
            TRY(json_scanner_leave(&scanner, error));
        else if (json_text_equal(name.text, key))
            label = value.text;
    }
    *ret_label = label;
    return STATUS_OK;
}

/* An element of an array of which others are found by what they hold is named in the same way. */
static Status visit_selected(NameWalk *walk, const TrieNode *node, const JsonToken *first)
{
    const Text key = node->selectors->selector.key;
    JsonWalk whole = {.scanner = walk->scanner, .flaw = walk->error};
    uint64_t selected;
    Text label = TEXT_NULL;
    Error ignored;
    if (first->type == JSON_OBJECT_BEGIN)
        TRY(find_label(walk->scanner, key, &label, walk->error));
    TRY(json_walk_select(&whole, node, first, ~0ULL, &selected));
    if (text_is_null(label) ||
        buffer_printf(&walk->path, &ignored, "[%.*s=%.*s]", TEXT_PRINTF(key), TEXT_PRINTF(label)) != STATUS_OK) {
        walk->scanner = whole.scanner;
        return STATUS_OK;
    }
    const TrieNode *child = selected ? node->selectors : NULL;
    for (; selected && !(selected & 1); selected >>= 1)
        child = child->next;
    return visit_object(walk, child, key);
}

/* Elements that a scope unfolds have the path of their array, since its fields start behind it. */
static Status visit_array(NameWalk *walk, const TrieNode *node)
{
    size_t size = walk->path.size;
    bool is_scope = scope_at(walk) != NULL;
    for (int64_t index = 0;; index++) {
        JsonToken value;
        TRY(json_scanner_next(&walk->scanner, &value, walk->error));
        if (value.type == JSON_ARRAY_END)
            return STATUS_OK;
        if (node && node->selectors) {
            TRY(visit_selected(walk, node, &value));
            walk->path.size = size;
            continue;
        }
        const TrieNode *child = is_scope ? node : node ? trie_element(node, index) : NULL;
        Error ignored;
        if (!is_scope && (index > 0 || buffer_printf(&walk->path, &ignored, "%s0", size ? "." : "") != STATUS_OK)) {
            TRY(json_is_container(&value) ? json_scanner_leave(&walk->scanner, walk->error) : STATUS_OK);
            continue;
        }
        TRY(visit(walk, child, &value));
        walk->path.size = size;
    }
}

/* No deeper than JSON_DEPTH_MAX: the text was read once. */
static Status visit(NameWalk *walk, const TrieNode *node, const JsonToken *first)
{
    if (trie_is_asked_for(node))
        return json_is_container(first) ? json_scanner_leave(&walk->scanner, walk->error) : STATUS_OK;
    if (first->type == JSON_OBJECT_BEGIN)
        return visit_object(walk, node, TEXT_NULL);
    if (first->type == JSON_ARRAY_BEGIN)
        return visit_array(walk, node);
    if (walk->path.size)
        walk->emitter->sink.name(walk->emitter->sink.context, buffer_text(&walk->path));
    return STATUS_OK;
}

Status json_names_report(Emitter *emitter, Text record, Error *error)
{
    cleanup(buffer_done) Buffer path = buffer_make(PATH_CEILING);
    NameWalk walk = {.emitter = emitter, .scanner = json_scanner_make(record), .path = path, .error = error};
    JsonToken first;
    TRY(json_scanner_next(&walk.scanner, &first, error));
    Status status = visit(&walk, &emitter->mapping->scopes[0].root, &first);
    path = walk.path;
    return status;
}
