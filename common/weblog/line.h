/* One line of a web server's log, cut into what its format names.
 *
 *     WeblogLine line;
 *     if (!weblog_line_split(&format, text, &line))
 *         reject(line.problem, line.reason);
 *     Text status = line.values[weblog_format_find(&format, WEBLOG_STATUS, TEXT_NULL)];
 *
 * The values are as they stand in the line, escapes and all (common/weblog/value.h). One that the server had not, which
 * it writes as a hyphen, is absent.
 */
#ifndef CLOSEDLOOP_COMMON_WEBLOG_LINE_H
#define CLOSEDLOOP_COMMON_WEBLOG_LINE_H

#include "common/text.h"
#include "common/weblog/format.h"

typedef struct WeblogLine {
    Text values[WEBLOG_ITEMS_MAX]; /* one for each item of the format */
    bool has_tabs;                 /* W3C: tabs separate the values, as CloudFront writes them */
    /* Of a line that does not follow its format, for a reject:
     *     malformed_line    something else stands where the format has one of its letters
     *     ragged            W3C: another number of values than fields */
    const char *problem;
    char reason[160];
} WeblogLine;

/* False, with problem and reason, for a line that does not follow the format. Of a format in W3C's style the separator
 * is a tab if the line holds one, else a blank; a value in quotes may hold it, and is without its quotes. */
bool weblog_line_split(const WeblogFormat *format, Text text, WeblogLine *ret_line);

#endif
