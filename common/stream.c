#include "common/stream.h"

#include "common/charset.h"
#include "common/gunzip.h"
#include "common/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { MAGIC_SIZE = 2 };

struct Stream {
    char *name;
    int descriptor; /* -1 for memory and for what somebody gives */
    Text memory;    /* what is left of it */
    StreamGive *give;
    StreamFinish *finish;
    void *context;
    size_t step;
    char magic[MAGIC_SIZE];
    Text pending;         /* raw, read but not yet decoded: in magic or in compressed */
    const char *declared; /* the character set, or NULL */
    char head[CHARSET_MARK_MAX];
    Text unread;      /* of the head */
    Charset *charset; /* NULL for UTF-8 */
    bool is_begun, is_raw_end, is_end, knows_charset;
    Gunzip *gunzip;   /* NULL for plain */
    char *compressed; /* STREAM_BLOCK_SIZE, with gunzip only */
    char *block;      /* STREAM_BLOCK_SIZE, made by the first stream_read */
    uint64_t raw_bytes, decoded_bytes;
    XXH3_state_t *digest;
};

static Status make(int descriptor, const char *name, Stream **ret_stream, Error *error)
{
    Stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return error_no_memory(error);
    stream->descriptor = -1;
    stream->name = strdup(name);
    stream->digest = XXH3_createState();
    if (!stream->name || !stream->digest) {
        stream_free(stream);
        return error_no_memory(error);
    }
    XXH3_128bits_reset(stream->digest);
    stream->descriptor = descriptor;
    *ret_stream = stream;
    return STATUS_OK;
}

Status stream_from_descriptor(int descriptor, const char *name, Stream **ret_stream, Error *error)
{
    return make(descriptor, name, ret_stream, error);
}

Status stream_from_memory(Text bytes, size_t step, const char *name, Stream **ret_stream, Error *error)
{
    Stream *stream;
    TRY(make(-1, name, &stream, error));
    stream->memory = bytes;
    stream->step = step;
    *ret_stream = stream;
    return STATUS_OK;
}

Status stream_from_giver(StreamGive *give, StreamFinish *finish, void *context, const char *name, Stream **ret_stream,
                         Error *error)
{
    Stream *stream;
    TRY(make(-1, name, &stream, error));
    stream->give = give;
    stream->finish = finish;
    stream->context = context;
    *ret_stream = stream;
    return STATUS_OK;
}

/* What open() says of a path that holds no file one could read, as against a system in trouble. */
static bool is_missing(int errno_value)
{
    return errno_value == ENOENT || errno_value == ENOTDIR || errno_value == ELOOP || errno_value == ENAMETOOLONG ||
           errno_value == ENXIO || errno_value == ENODEV;
}

static Status check_regular(int descriptor, const char *path, Error *error)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0)
        return error_set_errno(error, ERROR_IO, errno, "%s", path);
    if (S_ISREG(facts.st_mode))
        return STATUS_OK;
    const char *what = S_ISDIR(facts.st_mode) ? "a folder" : S_ISFIFO(facts.st_mode) ? "a pipe" : "a device";
    return error_set(error, ERROR_NO_INPUT, "%s: is %s, not a file", path, what);
}

Status stream_open(const char *path, Stream **ret_stream, Error *error)
{
    /* Not blocking, so that a pipe nobody writes to is refused below and not waited for. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return error_set_errno(error, is_missing(errno) ? ERROR_NO_INPUT : ERROR_IO, errno, "%s", path);
    Status status = check_regular(descriptor, path, error);
    if (status == STATUS_OK)
        status = make(descriptor, path, ret_stream, error);
    if (status != STATUS_OK)
        close(descriptor);
    else
        (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice: nothing depends on it */
    return status;
}

static size_t take_memory(Stream *stream, char *bytes, size_t capacity)
{
    size_t size = stream->memory.size < capacity ? stream->memory.size : capacity;
    if (stream->step && size > stream->step)
        size = stream->step;
    if (size) {
        memcpy(bytes, stream->memory.data, size);
        stream->memory = (Text){stream->memory.data + size, stream->memory.size - size};
    }
    return size;
}

