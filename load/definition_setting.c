#include "load/definition_setting.h"

#include "common/json_writer.h"
#include "load/condition.h"

#include <inttypes.h>
#include <stdio.h>

enum { DEFINITIONS_CEILING = 64 << 20 };

typedef struct DefinitionWriter {
    ConditionCheck check;
    JsonWriter json;
} DefinitionWriter;

static void write_text(DefinitionWriter *writer, const char *key, const char *value)
{
    json_write_key(&writer->json, text_from(key));
    json_write_string(&writer->json, text_from(value));
}

static void write_integer(DefinitionWriter *writer, const char *key, int64_t value)
{
    json_write_key(&writer->json, text_from(key));
    json_write_integer(&writer->json, value);
}

/* The columns come as a JSON array, and go as a text that holds it: jsonb_to_recordset() takes that for an array, too.
 */
static Status write_condition(DefinitionWriter *writer, ConditionPlace place, const Condition *condition, Error *error)
{
    static const char *const columns[] = {[CONDITION_WHO] = "who_columns", [CONDITION_DID] = "did_columns"};
    if (!condition_is_given(condition))
        return STATUS_OK;
    cleanup(pg_result_free) PgResult checked = {0};
    TRY(condition_check(&writer->check, place, condition, &checked, error));
    json_write_key(&writer->json, place.row == CONDITION_WHO ? TEXT("who") : TEXT("did"));
    json_write_string(&writer->json, pg_value(&checked, 0, 0));
    json_write_key(&writer->json, text_from(columns[place.row]));
    json_write_string(&writer->json, pg_value(&checked, 0, 1));
    return STATUS_OK;
}

static void write_crm_names(DefinitionWriter *writer, const Stage *stage)
{
    json_write_key(&writer->json, TEXT("crm"));
    json_write_array_begin(&writer->json);
    for (size_t i = 0; i < stage->crm.count; i++)
        json_write_string(&writer->json, stage->crm.items[i]);
    if (stage->crm.count == 0)
        json_write_string(&writer->json, text_from(stage->name));
    json_write_array_end(&writer->json);
}

static Status write_stage(DefinitionWriter *writer, const Stage *stage, Error *error)
{
    json_write_object_begin(&writer->json);
    write_text(writer, "kind", "stage");
    write_text(writer, "name", stage->name);
    write_integer(writer, "place", stage->place);
    write_crm_names(writer, stage);
    if (stage->from)
        write_text(writer, "valid_from", stage->from);
    if (stage->times)
        write_integer(writer, "times", stage->times);
    if (stage->within)
        write_integer(writer, "within", stage->within);
    TRY(write_condition(writer, (ConditionPlace){"stages", stage->name, CONDITION_WHO}, &stage->who, error));
    TRY(write_condition(writer, (ConditionPlace){"stages", stage->name, CONDITION_DID}, &stage->did, error));
    json_write_object_end(&writer->json);
    return STATUS_OK;
}

static Status write_persona(DefinitionWriter *writer, const Persona *persona, size_t place, Error *error)
{
    json_write_object_begin(&writer->json);
    write_text(writer, "kind", "persona");
    write_text(writer, "name", persona->name);
    write_integer(writer, "place", (int64_t)place);
    TRY(write_condition(writer, (ConditionPlace){"personas", persona->name, CONDITION_WHO}, &persona->who, error));
    json_write_object_end(&writer->json);
    return STATUS_OK;
}

static Status write_rule(DefinitionWriter *writer, const ScoreRule *rule, size_t place, Error *error)
{
    json_write_object_begin(&writer->json);
    write_text(writer, "kind", "score");
    write_text(writer, "name", rule->name);
    write_integer(writer, "place", (int64_t)place);
    write_integer(writer, "points", rule->points);
    if (condition_is_given(&rule->did))
        write_integer(writer, "times", 1);
    TRY(write_condition(writer, (ConditionPlace){"score", rule->name, CONDITION_WHO}, &rule->who, error));
    TRY(write_condition(writer, (ConditionPlace){"score", rule->name, CONDITION_DID}, &rule->did, error));
    json_write_object_end(&writer->json);
    return STATUS_OK;
}

static Status write_definitions(DefinitionWriter *writer, const Config *config, Error *error)
{
    json_write_array_begin(&writer->json);
    for (size_t i = 0; i < config->stage_count; i++)
        TRY(write_stage(writer, &config->stages[i], error));
    for (size_t i = 0; i < config->persona_count; i++)
        TRY(write_persona(writer, &config->personas[i], i + 1, error));
    for (size_t i = 0; i < config->score.rule_count; i++)
        TRY(write_rule(writer, &config->score.rules[i], i + 1, error));
    json_write_array_end(&writer->json);
    return json_writer_end(&writer->json, error);
}

/* The definitions as JSON, each condition in the server's words. */
static Status collect(Pg *pg, const Config *config, Buffer *json, Error *error)
{
    DefinitionWriter writer = {.json = json_writer_make(json, false)};
    if (definition_setting_count(config) == 0)
        return buffer_append(json, TEXT("[]"), error);
    TRY(condition_check_begin(pg, config->reporting.timezone, &writer.check, error));
    Status status = write_definitions(&writer, config, error);
    if (status == STATUS_OK)
        status = condition_check_end(&writer.check, error);
    condition_check_done(&writer.check);
    return status;
}

Status definition_setting_apply(Pg *pg, const Config *config, Error *error)
{
    cleanup(buffer_done) Buffer json = buffer_make(DEFINITIONS_CEILING);
    cleanup(pg_result_free) PgResult ignored = {0};
    char half_life[24];
    TRY(collect(pg, config, &json, error));
    TRY(buffer_append_byte(&json, '\0', error));
    snprintf(half_life, sizeof half_life, "%" PRId64, config->score.half_life_days);
    return pg_query(pg, "select cl_smarketing.configure_definitions($1::jsonb, $2::integer)",
                    (const char *[]){json.data, half_life}, 2, &ignored, error);
}

Status definition_setting_check(Pg *pg, const Config *config, Error *error)
{
    if (definition_setting_count(config) == 0)
        return STATUS_OK;
    cleanup(buffer_done) Buffer json = buffer_make(DEFINITIONS_CEILING);
    TRY(pg_execute(pg, "begin", error));
    Status status = collect(pg, config, &json, error);
    pg_rollback(pg);
    return status;
}

size_t definition_setting_count(const Config *config)
{
    size_t count = config->persona_count + config->score.rule_count;
    for (size_t i = 0; i < config->stage_count; i++)
        count += (size_t)condition_is_given(&config->stages[i].who) + condition_is_given(&config->stages[i].did);
    return count;
}
