/* Addresses: joined, compared, their parameters. */
#include "extract/transport/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char base[] = "https://api.example:8443/v1/deals?limit=2&after=a#x";

static void assert_resolves(const char *reference, const char *expected)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(100000);
    const char *address = NULL;
    assert_int_equal(address_resolve(base, text_from(reference), &arena, &address, &error),
                     expected ? STATUS_OK : STATUS_ERROR);
    if (expected)
        assert_string_equal(address, expected);
    else
        assert_null(address);
}

static void resolves_references(void **state)
{
    (void)state;
    assert_resolves("/services/query/01g-2000", "https://api.example:8443/services/query/01g-2000");
    assert_resolves("https://other.example/x?y=1#z", "https://other.example/x?y=1");
    assert_resolves("?after=b", "https://api.example:8443/v1/deals?after=b");
    assert_resolves("next", "https://api.example:8443/v1/next");
    assert_resolves("../v2/x", "https://api.example:8443/v2/x");
    assert_resolves("//other.example/x", "https://other.example/x");
    assert_resolves("", NULL);
    assert_resolves("/a b", NULL);
    assert_resolves("/a\r\nX: y", NULL);
    assert_resolves("file:///etc/passwd", NULL);
    assert_resolves("ftp://api.example/", NULL);
    assert_resolves("https://me:secret@api.example:8443/", NULL);
    assert_resolves("https://me@api.example:8443/", NULL);
}

static void knows_a_server_by_scheme_host_and_port(void **state)
{
    (void)state;
    assert_true(address_is_same_server("https://a.example/x", "https://A.example:443/y?z"));
    assert_false(address_is_same_server("https://a.example/", "http://a.example/"));
    assert_false(address_is_same_server("https://a.example/", "https://a.example:444/"));
    assert_false(address_is_same_server("https://a.example/", "https://b.a.example/"));
    assert_false(address_is_same_server("https://a.example/", "https://a.example.evil.example/"));
    assert_false(address_is_same_server("https://a.example/", "https://a.example@evil.example/"));
    assert_false(address_is_same_server("https://a.example/", "nonsense://"));
    assert_true(address_is_loopback("http://127.0.0.1:8080/x"));
    assert_true(address_is_loopback("http://[::1]/x"));
    assert_true(address_is_loopback("http://localhost/x"));
    assert_false(address_is_loopback("http://localhost.example/x"));
    assert_false(address_is_loopback("http://127.0.0.1.example/x"));
}

static void sets_and_drops_parameters(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(100000);
    assert_string_equal(address_with("https://a.example/x", TEXT("q"), TEXT("a b&c=\xC3\xA9+%"), &arena),
                        "https://a.example/x?q=a%20b%26c%3D%C3%A9%2B%25");
    assert_string_equal(address_with("https://a.example/x?after=1&limit=2", TEXT("after"), TEXT("3"), &arena),
                        "https://a.example/x?limit=2&after=3");
    assert_string_equal(address_with("", TEXT("a"), TEXT(""), &arena), "?a=");
    assert_string_equal(address_without("https://a.example/x?key=s&b=1&%6Bey=t&key", TEXT("key"), &arena),
                        "https://a.example/x?b=1");
    assert_string_equal(address_without("https://a.example/x?key=s", TEXT("key"), &arena), "https://a.example/x");
    assert_string_equal(address_without("https://a.example/x?keys=s&&%zz=1", TEXT("key"), &arena),
                        "https://a.example/x?keys=s&%zz=1");
    assert_string_equal(address_place("https://a.example/x?key=s", &arena), "https://a.example/x");
    cleanup(arena_done) Arena small = arena_make(8);
    assert_null(address_with("https://a.example/", TEXT("a"), TEXT("b"), &small));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_references),
        cmocka_unit_test(knows_a_server_by_scheme_host_and_port),
        cmocka_unit_test(sets_and_drops_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
