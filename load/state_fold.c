#include "load/state_fold.h"

#include <stdbool.h>
#include <stdlib.h>

/* An item or a group, to be put in order of use. */
typedef struct Ranked {
    int64_t journeys;
    uint32_t number;
} Ranked;

typedef struct Group {
    int64_t journeys; /* sum over its folded items */
    JourneyState state;
    bool is_folding; /* an item without a state of its own belongs to it */
} Group;

typedef struct Folding {
    const ItemUse *uses;
    Ranked *ranked; /* the used items, most used first */
    bool *is_kept;  /* by item: it has a state of its own */
    Group *groups;
    size_t group_count, folding_count;
} Folding;

static void folding_done(Folding *folding)
{
    free(folding->ranked);
    free(folding->is_kept);
    free(folding->groups);
}

void state_fold_done(StateFold *fold)
{
    free(fold->state_of);
    free(fold->states);
    *fold = STATE_FOLD_EMPTY;
}

static int compare_ranked(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;
    if (a->journeys != b->journeys)
        return a->journeys > b->journeys ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static Status allocate(Folding *folding, StateFold *fold, size_t item_count, Error *error)
{
    folding->ranked = calloc(item_count + folding->group_count + 1, sizeof *folding->ranked);
    folding->is_kept = calloc(item_count + 1, sizeof *folding->is_kept);
    folding->groups = calloc(folding->group_count + 1, sizeof *folding->groups);
    fold->state_of = calloc(item_count + 1, sizeof *fold->state_of);
    fold->states = calloc(item_count + 1, sizeof *fold->states);
    bool is_complete = folding->ranked && folding->is_kept && folding->groups && fold->state_of && fold->states;
    return is_complete ? STATUS_OK : error_no_memory(error);
}

/* As many as possible keep their own: from all items down, since each that folds adds its group once. */
static void choose_kept(Folding *folding, const StateFold *fold, size_t state_max)
{
    size_t kept = fold->used_count;
    while (kept > 0 && kept + folding->folding_count > state_max) {
        kept--;
        const Ranked *item = &folding->ranked[kept];
        Group *group = &folding->groups[folding->uses[item->number].group];
        folding->folding_count += !group->is_folding;
        group->is_folding = true;
        group->journeys += item->journeys;
    }
    for (size_t i = 0; i < kept; i++)
        folding->is_kept[folding->ranked[i].number] = true;
}

static void add_state(StateFold *fold, FoldedKind kind, uint32_t number)
{
    fold->states[fold->state_count++] = (FoldedState){.kind = kind, .number = number};
}

/* The groups that fold get states by number; with too many of them the least used share one, after all others. */
static void number_groups(Folding *folding, StateFold *fold, size_t state_max)
{
    size_t ranked_count = 0;
    for (size_t i = 0; i < folding->group_count; i++) {
        if (folding->groups[i].is_folding)
            folding->ranked[ranked_count++] = (Ranked){folding->groups[i].journeys, (uint32_t)i};
    }
    size_t room = state_max - fold->state_count;
    if (ranked_count > room) {
        qsort(folding->ranked, ranked_count, sizeof *folding->ranked, compare_ranked);
        for (size_t i = room - 1; i < ranked_count; i++)
            folding->groups[folding->ranked[i].number].is_folding = false;
    }
    for (size_t i = 0; i < folding->group_count; i++) {
        folding->groups[i].state = (JourneyState)fold->state_count;
        if (folding->groups[i].is_folding)
            add_state(fold, FOLDED_GROUP, (uint32_t)i);
    }
    if (ranked_count > room) {
        for (size_t i = 0; i < folding->group_count; i++) {
            if (!folding->groups[i].is_folding)
                folding->groups[i].state = (JourneyState)fold->state_count;
        }
        add_state(fold, FOLDED_REST, 0);
    }
}

static void number_states(Folding *folding, StateFold *fold, size_t state_max)
{
    for (size_t i = 0; i < fold->item_count; i++) {
        fold->state_of[i] = JOURNEY_STATE_UNKNOWN;
        if (folding->is_kept[i]) {
            fold->state_of[i] = (JourneyState)fold->state_count;
            add_state(fold, FOLDED_ITEM, (uint32_t)i);
        }
    }
    if (folding->folding_count > 0)
        number_groups(folding, fold, state_max);
    for (size_t i = 0; i < fold->item_count; i++) {
        if (folding->uses[i].journeys <= 0)
            continue;
        if (!folding->is_kept[i]) {
            fold->state_of[i] = folding->groups[folding->uses[i].group].state;
            fold->folded_count++;
        }
        fold->states[fold->state_of[i]].items++;
    }
}

Status state_fold_make(const ItemUse *uses, size_t item_count, size_t state_max, StateFold *ret_fold, Error *error)
{
    cleanup(folding_done) Folding folding = {.uses = uses};
    cleanup(state_fold_done) StateFold fold = {.item_count = item_count};
    if (state_max == 0 || item_count > JOURNEY_STATES_MAX)
        return error_set(error, ERROR_INTERNAL, "%zu items cannot fold into %zu states", item_count, state_max);
    for (size_t i = 0; i < item_count; i++) {
        if (uses[i].group >= JOURNEY_STATES_MAX)
            return error_set(error, ERROR_INTERNAL, "the group of item %zu is past the ceiling", i);
        if (uses[i].group >= folding.group_count)
            folding.group_count = uses[i].group + 1;
    }
    TRY(allocate(&folding, &fold, item_count, error));
    for (size_t i = 0; i < item_count; i++) {
        if (uses[i].journeys > 0)
            folding.ranked[fold.used_count++] = (Ranked){uses[i].journeys, (uint32_t)i};
    }
    qsort(folding.ranked, fold.used_count, sizeof *folding.ranked, compare_ranked);
    choose_kept(&folding, &fold, state_max);
    number_states(&folding, &fold, state_max);
    *ret_fold = fold;
    fold = STATE_FOLD_EMPTY;
    return STATUS_OK;
}
