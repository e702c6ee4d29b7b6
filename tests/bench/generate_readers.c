/* Writes page views, a thousand different pages by a quarter of a million visitors, in any format that extract reads:
 * what the readers are measured with.
 *
 *     bench_generate_readers FORMAT MEGABYTES >FILE
 *
 * The formats are those of the table in the end of this file; `utf-16` is csv in UTF-16. Megabytes count what is
 * written before it is encoded, as UTF-8. The same arguments give the same bytes.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGES = 1000, VISITORS = 250000, ROW_SIZE = 8192, BLOCK_SIZE = 1 << 20, MILLION = 1000000 };

static const char *const agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 "
    "Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0",
};
static const char *const referrers[] = {"https://www.google.com/", "https://duckduckgo.com/", "-", "-"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* One view, and all that the formats say of it. */
typedef struct View {
    uint64_t number, visitor, page;
    const char *agent, *referrer;
    int64_t second;
    struct tm time; /* UTC */
    char iso[40], path[80], id[48];
} View;

/* SplitMix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t value = *state += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static void make_view(View *view, uint64_t *state)
{
    uint64_t random = next_random(state);
    view->number++;
    view->visitor = random % VISITORS;
    view->page = (random >> 20) % PAGES;
    view->agent = agents[(random >> 32) % (sizeof agents / sizeof *agents)];
    view->referrer = referrers[(random >> 40) % (sizeof referrers / sizeof *referrers)];
    view->second = INT64_C(1767225600) + (int64_t)(view->number / 20); /* from 2026-01-01, 20 in a second */
    time_t second = (time_t)view->second;
    gmtime_r(&second, &view->time);
    snprintf(view->iso, sizeof view->iso, "%04d-%02d-%02dT%02d:%02d:%02d", view->time.tm_year + 1900,
             view->time.tm_mon + 1, view->time.tm_mday, view->time.tm_hour, view->time.tm_min, view->time.tm_sec);
    snprintf(view->path, sizeof view->path, "/blog/machine-data/article-%" PRIu64 "?utm_source=letter&vid=%" PRIu64,
             view->page, view->visitor);
    snprintf(view->id, sizeof view->id, "%08" PRIx64 "-0000-4000-8000-%012" PRIx64, view->number >> 16, random >> 16);
}

static bool is_direct(const View *view)
{
    return view->referrer[0] == '-';
}

/* --- the formats: a row of each into `to`, its size back ------------------------------------------------------- */

#define ROW(...) (size_t) snprintf(to, ROW_SIZE, __VA_ARGS__)
#define SITE "https://www.fernwood.example"
#define REFERRER(view) (is_direct(view) ? "" : (view)->referrer)

static size_t csv_row(const View *view, char *to)
{
    return ROW("%s,%sZ,%" PRIx64 "," SITE "%s,\"Article %" PRIu64 ", on \"\"machines\"\"\",%s,\"%s\",page_view\n",
               view->id, view->iso, view->visitor, view->path, view->page, REFERRER(view), view->agent);
}

static size_t tsv_row(const View *view, char *to)
{
    return ROW("%s\t%sZ\t%" PRIx64 "\t" SITE "%s\tArticle %" PRIu64 ", on machines\t%s\t%s\tpage_view\n", view->id,
               view->iso, view->visitor, view->path, view->page, REFERRER(view), view->agent);
}

static size_t json_row(const View *view, char *to)
{
    return ROW(
        "{\"event\":\"page_view\",\"id\":\"%s\",\"at\":\"%sZ\",\"user\":{\"cookie\":\"%" PRIx64
        "\",\"plan\":null,\"tags\":[\"a\",\"b\"]},\"page\":{\"url\":\"" SITE "%s\",\"title\":\"Article %" PRIu64
        ", on \\\"machines\\\"\",\"referrer\":\"%s\"},\"screen\":{\"width\":1920,\"height\":1080},\"agent\":\"%s\"}",
        view->id, view->iso, view->visitor, view->path, view->page, REFERRER(view), view->agent);
}

