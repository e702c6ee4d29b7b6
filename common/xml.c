#include "common/xml.h"
#include "common/buffer.h"
#include "common/utf8.h"
#include "common/xml_path.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libxml2 is safe for hostile documents in one way of use alone: SAX2 push, without XML_PARSE_NOENT (which reads files
 * in spite of NONET) and without XML_PARSE_HUGE (which turns its guards off), stopped at the document type declaration,
 * with a lookup of entities that knows the predefined ones only. It says wellFormed after xmlStopParser(), so that what
 * stopped it is kept here.
 *
 * The parser is fed one small piece at a time. What a piece completes waits in the queue; the record that it leaves
 * open is moved to the front of the buffers before the next piece, once at most for a record. */

enum {
    PIECE = 32 * 1024,
    EVENTS_CEILING = 256 << 20,
    TEXT_CEILING = 256 << 20,
    /* What the markup of an element and of an attribute takes beside its names and values: <a></a>, a="". */
    ELEMENT_BYTES = 5,
    ATTRIBUTE_BYTES = 4,
};

static const char SCHEMA_INSTANCE[] = "http://www.w3.org/2001/XMLSchema-instance";

typedef enum Ending {
    RUNNING,
    INPUT_ENDED,
    MALFORMED, /* message and line say why; one last problem record is due */
    REFUSED,   /* a document type declaration */
    BROKEN,    /* failure says why */
    FINISHED,  /* nothing more to give */
} Ending;

typedef struct OpenElement {
    size_t text_start; /* in texts */
    bool has_children, is_nil;
} OpenElement;

typedef struct QueuedRecord {
    size_t line, event_start, event_count, value_start;
    Text name;
    const char *space;
    bool is_too_long;
} QueuedRecord;

struct XmlReader {
    XmlRead *read;
    void *context;
    xmlParserCtxtPtr parser;
    XmlPaths paths;
    Text root;
    size_t ceiling;
    Text block; /* read, not yet fed */
    bool has_input;
    Ending ending;
    Error failure;
    char message[256], too_long_message[64];
    size_t message_line;
    OpenElement open[XML_DEPTH_MAX + 1]; /* [1] is the root */
    Text names[XML_DEPTH_MAX + 1];       /* of these */
    size_t depth, record_depth;          /* record_depth 0: outside of any record */
    QueuedRecord record;                 /* the open one */
    size_t record_bytes;
    Buffer events; /* XmlEvent; the data of a value only says whether it is absent, until it is given out */
    Buffer values; /* the values of the events, one behind the other */
    Buffer texts;  /* the texts of the open elements, a stack */
    Buffer queue;  /* QueuedRecord */
    size_t queue_next;
};

static Text text_of(const xmlChar *name)
{
    return text_from((const char *)name);
}

static void stop(XmlReader *reader, Ending ending)
{
    if (reader->ending == RUNNING)
        reader->ending = ending;
    xmlStopParser(reader->parser);
}

/* What the handlers append; a failure stops the parser. The error is filled in its place: making an empty one for every
 * call would cost as much as the parser. */
static void append(XmlReader *reader, Buffer *buffer, const void *bytes, size_t size)
{
    if (reader->ending == RUNNING && buffer_append_bytes(buffer, bytes, size, &reader->failure) != STATUS_OK)
        stop(reader, BROKEN);
}

/* The first message counts: later ones come from the first. One line of printable ASCII, since a message may quote
 * bytes of the document that are no UTF-8. */
static void keep_message(XmlReader *reader, const char *message, int line)
{
    if (reader->message[0])
        return;
    size_t size = 0;
    for (; message[size] && message[size] != '\n' && size < sizeof reader->message - 1; size++)
        reader->message[size] = message[size] >= ' ' && message[size] <= '~' ? message[size] : '?';
    while (size && (reader->message[size - 1] == ' ' || reader->message[size - 1] == '.'))
        size--;
    reader->message[size] = '\0';
    reader->message_line = line > 0 ? (size_t)line : 1;
}

