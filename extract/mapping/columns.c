#include "extract/mapping/columns.h"

#include "common/csv.h"
#include "common/nearest.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { HINT_CEILING = CSV_FIELDS_MAX * 1024, COLUMNS_CEILING = 64 << 20, NUMBER_DIGITS = 9 };

/* What is looked into. */
typedef struct Header {
    const Mapping *mapping;
    const Text *names;
    size_t count;
    const char *file;
    Arena *arena; /* of the Columns */
    Error *error;
} Header;

/* --- what is not there ---------------------------------------------------------------------------------------- */

/* Names the columns that there are, as far as they fit, after what was probably meant. */
static Status hint_columns(const Header *header, Text wanted)
{
    cleanup(arena_done) Arena arena = arena_make(HINT_CEILING);
    const char **names = arena_allocate(&arena, header->count * sizeof(const char *));
    for (size_t i = 0; names && i < header->count; i++) {
        Text name = utf8_sanitize(utf8_truncate(header->names[i], 256), &arena);
        names[i] = arena_copy(&arena, name.data ? name : TEXT(""));
        if (!names[i])
            names = NULL;
    }
    if (!names)
        return STATUS_ERROR;
    char joined[320] = "";
    size_t size = 0;
    for (size_t i = 0; i < header->count && size < sizeof joined - 1; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
    const char *nearest = nearest_name(wanted, names, header->count);
    if (header->count == 1 && strpbrk(joined, ",;\t|"))
        return error_hint(header->error, "its header is one column, '%s': is 'delimiter' right?", joined);
    char read_as[64] = "";
    if (header->mapping->source->charset)
        snprintf(read_as, sizeof read_as, "is 'charset: %.32s' right? ", header->mapping->source->charset);
    if (nearest)
        return error_hint(header->error, "did you mean '%s'? columns: %s", nearest, joined);
    return error_hint(header->error, "%scolumns: %s", read_as, joined);
}

/* The field of the rule that takes the slot; -1: none. */
static int field_of(const MappingRule *rule, int slot)
{
    for (size_t i = 0; i < rule->field_count; i++)
        if (rule->fields[i].slot == slot)
            return rule->fields[i].field;
    for (size_t i = 0; i < rule->expression_count; i++)
        for (size_t j = 0; j < rule->expressions[i].slot_count; j++)
            if (rule->expressions[i].slots[j] == slot)
                return rule->expressions[i].field;
    return -1;
}

/* Says which field would take it: that is the place of the configuration to look at, or to say something else. */
static Status no_column(const Header *header, Text name)
{
    const Mapping *mapping = header->mapping;
    const char *field = NULL;
    /* The table of a lookup belongs to no system, and its fields are lent: extract/mapping/lookup.c. */
    for (size_t slot = 0; mapping->source->system && slot < mapping->slot_count; slot++)
        for (size_t i = 0; !field && text_equal(mapping->slots[slot].path, name) && i < mapping->rule_count; i++) {
            int index = field_of(&mapping->rules[i], (int)slot);
            field = index < 0 ? NULL : record_spec(mapping->rules[i].kind)->fields[index].name;
        }
    error_set(header->error, ERROR_DATA, "%s: has no column '%.*s'%s%s%s", header->file, TEXT_PRINTF(name),
              field ? " for the field '" : "", field ? field : "", field ? "'" : "");
    return hint_columns(header, name);
}

static Status is_ambiguous(const Header *header, Text name, size_t times)
{
    error_set(header->error, ERROR_DATA, "%s: has the column '%.*s' %zu times", header->file, TEXT_PRINTF(name), times);
    return error_hint(header->error, "give the columns other names by 'header: [...]'");
}

/* The slot whose column holds this one, if it is a place of a document. */
static int outer_slot(const Mapping *mapping, int slot)
{
    while (mapping->slots[slot].document != MAPPING_NO_DOCUMENT)
        slot = mapping->documents[mapping->slots[slot].document].slot;
    return slot;
}

static bool is_bound(const Columns *columns, int slot)
{
    for (size_t i = 0; i < columns->binding_count; i++)
        if (columns->bindings[i].slot == slot)
            return true;
    return false;
}

/* Of several columns of a field one must be there; those of groups need not. */
static Status check_expression(const Header *header, const Columns *columns, const MappingExpression *expression)
{
    if (expression->is_optional || expression->slot_count < 2)
        return STATUS_OK;
    const Mapping *mapping = header->mapping;
    for (size_t i = 0; i < expression->slot_count; i++) {
        int slot = outer_slot(mapping, expression->slots[i]);
        if (mapping->slots[slot].scope > 0 || is_bound(columns, slot))
            return STATUS_OK;
    }
    Text first = mapping->slots[outer_slot(mapping, expression->slots[0])].path;
    char names[400] = "";
    size_t size = 0;
    for (size_t i = 0; i < expression->slot_count && size < sizeof names; i++)
        size += (size_t)snprintf(names + size, sizeof names - size, "%s'%.*s'", i ? ", " : "",
                                 TEXT_PRINTF(mapping->slots[outer_slot(mapping, expression->slots[i])].path));
    error_set(header->error, ERROR_DATA, "%s: has none of the columns %s", header->file, names);
    return hint_columns(header, first);
}

static Status check_expressions(const Header *header, const Columns *columns)
{
    for (size_t i = 0; i < header->mapping->rule_count; i++)
        for (size_t j = 0; j < header->mapping->rules[i].expression_count; j++)
            TRY(check_expression(header, columns, &header->mapping->rules[i].expressions[j]));
    return STATUS_OK;
}

/* --- groups --------------------------------------------------------------------------------------------------- */

/* A column that belongs to a group, and what its name says besides the number. */
typedef struct Member {
    uint32_t number, column;
    Text rest;
} Member;

/* Takes a name apart by a beginning such as "details_#_". */
static bool is_member(Text name, Text pattern, Member *ret_member)
{
    size_t mark = text_find(pattern, '#'), digits = 0;
    Text behind = {pattern.data + mark + 1, pattern.size - mark - 1};
    if (!text_starts_with(name, (Text){pattern.data, mark}))
        return false;
    const char *number = name.data + mark;
    uint32_t value = 0;
    while (mark + digits < name.size && digits < NUMBER_DIGITS && number[digits] >= '0' && number[digits] <= '9')
        value = value * 10 + (uint32_t)(number[digits++] - '0');
    Text rest = {number + digits, name.size - mark - digits};
    if (digits == 0 || (digits > 1 && number[0] == '0') || !text_starts_with(rest, behind))
        return false;
    *ret_member = (Member){.number = value, .rest = {rest.data + behind.size, rest.size - behind.size}};
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const Member *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* Those of a scope, by their numbers. */
static Status find_members(const Header *header, Text pattern, Member **ret_members, size_t *ret_count)
{
    Member member;
    size_t count = 0;
    for (size_t i = 0; i < header->count; i++)
        count += is_member(header->names[i], pattern, &member);
    Member *members = arena_allocate(header->arena, count * sizeof *members);
    if (!members)
        return error_no_memory(header->error);
    count = 0;
    for (size_t i = 0; i < header->count; i++) {
        if (!is_member(header->names[i], pattern, &member))
            continue;
        member.column = (uint32_t)i;
        members[count++] = member;
    }
    if (count)
        qsort(members, count, sizeof *members, compare_members);
    *ret_members = members;
    *ret_count = count;
    return STATUS_OK;
}

/* What stands behind the beginning; "." is nothing. */
static bool is_column_of(Text rest, Text path)
{
    return text_is(path, ".") ? rest.size == 0 : text_equal(rest, path);
}

static Status bind_group(const Header *header, const Member *members, size_t count, size_t scope,
                         ColumnGroup *ret_group)
{
    const Mapping *mapping = header->mapping;
    uint32_t *columns = arena_allocate(header->arena, count * sizeof *columns);
    /* No two slots of a scope are the same column. */
    size_t binding_max = count < mapping->slot_count ? count : mapping->slot_count;
    ColumnBinding *bindings = arena_allocate(header->arena, binding_max * sizeof *bindings);
    if (!columns || !bindings)
        return error_no_memory(header->error);
    for (size_t i = 0; i < count; i++)
        columns[i] = members[i].column;
    size_t binding_count = 0;
    for (size_t slot = 0; slot < mapping->slot_count; slot++) {
        size_t times = 0;
        if (mapping->slots[slot].scope != scope || mapping->slots[slot].document != MAPPING_NO_DOCUMENT)
            continue;
        for (size_t i = 0; i < count; i++)
            if (is_column_of(members[i].rest, mapping->slots[slot].path) && times++ == 0)
                bindings[binding_count++] = (ColumnBinding){(int)slot, columns[i]};
        if (times > 1)
            return is_ambiguous(header, header->names[bindings[binding_count - 1].column], times);
    }
    *ret_group = (ColumnGroup){scope, members[0].number, columns, count, bindings, binding_count};
    return STATUS_OK;
}

static Status bind_groups(const Header *header, Columns *columns)
{
    const Mapping *mapping = header->mapping;
    ColumnGroup *groups = NULL;
    size_t count = 0;
    for (size_t scope = 1; scope < mapping->scope_count; scope++) {
        Member *members = NULL;
        size_t member_count = 0;
        if (mapping->scopes[scope].form != EACH_COLUMNS)
            continue;
        TRY(find_members(header, mapping->scopes[scope].each, &members, &member_count));
        ColumnGroup *more = arena_allocate(header->arena, (count + member_count) * sizeof *more);
        if (!more)
            return error_no_memory(header->error);
        if (count)
            memcpy(more, groups, count * sizeof *more);
        groups = more;
        for (size_t i = 0, end; i < member_count; i = end) {
            for (end = i; end < member_count && members[end].number == members[i].number;)
                end++;
            TRY(bind_group(header, members + i, end - i, scope, &groups[count++]));
        }
    }
    columns->groups = groups;
    columns->group_count = count;
    return STATUS_OK;
}

/* --- the record's own columns --------------------------------------------------------------------------------- */

/* Slots that are columns of the record. */
static bool is_column(const Mapping *mapping, size_t slot)
{
    return mapping->slots[slot].scope == 0 && mapping->slots[slot].document == MAPPING_NO_DOCUMENT;
}

static Status find_name(const Header *header, const MappingSlot *slot, size_t *ret_column)
{
    size_t times = 0;
    for (size_t i = header->count; i-- > 0;)
        if (text_equal(header->names[i], slot->path)) {
            *ret_column = i;
            times++;
        }
    if (times > 1)
        return is_ambiguous(header, slot->path, times);
    if (times == 0 && slot->is_required)
        return no_column(header, slot->path);
    return times ? STATUS_OK : STATUS_END;
}

static Status find_number(const Header *header, const MappingSlot *slot, size_t *ret_column)
{
    long long number;
    if (text_to_int64(slot->path, &number) && number >= 1 && (unsigned long long)number <= header->count) {
        *ret_column = (size_t)number - 1;
        return STATUS_OK;
    }
    if (!slot->is_required)
        return STATUS_END;
    error_set(header->error, ERROR_DATA, "%s: has no column %.*s", header->file, TEXT_PRINTF(slot->path));
    return error_hint(header->error, "it has %zu column%s; is 'delimiter' right?", header->count,
                      header->count == 1 ? "" : "s");
}

static Status bind_record(const Header *header, Columns *columns)
{
    const Mapping *mapping = header->mapping;
    ColumnBinding *bindings = arena_allocate(header->arena, mapping->slot_count * sizeof *bindings);
    if (!bindings)
        return error_no_memory(header->error);
    for (size_t i = 0; i < mapping->slot_count; i++) {
        size_t column = 0;
        if (!is_column(mapping, i))
            continue;
        const MappingSlot *slot = &mapping->slots[i];
        Status status = header->names ? find_name(header, slot, &column) : find_number(header, slot, &column);
        if (status == STATUS_ERROR)
            return status;
        if (status == STATUS_OK)
            bindings[columns->binding_count++] = (ColumnBinding){(int)i, (uint32_t)column};
    }
    columns->bindings = bindings;
    return STATUS_OK;
}

static Status bind(Header *header, Columns *ret_columns)
{
    Columns columns = {.arena = arena_make(COLUMNS_CEILING)};
    header->arena = &columns.arena;
    Status status = bind_record(header, &columns);
    if (status == STATUS_OK && header->names)
        status = bind_groups(header, &columns);
    if (status == STATUS_OK)
        status = check_expressions(header, &columns);
    if (status == STATUS_OK)
        *ret_columns = columns;
    else
        columns_done(&columns);
    return status;
}

Status columns_bind(const Mapping *mapping, const Text *names, size_t count, const char *file, Columns *ret_columns,
                    Error *error)
{
    return bind(&(Header){.mapping = mapping, .names = names, .count = count, .file = file, .error = error},
                ret_columns);
}

Status columns_bind_numbers(const Mapping *mapping, size_t count, const char *file, Columns *ret_columns, Error *error)
{
    return bind(&(Header){.mapping = mapping, .count = count, .file = file, .error = error}, ret_columns);
}

void columns_done(Columns *columns)
{
    arena_done(&columns->arena);
    *columns = (Columns)COLUMNS_INIT;
}

/* --- records -------------------------------------------------------------------------------------------------- */

static bool is_empty(const ColumnGroup *group, const Text *fields)
{
    for (size_t i = 0; i < group->column_count; i++)
        if (!text_is_empty(fields[group->columns[i]]))
            return false;
    return true;
}

Status columns_emit(const Columns *columns, Emitter *emitter, const Text *fields, ValueForm form, Text raw,
                    Error *error)
{
    Value *values = emitter->values;
    for (size_t i = 0; i < columns->binding_count; i++)
        values[columns->bindings[i].slot] = (Value){fields[columns->bindings[i].column], form};
    TRY(emitter_emit(emitter, 0, raw, error));
    for (size_t i = 0; i < columns->group_count; i++) {
        const ColumnGroup *group = &columns->groups[i];
        if (is_empty(group, fields))
            continue;
        emitter_clear_scope(emitter, group->scope);
        for (size_t j = 0; j < group->binding_count; j++)
            values[group->bindings[j].slot] = (Value){fields[group->bindings[j].column], form};
        TRY(emitter_emit(emitter, group->scope, raw, error));
    }
    return STATUS_OK;
}

/* --- names for a preview -------------------------------------------------------------------------------------- */

static void mark(const ColumnBinding *bindings, size_t count, bool *is_asked_for)
{
    for (size_t i = 0; i < count; i++)
        is_asked_for[bindings[i].column] = true;
}

/* The name as the configuration would write it: of a group with # and what is behind it. */
static Text name_in_group(const Mapping *mapping, Text name, char *room, size_t size)
{
    for (size_t scope = 1; scope < mapping->scope_count; scope++) {
        Text pattern = mapping->scopes[scope].each;
        Member member;
        if (mapping->scopes[scope].form != EACH_COLUMNS || !is_member(name, pattern, &member))
            continue;
        int used = snprintf(room, size, "%.*s%.*s", TEXT_PRINTF(pattern), TEXT_PRINTF(member.rest));
        return (Text){room, (size_t)used < size ? (size_t)used : size - 1};
    }
    return name;
}

/* A column for which nothing stands in, of a place of a field or list; of several columns the first. */
static void report_missing(const Columns *columns, const Emitter *emitter, const int *slots, size_t count)
{
    const Mapping *mapping = emitter->mapping;
    for (size_t i = 0; i < count; i++) {
        int slot = outer_slot(mapping, slots[i]);
        if (mapping->slots[slot].scope > 0 || is_bound(columns, slot))
            return;
    }
    if (count)
        emitter->sink.missing(emitter->sink.context, mapping->slots[outer_slot(mapping, slots[0])].path);
}

static void report_all_missing(const Columns *columns, const Emitter *emitter)
{
    const Mapping *mapping = emitter->mapping;
    for (size_t i = 0; i < mapping->rule_count; i++) {
        const MappingRule *rule = &mapping->rules[i];
        for (size_t j = 0; j < rule->field_count; j++)
            report_missing(columns, emitter, &rule->fields[j].slot, 1);
        for (size_t j = 0; j < rule->expression_count; j++)
            report_missing(columns, emitter, rule->expressions[j].slots, rule->expressions[j].slot_count);
    }
    for (size_t scope = 1; scope < mapping->scope_count; scope++)
        if (mapping->scopes[scope].form == EACH_PIECE)
            report_missing(columns, emitter, &mapping->scopes[scope].list_slot, 1);
}

void columns_report(const Columns *columns, Emitter *emitter, const Text *names, size_t count)
{
    if (emitter->sink.missing)
        report_all_missing(columns, emitter);
    cleanup(arena_done) Arena arena = arena_make(CSV_FIELDS_MAX);
    bool *is_asked_for = emitter->sink.name ? arena_allocate(&arena, count) : NULL;
    if (!is_asked_for)
        return;
    mark(columns->bindings, columns->binding_count, is_asked_for);
    for (size_t i = 0; i < columns->group_count; i++)
        mark(columns->groups[i].bindings, columns->groups[i].binding_count, is_asked_for);
    for (size_t i = 0; i < count; i++) {
        char room[1024];
        if (is_asked_for[i])
            continue;
        if (names) {
            emitter->sink.name(emitter->sink.context, name_in_group(emitter->mapping, names[i], room, sizeof room));
            continue;
        }
        snprintf(room, sizeof room, "%zu", i + 1);
        emitter->sink.name(emitter->sink.context, text_from(room));
    }
}
