/* Writes the input of the benchmark: a company's quarter of page views, its contacts, deals, rates and catalogue.
 *
 *     bench_generate FOLDER [EVENTS [DAY_EVENTS]]        1000000 and 50000 unless given
 *
 * writes into FOLDER views-2026-01 to -03.ndjson.gz (EVENTS in all, in order of time), day/views-2026-04-01.ndjson.gz
 * (DAY_EVENTS of the day after), leads.csv, deals.xml, rates.csv and catalogue.csv. The same arguments give the same
 * bytes. Of 1,000 events there are 250 visitors; of 20 visitors one says at some time who it is; of 1,000 events 10 are
 * bots' and 1 is there twice.
 */
#include "common/time.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    CONTENTS = 1000,
    COMPANIES = 4000,
    SITTINGS_MAX = 4096,
    LINE_SIZE = 2048,
    DAYS = 90,
    COMPRESSION_BLOCK = 256 * 1024,
};

static const int64_t millisecond = 1000, first_day = 20454; /* 2026-01-01 */
static const int32_t month_days[] = {31, 28, 31};

/* SplitMix64: small, good enough, and the same everywhere. */
typedef struct Random {
    uint64_t state;
} Random;

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static uint64_t random_next(Random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    return mix(random->state);
}

static uint64_t random_below(Random *random, uint64_t limit)
{
    return random_next(random) % limit;
}

static bool random_is(Random *random, unsigned int per_mille)
{
    return random_below(random, 1000) < per_mille;
}

/* A low number is more likely than a high one, as pages are. */
static uint64_t random_skewed(Random *random, uint64_t limit)
{
    uint64_t one = random_below(random, limit), two = random_below(random, limit);
    return one * two / limit;
}

typedef struct Campaign {
    const char *source, *medium, *name, *referrer;
} Campaign;

static const Campaign campaigns[] = {
    {"google", "cpc", "machine-monitoring-search", "https://www.google.com/"},
    {"google", "cpc", "oee-software-search", "https://www.google.com/"},
    {"linkedin", "paid_social", "business-case-quarter", "https://www.linkedin.com/"},
    {"newsletter", "email", "monthly-letter", NULL},
    {"newsletter", "email", "product-letter", NULL},
    {"partner", "referral", "integrators-programme", "https://integrators.example/partners/machine-data"},
};
static const char *const referrers[] = {"https://www.google.com/",
                                        "https://www.bing.com/",
                                        "https://duckduckgo.com/",
                                        "https://www.linkedin.com/feed/",
                                        "https://news.industry.example/article/7731",
                                        NULL};
static const char *const sections[] = {"blog", "guides", "product", "cases", "downloads"};
static const char *const topics[] = {"machine-data", "energy-monitoring", "overall-equipment-effectiveness",
                                     "predictive-maintenance", "quality-control"};
static const char *const agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 "
    "Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 "
    "Mobile/15E148 Safari/604.1",
};
static const char bot_agent[] = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *section_of(uint64_t content)
{
    return sections[content % COUNT(sections)];
}

static const char *topic_of(uint64_t content)
{
    return topics[content / 7 % COUNT(topics)];
}

/* One visitor's reading in one go; many go on side by side. */
typedef struct Sitting {
    bool is_begun;
    uint64_t visitor, page;
    const Campaign *campaign;
} Sitting;

typedef struct Site {
    Random random;
    uint64_t visitor_count, visitor_ceiling, event_no;
    size_t sitting_count;
    Sitting sittings[SITTINGS_MAX];
    char kept_line[LINE_SIZE]; /* is written a second time some events later */
} Site;

static bool is_lead(uint64_t visitor)
{
    return visitor % 20 == 7;
}

static void sit_down(Site *site, Sitting *sitting)
{
    Random *random = &site->random;
    bool is_new = site->visitor_count == 0 || (site->visitor_count < site->visitor_ceiling && random_is(random, 625));
    *sitting =
        (Sitting){.visitor = is_new ? site->visitor_count++ : random_below(random, site->visitor_count),
                  .campaign = random_is(random, 300) ? &campaigns[random_below(random, COUNT(campaigns))] : NULL};
}

typedef struct Line {
    char *text;
    size_t size;
} Line;

