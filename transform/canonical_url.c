#include "transform/canonical_url.h"

#include "transform/percent.h"
#include "transform/url_host.h"

const char *url_reason_text(UrlReason reason)
{
    static const char *const texts[] = {
        [URL_OK] = "the url is in order",
        [URL_EMPTY] = "the url is empty",
        [URL_TOO_LONG] = "the url is longer than 8192 bytes",
        [URL_OTHER_SCHEME] = "the url is neither http nor https",
        [URL_RELATIVE] = "the url has no scheme, and its source no base_url",
        [URL_BAD_HOST] = "the url has no valid host",
        [URL_BAD_PORT] = "the url has no valid port",
        [URL_TOO_MANY_PARAMETERS] = "the url has more than 256 parameters",
        [URL_BAD_RULES] = "too many parameters are named, or their names are too long",
    };
    return texts[reason];
}

/* --------------------------------------------------------------------------------------------- what was given -- */

static bool is_slash(char byte)
{
    return byte == '/' || byte == '\\';
}

static Text text_behind(Text text, size_t size)
{
    return (Text){text.data + size, text.size - size};
}

static bool has_dropped_byte(Text text)
{
    return memchr(text.data, '\t', text.size) || memchr(text.data, '\n', text.size) ||
           memchr(text.data, '\r', text.size);
}

/* Without C0 controls and spaces around it, and without tabs and line ends within; those need the buffer, of
 * URL_CEILING bytes. */
static UrlReason clean(Text raw, char *buffer, Text *ret_text)
{
    while (raw.size && (unsigned char)raw.data[0] <= ' ')
        raw = text_behind(raw, 1);
    while (raw.size && (unsigned char)raw.data[raw.size - 1] <= ' ')
        raw.size--;
    if (raw.size == 0)
        return URL_EMPTY;
    if (raw.size > URL_CEILING)
        return URL_TOO_LONG;
    *ret_text = raw;
    if (has_dropped_byte(raw)) {
        size_t size = 0;
        for (size_t i = 0; i < raw.size; i++) {
            if (!strchr("\t\n\r", raw.data[i]) || raw.data[i] == '\0')
                buffer[size++] = raw.data[i];
        }
        *ret_text = (Text){buffer, size};
    }
    return URL_OK;
}

/* Size of the scheme with its colon, 0 if there is none. */
static size_t scheme_size(Text text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i], letter = byte | 0x20;
        if (byte == ':')
            return i ? i + 1 : 0;
        if (letter >= 'a' && letter <= 'z')
            continue;
        if (i == 0 || !((byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.'))
            return 0;
    }
    return 0;
}

static bool is_scheme(Text text, size_t size, const char *name)
{
    return size && text_is_ignore_case((Text){text.data, size - 1}, name);
}

static Text skip_slashes(Text text)
{
    while (text.size && is_slash(text.data[0]))
        text = text_behind(text, 1);
    return text;
}

/* Joins the first part of the base URL and the text, which may lie in the url's input already. */
static UrlReason join(CanonicalUrl *url, const UrlRules *rules, size_t base_size, Text text, Text *ret_rest)
{
    if (base_size + text.size > URL_CEILING)
        return URL_TOO_LONG;
    memmove(url->input + base_size, text.data, text.size);
    memcpy(url->input, rules->base, base_size);
    *ret_rest = (Text){url->input, base_size + text.size};
    return URL_OK;
}

/* What stands behind "https://" once the URL is absolute. The standard's states from "scheme start" to "special
 * authority ignore slashes". */
static UrlReason resolve(CanonicalUrl *url, const UrlRules *rules, Text text, Text *ret_rest)
{
    /* Nearly all there are: the base plays no part before "//". */
    if (text_starts_with(text, TEXT("https://")) || text_starts_with(text, TEXT("http://"))) {
        *ret_rest = skip_slashes(text_behind(text, text.data[4] == 's' ? 8 : 7));
        return URL_OK;
    }
    size_t size = scheme_size(text);
    bool is_https = is_scheme(text, size, "https"), has_base = rules->base_size > 0;
    if (size && !is_https && !is_scheme(text, size, "http"))
        return URL_OTHER_SCHEME;
    if (size) {
        Text rest = text_behind(text, size);
        bool is_relative = has_base && is_https == rules->is_base_https && !text_starts_with(rest, TEXT("//"));
        if (!is_relative) {
            *ret_rest = skip_slashes(rest);
            return URL_OK;
        }
        text = rest;
    }
    if (!has_base)
        return URL_RELATIVE;
    if (text.size >= 2 && is_slash(text.data[0]) && is_slash(text.data[1])) {
        *ret_rest = skip_slashes(text);
        return URL_OK;
    }
    char first = text.size ? text.data[0] : '#';
    size_t base_size = is_slash(first) ? rules->base_authority
                       : first == '?'  ? rules->base_path
                       : first == '#'  ? rules->base_size
                                       : rules->base_folder;
    return join(url, rules, base_size, text, ret_rest);
}

/* -------------------------------------------------------------------------------------------------- authority -- */

/* Bytes of most hosts, in lower case; 0 for all that needs a closer look. */
static const uint8_t plain_host[256] = {
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i',
    ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z', ['A'] = 'a',
    ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j',
    ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's',
    ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['0'] = '0', ['1'] = '1',
    ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['-'] = '-',
    ['.'] = '.', ['_'] = '_',
};

static bool ends_authority(char byte)
{
    return is_slash(byte) || byte == '?' || byte == '#';
}

static size_t authority_size(Text rest)
{
    size_t size = 0;
    while (size < rest.size && !ends_authority(rest.data[size]))
        size++;
    return size;
}

/* Position of the colon before the port, or the size: the first one that is in no brackets. */
static size_t find_port(Text host)
{
    bool is_inside = false;
    for (size_t i = 0; i < host.size; i++) {
        if (host.data[i] == ':' && !is_inside)
            return i;
        if (host.data[i] == '[')
            is_inside = true;
        else if (host.data[i] == ']')
            is_inside = false;
    }
    return host.size;
}

/* Reads the digits behind the colon. *ret_port is -1 for an empty one. */
static bool read_port(Text digits, int *ret_port)
{
    int port = digits.size ? 0 : -1;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        port = port * 10 + (digits.data[i] - '0');
        if (port > 65535)
            return false;
    }
    *ret_port = port;
    return true;
}

