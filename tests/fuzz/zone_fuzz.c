/* A TZif file of any bytes is a zone or an error. Of a zone, look-ups agree whatever was looked up before. */
#include "common/zone.h"

#include "common/zone_rule.h"

#include <stdlib.h>

#define SECOND INT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void look_up(const Zone *zone, int64_t instant)
{
    int32_t offset = zone_offset_at(zone, instant);
    require(offset > -26 * 3600 && offset < 26 * 3600);
    int64_t local = zone_local_to_instant(zone, instant);
    require(local - instant > -26 * 3600 * SECOND && local - instant < 26 * 3600 * SECOND);
    zone_offset_at(zone, -instant);
    zone_local_to_instant(zone, -instant);
    require(zone_offset_at(zone, instant) == offset);
    require(zone_local_to_instant(zone, instant) == local);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Zone *zone;
    ZoneRule rule;
    Error error = ERROR_INIT;
    Text bytes = {(const char *)data, size};
    (void)zone_rule_parse(bytes, &rule);
    if (zone_parse(TEXT("fuzz"), bytes, &zone, &error) != STATUS_OK)
        return 0;
    for (int64_t second = INT64_C(-62135596800); second < INT64_C(253402300800); second += INT64_C(7000000001))
        look_up(zone, second * SECOND);
    look_up(zone, INT64_C(253402300799999999));
    zone_free(zone);
    return 0;
}
