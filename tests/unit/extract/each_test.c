#include "tests/unit/extract/extract_check.h"

#define DEAL "kind: deal\nformat: csv\nfields: {deal_key: Id, created_at: At}\nalso:\n  - {kind: deal_contact, each: "

/* --- pieces of a list ----------------------------------------------------------------------------------------- */

static void divides_columns(void **state)
{
    (void)state;
    expect(DEAL "{split: Contact IDs}, fields: {deal_key: ../Id, contact_key: .}}\n",
           "Id,At,Contact IDs\n1,a,101;102 ; ;\t103;\n2,b,\n3,c,104\n4,d, ; \n",
           "deal 2 deal_key=1 created_at=a\n"
           "deal_contact 2 deal_key=1 contact_key=101\n"
           "deal_contact 2 deal_key=1 contact_key=102\n"
           "deal_contact 2 deal_key=1 contact_key=103\n"
           "deal 3 deal_key=2 created_at=b\n"
           "deal 4 deal_key=3 created_at=c\n"
           "deal_contact 4 deal_key=3 contact_key=104\n"
           "deal 5 deal_key=4 created_at=d\n");
}

static void divides_by_what_is_said(void **state)
{
    (void)state;
    expect(DEAL "{split: C, by: ', '}, fields: {deal_key: ../Id, contact_key: ., role: {value: any}}}\n",
           "Id,At,C\n1,a,\"x,y, z\"\n",
           "deal 2 deal_key=1 created_at=a\ndeal_contact 2 deal_key=1 contact_key=x,y role=any\n"
           "deal_contact 2 deal_key=1 contact_key=z role=any\n");
}

static void filters_and_forms_pieces(void **state)
{
    (void)state;
    expect(DEAL "{split: C}, only: {../At: a}, unless: {.: [x, y]}, "
                "fields: {deal_key: ../Id, contact_key: {from: ., form: lower}}}\n",
           "Id,At,C\n1,a,x;Z;y\n2,b,z\n",
           "deal 2 deal_key=1 created_at=a\ndeal_contact 2 deal_key=1 contact_key=z\n"
           "deal 3 deal_key=2 created_at=b\n");
    CheckResult result = check_read(DEAL "{split: C}, unless: {.: x}, fields: {deal_key: ../Id, contact_key: .}}\n",
                                    TEXT("Id,At,C\n1,a,x;z;\n"), 0, false);
    assert_int_equal(2, result.counts[RECORD_DEAL_CONTACT].read);
    assert_int_equal(1, result.counts[RECORD_DEAL_CONTACT].filtered);
    free(result.output);
}

static void divides_nested_texts(void **state)
{
    (void)state;
    expect("kind: deal\nformat: ndjson\nfields: {deal_key: id, created_at: at}\nalso:\n"
           "  - {kind: deal_contact, each: {split: p.contacts}, fields: {deal_key: ../id, contact_key: .}}\n",
           "{\"p\":{\"contacts\":\"1;\\u00e4;\\\"\"},\"id\":\"d\",\"at\":1}\n{\"id\":\"e\",\"at\":2}\n",
           "deal 1 deal_key=d created_at=1\ndeal_contact 1 deal_key=d contact_key=1\n"
           "deal_contact 1 deal_key=d contact_key=\xC3\xA4\ndeal_contact 1 deal_key=d contact_key=\"\n"
           "deal 2 deal_key=e created_at=2\n");
    expect("kind: deal\nformat: xml\nrecord: d\nfields: {deal_key: '@id', created_at: at}\nalso:\n"
           "  - {kind: deal_contact, each: {split: c, by: ' '}, fields: {deal_key: ../@id, contact_key: .}}\n",
           "<x><d id='1'><c>a b</c><at>t</at></d></x>",
           "deal 1 deal_key=1 created_at=t\ndeal_contact 1 deal_key=1 contact_key=a\n"
           "deal_contact 1 deal_key=1 contact_key=b\n");
}

static void rejects_lists_that_cannot_be_stored(void **state)
{
    (void)state;
    expect_bytes(DEAL "{split: C}, fields: {deal_key: ../Id, contact_key: .}}\n", TEXT("Id,At,C\n1,a,x;\xFF\n"),
                 "deal 2 deal_key=1 created_at=a\n"
                 "reject 2 kind=deal_contact code=bad_utf8 reason=holds bytes that are no UTF-8 "
                 "raw=1,a,x;\xEF\xBF\xBD\n");
}

static void needs_the_column_of_a_list_unless_it_is_optional(void **state)
{
    (void)state;
    expect_failure(DEAL "{split: Contacts}, fields: {deal_key: ../Id, contact_key: .}}\n",
                   TEXT("Id,At,Contact\n1,2,3\n"), ERROR_DATA, "input: has no column 'Contacts'",
                   "did you mean 'Contact'? columns: Id, At, Contact");
    expect(DEAL "{split: Contacts, optional: true}, fields: {deal_key: ../Id, contact_key: .}}\n", "Id,At\n1,2\n",
           "deal 2 deal_key=1 created_at=2\n");
}

