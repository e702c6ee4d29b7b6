#include "load/state_sets.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 64 };

StateSets state_sets_make(size_t set_max)
{
    return (StateSets){.set_max = set_max < UINT32_MAX - 1 ? set_max : UINT32_MAX - 1};
}

void state_sets_done(StateSets *sets)
{
    free(sets->sets);
    free(sets->members);
    free(sets->slots);
    free(sets->sorted);
    *sets = state_sets_make(sets->set_max);
}

/* splitmix64 */
uint64_t state_hash(JourneyState state)
{
    uint64_t value = (state + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

static Status reserve(void **memory, size_t *capacity, size_t needed, size_t size, Error *error)
{
    if (needed <= *capacity)
        return STATUS_OK;
    size_t grown = *capacity ? *capacity * 2 : 64;
    while (grown < needed)
        grown *= 2;
    void *moved = reallocarray(*memory, grown, size);
    if (!moved)
        return error_no_memory(error);
    *memory = moved;
    *capacity = grown;
    return STATUS_OK;
}

static int compare_states(const void *left, const void *right)
{
    JourneyState a = *(const JourneyState *)left, b = *(const JourneyState *)right;
    return a < b ? -1 : a > b;
}

/* Fills sets->sorted with the distinct states of a journey, in order. */
static Status sort_states(StateSets *sets, const JourneyState *states, size_t touch_count, size_t *ret_size,
                          Error *error)
{
    void *sorted = sets->sorted;
    TRY(reserve(&sorted, &sets->sorted_capacity, touch_count, sizeof *sets->sorted, error));
    sets->sorted = sorted;
    size_t size = 0;
    for (size_t i = 0; i < touch_count; i++) {
        if (states[i] >= JOURNEY_STATES_MAX)
            return error_set(error, ERROR_INTERNAL, "touch %zu has a state past the ceiling", i + 1);
        if (size == 0 || states[i] != sets->sorted[size - 1])
            sets->sorted[size++] = states[i];
    }
    if (size > 1)
        qsort(sets->sorted, size, sizeof *sets->sorted, compare_states);
    size_t distinct = 0;
    for (size_t i = 0; i < size; i++) {
        if (distinct == 0 || sets->sorted[i] != sets->sorted[distinct - 1])
            sets->sorted[distinct++] = sets->sorted[i];
    }
    *ret_size = distinct;
    return STATUS_OK;
}

/* The slot that holds the sorted journey's set, or the free one where it would go. */
static uint32_t *find_slot(const StateSets *sets, uint64_t hash, size_t size)
{
    for (size_t at = hash & (sets->slot_count - 1);; at = (at + 1) & (sets->slot_count - 1)) {
        uint32_t number = sets->slots[at];
        if (number == 0)
            return &sets->slots[at];
        const StateSet *set = &sets->sets[number - 1];
        if (set->hash == hash && set->size == size &&
            (size == 0 || memcmp(sets->members + set->first, sets->sorted, size * sizeof *sets->sorted) == 0))
            return &sets->slots[at];
    }
}

static Status grow_slots(StateSets *sets, Error *error)
{
    if (sets->slot_count > 0 && sets->count < sets->slot_count / 2)
        return STATUS_OK;
    size_t slot_count = sets->slot_count ? sets->slot_count * 2 : SLOTS_MIN;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return error_no_memory(error);
    for (size_t i = 0; i < sets->count; i++) {
        size_t at = sets->sets[i].hash & (slot_count - 1);
        while (slots[at] != 0)
            at = (at + 1) & (slot_count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(sets->slots);
    sets->slots = slots;
    sets->slot_count = slot_count;
    return STATUS_OK;
}

static Status add_set(StateSets *sets, uint64_t hash, size_t size, uint32_t *slot, Error *error)
{
    if (sets->count >= sets->set_max || size > STATE_SETS_MEMBERS_MAX - sets->member_count)
        return error_set(error, ERROR_DATA, "the journeys hold more than the %zu different sets of states allowed",
                         sets->count);
    void *grown = sets->sets;
    TRY(reserve(&grown, &sets->capacity, sets->count + 1, sizeof *sets->sets, error));
    sets->sets = grown;
    void *members = sets->members;
    TRY(reserve(&members, &sets->member_capacity, sets->member_count + size, sizeof *sets->members, error));
    sets->members = members;
    for (size_t i = 0; i < size; i++)
        sets->members[sets->member_count + i] = sets->sorted[i];
    if (size > 0 && sets->sorted[size - 1] >= sets->state_count)
        sets->state_count = sets->sorted[size - 1] + (size_t)1;
    sets->sets[sets->count] = (StateSet){.hash = hash, .first = sets->member_count, .size = size};
    sets->member_count += size;
    *slot = (uint32_t)++sets->count;
    return STATUS_OK;
}

Status state_sets_add(StateSets *sets, const JourneyState *states, size_t touch_count, JourneyOutcome outcome,
                      int64_t times, size_t *ret_set, Error *error)
{
    if (times < 1 || times > INT32_MAX)
        return error_set(error, ERROR_INTERNAL, "a journey cannot count %lld times", (long long)times);
    if (sets->journeys >= OUTCOME_COUNT_MAX - times)
        return error_set(error, ERROR_DATA, "the journeys are more than can be counted");
    size_t size = 0;
    TRY(sort_states(sets, states, touch_count, &size, error));
    TRY(grow_slots(sets, error));
    uint64_t hash = 0;
    for (size_t i = 0; i < size; i++)
        hash ^= state_hash(sets->sorted[i]);
    uint32_t *slot = find_slot(sets, hash, size);
    if (*slot == 0)
        TRY(add_set(sets, hash, size, slot, error));
    StateSet *set = &sets->sets[*slot - 1];
    set->journeys.won += outcome == JOURNEY_WON ? times : 0;
    set->journeys.lost += outcome == JOURNEY_LOST ? times : 0;
    sets->journeys += times;
    if (ret_set)
        *ret_set = *slot - 1;
    return STATUS_OK;
}

static bool is_all_marked(const JourneyState *members, size_t size, const bool *is_marked)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_marked[members[i]])
            return false;
    }
    return true;
}

size_t state_sets_find(const StateSets *sets, uint64_t hash, size_t size, const bool *is_marked)
{
    if (sets->slot_count == 0)
        return STATE_SETS_NONE;
    for (size_t at = hash & (sets->slot_count - 1);; at = (at + 1) & (sets->slot_count - 1)) {
        uint32_t number = sets->slots[at];
        if (number == 0)
            return STATE_SETS_NONE;
        const StateSet *set = &sets->sets[number - 1];
        if (set->hash == hash && set->size == size && is_all_marked(sets->members + set->first, size, is_marked))
            return number - 1;
    }
}
