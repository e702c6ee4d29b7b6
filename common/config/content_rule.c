#include "common/config/content_rule.h"

enum { PATTERNS_MAX = 1000, PATTERN_MAX = 2048 };

static const SchemaField entry_fields[] = {
    {"path", SCHEMA_TEXT_LIST, offsetof(ContentRuleEntry, paths), .minimum = 1, .maximum = PATTERNS_MAX,
     .meaning = "what the path looks like, with * for any characters; or a list of these"},
    {"host", SCHEMA_TEXT_LIST, offsetof(ContentRuleEntry, hosts), .minimum = 1, .maximum = PATTERNS_MAX,
     .meaning = "what the host looks like, likewise; any host unless given"},
    {"kind", SCHEMA_TEXT, offsetof(ContentRuleEntry, kind), .minimum = 1, .maximum = 255,
     .meaning = "the kind of such content: blog, guide, case_study, webinar, pricing, ..."},
    {"topic", SCHEMA_TEXT, offsetof(ContentRuleEntry, topic), .minimum = 1, .maximum = 255,
     .meaning = "what such content is about"},
    {"stage", SCHEMA_TEXT, offsetof(ContentRuleEntry, stage), .minimum = 1, .maximum = 255,
     .meaning = "the stage of the buyer's journey that it serves"},
    {"persona", SCHEMA_TEXT, offsetof(ContentRuleEntry, persona), .minimum = 1, .maximum = 255,
     .meaning = "whom it is written for"},
};

const Schema content_rule_schema = {entry_fields, sizeof entry_fields / sizeof entry_fields[0],
                                    sizeof(ContentRuleEntry), .has_node = true};

static Status no_room(const YamlNode *node, Error *error)
{
    return yaml_error(node, error, "needs more memory than is set aside for a configuration");
}

static Status check_path(const YamlNode *node, Text pattern, Error *error)
{
    size_t size = pattern.size;
    if (size == 0 || size > PATTERN_MAX || (pattern.data[0] != '/' && pattern.data[0] != '*')) {
        yaml_error(node, error, "'%.*s' is no pattern of a path: those begin with / or *", size < 80 ? (int)size : 80,
                   pattern.data);
        return error_hint(error, "path: '/blog/*'");
    }
    if (size > 1 && pattern.data[size - 1] == '/') {
        yaml_error(node, error, "the pattern '%.*s' fits nothing: addresses are kept without a slash at their end",
                   size < 80 ? (int)size : 80, pattern.data);
        return error_hint(error, "for the page and all below it write path: ['%.*s', '%.*s*']",
                          size < 80 ? (int)size - 1 : 80, pattern.data, size < 80 ? (int)size : 80, pattern.data);
    }
    return STATUS_OK;
}

static Status check_host(const YamlNode *node, Text pattern, Error *error)
{
    for (size_t i = 0; i < pattern.size; i++)
        if (strchr("/:?#@ ", pattern.data[i]))
            pattern.size = 0;
    if (pattern.size && pattern.size <= PATTERN_MAX)
        return STATUS_OK;
    yaml_error(node, error, "a host is a name alone, without scheme, port and path");
    return error_hint(error, "host: www.example.com, or host: '*.example.com'");
}

static bool is_hexadecimal(char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

static char upper(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

/* As transform writes paths: what is no printable ASCII in percents, with digits in upper case. */
static Text encode_path(Text pattern, Arena *arena)
{
    char *text = arena_allocate(arena, 3 * pattern.size + 1), *to = text;
    for (size_t i = 0; to && i < pattern.size; i++) {
        static const char digits[] = "0123456789ABCDEF";
        unsigned char byte = (unsigned char)pattern.data[i];
        bool is_escape = byte == '%' && i + 2 < pattern.size && is_hexadecimal(pattern.data[i + 1]) &&
                         is_hexadecimal(pattern.data[i + 2]);
        bool is_raw = byte > ' ' && byte < 0x7F;
        *to++ = is_raw ? (char)byte : '%';
        if (is_escape) {
            *to++ = upper(pattern.data[++i]);
            *to++ = upper(pattern.data[++i]);
        } else if (!is_raw) {
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 0xF];
        }
    }
    return text ? (Text){text, (size_t)(to - text)} : TEXT_NULL;
}

static Text lower_host(Text pattern, Arena *arena)
{
    char *text = arena_copy(arena, pattern);
    for (char *c = text; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return text_from(text);
}

static Status take_patterns(const ContentRuleEntry *entry, bool are_hosts, Arena *arena, const Text **ret_items,
                            Error *error)
{
    const YamlNode *node = yaml_get(entry->node, are_hosts ? "host" : "path");
    const SchemaTexts *given = are_hosts ? &entry->hosts : &entry->paths;
    Text *items = arena_allocate(arena, given->count * sizeof *items);
    if (!items)
        return no_room(entry->node, error);
    for (size_t i = 0; i < given->count; i++) {
        TRY(are_hosts ? check_host(node, given->items[i], error) : check_path(node, given->items[i], error));
        items[i] = are_hosts ? lower_host(given->items[i], arena) : encode_path(given->items[i], arena);
        if (text_is_null(items[i]))
            return no_room(node, error);
    }
    *ret_items = items;
    return STATUS_OK;
}

Status content_rule_make(const ContentRuleEntry *entry, Arena *arena, ContentRule *ret_rule, Error *error)
{
    ContentRule rule = {
        .path_count = entry->paths.count,
        .host_count = entry->hosts.count,
        .kind = entry->kind,
        .topic = entry->topic,
        .stage = entry->stage,
        .persona = entry->persona,
    };
    bool says_something = rule.kind.data || rule.topic.data || rule.stage.data || rule.persona.data;
    if (!says_something) {
        yaml_error(entry->node, error, "the rule says nothing of what it fits");
        return error_hint(error, "give at least one of 'kind', 'topic', 'stage' and 'persona'");
    }
    TRY(take_patterns(entry, false, arena, &rule.paths, error));
    TRY(take_patterns(entry, true, arena, &rule.hosts, error));
    *ret_rule = rule;
    return STATUS_OK;
}
