#include "load/arrivals.h"

#include "load/cursor.h"

#include <stdlib.h>

static Status take_arrival(void *context, const PgResult *result, size_t row, Error *error)
{
    Arrivals *arrivals = context;
    if (arrivals->count >= arrivals->capacity) {
        size_t capacity = arrivals->capacity ? arrivals->capacity * 2 : 256;
        Arrival *list = reallocarray(arrivals->list, capacity, sizeof *list);
        if (!list)
            return error_no_memory(error);
        arrivals->list = list;
        arrivals->capacity = capacity;
    }
    arrivals->list[arrivals->count++] = (Arrival){
        value_key(pg_value(result, row, 0)), value_key(pg_value(result, row, 1)), value_key(pg_value(result, row, 2)),
        value_bool(pg_value(result, row, 3)), value_bool(pg_value(result, row, 4))};
    return STATUS_OK;
}

Status arrivals_read(Pg *pg, Arrivals *arrivals, Error *error)
{
    return cursor_read(pg,
                       "select arrival_id, channel_id, campaign_id, is_direct, is_of_campaigns "
                       "from pg_temp.journey_arrival order by arrival_no",
                       take_arrival, arrivals, error);
}

Status arrivals_number(const Arrivals *arrivals, Text value, uint32_t *ret_number, Error *error)
{
    uint32_t number = (uint32_t)value_int32(value);
    if (text_is_null(value) || number >= arrivals->count)
        return error_set(error, ERROR_INTERNAL, "a touch has an arrival that is not listed");
    *ret_number = number;
    return STATUS_OK;
}

void arrivals_done(Arrivals *arrivals)
{
    free(arrivals->list);
    *arrivals = ARRIVALS_EMPTY;
}
