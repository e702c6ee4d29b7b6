#include "tests/unit/extract/extract_check.h"

#define LEAD "kind: lead\nformat: ndjson\nfields: {contact_key: id, "
#define XML_LEAD "kind: lead\nformat: xml\nrecord: r\nfields: {contact_key: '@id', "

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static void follows_dotted_paths(void **state)
{
    (void)state;
    expect(LEAD "email: a.b.c, name: items.1.name, title: items.0, phone: deep.x}\n",
           "{\"a\":{\"z\":[1,{\"c\":\"no\"}],\"b\":{\"c\":\"x@y.example\"}},\"id\":\"1\","
           "\"items\":[\"first\",{\"name\":\"second\"},{\"name\":\"third\"}],\"deep\":{\"y\":1}}\n",
           "lead 1 contact_key=1 email=x@y.example name=second title=first\n");
}

static void takes_index_of_object_and_missing_index(void **state)
{
    (void)state;
    expect(LEAD "name: items.0, title: items.7}\n", "{\"id\":1,\"items\":{\"0\":\"zero\"}}\n{\"id\":2,\"items\":[]}\n",
           "lead 1 contact_key=1 name=zero\nlead 2 contact_key=2\n");
}

static void reads_keys_with_dots_and_escapes(void **state)
{
    (void)state;
    expect(LEAD "name: 'a\\.b.c', title: 'back\\\\slash', phone: umlaut\xC3\xA4}\n",
           "{\"id\":\"1\",\"a.b\":{\"c\":\"dotted\"},\"a\":{\"b\":{\"c\":\"no\"}},\"back\\\\slash\":\"yes\","
           "\"umlaut\\u00e4\":\"+49\"}\n",
           "lead 1 contact_key=1 name=dotted title=yes phone=+49\n");
}

static void turns_scalars_into_text(void **state)
{
    (void)state;
    expect(LEAD "name: n, title: t, phone: p, owner: o, country: c, industry: i, stage: e}\n",
           "{\"id\":12345678901234567890123,\"n\":\"a\\\"b\\u00e9\\n\",\"t\":true,\"p\":1.50e3,\"o\":null,\"c\":false,"
           "\"i\":{ \"x\": [1, 2] },\"e\":\"\"}\n",
           "lead 1 contact_key=12345678901234567890123 name=a\"b\xC3\xA9\n title=true country=false "
           "industry={ \"x\": [1, 2] } phone=1.50e3 stage=\n");
}

static void joins_lists_of_addresses(void **state)
{
    (void)state;
    expect(LEAD "other_emails: mails, name: mails}\n",
           "{\"id\":1,\"mails\":[\"a@x.example\",\"b\\u0040x.example\",null,[\"no\"],{\"k\":\"no\"}]}\n"
           "{\"id\":2,\"mails\":\"c@x.example; d@x.example\"}\n"
           "{\"id\":3,\"mails\":[]}\n",
           "lead 1 contact_key=1 other_emails=a@x.example;b@x.example "
           "name=[\"a@x.example\",\"b\\u0040x.example\",null,[\"no\"],{\"k\":\"no\"}]\n"
           "lead 2 contact_key=2 other_emails=c@x.example; d@x.example name=c@x.example; d@x.example\n"
           "lead 3 contact_key=3 other_emails= name=[]\n");
}

static void fills_defaults_and_constants(void **state)
{
    (void)state;
    expect(LEAD "name: {from: n, default: nobody}, country: {value: DE}}\n",
           "{\"id\":1}\n{\"id\":2,\"n\":\"\"}\n{\"id\":3,\"n\":null}\n{\"id\":4,\"n\":\"somebody\"}\n",
           "lead 1 contact_key=1 name=nobody country=DE\nlead 2 contact_key=2 name=nobody country=DE\n"
           "lead 3 contact_key=3 name=nobody country=DE\nlead 4 contact_key=4 name=somebody country=DE\n");
}

static void forgets_the_record_before(void **state)
{
    (void)state;
    expect(LEAD "name: n}\n", "{\"id\":1,\"n\":\"x\"}\n{}\n{\"id\":3}\n",
           "lead 1 contact_key=1 name=x\nlead 2\nlead 3 contact_key=3\n");
}

static void takes_the_last_of_duplicate_keys(void **state)
{
    (void)state;
    expect(LEAD "name: n}\n", "{\"id\":1,\"n\":\"x\",\"n\":\"y\"}\n", "lead 1 contact_key=1 name=y\n");
}

