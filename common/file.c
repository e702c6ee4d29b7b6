#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { WRITE_BUFFER = 256 * 1024, OPEN_ATTEMPTS = 16 };

static Status cannot_create(const char *path, Error *error)
{
    int errno_value = errno;
    error_set_errno(error, ERROR_CANNOT_CREATE, errno_value, "cannot create %s", path);
    if (errno_value == ENOENT || errno_value == ENOTDIR)
        error_hint(error, "the folder that should hold it must be there");
    return STATUS_ERROR;
}

/* Whether the open file still stands under this name. */
static bool is_at(int descriptor, const char *path)
{
    struct stat open_file, named;
    return fstat(descriptor, &open_file) == 0 && lstat(path, &named) == 0 && open_file.st_dev == named.st_dev &&
           open_file.st_ino == named.st_ino;
}

/* Removes what a killed writer left. A living one holds the lock on its file. */
static Status remove_stale(const char *path, const char *temporary, Error *error)
{
    int descriptor = open(temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return errno == ENOENT ? STATUS_OK : cannot_create(temporary, error);
    Status status = STATUS_OK;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        status = error_set(error, ERROR_BUSY, "%s: another process is writing it", path);
        error->is_retryable = true;
    } else if (is_at(descriptor, temporary) && unlink(temporary) != 0 && errno != ENOENT) {
        status = cannot_create(temporary, error);
    }
    close(descriptor);
    return status;
}

/* A new, locked file at the temporary name. Another process may take it for stale between its making and its lock; then
 * it is no longer at its name, and making it begins again. */
static Status open_temporary(const char *path, const char *temporary, mode_t mode, int *ret_descriptor, Error *error)
{
    for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
        int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (descriptor >= 0) {
            if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_at(descriptor, temporary)) {
                *ret_descriptor = descriptor;
                return STATUS_OK;
            }
            close(descriptor);
        } else if (errno == EEXIST) {
            TRY(remove_stale(path, temporary, error));
        } else {
            return cannot_create(temporary, error);
        }
    }
    error_set(error, ERROR_BUSY, "%s: other processes are writing it", path);
    error->is_retryable = true;
    return STATUS_ERROR;
}

static Status take_memory(FileWriter *writer, const char *path, bool is_plain, Error *error)
{
    writer->path = strdup(path);
    writer->buffer = malloc(WRITE_BUFFER);
    writer->capacity = WRITE_BUFFER;
    writer->digest = XXH3_createState();
    bool has_temporary = is_plain || asprintf(&writer->temporary, "%s.tmp", path) >= 0;
    if (!has_temporary)
        writer->temporary = NULL;
    if (!writer->path || !writer->buffer || !writer->digest || !has_temporary)
        return error_no_memory(error);
    XXH3_128bits_reset(writer->digest);
    return STATUS_OK;
}

static Status open_writer(const char *path, bool is_plain, mode_t mode, FileWriter *ret_writer, Error *error)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    TRY(take_memory(&writer, path, is_plain, error));
    if (is_plain) {
        writer.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (writer.descriptor < 0)
            return cannot_create(path, error);
    } else {
        TRY(open_temporary(path, writer.temporary, mode, &writer.descriptor, error));
    }
    writer.has_file = true;
    *ret_writer = writer;
    writer = (FileWriter)FILE_WRITER_INIT;
    return STATUS_OK;
}

Status file_writer_open(const char *path, mode_t mode, FileWriter *ret_writer, Error *error)
{
    return open_writer(path, false, mode, ret_writer, error);
}

Status file_writer_open_plain(const char *path, mode_t mode, FileWriter *ret_writer, Error *error)
{
    return open_writer(path, true, mode, ret_writer, error);
}

Status file_writer_open_nowhere(FileWriter *ret_writer, Error *error)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    TRY(take_memory(&writer, "/dev/null", true, error));
    writer.descriptor = open(writer.path, O_WRONLY | O_CLOEXEC);
    if (writer.descriptor < 0)
        return cannot_create(writer.path, error);
    *ret_writer = writer;
    writer = (FileWriter)FILE_WRITER_INIT;
    return STATUS_OK;
}

