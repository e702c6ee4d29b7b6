#include "extract/mapping/mapping.h"

enum { MAPPING_CEILING = 64 << 20 };

typedef struct Compiler {
    const Source *source;
    Mapping *mapping;
    unsigned int line; /* of the entry being read, for messages */
    Error *error;
} Compiler;

static Status no_room(const Compiler *compiler)
{
    return error_set(compiler->error, ERROR_CONFIG, "source '%s': its mapping is too large", compiler->source->name);
}

/* The configuration was checked; this is for sources that were not made from one. */
static Status bad_path(const Compiler *compiler, Text path, const char *flaw)
{
    return error_set(compiler->error, ERROR_CONFIG, "source '%s', line %u: '%.*s' is no path: %s",
                     compiler->source->name, compiler->line, TEXT_PRINTF(path), flaw);
}

static PathSyntax syntax_of(const Source *source)
{
    if (source_format_is_table(source->format))
        return PATH_COLUMN;
    return source->format == FORMAT_XML ? PATH_SLASHED : PATH_DOTTED;
}

/* --- slots ---------------------------------------------------------------------------------------------------- */

/* What a rule asks for. */
typedef struct Request {
    size_t scope;
    Text path;
    bool is_list, is_required;
} Request;

static Status hang_slot(const Compiler *compiler, TrieNode *root, PathSyntax syntax, const MappingSlot *slot,
                        Text given, int **ret_place)
{
    Mapping *mapping = compiler->mapping;
    Path path;
    const char *flaw = path_parse(given, syntax, &mapping->arena, &path);
    if (flaw)
        return bad_path(compiler, slot->path, flaw);
    *ret_place = trie_add(root, &path, slot->is_list, &mapping->arena);
    return *ret_place ? STATUS_OK : no_room(compiler);
}

static Status find_slot(const Compiler *compiler, Request request, int *ret_slot);

/* The document that is the text at the outer path, which may itself lie within one. */
static Status find_document(const Compiler *compiler, Request outer, int *ret_document)
{
    Mapping *mapping = compiler->mapping;
    int slot;
    TRY(find_slot(compiler, outer, &slot));
    size_t i = 0;
    while (i < mapping->document_count && mapping->documents[i].slot != slot)
        i++;
    if (i == mapping->document_count)
        mapping->documents[mapping->document_count++] = (MappingDocument){.slot = slot, .root = trie_root()};
    *ret_document = (int)i;
    return STATUS_OK;
}

/* Where the number of the slot is to stand; NULL for a column, which a reader finds by its name. */
static Status find_place(const Compiler *compiler, MappingSlot *slot, bool is_required, int **ret_place)
{
    Mapping *mapping = compiler->mapping;
    MappingScope *scope = &mapping->scopes[slot->scope];
    PathSyntax syntax = syntax_of(compiler->source);
    Text outer, inner;
    *ret_place = NULL;
    if (path_split_arrow(slot->path, syntax, &outer, &inner)) {
        Request request = {.scope = slot->scope, .path = outer, .is_required = is_required};
        TRY(find_document(compiler, request, &slot->document));
        TrieNode *root = &mapping->documents[slot->document].root;
        return hang_slot(compiler, root, PATH_DOTTED, slot, inner, ret_place);
    }
    if (scope->form == EACH_PIECE || syntax == PATH_COLUMN)
        slot->is_list = false;
    if (scope->form == EACH_PIECE)
        *ret_place = &scope->piece_slot;
    else if (syntax != PATH_COLUMN)
        TRY(hang_slot(compiler, &scope->root, syntax, slot, slot->path, ret_place));
    return STATUS_OK;
}

static int find_same(const Mapping *mapping, const MappingSlot *slot)
{
    for (size_t i = 0; i < mapping->slot_count; i++) {
        const MappingSlot *other = &mapping->slots[i];
        if (other->scope == slot->scope && other->is_list == slot->is_list && text_equal(other->path, slot->path))
            return (int)i;
    }
    return MAPPING_NO_SLOT;
}

