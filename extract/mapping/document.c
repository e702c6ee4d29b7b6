#include "extract/mapping/document.h"

#include "extract/mapping/json_walk.h"

static void clear(Emitter *emitter, int document)
{
    const Mapping *mapping = emitter->mapping;
    for (size_t i = 0; i < mapping->slot_count; i++)
        if (mapping->slots[i].document == document)
            emitter->values[i] = (Value){TEXT_NULL, VALUE_PLAIN};
}

/* To its end: only then is it known to be JSON. */
static Status read_text(Emitter *emitter, const TrieNode *root, Text text)
{
    Error flaw;
    JsonWalk walk = {.scanner = json_scanner_make(text), .values = emitter->values, .flaw = &flaw};
    JsonToken token;
    TRY(json_scanner_next(&walk.scanner, &token, &flaw));
    TRY(json_walk(&walk, root, &token));
    return json_scanner_next(&walk.scanner, &token, &flaw) == STATUS_END ? STATUS_OK : STATUS_ERROR;
}

/* A document within a document is opened on the way, at most PATH_ARROWS_MAX deep. */
bool document_open(Emitter *emitter, int slot, ValueFlaw *ret_flaw)
{
    int number = emitter->mapping->slots[slot].document;
    const MappingDocument *document = &emitter->mapping->documents[number];
    const Value *value = &emitter->values[document->slot];
    Text text;
    if (value->form == VALUE_UNOPENED && !document_open(emitter, document->slot, ret_flaw))
        return false;
    if (!slot_value_resolve(value, &emitter->record_arena, &text, ret_flaw))
        return false;
    clear(emitter, number);
    if (!text_is_empty(text) && read_text(emitter, &document->root, text) != STATUS_OK)
        clear(emitter, number);
    return true;
}
