#include "extract/format/sitemap_index.h"

#include "common/arena.h"
#include "common/signal.h"
#include "common/xml.h"
#include "extract/format.h"
#include "extract/format/web_document.h"

/* Its loc; or its own text, which comes last, as some write it. */
static Text address_of(const XmlRecord *record)
{
    for (size_t i = 0, depth = 0; i < record->event_count; i++) {
        const XmlEvent *event = &record->events[i];
        depth += event->kind == XML_EVENT_BEGIN;
        depth -= event->kind == XML_EVENT_END;
        bool is_loc = depth == 1 && text_is(event->name, "loc");
        if (event->kind == XML_EVENT_TEXT && (is_loc || depth == 0))
            return text_trim(event->value);
    }
    return TEXT_NULL;
}

/* What the next record lists: STATUS_END behind the last, and wherever a reader would find something wrong. */
static Status next_address(const WebDocument *document, XmlReader *reader, XmlRecord *record, Text *ret_address,
                           Error *error)
{
    Status status = web_document_next(document, reader, record, error);
    if (status == STATUS_ERROR && error->code == ERROR_DATA) {
        error_clear(error);
        return STATUS_END;
    }
    TRY(status);
    /* The first url of a sitemap, or channel of a feed, tells that this is no index. */
    if (!text_is(xml_reader_root(reader), "sitemapindex"))
        return STATUS_END;
    *ret_address = address_of(record);
    return STATUS_OK;
}

static Status list(WebDocument *document, SitemapFound *found, void *context, Error *error)
{
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    TRY(xml_reader_new(web_document_read, document, "/sitemapindex/sitemap|/urlset/url|/rss/channel|/feed/id", 0,
                       &reader, error));
    TRY(format_settle_encoding(reader, document->stream, error));
    XmlRecord record;
    Text address;
    Status status;
    while ((status = next_address(document, reader, &record, &address, error)) == STATUS_OK) {
        TRY(signal_check(error));
        if (address.size)
            TRY(found(context, record.line, address, error));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

Status sitemap_index_list(Stream *stream, SitemapFound *found, void *context, Error *error)
{
    WebDocument document;
    Status status = web_document_open(stream, &document, error);
    if (status == STATUS_OK)
        return document.is_xml ? list(&document, found, context, error) : STATUS_OK;
    if (status == STATUS_ERROR && error->code != ERROR_DATA)
        return STATUS_ERROR;
    error_clear(error);
    return STATUS_OK;
}
