#include "transform/email.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(Text text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

typedef struct Pair {
    const char *raw, *expected;
} Pair;

static void test_normalizes(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"ann@example.com", "ann@example.com"},
        {" \tAnn.Lee@Example.COM\r\n", "ann.lee@example.com"},
        {"Ann Lee <Ann@Example.com>", "ann@example.com"},
        {"\"Lee, Ann\" < ann@example.com >", "ann@example.com"},
        {"<ann@example.com>", "ann@example.com"},
        {"mailto:ann@example.com", "ann@example.com"},
        {"MailTo:ann@example.com?subject=hello@you", "ann@example.com"},
        {"Ann <mailto:ann@example.com>", "ann@example.com"},
        {"ann+news@example.com", "ann+news@example.com"}, /* a tag is part of the address */
        {"a.n.n@gmail.com", "a.n.n@gmail.com"},           /* and so are dots */
        {"o'neil_x%y@mail.example-1.co.uk", "o'neil_x%y@mail.example-1.co.uk"},
        {"ann@b\xC3\xBC"
         "cher.example",
         "ann@b\xC3\xBC"
         "cher.example"},
        {"1@2.3.de", "1@2.3.de"},
    };
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Text email;
        assert_true(email_normalize(text_from(pairs[i].raw), &arena, &email));
        assert_text(email, pairs[i].expected);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const char *const raws[] = {
        "",
        "   ",
        "ann",
        "@example.com",
        "ann@",
        "ann@example",
        "ann@@example.com",
        "ann@b@example.com",
        "ann @example.com",
        "ann@exam ple.com",
        "ann@example..com",
        "ann@.example.com",
        "ann@example.com.",
        ".ann@example.com",
        "ann.@example.com",
        "a..n@example.com",
        "ann@-example.com",
        "ann@example-.com",
        "ann@exa_mple.com",
        "ann@127.0.0.1",
        "ann@example.123",
        "\"ann lee\"@example.com",
        "ann@[127.0.0.1]",
        "a,b@example.com",
        "a@x.de, b@x.de",
        "a@x.de;b@x.de",
        "n/a",
        "mailto:",
        "<>",
        "ann\x01@example.com",
        "ann\xC2\xA0@example.com",     /* no-break space */
        "ann@example\xE2\x80\x8B.com", /* zero-width space */
        "ann@ex\xC3.com",
        "ann@\xFF.com",           /* not UTF-8 */
        "ann@ex\xED\xA0\x80.com", /* a surrogate */
    };
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    for (size_t i = 0; i < sizeof raws / sizeof *raws; i++) {
        Text email = TEXT("untouched");
        assert_false(email_normalize(text_from(raws[i]), &arena, &email));
        assert_text(email, "untouched");
    }
    Text email;
    assert_false(email_normalize(TEXT_NULL, &arena, &email));
    assert_false(email_normalize(TEXT("a\0b@example.com"), &arena, &email));
}

/* RFC 5321: 64 bytes before the @, 63 in a label, 254 in all. */
static void test_lengths(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    Text email;
    char raw[400];
    memset(raw, 'a', sizeof raw);
    memcpy(raw + 64, "@b.de", 5);
    assert_true(email_normalize((Text){raw, 69}, &arena, &email));
    memset(raw, 'a', sizeof raw);
    memcpy(raw + 65, "@b.de", 5);
    assert_false(email_normalize((Text){raw, 70}, &arena, &email));

    memset(raw, 'a', sizeof raw);
    raw[1] = '@';
    raw[65] = raw[129] = raw[193] = '.';
    assert_true(email_normalize((Text){raw, 254}, &arena, &email));
    assert_false(email_normalize((Text){raw, 255}, &arena, &email));
    memcpy(raw + 65, "a.", 2); /* the first label now has 64 */
    assert_false(email_normalize((Text){raw, 254}, &arena, &email));
}

static void test_domain(void **state)
{
    (void)state;
    assert_text(email_domain(TEXT("ann@example.com")), "example.com");
    assert_null(email_domain(TEXT("ann")).data);
    assert_null(email_domain(TEXT_NULL).data);
}

static void test_masks_one(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    assert_text(email_mask(TEXT("john@example.com"), &arena), "j***@example.com");
    assert_text(email_mask(TEXT("\xC3\xA4nn@example.com"), &arena), "\xC3\xA4***@example.com");
    assert_text(email_mask(TEXT("@example.com"), &arena), "***@example.com");
    assert_text(email_mask(TEXT("john"), &arena), "***");
}

static void test_masks_all_inside(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"1,john@example.com,x", "1,j***@example.com,x"},
        {"a@b.com;cd@e.org", "a***@b.com;c***@e.org"},
        {"{\"email\":\"john.doe+x@mail.example.co.uk\",\"n\":1}", "{\"email\":\"j***@mail.example.co.uk\",\"n\":1}"},
        {"GET /?email=john%40example.com&x=1", "GET /?email=j***%40example.com&x=1"},
        {"{\"e\":\"john\\u0040example.com\"}", "{\"e\":\"j***\\u0040example.com\"}"},
        {"<e>john&#64;example.com</e><e>john&#x40;b.de</e>", "<e>j***&#64;example.com</e><e>j***&#x40;b.de</e>"},
        {"mailto:john@example.com.", "mailto:j***@example.com."},
        {"j***@example.com", "j***@example.com"},
        {"\xC3\xA4nn@example.com", "\xC3\xA4***@example.com"},
        {"a@b.c", "a***@b.c"},
        {"john@b\xC3\xBC"
         "cher.example",
         "j***@b\xC3\xBC"
         "cher.example"},
        {"@handle, a@b, react@18.2.0, @@, x@", "@handle, a@b, react@18.2.0, @@, x@"},
        {"", ""},
    };
    cleanup(arena_done) Arena arena = arena_make(1 << 16);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_text(mask_addresses(text_from(pairs[i].raw), &arena), pairs[i].expected);
}

/* Half a megabyte of @ and of letters: quadratic work would not end within the test's time. */
static void test_masking_is_linear(void **state)
{
    (void)state;
    enum { SIZE = 512 * 1024 };
    cleanup(arena_done) Arena arena = arena_make(8 << 20);
    char *raw = malloc(SIZE);
    assert_non_null(raw);
    static const char *const patterns[] = {"@", "a", "a@", "a.", "a@a.", "%40", "a@b.c "};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t length = strlen(patterns[i]);
        for (size_t at = 0; at < SIZE; at++)
            raw[at] = patterns[i][at % length];
        assert_non_null(mask_addresses((Text){raw, SIZE}, &arena).data);
        arena_clear(&arena);
    }
    free(raw);
}

static void test_full_arena(void **state)
{
    (void)state;
    cleanup(arena_done) Arena arena = arena_make(8);
    Text email;
    assert_false(email_normalize(TEXT("john@example.com"), &arena, &email));
    assert_null(email_mask(TEXT("john@example.com"), &arena).data);
    assert_null(mask_addresses(TEXT("john@example.com"), &arena).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalizes),        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_lengths),           cmocka_unit_test(test_domain),
        cmocka_unit_test(test_masks_one),         cmocka_unit_test(test_masks_all_inside),
        cmocka_unit_test(test_masking_is_linear), cmocka_unit_test(test_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
