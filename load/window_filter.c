#include "load/window_filter.h"

#include "common/time.h"

#include <endian.h>
#include <string.h>

enum {
    ROW_CEILING = 1 << 20, /* a view's columns are keys, numbers and a word */
    REST_CEILING = 4 << 20,
    HEADER_SIZE = 19, /* signature, flags, and the length of an extension that is never there */
};

WindowFilter window_filter_make(size_t time_column, int64_t from_at, int64_t until_at, bool is_within)
{
    return (WindowFilter){.time_column = time_column,
                          .from_at = from_at,
                          .until_at = until_at,
                          .is_within = is_within,
                          .rest = buffer_make(REST_CEILING)};
}

typedef enum RowFound { ROW_WHOLE, ROW_CUT, ROW_TRAILER, ROW_BAD } RowFound;

/* The row at the front: its size and its time. */
static RowFound measure(Text bytes, size_t time_column, size_t *ret_size, int64_t *ret_at)
{
    uint16_t columns;
    size_t offset = sizeof columns;
    bool has_time = false;
    if (bytes.size < offset)
        return ROW_CUT;
    memcpy(&columns, bytes.data, sizeof columns);
    columns = be16toh(columns);
    if (columns == UINT16_MAX)
        return ROW_TRAILER;
    for (size_t i = 0; i < columns; i++) {
        uint32_t size;
        uint64_t at;
        if (bytes.size - offset < sizeof size)
            return ROW_CUT;
        memcpy(&size, bytes.data + offset, sizeof size);
        size = be32toh(size);
        offset += sizeof size;
        if (size == UINT32_MAX)
            continue;
        if (size > ROW_CEILING)
            return ROW_BAD;
        if (bytes.size - offset < size)
            return ROW_CUT;
        if (i == time_column && size == sizeof at) {
            memcpy(&at, bytes.data + offset, sizeof at);
            *ret_at = (int64_t)be64toh(at) - time_to_postgres(0);
            has_time = true;
        }
        offset += size;
    }
    *ret_size = offset;
    return has_time ? ROW_WHOLE : ROW_BAD;
}

/* Rows that pass side by side go in one piece. */
static Status pass(WindowFilter *filter, Pg *pg, Text bytes, size_t *ret_used, Error *error)
{
    size_t run = 0, used = 0, size = 0;
    int64_t at = 0;
    RowFound found;
    while ((found = measure((Text){bytes.data + used, bytes.size - used}, filter->time_column, &size, &at)) ==
           ROW_WHOLE) {
        bool is_within = at >= filter->from_at && at <= filter->until_at;
        if (is_within != filter->is_within) {
            if (run < used)
                TRY(pg_copy_write(pg, (Text){bytes.data + run, used - run}, error));
            run = used + size;
        }
        used += size;
    }
    if (found == ROW_TRAILER) {
        filter->is_done = true;
        used += sizeof(uint16_t);
    }
    if (run < used)
        TRY(pg_copy_write(pg, (Text){bytes.data + run, used - run}, error));
    if (found == ROW_BAD || (found == ROW_CUT && bytes.size - used > ROW_CEILING))
        return error_set(error, ERROR_DATA, "this is no file of views");
    *ret_used = used;
    return STATUS_OK;
}

Status window_filter_take(void *context, Pg *pg, Text block, Error *error)
{
    WindowFilter *filter = context;
    if (filter->is_done)
        return STATUS_OK;
    TRY(buffer_append(&filter->rest, block, error));
    Text bytes = buffer_text(&filter->rest);
    size_t used = 0;
    if (!filter->has_header) {
        if (bytes.size < HEADER_SIZE)
            return STATUS_OK;
        TRY(pg_copy_write(pg, (Text){bytes.data, HEADER_SIZE}, error));
        filter->has_header = true;
        bytes = (Text){bytes.data + HEADER_SIZE, bytes.size - HEADER_SIZE};
    }
    TRY(pass(filter, pg, bytes, &used, error));
    Text rest = {bytes.data + used, bytes.size - used};
    memmove(filter->rest.data, rest.data, rest.size);
    filter->rest.size = rest.size;
    return STATUS_OK;
}

void window_filter_done(WindowFilter *filter)
{
    buffer_done(&filter->rest);
}
