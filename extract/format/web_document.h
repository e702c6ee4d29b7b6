/* A stream whose first character tells what it is: the byte order mark and the white space before it, which XML forbids
 * and files have, are passed over.
 *
 *     WebDocument document;
 *     Status status = web_document_open(stream, &document, error);       // STATUS_END: there is nothing but white
 * space if (document.is_xml) TRY(xml_reader_new(web_document_read, &document, "/rss/channel/item", ceiling, &reader,
 * error));
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_WEB_DOCUMENT_H
#define CLOSEDLOOP_EXTRACT_FORMAT_WEB_DOCUMENT_H

#include "common/error.h"
#include "common/stream.h"
#include "common/xml.h"

typedef struct WebDocument {
    Stream *stream;
    Text rest;          /* of the first block */
    size_t lines_above; /* that were passed over */
    bool is_xml;        /* or in an encoding that only an XML parser knows */
} WebDocument;

Status web_document_open(Stream *stream, WebDocument *ret_document, Error *error);

/* An XmlRead, whose context is the document. */
Status web_document_read(void *context, Text *ret_block, Error *error);

/* The reader's next record, with its line in the file. Errors name the file. */
Status web_document_next(const WebDocument *document, XmlReader *reader, XmlRecord *ret_record, Error *error);

#endif
