/* One entry of a catalogue: the values of columns that its format names (common/config/format_columns.h), gathered in
 * any order and then given to the emitter.
 *
 *     cleanup(entry_done) Entry entry = {0};
 *     TRY(entry_make(emitter, &entry, error));
 *     for (each item) {
 *         TRY(entry_begin(&entry, line, error));
 *         entry_set(&entry, FEED_TITLE, title);
 *         TRY(entry_emit(&entry, error));
 *     }
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_ENTRY_H
#define CLOSEDLOOP_EXTRACT_FORMAT_ENTRY_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/config/format_columns.h"
#include "common/error.h"
#include "extract/emitter.h"
#include "extract/mapping/columns.h"

typedef struct Entry {
    Emitter *emitter;
    FormatColumns names;
    Columns columns;
    bool is_mapped[FORMAT_COLUMNS_MAX];
    bool is_plain; /* its values are valid UTF-8 without NUL, as those of XML are; entry_begin() says so */
    Text values[FORMAT_COLUMNS_MAX];
    Buffer joined[FORMAT_COLUMNS_MAX]; /* of the columns that were joined */
    Arena arena;
} Entry;

/* For the format of the emitter's source. The file is for messages. */
Status entry_make(Emitter *emitter, const char *file, Entry *ret_entry, Error *error);

/* Forgets all values. */
Status entry_begin(Entry *entry, size_t line, Error *error);

/* Without the white space around it. The first value that is not empty counts. It must live until entry_emit(). */
void entry_set(Entry *entry, size_t column, Text value);

/* Puts it behind what the column holds, with that between them, unless it is empty. For columns that are not set. */
Status entry_join(Entry *entry, size_t column, const char *separator, Text value, Error *error);

/* A time as feeds and sitemaps write it, in the form that transform reads (extract/format/web_time.h). */
void entry_set_time(Entry *entry, size_t column, Text value);

/* The host of the absolute http or https address that another column holds, in lower case. */
void entry_set_host(Entry *entry, size_t column, size_t url_column);

/* The value so far, perhaps absent. */
Text entry_value(const Entry *entry, size_t column);

/* The first column is what a reject shows of it. */
Status entry_emit(Entry *entry, Error *error);

/* May be called again, and on {0}. */
void entry_done(Entry *entry);

#endif
