#include "common/config/yaml.h"

#include "common/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* The tree is built from libyaml's events and not from yaml_parser_load(): libyaml's own tree has forgotten anchors,
 * the places of aliases, and whether a tag was written, and is finished before its depth could be looked at. */

enum { MAXIMUM_DEPTH = 32, MAXIMUM_SIZE = 1 << 20, READ_SIZE = 64 * 1024 };

/* A sequence or mapping whose end has not come yet. */
typedef struct OpenNode {
    YamlNode *node, *last, *key;
} OpenNode;

typedef struct Builder {
    const char *file;
    Arena *arena;
    YamlNode *root;
    OpenNode open[MAXIMUM_DEPTH];
    size_t depth;
} Builder;

static Status place_error(const char *file, size_t line, size_t column, Error *error, const char *message)
{
    return error_set(error, ERROR_CONFIG, "%s:%zu:%zu: %s", file, line, column, message);
}

static Status event_error(const Builder *builder, const yaml_event_t *event, Error *error, const char *message)
{
    return place_error(builder->file, event->start_mark.line + 1, event->start_mark.column + 1, error, message);
}

static Status too_large(const char *file, Error *error)
{
    return error_set(error, ERROR_CONFIG, "%s: needs more memory than is set aside for a configuration", file);
}

static Status check_duplicates(const Builder *builder, const YamlNode *mapping, Error *error);

/* --- from events to nodes ------------------------------------------------------------------------------------- */

static const char *tag_name(const yaml_char_t *tag)
{
    static const char core[] = "tag:yaml.org,2002:";
    const char *name = (const char *)tag;
    return strncmp(name, core, sizeof core - 1) == 0 ? name + sizeof core - 1 : name;
}

/* A written tag may only say what the value is anyhow, or that a scalar is text. */
static bool is_tag_allowed(const yaml_char_t *tag, YamlKind kind)
{
    static const char *const scalar_tags[] = {"!", "str", "null", "bool", "int", "float"};
    const char *name = tag_name(tag);
    if (kind != YAML_SCALAR)
        return strcmp(name, kind == YAML_SEQUENCE ? "seq" : "map") == 0;
    for (size_t i = 0; i < sizeof scalar_tags / sizeof scalar_tags[0]; i++)
        if (strcmp(name, scalar_tags[i]) == 0)
            return true;
    return false;
}

static bool is_text_tag(const yaml_char_t *tag)
{
    const char *name = tag_name(tag);
    return strcmp(name, "!") == 0 || strcmp(name, "str") == 0;
}

static Status check_properties(const Builder *builder, const yaml_event_t *event, const yaml_char_t *anchor,
                               const yaml_char_t *tag, YamlKind kind, Error *error)
{
    if (anchor) {
        event_error(builder, event, error, "anchors are not allowed");
        return error_hint(error, "remove '&%.64s'", (const char *)anchor);
    }
    if (tag && !is_tag_allowed(tag, kind)) {
        event_error(builder, event, error, "this tag is not allowed here");
        return error_hint(error, "remove '%.64s'", (const char *)tag);
    }
    return STATUS_OK;
}

/* Hangs a node into the innermost open one, as its next key or child. */
static Status attach(Builder *builder, YamlNode *node, Error *error)
{
    if (builder->depth == 0) {
        builder->root = node;
        return STATUS_OK;
    }
    OpenNode *parent = &builder->open[builder->depth - 1];
    if (parent->node->kind == YAML_MAPPING && !parent->key) {
        if (node->kind != YAML_SCALAR || yaml_is_null(node))
            return yaml_error(node, error, "a key must be text, not %s", yaml_describe(node).text);
        parent->key = node;
        return STATUS_OK;
    }
    node->key = parent->key;
    parent->key = NULL;
    if (parent->last)
        parent->last->next = node;
    else
        parent->node->first = node;
    parent->last = node;
    parent->node->count++;
    return STATUS_OK;
}

static Status node_make(Builder *builder, const yaml_event_t *event, YamlKind kind, YamlNode **ret_node, Error *error)
{
    YamlNode *node = arena_allocate(builder->arena, sizeof *node);
    if (!node)
        return too_large(builder->file, error);
    *node = (YamlNode){
        .kind = kind,
        .file = builder->file,
        .line = event->start_mark.line + 1,
        .column = event->start_mark.column + 1,
    };
    *ret_node = node;
    return STATUS_OK;
}

