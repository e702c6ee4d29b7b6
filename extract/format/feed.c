/* RSS 2.0 and its forerunners (www.rssboard.org/rss-specification), RSS 1.0 (web.resource.org/rss/1.0/spec), Atom 1.0
 * (RFC 4287) and 0.3, with what Dublin Core and iTunes add to them. */
#include "extract/format.h"

#include "common/xml.h"
#include "extract/format/entry.h"
#include "extract/format/html_text.h"
#include "extract/format/web_document.h"

static const char paths[] = "/rss/channel/item|/rss/item|/RDF/item|/feed/entry|/feed/author";

/* Whose an element is. */
typedef enum Vocabulary { OWN, DUBLIN_CORE, ITUNES, FOREIGN } Vocabulary;

/* An element directly below the item, and what was read of it. Texts are those of the events. */
typedef struct Element {
    Vocabulary vocabulary;
    Text name;
    Text text, person; /* its own text; the name of an Atom person */
    Text href, rel, term, label, url, type;
} Element;

typedef struct FeedReader {
    WebDocument *document;
    Entry entry;
    Buffer author;              /* of the whole feed, where an entry names none */
    Text plain_author, creator; /* of the item: what RSS says, with an address perhaps, and iTunes */
} FeedReader;

static bool is_space(const char *space, const char *wanted)
{
    return space && strcmp(space, wanted) == 0;
}

/* A prefix that was not declared counts as what it is the custom for. */
static Vocabulary vocabulary_of(const char *space, const char *own)
{
    if (space == own || (own && is_space(space, own)) || is_space(space, "http://www.w3.org/2005/Atom") ||
        is_space(space, "atom"))
        return OWN;
    if (is_space(space, "http://purl.org/dc/elements/1.1/") || is_space(space, "http://purl.org/dc/terms/") ||
        is_space(space, "dc") || is_space(space, "dcterms"))
        return DUBLIN_CORE;
    if (is_space(space, "http://www.itunes.com/dtds/podcast-1.0.dtd") || is_space(space, "itunes"))
        return ITUNES;
    return FOREIGN;
}

/* --- elements of an item -------------------------------------------------------------------------------------- */

/* RFC 4287, 4.2.7: a link without rel is the entry itself. */
static void take_link(Entry *entry, const Element *element)
{
    if (element->text.size)
        entry_set(entry, FEED_LINK, element->text);
    else if (element->rel.size == 0 || text_is(element->rel, "alternate"))
        entry_set(entry, FEED_LINK, element->href);
    else if (text_is(element->rel, "enclosure"))
        entry_set(entry, FEED_ENCLOSURE, element->href);
}

static Status take_category(Entry *entry, const Element *element, Error *error)
{
    Text category = element->text.size ? element->text : element->label.size ? element->label : element->term;
    entry_set(entry, FEED_CATEGORY, category);
    return entry_join(entry, FEED_CATEGORIES, ";", category, error);
}

static Status take_author(FeedReader *reader, const Element *element, Error *error)
{
    if (element->person.size || element->vocabulary == DUBLIN_CORE)
        return entry_join(&reader->entry, FEED_AUTHOR, ", ", element->person.size ? element->person : element->text,
                          error);
    if (element->vocabulary == OWN)
        reader->plain_author = element->text;
    else
        reader->creator = element->text;
    return STATUS_OK;
}

/* In RSS it is HTML or not, and nothing says so; Atom says it. What has no markup stays as it is. */
static Status take_title(FeedReader *reader, const Element *element, Error *error)
{
    Entry *entry = &reader->entry;
    if (entry_value(entry, FEED_TITLE).size)
        return STATUS_OK;
    bool is_html = element->type.size == 0 || text_is(element->type, "html") || text_is(element->type, "text/html");
    Text title = is_html ? html_text(element->text, &entry->arena) : element->text;
    return entry_join(entry, FEED_TITLE, " ", title, error);
}

static bool is_any(Text name, const char *const *names)
{
    while (*names && !text_is(name, *names))
        names++;
    return *names != NULL;
}

