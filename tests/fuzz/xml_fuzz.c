/* Any bytes as a document, in blocks of any size: no crash, records well formed, values readable, and the same records
 * whatever the blocks are. (Of a malformed document libxml2 may give more or less before it stops, and "<!-->" begins a
 * comment or breaks one, by where it is cut.) */
#include "common/xml.h"

#include <stdint.h>
#include <stdlib.h>

typedef struct Source {
    Text rest;
    size_t block;
} Source;

static Status read_source(void *context, Text *ret_block, Error *error)
{
    (void)error;
    Source *source = context;
    if (source->rest.size == 0)
        return STATUS_END;
    size_t size = source->block < source->rest.size ? source->block : source->rest.size;
    *ret_block = (Text){source->rest.data, size};
    source->rest.data += size;
    source->rest.size -= size;
    return STATUS_OK;
}

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static size_t check_record(const XmlRecord *record, size_t ceiling)
{
    size_t depth = 0, bytes = 0, sum = 0;
    require(record->line > 0);
    require(!record->problem || (record->event_count == 0 && record->message[0]));
    for (size_t i = 0; i < record->event_count; i++) {
        const XmlEvent *event = &record->events[i];
        require(event->name.size && event->name.data[event->name.size] == '\0');
        depth += event->kind == XML_EVENT_BEGIN;
        require(depth > 0 || event->kind != XML_EVENT_END);
        depth -= event->kind == XML_EVENT_END;
        bytes += event->value.size;
        for (size_t k = 0; k < event->value.size; k++)
            sum = sum * 31 + (unsigned char)event->value.data[k];
        sum = sum * 31 + (size_t)event->kind;
    }
    require(depth == 0 && bytes <= ceiling);
    return sum + (record->problem != NULL);
}

/* A digest of the records; false for a malformed document. */
static bool read_document(Text document, size_t block, const char *path, size_t ceiling, size_t *ret_sum)
{
    Source source = {document, block};
    XmlReader *reader = NULL;
    Error error = ERROR_INIT;
    require(xml_reader_new(read_source, &source, path, ceiling, &reader, &error) == STATUS_OK);
    XmlRecord record;
    Status status;
    size_t sum = 0;
    bool is_malformed = false;
    while ((status = xml_reader_next(reader, &record, &error)) == STATUS_OK) {
        sum = sum * 37 + check_record(&record, ceiling);
        is_malformed = record.problem && strcmp(record.problem, "malformed_xml") == 0;
    }
    require(status == STATUS_END || error.code == ERROR_DATA);
    xml_reader_free(reader);
    *ret_sum = sum + (size_t)error.code;
    return !is_malformed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    static const char *const paths[] = {"r", "l/r", "/l", "a/b/r"};
    const char *path = paths[data[0] & 3];
    size_t ceiling = data[0] & 4 ? 16 : 1000, block = 1 + (data[0] >> 3);
    Text document = {(const char *)data + 1, size - 1};
    size_t in_blocks, whole;
    if (read_document(document, block, path, ceiling, &in_blocks) &&
        read_document(document, size, path, ceiling, &whole))
        require(in_blocks == whole);
    return 0;
}
