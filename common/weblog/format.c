#include "common/weblog/format_build.h"

static const struct NamedFormat {
    const char *name, *format;
} named_formats[] = {
    {"common", "%h %l %u %t \"%r\" %>s %b"},
    {"combined", "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""},
    {"vhost_combined", "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""},
};

/* nginx has $name everywhere, and Apache's format can hold a dollar only where it means one. */
static bool is_nginx(Text text)
{
    for (size_t i = 0; i + 1 < text.size; i++) {
        char next = text.data[i + 1];
        if (text.data[i] == '$' && ((next >= 'a' && next <= 'z') || next == '{' || next == '_'))
            return true;
    }
    return false;
}

Status weblog_format_compile(Text text, Arena *arena, WeblogFormat *ret_format, Error *error)
{
    if (text_is(text, "w3c")) {
        *ret_format = (WeblogFormat){.style = WEBLOG_W3C};
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof named_formats / sizeof *named_formats; i++)
        if (text_is(text, named_formats[i].name))
            text = text_from(named_formats[i].format);
    WeblogStyle style = is_nginx(text) ? WEBLOG_NGINX : WEBLOG_APACHE;
    cleanup(weblog_builder_done) WeblogBuilder builder = weblog_builder_make(style, arena, error);
    TRY(style == WEBLOG_NGINX ? weblog_format_parse_nginx(text, &builder) : weblog_format_parse_apache(text, &builder));
    return weblog_builder_end(&builder, ret_format);
}

int weblog_format_find(const WeblogFormat *format, WeblogField field, Text name)
{
    int found = -1;
    for (size_t i = 0; i < format->count; i++) {
        const WeblogItem *item = &format->items[i];
        bool is_it = item->field == field && (text_is_null(name) || text_equal(item->name, name));
        if (is_it && (found < 0 || item->rank < format->items[found].rank))
            found = (int)i;
    }
    return found;
}

/* --- W3C's extended log file format --------------------------------------------------------------------------- */

static const struct W3cField {
    const char *name;
    WeblogField field;
    unsigned rank;
} w3c_fields[] = {
    {"date", WEBLOG_DATE, 0},
    {"time", WEBLOG_CLOCK, 0},
    {"c-ip", WEBLOG_ADDRESS, 0},
    {"cs-username", WEBLOG_USER, 0},
    {"cs-method", WEBLOG_METHOD, 0},
    {"cs-uri", WEBLOG_TARGET, 0},
    {"cs-uri-stem", WEBLOG_PATH, 0},
    {"cs-uri-query", WEBLOG_QUERY, 0},
    {"cs-version", WEBLOG_PROTOCOL, 0},
    {"cs-protocol-version", WEBLOG_PROTOCOL, 1},
    {"sc-status", WEBLOG_STATUS, 0},
    {"sc-bytes", WEBLOG_BYTES, 0},
    {"bytes", WEBLOG_BYTES, 1},
    {"x-host-header", WEBLOG_HOST, 0}, /* CloudFront: of the viewer; its cs(Host) is the distribution's own name */
    {"cs-host", WEBLOG_HOST, 1},
    {"time-taken", WEBLOG_DURATION, 0},
};

static bool lower_case(Text text, Arena *arena, Text *ret_text)
{
    char *copy = arena_copy(arena, text);
    for (size_t i = 0; copy && i < text.size; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + 'a' - 'A');
    *ret_text = (Text){copy, text.size};
    return copy != NULL;
}

static bool make_w3c_item(Text name, Arena *arena, WeblogItem *ret_item)
{
    Text lower;
    if (!lower_case(name, arena, &lower))
        return false;
    *ret_item = (WeblogItem){.field = WEBLOG_OTHER, .name = lower, .unit = WEBLOG_UNKNOWN_UNIT};
    for (size_t i = 0; i < sizeof w3c_fields / sizeof *w3c_fields; i++)
        if (text_is(lower, w3c_fields[i].name)) {
            ret_item->field = w3c_fields[i].field;
            ret_item->rank = w3c_fields[i].rank;
        }
    bool is_header = text_starts_with(lower, TEXT("cs(")) && text_ends_with(lower, TEXT(")"));
    if (is_header || text_is(lower, "x-forwarded-for")) {
        ret_item->field = WEBLOG_HEADER;
        ret_item->name = is_header ? (Text){lower.data + 3, lower.size - 4} : lower;
    }
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

Status weblog_format_from_fields(Text names, Arena *arena, WeblogFormat *ret_format, Error *error)
{
    WeblogFormat format = {.style = WEBLOG_W3C};
    for (size_t at = 0; at < names.size;) {
        size_t start = at;
        while (at < names.size && !is_blank(names.data[at]))
            at++;
        if (at > start && format.count == WEBLOG_ITEMS_MAX)
            return error_set(error, ERROR_DATA, "#Fields names more than %d fields", WEBLOG_ITEMS_MAX);
        if (at > start && !make_w3c_item((Text){names.data + start, at - start}, arena, &format.items[format.count++]))
            return error_set(error, ERROR_DATA, "#Fields needs more memory than is set aside for it");
        at += at < names.size;
    }
    if (format.count == 0)
        return error_set(error, ERROR_DATA, "#Fields names no field");
    *ret_format = format;
    return STATUS_OK;
}
