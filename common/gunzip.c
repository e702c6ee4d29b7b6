#include "common/gunzip.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

typedef enum Place {
    PLACE_START,   /* nothing read, a member must begin */
    PLACE_MAGIC,   /* behind the first byte of what may be a member */
    PLACE_MEMBER,  /* inside one */
    PLACE_BETWEEN, /* behind one: another, padding or the end */
    PLACE_PADDING, /* only zero bytes from here on */
} Place;

struct Gunzip {
    z_stream stream;
    Place place;
    uint64_t consumed, member_end; /* bytes of the input */
};

static const unsigned char magic[2] = {0x1F, 0x8B};

Status gunzip_make(Gunzip **ret_gunzip, Error *error)
{
    Gunzip *gunzip = calloc(1, sizeof *gunzip);
    if (!gunzip)
        return error_no_memory(error);
    enum { GZIP_ONLY = 16 };
    if (inflateInit2(&gunzip->stream, MAX_WBITS + GZIP_ONLY) != Z_OK) {
        free(gunzip);
        return error_no_memory(error);
    }
    *ret_gunzip = gunzip;
    return STATUS_OK;
}

static Status trailing_junk(const Gunzip *gunzip, Error *error)
{
    error_set(error, ERROR_DATA, "trailing junk after byte %llu", (unsigned long long)gunzip->member_end);
    return error_hint(error, "the file is damaged or was appended to while it was copied; fetch it again");
}

static Status start_inflate(Gunzip *gunzip, Error *error)
{
    Bytef unused;
    z_stream *stream = &gunzip->stream;
    stream->next_in = magic;
    stream->avail_in = sizeof magic;
    stream->next_out = &unused;
    stream->avail_out = 0;
    int code = inflateReset(stream);
    if (code == Z_OK)
        code = inflate(stream, Z_NO_FLUSH);
    gunzip->place = PLACE_MEMBER;
    return code == Z_OK || code == Z_BUF_ERROR ? STATUS_OK : error_set(error, ERROR_INTERNAL, "zlib error %d", code);
}

/* The two bytes of the magic number are looked at here and not by inflate, which could not tell a damaged member from
 * junk behind a good one; it is given them once both are known. */
static Status begin_member(Gunzip *gunzip, unsigned char byte, Error *error)
{
    if (gunzip->place == PLACE_MAGIC && byte == magic[1])
        return start_inflate(gunzip, error);
    if (gunzip->place != PLACE_MAGIC && byte == magic[0]) {
        gunzip->place = PLACE_MAGIC;
        return STATUS_OK;
    }
    if (gunzip->place == PLACE_BETWEEN && byte == 0) {
        gunzip->place = PLACE_PADDING;
        return STATUS_OK;
    }
    bool is_first = gunzip->member_end == 0;
    return is_first ? error_set(error, ERROR_DATA, "is not gzip data") : trailing_junk(gunzip, error);
}

static Status skip_padding(Gunzip *gunzip, Text *input, Error *error)
{
    for (size_t i = 0; i < input->size; i++)
        if (input->data[i] != 0)
            return trailing_junk(gunzip, error);
    gunzip->consumed += input->size;
    *input = (Text){input->data + input->size, 0};
    return STATUS_OK;
}

/* Sets *ret_is_stuck when inflate wants more input or more room. */
static Status inflate_some(Gunzip *gunzip, Text *input, char *output, size_t capacity, size_t *size, bool *ret_is_stuck,
                           Error *error)
{
    z_stream *stream = &gunzip->stream;
    uInt given = input->size > UINT_MAX ? UINT_MAX : (uInt)input->size;
    uInt room = capacity - *size > UINT_MAX ? UINT_MAX : (uInt)(capacity - *size);
    stream->next_in = (const Bytef *)input->data;
    stream->avail_in = given;
    stream->next_out = (Bytef *)output + *size;
    stream->avail_out = room;
    int code = inflate(stream, Z_NO_FLUSH);
    size_t taken = given - stream->avail_in, made = room - stream->avail_out;
    if (taken)
        *input = (Text){input->data + taken, input->size - taken};
    gunzip->consumed += taken;
    *size += made;
    *ret_is_stuck = taken == 0 && made == 0;
    switch (code) {
    case Z_STREAM_END:
        gunzip->place = PLACE_BETWEEN;
        gunzip->member_end = gunzip->consumed;
        *ret_is_stuck = false;
        return STATUS_OK;
    case Z_OK:
    case Z_BUF_ERROR:
        return STATUS_OK;
    case Z_MEM_ERROR:
        return error_no_memory(error);
    default:
        error_set(error, ERROR_DATA, "compressed data is damaged near byte %llu: %s",
                  (unsigned long long)gunzip->consumed, stream->msg ? stream->msg : "unknown form");
        return error_hint(error, "fetch the file again");
    }
}

Status gunzip_decode(Gunzip *gunzip, Text *input, char *output, size_t capacity, size_t *ret_size, Error *error)
{
    size_t size = 0;
    for (;;) {
        if (gunzip->place == PLACE_MEMBER) {
            bool is_stuck;
            TRY(inflate_some(gunzip, input, output, capacity, &size, &is_stuck, error));
            if (is_stuck || (gunzip->place == PLACE_MEMBER && size == capacity))
                break;
        } else if (input->size == 0) {
            break;
        } else if (gunzip->place == PLACE_PADDING) {
            TRY(skip_padding(gunzip, input, error));
        } else {
            TRY(begin_member(gunzip, (unsigned char)input->data[0], error));
            *input = (Text){input->data + 1, input->size - 1};
            gunzip->consumed++;
        }
    }
    *ret_size = size;
    return STATUS_OK;
}

Status gunzip_finish(const Gunzip *gunzip, Error *error)
{
    if (gunzip->place == PLACE_BETWEEN || gunzip->place == PLACE_PADDING)
        return STATUS_OK;
    if (gunzip->place == PLACE_MAGIC && gunzip->member_end)
        return trailing_junk(gunzip, error);
    error_set(error, ERROR_DATA, "unexpected end of compressed data");
    return error_hint(error, "the file is cut off; fetch it again");
}

void gunzip_free(Gunzip *gunzip)
{
    if (!gunzip)
        return;
    inflateEnd(&gunzip->stream);
    free(gunzip);
}
