#include "extract/writer.h"

#include "common/file.h"
#include "common/folder.h"

#include <fcntl.h>
#include <stdlib.h>

enum {
    BUFFER_SIZE = 256 * 1024,
    PATH_CEILING = 64 * 1024,
    WRITE_BACK_STEP = 8 << 20,
};

struct WriterFile {
    RecordKind kind;
    FileWriter file;
    Buffer buffer; /* encoded, not yet given to the file */
    int64_t rows, marked_rows;
    uint64_t write_back_from; /* what stands before it is on its way to the disk */
};

static Status flush(WriterFile *file, Error *error)
{
    TRY(file_writer_write(&file->file, file->buffer.data, file->buffer.size, error));
    buffer_clear(&file->buffer);
    /* Lets the disk work while we read on, so that the sync at the end has little left to wait for. No more than a
     * hint: what goes wrong shows in that sync. */
    if (file->file.bytes - file->write_back_from >= WRITE_BACK_STEP) {
        file->write_back_from = file->file.bytes;
        (void)sync_file_range(file->file.descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    return STATUS_OK;
}

static Status put(WriterFile *file, const Record *record, Error *error)
{
    TRY(record_encode(file->kind, record, &file->buffer, error));
    file->rows++;
    return file->buffer.size < BUFFER_SIZE ? STATUS_OK : flush(file, error);
}

static Status open_file(const char *folder, RecordKind kind, Writer *writer, Error *error)
{
    if (writer->files[kind])
        return STATUS_OK;
    WriterFile *file = calloc(1, sizeof *file);
    if (!file)
        return error_no_memory(error);
    file->kind = kind;
    file->file = (FileWriter)FILE_WRITER_INIT;
    file->buffer = buffer_make(BUFFER_SIZE + 2 * (size_t)RECORD_SIZE_MAX);
    writer->files[kind] = file;
    cleanup(arena_done) Arena arena = arena_make(PATH_CEILING);
    const char *path = arena_printf(&arena, "%s/%s.records", folder, record_spec(kind)->name);
    if (!path)
        return error_set(error, ERROR_CANNOT_CREATE, "%s: the path is too long", folder);
    TRY(file_writer_open_plain(path, 0600, &file->file, error));
    return record_encode_header(kind, &file->buffer, error);
}

static bool is_visitor(RecordKind kind, int field)
{
    return (kind == RECORD_VIEW && field == VIEW_VISITOR) || (kind == RECORD_IDENTITY && field == IDENTITY_VISITOR);
}

static bool has_visitor(const Mapping *mapping)
{
    for (size_t i = 0; i < mapping->rule_count; i++)
        for (size_t j = 0; j < mapping->rules[i].field_count; j++)
            if (is_visitor(mapping->rules[i].kind, mapping->rules[i].fields[j].field))
                return true;
    return false;
}

static Status open_files(const char *folder, const Mapping *mapping, Writer *writer, Error *error)
{
    writer->hides_raw = has_visitor(mapping);
    for (size_t i = 0; i < mapping->rule_count; i++)
        TRY(open_file(folder, mapping->rules[i].kind, writer, error));
    return open_file(folder, RECORD_REJECT, writer, error);
}

Status writer_open(const char *folder, const Mapping *mapping, Writer *ret_writer, Error *error)
{
    Writer writer = WRITER_INIT;
    Status status = open_files(folder, mapping, &writer, error);
    if (status == STATUS_OK)
        *ret_writer = writer;
    else
        writer_done(&writer);
    return status;
}

static Status take_record(void *context, RecordKind kind, const Record *record, Error *error)
{
    Writer *writer = context;
    return put(writer->files[kind], record, error);
}

static Status take_reject(void *context, RecordKind kind, const Record *reject, Error *error)
{
    (void)kind;
    Writer *writer = context;
    if (!writer->hides_raw)
        return put(writer->files[RECORD_REJECT], reject, error);
    /* Rejects go to the database and cookies must not: in what could not be read nobody knows where one stands. */
    Record shown = *reject;
    shown.values[REJECT_RAW] = TEXT_NULL;
    return put(writer->files[RECORD_REJECT], &shown, error);
}

RecordSink writer_sink(Writer *writer)
{
    return (RecordSink){.record = take_record, .reject = take_reject, .context = writer};
}

Status writer_mark(Writer *writer, Error *error)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        WriterFile *file = writer->files[kind];
        if (!file)
            continue;
        TRY(flush(file, error));
        TRY(file_writer_mark(&file->file, error));
        file->marked_rows = file->rows;
    }
    return STATUS_OK;
}

Status writer_return(Writer *writer, Error *error)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        WriterFile *file = writer->files[kind];
        if (!file)
            continue;
        buffer_clear(&file->buffer);
        TRY(file_writer_return(&file->file, error));
        file->rows = file->marked_rows;
        if (file->write_back_from > file->file.bytes)
            file->write_back_from = file->file.bytes;
    }
    return STATUS_OK;
}

Status writer_commit(Writer *writer, Arena *arena, const BatchFile **ret_files, size_t *ret_count, Error *error)
{
    BatchFile *files = arena_allocate(arena, RECORD_KIND_COUNT * sizeof *files);
    size_t count = 0;
    if (!files)
        return error_no_memory(error);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        WriterFile *file = writer->files[kind];
        if (!file)
            continue;
        TRY(flush(file, error));
        TRY(file_writer_commit(&file->file, error));
        const char *name = record_spec((RecordKind)kind)->name;
        files[count] = (BatchFile){
            .table = name,
            .name = arena_printf(arena, "%s.records", name),
            .rows = file->rows,
            .bytes = (int64_t)file->file.bytes,
            .digest = file_writer_digest(&file->file),
        };
        if (!files[count++].name)
            return error_no_memory(error);
    }
    *ret_files = files;
    *ret_count = count;
    return STATUS_OK;
}

void writer_done(Writer *writer)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        WriterFile *file = writer->files[kind];
        if (!file)
            continue;
        file_writer_done(&file->file);
        buffer_done(&file->buffer);
        free(file);
        writer->files[kind] = NULL;
    }
}
