#include "common/zone.h"

#include "common/arena.h"
#include "common/calendar.h"
#include "common/zone_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_FOLDER "/usr/share/zoneinfo"
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define CYCLE (CALENDAR_CYCLE_DAYS * DAY)

enum {
    NAME_SIZE = 64,
    FILE_CEILING = 1 << 20, /* the largest that is shipped has 4 KiB */
    HEADER_SIZE = 44,
    HIGHEST_OFFSET = 26 * 3600 - 1, /* RFC 8536, section 3.2 */
};

/* Changes beyond these years are clamped or left out, so that no sum of an instant and an offset overflows. */
static const int64_t EARLIEST_SECOND = INT64_C(-62135596800) - 86400 * 2; /* before 0001-01-01 */
static const int64_t LATEST_SECOND = INT64_C(253402300799) + 86400 * 2;   /* after 9999-12-31 */

/* Where the last look-ups ended. */
typedef struct ZoneCursor {
    size_t at, local;
} ZoneCursor;

/* The file's changes, then its rule written out until cycle_end. From there on the calendar repeats every 400 years,
 * so a later time is looked up as many cycles earlier.
 * From the instant at[i] on, the zone is offset[i] seconds east; at[0] lies before all time. local[i] is where local
 * times begin to be read with that offset: the later of what the clock showed before and after the change, which is
 * what makes a gap shift forward and an overlap take the first. */
struct Zone {
    size_t count;
    int64_t *at, *local; /* microseconds, ascending */
    int32_t *offset;
    int64_t cycle_end;  /* INT64_MAX without a rule */
    ZoneCursor *cursor; /* to own_cursor: the part that look-ups change in a const Zone */
    ZoneCursor own_cursor;
    char name[NAME_SIZE];
};

/* The header and the data block of one version in the file. */
typedef struct Block {
    size_t utc_count, standard_count, leap_count, change_count, type_count, abbreviation_size;
    size_t time_size; /* of one change's time: 4 or 8 bytes */
    const unsigned char *times, *indexes, *types;
    size_t size; /* of the data, behind the header */
} Block;

static uint32_t read_u32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const unsigned char *bytes, size_t size)
{
    uint32_t high = read_u32(bytes);
    return size == 4 ? (int32_t)high : (int64_t)((uint64_t)high << 32 | read_u32(bytes + 4));
}

static Status refuse(Text name, const char *what, Error *error)
{
    return error_set(error, ERROR_DATA, "time zone %.*s: the zone file %s", TEXT_PRINTF(name), what);
}

/* Reads the header at the front of bytes and sees that its data block is there. */
static Status block_read(Text name, Text bytes, size_t time_size, Block *ret_block, Error *error)
{
    if (bytes.size < HEADER_SIZE || memcmp(bytes.data, "TZif", 4) != 0)
        return refuse(name, "is not TZif, or is cut short", error);
    const unsigned char *header = (const unsigned char *)bytes.data;
    Block block = {
        .utc_count = read_u32(header + 20),
        .standard_count = read_u32(header + 24),
        .leap_count = read_u32(header + 28),
        .change_count = read_u32(header + 32),
        .type_count = read_u32(header + 36),
        .abbreviation_size = read_u32(header + 40),
        .time_size = time_size,
    };
    block.size = block.change_count * (time_size + 1) + block.type_count * 6 + block.abbreviation_size +
                 block.leap_count * (time_size + 4) + block.standard_count + block.utc_count;
    if (block.size > bytes.size - HEADER_SIZE)
        return refuse(name, "is cut short", error);
    block.times = header + HEADER_SIZE;
    block.indexes = block.times + block.change_count * time_size;
    block.types = block.indexes + block.change_count;
    *ret_block = block;
    return STATUS_OK;
}

static Status block_check(Text name, const Block *block, Error *error)
{
    if (block->leap_count > 0)
        return refuse(name, "counts leap seconds (those outside the folder right/ do not)", error);
    if (block->type_count == 0 || block->type_count > 256)
        return refuse(name, "has no types, or too many", error);
    for (size_t i = 0; i < block->type_count; i++) {
        int64_t offset = read_time(block->types + i * 6, 4);
        if (offset < -HIGHEST_OFFSET || offset > HIGHEST_OFFSET)
            return refuse(name, "has an offset beyond 26 hours", error);
    }
    for (size_t i = 0; i < block->change_count; i++) {
        if (block->indexes[i] >= block->type_count)
            return refuse(name, "names a type that it does not have", error);
        if (i > 0 && read_time(block->times + i * block->time_size, block->time_size) <=
                         read_time(block->times + (i - 1) * block->time_size, block->time_size))
            return refuse(name, "has its changes out of order", error);
    }
    return STATUS_OK;
}

