#include "common/config/preset_use.h"

#include "common/config/placeholder.h"
#include "common/config/preset.h"
#include "common/config/preset_lookup.h"
#include "common/config/preset_merge.h"
#include "common/config/yaml_list.h"
#include "common/nearest.h"

#include <stdio.h>

enum { PARTS_MAX = 64 };

/* A source of the configuration that names a preset. */
typedef struct Use {
    const YamlNode *node, *name, *part, *path;
    Preset preset;
    Settings settings;
    bool is_several; /* may become more than one source */
    Arena *arena;
} Use;

/* The keys that say where a source is read: one of them. */
static const char *const ways[] = {"path", "http", "query"};
enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

/* The keys of a use that are no keys of what it becomes, or become something else. */
static const char *const own_keys[] = {"name", "preset", "part", "settings", "path"};

static bool is_one_of(const YamlNode *key, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(key->value, names[i]))
            return true;
    return false;
}

#define IS_ONE_OF(key, names) is_one_of(key, names, sizeof(names) / sizeof *(names))

/* The value of a key that is given and is not null. */
static const YamlNode *get(const YamlNode *mapping, const char *key)
{
    const YamlNode *node = yaml_get(mapping, key);
    return node && !yaml_is_null(node) ? node : NULL;
}

static Status hint_parts(const Use *use, Error *error)
{
    const char *names = preset_part_names(&use->preset, use->arena);
    return names && *names ? error_hint(error, "its parts are: %s", names) : STATUS_ERROR;
}

/* --- which parts ---------------------------------------------------------------------------------------------- */

static Status check_part(const Use *use, const YamlNode *name, Error *error)
{
    if (name->kind != YAML_SCALAR)
        return yaml_error(name, error, "'part' must be a name or a list of names, not %s", yaml_describe(name).text);
    if (preset_part(&use->preset, name->value))
        return STATUS_OK;
    const char *names[PARTS_MAX];
    size_t count = 0;
    const YamlNode *source = use->preset.sources->first;
    for (; source && count < PARTS_MAX; source = source->next)
        if (yaml_get(source, "part"))
            names[count++] = yaml_get(source, "part")->value.data;
    yaml_error(name, error, "preset '%s' has no part %s", use->preset.name, yaml_describe(name).text);
    const char *nearest = nearest_name(name->value, names, count);
    return nearest ? error_hint(error, "did you mean '%s'?", nearest) : hint_parts(use, error);
}

static bool holds(const YamlNode *list, Text part)
{
    for (const YamlNode *item = list->first; item; item = item->next)
        if (item->kind == YAML_SCALAR && text_equal(item->value, part))
            return true;
    return false;
}

static Status check_part_names(const Use *use, Error *error)
{
    if (use->part && use->part->kind != YAML_SEQUENCE)
        TRY(check_part(use, use->part, error));
    else if (use->part && use->part->count == 0)
        return yaml_error(use->part, error, "'part' names no part");
    else if (use->part)
        for (const YamlNode *item = use->part->first; item; item = item->next)
            TRY(check_part(use, item, error));
    if (!use->path || use->path->kind != YAML_MAPPING)
        return STATUS_OK;
    for (const YamlNode *child = use->path->first; child; child = child->next) {
        TRY(check_part(use, child->key, error));
        if (use->part && use->part->kind == YAML_SEQUENCE && !holds(use->part, child->key->value))
            return yaml_error(child->key, error, "'part' does not name %s", yaml_describe(child->key).text);
        if (use->part && use->part->kind == YAML_SCALAR && !text_equal(use->part->value, child->key->value))
            return yaml_error(child->key, error, "'part' does not name %s", yaml_describe(child->key).text);
    }
    return STATUS_OK;
}

/* What can only be meant for one part. */
static Status check_several(const Use *use, Error *error)
{
    static const char *const keys[] = {"kind", "fields", "also", "only", "unless", "record", "header"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const YamlNode *node = yaml_get(use->node, keys[i]);
        if (!node)
            continue;
        yaml_error(node->key, error, "'%s' cannot be meant for several parts of preset '%s'", keys[i],
                   use->preset.name);
        return error_hint(error, "give the part that it is for a source of its own, with 'part: ...'");
    }
    if (use->path && use->path->kind != YAML_MAPPING) {
        yaml_error(use->path, error, "preset '%s' has several parts: 'path' must say which file is which",
                   use->preset.name);
        return hint_parts(use, error);
    }
    return STATUS_OK;
}

