/* Any bytes as a record file, behind a good head or, if the first byte is odd, from the start: records that come out
 * can be written, and the reader ends with an end or with an error. */
#include "common/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const char *path, RecordKind kind)
{
    cleanup(record_reader_done) RecordReader reader = {0};
    cleanup(buffer_done) Buffer again = buffer_make(RECORD_SIZE_MAX);
    Error error = ERROR_INIT;
    Record record;
    Status status = record_reader_open(&reader, path, kind, &error);
    while (status == STATUS_OK && (status = record_reader_next(&reader, &record, &error)) == STATUS_OK) {
        buffer_clear(&again);
        if (record_encode(kind, &record, &again, &error) != STATUS_OK)
            abort();
    }
    if (status == STATUS_ERROR && error.code != ERROR_DATA)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    cleanup(buffer_done) Buffer file = buffer_make(64 << 20);
    Error error = ERROR_INIT;
    RecordKind kind = (RecordKind)(data[0] / 2 % RECORD_KIND_COUNT);
    if (data[0] % 2 == 0 && record_encode_header(kind, &file, &error) != STATUS_OK)
        abort();
    if (buffer_append_bytes(&file, data + 1, size - 1, &error) != STATUS_OK)
        return 0;
    int descriptor = memfd_create("record_fuzz", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, file.data ? file.data : "", file.size) != (ssize_t)file.size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    read_all(path, kind);
    close(descriptor);
    return 0;
}
