/* Any bytes as a manifest: what the reader lets through can be written, and reads as the same again. */
#include "common/batch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    cleanup(buffer_done) Buffer first = buffer_make(64 << 20);
    cleanup(buffer_done) Buffer second = buffer_make(64 << 20);
    Error error = ERROR_INIT;
    Manifest manifest;
    if (manifest_parse((Text){(const char *)data, size}, "fuzz", &arena, &manifest, &error) != STATUS_OK) {
        if (error.code != ERROR_DATA)
            abort();
        return 0;
    }
    if (manifest_write(&manifest, &first, &error) != STATUS_OK)
        abort();
    if (manifest_parse(buffer_text(&first), "fuzz", &arena, &manifest, &error) != STATUS_OK ||
        manifest_write(&manifest, &second, &error) != STATUS_OK)
        abort();
    if (!text_equal(buffer_text(&first), buffer_text(&second)))
        abort();
    return 0;
}
