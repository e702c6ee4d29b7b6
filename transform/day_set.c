#include "transform/day_set.h"

#include <stdlib.h>

enum {
    LOWEST = 7305,    /* 1990-01-01 */
    HIGHEST = 2932896 /* 9999-12-31 */
};

Status day_set_add(DaySet *days, int64_t instant, Error *error)
{
    if (!days->bits)
        days->bits = calloc((HIGHEST - LOWEST) / 8 + 1, 1);
    if (!days->bits)
        return error_no_memory(error);
    size_t day = (size_t)((instant - DAY_SET_LOWEST) / TIME_DAY);
    days->bits[day / 8] |= (uint8_t)(1U << day % 8);
    return STATUS_OK;
}

Status day_set_list(const DaySet *days, Arena *arena, const int32_t **ret_days, size_t *ret_count, Error *error)
{
    size_t count = 0, bytes = days->bits ? (HIGHEST - LOWEST) / 8 + 1 : 0;
    for (size_t i = 0; i < bytes; i++)
        count += (size_t)__builtin_popcount(days->bits[i]);
    int32_t *list = arena_allocate(arena, count * sizeof *list);
    if (!list)
        return error_no_memory(error);
    size_t next = 0;
    for (size_t i = 0; i < bytes; i++)
        for (unsigned bit = 0; bit < 8; bit++)
            if (days->bits[i] >> bit & 1)
                list[next++] = (int32_t)(LOWEST + i * 8 + bit);
    *ret_days = list;
    *ret_count = count;
    return STATUS_OK;
}

void day_set_done(DaySet *days)
{
    free(days->bits);
    days->bits = NULL;
}
