#include "tests/unit/extract/extract_check.h"

#include <zlib.h>

#define LEAD                                                                                                           \
    "kind: lead\nformat: ndjson\nlookups: {stages: {path: stages.csv, key: stage_id}}\nfields: {contact_key: id, "

static const char stages[] =
    "label,stage_id,closed_won,Note\nWon,s1,true,\nLost,s2,false,\n,,x,\n\"Ne\xC3\xA4\",S1,,n\n"
    "Won,s1,true,another\n";

static void looks_things_up(void **state)
{
    (void)state;
    check_write_string("stages.csv", stages);
    expect(LEAD
           "stage: {from: s, lookup: stages, take: label}, name: {from: [t, s], lookup: stages, take: closed_won}}\n",
           "{\"id\":1,\"s\":\"s1\"}\n{\"id\":2,\"s\":\"s2\",\"t\":\"S1\"}\n{\"id\":3,\"s\":\"s9\"}\n{\"id\":4}\n"
           "{\"id\":5,\"s\":\"\\u0073\\u0031\"}\n",
           "lead 1 contact_key=1 name=true stage=Won\nlead 2 contact_key=2 stage=Lost\nlead 3 contact_key=3\n"
           "lead 4 contact_key=4\nlead 5 contact_key=5 name=true stage=Won\n");
}

static void combines_with_form_map_and_default(void **state)
{
    (void)state;
    check_write_string("stages.csv", stages);
    expect(LEAD
           "stage: {from: s, form: lower, lookup: stages, take: closed_won, map: {true: Yes, '': none}, default: No}, "
           "name: {join: [a, b], with: '', lookup: stages, take: label, default: unknown}}\n",
           "{\"id\":1,\"s\":\"S1\",\"a\":\"s\",\"b\":2}\n{\"id\":2,\"s\":\"s2\"}\n{\"id\":3,\"s\":\"s3\"}\n",
           "lead 1 contact_key=1 name=Lost stage=Yes\nlead 2 contact_key=2 name=unknown stage=No\n"
           "lead 3 contact_key=3 name=unknown stage=none\n");
}

static void reads_other_formats(void **state)
{
    (void)state;
    check_write_string("n.ndjson", "{\"k\":{\"id\":7},\"v\":{\"a\":\"\\u00e4\"}}\n{\"k\":{\"id\":8}}\n");
    expect("kind: lead\nformat: csv\nlookups: {n: {path: n.ndjson, key: k.id, format: ndjson}}\n"
           "fields: {contact_key: id, name: {from: id, lookup: n, take: v.a}}\n",
           "id\n7\n8\n", "lead 2 contact_key=7 name=\xC3\xA4\nlead 3 contact_key=8\n");
    check_write_string("t.tsv", "id\tv\n7\ta\"b\n");
    expect("kind: lead\nformat: csv\nlookups: {t: {path: t.tsv, key: id, format: tsv}}\n"
           "fields: {contact_key: id, name: {from: id, lookup: t, take: v}}\n",
           "id\n7\n", "lead 2 contact_key=7 name=a\"b\n");
    check_write_string("s.csv", "id;v\n7;\"a;b\"\n");
    expect(
        "kind: lead\nformat: csv\nlookups: {s: {path: s.csv, key: id, delimiter: ;}, unused: {path: nowhere, key: x}}\n"
        "fields: {contact_key: id, name: {from: id, lookup: s, take: v}}\n",
        "id\n7\n", "lead 2 contact_key=7 name=a;b\n");
    gzFile file = gzopen(check_path("s.csv"), "wb");
    gzputs(file, "id;v\n7;z\n");
    gzclose(file);
    expect("kind: lead\nformat: csv\nlookups: {s: {path: s.csv, key: id, delimiter: ;}}\n"
           "fields: {contact_key: id, name: {from: id, lookup: s, take: v}}\n",
           "id\n7\n", "lead 2 contact_key=7 name=z\n");
}

