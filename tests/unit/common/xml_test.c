#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buffer.h"
#include "common/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* A document in memory, handed out in blocks of a given size; fails behind it if told so. */
typedef struct Source {
    Text rest;
    size_t block;
    bool has_failure;
} Source;

static Status read_source(void *context, Text *ret_block, Error *error)
{
    Source *source = context;
    if (source->rest.size == 0)
        return source->has_failure ? error_set(error, ERROR_IO, "the disk is gone") : STATUS_END;
    size_t size = source->block && source->block < source->rest.size ? source->block : source->rest.size;
    *ret_block = (Text){source->rest.data, size};
    source->rest.data += size;
    source->rest.size -= size;
    return STATUS_OK;
}

static void show_event(Buffer *out, const XmlEvent *event)
{
    Error error = ERROR_INIT;
    const char *name = event->name.data;
    assert_int_equal(event->name.size, strlen(name));
    if (event->kind == XML_EVENT_BEGIN)
        buffer_printf(out, &error, " <%s", name);
    else if (event->kind == XML_EVENT_ATTRIBUTE)
        buffer_printf(out, &error, " @%s=%.*s", name, TEXT_PRINTF(event->value));
    else if (event->kind == XML_EVENT_END)
        buffer_printf(out, &error, " >");
    else if (text_is_null(event->value))
        buffer_printf(out, &error, " %s~", name);
    else
        buffer_printf(out, &error, " %s=%.*s", name, TEXT_PRINTF(event->value));
    assert_int_equal(ERROR_NONE, error.code);
}

/* One line for a record: its line, then "@name=value", "<name", "name=value" or "name~" (absent), ">". */
static void show_record(Buffer *out, const XmlRecord *record)
{
    Error error = ERROR_INIT;
    buffer_printf(out, &error, "%zu:", record->line);
    if (record->problem) {
        assert_non_null(record->message);
        assert_null(strchr(record->message, '\n'));
        assert_true(record->message[0] != '\0');
        assert_int_equal(0, record->event_count);
        buffer_printf(out, &error, " %s", record->problem);
    }
    for (size_t i = 0; i < record->event_count; i++)
        show_event(out, &record->events[i]);
    buffer_printf(out, &error, "\n");
    assert_int_equal(ERROR_NONE, error.code);
}

static Status read_document(Text document, size_t block, const char *path, size_t ceiling, Buffer *out, Error *error)
{
    Source source = {.rest = document, .block = block};
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    TRY(xml_reader_new(read_source, &source, path, ceiling, &reader, error));
    XmlRecord record;
    Status status;
    while ((status = xml_reader_next(reader, &record, error)) == STATUS_OK)
        show_record(out, &record);
    assert_int_equal(status, xml_reader_next(reader, &record, error));
    return status;
}

/* The records of a document are the same however it is cut into blocks. */
static void expect_document(Text document, const char *path, size_t ceiling, const char *expected)
{
    static const size_t blocks[] = {0, 1, 2, 3, 7, 64};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        cleanup(buffer_done) Buffer out = buffer_make(1 << 20);
        Error error = ERROR_INIT;
        assert_int_equal(STATUS_END, read_document(document, blocks[i], path, ceiling, &out, &error));
        assert_string_equal(expected, buffer_text(&out).data);
    }
}

static void expect(const char *document, const char *path, const char *expected)
{
    expect_document(text_from(document), path, 0, expected);
}

static void refuse(const char *document)
{
    for (size_t block = 0; block < 4; block++) {
        cleanup(buffer_done) Buffer out = buffer_make(1 << 20);
        Error error = ERROR_INIT;
        assert_int_equal(STATUS_ERROR, read_document(text_from(document), block, "r", 0, &out, &error));
        assert_int_equal(ERROR_DATA, error.code);
        assert_non_null(strstr(error.message, "has a document type declaration, which is refused"));
        assert_int_equal(0, out.size);
    }
}

static void gives_records(void **state)
{
    (void)state;
    expect("<?xml version='1.0'?>\n<all>\n"
           "<record id=\"7\"><Name>A &amp; B</Name><Address>\n <City>Bonn</City>\n</Address></record>\n"
           "<other><x>1</x></other>\n"
           "<record/>\n"
           "<record>plain</record>\n</all>\n",
           "record", "3: @id=7 <Name Name=A & B > <Address <City City=Bonn > >\n7: record=\n8: record=plain\n");
}

