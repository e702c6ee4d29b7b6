#include "extract/mapping/expression.h"

#include "common/config/field.h"
#include "extract/mapping/form.h"

#include <stdlib.h>

bool expression_find(const MappingExpression *expression, Emitter *emitter, size_t *ret_index, Text *ret_text,
                     ValueFlaw *ret_flaw)
{
    for (size_t i = 0; i < expression->slot_count; i++) {
        if (!emitter_value(emitter, expression->slots[i], ret_text, ret_flaw))
            return false;
        *ret_index = i;
        if (!text_is_empty(*ret_text))
            return true;
    }
    *ret_text = TEXT_NULL;
    *ret_index = expression->slot_count;
    return true;
}

static bool join(const MappingExpression *expression, Emitter *emitter, Text *ret_text, ValueFlaw *ret_flaw)
{
    Text texts[FIELD_PATHS_MAX], separator = expression->given->separator;
    size_t room = 0, size = 0;
    for (size_t i = 0; i < expression->slot_count; i++) {
        if (!emitter_value(emitter, expression->slots[i], &texts[i], ret_flaw))
            return false;
        room += texts[i].size + separator.size;
    }
    char *to = arena_allocate(&emitter->arena, room);
    *ret_flaw = value_too_long;
    if (!to)
        return false;
    for (size_t i = 0; i < expression->slot_count; i++) {
        if (text_is_empty(texts[i]))
            continue;
        if (size && separator.size) {
            memcpy(to + size, separator.data, separator.size);
            size += separator.size;
        }
        memcpy(to + size, texts[i].data, texts[i].size);
        size += texts[i].size;
    }
    *ret_text = size ? (Text){to, size} : TEXT_NULL;
    return true;
}

static bool read_slots(const MappingExpression *expression, Emitter *emitter, Text *ret_text, ValueFlaw *ret_flaw)
{
    size_t ignored;
    if (!text_is_null(expression->given->separator))
        return join(expression, emitter, ret_text, ret_flaw);
    return expression_find(expression, emitter, &ignored, ret_text, ret_flaw);
}

static int compare_entry(const void *key, const void *entry)
{
    return text_compare(*(const Text *)key, ((const FieldMapEntry *)entry)->from);
}

bool expression_evaluate(const MappingExpression *expression, Emitter *emitter, Text *ret_text, ExpressionEnd *ret_end,
                         ValueFlaw *ret_flaw)
{
    const FieldExpression *given = expression->given;
    Text text;
    if (!read_slots(expression, emitter, &text, ret_flaw))
        return false;
    if (given->form && !form_apply(given->form, text, &emitter->arena, &text)) {
        *ret_flaw = value_too_long;
        return false;
    }
    if (given->lookup >= 0)
        text = lookup_find(&emitter->mapping->lookups[given->lookup].lookup, text, expression->take);
    const FieldMapEntry *entry = NULL;
    if (given->map_count)
        entry = bsearch(&text, given->map, given->map_count, sizeof *given->map, compare_entry);
    bool is_default = !entry && !text_is_null(expression->fallback) && (given->map_count || text_is_empty(text));
    *ret_text = entry ? entry->to : is_default ? expression->fallback : text;
    *ret_end = entry ? EXPRESSION_MAPPED : is_default ? EXPRESSION_DEFAULT : EXPRESSION_FOUND;
    return true;
}
