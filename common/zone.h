/* Time zones, read from the system's TZif files (RFC 8536, versions 1 to 4). glibc's own zones are one per process and
 * live in its environment; these are values.
 *
 *     cleanup(zone_free_pointer) Zone *zone = NULL;
 *     TRY(zone_load(TEXT("Europe/Berlin"), NULL, &zone, error));
 *     int32_t east = zone_offset_at(zone, instant);
 *     int64_t instant = zone_local_to_instant(zone, local);
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00:00Z. A local time is the same count as read from a clock
 * on the wall: microseconds since that clock showed 1970-01-01T00:00:00.
 * Both are meant for the years 1 to 9999; sums near the ends of int64_t are not guarded.
 * Wherever a const Zone * is taken, NULL is UTC. A Zone remembers where it last looked, so a Zone belongs to one
 * thread.
 */
#ifndef CLOSEDLOOP_COMMON_ZONE_H
#define CLOSEDLOOP_COMMON_ZONE_H

#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

typedef struct Zone Zone;

/* Reads the zone of this name ("Europe/Berlin") below the folder; NULL is /usr/share/zoneinfo. "UTC" needs no file.
 * A name is letters, digits and "_+-/", so it cannot leave the folder. ERROR_CONFIG for a name that is none or is not
 * there, ERROR_DATA for a file that is not TZif, ERROR_IO. */
Status zone_load(Text name, const char *folder, Zone **ret_zone, Error *error);

/* The same from a TZif file's bytes; name is for messages and zone_name(). */
Status zone_parse(Text name, Text bytes, Zone **ret_zone, Error *error);

/* NUL-terminated; owned by the zone. */
const char *zone_name(const Zone *zone);

/* Seconds east of UTC at an instant. Before the first change the file's first type holds; after the last one its
 * rule, for ever. */
int32_t zone_offset_at(const Zone *zone, int64_t instant);

/* What a clock on the wall shows at an instant. */
int64_t zone_instant_to_local(const Zone *zone, int64_t instant);

/* The instant of a local time. One that occurs twice is the first; one that a gap leaves out is shifted forward by the
 * gap's length. */
int64_t zone_local_to_instant(const Zone *zone, int64_t local);

/* NULL is allowed. */
void zone_free(Zone *zone);
void zone_free_pointer(Zone **zone);

#endif
