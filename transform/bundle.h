/* The members of a bundle while it is converted: what each has of the counts and times that the conversion collects.
 * The conversion goes from member to member; what is counted between entering and leaving one is that one's.
 *
 *     cleanup(bundle_done) Bundle bundle = {0};
 *     TRY(bundle_make(manifest, &bundle, error));                      // no members: all of this does nothing
 *     bundle_enter(&bundle, record.file, &tally);
 *     ... tally counts ...
 *     bundle_leave(&bundle, &tally);
 *     TRY(bundle_list(&bundle, &arena, &manifest.members, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_BUNDLE_H
#define CLOSEDLOOP_TRANSFORM_BUNDLE_H

#include "transform/tally.h"

typedef struct Bundle {
    const Manifest *manifest; /* as extract wrote it */
    Tally *members;           /* NULL if it is none */
    size_t count, at;         /* the member that was entered; count if none was */
    bool is_rehearsal;        /* a pass that is made again: nothing of it is kept */
    Tally before;             /* what was counted when the member was entered */
} Bundle;

/* The manifest must outlive it. Members begin with what extract counted but emitted, which is counted again. */
Status bundle_make(const Manifest *manifest, Bundle *ret_bundle, Error *error);

/* The tally's ordinal goes on where the member's was left, and its times begin anew; index is below count. */
void bundle_enter(Bundle *bundle, size_t index, Tally *tally);

/* The tally's times are those of all that was left so far. Does nothing if none was entered. */
void bundle_leave(Bundle *bundle, Tally *tally);

/* All members as they stand in a manifest, in the arena; is_refused is false. */
Status bundle_list(const Bundle *bundle, Arena *arena, BatchMember **ret_members, Error *error);

/* Accepts an empty one. */
void bundle_done(Bundle *bundle);

#endif
