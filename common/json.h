/* JSON, strictly (RFC 8259): a JsonScanner pulls tokens out of one complete text in memory: an NDJSON line, a manifest.
 * It copies nothing and takes no memory; tokens are spans of the text. It refuses whatever the grammar refuses, a byte
 * order mark, invalid UTF-8 and more than JSON_DEPTH_MAX open containers. Duplicate keys are allowed: which one counts
 * is the caller's matter.
 *
 *     JsonScanner scanner = json_scanner_make(text);
 *     while ((status = json_scanner_next(&scanner, &token, error)) == STATUS_OK)
 *         if (token.type == JSON_KEY && !json_text_equal(token.text, TEXT("url")))
 *             TRY(json_scanner_skip(&scanner, error));
 */
#ifndef CLOSEDLOOP_COMMON_JSON_H
#define CLOSEDLOOP_COMMON_JSON_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

enum { JSON_DEPTH_MAX = 512 };

typedef enum JsonType {
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
} JsonType;

typedef struct JsonToken {
    JsonType type;
    bool has_escapes; /* a key or string whose text needs json_unescape() */
    Text text;        /* as it stands in the input; of keys and strings what is between the quotes */
} JsonToken;

typedef enum JsonExpected {
    JSON_EXPECT_VALUE,
    JSON_EXPECT_VALUE_OR_END, /* after [ */
    JSON_EXPECT_KEY_OR_END,   /* after { */
    JSON_EXPECT_COMMA_OR_END, /* after a value */
} JsonExpected;

typedef struct JsonScanner {
    const char *start, *at, *end; /* at: behind the last token; behind the colon if that was a key */
    JsonExpected expected;
    size_t depth;                            /* containers open after the last token */
    uint64_t is_object[JSON_DEPTH_MAX / 64]; /* one bit a container, the outermost first; the rest are arrays */
} JsonScanner;

/* The input must outlive the scanner and its tokens. */
JsonScanner json_scanner_make(Text input);

/* STATUS_END behind the one value and its white space. ERROR_DATA, "byte N: ..." with N counted from 0, for anything
 * that is not JSON; the scanner stays where it was, so that the same call fails again. */
Status json_scanner_next(JsonScanner *scanner, JsonToken *ret_token, Error *error);

/* Passes the value that comes next, whole, as strictly as json_scanner_next(); a key is passed with its value.
 * If the end of the container comes next, passes that. STATUS_END as above. */
Status json_scanner_skip(JsonScanner *scanner, Error *error);

/* Passes the rest of the innermost open container, its end included. */
Status json_scanner_leave(JsonScanner *scanner, Error *error);

/* STATUS_OK if the text is one JSON value with nothing but white space around it. */
Status json_check(Text text, Error *error);

/* The characters of a key or string: the raw text itself if it has no escapes, else a copy in the arena.
 * ERROR_DATA "holds U+0000" (PostgreSQL text cannot), "holds a lone surrogate", or past the arena's ceiling: all are
 * flaws of this one value, which the scanner lets pass. */
Status json_unescape(Text raw, Arena *arena, Text *ret_text, Error *error);

/* Whether a key or string, as it stands in the input, means these characters. */
bool json_text_equal(Text raw, Text characters);

/* Whether they begin with these characters. */
bool json_text_starts_with(Text raw, Text characters);

#endif
