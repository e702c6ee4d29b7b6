#include "common/weblog/value.h"

#include "common/time.h"
#include "common/utf8.h"

#include <stdio.h>

enum { EXTENSION_MAX = 16 };

/* --- escapes -------------------------------------------------------------------------------------------------- */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* That many hexadecimal digits at the start; -1 if they are not there. */
static int32_t take_hex(Text text, size_t count)
{
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = i < text.size ? hex_digit(text.data[i]) : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The text begins behind a backslash. Returns how many bytes of it belong to the escape, 0 if it is none. */
static size_t take_escape(Text text, char *to, size_t *size)
{
    static const char letters[] = "\"\\/bfnrtv", meanings[] = "\"\\/\b\f\n\r\t\v";
    char letter = text.size ? text.data[0] : '\0';
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 0;
    if (digits) {
        int32_t value = take_hex((Text){text.data + 1, text.size - 1}, digits);
        if (value < 0)
            return 0;
        if (letter == 'x')
            to[(*size)++] = (char)value;
        else
            *size += utf8_encode((uint32_t)value, to + *size);
        return 1 + digits;
    }
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found)
        return 0;
    to[(*size)++] = meanings[found - letters];
    return 1;
}

bool weblog_unescape(Text text, Arena *arena, Text *ret_text)
{
    size_t at = text_find(text, '\\');
    if (at == text.size) {
        *ret_text = text;
        return true;
    }
    char *to = arena_allocate(arena, text.size);
    if (!to)
        return false;
    memcpy(to, text.data, at);
    for (size_t size = at;;) {
        if (at == text.size) {
            *ret_text = (Text){to, size};
            return true;
        }
        size_t used = 0;
        if (text.data[at] == '\\')
            used = take_escape((Text){text.data + at + 1, text.size - at - 1}, to, &size);
        if (used == 0)
            to[size++] = text.data[at];
        at += 1 + used;
    }
}

bool weblog_decode_percent(Text text, bool is_form, Arena *arena, Text *ret_text)
{
    if (text_find(text, '%') == text.size && (!is_form || text_find(text, '+') == text.size)) {
        *ret_text = text;
        return true;
    }
    char *to = arena_allocate(arena, text.size);
    if (!to)
        return false;
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        int32_t value = -1;
        if (text.data[at] == '%')
            value = take_hex((Text){text.data + at + 1, text.size - at - 1}, 2);
        if (value >= 0) {
            to[size++] = (char)value;
            at += 2;
        } else {
            to[size++] = is_form && text.data[at] == '+' ? ' ' : text.data[at];
        }
    }
    *ret_text = (Text){to, size};
    return true;
}

bool weblog_decode_plus(Text text, Arena *arena, Text *ret_text)
{
    if (text_find(text, '+') == text.size) {
        *ret_text = text;
        return true;
    }
    char *to = arena_allocate(arena, text.size);
    if (!to)
        return false;
    for (size_t i = 0; i < text.size; i++)
        to[i] = text.data[i] == '+' ? ' ' : text.data[i];
    *ret_text = (Text){to, text.size};
    return true;
}

/* --- requests ------------------------------------------------------------------------------------------------- */

static bool is_method_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';
}

WeblogRequest weblog_request_split(Text request)
{
    WeblogRequest parts = {TEXT_NULL, TEXT_NULL, TEXT_NULL};
    size_t method = 0, end = request.size;
    while (method < request.size && is_method_letter(request.data[method]))
        method++;
    if (method == 0 || method == request.size || request.data[method] != ' ')
        return parts;
    const char *last = memrchr(request.data, ' ', request.size);
    Text protocol = {last + 1, (size_t)(request.data + request.size - last) - 1};
    if (text_starts_with(protocol, TEXT("HTTP/"))) {
        parts.protocol = protocol;
        end = (size_t)(last - request.data);
    }
    if (end <= method) /* one blank for both */
        return (WeblogRequest){TEXT_NULL, TEXT_NULL, TEXT_NULL};
    parts.method = (Text){request.data, method};
    parts.target = text_trim((Text){request.data + method + 1, end - method - 1});
    return parts;
}

static Text text_from_to(const char *from, const char *to)
{
    return (Text){from, (size_t)(to - from)};
}

/* Behind http:// or https://, or NULL. */
static const char *skip_scheme(Text target)
{
    if (target.size < 8 || (target.data[0] | 0x20) != 'h')
        return NULL;
    if (text_equal_ignore_case((Text){target.data, 7}, TEXT("http://")))
        return target.data + 7;
    return text_equal_ignore_case((Text){target.data, 8}, TEXT("https://")) ? target.data + 8 : NULL;
}

WeblogTarget weblog_target_split(Text target)
{
    WeblogTarget parts = {TEXT_NULL, TEXT_NULL, TEXT_NULL, TEXT_NULL};
    if (target.size == 0)
        return parts;
    const char *at = target.data, *end = target.data + target.size;
    if (*at != '/') {
        const char *host = skip_scheme(target);
        if (!host)
            return parts;
        at = host;
        while (at < end && *at != '/' && *at != '?')
            at++;
        parts.host = text_from_to(host, at);
    }
    while (at + 1 < end && at[0] == '/' && at[1] == '/')
        at++;
    const char *mark = at < end ? memchr(at, '?', (size_t)(end - at)) : NULL;
    parts.relative = text_from_to(at, end);
    parts.path = text_from_to(at, mark ? mark : end);
    parts.query = mark ? text_from_to(mark + 1, end) : TEXT_NULL;
    return parts;
}

