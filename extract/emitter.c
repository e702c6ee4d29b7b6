#include "extract/emitter.h"

#include "common/signal.h"
#include "common/utf8.h"
#include "extract/mapping/document.h"
#include "extract/mapping/expression.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROGRESS_STEP = 4096, ARENA_SLACK = 256 * 1024, RECORD_OVERHEAD = 1024 };

/* What is joined is as long as its parts, whatever their number. */
static bool has_expressions(const Mapping *mapping)
{
    for (size_t i = 0; i < mapping->rule_count; i++)
        if (mapping->rules[i].expression_count)
            return true;
    return false;
}

Status emitter_make(const Mapping *mapping, RecordSink sink, Emitter *ret_emitter, Error *error)
{
    Emitter emitter = {
        .mapping = mapping,
        .sink = sink,
        /* An escape is at least as long as what it stands for, but every piece of memory is rounded up. */
        .arena = arena_make(4 * mapping->source->record_ceiling + ARENA_SLACK),
        .record_arena = arena_make(8 * mapping->source->record_ceiling + ARENA_SLACK),
        .values = calloc(mapping->slot_count + 1, sizeof(Value)),
        .can_outgrow = mapping->source->record_ceiling * RECORD_FIELDS_MAX > RECORD_SIZE_MAX - RECORD_OVERHEAD ||
                       has_expressions(mapping),
        .records = calloc(mapping->rule_count, sizeof(Record)),
    };
    if (!emitter.values || !emitter.records) {
        emitter_done(&emitter);
        return error_no_memory(error);
    }
    for (size_t i = 0; i < mapping->rule_count; i++)
        emitter.records[i] = mapping->rules[i].blank;
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        emitter.counts[i].kind = (RecordKind)i;
    *ret_emitter = emitter;
    return STATUS_OK;
}

void emitter_done(Emitter *emitter)
{
    arena_done(&emitter->arena);
    arena_done(&emitter->record_arena);
    free(emitter->values);
    free(emitter->records);
    *emitter = (Emitter)EMITTER_INIT;
}

static uint32_t line_number(size_t line)
{
    return line < UINT32_MAX ? (uint32_t)line : UINT32_MAX;
}

Status emitter_begin(Emitter *emitter, size_t line, Error *error)
{
    emitter->line = line_number(line);
    emitter->has_output = false;
    memset(emitter->values, 0, emitter->mapping->slot_count * sizeof(Value));
    if (emitter->record_arena.used)
        arena_clear(&emitter->record_arena);
    if (emitter->mapping->document_count)
        emitter_clear_scope(emitter, 0);
    if (emitter->source_records++ % PROGRESS_STEP == 0 && emitter->sink.progress)
        emitter->sink.progress(emitter->sink.progress_context);
    return signal_check(error);
}

void emitter_clear_scope(Emitter *emitter, size_t scope)
{
    for (size_t i = 0; i < emitter->mapping->slot_count; i++)
        if (emitter->mapping->slots[i].scope == scope)
            emitter->values[i] =
                (Value){.form = emitter->mapping->slots[i].document < 0 ? VALUE_UNSET : VALUE_UNOPENED};
}

bool emitter_is_full(const Emitter *emitter)
{
    return emitter->limit && emitter->shown >= emitter->limit;
}

static void note_output(Emitter *emitter)
{
    emitter->shown += !emitter->has_output;
    emitter->has_output = true;
}

/* --- rejects -------------------------------------------------------------------------------------------------- */

/* What a declared character set has no character for is no UTF-8 here, but that is not what was said to be there. */
static Text reason_of(Emitter *emitter, ValueFlaw flaw)
{
    const char *charset = emitter->mapping->source->charset;
    if (charset && strcmp(flaw.reason, "holds bytes that are no UTF-8") == 0)
        return text_from(arena_printf(&emitter->arena, "holds bytes that are no text in %s", charset));
    return utf8_sanitize(text_from(flaw.reason), &emitter->arena);
}

