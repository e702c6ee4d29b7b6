#include "common/config/preset_merge.h"

#include "common/config/yaml_list.h"

int preset_merge_depth(const YamlNode *key)
{
    if (text_is(key->value, "lookups"))
        return 2;
    return text_is(key->value, "fields") || text_is(key->value, "http") || text_is(key->value, "query");
}

Status preset_merge(const YamlNode *ours, const YamlNode *theirs, int depth, bool is_closed, Arena *arena,
                    YamlNode **ret_merged, Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, theirs, arena, &list, error));
    for (const YamlNode *child = ours->first; child; child = child->next) {
        const YamlNode *other = yaml_get(theirs, child->key->value.data);
        YamlNode *merged = NULL;
        if (other && depth > 1 && child->kind == YAML_MAPPING && other->kind == YAML_MAPPING)
            TRY(preset_merge(child, other, depth - 1, false, arena, &merged, error));
        if (!other || !yaml_is_null(other))
            TRY(yaml_list_append(&list, other ? other->key : child->key,
                                 merged  ? merged
                                 : other ? other
                                         : child,
                                 error));
    }
    for (const YamlNode *child = theirs->first; child && !is_closed; child = child->next)
        if (!yaml_get(ours, child->key->value.data) && !yaml_is_null(child))
            TRY(yaml_list_append(&list, child->key, child, error));
    *ret_merged = list.node;
    return STATUS_OK;
}

Status preset_merge_source(const YamlNode *ours, const YamlNode *theirs, Arena *arena, YamlNode **ret_source,
                           Error *error)
{
    YamlList list;
    TRY(yaml_list_make(YAML_MAPPING, theirs, arena, &list, error));
    for (const YamlNode *child = ours->first; child; child = child->next) {
        const YamlNode *other = yaml_get(theirs, child->key->value.data);
        int depth = preset_merge_depth(child->key);
        YamlNode *merged = NULL;
        if (other && depth && child->kind == YAML_MAPPING && other->kind == YAML_MAPPING)
            TRY(preset_merge(child, other, depth, false, arena, &merged, error));
        if (!other || !yaml_is_null(other))
            TRY(yaml_list_append(&list, other ? other->key : child->key,
                                 merged  ? merged
                                 : other ? other
                                         : child,
                                 error));
    }
    for (const YamlNode *child = theirs->first; child; child = child->next)
        if (!yaml_get(ours, child->key->value.data) && !yaml_is_null(child))
            TRY(yaml_list_append(&list, child->key, child, error));
    *ret_source = list.node;
    return STATUS_OK;
}
