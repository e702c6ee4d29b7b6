#include "tests/unit/common/config/config_check.h"

#define SITES "classification: {sites: sites.tsv}\n"
#define BOTS "classification: {bots: ./bots.tsv}\n"
#define VIEWS "sources: [{name: w, kind: view, format: csv, path: w.csv, fields: {viewed_at: t, url: u}}]\n"
#define ONE_SITE "# date: 2026-01-01\ncategory\tpattern\tsource\nsearch\tx.example\tx\n"
#define TWO_SITES "# date: 2026-02-01\n# more\ncategory\tpattern\tsource\nsearch\tx.example\tx\nai\ty.example\ty\n"

/* Another list makes other batches of views, and of nothing else; its date alone does not. */
static void lists_decide_what_views_become(void **state)
{
    Fixture *fixture = *state;
    Key shipped = digest_of(fixture, VIEWS);
    assert_string_equal(fixture->config.classification.sites.name, "sites.tsv");
    write_list(fixture, "sites.tsv", ONE_SITE);
    write_list(fixture, "bots.tsv", "# date: 2026-01-01\nsays\tword\nrobot\tbot\n");
    Key own = digest_of(fixture, VIEWS SITES);
    assert_int_equal(fixture->config.classification.sites.row_count, 1);
    assert_memory_not_equal(&shipped, &own, sizeof own);
    write_list(fixture, "sites.tsv", "# date: 2026-01-02\n# new\n" ONE_SITE + strlen("# date: 2026-01-01\n"));
    Key same = digest_of(fixture, VIEWS SITES);
    assert_memory_equal(&same, &own, sizeof own);
    write_list(fixture, "sites.tsv", TWO_SITES);
    Key more = digest_of(fixture, VIEWS SITES);
    assert_memory_not_equal(&more, &own, sizeof own);
    Key robots = digest_of(fixture, VIEWS BOTS);
    assert_memory_not_equal(&robots, &shipped, sizeof shipped);

    char with_list[8192];
    snprintf(with_list, sizeof with_list, "%s%s", deals("csv", FIELDS, ""), SITES);
    Key deals_own = digest_of(fixture, with_list), deals_shipped = digest_of(fixture, deals("csv", FIELDS, ""));
    assert_memory_equal(&deals_own, &deals_shipped, sizeof deals_own);
    Key also = digest_of(fixture, deals("csv", FIELDS, "    also: [{kind: view, fields: {viewed_at: t, url: u}}]\n"));
    snprintf(with_list, sizeof with_list, "%s%s",
             deals("csv", FIELDS, "    also: [{kind: view, fields: {viewed_at: t, url: u}}]\n"), SITES);
    Key also_own = digest_of(fixture, with_list);
    assert_memory_not_equal(&also, &also_own, sizeof also);
}

#define FREE_MAIL "classification: {free_mail: free_mail.tsv}\n"

/* Another list of free mail makes other batches of what has addresses of people or domains of accounts, and of nothing
 * else. */
static void free_mail_decides_what_people_and_accounts_become(void **state)
{
    static const struct {
        const char *kind, *fields;
        bool is_other;
    } sources[] = {
        {"lead", "{contact_key: a, email: b}", true},
        {"lead", "{contact_key: a}", false},
        {"identity", "{visitor: a, identified_at: b, email: c}", true},
        {"account", "{account_key: a, domain: b}", true},
        {"account", "{account_key: a}", false},
        {"deal_contact", "{deal_key: a, email: b}", true},
        {"deal_contact", "{deal_key: a, contact_key: b}", false},
        {"view", "{viewed_at: a, url: b, email: c}", true},
        {"view", "{viewed_at: a, url: b}", false},
        {"deal", "{deal_key: a, created_at: b}", false},
        {"activity", "{activity_key: a, email: b, happened_at: c}", false},
    };
    Fixture *fixture = *state;
    write_list(fixture, "free_mail.tsv", "# date: 2026-01-01\nkind\tdomain\nmail\tfree.example\n");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        char config[1024];
        snprintf(config, sizeof config,
                 FREE_MAIL "sources: [{name: s, kind: %s, format: csv, path: s.csv, fields: %s}]\n", sources[i].kind,
                 sources[i].fields);
        Key own = digest_of(fixture, config), shipped = digest_of(fixture, config + strlen(FREE_MAIL));
        if (key_equal(&own, &shipped) == sources[i].is_other)
            fail_msg("%s %s", sources[i].kind, sources[i].fields);
    }
}

static void refuses_lists(void **state)
{
    Fixture *fixture = *state;
    char message[5000];
    snprintf(message, sizeof message, "1:25: cannot read %s/none.tsv: No such file or directory", fixture->folder);
    assert_refused(fixture, "classification: {sites: none.tsv}\n", message, NULL);
    assert_refused(fixture, "classification: {site: none.tsv}\n", "1:18: unknown key 'site'", NULL);
    write_list(fixture, "bots.tsv", "# date: 2026-01-01\nsays\tword\nrobot\n");
    write_config(fixture, BOTS);
    assert_int_equal(config_load(fixture->path, &fixture->config, &fixture->error), STATUS_ERROR);
    snprintf(message, sizeof message, "%s/bots.tsv:3: has 1 column, not 2: says, word", fixture->folder);
    assert_string_equal(fixture->error.message, message);
    assert_int_equal(fixture->error.code, ERROR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_decide_what_views_become),
        TEST(free_mail_decides_what_people_and_accounts_become),
        TEST(refuses_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
