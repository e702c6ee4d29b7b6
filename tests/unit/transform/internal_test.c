#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/internal.h"

#include <string.h>

static void test_addresses(void **state)
{
    (void)state;
    IpRange ranges[2];
    assert_null(ip_range_parse(TEXT("10.0.0.0/8"), &ranges[0]));
    assert_null(ip_range_parse(TEXT("2001:db8::/32"), &ranges[1]));
    Traffic traffic = {.internal_ranges = ranges, .internal_range_count = 2}, none = {.internal_range_count = 0};
    assert_true(internal_by_address(&traffic, TEXT("10.1.2.3")));
    assert_true(internal_by_address(&traffic, TEXT("[2001:db8::7]:443")));
    assert_false(internal_by_address(&traffic, TEXT("192.0.2.1")));
    assert_false(internal_by_address(&traffic, TEXT("-")));
    assert_false(internal_by_address(&traffic, TEXT_NULL));
    assert_false(internal_by_address(&none, TEXT("10.1.2.3")));
}

static void test_parameters(void **state)
{
    (void)state;
    static const Text types[] = {{"internal", 8}, {"a b", 3}}, nothing[] = {{"", 0}};
    static const TrafficParameter parameters[] = {{{"traffic_type", 12}, types, 2}, {{"preview", 7}, nothing, 1}};
    Traffic traffic = {.internal_parameters = parameters, .internal_parameter_count = 2},
            none = {.internal_parameter_count = 0};
    static const struct {
        const char *url;
        bool is_internal;
    } rows[] = {
        {"https://e.com/p?traffic_type=internal", true},
        {"/p?a=b&traffic_type=internal&c=d#top", true},
        {"?Traffic_Type=internal", true},
        {"?traffic%5Ftype=%69nternal", true},
        {"?traffic_type=a+b", true},
        {"?traffic_type=a%20b", true},
        {"?preview", true},
        {"?preview=", true},
        {"?preview=1", false},
        {"?traffic_type=Internal", false}, /* values as they stand */
        {"?traffic_type=internally", false},
        {"?xtraffic_type=internal", false},
        {"?traffic_type", false},
        {"https://e.com/traffic_type=internal", false},
        {"https://e.com/#?traffic_type=internal", false},
        {"?", false},
        {"?&&=&", false},
        {"", false},
        {"::::", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (internal_by_parameter(&traffic, text_from(rows[i].url)) != rows[i].is_internal)
            fail_msg("%s", rows[i].url);
    assert_false(internal_by_parameter(&traffic, TEXT_NULL));
    assert_false(internal_by_parameter(&none, TEXT("?traffic_type=internal")));
}

static void test_masks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200",
         "*** - - [05/Jan/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200"},
        {"{\"ip\":\"203.0.113.9\",\"at\":\"10:20:30\"}", "{\"ip\":\"***\",\"at\":\"10:20:30\"}"},
        {"ip:203.0.113.9:443, ip=2001:db8::1;", "ip:***:443, ip=***;"},
        {"from 203.0.113.9.", "from ***."},
        {"from [2001:db8::1]:443.", "from [***]:443."},
        {"http://203.0.113.9/x and https://[::1]/", "http://***/x and https://[***]/"},
        {"Chrome/126.0.0.0 Safari/537.36", "Chrome/126.0.0.0 Safari/537.36"},
        {"v1.2.3.4 1.2.3 1.2.3.4.5 1.2.3.400", "v1.2.3.4 1.2.3 1.2.3.4.5 1.2.3.400"},
        {"a::b c++ std::vector 00:1a:2b:3c:4d:5e :: : . ...", "*** c++ std::vector 00:1a:2b:3c:4d:5e :: : . ..."},
        {"::ffff:10.1.2.3,10.1.2.4", "***,***"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena arena = arena_make(1 << 16);
        Text masked = mask_ip_addresses(text_from(rows[i].text), &arena);
        if (!text_is(masked, rows[i].masked))
            fail_msg("%s: %.*s", rows[i].text, TEXT_PRINTF(masked));
        arena_done(&arena);
    }
    Arena full = arena_make(4);
    assert_null(mask_ip_addresses(TEXT("203.0.113.9"), &full).data);
    arena_done(&full);
}

/* A run of what addresses are made of is read once, however long it is. */
static void test_masks_in_time(void **state)
{
    (void)state;
    static char text[1 << 16];
    static const char *const runs[] = {":", "1", "1.", ":1", "1:.", ". "};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        size_t size = strlen(runs[i]);
        for (size_t at = 0; at < sizeof text; at++)
            text[at] = runs[i][at % size];
        Arena arena = arena_make(1 << 20);
        assert_non_null(mask_ip_addresses((Text){text, sizeof text}, &arena).data);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_masks_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