static int add_slot(Mapping *mapping, MappingSlot slot)
{
    mapping->slots[mapping->slot_count] = slot;
    return (int)mapping->slot_count++;
}

/* The slot for what a rule asks for, made if nobody did before. */
static Status find_slot(const Compiler *compiler, Request request, int *ret_slot)
{
    Mapping *mapping = compiler->mapping;
    MappingSlot slot = {
        .path = request.path, .scope = request.scope, .document = MAPPING_NO_DOCUMENT, .is_list = request.is_list};
    bool is_table = source_format_is_table(compiler->source->format);
    if (text_starts_with(slot.path, TEXT("../")) && (slot.scope > 0 || !is_table)) {
        slot.path = (Text){slot.path.data + 3, slot.path.size - 3};
        slot.scope = 0;
        if (request.scope == 0 || (text_starts_with(slot.path, TEXT("../")) && !is_table))
            return bad_path(compiler, request.path, "it climbs out of the record");
    }
    int *place;
    TRY(find_place(compiler, &slot, request.is_required, &place));
    /* Two spellings of one path have one place. */
    int found = place ? *place : find_same(mapping, &slot);
    if (found == MAPPING_NO_SLOT)
        found = add_slot(mapping, slot);
    if (place)
        *place = found;
    bool is_column = is_table && mapping->scopes[slot.scope].form == EACH_RECORD && slot.document < 0;
    mapping->slots[found].is_required |= request.is_required && is_column;
    *ret_slot = found;
    return STATUS_OK;
}

/* --- scopes --------------------------------------------------------------------------------------------------- */

static bool is_scope_of(const MappingScope *scope, const RecordMapping *given)
{
    return scope->form == given->each_form && text_equal(scope->each, given->each) &&
           text_equal(scope->by, given->each_by);
}

static Status find_elements(const Compiler *compiler, MappingScope *scope)
{
    const char *flaw = path_parse(scope->each, syntax_of(compiler->source), &compiler->mapping->arena, &scope->path);
    for (size_t i = 0; !flaw && i < scope->path.count; i++)
        if (scope->path.steps[i].is_attribute || !text_is_null(scope->path.steps[i].selector.key))
            flaw = "'each' names elements";
    return flaw ? bad_path(compiler, scope->each, flaw) : STATUS_OK;
}

static Status find_scope(const Compiler *compiler, const RecordMapping *given, size_t *ret_scope)
{
    Mapping *mapping = compiler->mapping;
    for (size_t i = 0; i < mapping->scope_count; i++) {
        if (is_scope_of(&mapping->scopes[i], given)) {
            *ret_scope = i;
            return STATUS_OK;
        }
    }
    MappingScope *scope = &mapping->scopes[mapping->scope_count];
    *scope = (MappingScope){.form = given->each_form,
                            .each = given->each,
                            .by = given->each_by,
                            .root = trie_root(),
                            .list_slot = MAPPING_NO_SLOT,
                            .piece_slot = MAPPING_NO_SLOT};
    *ret_scope = mapping->scope_count++;
    if (scope->form == EACH_ELEMENT)
        return find_elements(compiler, scope);
    if (scope->form == EACH_PIECE)
        return find_slot(compiler, (Request){.path = scope->each, .is_required = !given->each_is_optional},
                         &scope->list_slot);
    return STATUS_OK;
}

/* --- rules ---------------------------------------------------------------------------------------------------- */

/* The place of a column among those that are taken of a lookup. */
static Status find_take(const Compiler *compiler, const FieldExpression *given, size_t *ret_take)
{
    if (given->lookup < 0)
        return STATUS_OK;
    MappingLookup *lookup = &compiler->mapping->lookups[given->lookup];
    size_t i = 0;
    while (i < lookup->take_count && !text_equal(lookup->takes[i], given->take))
        i++;
    if (i == LOOKUP_TAKES_MAX)
        return error_set(compiler->error, ERROR_CONFIG, "source '%s', line %u: more than %d columns of a lookup",
                         compiler->source->name, compiler->line, LOOKUP_TAKES_MAX);
    if (i == lookup->take_count)
        lookup->takes[lookup->take_count++] = given->take;
    *ret_take = i;
    return STATUS_OK;
}

