#include "load/content_setting.h"

#include "common/json_writer.h"

enum { JSON_CEILING = 256 << 20 };

static bool is_catalogue(const Source *source)
{
    for (size_t i = 0; i < source->mapping_count; i++)
        if (source->mappings[i].kind == RECORD_CONTENT)
            return true;
    return false;
}

static Status write_catalogues(const Config *config, Buffer *buffer, Error *error)
{
    JsonWriter writer = json_writer_make(buffer, false);
    json_write_array_begin(&writer);
    for (size_t i = 0; i < config->source_count; i++)
        if (is_catalogue(&config->sources[i]))
            json_write_string(&writer, text_from(config->sources[i].name));
    json_write_array_end(&writer);
    TRY(json_writer_end(&writer, error));
    return buffer_append_byte(buffer, '\0', error);
}

static void write_text(JsonWriter *writer, const char *key, Text text)
{
    json_write_key(writer, text_from(key));
    json_write_string(writer, text);
}

static void write_patterns(JsonWriter *writer, const char *key, const Text *patterns, size_t count)
{
    if (count == 0)
        return;
    json_write_key(writer, text_from(key));
    json_write_array_begin(writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, patterns[i]);
    json_write_array_end(writer);
}

static Status write_rules(const Config *config, Buffer *buffer, Error *error)
{
    JsonWriter writer = json_writer_make(buffer, false);
    json_write_array_begin(&writer);
    for (size_t i = 0; i < config->content_rule_count; i++) {
        const ContentRule *rule = &config->content_rules[i];
        json_write_object_begin(&writer);
        write_patterns(&writer, "paths", rule->paths, rule->path_count);
        write_patterns(&writer, "hosts", rule->hosts, rule->host_count);
        write_text(&writer, "kind", rule->kind);
        write_text(&writer, "topic", rule->topic);
        write_text(&writer, "stage", rule->stage);
        write_text(&writer, "persona", rule->persona);
        json_write_object_end(&writer);
    }
    json_write_array_end(&writer);
    TRY(json_writer_end(&writer, error));
    return buffer_append_byte(buffer, '\0', error);
}

Status content_setting_apply(Pg *pg, const Config *config, Error *error)
{
    cleanup(buffer_done) Buffer catalogues = buffer_make(JSON_CEILING), rules = buffer_make(JSON_CEILING);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(write_catalogues(config, &catalogues, error));
    TRY(write_rules(config, &rules, error));
    return pg_query(pg, "select cl_core.configure_content($1::jsonb, $2::jsonb)",
                    (const char *[]){catalogues.data, rules.data}, 2, &result, error);
}