static char *write_port(int port, char *out)
{
    char digits[5];
    size_t size = 0;
    *out++ = ':';
    do {
        digits[size++] = (char)('0' + port % 10);
        port /= 10;
    } while (port);
    while (size)
        *out++ = digits[--size];
    return out;
}

/* Writes host and port of what stands before the path. */
static UrlReason write_authority(Text authority, char *out, Text *ret_host, char **ret_end)
{
    const char *at = authority.size ? memrchr(authority.data, '@', authority.size) : NULL;
    if (at)
        authority = text_behind(authority, (size_t)(at - authority.data) + 1);
    size_t colon = find_port(authority);
    size_t size = url_host_canonical((Text){authority.data, colon}, out);
    if (size == 0)
        return URL_BAD_HOST;
    int port = -1;
    if (colon < authority.size && !read_port(text_behind(authority, colon + 1), &port))
        return URL_BAD_PORT;
    *ret_host = (Text){out, size};
    *ret_end = port < 0 || port == 80 || port == 443 ? out + size : write_port(port, out + size);
    return URL_OK;
}

/* The same, and where the path begins; quick for a plain host name and nothing else. */
static UrlReason read_authority(Text rest, char *out, Text *ret_host, char **ret_end, Text *ret_path)
{
    size_t size = 0;
    for (uint8_t byte; size < rest.size && (byte = plain_host[(unsigned char)rest.data[size]]); size++)
        out[size] = (char)byte;
    Text host = {out, size};
    if (size && (size == rest.size || ends_authority(rest.data[size])) && !url_host_may_be_number(host)) {
        *ret_host = host;
        *ret_end = out + size;
        *ret_path = text_behind(rest, size);
        return URL_OK;
    }
    size = authority_size(rest);
    *ret_path = text_behind(rest, size);
    return write_authority((Text){rest.data, size}, out, ret_host, ret_end);
}

/* ------------------------------------------------------------------------------------------------------- path -- */

/* Removes the last segment from the path that ends at out. */
static char *pop_segment(const char *path, char *out)
{
    while (out > path && *--out != '/')
        ;
    return out;
}

/* Writes the path with dot segments resolved; *at moves to the ? or #, or to the end. */
static char *write_path(const char **at, const char *end, char *const path)
{
    const char *in = *at;
    char *out = path;
    bool is_last = in == end || !is_slash(*in);
    if (is_last)
        *out++ = '/';
    while (!is_last) {
        char *segment = out;
        *out++ = '/';
        in++;
        while (in < end) {
            if (percent_raw[(unsigned char)*in] & PERCENT_PATH)
                *out++ = *in++;
            else if (ends_authority(*in))
                break;
            else
                out = percent_write(&in, end, out);
        }
        is_last = in == end || !is_slash(*in);
        size_t size = (size_t)(out - segment) - 1;
        bool is_single = size == 1 && segment[1] == '.';
        bool is_double = size == 2 && segment[1] == '.' && segment[2] == '.';
        if (is_single || is_double) {
            out = is_double ? pop_segment(path, segment) : segment;
            if (is_last)
                *out++ = '/';
        }
    }
    *at = in;
    return out;
}

static bool is_index_file(Text name)
{
    static const char *const suffixes[] = {"html", "htm", "php", "asp", "aspx", "jsp", "shtml", "xhtml", "cfm", "cgi"};
    size_t dot = text_find(name, '.');
    Text stem = {name.data, dot};
    if (dot == name.size || !(text_is_ignore_case(stem, "index") || text_is_ignore_case(stem, "default")))
        return false;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (text_is_ignore_case(text_behind(name, dot + 1), suffixes[i]))
            return true;
    }
    return false;
}

