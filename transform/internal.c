#include "transform/internal.h"

#include "transform/percent.h"

enum { DECODED_MAX = 1024, TOKEN_MAX = 64 };

bool internal_by_address(const Traffic *traffic, Text ip_address)
{
    IpAddress address;
    if (traffic->internal_range_count == 0 || !ip_address_read(ip_address, &address))
        return false;
    for (size_t i = 0; i < traffic->internal_range_count; i++)
        if (ip_range_holds(&traffic->internal_ranges[i], &address))
            return true;
    return false;
}

/* --- parameters ------------------------------------------------------------------------------------------------ */

/* What is longer than any name or value that can be meant is cut. */
static Text decode(Text raw, char out[DECODED_MAX])
{
    if (raw.size > DECODED_MAX)
        raw.size = DECODED_MAX;
    return (Text){out, percent_decode(raw, true, out)};
}

static bool is_internal(const Traffic *traffic, Text raw_name, Text raw_value)
{
    char name_space[DECODED_MAX], value_space[DECODED_MAX];
    Text name = decode(raw_name, name_space);
    for (size_t i = 0; i < traffic->internal_parameter_count; i++) {
        const TrafficParameter *parameter = &traffic->internal_parameters[i];
        if (!text_equal_ignore_case(name, parameter->name))
            continue;
        Text value = decode(raw_value, value_space);
        for (size_t j = 0; j < parameter->value_count; j++)
            if (text_equal(value, parameter->values[j]))
                return true;
    }
    return false;
}

bool internal_by_parameter(const Traffic *traffic, Text url)
{
    if (traffic->internal_parameter_count == 0)
        return false;
    url.size = text_find(url, '#');
    size_t question = text_find(url, '?');
    if (question == url.size)
        return false;
    Text rest = {url.data + question + 1, url.size - question - 1};
    while (rest.size) {
        size_t size = text_find(rest, '&');
        Text pair = {rest.data, size};
        size_t equals = text_find(pair, '=');
        Text value = equals < size ? (Text){pair.data + equals + 1, size - equals - 1} : TEXT("");
        if (is_internal(traffic, (Text){pair.data, equals}, value))
            return true;
        size += size < rest.size;
        rest = (Text){rest.data + size, rest.size - size};
    }
    return false;
}

/* --- masks ----------------------------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(char byte)
{
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '_';
}

static bool is_v4_part(char byte)
{
    return is_digit(byte) || byte == '.';
}

static bool is_v6_part(char byte)
{
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') || byte == ':' || byte == '.';
}

static size_t run_end(Text raw, size_t begin, bool (*is_part)(char))
{
    while (begin < raw.size && is_part(raw.data[begin]))
        begin++;
    return begin;
}

/* An address of so many separators, behind which a sentence's own stop may stand. */
static size_t address_end(Text raw, size_t begin, size_t end, char separator, size_t separators)
{
    IpAddress address;
    if (end - begin > TOKEN_MAX || (end < raw.size && is_word(raw.data[end])))
        return 0;
    for (int tries = 0; tries < 2 && end > begin; tries++, end--) {
        size_t count = 0;
        bool has_digit = false;
        for (size_t i = begin; i < end; i++) {
            count += raw.data[i] == separator;
            has_digit = has_digit || is_word(raw.data[i]);
        }
        if (has_digit && count >= separators && ip_address_read((Text){raw.data + begin, end - begin}, &address))
            return end;
        if (is_word(raw.data[end - 1]))
            return 0;
    }
    return 0;
}

/* Of a version such as Chrome/126.0.0.0; behind two slashes a host stands. */
static bool is_behind_slash(Text raw, size_t begin)
{
    return begin > 0 && raw.data[begin - 1] == '/' && (begin == 1 || raw.data[begin - 2] != '/');
}

/* The next address from there on: where it begins and ends. */
static bool find_address(Text raw, size_t from, size_t *ret_begin, size_t *ret_end)
{
    size_t six_end = from; /* of the run that is known to be no IPv6 address */
    for (size_t begin = from; begin < raw.size; begin++) {
        if (begin > 0 && (is_word(raw.data[begin - 1]) || raw.data[begin - 1] == '.'))
            continue;
        size_t end = 0;
        if (begin >= six_end && is_v6_part(raw.data[begin])) {
            six_end = run_end(raw, begin, is_v6_part);
            end = address_end(raw, begin, six_end, ':', 2);
        }
        if (!end && is_digit(raw.data[begin]) && !is_behind_slash(raw, begin))
            end = address_end(raw, begin, run_end(raw, begin, is_v4_part), '.', 3);
        if (end) {
            *ret_begin = begin;
            *ret_end = end;
            return true;
        }
    }
    return false;
}

Text mask_ip_addresses(Text raw, Arena *arena)
{
    size_t begin, end, from = 0, size = 0;
    if (!find_address(raw, 0, &begin, &end))
        return raw;
    /* The mask is as long as the shortest address, "::1". */
    char *masked = arena_allocate(arena, raw.size);
    if (!masked)
        return TEXT_NULL;
    do {
        memcpy(masked + size, raw.data + from, begin - from);
        size += begin - from;
        memcpy(masked + size, "***", 3);
        size += 3;
        from = end;
    } while (find_address(raw, from, &begin, &end));
    memcpy(masked + size, raw.data + from, raw.size - from);
    return (Text){masked, size + raw.size - from};
}
