/* A whole amount shared out in whole parts by largest remainder: each part is the floor of its exact share, and the
 * units that are left go, one each, to the largest remainders, the first of equals first. In integers throughout, so
 * that the parts add up to the amount exactly and are the same on every machine.
 *
 *     cleanup(apportion_workspace_done) ApportionWorkspace workspace = apportion_workspace_make(1000);
 *     WideShare shares[] = {3, 3, 1};
 *     int64_t cents[3];
 *     TRY(apportion(shares, 3, 100, cents, &workspace, error)); // 43, 43, 14
 */
#ifndef CLOSEDLOOP_LOAD_APPORTION_H
#define CLOSEDLOOP_LOAD_APPORTION_H

#include "common/arena.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 WideShare;

/* The shares of one call add up to less than this. */
#define APPORTION_SUM_CEILING ((WideShare)1 << 126)

/* Memory that serves call after call; one for each thread. */
typedef struct ApportionWorkspace {
    WideShare *remainders;
    uint32_t *heap;
    size_t capacity, ceiling;
} ApportionWorkspace;

/* Takes no memory yet; will never serve more than ceiling shares (at most UINT32_MAX) in one call. */
ApportionWorkspace apportion_workspace_make(size_t ceiling);

/* Room for count shares. ERROR_DATA past the ceiling, ERROR_INTERNAL without memory. */
Status apportion_workspace_reserve(ApportionWorkspace *workspace, size_t count, Error *error);

void apportion_workspace_done(ApportionWorkspace *workspace);

/* Fills ret_parts[0 .. count): non-negative for a positive total; a negative one is shared by its absolute value and
 * then negated. A share of 0 gets 0. ERROR_DATA past the workspace's ceiling; ERROR_INTERNAL without memory, or when
 * the shares are all 0 or add up to APPORTION_SUM_CEILING or more. Time O(count log count) at worst. */
Status apportion(const WideShare *shares, size_t count, int64_t total, int64_t *ret_parts,
                 ApportionWorkspace *workspace, Error *error);

#endif