static Status write_fully(int descriptor, const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            if (written == 0)
                errno = EIO;
            return STATUS_ERROR;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return STATUS_OK;
}

static Status write_out(FileWriter *writer, const void *bytes, size_t size, Error *error)
{
    if (writer->is_failed || writer->descriptor < 0)
        return error_set(error, ERROR_IO, "%s: writing goes on after it failed", writer->path ? writer->path : "file");
    if (write_fully(writer->descriptor, bytes, size) != STATUS_OK) {
        writer->is_failed = true;
        return error_set_errno(error, ERROR_IO, errno, "cannot write %s", writer->path);
    }
    XXH3_128bits_update(writer->digest, bytes, size);
    return STATUS_OK;
}

static Status flush(FileWriter *writer, Error *error)
{
    size_t used = writer->used;
    writer->used = 0;
    return write_out(writer, writer->buffer, used, error);
}

Status file_writer_write_through(FileWriter *writer, const void *bytes, size_t size, Error *error)
{
    TRY(flush(writer, error));
    writer->bytes += size;
    if (size >= writer->capacity)
        return write_out(writer, bytes, size, error);
    memcpy(writer->buffer, bytes, size);
    writer->used = size;
    return STATUS_OK;
}

Status file_writer_mark(FileWriter *writer, Error *error)
{
    TRY(flush(writer, error));
    if (!writer->marked_digest)
        writer->marked_digest = XXH3_createState();
    if (!writer->marked_digest)
        return error_no_memory(error);
    XXH3_copyState(writer->marked_digest, writer->digest);
    writer->marked_bytes = writer->bytes;
    return STATUS_OK;
}

Status file_writer_return(FileWriter *writer, Error *error)
{
    if (!writer->marked_digest || writer->is_failed)
        return error_set(error, ERROR_INTERNAL, "%s: there is no mark to return to", writer->path);
    off_t end = (off_t)writer->marked_bytes;
    if (ftruncate(writer->descriptor, end) != 0 || lseek(writer->descriptor, end, SEEK_SET) != end) {
        writer->is_failed = true;
        return error_set_errno(error, ERROR_IO, errno, "cannot cut %s", writer->path);
    }
    XXH3_copyState(writer->digest, writer->marked_digest);
    writer->bytes = writer->marked_bytes;
    writer->used = 0;
    return STATUS_OK;
}

/* After a failed fsync the kernel may have dropped the pages and report success the next time: never tried twice. */
static Status sync_and_close(FileWriter *writer, Error *error)
{
    bool is_synced = fsync(writer->descriptor) == 0;
    int errno_value = errno;
    bool is_closed = close(writer->descriptor) == 0;
    writer->descriptor = -1;
    if (!is_synced)
        return error_set_errno(error, ERROR_IO, errno_value, "cannot sync %s", writer->path);
    return is_closed ? STATUS_OK : error_set_errno(error, ERROR_IO, errno, "cannot close %s", writer->path);
}

static Status close_and_rename(FileWriter *writer, Error *error)
{
    TRY(sync_and_close(writer, error));
    if (rename(writer->temporary, writer->path) != 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot rename %s to %s", writer->temporary, writer->path);
    free(writer->temporary);
    writer->temporary = NULL;
    return path_sync_parent(writer->path, error);
}

Status file_writer_commit(FileWriter *writer, Error *error)
{
    TRY(flush(writer, error));
    if (!writer->temporary) {
        TRY(sync_and_close(writer, error));
        writer->is_committed = true;
        return STATUS_OK;
    }
    /* A second descriptor holds the lock over the rename, so that nobody takes the closed file for a stale one. */
    int lock = fcntl(writer->descriptor, F_DUPFD_CLOEXEC, 0);
    if (lock < 0)
        return error_set_errno(error, ERROR_IO, errno, "cannot commit %s", writer->path);
    Status status = close_and_rename(writer, error);
    writer->is_committed = !writer->temporary;
    /* The file of a commit that failed is removed while the lock is still held. */
    if (!writer->is_committed)
        file_writer_done(writer);
    close(lock);
    return status;
}

Key file_writer_digest(const FileWriter *writer)
{
    Key key = {{0}};
    if (!writer->digest)
        return key;
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(writer->digest));
    memcpy(key.bytes, canonical.digest, sizeof key.bytes);
    return key;
}