/* Loads what the stages are in, and expects this failure, in which @ stands for the folder. */
static void expect_bad_lookup(const char *message, const char *hint, ErrorCode code)
{
    char expected[1024];
    size_t place = strcspn(message, "@");
    snprintf(expected, sizeof expected, "%.*s%s%s", (int)place, message, check_folder, message + place + 1);
    expect_failure(LEAD "stage: {from: s, lookup: stages, take: label}}\n", TEXT("{}\n"), code, expected, hint);
}

static void refuses_bad_tables(void **state)
{
    (void)state;
    unlink(check_path("stages.csv"));
    expect_bad_lookup("lookup 'stages': @/stages.csv: No such file or directory", "", ERROR_NO_INPUT);
    check_write_string("stages.csv", "stage_id,lable\n1,2\n");
    expect_bad_lookup("lookup 'stages': @/stages.csv: has no column 'label'",
                      "did you mean 'lable'? columns: stage_id, lable", ERROR_DATA);
    check_write_string("stages.csv", "stage_id,label\n1,2\n3\n");
    expect_bad_lookup("lookup 'stages': @/stages.csv: line 3: ragged: 1 column instead of 2", "", ERROR_DATA);
    check_write_string("stages.csv", "stage_id,label\n1,\xFF\n");
    expect_bad_lookup("lookup 'stages': @/stages.csv: line 2: bad_utf8: holds bytes that are no UTF-8", "", ERROR_DATA);
    check_write_string("stages.csv", "stage_id,label\n1,a\n2,b\n1,a\n1,c\n");
    expect_bad_lookup("lookup 'stages': @/stages.csv: line 5: the key '1' was given in line 2, and said something else",
                      "a lookup has one row for each key, unless it says 'several: first'", ERROR_DATA);
}

static void takes_the_first_of_several_rows_if_told(void **state)
{
    (void)state;
    check_write_string("stages.csv", "stage_id,label\n1,a\n2,b\n1,c\n");
    expect("kind: lead\nformat: csv\nlookups: {s: {path: stages.csv, key: stage_id, several: first}}\n"
           "fields: {contact_key: id, name: {from: id, lookup: s, take: label}}\n",
           "id\n1\n2\n", "lead 2 contact_key=1 name=a\nlead 3 contact_key=2 name=b\n");
}

static void stops_at_the_ceiling(void **state)
{
    (void)state;
    FILE *file = fopen(check_path("stages.csv"), "wb");
    fputs("stage_id,label\n", file);
    for (int i = 0; i < (33 << 20) / 64; i++)
        fprintf(file, "%09d,%053d\n", i, i);
    fclose(file);
    expect_bad_lookup("lookup 'stages': @/stages.csv: is larger than the 32 MiB that a lookup may have",
                      "take only the columns and rows that are looked up, or join the files before", ERROR_DATA);
    /* Lines that are nothing count, too. */
    gzFile zipped = gzopen(check_path("stages.csv"), "wb1");
    char lines[1 << 16];
    memset(lines, '\n', sizeof lines);
    gzputs(zipped, "stage_id,label\n");
    for (size_t i = 0; i <= (32 << 20) / sizeof lines; i++)
        gzwrite(zipped, lines, sizeof lines);
    gzclose(zipped);
    expect_bad_lookup("lookup 'stages': @/stages.csv: is larger than the 32 MiB that a lookup may have",
                      "take only the columns and rows that are looked up, or join the files before", ERROR_DATA);
}

static void stops_at_too_many_rows(void **state)
{
    (void)state;
    FILE *file = fopen(check_path("stages.csv"), "wb");
    fputs("stage_id,label\n", file);
    for (int i = 0; i <= 3 << 20; i++)
        fprintf(file, "%x,\n", (unsigned)i);
    fclose(file);
    expect_bad_lookup("lookup 'stages': @/stages.csv: has more rows than a lookup may have: 3145728",
                      "take only the columns and rows that are looked up, or join the files before", ERROR_DATA);
}

