/* Fewer states than there are items: those that the fewest closed journeys hold fold into a state of their group (of a
 * content: its topic), so that the chain of load/markov.h stays as small as the configuration wants it.
 *
 *     cleanup(state_fold_done) StateFold fold = STATE_FOLD_EMPTY;
 *     TRY(state_fold_make(uses, item_count, 500, &fold, error));
 *     JourneyState state = fold.state_of[item];
 *     if (fold.folded_count > 0) … the report says so
 *
 * As many items as possible keep a state of their own: the most used first, of equals the lower number. Should there be
 * more groups than states, the most used groups have a state each, and all others share the last one. Folding before or
 * after journeys are counted is the same: a step from a state to itself never counts.
 */
#ifndef CLOSEDLOOP_LOAD_STATE_FOLD_H
#define CLOSEDLOOP_LOAD_STATE_FOLD_H

#include "common/arena.h"
#include "common/error.h"
#include "load/journey_state.h"

#include <stddef.h>

typedef struct ItemUse {
    int64_t journeys; /* won and lost ones that hold the item; 0: its state is unknown */
    uint32_t group;   /* below JOURNEY_STATES_MAX; the same for all where there are no groups */
} ItemUse;

typedef enum FoldedKind {
    FOLDED_ITEM,  /* one item, as it is */
    FOLDED_GROUP, /* the items of one group that have no state of their own */
    FOLDED_REST,  /* those of all groups that have none either */
} FoldedKind;

typedef struct FoldedState {
    FoldedKind kind;
    uint32_t number; /* of the item or the group; 0 for the rest */
    size_t items;    /* that it stands for */
} FoldedState;

typedef struct StateFold {
    JourneyState *state_of; /* by item; JOURNEY_STATE_UNKNOWN for one that is in no closed journey */
    FoldedState *states;    /* items by number, then groups by number, then the rest */
    size_t item_count, state_count;
    size_t used_count, folded_count; /* items in closed journeys; those of them without a state of their own */
} StateFold;

#define STATE_FOLD_EMPTY ((StateFold){0})

/* state_max is positive. ERROR_INTERNAL without memory, for state_max 0, or for an item or a group past
 * JOURNEY_STATES_MAX. */
Status state_fold_make(const ItemUse *uses, size_t item_count, size_t state_max, StateFold *ret_fold, Error *error);

void state_fold_done(StateFold *fold);

#endif
