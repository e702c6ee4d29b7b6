#include "transform/tally.h"

const char *filter_reason_name(FilterReason reason)
{
    static const char *const names[FILTER_REASON_COUNT] = {
        [FILTER_NONE] = "none",
        [FILTER_IS_BOT] = "is_bot",
        [FILTER_ROBOT] = "robot",
        [FILTER_HEADLESS] = "headless",
        [FILTER_INTERNAL_ADDRESS] = "internal_address",
        [FILTER_INTERNAL_PARAMETER] = "internal_parameter",
        [FILTER_PLANNED] = "planned",
        [FILTER_ABOUT_NOBODY] = "about_nobody",
    };
    return names[reason];
}

RecordKind filter_reason_kind(FilterReason reason)
{
    return reason == FILTER_PLANNED || reason == FILTER_ABOUT_NOBODY ? RECORD_ACTIVITY : RECORD_VIEW;
}

void tally_add(Tally *tally, const Tally *now, const Tally *before)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *more = &now->counts[kind], *less = &before->counts[kind];
        BatchCount *own = &tally->counts[kind];
        own->read += more->read - less->read;
        own->emitted += more->emitted - less->emitted;
        own->rejected += more->rejected - less->rejected;
        own->duplicate += more->duplicate - less->duplicate;
        own->filtered += more->filtered - less->filtered;
    }
    for (size_t reason = 0; reason < FILTER_REASON_COUNT; reason++)
        tally->filtered[reason] += now->filtered[reason] - before->filtered[reason];
    tally->cut_off += now->cut_off - before->cut_off;
    tally->derived += now->derived - before->derived;
}

BatchCount tally_sum(const Tally *tally)
{
    BatchCount sum = {.read = 0};
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const BatchCount *count = &tally->counts[kind];
        sum.read += count->read;
        sum.emitted += count->emitted;
        sum.rejected += count->rejected;
        sum.duplicate += count->duplicate;
        sum.filtered += count->filtered;
    }
    return sum;
}

static bool is_counted(const BatchCount *counts, size_t count, RecordKind kind)
{
    for (size_t i = 0; i < count; i++)
        if (counts[i].kind == kind)
            return true;
    return false;
}

Status tally_list(const Tally *tally, const BatchCount *extracted, size_t extracted_count, Arena *arena,
                  const BatchCount **ret_counts, size_t *ret_count, Error *error)
{
    BatchCount *counts = arena_allocate(arena, RECORD_KIND_COUNT * sizeof *counts);
    size_t count = 0;
    if (!counts)
        return error_no_memory(error);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (!is_counted(extracted, extracted_count, (RecordKind)kind) && tally->counts[kind].read == 0)
            continue;
        counts[count] = tally->counts[kind];
        counts[count++].kind = (RecordKind)kind;
    }
    *ret_counts = counts;
    *ret_count = count;
    return STATUS_OK;
}

Status tally_list_filters(const Tally *tally, Arena *arena, const BatchFilter **ret_filters, size_t *ret_count,
                          Error *error)
{
    BatchFilter *filters = arena_allocate(arena, (RECORD_KIND_COUNT + FILTER_REASON_COUNT) * sizeof *filters);
    if (!filters)
        return error_no_memory(error);
    size_t count = 0;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        int64_t by_mapping = tally->counts[kind].filtered;
        for (int reason = 0; reason < FILTER_REASON_COUNT; reason++)
            if (filter_reason_kind((FilterReason)reason) == (RecordKind)kind)
                by_mapping -= tally->filtered[reason];
        if (by_mapping)
            filters[count++] = (BatchFilter){(RecordKind)kind, "mapping", by_mapping};
        for (int reason = 0; reason < FILTER_REASON_COUNT; reason++)
            if (tally->filtered[reason] && filter_reason_kind((FilterReason)reason) == (RecordKind)kind)
                filters[count++] =
                    (BatchFilter){(RecordKind)kind, filter_reason_name((FilterReason)reason), tally->filtered[reason]};
    }
    *ret_filters = filters;
    *ret_count = count;
    return STATUS_OK;
}
