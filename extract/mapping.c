#include "extract/mapping.h"

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

static Status bad_path(const Compiler *compiler, Text path, const char *flaw)
{
    return error_set(compiler->error, ERROR_CONFIG, "source '%s', line %u: '%.*s' is no path: %s",
                     compiler->source->name, compiler->line, TEXT_PRINTF(path), flaw);
}

static bool is_table(const Source *source)
{
    return source->format == FORMAT_CSV || source->format == FORMAT_TSV;
}

/* --- paths ---------------------------------------------------------------------------------------------------- */

typedef struct Path {
    Text steps[MAPPING_STEPS_MAX];
    size_t count;
    bool is_attribute; /* the last step */
} Path;

/* The next step of a dotted path, in which a backslash takes a dot's meaning away. */
static Text take_json_step(Text *rest, char *to)
{
    Text step = {to, 0};
    size_t i = 0;
    for (; i < rest->size && rest->data[i] != '.'; i++) {
        if (rest->data[i] == '\\' && i + 1 < rest->size)
            i++;
        to[step.size++] = rest->data[i];
    }
    *rest = (Text){rest->data + i, rest->size - i};
    return step;
}

static Text take_xml_step(Text *rest)
{
    Text step = {rest->data, text_find(*rest, '/')};
    *rest = (Text){rest->data + step.size, rest->size - step.size};
    return step;
}

static Status check_xml_step(const Compiler *compiler, Text path, Path *steps, bool is_last)
{
    Text *step = &steps->steps[steps->count - 1];
    if (text_find(*step, ':') < step->size)
        return bad_path(compiler, path, "elements are named without a prefix");
    if (text_starts_with(*step, TEXT("@"))) {
        if (!is_last || step->size == 1)
            return bad_path(compiler, path, "an attribute is the end of a path");
        steps->is_attribute = true;
        *step = (Text){step->data + 1, step->size - 1};
    }
    return STATUS_OK;
}

/* "." is the value itself: no step at all. */
static Status split_path(const Compiler *compiler, Text path, Path *ret_path)
{
    Path steps = {.count = 0};
    if (text_is(path, ".")) {
        *ret_path = steps;
        return STATUS_OK;
    }
    bool is_xml = compiler->source->format == FORMAT_XML;
    char *copy = arena_allocate(&compiler->mapping->arena, path.size + 1);
    if (!copy)
        return no_room(compiler);
    Text rest = path;
    for (bool is_last = false; !is_last;) {
        if (steps.count == MAPPING_STEPS_MAX)
            return bad_path(compiler, path, "it has too many steps");
        Text step = is_xml ? take_xml_step(&rest) : take_json_step(&rest, copy);
        copy += step.size;
        if (step.size == 0)
            return bad_path(compiler, path, "a step is empty");
        is_last = rest.size == 0;
        steps.steps[steps.count++] = step;
        if (is_xml)
            TRY(check_xml_step(compiler, path, &steps, is_last));
        if (!is_last) {
            rest = (Text){rest.data + 1, rest.size - 1};
            if (rest.size == 0)
                return bad_path(compiler, path, "a step is empty");
        }
    }
    *ret_path = steps;
    return STATUS_OK;
}

/* --- the trie ------------------------------------------------------------------------------------------------- */

static int64_t index_of(Text name)
{
    long long number;
    bool is_canonical = name.size == 1 || (name.size && name.data[0] != '0');
    bool is_number = name.size && name.data[0] >= '0' && name.data[0] <= '9' && text_to_int64(name, &number);
    return is_number && is_canonical ? number : -1;
}

static MappingNode empty_node(void)
{
    return (MappingNode){.index = -1, .slot = MAPPING_NO_SLOT, .list_slot = MAPPING_NO_SLOT};
}

static MappingNode *add_child(Arena *arena, MappingNode *node, Text name, bool is_attribute)
{
    for (MappingNode *child = node->first; child; child = child->next)
        if (text_equal(child->name, name) && child->is_attribute == is_attribute)
            return child;
    MappingNode *child = arena_allocate(arena, sizeof *child);
    if (!child)
        return NULL;
    *child = empty_node();
    child->name = name;
    child->is_attribute = is_attribute;
    child->index = index_of(name);
    child->next = node->first;
    node->first = child;
    node->child_count++;
    node->has_indexes |= child->index >= 0;
    return child;
}

