/* The UTC days that hold views, from 1990 on.
 *
 *     cleanup(day_set_done) DaySet days = {0};
 *     TRY(day_set_add(&days, instant, error));
 *     TRY(day_set_list(&days, &arena, &manifest.days, &manifest.day_count, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_DAY_SET_H
#define CLOSEDLOOP_TRANSFORM_DAY_SET_H

#include "common/arena.h"
#include "common/error.h"
#include "common/time.h"

#include <stddef.h>
#include <stdint.h>

#define DAY_SET_LOWEST (INT64_C(7305) * TIME_DAY) /* 1990-01-01T00:00:00Z */

typedef struct DaySet {
    uint8_t *bits; /* of the days since 1990-01-01 */
} DaySet;

/* An instant from DAY_SET_LOWEST to TIME_HIGHEST. */
Status day_set_add(DaySet *days, int64_t instant, Error *error);

/* As days since 1970-01-01, ascending, in the arena. */
Status day_set_list(const DaySet *days, Arena *arena, const int32_t **ret_days, size_t *ret_count, Error *error);

void day_set_done(DaySet *days);

#endif