static void on_error(void *context, xmlErrorPtr error)
{
    XmlReader *reader = context;
    bool is_fatal = error->level == XML_ERR_FATAL || (error->level == XML_ERR_ERROR && error->domain == XML_FROM_I18N);
    if (is_fatal && error->message)
        keep_message(reader, error->message, error->line > 0 ? error->line : reader->parser->input->line);
}

/* A message in the old form says nothing that on_error() was not told. */
static void on_plain_message(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

static void on_document_type(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(context, REFUSED);
}

static xmlEntityPtr on_entity(void *context, const xmlChar *name)
{
    (void)context;
    return xmlGetPredefinedEntity(name);
}

/* Counts bytes of the open record; false once there are too many, and then all that it holds is let go. */
static bool take_bytes(XmlReader *reader, size_t size)
{
    if (reader->record.is_too_long)
        return false;
    reader->record_bytes += size;
    if (reader->record_bytes <= reader->ceiling)
        return true;
    reader->record.is_too_long = true;
    reader->events.size = reader->record.event_start;
    reader->values.size = reader->record.value_start;
    reader->texts.size = 0;
    return false;
}

/* A prefix that was never declared stands for the namespace that it was meant to name. */
static const char *namespace_of(const xmlChar *prefix, const xmlChar *uri)
{
    return (const char *)(uri ? uri : prefix);
}

static void add_event(XmlReader *reader, XmlEventKind kind, Text name, Text value, const char *space)
{
    XmlEvent event = {.kind = kind, .name = name, .value = value, .space = space};
    if (value.size)
        append(reader, &reader->values, value.data, value.size);
    append(reader, &reader->events, &event, sizeof event);
}

/* With entities left alone libxml2 hands the ampersand of an attribute on as "&#38;", whatever it was written as, and
 * no other '&' is in a value. Decodes in place in the buffer of values, behind the event that was just added. */
static void decode_ampersands(XmlReader *reader, size_t value_start)
{
    static const char reference[] = "&#38;";
    size_t size = sizeof reference - 1;
    char *data = reader->values.data;
    char *to = data + value_start, *from = to, *end = data + reader->values.size;
    while (from < end) {
        bool is_reference = (size_t)(end - from) >= size && memcmp(from, reference, size) == 0;
        *to++ = *from;
        from += is_reference ? size : 1;
    }
    size_t removed = (size_t)(end - to);
    reader->values.size -= removed;
    XmlEvent *event = (XmlEvent *)(void *)(reader->events.data + reader->events.size) - 1;
    event->value.size -= removed;
}

/* Five pointers for an attribute: local name, prefix, namespace, and the two ends of the value. */
static void take_attribute(XmlReader *reader, const xmlChar *const *attribute)
{
    Text name = text_of(attribute[0]);
    Text value = {(const char *)attribute[3], (size_t)(attribute[4] - attribute[3])};
    bool is_of_schema = attribute[2] ? text_is(text_of(attribute[2]), SCHEMA_INSTANCE)
                                     : attribute[1] && text_is(text_of(attribute[1]), "xsi");
    if (is_of_schema) {
        if (text_is(name, "nil") && (text_is(text_trim(value), "true") || text_is(text_trim(value), "1")))
            reader->open[reader->depth].is_nil = true;
        return;
    }
    if (!take_bytes(reader, name.size + value.size + ATTRIBUTE_BYTES))
        return;
    size_t value_start = reader->values.size;
    add_event(reader, XML_EVENT_ATTRIBUTE, name, value, namespace_of(attribute[1], attribute[2]));
    if (reader->ending == RUNNING && value.size && memchr(value.data, '&', value.size))
        decode_ampersands(reader, value_start);
}

static void begin_record(XmlReader *reader, const char *space)
{
    reader->record_depth = reader->depth;
    reader->record_bytes = 0;
    reader->record = (QueuedRecord){
        .line = (size_t)reader->parser->input->line,
        .name = reader->names[reader->depth],
        .space = space,
        .event_start = reader->events.size,
        .value_start = reader->values.size,
    };
}

static void on_begin(void *context, const xmlChar *local_name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
                     const xmlChar **attributes)
{
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    XmlReader *reader = context;
    if (reader->depth == XML_DEPTH_MAX) {
        char message[64];
        snprintf(message, sizeof message, "elements are nested deeper than %d", XML_DEPTH_MAX);
        keep_message(reader, message, reader->parser->input->line);
        stop(reader, MALFORMED);
        return;
    }
    Text name = text_of(local_name);
    reader->open[reader->depth].has_children = true;
    reader->open[++reader->depth] = (OpenElement){.text_start = reader->texts.size};
    reader->names[reader->depth] = name;
    if (reader->depth == 1)
        reader->root = name;
    if (!reader->record_depth) {
        if (!xml_paths_match(&reader->paths, reader->names + 1, reader->depth))
            return;
        begin_record(reader, namespace_of(prefix, uri));
    } else if (take_bytes(reader, 2 * name.size + ELEMENT_BYTES)) {
        add_event(reader, XML_EVENT_BEGIN, name, TEXT_NULL, namespace_of(prefix, uri));
    }
    for (int i = 0; i < attribute_count && reader->ending == RUNNING; i++)
        take_attribute(reader, (const xmlChar *const *)attributes + 5 * (size_t)i);
}

static void on_text(void *context, const xmlChar *bytes, int size)
{
    XmlReader *reader = context;
    if (reader->record_depth && take_bytes(reader, (size_t)size))
        append(reader, &reader->texts, bytes, (size_t)size);
}

/* libxml2 checks these bytes as they are pushed, but takes characters in more bytes than they need. */
static void on_cdata(void *context, const xmlChar *bytes, int size)
{
    XmlReader *reader = context;
    if (utf8_is_valid((Text){(const char *)bytes, (size_t)size})) {
        on_text(context, bytes, size);
        return;
    }
    keep_message(reader, "a CDATA section holds bytes that are no UTF-8", reader->parser->input->line);
    stop(reader, MALFORMED);
}

static void end_record(XmlReader *reader)
{
    QueuedRecord *record = &reader->record;
    record->event_count = (reader->events.size - record->event_start) / sizeof(XmlEvent);
    reader->record_depth = 0;
    append(reader, &reader->queue, record, sizeof *record);
}

static void on_end(void *context, const xmlChar *local_name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)local_name;
    (void)prefix;
    (void)uri;
    XmlReader *reader = context;
    if (reader->ending != RUNNING || reader->depth == 0)
        return;
    Text name = reader->names[reader->depth];
    const OpenElement *element = &reader->open[reader->depth--];
    if (!reader->record_depth)
        return;
    bool is_record_end = reader->depth + 1 == reader->record_depth;
    if (!reader->record.is_too_long) {
        Text text = {"", 0};
        if (reader->texts.size > element->text_start)
            text = (Text){reader->texts.data + element->text_start, reader->texts.size - element->text_start};
        if (element->is_nil)
            add_event(reader, XML_EVENT_TEXT, name, TEXT_NULL, NULL);
        else if (!element->has_children || !text_is_empty(text_trim(text)))
            add_event(reader, XML_EVENT_TEXT, name, text, NULL);
        reader->texts.size = element->text_start;
        if (!is_record_end)
            add_event(reader, XML_EVENT_END, name, TEXT_NULL, NULL);
    }
    if (is_record_end && reader->ending == RUNNING)
        end_record(reader);
}

