/* XML, read record by record in constant memory: a pull reader over libxml2's SAX2 push parser.
 *
 *     cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
 *     TRY(xml_reader_new(read_block, &stream, "Envelope/Body/records", 0, &reader, error));
 *     XmlRecord record;
 *     while ((status = xml_reader_next(reader, &record, error)) == STATUS_OK) {
 *         if (record.problem)
 *             ... reject: record.line, record.problem, record.message ...
 *         for (size_t i = 0; i < record.event_count; i++)
 *             ... record.events[i] ...
 *     }
 *
 * <record id="7"><Name>A &amp; B</Name><Address><City>Bonn</City></Address><Fax xsi:nil="true"/></record> gives
 *
 *     ATTRIBUTE id "7"  BEGIN Name  TEXT Name "A & B"  END Name
 *     BEGIN Address  BEGIN City  TEXT City "Bonn"  END City  END Address  BEGIN Fax  TEXT Fax (absent)  END Fax
 *
 * Names are local names; the namespace stands beside them for those who want it. Attributes in that of XML Schema
 * instances (nil, type, ...) are not given. A document type declaration is refused, so that no entity but the five
 * predefined ones exists; nothing outside of the document is ever read; XInclude elements are elements like others.
 */
#ifndef CLOSEDLOOP_COMMON_XML_H
#define CLOSEDLOOP_COMMON_XML_H

#include "common/error.h"
#include "common/text.h"

#include <stdbool.h>

enum {
    XML_RECORD_CEILING = 1 << 20, /* bytes of one record, unless another ceiling is given */
    XML_DEPTH_MAX = 256,
};

typedef enum XmlEventKind {
    XML_EVENT_BEGIN,     /* an element within the record */
    XML_EVENT_ATTRIBUTE, /* of the element begun last; before the first BEGIN: of the record's own */
    XML_EVENT_TEXT,      /* the whole text of an element, once, at its end */
    XML_EVENT_END,
} XmlEventKind;

/* TEXT: entities are decoded, CDATA is text, mixed content is put together without what its child elements hold. An
 * empty element has the empty text; an element of white space and child elements has no TEXT event; the value is absent
 * (text_is_null) where xsi:nil says so. The record's own text comes last. */
typedef struct XmlEvent {
    XmlEventKind kind;
    Text name;         /* the element's or attribute's, NUL-terminated; valid as long as the reader */
    Text value;        /* ATTRIBUTE and TEXT; UTF-8, valid until the next call */
    const char *space; /* BEGIN and ATTRIBUTE: the name's namespace, as that of XmlRecord */
} XmlEvent;

typedef struct XmlRecord {
    size_t line; /* where the start tag of the record ends, from 1; of a problem: where it was found */
    const XmlEvent *events;
    size_t event_count;
    Text name;         /* of the record's element */
    const char *space; /* its namespace: an address, or the prefix where none was declared for it; NULL: none. Valid as
                          long as the reader */
    /* NULL, or why the record cannot be used; it has no events then:
     *   record_too_long   its markup and text hold more bytes than the ceiling; reading goes on behind it
     *   malformed_xml     the document breaks here (or inside of the record that began before), and ends for us */
    const char *problem;
    const char *message; /* of a problem: one line, no final period */
} XmlRecord;

typedef struct XmlReader XmlReader;

/* The next block of the document, decompressed: any size, valid until the next call; STATUS_END behind the last. */
typedef Status XmlRead(void *context, Text *ret_block, Error *error);

/* record_path says which elements are records, as xml_paths_read() reads it. A record within a record is part of the
 * outer one. ceiling 0 means XML_RECORD_CEILING. ERROR_CONFIG for a path that is none. */
Status xml_reader_new(XmlRead *read, void *context, const char *record_path, size_t ceiling, XmlReader **ret_reader,
                      Error *error);

/* Before the first record: the document is in UTF-8, whatever its XML declaration says. */
void xml_reader_ignore_encoding(XmlReader *reader);

/* The next record, or STATUS_END. ERROR_DATA for a document type declaration; otherwise only what the read function
 * fails with, and ERROR_INTERNAL without memory. Messages and problems do not name the file: the caller does. */
Status xml_reader_next(XmlReader *reader, XmlRecord *ret_record, Error *error);

/* The local name of the outermost element; absent until it has been read. Valid as long as the reader. */
Text xml_reader_root(const XmlReader *reader);

/* The first attribute, or child element, of that name in the element whose first event is at `begin` (behind its
 * BEGIN); the absent text if there is none. */
Text xml_record_member(const XmlRecord *record, size_t begin, Text name, bool is_attribute);

/* Accepts NULL. */
void xml_reader_free(XmlReader *reader);
void xml_reader_free_pointer(XmlReader **reader);

#endif
