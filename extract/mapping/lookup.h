/* A small table in memory, in which fields look things up: `lookups` of a source.
 *
 *     cleanup(lookup_done) Lookup lookup = LOOKUP_INIT;
 *     TRY(lookup_load(&source->lookups[0], takes, take_count, &lookup, error));
 *     Text name = lookup_find(&lookup, TEXT("4711"), 0);      // of the row with that key the first of the takes
 *
 * It is read as a source is, so what holds for columns and values holds here; but a row that cannot be read refuses the
 * whole, since a row that is missing would be missed by nobody.
 */
#ifndef CLOSEDLOOP_EXTRACT_LOOKUP_H
#define CLOSEDLOOP_EXTRACT_LOOKUP_H

#include "common/buffer.h"
#include "common/config/config.h"
#include "common/error.h"
#include "common/hash.h"

#include <stdint.h>

enum { LOOKUP_BYTES_MAX = 32 << 20, LOOKUP_TAKES_MAX = 16 };

typedef struct Lookup {
    Buffer rows;
    uint32_t *table; /* where they begin, by their keys; open addressing */
    uint32_t mask;
    Key digest; /* of the file's bytes */
} Lookup;

#define LOOKUP_INIT                                                                                                    \
    {                                                                                                                  \
        .table = NULL                                                                                                  \
    }

/* Reads the columns of which the texts are the names (paths in NDJSON), at most LOOKUP_TAKES_MAX, which must outlive
 * the lookup. Rows without a key are passed over. ERROR_NO_INPUT if the file is not there; ERROR_DATA, naming the
 * lookup, for one that is too large, that lacks a column, that holds a row that cannot be read, or two rows of one key
 * that say different things, unless the first of them is to count. */
Status lookup_load(const SourceLookup *source, const Text *takes, size_t take_count, Lookup *ret_lookup, Error *error);

/* What the row with that key holds; absent if there is none, and for the absent and empty key. */
Text lookup_find(const Lookup *lookup, Text key, size_t take);

/* May be called on LOOKUP_INIT, and again. */
void lookup_done(Lookup *lookup);

#endif
