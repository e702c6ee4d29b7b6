#include "tests/unit/common/config/config_check.h"

/* The same content is the same mapping; another content is another. */
static void digests_what_decides(void **state)
{
    Fixture *fixture = *state;
    const char *more = "    only: {a: [x, y], b: z}\n    own_hosts: [p, q]\n";
    Key first = digest_of(fixture, deals("csv", "{deal_key: Id, created_at: Made, name: N}", more));
    Key same = digest_of(fixture, deals("csv", "{name: N, created_at: Made, deal_key: {from: Id}}",
                                        "    own_hosts: [q, p]\n    only: {b: [z], a: [y, x]}\n    quote: '\"'\n"
                                        "    max_rejects: 3\n    max_deleted: 1%\n"));
    assert_memory_equal(&first, &same, sizeof first);
    same = digest_of(fixture, "spool: /x\nreporting: {timezone: UTC, currency: eur}\nsources:\n"
                              "- {name: deals, kind: deal, path: elsewhere, format: csv, own_hosts: [p, q],\n"
                              "   fields: {deal_key: Id, created_at: Made, name: N}, only: {a: [x, y], b: z}}\n");
    assert_memory_equal(&first, &same, sizeof first);
    static const char *const others[] = {
        "    system: crm\n",
        "    mode: upsert\n",
        "    timezone: Europe/Berlin\n",
        "    time_format: epoch\n",
        "    delimiter: ';'\n",
        "    quote: \"\"\n",
        "    decimal: ','\n",
        "    grouping: ','\n",
        "    record_ceiling: 2MiB\n",
        "    keep_parameters: []\n",
        "    base_url: http://x\n",
        "    own_hosts: []\n",
        "    only: {a: b}\n",
        "    only: {a: [b, c]}\n",
        "    only: {a: {like: b}}\n",
        "    unless: {a: b}\n",
        "    time_format: [iso, epoch]\n",
        "    also: [{kind: lead, fields: {email: E}}]\n",
        "reporting: {currency: USD}\n",
    };
    Key keys[sizeof others / sizeof others[0] + 1];
    size_t count = 0;
    keys[count++] = digest_of(fixture, deals("csv", FIELDS, ""));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        keys[count] = digest_of(fixture, deals("csv", FIELDS, others[i]));
        for (size_t j = 0; j < count; j++)
            assert_memory_not_equal(&keys[count], &keys[j], sizeof(Key));
        count++;
    }
    Key constant = digest_of(fixture, deals("csv", "{deal_key: {value: Id}, created_at: Made}", ""));
    assert_memory_not_equal(&constant, &keys[0], sizeof(Key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digests_what_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
