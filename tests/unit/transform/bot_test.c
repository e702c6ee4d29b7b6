#include "common/arena.h"
#include "common/classification.h"
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

static Arena lists;
static FactList words;
static BotMatcher matcher;

static int make_matcher(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    Classification shipped;
    lists = arena_make(8 << 20);
    if (classification_read(&(ClassificationFiles){.sites = NULL}, &lists, &shipped, &error) != STATUS_OK)
        return -1;
    words = shipped.bots;
    return bot_matcher_make(&words, &matcher, &error) == STATUS_OK ? 0 : -1;
}

static int free_matcher(void **state)
{
    (void)state;
    bot_matcher_done(&matcher);
    arena_done(&lists);
    return 0;
}

static void assert_all(const char *const *agents, size_t count, bool is_bot)
{
    for (size_t i = 0; i < count; i++) {
        if ((bot_verdict(&matcher, text_from(agents[i])) != BOT_NONE) != is_bot)
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
        /* other makers', older and rarer ones */
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "Safari/537.36 OPR/112.0.0.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "Safari/537.36 Vivaldi/6.8.3381.44",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "YaBrowser/24.6.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; U; Android 13; en-US; RMX3630) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/100.0.4896.58 UCBrowser/13.7.2.1636 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 12; M2101K6G) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.9.1-gn",
        "Mozilla/5.0 (Linux; Android 10; LYA-L29) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 "
        "HuaweiBrowser/15.0.4.302 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        "DuckDuckGo/5 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
        "Instagram 336.0.0.25.85 (iPhone15,3; iOS 17_5; en_US; en; scale=3.00; 1290x2796)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/322.0 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
        "Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0 Thunderbird/115.11.0",
        "Mozilla/5.0 (X11; FreeBSD amd64; rv:126.0) Gecko/20100101 Firefox/126.0",
        "Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.9.2.8) Gecko/20100723 Ubuntu/10.04 (lucid) Firefox/3.6.8",
        "Mozilla/5.0 (Windows; U; Windows NT 5.1; de; rv:1.8.1.20) Gecko/20081217 Firefox/2.0.0.20 (.NET CLR "
        "3.5.30729)",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0; SLCC1; .NET CLR 2.0.50727; Media Center PC 5.0)",
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows 98)",
        "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; Touch; rv:11.0) like Gecko",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 "
        "Safari/537.36 Edge/18.17763",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/191.308; U; en) Presto/2.12.423 Version/12.16",
        "Opera/9.80 (Android; Opera Mini/36.2.2254/191.308; U; en) Presto/2.12.423 Version/12.16",
        "BlackBerry9700/5.0.0.862 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/331",
        "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+",
        "Nokia6300/2.0 (07.21) Profile/MIDP-2.0 Configuration/CLDC-1.1",
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.0 "
        "Chrome/76.0.3809.146 TV Safari/537.36",
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 "
        "WebAppManager",
        "Mozilla/5.0 (PlayStation; PlayStation 5/8.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 "
        "Safari/605.1.15",
        "Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.3.15.4 "
        "NintendoBrowser/5.1.0.26166",
        "Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15 "
        "Epiphany/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/83.0.4103.61 "
        "Chrome/83.0.4103.61 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 "
        "Safari/537.36 QIHU 360EE",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20G75 "
        "MicroMessenger/8.0.40(0x18002831) NetType/WIFI Language/en",
        "Links (2.29; Linux 6.1.0-21-amd64 x86_64; GNU C 12.2; text)",
        "Dalvik/2.1.0 (Linux; U; Android 13; SM-G991B Build/TP1A.220624.014)",
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
    assert_int_equal(bot_verdict(&matcher, TEXT_NULL), BOT_NONE);
}

static void test_any_bytes(void **state)
{
    (void)state;
    char bytes[256];
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    assert_int_equal(bot_verdict(&matcher, (Text){bytes, sizeof bytes}), BOT_ROBOT); /* it holds an @ */
    assert_int_equal(bot_verdict(&matcher, TEXT("Mozilla/\0\xFF\xFE")), BOT_NONE);
}

static void test_headless(void **state)
{
    (void)state;
    static const char *const agents[] = {
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:59.0) Gecko/20100101 SlimerJS/1.0",
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Playwright/1.45",
        "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Puppeteer",
        "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/127.0 Selenium/4.21",
        "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/24.1.0",
        "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Cypress/13.11.0 Chrome/118.0 Electron/27.3 Safari/537.36",
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/534.34 (KHTML, like Gecko) wkhtmltopdf Safari/534.34",
    };
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
        if (bot_verdict(&matcher, text_from(agents[i])) != BOT_HEADLESS)
            fail_msg("not headless: %s", agents[i]);
    assert_int_equal(bot_verdict(&matcher, TEXT("curl/8.5.0")), BOT_ROBOT);
}

static Status make_of(const char *rows, BotMatcher *ret_matcher, Error *error)
{
    static const char *const columns[] = {"says", "word"};
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    const char *content = arena_printf(&arena, "# date: 2026-01-01\nsays\tword\n%s", rows);
    FactList list;
    TRY(fact_list_parse(text_from(content), "b", columns, 2, &arena, &list, error));
    return bot_matcher_make(&list, ret_matcher, error);
}

