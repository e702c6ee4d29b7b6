/* Any bytes as the keys that a user writes beside a preset, and as a preset's own source with placeholders. */
#include "common/config/placeholder.h"
#include "common/config/preset_lookup.h"
#include "common/config/preset_use.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A use of a shipped preset, in an order that changes with the input: with parts, with queries, with one source. */
static void expand(Text keys, Arena *arena, Error *error)
{
    static const char *const names[] = {"hubspot-tables", "odoo", "segment", "salesforce-csv"};
    const char *name = names[keys.size % 4];
    const char *content = arena_printf(arena, "sources:\n- preset: %s\n%.*s\n", name, TEXT_PRINTF(keys));
    const YamlNode *root, *expanded;
    const char *writable_by_others = NULL;
    if (content && yaml_parse(text_from(content), "fuzz", arena, &root, error) == STATUS_OK)
        preset_expand(root, "/nowhere", arena, &expanded, &writable_by_others, error);
}

static void fill(Text source, Arena *arena, Error *error)
{
    const YamlNode *root, *resolved;
    YamlNode *filled;
    if (yaml_parse(source, "fuzz", arena, &root, error) != STATUS_OK)
        return;
    const YamlNode *settings = yaml_get(root, "settings");
    Settings given = {.given = settings, .declared = settings, .user = root, .preset = "fuzz"};
    if (settings_check(&given, error) == STATUS_OK &&
        placeholder_fill(root, &given, arena, &filled, error) == STATUS_OK)
        preset_lookup_resolve(filled, arena, &resolved, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup(arena_done) Arena arena = arena_make(32 << 20);
    Error error = ERROR_INIT;
    Text content = {(const char *)data, size};
    expand(content, &arena, &error);
    fill(content, &arena, &error);
    return 0;
}
