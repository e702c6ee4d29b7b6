#include "tests/unit/extract/extract_check.h"

#include <zlib.h>

#define CSV "format: csv\nfields: {currency: c, day: d, rate: r}\n"
#define NDJSON "format: ndjson\nfields: {currency: c, day: d, rate: r}\n"
#define JSON "format: json\nfields: {currency: c, day: d, rate: r}\n"
#define XML "format: xml\nrecord: r\nfields: {currency: '@c', day: '@d', rate: .}\n"

/* --- CSV ------------------------------------------------------------------------------------------------------ */

static void rejects_bad_rows(void **state)
{
    (void)state;
    expect(CSV, "c,d,r\na,b\n1,2,3\n\"x\"y,2,3\na,b,c,d\n\"open,2,3\n4,5,6\n",
           "reject 2 kind=rate code=ragged reason=2 columns instead of 3 raw=a,b\n"
           "rate 3 currency=1 day=2 rate=3\n"
           "reject 4 kind=rate code=stray_quote reason=a closing quote is followed by something else than a delimiter "
           "raw=\"x\"y,2,3\n"
           "reject 5 kind=rate code=ragged reason=4 columns instead of 3 raw=a,b,c,d\n"
           "reject 6 kind=rate code=unclosed_quote reason=a quote is opened and never closed raw=\"open,2,3\n"
           "rate 7 currency=4 day=5 rate=6\n");
}

static void rejects_values_that_cannot_be_stored(void **state)
{
    (void)state;
    /* What nobody maps may be anything. */
    expect_bytes(
        "format: csv\nfields: {currency: c, day: d, rate: r}\n",
        TEXT("c,d,r,x\n1,\xFF,3,\n1,2,3,\xFF\nn\0l,2,3,\n1,\xC3\xA4,3,\0\n"),
        "reject 2 kind=rate field=day code=bad_utf8 reason=holds bytes that are no UTF-8 raw=1,\xEF\xBF\xBD,3,\n"
        "rate 3 currency=1 day=2 rate=3\n"
        "reject 4 kind=rate field=currency code=holds_nul reason=holds the character U+0000, which the "
        "database cannot raw=n\xEF\xBF\xBDl,2,3,\n"
        "rate 5 currency=1 day=\xC3\xA4 rate=3\n");
}

static void rejects_records_over_the_ceiling(void **state)
{
    (void)state;
    expect("format: csv\nrecord_ceiling: 16B\nfields: {currency: c, day: d, rate: r}\n",
           "c,d,r\n1,2,0123456789abcdefghi\n1,2,3\n",
           "reject 2 kind=rate code=record_too_long reason=longer than 16 bytes raw=1,2,0123456789ab\n"
           "rate 3 currency=1 day=2 rate=3\n");
    expect(
        "format: ndjson\nrecord_ceiling: 32B\nfields: {currency: c, day: d, rate: r}\n",
        "{\"c\":1,\"d\":2,\"r\":3,\"e\":\"0123456789012345678901234567890123456789\"}\n{\"c\":4}\n",
        "reject 1 kind=rate code=record_too_long reason=66 bytes, and the ceiling is 32 raw={\"c\":1,\"d\":2,\"r\":3,"
        "\"e\":\"01234567\nrate 2 currency=4\n");
}