Text weblog_extension(Text path)
{
    size_t at = path.size;
    while (at > 0 && path.data[at - 1] != '.' && path.data[at - 1] != '/' && path.size - at <= EXTENSION_MAX)
        at--;
    bool has_one = at > 0 && path.data[at - 1] == '.' && at < path.size && path.size - at <= EXTENSION_MAX;
    return has_one ? (Text){path.data + at, path.size - at} : TEXT_NULL;
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

/* The value of the first `name=value` in a list. The blanks before a name do not count. */
static Text find_pair(Text list, char separator, const char *blanks, Text name)
{
    const char *at = list.data, *end = list.data + list.size;
    while (at < end) {
        while (at < end && *at && strchr(blanks, *at))
            at++;
        const char *stop = memchr(at, separator, (size_t)(end - at));
        if (!stop)
            stop = end;
        size_t size = (size_t)(stop - at);
        bool is_it = size >= name.size && memcmp(at, name.data, name.size) == 0;
        if (is_it && size == name.size)
            return (Text){stop, 0};
        if (is_it && at[name.size] == '=')
            return text_from_to(at + name.size + 1, stop);
        at = stop + (stop < end);
    }
    return TEXT_NULL;
}

Text weblog_find_cookie(Text cookies, Text name)
{
    Text value = cookies.size ? find_pair(cookies, ';', " +", name) : TEXT_NULL;
    while (value.size && value.data[value.size - 1] == ' ')
        value.size--;
    return value;
}

Text weblog_find_parameter(Text query, Text name)
{
    return query.size ? find_pair(query, '&', "", name) : TEXT_NULL;
}

Text weblog_first_of_list(Text list)
{
    return text_trim((Text){list.data, text_find(list, ',')});
}

/* --- times ---------------------------------------------------------------------------------------------------- */

static bool has_shape(const char *at, const char *shape)
{
    for (; *shape; at++, shape++)
        if (*shape == '0'   ? *at < '0' || *at > '9'
            : *shape == 'a' ? (*at | 0x20) < 'a' || (*at | 0x20) > 'z'
                            : *at != *shape)
            return false;
    return true;
}

static int month_number(const char *name)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++)
        if ((name[0] | 0x20) == names[3 * i] && (name[1] | 0x20) == names[3 * i + 1] &&
            (name[2] | 0x20) == names[3 * i + 2])
            return i + 1;
    return 0;
}

size_t weblog_time_common(Text text, char ret_iso[static WEBLOG_TIME_SIZE])
{
    static const char shape[] = "00/aaa/0000:00:00:00 ";
    const char *at = text.data;
    if (text.size != 26 || !has_shape(at, shape) || (at[21] != '+' && at[21] != '-') || !has_shape(at + 22, "0000"))
        return 0;
    int month = month_number(at + 3);
    if (month == 0)
        return 0;
    memcpy(ret_iso, at + 7, 4);
    ret_iso[4] = '-';
    ret_iso[5] = (char)('0' + month / 10);
    ret_iso[6] = (char)('0' + month % 10);
    ret_iso[7] = '-';
    memcpy(ret_iso + 8, at, 2);
    ret_iso[10] = 'T';
    memcpy(ret_iso + 11, at + 12, 8);
    memcpy(ret_iso + 19, at + 21, 5);
    ret_iso[24] = '\0';
    return 24;
}

size_t weblog_time_by_format(const TimeFormat *format, Text text, char ret_iso[static WEBLOG_TIME_SIZE])
{
    _Static_assert((int)WEBLOG_TIME_SIZE >= (int)TIME_ISO_SIZE, "a time is written in place");
    TimeReading reading;
    if (!time_format_parse(format, text, &reading))
        return 0;
    int64_t offset = reading.has_offset ? reading.offset : 0;
    size_t size = time_write_iso(reading.local - offset * TIME_SECOND, ret_iso);
    if (!reading.has_offset)
        ret_iso[--size] = '\0';
    return size;
}

bool weblog_duration(const WeblogFormat *format, WeblogUnit unit, Text text, Arena *arena, Text *ret_text)
{
    long long number;
    *ret_text = text;
    if (unit == WEBLOG_UNKNOWN_UNIT)
        unit = format->is_microsoft ? WEBLOG_MILLISECONDS : WEBLOG_SECONDS;
    if (unit == WEBLOG_SECONDS || !text_to_int64(text, &number) || number < 0)
        return true;
    long long scale = unit == WEBLOG_MILLISECONDS ? 1000 : 1000000;
    char *written =
        arena_printf(arena, "%lld.%0*lld", number / scale, unit == WEBLOG_MILLISECONDS ? 3 : 6, number % scale);
    *ret_text = text_from(written);
    return written != NULL;
}