static void gives_text_whole(void **state)
{
    (void)state;
    expect("<r><a>x<!-- c -->y<![CDATA[<&z]]>&lt;&#65;&#x42;&quot;&apos;&gt;</a><b></b><c/><d> </d></r>", "r",
           "1: <a a=xy<&z<AB\"'> > <b b= > <c c= > <d d=  >\n");
    expect("<r><p>one <b>two</b> three<i/> four</p></r>", "r", "1: <p <b b=two > <i i= > p=one  three four >\n");
    expect("<r>\r\n<a>1\r\n2\r3</a></r>", "r", "1: <a a=1\n2\n3 >\n");
}

static void gives_attributes(void **state)
{
    (void)state;
    expect("<r a='1&amp;2&#38;&lt;&#38;#38;' b=\"\" c='x&#10;y\nz'><e k='&quot;é'/></r>", "r",
           "2: @a=1&2&<&#38; @b= @c=x\ny z <e @k=\"é e= >\n");
}

static void tells_nil_from_empty(void **state)
{
    (void)state;
    expect("<l xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><r><a i:nil='true'/><b i:nil='1'></b>"
           "<c i:nil='false'/><d nil='true'/><e i:type='x' xsi:nil='true'/></r><r i:nil='true'/></l>",
           "r", "1: <a a~ > <b b~ > <c c= > <d @nil=true d= > <e e~ >\n1: r~\n");
}

static void matches_the_end_of_the_path(void **state)
{
    (void)state;
    const char *document = "<Envelope><Body><records><Id>1</Id></records></Body>"
                           "<Head><records><Id>2</Id></records></Head>"
                           "<x><Envelope><Body><records><Id>3</Id></records></Body></Envelope></x></Envelope>";
    expect(document, "records", "1: <Id Id=1 >\n1: <Id Id=2 >\n1: <Id Id=3 >\n");
    expect(document, "Body/records", "1: <Id Id=1 >\n1: <Id Id=3 >\n");
    expect(document, "Envelope/Body/records", "1: <Id Id=1 >\n1: <Id Id=3 >\n");
    expect(document, "/Envelope/Body/records", "1: <Id Id=1 >\n");
    expect(document, "/records", "");
    expect(document, "record", "");
    expect(document, "a/b/c/d/e/f/records", "");
    expect("<r>1</r>", "/r", "1: r=1\n");
    expect("<r>1<r>2</r></r>", "r", "1: <r r=2 > r=1\n");
}

static void ignores_namespaces(void **state)
{
    (void)state;
    expect("<s:E xmlns:s='urn:s' xmlns='urn:d'><s:r s:k='1'><u:Id xmlns:u='urn:u'>5</u:Id><v:w>6</v:w></s:r></s:E>",
           "r", "1: @k=1 <Id Id=5 > <w w=6 >\n");
}

static void takes_several_paths(void **state)
{
    (void)state;
    expect("<a><r>1</r><s>2</s><b><s>3</s></b></a>", "r|/a/s", "1: r=1\n1: s=2\n");
    expect("<a><r>1</r></a>", "q|r", "1: r=1\n");
}

static void tells_names_and_namespaces(void **state)
{
    (void)state;
    Source source = {.rest =
                         TEXT("<l xmlns='urn:d' xmlns:s='urn:s'><s:r k='1' s:k='2'><x/><v:w/></s:r><e xmlns=''/></l>")};
    Error error = ERROR_INIT;
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    assert_int_equal(STATUS_OK, xml_reader_new(read_source, &source, "/l/r|/l/e", 0, &reader, &error));
    assert_true(text_is_null(xml_reader_root(reader)));
    XmlRecord record;
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_true(text_is(xml_reader_root(reader), "l"));
    assert_true(text_is(record.name, "r"));
    assert_string_equal("urn:s", record.space);
    assert_null(record.events[0].space);
    assert_string_equal("urn:s", record.events[1].space);
    assert_string_equal("urn:d", record.events[2].space);
    assert_int_equal(XML_EVENT_BEGIN, record.events[5].kind);
    assert_string_equal("v", record.events[5].space);
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_true(text_is(record.name, "e"));
    assert_null(record.space);
    assert_int_equal(STATUS_END, xml_reader_next(reader, &record, &error));
}

