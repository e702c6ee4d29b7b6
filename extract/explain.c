#include "extract/explain.h"

#include "common/config/preset.h"
#include "common/display.h"
#include "common/record.h"
#include "common/table.h"
#include "extract/explain_field.h"

enum { ARENA_CEILING = 16 << 20, CELL_CEILING = 1 << 16 };

/* A table of fields is no wider than a terminal often is. */
enum { FROM_WIDTH = 52, MEANING_WIDTH = 50, LINE_WIDTH = 118 };

static Status finish(FILE *stream, Error *error)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return STATUS_OK;
    return error_set(error, ERROR_IO, "cannot write to standard output");
}

/* On one line, and with nothing that could steer a terminal. */
static void print_safe(Text text, FILE *stream)
{
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t character = display_next(text, &at);
        if (character == DISPLAY_REPLACEMENT || display_is_unsafe(character))
            fputc(display_safe(character) == ' ' ? ' ' : '?', stream);
        else
            fwrite(text.data + start, 1, at - start, stream);
    }
}

/* The last blank that leaves at most that many bytes before it, behind a comma or semicolon if there is such a one. */
static size_t breaking_point(Text text, size_t most)
{
    size_t any = 0;
    for (size_t at = most; at > 0; at--) {
        if (text.data[at] != ' ')
            continue;
        if (strchr(",;", text.data[at - 1]))
            return at;
        any = any ? any : at;
    }
    return any;
}

/* A line that may be long: it goes on in the next one. `column`: where it begins. */
static void print_wrapped(Text text, size_t column, FILE *stream)
{
    while (text.size > LINE_WIDTH - column) {
        size_t size = breaking_point(text, LINE_WIDTH - column);
        if (size == 0)
            break;
        print_safe((Text){text.data, size}, stream);
        fputs("\n    ", stream);
        column = 4;
        text = (Text){text.data + size + 1, text.size - size - 1};
    }
    print_safe(text, stream);
    fputc('\n', stream);
}

/* --- the list ------------------------------------------------------------------------------------------------- */

static Status add_kind(const YamlNode *entry, Buffer *kinds, Error *error)
{
    const YamlNode *kind = yaml_get(entry, "kind");
    if (!kind || kind->kind != YAML_SCALAR)
        return STATUS_OK;
    /* Each once, whole words. */
    Text known = buffer_text(kinds);
    for (size_t at = 0; at < known.size;) {
        Text rest = {known.data + at, known.size - at};
        size_t size = text_find(rest, ',');
        if (text_equal(text_trim((Text){rest.data, size}), kind->value))
            return STATUS_OK;
        at += size + 1;
    }
    if (kinds->size)
        TRY(buffer_append(kinds, TEXT(", "), error));
    return buffer_append(kinds, kind->value, error);
}

static Status add_kinds(const Preset *preset, Buffer *kinds, Error *error)
{
    for (const YamlNode *source = preset->sources->first; source; source = source->next) {
        TRY(add_kind(source, kinds, error));
        const YamlNode *also = yaml_get(source, "also");
        for (const YamlNode *entry = also ? also->first : NULL; entry; entry = entry->next)
            TRY(add_kind(entry, kinds, error));
    }
    return STATUS_OK;
}

Status explain_list(FILE *stream, Error *error)
{
    static const TableColumn columns[] = {
        {"preset", TABLE_LEFT, 0}, {"title", TABLE_LEFT, 0}, {"kinds", TABLE_LEFT, 0}};
    cleanup(table_done) Table table = table_make(columns, 3, 0);
    for (size_t i = 0; i < preset_file_count; i++) {
        cleanup(arena_done) Arena arena = arena_make(ARENA_CEILING);
        cleanup(buffer_done) Buffer kinds = buffer_make(CELL_CEILING);
        Text name = {preset_files[i].name, strlen(preset_files[i].name) - strlen(".yaml")};
        Preset preset;
        TRY(preset_read(name, NULL, "", &arena, &preset, error));
        TRY(add_kinds(&preset, &kinds, error));
        TRY(table_add(&table, (const char *[]){preset.name, preset.title, kinds.size ? kinds.data : ""}, error));
    }
    TRY(table_print(&table, stream, error));
    return finish(stream, error);
}

/* --- one preset ----------------------------------------------------------------------------------------------- */

