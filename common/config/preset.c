#include "common/config/preset.h"

#include "common/config/preset_merge.h"
#include "common/config/schema.h"
#include "common/config/yaml_list.h"
#include "common/file.h"
#include "common/folder.h"
#include "common/nearest.h"

enum { FILE_CEILING = 1 << 20, FILES_MAX = 200 };

static const char SUFFIX[] = ".yaml";

/* The keys as they stand in the file. */
typedef struct PresetEntry {
    const char *title, *system;
    const YamlNode *settings, *sources, *like;
} PresetEntry;

static const SchemaField preset_fields[] = {
    {"title", SCHEMA_STRING, offsetof(PresetEntry, title), .is_required = true, .minimum = 1, .maximum = 200,
     .meaning = "what the preset is for, in a few words"},
    {"system", SCHEMA_IDENTIFIER, offsetof(PresetEntry, system),
     .meaning = "the system of its sources, unless a source names another"},
    {"settings", SCHEMA_ANY, offsetof(PresetEntry, settings),
     .meaning = "what ${...} stands for, by name; nothing where a user must say it"},
    {"like", SCHEMA_ANY, offsetof(PresetEntry, like),
     .meaning = "the preset whose parts say what these parts of the same names do not"},
    {"sources", SCHEMA_ANY, offsetof(PresetEntry, sources), .is_required = true,
     .meaning = "its parts: a source each, without name"},
};
static const Schema preset_schema = {preset_fields, sizeof preset_fields / sizeof preset_fields[0], sizeof(PresetEntry),
                                     .has_node = false};

static Status no_room(Error *error)
{
    return error_set(error, ERROR_CONFIG, "a preset needs more memory than is set aside for a configuration");
}

/* --- finding -------------------------------------------------------------------------------------------------- */

static bool is_path(Text name)
{
    return text_find(name, '/') < name.size || text_ends_with(name, text_from(SUFFIX));
}

static const EmbeddedFile *find_shipped(Text name)
{
    for (size_t i = 0; i < preset_file_count; i++) {
        Text file = text_from(preset_files[i].name);
        if (text_equal(name, (Text){file.data, file.size - strlen(SUFFIX)}))
            return &preset_files[i];
    }
    return NULL;
}

static Status unknown_preset(Text name, const YamlNode *node, Arena *arena, Error *error)
{
    const char *names[FILES_MAX];
    size_t count = 0;
    for (; count < preset_file_count && count < FILES_MAX; count++) {
        size_t size = strlen(preset_files[count].name) - strlen(SUFFIX);
        names[count] = arena_copy(arena, (Text){preset_files[count].name, size});
        if (!names[count])
            return no_room(error);
    }
    if (node)
        yaml_error(node, error, "unknown preset %s", yaml_describe(node).text);
    else
        error_set(error, ERROR_USAGE, "unknown preset '%.*s'", TEXT_PRINTF(name));
    const char *nearest = nearest_name(name, names, count);
    return nearest ? error_hint(error, "did you mean '%s'?", nearest)
                   : error_hint(error, "closedloop-extract --presets lists them; a file of one's own has a slash in "
                                       "its name, or ends in .yaml");
}

static Status read_own(const char *path, const YamlNode *node, Arena *arena, Text *ret_text, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(FILE_CEILING);
    if (file_read_all(path, FILE_CEILING, &buffer, error) != STATUS_OK) {
        Error found = *error;
        if (node)
            return yaml_error(node, error, "%s", found.message);
        return error_set(error, ERROR_USAGE, "%s", found.message);
    }
    *ret_text = arena_copy_text(arena, buffer.size ? buffer_text(&buffer) : TEXT(""));
    return ret_text->data ? STATUS_OK : no_room(error);
}

/* --- checking ------------------------------------------------------------------------------------------------- */

static Status check_settings(const YamlNode *settings, Error *error)
{
    if (!settings)
        return STATUS_OK;
    if (settings->kind != YAML_MAPPING)
        return yaml_error(settings, error, "'settings' must be a mapping of names to values, not %s",
                          yaml_describe(settings).text);
    for (const YamlNode *child = settings->first; child; child = child->next)
        if (child->kind != YAML_SCALAR)
            return yaml_error(child, error, "a setting must be a single value, not %s", yaml_describe(child).text);
    return STATUS_OK;
}

static Status check_part(const Preset *preset, const YamlNode *source, Error *error)
{
    const YamlNode *part = yaml_get(source, "part");
    if (!part && preset->sources->count > 1)
        return yaml_error(source, error, "each of several sources needs a 'part', by which a user names it");
    if (part && (part->kind != YAML_SCALAR || part->value.size == 0 || yaml_is_null(part)))
        return yaml_error(part, error, "'part' must be a name, not %s", yaml_describe(part).text);
    if (part && preset_part(preset, part->value) != source)
        return yaml_error(part, error, "the part %s is given twice", yaml_describe(part).text);
    const YamlNode *optional = yaml_get(source, "optional");
    if (optional && !preset_part_is_optional(source))
        return yaml_error(optional, error, "'optional' is true, or not said, and not %s", yaml_describe(optional).text);
    if (optional && !part)
        return yaml_error(optional->key, error, "'optional' is for a source with a 'part', by which a user names it");
    static const char *const others[] = {"name", "preset", "settings"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const YamlNode *other = yaml_get(source, others[i]);
        if (other)
            return yaml_error(other->key, error, "'%s' has no place in a preset's source", others[i]);
    }
    return STATUS_OK;
}

