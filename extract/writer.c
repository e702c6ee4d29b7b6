#include "extract/writer.h"

#include "common/file.h"
#include "common/folder.h"

#include <stdlib.h>

enum {
    BUFFER_SIZE = 256 * 1024,
    /* Of a record's values together; those of several fields may be the same text. */
    BUFFER_CEILING = 2040u << 20,
    PATH_CEILING = 64 * 1024,
};

struct WriterFile {
    RecordKind kind;
    FileWriter file;
    Buffer buffer; /* encoded, not yet given to the file */
    int64_t rows;
};

static Status flush(WriterFile *file, Error *error)
{
    TRY(file_writer_write(&file->file, file->buffer.data, file->buffer.size, error));
    buffer_clear(&file->buffer);
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
    file->buffer = buffer_make(BUFFER_CEILING);
    writer->files[kind] = file;
    cleanup(arena_done) Arena arena = arena_make(PATH_CEILING);
    const char *path = arena_printf(&arena, "%s/%s.records", folder, record_spec(kind)->name);
    if (!path)
        return error_set(error, ERROR_CANNOT_CREATE, "%s: the path is too long", folder);
    TRY(file_writer_open_plain(path, 0600, &file->file, error));
    return record_encode_header(kind, &file->buffer, error);
}

static Status open_files(const char *folder, const Mapping *mapping, Writer *writer, Error *error)
{
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
    return put(writer->files[RECORD_REJECT], reject, error);
}

RecordSink writer_sink(Writer *writer)
{
    return (RecordSink){.record = take_record, .reject = take_reject, .context = writer};
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