__attribute__((format(printf, 2, 3))) static void add(Line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line->text + line->size, LINE_SIZE - line->size, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= LINE_SIZE - line->size)
        abort();
    line->size += (size_t)size;
}

static void add_url(Line *line, uint64_t content)
{
    add(line, "https://www.plant-software.example/%s/%s-%" PRIu64, section_of(content), topic_of(content), content);
}

static void add_page(Line *line, const Sitting *sitting, uint64_t content, bool is_tagged, Random *random)
{
    const Campaign *campaign = sitting->campaign;
    add(line, ",\"page\":{\"url\":\"");
    add_url(line, content);
    if (is_tagged)
        add(line, "?utm_source=%s&utm_medium=%s&utm_campaign=%s", campaign->source, campaign->medium, campaign->name);
    add(line, "\",\"title\":\"%s no. %" PRIu64 ": what plants learn from their own figures\"", topic_of(content),
        content);
    if (sitting->is_begun) {
        add(line, ",\"referrer\":\"");
        add_url(line, sitting->page);
        add(line, "\"");
    } else {
        const char *referrer = campaign ? campaign->referrer : referrers[random_below(random, COUNT(referrers))];
        if (referrer)
            add(line, ",\"referrer\":\"%s\"", referrer);
    }
    add(line, ",\"language\":\"de-DE\"}");
}

static void add_event(Line *line, Site *site, Sitting *sitting, int64_t at, bool is_last)
{
    Random *random = &site->random;
    char time[TIME_ISO_SIZE];
    time_write_iso(at, time);
    uint64_t content = random_skewed(random, CONTENTS), id = mix(++site->event_no);
    bool is_form = is_last && is_lead(sitting->visitor);
    bool is_tagged = sitting->campaign && !sitting->is_begun && random_is(random, 500);
    add(line, "{\"event_id\":\"%016" PRIx64 "-%08" PRIx64 "\",\"event\":\"%s\",\"time\":\"%s\"", id, site->event_no,
        is_form ? "form" : "page_view", time);
    if (sitting->visitor % 50 != 1)
        add(line, ",\"visitor\":\"%016" PRIx64 "%016" PRIx64 "\"", mix(sitting->visitor + 1), mix(~sitting->visitor));
    if (is_form)
        add(line, ",\"user\":{\"email\":\"reader%" PRIu64 "@company%" PRIu64 ".example\",\"consent\":true}",
            sitting->visitor / 20, sitting->visitor / 20 % COMPANIES);
    add_page(line, sitting, content, is_tagged, random);
    if (sitting->campaign && !sitting->is_begun && !is_tagged)
        add(line, ",\"campaign\":{\"source\":\"%s\",\"medium\":\"%s\",\"name\":\"%s\"}", sitting->campaign->source,
            sitting->campaign->medium, sitting->campaign->name);
    bool is_bot = random_is(random, 10);
    add(line, ",\"user_agent\":\"%s\",\"dwell\":%" PRIu64,
        is_bot ? bot_agent : agents[sitting->visitor % COUNT(agents)], 5 + random_skewed(random, 600));
    add(line, ",\"screen\":\"1920x1080\",\"tracker\":\"web-4.2.1\"}\n");
    sitting->is_begun = true;
    sitting->page = content;
}

/* The next event: somebody who is reading goes on. */
static void make_line(Line *line, Site *site, int64_t at)
{
    Random *random = &site->random;
    Sitting *sitting = &site->sittings[random_below(random, site->sitting_count)];
    bool is_last = random_is(random, 400);
    add_event(line, site, sitting, at, is_last);
    if (is_last)
        sit_down(site, sitting);
}

static gzFile open_events(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    gzFile file = gzopen(path, "wb1");
    if (!file || gzbuffer(file, COMPRESSION_BLOCK) != 0) {
        perror(path);
        exit(74);
    }
    return file;
}

static void close_events(gzFile file)
{
    if (gzclose(file) != Z_OK) {
        fputs("cannot write the events\n", stderr);
        exit(74);
    }
}

