/* The load-ready tables and their columns. closedloop-load copies <name>.copy into a table with the types of
 * sql/migrations/0001_facts.sql; the manifest lists the columns.
 *
 *     const LoadTableSpec *spec = load_table_spec(LOAD_DEAL);       // "deal", deal_id, ordinal, digest, ...
 *
 * Each record kind but view has a table of its name, whose rows are versions: <kind>_id, ordinal (its position in the
 * batch), digest (of all that follows), is_deleted, updated_at, and the record's own columns.
 */
#ifndef CLOSEDLOOP_TRANSFORM_TABLE_H
#define CLOSEDLOOP_TRANSFORM_TABLE_H

#include "common/record.h"

#include <stddef.h>

typedef enum LoadTable {
    LOAD_VIEW,
    LOAD_IDENTITY,
    LOAD_LEAD,
    LOAD_ACCOUNT,
    LOAD_DEAL,
    LOAD_DEAL_CONTACT,
    LOAD_DEAL_SPLIT,
    LOAD_ACTIVITY,
    LOAD_CONTENT,
    LOAD_QUESTION,
    LOAD_PROPERTY_CHANGE,
    LOAD_COST,
    LOAD_RATE,
    LOAD_CONTENT_SEEN, /* each content that views and costs of the batch name */
    LOAD_ARRIVAL,      /* each arrival of its views */
    LOAD_PRESENT,      /* snapshots: the keys of rejected records, which are not missing */
    LOAD_REJECT,
    LOAD_TABLE_COUNT,
} LoadTable;

typedef struct LoadTableSpec {
    const char *name;
    const char *const *columns;
    size_t column_count;
} LoadTableSpec;

const LoadTableSpec *load_table_spec(LoadTable table);

/* The table of a kind's records. */
LoadTable load_table_of(RecordKind kind);

#endif