static xmlParserCtxtPtr make_parser(XmlReader *reader)
{
    xmlSAXHandler handlers = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_document_type,
        .getEntity = on_entity,
        .startElementNs = on_begin,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_cdata,
        .serror = on_error,
        .error = on_plain_message,
        .warning = on_plain_message,
    };
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handlers, reader, NULL, 0, NULL);
    if (parser)
        xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    return parser;
}

Status xml_reader_new(XmlRead *read, void *context, const char *record_path, size_t ceiling, XmlReader **ret_reader,
                      Error *error)
{
    cleanup(xml_reader_free_pointer) XmlReader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return error_no_memory(error);
    reader->read = read;
    reader->context = context;
    reader->ceiling = ceiling ? ceiling : XML_RECORD_CEILING;
    snprintf(reader->too_long_message, sizeof reader->too_long_message, "the record is longer than %zu bytes",
             reader->ceiling);
    reader->events = buffer_make(EVENTS_CEILING);
    reader->queue = buffer_make(EVENTS_CEILING);
    reader->values = buffer_make(TEXT_CEILING);
    reader->texts = buffer_make(TEXT_CEILING);
    TRY(xml_paths_read(record_path, &reader->paths, error));
    reader->parser = make_parser(reader);
    if (!reader->parser)
        return error_no_memory(error);
    *ret_reader = reader;
    reader = NULL;
    return STATUS_OK;
}

