/* What a line of a web server's log is made of, compiled from the server's own words for it.
 *
 *     WeblogFormat format;
 *     TRY(weblog_format_compile(TEXT("%h %l %u %t \"%r\" %>s %b"), &arena, &format, error));
 *     WeblogLine line;
 *     if (!weblog_line_split(&format, text, &line)) ...                                     // common/weblog/line.h
 *
 * The words are those of Apache's LogFormat (%h %l %u %t "%r" %>s %b "%{Referer}i"), of nginx's log_format
 * ($remote_addr - $remote_user [$time_local] "$request"), or of a #Fields line as IIS and others write it after the
 * W3C's draft of an extended log file format. An item is one thing that the server put there: its value, and the
 * letters that stand between it and the next.
 *
 * Sources: Apache's mod_log_config, nginx's ngx_http_log_module and the variables of its core, Microsoft's W3C logging
 * and W3C's WD-logfile, CloudFront's standard log, Tomcat's extended access log.
 */
#ifndef CLOSEDLOOP_COMMON_WEBLOG_FORMAT_H
#define CLOSEDLOOP_COMMON_WEBLOG_FORMAT_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"
#include "common/time_format.h"

#include <stdint.h>

enum { WEBLOG_ITEMS_MAX = 64 };

typedef enum WeblogStyle { WEBLOG_APACHE, WEBLOG_NGINX, WEBLOG_W3C } WeblogStyle;

typedef enum WeblogField {
    WEBLOG_OTHER,     /* by its name alone: nginx's variable, Apache's note or environment variable, W3C's field */
    WEBLOG_ADDRESS,   /* of the client */
    WEBLOG_USER,      /* who logged in by HTTP */
    WEBLOG_TIME,      /* see WeblogTime */
    WEBLOG_DATE,      /* W3C: 2026-03-01 */
    WEBLOG_CLOCK,     /* W3C: 12:00:00 */
    WEBLOG_REQUEST,   /* GET /a?b HTTP/1.1 */
    WEBLOG_METHOD,    /* GET */
    WEBLOG_TARGET,    /* /a?b */
    WEBLOG_PATH,      /* /a */
    WEBLOG_QUERY,     /* b, or ?b */
    WEBLOG_PARAMETER, /* the query parameter `name` */
    WEBLOG_PROTOCOL,  /* HTTP/1.1 */
    WEBLOG_STATUS,    /* 200 */
    WEBLOG_BYTES,     /* sent */
    WEBLOG_HOST,      /* that was asked for */
    WEBLOG_DURATION,  /* in `unit` */
    WEBLOG_HEADER,    /* of the request: `name`, in lower case */
    WEBLOG_COOKIE,    /* `name` */
} WeblogField;

typedef enum WeblogTime {
    WEBLOG_TIME_COMMON, /* 01/Mar/2026:12:00:00 +0100 */
    WEBLOG_TIME_ISO,    /* 2026-03-01T12:00:00+01:00 */
    WEBLOG_TIME_FORMAT, /* by WeblogFormat.time */
} WeblogTime;

typedef enum WeblogUnit {
    WEBLOG_SECONDS,
    WEBLOG_MILLISECONDS,
    WEBLOG_MICROSECONDS,
    WEBLOG_UNKNOWN_UNIT, /* W3C's time-taken: seconds where it has a point, else see WeblogFormat.is_microsoft */
} WeblogUnit;

typedef struct WeblogItem {
    WeblogField field;
    WeblogTime time;
    WeblogUnit unit;
    unsigned rank; /* of several items of one field the one with the lowest counts */
    Text name;     /* of a header (lower case), cookie, parameter; of all others the server's word, for messages */
    /* Where the value ends. In W3C's logs at the separator, and none of this is used. */
    Text behind;    /* at these bytes, which belong to no value; behind the last item nothing more may stand */
    char stop;      /* with nothing behind: at this byte, with which the next item begins; 0: at the line's end */
    unsigned skips; /* this many times `behind` stands within the value itself */
    bool is_word;   /* with nothing behind: at the first blank, if there is one */
    bool is_list;   /* a comma or colon within the value may have a blank behind it */
} WeblogItem;

typedef struct WeblogFormat {
    WeblogStyle style;
    Text ahead; /* what stands before the first item */
    WeblogItem items[WEBLOG_ITEMS_MAX];
    size_t count;
    TimeFormat time;
    bool is_microsoft; /* W3C: written by IIS, which counts time-taken in milliseconds */
} WeblogFormat;

/* Compiles common, combined, vhost_combined, or a format string; also one with what stands around it in the server's
 * configuration (LogFormat "..." name; log_format name escape=json '...' '...';). w3c is a format without items:
 * each file names them. All texts are the arena's. ERROR_CONFIG without a place, and mostly with a hint. */
Status weblog_format_compile(Text text, Arena *arena, WeblogFormat *ret_format, Error *error);

/* From what stands behind "#Fields:" in a W3C log. ERROR_DATA for no fields, and for too many. */
Status weblog_format_from_fields(Text names, Arena *arena, WeblogFormat *ret_format, Error *error);

/* The item of that field with the lowest rank, and, if name is present, that name; -1 if there is none. Names of
 * headers are compared in lower case, those of others as they are. */
int weblog_format_find(const WeblogFormat *format, WeblogField field, Text name);

#endif
