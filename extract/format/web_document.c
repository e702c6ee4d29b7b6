#include "extract/format/web_document.h"

static const unsigned char mark[] = {0xEF, 0xBB, 0xBF};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

Status web_document_open(Stream *stream, WebDocument *ret_document, Error *error)
{
    WebDocument document = {.stream = stream};
    size_t marked = 0; /* of the bytes of the mark */
    for (;;) {
        TRY(stream_read(stream, &document.rest, error));
        while (document.rest.size) {
            char byte = document.rest.data[0];
            bool is_marked = marked < sizeof mark && (unsigned char)byte == mark[marked];
            if (!is_marked && !is_blank(byte)) {
                document.is_xml = byte == '<' || byte == '\0' || (unsigned char)byte >= 0xFE;
                *ret_document = document;
                return STATUS_OK;
            }
            marked = is_marked ? marked + 1 : sizeof mark;
            document.lines_above += byte == '\n';
            document.rest = (Text){document.rest.data + 1, document.rest.size - 1};
        }
    }
}

Status web_document_read(void *context, Text *ret_block, Error *error)
{
    WebDocument *document = context;
    if (document->rest.size == 0)
        return stream_read(document->stream, ret_block, error);
    *ret_block = document->rest;
    document->rest = TEXT_NULL;
    return STATUS_OK;
}

Status web_document_next(const WebDocument *document, XmlReader *reader, XmlRecord *ret_record, Error *error)
{
    Status status = xml_reader_next(reader, ret_record, error);
    if (status == STATUS_OK)
        ret_record->line += document->lines_above;
    const char *name = stream_name(document->stream);
    bool is_ours = status == STATUS_ERROR && error->code == ERROR_DATA &&
                   !text_starts_with(text_from(error->message), text_from(name));
    return is_ours ? error_prefix(error, "%s", name) : status;
}
