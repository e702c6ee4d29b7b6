/* JSON onto a buffer. Errors stick: nothing more is written behind the first one, and the end reports it.
 *
 *     JsonWriter writer = json_writer_make(&buffer, true);
 *     json_write_object_begin(&writer);
 *     json_write_key(&writer, TEXT("read"));
 *     json_write_integer(&writer, 20000);
 *     json_write_object_end(&writer);
 *     TRY(json_writer_end(&writer, error));
 */
#ifndef CLOSEDLOOP_COMMON_JSON_WRITER_H
#define CLOSEDLOOP_COMMON_JSON_WRITER_H

#include "common/buffer.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

enum { JSON_WRITER_DEPTH_MAX = 64 };

typedef struct JsonWriter {
    Buffer *buffer;
    bool is_indented;
    bool has_value;   /* its one value was at least begun */
    bool is_key_open; /* a key was written, and its value was not */
    size_t depth;
    uint64_t is_object, has_elements; /* one bit for each open container, the outermost the lowest */
    Status status;
    Error error;
} JsonWriter;

/* Appends to the buffer, which must outlive the writer. Indented: by two spaces, each member on its own line; otherwise
 * no white space at all. No line end follows the value in either. */
JsonWriter json_writer_make(Buffer *buffer, bool is_indented);

void json_write_object_begin(JsonWriter *writer);
void json_write_object_end(JsonWriter *writer);
void json_write_array_begin(JsonWriter *writer);
void json_write_array_end(JsonWriter *writer);

/* Comes before each value in an object. */
void json_write_key(JsonWriter *writer, Text key);

/* The absent text is null. Invalid UTF-8 is ERROR_DATA, here and in a key. */
void json_write_string(JsonWriter *writer, Text text);

void json_write_integer(JsonWriter *writer, int64_t value);
void json_write_boolean(JsonWriter *writer, bool value);
void json_write_null(JsonWriter *writer);

/* As it stands, however many digits; ERROR_DATA if it is no number of JSON. */
void json_write_number(JsonWriter *writer, Text number);

/* The first error: ERROR_DATA as above or past the buffer's ceiling; ERROR_INTERNAL if the calls did not make one whole
 * value. What is in the buffer is then of no use. */
Status json_writer_end(JsonWriter *writer, Error *error);

#endif
