/* What --preview prints: the first records of a source as they would be mapped, and what of the source is not mapped.
 *
 *     cleanup(preview_done) Preview preview = preview_make(stdout, source->format);
 *     emitter_make(&mapping, preview_sink(&preview), &emitter, error);
 *     preview.emitter = &emitter;
 *     ...
 *     preview_end(&preview, &emitter);
 *
 *     view, line 1
 *         event_id     7f30f0daed1f00            <- id
 *         viewed_at    2025-12-17T16:02:30.300Z  <- context.at
 *         interaction  page_view                 <- event: nothing, so the default
 *         not given: visitor, email
 *
 *     rejected view, line 2: ragged: 3 columns instead of 4
 *         a,b,c
 *
 *     left out by 'only' and 'unless': 4 of 7 records
 *     source columns not mapped: Fax, Salutation
 *     source columns not there: Country
 */
#ifndef CLOSEDLOOP_EXTRACT_PREVIEW_H
#define CLOSEDLOOP_EXTRACT_PREVIEW_H

#include "common/arena.h"
#include "extract/emitter.h"

#include <stdio.h>

enum { PREVIEW_VALUE_COLUMNS = 100, PREVIEW_PADDED_COLUMNS = 40, PREVIEW_NAMES_MAX = 200 };

typedef struct PreviewNames {
    Text items[PREVIEW_NAMES_MAX];
    size_t count;
    bool has_more;
} PreviewNames;

typedef struct Preview {
    FILE *stream;
    const char *what; /* columns, keys or names */
    Emitter *emitter; /* whose records these are: tells where their values came from; NULL: they are shown alone */
    Arena arena;
    PreviewNames unmapped, missing;
} Preview;

Preview preview_make(FILE *stream, SourceFormat format);

/* The preview must not move while the sink is in use. */
RecordSink preview_sink(Preview *preview);

/* How many of the records read up to here were left out, if any, and the lines on what is not mapped, and, if there
 * are any, on columns that would be read and are not there. */
void preview_end(const Preview *preview, const Emitter *emitter);

void preview_done(Preview *preview);

#endif
