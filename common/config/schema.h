/* A declarative strict check of a YAML tree: one table says which keys a mapping may have, what each must be, where its
 * value goes, and what it means.
 *
 *     typedef struct Attribution {
 *         int64_t lookback_days;
 *         int model;
 *     } Attribution;
 *
 *     static const SchemaName models[] = {{"linear", MODEL_LINEAR}, {"last_touch", MODEL_LAST_TOUCH}, {0}};
 *     static const SchemaField attribution_fields[] = {
 *         {"lookback_days", SCHEMA_INTEGER, offsetof(Attribution, lookback_days), .default_text = "90",
 *          .minimum = 1, .maximum = 3650, .meaning = "how far back a journey reaches"},
 *         {"model", SCHEMA_ENUM, offsetof(Attribution, model), .default_text = "linear", .names = models,
 *          .meaning = "the model that reports show first"},
 *     };
 *     static const Schema attribution_schema = {attribution_fields, 2, sizeof(Attribution)};
 *
 *     Attribution attribution;
 *     TRY(schema_check(&attribution_schema, yaml_get(root, "attribution"), &arena, &attribution, error));
 *
 * A key whose value is null counts as not given. Every error is ERROR_CONFIG "FILE:LINE:COLUMN: ..."; the hint names
 * the nearest known name, or says what the key means.
 */
#ifndef CLOSEDLOOP_COMMON_SCHEMA_H
#define CLOSEDLOOP_COMMON_SCHEMA_H

#include "common/arena.h"
#include "common/config/yaml.h"
#include "common/error.h"
#include "common/nearest.h"

#include <stdint.h>

/* What a value must be, and as what it is stored. */
typedef enum SchemaType {
    SCHEMA_TEXT,         /* Text: any scalar, as it is written; a NUL follows it */
    SCHEMA_STRING,       /* const char *: the same */
    SCHEMA_IDENTIFIER,   /* const char *: [a-z][a-z0-9_-]*, at most 63 bytes, so that it can name files and tables */
    SCHEMA_CHARACTER,    /* char: one ASCII character; 0 for the empty text "" */
    SCHEMA_BOOL,         /* bool: true or false without quotes */
    SCHEMA_INTEGER,      /* int64_t: without quotes */
    SCHEMA_LIMIT,        /* SchemaLimit: a count (100) or a share (5%, 0.25%) */
    SCHEMA_DURATION,     /* int64_t seconds: a whole number and s, m, h, d or w (8h) */
    SCHEMA_SIZE,         /* int64_t bytes: a whole number and B, KiB, MiB, GiB or TiB (64MiB) */
    SCHEMA_ENUM,         /* int: one of the names */
    SCHEMA_TEXT_LIST,    /* SchemaTexts: a list of texts; a single text is a list of one */
    SCHEMA_TEXT_MAPPING, /* SchemaPairs: a mapping of names to texts, in the order of the file */
    SCHEMA_MAPPING,      /* the sub-schema's struct; if not given its defaults, and its node, if it has one, is NULL */
    SCHEMA_MAPPING_LIST, /* SchemaItems: the sub-schema's structs one after the other */
    SCHEMA_ANY,          /* const YamlNode *: for somebody else to read; NULL if not given */
} SchemaType;

/* The lists may also be stored into two members of one's own that follow each other: a pointer and a size_t. */
typedef struct SchemaTexts {
    const Text *items;
    size_t count;
} SchemaTexts;

typedef struct SchemaPair {
    Text name, value;
    const YamlNode *node; /* of the value, with node->key: for later messages */
} SchemaPair;

typedef struct SchemaPairs {
    const SchemaPair *items;
    size_t count;
} SchemaPairs;

typedef struct SchemaItems {
    const void *items;
    size_t count;
} SchemaItems;

typedef struct SchemaLimit {
    int64_t value; /* a count, or hundredths of a percent: 5% is 500 */
    bool is_percent;
} SchemaLimit;

/* A name that an enum knows; a table of them ends with a NULL name. */
typedef struct SchemaName {
    const char *name;
    int value;
} SchemaName;

typedef struct Schema Schema;

typedef struct SchemaField {
    const char *name;
    SchemaType type;
    size_t offset; /* into the struct */
    bool is_required;
    const char *default_text; /* as a user would write it; NULL: nothing (NULL, 0, false, an empty list) */
    int64_t minimum, maximum; /* both 0: any. Of the number (seconds, bytes, counts); of a text its length in bytes; of
                                 a list the number of its items. Shares are at most 100% anyway */
    const SchemaName *names;  /* of an enum */
    const Schema *schema;     /* of a mapping, and of each of a list of mappings */
    const char *unique;       /* in a list of mappings: the key whose value no two of them may share */
    const char *meaning;      /* one line, for hints and documentation */
} SchemaField;

struct Schema {
    const SchemaField *fields;
    size_t field_count;
    size_t struct_size;
    bool
        has_node; /* the struct begins with a `const YamlNode *`, where the mapping itself is put, for later messages */
};

/* Checks a mapping and fills the struct at ret_struct (struct_size bytes; untouched on failure). A null node is a
 * mapping with no keys; so is NULL, but then nothing is required. Texts stay in the node's tree, lists are made in the
 * arena: both must outlive the struct. */
Status schema_check(const Schema *schema, const YamlNode *node, Arena *arena, void *ret_struct, Error *error);

/* More than `count` of `total`. */
bool schema_limit_is_exceeded(SchemaLimit limit, int64_t count, int64_t total);

#endif