/* So many events, spread over the time from `from` on, of which the file's part is [from, from + days). */
static void write_events(gzFile file, Site *site, int64_t from, int64_t days, uint64_t count)
{
    int64_t slot = days * TIME_DAY / (int64_t)(count ? count : 1);
    for (uint64_t i = 0; i < count; i++) {
        char text[LINE_SIZE];
        Line line = {text, 0};
        int64_t at = from + (int64_t)i * slot + (int64_t)random_below(&site->random, (uint64_t)slot);
        make_line(&line, site, at - at % millisecond);
        bool is_written = gzwrite(file, text, (unsigned int)line.size) == (int)line.size;
        if (i % 1000 == 0)
            memcpy(site->kept_line, text, line.size + 1);
        else if (i % 1000 == 20)
            is_written = is_written && gzputs(file, site->kept_line) >= 0;
        if (!is_written) {
            fputs("cannot write the events\n", stderr);
            exit(74);
        }
    }
}

/* About as many people read at once as read in two minutes. */
static void open_site(Site *site, uint64_t seed, uint64_t visitors, uint64_t visitor_ceiling, uint64_t events_a_day)
{
    *site =
        (Site){.random = {seed}, .visitor_count = visitors, .visitor_ceiling = visitor_ceiling, .event_no = seed << 32};
    site->sitting_count = events_a_day / 720 + 1;
    if (site->sitting_count > SITTINGS_MAX)
        site->sitting_count = SITTINGS_MAX;
    for (size_t i = 0; i < site->sitting_count; i++)
        sit_down(site, &site->sittings[i]);
}

static void write_quarter(const char *folder, Site *site, uint64_t events)
{
    open_site(site, 1, 0, events / 4, events / DAYS);
    int64_t day = 0;
    uint64_t written = 0;
    for (size_t month = 0; month < COUNT(month_days); month++) {
        char name[64];
        snprintf(name, sizeof name, "views-2026-%02zu.ndjson.gz", month + 1);
        gzFile file = open_events(folder, name);
        uint64_t until = events * (uint64_t)(day + month_days[month]) / DAYS;
        write_events(file, site, (first_day + day) * TIME_DAY, month_days[month], until - written);
        close_events(file);
        written = until;
        day += month_days[month];
    }
}

/* The day after: two of three who come were there before. */
static void write_day(const char *folder, Site *site, uint64_t events, uint64_t day_events)
{
    open_site(site, 2, events / 4, events / 4 + day_events / 8, day_events);
    gzFile file = open_events(folder, "day/views-2026-04-01.ndjson.gz");
    write_events(file, site, (first_day + DAYS) * TIME_DAY, 1, day_events);
    close_events(file);
}

static FILE *open_table(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(73);
    }
    return file;
}

static void close_table(FILE *file)
{
    if (ferror(file) || fclose(file) != 0) {
        fputs("cannot write the tables\n", stderr);
        exit(74);
    }
}

/* The visitors are numbered in the order of their coming, and so are the leads. */
static uint64_t lead_count(uint64_t events)
{
    return events * 12 / 1000;
}

static void write_leads(const char *folder, uint64_t events)
{
    FILE *file = open_table(folder, "leads.csv");
    fputs("ContactId,Email,Name,Company,Title,Employees,Country,Stage,Owner,CreatedDate,LastModified\n", file);
    for (uint64_t i = 0; i < lead_count(events); i++) {
        char time[TIME_ISO_SIZE];
        time_write_iso(first_day * TIME_DAY + (int64_t)(i * DAYS / lead_count(events)) * TIME_DAY +
                           (int64_t)(mix(i) % 86400) * TIME_SECOND,
                       time);
        fprintf(file,
                "C-%" PRIu64 ",reader%" PRIu64 "@company%" PRIu64 ".example,\"Reader, no. %" PRIu64
                "\",Company %" PRIu64 ",Head of Production,%" PRIu64 ",DE,working,rep%" PRIu64
                "@plant-software.example,%s,%s\n",
                i, i, i % COMPANIES, i, i % COMPANIES, 20 + mix(i) % 900, i % 12, time, time);
    }
    close_table(file);
}

