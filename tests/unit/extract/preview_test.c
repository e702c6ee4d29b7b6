#include "tests/unit/extract/extract_check.h"

#include "extract/preview.h"

static void expect_shown(const char *lines, uint64_t limit, Text input, bool with_origins, const char *expected)
{
    Error error = ERROR_INIT;
    cleanup(config_done) Config config = {0};
    cleanup(mapping_done) Mapping mapping = {0};
    cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    FormatResult result;
    char *output = NULL;
    size_t size;
    if (check_load(lines, &config, &error) != STATUS_OK)
        fail_msg("%s", error.message);
    FILE *out = open_memstream(&output, &size);
    cleanup(preview_done) Preview preview = preview_make(out, config.sources[0].format);
    assert_int_equal(STATUS_OK, mapping_compile(&config.sources[0], &mapping, &error));
    assert_int_equal(STATUS_OK, emitter_make(&mapping, preview_sink(&preview), &emitter, &error));
    emitter.limit = limit;
    preview.emitter = with_origins ? &emitter : NULL;
    assert_int_equal(STATUS_OK, stream_from_memory(input, 0, "input", &stream, &error));
    assert_int_equal(STATUS_OK, format_read(&emitter, stream, &result, &error));
    preview_end(&preview, &emitter);
    fclose(out);
    assert_string_equal(expected, output);
    free(output);
}

static void expect_preview(const char *lines, uint64_t limit, Text input, const char *expected)
{
    expect_shown(lines, limit, input, false, expected);
}

static void shows_records_rejects_and_columns(void **state)
{
    (void)state;
    expect_preview("format: csv\nfields: {currency: c, day: d, rate: r}\n", 3,
                   TEXT("c,Fax,d,r,\x1b[2J\nUSD,,2026-01-01,\"1\n\x07\",\nx\nEUR,,,2,\nlater,,1,1,\n"),
                   "rate, line 2\n"
                   "    currency  USD\n"
                   "    day       2026-01-01\n"
                   "    rate      1\\n\\x07\n"
                   "\n"
                   "rejected rate, line 4: ragged: 1 column instead of 5\n"
                   "    x\n"
                   "\n"
                   "rate, line 5\n"
                   "    currency  EUR\n"
                   "    rate      2\n"
                   "    not given: day\n"
                   "\n"
                   "source columns not mapped: Fax, \\x1b[2J\n");
}

static void skips_what_filters_leave_out(void **state)
{
    (void)state;
    expect_preview("format: csv\nheader: false\nfields: {currency: 1, day: 2, rate: 3}\nonly: {1: USD}\n", 1,
                   TEXT("EUR,1,1,x\nUSD,2,2,x\nUSD,3,3,x\n"),
                   "rate, line 2\n    currency  USD\n    day       2\n    rate      2\n\n"
                   "left out by 'only' and 'unless': 1 of 2 records\n"
                   "source columns not mapped: 4\n");
    /* What is rejected is not left out, whether or not it could be begun. */
    expect_preview("format: ndjson\nfields: {currency: c, day: d, rate: r}\nunless: {c: USD}\n", 9,
                   TEXT("{\"c\":\"USD\"}\n{\"c\":1\nx\n"),
                   "rejected rate, line 2: malformed_json: byte 6: the text ends too soon\n    {\"c\":1\n\n"
                   "rejected rate, line 3: malformed_json: byte 0: a value is missing\n    x\n\n"
                   "left out by 'only' and 'unless': 1 of 3 records\n"
                   "source keys not mapped: none\n");
}

static void cuts_long_values(void **state)
{
    (void)state;
    char input[1024];
    int size = snprintf(input, sizeof input, "c,d,r\n1,2,");
    memset(input + size, 'a', 300);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "rate, line 2\n    currency  1\n    day       2\n    rate      %.100s… (300 bytes)\n\n"
             "source columns not mapped: none\n",
             input + size);
    expect_preview("format: csv\nfields: {currency: c, day: d, rate: r}\n", 5, (Text){input, (size_t)size + 300},
                   expected);
}

