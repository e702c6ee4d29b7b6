/* Where the value of a field came from, in words: for a preview, so that a mapping can be checked against the source.
 *
 *     TRY(origin_write(&emitter, DEAL_IS_WON, &buffer, error));      // dealstage 'closedwon', mapped
 *
 * To be asked while a record is being given to the sink.
 */
#ifndef CLOSEDLOOP_EXTRACT_ORIGIN_H
#define CLOSEDLOOP_EXTRACT_ORIGIN_H

#include "common/buffer.h"
#include "extract/emitter.h"

/* Appends the path, or the paths, and what was done with what stands there, with its own words if the value is others.
 * Fails past the buffer's ceiling only. */
Status origin_write(Emitter *emitter, int field, Buffer *buffer, Error *error);

#endif
