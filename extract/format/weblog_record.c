#include "extract/format/weblog_record.h"

enum { ARENA_SLACK = 256 * 1024, HOST_MAX = 255 };

WeblogRecord weblog_record_make(size_t ceiling)
{
    return (WeblogRecord){.format = NULL, .arena = arena_make(8 * ceiling + ARENA_SLACK)};
}

void weblog_record_done(WeblogRecord *record)
{
    arena_done(&record->arena);
    *record = (WeblogRecord){.format = NULL};
}

/* --- columns and items ---------------------------------------------------------------------------------------- */

static int find_header(const WeblogFormat *format, Text name)
{
    return weblog_format_find(format, WEBLOG_HEADER, name);
}

/* By the server's own word for it, which people write in any case. */
static int find_by_name(const WeblogFormat *format, Text name, bool is_header)
{
    for (size_t i = 0; i < format->count; i++)
        if (text_equal_ignore_case(format->items[i].name, name) &&
            (format->items[i].field == WEBLOG_HEADER) == is_header)
            return (int)i;
    return -1;
}

static int find_item(const WeblogFormat *format, const WeblogSlot *slot)
{
    static const WeblogField fields[WEBLOG_COLUMN_COUNT] = {
        [WEBLOG_COLUMN_IP_ADDRESS] = WEBLOG_ADDRESS, [WEBLOG_COLUMN_USER] = WEBLOG_USER,
        [WEBLOG_COLUMN_REQUEST] = WEBLOG_REQUEST,    [WEBLOG_COLUMN_STATUS] = WEBLOG_STATUS,
        [WEBLOG_COLUMN_BYTES] = WEBLOG_BYTES,        [WEBLOG_COLUMN_DURATION] = WEBLOG_DURATION,
    };
    switch (slot->column) {
    case WEBLOG_COLUMN_FORWARDED_FOR:
        return find_header(format, TEXT("x-forwarded-for"));
    case WEBLOG_COLUMN_REFERRER:
        return find_header(format, TEXT("referer"));
    case WEBLOG_COLUMN_USER_AGENT:
        return find_header(format, TEXT("user-agent"));
    case WEBLOG_COLUMN_COOKIE:
        return weblog_format_find(format, WEBLOG_COOKIE, slot->name);
    case WEBLOG_COLUMN_QUERY:
        return weblog_format_find(format, WEBLOG_PARAMETER, slot->name);
    case WEBLOG_COLUMN_HEADER:
    case WEBLOG_COLUMN_VARIABLE:
        return find_by_name(format, slot->name, slot->column == WEBLOG_COLUMN_HEADER);
    default:
        return fields[slot->column] ? weblog_format_find(format, fields[slot->column], TEXT_NULL) : -1;
    }
}

static Text value_at(const WeblogRecord *record, int item)
{
    return item < 0 ? TEXT_NULL : record->line.values[item];
}

WeblogSlot weblog_record_slot(const WeblogFormat *format, WeblogColumn column, Text name)
{
    WeblogSlot slot = {.column = column, .name = name};
    slot.item = find_item(format, &slot);
    return slot;
}

void weblog_record_bind(WeblogRecord *record, const WeblogFormat *format)
{
    record->format = format;
    record->places = (WeblogPlaces){
        .request = weblog_format_find(format, WEBLOG_REQUEST, TEXT_NULL),
        .method = weblog_format_find(format, WEBLOG_METHOD, TEXT_NULL),
        .target = weblog_format_find(format, WEBLOG_TARGET, TEXT_NULL),
        .path = weblog_format_find(format, WEBLOG_PATH, TEXT_NULL),
        .query = weblog_format_find(format, WEBLOG_QUERY, TEXT_NULL),
        .protocol = weblog_format_find(format, WEBLOG_PROTOCOL, TEXT_NULL),
        .time = weblog_format_find(format, WEBLOG_TIME, TEXT_NULL),
        .date = weblog_format_find(format, WEBLOG_DATE, TEXT_NULL),
        .clock = weblog_format_find(format, WEBLOG_CLOCK, TEXT_NULL),
        .host = weblog_format_find(format, WEBLOG_HOST, TEXT_NULL),
        .host_header = find_header(format, TEXT("host")),
        .cookies = find_header(format, TEXT("cookie")),
    };
}

/* --- values ----------------------------------------------------------------------------------------------- */

/* With the escapes that the server has put in. W3C's logs have none. */
static Text unescaped(WeblogRecord *record, Text value)
{
    if (record->format->style != WEBLOG_W3C && !weblog_unescape(value, &record->arena, &value))
        record->is_too_long = true;
    return value;
}