static void names_json_keys(void **state)
{
    (void)state;
    expect_preview(
        "kind: deal\nformat: ndjson\nfields: {deal_key: id, created_at: meta.at, name: whole}\nalso:\n"
        "  - {kind: deal_contact, each: who, fields: {deal_key: ../id, contact_key: id}}\n",
        10,
        TEXT("{\"id\":1,\"meta\":{\"at\":2,\"by.x\":{\"name\":3}},\"whole\":{\"not\":1},\"list\":[{\"a\":1},{\"b\":2}],"
             "\"who\":[{\"id\":5,\"fax\":6},{\"id\":7,\"fax\":8,\"phone\":null}]}\n"),
        "deal, line 1\n"
        "    deal_key    1\n"
        "    name        {\"not\":1}\n"
        "    created_at  2\n"
        "    not given: account_key, owner, stage, amount, currency, is_won, is_closed, closed_at, updated_at, "
        "merged_into, is_deleted\n"
        "\n"
        "deal_contact, line 1\n"
        "    deal_key     1\n"
        "    contact_key  5\n"
        "    not given: email, role, is_primary, updated_at, is_deleted\n"
        "\n"
        "deal_contact, line 1\n"
        "    deal_key     1\n"
        "    contact_key  7\n"
        "    not given: email, role, is_primary, updated_at, is_deleted\n"
        "\n"
        "source keys not mapped: meta.by\\.x.name, list.0.a, who.fax, who.phone\n");
}

static void names_xml_elements(void **state)
{
    (void)state;
    expect_preview("format: xml\nrecord: r\nfields: {currency: '@c', day: a/d, rate: a/r}\n", 1,
                   TEXT("<x><r c='USD' z='1'><a t='2'><d>1</d><e>2</e><r>3</r></a><e><f/></e></r><r/></x>"),
                   "rate, line 1\n    currency  USD\n    day       1\n    rate      3\n\n"
                   "source elements not mapped: @z, a/@t, a/e, e/f\n");
}

static void names_elements_as_selectors_do(void **state)
{
    (void)state;
    expect_preview("format: ndjson\nfields: {currency: 'p[key=c].value.s', day: d, rate: r}\n", 1,
                   TEXT("{\"d\":1,\"r\":2,\"p\":[{\"key\":\"c\",\"value\":{\"s\":\"USD\",\"i\":1}},"
                        "{\"value\":{\"i\":3},\"key\":\"session\"},{\"other\":4}]}\n"),
                   "rate, line 1\n    currency  USD\n    day       1\n    rate      2\n\n"
                   "source keys not mapped: p[key=c].value.i, p[key=session].value.i\n");
    expect_preview("format: xml\nrecord: r\nfields: {currency: 'p[@key=c]', day: 'q[k=d]/v', rate: '@r'}\n", 1,
                   TEXT("<x><r r='1'><p key='c'>USD</p><p key='e' s='t'>EUR</p><q><k>d</k><v>2</v><w>3</w></q>"
                        "<q><v>4</v><k>f</k></q><q><u>5</u></q></r></x>"),
                   "rate, line 1\n    currency  USD\n    day       2\n    rate      1\n\n"
                   "source elements not mapped: p[@key=e]/@s, p[@key=e], q[k=d]/w, q[k=f]/v, q/u\n");
}

static void names_columns_of_groups(void **state)
{
    (void)state;
    expect_preview("format: csv\neach: {columns: a_#_}\nfields: {currency: c, day: ../d, rate: r}\n", 1,
                   TEXT("d,a_0_c,a_0_kind,a_1_c,a_1_kind,a_x,b,a_1_r\n1,USD,,,,,,\n"),
                   "rate, line 2\n    currency  USD\n    day       1\n    not given: rate\n\n"
                   "source columns not mapped: a_#_kind, a_x, b\n");
}

