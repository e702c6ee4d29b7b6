#include "extract/emitter.h"

#include "common/json.h"
#include "common/signal.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROGRESS_STEP = 4096, ARENA_SLACK = 256 * 1024, RECORD_OVERHEAD = 1024 };

Status emitter_make(const Mapping *mapping, RecordSink sink, Emitter *ret_emitter, Error *error)
{
    Emitter emitter = {
        .mapping = mapping,
        .sink = sink,
        /* An escape is at least as long as what it stands for, but every piece of memory is rounded up. */
        .arena = arena_make(4 * mapping->source->record_ceiling + ARENA_SLACK),
        .values = calloc(mapping->slot_count + 1, sizeof(Value)),
        .can_outgrow = mapping->source->record_ceiling * RECORD_FIELDS_MAX > RECORD_SIZE_MAX - RECORD_OVERHEAD,
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
    if (emitter->source_records++ % PROGRESS_STEP == 0 && emitter->sink.progress)
        emitter->sink.progress(emitter->sink.progress_context);
    return signal_check(error);
}

void emitter_clear_scope(Emitter *emitter, size_t scope)
{
    for (size_t i = 0; i < emitter->mapping->slot_count; i++)
        if (emitter->mapping->slots[i].scope == scope)
            emitter->values[i] = (Value){TEXT_NULL, VALUE_UNSET};
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

typedef struct Flaw {
    const char *code, *reason;
} Flaw;

/* The field is NULL if it is the whole record that is wrong. */
static Status give_reject(Emitter *emitter, RecordKind kind, const char *field, Flaw flaw, Text raw, Error *error)
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
    reject.values[REJECT_REASON] = utf8_sanitize(text_from(flaw.reason), &emitter->arena);
    reject.values[REJECT_RAW] = utf8_truncate(shown, REJECT_RAW_MAX);
    return emitter->sink.reject(emitter->sink.context, kind, &reject, error);
}

Status emitter_reject(Emitter *emitter, size_t line, const char *code, const char *reason, Text raw, Error *error)
{
    RecordKind kind = emitter->mapping->rules[0].kind;
    TRY(emitter_begin(emitter, line, error));
    emitter->counts[kind].read++;
    return give_reject(emitter, kind, NULL, (Flaw){code, reason}, raw, error);
}

/* --- values --------------------------------------------------------------------------------------------------- */

static const Flaw holds_nul = {"holds_nul", "holds the character U+0000, which the database cannot"};
static const Flaw lone_surrogate = {"bad_utf8", "holds half of a surrogate pair, which is no character"};
static const Flaw invalid_bytes = {"bad_utf8", "holds bytes that are no UTF-8"};
static const Flaw too_long = {"record_too_long", "is larger than the memory for one record"};

static bool check_bytes(Text text, Flaw *ret_flaw)
{
    if (utf8_is_storable(text))
        return true;
    *ret_flaw = utf8_is_valid(text) ? holds_nul : invalid_bytes;
    return false;
}

static bool unescape(Emitter *emitter, Text raw, Text *ret_text, Flaw *ret_flaw)
{
    Error error;
    if (json_unescape(raw, &emitter->arena, ret_text, &error) == STATUS_OK)
        return true;
    if (strcmp(error.message, "holds U+0000") == 0)
        *ret_flaw = holds_nul;
    else if (strcmp(error.message, "holds a lone surrogate") == 0)
        *ret_flaw = lone_surrogate;
    else
        *ret_flaw = too_long;
    return false;
}

/* The texts and numbers of an array with semicolons between them; what is nested deeper and null are passed over. */
static bool join_list(Emitter *emitter, Text array, Text *ret_text, Flaw *ret_flaw)
{
    /* No element is shorter than what it gives, and commas are as many as semicolons. */
    char *to = arena_allocate(&emitter->arena, array.size);
    JsonScanner scanner = json_scanner_make(array);
    JsonToken token;
    Error error;
    size_t size = 0;
    *ret_flaw = too_long;
    if (!to)
        return false;
    while (json_scanner_next(&scanner, &token, &error) == STATUS_OK) {
        bool is_scalar = token.type == JSON_STRING || token.type == JSON_NUMBER || token.type == JSON_TRUE ||
                         token.type == JSON_FALSE;
        if (!is_scalar || scanner.depth != 1)
            continue;
        if (token.has_escapes && !unescape(emitter, token.text, &token.text, ret_flaw))
            return false;
        if (size)
            to[size++] = ';';
        memcpy(to + size, token.text.data, token.text.size);
        size += token.text.size;
    }
    *ret_text = (Text){to, size};
    return true;
}

static bool resolve(Emitter *emitter, const Value *value, Text *ret_text, Flaw *ret_flaw)
{
    switch (value->form) {
    case VALUE_UNCHECKED:
        *ret_text = value->text;
        return check_bytes(value->text, ret_flaw);
    case VALUE_ESCAPED:
        return unescape(emitter, value->text, ret_text, ret_flaw);
    case VALUE_LIST:
        return join_list(emitter, value->text, ret_text, ret_flaw);
    case VALUE_UNSET:
    case VALUE_PLAIN:
        break;
    }
    *ret_text = value->text;
    return true;
}

/* --- records -------------------------------------------------------------------------------------------------- */

static bool value_is(const Value *value, Text wanted)
{
    if (value->form == VALUE_ESCAPED)
        return json_text_equal(value->text, wanted);
    return text_equal(value->text, wanted);
}

static bool is_taken(const Emitter *emitter, const MappingRule *rule)
{
    for (size_t i = 0; i < rule->filter_count; i++) {
        const MappingFilter *filter = &rule->filters[i];
        size_t j = 0;
        while (j < filter->value_count && !value_is(&emitter->values[filter->slot], filter->values[j]))
            j++;
        if (j == filter->value_count)
            return false;
    }
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

static Status emit_rule(Emitter *emitter, size_t index, Text raw, Error *error)
{
    const MappingRule *rule = &emitter->mapping->rules[index];
    BatchCount *count = &emitter->counts[rule->kind];
    count->read++;
    if (!is_taken(emitter, rule)) {
        count->filtered++;
        return STATUS_OK;
    }
    Record *record = &emitter->records[index];
    record->line = emitter->line;
    record->file = emitter->file;
    if (emitter->arena.used)
        arena_clear(&emitter->arena);
    for (size_t i = 0; i < rule->field_count; i++) {
        const MappingField *field = &rule->fields[i];
        const Value *value = &emitter->values[field->slot];
        Text text = value->text;
        Flaw flaw;
        if (value->form > VALUE_PLAIN && !resolve(emitter, value, &text, &flaw))
            return give_reject(emitter, rule->kind, record_spec(rule->kind)->fields[field->field].name, flaw, raw,
                               error);
        if (text_is_empty(text) && !text_is_null(field->fallback))
            text = field->fallback;
        record->values[field->field] = text;
    }
    if (emitter->can_outgrow && !fits(record, record_spec(rule->kind)->field_count))
        return give_reject(emitter, rule->kind, NULL, too_long, raw, error);
    count->emitted++;
    note_output(emitter);
    return emitter->sink.record ? emitter->sink.record(emitter->sink.context, rule->kind, record, error) : STATUS_OK;
}

Status emitter_emit(Emitter *emitter, size_t scope, Text raw, Error *error)
{
    for (size_t i = 0; i < emitter->mapping->rule_count; i++)
        if (emitter->mapping->rules[i].scope == scope)
            TRY(emit_rule(emitter, i, raw, error));
    return STATUS_OK;
}
