#include "common/config/placeholder.h"

#include "common/buffer.h"
#include "common/nearest.h"

#include <stdio.h>

enum { VALUE_CEILING = 1 << 20, SETTINGS_MAX = 64 };

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

/* --- settings ------------------------------------------------------------------------------------------------- */

static Status unknown_setting(const Settings *settings, const YamlNode *key, Error *error)
{
    const char *names[SETTINGS_MAX];
    size_t count = 0;
    const YamlNode *child = settings->declared ? settings->declared->first : NULL;
    for (; child && count < SETTINGS_MAX; child = child->next)
        names[count++] = child->key->value.data;
    yaml_error(key, error, "preset '%s' has no setting %s", settings->preset, yaml_describe(key).text);
    const char *nearest = nearest_name(key->value, names, count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    if (count == 0)
        return error_hint(error, "it has no settings");
    char known[256] = "";
    size_t size = 0;
    for (size_t i = 0; i < count && size < sizeof known - 1; i++)
        size += (size_t)snprintf(known + size, sizeof known - size, "%s%s", i ? ", " : "", names[i]);
    return error_hint(error, "it has: %s", known);
}

Status settings_check(const Settings *settings, Error *error)
{
    const YamlNode *given = settings->given;
    if (!given)
        return STATUS_OK;
    if (given->kind != YAML_MAPPING)
        return yaml_error(given, error, "'settings' must be a mapping of names to values, not %s",
                          yaml_describe(given).text);
    for (const YamlNode *child = given->first; child; child = child->next) {
        if (!yaml_get(settings->declared, child->key->value.data))
            return unknown_setting(settings, child->key, error);
        if (child->kind != YAML_SCALAR)
            return yaml_error(child, error, "a setting must be a single value, not %s", yaml_describe(child).text);
    }
    return STATUS_OK;
}

static Status find_setting(const Settings *settings, const YamlNode *node, const char *name, Text *ret_value,
                           Error *error)
{
    const YamlNode *declared = yaml_get(settings->declared, name), *given = yaml_get(settings->given, name);
    if (!declared)
        return yaml_error(node, error, "'settings' does not list '%s', which ${%s} stands for", name, name);
    const YamlNode *setting = given && !yaml_is_null(given) ? given : declared;
    if (yaml_is_null(setting)) {
        yaml_error(settings->user, error, "preset '%s' needs the setting '%s'", settings->preset, name);
        return error_hint(error, "settings: {%s: ...}; closedloop-extract --preset %s --explain says what it is", name,
                          settings->preset);
    }
    *ret_value = setting->value;
    return STATUS_OK;
}

/* --- filling -------------------------------------------------------------------------------------------------- */

/* The placeholder that begins at the text's start, and what is behind it. */
static Status fill_one(const YamlNode *node, Text *rest, const Settings *settings, Buffer *buffer, Error *error)
{
    size_t end = text_find(*rest, '}');
    char name[64] = "";
    if (end == rest->size || end - 2 >= sizeof name || end == 2)
        return yaml_error(node, error, "a placeholder is written ${name}");
    memcpy(name, rest->data + 2, end - 2);
    Text value;
    TRY(find_setting(settings, node, name, &value, error));
    *rest = (Text){rest->data + end + 1, rest->size - end - 1};
    return buffer_append(buffer, value, error);
}

static Status fill_text(const YamlNode *node, const Settings *settings, Buffer *buffer, Error *error)
{
    Text rest = node->value;
    while (rest.size) {
        size_t at = text_find(rest, '$');
        TRY(buffer_append(buffer, (Text){rest.data, at}, error));
        rest = (Text){rest.data + at, rest.size - at};
        if (text_starts_with(rest, TEXT("$${"))) {
            TRY(buffer_append(buffer, TEXT("${"), error));
            rest = (Text){rest.data + 3, rest.size - 3};
        } else if (text_starts_with(rest, TEXT("${"))) {
            TRY(fill_one(node, &rest, settings, buffer, error));
        } else if (rest.size) {
            TRY(buffer_append_byte(buffer, '$', error));
            rest = (Text){rest.data + 1, rest.size - 1};
        }
    }
    return STATUS_OK;
}

static Status fill_scalar(const Settings *settings, Arena *arena, YamlNode *copy, Error *error)
{
    if (text_find(copy->value, '$') == copy->value.size)
        return STATUS_OK;
    cleanup(buffer_done) Buffer buffer = buffer_make(VALUE_CEILING);
    TRY(fill_text(copy, settings, &buffer, error));
    copy->value = arena_copy_text(arena, buffer.size ? buffer_text(&buffer) : TEXT(""));
    return copy->value.data ? STATUS_OK : no_room(copy, error);
}

/* A tree of YAML is at most 32 deep. */
Status placeholder_fill(const YamlNode *node, const Settings *settings, Arena *arena, YamlNode **ret_copy, Error *error)
{
    YamlNode *copy = arena_allocate(arena, sizeof *copy), *last = NULL;
    if (!copy)
        return no_room(node, error);
    *copy = *node;
    copy->first = copy->next = NULL;
    if (node->kind == YAML_SCALAR)
        TRY(fill_scalar(settings, arena, copy, error));
    for (const YamlNode *child = node->first; child; child = child->next) {
        YamlNode *filled;
        TRY(placeholder_fill(child, settings, arena, &filled, error));
        if (last)
            last->next = filled;
        else
            copy->first = filled;
        last = filled;
    }
    *ret_copy = copy;
    return STATUS_OK;
}