static void tells_where_values_come_from(void **state)
{
    (void)state;
    check_write_string("stages.csv", "id,won\ns1,1\n");
    expect_shown(
        "kind: deal\nformat: csv\nlookups: {stages: {path: stages.csv, key: id}}\nfields:\n"
        "  deal_key: {from: Id, form: lower}\n  name: {join: [A, B, X], default: none}\n"
        "  created_at: [Made, Created]\n  stage: {from: Stage, map: {s2: x}}\n"
        "  is_won: {from: Stage, lookup: stages, take: won, map: {1: true}, default: false}\n"
        "  is_closed: {from: X, map: {a: b}, default: c}\n  currency: {value: EUR}\n"
        "  amount: {from: Sum, default: 0}\n  owner: 'J -> o.name'\n  account_key: {from: [X, J -> z], default: d}\n"
        "also:\n  - {kind: deal_contact, each: {split: C}, fields: {deal_key: ../Id, contact_key: .}}\n"
        "  - {kind: lead, each: {columns: p_#_}, fields: {contact_key: key, name: '../J -> o.name'}}\n",
        1,
        TEXT("Id,A,B,Made,Created,Stage,Sum,J,C,X,p_0_key\n"
             "X1,a,b,,2026-01-01,s1,,\"{\"\"o\"\":{\"\"name\"\":\"\"Ann\"\"}}\",1,,k\n"),
        true,
        "deal, line 2\n"
        "    deal_key     x1          <- Id 'X1', as lower\n"
        "    name         a b         <- A and B\n"
        "    account_key  d           <- nothing, so the default\n"
        "    owner        Ann         <- J -> o.name\n"
        "    stage        s1          <- Stage\n"
        "    amount       0           <- Sum: nothing, so the default\n"
        "    currency     EUR         <- always\n"
        "    is_won       true        <- Stage 's1', looked up in stages: won, mapped\n"
        "    is_closed    c           <- nothing, so the default\n"
        "    created_at   2026-01-01  <- Created\n"
        "    not given: closed_at, updated_at, merged_into, is_deleted\n\n"
        "deal_contact, line 2\n"
        "    deal_key     X1  <- ../Id\n"
        "    contact_key  1   <- a piece of C\n"
        "    not given: email, role, is_primary, updated_at, is_deleted\n\n"
        "lead, line 2\n"
        "    contact_key  k    <- p_#_key\n"
        "    name         Ann  <- ../J -> o.name\n"
        "    not given: email, other_emails, company, account_key, title, employees, country, industry, "
        "phone, stage, owner, source_detail, created_at, updated_at, merged_into, is_deleted\n\n"
        "source columns not mapped: none\n");
}

/* 1772442000 is 2026-03-02 09:00:00 UTC (date -u -d @1772442000). */
static void tells_what_counted_times_are(void **state)
{
    (void)state;
    expect_shown("kind: activity\nformat: csv\ntime_format: [iso, epoch_ms]\n"
                 "fields: {activity_key: i, contact_key: c, kind: {value: call}, happened_at: t, updated_at: u}\n",
                 1, TEXT("i,c,t,u\n1,2,1772442000500,2026-03-02\n"), true,
                 "activity, line 2\n"
                 "    activity_key  1              <- i\n"
                 "    contact_key   2              <- c\n"
                 "    kind          call           <- always\n"
                 "    happened_at   1772442000500  <- t: 2026-03-02T09:00:00.500000Z\n"
                 "    updated_at    2026-03-02     <- u\n"
                 "    not given: email, deal_key, direction, subject, outcome, owner, duration_seconds, is_deleted\n\n"
                 "source columns not mapped: none\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_records_rejects_and_columns),
        cmocka_unit_test(skips_what_filters_leave_out),
        cmocka_unit_test(cuts_long_values),
        cmocka_unit_test(names_json_keys),
        cmocka_unit_test(names_xml_elements),
        cmocka_unit_test(names_elements_as_selectors_do),
        cmocka_unit_test(names_columns_of_groups),
        cmocka_unit_test(tells_where_values_come_from),
        cmocka_unit_test(tells_what_counted_times_are),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