static size_t xml_row(const View *view, char *to)
{
    return ROW("  <view id=\"%s\">\n    <at>%sZ</at>\n    <visitor>%" PRIx64 "</visitor>\n    <page>\n      <url>" SITE
               "/blog/machine-data/article-%" PRIu64 "?utm_source=letter&amp;vid=%" PRIu64
               "</url>\n      <title>Article %" PRIu64
               ", on machines</title>\n    </page>\n    <referrer>%s</referrer>\n"
               "    <agent>%s</agent>\n  </view>\n",
               view->id, view->iso, view->visitor, view->page, view->visitor, view->page, REFERRER(view), view->agent);
}

static size_t combined_row(const View *view, char *to)
{
    return ROW("10.%u.%u.%u - - [%02d/%s/%04d:%02d:%02d:%02d +0000] \"GET %s HTTP/1.1\" 200 %u \"%s\" \"%s\"\n",
               (unsigned)(view->visitor >> 16 & 255), (unsigned)(view->visitor >> 8 & 255),
               (unsigned)(view->visitor & 255), view->time.tm_mday, months[view->time.tm_mon],
               view->time.tm_year + 1900, view->time.tm_hour, view->time.tm_min, view->time.tm_sec, view->path,
               (unsigned)(view->page * 37), view->referrer, view->agent);
}

static size_t w3c_row(const View *view, char *to)
{
    char agent[200];
    size_t size = 0;
    for (; view->agent[size] && size < sizeof agent - 1; size++)
        agent[size] = view->agent[size] == ' ' ? '+' : view->agent[size];
    agent[size] = '\0';
    return ROW("%.10s %.8s 10.0.0.1 GET /blog/machine-data/article-%" PRIu64 " utm_source=letter&vid=%" PRIu64
               " 443 - 10.%u.%u.%u %s %s 200 0 0 %u\n",
               view->iso, view->iso + 11, view->page, view->visitor, (unsigned)(view->visitor >> 16 & 255),
               (unsigned)(view->visitor >> 8 & 255), (unsigned)(view->visitor & 255), agent, view->referrer,
               (unsigned)(view->page % 300));
}

/* 131 columns, most of them empty, and the contexts that the tracker adds to each event. */
static size_t snowplow_row(const View *view, char *to)
{
    static const char tabs[] =
        "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t";
    return ROW(
        "site\tweb\t%.10s %.8s.000\t%.10s %.8s.123\t%.10s %.8s.123\tpage_view\t%s\t\tsp\tjs-4.6.0\tssc-3.2.0-kinesis"
        "\tsnowplow-enrich-5.1.0\t\t10.0.0.1\t\t%" PRIx64 "\t1%.13s" SITE "%s\tArticle %" PRIu64 "\t%s%.16semail"
        "\tletter\t\t\tspring\t{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":"
        "[{\"schema\":\"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\",\"data\":{\"id\":\"%s\"}}]}"
        "%.25s%s%.46s5a3e\t%.10s %.8s.123\tcom.snowplowanalytics.snowplow\tpage_view\tjsonschema\t1-0-0\t\t\n",
        view->iso, view->iso + 11, view->iso, view->iso + 11, view->iso, view->iso + 11, view->id, view->visitor, tabs,
        view->path, view->page, REFERRER(view), tabs, view->id, tabs, view->agent, tabs, view->iso, view->iso + 11);
}