static void filters_by_only(void **state)
{
    (void)state;
    static const char lines[] = "kind: lead\nformat: ndjson\nfields: {contact_key: id}\n"
                                "only: {event: [form, demo\xC3\xA9], \"user.is_known\": true}\n";
    static const char input[] = "{\"id\":1,\"event\":\"form\",\"user\":{\"is_known\":true}}\n"
                                "{\"id\":2,\"event\":\"Form\",\"user\":{\"is_known\":true}}\n"
                                "{\"id\":3,\"event\":\"demo\\u00e9\",\"user\":{\"is_known\":true}}\n"
                                "{\"id\":4,\"event\":\"form\",\"user\":{\"is_known\":false}}\n"
                                "{\"id\":5,\"event\":\"form\"}\n";
    expect(lines, input, "lead 1 contact_key=1\nlead 3 contact_key=3\n");
    CheckResult result = check_read(lines, text_from(input), 0, false);
    assert_int_equal(5, result.counts[RECORD_LEAD].read);
    assert_int_equal(2, result.counts[RECORD_LEAD].emitted);
    assert_int_equal(3, result.counts[RECORD_LEAD].filtered);
    free(result.output);
}

static void takes_the_empty_value_for_none(void **state)
{
    (void)state;
    expect("kind: lead\nformat: ndjson\nfields: {contact_key: id}\nonly: {merged: ''}\n",
           "{\"id\":1}\n{\"id\":2,\"merged\":\"\"}\n{\"id\":3,\"merged\":\"7\"}\n{\"id\":4,\"merged\":null}\n",
           "lead 1 contact_key=1\nlead 2 contact_key=2\nlead 4 contact_key=4\n");
}

static void makes_several_kinds_of_one_record(void **state)
{
    (void)state;
    expect("kind: view\nformat: ndjson\nfields: {viewed_at: t, url: u, visitor: v}\nonly: {e: view}\n"
           "also:\n  - {kind: identity, fields: {visitor: v, identified_at: t, email: m}, only: {e: [form, view]}}\n",
           "{\"t\":1,\"u\":\"/"
           "\",\"v\":\"c\",\"e\":\"view\"}\n{\"t\":2,\"v\":\"c\",\"m\":\"a@b.example\",\"e\":\"form\"}\n",
           "view 1 viewed_at=1 visitor=c url=/\nidentity 1 visitor=c identified_at=1\n"
           "identity 2 visitor=c identified_at=2 email=a@b.example\n");
}

#define DEAL                                                                                                           \
    "kind: deal\nformat: ndjson\nfields: {deal_key: id, created_at: at, name: contacts.0.id}\nalso:\n"                 \
    "  - {kind: deal_contact, "

static void unfolds_nested_elements(void **state)
{
    (void)state;
    /* What stands behind the elements is known to them too. */
    expect(DEAL "each: contacts, fields: {deal_key: ../id, contact_key: id, role: r.name, email: ../owner.mail}}\n",
           "{\"contacts\":[{\"id\":\"a\",\"r\":{\"name\":\"boss\"}},null,{\"id\":\"b\"}],\"id\":\"d1\",\"at\":1,"
           "\"owner\":{\"mail\":\"o@x.example\"}}\n"
           "{\"id\":\"d2\",\"at\":2,\"contacts\":{\"id\":\"alone\"}}\n"
           "{\"id\":\"d3\",\"at\":3}\n"
           "{\"id\":\"d4\",\"at\":4,\"contacts\":null}\n",
           "deal 1 deal_key=d1 name=a created_at=1\n"
           "deal_contact 1 deal_key=d1 contact_key=a email=o@x.example role=boss\n"
           "deal_contact 1 deal_key=d1 contact_key=b email=o@x.example\n"
           "deal 2 deal_key=d2 created_at=2\n"
           "deal_contact 2 deal_key=d2 contact_key=alone\n"
           "deal 3 deal_key=d3 created_at=3\n"
           "deal 4 deal_key=d4 created_at=4\n");
}