/* Of several parts each takes the lookups that it has: every one must be some part's. */
static Status check_lookups(const Use *use, Error *error)
{
    const YamlNode *lookups = get(use->node, "lookups");
    for (const YamlNode *lookup = lookups ? lookups->first : NULL; lookup && lookup->key; lookup = lookup->next) {
        bool is_known = false;
        for (const YamlNode *source = use->preset.sources->first; source; source = source->next)
            is_known |= yaml_get(yaml_get(source, "lookups"), lookup->key->value.data) != NULL;
        if (!is_known)
            return yaml_error(lookup->key, error, "preset '%s' has no lookup %s", use->preset.name,
                              yaml_describe(lookup->key).text);
    }
    return STATUS_OK;
}

/* What the use says of a part's files; NULL: nothing. */
static const YamlNode *find_path(const Use *use, Text part)
{
    if (!use->path || use->path->kind != YAML_MAPPING)
        return use->path;
    return text_is_null(part) ? NULL : get(use->path, part.data);
}

static bool is_taken(const Use *use, const YamlNode *source, Text part)
{
    if (use->part && use->part->kind == YAML_SEQUENCE)
        return holds(use->part, part);
    if (use->part)
        return text_equal(use->part->value, part);
    return use->path ? find_path(use, part) != NULL : !preset_part_is_optional(source);
}

/* --- merging -------------------------------------------------------------------------------------------------- */

/* The user reads it another way than the preset would, or not from files, whose parts then mean nothing. */
static bool is_replaced_way(const YamlNode *key, const Use *use, const YamlNode *path)
{
    if (text_is(key->value, "parts"))
        return !get(use->node, "parts") && (get(use->node, "http") || get(use->node, "query"));
    if (!IS_ONE_OF(key, ways))
        return false;
    for (size_t i = 0; i < WAY_COUNT; i++)
        if (!text_is(key->value, ways[i]) && (i == 0 ? path : get(use->node, ways[i])))
            return true;
    return false;
}

static Status add_ours(const Use *use, const YamlNode *child, const YamlNode *path, YamlList *list, Error *error)
{
    bool is_path = text_is(child->key->value, "path");
    const YamlNode *other = is_path ? path : yaml_get(use->node, child->key->value.data);
    static const char *const of_presets[] = {"part", "optional"};
    if (IS_ONE_OF(child->key, of_presets) || is_replaced_way(child->key, use, path))
        return STATUS_OK;
    if (!other)
        return yaml_list_append(list, child->key, child, error);
    if (is_path || yaml_is_null(other))
        return STATUS_OK;
    int depth = preset_merge_depth(child->key);
    if (depth == 0 || child->kind != YAML_MAPPING || other->kind != YAML_MAPPING)
        return yaml_list_append(list, other->key, other, error);
    YamlNode *merged;
    bool is_closed = use->is_several && text_is(child->key->value, "lookups");
    TRY(preset_merge(child, other, depth, is_closed, use->arena, &merged, error));
    return yaml_list_append(list, other->key, merged, error);
}

/* NAME, or NAME-PART where there may be others. */
static Status add_name(const Use *use, Text part, YamlList *list, Error *error)
{
    if (!use->name)
        return STATUS_OK;
    YamlNode name = *use->name;
    if (use->is_several && name.kind == YAML_SCALAR && !yaml_is_null(&name)) {
        char *text = arena_printf(use->arena, "%.*s-%.*s", TEXT_PRINTF(name.value), TEXT_PRINTF(part));
        if (!text)
            return yaml_error(use->name, error, "needs more memory than is set aside for a configuration");
        name.value = text_from(text);
    }
    return yaml_list_append(list, use->name->key, &name, error);
}

static Status add_theirs(const Use *use, const YamlNode *source, const YamlNode *path, YamlList *list, Error *error)
{
    const YamlNode *system = use->preset.system;
    if (system && !yaml_get(source, "system") && !yaml_get(use->node, "system"))
        TRY(yaml_list_append(list, system->key, system, error));
    for (const YamlNode *child = use->node->first; child; child = child->next) {
        bool is_others = use->is_several && text_is(child->key->value, "lookups");
        if (!IS_ONE_OF(child->key, own_keys) && !is_others && !yaml_get(source, child->key->value.data) &&
            !yaml_is_null(child))
            TRY(yaml_list_append(list, child->key, child, error));
    }
    return path ? yaml_list_append(list, use->path->key, path, error) : STATUS_OK;
}

