/* The reader of web server logs against a real log that others collected, read from $CLOSEDLOOP_CONFORMANCE, and
 * counted here by other means. */
#include "tests/unit/extract/extract_check.h"

#include <regex.h>

#define NAME "weblog/elastic_apache_combined/apache_logs"

enum { LOG_CEILING = 16 << 20 };

static char *read_log(size_t *ret_size)
{
    char path[1024];
    const char *folder = getenv("CLOSEDLOOP_CONFORMANCE");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/conformance", NAME);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = malloc(LOG_CEILING);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, LOG_CEILING, file);
    assert_int_equal(0, fclose(file));
    return bytes;
}

static size_t count_lines(Text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == '\n';
    return count;
}

static CheckResult read_with(Text log, const char *filters)
{
    char lines[512];
    snprintf(
        lines, sizeof lines,
        "kind: view\nformat: weblog\n%s"
        "fields: {viewed_at: time, visitor: ip_address, url: url, interaction: method, utm_term: status, referrer: "
        "referrer, user_agent: user_agent}\n",
        filters);
    CheckResult result = check_read(lines, log, 0, false);
    assert_int_equal(STATUS_OK, result.status);
    return result;
}

static void every_line_is_accounted_for(void **state)
{
    (void)state;
    size_t size;
    char *bytes = read_log(&size);
    if (!bytes)
        skip();
    Text log = {bytes, size};
    CheckResult all = read_with(log, ""), views = read_with(log, "only: {method: GET, status: [200, 304]}\n");
    const BatchCount *count = &all.counts[RECORD_VIEW], *few = &views.counts[RECORD_VIEW];
    assert_int_equal(10000, count_lines(log));
    assert_int_equal(10000, count->read);
    assert_int_equal(10000, count->emitted + count->rejected);
    assert_int_equal(10000, few->read);
    assert_int_equal(10000, few->emitted + few->rejected + few->filtered);
    assert_true(few->filtered > 0);
    free(all.output);
    free(views.output);
    free(bytes);
}

/* A second opinion: what a regular expression makes of a line. Of several slashes that an address begins with one
 * counts, since //a would name a host. */
static const char pattern[] =
    "^([^ ]+) [^ ]+ [^ ]+ \\[([0-9]{2})/May/2015:([0-9:]{8}) \\+0000\\] \"([A-Z]+) /*(/([^/ \"][^ \"]*)?) "
    "HTTP/1\\.[01]\" ([0-9]{3}) ([0-9]+|-) \"(-|[^\"\\]*)\" \"(-|[^\"\\]*)\"$";

static void print_match(const char *line, const regmatch_t *match, size_t number, FILE *out)
{
#define PART(i) (int)(match[i].rm_eo - match[i].rm_so), line + match[i].rm_so
    bool has_referrer = match[9].rm_eo - match[9].rm_so != 1 || line[match[9].rm_so] != '-';
    bool has_agent = match[10].rm_eo - match[10].rm_so != 1 || line[match[10].rm_so] != '-';
    fprintf(out, "view %zu viewed_at=2015-05-%.*sT%.*s+0000 visitor=%.*s url=%.*s interaction=%.*s", number, PART(2),
            PART(3), PART(1), PART(5), PART(4));
    if (has_referrer)
        fprintf(out, " referrer=%.*s", PART(9));
    if (has_agent)
        fprintf(out, " user_agent=%.*s", PART(10));
    fprintf(out, " utm_term=%.*s\n", PART(7));
#undef PART
}

/* Lines that the expression knows must say the same; there are few others. */
static void values_are_those_of_a_regular_expression(void **state)
{
    (void)state;
    size_t size, known = 0, number = 0;
    char *bytes = read_log(&size);
    if (!bytes)
        skip();
    CheckResult result = read_with((Text){bytes, size}, "");
    regex_t expression;
    assert_int_equal(0, regcomp(&expression, pattern, REG_EXTENDED));
    char *line = bytes, *found = result.output;
    for (char *end; (end = memchr(line, '\n', (size_t)(bytes + size - line))); line = end + 1) {
        regmatch_t match[11];
        char *found_end = strchr(found, '\n');
        assert_non_null(found_end);
        *end = *found_end = '\0';
        number++;
        if (regexec(&expression, line, 11, match, 0) == 0) {
            char *expected;
            size_t expected_size;
            FILE *out = open_memstream(&expected, &expected_size);
            print_match(line, match, number, out);
            assert_int_equal(0, fclose(out));
            expected[expected_size - 1] = '\0';
            assert_string_equal(expected, found);
            free(expected);
            known++;
        }
        found = found_end + 1;
    }
    assert_int_equal(10000, number);
    assert_in_range(known, 9900, 10000);
    regfree(&expression);
    free(result.output);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_accounted_for),
        cmocka_unit_test(values_are_those_of_a_regular_expression),
    };
    return cmocka_run_group_tests(tests, check_begin, check_end);
}