/* Drops slashes and index files from the end until neither is there; the root keeps its slash. */
static char *trim_path(char *path, char *out)
{
    for (;;) {
        while (out > path && out[-1] == '/')
            out--;
        char *segment = out;
        while (segment > path && segment[-1] != '/')
            segment--;
        unsigned char first = segment < out ? (unsigned char)*segment | 0x20 : 0;
        if ((first != 'i' && first != 'd') || !is_index_file((Text){segment, (size_t)(out - segment)}))
            break;
        out = segment;
    }
    if (out == path)
        *out++ = '/';
    return out;
}

/* -------------------------------------------------------------------------------------------------------- all -- */

UrlReason canonical_url_make(CanonicalUrl *url, const UrlRules *rules, Text raw)
{
    Text text = TEXT_NULL, rest = TEXT_NULL, path = TEXT_NULL;
    UrlReason reason = clean(raw, url->input, &text);
    if (reason == URL_OK)
        reason = resolve(url, rules, text, &rest);
    if (reason != URL_OK)
        return reason;
    memcpy(url->bytes, "https://", 8);
    char *out;
    reason = read_authority(rest, url->bytes + 8, &url->host, &out, &path);
    if (reason != URL_OK)
        return reason;

    const char *at = path.data, *end = path.data + path.size;
    char *start = out;
    out = trim_path(start, write_path(&at, end, start));
    url->path = (Text){start, (size_t)(out - start)};

    url->query.parameter_count = 0;
    url->query.roles = 0;
    if (at < end && *at == '?') {
        Text query = {at + 1, (size_t)(end - at) - 1};
        query.size = text_find(query, '#');
        size_t size;
        if (!url_query_write(&url->query, &rules->query, query, out + 1, &size))
            return URL_TOO_MANY_PARAMETERS;
        *out = '?';
        out += size ? size + 1 : 0;
    }
    url->text = (Text){url->bytes, (size_t)(out - url->bytes)};
    return url->text.size > URL_CEILING ? URL_TOO_LONG : URL_OK;
}

/* Keeps the base URL: its path resolved, but not trimmed, since "/blog/" and "/blog" lead relative URLs elsewhere. */
static UrlReason set_base(UrlRules *rules, CanonicalUrl *url, Text base_url)
{
    Text text = TEXT_NULL, rest = TEXT_NULL, host, path = TEXT_NULL;
    char *out = url->bytes;
    UrlReason reason = clean(base_url, url->input, &text);
    if (reason == URL_OK)
        reason = resolve(url, rules, text, &rest);
    if (reason == URL_OK)
        reason = read_authority(rest, url->bytes, &host, &out, &path);
    if (reason != URL_OK)
        return reason;
    rules->base_authority = (size_t)(out - url->bytes);
    const char *at = path.data, *end = path.data + path.size;
    out = write_path(&at, end, out);
    rules->base_path = (size_t)(out - url->bytes);
    Text query = {at, (size_t)(end - at)};
    query.size = text_find(query, '#');
    rules->base_size = rules->base_path + query.size;
    if (rules->base_size > URL_BASE_MAX)
        return URL_TOO_LONG;
    memcpy(rules->base, url->bytes, rules->base_path);
    memcpy(rules->base + rules->base_path, query.data, query.size);
    rules->base_folder = rules->base_path;
    while (rules->base[rules->base_folder - 1] != '/')
        rules->base_folder--;
    rules->is_base_https = is_scheme(text, scheme_size(text), "https");
    return URL_OK;
}

UrlReason url_rules_make(UrlRules *rules, Text base_url, const Text *named, size_t named_count)
{
    *rules = (UrlRules){.is_base_https = false};
    if (!url_query_rules_make(&rules->query, named, named_count))
        return URL_BAD_RULES;
    if (text_is_null(base_url))
        return URL_OK;
    CanonicalUrl url;
    return set_base(rules, &url, base_url);
}

Text url_referrer_host(Text referrer, char out[URL_REFERRER_HOST_SPACE])
{
    static const char *const schemes[] = {"https", "http", "android-app", "ios-app"};
    char buffer[URL_CEILING];
    Text text, host, path;
    char *end;
    if (clean(referrer, buffer, &text) != URL_OK)
        return TEXT_NULL;
    size_t size = scheme_size(text);
    bool is_known = size == 0;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        is_known = is_known || is_scheme(text, size, schemes[i]);
    if (!is_known)
        return TEXT_NULL;
    Text rest = skip_slashes(text_behind(text, size));
    if (read_authority(rest, out, &host, &end, &path) != URL_OK)
        return TEXT_NULL;
    /* Without a scheme, only what has a dot is a host: "direct" and "(none)" are not. */
    bool is_host = size || (rest.data == text.data && memchr(host.data, '.', host.size));
    return is_host ? host : TEXT_NULL;
}