static Status check_sources(const Preset *preset, Error *error)
{
    const YamlNode *sources = preset->sources;
    if (sources->kind != YAML_SEQUENCE || sources->count == 0)
        return yaml_error(sources, error, "'sources' must be a list of sources, not %s",
                          sources->kind == YAML_SEQUENCE ? "an empty one" : yaml_describe(sources).text);
    for (const YamlNode *source = sources->first; source; source = source->next) {
        if (source->kind != YAML_MAPPING)
            return yaml_error(source, error, "each of 'sources' must be a mapping, not %s", yaml_describe(source).text);
        TRY(check_part(preset, source, error));
    }
    return STATUS_OK;
}

static Status parse(Text text, const char *label, Arena *arena, Preset *preset, const YamlNode **ret_like, Error *error)
{
    const YamlNode *root;
    PresetEntry entry;
    TRY(yaml_parse(text, label, arena, &root, error));
    TRY(schema_check(&preset_schema, root, arena, &entry, error));
    preset->text = text;
    preset->title = entry.title;
    preset->system = entry.system ? yaml_get(root, "system") : NULL;
    preset->settings = entry.settings;
    preset->sources = entry.sources;
    *ret_like = entry.like;
    TRY(check_settings(preset->settings, error));
    return check_sources(preset, error);
}

/* *ret_like: what the preset says that it is like, or NULL. */
static Status read_one(Text name, const YamlNode *node, const char *folder, Arena *arena, Preset *preset,
                       const YamlNode **ret_like, Error *error)
{
    Text text;
    const char *file;
    preset->name = arena_copy(arena, name);
    if (!preset->name)
        return no_room(error);
    if (is_path(name)) {
        file = path_join(arena, folder, text_starts_with(name, TEXT("./")) ? preset->name + 2 : preset->name);
        if (!file)
            return no_room(error);
        TRY(read_own(file, node, arena, &text, error));
        preset->file = file;
    } else {
        const EmbeddedFile *shipped = find_shipped(name);
        if (!shipped)
            return unknown_preset(name, node, arena, error);
        file = shipped->name;
        text = (Text){shipped->text, shipped->size};
    }
    const char *label = node ? arena_printf(arena, "%s:%zu: preset %s", node->file, node->line, file) : file;
    return label ? parse(text, label, arena, preset, ret_like, error) : no_room(error);
}

/* --- likeness ------------------------------------------------------------------------------------------------- */

/* What the parts do not say the parts of the same names in the other preset do. */
static Status take_after(const Preset *other, Arena *arena, Preset *preset, Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_SEQUENCE, preset->sources, arena, &list, error));
    for (const YamlNode *source = preset->sources->first; source; source = source->next) {
        const YamlNode *part = yaml_get(source, "part");
        const YamlNode *like = part ? preset_part(other, part->value) : other->sources->first;
        YamlNode *merged = NULL;
        if (like)
            TRY(preset_merge_source(like, source, arena, &merged, error));
        TRY(yaml_list_append(&list, NULL, merged ? merged : source, error));
    }
    preset->sources = list.node;
    preset->system = preset->system ? preset->system : other->system;
    return STATUS_OK;
}

Status preset_read(Text name, const YamlNode *node, const char *folder, Arena *arena, Preset *ret_preset, Error *error)
{
    Preset preset = {.name = NULL}, other = {.name = NULL};
    const YamlNode *like, *further;
    TRY(read_one(name, node, folder, arena, &preset, &like, error));
    if (like) {
        if (like->kind != YAML_SCALAR)
            return yaml_error(like, error, "'like' must be the name of a preset, not %s", yaml_describe(like).text);
        TRY(read_one(like->value, like, folder, arena, &other, &further, error));
        if (further)
            return yaml_error(like, error, "preset '%s' is like another one itself: name that", other.name);
        TRY(take_after(&other, arena, &preset, error));
    }
    *ret_preset = preset;
    return STATUS_OK;
}

/* --- parts ---------------------------------------------------------------------------------------------------- */

const YamlNode *preset_part(const Preset *preset, Text part)
{
    for (const YamlNode *source = preset->sources->first; source; source = source->next) {
        const YamlNode *node = yaml_get(source, "part");
        if (node && node->kind == YAML_SCALAR && text_equal(node->value, part))
            return source;
    }
    return NULL;
}

bool preset_part_is_optional(const YamlNode *source)
{
    const YamlNode *node = yaml_get(source, "optional");
    return node && node->kind == YAML_SCALAR && text_is(node->value, "true");
}

const char *preset_part_names(const Preset *preset, Arena *arena)
{
    const char *names = "";
    for (const YamlNode *source = preset->sources->first; source && names; source = source->next) {
        const YamlNode *part = yaml_get(source, "part");
        if (part)
            names = arena_printf(arena, "%s%s%s", names, *names ? ", " : "", part->value.data);
    }
    return names;
}

static Text skip(Text text, size_t size)
{
    return (Text){text.data + size, text.size - size};
}

Text preset_remark(const Preset *preset, const YamlNode *setting)
{
    Text rest = preset->text;
    for (size_t line = 1; line < setting->line && rest.size; line++) {
        size_t size = text_find(rest, '\n');
        rest = skip(rest, size + (size < rest.size));
    }
    rest.size = text_find(rest, '\n');
    while (rest.size && !text_starts_with(rest, TEXT(" # ")))
        rest = skip(rest, 1);
    return rest.size ? text_trim(skip(rest, strlen(" # "))) : TEXT("");
}
