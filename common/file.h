/* Durable files: what is committed is whole and on the disk, and what is not committed is not there.
 *
 *     cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
 *     TRY(file_writer_open(path, 0600, &writer, error));
 *     TRY(file_writer_write(&writer, bytes, size, error));
 *     TRY(file_writer_commit(&writer, error));
 *     Key digest = file_writer_digest(&writer);
 *
 * Until the commit everything stands in "<path>.tmp" in the same folder; a writer that is done without a commit removes
 * it, and what a killed process left of it is replaced by the next writer of the same path. A folder that is itself
 * temporary takes files without a rename of their own: file_writer_open_plain(), then folder_rename_durably().
 */
#ifndef CLOSEDLOOP_COMMON_FILE_H
#define CLOSEDLOOP_COMMON_FILE_H

#include "common/buffer.h"
#include "common/error.h"
#include "common/folder.h"
#include "common/hash.h"
#include "common/text.h"

#include <stdint.h>
#include <sys/types.h>

struct XXH3_state_s;

typedef struct FileWriter {
    int descriptor; /* -1 when nothing is open */
    bool has_file;  /* made by this writer */
    bool is_failed; /* a write failed: a commit is refused */
    bool is_committed;
    char *path, *temporary; /* temporary is NULL for a plain file */
    char *buffer;           /* not yet written; shown for the inline write alone */
    size_t used, capacity;
    uint64_t bytes; /* taken since it was opened */
    struct XXH3_state_s *digest;
    struct XXH3_state_s *marked_digest; /* NULL without a mark */
    uint64_t marked_bytes;
} FileWriter;

#define FILE_WRITER_INIT                                                                                               \
    {                                                                                                                  \
        .descriptor = -1                                                                                               \
    }

/* Opens the temporary file for a path. ERROR_CANNOT_CREATE if its folder is not there or takes no file, ERROR_BUSY if
 * another process is writing the same path. ret_writer is replaced: it must not hold an open writer. */
Status file_writer_open(const char *path, mode_t mode, FileWriter *ret_writer, Error *error);

/* Makes the file at its own name, for a folder that is renamed once it is whole. The file must not be there. */
Status file_writer_open_plain(const char *path, mode_t mode, FileWriter *ret_writer, Error *error);

/* Takes bytes, and keeps none of them: for who only wants to count. It cannot be committed. */
Status file_writer_open_nowhere(FileWriter *ret_writer, Error *error);

/* The writing behind file_writer_write(): for what does not fit into the buffer. */
Status file_writer_write_through(FileWriter *writer, const void *bytes, size_t size, Error *error);

/* Takes bytes; they reach the system when the buffer is full. ERROR_IO says which file; a full disk has a hint. */
static inline Status file_writer_write(FileWriter *writer, const void *bytes, size_t size, Error *error)
{
    if (size > writer->capacity - writer->used)
        return file_writer_write_through(writer, bytes, size, error);
    if (size)
        memcpy(writer->buffer + writer->used, bytes, size);
    writer->used += size;
    writer->bytes += size;
    return STATUS_OK;
}

static inline Status file_writer_write_text(FileWriter *writer, Text text, Error *error)
{
    return file_writer_write(writer, text.data, text.size, error);
}

/* Marks what was taken so far, in the place of an earlier mark; file_writer_return() forgets what was taken since, and
 * may be called again. */
Status file_writer_mark(FileWriter *writer, Error *error);
Status file_writer_return(FileWriter *writer, Error *error);

/* Writes the rest, syncs, closes, renames to the path and syncs the folder; a plain file is written, synced and closed.
 * On failure the path keeps what it had (after a failed sync of the folder: the new file, whole). Bytes and digest can
 * be read until the writer is done. */
Status file_writer_commit(FileWriter *writer, Error *error);

/* XXH3-128 of all bytes, after the commit; equal to hash_bytes() of them. */
Key file_writer_digest(const FileWriter *writer);

/* Without a commit before it the file made is removed. May be called again, and on FILE_WRITER_INIT. */
void file_writer_done(FileWriter *writer);

/* The whole file in a buffer, whose ceiling becomes the one given; what was in it is gone. ERROR_NO_INPUT if it is not
 * there, ERROR_DATA if it holds more than ceiling bytes; the buffer is then empty. */
Status file_read_all(const char *path, size_t ceiling, Buffer *buffer, Error *error);

/* An exclusive lock that ends with the process, whatever ends it. The file stays, with the holder's pid in it. */
typedef struct FileLock {
    int descriptor;
} FileLock;

#define FILE_LOCK_INIT                                                                                                 \
    {                                                                                                                  \
        .descriptor = -1                                                                                               \
    }

/* Never waits: ERROR_BUSY, retryable, names the holder if it is known. */
Status file_lock(const char *path, FileLock *ret_lock, Error *error);

/* Gives it back. May be called again, and on FILE_LOCK_INIT. */
void file_lock_done(FileLock *lock);

#endif