static void refuses_bad_paths(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "", "/", "a|", "a|b|c|d|e|f|g|h|i", "a//b", "a/", "//a", "s:r", "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Source source = {0};
        Error error = ERROR_INIT;
        XmlReader *reader = NULL;
        assert_int_equal(STATUS_ERROR, xml_reader_new(read_source, &source, paths[i], 0, &reader, &error));
        assert_int_equal(ERROR_CONFIG, error.code);
        assert_null(reader);
    }
}

static void decodes_declared_encodings(void **state)
{
    (void)state;
    expect("\xEF\xBB\xBF<r>\xC3\xA9</r>", "r", "1: r=\xC3\xA9\n");
    expect("<?xml version='1.0' encoding='ISO-8859-1'?><r>\xE9</r>", "r", "1: r=\xC3\xA9\n");
    expect("<?xml version='1.0' encoding='windows-1252'?><r a='\x80'>\x80</r>", "r",
           "1: @a=\xE2\x82\xAC r=\xE2\x82\xAC\n");
    char document[512] = "\xFF\xFE";
    size_t size = 2;
    for (const char *c = "<?xml version='1.0' encoding='UTF-16'?>\n<l><r>a</r><r>b</r></l>"; *c; c++) {
        document[size++] = *c;
        document[size++] = '\0';
    }
    expect_document((Text){document, size}, "r", 0, "2: r=a\n2: r=b\n");
}

static void ends_at_what_is_malformed(void **state)
{
    (void)state;
    static const char *const tails[] = {
        "<r>2</x></l>",
        "<r>2</r>",
        "<r>2",
        "<r>2</r></l>more",
        "<r>2</r></l><l/>",
        "<r>&unknown;</r></l>",
        "<r>\xE9</r></l>",
        "<r>&#0;</r></l>",
        "<r a='1' a='2'/></l>",
        "<r a=1/></l>",
        "<r>\x01</r></l>",
        "<r>]]></r></l>",
        "<r>2</r></l></l>",
        "<r <r/></l>",
        "<r>\xED\xA0\x80</r></l>",
        "<r a='\xC3('/></l>",
        "<r a='&unknown;'/></l>",
        "<",
    };
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char document[256];
        snprintf(document, sizeof document, "<l>\n<r>1</r>\n%s", tails[i]);
        bool has_second = strstr(tails[i], "<r>2</r>");
        expect(document, "r", has_second ? "2: r=1\n3: r=2\n3: malformed_xml\n" : "2: r=1\n3: malformed_xml\n");
    }
    expect("", "r", "1: malformed_xml\n");
    expect("no xml", "r", "1: malformed_xml\n");
    expect("\n\n  ", "r", "3: malformed_xml\n");
    expect("<?xml version='1.0' encoding='klingon'?><r/>", "r", "1: malformed_xml\n");
    expect_document(TEXT("<l><r>1</r><r>\0</r></l>"), "r", 0, "1: r=1\n1: malformed_xml\n");
    expect("<l><r>1</r><r><![CDATA[\xC1\x8E]]></r></l>", "r", "1: r=1\n1: malformed_xml\n");
    expect("<r><![CDATA[\xC3\xA9]]></r>", "r", "1: r=\xC3\xA9\n");
    /* What a decoder outside of libxml2 stumbles over. */
    expect("<?xml version='1.0' encoding='EUC-JP'?><r>\xFF\xFF\xFF</r>", "r", "1: malformed_xml\n");
    /* Half of a surrogate pair. */
    expect_document(TEXT("\xFF\xFE<\0r\0>\0\0\xDC<\0/\0r\0>\0"), "r", 0, "1: malformed_xml\n");
}

static void says_what_is_malformed(void **state)
{
    (void)state;
    Source source = {.rest = TEXT("<l>\n<r>1</r>\n<r>\n<b></c></r></l>")};
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    Error error = ERROR_INIT;
    XmlRecord record;
    assert_int_equal(STATUS_OK, xml_reader_new(read_source, &source, "r", 0, &reader, &error));
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_string_equal("malformed_xml", record.problem);
    assert_int_equal(4, record.line);
    assert_non_null(strstr(record.message, "mismatch"));
    assert_int_equal(STATUS_END, xml_reader_next(reader, &record, &error));
}

