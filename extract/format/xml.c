#include "extract/format.h"

#include "common/buffer.h"
#include "common/xml.h"

enum { PATH_CEILING = 1024 };

typedef struct XmlWalk {
    Emitter *emitter;
    const XmlRecord *record;
    const TrieNode *nodes[XML_DEPTH_MAX + 1]; /* of the open elements; NULL where nobody asks for what is below */
    size_t depth;
} XmlWalk;

/* --- filling the slots ---------------------------------------------------------------------------------------- */

/* The first of several elements of one name counts. */
static void set(const XmlWalk *walk, const TrieNode *node, Text value)
{
    if (!node || node->slot == TRIE_NO_SLOT || walk->emitter->values[node->slot].form != VALUE_UNSET)
        return;
    walk->emitter->values[node->slot] = (Value){value, VALUE_PLAIN};
}

static void visit(XmlWalk *walk, const XmlEvent *event)
{
    const TrieNode *node = walk->nodes[walk->depth];
    switch (event->kind) {
    case XML_EVENT_BEGIN:
        walk->nodes[++walk->depth] = node ? trie_child(node, event->name, false) : NULL;
        break;
    case XML_EVENT_ATTRIBUTE:
        set(walk, node ? trie_child(node, event->name, true) : NULL, event->value);
        break;
    case XML_EVENT_TEXT:
        set(walk, node, event->value);
        break;
    case XML_EVENT_END:
        walk->depth--;
        break;
    }
}

/* --- nested elements ------------------------------------------------------------------------------------------ */

/* The element whose BEGIN stands at `begin`, or with its own events first; returns where its END is. */
static Status take_element(XmlWalk *walk, size_t scope, size_t begin, Error *error)
{
    emitter_clear_scope(walk->emitter, scope);
    walk->nodes[0] = &walk->emitter->mapping->scopes[scope].root;
    walk->depth = 0;
    for (size_t i = begin + 1; i < walk->record->event_count; i++) {
        const XmlEvent *event = &walk->record->events[i];
        if (event->kind == XML_EVENT_END && walk->depth == 0)
            break;
        visit(walk, event);
    }
    return emitter_emit(walk->emitter, scope, TEXT_NULL, error);
}

static Status unfold(XmlWalk *walk, size_t scope, Error *error)
{
    const MappingScope *nested = &walk->emitter->mapping->scopes[scope];
    size_t depth = 0, matched = 0; /* open elements, and how many of them from the outside are on the path */
    for (size_t i = 0; i < walk->record->event_count; i++) {
        const XmlEvent *event = &walk->record->events[i];
        if (event->kind == XML_EVENT_BEGIN) {
            bool is_next = matched == depth && matched < nested->path.count &&
                           text_equal(event->name, nested->path.steps[matched].name);
            depth++;
            matched += is_next;
            if (is_next && matched == nested->path.count)
                TRY(take_element(walk, scope, i, error));
        } else if (event->kind == XML_EVENT_END) {
            matched -= matched == depth;
            depth--;
        }
    }
    return STATUS_OK;
}

/* --- names for a preview -------------------------------------------------------------------------------------- */

static Status append_step(Buffer *path, const char *mark, Text name, Error *error)
{
    TRY(buffer_append(path, text_from(path->size ? "/" : ""), error));
    TRY(buffer_append(path, text_from(mark), error));
    return buffer_append(path, name, error);
}

static const TrieNode *node_below(const Mapping *mapping, const TrieNode *node, const XmlEvent *event, Text path)
{
    for (size_t i = 1; i < mapping->scope_count; i++)
        if (text_equal(mapping->scopes[i].each, path))
            return &mapping->scopes[i].root;
    return node ? trie_child(node, event->name, false) : NULL;
}

static void report(const Emitter *emitter, const TrieNode *node, const Buffer *path)
{
    bool is_asked_for = node && node->slot != TRIE_NO_SLOT;
    if (!is_asked_for && path->size)
        emitter->sink.name(emitter->sink.context, buffer_text(path));
}

/* ERROR_DATA only where a path is longer than any that could be mapped; the caller lets it pass. */
static Status report_names(XmlWalk *walk, Error *error)
{
    cleanup(buffer_done) Buffer path = buffer_make(PATH_CEILING);
    size_t sizes[XML_DEPTH_MAX + 1] = {0};
    const Mapping *mapping = walk->emitter->mapping;
    walk->nodes[0] = &mapping->scopes[0].root;
    walk->depth = 0;
    for (size_t i = 0; i < walk->record->event_count; i++) {
        const XmlEvent *event = &walk->record->events[i];
        const TrieNode *node = walk->nodes[walk->depth];
        path.size = sizes[walk->depth];
        if (event->kind == XML_EVENT_BEGIN) {
            TRY(append_step(&path, "", event->name, error));
            walk->nodes[++walk->depth] = node_below(mapping, node, event, buffer_text(&path));
            sizes[walk->depth] = path.size;
        } else if (event->kind == XML_EVENT_ATTRIBUTE) {
            TRY(append_step(&path, "@", event->name, error));
            report(walk->emitter, node ? trie_child(node, event->name, true) : NULL, &path);
        } else if (event->kind == XML_EVENT_TEXT) {
            report(walk->emitter, node, &path);
        } else {
            walk->depth--;
        }
    }
    return STATUS_OK;
}

/* --- records -------------------------------------------------------------------------------------------------- */

static Status take(XmlWalk *walk, Error *error)
{
    const XmlRecord *record = walk->record;
    Emitter *emitter = walk->emitter;
    if (record->problem)
        return emitter_reject(emitter, record->line, record->problem, record->message, TEXT_NULL, error);
    TRY(emitter_begin(emitter, record->line, error));
    walk->nodes[0] = &emitter->mapping->scopes[0].root;
    walk->depth = 0;
    for (size_t i = 0; i < record->event_count; i++)
        visit(walk, &record->events[i]);
    Error ignored;
    if (emitter->sink.name)
        (void)report_names(walk, &ignored);
    TRY(emitter_emit(emitter, 0, TEXT_NULL, error));
    for (size_t scope = 1; scope < emitter->mapping->scope_count; scope++)
        if (emitter->mapping->scopes[scope].form == EACH_ELEMENT)
            TRY(unfold(walk, scope, error));
    return STATUS_OK;
}

static Status read_block(void *context, Text *ret_block, Error *error)
{
    return stream_read(context, ret_block, error);
}

Status xml_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    const Source *source = emitter->mapping->source;
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    TRY(xml_reader_new(read_block, stream, source->record.data, source->record_ceiling, &reader, error));
    XmlRecord record;
    XmlWalk walk = {.emitter = emitter, .record = &record};
    Status status;
    while (!emitter_is_full(emitter) && (status = xml_reader_next(reader, &record, error)) != STATUS_END) {
        if (status == STATUS_OK && stream_raw_bytes(stream) == 0)
            return STATUS_OK; /* that nothing is no document is the caller's to judge */
        if (status == STATUS_OK) {
            result->has_content = true;
            format_note_break(&record, result);
            status = take(&walk, error);
        } else if (error->code == ERROR_DATA &&
                   !text_starts_with(text_from(error->message), text_from(stream_name(stream)))) {
            error_prefix(error, "%s", stream_name(stream));
        }
        TRY(status);
    }
    return STATUS_OK;
}
