#include "extract/format.h"

#include "common/buffer.h"
#include "common/json.h"

enum { PATH_CEILING = 1024 };

/* A walk over everything that a record holds, for a preview: slower than reading it, and free to be so. */
typedef struct NameWalk {
    Emitter *emitter;
    JsonScanner scanner;
    Buffer path; /* as the mapping would write it; names that do not fit are passed over */
    Error *error;
} NameWalk;

static bool is_container(const JsonToken *token)
{
    return token->type == JSON_OBJECT_BEGIN || token->type == JSON_ARRAY_BEGIN;
}

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
        if (text_equal(mapping->scopes[i].each, buffer_text(&walk->path)))
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
    } else if (is_container(&value)) {
        TRY(json_scanner_leave(&walk->scanner, walk->error));
    }
    walk->path.size = size;
    return STATUS_OK;
}

static Status visit_object(NameWalk *walk, const TrieNode *node)
{
    for (;;) {
        JsonToken key;
        TRY(json_scanner_next(&walk->scanner, &key, walk->error));
        if (key.type == JSON_OBJECT_END)
            return STATUS_OK;
        TRY(visit_member(walk, node, &key));
    }
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
        const TrieNode *child = is_scope ? node : node ? trie_element(node, index) : NULL;
        Error ignored;
        if (!is_scope && (index > 0 || buffer_printf(&walk->path, &ignored, "%s0", size ? "." : "") != STATUS_OK)) {
            TRY(is_container(&value) ? json_scanner_leave(&walk->scanner, walk->error) : STATUS_OK);
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
        return is_container(first) ? json_scanner_leave(&walk->scanner, walk->error) : STATUS_OK;
    if (first->type == JSON_OBJECT_BEGIN)
        return visit_object(walk, node);
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
