#include "extract/format.h"

#include "common/config/http_source.h"
#include "common/xml.h"
#include "extract/format/entry.h"
#include "extract/format/text_sitemap.h"
#include "extract/format/web_document.h"

/* Elements count by their local names: files in the wild declare their namespaces wrongly in all the ways there are.
 * What is nested says whose it is by the element around it. */
static const struct Extension {
    const char *around, *name;
    SitemapColumn column;
    bool may_repeat;
} extensions[] = {
    {"news", "title", SITEMAP_NEWS_TITLE, false},
    {"news", "publication_date", SITEMAP_NEWS_PUBLICATION_DATE, false},
    {"news", "keywords", SITEMAP_NEWS_KEYWORDS, false},
    {"news", "genres", SITEMAP_NEWS_GENRES, false},
    {"news", "name", SITEMAP_NEWS_NAME, false},
    {"news", "language", SITEMAP_NEWS_LANGUAGE, false},
    {"video", "title", SITEMAP_VIDEO_TITLE, false},
    {"video", "publication_date", SITEMAP_VIDEO_PUBLICATION_DATE, false},
    {"video", "tag", SITEMAP_VIDEO_TAG, true},
    {"video", "category", SITEMAP_VIDEO_CATEGORY, false},
    {"video", "description", SITEMAP_VIDEO_DESCRIPTION, false},
    {"video", "duration", SITEMAP_VIDEO_DURATION, false},
    {"image", "title", SITEMAP_IMAGE_TITLE, false},
    {"image", "caption", SITEMAP_IMAGE_CAPTION, false},
};

static bool is_time(size_t column)
{
    return column == SITEMAP_LASTMOD || column == SITEMAP_NEWS_PUBLICATION_DATE ||
           column == SITEMAP_VIDEO_PUBLICATION_DATE;
}

static bool is_same_space(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* --- one url element ------------------------------------------------------------------------------------------ */

static void set(Entry *entry, size_t column, Text value)
{
    if (is_time(column))
        entry_set_time(entry, column, value);
    else
        entry_set(entry, column, value);
}

static Status take_nested(Entry *entry, Text around, const XmlEvent *event, Error *error)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        const struct Extension *extension = &extensions[i];
        if (!text_is(event->name, extension->name) || !text_is(around, extension->around))
            continue;
        if (extension->may_repeat)
            return entry_join(entry, extension->column, ";", event->value, error);
        set(entry, extension->column, event->value);
        return STATUS_OK;
    }
    return STATUS_OK;
}

static void take_own(Entry *entry, Text name, Text value)
{
    for (size_t column = SITEMAP_LOC; column <= SITEMAP_PRIORITY; column++)
        if (text_is(name, entry->names.names[column]))
            set(entry, column, value);
}

/* outer is the element directly below the record that holds the text. */
static Status take_text(Entry *entry, const XmlRecord *record, const XmlEvent *outer, size_t depth,
                        const XmlEvent *event, Error *error)
{
    if (depth == 0)
        entry_set(entry, SITEMAP_LOC, event->value); /* <url>https://...</url>, which some write */
    else if (depth > 1)
        return take_nested(entry, outer->name, event, error);
    else if (is_same_space(outer->space, record->space))
        take_own(entry, event->name, event->value);
    return STATUS_OK;
}

static Status take_events(Entry *entry, const XmlRecord *record, Error *error)
{
    size_t depth = 0;
    const XmlEvent *outer = NULL;
    for (size_t i = 0; i < record->event_count; i++) {
        const XmlEvent *event = &record->events[i];
        if (event->kind == XML_EVENT_BEGIN) {
            outer = depth == 0 ? event : outer;
            depth++;
        } else if (event->kind == XML_EVENT_END) {
            depth--;
        } else if (event->kind == XML_EVENT_TEXT) {
            TRY(take_text(entry, record, outer, depth, event, error));
        }
    }
    return STATUS_OK;
}

static Status take(Entry *entry, const XmlRecord *record, Error *error)
{
    if (record->problem)
        return emitter_reject(entry->emitter, record->line, record->problem, record->message, TEXT_NULL, error);
    TRY(entry_begin(entry, record->line, error));
    TRY(take_events(entry, record, error));
    entry_set_host(entry, SITEMAP_HOST, SITEMAP_LOC);
    return entry_emit(entry, error);
}

/* --- the document --------------------------------------------------------------------------------------------- */

/* What an index lists is read with it. */
static bool has_all(const Source *source)
{
    return source->together || (source->http && source->http->paging.kind == HTTP_PAGING_SITEMAPS);
}

static Status check_root(const WebDocument *document, const XmlReader *reader, const Source *source, Error *error)
{
    Text root = xml_reader_root(reader);
    const char *name = stream_name(document->stream);
    if (text_is(root, "sitemapindex") && source->mode == MODE_SNAPSHOT && !has_all(source)) {
        error_set(error, ERROR_DATA, "%s: is an index of sitemaps, which is a snapshot only with all of them", name);
        return error_hint(error, "say 'parts: together'");
    }
    if (text_is(root, "urlset") || text_is(root, "sitemapindex") || text_is_null(root))
        return STATUS_OK;
    error_set(error, ERROR_DATA, "%s: is no sitemap: its outermost element is '%.*s'", name,
              root.size < 64 ? (int)root.size : 64, root.data);
    if (text_is(root, "rss") || text_is(root, "RDF") || text_is(root, "feed"))
        return error_hint(error, "it is a feed: say 'format: feed'");
    return error_hint(error, "a sitemap is a 'urlset' or a 'sitemapindex'; was an error page saved in its place?");
}

static Status read_records(WebDocument *document, XmlReader *reader, Entry *entry, FormatResult *result, Error *error)
{
    Emitter *emitter = entry->emitter;
    XmlRecord record;
    Status status;
    while (!emitter_is_full(emitter) && (status = web_document_next(document, reader, &record, error)) != STATUS_END) {
        TRY(status);
        TRY(check_root(document, reader, emitter->mapping->source, error));
        format_note_break(&record, result);
        if (!text_is(record.name, "sitemap"))
            TRY(take(entry, &record, error));
    }
    result->has_content = true;
    return check_root(document, reader, emitter->mapping->source, error);
}

static Status read_xml(WebDocument *document, Entry *entry, FormatResult *result, Error *error)
{
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    TRY(xml_reader_new(web_document_read, document, "/urlset/url|/sitemapindex/sitemap",
                       entry->emitter->mapping->source->record_ceiling, &reader, error));
    TRY(format_settle_encoding(reader, document->stream, error));
    return read_records(document, reader, entry, result, error);
}

Status sitemap_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    WebDocument document;
    Status status = web_document_open(stream, &document, error);
    if (status != STATUS_OK)
        return status == STATUS_END ? STATUS_OK : status;
    cleanup(entry_done) Entry entry = {0};
    TRY(entry_make(emitter, stream_name(stream), &entry, error));
    if (document.is_xml)
        return read_xml(&document, &entry, result, error);
    return text_sitemap_read(&document, &entry, result, error);
}
