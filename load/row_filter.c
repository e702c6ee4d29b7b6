#include "load/row_filter.h"

#include "common/time.h"

#include <endian.h>
#include <string.h>

enum {
    ROW_CEILING = 8 << 20, /* what transform writes */
    REST_CEILING = 2 * ROW_CEILING,
    HEADER_SIZE = 19, /* signature, flags, and the length of an extension that is never there */
};

RowFilter row_filter_make(void)
{
    return (RowFilter){.rest = buffer_make(REST_CEILING)};
}

void row_filter_number(RowFilter *filter, const int32_t *numbers, size_t count)
{
    filter->numbers = numbers;
    filter->number_count = count;
}

void row_filter_window(RowFilter *filter, size_t time_column, int64_t from_at, int64_t until_at, bool is_within)
{
    filter->has_window = true;
    filter->time_column = time_column;
    filter->from_at = from_at;
    filter->until_at = until_at;
    filter->is_within = is_within;
}

typedef enum RowFound { ROW_WHOLE, ROW_CUT, ROW_TRAILER, ROW_BAD } RowFound;

/* The row at the front. */
typedef struct Row {
    size_t size;
    int64_t at;  /* of the time column */
    char *last;  /* the last value, if it is of four bytes */
    bool has_at; /* the time column is there */
} Row;

static uint32_t read_uint32(const char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return be32toh(value);
}

static void note_value(const RowFilter *filter, size_t column, char *value, uint32_t size, Row *row)
{
    uint64_t at;
    row->last = size == sizeof(int32_t) ? value : NULL;
    if (!filter->has_window || column != filter->time_column || size != sizeof at)
        return;
    memcpy(&at, value, sizeof at);
    row->at = (int64_t)be64toh(at) - time_to_postgres(0);
    row->has_at = true;
}

static RowFound measure(const RowFilter *filter, char *bytes, size_t size, Row *ret_row)
{
    uint16_t columns;
    size_t offset = sizeof columns;
    Row row = {.has_at = false};
    if (size < offset)
        return ROW_CUT;
    memcpy(&columns, bytes, sizeof columns);
    columns = be16toh(columns);
    if (columns == UINT16_MAX)
        return ROW_TRAILER;
    for (size_t i = 0; i < columns; i++) {
        if (size - offset < sizeof(uint32_t))
            return ROW_CUT;
        uint32_t length = read_uint32(bytes + offset);
        offset += sizeof length;
        row.last = NULL;
        if (length == UINT32_MAX)
            continue;
        if (length > ROW_CEILING)
            return ROW_BAD;
        if (size - offset < length)
            return ROW_CUT;
        note_value(filter, i, bytes + offset, length, &row);
        offset += length;
    }
    row.size = offset;
    *ret_row = row;
    return filter->has_window && !row.has_at ? ROW_BAD : ROW_WHOLE;
}

/* Puts the batch's number into the row. */
static bool is_wanted_member(const RowFilter *filter, const Row *row, bool *ret_is_wanted)
{
    if (!filter->numbers)
        return *ret_is_wanted = true;
    uint32_t member = row->last ? read_uint32(row->last) : UINT32_MAX;
    if (member >= filter->number_count)
        return false;
    uint32_t number = htobe32((uint32_t)filter->numbers[member]);
    memcpy(row->last, &number, sizeof number);
    *ret_is_wanted = number != 0;
    return true;
}

static bool is_wanted_time(const RowFilter *filter, const Row *row)
{
    return !filter->has_window || (row->at >= filter->from_at && row->at <= filter->until_at) == filter->is_within;
}

/* Rows that pass side by side go in one piece. */
static Status pass(RowFilter *filter, Pg *pg, char *bytes, size_t size, size_t *ret_used, Error *error)
{
    size_t run = 0, used = 0;
    Row row;
    RowFound found;
    while ((found = measure(filter, bytes + used, size - used, &row)) == ROW_WHOLE) {
        bool is_wanted;
        if (!is_wanted_member(filter, &row, &is_wanted))
            return error_set(error, ERROR_DATA, "a row is of no member of the bundle");
        if (!is_wanted || !is_wanted_time(filter, &row)) {
            if (run < used)
                TRY(pg_copy_write(pg, (Text){bytes + run, used - run}, error));
            run = used + row.size;
        }
        used += row.size;
        filter->rows++;
    }
    if (found == ROW_TRAILER) {
        filter->is_done = true;
        used += sizeof(uint16_t);
    }
    if (run < used)
        TRY(pg_copy_write(pg, (Text){bytes + run, used - run}, error));
    if (found == ROW_BAD || (found == ROW_CUT && size - used > ROW_CEILING))
        return error_set(error, ERROR_DATA, "this is no file of such rows");
    *ret_used = used;
    return STATUS_OK;
}

Status row_filter_take(void *context, Pg *pg, Text block, Error *error)
{
    RowFilter *filter = context;
    if (filter->is_done)
        return STATUS_OK;
    TRY(buffer_append(&filter->rest, block, error));
    char *bytes = filter->rest.data;
    size_t size = filter->rest.size, used = 0;
    if (!filter->has_header) {
        if (size < HEADER_SIZE)
            return STATUS_OK;
        TRY(pg_copy_write(pg, (Text){bytes, HEADER_SIZE}, error));
        filter->has_header = true;
        bytes += HEADER_SIZE;
        size -= HEADER_SIZE;
    }
    TRY(pass(filter, pg, bytes, size, &used, error));
    memmove(filter->rest.data, bytes + used, size - used);
    filter->rest.size = size - used;
    return STATUS_OK;
}

void row_filter_done(RowFilter *filter)
{
    buffer_done(&filter->rest);
}
