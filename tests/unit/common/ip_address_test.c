#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/ip_address.h"

static void test_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *same; /* NULL: no address */
    } rows[] = {
        {"10.1.2.3", "10.1.2.3"},
        {" 10.1.2.3 ", "10.1.2.3"},
        {"10.1.2.3:55123", "10.1.2.3"},
        {"10.1.2.3, 172.16.0.1", "10.1.2.3"},
        {"::ffff:10.1.2.3", "10.1.2.3"},
        {"2001:db8::1", "2001:0DB8:0:0:0:0:0:1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:443", "2001:db8::1"},
        {"fe80::1%eth0", "fe80::1"},
        {"2001:db8::1, 10.0.0.1", "2001:db8::1"},
        {"", NULL},
        {"-", NULL},
        {"unknown", NULL},
        {"10.1.2", NULL},
        {"10.1.2.256", NULL},
        {"10.1.2.3.4", NULL},
        {"010.1.2.3x", NULL},
        {"10.1.2.3:", NULL},
        {"10.1.2.3:http", NULL},
        {"10.1.2.3:1234567", NULL},
        {"[2001:db8::1", NULL},
        {"[2001:db8::1]x", NULL},
        {"[10.1.2.3]", NULL},
        {"2001:db8::g", NULL},
        {"1:2:3:4:5:6:7:8:9", NULL},
        {"host.example", NULL},
        {"1111111111111111111111111111111111111111111111111111111111111:", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        IpAddress address, same;
        if (ip_address_read(text_from(rows[i].text), &address) != (rows[i].same != NULL))
            fail_msg("'%s'", rows[i].text);
        if (!rows[i].same)
            continue;
        assert_true(ip_address_read(text_from(rows[i].same), &same));
        assert_memory_equal(&address, &same, sizeof same);
    }
    IpAddress address;
    assert_false(ip_address_read(TEXT_NULL, &address));
    assert_false(ip_address_read(TEXT("10.1.2.3\0"), &address));
}

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *range, *address;
        bool is_held;
    } rows[] = {
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "::ffff:10.9.9.9", true},
        {"192.0.2.0/25", "192.0.2.127", true},
        {"192.0.2.0/25", "192.0.2.128", false},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.7/32", "192.0.2.7", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "10.0.0.1", true},
        {"fe80::1", "fe80::1%eth0", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        IpRange range;
        IpAddress address;
        assert_null(ip_range_parse(text_from(rows[i].range), &range));
        assert_true(ip_address_read(text_from(rows[i].address), &address));
        if (ip_range_holds(&range, &address) != rows[i].is_held)
            fail_msg("%s %s", rows[i].range, rows[i].address);
    }
}

static void test_no_ranges(void **state)
{
    (void)state;
    static const char *const rest = "names an address within the range, not its first one";
    static const char *const none = "is no address such as 10.0.0.0/8 or 2001:db8::/32";
    static const char *const bits4 = "has no number of bits from 0 to 32 behind the slash";
    static const char *const bits6 = "has no number of bits from 0 to 128 behind the slash";
    const struct {
        const char *range, *flaw;
    } rows[] = {
        {"", none},
        {"10.0.0.0-10.0.0.9", none},
        {"10.*", none},
        {"10.0.0.0:80/8", none},
        {"10.0.0.1/8", rest},
        {"2001:db8::1/64", rest},
        {"10.0.0.0/", bits4},
        {"10.0.0.0/33", bits4},
        {"10.0.0.0/-1", bits4},
        {"10.0.0.0/+8", bits4},
        {"10.0.0.0/8x", bits4},
        {"::/129", bits6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        IpRange range;
        const char *flaw = ip_range_parse(text_from(rows[i].range), &range);
        assert_non_null(flaw);
        assert_string_equal(flaw, rows[i].flaw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_no_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