/* What appends to a file may be in the middle of a line; but an export that ends so is no whole one. */
static void tells_the_end_of_a_file_that_grows(void **state)
{
    (void)state;
#define CUT_OFF                                                                                                        \
    "reject 3 kind=rate code=cut_off reason=the last line has no line end, and may not be whole: once the file has "   \
    "grown it is read again raw="
    expect(CSV, "c,d,r\n1,2,3\n1,2", "rate 2 currency=1 day=2 rate=3\n" CUT_OFF "1,2\n");
    expect(CSV, "c,d,r\n1,2,3\n1,\"2", "rate 2 currency=1 day=2 rate=3\n" CUT_OFF "1,\"2\n");
    expect(CSV, "c,d,r\n1,2,3\n1,2,3", "rate 2 currency=1 day=2 rate=3\nrate 3 currency=1 day=2 rate=3\n");
    expect(CSV, "c,d,r\n1,2,3\n1,2\n",
           "rate 2 currency=1 day=2 rate=3\nreject 3 kind=rate code=ragged reason=2 columns instead of 3 raw=1,2\n");
    expect("mode: snapshot\n" CSV, "c,d,r\n1,2,3\n1,2",
           "rate 2 currency=1 day=2 rate=3\nreject 3 kind=rate code=ragged reason=2 columns instead of 3 raw=1,2\n");
    const char *lines = "format: ndjson\nfields: {currency: c, day: d, rate: r}\n";
    expect(lines, "\n{\"c\":1}\n{\"c\":2", "rate 2 currency=1\n" CUT_OFF "{\"c\":2\n");
    expect(lines, "\n{\"c\":1}\n{\"c\":2}", "rate 2 currency=1\nrate 3 currency=2\n");
#undef CUT_OFF
}

static void cuts_the_raw_text_of_rejects(void **state)
{
    (void)state;
    char input[16 * 1024];
    int head = snprintf(input, sizeof input, "c,d,r\n");
    memset(input + head, 'x', 9000);
    memcpy(input + head + 4095, "\xC3\xA4", 2); /* the cut must not split it */
    input[head + 9000] = '\n';
    CheckResult result = check_read(CSV, (Text){input, (size_t)head + 9001}, 0, false);
    assert_non_null(strstr(result.output, "code=ragged"));
    const char *raw = strstr(result.output, "raw=") + 4;
    assert_int_equal(4095, strlen(raw) - 1);
    free(result.output);
}

static void names_missing_columns(void **state)
{
    (void)state;
    expect_failure("format: csv\nkind: lead\nfields: {email: Emial, name: Name}\n", TEXT("Id,Email,Name\n1,2,3\n"),
                   ERROR_DATA, "input: has no column 'Emial' for the field 'email'",
                   "did you mean 'Email'? columns: Id, Email, Name");
    expect_failure(CSV, TEXT("c;d;r\n1;2;3\n"), ERROR_DATA, "input: has no column 'c' for the field 'currency'",
                   "its header is one column, 'c;d;r': is 'delimiter' right?");
    expect_failure(CSV, TEXT("c,d,r,c\n"), ERROR_DATA, "input: has the column 'c' 2 times",
                   "give the columns other names by 'header: [...]'");
    expect_failure("format: csv\nheader: false\nfields: {currency: 1, day: 2, rate: 9}\n", TEXT("1,2,3\n"), ERROR_DATA,
                   "input: has no column 9", "it has 3 columns; is 'delimiter' right?");
    expect_failure(CSV, TEXT("\"c\"x,d,r\n1,2,3\n"), ERROR_DATA,
                   "input: line 1: the header cannot be read (stray_quote)", "are 'delimiter' and 'quote' right?");
    expect_failure(CSV,
                   TEXT("\xFF\xFE"
                        "c\0,\0"),
                   ERROR_DATA, "input: has no column 'd' for the field 'day'", "columns: c, ");
}

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static void rejects_bad_lines(void **state)
{
    (void)state;
    expect(NDJSON, "{\"c\":1,\"d\":2\n\n{\"c\":1,,}\n42\n[1]\n{\"c\":\"ok\"} x\n{\"c\":7}",
           "reject 1 kind=rate code=malformed_json reason=byte 12: the text ends too soon raw={\"c\":1,\"d\":2\n"
           "reject 3 kind=rate code=malformed_json reason=byte 7: a key is missing raw={\"c\":1,,}\n"
           "reject 4 kind=rate code=malformed_json reason=is a value, and not an object raw=42\n"
           "reject 5 kind=rate code=malformed_json reason=is a value, and not an object raw=[1]\n"
           "reject 6 kind=rate code=malformed_json reason=byte 11: something follows the value raw={\"c\":\"ok\"} x\n"
           "rate 7 currency=7\n");
}

