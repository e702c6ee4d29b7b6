#include "load/model_set.h"

#include "common/json_writer.h"
#include "common/time.h"

enum { JSON_CEILING = 1 << 20 };

/* By milestone, and then the rest. */
static const char *const share_columns[] = {"first_touch_share", "lead_creation_share", "deal_creation_share",
                                            "closed_won_share",  "last_touch_share",    "last_non_direct_share",
                                            "rest_share"};

static void write_text(JsonWriter *writer, const char *key, const char *value)
{
    json_write_key(writer, text_from(key));
    json_write_string(writer, text_from(value));
}

static void write_integer(JsonWriter *writer, const char *key, int64_t value)
{
    json_write_key(writer, text_from(key));
    json_write_integer(writer, value);
}

static void write_model(JsonWriter *writer, const Model *model)
{
    json_write_object_begin(writer);
    if (model->number)
        write_integer(writer, "model", model->number);
    write_text(writer, "name", model->name);
    write_text(writer, "meaning", model->meaning);
    if (model->kind == MODEL_DECAY) {
        write_integer(writer, "half_life_days", model->half_life / TIME_DAY);
    } else {
        for (size_t i = 0; i < MILESTONE_COUNT; i++)
            write_integer(writer, share_columns[i], model->shares[i]);
        write_integer(writer, share_columns[MILESTONE_COUNT], model->rest);
    }
    json_write_key(writer, TEXT("is_fitted"));
    json_write_boolean(writer, false);
    json_write_object_end(writer);
}

static void write_fitted_model(JsonWriter *writer, const FittedModel *model)
{
    json_write_object_begin(writer);
    write_integer(writer, "model", model->number);
    write_text(writer, "name", model->name);
    write_text(writer, "meaning", model->meaning);
    json_write_key(writer, TEXT("is_fitted"));
    json_write_boolean(writer, true);
    json_write_object_end(writer);
}

static Status take_numbers(const PgResult *result, ModelSet *models, Error *error)
{
    for (size_t i = 0; i < models->count; i++) {
        Model *model = &models->models[i];
        model->number = 0;
        for (size_t row = 0; row < result->row_count; row++)
            if (text_is(pg_value(result, row, 1), model->name))
                model->number = (int)pg_value_int64(result, row, 0);
        if (model->number < 1 || model->number > MODEL_SET_MAX)
            return error_set(error, ERROR_CONFIG, "there is no number left for the model %s", model->name);
    }
    return STATUS_OK;
}

static void choose(const Config *config, ModelSet *models)
{
    for (size_t i = 0; i < MODELS_COUNT; i++) {
        if (!MODELS[i].is_default)
            continue;
        Model *model = &models->models[models->count++];
        *model = MODELS[i];
        if (model->kind == MODEL_DECAY)
            model->half_life = config->attribution.half_life_days * TIME_DAY;
    }
}

static void choose_fitted(ModelSet *models)
{
    for (size_t i = 0; i < FITTED_MODELS_COUNT; i++)
        if (FITTED_MODELS[i].is_default)
            models->fitted[models->fitted_count++] = &FITTED_MODELS[i];
}

Status model_set_configure(Pg *pg, const Config *config, ModelSet *ret_models, Error *error)
{
    ModelSet models = {.count = 0};
    choose(config, &models);
    choose_fitted(&models);
    cleanup(buffer_done) Buffer buffer = buffer_make(JSON_CEILING);
    JsonWriter writer = json_writer_make(&buffer, false);
    json_write_array_begin(&writer);
    for (size_t i = 0; i < models.count; i++)
        write_model(&writer, &models.models[i]);
    for (size_t i = 0; i < models.fitted_count; i++)
        write_fitted_model(&writer, models.fitted[i]);
    json_write_array_end(&writer);
    TRY(json_writer_end(&writer, error));
    TRY(buffer_append_byte(&buffer, '\0', error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select model, name from cl_marketing.configure_models($1::jsonb)", (const char *[]){buffer.data},
                 1, &result, error));
    TRY(take_numbers(&result, &models, error));
    *ret_models = models;
    return STATUS_OK;
}