void file_writer_done(FileWriter *writer)
{
    const char *made = writer->temporary ? writer->temporary : writer->path;
    if (writer->has_file && !writer->is_committed)
        unlink(made);
    if (writer->descriptor >= 0)
        close(writer->descriptor);
    XXH3_freeState(writer->digest);
    XXH3_freeState(writer->marked_digest);
    free(writer->buffer);
    free(writer->temporary);
    free(writer->path);
    *writer = (FileWriter)FILE_WRITER_INIT;
}

static Status read_descriptor(int descriptor, const char *path, Buffer *buffer, Error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size <= buffer->ceiling)
        TRY(buffer_reserve(buffer, (size_t)status.st_size, error));
    for (;;) {
        /* One byte past the ceiling tells a file that is too large from one that just fits. */
        char beyond;
        size_t room = buffer->ceiling - buffer->size;
        size_t wanted = room < WRITE_BUFFER ? room : WRITE_BUFFER;
        if (wanted)
            TRY(buffer_reserve(buffer, wanted, error));
        ssize_t size = read(descriptor, wanted ? buffer->data + buffer->size : &beyond, wanted ? wanted : 1);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return error_set_errno(error, ERROR_IO, errno, "cannot read %s", path);
        if (size > 0 && !wanted)
            return error_set(error, ERROR_DATA, "%s: larger than %zu bytes", path, buffer->ceiling);
        if (size == 0)
            return buffer_append_bytes(buffer, "", 0, error);
        buffer->size += (size_t)size;
    }
}

Status file_read_all(const char *path, size_t ceiling, Buffer *buffer, Error *error)
{
    buffer_clear(buffer);
    buffer->ceiling = ceiling;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_NO_INPUT, errno, "cannot open %s", path);
    Status status = read_descriptor(descriptor, path, buffer, error);
    close(descriptor);
    if (status != STATUS_OK)
        buffer_clear(buffer);
    return status;
}

/* The pid that the holder wrote; 0 if there is none to read. */
static long lock_holder(int descriptor)
{
    char bytes[32];
    ssize_t size = pread(descriptor, bytes, sizeof bytes, 0);
    long long pid = 0;
    if (size <= 0 || !text_to_int64(text_trim((Text){bytes, (size_t)size}), &pid) || pid < 1 || pid > INT32_MAX)
        return 0;
    return (long)pid;
}

static Status say_busy(const char *path, int descriptor, Error *error)
{
    long pid = lock_holder(descriptor);
    if (pid)
        error_set(error, ERROR_BUSY, "%s: process %ld is at work", path, pid);
    else
        error_set(error, ERROR_BUSY, "%s: another process is at work", path);
    error->is_retryable = true;
    return error_hint(error, "wait until it has ended, then run again");
}

Status file_lock(const char *path, FileLock *ret_lock, Error *error)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return cannot_create(path, error);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            say_busy(path, descriptor, error);
        else
            error_set_errno(error, ERROR_IO, errno, "cannot lock %s", path);
        close(descriptor);
        return STATUS_ERROR;
    }
    /* The pid is for people alone: the lock holds without it, on a full disk too. */
    char pid[32];
    int size = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(descriptor, 0) == 0)
        (void)!pwrite(descriptor, pid, (size_t)size, 0);
    *ret_lock = (FileLock){descriptor};
    return STATUS_OK;
}

void file_lock_done(FileLock *lock)
{
    if (lock->descriptor < 0)
        return;
    (void)!ftruncate(lock->descriptor, 0);
    close(lock->descriptor);
    lock->descriptor = -1;
}