static void gives_records_before_a_failed_read(void **state)
{
    (void)state;
    Source source = {.rest = TEXT("<l><r>1</r><r>"), .has_failure = true};
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    Error error = ERROR_INIT;
    XmlRecord record;
    assert_int_equal(STATUS_OK, xml_reader_new(read_source, &source, "r", 0, &reader, &error));
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_int_equal(STATUS_ERROR, xml_reader_next(reader, &record, &error));
    assert_string_equal("the disk is gone", error.message);
}

static void refuses_document_types(void **state)
{
    (void)state;
    refuse("<!DOCTYPE html><r/>");
    refuse("<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE r SYSTEM 'file:///etc/passwd'>\n<r/>");
    refuse("<!DOCTYPE r PUBLIC '-//X//EN' 'http://127.0.0.1:9/x.dtd'><r/>");
    refuse("<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><r>&e;</r>");
    refuse("<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><r/>");
    refuse("<!DOCTYPE r [<!ELEMENT r ANY><!ATTLIST r a CDATA 'default'>]><r/>");
    refuse("<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
           "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
           "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>]><r a='&e;'>&e;&e;&e;&e;</r>");
}

static void repeat(Buffer *document, Text text, size_t times)
{
    Error error = ERROR_INIT;
    for (size_t i = 0; i < times; i++)
        assert_int_equal(STATUS_OK, buffer_append(document, text, &error));
}

static void refuses_a_quadratic_bomb(void **state)
{
    (void)state;
    cleanup(buffer_done) Buffer document = buffer_make(1 << 20);
    repeat(&document, TEXT("<!DOCTYPE r [<!ENTITY e '"), 1);
    repeat(&document, TEXT("x"), 100 * 1000);
    repeat(&document, TEXT("'>]><r>"), 1);
    repeat(&document, TEXT("&e;"), 1000);
    repeat(&document, TEXT("</r>"), 1);
    refuse(document.data);
}

static void leaves_inclusions_alone(void **state)
{
    (void)state;
    expect("<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' parse='text'/></r>", "r",
           "1: <include @href=/etc/passwd @parse=text include= >\n");
    expect("<?xml-stylesheet href='/etc/passwd'?><r xsi:schemaLocation='urn:x /etc/passwd'>1</r>", "r", "1: r=1\n");
}

static void bounds_the_depth(void **state)
{
    (void)state;
    static const size_t depths[] = {256, 257, 100 * 1000};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        cleanup(buffer_done) Buffer document = buffer_make(1 << 20), out = buffer_make(1 << 20);
        repeat(&document, TEXT("<r>"), depths[i]);
        repeat(&document, TEXT("</r>"), depths[i]);
        Error error = ERROR_INIT;
        assert_int_equal(STATUS_END, read_document(buffer_text(&document), 0, "r", 0, &out, &error));
        assert_int_equal(depths[i] > 256, strcmp(out.data, "1: malformed_xml\n") == 0);
    }
}

static void skips_a_record_over_the_ceiling(void **state)
{
    (void)state;
    const char *document =
        "<l>\n<r><a>1</a></r>\n<r><a>12345678901234567890123</a><b><c k='v'/></b>t</r>\n"
        "<r k='12345678901234567890123456'>x</r>\n<r><a>2</a></r>\n<r>12345678901234567890123</r></l>";
    expect_document(text_from(document), "r", 24,
                    "2: <a a=1 >\n3: record_too_long\n4: record_too_long\n5: <a a=2 >\n6: r=12345678901234567890123\n");
}

static void tells_too_long_before_malformed(void **state)
{
    (void)state;
    Source source = {.rest = TEXT("<l><r>12345</r><r></l>")};
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    Error error = ERROR_INIT;
    XmlRecord record;
    assert_int_equal(STATUS_OK, xml_reader_new(read_source, &source, "r", 4, &reader, &error));
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_string_equal("the record is longer than 4 bytes", record.message);
    assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    assert_string_equal("malformed_xml", record.problem);
    assert_non_null(strstr(record.message, "mismatch"));
}