/* *ret_size is 0 at the end only. */
static Status read_raw(Stream *stream, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    size_t size;
    if (stream->give) {
        if (stream->give(stream->context, bytes, capacity, &size, error) != STATUS_OK)
            return error_prefix(error, "%s", stream->name);
    } else if (stream->descriptor < 0) {
        size = take_memory(stream, bytes, capacity);
    } else {
        ssize_t got;
        while ((got = read(stream->descriptor, bytes, capacity)) < 0) {
            if (errno != EINTR)
                return error_set_errno(error, ERROR_IO, errno, "%s: reading failed after byte %llu", stream->name,
                                       (unsigned long long)stream->raw_bytes);
            TRY(signal_check(error));
        }
        size = (size_t)got;
    }
    stream->is_raw_end = size == 0;
    stream->raw_bytes += size;
    XXH3_128bits_update(stream->digest, bytes, size);
    *ret_size = size;
    return STATUS_OK;
}

/* Reads the first two bytes and finds out what the rest is. */
static Status begin_raw(Stream *stream, Error *error)
{
    size_t size = 0, more;
    while (size < MAGIC_SIZE && !stream->is_raw_end) {
        TRY(read_raw(stream, stream->magic + size, MAGIC_SIZE - size, &more, error));
        size += more;
    }
    stream->pending = (Text){stream->magic, size};
    if (!text_equal(stream->pending, TEXT("\x1f\x8b")))
        return STATUS_OK;
    stream->compressed = malloc(STREAM_BLOCK_SIZE);
    if (!stream->compressed)
        return error_no_memory(error);
    return gunzip_make(&stream->gunzip, error);
}

static Status read_plain(Stream *stream, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    size_t held = stream->pending.size < capacity ? stream->pending.size : capacity;
    if (held) {
        memcpy(bytes, stream->pending.data, held);
        stream->pending = (Text){stream->pending.data + held, stream->pending.size - held};
    }
    size_t size = 0;
    if (held < capacity && !stream->is_raw_end)
        TRY(read_raw(stream, bytes + held, capacity - held, &size, error));
    *ret_size = held + size;
    return STATUS_OK;
}

static Status read_gzip(Stream *stream, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    for (;;) {
        size_t size;
        Status status = gunzip_decode(stream->gunzip, &stream->pending, bytes, capacity, &size, error);
        if (status == STATUS_OK && size == 0 && stream->is_raw_end)
            status = gunzip_finish(stream->gunzip, error);
        if (status != STATUS_OK)
            return error_prefix(error, "%s", stream->name);
        if (size || stream->is_raw_end) {
            *ret_size = size;
            return STATUS_OK;
        }
        TRY(read_raw(stream, stream->compressed, STREAM_BLOCK_SIZE, &size, error));
        stream->pending = (Text){stream->compressed, size};
    }
}

/* --- character sets ------------------------------------------------------------------------------------------- */

Status stream_declare_charset(Stream *stream, const char *charset, Error *error)
{
    if (charset && !charset_is_utf8(charset) && !charset_is_known(charset)) {
        Charset *none;
        return charset_open(charset, NULL, NULL, &none, error);
    }
    stream->declared = charset;
    return STATUS_OK;
}

/* What gunzip gives, or the file itself; what was looked at before comes first. None at the end alone. */
static Status read_encoded(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    Stream *stream = context;
    size_t size = stream->unread.size < capacity ? stream->unread.size : capacity, more = 0;
    if (size) {
        memcpy(bytes, stream->unread.data, size);
        stream->unread = (Text){stream->unread.data + size, stream->unread.size - size};
    }
    if (size < capacity)
        TRY((stream->gunzip ? read_gzip : read_plain)(stream, bytes + size, capacity - size, &more, error));
    *ret_size = size + more;
    return STATUS_OK;
}

