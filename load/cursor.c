#include "load/cursor.h"

#include "common/buffer.h"
#include "common/time.h"
#include "load/embedded.h"

#include <endian.h>

enum { QUERY_CEILING = 1 << 20 };

/* Few enough for what lies between server and client to hold them, so that the server goes on while we work. */
static const char fetch[] = "fetch 1000 from reader";

Status cursor_read(Pg *pg, const char *query, CursorTake take, void *context, Error *error)
{
    cleanup(buffer_done) Buffer declare = buffer_make(QUERY_CEILING);
    TRY(buffer_printf(&declare, error, "declare reader no scroll cursor for %s", query));
    TRY(pg_execute(pg, declare.data, error));
    TRY(pg_ask_binary(pg, fetch, error));
    for (;;) {
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_answer(pg, &result, error));
        if (result.row_count == 0)
            break;
        TRY(pg_ask_binary(pg, fetch, error));
        for (size_t row = 0; row < result.row_count; row++)
            TRY(take(context, &result, row, error));
    }
    return pg_execute(pg, "close reader", error);
}

Status cursor_read_file(Pg *pg, const char *name, CursorTake take, void *context, Error *error)
{
    for (size_t i = 0; i < embedded_file_count; i++)
        if (strcmp(embedded_files[i].name, name) == 0)
            return cursor_read(pg, embedded_files[i].text, take, context, error);
    return error_set(error, ERROR_INTERNAL, "there is no sql/%s", name);
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

int64_t value_time(Text value)
{
    return value_int64(value) - time_to_postgres(0);
}

Key value_key(Text value)
{
    Key key = {{0}};
    if (value.size == sizeof key.bytes)
        memcpy(key.bytes, value.data, sizeof key.bytes);
    return key;
}

/* PostgreSQL's array: dimensions, whether it holds nulls, type, then length and lower bound of the one dimension; each
 * element with its size, which is -1 for null. */
int64_t value_element(Text array, int number)
{
    enum { HEAD = 12, DIMENSION = 8, SIZE = 4 };
    const char *at = array.data, *end = at + array.size;
    if (array.size < HEAD + DIMENSION || value_int32((Text){at, SIZE}) != 1 ||
        number > value_int32((Text){at + HEAD, SIZE}))
        return 0;
    at += HEAD + DIMENSION;
    for (int i = 1; end - at >= SIZE; i++) {
        int32_t size = value_int32((Text){at, SIZE});
        at += SIZE;
        if (size > end - at)
            return 0;
        if (i == number)
            return size < 0 ? 0 : value_int64((Text){at, (size_t)size});
        at += size < 0 ? 0 : size;
    }
    return 0;
}
