/* How a WeblogFormat is put together, item by item. A part of common/weblog_format; nobody else needs it.
 *
 *     cleanup(weblog_builder_done) WeblogBuilder builder = weblog_builder_make(WEBLOG_NGINX, arena, error);
 *     TRY(weblog_builder_literal(&builder, '['));
 *     TRY(weblog_builder_item(&builder, (WeblogItem){.field = WEBLOG_USER, .name = name}));
 *     return weblog_builder_end(&builder, ret_format);
 */
#ifndef CLOSEDLOOP_COMMON_WEBLOG_FORMAT_BUILD_H
#define CLOSEDLOOP_COMMON_WEBLOG_FORMAT_BUILD_H

#include "common/buffer.h"
#include "common/weblog/format.h"

enum { WEBLOG_LITERAL_MAX = 256, WEBLOG_TIME_MAX = 256 };

typedef struct WeblogBuilder {
    WeblogFormat format;
    Arena *arena;
    Error *error;
    Buffer literal;                /* since the last item */
    Text shapes[WEBLOG_ITEMS_MAX]; /* of a time that may hold the letters behind it: how it is written */
    int time_item;                 /* the one of WEBLOG_TIME_FORMAT, or -1 */
    bool awaits_query, was_time;   /* the last item is a target or a time of WEBLOG_TIME_FORMAT, and may go on */
} WeblogBuilder;

WeblogBuilder weblog_builder_make(WeblogStyle style, Arena *arena, Error *error);

Status weblog_builder_literal(WeblogBuilder *builder, char byte);

/* The texts are copied. Nothing between two items is an error, unless the first byte of the second is known. */
Status weblog_builder_item(WeblogBuilder *builder, WeblogItem item);

/* A time in the common form, which holds a blank. */
Status weblog_builder_common_time(WeblogBuilder *builder, Text name);

/* A time by a format (common/time_format.h). Several that follow each other, such as a date and a clock, are one. */
Status weblog_builder_time(WeblogBuilder *builder, Text name, Text format);

/* Behind a path: a question mark if there is a query. nginx's $is_args; the query itself follows as an item. */
Status weblog_builder_question_mark(WeblogBuilder *builder, Text name);

Status weblog_builder_end(WeblogBuilder *builder, WeblogFormat *ret_format);

void weblog_builder_done(WeblogBuilder *builder);

/* The two languages. */
Status weblog_format_parse_apache(Text text, WeblogBuilder *builder);
Status weblog_format_parse_nginx(Text text, WeblogBuilder *builder);

#endif