static Status take_scalar(Builder *builder, const yaml_event_t *event, Error *error)
{
    const yaml_char_t *tag = event->data.scalar.tag;
    TRY(check_properties(builder, event, event->data.scalar.anchor, tag, YAML_SCALAR, error));
    Text value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (text_find(value, '\0') < value.size)
        return event_error(builder, event, error, "a text cannot hold the character NUL");
    YamlNode *node;
    TRY(node_make(builder, event, YAML_SCALAR, &node, error));
    node->value = arena_copy_text(builder->arena, value);
    if (!node->value.data)
        return too_large(builder->file, error);
    node->is_plain = tag ? !is_text_tag(tag) : event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return attach(builder, node, error);
}

static Status take_start(Builder *builder, const yaml_event_t *event, YamlKind kind, Error *error)
{
    bool is_mapping = kind == YAML_MAPPING;
    TRY(check_properties(builder, event,
                         is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
                         is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag, kind, error));
    if (builder->depth == MAXIMUM_DEPTH)
        return event_error(builder, event, error, "nested too deeply: 32 levels are allowed");
    YamlNode *node;
    TRY(node_make(builder, event, kind, &node, error));
    TRY(attach(builder, node, error));
    builder->open[builder->depth++] = (OpenNode){.node = node};
    return STATUS_OK;
}

static Status take_event(Builder *builder, const yaml_event_t *event, Error *error)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (builder->root)
            return event_error(builder, event, error, "a second document begins here: only one is allowed");
        return STATUS_OK;
    case YAML_ALIAS_EVENT:
        event_error(builder, event, error, "aliases are not allowed");
        return error_hint(error, "write the value out in place of '*%.64s'", (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        return take_scalar(builder, event, error);
    case YAML_SEQUENCE_START_EVENT:
        return take_start(builder, event, YAML_SEQUENCE, error);
    case YAML_MAPPING_START_EVENT:
        return take_start(builder, event, YAML_MAPPING, error);
    case YAML_SEQUENCE_END_EVENT:
        builder->depth--;
        return STATUS_OK;
    case YAML_MAPPING_END_EVENT:
        builder->depth--;
        return check_duplicates(builder, builder->open[builder->depth].node, error);
    default:
        return STATUS_OK;
    }
}

/* --- duplicate keys ------------------------------------------------------------------------------------------- */

/* Equal keys stand side by side, in the order of the file. */
static int compare_keys(const void *a, const void *b)
{
    const YamlNode *x = (*(const YamlNode *const *)a)->key, *y = (*(const YamlNode *const *)b)->key;
    int order = text_compare(x->value, y->value);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    return order ? order : (x->column > y->column) - (x->column < y->column);
}

/* By sorting, so that a mapping of a hundred thousand keys does not take their square. */
static Status check_duplicates(const Builder *builder, const YamlNode *mapping, Error *error)
{
    if (mapping->count < 2)
        return STATUS_OK;
    const YamlNode **children = arena_allocate(builder->arena, mapping->count * sizeof(const YamlNode *));
    if (!children)
        return too_large(builder->file, error);
    size_t count = 0;
    for (const YamlNode *child = mapping->first; child; child = child->next)
        children[count++] = child;
    qsort(children, count, sizeof *children, compare_keys);
    for (size_t i = 1; i < count; i++) {
        const YamlNode *earlier = children[i - 1]->key, *later = children[i]->key;
        if (!text_equal(earlier->value, later->value))
            continue;
        yaml_error(later, error, "the key %s is given twice", yaml_describe(later).text);
        return error_hint(error, "it was first given in line %zu", earlier->line);
    }
    return STATUS_OK;
}

/* --- the parser ----------------------------------------------------------------------------------------------- */

