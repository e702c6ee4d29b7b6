#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/classification.h"
#include "common/public_suffix.h"
#include "transform/company_domain.h"

#include <stdio.h>

static Arena lists;
static CompanyDomains shipped;

static int make_shipped(void **state)
{
    (void)state;
    static Classification classification;
    Error error = ERROR_INIT;
    lists = arena_make(8 << 20);
    if (classification_read(&(ClassificationFiles){.sites = NULL}, &lists, &classification, &error) != STATUS_OK)
        return 1;
    return company_domains_make(&classification.free_mail, &shipped, &error) == STATUS_OK ? 0 : 1;
}

static int free_shipped(void **state)
{
    (void)state;
    company_domains_done(&shipped);
    arena_done(&lists);
    return 0;
}

typedef struct Case {
    const char *host, *domain; /* NULL: none */
} Case;

static void assert_domains(const CompanyDomains *domains, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[COMPANY_DOMAIN_SPACE];
        Text domain = company_domain_of(domains, text_from(cases[i].host), out);
        const char *expected = cases[i].domain;
        if (expected ? !text_is(domain, expected) : !text_is_null(domain))
            fail_msg("%s: %.*s, not %s", cases[i].host, TEXT_PRINTF(domain), expected ? expected : "none");
    }
}

#define ASSERT_DOMAINS(domains, cases) assert_domains(domains, cases, sizeof(cases) / sizeof *(cases))

/* By the rules of publicsuffix.org: com; uk, co.uk; jp, *.kawasaki.jp, !city.kawasaki.jp; *.ck, !www.ck; github.io, of
 * a private registry; and what no rule names. */
static void test_what_somebody_registered(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"example.com", "example.com"},
        {"mail.example.com", "example.com"},
        {"a.b.c.example.com", "example.com"},
        {"com", NULL},
        {"example.co.uk", "example.co.uk"},
        {"eu.mail.example.co.uk", "example.co.uk"},
        {"co.uk", NULL},
        {"uk", NULL},
        {"somebody.github.io", "somebody.github.io"},
        {"a.somebody.github.io", "somebody.github.io"},
        {"github.io", NULL},
        {"city.kawasaki.jp", "city.kawasaki.jp"},
        {"www.city.kawasaki.jp", "city.kawasaki.jp"},
        {"a.b.kawasaki.jp", "a.b.kawasaki.jp"},
        {"b.kawasaki.jp", NULL},
        {"kawasaki.jp", NULL},
        {"www.ck", "www.ck"},
        {"a.www.ck", "www.ck"},
        {"a.b.ck", "a.b.ck"},
        {"b.ck", NULL},
        {"a.example", "a.example"},
        {"b.a.example", "a.example"},
        {"example", NULL},
    };
    ASSERT_DOMAINS(&shipped, cases);
}

/* 公司.cn is a suffix, and so is its other form, xn--55qx5d.cn; 食狮 is xn--85x722f (publicsuffix.org's own tests). */
static void test_one_form(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"Mail.EXAMPLE.Com", "example.com"},
        {"example.com.", "example.com"},
        {"under_score.example.com", "example.com"},
        {"bücher.example", "xn--bcher-kva.example"},
        {"mail.BÜCHER.example", "xn--bcher-kva.example"},
        {"bu\xCC\x88"
         "cher.example",
         "xn--bcher-kva.example"}, /* u and a combining diaeresis */
        {"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
        {"食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"},
        {"www.xn--85x722f.公司.cn", "xn--85x722f.xn--55qx5d.cn"},
        {"shishi.xn--55qx5d.cn", "shishi.xn--55qx5d.cn"},
        {"公司.cn", NULL},
        {"xn--55qx5d.cn", NULL},
        {"食狮。example", "xn--85x722f.example"}, /* an ideographic full stop */
    };
    ASSERT_DOMAINS(&shipped, cases);
}

static void test_what_is_no_domain(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"", NULL},
        {".", NULL},
        {"..", NULL},
        {"localhost", NULL},
        {"192.0.2.1", NULL},
        {"192.0.2.1.", NULL},
        {"0xC0000201", NULL},
        {"3221225985", NULL},
        {"[2001:db8::1]", NULL},
        {"2001:db8::1", NULL},
        {"example.com:25", NULL},
        {"a@example.com", NULL},
        {"example..com", NULL},
        {".example.com", NULL},
        {"example.com..", NULL},
        {"exam ple.com", NULL},
        {"exam!ple.com", NULL},
        {"example.com/path", NULL},
        {"example.1com", NULL},
        {"\xFF\xFE.example.com", NULL},
    };
    ASSERT_DOMAINS(&shipped, cases);
}

/* Labels of 63 bytes, names of 253. */
static void test_ceilings(void **state)
{
    (void)state;
    char host[2048], out[COMPANY_DOMAIN_SPACE];
    memset(host, 'a', sizeof host);
    memcpy(host + 63, ".example", 8);
    assert_int_equal(company_domain_of(&shipped, (Text){host, 71}, out).size, 71);
    memset(host, 'a', sizeof host);
    memcpy(host + 64, ".example", 8);
    assert_true(text_is_null(company_domain_of(&shipped, (Text){host, 72}, out)));
    for (size_t i = 0; i < sizeof host; i++)
        host[i] = i % 2 ? '.' : 'a';
    assert_true(text_is(company_domain_of(&shipped, (Text){host, 253}, out), "a.a"));
    assert_true(text_is_null(company_domain_of(&shipped, (Text){host, 255}, out)));
    assert_true(text_is_null(company_domain_of(&shipped, (Text){host, sizeof host}, out)));
}

