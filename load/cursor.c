#include "load/cursor.h"

#include "common/buffer.h"

#include <endian.h>

enum { QUERY_CEILING = 1 << 20 };

Status cursor_read(Pg *pg, const char *query, CursorTake take, void *context, Error *error)
{
    cleanup(buffer_done) Buffer declare = buffer_make(QUERY_CEILING);
    TRY(buffer_printf(&declare, error, "declare reader no scroll cursor for %s", query));
    TRY(pg_execute(pg, declare.data, error));
    for (;;) {
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query_binary(pg, "fetch 20000 from reader", &result, error));
        if (result.row_count == 0)
            break;
        for (size_t row = 0; row < result.row_count; row++)
            TRY(take(context, &result, row, error));
    }
    return pg_execute(pg, "close reader", error);
}

int64_t value_int64(Text value)
{
    uint64_t bits = 0;
    if (value.size == sizeof bits)
        memcpy(&bits, value.data, sizeof bits);
    return (int64_t)be64toh(bits);
}

int32_t value_int32(Text value)
{
    uint32_t bits = 0;
    if (value.size == sizeof bits)
        memcpy(&bits, value.data, sizeof bits);
    return (int32_t)be32toh(bits);
}

bool value_bool(Text value)
{
    return value.size == 1 && value.data[0];
}

Key value_key(Text value)
{
    Key key = {{0}};
    if (value.size == sizeof key.bytes)
        memcpy(key.bytes, value.data, sizeof key.bytes);
    return key;
}
