/* Rows of the table reject: records that could not be used, and why, with the start of what stood there. E-mail and
 * network addresses in texts are masked, and what is no UTF-8 is replaced, so that any input can be shown.
 *
 *     TRY(reject_put(writer, &(Reject){.file = file, .line = 7, .kind = TEXT("deal"), ...}, &arena, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_REJECT_H
#define CLOSEDLOOP_TRANSFORM_REJECT_H

#include "common/arena.h"
#include "common/record.h"
#include "transform/copy_writer.h"

enum {
    REJECT_TEXT_MAX = 2000,     /* bytes of a text in the table */
    REJECT_RAW_READ = 64 << 10, /* bytes that are looked at: masked addresses take a small part of their room */
};

typedef struct Reject {
    Text file; /* "" if it is not known */
    int64_t line;
    Text kind, field; /* may be absent */
    Text code, reason;
    Text raw; /* as it was read */
} Reject;

/* Takes at most 6 MiB of the arena. */
Status reject_put(CopyWriter *writer, const Reject *reject, Arena *arena, Error *error);

/* A record as text, appended: "event_id=7, url=https://...". Visitors' cookies and network addresses are left out, long
 * values cut. */
Status reject_write_record(RecordKind kind, const Record *record, Buffer *buffer, Error *error);

#endif
