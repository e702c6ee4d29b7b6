#include "load/model_set.h"

#include "common/json_writer.h"
#include "common/time.h"

#include <inttypes.h>

enum { JSON_CEILING = 1 << 20, SHARE_UNIT = 1000 /* of a custom model */ };

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

static const CustomModel *find_custom(const Attribution *attribution, const char *name)
{
    for (size_t i = 0; i < attribution->custom_count; i++)
        if (strcmp(attribution->custom[i].name, name) == 0)
            return &attribution->custom[i];
    return NULL;
}

static Status make_custom(const CustomModel *custom, Arena *arena, Model *ret_model, Error *error)
{
    Model model = {.name = custom->name,
                   .shares = {[MILESTONE_FIRST_TOUCH] = custom->first_touch,
                              [MILESTONE_LEAD_CREATION] = custom->lead_creation,
                              [MILESTONE_DEAL_CREATION] = custom->deal_creation,
                              [MILESTONE_CLOSED_WON] = custom->closed_won,
                              [MILESTONE_LAST_TOUCH] = custom->last_touch,
                              [MILESTONE_LAST_NON_DIRECT] = custom->last_non_direct},
                   .rest = custom->rest};
    static const char *const names[] = {"first_touch", "lead_creation",   "deal_creation", "closed_won",
                                        "last_touch",  "last_non_direct", "rest"};
    cleanup(buffer_done) Buffer meaning = buffer_make(JSON_CEILING);
    TRY(buffer_printf(&meaning, error, "of the configuration:"));
    const char *between = " ";
    for (size_t i = 0; i <= MILESTONE_COUNT; i++) {
        int64_t share = i < MILESTONE_COUNT ? model.shares[i] : model.rest;
        if (share == 0)
            continue;
        TRY(buffer_printf(&meaning, error, "%s%s %" PRId64, between, names[i], share / SHARE_UNIT));
        if (share % SHARE_UNIT)
            TRY(buffer_printf(&meaning, error, ".%03" PRId64, share % SHARE_UNIT));
        between = ", ";
    }
    model.meaning = arena_copy(arena, buffer_text(&meaning));
    *ret_model = model;
    return model.meaning ? STATUS_OK : error_no_memory(error);
}

/* The rule models among those that the configuration wants. */
static Status choose(const Attribution *attribution, Arena *arena, ModelSet *models, Error *error)
{
    for (size_t i = 0; i < attribution->model_count; i++) {
        const char *name = attribution->models[i];
        const CustomModel *custom = find_custom(attribution, name);
        const Model *built_in = model_find(text_from(name));
        if (!custom && !built_in)
            continue; /* a fitted one */
        Model *model = &models->models[models->count++];
        if (custom)
            TRY(make_custom(custom, arena, model, error));
        else
            *model = *built_in;
        if (model->kind == MODEL_DECAY)
            model->half_life = attribution->half_life_days * TIME_DAY;
        TRY(model_check(model, error));
    }
    return STATUS_OK;
}

static void choose_fitted(const Attribution *attribution, ModelSet *models)
{
    for (size_t i = 0; i < FITTED_MODELS_COUNT; i++)
        for (size_t k = 0; k < attribution->model_count; k++)
            if (strcmp(attribution->models[k], FITTED_MODELS[i].name) == 0)
                models->fitted[models->fitted_count++] = &FITTED_MODELS[i];
}

Status model_set_configure(Pg *pg, const Config *config, ModelSet *ret_models, Error *error)
{
    ModelSet models = {.count = 0};
    cleanup(arena_done) Arena arena = arena_make(JSON_CEILING);
    TRY(choose(&config->attribution, &arena, &models, error));
    choose_fitted(&config->attribution, &models);
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
    for (size_t i = 0; i < models.count; i++)
        models.models[i].meaning = NULL; /* only the database needed it */
    *ret_models = models;
    return STATUS_OK;
}
