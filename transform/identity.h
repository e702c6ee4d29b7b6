/* Rows of the table identity, which records of two kinds give: identities, and views that show a person. */
#ifndef CLOSEDLOOP_TRANSFORM_IDENTITY_H
#define CLOSEDLOOP_TRANSFORM_IDENTITY_H

#include "transform/copy_writer.h"
#include "transform/value.h"

typedef struct Identity {
    Key visitor_id;
    int64_t identified_at;
    const Value *contact, *email; /* one of them is set */
} Identity;

/* The columns behind updated_at. */
void identity_put(CopyWriter *writer, const SourceRules *rules, const Identity *identity);

#endif
