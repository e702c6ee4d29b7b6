#include "load/journey_path.h"

#include <stdlib.h>

typedef struct SeenStep {
    Key item;
    size_t place;
} SeenStep;

void journey_path_workspace_done(JourneyPathWorkspace *workspace)
{
    free(workspace->seen);
    *workspace = (JourneyPathWorkspace){0};
}

static void drop_direct(const JourneyStep *steps, size_t count, bool *is_kept)
{
    bool is_any_other = false;
    for (size_t i = 0; i < count; i++)
        is_any_other = is_any_other || !steps[i].is_direct;
    for (size_t i = 0; is_any_other && i < count; i++)
        is_kept[i] = !steps[i].is_direct;
}

static void collapse_runs(const JourneyStep *steps, size_t count, bool *is_kept)
{
    const JourneyStep *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_kept[i])
            continue;
        is_kept[i] = !last || !key_equal(&last->item, &steps[i].item);
        last = &steps[i];
    }
}

static int by_item_and_place(const void *a, const void *b)
{
    const SeenStep *left = a, *right = b;
    int order = memcmp(left->item.bytes, right->item.bytes, sizeof left->item.bytes);
    return order ? order : (left->place > right->place) - (left->place < right->place);
}

static Status keep_first(const JourneyStep *steps, size_t count, bool *is_kept, JourneyPathWorkspace *workspace,
                         Error *error)
{
    if (workspace->capacity < count) {
        SeenStep *seen = reallocarray(workspace->seen, count, sizeof *seen);
        if (!seen)
            return error_no_memory(error);
        workspace->seen = seen;
        workspace->capacity = count;
    }
    SeenStep *seen = workspace->seen;
    size_t number = 0;
    for (size_t i = 0; i < count; i++)
        if (is_kept[i])
            seen[number++] = (SeenStep){steps[i].item, i};
    qsort(seen, number, sizeof *seen, by_item_and_place);
    for (size_t i = 1; i < number; i++)
        if (key_equal(&seen[i].item, &seen[i - 1].item))
            is_kept[seen[i].place] = false;
    return STATUS_OK;
}

static size_t keep_newest(size_t touches_max, size_t count, bool *is_kept)
{
    size_t kept = 0;
    for (size_t i = count; i-- > 0;) {
        is_kept[i] = is_kept[i] && (touches_max == 0 || kept < touches_max);
        kept += is_kept[i];
    }
    return kept;
}

Status journey_path_select(const JourneyPathRules *rules, const JourneyStep *steps, size_t count, bool *ret_is_kept,
                           size_t *ret_kept, JourneyPathWorkspace *workspace, Error *error)
{
    for (size_t i = 0; i < count; i++)
        ret_is_kept[i] = true;
    if (rules->drops_direct)
        drop_direct(steps, count, ret_is_kept);
    if (rules->collapse == COLLAPSE_RUNS)
        collapse_runs(steps, count, ret_is_kept);
    else if (rules->collapse == COLLAPSE_FIRST)
        TRY(keep_first(steps, count, ret_is_kept, workspace, error));
    *ret_kept = keep_newest(rules->touches_max, count, ret_is_kept);
    return STATUS_OK;
}
