/* One entry of the configuration's `sources`. A part of common/config; others read the Source that it makes.
 *
 *     {"sources", SCHEMA_MAPPING_LIST, ..., .schema = &source_schema, .unique = "name"}
 *
 *     TRY(source_make(&entries[i], folder, &arena, &sources[i], error));
 *     TRY(source_digest(&sources[i], &config, &sources[i].mapping_digest, error));
 */
#ifndef CLOSEDLOOP_COMMON_SOURCE_H
#define CLOSEDLOOP_COMMON_SOURCE_H

#include "common/arena.h"
#include "common/config/config.h"
#include "common/config/http_source.h"
#include "common/config/schema.h"
#include "common/config/yaml.h"
#include "common/error.h"

#include <stdint.h>

enum { RECORD_CEILING_MAX = 64 << 20 };

/* The keys as they stand in the file. */
typedef struct SourceEntry {
    const YamlNode *node;
    const char *name, *system, *timezone, *charset;
    int kind, format, mode, parts;
    Text record, base_url, log_format;
    SchemaTexts paths, time_formats, keep_parameters, own_hosts;
    SourceQuery query;
    HttpEntry http;
    SchemaLimit max_rejects, max_deleted;
    char delimiter, quote, decimal, grouping;
    int64_t record_ceiling;
    const YamlNode *header, *each, *fields, *only, *unless, *lookups;
    SchemaItems also;
} SourceEntry;

extern const Schema source_schema;

/* The strict check of one entry, and the Source that it says; relative paths are relative to the folder. All but the
 * mapping digest is set. */
Status source_make(const SourceEntry *entry, const char *folder, Arena *arena, Source *ret_source, Error *error);

/* Over all that decides what a record of the source becomes: everything but its paths, its limits, and how a server is
 * reached; of the configuration what stands before the sources, for views the lists of sites and robots and what is
 * internal too; for addresses of people and domains of accounts the lists of free mail and of public suffixes. */
Status source_digest(const Source *source, const Config *config, Key *ret_digest, Error *error);

/* Checks that the system knows a zone; `node` is where it was written, NULL if it is a default. */
Status source_check_timezone(const char *timezone, const YamlNode *node, Error *error);

#endif
