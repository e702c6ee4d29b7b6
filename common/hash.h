/* Digests and keys: 128 bits, stored as uuid in PostgreSQL.
 *
 * A key is a digest of its natural parts, each behind its length, so that ("ab","c") and ("a","bc") differ. Keys of
 * persons and visitors are keyed by the installation's secret (BLAKE2b-128, libsodium), so that nobody without it can
 * look an address up; all others are XXH3-128 in its canonical byte order.
 *
 *     Key key = key_of(TEXT("deal"), (Text[]){system, deal_key}, 2);
 *     Key person = key_of_secret(&secret, TEXT("email"), &address, 1);
 */
#ifndef CLOSEDLOOP_COMMON_HASH_H
#define CLOSEDLOOP_COMMON_HASH_H

#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

typedef struct Key {
    uint8_t bytes[16];
} Key;

typedef struct Secret {
    uint8_t bytes[32];
} Secret;

enum { KEY_HEX_SIZE = 33, KEY_PARTS_MAX = 8 };

/* XXH3-128 over the name of the key and its parts; an absent part differs from an empty one. */
Key key_of(Text name, const Text *parts, size_t part_count);

/* The same form under BLAKE2b-128 keyed by the secret. */
Key key_of_secret(const Secret *secret, Text name, const Text *parts, size_t part_count);

/* XXH3-128 and XXH3-64 of plain bytes. */
Key hash_bytes(Text bytes);
uint64_t hash_bytes_64(Text bytes);

static inline bool key_equal(const Key *a, const Key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* 32 lower-case hexadecimal digits and a NUL. */
void key_to_hex(const Key *key, char ret_hex[KEY_HEX_SIZE]);
bool key_from_hex(Text hex, Key *ret_key);

/* Reads the installation's secret; makes it (mode 0600, durable, from the system's random source) if the file is not
 * there. Two programs that make it at once end with the same one. ERROR_DATA for a file that is no secret,
 * ERROR_PERMISSION for one that others may read. */
Status secret_load(const char *path, Secret *ret_secret, Error *error);

/* What manifests show in place of the secret: tells two apart, gives neither away. */
Key secret_fingerprint(const Secret *secret);

#endif