static void write_deal(FILE *file, uint64_t number, uint64_t leads, Random *random)
{
    uint64_t made = 5 + random_below(random, DAYS - 6), closed = made + 3 + random_below(random, 40);
    bool is_closed = closed < DAYS, is_won = is_closed && random_is(random, 500);
    char made_at[TIME_ISO_SIZE], closed_at[TIME_ISO_SIZE];
    time_write_iso((first_day + (int64_t)made) * TIME_DAY + 8 * 3600 * TIME_SECOND, made_at);
    time_write_iso((first_day + (int64_t)closed) * TIME_DAY, closed_at);
    fprintf(file,
            "  <Opportunity>\n    <Id>D-%" PRIu64 "</Id>\n    <Name>Deal %" PRIu64 "</Name>\n"
            "    <OwnerName>rep%" PRIu64 "</OwnerName>\n    <StageName>%s</StageName>\n"
            "    <Amount>%" PRIu64 ".%02" PRIu64 "</Amount>\n    <CurrencyIsoCode>%s</CurrencyIsoCode>\n"
            "    <IsWon>%s</IsWon>\n    <IsClosed>%s</IsClosed>\n    <CreatedDate>%s</CreatedDate>\n"
            "    <CloseDate>%.10s</CloseDate>\n    <Contacts>\n",
            number, number, number % 12,
            is_won      ? "Closed Won"
            : is_closed ? "Closed Lost"
                        : "Proposal",
            2000 + random_below(random, 90000), random_below(random, 100), random_is(random, 400) ? "USD" : "EUR",
            is_won ? "true" : "false", is_closed ? "true" : "false", made_at, closed_at);
    uint64_t seen = 1 + leads * made / DAYS, count = 1 + random_below(random, 3);
    for (uint64_t i = 0; i < count; i++)
        fprintf(file,
                "      <Contact><ContactId>C-%" PRIu64 "</ContactId><Role>%s</Role><IsPrimary>%s</IsPrimary>"
                "</Contact>\n",
                random_below(random, seen), i == 0 ? "decision_maker" : "champion", i == 0 ? "true" : "false");
    fputs("    </Contacts>\n  </Opportunity>\n", file);
}

static void write_deals(const char *folder, uint64_t events)
{
    FILE *file = open_table(folder, "deals.xml");
    Random random = {3};
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Opportunities>\n", file);
    for (uint64_t i = 0; i < events / 500; i++)
        write_deal(file, i, lead_count(events) ? lead_count(events) : 1, &random);
    fputs("</Opportunities>\n", file);
    close_table(file);
}

static void write_rates(const char *folder)
{
    FILE *file = open_table(folder, "rates.csv");
    fputs("currency,day,rate\n", file);
    for (int64_t day = -7; day < DAYS + 7; day += 7) {
        char time[TIME_ISO_SIZE];
        time_write_iso((first_day + day) * TIME_DAY, time);
        fprintf(file, "USD,%.10s,0.8%03" PRIu64 "\n", time, mix((uint64_t)day + 100) % 1000);
    }
    close_table(file);
}

/* Four of five contents: the others are only seen. */
static void write_catalogue(const char *folder)
{
    FILE *file = open_table(folder, "catalogue.csv");
    fputs("url,title,kind,topic\n", file);
    for (uint64_t i = 0; i < CONTENTS; i++) {
        char text[LINE_SIZE];
        Line line = {text, 0};
        add_url(&line, i);
        if (i % 5 != 4)
            fprintf(file, "%s,\"%s, no. %" PRIu64 "\",%s,%s\n", text, topic_of(i), i, section_of(i), topic_of(i));
    }
    close_table(file);
}

static uint64_t number_of(int argc, char **argv, int index, uint64_t otherwise)
{
    if (argc <= index)
        return otherwise;
    char *end;
    uint64_t number = strtoull(argv[index], &end, 10);
    if (*end || end == argv[index] || number < 1000 || number > 1000000000) {
        fprintf(stderr, "%s: a number of events is needed, from 1000 on\n", argv[index]);
        exit(64);
    }
    return number;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4) {
        fputs("usage: bench_generate FOLDER [EVENTS [DAY_EVENTS]]\n", stderr);
        return 64;
    }
    uint64_t events = number_of(argc, argv, 2, 1000000), day_events = number_of(argc, argv, 3, 50000);
    Site *site = malloc(sizeof *site);
    if (!site)
        return 71;
    write_quarter(argv[1], site, events);
    write_day(argv[1], site, events, day_events);
    free(site);
    write_leads(argv[1], events);
    write_deals(argv[1], events);
    write_rates(argv[1]);
    write_catalogue(argv[1]);
    return 0;
}