/* The field is NULL if it is the whole record that is wrong. */
static Status give_reject(Emitter *emitter, RecordKind kind, const char *field, ValueFlaw flaw, Text raw, Error *error)
{
    note_output(emitter);
    emitter->counts[kind].rejected++;
    if (!emitter->sink.reject)
        return STATUS_OK;
    arena_clear(&emitter->arena);
    Text shown = utf8_sanitize(utf8_truncate(raw, REJECT_RAW_MAX), &emitter->arena);
    Record reject = {.line = emitter->line, .file = emitter->file};
    reject.values[REJECT_KIND] = text_from(record_spec(kind)->name);
    reject.values[REJECT_FIELD] = text_from(field);
    reject.values[REJECT_CODE] = text_from(flaw.code);
    reject.values[REJECT_REASON] = reason_of(emitter, flaw);
    reject.values[REJECT_RAW] = utf8_truncate(shown, REJECT_RAW_MAX);
    return emitter->sink.reject(emitter->sink.context, kind, &reject, error);
}

Status emitter_reject(Emitter *emitter, size_t line, const char *code, const char *reason, Text raw, Error *error)
{
    TRY(emitter_begin(emitter, line, error));
    return emitter_reject_begun(emitter, code, reason, raw, error);
}

Status emitter_reject_begun(Emitter *emitter, const char *code, const char *reason, Text raw, Error *error)
{
    RecordKind kind = emitter->mapping->rules[0].kind;
    emitter->counts[kind].read++;
    return give_reject(emitter, kind, NULL, (ValueFlaw){code, reason}, raw, error);
}

Status emitter_reject_cut_off(Emitter *emitter, size_t line, Text raw, Error *error)
{
    return emitter_reject(
        emitter, line, REJECT_CODE_CUT_OFF,
        "the last line has no line end, and may not be whole: once the file has grown it is read again", raw, error);
}

/* --- values --------------------------------------------------------------------------------------------------- */

bool emitter_value(Emitter *emitter, int slot, Text *ret_text, ValueFlaw *ret_flaw)
{
    const Value *value = &emitter->values[slot];
    if (value->form == VALUE_UNOPENED && !document_open(emitter, slot, ret_flaw))
        return false;
    return slot_value_resolve(value, &emitter->arena, ret_text, ret_flaw);
}

/* --- records -------------------------------------------------------------------------------------------------- */

/* What cannot be stored is nothing here; the field that asks for it rejects the record. */
static bool is_like(Emitter *emitter, const MappingFilter *filter)
{
    Text text;
    ValueFlaw ignored;
    if (!emitter_value(emitter, filter->slot, &text, &ignored))
        return false;
    for (size_t i = 0; i < filter->value_count; i++)
        if (text_is_like(text, filter->values[i]))
            return true;
    return false;
}

static bool matches(Emitter *emitter, const MappingFilter *filter)
{
    const Value *value = &emitter->values[filter->slot];
    ValueFlaw ignored;
    if (filter->is_like)
        return is_like(emitter, filter);
    if (value->form == VALUE_UNOPENED)
        (void)document_open(emitter, filter->slot, &ignored);
    for (size_t i = 0; i < filter->value_count; i++)
        if (slot_value_is(value, filter->values[i]))
            return true;
    return false;
}

static bool is_taken(Emitter *emitter, const MappingRule *rule)
{
    for (size_t i = 0; i < rule->only_count; i++)
        if (!matches(emitter, &rule->only[i]))
            return false;
    for (size_t i = 0; i < rule->unless_count; i++)
        if (matches(emitter, &rule->unless[i]))
            return false;
    return true;
}

/* Several fields may hold the same text, so that a record can be larger than what it was made of. */
static bool fits(const Record *record, size_t field_count)
{
    size_t size = 0;
    for (size_t i = 0; i < field_count; i++)
        size += record->values[i].size;
    return size <= RECORD_SIZE_MAX - RECORD_OVERHEAD;
}