static void test_free_mail(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"gmail.com", NULL},
        {"GoogleMail.com", NULL},
        {"mail.gmail.com", NULL},
        {"yahoo.co.uk", NULL},
        {"qq.com", NULL},
        {"vip.163.com", NULL},
        {"t-online.de", NULL},
        {"privaterelay.appleid.com", NULL},
        {"mailinator.com", NULL},
        {"google.com", "google.com"},
        {"notgmail.com", "notgmail.com"},
        {"gmail.com.example", "com.example"},
        {"yahooinc.com", "yahooinc.com"},
        {"telekom.de", "telekom.de"},
        {"appleid.com", "appleid.com"},
    };
    ASSERT_DOMAINS(&shipped, cases);
}

static Status make(const char *rows, Arena *arena, CompanyDomains *ret_domains, Error *error)
{
    static const char *const columns[] = {"kind", "domain"};
    const char *content = arena_printf(arena, "# date: 2026-01-01\nkind\tdomain\n%s", rows);
    FactList *list = arena_allocate(arena, sizeof *list);
    if (fact_list_parse(text_from(content), "f", columns, 2, arena, list, error) != STATUS_OK)
        return STATUS_ERROR;
    return company_domains_make(list, ret_domains, error);
}

/* A list may name a part of a company's domain, and what is no company's anyway. */
static void test_own_list(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    cleanup(company_domains_done) CompanyDomains domains = {.free_mail = NULL};
    Error error = ERROR_INIT;
    assert_int_equal(make("mail\tstudents.school.example\n"
                          "access\tline.example\n"
                          "throwaway\tco.uk\n"
                          "mail\txn--bcher-kva.example\n",
                          &arena, &domains, &error),
                     STATUS_OK);
    static const Case cases[] = {
        {"school.example", "school.example"},
        {"staff.school.example", "school.example"},
        {"students.school.example", NULL},
        {"a.students.school.example", NULL},
        {"line.example", NULL},
        {"a.line.example", NULL},
        {"example.co.uk", "example.co.uk"},
        {"bücher.example", NULL},
        {"gmail.com", "gmail.com"},
    };
    ASSERT_DOMAINS(&domains, cases);
}

static void test_refuses_lists(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *message;
    } cases[] = {
        {"free\ta.example\n", "f:3: unknown kind 'free'"},
        {"mail\tgmail\n", "f:3: 'gmail' is no domain"},
        {"mail\t192.0.2.1\n", "f:3: '192.0.2.1' is no domain"},
        {"mail\t@a.example\n", "f:3: '@a.example' is no domain"},
        {"mail\tb.example\nmail\tA.example\n", "f:4: 'A.example' must be written a.example"},
        {"mail\tbücher.example\n", "f:3: 'bücher.example' must be written xn--bcher-kva.example"},
        {"mail\tb.example\nmail\ta.example\naccess\tb.example\n", "f:5: 'b.example' stands in line 3 already"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup(arena_done) Arena arena = arena_make(1 << 20);
        CompanyDomains domains;
        Error error = ERROR_INIT;
        assert_int_equal(make(cases[i].rows, &arena, &domains, &error), STATUS_ERROR);
        assert_int_equal(error.code, ERROR_CONFIG);
        assert_string_equal(error.message, cases[i].message);
    }
}

static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Of any host: its company's domain is its own company's domain, it ends the host, and what is put before the host
 * changes nothing. */
static void test_any_host(void **state)
{
    (void)state;
    static const char *const labels[] = {"a",      "example", "mail",       "co", "uk",    "com",
                                         "github", "io",      "kawasaki",   "jp", "city",  "ck",
                                         "www",    "de",      "xn--55qx5d", "cn", "nosuch"};
    uint32_t number = 7;
    size_t found = 0;
    for (size_t round = 0; round < 20000; round++) {
        char host[128] = "", below[160], out[COMPANY_DOMAIN_SPACE], again[COMPANY_DOMAIN_SPACE];
        size_t size = 0;
        for (size_t count = 1 + next_number(&number) % 5; count > 0; count--)
            size += (size_t)snprintf(host + size, sizeof host - size, "%s%s", size ? "." : "",
                                     labels[next_number(&number) % (sizeof labels / sizeof *labels)]);
        Text domain = company_domain_of(&shipped, text_from(host), out);
        if (text_is_null(domain))
            continue;
        found++;
        assert_true(text_ends_with(text_from(host), domain) && text_find(domain, '.') < domain.size);
        assert_true(text_equal(company_domain_of(&shipped, domain, again), domain));
        snprintf(below, sizeof below, "b.%s", host);
        assert_true(text_equal(company_domain_of(&shipped, text_from(below), again), domain));
    }
    assert_true(found > 10000);
}

/* The library says of when its list is. */
static void test_list_of_suffixes(void **state)
{
    (void)state;
    char date[PUBLIC_SUFFIX_DATE_SIZE];
    public_suffix_date(date);
    assert_true(strcmp(date, "2015-01-01") > 0 && strlen(date) == 10);
    assert_int_equal(public_suffix_digest().size, 40); /* SHA-1, in hexadecimal digits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_somebody_registered),
        cmocka_unit_test(test_one_form),
        cmocka_unit_test(test_what_is_no_domain),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_free_mail),
        cmocka_unit_test(test_own_list),
        cmocka_unit_test(test_refuses_lists),
        cmocka_unit_test(test_any_host),
        cmocka_unit_test(test_list_of_suffixes),
    };
    return cmocka_run_group_tests(tests, make_shipped, free_shipped);
}