static void test_another_list(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(bot_matcher_done) BotMatcher other = {.next = NULL};
    assert_int_equal(make_of("robot\tgoogle\nordinary\tmygoogle\ndevice\tmozilla\n", &other, &error), STATUS_OK);
    assert_int_equal(bot_verdict(&other, TEXT("Mozilla GOOGLE")), BOT_ROBOT);
    assert_int_equal(bot_verdict(&other, TEXT("Mozilla MyGoogle")), BOT_NONE);
    assert_int_equal(bot_verdict(&other, TEXT("Mozilla bot")), BOT_NONE);
    assert_int_equal(bot_verdict(&other, TEXT("Opera")), BOT_ROBOT);

    static const struct {
        const char *rows, *message;
    } cases[] = {
        {"robots\tx\n", "b:3: unknown word 'robots' for what a word says"},
        {"robot\tX\n", "b:3: 'X' is not in lower case, or not in ASCII"},
        {"robot\t\xC3\xA4\n", "b:3: '\xC3\xA4' is not in lower case, or not in ASCII"},
        {"robot\tx\ndevice\tx\n", "b:4: 'x' stands in line 3 already"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BotMatcher none;
        assert_int_equal(make_of(cases[i].rows, &none, &error), STATUS_ERROR);
        assert_string_equal(error.message, cases[i].message);
    }
}

/* --- the outside list ------------------------------------------------------------------------------------------ */

typedef struct Agent {
    Text text;
    size_t robot; /* which of the listed ones says so */
} Agent;

enum { AGENTS_MAX = 8192 };

static size_t read_agents(Arena *arena, Agent agents[AGENTS_MAX])
{
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
    JsonScanner scanner = json_scanner_make(buffer_text(&buffer));
    JsonToken token;
    bool is_instances = false;
    size_t count = 0, robots = 0;
    Status status;
    while ((status = json_scanner_next(&scanner, &token, &error)) == STATUS_OK) {
        if (token.type == JSON_KEY) {
            is_instances = json_text_equal(token.text, TEXT("instances"));
            robots += json_text_equal(token.text, TEXT("pattern"));
        }
        if (token.type != JSON_STRING || !is_instances)
            continue;
        assert_true(count < AGENTS_MAX);
        agents[count].robot = robots;
        assert_int_equal(json_unescape(token.text, arena, &agents[count].text, &error), STATUS_OK);
        agents[count].text = arena_copy_text(arena, agents[count].text);
        count++;
    }
    assert_int_equal(status, STATUS_END);
    assert_true(count > 2000);
    return count;
}

/* Every string under "instances" in the list is a robot's. A few of them are in-app browsers that people use
 * (Instagram, Facebook, editors' previews) or carry no word that an ordinary browser might not: hence 99 %, not all.
 * The words of bots.tsv were chosen with this list at hand, so the figure is a floor against losing what is known, and
 * no estimate for robots that are not on it: that is the next test. */
static void test_outside_list(void **state)
{
    (void)state;
    static Agent agents[AGENTS_MAX];
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    size_t count = read_agents(&arena, agents), found = 0;
    for (size_t i = 0; i < count; i++)
        found += bot_verdict(&matcher, agents[i].text) != BOT_NONE;
    print_message("%zu of %zu robots found, by words chosen with them at hand\n", found, count);
    assert_true(found * 100 >= count * 99);
}

static bool holds(Text text, Text word)
{
    for (size_t i = 0; i + word.size <= text.size; i++)
        if (text_equal_ignore_case((Text){text.data + i, word.size}, word))
            return true;
    return false;
}

/* The half that a robot falls into in one of many splits. */
static bool is_known(size_t robot, size_t split)
{
    uint64_t hash = (robot * 1000003 + split) * UINT64_C(0x9E3779B97F4A7C15);
    return hash >> 63;
}

/* A list as somebody would have made it who had seen only the known half: without the words for robots that occur in
 * none of that half. */
static void make_without_unknown(const Agent *agents, size_t count, size_t split, BotMatcher *ret_matcher)
{
    cleanup(arena_done) Arena arena = arena_make(8 << 20);
    FactList list = words;
    FactRow *rows = arena_allocate(&arena, words.row_count * sizeof *rows);
    list.rows = rows;
    list.row_count = 0;
    for (size_t i = 0; i < words.row_count; i++) {
        const Text *values = words.rows[i].values;
        bool is_for_robots = text_is(values[0], "robot") || text_is(values[0], "headless");
        bool is_seen = !is_for_robots;
        for (size_t j = 0; j < count && !is_seen; j++)
            is_seen = is_known(agents[j].robot, split) && holds(agents[j].text, values[1]);
        if (is_seen)
            rows[list.row_count++] = words.rows[i];
    }
    Error error = ERROR_INIT;
    assert_int_equal(bot_matcher_make(&list, ret_matcher, &error), STATUS_OK);
}

/* How the rules do on robots that they were not made for: random halves of the listed robots, the words of one tried on
 * the other. What general words and the absence of any device find remains; a robot's own name does not help. */
static void test_robots_not_seen_before(void **state)
{
    (void)state;
    enum { SPLITS = 8 };
    static Agent agents[AGENTS_MAX];
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    size_t count = read_agents(&arena, agents), tried = 0, found = 0;
    for (size_t split = 0; split < SPLITS; split++) {
        cleanup(bot_matcher_done) BotMatcher half = {.next = NULL};
        make_without_unknown(agents, count, split, &half);
        for (size_t i = 0; i < count; i++)
            if (!is_known(agents[i].robot, split)) {
                tried++;
                found += bot_verdict(&half, agents[i].text) != BOT_NONE;
            }
    }
    print_message("%.1f %% of robots found by words of others alone (mean of %d random halves)\n",
                  100.0 * (double)found / (double)tried, SPLITS);
    assert_true(tried > count * SPLITS / 3 && tried < count * SPLITS * 2 / 3);
    assert_true(found * 100 >= tried * 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_robots),
        cmocka_unit_test(test_nothing_is_no_robot),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_headless),
        cmocka_unit_test(test_another_list),
        cmocka_unit_test(test_outside_list),
        cmocka_unit_test(test_robots_not_seen_before),
    };
    return cmocka_run_group_tests(tests, make_matcher, free_matcher);
}
