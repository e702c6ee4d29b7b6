#include "common/weblog/line.h"

#include "common/utf8.h"

#include <stdio.h>

static bool fail(WeblogLine *line, size_t position, Text expected, const WeblogItem *before)
{
    line->problem = "malformed_line";
    Text name = before ? utf8_truncate(before->name, 40) : TEXT("");
    if (expected.size == 0)
        snprintf(line->reason, sizeof line->reason, "the line goes on at byte %zu, behind the last value of log_format",
                 position + 1);
    else if (before)
        snprintf(line->reason, sizeof line->reason, "no '%.*s' behind '%.*s', which begins at byte %zu",
                 TEXT_PRINTF(utf8_truncate(expected, 40)), TEXT_PRINTF(name), position + 1);
    else
        snprintf(line->reason, sizeof line->reason, "does not begin with '%.*s'",
                 TEXT_PRINTF(utf8_truncate(expected, 40)));
    return false;
}

/* Whether an odd number of backslashes stands before it: then it is part of the value. */
static bool is_escaped(const char *start, const char *at)
{
    const char *back = at;
    while (back > start && back[-1] == '\\')
        back--;
    return (at - back) % 2 != 0;
}

/* "a, b" and nginx's "a : b": a blank within a list. */
static bool is_within_list(const char *start, const char *at, const char *end)
{
    bool is_behind = at > start && (at[-1] == ',' || at[-1] == ':');
    return *at == ' ' && (is_behind || (at + 2 < end && at[1] == ':' && at[2] == ' '));
}

/* Where the value that begins at `start` ends; NULL if what stands behind it does not come. */
static const char *find_behind(const WeblogItem *item, const char *start, const char *end)
{
    const Text behind = item->behind;
    const char *at = start;
    unsigned skips = item->skips;
    /* Without quotes around it a request has blanks of its own, the last of them before its protocol. */
    if (item->field == WEBLOG_REQUEST && behind.data[0] == ' ') {
        const char *protocol = memmem(start, (size_t)(end - start), " HTTP/", 6);
        at = protocol ? protocol + 1 : start;
    }
    while ((at = memchr(at, behind.data[0], (size_t)(end - at)))) {
        size_t left = (size_t)(end - at);
        bool is_it = left >= behind.size && (behind.size == 1 || memcmp(at, behind.data, behind.size) == 0);
        if (is_it && *at == '"' && at > start && at[-1] == '\\')
            is_it = !is_escaped(start, at);
        if (is_it && item->is_list)
            is_it = !is_within_list(start, at, end);
        if (is_it && skips == 0)
            return at;
        skips -= is_it;
        at++;
    }
    return NULL;
}

static const char *find_word_end(const char *at, const char *end)
{
    const char *blank = memchr(at, ' ', (size_t)(end - at));
    return blank ? blank : end;
}

/* No address does: then another value stands before it, such as the host, that log_format does not name. */
static bool holds_blank(Text value)
{
    return memchr(value.data, ' ', value.size) != NULL;
}

static bool split_by_format(const WeblogFormat *format, Text text, WeblogLine *line)
{
    const char *at = text.data, *end = text.data + text.size;
    if (!text_starts_with(text, format->ahead))
        return fail(line, 0, format->ahead, NULL);
    at += format->ahead.size;
    for (size_t i = 0; i < format->count; i++) {
        const WeblogItem *item = &format->items[i];
        const char *stop = end;
        if (item->behind.size)
            stop = find_behind(item, at, end);
        else if (item->stop)
            stop = memchr(at, item->stop, (size_t)(end - at));
        else if (item->is_word)
            stop = find_word_end(at, end);
        if (!stop)
            return fail(line, (size_t)(at - text.data), item->behind.size ? item->behind : (Text){&item->stop, 1},
                        item);
        line->values[i] = (Text){at, (size_t)(stop - at)};
        if (item->field == WEBLOG_ADDRESS && !item->is_list && holds_blank(line->values[i]))
            return fail(line, (size_t)(at - text.data), item->behind, item);
        at = stop + item->behind.size;
    }
    while (at < end && *at == ' ')
        at++;
    return at == end || fail(line, (size_t)(at - text.data), TEXT_NULL, NULL);
}

/* --- W3C ------------------------------------------------------------------------------------------------------ */

/* Behind a value in quotes that begins at `at`, in which a quote is doubled. NULL if it is no such value, but one that
 * merely begins with a quote. */
static const char *skip_quoted(const char *at, const char *end, char separator)
{
    for (at++; (at = memchr(at, '"', (size_t)(end - at))); at++) {
        if (at + 1 == end || at[1] == separator)
            return at + 1;
        at += at[1] == '"';
    }
    return NULL;
}

static Text take_w3c_value(const char **rest, const char *end, char separator)
{
    const char *start = *rest, *stop = NULL;
    bool has_quotes = false;
    if (start < end && *start == '"') {
        stop = skip_quoted(start, end, separator);
        has_quotes = stop != NULL;
    }
    if (!stop)
        stop = memchr(start, separator, (size_t)(end - start));
    if (!stop)
        stop = end;
    *rest = stop;
    return has_quotes ? (Text){start + 1, (size_t)(stop - start) - 2} : (Text){start, (size_t)(stop - start)};
}

static bool split_by_separator(const WeblogFormat *format, Text text, WeblogLine *line)
{
    line->has_tabs = memchr(text.data, '\t', text.size) != NULL;
    char separator = line->has_tabs ? '\t' : ' ';
    const char *at = text.data, *end = text.data + text.size;
    while (separator == ' ' && end > at && end[-1] == ' ')
        end--;
    size_t count = 0;
    for (bool has_more = true; has_more; count++) {
        Text value = take_w3c_value(&at, end, separator);
        if (count < format->count)
            line->values[count] = value;
        has_more = at < end;
        at += has_more;
    }
    if (count == format->count)
        return true;
    line->problem = "ragged";
    snprintf(line->reason, sizeof line->reason, "%zu value%s instead of the %zu that #Fields names", count,
             count == 1 ? "" : "s", format->count);
    return false;
}

bool weblog_line_split(const WeblogFormat *format, Text text, WeblogLine *ret_line)
{
    bool is_w3c = format->style == WEBLOG_W3C;
    if (!(is_w3c ? split_by_separator : split_by_format)(format, text, ret_line))
        return false;
    for (size_t i = 0; i < format->count; i++)
        if (ret_line->values[i].size == 1 && ret_line->values[i].data[0] == '-')
            ret_line->values[i] = TEXT_NULL;
    return true;
}
