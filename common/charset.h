/* Bytes in some character set, as UTF-8: a filter between whatever gives the bytes and whoever reads them, in constant
 * memory, strict, free of the locale. The system's iconv does the work.
 *
 *     Charset *charset;
 *     TRY(charset_open("windows-1252", read, file, &charset, error));
 *     while ((status = charset_read(charset, bytes, sizeof bytes, &size, error)) == STATUS_OK && size)
 *         take(bytes, size);
 *     charset_free(charset);
 *
 * What the character set has no character for, and a sequence that is cut off at the end, comes out as the byte FF,
 * which is part of no UTF-8: a reader that asks for valid UTF-8, as all do, finds it in its place, and nothing is
 * replaced in silence.
 */
#ifndef CLOSEDLOOP_COMMON_CHARSET_H
#define CLOSEDLOOP_COMMON_CHARSET_H

#include "common/error.h"
#include "common/text.h"

enum { CHARSET_MARK_MAX = 6 };

typedef struct Charset Charset;

/* The next bytes of the input; none at its end alone. */
typedef Status CharsetRead(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error);

/* Whether the system can decode it. Letters' case does not count. */
bool charset_is_known(const char *name);

/* Whether it is a name of UTF-8 itself. */
bool charset_is_utf8(const char *name);

/* How an input begins, and in which character set it is by that. */
typedef struct CharsetMark {
    const char *name; /* UTF-8, UTF-16LE, UTF-16BE, UTF-32LE, UTF-32BE; NULL: there is no mark */
    size_t size;      /* of the byte order mark */
    bool has_bytes;   /* there is any */
    bool is_unmarked; /* the zero bytes are those of UTF-16, but there is no mark */
} CharsetMark;

/* Looks at the first bytes, CHARSET_MARK_MAX of them or all that there are. Some programs write the two bytes of
 * UTF-16's mark in front of UTF-32: since no text holds U+0000, the bytes behind tell. */
CharsetMark charset_find_mark(Text head);

/* Whether the name leaves the order of bytes open, as utf-16 does. */
bool charset_needs_mark(const char *name);

/* Whether the declared name and the mark found are one: utf-16 is either order. */
bool charset_agrees(const char *declared, const CharsetMark *mark);

/* ERROR_CONFIG for a name that the system does not know. */
Status charset_open(const char *name, CharsetRead *read, void *context, Charset **ret_charset, Error *error);

/* Up to capacity bytes of UTF-8, and none at the end alone; what read returns else. */
Status charset_read(Charset *charset, char *bytes, size_t capacity, size_t *ret_size, Error *error);

/* Accepts NULL. */
void charset_free(Charset *charset);

#endif