static size_t matomo_row(const View *view, char *to)
{
    return ROW("\t<row>\n\t\t<idSite>1</idSite>\n\t\t<idVisit>%" PRIu64 "</idVisit>\n\t\t<visitIp>10.0.0.0</visitIp>\n"
               "\t\t<visitorId>%016" PRIx64 "</visitorId>\n\t\t<actionDetails>\n"
               "\t\t\t<row>\n\t\t\t\t<type>action</type>\n\t\t\t\t<url>" SITE "/blog/article-%" PRIu64
               "</url>\n\t\t\t\t<pageTitle>Article %" PRIu64 "</pageTitle>\n\t\t\t\t<pageIdAction>131</pageIdAction>\n"
               "\t\t\t\t<pageId>%" PRIu64 "1</pageId>\n\t\t\t\t<timeSpent>30</timeSpent>\n\t\t\t\t<icon />\n"
               "\t\t\t\t<timestamp>%" PRId64 "</timestamp>\n\t\t\t</row>\n"
               "\t\t\t<row>\n\t\t\t\t<type>download</type>\n\t\t\t\t<url>" SITE "/files/guide-%" PRIu64
               ".pdf</url>\n\t\t\t\t<pageTitle />\n\t\t\t\t<pageId>%" PRIu64 "2</pageId>\n\t\t\t\t<timestamp>%" PRId64
               "</timestamp>\n\t\t\t</row>\n\t\t</actionDetails>\n\t\t<serverTimestamp>%" PRId64
               "</serverTimestamp>\n\t\t<firstActionTimestamp>%" PRId64
               "</firstActionTimestamp>\n\t\t<userId>u-%" PRIu64
               "</userId>\n\t\t<visitDuration>31</visitDuration>\n\t\t<referrerType>search</referrerType>\n"
               "\t\t<referrerName>Google</referrerName>\n\t\t<referrerUrl>https://www.google.com/</referrerUrl>\n"
               "\t\t<browserName>Firefox</browserName>\n\t\t<countryCode>de</countryCode>\n\t</row>\n",
               view->number, view->visitor, view->page, view->page, view->number, view->second, view->page,
               view->number, view->second + 30, view->second, view->second, view->visitor);
}

static size_t sitemap_row(const View *view, char *to)
{
    return ROW("  <url>\n    <loc>" SITE "/blog/machine-data/article-%" PRIu64
               "</loc>\n    <lastmod>%s+00:00</lastmod>\n"
               "    <changefreq>weekly</changefreq>\n    <priority>0.5</priority>\n  </url>\n",
               view->number, view->iso);
}

static size_t feed_row(const View *view, char *to)
{
    return ROW(
        "  <item>\n    <title>Article %" PRIu64 ", on machines</title>\n    <link>" SITE "/blog/article-%" PRIu64
        "</link>\n    <guid isPermaLink=\"false\">%s</guid>\n    <pubDate>%02d %s %04d %02d:%02d:%02d +0000</pubDate>\n"
        "    <dc:creator>Ann Weaver</dc:creator>\n    <category>machine data</category>\n    "
        "<category>energy</category>\n"
        "    <description><![CDATA[<p>What machines tell of themselves, and what of that is worth to be kept.</p>]]>"
        "</description>\n  </item>\n",
        view->page, view->number, view->id, view->time.tm_mday, months[view->time.tm_mon], view->time.tm_year + 1900,
        view->time.tm_hour, view->time.tm_min, view->time.tm_sec);
}

static size_t ga4_row(const View *view, char *to)
{
    return ROW(
        "{\"event_date\":\"20260302\",\"event_timestamp\":\"%" PRId64 "000000\",\"event_name\":\"page_view\","
        "\"event_params\":[{\"key\":\"ga_session_id\",\"value\":{\"int_value\":\"%" PRId64
        "\"}},{\"key\":\"page_title\",\"value\":{\"string_value\":\"Article %" PRIu64
        "\"}},{\"key\":\"page_location\",\"value\":{\"string_value\":\"" SITE
        "%s\"}},{\"key\":\"page_referrer\",\"value\":{\"string_value\":\"%s\"}}],\"event_bundle_sequence_id\":\"1\","
        "\"user_pseudo_id\":\"%" PRIu64 ".1772442000\",\"privacy_info\":{\"analytics_storage\":\"Yes\",\"ads_storage\":"
        "\"Yes\",\"uses_transient_token\":\"No\"},\"user_properties\":[],\"device\":{\"category\":\"desktop\","
        "\"operating_system\":\"Linux\",\"web_info\":{\"browser\":\"Firefox\",\"hostname\":\"www.fernwood.example\"}},"
        "\"geo\":{\"continent\":\"Europe\",\"country\":\"Germany\"},\"stream_id\":\"1234567890\",\"platform\":\"WEB\","
        "\"items\":[],\"collected_traffic_source\":{\"manual_campaign_name\":\"spring\",\"manual_source\":\"letter\","
        "\"manual_medium\":\"email\"},\"is_active_user\":true}\n",
        view->second, view->second, view->page, view->path, REFERRER(view), view->visitor);
}

