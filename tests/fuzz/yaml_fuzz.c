/* Any bytes as a configuration: the strict reader, then a schema with every type of value. */
#include "common/config/schema.h"
#include "common/config/yaml.h"

#include <stdlib.h>

typedef struct Item {
    const char *name;
    SchemaTexts texts;
} Item;

typedef struct Values {
    const YamlNode *node;
    Text text;
    const char *string, *identifier;
    bool is_on;
    char character;
    int mode;
    int64_t integer, duration, size;
    SchemaLimit limit;
    SchemaTexts texts;
    SchemaPairs pairs;
    Item item;
    SchemaItems items;
    const YamlNode *any;
} Values;

static const SchemaName modes[] = {{"append", 1}, {"upsert", 2}, {NULL, 0}};
static const SchemaField item_fields[] = {
    {"n", SCHEMA_IDENTIFIER, offsetof(Item, name), .is_required = true},
    {"l", SCHEMA_TEXT_LIST, offsetof(Item, texts), .default_text = "x"},
};
static const Schema item_schema = {item_fields, 2, sizeof(Item), .has_node = false};
static const SchemaField fields[] = {
    {"t", SCHEMA_TEXT, offsetof(Values, text), .minimum = 1, .maximum = 100},
    {"s", SCHEMA_STRING, offsetof(Values, string), .meaning = NULL},
    {"n", SCHEMA_IDENTIFIER, offsetof(Values, identifier), .meaning = NULL},
    {"b", SCHEMA_BOOL, offsetof(Values, is_on), .default_text = "true"},
    {"c", SCHEMA_CHARACTER, offsetof(Values, character), .default_text = ","},
    {"mode", SCHEMA_ENUM, offsetof(Values, mode), .names = modes},
    {"i", SCHEMA_INTEGER, offsetof(Values, integer), .minimum = -9, .maximum = INT64_MAX},
    {"d", SCHEMA_DURATION, offsetof(Values, duration), .default_text = "8h"},
    {"z", SCHEMA_SIZE, offsetof(Values, size), .meaning = "a size"},
    {"p", SCHEMA_LIMIT, offsetof(Values, limit), .default_text = "5%"},
    {"l", SCHEMA_TEXT_LIST, offsetof(Values, texts), .meaning = NULL},
    {"m", SCHEMA_TEXT_MAPPING, offsetof(Values, pairs), .meaning = NULL},
    {"one", SCHEMA_MAPPING, offsetof(Values, item), .schema = &item_schema},
    {"all", SCHEMA_MAPPING_LIST, offsetof(Values, items), .schema = &item_schema, .unique = "n"},
    {"any", SCHEMA_ANY, offsetof(Values, any), .meaning = NULL},
};
static const Schema schema = {fields, sizeof fields / sizeof fields[0], sizeof(Values), .has_node = true};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    Error error = ERROR_INIT;
    const YamlNode *root = NULL;
    Values values;
    Text content = {(const char *)data, size};
    if (yaml_parse(content, "fuzz", &arena, &root, &error) != STATUS_OK)
        return 0;
    if (schema_check(&schema, root, &arena, &values, &error) != STATUS_OK)
        return 0;
    /* What a schema has let through can be used as it is. */
    if (values.identifier && strlen(values.identifier) > 63)
        abort();
    const Item *items = values.items.items;
    for (size_t i = 0; i < values.items.count; i++)
        if (!items[i].name || items[i].texts.count == 0 || !items[i].texts.items[0].data)
            abort();
    return 0;
}
