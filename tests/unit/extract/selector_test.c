#include "tests/unit/extract/extract_check.h"

#define EVENT "kind: view\nformat: ndjson\nfields: {viewed_at: at, "
#define XML_LEAD "kind: lead\nformat: xml\nrecord: r\nfields: {contact_key: '@id', "

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static void finds_elements_by_what_they_say(void **state)
{
    (void)state;
    /* As GA4 has it: the order of the elements, and of key and value in them, is any. */
    expect(EVENT
           "url: 'params[key=page_location].value.string_value', title: 'params[key=page_title].value.string_value', "
           "dwell_seconds: 'params[key=time].value.int_value'}\n",
           "{\"at\":1,\"params\":[{\"key\":\"x\",\"value\":{\"string_value\":\"no\"}},"
           "{\"key\":\"page_title\",\"value\":{\"string_value\":\"T\\u00e4\"}},"
           "{\"value\":{\"string_value\":\"/a\",\"int_value\":null},\"key\":\"page_location\"},"
           "{\"key\":\"time\",\"value\":{\"int_value\":\"7\"}}]}\n"
           "{\"params\":[{\"key\":\"page_location\",\"value\":{}}],\"at\":2}\n{\"at\":3,\"params\":[]}\n"
           "{\"at\":4,\"params\":{\"key\":\"time\",\"value\":{\"int_value\":1}}}\n{\"at\":5,\"params\":[1,\"a\",null,[{"
           "}]]}\n",
           "view 1 viewed_at=1 url=/a title=T\xC3\xA4 dwell_seconds=7\nview 2 viewed_at=2\nview 3 viewed_at=3\n"
           "view 4 viewed_at=4\nview 5 viewed_at=5\n");
}

static void takes_the_first_element_that_says_it(void **state)
{
    (void)state;
    expect(EVENT "url: 'p[k=a].v', title: 'p[k=a].w'}\n",
           "{\"at\":1,\"p\":[{\"k\":\"a\",\"v\":1},{\"k\":\"a\",\"v\":2,\"w\":3}]}\n"
           "{\"at\":2,\"p\":[{\"k\":\"a\",\"k\":\"b\",\"v\":1},{\"k\":\"b\",\"v\":2,\"k\":\"a\"}]}\n",
           "view 1 viewed_at=1 url=1\nview 2 viewed_at=2 url=2\n");
}

static void finds_elements_by_how_it_begins(void **state)
{
    (void)state;
    expect(EVENT "url: 'data[schema^=iglu:com.acme/page/].data.id', title: 'data[schema^=iglu:com.acme].data.id', "
                 "visitor: 'data[n^=1].data.id', email: 'data[n=12].data.id'}\n",
           "{\"at\":1,\"data\":[{\"schema\":\"iglu:com.acme/user/1-0-0\",\"data\":{\"id\":\"u\"}},"
           "{\"schema\":\"iglu:com.acme\\/page\\/1-0-2\",\"data\":{\"id\":\"p\"},\"n\":12}]}\n"
           "{\"at\":2,\"data\":[{\"schema\":\"iglu:com.acm\",\"data\":{\"id\":\"u\"},\"n\":true}]}\n",
           "view 1 viewed_at=1 visitor=p email=p url=p title=u\nview 2 viewed_at=2\n");
}

static void finds_elements_in_elements_and_besides_numbers(void **state)
{
    (void)state;
    expect(EVENT "url: 'a[k=x].b[l=y].c', title: 'a[k=x].b.0.c', visitor: 'a.1.k', email: 'a[k=x].k', referrer: a}\n",
           "{\"at\":1,\"a\":[{\"k\":\"w\"},{\"b\":[{\"c\":0},{\"c\":1,\"l\":\"y\"}],\"k\":\"x\"}]}\n",
           "view 1 viewed_at=1 visitor=x email=x url=1 title=0 "
           "referrer=[{\"k\":\"w\"},{\"b\":[{\"c\":0},{\"c\":1,\"l\":\"y\"}],\"k\":\"x\"}]\n");
}

static void finds_elements_of_documents_and_nested_elements(void **state)
{
    (void)state;
    expect(
        "kind: view\nformat: tsv\nfields: {viewed_at: at, url: 'contexts -> data[schema^=iglu:x/web_page/].data.id'}\n",
        "at\tcontexts\n1\t{\"schema\":\"c\",\"data\":[{\"schema\":\"iglu:x/y/1\",\"data\":{\"id\":0}},"
        "{\"schema\":\"iglu:x/web_page/1-0-0\",\"data\":{\"id\":\"p-1\"}}]}\n2\t\n",
        "view 2 viewed_at=1 url=p-1\nview 3 viewed_at=2\n");
    expect(
        "kind: view\nformat: ndjson\neach: items\nfields: {viewed_at: ../at, url: 'p[k=u].v', title: '../p[k=u].v'}\n"
        "only: {'p[k=t].v': [1]}\n",
        "{\"at\":1,\"items\":[{\"p\":[{\"k\":\"u\",\"v\":2},{\"k\":\"t\",\"v\":1}]},{\"p\":[{\"k\":\"t\",\"v\":2}]},"
        "{\"p\":[{\"k\":\"t\",\"v\":1}]}],\"p\":[{\"k\":\"u\",\"v\":0}]}\n",
        "view 1 viewed_at=1 url=2 title=0\nview 1 viewed_at=1 title=0\n");
}