/* --- groups of columns ---------------------------------------------------------------------------------------- */

#define VISITS                                                                                                         \
    "kind: identity\nformat: csv\nonly: {user: never}\nfields: {visitor: id, identified_at: id, email: id}\nalso:\n"   \
    "  - {kind: view, each: {columns: act_#_}, fields: {viewed_at: time, visitor: ../id, url: url, title: title}}\n"

static void makes_records_of_numbered_columns(void **state)
{
    (void)state;
    /* Numbers in their order, whatever that of the columns; one that is empty in a row is none of it. */
    expect(VISITS,
           "act_10_url,act_0_url,act_0_time,id,user,act_2_time,act_2_url,act_2_kind,act_10_time,act_x_url,act_02_url,"
           "act_\n"
           "/10,/0,t0,v1,,t2,/2,k,t10,no,no,no\n"
           ",/0,t0,v2,,,,,,no,no,no\n"
           ",,,v3,,,,k,,no,no,no\n",
           "view 2 viewed_at=t0 visitor=v1 url=/0\nview 2 viewed_at=t2 visitor=v1 url=/2\n"
           "view 2 viewed_at=t10 visitor=v1 url=/10\nview 3 viewed_at=t0 visitor=v2 url=/0\n"
           "view 4 viewed_at= visitor=v3 url=\n");
}

static void needs_no_column_of_a_group(void **state)
{
    (void)state;
    expect(VISITS, "id,user\nv1,\n", "");
    expect("kind: lead\nformat: csv\neach: {columns: 'tag #'}\nfields: {contact_key: ../id, name: .}\n",
           "id,tag 0,tag 1,tag\na,x,,no\nb,,y,no\n", "lead 2 contact_key=a name=x\nlead 3 contact_key=b name=y\n");
    expect_failure(VISITS, TEXT("id,user,act_1_url,act_1_url\n"), ERROR_DATA,
                   "input: has the column 'act_1_url' 2 times", "give the columns other names by 'header: [...]'");
}

static void counts_the_parts_of_the_main_kind(void **state)
{
    (void)state;
    CheckResult result = check_read("kind: view\nformat: csv\neach: {columns: a#}\nfields: {viewed_at: ../t, url: .}\n",
                                    TEXT("t,a0,a1\n1,x,y\n2,,\n3\n4,,z\n"), 0, false);
    assert_string_equal("view 2 viewed_at=1 url=x\nview 2 viewed_at=1 url=y\n"
                        "reject 4 kind=view code=ragged reason=1 column instead of 3 raw=3\n"
                        "view 5 viewed_at=4 url=z\n",
                        result.output);
    assert_int_equal(4, result.counts[RECORD_VIEW].read);
    assert_int_equal(1, result.counts[RECORD_VIEW].rejected);
    free(result.output);
    expect("kind: view\nformat: ndjson\neach: pages\nfields: {viewed_at: ../t, url: .}\n",
           "{\"t\":1,\"pages\":[\"/a\",\"/b\"]}\n{\"t\":2}\n",
           "view 1 viewed_at=1 url=/a\nview 1 viewed_at=1 url=/b\n");
}

/* --- columns that need not be there --------------------------------------------------------------------------- */

static void leaves_out_optional_columns(void **state)
{
    (void)state;
    expect("kind: lead\nformat: csv\nfields: {contact_key: Id, name: {from: Name, optional: true, default: nobody}, "
           "title: {from: Title, optional: true}, phone: [Mobile, Phone]}\n",
           "Id,Phone\n1,2\n", "lead 2 contact_key=1 name=nobody phone=2\n");
    expect("kind: lead\nformat: csv\nfields: {contact_key: Id, phone: {from: [Mobile, Phone], optional: true}}\n",
           "Id\n1\n", "lead 2 contact_key=1\n");
    expect(
        "kind: lead\nformat: csv\nfields: {contact_key: Id, name: {from: Name, optional: true}}\nunless: {Name: ''}\n",
        "Id\n1\n", "");
    expect("kind: lead\nformat: csv\nheader: false\nfields: {contact_key: 1, name: {from: 3, optional: true}}\n",
           "a,b\n", "lead 1 contact_key=a\n");
}

static void needs_one_of_several_columns(void **state)
{
    (void)state;
    expect_failure("kind: lead\nformat: csv\nfields: {contact_key: Id, phone: [Mobile, Phone]}\n",
                   TEXT("Id,Phon\n1,2\n"), ERROR_DATA, "input: has none of the columns 'Mobile', 'Phone'",
                   "columns: Id, Phon");
    expect_failure("kind: lead\nformat: csv\nfields: {contact_key: Id, name: {join: [A -> x, B -> y]}}\n",
                   TEXT("Id\n1\n"), ERROR_DATA, "input: has none of the columns 'A', 'B'", "columns: Id");
    /* A column that one field may lack and another may not. */
    expect_failure("kind: lead\nformat: csv\nfields: {contact_key: Id, name: {from: N, optional: true}, title: N}\n",
                   TEXT("Id\n1\n"), ERROR_DATA, "input: has no column 'N' for the field 'name'", "columns: Id");
}

