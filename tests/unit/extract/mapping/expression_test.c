#include "tests/unit/extract/extract_check.h"

#define LEAD "kind: lead\nformat: ndjson\nfields: {contact_key: id, "
#define RATE "format: csv\nfields: {currency: c, day: d, rate: "

static void takes_the_first_that_yields_something(void **state)
{
    (void)state;
    expect(LEAD "name: [a, b.c, d]}\n",
           "{\"id\":1,\"a\":\"x\",\"b\":{\"c\":\"y\"}}\n{\"id\":2,\"a\":\"\",\"b\":{\"c\":\"y\\u00e4\"},\"d\":\"z\"}\n"
           "{\"id\":3,\"a\":null,\"b\":{},\"d\":\"z\"}\n{\"id\":4}\n",
           "lead 1 contact_key=1 name=x\nlead 2 contact_key=2 name=y\xC3\xA4\nlead 3 contact_key=3 name=z\n"
           "lead 4 contact_key=4\n");
    expect(LEAD "name: {from: [a, b], default: none}}\n", "{\"id\":1,\"b\":\"x\"}\n{\"id\":2,\"a\":\"\"}\n",
           "lead 1 contact_key=1 name=x\nlead 2 contact_key=2 name=none\n");
    expect(RATE "[r, s]}\n", "c,d,r,s\n1,2,3,4\n1,2,,4\n1,2,,\n",
           "rate 2 currency=1 day=2 rate=3\nrate 3 currency=1 day=2 rate=4\nrate 4 currency=1 day=2\n");
}

static void joins_what_yields_something(void **state)
{
    (void)state;
    expect(LEAD
           "name: {join: [first, middle, last]}, phone: {join: [cc, no], with: ''}, title: {join: [t], with: x}}\n",
           "{\"id\":1,\"first\":\"Ann\",\"last\":\"Lee\\u00e9\",\"cc\":\"+49\",\"no\":30,\"t\":\"T\"}\n"
           "{\"id\":2,\"middle\":\"M\",\"last\":\"\"}\n{\"id\":3}\n",
           "lead 1 contact_key=1 name=Ann Lee\xC3\xA9 title=T phone=+4930\nlead 2 contact_key=2 name=M\n"
           "lead 3 contact_key=3\n");
    expect(LEAD "other_emails: {join: [mails, mail], with: ;}, name: {join: [x, y], default: '?'}}\n",
           "{\"id\":1,\"mails\":[\"a@x.example\",\"b@x.example\"],\"mail\":\"c@x.example\"}\n",
           "lead 1 contact_key=1 other_emails=a@x.example;b@x.example;c@x.example name=?\n");
}

static void maps_what_is_listed(void **state)
{
    (void)state;
    /* With a default what is not listed becomes it; without one it stands. */
    expect(LEAD
           "name: {from: s, map: {won: Yes, lost: No, gone: ''}, default: Open}, title: {from: s, map: {won: Yes}},"
           " stage: {from: s, map: {'': nothing, won: Yes}, default: other}}\n",
           "{\"id\":1,\"s\":\"won\"}\n{\"id\":2,\"s\":\"Won\"}\n{\"id\":3}\n{\"id\":4,\"s\":\"\"}\n"
           "{\"id\":5,\"s\":\"gone\"}\n",
           "lead 1 contact_key=1 name=Yes title=Yes stage=Yes\n"
           "lead 2 contact_key=2 name=Open title=Won stage=other\n"
           "lead 3 contact_key=3 name=Open stage=nothing\n"
           "lead 4 contact_key=4 name=Open stage=nothing\n"
           "lead 5 contact_key=5 name= title=gone stage=other\n");
}

static void forms_before_it_maps(void **state)
{
    (void)state;
    expect(LEAD "name: {from: [a, b], form: lower, map: {x: y}}, owner: {from: o, form: salesforce_id}}\n",
           "{\"id\":1,\"b\":\"X\",\"o\":\"001A0000006Vm9r\"}\n{\"id\":2,\"a\":\"ABC\",\"o\":\"Ann\"}\n",
           "lead 1 contact_key=1 name=y owner=001A0000006Vm9rIAC\nlead 2 contact_key=2 name=abc owner=Ann\n");
}

