/* JSON that is the text of a slot: a column of contexts, a string within JSON, the text of an element. It is read when
 * the first of its places is wanted, so that a record that is left out costs nothing.
 *
 *     if (value->form == VALUE_UNOPENED && !document_open(emitter, slot, &flaw))
 *         ... reject ...
 */
#ifndef CLOSEDLOOP_EXTRACT_DOCUMENT_H
#define CLOSEDLOOP_EXTRACT_DOCUMENT_H

#include "extract/emitter.h"

/* Fills all slots of the document of which this slot is a place. Text that is no JSON, and no text, yields nothing.
 * False, with all of them left as they were, for text that cannot be stored. */
bool document_open(Emitter *emitter, int slot, ValueFlaw *ret_flaw);

#endif
