#include "common/config/yaml_list.h"

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

Status yaml_list_make(YamlKind kind, const YamlNode *like, Arena *arena, YamlList *ret_list, Error *error)
{
    YamlNode *node = arena_allocate(arena, sizeof *node);
    if (!node)
        return no_room(like, error);
    *node = (YamlNode){.kind = kind, .key = like->key, .file = like->file, .line = like->line, .column = like->column};
    *ret_list = (YamlList){.node = node, .arena = arena};
    return STATUS_OK;
}

Status yaml_list_append(YamlList *list, const YamlNode *key, const YamlNode *value, Error *error)
{
    YamlNode *copy = arena_allocate(list->arena, sizeof *copy);
    if (!copy)
        return no_room(value, error);
    *copy = *value;
    copy->key = key;
    copy->next = NULL;
    if (list->last)
        list->last->next = copy;
    else
        list->node->first = copy;
    list->last = copy;
    list->node->count++;
    return STATUS_OK;
}
