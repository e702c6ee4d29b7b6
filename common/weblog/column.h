/* The columns that a mapping finds in a web server's log, whatever the server and its format: time, url, cookie.sid.
 *
 *     WeblogColumn column;
 *     Text name;
 *     if (!weblog_column_find(TEXT("cookie.sid"), &column, &name))
 *         hint(weblog_column_nearest(path));
 *     const char *missing = weblog_column_missing(&format, column, name);
 */
#ifndef CLOSEDLOOP_COMMON_WEBLOG_COLUMN_H
#define CLOSEDLOOP_COMMON_WEBLOG_COLUMN_H

#include "common/text.h"
#include "common/weblog/format.h"

typedef enum WeblogColumn {
    WEBLOG_COLUMN_IP_ADDRESS,    /* of the client, or of the proxy before the server */
    WEBLOG_COLUMN_FORWARDED_FOR, /* the client's address as a proxy says it: the first in X-Forwarded-For */
    WEBLOG_COLUMN_USER,          /* who logged in by HTTP */
    WEBLOG_COLUMN_TIME,          /* in ISO 8601, with the offset if the log has one */
    WEBLOG_COLUMN_DATE,          /* the date in it, as it is written */
    WEBLOG_COLUMN_REQUEST,       /* the request line */
    WEBLOG_COLUMN_METHOD,
    WEBLOG_COLUMN_URL, /* path and query; with a host, if the log says which */
    WEBLOG_COLUMN_PATH,
    WEBLOG_COLUMN_EXTENSION, /* of the path's last segment, in lower case: pdf */
    WEBLOG_COLUMN_PROTOCOL,
    WEBLOG_COLUMN_STATUS,
    WEBLOG_COLUMN_BYTES,
    WEBLOG_COLUMN_REFERRER,
    WEBLOG_COLUMN_USER_AGENT,
    WEBLOG_COLUMN_HOST,
    WEBLOG_COLUMN_DURATION, /* in seconds */
    WEBLOG_COLUMN_COUNT,
    /* With a name: */
    WEBLOG_COLUMN_COOKIE = WEBLOG_COLUMN_COUNT,
    WEBLOG_COLUMN_QUERY,    /* a parameter, decoded */
    WEBLOG_COLUMN_HEADER,   /* of the request */
    WEBLOG_COLUMN_VARIABLE, /* anything that the format says by that name */
} WeblogColumn;

/* False for a path that names no column. The name is a span of the path, absent for columns that have none. */
bool weblog_column_find(Text path, WeblogColumn *ret_column, Text *ret_name);

/* Of those without a name. */
const char *weblog_column_name(WeblogColumn column);

/* The column that was probably meant, or NULL. */
const char *weblog_column_nearest(Text path);

/* NULL if the format can say it, or says it or not from line to line. Else what the format would need, in words: nobody
 * who asks for the time, the address or a certain cookie would be content with nothing. */
const char *weblog_column_missing(const WeblogFormat *format, WeblogColumn column, Text name);

#endif
