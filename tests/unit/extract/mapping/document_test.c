#include "tests/unit/extract/extract_check.h"

#define RATE "format: csv\nfields: {currency: c, day: 'j -> d', rate: 'j -> r.0'}\n"

static void reads_json_in_columns(void **state)
{
    (void)state;
    expect(RATE,
           "c,j\n1,\"{\"\"d\"\":\"\"a\\u00e4\"\",\"\"r\"\":[1.50,2]}\"\n2,\n3,{}\n4,\"[1]\"\n5,\"{\"\"d\"\":1\"\n"
           "6,\"{\"\"d\"\":1} x\"\n7,plain\n8,\"{\"\"d\"\":null,\"\"r\"\":3}\"\n",
           "rate 2 currency=1 day=a\xC3\xA4 rate=1.50\nrate 3 currency=2\nrate 4 currency=3\nrate 5 currency=4\n"
           "rate 6 currency=5\nrate 7 currency=6\nrate 8 currency=7\nrate 9 currency=8\n");
    expect("format: tsv\nfields: {currency: c, day: 'j -> .', rate: 'j -> d'}\n", "c\tj\n1\t{\"d\":2}\n2\t\"x\"\n",
           "rate 2 currency=1 day={\"d\":2} rate=2\nrate 3 currency=2 day=x\n");
}

static void reads_json_in_json_and_xml(void **state)
{
    (void)state;
    expect("format: ndjson\nfields: {currency: c, day: 'p.j -> d.e', rate: 'p.j -> k -> x'}\n",
           "{\"p\":{\"j\":\"{\\\"d\\\":{\\\"e\\\":\\\"q\\\\\\\"\\\"},\\\"k\\\":\\\"{\\\\\\\"x\\\\\\\":7}\\\"}\"},\"c\":"
           "1}\n"
           "{\"c\":2,\"p\":{\"j\":{\"d\":{\"e\":\"an object\"}}}}\n{\"c\":3}\n",
           "rate 1 currency=1 day=q\" rate=7\nrate 2 currency=2 day=an object\nrate 3 currency=3\n");
    expect("format: xml\nrecord: r\nfields: {currency: '@c', day: 'j/k -> d', rate: '@j -> d'}\n",
           "<x><r c='1' j='{\"d\":2}'><j><k>{\"d\":\"&lt;\"}</k></j></r></x>", "rate 1 currency=1 day=< rate=2\n");
}

static void reads_documents_of_elements_and_pieces(void **state)
{
    (void)state;
    expect(
        "kind: deal\nformat: ndjson\nfields: {deal_key: id, created_at: id}\nalso:\n"
        "  - {kind: deal_contact, each: c, fields: {deal_key: '../j -> d', contact_key: 'j -> d', email: 'j -> e'}}\n"
        "  - {kind: lead, each: {split: l, by: '|'}, fields: {contact_key: '. -> a'}}\n",
        "{\"c\":[{\"j\":\"{\\\"d\\\":1,\\\"e\\\":2}\"},{\"j\":\"{\\\"d\\\":3}\"},{}],\"id\":9,"
        "\"l\":\"{\\\"a\\\":5}|{\\\"a\\\":6}|x\",\"j\":\"{\\\"d\\\":0}\"}\n",
        "deal 1 deal_key=9 created_at=9\n"
        "lead 1 contact_key=5\nlead 1 contact_key=6\nlead 1\n"
        "deal_contact 1 deal_key=0 contact_key=1 email=2\ndeal_contact 1 deal_key=0 contact_key=3\n"
        "deal_contact 1 deal_key=0\n");
}

static void filters_by_what_documents_say(void **state)
{
    (void)state;
    expect("format: csv\nfields: {currency: c, day: 'j -> d', rate: c}\nonly: {'j -> t': x}\nunless: {'j -> d': [2, "
           "'']}\n",
           "c,j\n1,\"{\"\"t\"\":\"\"x\"\",\"\"d\"\":1}\"\n2,\"{\"\"t\"\":\"\"y\"\",\"\"d\"\":1}\"\n"
           "3,\"{\"\"t\"\":\"\"x\"\",\"\"d\"\":2}\"\n4,\"{\"\"t\"\":\"\"\\u0078\"\",\"\"d\"\":4}\"\n5,\n"
           "6,\"{\"\"t\"\":\"\"x\"\"}\"\n",
           "rate 2 currency=1 day=1 rate=1\nrate 5 currency=4 day=4 rate=4\n");
}

static void joins_lists_of_documents(void **state)
{
    (void)state;
    expect("kind: lead\nformat: csv\nfields: {contact_key: c, other_emails: 'j -> m', name: 'j -> m'}\n",
           "c,j\n1,\"{\"\"m\"\":[\"\"a@x.example\"\",\"\"b@x.example\"\"]}\"\n",
           "lead 2 contact_key=1 other_emails=a@x.example;b@x.example name=[\"a@x.example\",\"b@x.example\"]\n");
}

static void rejects_what_cannot_be_stored(void **state)
{
    (void)state;
    expect_bytes(RATE, TEXT("c,j\n1,{\xFF\n2,\"{\"\"d\"\":\"\"\\u0000\"\"}\"\n"),
                 "reject 2 kind=rate field=day code=bad_utf8 reason=holds bytes that are no UTF-8 "
                 "raw=1,{\xEF\xBF\xBD\n"
                 "reject 3 kind=rate field=day code=holds_nul reason=holds the character U+0000, which the database "
                 "cannot raw=2,\"{\"\"d\"\":\"\"\\u0000\"\"}\"\n");
}

static void forgets_the_record_before(void **state)
{
    (void)state;
    expect(RATE, "c,j\n1,\"{\"\"d\"\":1,\"\"r\"\":[2]}\"\n2,\"{\"\"r\"\":[3],\"\"d\"\"\"\n3,\"{\"\"d\"\":4}\"\n",
           "rate 2 currency=1 day=1 rate=2\nrate 3 currency=2\nrate 4 currency=3 day=4\n");
}

static void needs_the_column(void **state)
{
    (void)state;
    expect_failure(RATE, TEXT("c,k\n1,2\n"), ERROR_DATA, "input: has no column 'j'", "columns: c, k");
    expect("format: csv\nfields: {currency: c, day: {from: 'j -> d', optional: true}, rate: c}\n", "c\n1\n",
           "rate 2 currency=1 rate=1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_json_in_columns),
        cmocka_unit_test(reads_json_in_json_and_xml),
        cmocka_unit_test(reads_documents_of_elements_and_pieces),
        cmocka_unit_test(filters_by_what_documents_say),
        cmocka_unit_test(joins_lists_of_documents),
        cmocka_unit_test(rejects_what_cannot_be_stored),
        cmocka_unit_test(forgets_the_record_before),
        cmocka_unit_test(needs_the_column),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
