#include "common/arena.h"
#include "common/file.h"
#include "common/json.h"
#include "transform/bot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static BotMatcher matcher;

static int make_matcher(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    return bot_matcher_make(&matcher, &error) == STATUS_OK ? 0 : -1;
}

static int free_matcher(void **state)
{
    (void)state;
    bot_matcher_done(&matcher);
    return 0;
}

static void assert_all(const char *const *agents, size_t count, bool is_bot)
{
    for (size_t i = 0; i < count; i++) {
        if (bot_is_user_agent(&matcher, text_from(agents[i])) != is_bot)
            fail_msg("%s: %s", is_bot ? "not found" : "no robot", agents[i]);
    }
}

static void test_people(void **state)
{
    (void)state;
    static const char *const agents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "Safari/537.36 "
        "Edg/126.0.0.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        "Safari/605.1.15",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
        "Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.120 Mobile "
        "Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; Cubot P40 Build/QP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0 "
        "Mobile",
        "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
        "Chrome/121.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 "
        "Safari/537.36",
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 2.0.50727)",
        "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
        "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; Embedded Web Browser from: http://bsalsa.com/; SV1)",
        "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.12.388 Version/12.18",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E219 "
        "[LinkedInApp]/9.29.3",
        "Mozilla/5.0 (Linux; Android 14; SM-A546B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/125.0.6422.165 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0.0.57.78;]",
        "Lynx/2.9.0dev.5 libwww-FM/2.14 SSL-MM/1.4.1",
        "Company/2.3.1 (iPhone; iOS 17.5; Scale/3.00)",
    };
    assert_all(agents, sizeof agents / sizeof *agents, false);
}

static void test_robots(void **state)
{
    (void)state;
    static const char *const agents[] = {
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "GOOGLEBOT",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
        "Java/17.0.9",
        "okhttp/4.12.0",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Mozilla/5.0 (compatible; Example/1.0)", /* compatible, and no old browser */
        "Zapier",                                /* names no device */
        "SomeProgram/1.0",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) (compatible; Googlebot/2.1)", /* a telephone does not hide a robot */
    };
    assert_all(agents, sizeof agents / sizeof *agents, true);
}

static void test_nothing_is_no_robot(void **state)
{
    (void)state;
    static const char *const agents[] = {"", "-", "unknown", "desktop", "Mobile", "n/a", "null", "(not set)", "0"};
    assert_all(agents, sizeof agents / sizeof *agents, false);
    assert_false(bot_is_user_agent(&matcher, TEXT_NULL));
}

static void test_any_bytes(void **state)
{
    (void)state;
    char bytes[256];
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    assert_true(bot_is_user_agent(&matcher, (Text){bytes, sizeof bytes})); /* it holds an @ */
    assert_false(bot_is_user_agent(&matcher, TEXT("Mozilla/\0\xFF\xFE")));
}

/* Every string under "instances" in the list is a robot's. A few of them are in-app browsers that people use
 * (Instagram, Facebook, editors' previews) or carry no word that an ordinary browser might not: hence 99 %, not all.
 * The words of bot_patterns.c were chosen with this list at hand, so the figure is a floor against losing what is
 * known, and no estimate for robots that are not on it. */
static void test_outside_list(void **state)
{
    (void)state;
    const char *folder = getenv("CLOSEDLOOP_CONFORMANCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/bots/crawler_user_agents/crawler-user-agents.json",
             folder ? folder : "../shared/conformance");
    Error error = ERROR_INIT;
    cleanup(buffer_done) Buffer buffer = buffer_make(16 << 20);
    if (file_read_all(path, 16 << 20, &buffer, &error) != STATUS_OK) {
        print_message("%s\n", error.message);
        skip();
    }
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    JsonScanner scanner = json_scanner_make(buffer_text(&buffer));
    JsonToken token;
    bool is_instances = false;
    size_t count = 0, found = 0;
    Status status;
    while ((status = json_scanner_next(&scanner, &token, &error)) == STATUS_OK) {
        if (token.type == JSON_KEY)
            is_instances = json_text_equal(token.text, TEXT("instances"));
        if (token.type != JSON_STRING || !is_instances)
            continue;
        Text agent;
        assert_int_equal(json_unescape(token.text, &arena, &agent, &error), STATUS_OK);
        count++;
        found += bot_is_user_agent(&matcher, agent);
    }
    assert_int_equal(status, STATUS_END);
    print_message("%zu of %zu robots found\n", found, count);
    assert_true(count > 2000);
    assert_true(found * 100 >= count * 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_robots),
        cmocka_unit_test(test_nothing_is_no_robot),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_outside_list),
    };
    return cmocka_run_group_tests(tests, make_matcher, free_matcher);
}
