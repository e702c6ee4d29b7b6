#include "extract/explain_field.h"

static Status append(Buffer *buffer, const char *string, Error *error)
{
    return buffer_append(buffer, text_from(string), error);
}

/* A tree of YAML is at most 32 deep. */
Status explain_yaml(const YamlNode *node, Buffer *buffer, Error *error)
{
    if (node->kind == YAML_SCALAR)
        return buffer_append(buffer, node->value, error);
    bool is_mapping = node->kind == YAML_MAPPING;
    TRY(append(buffer, is_mapping ? "{" : "[", error));
    for (const YamlNode *child = node->first; child; child = child->next) {
        if (is_mapping)
            TRY(buffer_printf(buffer, error, "%s: ", child->key->value.data));
        TRY(explain_yaml(child, buffer, error));
        if (child->next)
            TRY(append(buffer, ", ", error));
    }
    return append(buffer, is_mapping ? "}" : "]", error);
}

/* A list with words between its items; a single value is a list of one. */
static Status join(const YamlNode *list, const char *between, const char *quote, Buffer *buffer, Error *error)
{
    const YamlNode *item = list->kind == YAML_SEQUENCE ? list->first : list;
    for (; item; item = list->kind == YAML_SEQUENCE ? item->next : NULL) {
        bool is_nothing = *quote && item->kind == YAML_SCALAR && item->value.size == 0;
        TRY(append(buffer, is_nothing ? "" : quote, error));
        TRY(is_nothing ? append(buffer, "nothing", error) : explain_yaml(item, buffer, error));
        TRY(append(buffer, is_nothing ? "" : quote, error));
        if (list->kind == YAML_SEQUENCE && item->next)
            TRY(append(buffer, between, error));
    }
    return STATUS_OK;
}

/* A value that stands in the list before it too was told there. */
static bool is_told(const YamlNode *map, const YamlNode *child)
{
    for (const YamlNode *earlier = map->first; earlier != child; earlier = earlier->next)
        if (text_equal(earlier->value, child->value))
            return true;
    return false;
}

/* All that becomes what the child becomes. */
static Status explain_becoming(const YamlNode *child, Buffer *buffer, Error *error)
{
    size_t count = 0;
    for (const YamlNode *other = child; other; other = other->next) {
        if (!text_equal(other->value, child->value))
            continue;
        TRY(append(buffer, count++ ? ", " : "", error));
        if (other->key->value.size == 0)
            TRY(append(buffer, "nothing", error));
        else
            TRY(buffer_printf(buffer, error, "'%s'", other->key->value.data));
    }
    TRY(append(buffer, count > 1 ? " become " : " becomes ", error));
    return join(child, "", "'", buffer, error);
}

Status explain_map(const YamlNode *value, Buffer *buffer, Error *error)
{
    const YamlNode *map = yaml_get(value, "map"), *otherwise = yaml_get(value, "default");
    size_t start = buffer->size;
    for (const YamlNode *child = map ? map->first : NULL; child; child = child->next) {
        if (is_told(map, child))
            continue;
        TRY(append(buffer, buffer->size > start ? "; " : "", error));
        TRY(explain_becoming(child, buffer, error));
    }
    if (!map || !otherwise)
        return STATUS_OK;
    TRY(append(buffer, "; all else ", error));
    return join(otherwise, "", "'", buffer, error);
}

/* One key of a field's mapping. */
static Status explain_key(const YamlNode *key, Buffer *buffer, Error *error)
{
    Text name = key->key->value;
    if (text_is(name, "from"))
        return join(key, ", else ", "", buffer, error);
    if (text_is(name, "join"))
        return join(key, " and ", "", buffer, error);
    if (text_is(name, "value")) {
        TRY(append(buffer, "always ", error));
        return join(key, "", "'", buffer, error);
    }
    if (text_is(name, "map"))
        return append(buffer, "; mapped", error);
    if (text_is(name, "take"))
        return STATUS_OK;
    if (text_is(name, "optional"))
        return append(buffer, ", if it is there", error);
    TRY(append(buffer, "; ", error));
    if (text_is(name, "default")) {
        TRY(append(buffer, "else ", error));
        return join(key, "", "'", buffer, error);
    }
    TRY(buffer_printf(buffer, error, "%s ", name.data));
    return join(key, ", ", text_is(name, "with") ? "'" : "", buffer, error);
}

static Status explain_lookup(const YamlNode *value, Buffer *buffer, Error *error)
{
    const YamlNode *lookup = yaml_get(value, "lookup"), *take = yaml_get(value, "take");
    TRY(append(buffer, ", looked up in ", error));
    TRY(explain_yaml(lookup, buffer, error));
    if (!take)
        return STATUS_OK;
    TRY(append(buffer, ": ", error));
    return join(take, ", else ", "", buffer, error);
}

Status explain_field(const YamlNode *value, Buffer *buffer, Error *error)
{
    if (value->kind != YAML_MAPPING)
        return join(value, ", else ", "", buffer, error);
    static const char *const first[] = {"from", "join", "value"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (yaml_get(value, first[i]))
            TRY(explain_key(yaml_get(value, first[i]), buffer, error));
    if (yaml_get(value, "lookup"))
        TRY(explain_lookup(value, buffer, error));
    for (const YamlNode *key = value->first; key; key = key->next) {
        Text name = key->key->value;
        bool is_said = text_is(name, "from") || text_is(name, "join") || text_is(name, "value") ||
                       text_is(name, "lookup") || (text_is(name, "default") && yaml_get(value, "map"));
        if (!is_said)
            TRY(explain_key(key, buffer, error));
    }
    return STATUS_OK;
}

Status explain_filter(const YamlNode *filter, bool is_unless, Buffer *buffer, Error *error)
{
    if (filter->kind != YAML_MAPPING)
        return explain_yaml(filter, buffer, error);
    for (const YamlNode *child = filter->first; child; child = child->next) {
        const YamlNode *like = child->kind == YAML_MAPPING ? yaml_get(child, "like") : NULL;
        TRY(buffer_printf(buffer, error, "%s is %s", child->key->value.data, like ? "like " : ""));
        TRY(join(like ? like : child, " or ", "'", buffer, error));
        if (child->next)
            TRY(append(buffer, is_unless ? ", or " : ", and ", error));
    }
    return STATUS_OK;
}