static void holds_many_rows(void **state)
{
    (void)state;
    FILE *file = fopen(check_path("stages.csv"), "wb");
    fputs("stage_id,label\n", file);
    for (int i = 0; i < 100000; i++)
        fprintf(file, "k%d,v%d\n", i, i * 7);
    fclose(file);
    expect(LEAD "stage: {from: s, lookup: stages, take: label}}\n",
           "{\"id\":1,\"s\":\"k0\"}\n{\"id\":2,\"s\":\"k99999\"}\n{\"id\":3,\"s\":\"k100000\"}\n",
           "lead 1 contact_key=1 stage=v0\nlead 2 contact_key=2 stage=v699993\nlead 3 contact_key=3\n");
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

static void refuses_what_is_no_lookup(void **state)
{
    (void)state;
    static const char fields[] =
        "format: csv\nkind: lead\nfields: {contact_key: a, name: {from: b, lookup: st, take: c}}\n";
    char lines[512];
    static const struct {
        const char *lookups, *message, *hint;
    } cases[] = {
        {"", "7:54: unknown lookup 'st'", "name it under the source's 'lookups': {path: FILE, key: COLUMN}"},
        {"lookups: {sto: {path: a, key: b}}\n", "8:54: unknown lookup 'st'", NULL},
        {"lookups: [a]\n", "5:14: 'lookups' must be a mapping of names to tables, not a list",
         "lookups: {stages: {path: stages.csv, key: stage_id}}"},
        {"lookups: {st: a.csv}\n", "5:19: the lookup 'st' must be a mapping, not 'a.csv'",
         "such as {path: st.csv, key: id}"},
        {"lookups: {st: {path: a}}\n", "5:19: the required key 'key' is missing", NULL},
        {"lookups: {st: {path: a, key: b, format: xml}}\n", "5:45: unknown format 'xml'", NULL},
        {"lookups: {st: {path: a, key: b..c, format: ndjson}}\n", "5:34: 'b..c' is no path: a step is empty", NULL},
        {"lookups: {st: {path: a, key: b, format: ndjson, delimiter: x}}\n",
         "5:53: 'delimiter' is for csv and tsv, and this lookup is ndjson", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(lines, sizeof lines, "%s%s", cases[i].lookups, fields);
        expect_refused(lines, cases[i].message, cases[i].hint);
    }
    expect_refused("kind: lead\nformat: csv\nfields: {contact_key: a, name: {from: b, lookup: st}}\n",
                   "7:36: 'lookup' and 'take' go together: in which table, and which of its columns", NULL);
    expect_refused("kind: lead\nformat: csv\nfields: {contact_key: a, name: {from: b, take: st}}\n",
                   "7:36: 'lookup' and 'take' go together: in which table, and which of its columns", NULL);
}

static void digests_what_is_looked_up(void **state)
{
    (void)state;
    static const char *const tables[] = {"stage_id,label,closed_won\n1,2,3\n", "stage_id,label,closed_won\n1,2,4\n"};
    static const char *const lines[] = {LEAD "stage: {from: s, lookup: stages, take: label}}\n",
                                        LEAD "stage: {from: s, lookup: stages, take: closed_won}}\n"};
    Key keys[4], given[4];
    for (size_t i = 0; i < 4; i++) {
        Error error = ERROR_INIT;
        cleanup(config_done) Config config = {0};
        cleanup(mapping_done) Mapping mapping = {0};
        check_write_string("stages.csv", tables[i % 2]);
        assert_int_equal(STATUS_OK, check_load(lines[i / 2], &config, &error));
        assert_int_equal(STATUS_OK, mapping_compile(&config.sources[0], &mapping, &error));
        keys[i] = mapping.digest;
        given[i] = config.sources[0].mapping_digest;
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(&keys[i], &keys[j], sizeof(Key));
    }
    /* Transform sees the configuration alone, and no table. */
    assert_memory_equal(&given[0], &given[1], sizeof(Key));
    assert_memory_not_equal(&given[0], &given[2], sizeof(Key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_things_up),
        cmocka_unit_test(combines_with_form_map_and_default),
        cmocka_unit_test(reads_other_formats),
        cmocka_unit_test(refuses_bad_tables),
        cmocka_unit_test(takes_the_first_of_several_rows_if_told),
        cmocka_unit_test(stops_at_the_ceiling),
        cmocka_unit_test(stops_at_too_many_rows),
        cmocka_unit_test(holds_many_rows),
        cmocka_unit_test(refuses_what_is_no_lookup),
        cmocka_unit_test(digests_what_is_looked_up),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