static Status compile_expression(const Compiler *compiler, const MappingRule *rule, const FieldMapping *field,
                                 bool is_list, MappingExpression *ret_expression)
{
    const FieldExpression *given = field->expression;
    int *slots = arena_allocate(&compiler->mapping->arena, given->path_count * sizeof *slots);
    if (!slots)
        return no_room(compiler);
    /* One of several columns must be there, whichever. */
    bool is_required = !field->is_optional && given->path_count == 1;
    for (size_t i = 0; i < given->path_count; i++)
        TRY(find_slot(compiler, (Request){rule->scope, given->paths[i], is_list, is_required}, &slots[i]));
    *ret_expression = (MappingExpression){.field = field->field,
                                          .slots = slots,
                                          .slot_count = given->path_count,
                                          .fallback = field->value,
                                          .given = given,
                                          .is_optional = field->is_optional};
    return find_take(compiler, given, &ret_expression->take);
}

static Status compile_fields(Compiler *compiler, const RecordMapping *given, MappingRule *rule)
{
    Arena *arena = &compiler->mapping->arena;
    MappingField *fields = arena_allocate(arena, given->field_count * sizeof *fields);
    MappingExpression *expressions = arena_allocate(arena, given->field_count * sizeof *expressions);
    if (!fields || !expressions)
        return no_room(compiler);
    for (size_t i = 0; i < given->field_count; i++) {
        const FieldMapping *field = &given->fields[i];
        bool is_list = record_spec(given->kind)->fields[field->field].type == FIELD_EMAILS;
        compiler->line = field->line;
        if (field->expression) {
            TRY(compile_expression(compiler, rule, field, is_list, &expressions[rule->expression_count++]));
        } else if (text_is_null(field->path)) {
            rule->blank.values[field->field] = field->value;
        } else {
            MappingField *made = &fields[rule->field_count++];
            *made = (MappingField){.field = field->field, .fallback = field->value};
            TRY(find_slot(compiler, (Request){rule->scope, field->path, is_list, !field->is_optional}, &made->slot));
        }
    }
    rule->fields = fields;
    rule->expressions = expressions;
    return STATUS_OK;
}

/* A column that a field says need not be there is nothing to filter by if it is not. */
static bool is_optional_column(const RecordMapping *mapping, Text path)
{
    for (size_t i = 0; i < mapping->field_count; i++) {
        const FieldMapping *field = &mapping->fields[i];
        const FieldExpression *expression = field->expression;
        size_t count = expression ? expression->path_count : 1;
        for (size_t j = 0; field->is_optional && j < count; j++)
            if (text_equal(expression ? expression->paths[j] : field->path, path))
                return true;
    }
    return false;
}

static Status compile_filters(Compiler *compiler, const RecordMapping *mapping, size_t scope, const OnlyFilter *given,
                              size_t count, const MappingFilter **ret_filters)
{
    MappingFilter *filters = arena_allocate(&compiler->mapping->arena, count * sizeof *filters);
    if (!filters)
        return no_room(compiler);
    for (size_t i = 0; i < count; i++) {
        compiler->line = given[i].line;
        filters[i] = (MappingFilter){
            .values = given[i].values, .value_count = given[i].value_count, .is_like = given[i].is_like};
        bool is_required = !is_optional_column(mapping, given[i].path);
        Request request = {.scope = scope, .path = given[i].path, .is_required = is_required};
        TRY(find_slot(compiler, request, &filters[i].slot));
    }
    *ret_filters = filters;
    return STATUS_OK;
}