static Status check_mark(const Stream *stream, const CharsetMark *mark, Error *error)
{
    const char *declared = stream->declared;
    if (declared && mark->name && !charset_agrees(declared, mark)) {
        error_set(error, ERROR_DATA, "%s: begins with the byte order mark of %s, and 'charset' says %s", stream->name,
                  mark->name, declared);
        return error_hint(error, "leave out 'charset': the mark says it already");
    }
    bool needs_mark = declared ? charset_needs_mark(declared) : mark->is_unmarked;
    if (!mark->name && needs_mark && mark->has_bytes) {
        error_set(error, ERROR_DATA, "%s: is UTF-16 or UTF-32 without a byte order mark", stream->name);
        return error_hint(error, "say its order: charset: utf-16le, or utf-16be");
    }
    return STATUS_OK;
}

/* Looks at the first bytes, and decides how the rest is decoded. */
static Status begin(Stream *stream, Error *error)
{
    TRY(begin_raw(stream, error));
    size_t size = 0, more = 1;
    for (; size < CHARSET_MARK_MAX && more; size += more)
        TRY(read_encoded(stream, stream->head + size, CHARSET_MARK_MAX - size, &more, error));
    Text head = {stream->head, size};
    CharsetMark mark = charset_find_mark(head);
    TRY(check_mark(stream, &mark, error));
    const char *name = mark.name ? mark.name : stream->declared;
    stream->unread = head;
    stream->knows_charset = name != NULL;
    stream->is_begun = true;
    if (!name || charset_is_utf8(name))
        return STATUS_OK;
    stream->unread = (Text){head.data + mark.size, head.size - mark.size};
    return charset_open(name, read_encoded, stream, &stream->charset, error);
}

Status stream_knows_charset(Stream *stream, bool *ret_is_known, Error *error)
{
    if (!stream->is_begun)
        TRY(begin(stream, error));
    *ret_is_known = stream->knows_charset;
    return STATUS_OK;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

Status stream_read_into(Stream *stream, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    if (!stream->is_begun)
        TRY(begin(stream, error));
    size_t size = 0;
    if (!stream->is_end)
        TRY(stream->charset ? charset_read(stream->charset, bytes, capacity, &size, error)
                            : read_encoded(stream, bytes, capacity, &size, error));
    stream->is_end = size == 0;
    if (stream->is_end)
        return STATUS_END;
    stream->decoded_bytes += size;
    *ret_size = size;
    return STATUS_OK;
}

Status stream_read(Stream *stream, Text *ret_block, Error *error)
{
    if (!stream->block && !(stream->block = malloc(STREAM_BLOCK_SIZE)))
        return error_no_memory(error);
    size_t size;
    TRY(stream_read_into(stream, stream->block, STREAM_BLOCK_SIZE, &size, error));
    *ret_block = (Text){stream->block, size};
    return STATUS_OK;
}

const char *stream_name(const Stream *stream)
{
    return stream->name;
}

bool stream_is_gzip(const Stream *stream)
{
    return stream->gunzip != NULL;
}

uint64_t stream_raw_bytes(const Stream *stream)
{
    return stream->raw_bytes;
}

uint64_t stream_decoded_bytes(const Stream *stream)
{
    return stream->decoded_bytes;
}

Key stream_digest(const Stream *stream)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(stream->digest));
    Key key;
    _Static_assert(sizeof key.bytes == sizeof canonical.digest, "a key is an XXH3-128");
    memcpy(key.bytes, canonical.digest, sizeof key.bytes);
    return key;
}

void stream_free(Stream *stream)
{
    if (!stream)
        return;
    if (stream->descriptor >= 0)
        close(stream->descriptor);
    if (stream->finish)
        stream->finish(stream->context);
    charset_free(stream->charset);
    gunzip_free(stream->gunzip);
    XXH3_freeState(stream->digest);
    free(stream->compressed);
    free(stream->block);
    free(stream->name);
    free(stream);
}