static void unfolds_arrays_on_the_way(void **state)
{
    (void)state;
    expect(DEAL "each: groups.people, fields: {deal_key: ../id, contact_key: .}}\n",
           "{\"id\":\"d\",\"at\":1,\"groups\":[{\"people\":[\"a\",\"b\"]},{\"x\":1},{\"people\":\"c\"}]}\n",
           "deal 1 deal_key=d created_at=1\ndeal_contact 1 deal_key=d contact_key=a\n"
           "deal_contact 1 deal_key=d contact_key=b\ndeal_contact 1 deal_key=d contact_key=c\n");
    expect(DEAL "each: groups.1.people, fields: {deal_key: ../id, contact_key: .}}\n",
           "{\"id\":\"d\",\"at\":1,\"groups\":[{\"people\":[\"a\"]},{\"people\":[\"b\"]}]}\n",
           "deal 1 deal_key=d created_at=1\ndeal_contact 1 deal_key=d contact_key=b\n");
}

static void filters_nested_elements(void **state)
{
    (void)state;
    CheckResult result = check_read(
        DEAL "each: c, fields: {deal_key: ../id, contact_key: id}, only: {ok: true, ../kind: big}}\n",
        TEXT("{\"kind\":\"big\",\"id\":1,\"at\":1,\"c\":[{\"id\":2,\"ok\":true},{\"id\":3},{\"ok\":false}]}\n"
             "{\"kind\":\"small\",\"id\":4,\"at\":1,\"c\":[{\"id\":5,\"ok\":true}]}\n"),
        0, false);
    assert_string_equal("deal 1 deal_key=1 created_at=1\ndeal_contact 1 deal_key=1 contact_key=2\n"
                        "deal 2 deal_key=4 created_at=1\n",
                        result.output);
    assert_int_equal(4, result.counts[RECORD_DEAL_CONTACT].read);
    assert_int_equal(3, result.counts[RECORD_DEAL_CONTACT].filtered);
    assert_int_equal(2, result.counts[RECORD_DEAL].read);
    free(result.output);
}

/* --- XML ------------------------------------------------------------------------------------------------------ */

static void follows_slashed_paths(void **state)
{
    (void)state;
    expect(
        XML_LEAD "name: Person/Name, title: Person/@title, stage: ., owner: Owner/@id}\n",
        "<all><r id='7'>own <Person title=\"Dr &amp; Co\"><Name>A &lt;B&gt;</Name></Person><Owner id='9'/></r></all>",
        "lead 1 contact_key=7 name=A <B> title=Dr & Co stage=own  owner=9\n");
}

static void takes_the_first_of_repeated_elements(void **state)
{
    (void)state;
    expect(XML_LEAD "name: n, title: p/t}\n",
           "<all><r id='1'><n>a</n><n>b</n><p><u/></p><p><t>c</t></p></r>\n<r id='2'/></all>",
           "lead 1 contact_key=1 name=a title=c\nlead 2 contact_key=2\n");
}

static void leaves_out_nil_elements(void **state)
{
    (void)state;
    expect(XML_LEAD "name: n, title: {from: t, default: none}}\n",
           "<all xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
           "<r id='1'><n xsi:nil='true'/><n>late</n><t/></r></all>",
           "lead 1 contact_key=1 title=none\n");
}

static void unfolds_xml_elements(void **state)
{
    (void)state;
    expect("kind: deal\nformat: xml\nrecord: d\nfields: {deal_key: Id, created_at: At}\nalso:\n"
           "  - {kind: deal_contact, each: Contacts/Contact, "
           "fields: {deal_key: ../Id, contact_key: '@id', role: Role/Name, email: .}}\n"
           "  - {kind: activity, each: Contacts, fields: {activity_key: '@id', happened_at: ../At, deal_key: ../Id}}\n",
           "<x><d><Contacts id='k'><Contact id='a'><Role><Name>boss</Name></Role></Contact>"
           "<Other><Contact id='no'/></Other><Contact id='b'>mail</Contact></Contacts><Id>1</Id><At>t</At></d></x>",
           "deal 1 deal_key=1 created_at=t\n"
           "deal_contact 1 deal_key=1 contact_key=a role=boss\n"
           "deal_contact 1 deal_key=1 contact_key=b email=mail\n"
           "activity 1 activity_key=k deal_key=1 happened_at=t\n");
}

/* --- tables --------------------------------------------------------------------------------------------------- */

