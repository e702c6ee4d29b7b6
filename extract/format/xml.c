#include "extract/format.h"

#include "common/xml.h"

#include <stdlib.h>

/* Where the list in a slot may grow. */
typedef struct XmlList {
    char *data;
    size_t room;
} XmlList;

typedef struct XmlWalk {
    Emitter *emitter;
    const XmlRecord *record;
    XmlList *lists;                           /* of each slot */
    const TrieNode *nodes[XML_DEPTH_MAX + 1]; /* of the open elements; NULL where nobody asks for what is below */
    size_t depth;
} XmlWalk;

/* --- filling the slots ---------------------------------------------------------------------------------------- */

/* The texts of several elements become a list, which moves to a place twice as large when it has outgrown its own. */
static void append(const XmlWalk *walk, int slot, Text text)
{
    Value *value = &walk->emitter->values[slot];
    XmlList *list = &walk->lists[slot];
    if (text_is_empty(value->text)) {
        *value = (Value){text, VALUE_PLAIN};
        *list = (XmlList){NULL, 0};
        return;
    }
    if (text_is_empty(text))
        return;
    size_t size = value->text.size + 1 + text.size;
    if (size > list->room) {
        *list = (XmlList){arena_allocate(&walk->emitter->record_arena, 2 * size), 2 * size};
        if (!list->data) {
            *value = (Value){TEXT_NULL, VALUE_TOO_LONG};
            return;
        }
        memcpy(list->data, value->text.data, value->text.size);
    }
    list->data[value->text.size] = ';';
    memcpy(list->data + value->text.size + 1, text.data, text.size);
    value->text = (Text){list->data, size};
}

/* The first of several elements of one name counts, unless a list of them is wanted. */
static void set(const XmlWalk *walk, const TrieNode *node, Text text)
{
    if (!node)
        return;
    Value *values = walk->emitter->values;
    if (node->slot != TRIE_NO_SLOT && values[node->slot].form == VALUE_UNSET)
        values[node->slot] = (Value){text, VALUE_PLAIN};
    if (node->list_slot != TRIE_NO_SLOT && values[node->list_slot].form != VALUE_TOO_LONG)
        append(walk, node->list_slot, text);
}

static void walk_inside(XmlWalk *walk, const TrieNode *root, size_t begin);

static bool is_selected(const XmlRecord *record, size_t begin, const PathSelector *selector)
{
    return path_selects(selector, xml_record_member(record, begin, selector->key, selector->is_attribute));
}

/* A walk within the walk, since the element is a place of its own name too. */
static void visit_selected(const XmlWalk *walk, const TrieNode *selector, size_t begin)
{
    XmlWalk inner = {.emitter = walk->emitter, .record = walk->record, .lists = walk->lists};
    walk_inside(&inner, selector, begin);
}

static void visit(XmlWalk *walk, size_t at)
{
    const XmlEvent *event = &walk->record->events[at];
    const TrieNode *node = walk->nodes[walk->depth];
    const TrieNode *child;
    switch (event->kind) {
    case XML_EVENT_BEGIN:
        child = node ? trie_child(node, event->name, false) : NULL;
        for (const TrieNode *selector = child ? child->selectors : NULL; selector; selector = selector->next)
            if (is_selected(walk->record, at + 1, &selector->selector))
                visit_selected(walk, selector, at + 1);
        walk->nodes[++walk->depth] = child;
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

/* From the first event inside of an element to its end, or to that of the record. A selector leads here again, at most
 * once for each step of its path. */
static void walk_inside(XmlWalk *walk, const TrieNode *root, size_t begin)
{
    walk->nodes[0] = root;
    walk->depth = 0;
    for (size_t i = begin; i < walk->record->event_count; i++) {
        if (walk->record->events[i].kind == XML_EVENT_END && walk->depth == 0)
            return;
        visit(walk, i);
    }
}

/* --- nested elements ------------------------------------------------------------------------------------------ */

/* The element whose BEGIN stands at `begin`. */
static Status take_element(XmlWalk *walk, size_t scope, size_t begin, Error *error)
{
    emitter_clear_scope(walk->emitter, scope);
    walk_inside(walk, &walk->emitter->mapping->scopes[scope].root, begin + 1);
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

/* --- records -------------------------------------------------------------------------------------------------- */

static Status take(XmlWalk *walk, Error *error)
{
    const XmlRecord *record = walk->record;
    Emitter *emitter = walk->emitter;
    if (record->problem)
        return emitter_reject(emitter, record->line, record->problem, record->message, TEXT_NULL, error);
    TRY(emitter_begin(emitter, record->line, error));
    walk_inside(walk, &emitter->mapping->scopes[0].root, 0);
    if (emitter->sink.name)
        xml_names_report(emitter, record);
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

static void free_lists(XmlList **lists)
{
    free(*lists);
}

Status xml_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    const Source *source = emitter->mapping->source;
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    TRY(xml_reader_new(read_block, stream, source->record.data, source->record_ceiling, &reader, error));
    TRY(format_settle_encoding(reader, stream, error));
    XmlRecord record;
    cleanup(free_lists) XmlList *lists = calloc(emitter->mapping->slot_count + 1, sizeof *lists);
    if (!lists)
        return error_no_memory(error);
    XmlWalk walk = {.emitter = emitter, .record = &record, .lists = lists};
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
