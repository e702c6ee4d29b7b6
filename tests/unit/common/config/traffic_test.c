#include "tests/unit/common/config/config_check.h"

#define VIEWS "sources: [{name: w, kind: view, format: csv, path: w.csv, fields: {viewed_at: t, url: u}}]\n"

static void reads_traffic(void **state)
{
    Fixture *fixture = *state;
    Key without = digest_of(fixture, VIEWS);
    assert_int_equal(fixture->config.traffic.internal_range_count, 0);
    assert_int_equal(fixture->config.traffic.bots_above, 0);
    Key with = digest_of(fixture, VIEWS "traffic: {internal_addresses: [10.0.0.0/8, '2001:db8::/32'],\n"
                                        "  internal_parameters: {traffic_type: [internal, test], debug: 1},\n"
                                        "  bots_above: 2000}\n");
    const Traffic *traffic = &fixture->config.traffic;
    assert_int_equal(traffic->internal_range_count, 2);
    assert_int_equal(traffic->internal_ranges[0].bits, 104);
    assert_int_equal(traffic->internal_ranges[1].bits, 32);
    assert_int_equal(traffic->internal_parameter_count, 2);
    assert_text(traffic->internal_parameters[0].name, "traffic_type");
    assert_int_equal(traffic->internal_parameters[0].value_count, 2);
    assert_text(traffic->internal_parameters[0].values[1], "test");
    assert_text(traffic->internal_parameters[1].values[0], "1");
    assert_int_equal(traffic->bots_above, 2000);
    assert_memory_not_equal(&without, &with, sizeof with);
    /* What load decides makes no other batches. */
    Key counted = digest_of(fixture, VIEWS "traffic: {bots_above: 5}\n");
    assert_memory_equal(&without, &counted, sizeof counted);
    Key other = digest_of(fixture, VIEWS "traffic: {internal_addresses: 10.0.0.0/9}\n");
    Key same = digest_of(fixture, VIEWS "traffic: {internal_addresses: [10.0.0.0/8]}\n");
    assert_memory_not_equal(&other, &same, sizeof same);
    other = digest_of(fixture, VIEWS "traffic: {internal_parameters: {a: b}}\n");
    same = digest_of(fixture, VIEWS "traffic: {internal_parameters: {a: c}}\n");
    assert_memory_not_equal(&other, &same, sizeof same);

    assert_refused(fixture, "traffic: {internal_addresses: [10.0.0.1/8]}\n",
                   "1:31: '10.0.0.1/8' names an address within the range, not its first one", NULL);
    assert_refused(fixture, "traffic: {internal_addresses: office}\n",
                   "1:31: 'office' is no address such as 10.0.0.0/8 or 2001:db8::/32", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: [a]}\n",
                   "1:32: 'internal_parameters' must be a mapping of at most 100 names, not a list", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: []}}\n",
                   "1:36: 'a' needs a value or a list of at most 1000 values", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: {b: c}}}\n",
                   "1:36: a value of 'internal_parameters' must be text, not a mapping", NULL);
    assert_refused(fixture, "traffic: {internal_parameters: {a: }}\n",
                   "1:36: a value of 'internal_parameters' must be text, not empty", NULL);
    assert_refused(fixture, "traffic: {bots_above: 0}\n",
                   "1:23: the value of 'bots_above' must be from 1 to 1000000000, not 0", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_traffic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