void xml_reader_ignore_encoding(XmlReader *reader)
{
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
}

/* Moves what the open record holds to the front of the buffers: all before it was given out. */
static void drop_given(XmlReader *reader)
{
    size_t events = reader->events.size, values = reader->values.size;
    size_t event_start = reader->record_depth ? reader->record.event_start : events;
    size_t value_start = reader->record_depth ? reader->record.value_start : values;
    if (event_start && events > event_start)
        memmove(reader->events.data, reader->events.data + event_start, events - event_start);
    if (value_start && values > value_start)
        memmove(reader->values.data, reader->values.data + value_start, values - value_start);
    reader->events.size = events - event_start;
    reader->values.size = values - value_start;
    reader->record.event_start = reader->record.value_start = 0;
    reader->queue.size = reader->queue_next = 0;
}

/* libxml2 reports failures of decoding to handlers of the thread alone, which print where nobody set them. */
static void push(XmlReader *reader, Text piece, bool is_last)
{
    xmlStructuredErrorFunc structured = xmlStructuredError;
    void *structured_context = xmlStructuredErrorContext;
    xmlGenericErrorFunc generic = xmlGenericError;
    void *generic_context = xmlGenericErrorContext;
    xmlSetStructuredErrorFunc(reader, on_error);
    xmlSetGenericErrorFunc(NULL, on_plain_message);
    xmlParseChunk(reader->parser, piece.data, (int)piece.size, is_last);
    xmlSetStructuredErrorFunc(structured_context, structured);
    xmlSetGenericErrorFunc(generic_context, generic);
}

/* Errors of namespaces are left alone: they do not touch wellFormed. */
static void judge(XmlReader *reader, bool is_last)
{
    xmlParserCtxtPtr parser = reader->parser;
    if (reader->ending != RUNNING)
        return;
    if (parser->errNo == XML_ERR_NO_MEMORY) {
        error_no_memory(&reader->failure);
        reader->ending = BROKEN;
        return;
    }
    bool is_malformed = !parser->wellFormed || parser->disableSAX;
    /* At an early end libxml2 speaks of extra content. */
    if (is_last && reader->depth && (!is_malformed || parser->errNo == XML_ERR_DOCUMENT_END)) {
        reader->message[0] = '\0';
        keep_message(reader, "the document ends before its elements do", parser->input ? parser->input->line : 1);
        is_malformed = true;
    }
    if (is_malformed) {
        keep_message(reader, "the document is malformed", parser->input ? parser->input->line : 1);
        reader->ending = MALFORMED;
    } else if (is_last) {
        reader->ending = INPUT_ENDED;
    }
}