/* Its depth is that of the paths, at most MAPPING_STEPS_MAX. */
static Status build_tables(const Compiler *compiler, MappingNode *node)
{
    if (!node->first)
        return STATUS_OK;
    uint32_t size = 4;
    while (size < 4 * node->child_count)
        size *= 2;
    node->table = arena_allocate(&compiler->mapping->arena, size * sizeof(MappingNode *));
    if (!node->table)
        return no_room(compiler);
    node->mask = size - 1;
    for (MappingNode *child = node->first; child; child = child->next) {
        uint32_t i = mapping_hash(child->name) & node->mask;
        while (node->table[i])
            i = (i + 1) & node->mask;
        node->table[i] = child;
        TRY(build_tables(compiler, child));
    }
    return STATUS_OK;
}

const MappingNode *mapping_element(const MappingNode *node, int64_t index)
{
    for (const MappingNode *child = node->first; child; child = child->next)
        if (child->index == index)
            return child;
    return NULL;
}

/* --- scopes and slots ----------------------------------------------------------------------------------------- */

static Status find_scope(const Compiler *compiler, Text each, size_t *ret_scope)
{
    Mapping *mapping = compiler->mapping;
    for (size_t i = 0; i < mapping->scope_count; i++) {
        bool is_same = text_is_null(each) == text_is_null(mapping->scopes[i].each);
        if (is_same && text_equal(each, mapping->scopes[i].each)) {
            *ret_scope = i;
            return STATUS_OK;
        }
    }
    MappingScope scope = {.each = each, .root = empty_node()};
    if (!text_is_null(each)) {
        Path path;
        TRY(split_path(compiler, each, &path));
        if (path.is_attribute)
            return bad_path(compiler, each, "'each' names elements");
        Text *steps = arena_allocate(&mapping->arena, path.count * sizeof *steps);
        if (!steps)
            return no_room(compiler);
        if (path.count)
            memcpy(steps, path.steps, path.count * sizeof *steps);
        scope.steps = steps;
        scope.step_count = path.count;
    }
    *ret_scope = mapping->scope_count;
    mapping->scopes[mapping->scope_count++] = scope;
    return STATUS_OK;
}

static int *slot_place(const Compiler *compiler, const MappingSlot *slot, const Path *path)
{
    MappingNode *node = &compiler->mapping->scopes[slot->scope].root;
    for (size_t i = 0; i < path->count && node; i++)
        node = add_child(&compiler->mapping->arena, node, path->steps[i], path->is_attribute && i + 1 == path->count);
    if (!node)
        return NULL;
    return slot->is_list ? &node->list_slot : &node->slot;
}

/* The slot for what a rule of a scope calls `path`, made if nobody asked for it before. */
static Status find_slot(const Compiler *compiler, size_t scope, Text path, bool is_list, int *ret_slot)
{
    Mapping *mapping = compiler->mapping;
    MappingSlot slot = {.path = path, .scope = scope, .is_list = is_list};
    bool is_nested = !is_table(compiler->source);
    if (is_nested && text_starts_with(path, TEXT("../"))) {
        slot.path = (Text){path.data + 3, path.size - 3};
        slot.scope = 0;
        if (scope == 0 || text_starts_with(slot.path, TEXT("../")))
            return bad_path(compiler, path, "it climbs out of the record");
    }
    for (size_t i = 0; i < mapping->slot_count; i++) {
        const MappingSlot *other = &mapping->slots[i];
        if (other->scope == slot.scope && other->is_list == slot.is_list && text_equal(other->path, slot.path)) {
            *ret_slot = (int)i;
            return STATUS_OK;
        }
    }
    if (is_nested) {
        Path steps;
        TRY(split_path(compiler, slot.path, &steps));
        int *place = slot_place(compiler, &slot, &steps);
        if (!place)
            return no_room(compiler);
        /* Two spellings of one path. */
        if (*place != MAPPING_NO_SLOT) {
            *ret_slot = *place;
            return STATUS_OK;
        }
        *place = (int)mapping->slot_count;
    }
    *ret_slot = (int)mapping->slot_count;
    mapping->slots[mapping->slot_count++] = slot;
    return STATUS_OK;
}

