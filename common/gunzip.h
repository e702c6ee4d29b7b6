/* Gzip, decoded member after member: what zlib's gzread() passes over in silence is an error here.
 *
 *     Gunzip *gunzip;
 *     TRY(gunzip_make(&gunzip, error));
 *     while (read_some(&input)) {
 *         do {
 *             TRY(gunzip_decode(gunzip, &input, bytes, sizeof bytes, &size, error));
 *             take(bytes, size);
 *         } while (size == sizeof bytes);
 *     }
 *     TRY(gunzip_finish(gunzip, error));
 *
 * A file of gzip is one member or more, and after the last either the end or zero bytes to the end (what tape and some
 * block stores leave behind). The messages give offsets in the compressed input, and no file name: the caller knows it.
 */
#ifndef CLOSEDLOOP_COMMON_GUNZIP_H
#define CLOSEDLOOP_COMMON_GUNZIP_H

#include "common/error.h"
#include "common/text.h"

typedef struct Gunzip Gunzip;

Status gunzip_make(Gunzip **ret_gunzip, Error *error);

/* Decodes from *input, moving it forward over what was used, until the input is used up or the output is full. When
 * *ret_size is the capacity there may be more to come from bytes taken already: call again, even with no input.
 * ERROR_DATA: damaged data, or "trailing junk after byte N". */
Status gunzip_decode(Gunzip *gunzip, Text *input, char *output, size_t capacity, size_t *ret_size, Error *error);

/* The input has ended: ERROR_DATA "unexpected end of compressed data" inside a member, or if there was none. */
Status gunzip_finish(const Gunzip *gunzip, Error *error);

/* Accepts NULL. */
void gunzip_free(Gunzip *gunzip);

#endif