static const char *const published_names[] = {"pubDate", "published", "issued", "created", "date", NULL};
static const char *const updated_names[] = {"updated", "modified", NULL};
static const char *const author_names[] = {"author", "creator", NULL};
static const char *const category_names[] = {"category", "subject", NULL};
static const char *const summary_names[] = {"description", "summary", NULL};
static const char *const guid_names[] = {"guid", "id", NULL};

static Status take_element(FeedReader *reader, const Element *element, Error *error)
{
    Entry *entry = &reader->entry;
    Text name = element->name;
    if (is_any(name, author_names) && element->vocabulary != FOREIGN)
        return take_author(reader, element, error);
    if (element->vocabulary == ITUNES || element->vocabulary == FOREIGN)
        return STATUS_OK;
    if (is_any(name, category_names))
        return take_category(entry, element, error);
    if (is_any(name, published_names))
        entry_set_time(entry, FEED_PUBLISHED, element->text);
    else if (is_any(name, updated_names))
        entry_set_time(entry, FEED_UPDATED, element->text);
    else if (element->vocabulary == DUBLIN_CORE)
        return STATUS_OK;
    else if (text_is(name, "title"))
        return take_title(reader, element, error);
    else if (text_is(name, "link"))
        take_link(entry, element);
    else if (is_any(name, guid_names))
        entry_set(entry, FEED_GUID, element->text);
    else if (is_any(name, summary_names))
        entry_set(entry, FEED_SUMMARY, element->text);
    else if (text_is(name, "enclosure"))
        entry_set(entry, FEED_ENCLOSURE, element->url);
    return STATUS_OK;
}

