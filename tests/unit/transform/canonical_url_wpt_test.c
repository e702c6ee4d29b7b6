/* The WHATWG URL standard's own test data (web-platform-tests, as ada carries it), where it speaks of what we read.
 *
 * What must fail, fails. Of what succeeds as http or https, host, port and path are those expected, but for what the
 * canonical form does on purpose:
 *     - an input of nothing but white space is no URL of ours, though with a base it means the base;
 *     - hosts in other letters are not turned into "xn--" (url_host.h): four of them, counted;
 *     - both default ports go under either scheme, and the scheme is always https;
 *     - the path loses trailing slashes (and index files, which the data does not have), and its percent-encoding is in
 *       one form: compared decoded.
 * Other schemes must all fail. A base of another scheme is none: an absolute input is then read without one. */
#include "common/arena.h"
#include "common/file.h"
#include "common/json.h"
#include "transform/canonical_url.h"
#include "transform/percent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Case {
    Text input, base, protocol, hostname, port, pathname;
    bool is_failure, is_unreadable; /* a lone surrogate, which UTF-8 cannot hold */
} Case;

typedef struct Counts {
    size_t failures, successes, other_schemes, idna_hosts, blank, unreadable;
} Counts;

static CanonicalUrl url;

static Text *member(Case *test, Text key)
{
    const struct {
        const char *name;
        Text *text;
    } members[] = {
        {"input", &test->input},       {"base", &test->base}, {"protocol", &test->protocol},
        {"hostname", &test->hostname}, {"port", &test->port}, {"pathname", &test->pathname},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (json_text_equal(key, text_from(members[i].name)))
            return members[i].text;
    }
    return NULL;
}

/* The characters of a string. NUL, which json_unescape() refuses, goes through it as U+E000, which the data does not
 * hold. */
static bool read_string(Text raw, Arena *arena, Text *ret_text)
{
    Error error = ERROR_INIT;
    char *copy = arena_copy(arena, raw);
    assert_non_null(copy);
    for (char *at = copy; (at = strstr(at, "\\u0000")); at += 6)
        memcpy(at, "\\ue000", 6);
    Text text;
    if (json_unescape((Text){copy, raw.size}, arena, &text, &error) != STATUS_OK)
        return false;
    char *out = arena_allocate(arena, text.size);
    assert_non_null(out);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool is_nul = text.size - i >= 3 && memcmp(text.data + i, "\xEE\x80\x80", 3) == 0;
        out[size++] = is_nul ? '\0' : text.data[i];
        i += is_nul ? 2 : 0;
    }
    *ret_text = (Text){out, size};
    return true;
}

/* The members of one object, up to its end. */
static Case read_case(JsonScanner *scanner, Arena *arena)
{
    Case test = {.is_failure = false};
    JsonToken token;
    Error error = ERROR_INIT;
    while (json_scanner_next(scanner, &token, &error) == STATUS_OK && token.type == JSON_KEY) {
        Text *text = member(&test, token.text);
        bool is_failure = json_text_equal(token.text, TEXT("failure"));
        if (!text && !is_failure) {
            assert_int_equal(json_scanner_skip(scanner, &error), STATUS_OK);
            continue;
        }
        assert_int_equal(json_scanner_next(scanner, &token, &error), STATUS_OK);
        if (is_failure)
            test.is_failure = token.type == JSON_TRUE;
        else if (token.type == JSON_STRING && !read_string(token.text, arena, text))
            test.is_unreadable = true;
    }
    return test;
}

static bool is_blank(Text text)
{
    return text_trim(text).size == 0;
}

static void assert_host_and_port(const Case *test, Counts *counts)
{
    if (!text_equal(url.host, test->hostname)) {
        counts->idna_hosts++;
        bool is_expected_idna = memmem(test->hostname.data, test->hostname.size, "xn--", 4) != NULL;
        if (!is_expected_idna)
            fail_msg("%.*s: host %.*s", TEXT_PRINTF(test->input), TEXT_PRINTF(url.host));
    }
    assert_true(text_starts_with(url.text, TEXT("https://")));
    const char *behind = url.host.data + url.host.size;
    bool has_port = test->port.size && !text_is(test->port, "80") && !text_is(test->port, "443");
    Text port = {behind + has_port, (size_t)(url.path.data - behind) - has_port};
    if (!text_equal(port, has_port ? test->port : TEXT("")))
        fail_msg("%.*s: port %.*s", TEXT_PRINTF(test->input), TEXT_PRINTF(port));
}