/* The lines that begin with # at the top, without it. */
static void print_comment(Text text, FILE *stream)
{
    while (text.size && text.data[0] == '#') {
        size_t size = text_find(text, '\n');
        Text line = {text.data + 1, size - 1};
        if (line.size && line.data[0] == ' ')
            line = (Text){line.data + 1, line.size - 1};
        print_safe(line, stream);
        fputc('\n', stream);
        size += size < text.size;
        text = (Text){text.data + size, text.size - size};
    }
    fputc('\n', stream);
}

/* Below the table, since they may be long. */
static Status print_maps(const YamlNode *fields, FILE *stream, Error *error)
{
    for (const YamlNode *field = fields ? fields->first : NULL; field && field->key; field = field->next) {
        cleanup(buffer_done) Buffer words = buffer_make(CELL_CEILING);
        TRY(explain_map(field, &words, error));
        if (words.size == 0)
            continue;
        fprintf(stream, "%s: ", field->key->value.data);
        print_wrapped(buffer_text(&words), strlen(field->key->value.data) + 2, stream);
    }
    return STATUS_OK;
}

static Status print_fields(const YamlNode *entry, FILE *stream, Error *error)
{
    static const TableColumn columns[] = {
        {"field", TABLE_LEFT, 0}, {"from", TABLE_LEFT, FROM_WIDTH}, {"meaning", TABLE_LEFT, MEANING_WIDTH}};
    cleanup(table_done) Table table = table_make(columns, 3, 0);
    const YamlNode *kind = yaml_get(entry, "kind"), *fields = yaml_get(entry, "fields");
    RecordKind number;
    bool is_known = kind && kind->kind == YAML_SCALAR && record_kind_find(kind->value, &number);
    for (const YamlNode *field = fields ? fields->first : NULL; field && field->key; field = field->next) {
        cleanup(buffer_done) Buffer words = buffer_make(CELL_CEILING);
        TRY(explain_field(field, &words, error));
        int index = is_known ? record_field_find(number, field->key->value) : -1;
        const char *meaning = index < 0 ? "" : record_spec(number)->fields[index].meaning;
        TRY(table_add(&table, (const char *[]){field->key->value.data, words.size ? words.data : "", meaning}, error));
    }
    TRY(table_print(&table, stream, error));
    return print_maps(fields, stream, error);
}

static Status print_filter(const YamlNode *filter, const char *words, bool is_unless, FILE *stream, Error *error)
{
    if (!filter)
        return STATUS_OK;
    cleanup(buffer_done) Buffer buffer = buffer_make(CELL_CEILING);
    TRY(explain_filter(filter, is_unless, &buffer, error));
    fprintf(stream, "%s ", words);
    print_wrapped(buffer_text(&buffer), strlen(words) + 1, stream);
    return STATUS_OK;
}

static Status print_each(const YamlNode *each, FILE *stream, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(CELL_CEILING);
    const YamlNode *split = yaml_get(each, "split"), *columns = yaml_get(each, "columns");
    TRY(buffer_append(&buffer, split ? TEXT(", one of each piece of ") : TEXT(", one of each "), error));
    TRY(explain_yaml(split ? split : columns ? columns : each, &buffer, error));
    if (split)
        TRY(buffer_printf(&buffer, error, ", between '%s'",
                          yaml_get(each, "by") ? yaml_get(each, "by")->value.data : ";"));
    print_safe(buffer_text(&buffer), stream);
    return STATUS_OK;
}

/* The main kind of a part, or an entry under `also`. */
static Status print_entry(const YamlNode *entry, const char *what, FILE *stream, Error *error)
{
    const YamlNode *kind = yaml_get(entry, "kind"), *each = yaml_get(entry, "each");
    fprintf(stream, "%s%s", what, kind && kind->kind == YAML_SCALAR ? kind->value.data : "(no kind)");
    if (each)
        TRY(print_each(each, stream, error));
    fputc('\n', stream);
    TRY(print_filter(yaml_get(entry, "only"), "only where", false, stream, error));
    TRY(print_filter(yaml_get(entry, "unless"), "unless", true, stream, error));
    TRY(print_fields(entry, stream, error));
    fputc('\n', stream);
    return STATUS_OK;
}

static void print_line(const char *name, Text value, FILE *stream)
{
    fprintf(stream, "%s: ", name);
    print_safe(value, stream);
    fputc('\n', stream);
}

/* A text of several lines, such as a query, can be copied from here. */
static void print_block(const char *name, Text value, FILE *stream)
{
    fprintf(stream, "%s:\n", name);
    while (value.size) {
        size_t size = text_find(value, '\n');
        if (size)
            fputs("    ", stream);
        print_safe((Text){value.data, size}, stream);
        fputc('\n', stream);
        size += size < value.size;
        value = (Text){value.data + size, value.size - size};
    }
}

