#include "common/weblog/column.h"

#include "common/nearest.h"

static const char *const names[WEBLOG_COLUMN_COUNT] = {
    [WEBLOG_COLUMN_IP_ADDRESS] = "ip_address",
    [WEBLOG_COLUMN_FORWARDED_FOR] = "forwarded_for",
    [WEBLOG_COLUMN_USER] = "user",
    [WEBLOG_COLUMN_TIME] = "time",
    [WEBLOG_COLUMN_DATE] = "date",
    [WEBLOG_COLUMN_REQUEST] = "request",
    [WEBLOG_COLUMN_METHOD] = "method",
    [WEBLOG_COLUMN_URL] = "url",
    [WEBLOG_COLUMN_PATH] = "path",
    [WEBLOG_COLUMN_EXTENSION] = "extension",
    [WEBLOG_COLUMN_PROTOCOL] = "protocol",
    [WEBLOG_COLUMN_STATUS] = "status",
    [WEBLOG_COLUMN_BYTES] = "bytes",
    [WEBLOG_COLUMN_REFERRER] = "referrer",
    [WEBLOG_COLUMN_USER_AGENT] = "user_agent",
    [WEBLOG_COLUMN_HOST] = "host",
    [WEBLOG_COLUMN_DURATION] = "duration",
};

static const struct {
    Text prefix;
    WeblogColumn column;
} families[] = {
    {{"cookie.", 7}, WEBLOG_COLUMN_COOKIE},
    {{"query.", 6}, WEBLOG_COLUMN_QUERY},
    {{"header.", 7}, WEBLOG_COLUMN_HEADER},
    {{"variable.", 9}, WEBLOG_COLUMN_VARIABLE},
};

bool weblog_column_find(Text path, WeblogColumn *ret_column, Text *ret_name)
{
    for (int i = 0; i < WEBLOG_COLUMN_COUNT; i++)
        if (text_is(path, names[i])) {
            *ret_column = (WeblogColumn)i;
            *ret_name = TEXT_NULL;
            return true;
        }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (path.size > families[i].prefix.size && text_starts_with(path, families[i].prefix)) {
            *ret_column = families[i].column;
            *ret_name = (Text){path.data + families[i].prefix.size, path.size - families[i].prefix.size};
            return true;
        }
    return false;
}

const char *weblog_column_name(WeblogColumn column)
{
    return names[column];
}

const char *weblog_column_nearest(Text path)
{
    return nearest_name(path, names, WEBLOG_COLUMN_COUNT);
}

static bool has(const WeblogFormat *format, WeblogField field)
{
    return weblog_format_find(format, field, TEXT_NULL) >= 0;
}

static bool has_name(const WeblogFormat *format, Text name, bool is_header)
{
    for (size_t i = 0; i < format->count; i++)
        if (text_equal_ignore_case(format->items[i].name, name) &&
            (format->items[i].field == WEBLOG_HEADER) == is_header)
            return true;
    return false;
}

const char *weblog_column_missing(const WeblogFormat *format, WeblogColumn column, Text name)
{
    bool has_url = has(format, WEBLOG_REQUEST) || has(format, WEBLOG_TARGET) || has(format, WEBLOG_PATH);
    switch (column) {
    case WEBLOG_COLUMN_TIME:
    case WEBLOG_COLUMN_DATE:
        return has(format, WEBLOG_TIME) || has(format, WEBLOG_CLOCK) ? NULL
                                                                     : "a time: %t, $time_local, or date and time";
    case WEBLOG_COLUMN_URL:
    case WEBLOG_COLUMN_PATH:
        return has_url ? NULL : "the request: \"%r\", \"$request\", or cs-uri-stem";
    case WEBLOG_COLUMN_QUERY:
        return has_url || has(format, WEBLOG_QUERY) || weblog_format_find(format, WEBLOG_PARAMETER, name) >= 0
                   ? NULL
                   : "the request: \"%r\", \"$request\", or cs-uri-query";
    case WEBLOG_COLUMN_COOKIE:
        return weblog_format_find(format, WEBLOG_COOKIE, name) >= 0 ||
                       weblog_format_find(format, WEBLOG_HEADER, TEXT("cookie")) >= 0
                   ? NULL
                   : "that cookie: \"%{NAME}C\" or \"%{Cookie}i\", \"$cookie_NAME\" or \"$http_cookie\", or cs(Cookie)";
    case WEBLOG_COLUMN_HEADER:
        return has_name(format, name, true) ? NULL : "that header: \"%{NAME}i\", \"$http_NAME\", or cs(NAME)";
    case WEBLOG_COLUMN_VARIABLE:
        return has_name(format, name, false) ? NULL : "anything of that name";
    default:
        return NULL;
    }
}
