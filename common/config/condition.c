#include "common/config/condition.h"

Status condition_take(const YamlNode *mapping, const char *key, Text text, Condition *ret_condition, Error *error)
{
    const YamlNode *node = yaml_get(mapping, key);
    if (text_is_null(text)) {
        *ret_condition = (Condition){0};
        return STATUS_OK;
    }
    if (text_is_empty(text_trim(text)))
        return yaml_error(node, error, "the condition '%s' is empty", key);
    if (text.size > CONDITION_MAX)
        return yaml_error(node, error, "the condition '%s' is longer than %d bytes", key, CONDITION_MAX);
    *ret_condition = (Condition){.text = text, .node = node};
    return STATUS_OK;
}
