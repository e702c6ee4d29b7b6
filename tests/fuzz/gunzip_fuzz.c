/* Gzip: however it is cut, the same bytes or the same error come out. The first two bytes choose the pieces. */
#include "common/buffer.h"
#include "common/gunzip.h"

#include <stdint.h>
#include <stdlib.h>

enum { CEILING = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Status decode(Text input, size_t step, size_t capacity, Buffer *output, Error *error)
{
    char bytes[4096];
    Gunzip *gunzip = NULL;
    if (gunzip_make(&gunzip, error) != STATUS_OK)
        abort();
    Status status = STATUS_OK;
    for (size_t at = 0; at < input.size && status == STATUS_OK; at += step) {
        Text piece = {input.data + at, input.size - at < step ? input.size - at : step};
        size_t made = capacity;
        while (status == STATUS_OK && made == capacity) {
            status = gunzip_decode(gunzip, &piece, bytes, capacity, &made, error);
            if (status == STATUS_OK)
                status = buffer_append_bytes(output, bytes, made, error);
        }
        if (status == STATUS_OK && piece.size)
            abort();
    }
    if (status == STATUS_OK)
        status = gunzip_finish(gunzip, error);
    gunzip_free(gunzip);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    Text input = {(const char *)data + 2, size - 2};
    cleanup(buffer_done) Buffer whole = buffer_make(CEILING), cut = buffer_make(CEILING);
    Error error = ERROR_INIT, error_cut = ERROR_INIT;
    Status status = decode(input, input.size + 1, 4096, &whole, &error);
    Status status_cut = decode(input, 1 + data[0] % 64u, 1 + data[1] * 16u, &cut, &error_cut);
    if (status != status_cut || (status == STATUS_OK && !text_equal(buffer_text(&whole), buffer_text(&cut))))
        abort();
    return 0;
}
