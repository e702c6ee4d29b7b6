#include "extract/mapping/origin.h"

#include "common/config/field.h"
#include "extract/mapping/expression.h"

/* A part that climbs is written with its ../, a column of a group with the beginning of its name. */
static Status write_path(const Emitter *emitter, int slot, Buffer *buffer, Error *error)
{
    const MappingSlot *asked = &emitter->mapping->slots[slot];
    const MappingScope *scope = &emitter->mapping->scopes[asked->scope];
    if (asked->scope != emitter->rule->scope)
        TRY(buffer_append(buffer, TEXT("../"), error));
    else if (scope->form == EACH_COLUMNS)
        TRY(buffer_append(buffer, scope->each, error));
    else if (scope->form == EACH_PIECE)
        return buffer_printf(buffer, error, "a piece of %.*s", TEXT_PRINTF(scope->each));
    if (scope->form == EACH_COLUMNS && text_is(asked->path, "."))
        return STATUS_OK;
    return buffer_append(buffer, asked->path, error);
}

static Status write_joined(Emitter *emitter, const MappingExpression *expression, Buffer *buffer, Error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < expression->slot_count; i++) {
        Text text;
        ValueFlaw ignored;
        if (!emitter_value(emitter, expression->slots[i], &text, &ignored) || text_is_empty(text))
            continue;
        if (count++)
            TRY(buffer_append(buffer, TEXT(" and "), error));
        TRY(write_path(emitter, expression->slots[i], buffer, error));
    }
    return count ? STATUS_OK : buffer_append(buffer, TEXT("nothing"), error);
}

/* The first that yields something, and what, unless nothing else is done with it. */
static Status write_found(Emitter *emitter, const MappingExpression *expression, bool is_plain, Buffer *buffer,
                          Error *error)
{
    size_t found;
    Text text;
    ValueFlaw ignored;
    if (!expression_find(expression, emitter, &found, &text, &ignored) || found == expression->slot_count)
        return buffer_append(buffer, TEXT("nothing"), error);
    TRY(write_path(emitter, expression->slots[found], buffer, error));
    return is_plain ? STATUS_OK : buffer_printf(buffer, error, " '%.*s'", TEXT_PRINTF(text));
}

static Status write_steps(const Emitter *emitter, const MappingExpression *expression, ExpressionEnd end,
                          Buffer *buffer, Error *error)
{
    const FieldExpression *given = expression->given;
    if (given->form)
        TRY(buffer_printf(buffer, error, ", as %s", field_form_name(given->form)));
    if (given->lookup >= 0)
        TRY(buffer_printf(buffer, error, ", looked up in %s: %.*s",
                          emitter->mapping->source->lookups[given->lookup].name.data, TEXT_PRINTF(given->take)));
    if (end == EXPRESSION_MAPPED)
        return buffer_append(buffer, TEXT(", mapped"), error);
    return end == EXPRESSION_DEFAULT ? buffer_append(buffer, TEXT(", so the default"), error) : STATUS_OK;
}

static Status write_expression(Emitter *emitter, const MappingExpression *expression, Buffer *buffer, Error *error)
{
    const FieldExpression *given = expression->given;
    Text text;
    ValueFlaw ignored;
    ExpressionEnd end;
    if (!expression_evaluate(expression, emitter, &text, &end, &ignored))
        return STATUS_OK;
    bool is_plain = !given->form && given->lookup < 0 && end == EXPRESSION_FOUND;
    if (text_is_null(given->separator))
        TRY(write_found(emitter, expression, is_plain, buffer, error));
    else
        TRY(write_joined(emitter, expression, buffer, error));
    return write_steps(emitter, expression, end, buffer, error);
}

static Status write_field(Emitter *emitter, const MappingField *field, Buffer *buffer, Error *error)
{
    Text text;
    ValueFlaw ignored;
    bool is_default =
        !text_is_null(field->fallback) && emitter_value(emitter, field->slot, &text, &ignored) && text_is_empty(text);
    TRY(write_path(emitter, field->slot, buffer, error));
    return is_default ? buffer_append(buffer, TEXT(": nothing, so the default"), error) : STATUS_OK;
}

Status origin_write(Emitter *emitter, int field, Buffer *buffer, Error *error)
{
    const MappingRule *rule = emitter->rule;
    for (size_t i = 0; i < rule->field_count; i++)
        if (rule->fields[i].field == field)
            return write_field(emitter, &rule->fields[i], buffer, error);
    for (size_t i = 0; i < rule->expression_count; i++)
        if (rule->expressions[i].field == field)
            return write_expression(emitter, &rule->expressions[i], buffer, error);
    return buffer_append(buffer, TEXT("always"), error);
}