/* --- rules ---------------------------------------------------------------------------------------------------- */

static Status compile_fields(Compiler *compiler, const RecordMapping *given, MappingRule *rule)
{
    MappingField *fields = arena_allocate(&compiler->mapping->arena, given->field_count * sizeof *fields);
    if (!fields)
        return no_room(compiler);
    bool is_json = compiler->source->format == FORMAT_NDJSON || compiler->source->format == FORMAT_JSON;
    for (size_t i = 0; i < given->field_count; i++) {
        const FieldMapping *field = &given->fields[i];
        compiler->line = field->line;
        if (text_is_null(field->path)) {
            rule->blank.values[field->field] = field->value;
            continue;
        }
        bool is_list = is_json && record_spec(given->kind)->fields[field->field].type == FIELD_EMAILS;
        MappingField *made = &fields[rule->field_count++];
        *made = (MappingField){.field = field->field, .fallback = field->value};
        TRY(find_slot(compiler, rule->scope, field->path, is_list, &made->slot));
    }
    rule->fields = fields;
    return STATUS_OK;
}

static Status compile_filters(Compiler *compiler, const RecordMapping *given, MappingRule *rule)
{
    MappingFilter *filters = arena_allocate(&compiler->mapping->arena, given->only_count * sizeof *filters);
    if (!filters)
        return no_room(compiler);
    for (size_t i = 0; i < given->only_count; i++) {
        const OnlyFilter *only = &given->only[i];
        compiler->line = only->line;
        filters[i] = (MappingFilter){.values = only->values, .value_count = only->value_count};
        TRY(find_slot(compiler, rule->scope, only->path, false, &filters[i].slot));
    }
    rule->filters = filters;
    rule->filter_count = given->only_count;
    return STATUS_OK;
}

static Status compile_rule(Compiler *compiler, const RecordMapping *given, MappingRule *rule)
{
    *rule = (MappingRule){.kind = given->kind};
    compiler->line = given->line;
    TRY(find_scope(compiler, given->each, &rule->scope));
    TRY(compile_fields(compiler, given, rule));
    return compile_filters(compiler, given, rule);
}

static Status compile(Compiler *compiler)
{
    const Source *source = compiler->source;
    Mapping *mapping = compiler->mapping;
    size_t slots_max = 0;
    for (size_t i = 0; i < source->mapping_count; i++)
        slots_max += source->mappings[i].field_count + source->mappings[i].only_count;
    mapping->scopes = arena_allocate(&mapping->arena, (source->mapping_count + 1) * sizeof(MappingScope));
    mapping->slots = arena_allocate(&mapping->arena, slots_max * sizeof(MappingSlot));
    mapping->rules = arena_allocate(&mapping->arena, source->mapping_count * sizeof(MappingRule));
    if (!mapping->scopes || !mapping->slots || !mapping->rules)
        return no_room(compiler);
    size_t whole_record;
    TRY(find_scope(compiler, TEXT_NULL, &whole_record));
    for (size_t i = 0; i < source->mapping_count; i++)
        TRY(compile_rule(compiler, &source->mappings[i], &mapping->rules[mapping->rule_count++]));
    for (size_t i = 0; i < mapping->scope_count; i++)
        TRY(build_tables(compiler, &mapping->scopes[i].root));
    return STATUS_OK;
}

Status mapping_compile(const Source *source, Mapping *ret_mapping, Error *error)
{
    Mapping mapping = {.source = source, .arena = arena_make(MAPPING_CEILING)};
    Compiler compiler = {.source = source, .mapping = &mapping, .error = error};
    Status status = compile(&compiler);
    if (status == STATUS_OK)
        *ret_mapping = mapping;
    else
        mapping_done(&mapping);
    return status;
}

void mapping_done(Mapping *mapping)
{
    arena_done(&mapping->arena);
    *mapping = (Mapping){0};
}