static Status feed(XmlReader *reader, Error *error)
{
    bool is_last = false;
    if (reader->block.size == 0) {
        Status status = reader->read(reader->context, &reader->block, error);
        if (status == STATUS_ERROR)
            return status;
        is_last = status == STATUS_END;
        if (is_last && !reader->has_input) {
            keep_message(reader, "the document is empty", 1);
            reader->ending = MALFORMED;
            return STATUS_OK;
        }
        if (is_last)
            reader->block = (Text){"", 0};
        else if (reader->block.size == 0)
            return STATUS_OK;
    }
    reader->has_input = true;
    Text piece = {reader->block.data, reader->block.size < PIECE ? reader->block.size : PIECE};
    reader->block.data += piece.size;
    reader->block.size -= piece.size;
    push(reader, piece, is_last);
    judge(reader, is_last);
    return STATUS_OK;
}

static void give_queued(XmlReader *reader, XmlRecord *ret_record)
{
    const QueuedRecord *queued = (const QueuedRecord *)(const void *)reader->queue.data + reader->queue_next++;
    if (queued->is_too_long) {
        *ret_record =
            (XmlRecord){.line = queued->line, .problem = "record_too_long", .message = reader->too_long_message};
        return;
    }
    XmlEvent *events = (XmlEvent *)(void *)(reader->events.data + queued->event_start);
    const char *value = buffer_text(&reader->values).data + queued->value_start;
    for (size_t i = 0; i < queued->event_count; i++) {
        if (text_is_null(events[i].value))
            continue;
        events[i].value.data = value;
        value += events[i].value.size;
    }
    *ret_record = (XmlRecord){.line = queued->line,
                              .events = events,
                              .event_count = queued->event_count,
                              .name = queued->name,
                              .space = queued->space};
}

Status xml_reader_next(XmlReader *reader, XmlRecord *ret_record, Error *error)
{
    for (;;) {
        if (reader->queue_next < reader->queue.size / sizeof(QueuedRecord)) {
            give_queued(reader, ret_record);
            return STATUS_OK;
        }
        switch (reader->ending) {
        case RUNNING:
            drop_given(reader);
            TRY(feed(reader, error));
            break;
        case MALFORMED:
            reader->ending = FINISHED;
            *ret_record =
                (XmlRecord){.line = reader->message_line, .problem = "malformed_xml", .message = reader->message};
            return STATUS_OK;
        case REFUSED:
            error_set(error, ERROR_DATA, "the document has a document type declaration, which is refused");
            return error_hint(error, "take the <!DOCTYPE ...> out of it: entities that it declares are never used");
        case BROKEN:
            *error = reader->failure;
            return STATUS_ERROR;
        case INPUT_ENDED:
        case FINISHED:
            return STATUS_END;
        }
    }
}

Text xml_reader_root(const XmlReader *reader)
{
    return reader->root;
}

Text xml_record_member(const XmlRecord *record, size_t begin, Text name, bool is_attribute)
{
    size_t depth = 0;
    for (size_t i = begin; i < record->event_count; i++) {
        const XmlEvent *event = &record->events[i];
        bool is_member = is_attribute ? event->kind == XML_EVENT_ATTRIBUTE && depth == 0
                                      : event->kind == XML_EVENT_TEXT && depth == 1;
        if (is_member && text_equal(event->name, name))
            return event->value;
        if (event->kind == XML_EVENT_END && depth-- == 0)
            break;
        depth += event->kind == XML_EVENT_BEGIN;
    }
    return TEXT_NULL;
}

void xml_reader_free(XmlReader *reader)
{
    if (!reader)
        return;
    if (reader->parser)
        xmlFreeParserCtxt(reader->parser);
    buffer_done(&reader->events);
    buffer_done(&reader->values);
    buffer_done(&reader->texts);
    buffer_done(&reader->queue);
    xml_paths_done(&reader->paths);
    free(reader);
}

void xml_reader_free_pointer(XmlReader **reader)
{
    xml_reader_free(*reader);
    *reader = NULL;
}
