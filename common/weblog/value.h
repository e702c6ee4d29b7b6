/* What the values of a web server's log mean: escapes, times, request lines, cookies, query parameters.
 *
 *     Text request;
 *     if (!weblog_unescape(line.values[i], &arena, &request)) ...      // past the arena's ceiling
 *     WeblogRequest parts = weblog_request_split(request);
 *     Text visitor = weblog_find_cookie(cookies, TEXT("vid"));
 *
 * Texts come back as spans of what was given, unless an arena is.
 */
#ifndef CLOSEDLOOP_COMMON_WEBLOG_VALUE_H
#define CLOSEDLOOP_COMMON_WEBLOG_VALUE_H

#include "common/arena.h"
#include "common/text.h"
#include "common/weblog/format.h"

enum { WEBLOG_TIME_SIZE = 32 };

/* Apache's and nginx's escapes: \" \\ \/ \b \f \n \r \t \v \xHH, and of escape=json \uHHHH. A backslash before anything
 * else stands for itself. The result may be no UTF-8. Without a backslash it is the text itself, not copied. False past
 * the arena's ceiling. */
bool weblog_unescape(Text text, Arena *arena, Text *ret_text);

/* Percent escapes; with is_form a plus is a blank, as in a query. A percent sign without two digits stands for itself.
 */
bool weblog_decode_percent(Text text, bool is_form, Arena *arena, Text *ret_text);

/* IIS writes a blank as a plus. */
bool weblog_decode_plus(Text text, Arena *arena, Text *ret_text);

/* Three words with blanks between them; the last is absent in HTTP/0.9. Anything that is no request, such as the first
 * bytes of another protocol, has none of them. */
typedef struct WeblogRequest {
    Text method, target, protocol;
} WeblogRequest;

WeblogRequest weblog_request_split(Text request);

/* What a client asked for: /a/b?c, or http://host/a/b?c as a proxy is asked. All are absent if it is neither. Several
 * slashes at the start of the path are one: //a is no host. */
typedef struct WeblogTarget {
    Text host, path, query; /* the query without its question mark, absent if there is none */
    Text relative;          /* path and query */
} WeblogTarget;

WeblogTarget weblog_target_split(Text target);

/* What stands behind the last dot of a path's last segment: "pdf" of /a.b/c.pdf; absent if there is none or it is
 * longer than 16 bytes. */
Text weblog_extension(Text path);

/* The value of a cookie in a Cookie header, the first of several; absent if it is not there. IIS's pluses behind the
 * semicolons are blanks. */
Text weblog_find_cookie(Text cookies, Text name);

/* The value of a query parameter as it is written, the first of several; absent if it is not there, empty without one.
 * Names are compared as they are written. */
Text weblog_find_parameter(Text query, Text name);

/* The first of a list with commas, trimmed: the client in X-Forwarded-For. */
Text weblog_first_of_list(Text list);

/* 01/Mar/2026:12:00:00 +0100 as 2026-03-01T12:00:00+0100; returns its size, 0 if the text has another form. Whether
 * such a day exists is not asked. */
size_t weblog_time_common(Text text, char ret_iso[static WEBLOG_TIME_SIZE]);

/* The same for a time by a format: with a Z in the end if it says its offset, which is then taken off. */
size_t weblog_time_by_format(const TimeFormat *format, Text text, char ret_iso[static WEBLOG_TIME_SIZE]);

/* A duration as seconds, such as 0.250; the text itself if it is no number or seconds already. */
bool weblog_duration(const WeblogFormat *format, WeblogUnit unit, Text text, Arena *arena, Text *ret_text);

#endif
