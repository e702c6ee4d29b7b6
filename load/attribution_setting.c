#include "load/attribution_setting.h"

#include "common/json_writer.h"

static void write_key(JsonWriter *writer, const char *key)
{
    json_write_key(writer, text_from(key));
}

static void write_names(JsonWriter *writer, const char *key, SchemaTexts names)
{
    if (names.count == 0)
        return;
    write_key(writer, key);
    json_write_array_begin(writer);
    for (size_t i = 0; i < names.count; i++)
        json_write_string(writer, names.items[i]);
    json_write_array_end(writer);
}

static void write_filter(JsonWriter *writer, const char *key, const NameFilter *filter)
{
    write_key(writer, key);
    json_write_object_begin(writer);
    write_names(writer, "only", filter->only);
    write_names(writer, "except", filter->except);
    json_write_object_end(writer);
}

static void write_role_weights(JsonWriter *writer, const Attribution *attribution)
{
    write_key(writer, "role_weights");
    json_write_object_begin(writer);
    for (size_t i = 0; i < attribution->role_weight_count; i++) {
        json_write_key(writer, attribution->role_weights[i].role);
        json_write_integer(writer, attribution->role_weights[i].weight);
    }
    json_write_object_end(writer);
}

static void write_path(JsonWriter *writer, const Attribution *attribution)
{
    static const char *const collapses[] = {"none", "runs", "first"};
    static const char *const items[] = {"content", "channel", "topic"};
    write_key(writer, "path");
    json_write_object_begin(writer);
    write_key(writer, "collapse");
    json_write_string(writer, text_from(collapses[attribution->collapse]));
    write_key(writer, "by");
    json_write_string(writer, text_from(items[attribution->collapse_by]));
    write_key(writer, "drop_direct");
    json_write_boolean(writer, attribution->drops_direct);
    json_write_object_end(writer);
}

static void write_custom(JsonWriter *writer, const Attribution *attribution)
{
    write_key(writer, "custom");
    json_write_object_begin(writer);
    for (size_t i = 0; i < attribution->custom_count; i++) {
        const CustomModel *model = &attribution->custom[i];
        const int64_t shares[] = {model->first_touch, model->lead_creation,   model->deal_creation, model->closed_won,
                                  model->last_touch,  model->last_non_direct, model->rest};
        write_key(writer, model->name);
        json_write_array_begin(writer);
        for (size_t share = 0; share < sizeof shares / sizeof shares[0]; share++)
            json_write_integer(writer, shares[share]);
        json_write_array_end(writer);
    }
    json_write_object_end(writer);
}

Status attribution_setting_write(const Attribution *attribution, Buffer *json, Error *error)
{
    JsonWriter writer = json_writer_make(json, false);
    json_write_object_begin(&writer);
    write_key(&writer, "scope");
    json_write_string(&writer, text_from(attribution->scope));
    if (attribution->lookback_touches) {
        write_key(&writer, "lookback_touches");
        json_write_integer(&writer, attribution->lookback_touches);
    }
    write_role_weights(&writer, attribution);
    write_filter(&writer, "interactions", &attribution->interactions);
    write_filter(&writer, "channels", &attribution->channels);
    write_filter(&writer, "campaigns", &attribution->campaigns);
    write_names(&writer, "activities", attribution->activities);
    write_path(&writer, attribution);
    write_key(&writer, "models");
    json_write_array_begin(&writer);
    for (size_t i = 0; i < attribution->model_count; i++)
        json_write_string(&writer, text_from(attribution->models[i]));
    json_write_array_end(&writer);
    write_custom(&writer, attribution);
    write_key(&writer, "states");
    json_write_integer(&writer, attribution->states);
    json_write_object_end(&writer);
    TRY(json_writer_end(&writer, error));
    return buffer_append_byte(json, '\0', error);
}