static bool has_way(const YamlNode *source)
{
    for (size_t i = 0; i < WAY_COUNT; i++)
        if (get(source, ways[i]))
            return true;
    return false;
}

static Status make_source(const Use *use, const YamlNode *raw, YamlList *sources, Error *error)
{
    const YamlNode *part = yaml_get(raw, "part");
    const YamlNode *path = find_path(use, part ? part->value : TEXT_NULL);
    YamlNode *source;
    TRY(placeholder_fill(raw, &use->settings, use->arena, &source, error));
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, use->node, use->arena, &list, error));
    TRY(add_name(use, part ? part->value : TEXT_NULL, &list, error));
    for (const YamlNode *child = source->first; child; child = child->next)
        TRY(add_ours(use, child, path, &list, error));
    TRY(add_theirs(use, source, path, &list, error));
    if (!has_way(list.node)) {
        yaml_error(use->node, error, "preset '%s' needs 'path': the files that it is to read", use->preset.name);
        return use->is_several ? hint_parts(use, error) : STATUS_ERROR;
    }
    const YamlNode *whole;
    TRY(preset_lookup_resolve(list.node, use->arena, &whole, error));
    return yaml_list_append(sources, NULL, whole, error);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static Status use_preset(const YamlNode *node, const char *folder, Arena *arena, YamlList *sources,
                         const char **writable_by_others, Error *error)
{
    const YamlNode *preset = yaml_get(node, "preset");
    Use use = {.node = node,
               .arena = arena,
               .name = yaml_get(node, "name"),
               .part = get(node, "part"),
               .path = get(node, "path")};
    if (preset->kind != YAML_SCALAR || yaml_is_null(preset))
        return yaml_error(preset, error, "'preset' must be a name or a file, not %s", yaml_describe(preset).text);
    TRY(preset_read(preset->value, preset, folder, arena, &use.preset, error));
    if (!*writable_by_others && use.preset.file && yaml_file_is_writable_by_others(use.preset.file))
        *writable_by_others = use.preset.file;
    use.is_several = use.preset.sources->count > 1 && (!use.part || use.part->kind != YAML_SCALAR);
    use.settings = (Settings){get(node, "settings"), use.preset.settings, node, use.preset.name};
    TRY(settings_check(&use.settings, error));
    TRY(check_part_names(&use, error));
    if (use.is_several) {
        TRY(check_several(&use, error));
        TRY(check_lookups(&use, error));
    }
    for (const YamlNode *source = use.preset.sources->first; source; source = source->next) {
        const YamlNode *part = yaml_get(source, "part");
        if (is_taken(&use, source, part ? part->value : TEXT_NULL))
            TRY(make_source(&use, source, sources, error));
    }
    return STATUS_OK;
}

static bool has_preset(const YamlNode *sources)
{
    for (const YamlNode *item = sources ? sources->first : NULL; item; item = item->next)
        if (yaml_get(item, "preset"))
            return true;
    return false;
}

Status preset_expand(const YamlNode *root, const char *folder, Arena *arena, const YamlNode **ret_root,
                     const char **writable_by_others, Error *error)
{
    const YamlNode *sources = yaml_get(root, "sources");
    if (!has_preset(sources)) {
        *ret_root = root;
        return STATUS_OK;
    }
    YamlList list, tree;
    TRY(yaml_list_make(YAML_SEQUENCE, sources, arena, &list, error));
    for (const YamlNode *item = sources->first; item; item = item->next) {
        if (yaml_get(item, "preset"))
            TRY(use_preset(item, folder, arena, &list, writable_by_others, error));
        else
            TRY(yaml_list_append(&list, NULL, item, error));
    }
    TRY(yaml_list_make(YAML_MAPPING, root, arena, &tree, error));
    for (const YamlNode *child = root->first; child; child = child->next)
        TRY(yaml_list_append(&tree, child->key, child == sources ? list.node : child, error));
    *ret_root = tree.node;
    return STATUS_OK;
}