static void take_attribute(Element *element, const XmlEvent *event)
{
    const struct {
        const char *name;
        Text *place;
    } places[] = {{"href", &element->href},   {"rel", &element->rel}, {"term", &element->term},
                  {"label", &element->label}, {"url", &element->url}, {"type", &element->type}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (text_is(event->name, places[i].name))
            *places[i].place = event->value;
}

/* The text of an element below one of the item's: the name of a person, or a part of a title in XHTML. */
static Status take_inner_text(FeedReader *reader, Element *element, const XmlEvent *event, Error *error)
{
    bool is_title = element->vocabulary == OWN && text_is(element->name, "title");
    if (is_title)
        return entry_join(&reader->entry, FEED_TITLE, " ", event->value, error);
    if (text_is(event->name, "name"))
        element->person = text_trim(event->value);
    return STATUS_OK;
}

static Status take_event(FeedReader *reader, const XmlRecord *record, const XmlEvent *event, size_t *depth,
                         Element *element, Error *error)
{
    switch (event->kind) {
    case XML_EVENT_BEGIN:
        if ((*depth)++ == 0)
            *element = (Element){.vocabulary = vocabulary_of(event->space, record->space), .name = event->name};
        return STATUS_OK;
    case XML_EVENT_ATTRIBUTE:
        if (*depth == 1)
            take_attribute(element, event);
        return STATUS_OK;
    case XML_EVENT_TEXT:
        if (*depth == 1)
            element->text = text_trim(event->value);
        return *depth > 1 ? take_inner_text(reader, element, event, error) : STATUS_OK;
    case XML_EVENT_END:
        break;
    }
    return --*depth == 0 ? take_element(reader, element, error) : STATUS_OK;
}

/* --- items ---------------------------------------------------------------------------------------------------- */

static bool is_web_address(Text text)
{
    return text_starts_with(text, TEXT("http://")) || text_starts_with(text, TEXT("https://"));
}

/* RSS has "ann@example.com (Ann Lee)": the address is nobody's business. */
static Text name_in_brackets(Text author)
{
    size_t open = text_find(author, '('), close = text_find(author, ')');
    if (open < close && close < author.size)
        return (Text){author.data + open + 1, close - open - 1};
    return text_find(author, '@') < author.size ? TEXT_NULL : author;
}

static void complete(FeedReader *reader)
{
    Entry *entry = &reader->entry;
    Text guid = entry_value(entry, FEED_GUID);
    if (is_web_address(guid))
        entry_set(entry, FEED_LINK, guid);
    entry_set(entry, FEED_AUTHOR, name_in_brackets(reader->plain_author));
    entry_set(entry, FEED_AUTHOR, reader->creator);
    entry_set(entry, FEED_AUTHOR, buffer_text(&reader->author));
    entry_set_host(entry, FEED_HOST, FEED_LINK);
}

static Status take_feed_author(FeedReader *reader, const XmlRecord *record, Error *error)
{
    for (size_t i = 0; i < record->event_count; i++) {
        const XmlEvent *event = &record->events[i];
        if (event->kind == XML_EVENT_TEXT && text_is(event->name, "name") && reader->author.size == 0)
            return buffer_append(&reader->author, text_trim(event->value), error);
    }
    return STATUS_OK;
}

static Status take(FeedReader *reader, const XmlRecord *record, Error *error)
{
    Entry *entry = &reader->entry;
    if (record->problem)
        return emitter_reject(entry->emitter, record->line, record->problem, record->message, TEXT_NULL, error);
    if (text_is(record->name, "author"))
        return take_feed_author(reader, record, error);
    TRY(entry_begin(entry, record->line, error));
    reader->plain_author = reader->creator = TEXT_NULL;
    size_t depth = 0;
    Element element = {.vocabulary = FOREIGN};
    for (size_t i = 0; i < record->event_count; i++)
        TRY(take_event(reader, record, &record->events[i], &depth, &element, error));
    complete(reader);
    return entry_emit(entry, error);
}

/* --- the document --------------------------------------------------------------------------------------------- */

static Status no_feed(const WebDocument *document, Text root, Error *error)
{
    error_set(error, ERROR_DATA, "%s: is no feed: its outermost element is '%.*s'", stream_name(document->stream),
              root.size < 64 ? (int)root.size : 64, root.data);
    if (text_is(root, "urlset") || text_is(root, "sitemapindex"))
        return error_hint(error, "it is a sitemap: say 'format: sitemap'");
    return error_hint(error, "a feed is an 'rss', an 'RDF' or a 'feed'; was an error page saved in its place?");
}

static Status check_root(const WebDocument *document, const XmlReader *reader, Error *error)
{
    Text root = xml_reader_root(reader);
    bool is_feed = text_is(root, "rss") || text_is(root, "RDF") || text_is(root, "feed") || text_is_null(root);
    return is_feed ? STATUS_OK : no_feed(document, root, error);
}

static Status read_records(FeedReader *reader, XmlReader *xml, FormatResult *result, Error *error)
{
    XmlRecord record;
    Status status;
    while (!emitter_is_full(reader->entry.emitter) &&
           (status = web_document_next(reader->document, xml, &record, error)) != STATUS_END) {
        TRY(status);
        TRY(check_root(reader->document, xml, error));
        format_note_break(&record, result);
        TRY(take(reader, &record, error));
    }
    result->has_content = true;
    return check_root(reader->document, xml, error);
}

static Status read_feed(FeedReader *reader, FormatResult *result, Error *error)
{
    cleanup(xml_reader_free_pointer) XmlReader *xml = NULL;
    size_t ceiling = reader->entry.emitter->mapping->source->record_ceiling;
    TRY(xml_reader_new(web_document_read, reader->document, paths, ceiling, &xml, error));
    TRY(format_settle_encoding(xml, reader->document->stream, error));
    return read_records(reader, xml, result, error);
}

Status feed_format_read(Emitter *emitter, Stream *stream, FormatResult *result, Error *error)
{
    WebDocument document;
    Status status = web_document_open(stream, &document, error);
    if (status != STATUS_OK)
        return status == STATUS_END ? STATUS_OK : status;
    FeedReader reader = {.document = &document, .author = buffer_make(emitter->mapping->source->record_ceiling)};
    status = entry_make(emitter, stream_name(stream), &reader.entry, error);
    if (status == STATUS_OK)
        status = read_feed(&reader, result, error);
    buffer_done(&reader.author);
    entry_done(&reader.entry);
    return status;
}
