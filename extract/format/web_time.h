/* Times as feeds and sitemaps write them, in ISO 8601.
 *
 *     char iso[WEB_TIME_SIZE];
 *     web_time_to_iso(TEXT("Sun, 06 Sep 09 16:20 EST"), iso)      // 2009-09-06T16:20:00-05:00
 *     web_time_to_iso(TEXT("2009-09"), iso)                       // 2009-09-01
 *
 * RSS has the dates of RFC 822 and its successors: weekday and seconds may be missing, years have two digits or four,
 * and zones are offsets or the names of North America. Sitemaps and Atom have those of www.w3.org/TR/NOTE-datetime,
 * which may be a year or a month alone: then its first day stands for it.
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_WEB_TIME_H
#define CLOSEDLOOP_EXTRACT_FORMAT_WEB_TIME_H

#include "common/text.h"

enum { WEB_TIME_SIZE = 32 };

/* What is not in one of these forms comes back as it is: transform judges it. Nor is it checked here whether there is
 * such a day. */
Text web_time_to_iso(Text time, char iso[static WEB_TIME_SIZE]);

#endif
