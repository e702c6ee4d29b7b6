/* The readers: from the bytes of one input to the slots of a mapping, record after record, in constant memory.
 *
 *     FormatResult result;
 *     TRY(format_read(&emitter, stream, &result, error));
 *
 * There is one file for each family in extract/format/. A reader judges what a record is; what a value means is
 * nobody's business before transform.
 */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_H
#define CLOSEDLOOP_EXTRACT_FORMAT_H

#include "common/error.h"
#include "common/stream.h"
#include "common/xml.h"
#include "extract/emitter.h"

typedef struct FormatResult {
    bool has_content; /* a header, an array or a record: the input says something, if only that there is nothing */
    bool is_broken;   /* its structure ended before it did: what follows was not read */
    size_t broken_line;
    char broken_reason[160];
} FormatResult;

/* Reads all records in the format of the emitter's source. Unless the emitter is full the stream is then at its end, so
 * that its digest is that of the whole file. Bad records are rejects. ERROR_DATA, naming the stream, for an input that
 * cannot be read at all: damaged gzip, a column of the mapping that is not there, a document type declaration. */
Status format_read(Emitter *emitter, Stream *stream, FormatResult *ret_result, Error *error);

/* The readers behind it; they need not read the stream to its end. */
Status csv_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);
Status json_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);
Status xml_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);
Status sitemap_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);
Status feed_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);
Status weblog_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error);

/* For readers of XML, before the first record: what the byte order mark or the source says of the character set comes
 * before what the document says. */
Status format_settle_encoding(XmlReader *reader, Stream *stream, Error *error);

/* For readers of XML: if the record says that the document breaks off, so does the result. */
void format_note_break(const XmlRecord *record, FormatResult *result);

/* For a preview: tells the emitter's sink of the places of one record that nobody asks for, as paths. */
Status json_names_report(Emitter *emitter, Text record, Error *error);
void xml_names_report(Emitter *emitter, const XmlRecord *record);

#endif
