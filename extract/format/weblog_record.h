/* The columns of one line of a web server's log (common/weblog/column.h), worked out of what its format names.
 *
 *     WeblogRecord record = weblog_record_make(ceiling);
 *     weblog_record_bind(&record, &format);
 *     WeblogSlot slot = weblog_record_slot(&format, column, name);                      // once for each column asked
 * for if (!weblog_record_read(&record, text)) reject(record.line.problem, record.line.reason); Text value =
 * weblog_record_value(&record, &slot); weblog_record_done(&record);
 */
#ifndef CLOSEDLOOP_EXTRACT_WEBLOG_RECORD_H
#define CLOSEDLOOP_EXTRACT_WEBLOG_RECORD_H

#include "common/arena.h"
#include "common/weblog/column.h"
#include "common/weblog/line.h"
#include "common/weblog/value.h"

enum { WEBLOG_DATE_SIZE = 10, WEBLOG_TIME_KEPT = 64 };

/* Where a column's value comes from. */
typedef struct WeblogSlot {
    WeblogColumn column;
    Text name;
    int item; /* of the format; -1: none, or not one alone */
} WeblogSlot;

/* Where the parts that several columns are made of stand in the format; -1: nowhere. */
typedef struct WeblogPlaces {
    int request, method, target, path, query, protocol, time, date, clock, host, host_header, cookies;
} WeblogPlaces;

typedef struct WeblogRecord {
    const WeblogFormat *format; /* NULL before it is bound */
    WeblogPlaces places;
    char date[WEBLOG_DATE_SIZE + 1]; /* of W3C logs that say the time alone: set by the caller from #Date */
    Text text;                       /* the line at hand */
    WeblogLine line;
    WeblogRequest request;
    WeblogTarget target;
    bool is_too_long; /* some value found no room: the record cannot be used */
    Arena arena;      /* for what does not stand in the line as it is */
    /* The time that was read last: most lines of a busy server share it with the one before. */
    char time_read[WEBLOG_TIME_KEPT], time[WEBLOG_TIME_SIZE];
    size_t time_read_size, time_size;
} WeblogRecord;

/* For lines of at most that many bytes. */
WeblogRecord weblog_record_make(size_t ceiling);

/* The format must outlive its use. */
void weblog_record_bind(WeblogRecord *record, const WeblogFormat *format);

WeblogSlot weblog_record_slot(const WeblogFormat *format, WeblogColumn column, Text name);

/* False for a line that does not follow the format: record->line says why. The text must stay while values are used. */
bool weblog_record_read(WeblogRecord *record, Text text);

/* Any bytes; absent if the line does not say it; valid until the next weblog_record_read(). Sets is_too_long if there
 * was no room for it. */
Text weblog_record_value(WeblogRecord *record, const WeblogSlot *slot);

/* Whether the value stands in the line as it is, so that what is known of the line's bytes holds for it. */
bool weblog_record_is_span(const WeblogRecord *record, Text value);

/* What may be shown of it: the request, but no address and no cookie. */
Text weblog_record_shown(const WeblogRecord *record);

void weblog_record_done(WeblogRecord *record);

#endif