static Text joined(WeblogRecord *record, Text a, const char *between, Text b, const char *behind, Text c)
{
    size_t middle = strlen(between), last = strlen(behind);
    char *to = arena_allocate(&record->arena, a.size + middle + b.size + last + c.size);
    if (!to) {
        record->is_too_long = true;
        return TEXT_NULL;
    }
    const Text parts[] = {a, {between, middle}, b, {behind, last}, c};
    size_t size = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].size) {
            memcpy(to + size, parts[i].data, parts[i].size);
            size += parts[i].size;
        }
    return (Text){to, size};
}

/* Takes the request apart, however the format says it. */
static void read_request(WeblogRecord *record)
{

    record->request = (WeblogRequest){TEXT_NULL, TEXT_NULL, TEXT_NULL};
    if (record->places.request >= 0)
        record->request = weblog_request_split(unescaped(record, value_at(record, record->places.request)));
    if (record->places.method >= 0)
        record->request.method = value_at(record, record->places.method);
    if (record->places.protocol >= 0)
        record->request.protocol = value_at(record, record->places.protocol);
    Text target = record->request.target;
    if (record->places.target >= 0)
        target = unescaped(record, value_at(record, record->places.target));
    else if (record->places.request < 0 && record->places.path >= 0)
        target = unescaped(record, value_at(record, record->places.path));
    record->target = weblog_target_split(target);
    if (record->places.request >= 0 || record->places.target >= 0)
        return;
    Text query = unescaped(record, value_at(record, record->places.query));
    if (text_starts_with(query, TEXT("?")))
        query = (Text){query.data + 1, query.size - 1};
    if (query.size == 0)
        return;
    record->target.query = query;
    if (!text_is_null(record->target.path))
        record->target.relative = joined(record, record->target.path, "?", query, "", TEXT(""));
}

static bool is_host(Text host)
{
    if (host.size == 0 || host.size > HOST_MAX)
        return false;
    for (size_t i = 0; i < host.size; i++) {
        unsigned char byte = (unsigned char)host.data[i];
        bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!is_letter && !(byte >= '0' && byte <= '9') && (!byte || !strchr(".-_:[]", byte)))
            return false;
    }
    return true;
}

/* What the server calls itself, what the client called it, and last what a client that takes it for a proxy asked for.
 */
static Text read_host(const WeblogRecord *record)
{
    Text host = value_at(record, record->places.host);
    if (text_is_empty(host))
        host = value_at(record, record->places.host_header);
    return text_is_empty(host) ? record->target.host : host;
}

static Text read_url(WeblogRecord *record)
{
    const WeblogTarget *target = &record->target;
    Text host = read_host(record);
    if (text_is_null(target->relative) || !is_host(host))
        return target->relative;
    bool needs_slash = !text_starts_with(target->relative, TEXT("/"));
    return joined(record, TEXT("https://"), "", host, needs_slash ? "/" : "", target->relative);
}

static Text read_extension(WeblogRecord *record)
{
    Text extension = weblog_extension(record->target.path);
    for (size_t i = 0; i < extension.size; i++) {
        if (extension.data[i] < 'A' || extension.data[i] > 'Z')
            continue;
        char *lower = arena_copy(&record->arena, extension);
        record->is_too_long |= !lower;
        for (size_t j = i; lower && j < extension.size; j++)
            if (lower[j] >= 'A' && lower[j] <= 'Z')
                lower[j] = (char)(lower[j] + 'a' - 'A');
        return (Text){lower, lower ? extension.size : 0};
    }
    return extension;
}

/* A time that cannot be read is given as it stands, for transform to say so. */
static Text read_single_time(WeblogRecord *record, const WeblogItem *item, Text value)
{
    if (item->time == WEBLOG_TIME_ISO || text_is_null(value))
        return value;
    bool is_kept = value.size == record->time_read_size && memcmp(value.data, record->time_read, value.size) == 0;
    if (!is_kept) {
        char iso[WEBLOG_TIME_SIZE];
        size_t size = item->time == WEBLOG_TIME_COMMON ? weblog_time_common(value, iso)
                                                       : weblog_time_by_format(&record->format->time, value, iso);
        if (size == 0 || value.size > WEBLOG_TIME_KEPT)
            return value;
        memcpy(record->time, iso, size);
        record->time_size = size;
        memcpy(record->time_read, value.data, value.size);
        record->time_read_size = value.size;
    }
    return (Text){record->time, record->time_size};
}