static void rejects_what_cannot_be_stored(void **state)
{
    (void)state;
    expect(LEAD "name: [a, b]}\n", "{\"id\":1,\"a\":\"\\u0000\"}\n{\"id\":2,\"a\":\"x\",\"b\":\"\\u0000\"}\n",
           "reject 1 kind=lead field=name code=holds_nul reason=holds the character U+0000, which the database cannot "
           "raw={\"id\":1,\"a\":\"\\u0000\"}\nlead 2 contact_key=2 name=x\n");
    expect_bytes(RATE "{join: [r, s]}}\n", TEXT("c,d,r,s\n1,2,3,\xFF\n1,2,3,4\n"),
                 "reject 2 kind=rate field=rate code=bad_utf8 reason=holds bytes that are no UTF-8 "
                 "raw=1,2,3,\xEF\xBF\xBD\nrate 3 currency=1 day=2 rate=3 4\n");
}

static void forgets_the_record_before(void **state)
{
    (void)state;
    expect(LEAD "name: {join: [a, b]}}\n", "{\"id\":1,\"a\":\"x\"}\n{\"id\":2}\n",
           "lead 1 contact_key=1 name=x\nlead 2 contact_key=2\n");
}

static void takes_what_is_like_a_pattern(void **state)
{
    (void)state;
    static const char source[] =
        "kind: lead\nformat: ndjson\nfields: {contact_key: v}\n"
        "only: {url: {like: ['*.pdf', '*/\xC3\xA4*']}}\nunless: {e: {like: '*@test.example'}}\n";
    expect(source,
           "{\"v\":\"a\",\"e\":\"a@x.example\",\"url\":\"https:\\/\\/x\\/Guide.PDF\"}\n"
           "{\"v\":\"b\",\"e\":\"a@TEST.example\",\"url\":\"https://x/guide.pdf\"}\n"
           "{\"v\":\"c\",\"e\":\"a@x.example\",\"url\":\"https://x/guide.pdf/page\"}\n"
           "{\"v\":\"d\",\"e\":\"a@x.example\",\"url\":\"https://x/\\u00e4ra\"}\n"
           "{\"v\":\"e\",\"e\":\"a@x.example\"}\n",
           "lead 1 contact_key=a\nlead 4 contact_key=d\n");
}

static void leaves_out_by_unless(void **state)
{
    (void)state;
    static const char lines[] = "kind: lead\nformat: ndjson\nfields: {contact_key: id}\n"
                                "unless: {user: '', type: [ping, demo\xC3\xA9]}\n";
    static const char input[] = "{\"id\":1,\"user\":\"u\",\"type\":\"view\"}\n{\"id\":2,\"type\":\"view\"}\n"
                                "{\"id\":3,\"user\":\"\"}\n{\"id\":4,\"user\":null}\n{\"id\":5,\"user\":\"u\"}\n"
                                "{\"id\":6,\"user\":\"u\",\"type\":\"ping\"}\n"
                                "{\"id\":7,\"user\":\"u\",\"type\":\"demo\\u00e9\"}\n";
    expect(lines, input, "lead 1 contact_key=1\nlead 5 contact_key=5\n");
    CheckResult result = check_read(lines, text_from(input), 0, false);
    assert_int_equal(5, result.counts[RECORD_LEAD].filtered);
    free(result.output);
    /* Both must let a record pass. */
    expect("format: csv\nfields: {currency: c, day: d, rate: r}\nonly: {c: [USD, EUR]}\nunless: {d: x}\n",
           "c,d,r\nUSD,1,1\nEUR,x,1\nGBP,1,1\n", "rate 2 currency=USD day=1 rate=1\n");
}

/* What a filter makes of a value is forgotten with its record. */
static void filters_in_constant_memory(void **state)
{
    (void)state;
    char *input = NULL;
    size_t size;
    FILE *stream = open_memstream(&input, &size);
    for (int i = 0; i < 20000; i++)
        fprintf(stream, "{\"id\":%d,\"s\":\"\\u0061aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%s\"}\n", i,
                i == 19999 ? "x" : "");
    fclose(stream);
    CheckResult result = check_read("kind: lead\nformat: ndjson\nrecord_ceiling: 128B\nonly: {s: {like: '*x'}}\n"
                                    "fields: {contact_key: id}\n",
                                    text_from(input), 0, false);
    assert_string_equal("lead 20000 contact_key=19999\n", result.output);
    free(result.output);
    free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_first_that_yields_something),
        cmocka_unit_test(joins_what_yields_something),
        cmocka_unit_test(maps_what_is_listed),
        cmocka_unit_test(forms_before_it_maps),
        cmocka_unit_test(rejects_what_cannot_be_stored),
        cmocka_unit_test(forgets_the_record_before),
        cmocka_unit_test(takes_what_is_like_a_pattern),
        cmocka_unit_test(leaves_out_by_unless),
        cmocka_unit_test(filters_in_constant_memory),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