/* What stands before the rows, between two and behind the last. */
static const struct Format {
    const char *name, *head;
    size_t (*row)(const View *view, char *to);
    const char *between, *foot;
} formats[] = {
    {"csv", "id,at,cookie,url,title,referrer,agent,event\n", csv_row, "", ""},
    {"utf-16", "id,at,cookie,url,title,referrer,agent,event\n", csv_row, "", ""},
    {"tsv", "id\tat\tcookie\turl\ttitle\treferrer\tagent\tevent\n", tsv_row, "", ""},
    {"ndjson", "", json_row, "\n", "\n"},
    {"json", "[", json_row, ",\n", "]\n"},
    {"xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<views>\n", xml_row, "", "</views>\n"},
    {"combined", "", combined_row, "", ""},
    {"w3c",
     "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-01-01 00:00:00\n#Fields: "
     "date time "
     "s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
     "sc-substatus "
     "sc-win32-status time-taken\n",
     w3c_row, "", ""},
    {"snowplow", "", snowplow_row, "", ""},
    {"matomo", "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<result>\n", matomo_row, "", "</result>\n"},
    {"sitemap",
     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
     sitemap_row, "", "</urlset>\n"},
    {"feed",
     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
     "<channel>\n  <title>Fernwood</title>\n  <link>" SITE "/</link>\n",
     feed_row, "", "</channel>\n</rss>\n"},
    {"ga4", "", ga4_row, "", ""},
};

/* --- writing -------------------------------------------------------------------------------------------------- */

typedef struct Writer {
    bool is_wide; /* UTF-16: all is ASCII, so that a zero byte follows each */
    uint64_t written;
} Writer;

static void put(Writer *writer, const char *bytes, size_t size)
{
    char wide[2 * ROW_SIZE];
    writer->written += size;
    for (size_t i = 0; writer->is_wide && i < size; i++) {
        wide[2 * i] = bytes[i];
        wide[2 * i + 1] = '\0';
    }
    size_t real = writer->is_wide ? 2 * size : size;
    if (fwrite(writer->is_wide ? wide : bytes, 1, real, stdout) != real) {
        perror("bench_generate_readers");
        exit(74);
    }
}

static void put_text(Writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void write_rows(const struct Format *format, uint64_t limit)
{
    char row[ROW_SIZE];
    View view = {.number = 0};
    uint64_t state = 1;
    Writer writer = {.is_wide = strcmp(format->name, "utf-16") == 0};
    if (writer.is_wide)
        fwrite("\xFF\xFE", 1, 2, stdout);
    put_text(&writer, format->head);
    do {
        if (view.number)
            put_text(&writer, format->between);
        make_view(&view, &state);
        put(&writer, row, format->row(&view, row));
    } while (writer.written < limit);
    put_text(&writer, format->foot);
}

int main(int argc, char **argv)
{
    uint64_t megabytes = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    setvbuf(stdout, NULL, _IOFBF, BLOCK_SIZE);
    for (size_t i = 0; megabytes && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(argv[1], formats[i].name) == 0) {
            write_rows(&formats[i], megabytes * MILLION);
            return fflush(stdout) == 0 ? 0 : 74;
        }
    fputs("usage: bench_generate_readers FORMAT MEGABYTES\nformats:", stderr);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        fprintf(stderr, " %s", formats[i].name);
    fputs("\n", stderr);
    return 64;
}