/* The reader knows its place as a number of bytes only. */
static Status reader_error(const yaml_parser_t *parser, const char *file, Text content, Error *error)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < parser->problem_offset && i < content.size; i++) {
        if (content.data[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)content.data[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    return place_error(file, line, column, error, parser->problem);
}

static Status parser_error(const yaml_parser_t *parser, const char *file, Text content, Error *error)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return error_no_memory(error);
    if (parser->error == YAML_READER_ERROR)
        return reader_error(parser, file, content, error);
    place_error(file, parser->problem_mark.line + 1, parser->problem_mark.column + 1, error, parser->problem);
    if (strcmp(parser->problem, "found character that cannot start any token") == 0)
        error_hint(error, "indent with spaces, not with tabs, and quote a text that begins with a special character");
    else if (parser->context)
        error_hint(error, "%s that begins in line %zu", parser->context, parser->context_mark.line + 1);
    return STATUS_ERROR;
}

static Status build(Builder *builder, yaml_parser_t *parser, Text content, Error *error)
{
    for (bool is_end = false; !is_end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_error(parser, builder->file, content, error);
        is_end = event.type == YAML_STREAM_END_EVENT;
        Status status = take_event(builder, &event, error);
        yaml_event_delete(&event);
        TRY(status);
    }
    return builder->root ? STATUS_OK : place_error(builder->file, 1, 1, error, "the file is empty");
}

Status yaml_parse(Text content, const char *file, Arena *arena, const YamlNode **ret_root, Error *error)
{
    if (content.size > MAXIMUM_SIZE)
        return error_set(error, ERROR_CONFIG, "%s: larger than 1 MiB", file);
    if (text_starts_with(content, TEXT("\xEF\xBB\xBF")))
        content = (Text){content.data + 3, content.size - 3};
    Builder builder = {.file = arena_copy(arena, text_from(file)), .arena = arena};
    if (!builder.file)
        return too_large(file, error);
    cleanup(yaml_parser_delete) yaml_parser_t parser = {0};
    if (!yaml_parser_initialize(&parser))
        return error_no_memory(error);
    /* Without this a byte order mark would choose UTF-16. */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(content.data ? content.data : ""), content.size);
    TRY(build(&builder, &parser, content, error));
    *ret_root = builder.root;
    return STATUS_OK;
}

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

Status yaml_read(const char *path, Arena *arena, const YamlNode **ret_root, Error *error)
{
    cleanup(descriptor_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_CONFIG, errno, "%s", path);
    cleanup(buffer_done) Buffer buffer = buffer_make(MAXIMUM_SIZE + READ_SIZE);
    for (;;) {
        TRY(buffer_reserve(&buffer, READ_SIZE, error));
        ssize_t size = read(descriptor, buffer.data + buffer.size, READ_SIZE);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return error_set_errno(error, ERROR_CONFIG, errno, "%s", path);
        if (size == 0)
            break;
        buffer.size += (size_t)size;
        if (buffer.size > MAXIMUM_SIZE)
            return error_set(error, ERROR_CONFIG, "%s: larger than 1 MiB", path);
    }
    return yaml_parse(buffer_text(&buffer), path, arena, ret_root, error);
}

/* --- looking at the tree -------------------------------------------------------------------------------------- */

const YamlNode *yaml_get(const YamlNode *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (const YamlNode *child = mapping->first; child; child = child->next)
        if (text_is(child->key->value, key))
            return child;
    return NULL;
}

bool yaml_is_null(const YamlNode *node)
{
    return node->kind == YAML_SCALAR && node->is_plain &&
           (node->value.size == 0 || text_is(node->value, "~") || text_is(node->value, "null") ||
            text_is(node->value, "Null") || text_is(node->value, "NULL"));
}

Status yaml_error(const YamlNode *node, Error *error, const char *format, ...)
{
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return place_error(node->file, node->line, node->column, error, message);
}

YamlDescription yaml_describe(const YamlNode *node)
{
    YamlDescription description = {.text = "empty"};
    if (node->kind == YAML_SEQUENCE)
        return (YamlDescription){.text = "a list"};
    if (node->kind == YAML_MAPPING)
        return (YamlDescription){.text = "a mapping"};
    if (yaml_is_null(node))
        return description;
    size_t size = node->value.size, room = sizeof description.text - sizeof "''...";
    bool is_cut = size > room;
    if (is_cut)
        for (size = room; size > 0 && ((unsigned char)node->value.data[size] & 0xC0) == 0x80;)
            size--;
    snprintf(description.text, sizeof description.text, "'%.*s%s'", (int)size, node->value.data, is_cut ? "..." : "");
    return description;
}

bool yaml_file_is_writable_by_others(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}
