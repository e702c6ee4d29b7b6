#include "load/journeys.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_BUFFER = 1 << 18 };

Status journeys_begin(Journeys *ret_journeys, Error *error)
{
    FILE *file = tmpfile();
    if (!file)
        return error_set_errno(error, ERROR_CANNOT_CREATE, errno, "no temporary file can be made for the journeys");
    setvbuf(file, NULL, _IOFBF, FILE_BUFFER);
    *ret_journeys = (Journeys){.file = file};
    return STATUS_OK;
}

void journeys_done(Journeys *journeys)
{
    if (journeys->file)
        fclose(journeys->file);
    free(journeys->touches);
    free(journeys->ordered);
    *journeys = JOURNEYS_EMPTY;
}

static bool write_all(FILE *file, const void *items, size_t size, size_t count)
{
    return count == 0 || fwrite(items, size, count, file) == count;
}

Status journeys_add(Journeys *journeys, const JourneyHead *head, const Touch *touches, const JourneyTouch *ordered,
                    Error *error)
{
    FILE *file = journeys->file;
    if (!write_all(file, head, sizeof *head, 1) || !write_all(file, touches, sizeof *touches, head->count) ||
        !write_all(file, ordered, sizeof *ordered, head->count))
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be written");
    return STATUS_OK;
}

static Status reserve(Journeys *journeys, size_t count, Error *error)
{
    if (count <= journeys->capacity)
        return STATUS_OK;
    size_t capacity = count < 256 ? 256 : count * 2;
    free(journeys->touches);
    free(journeys->ordered);
    journeys->touches = calloc(capacity, sizeof *journeys->touches);
    journeys->ordered = calloc(capacity, sizeof *journeys->ordered);
    journeys->capacity = journeys->touches && journeys->ordered ? capacity : 0;
    return journeys->capacity ? STATUS_OK : error_no_memory(error);
}

static bool read_all(FILE *file, void *items, size_t size, size_t count)
{
    return count == 0 || fread(items, size, count, file) == count;
}

Status journeys_each(Journeys *journeys, JourneyTake take, void *context, Error *error)
{
    FILE *file = journeys->file;
    /* rewind() writes what is left, and does not tell whether it could */
    if (fflush(file) != 0)
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be written");
    rewind(file);
    JourneyHead head;
    while (read_all(file, &head, sizeof head, 1)) {
        TRY(reserve(journeys, head.count, error));
        if (!read_all(file, journeys->touches, sizeof *journeys->touches, head.count) ||
            !read_all(file, journeys->ordered, sizeof *journeys->ordered, head.count))
            return error_set(error, ERROR_IO, "the temporary file of journeys ends too early");
        TRY(take(context, &head, journeys->touches, journeys->ordered, error));
    }
    if (ferror(file) || !feof(file))
        return error_set_errno(error, ERROR_IO, errno, "the temporary file of journeys cannot be read");
    return STATUS_OK;
}