static void rejects_strings_that_cannot_be_stored(void **state)
{
    (void)state;
    expect(NDJSON,
           "{\"c\":\"a\\u0000\",\"d\":1}\n{\"c\":1,\"x\":\"\\u0000\"}\n{\"d\":\"\\ud800\"}\n{\"c\":\"\xFF\"}\n"
           "{\"c\":\"\\ud83d\\ude00\"}\n",
           "reject 1 kind=rate field=currency code=holds_nul reason=holds the character U+0000, which the database "
           "cannot raw={\"c\":\"a\\u0000\",\"d\":1}\n"
           "rate 2 currency=1\n"
           "reject 3 kind=rate field=day code=bad_utf8 reason=holds half of a surrogate pair, which is no character "
           "raw={\"d\":\"\\ud800\"}\n"
           "reject 4 kind=rate code=bad_utf8 reason=holds bytes that are no UTF-8 raw={\"c\":\"\xEF\xBF\xBD\"}\n"
           "rate 5 currency=\xF0\x9F\x98\x80\n");
}

static void reads_arrays(void **state)
{
    (void)state;
    expect(JSON, "[{\"c\":1},\n {\"c\":2}\n]\n", "rate 1 currency=1\nrate 2 currency=2\n");
    expect(JSON "record: data.items\n", "{\"n\":[9],\"data\":{\"items\":[{\"c\":1}],\"more\":1}}",
           "rate 1 currency=1\n");
    expect(JSON, "[]", "");
}