static void assert_path(const Case *test, Arena *arena)
{
    char *expected = arena_copy(arena, test->pathname), *path = arena_copy(arena, url.path);
    size_t expected_size = percent_decode(test->pathname, false, expected);
    size_t size = percent_decode(url.path, false, path);
    while (expected_size > 1 && expected[expected_size - 1] == '/')
        expected_size--;
    if (size != expected_size || memcmp(path, expected, size) != 0)
        fail_msg("%.*s: path %.*s", TEXT_PRINTF(test->input), TEXT_PRINTF(url.path));
}

static void check_case(const Case *test, Arena *arena, Counts *counts)
{
    static UrlRules rules;
    if (test->is_unreadable) {
        counts->unreadable++;
        return;
    }
    UrlReason based = url_rules_make(&rules, test->base, NULL, 0);
    if (based != URL_OK)
        assert_int_equal(url_rules_make(&rules, TEXT_NULL, NULL, 0), URL_OK);
    UrlReason reason = canonical_url_make(&url, &rules, test->input);
    bool is_web = text_is(test->protocol, "http:") || text_is(test->protocol, "https:");
    if (test->is_failure || !is_web) {
        /* Where the base is what must fail, it has failed. */
        bool is_base_at_fault = based == URL_BAD_HOST || based == URL_BAD_PORT;
        if (reason == URL_OK && !is_base_at_fault)
            fail_msg("%.*s: must fail, gave %.*s", TEXT_PRINTF(test->input), TEXT_PRINTF(url.text));
        counts->failures += test->is_failure;
        counts->other_schemes += !test->is_failure;
        return;
    }
    if (is_blank(test->input)) {
        assert_int_equal(reason, URL_EMPTY);
        counts->blank++;
        return;
    }
    if (reason != URL_OK)
        fail_msg("%.*s: %s", TEXT_PRINTF(test->input), url_reason_text(reason));
    counts->successes++;
    assert_host_and_port(test, counts);
    assert_path(test, arena);
}

static Counts check_file(const char *name)
{
    const char *folder = getenv("CLOSEDLOOP_CONFORMANCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/url/wpt_via_ada/%s", folder ? folder : "../shared/conformance", name);
    Error error = ERROR_INIT;
    cleanup(buffer_done) Buffer buffer = buffer_make(16 << 20);
    if (file_read_all(path, 16 << 20, &buffer, &error) != STATUS_OK) {
        print_message("%s\n", error.message);
        skip();
    }
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    JsonScanner scanner = json_scanner_make(buffer_text(&buffer));
    JsonToken token;
    Counts counts = {.failures = 0};
    Status status;
    while ((status = json_scanner_next(&scanner, &token, &error)) == STATUS_OK) {
        if (token.type != JSON_OBJECT_BEGIN)
            continue;
        Case test = read_case(&scanner, &arena);
        check_case(&test, &arena, &counts);
        arena_clear(&arena);
    }
    assert_int_equal(status, STATUS_END);
    print_message("%s: %zu fail, %zu other schemes fail, %zu as expected (%zu hosts in other letters), %zu blank, "
                  "%zu unreadable\n",
                  name, counts.failures, counts.other_schemes, counts.successes, counts.idna_hosts, counts.blank,
                  counts.unreadable);
    return counts;
}

static void test_standard(void **state)
{
    (void)state;
    Counts counts = check_file("urltestdata.json");
    assert_true(counts.failures >= 240);
    assert_true(counts.successes >= 220);
    assert_in_range(counts.idna_hosts, 1, 8);
    assert_in_range(counts.unreadable, 0, 3);
}

static void test_additions(void **state)
{
    (void)state;
    check_file("ada_extra_urltestdata.json");
    check_file("ada_long_urltestdata.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard),
        cmocka_unit_test(test_additions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