/* Adds a change; it replaces those that are not before it. */
static void zone_change(Zone *zone, int64_t second, int32_t offset)
{
    int64_t at = second * SECOND;
    while (zone->count > 1 && zone->at[zone->count - 1] >= at)
        zone->count--;
    zone->at[zone->count] = at;
    zone->offset[zone->count++] = offset;
}

static void zone_read_changes(Zone *zone, const Block *block)
{
    zone->offset[0] = (int32_t)read_time(block->types, 4);
    for (size_t i = 0; i < block->change_count; i++) {
        int64_t second = read_time(block->times + i * block->time_size, block->time_size);
        int32_t offset = (int32_t)read_time(block->types + (size_t)block->indexes[i] * 6, 4);
        if (second > LATEST_SECOND)
            break;
        if (second < EARLIEST_SECOND)
            zone->offset[0] = offset;
        else
            zone_change(zone, second, offset);
    }
}

/* The years for which the rule is written out: a whole cycle, and what its ends need. */
enum { RULE_YEARS = CALENDAR_CYCLE_YEARS + 4 };

static void zone_write_out_rule(Zone *zone, const ZoneRule *rule)
{
    int64_t last = zone->at[zone->count - 1];
    int32_t first_year = 1;
    /* A year early, so that no time zone's new year matters: what is not after the last change is left out. */
    if (zone->count > 1)
        first_year = calendar_from_days((int32_t)(last / DAY)).year - 1;
    for (int32_t year = first_year; year < first_year + RULE_YEARS; year++) {
        int64_t start = zone_rule_local_seconds(&rule->start, year) - rule->standard;
        int64_t end = zone_rule_local_seconds(&rule->end, year) - rule->daylight;
        bool is_north = start < end;
        int64_t first = is_north ? start : end, second = is_north ? end : start;
        if (first * SECOND > last)
            zone_change(zone, first, is_north ? rule->daylight : rule->standard);
        if (second * SECOND > last)
            zone_change(zone, second, is_north ? rule->standard : rule->daylight);
    }
    zone->cycle_end = calendar_to_days(first_year + 3, 1, 1) * DAY + CYCLE;
}

static void zone_index_local(Zone *zone)
{
    for (size_t i = 1; i < zone->count; i++) {
        int32_t before = zone->offset[i - 1], after = zone->offset[i];
        int64_t local = zone->at[i] + (before > after ? before : after) * SECOND;
        zone->local[i] = local > zone->local[i - 1] ? local : zone->local[i - 1];
    }
}

/* A zone that is always UTC, with room for so many changes behind the one before all time. */
static Status zone_make(Text name, size_t changes, Zone **ret_zone, Error *error)
{
    size_t capacity = 1 + changes;
    Zone *zone = NULL;
    zone = calloc(1, sizeof *zone + capacity * (2 * sizeof *zone->at + sizeof *zone->offset));
    if (!zone)
        return error_no_memory(error);
    zone->at = (int64_t *)(zone + 1);
    zone->local = zone->at + capacity;
    zone->offset = (int32_t *)(zone->local + capacity);
    zone->at[0] = zone->local[0] = INT64_MIN;
    zone->count = 1;
    zone->cycle_end = INT64_MAX;
    zone->cursor = &zone->own_cursor;
    size_t size = name.size < NAME_SIZE ? name.size : NAME_SIZE - 1;
    if (size)
        memcpy(zone->name, name.data, size);
    *ret_zone = zone;
    return STATUS_OK;
}

/* The rule between the two newlines that end a file of version 2 or later; empty if there is none. */
static Status footer_read(Text name, Text bytes, Text *ret_rule, Error *error)
{
    if (bytes.size < 2 || bytes.data[0] != '\n')
        return refuse(name, "has no last line, or is cut short", error);
    Text rule = {bytes.data + 1, bytes.size - 1};
    rule.size = text_find(rule, '\n');
    if (rule.size == bytes.size - 1)
        return refuse(name, "has no last line, or is cut short", error);
    *ret_rule = rule;
    return STATUS_OK;
}

