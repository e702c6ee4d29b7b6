/* The configuration's `traffic`: which views count for nobody. A part of common/config.
 *
 *     traffic:
 *       internal_addresses: [10.0.0.0/8, 2001:db8::/32]     # by the view's ip_address
 *       internal_parameters: {traffic_type: [internal]}     # in the view's url
 *       bots_above: 2000                                    # views of a visitor in a day
 */
#ifndef CLOSEDLOOP_COMMON_TRAFFIC_H
#define CLOSEDLOOP_COMMON_TRAFFIC_H

#include "common/arena.h"
#include "common/config/schema.h"
#include "common/error.h"
#include "common/ip_address.h"
#include "common/text.h"

/* A query parameter that marks internal traffic where it has one of these values. */
typedef struct TrafficParameter {
    Text name;
    const Text *values;
    size_t value_count;
} TrafficParameter;

typedef struct Traffic {
    const IpRange *internal_ranges;
    size_t internal_range_count;
    const TrafficParameter *internal_parameters;
    size_t internal_parameter_count;
    long long bots_above; /* a visitor with more views in a day is a robot that day; 0: nobody is */
} Traffic;

/* The keys as they stand in the file. */
typedef struct TrafficEntry {
    const YamlNode *node;
    SchemaTexts internal_addresses;
    const YamlNode *internal_parameters;
    int64_t bots_above;
} TrafficEntry;

extern const Schema traffic_schema;

Status traffic_make(const TrafficEntry *entry, Arena *arena, Traffic *ret_traffic, Error *error);

#endif
