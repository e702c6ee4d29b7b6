/* The contents that a batch's views and costs name, each once, with the newest title that a view showed. What does not
 * fit below the ceiling is written out, and the map begins anew: a content may then come twice.
 *
 *     cleanup(content_map_done) ContentMap contents = content_map_make();
 *     TRY(content_map_note(&contents, &content_id, url, title, viewed_at, &output, error));
 *     ...
 *     TRY(content_map_flush(&contents, &output, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_CONTENT_MAP_H
#define CLOSEDLOOP_TRANSFORM_CONTENT_MAP_H

#include "common/arena.h"
#include "transform/canonical_url.h"
#include "transform/key_map.h"
#include "transform/output.h"

enum { CONTENT_MAP_MAX = 1 << 16, CONTENT_MAP_TEXTS = 16 << 20 };

typedef struct ContentEntry {
    Key content_id;
    Text url, host, path, title;
    int64_t titled_at; /* with a title */
} ContentEntry;

typedef struct ContentMap {
    KeyMap index; /* content_id -> position, a uint64_t */
    ContentEntry *entries;
    size_t count, capacity;
    Arena texts;
} ContentMap;

ContentMap content_map_make(void);

/* A content that is met. An absent title says nothing; of two titles of one instant the lower one stays. */
Status content_map_note(ContentMap *map, const Key *content_id, const CanonicalUrl *url, Text title, int64_t titled_at,
                        Output *output, Error *error);

/* Writes all contents, in the order in which they were met first, and begins anew. */
Status content_map_flush(ContentMap *map, Output *output, Error *error);

void content_map_done(ContentMap *map);

#endif