static Status print_lookup(const YamlNode *lookup, FILE *stream, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(CELL_CEILING);
    const YamlNode *without = yaml_get(lookup, "without"), *key = yaml_get(lookup, "key");
    TRY(buffer_append(&buffer, lookup->key->value, error));
    if (key)
        TRY(buffer_printf(&buffer, error, ", a table with the key %s", key->value.data));
    if (!without)
        TRY(buffer_append(&buffer, yaml_get(lookup, "path") ? TEXT("") : TEXT(": must be given"), error));
    else if (text_is(without->value, "drop"))
        TRY(buffer_append(&buffer, TEXT(": may be given; without it the fields that look something up there are none"),
                          error));
    else
        TRY(buffer_append(&buffer, TEXT(": may be given; without it fields keep what they would look up there"),
                          error));
    print_line("lookup", buffer_text(&buffer), stream);
    return STATUS_OK;
}

/* One key, or each of the keys of a mapping, on a line of its own. */
static Status print_key(const YamlNode *key, FILE *stream, Error *error)
{
    cleanup(buffer_done) Buffer value = buffer_make(CELL_CEILING);
    const char *name = key->key->value.data;
    bool is_mapping = key->kind == YAML_MAPPING;
    for (const YamlNode *child = is_mapping ? key->first : NULL; child; child = child->next)
        TRY(text_is(key->key->value, "lookups") ? print_lookup(child, stream, error) : print_key(child, stream, error));
    if (is_mapping)
        return STATUS_OK;
    TRY(explain_yaml(key, &value, error));
    if (text_find(buffer_text(&value), '\n') < value.size)
        print_block(name, buffer_text(&value), stream);
    else
        print_line(name, buffer_text(&value), stream);
    return STATUS_OK;
}

/* What else the part says: format, mode, time zone, lookups. */
static Status print_keys(const YamlNode *source, FILE *stream, Error *error)
{
    static const char *const shown[] = {"part", "optional", "kind", "fields", "also", "only", "unless"};
    for (const YamlNode *child = source->first; child; child = child->next) {
        bool is_shown = false;
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
            is_shown |= text_is(child->key->value, shown[i]);
        if (is_shown)
            continue;
        TRY(print_key(child, stream, error));
    }
    return STATUS_OK;
}

static Status print_source(const YamlNode *source, FILE *stream, Error *error)
{
    const YamlNode *part = yaml_get(source, "part"), *also = yaml_get(source, "also");
    if (part)
        fprintf(stream, "--- part %s%s\n", part->value.data,
                preset_part_is_optional(source) ? ", read only where it is named" : "");
    TRY(print_keys(source, stream, error));
    fputc('\n', stream);
    TRY(print_entry(source, "each record becomes: ", stream, error));
    for (const YamlNode *entry = also ? also->first : NULL; entry; entry = entry->next)
        TRY(print_entry(entry, "and also: ", stream, error));
    return STATUS_OK;
}

Status explain_preset(const char *name, FILE *stream, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(ARENA_CEILING);
    Preset preset;
    TRY(preset_read(text_from(name), NULL, "", &arena, &preset, error));
    print_safe(text_from(preset.name), stream);
    fputs(": ", stream);
    print_safe(text_from(preset.title), stream);
    fprintf(stream, "\nsystem: %s\n", preset.system ? preset.system->value.data : "the source's own name");
    for (const YamlNode *setting = preset.settings ? preset.settings->first : NULL; setting; setting = setting->next) {
        fprintf(stream, "setting %s: ", setting->key->value.data);
        print_safe(yaml_is_null(setting)      ? TEXT("must be given")
                   : setting->value.size == 0 ? TEXT("nothing")
                                              : setting->value,
                   stream);
        Text remark = preset_remark(&preset, setting);
        fputs(remark.size ? " (" : "", stream);
        print_safe(remark, stream);
        fputs(remark.size ? ")\n" : "\n", stream);
    }
    fputc('\n', stream);
    print_comment(preset.text, stream);
    for (const YamlNode *source = preset.sources->first; source; source = source->next)
        TRY(print_source(source, stream, error));
    return finish(stream, error);
}

Status explain_print(const char *name, FILE *stream, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(ARENA_CEILING);
    Preset preset;
    TRY(preset_read(text_from(name), NULL, "", &arena, &preset, error));
    fwrite(preset.text.data, 1, preset.text.size, stream);
    return finish(stream, error);
}
