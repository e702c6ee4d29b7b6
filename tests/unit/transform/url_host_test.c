#include "transform/url_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_host(const char *raw, const char *expected)
{
    char out[URL_HOST_SPACE(256)];
    size_t size = url_host_canonical(text_from(raw), out);
    if (size != strlen(expected) || memcmp(out, expected, size) != 0)
        fail_msg("%s: %.*s, not %s", raw, (int)size, out, expected);
}

static void test_names(void **state)
{
    (void)state;
    assert_host("Example.COM", "example.com");
    assert_host("example.com.", "example.com.");
    assert_host("ex%41mple.com", "example.com");
    assert_host("a_b-c.example", "a_b-c.example");
    assert_host("xn--bcher-kva.example", "xn--bcher-kva.example");
    assert_host("1.example", "1.example");
    assert_host("0x.example", "0x.example");
    assert_host("", "");
    assert_host("a b", "");
    assert_host("a%20b", "");
    assert_host("a%2Fb", "");
    assert_host("a%00b", "");
    assert_host("a%b", "");
    assert_host("a:b", "");
    assert_host("a@b", "");
    assert_host("a[b]", "");
}

/* Other letters stay as they are; what is mapped changes where labels end or hides a byte. */
static void test_other_letters(void **state)
{
    (void)state;
    assert_host("b\xC3\xBC"
                "cher.EXAMPLE",
                "b\xC3\xBC"
                "cher.example");
    assert_host("b%C3%BCcher.example", "b\xC3\xBC"
                                       "cher.example");
    assert_host("\xEF\xBC\xA7\xEF\xBD\x8F.com", "go.com"); /* full-width Go */
    assert_host("a\xE3\x80\x82"
                "b",
                "a.b"); /* ideographic full stop */
    assert_host("a\xC2\xAD"
                "b.com",
                "ab.com"); /* soft hyphen */
    assert_host("\xC2\xAD", "");
    assert_host("\xEF\xBC\x85\xEF\xBC\x90\xEF\xBC\x90.com", ""); /* full-width %00 */
    assert_host("a\xC2\xA0"
                "b.com",
                "");                      /* no-break space */
    assert_host("a\xEF\xBF\xBD.com", ""); /* U+FFFD */
    assert_host("a\xEF\xB7\x90.com", ""); /* a noncharacter */
    assert_host("a\xC3.com", "");
    assert_host("a%80.com", "");
    assert_host("\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.1", "127.0.0.1"); /* full-width digits */
}

static void test_ipv4(void **state)
{
    (void)state;
    assert_host("192.168.0.1", "192.168.0.1");
    assert_host("0", "0.0.0.0");
    assert_host("127.1", "127.0.0.1");
    assert_host("0x7F.1", "127.0.0.1");
    assert_host("0177.0.0.01", "127.0.0.1");
    assert_host("4294967295", "255.255.255.255");
    assert_host("0xffffffff", "255.255.255.255");
    assert_host("1.2.3.4.", "1.2.3.4");
    assert_host("%31.2.3.4", "1.2.3.4");
    assert_host("0x", "0.0.0.0");
    assert_host("4294967296", "");
    assert_host("256.1.1.1", "");
    assert_host("1.2.3.256", "");
    assert_host("1.2.3.4.5", "");
    assert_host("1.2.3.08", "");
    assert_host("a.1", "");
    assert_host("1..2", "");
    assert_host("99999999999999999999999999", "");
}

static void test_ipv6(void **state)
{
    (void)state;
    assert_host("[::]", "[::]");
    assert_host("[::1]", "[::1]");
    assert_host("[1::]", "[1::]");
    assert_host("[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]");
    assert_host("[1:0:0:2:0:0:0:3]", "[1:0:0:2::3]");
    assert_host("[1:0:2:0:3:0:4:0]", "[1:0:2:0:3:0:4:0]"); /* one zero is not compressed */
    assert_host("[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]");
    assert_host("[::127.0.0.1]", "[::7f00:1]");
    assert_host("[::ffff:1.2.3.4]", "[::ffff:102:304]");
    assert_host("[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7:0]");
    assert_host("[]", "");
    assert_host("[", "");
    assert_host("[:1]", "");
    assert_host("[1:]", "");
    assert_host("[::1::]", "");
    assert_host("[1:2:3:4:5:6:7:8:9]", "");
    assert_host("[::1:2:3:4:5:6:7:8]", "");
    assert_host("[1:2:3:4:5:6:7]", "");
    assert_host("[12345::]", "");
    assert_host("[g::]", "");
    assert_host("[::1.2.3]", "");
    assert_host("[::1.2.3.04]", "");
    assert_host("[::1.2.3.256]", "");
    assert_host("[::1.2.3.4.5]", "");
    assert_host("[1:2:3:4:5:6:7:1.2.3.4]", "");
    assert_host("[::1]x", "");
    assert_host("[::%31]", "");
    assert_host("[::1%eth0]", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_other_letters),
        cmocka_unit_test(test_ipv4),
        cmocka_unit_test(test_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