/* W3C's logs are in UTC. */
static Text read_time(WeblogRecord *record)
{
    int item = record->places.time;
    if (item >= 0)
        return read_single_time(record, &record->format->items[item], value_at(record, item));
    Text date = value_at(record, record->places.date), clock = value_at(record, record->places.clock);
    if (record->places.date < 0)
        date = text_from(record->date);
    return date.size && clock.size ? joined(record, date, "T", clock, "Z", TEXT("")) : TEXT_NULL;
}

static Text read_date(WeblogRecord *record)
{
    Text time = read_time(record);
    bool is_iso = time.size > WEBLOG_DATE_SIZE && time.data[4] == '-' && time.data[7] == '-';
    return is_iso ? (Text){time.data, WEBLOG_DATE_SIZE} : TEXT_NULL;
}

/* IIS writes blanks as pluses, CloudFront as percent escapes, and some others leave them and put quotes around all. */
static Text read_header(WeblogRecord *record, Text value)
{
    bool is_whole = true;
    if (record->format->style != WEBLOG_W3C)
        return unescaped(record, value);
    if (record->line.has_tabs)
        is_whole = weblog_decode_percent(value, false, &record->arena, &value);
    else if (text_find(value, ' ') == value.size)
        is_whole = weblog_decode_plus(value, &record->arena, &value);
    record->is_too_long |= !is_whole;
    return value;
}

static Text read_cookie(WeblogRecord *record, const WeblogSlot *slot)
{
    if (slot->item >= 0)
        return unescaped(record, value_at(record, slot->item));
    Text cookies = value_at(record, record->places.cookies);
    if (record->format->style == WEBLOG_W3C && record->line.has_tabs)
        record->is_too_long |= !weblog_decode_percent(cookies, false, &record->arena, &cookies);
    return weblog_find_cookie(unescaped(record, cookies), slot->name);
}

static Text read_parameter(WeblogRecord *record, const WeblogSlot *slot)
{
    Text value = slot->item >= 0 ? unescaped(record, value_at(record, slot->item))
                                 : weblog_find_parameter(record->target.query, slot->name);
    record->is_too_long |= !weblog_decode_percent(value, true, &record->arena, &value);
    return value;
}

static Text read_duration(WeblogRecord *record, int item)
{
    Text value = value_at(record, item);
    if (item >= 0 && !text_is_null(value))
        record->is_too_long |=
            !weblog_duration(record->format, record->format->items[item].unit, value, &record->arena, &value);
    return value;
}

Text weblog_record_value(WeblogRecord *record, const WeblogSlot *slot)
{
    switch (slot->column) {
    case WEBLOG_COLUMN_TIME:
        return read_time(record);
    case WEBLOG_COLUMN_DATE:
        return read_date(record);
    case WEBLOG_COLUMN_METHOD:
        return record->request.method;
    case WEBLOG_COLUMN_PROTOCOL:
        return record->request.protocol;
    case WEBLOG_COLUMN_URL:
        return read_url(record);
    case WEBLOG_COLUMN_PATH:
        return record->target.path;
    case WEBLOG_COLUMN_EXTENSION:
        return read_extension(record);
    case WEBLOG_COLUMN_HOST:
        return read_host(record);
    case WEBLOG_COLUMN_DURATION:
        return read_duration(record, slot->item);
    case WEBLOG_COLUMN_FORWARDED_FOR:
        return weblog_first_of_list(value_at(record, slot->item));
    case WEBLOG_COLUMN_COOKIE:
        return read_cookie(record, slot);
    case WEBLOG_COLUMN_QUERY:
        return read_parameter(record, slot);
    case WEBLOG_COLUMN_REFERRER:
    case WEBLOG_COLUMN_USER_AGENT:
    case WEBLOG_COLUMN_HEADER:
        return read_header(record, value_at(record, slot->item));
    default:
        return unescaped(record, value_at(record, slot->item));
    }
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

bool weblog_record_read(WeblogRecord *record, Text text)
{
    record->text = text;
    record->is_too_long = false;
    if (record->arena.used)
        arena_clear(&record->arena);
    if (!weblog_line_split(record->format, text, &record->line))
        return false;
    read_request(record);
    return true;
}

bool weblog_record_is_span(const WeblogRecord *record, Text value)
{
    uintptr_t at = (uintptr_t)value.data, start = (uintptr_t)record->text.data;
    return at >= start && at <= start + record->text.size;
}

Text weblog_record_shown(const WeblogRecord *record)
{
    const WeblogPlaces *at = &record->places;
    Text request = value_at(record, at->request);
    if (text_is_null(request))
        request = value_at(record, at->target);
    return text_is_null(request) ? value_at(record, at->path) : request;
}
