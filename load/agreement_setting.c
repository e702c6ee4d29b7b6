#include "load/agreement_setting.h"

#include "common/json_writer.h"

#include <stdio.h>

enum { JSON_CEILING = 16 << 20 };

static void write_text(JsonWriter *writer, const char *key, const char *value)
{
    if (!value)
        return;
    json_write_key(writer, text_from(key));
    json_write_string(writer, text_from(value));
}

static void write_integer(JsonWriter *writer, const char *key, int64_t value)
{
    json_write_key(writer, text_from(key));
    json_write_integer(writer, value);
}

static void write_list(JsonWriter *writer, const char *key, SchemaTexts list)
{
    json_write_key(writer, text_from(key));
    json_write_array_begin(writer);
    for (size_t i = 0; i < list.count; i++)
        json_write_string(writer, list.items[i]);
    json_write_array_end(writer);
}

static void write_hours(JsonWriter *writer, const SlaSales *sales)
{
    json_write_key(writer, TEXT("hours"));
    json_write_array_begin(writer);
    for (size_t i = 0; i < sales->opening_count; i++) {
        json_write_object_begin(writer);
        write_integer(writer, "weekday", sales->openings[i].weekday);
        write_integer(writer, "opens", sales->openings[i].opens);
        write_integer(writer, "closes", sales->openings[i].closes);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

static void write_sales(JsonWriter *writer, const SlaSales *sales)
{
    char within[32];
    snprintf(within, sizeof within, "%lld seconds", sales->first_contact_within);
    write_text(writer, "sales_stage", sales->after);
    write_text(writer, "first_contact_within", within);
    write_text(writer, "timezone", sales->timezone);
    if (sales->kinds.count)
        write_list(writer, "kinds", sales->kinds);
    write_list(writer, "missed", sales->missed);
}

Status agreement_setting_apply(Pg *pg, const Config *config, bool *ret_is_changed, Error *error)
{
    const Sla *sla = &config->sla;
    cleanup(buffer_done) Buffer json = buffer_make(JSON_CEILING);
    JsonWriter writer = json_writer_make(&json, false);
    json_write_object_begin(&writer);
    write_text(&writer, "marketing_stage", sla->marketing.stage);
    if (sla->marketing.stage)
        write_integer(&writer, "per_month", sla->marketing.per_month);
    if (sla->sales.after)
        write_sales(&writer, &sla->sales);
    write_hours(&writer, &sla->sales);
    write_list(&writer, "holidays", sla->sales.holidays);
    json_write_object_end(&writer);
    TRY(json_writer_end(&writer, error));
    TRY(buffer_append_byte(&json, '\0', error));
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select cl_smarketing.configure_agreement($1::jsonb)", (const char *[]){json.data}, 1, &result,
                 error));
    *ret_is_changed = text_is(pg_value(&result, 0, 0), "t");
    return STATUS_OK;
}