/* "<l><r OPEN" + filling + "CLOSE</r><r>2</r></l>" in blocks. */
static void expect_filled(const char *open, size_t filling, const char *close, const char *expected)
{
    Buffer document = buffer_make(64 << 20), out = buffer_make(1 << 20);
    Error error = ERROR_INIT;
    assert_int_equal(STATUS_OK, buffer_printf(&document, &error, "<l><r%s", open));
    assert_int_equal(STATUS_OK, buffer_reserve(&document, filling, &error));
    memset(document.data + document.size, 'x', filling);
    document.size += filling;
    assert_int_equal(STATUS_OK, buffer_printf(&document, &error, "%s</r><r>2</r></l>", close));
    assert_int_equal(STATUS_END, read_document(buffer_text(&document), 256 * 1024, "r", 0, &out, &error));
    assert_string_equal(expected, out.data);
    buffer_done(&document);
    buffer_done(&out);
}

static void bears_huge_pieces(void **state)
{
    (void)state;
    expect_filled(" a='", 2 << 20, "'>", "1: record_too_long\n1: r=2\n");
    expect_filled(">", 20 << 20, "", "1: record_too_long\n1: r=2\n");
    expect_filled("><![CDATA[", 2 << 20, "]]>", "1: record_too_long\n1: r=2\n");
    expect_filled("><!--", 2 << 20, "-->", "1: r=\n1: r=2\n");
    expect_filled(" a='", 20 << 20, "'>", "1: malformed_xml\n");
    expect_filled("><", 20 << 20, "/>", "1: malformed_xml\n");
}

/* A million records, one after the other. */
static Status read_million(void *context, Text *ret_block, Error *error)
{
    (void)error;
    static char block[128];
    size_t *count = context;
    if (*count == 1000 * 1000)
        return STATUS_END;
    int size = snprintf(block, sizeof block, "%s<r><a k='%zu'>text of the record number %zu</a></r>\n",
                        *count ? "" : "<l>", *count, *count);
    ++*count;
    *ret_block = (Text){block, (size_t)size};
    return STATUS_OK;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void reads_in_constant_memory(void **state)
{
    (void)state;
    size_t blocks = 0, count = 0;
    cleanup(xml_reader_free_pointer) XmlReader *reader = NULL;
    Error error = ERROR_INIT;
    XmlRecord record;
    assert_int_equal(STATUS_OK, xml_reader_new(read_million, &blocks, "r", 0, &reader, &error));
    for (; count < 1000; count++)
        assert_int_equal(STATUS_OK, xml_reader_next(reader, &record, &error));
    long before = peak_kilobytes();
    while (xml_reader_next(reader, &record, &error) == STATUS_OK && !record.problem)
        count++;
    assert_int_equal(1000 * 1000, count);
    assert_true(peak_kilobytes() - before < 8 * 1024);
}

/* Whatever the documents above made libxml2 say, none of it may have reached the terminal. */
static int capture_stderr(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    ends_at_what_is_malformed(NULL);
    refuses_document_types(NULL);
    ignores_namespaces(NULL);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    fseek(file, 0, SEEK_END);
    int size = (int)ftell(file);
    fclose(file);
    return size;
}

static void prints_nothing(void **state)
{
    (void)state;
    assert_int_equal(0, capture_stderr());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_records),
        cmocka_unit_test(gives_text_whole),
        cmocka_unit_test(gives_attributes),
        cmocka_unit_test(tells_nil_from_empty),
        cmocka_unit_test(matches_the_end_of_the_path),
        cmocka_unit_test(ignores_namespaces),
        cmocka_unit_test(takes_several_paths),
        cmocka_unit_test(tells_names_and_namespaces),
        cmocka_unit_test(refuses_bad_paths),
        cmocka_unit_test(decodes_declared_encodings),
        cmocka_unit_test(ends_at_what_is_malformed),
        cmocka_unit_test(says_what_is_malformed),
        cmocka_unit_test(gives_records_before_a_failed_read),
        cmocka_unit_test(refuses_document_types),
        cmocka_unit_test(refuses_a_quadratic_bomb),
        cmocka_unit_test(leaves_inclusions_alone),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(skips_a_record_over_the_ceiling),
        cmocka_unit_test(tells_too_long_before_malformed),
        cmocka_unit_test(bears_huge_pieces),
        cmocka_unit_test(reads_in_constant_memory),
        cmocka_unit_test(prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