static void finds_columns_by_header(void **state)
{
    (void)state;
    expect("format: csv\nfields: {currency: c.x, day: day, rate: 'rate, new'}\n",
           "\xEF\xBB\xBF\"rate, new\",x,c.x,day\r\n1.5,,USD,2026-01-01\r\n\r\n,a,EUR,\"2026\n01\"\r\n",
           "rate 2 currency=USD day=2026-01-01 rate=1.5\nrate 4 currency=EUR day=2026\n01 rate=\n");
}

static void finds_columns_by_number_and_list(void **state)
{
    (void)state;
    expect("format: csv\ndelimiter: ';'\nheader: false\nfields: {currency: 3, day: 1, rate: 2}\n", "d;r;USD\nx;y;z\n",
           "rate 1 currency=USD day=d rate=r\nrate 2 currency=z day=x rate=y\n");
    expect("format: tsv\nheader: [day, currency, rate]\nfields: {currency: currency, day: day, rate: rate}\n",
           "d\t\"c\tr\nd\tc\n",
           "rate 1 currency=\"c day=d rate=r\nreject 2 kind=rate code=ragged "
           "reason=2 columns instead of 3 raw=d\tc\n");
}

static void filters_columns(void **state)
{
    (void)state;
    expect("format: csv\nfields: {currency: c, day: {value: 2026-01-01}, rate: {from: r, default: 1}}\nonly: {k: [x, "
           "y]}\n",
           "k,c,r\nx,USD,2\nz,CHF,3\ny,GBP,\n",
           "rate 2 currency=USD day=2026-01-01 rate=2\nrate 4 currency=GBP day=2026-01-01 rate=1\n");
}

/* --- what is no path ------------------------------------------------------------------------------------------ */

/* The message without the configuration's path, "LINE:COLUMN: ...". */
static void expect_bad_path(const char *lines, const char *message)
{
    Error error = ERROR_INIT;
    cleanup(config_done) Config config = {0};
    assert_int_equal(STATUS_ERROR, check_load(lines, &config, &error));
    assert_string_equal(message, error.message + strlen(check_path("check.yaml:")));
    assert_int_equal(ERROR_CONFIG, error.code);
}

static void refuses_bad_paths(void **state)
{
    (void)state;
    expect_bad_path(LEAD "name: a..b}\n", "7:37: 'a..b' is no path: a step is empty");
    expect_bad_path(LEAD "name: a.}\n", "7:37: 'a.' is no path: a step is empty");
    expect_bad_path(LEAD "name: .a}\n", "7:37: '.a' is no path: a step is empty");
    expect_bad_path(XML_LEAD "name: a//b}\n", "8:40: 'a//b' is no path: a step is empty");
    expect_bad_path(XML_LEAD "name: '@a/b'}\n", "8:40: '@a/b' is no path: an attribute is the end of a path");
    expect_bad_path(XML_LEAD "name: 'ns:a'}\n", "8:40: 'ns:a' is no path: elements are named without a prefix");
    expect_bad_path(DEAL "each: c, fields: {deal_key: ../../id, contact_key: id}}\n",
                    "9:58: '../../id' climbs out of the record");
    expect_bad_path(LEAD "name: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a}\n",
                    "7:37: 'a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a' is no path: "
                    "it has too many steps");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_dotted_paths),
        cmocka_unit_test(takes_index_of_object_and_missing_index),
        cmocka_unit_test(reads_keys_with_dots_and_escapes),
        cmocka_unit_test(turns_scalars_into_text),
        cmocka_unit_test(joins_lists_of_addresses),
        cmocka_unit_test(fills_defaults_and_constants),
        cmocka_unit_test(forgets_the_record_before),
        cmocka_unit_test(takes_the_last_of_duplicate_keys),
        cmocka_unit_test(filters_by_only),
        cmocka_unit_test(takes_the_empty_value_for_none),
        cmocka_unit_test(makes_several_kinds_of_one_record),
        cmocka_unit_test(unfolds_nested_elements),
        cmocka_unit_test(unfolds_arrays_on_the_way),
        cmocka_unit_test(filters_nested_elements),
        cmocka_unit_test(follows_slashed_paths),
        cmocka_unit_test(takes_the_first_of_repeated_elements),
        cmocka_unit_test(leaves_out_nil_elements),
        cmocka_unit_test(unfolds_xml_elements),
        cmocka_unit_test(finds_columns_by_header),
        cmocka_unit_test(finds_columns_by_number_and_list),
        cmocka_unit_test(filters_columns),
        cmocka_unit_test(refuses_bad_paths),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