/* False with the field and its flaw for what cannot be stored. */
static bool fill(Emitter *emitter, const MappingRule *rule, Record *record, int *ret_field, ValueFlaw *ret_flaw)
{
    for (size_t i = 0; i < rule->field_count; i++) {
        const MappingField *field = &rule->fields[i];
        const Value *value = &emitter->values[field->slot];
        Text text = value->text;
        *ret_field = field->field;
        if (value->form > VALUE_PLAIN && !emitter_value(emitter, field->slot, &text, ret_flaw))
            return false;
        if (text_is_empty(text) && !text_is_null(field->fallback))
            text = field->fallback;
        record->values[field->field] = text;
    }
    for (size_t i = 0; i < rule->expression_count; i++) {
        const MappingExpression *expression = &rule->expressions[i];
        ExpressionEnd ignored;
        *ret_field = expression->field;
        if (!expression_evaluate(expression, emitter, &record->values[expression->field], &ignored, ret_flaw))
            return false;
    }
    return true;
}

static Status emit_rule(Emitter *emitter, size_t index, Text raw, Error *error)
{
    const MappingRule *rule = &emitter->mapping->rules[index];
    BatchCount *count = &emitter->counts[rule->kind];
    count->read++;
    if (emitter->arena.used)
        arena_clear(&emitter->arena);
    if (!is_taken(emitter, rule)) {
        count->filtered++;
        return STATUS_OK;
    }
    Record *record = &emitter->records[index];
    record->line = emitter->line;
    record->file = emitter->file;
    emitter->rule = rule;
    int field;
    ValueFlaw flaw;
    if (!fill(emitter, rule, record, &field, &flaw))
        return give_reject(emitter, rule->kind, record_spec(rule->kind)->fields[field].name, flaw, raw, error);
    if (emitter->can_outgrow && !fits(record, record_spec(rule->kind)->field_count))
        return give_reject(emitter, rule->kind, NULL, value_too_long, raw, error);
    count->emitted++;
    note_output(emitter);
    return emitter->sink.record ? emitter->sink.record(emitter->sink.context, rule->kind, record, error) : STATUS_OK;
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

static Status reject_list(Emitter *emitter, size_t scope, ValueFlaw flaw, Text raw, Error *error)
{
    for (size_t i = 0; i < emitter->mapping->rule_count; i++) {
        const MappingRule *rule = &emitter->mapping->rules[i];
        if (rule->scope != scope)
            continue;
        emitter->counts[rule->kind].read++;
        TRY(give_reject(emitter, rule->kind, NULL, flaw, raw, error));
    }
    return STATUS_OK;
}

/* The next piece, and what is behind it. */
static Text take_piece(Text *rest, Text by)
{
    const char *found = memmem(rest->data, rest->size, by.data, by.size);
    size_t size = found ? (size_t)(found - rest->data) : rest->size;
    Text piece = {rest->data, size};
    size_t used = found ? size + by.size : size;
    *rest = (Text){rest->data + used, rest->size - used};
    return text_trim(piece);
}

static Status emit_pieces(Emitter *emitter, size_t number, Text raw, Error *error)
{
    const MappingScope *scope = &emitter->mapping->scopes[number];
    const Value *list = &emitter->values[scope->list_slot];
    Text rest;
    ValueFlaw flaw;
    if ((list->form == VALUE_UNOPENED && !document_open(emitter, scope->list_slot, &flaw)) ||
        !slot_value_resolve(list, &emitter->record_arena, &rest, &flaw))
        return reject_list(emitter, number, flaw, raw, error);
    while (rest.size) {
        Text piece = take_piece(&rest, scope->by);
        if (piece.size == 0)
            continue;
        emitter_clear_scope(emitter, number);
        if (scope->piece_slot != MAPPING_NO_SLOT)
            emitter->values[scope->piece_slot] = (Value){piece, VALUE_PLAIN};
        TRY(emitter_emit(emitter, number, raw, error));
    }
    return STATUS_OK;
}

Status emitter_emit(Emitter *emitter, size_t scope, Text raw, Error *error)
{
    for (size_t i = 0; i < emitter->mapping->rule_count; i++)
        if (emitter->mapping->rules[i].scope == scope)
            TRY(emit_rule(emitter, i, raw, error));
    for (size_t i = 1; scope == 0 && i < emitter->mapping->scope_count; i++)
        if (emitter->mapping->scopes[i].form == EACH_PIECE)
            TRY(emit_pieces(emitter, i, raw, error));
    return STATUS_OK;
}