static void rejects_broken_elements(void **state)
{
    (void)state;
    CheckResult result =
        check_read(EVENT "url: 'p[k=a].v'}\n",
                   TEXT("{\"at\":1,\"p\":[{\"k\":\"a\",\"v\":1,}]}\n{\"at\":2,\"p\":[{\"k\":\"a\",\"v\":01}]}\n"
                        "{\"at\":3,\"p\":[{\"k\":\"b\",\"v\":\"\xFF\"}]}\n"),
                   0, false);
    assert_int_equal(3, result.counts[RECORD_VIEW].rejected);
    assert_int_equal(0, result.counts[RECORD_VIEW].emitted);
    free(result.output);
}

/* --- XML ------------------------------------------------------------------------------------------------------ */

static void finds_xml_elements(void **state)
{
    (void)state;
    expect(XML_LEAD "name: 'p[@name=full]', title: 'p[@name=title]/@value', company: 'q[key=company]/value/text', "
                    "phone: 'q[key^=tel:]/value', owner: p, stage: 'q[key=tel:9]/value'}\n",
           "<x><r id='1'><p name='none'>0</p><p name='full'>Ann</p><p value='Dr' name='title'/><p name='full'>Bob</p>"
           "<q><value><text>Acme</text></value><key>company</key></q><z><q><key>tel:9</key><value>no</value></q></z>"
           "<q><key><sub>company</sub></key><value>no</value></q><q><value>030</value><key>tel:1</key></q></r><r "
           "id='2'/></x>",
           "lead 1 contact_key=1 name=Ann company=Acme title=Dr phone=030 owner=0\nlead 1 contact_key=2\n");
}

static void joins_xml_elements_of_a_list(void **state)
{
    (void)state;
    expect(XML_LEAD "email: m, other_emails: m, name: {from: 'n/m'}}\n",
           "<x xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><r id='1'><m>a@x.example</m><m/><m>b@x.example</m>"
           "<m xsi:nil='true'/><n><m>no</m></n><m>c@x.example</m></r><r id='2'><m>d@x.example</m></r><r id='3'/>"
           "<r id='4'><m/><m>e@x.example</m><m>f@x.example</m></r></x>",
           "lead 1 contact_key=1 email=a@x.example other_emails=a@x.example;b@x.example;c@x.example name=no\n"
           "lead 1 contact_key=2 email=d@x.example other_emails=d@x.example\nlead 1 contact_key=3\n"
           "lead 1 contact_key=4 email= other_emails=e@x.example;f@x.example\n");
    expect(XML_LEAD "other_emails: 'p/m[@t=x]'}\n",
           "<x><r id='1'><p><m t='x'>a</m></p><p><m t='y'>b</m><m t='x'>c</m></p></r></x>",
           "lead 1 contact_key=1 other_emails=a;c\n");
}

/* A list is copied where it has outgrown its place, not for each of its texts. */
static void joins_long_lists(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    char *input = NULL, *expected = NULL;
    size_t ignored;
    FILE *in = open_memstream(&input, &ignored), *out = open_memstream(&expected, &ignored);
    fputs("<x><r id='1'>", in);
    fputs("lead 1 contact_key=1 other_emails=", out);
    for (int i = 0; i < COUNT; i++) {
        fprintf(in, "<m>%05d</m>", i);
        fprintf(out, "%s%05d", i ? ";" : "", i);
    }
    fputs("</r></x>", in);
    fputs("\n", out);
    fclose(in);
    fclose(out);
    CheckResult result = check_read(XML_LEAD "other_emails: m}\n", text_from(input), 0, false);
    assert_string_equal(expected, result.output);
    free(result.output);
    free(input);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_elements_by_what_they_say),
        cmocka_unit_test(takes_the_first_element_that_says_it),
        cmocka_unit_test(finds_elements_by_how_it_begins),
        cmocka_unit_test(finds_elements_in_elements_and_besides_numbers),
        cmocka_unit_test(finds_elements_of_documents_and_nested_elements),
        cmocka_unit_test(rejects_broken_elements),
        cmocka_unit_test(finds_xml_elements),
        cmocka_unit_test(joins_xml_elements_of_a_list),
        cmocka_unit_test(joins_long_lists),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