static void keeps_what_stands_before_a_break(void **state)
{
    (void)state;
    CheckResult result = check_read(JSON, TEXT("[{\"c\":1},\n{\"c\":2]\n{\"c\":3}]"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    assert_int_equal(2, result.format.broken_line);
    assert_int_equal(1, result.counts[RECORD_RATE].emitted);
    assert_int_equal(1, result.counts[RECORD_RATE].rejected);
    free(result.output);
    result = check_read(XML, TEXT("<a><r c='1'/><r c='2'></a>"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_true(result.format.is_broken);
    assert_int_equal(1, result.counts[RECORD_RATE].emitted);
    assert_int_equal(1, result.counts[RECORD_RATE].rejected);
    assert_non_null(strstr(result.output, "code=malformed_xml"));
    free(result.output);
}

static void refuses_json_without_the_array(void **state)
{
    (void)state;
    CheckResult result = check_read(JSON, TEXT("{\"c\":1}"), 0, false);
    assert_int_equal(STATUS_ERROR, result.status);
    assert_int_equal(ERROR_DATA, result.error.code);
    assert_int_equal(0, strncmp(result.error.message, "input: ", 7));
    free(result.output);
}

/* --- XML ------------------------------------------------------------------------------------------------------ */

static void refuses_entity_bombs(void **state)
{
    (void)state;
    static const char bomb[] = "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]><a><r c='&y;'/></a>";
    CheckResult result = check_read(XML, text_from(bomb), 0, false);
    assert_int_equal(STATUS_ERROR, result.status);
    assert_int_equal(ERROR_DATA, result.error.code);
    assert_int_equal(0, strncmp(result.error.message, "input: ", 7));
    assert_string_equal("", result.output);
    free(result.output);
}

static void rejects_unknown_entities(void **state)
{
    (void)state;
    CheckResult result = check_read(XML, TEXT("<a><r c='1'>&nbsp;</r></a>"), 0, false);
    assert_int_equal(STATUS_OK, result.status);
    assert_int_equal(0, result.counts[RECORD_RATE].emitted);
    assert_int_equal(1, result.counts[RECORD_RATE].rejected);
    free(result.output);
}

/* --- inputs --------------------------------------------------------------------------------------------------- */

static void tells_empty_inputs(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *input;
        bool has_content;
    } cases[] = {
        {CSV, "", false},      {CSV, "\n\n", false}, {CSV, "c,d,r\n", true}, {NDJSON, "", false},
        {NDJSON, "\n", false}, {JSON, "", false},    {JSON, "[]", true},     {XML, "", false},
        {XML, "<a/>", false},  {NDJSON, "{}", true}, {XML, "<r/>", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CheckResult result = check_read(cases[i].lines, text_from(cases[i].input), 0, false);
        if (result.status != STATUS_OK)
            fail_msg("case %zu: %s", i, result.error.message);
        assert_int_equal(cases[i].has_content, result.format.has_content);
        free(result.output);
    }
}

static Text compress_text(const char *text, unsigned char *bytes, size_t capacity)
{
    z_stream stream = {0};
    assert_int_equal(Z_OK, deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (unsigned)strlen(text);
    stream.next_out = bytes;
    stream.avail_out = (unsigned)capacity;
    assert_int_equal(Z_STREAM_END, deflate(&stream, Z_FINISH));
    deflateEnd(&stream);
    return (Text){(const char *)bytes, stream.total_out};
}

static void refuses_damaged_gzip(void **state)
{
    (void)state;
    static const char *const inputs[][2] = {
        {CSV, "c,d,r\n1,2,3\n"},
        {NDJSON, "{\"c\":1}\n"},
        {JSON, "[{\"c\":1}]\n"},
        {XML, "<a><r c='1'/></a>\n"},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        unsigned char bytes[512];
        Text whole = compress_text(inputs[i][1], bytes, sizeof bytes - 4);
        CheckResult result = check_read(inputs[i][0], whole, 0, false);
        assert_int_equal(STATUS_OK, result.status);
        assert_int_equal(1, result.counts[RECORD_RATE].emitted);
        free(result.output);
        result = check_read(inputs[i][0], (Text){whole.data, whole.size - 3}, 0, false);
        assert_int_equal(STATUS_ERROR, result.status);
        assert_int_equal(ERROR_DATA, result.error.code);
        assert_string_equal("input: unexpected end of compressed data", result.error.message);
        free(result.output);
        memcpy(bytes + whole.size, "junk", 4);
        result = check_read(inputs[i][0], (Text){whole.data, whole.size + 4}, 0, false);
        assert_int_equal(STATUS_ERROR, result.status);
        assert_non_null(strstr(result.error.message, "trailing junk"));
        free(result.output);
    }
}

static void survives_hostile_nesting(void **state)
{
    (void)state;
    static char input[200000];
    memset(input, '[', sizeof input);
    CheckResult result = check_read(NDJSON, (Text){input, sizeof input}, 0, true);
    assert_int_equal(1, result.counts[RECORD_RATE].rejected);
    free(result.output);
    /* Valid, and as deep as JSON may be. */
    memcpy(input, "{\"c\":", 5);
    memset(input + 5, '[', 511);
    memset(input + 516, ']', 511);
    memcpy(input + 1027, "}", 1);
    result = check_read("kind: deal\nformat: ndjson\nfields: {deal_key: c.0.0.0, created_at: d}\nalso:\n"
                        "  - {kind: deal_contact, each: c, fields: {deal_key: ../d, contact_key: 0.0}}\n",
                        (Text){input, 1028}, 0, true);
    assert_int_equal(1, result.counts[RECORD_DEAL].emitted);
    free(result.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_rows),
        cmocka_unit_test(rejects_values_that_cannot_be_stored),
        cmocka_unit_test(rejects_records_over_the_ceiling),
        cmocka_unit_test(tells_the_end_of_a_file_that_grows),
        cmocka_unit_test(cuts_the_raw_text_of_rejects),
        cmocka_unit_test(names_missing_columns),
        cmocka_unit_test(rejects_bad_lines),
        cmocka_unit_test(rejects_strings_that_cannot_be_stored),
        cmocka_unit_test(reads_arrays),
        cmocka_unit_test(keeps_what_stands_before_a_break),
        cmocka_unit_test(refuses_json_without_the_array),
        cmocka_unit_test(refuses_entity_bombs),
        cmocka_unit_test(rejects_unknown_entities),
        cmocka_unit_test(tells_empty_inputs),
        cmocka_unit_test(refuses_damaged_gzip),
        cmocka_unit_test(survives_hostile_nesting),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