/* --- what is refused ------------------------------------------------------------------------------------------ */

static void expect_refused(const char *lines, const char *message, const char *hint)
{
    Error error = ERROR_INIT;
    Config config;
    assert_int_equal(STATUS_ERROR, check_load(lines, &config, &error));
    assert_int_equal(ERROR_CONFIG, error.code);
    assert_string_equal(message, error.message + strlen(check_path("check.yaml:")));
    if (hint)
        assert_string_equal(hint, error.hint);
}

static void refuses_what_no_part_is(void **state)
{
    (void)state;
    static const char fields[] = "fields: {currency: c, day: d, rate: r}\n";
    char lines[256];
    static const struct {
        const char *each, *message, *hint;
    } cases[] = {
        {"format: csv\neach: [a]\n", "7:11: 'each' must be a path or a mapping, not a list", NULL},
        {"format: csv\neach: {}\n", "7:11: 'each' needs either 'split' or 'columns'", NULL},
        {"format: csv\neach: {split: a, columns: b_#}\n", "7:11: 'each' needs either 'split' or 'columns'", NULL},
        {"format: csv\neach: {columns: b_#, by: x}\n", "7:11: 'by' and 'optional' go with 'split'", NULL},
        {"format: csv\neach: {columns: b}\n", "7:21: 'columns' holds one # in place of the number, and 'b' does not",
         "such as actionDetails_#_ for actionDetails_0_url, actionDetails_1_url, ..."},
        {"format: csv\neach: {columns: b_#_#}\n",
         "7:21: 'columns' holds one # in place of the number, and 'b_#_#' does not", NULL},
        {"format: ndjson\neach: {columns: b_#}\n", "7:12: 'columns' is for csv and tsv, and this source is ndjson",
         NULL},
        {"format: csv\nheader: false\neach: {columns: b_#}\n",
         "8:12: 'columns' needs names of columns, and this file has no header", NULL},
        {"format: ndjson\neach: {split: a, optional: true}\n",
         "7:22: 'optional' is for columns; in ndjson nothing needs to be there", NULL},
        {"format: ndjson\neach: 'a[b=c]'\n", "7:11: 'each' names elements, and 'a[b=c]' is more than their names",
         "take some of the elements by 'only'"},
        {"format: ndjson\neach: 'a -> b'\n", "7:11: 'each' names elements, and 'a -> b' is more than their names",
         NULL},
        {"format: ndjson\neach: a..b\n", "7:11: 'a..b' is no path: a step is empty", NULL},
        {"format: ndjson\neach: {split: ../a}\n", "7:19: '../a' climbs out of the record", NULL},
        {"format: ndjson\neach: {splti: a}\n", "7:12: unknown key 'splti'", "did you mean 'split'?"},
        {"format: ndjson\neach: {split: a}\n", "8:24: 'c' is no path: a piece of a list is '.'",
         "'../' leads to the record that holds the list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(lines, sizeof lines, "%s%s", cases[i].each, fields);
        expect_refused(lines, cases[i].message, cases[i].hint);
    }
}

static void digests_what_a_part_is(void **state)
{
    (void)state;
    static const char *const each[] = {"each: {split: a_#}\n", "each: {split: a_#, by: x}\n", "each: {columns: a_#}\n",
                                       ""};
    Key keys[4];
    for (size_t i = 0; i < 4; i++) {
        char lines[256];
        Error error;
        cleanup(config_done) Config config = {0};
        snprintf(lines, sizeof lines, "format: csv\n%sfields: {currency: ../c, day: ../c, rate: ../c}\n", each[i]);
        assert_int_equal(STATUS_OK, check_load(lines, &config, &error));
        keys[i] = config.sources[0].mapping_digest;
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(&keys[i], &keys[j], sizeof(Key));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divides_columns),
        cmocka_unit_test(divides_by_what_is_said),
        cmocka_unit_test(filters_and_forms_pieces),
        cmocka_unit_test(divides_nested_texts),
        cmocka_unit_test(rejects_lists_that_cannot_be_stored),
        cmocka_unit_test(needs_the_column_of_a_list_unless_it_is_optional),
        cmocka_unit_test(makes_records_of_numbered_columns),
        cmocka_unit_test(needs_no_column_of_a_group),
        cmocka_unit_test(counts_the_parts_of_the_main_kind),
        cmocka_unit_test(leaves_out_optional_columns),
        cmocka_unit_test(needs_one_of_several_columns),
        cmocka_unit_test(refuses_what_no_part_is),
        cmocka_unit_test(digests_what_a_part_is),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
