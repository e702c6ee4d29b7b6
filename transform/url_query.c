#include "transform/url_query.h"

#include "transform/email.h"
#include "transform/percent.h"

/* Longer than any tracking parameter's name. */
enum { NAME_MAX_SIZE = 32, NESTING_MAX = 3 };

static char *write_canonical(Text raw, char *out)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    while (at < end) {
        if (percent_raw[(unsigned char)*at] & PERCENT_QUERY)
            *out++ = *at++;
        else
            out = percent_write(&at, end, out);
    }
    return out;
}

bool url_query_rules_make(UrlQueryRules *rules, const Text *named, size_t named_count)
{
    *rules = (UrlQueryRules){.is_named_only = named != NULL};
    size_t size = 0;
    if (named_count > URL_NAMED_MAX || tracking_parameter_count > URL_TRACKING_MAX)
        return false;
    for (size_t i = 0; i < named_count; i++) {
        size += named[i].size;
        if (size > URL_NAMED_SIZE_MAX)
            return false;
    }
    char *out = rules->named_bytes;
    for (size_t i = 0; i < named_count; i++) {
        out = write_canonical(named[i], out);
        rules->named_end[rules->named_count++] = (uint16_t)(out - rules->named_bytes);
    }
    uint16_t entry = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        rules->bucket[byte] = entry;
        for (; entry < tracking_parameter_count && (unsigned char)tracking_parameters[entry].name[0] == byte; entry++)
            rules->size[entry] = (uint8_t)strcspn(tracking_parameters[entry].name, "*");
    }
    rules->bucket[256] = entry;
    return entry == tracking_parameter_count;
}

static unsigned char lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

/* The decoded name in lower case, cut at NAME_MAX_SIZE. */
static size_t lower_name(Text name, char out[NAME_MAX_SIZE])
{
    const char *at = name.data, *end = name.data + name.size;
    size_t size = 0;
    while (at < end && size < NAME_MAX_SIZE) {
        int byte = *at == '%' ? percent_byte(at, end) : -1;
        at += byte < 0 ? 1 : 3;
        out[size++] = (char)lower((unsigned char)(byte < 0 ? at[-1] : (char)byte));
    }
    return size;
}

UrlRole url_query_role_of(const UrlQueryRules *rules, Text name, bool *ret_is_tracking)
{
    *ret_is_tracking = false;
    if (name.size == 0)
        return URL_ROLE_NONE;
    unsigned char first = lower((unsigned char)name.data[0]);
    if (rules->bucket[first] == rules->bucket[first + 1] && first != '%')
        return URL_ROLE_NONE;
    char lowered[NAME_MAX_SIZE];
    size_t size = lower_name(name, lowered);
    first = (unsigned char)lowered[0];
    for (size_t i = rules->bucket[first]; i < rules->bucket[first + 1]; i++) {
        const TrackingParameter *entry = &tracking_parameters[i];
        size_t length = rules->size[i];
        if (size < length || (size > length && entry->name[length] != '*'))
            continue;
        if (lowered[length - 1] != entry->name[length - 1] || memcmp(lowered, entry->name, length) != 0)
            continue;
        *ret_is_tracking = true;
        return entry->role;
    }
    return URL_ROLE_NONE;
}

/* Decoded as often as sites nest one URL in another: an address in a redirect's target is an address too. */
static bool holds_address(Text raw, char *scratch)
{
    if (!memchr(raw.data, '@', raw.size) && !memchr(raw.data, '%', raw.size))
        return false;
    Text text = {scratch, percent_decode(raw, true, scratch)}, found;
    for (int i = 1; i < NESTING_MAX && memchr(text.data, '%', text.size); i++)
        text.size = percent_decode(text, false, scratch);
    return email_find(text, &found);
}

static bool is_named(const UrlQueryRules *rules, Text name)
{
    for (size_t i = 0, start = 0; i < rules->named_count; start = rules->named_end[i++]) {
        if (text_equal((Text){rules->named_bytes + start, rules->named_end[i] - start}, name))
            return true;
    }
    return false;
}

