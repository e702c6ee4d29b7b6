#include "load/apportion.h"

#include <stdlib.h>

static const WideShare WIDE_MAX = ~(WideShare)0;

ApportionWorkspace apportion_workspace_make(size_t ceiling)
{
    return (ApportionWorkspace){.ceiling = ceiling < UINT32_MAX ? ceiling : UINT32_MAX};
}

void apportion_workspace_done(ApportionWorkspace *workspace)
{
    free(workspace->remainders);
    free(workspace->heap);
    *workspace = (ApportionWorkspace){.ceiling = workspace->ceiling};
}

Status apportion_workspace_reserve(ApportionWorkspace *workspace, size_t count, Error *error)
{
    if (count <= workspace->capacity)
        return STATUS_OK;
    if (count > workspace->ceiling)
        return error_set(error, ERROR_DATA, "%zu shares are more than the %zu allowed", count, workspace->ceiling);
    size_t capacity = workspace->capacity < 64 ? 64 : workspace->capacity;
    while (capacity < count)
        capacity *= 2;
    apportion_workspace_done(workspace);
    workspace->remainders = malloc(capacity * sizeof *workspace->remainders);
    workspace->heap = malloc(capacity * sizeof *workspace->heap);
    if (!workspace->remainders || !workspace->heap) {
        apportion_workspace_done(workspace);
        return error_no_memory(error);
    }
    workspace->capacity = capacity;
    return STATUS_OK;
}

/* Quotient and remainder of share * total / sum where the product does not fit: long division, bit by bit of the
 * total. The running remainder stays below the sum, and so below 2^126, and doubling it and adding share <= sum cannot
 * overflow. */
static uint64_t divide_long(WideShare share, uint64_t total, WideShare sum, WideShare *ret_remainder)
{
    uint64_t quotient = 0;
    WideShare remainder = 0;
    for (int bit = 63; bit >= 0; bit--) {
        quotient *= 2;
        remainder *= 2;
        if (total >> bit & 1)
            remainder += share;
        while (remainder >= sum) {
            remainder -= sum;
            quotient++;
        }
    }
    *ret_remainder = remainder;
    return quotient;
}

/* Three widths of the same division: most journeys need 64 bits, which are ten times as fast as 128. */
static uint64_t divide(WideShare share, uint64_t total, WideShare sum, WideShare *ret_remainder)
{
    if (total == 0) {
        *ret_remainder = 0;
        return 0;
    }
    if (sum <= UINT64_MAX / total) {
        uint64_t product = (uint64_t)share * total;
        *ret_remainder = product % (uint64_t)sum;
        return product / (uint64_t)sum;
    }
    if (sum <= WIDE_MAX / total) {
        WideShare product = share * total;
        WideShare quotient = product / sum;
        *ret_remainder = product - quotient * sum;
        return (uint64_t)quotient;
    }
    return divide_long(share, total, sum, ret_remainder);
}

/* The order in which units are given: the larger remainder first, then the earlier share. Total, so that the result
 * does not depend on how it is found. */
static bool is_before(const WideShare *remainders, uint32_t a, uint32_t b)
{
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
}

static void sift_down(const WideShare *remainders, uint32_t *heap, size_t size, size_t at)
{
    uint32_t moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && is_before(remainders, heap[child + 1], heap[child]))
            child++;
        if (!is_before(remainders, heap[child], moved))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* A heap of all, of which only as many are drawn as there are units: no recursion, no bad case. What is drawn never
 * has the remainder 0, since more shares have one than there are units left. */
static void give_left(ApportionWorkspace *workspace, size_t count, uint64_t left, uint64_t *parts)
{
    uint32_t *heap = workspace->heap;
    for (size_t i = 0; i < count; i++)
        heap[i] = (uint32_t)i;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(workspace->remainders, heap, count, i);
    for (size_t size = count; left > 0; left--) {
        parts[heap[0]]++;
        heap[0] = heap[--size];
        sift_down(workspace->remainders, heap, size, 0);
    }
}

/* The shares all get the floor; returns how many units are left, fewer than there are shares. */
static uint64_t give_floors(const WideShare *shares, size_t count, WideShare sum, uint64_t total, uint64_t *parts,
                            WideShare *remainders)
{
    uint64_t left = total;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && shares[i] == shares[i - 1]) {
            parts[i] = parts[i - 1];
            remainders[i] = remainders[i - 1];
        } else {
            parts[i] = divide(shares[i], total, sum, &remainders[i]);
        }
        left -= parts[i];
    }
    return left;
}

Status apportion(const WideShare *shares, size_t count, int64_t total, int64_t *ret_parts,
                 ApportionWorkspace *workspace, Error *error)
{
    WideShare sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (shares[i] >= APPORTION_SUM_CEILING - sum)
            return error_set(error, ERROR_INTERNAL, "the shares of an amount add up to too much");
        sum += shares[i];
    }
    if (sum == 0)
        return error_set(error, ERROR_INTERNAL, "an amount cannot be shared by shares that are all zero");
    TRY(apportion_workspace_reserve(workspace, count, error));
    uint64_t magnitude = total < 0 ? 0 - (uint64_t)total : (uint64_t)total;
    uint64_t *parts = (uint64_t *)ret_parts;
    uint64_t left = give_floors(shares, count, sum, magnitude, parts, workspace->remainders);
    if (left > 0)
        give_left(workspace, count, left, parts);
    if (total < 0) {
        for (size_t i = 0; i < count; i++)
            parts[i] = 0 - parts[i];
    }
    return STATUS_OK;
}
