/* Records of JSON out of an input of any size: NDJSON, or the elements of an array.
 *
 * JsonStream cuts an input of any size, given block by block, into records in constant memory.
 *
 *     cleanup(json_stream_done) JsonStream stream = json_stream_make((JsonStreamOptions){
 *         .layout = JSON_ARRAY, .path = "data.items", .read = read_block, .context = file});
 *     while ((status = json_stream_next(&stream, &record, error)) == STATUS_OK)
 *         if (record.problem)
 *             reject(record.line, record.problem, record.detail, record.text);
 */
#ifndef CLOSEDLOOP_COMMON_JSON_STREAM_H
#define CLOSEDLOOP_COMMON_JSON_STREAM_H

#include "common/json.h"

typedef enum JsonLayout {
    JSON_LINES, /* NDJSON: a value on each line; blank lines are passed over; LF or CRLF, the last one may be missing */
    JSON_ARRAY, /* the elements of one array */
} JsonLayout;

/* Gives the next block of the input, valid until the next call; STATUS_END behind the last. Blocks may be empty. */
typedef Status JsonRead(void *context, Text *ret_block, Error *error);

typedef struct JsonStreamOptions {
    JsonLayout layout;
    JsonRead *read;
    void *context;
    const char *path; /* JSON_ARRAY: keys that lead from the top-level object to the array, joined by dots; NULL if the
                         array is the top level. Must outlive the stream */
    size_t record_ceiling; /* bytes of a record; 0: 1 MiB */
    bool leave_unchecked;  /* JSON_LINES: the caller scans each text to its end anyway, so spare the pass that checks it
                            */
} JsonStreamOptions;

typedef struct JsonRecord {
    /* The value without white space around it, valid until the next call. Of a problem: what is known of it, cut at the
     * ceiling, which may be within a character. */
    Text text;
    size_t size; /* of all that was read for it: more than the text has if that was cut */
    size_t line; /* where it begins, 1-based */
    /* NULL, or a code for a reject:
     *     malformed_json    it is not JSON
     *     record_too_long   more bytes than the ceiling */
    const char *problem;
    bool has_end;     /* false: JSON_LINES, and the input ends with it, without a line end */
    bool is_last;     /* with a problem: the structure is broken here, and nothing behind it can be read */
    char detail[160]; /* of a problem, for people */
} JsonRecord;

typedef struct JsonStream {
    JsonStreamOptions options;
    Text block, later; /* not yet taken; later follows block */
    char head[4];      /* the first bytes, where a byte order mark may stand */
    Buffer carry;      /* an item whose beginning is no longer in a block */
    size_t offset, line;
    size_t outer_objects; /* open around the array */
    bool is_started, has_elements, has_ended, at_input_end, is_broken;
    struct {          /* a line or value that is being taken */
        size_t size;  /* of all of it; what is kept ends at the ceiling */
        size_t depth; /* of brackets; see JsonScanner for the bits */
        bool is_complete, is_checked, in_string, is_escaped;
        const char *flaw; /* the structure breaks within it */
        uint64_t is_object[JSON_DEPTH_MAX / 64];
    } item;
} JsonStream;

/* Takes no memory yet. Must not be moved once it is read from. */
JsonStream json_stream_make(JsonStreamOptions options);

/* A record, or one that is none (problem). A UTF-8 byte order mark at the start is dropped. STATUS_END behind the last
 * record; in JSON_ARRAY also what follows the array was then read and found in order, but a member of the outer
 * objects larger than the ceiling is checked for its brackets and strings alone.
 * ERROR_DATA for an input in UTF-16 or UTF-32 and for one without the array asked for; what read returns else. */
Status json_stream_next(JsonStream *stream, JsonRecord *ret_record, Error *error);

void json_stream_done(JsonStream *stream);

#endif
