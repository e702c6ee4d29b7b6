/* One value out of a JSON text in memory, by its path.
 *
 *     Text cursor;
 *     TRY(json_find(body, TEXT("paging.next.after"), &arena, &cursor, error));
 *     if (text_is_null(cursor))
 *         ... it says nothing there ...
 */
#ifndef CLOSEDLOOP_COMMON_JSON_FIND_H
#define CLOSEDLOOP_COMMON_JSON_FIND_H

#include "common/arena.h"
#include "common/error.h"
#include "common/json.h"
#include "common/text.h"

enum { JSON_FIND_STEP_MAX = 255 };

/* Steps of the path are joined by dots: keys of objects, or indices of arrays from 0; a backslash takes a dot's meaning
 * away, and a key of the top level that is the whole path comes first ("@odata.nextLink"). A string comes without its
 * escapes, in the arena if it has some; a number as it is written; true and false as words. Absent for null, for an
 * object or array, and if nothing is there. The text is checked to its end: ERROR_DATA if it is no JSON. */
Status json_find(Text json, Text path, Arena *arena, Text *ret_value, Error *error);

/* The same, and what stands there: JSON_NULL also for nothing, JSON_OBJECT_BEGIN and JSON_ARRAY_BEGIN for what has no
 * text. */
Status json_find_typed(Text json, Text path, Arena *arena, JsonType *ret_type, Text *ret_value, Error *error);

#endif
