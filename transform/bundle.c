#include "transform/bundle.h"

#include <stdlib.h>

Status bundle_make(const Manifest *manifest, Bundle *ret_bundle, Error *error)
{
    size_t count = manifest->member_count;
    Bundle bundle = {.manifest = manifest, .count = count, .at = count};
    if (count) {
        bundle.members = calloc(count, sizeof *bundle.members);
        if (!bundle.members)
            return error_no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        bundle.members[i] = (Tally)TALLY_INIT;
        for (size_t k = 0; k < manifest->members[i].count_count; k++) {
            const BatchCount *extracted = &manifest->members[i].counts[k];
            bundle.members[i].counts[extracted->kind] = *extracted;
            bundle.members[i].counts[extracted->kind].emitted = 0;
        }
    }
    *ret_bundle = bundle;
    return STATUS_OK;
}

static void widen(Tally *tally, int64_t first_at, int64_t last_at)
{
    if (first_at < tally->first_at)
        tally->first_at = first_at;
    if (last_at > tally->last_at)
        tally->last_at = last_at;
}

void bundle_enter(Bundle *bundle, size_t index, Tally *tally)
{
    bundle_leave(bundle, tally);
    bundle->at = index;
    bundle->before = *tally;
    tally->ordinal = bundle->members[index].ordinal;
    tally->first_at = INT64_MAX;
    tally->last_at = INT64_MIN;
}

void bundle_leave(Bundle *bundle, Tally *tally)
{
    if (bundle->at == bundle->count)
        return;
    if (bundle->is_rehearsal) {
        *tally = bundle->before;
        bundle->at = bundle->count;
        return;
    }
    Tally *member = &bundle->members[bundle->at];
    tally_add(member, tally, &bundle->before);
    member->ordinal = tally->ordinal;
    widen(member, tally->first_at, tally->last_at);
    widen(tally, bundle->before.first_at, bundle->before.last_at);
    bundle->at = bundle->count;
}

Status bundle_list(const Bundle *bundle, Arena *arena, BatchMember **ret_members, Error *error)
{
    BatchMember *members = arena_allocate(arena, bundle->count * sizeof *members);
    if (!members)
        return error_no_memory(error);
    for (size_t i = 0; i < bundle->count; i++) {
        const BatchMember *extracted = &bundle->manifest->members[i];
        const Tally *tally = &bundle->members[i];
        members[i] = (BatchMember){.batch_id = extracted->batch_id,
                                   .sequence = extracted->sequence,
                                   .first_at = tally->first_at,
                                   .last_at = tally->last_at};
        TRY(tally_list(tally, extracted->counts, extracted->count_count, arena, &members[i].counts,
                       &members[i].count_count, error));
        TRY(tally_list_filters(tally, arena, &members[i].filters, &members[i].filter_count, error));
    }
    *ret_members = members;
    return STATUS_OK;
}

void bundle_done(Bundle *bundle)
{
    free(bundle->members);
    *bundle = (Bundle){.members = NULL};
}