Status zone_parse(Text name, Text bytes, Zone **ret_zone, Error *error)
{
    Block block;
    TRY(block_read(name, bytes, 4, &block, error));
    Text footer = TEXT_NULL;
    /* From version 2 on, a second header and block with 64-bit times follow the first, and then the rule. */
    if (bytes.data[4] >= '2') {
        size_t skip = HEADER_SIZE + block.size;
        bytes = (Text){bytes.data + skip, bytes.size - skip};
        TRY(block_read(name, bytes, 8, &block, error));
        skip = HEADER_SIZE + block.size;
        TRY(footer_read(name, (Text){bytes.data + skip, bytes.size - skip}, &footer, error));
    }
    TRY(block_check(name, &block, error));
    ZoneRule rule = {0};
    if (!text_is_empty(footer) && !zone_rule_parse(footer, &rule))
        return refuse(name, "ends in a rule that cannot be read", error);

    Zone *zone;
    TRY(zone_make(name, block.change_count + 2 * RULE_YEARS, &zone, error));
    zone_read_changes(zone, &block);
    if (rule.has_daylight)
        zone_write_out_rule(zone, &rule);
    zone_index_local(zone);
    *ret_zone = zone;
    return STATUS_OK;
}

static bool name_is_safe(Text name)
{
    for (size_t i = 0; i < name.size; i++) {
        char byte = name.data[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && !is_digit && byte != '_' && byte != '+' && byte != '-' && byte != '/')
            return false;
    }
    return name.size > 0 && name.size < NAME_SIZE && name.data[0] != '/' && name.data[name.size - 1] != '/';
}

static void descriptor_close(const int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

static void bytes_free(char **bytes)
{
    free(*bytes);
}

/* The whole of a regular file that is known to be small. */
static Status file_read(const char *path, int descriptor, size_t size, char *bytes, Error *error)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(descriptor, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(error, ERROR_IO, errno, "cannot read %s", path);
        if (got == 0)
            return error_set(error, ERROR_DATA, "%s: ends early", path);
        done += (size_t)got;
    }
    return STATUS_OK;
}

static Status name_unknown(Text name, const char *folder, Error *error)
{
    error_set(error, ERROR_CONFIG, "time zone \"%.*s\" is not known", TEXT_PRINTF(name));
    return error_hint(error, "names are those of the files below %s, such as Europe/Berlin or UTC", folder);
}

Status zone_load(Text name, const char *folder, Zone **ret_zone, Error *error)
{
    if (!folder)
        folder = DEFAULT_FOLDER;
    if (!name_is_safe(name))
        return name_unknown(name, folder, error);
    if (text_is(name, "UTC"))
        return zone_make(name, 0, ret_zone, error);

    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%.*s", folder, TEXT_PRINTF(name));
    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(error, ERROR_CONFIG, "the folder of the time zones has a name that is too long");
    /* Without O_NONBLOCK a named pipe would hold the program up. */
    cleanup(descriptor_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
        return name_unknown(name, folder, error);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot open %s", path);
    if (!S_ISREG(status.st_mode))
        return name_unknown(name, folder, error);
    if (status.st_size > FILE_CEILING)
        return refuse(name, "is too large", error);
    size_t size = (size_t)status.st_size;
    cleanup(bytes_free) char *bytes = malloc(size + 1);
    if (!bytes)
        return error_no_memory(error);
    TRY(file_read(path, descriptor, size, bytes, error));
    return zone_parse(name, (Text){bytes, size}, ret_zone, error);
}

const char *zone_name(const Zone *zone)
{
    return zone ? zone->name : "UTC";
}

/* A time from cycle_end on, as many cycles earlier as brings it before that. */
static int64_t into_cycle(const Zone *zone, int64_t time)
{
    if (time < zone->cycle_end)
        return time;
    return time - ((time - zone->cycle_end) / CYCLE + 1) * CYCLE;
}

/* The last of the ascending times that is not after this one; the first is before all. */
static size_t find(const int64_t *times, size_t count, int64_t time, size_t *last_found)
{
    size_t low = *last_found, high = count;
    if (time >= times[low] && (low + 1 == count || time < times[low + 1]))
        return low;
    for (low = 0; high - low > 1;) {
        size_t middle = low + (high - low) / 2;
        if (times[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return *last_found = low;
}

int32_t zone_offset_at(const Zone *zone, int64_t instant)
{
    if (!zone)
        return 0;
    return zone->offset[find(zone->at, zone->count, into_cycle(zone, instant), &zone->cursor->at)];
}

int64_t zone_instant_to_local(const Zone *zone, int64_t instant)
{
    return instant + zone_offset_at(zone, instant) * SECOND;
}

int64_t zone_local_to_instant(const Zone *zone, int64_t local)
{
    if (!zone)
        return local;
    size_t i = find(zone->local, zone->count, into_cycle(zone, local), &zone->cursor->local);
    return local - zone->offset[i] * SECOND;
}

void zone_free(Zone *zone)
{
    free(zone);
}

void zone_free_pointer(Zone **zone)
{
    zone_free(*zone);
    *zone = NULL;
}
