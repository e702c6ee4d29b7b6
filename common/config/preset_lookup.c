#include "common/config/preset_lookup.h"

#include "common/config/yaml_list.h"

typedef enum Without { WITHOUT_NOT, WITHOUT_KEEP, WITHOUT_DROP } Without;

/* What becomes of fields that look up what this node names; the lookups are those before anything is left out. */
static Without left_out(const YamlNode *lookups, const YamlNode *name)
{
    const YamlNode *lookup = name && name->kind == YAML_SCALAR ? yaml_get(lookups, name->value.data) : NULL;
    const YamlNode *without = yaml_get(lookup, "without"), *path = yaml_get(lookup, "path");
    if (!without || (path && !yaml_is_null(path)))
        return WITHOUT_NOT;
    return text_is(without->value, "drop") ? WITHOUT_DROP : WITHOUT_KEEP;
}

static Status check(const YamlNode *without, Error *error)
{
    bool is_known =
        without->kind == YAML_SCALAR && (text_is(without->value, "keep") || text_is(without->value, "drop"));
    return is_known ? STATUS_OK
                    : yaml_error(without, error, "'without' must be keep or drop, not %s", yaml_describe(without).text);
}

static Status leave_keys(const YamlNode *mapping, const char *a, const char *b, Arena *arena, YamlNode **ret_rest,
                         Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, mapping, arena, &list, error));
    for (const YamlNode *child = mapping->first; child; child = child->next)
        if (!text_is(child->key->value, a) && !text_is(child->key->value, b))
            TRY(yaml_list_append(&list, child->key, child, error));
    *ret_rest = list.node;
    return STATUS_OK;
}

static Status resolve_lookups(const YamlNode *lookups, Arena *arena, YamlNode **ret_lookups, Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, lookups, arena, &list, error));
    for (const YamlNode *child = lookups->first; child; child = child->next) {
        YamlNode *lookup;
        if (yaml_get(child, "without"))
            TRY(check(yaml_get(child, "without"), error));
        if (left_out(lookups, child->key) != WITHOUT_NOT)
            continue;
        TRY(leave_keys(child, "without", "without", arena, &lookup, error));
        TRY(yaml_list_append(&list, child->key, child->kind == YAML_MAPPING ? lookup : child, error));
    }
    *ret_lookups = list.node;
    return STATUS_OK;
}

static Status resolve_fields(const YamlNode *fields, const YamlNode *lookups, Arena *arena, YamlNode **ret_fields,
                             Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, fields, arena, &list, error));
    for (const YamlNode *child = fields->first; child; child = child->next) {
        const YamlNode *field = child;
        Without without = left_out(lookups, yaml_get(child, "lookup"));
        if (without == WITHOUT_DROP)
            continue;
        if (without == WITHOUT_KEEP) {
            YamlNode *rest;
            TRY(leave_keys(child, "lookup", "take", arena, &rest, error));
            field = rest;
        }
        TRY(yaml_list_append(&list, child->key, field, error));
    }
    *ret_fields = list.node;
    return STATUS_OK;
}

static Status resolve_entry(const YamlNode *entry, const YamlNode *lookups, Arena *arena, YamlNode **ret_entry,
                            Error *error);

static Status resolve_also(const YamlNode *also, const YamlNode *lookups, Arena *arena, YamlNode **ret_also,
                           Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_SEQUENCE, also, arena, &list, error));
    for (const YamlNode *item = also->first; item; item = item->next) {
        YamlNode *entry = NULL;
        if (item->kind == YAML_MAPPING)
            TRY(resolve_entry(item, lookups, arena, &entry, error));
        TRY(yaml_list_append(&list, NULL, entry ? entry : item, error));
    }
    *ret_also = list.node;
    return STATUS_OK;
}

/* A source or an entry of its `also`; what is of another kind than it should be stays for the schema to refuse. `also`
 * within `also` is no key, so this goes two deep. */
static Status resolve_entry(const YamlNode *entry, const YamlNode *lookups, Arena *arena, YamlNode **ret_entry,
                            Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, entry, arena, &list, error));
    for (const YamlNode *child = entry->first; child; child = child->next) {
        YamlNode *resolved = NULL;
        if (child == lookups)
            TRY(resolve_lookups(child, arena, &resolved, error));
        else if (text_is(child->key->value, "fields") && child->kind == YAML_MAPPING)
            TRY(resolve_fields(child, lookups, arena, &resolved, error));
        else if (text_is(child->key->value, "also") && child->kind == YAML_SEQUENCE)
            TRY(resolve_also(child, lookups, arena, &resolved, error));
        if (resolved != NULL && child == lookups && resolved->count == 0)
            continue;
        TRY(yaml_list_append(&list, child->key, resolved ? resolved : child, error));
    }
    *ret_entry = list.node;
    return STATUS_OK;
}

Status preset_lookup_resolve(const YamlNode *source, Arena *arena, const YamlNode **ret_source, Error *error)
{
    const YamlNode *lookups = yaml_get(source, "lookups");
    bool has_without = false;
    for (const YamlNode *child = lookups ? lookups->first : NULL; child; child = child->next)
        has_without |= yaml_get(child, "without") != NULL;
    *ret_source = source;
    if (!has_without)
        return STATUS_OK;
    YamlNode *resolved;
    TRY(resolve_entry(source, lookups, arena, &resolved, error));
    *ret_source = resolved;
    return STATUS_OK;
}
