#include "extract/format.h"

#include "common/signal.h"

#include <stdio.h>

/* What stands behind the last record belongs to the file's digest, and may be damaged. */
static Status drain(Stream *stream, Error *error)
{
    for (;;) {
        Text block;
        Status status = stream_read(stream, &block, error);
        if (status != STATUS_OK)
            return status == STATUS_END ? STATUS_OK : status;
        TRY(signal_check(error));
    }
}

Status format_settle_encoding(XmlReader *reader, Stream *stream, Error *error)
{
    bool is_known;
    TRY(stream_knows_charset(stream, &is_known, error));
    if (is_known)
        xml_reader_ignore_encoding(reader);
    return STATUS_OK;
}

void format_note_break(const XmlRecord *record, FormatResult *result)
{
    if (!record->problem || !text_is(text_from(record->problem), "malformed_xml"))
        return;
    result->is_broken = true;
    result->broken_line = record->line;
    snprintf(result->broken_reason, sizeof result->broken_reason, "%s", record->message);
}

Status format_read(Emitter *emitter, Stream *stream, FormatResult *ret_result, Error *error)
{
    FormatResult result = {.has_content = false};
    TRY(stream_declare_charset(stream, emitter->mapping->source->charset, error));
    switch (emitter->mapping->source->format) {
    case FORMAT_CSV:
    case FORMAT_TSV:
        TRY(csv_format_read(emitter, stream, &result, error));
        break;
    case FORMAT_NDJSON:
    case FORMAT_JSON:
        TRY(json_format_read(emitter, stream, &result, error));
        break;
    case FORMAT_XML:
        TRY(xml_format_read(emitter, stream, &result, error));
        break;
    case FORMAT_SITEMAP:
        TRY(sitemap_format_read(emitter, stream, &result, error));
        break;
    case FORMAT_FEED:
        TRY(feed_format_read(emitter, stream, &result, error));
        break;
    case FORMAT_WEBLOG:
        TRY(weblog_format_read(emitter, stream, &result, error));
        break;
    }
    if (!emitter_is_full(emitter))
        TRY(drain(stream, error));
    *ret_result = result;
    return STATUS_OK;
}