/* By name, then by value. */
static int compare_kept(const char *bytes, const UrlKept *a, const UrlKept *b)
{
    int order = text_compare((Text){bytes + a->start, a->name_size}, (Text){bytes + b->start, b->name_size});
    if (order)
        return order;
    /* What follows the name is empty, or starts with = on both sides. */
    size_t a_equals = a->size > a->name_size, b_equals = b->size > b->name_size;
    size_t a_from = a->name_size + a_equals, b_from = b->name_size + b_equals;
    return text_compare((Text){bytes + a->start + a_from, a->size - a_from},
                        (Text){bytes + b->start + b_from, b->size - b_from});
}

static size_t write_sorted(UrlQuery *query, size_t count, char *out, size_t size)
{
    UrlKept *kept = query->kept;
    for (size_t i = 1; i < count; i++) {
        UrlKept moved = kept[i];
        size_t j = i;
        for (; j > 0 && compare_kept(out, &kept[j - 1], &moved) > 0; j--)
            kept[j] = kept[j - 1];
        kept[j] = moved;
    }
    memcpy(query->scratch, out, size);
    size_t written = 0;
    for (size_t i = 0; i < count; i++) {
        if (i)
            out[written++] = '&';
        memcpy(out + written, query->scratch + kept[i].start, kept[i].size);
        written += kept[i].size;
    }
    return written;
}

static void note_role(UrlQuery *query, UrlRole role, Text value)
{
    if (role != URL_ROLE_NONE && value.size && !(query->roles >> role & 1)) {
        query->roles |= 1U << role;
        query->role_values[role] = value;
    }
}

bool url_query_write(UrlQuery *query, const UrlQueryRules *rules, Text raw, char *out, size_t *ret_size)
{
    const char *at = raw.data, *end = raw.data + raw.size;
    bool may_hold_address = memchr(raw.data, '@', raw.size) || memchr(raw.data, '%', raw.size);
    bool is_sorted = true;
    size_t kept_count = 0, size = 0;
    query->parameter_count = 0;
    query->roles = 0;
    for (const char *stop; at < end; at = stop + (stop < end)) {
        stop = memchr(at, '&', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (stop == at)
            continue;
        if (query->parameter_count == URL_PARAMETERS_MAX)
            return false;
        const char *equals = at;
        while (equals < stop && *equals != '=')
            equals++;
        Text name = {at, (size_t)(equals - at)};
        Text value = equals < stop ? (Text){equals + 1, (size_t)(stop - equals) - 1} : TEXT_NULL;
        query->parameters[query->parameter_count++] = (UrlParameter){name, value};
        bool is_tracking;
        note_role(query, url_query_role_of(rules, name, &is_tracking), value);
        if (is_tracking && !rules->is_named_only)
            continue;

        size_t start = size + (kept_count > 0);
        char *name_end = write_canonical(name, out + start);
        Text written = {out + start, (size_t)(name_end - out) - start};
        if (rules->is_named_only && !is_named(rules, written))
            continue;
        Text whole = {at, (size_t)(stop - at)};
        if (may_hold_address && holds_address(whole, query->scratch))
            continue;
        char *whole_end = write_canonical((Text){equals, (size_t)(stop - equals)}, name_end);
        if (kept_count)
            out[size] = '&';
        size = (size_t)(whole_end - out);
        query->kept[kept_count] =
            (UrlKept){(uint32_t)start, (uint32_t)(size - start), (uint32_t)(name_end - out - (ptrdiff_t)start)};
        is_sorted = is_sorted &&
                    (kept_count == 0 || compare_kept(out, &query->kept[kept_count - 1], &query->kept[kept_count]) <= 0);
        kept_count++;
    }
    *ret_size = is_sorted ? size : write_sorted(query, kept_count, out, size);
    return true;
}