static Status compile_rule(Compiler *compiler, const RecordMapping *given, MappingRule *rule)
{
    *rule = (MappingRule){.kind = given->kind, .only_count = given->only_count, .unless_count = given->unless_count};
    compiler->line = given->line;
    TRY(find_scope(compiler, given, &rule->scope));
    TRY(compile_fields(compiler, given, rule));
    TRY(compile_filters(compiler, given, rule->scope, given->only, given->only_count, &rule->only));
    return compile_filters(compiler, given, rule->scope, given->unless, given->unless_count, &rule->unless);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

/* A path with arrows takes a slot for each document on its way. */
static size_t count_paths(const RecordMapping *given)
{
    size_t count = given->only_count + given->unless_count + (given->each_form == EACH_PIECE);
    for (size_t i = 0; i < given->field_count; i++)
        count += given->fields[i].expression ? given->fields[i].expression->path_count : 1;
    return count * (1 + PATH_ARROWS_MAX);
}

static Status make_room(const Compiler *compiler)
{
    const Source *source = compiler->source;
    Mapping *mapping = compiler->mapping;
    size_t slots_max = 0;
    for (size_t i = 0; i < source->mapping_count; i++)
        slots_max += count_paths(&source->mappings[i]);
    mapping->scopes = arena_allocate(&mapping->arena, (source->mapping_count + 1) * sizeof(MappingScope));
    mapping->slots = arena_allocate(&mapping->arena, slots_max * sizeof(MappingSlot));
    mapping->documents = arena_allocate(&mapping->arena, slots_max * sizeof(MappingDocument));
    mapping->rules = arena_allocate(&mapping->arena, source->mapping_count * sizeof(MappingRule));
    mapping->lookups = arena_allocate(&mapping->arena, source->lookup_count * sizeof(MappingLookup));
    bool is_made = mapping->scopes && mapping->slots && mapping->documents && mapping->rules && mapping->lookups;
    return is_made ? STATUS_OK : no_room(compiler);
}

static Status compile(Compiler *compiler)
{
    const Source *source = compiler->source;
    Mapping *mapping = compiler->mapping;
    TRY(make_room(compiler));
    size_t whole_record;
    TRY(find_scope(compiler, &(RecordMapping){.each_form = EACH_RECORD}, &whole_record));
    for (size_t i = 0; i < source->mapping_count; i++)
        TRY(compile_rule(compiler, &source->mappings[i], &mapping->rules[mapping->rule_count++]));
    for (size_t i = 0; i < mapping->scope_count; i++)
        if (!trie_finish(&mapping->scopes[i].root, &mapping->arena))
            return no_room(compiler);
    for (size_t i = 0; i < mapping->document_count; i++)
        if (!trie_finish(&mapping->documents[i].root, &mapping->arena))
            return no_room(compiler);
    return STATUS_OK;
}

/* Those that fields look things up in. */
static Status load_lookups(const Compiler *compiler)
{
    Mapping *mapping = compiler->mapping;
    mapping->digest = compiler->source->mapping_digest;
    for (size_t i = 0; i < compiler->source->lookup_count; i++) {
        MappingLookup *lookup = &mapping->lookups[i];
        if (lookup->take_count == 0)
            continue;
        TRY(lookup_load(&compiler->source->lookups[i], lookup->takes, lookup->take_count, &lookup->lookup,
                        compiler->error));
        const Key *before = &mapping->digest, *more = &lookup->lookup.digest;
        mapping->digest = key_of(TEXT("lookup"),
                                 (Text[]){{(const char *)before->bytes, sizeof before->bytes},
                                          {(const char *)more->bytes, sizeof more->bytes}},
                                 2);
    }
    return STATUS_OK;
}

Status mapping_compile(const Source *source, Mapping *ret_mapping, Error *error)
{
    Mapping mapping = {.source = source, .arena = arena_make(MAPPING_CEILING)};
    Compiler compiler = {.source = source, .mapping = &mapping, .error = error};
    Status status = compile(&compiler);
    if (status == STATUS_OK)
        status = load_lookups(&compiler);
    if (status == STATUS_OK)
        *ret_mapping = mapping;
    else
        mapping_done(&mapping);
    return status;
}

void mapping_done(Mapping *mapping)
{
    for (size_t i = 0; mapping->lookups && i < mapping->source->lookup_count; i++)
        lookup_done(&mapping->lookups[i].lookup);
    arena_done(&mapping->arena);
    *mapping = (Mapping){0};
}
