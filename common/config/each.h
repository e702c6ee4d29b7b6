/* What a mapping makes records of, if not of the source record: the key `each`. A part of common/mapping.
 *
 *     each: Contacts/Contact                              # the nested elements at a path
 *     each: {split: "Contact IDs", by: ";"}               # the pieces of a text that is a list
 *     each: {columns: "actionDetails_#_"}                 # the numbered groups of a table's columns
 */
#ifndef CLOSEDLOOP_COMMON_EACH_H
#define CLOSEDLOOP_COMMON_EACH_H

#include "common/config/field.h"

/* Sets what the mapping says of `each`; a NULL node is the source record itself. The place is that of the record. */
Status each_read(const PathPlace *place, const YamlNode *node, RecordMapping *mapping, Error *error);

#endif
