/* A YAML file as a small read-only tree, read strictly: one document in UTF-8 of at most 1 MiB, nested at most 32
 * deep; anchors, aliases, duplicate keys, keys that are not text, NUL, and tags other than the core schema's are
 * refused.
 *
 *     const YamlNode *root;
 *     TRY(yaml_read("closedloop.yaml", &arena, &root, error));
 *     const YamlNode *sources = yaml_get(root, "sources");
 *     for (const YamlNode *item = sources ? sources->first : NULL; item; item = item->next)
 *         if (item->kind != YAML_MAPPING)
 *             return yaml_error(item, error, "a source must be a mapping");
 *
 * What a value means (a number, a duration, a list of mappings) is the business of common/schema.
 */
#ifndef CLOSEDLOOP_COMMON_YAML_H
#define CLOSEDLOOP_COMMON_YAML_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

typedef enum YamlKind {
    YAML_SCALAR,
    YAML_SEQUENCE,
    YAML_MAPPING,
} YamlKind;

typedef struct YamlNode YamlNode;

struct YamlNode {
    YamlKind kind;
    bool is_plain;         /* a scalar without quotes: may be a number, a boolean or null; others are text */
    Text value;            /* of a scalar; valid UTF-8, holds no NUL, and is followed by one */
    const YamlNode *key;   /* in a mapping: the scalar before the colon; NULL elsewhere */
    const YamlNode *first; /* of a sequence or mapping: its first child, in the order of the file */
    const YamlNode *next;  /* the child after this one */
    size_t count;          /* of children */
    const char *file;      /* for messages */
    size_t line, column;   /* from 1; columns count characters */
};

/* Reads a file into the arena, where it stays. ERROR_CONFIG with "FILE:LINE:COLUMN: ..." for what it says, with the
 * system's words if it cannot be read (ERROR_PERMISSION if it may not). An empty file is an error. */
Status yaml_read(const char *path, Arena *arena, const YamlNode **ret_root, Error *error);

/* The same for text in memory; `file` is its name in messages, and is copied. */
Status yaml_parse(Text content, const char *file, Arena *arena, const YamlNode **ret_root, Error *error);

/* The value of a key, or NULL: there is none, or the node is not a mapping. */
const YamlNode *yaml_get(const YamlNode *mapping, const char *key);

/* A plain null, Null, NULL, ~ or nothing at all. */
bool yaml_is_null(const YamlNode *node);

/* Sets ERROR_CONFIG "FILE:LINE:COLUMN: message" for the place of the node; returns STATUS_ERROR. */
Status yaml_error(const YamlNode *node, Error *error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What a node is, for "must be a number, not %s": "a list", "a mapping", "empty", or its quoted text, cut if long. */
typedef struct YamlDescription {
    char text[80];
} YamlDescription;

YamlDescription yaml_describe(const YamlNode *node);

/* Its group or everybody may write to it: what it says may be somebody else's, and the caller warns. False if the file
 * is not there. */
bool yaml_file_is_writable_by_others(const char *path);

#endif
