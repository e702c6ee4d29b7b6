#include "common/hash.h"
#include "common/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the state on the stack */
#include <xxhash.h>

/* How a part enters a digest: its length as 4 bytes, little-endian, all ones if absent. */
static void part_length(Text part, uint8_t length[4])
{
    uint32_t size = text_is_null(part) ? UINT32_MAX : (uint32_t)part.size;
    for (int i = 0; i < 4; i++)
        length[i] = (uint8_t)(size >> (8 * i));
}

enum { SHORT_KEY = 512 };

/* Lays name and parts out in one run of bytes if they fit: one call is several times faster than a stream. */
static size_t lay_out(uint8_t bytes[SHORT_KEY], Text name, const Text *parts, size_t part_count)
{
    size_t size = 4 + name.size;
    for (size_t i = 0; i < part_count; i++)
        size += 4 + parts[i].size;
    if (size > SHORT_KEY)
        return 0;
    uint8_t *at = bytes;
    for (size_t i = 0; i <= part_count; i++) {
        Text part = i ? parts[i - 1] : name;
        part_length(part, at);
        if (part.size)
            memcpy(at + 4, part.data, part.size);
        at += 4 + part.size;
    }
    return size;
}

static Key canonical(XXH128_hash_t hash)
{
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    Key key;
    memcpy(key.bytes, bytes.digest, sizeof key.bytes);
    return key;
}

Key key_of(Text name, const Text *parts, size_t part_count)
{
    uint8_t bytes[SHORT_KEY];
    size_t size = lay_out(bytes, name, parts, part_count);
    if (size)
        return canonical(XXH3_128bits(bytes, size));
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_128bits_reset(&state);
    for (size_t i = 0; i <= part_count; i++) {
        Text part = i ? parts[i - 1] : name;
        part_length(part, bytes);
        XXH3_128bits_update(&state, bytes, 4);
        if (part.size)
            XXH3_128bits_update(&state, part.data, part.size);
    }
    return canonical(XXH3_128bits_digest(&state));
}

Key key_of_secret(const Secret *secret, Text name, const Text *parts, size_t part_count)
{
    Key key;
    uint8_t bytes[SHORT_KEY];
    size_t size = lay_out(bytes, name, parts, part_count);
    if (size) {
        crypto_generichash(key.bytes, sizeof key.bytes, bytes, size, secret->bytes, sizeof secret->bytes);
        return key;
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret->bytes, sizeof secret->bytes, sizeof key.bytes);
    for (size_t i = 0; i <= part_count; i++) {
        Text part = i ? parts[i - 1] : name;
        part_length(part, bytes);
        crypto_generichash_update(&state, bytes, 4);
        crypto_generichash_update(&state, (const uint8_t *)part.data, part.size);
    }
    crypto_generichash_final(&state, key.bytes, sizeof key.bytes);
    return key;
}

Key hash_bytes(Text bytes)
{
    return canonical(XXH3_128bits(bytes.size ? bytes.data : "", bytes.size));
}

uint64_t hash_bytes_64(Text bytes)
{
    return XXH3_64bits(bytes.size ? bytes.data : "", bytes.size);
}

void key_to_hex(const Key *key, char ret_hex[KEY_HEX_SIZE])
{
    sodium_bin2hex(ret_hex, KEY_HEX_SIZE, key->bytes, sizeof key->bytes);
}

bool key_from_hex(Text hex, Key *ret_key)
{
    Key key;
    size_t size = 0;
    if (hex.size != KEY_HEX_SIZE - 1 ||
        sodium_hex2bin(key.bytes, sizeof key.bytes, hex.data, hex.size, NULL, &size, NULL) != 0 ||
        size != sizeof key.bytes)
        return false;
    *ret_key = key;
    return true;
}

static Status read_secret(const char *path, Secret *ret_secret, Error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT ? STATUS_END
                               : error_set_errno(error, ERROR_IO, errno, "cannot open the secret %s", path);
    struct stat status;
    char text[66];
    ssize_t size = read(descriptor, text, sizeof text);
    int failed = fstat(descriptor, &status);
    close(descriptor);
    if (size < 0 || failed)
        return error_set_errno(error, ERROR_IO, errno, "cannot read the secret %s", path);
    if (status.st_mode & 077) {
        error_set(error, ERROR_PERMISSION, "the secret %s may be read by others", path);
        return error_hint(error, "chmod 600 %s", path);
    }
    Secret secret;
    size_t bytes = 0;
    if (size != 65 || text[64] != '\n' ||
        sodium_hex2bin(secret.bytes, sizeof secret.bytes, text, 64, NULL, &bytes, NULL) != 0 || bytes != 32) {
        error_set(error, ERROR_DATA, "%s is no secret of this program", path);
        return error_hint(error, "restore it from where it was made: keys made with another one do not meet");
    }
    *ret_secret = secret;
    return STATUS_OK;
}

/* Written beside its place, then linked into it: link() fails if another program was first, and its secret counts. */
static Status make_secret(const char *path, Error *error)
{
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) >= (int)sizeof temporary)
        return error_set(error, ERROR_CONFIG, "the name of the secret is too long");
    uint8_t bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    char text[66];
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    text[64] = '\n';
    unlink(temporary);
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "cannot make the secret %s", path);
    bool is_written = write(descriptor, text, 65) == 65 && fsync(descriptor) == 0;
    is_written = close(descriptor) == 0 && is_written;
    bool is_linked = is_written && (link(temporary, path) == 0 || errno == EEXIST);
    int reason = errno;
    unlink(temporary);
    if (!is_linked)
        return error_set_errno(error, ERROR_CANNOT_CREATE, reason, "cannot make the secret %s", path);
    return path_sync_parent(path, error);
}

Status secret_load(const char *path, Secret *ret_secret, Error *error)
{
    if (sodium_init() < 0)
        return error_set(error, ERROR_INTERNAL, "libsodium cannot start");
    Status status = read_secret(path, ret_secret, error);
    if (status != STATUS_END)
        return status;
    TRY(make_secret(path, error));
    status = read_secret(path, ret_secret, error);
    return status == STATUS_END ? error_set(error, ERROR_IO, "the secret %s went away", path) : status;
}

Key secret_fingerprint(const Secret *secret)
{
    return key_of_secret(secret, TEXT("fingerprint"), NULL, 0);
}
