/* The columns that all tables of versions begin with: key, ordinal, digest, is_deleted, updated_at. The digest is that
 * of the version's own values, so that one which says nothing new is known by it.
 *
 *     size_t place = version_row_begin(writer, &(VersionRow){.key = deal_id, .ordinal = ordinal});
 *     ... the record's own columns ...
 *     TRY(version_row_end(writer, place, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_VERSION_ROW_H
#define CLOSEDLOOP_TRANSFORM_VERSION_ROW_H

#include "transform/copy_writer.h"

typedef struct VersionRow {
    Key key;
    int64_t ordinal;
    bool is_deleted;
    const int64_t *updated_at; /* NULL: absent */
} VersionRow;

static inline size_t version_row_begin(CopyWriter *writer, const VersionRow *row)
{
    copy_row_begin(writer);
    copy_put_uuid(writer, &row->key);
    copy_put_bigint(writer, row->ordinal);
    size_t place = copy_put_digest(writer);
    copy_put_boolean(writer, row->is_deleted);
    if (row->updated_at)
        copy_put_timestamp(writer, *row->updated_at);
    else
        copy_put_null(writer);
    return place;
}

static inline Status version_row_end(CopyWriter *writer, size_t place, Error *error)
{
    copy_fill_digest(writer, place);
    return copy_row_end(writer, error);
}

#endif
